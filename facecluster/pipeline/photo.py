"""The photo around a face: what is known of it, and its picture, read from the archive."""

from facecluster.pipeline.live import Live
from facecluster.settings import DecodeSettings


class Photos:
    """The photos of an open library, as far as its archive is there. Any thread may ask."""

    def __init__(self, live: Live, settings: DecodeSettings) -> None:
        self._live, self._settings = live, settings

    def close(self) -> None:
        """End the process that decodes."""
