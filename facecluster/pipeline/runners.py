"""The one place where a runner is chosen."""

from facecluster.pipeline.local import run_local
from facecluster.pipeline.worker import Runner
from facecluster.settings import RunnerSettings


def runner_of(settings: RunnerSettings) -> Runner:
    """The runner that the settings name; Ray is imported only when it is asked for."""
    if settings.kind == "ray":
        from facecluster.pipeline.ray import run_ray  # noqa: PLC0415  # two seconds and a hundred megabytes

        return run_ray
    return run_local
