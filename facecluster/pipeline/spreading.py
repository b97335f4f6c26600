"""Names that spread while somebody goes on naming: in a process of its own, which ends with this one."""

from facecluster.pipeline.live import Live


class Spreading:
    """Spreads the names of a library now and then, and when asked to."""

    def __init__(self, live: Live) -> None:
        self._live = live
