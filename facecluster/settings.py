"""Everything that can be set, one frozen section a step. Defaults live here and nowhere else; this file reads no other.

A section is passed to the code that needs it; nothing reads settings on import. Unknown keys and values out of range
raise pydantic's `ValidationError`, which `store.conf` turns into a sentence for the user.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Fraction = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A group of settings: immutable, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ArchiveSettings(Section):
    """Which files of the archive are photos."""

    include: tuple[str, ...] = ()  # glob patterns on the relative path; empty: every photo file
    exclude: tuple[str, ...] = ()
    hidden: bool = False  # also look into hidden and cache folders


class DecodeSettings(Section):
    """What one photo may cost."""

    max_megapixels: Annotated[float, Field(gt=0, le=1000)] = 150.0
    timeout_seconds: Annotated[float, Field(gt=0)] = 20.0
    memory_mb: Annotated[int, Field(ge=256)] = 1500


class PackSettings(Section):
    """Which networks run, and on what."""

    name: str = "embedded"  # or insightface:<name>
    root: str | None = None  # folder that holds InsightFace's `models/<name>/`; None: ~/.insightface
    provider: Literal["auto", "cpu", "cuda", "tensorrt", "coreml", "directml", "openvino"] = "auto"
    threads: Annotated[int, Field(ge=1, le=256)] = 1  # of ONNX Runtime in one worker
    detect_batch: Annotated[int, Field(ge=1, le=256)] = 1  # images of one shape
    embed_batch: Annotated[int, Field(ge=1, le=4096)] = 4  # crops; more fall out of a CPU's cache, a GPU wants hundreds


class DetectSettings(Section):
    """Which faces are kept."""

    size_px: Annotated[int, Field(ge=160, le=4096)] = 1024  # long side of the image the detector sees
    min_score: Fraction | None = None  # None: the pack's own
    min_face_px: Annotated[int, Field(ge=8)] = 24  # shorter side of the box at full size


class IndexSettings(Section):
    """How the work is cut and what is kept of a face."""

    photos_per_shard: Annotated[int, Field(ge=1, le=10_000)] = 500
    thumbnail_px: Annotated[int, Field(ge=32, le=512)] = 160


class RunnerSettings(Section):
    """Who does the work."""

    kind: Literal["local", "ray"] = "local"
    workers: Annotated[int, Field(ge=0, le=4096)] = 0  # 0: one a core (local), all the cluster has room for (ray)
    address: str | None = None  # of a Ray cluster; None: a Ray of our own on this machine
    gpus_per_worker: Annotated[float, Field(ge=0, le=8)] = 0.0
    shard_seconds: Annotated[float, Field(gt=0)] = 60.0  # a shard may take this long ...
    photo_seconds: Annotated[float, Field(gt=0)] = 5.0  # ... and this much more for each of its photos
    max_attempts: Annotated[int, Field(ge=1, le=10)] = 2  # of one photo alone, before it is given up as a row

    @model_validator(mode="after")
    def _address_is_for_ray(self) -> "RunnerSettings":
        if self.address is not None and self.kind != "ray":
            raise ValueError("an address was given, but the runner is local: add --runner ray or leave the address out")
        return self


class ClusterSettings(Section):
    """How faces are grouped."""

    min_cluster_size: Annotated[int, Field(ge=2)] = 2
    min_quality: Fraction = 0.4  # faces below it may join a cluster but never found one
    false_links: Annotated[float, Field(gt=0, le=1)] = 0.01  # links to strangers a face may have by chance


class NamesSettings(Section):
    """How names spread from the faces that people named to the others."""

    precision: Annotated[float, Field(ge=0.5, lt=1)] = 0.995  # share of the names given unasked that are right


class Settings(Section):
    """All sections."""

    archive: ArchiveSettings = ArchiveSettings()
    decode: DecodeSettings = DecodeSettings()
    pack: PackSettings = PackSettings()
    detect: DetectSettings = DetectSettings()
    index: IndexSettings = IndexSettings()
    runner: RunnerSettings = RunnerSettings()
    cluster: ClusterSettings = ClusterSettings()
    names: NamesSettings = NamesSettings()
