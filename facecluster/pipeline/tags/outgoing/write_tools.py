"""What a worker that writes tags holds on to: the folders of the archive, ExifTool, a decoder."""

import os
from functools import cached_property
from pathlib import Path

from facecluster.faces.exact import decode_exactly
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.pipeline.tags.outgoing import in_place
from facecluster.pipeline.tags.outgoing.write_job import WriteJob
from facecluster.store.archive import PhotoFile
from facecluster.store.as_listed import digest_below, full_path
from facecluster.store.exiftool.embedded import ExifTool
from facecluster.store.replacement import sweep_copies
from facecluster.store.sidecars import Folders, Style, Target


class WriteTools:
    """Made once a worker; programs are started when they are needed first."""

    def __init__(self, job: WriteJob) -> None:
        self.job = job
        self.folders = Folders(job.archive)
        self._swept: Path | None = None  # photos come by path: the folder of the one before
        self.digest_of = digest_below(job.archive)

    def target(self, photo: str) -> Target:
        """The sidecar that holds the metadata of a photo, or would; what a crash left beside it is swept.

        Raises:
            MetadataError: UNREADABLE: its folder cannot be listed.
        """
        folder = Path(os.fsdecode(full_path(self.job.archive, photo))).parent
        if folder != self._swept and not self.job.how.dry_run:
            sweep_copies(folder)
            self._swept = folder
        return self.folders.of(photo).target(photo, Style(self.job.how.style))

    def photo_path(self, photo: PhotoFile) -> Path:
        """Where a photo is."""
        return Path(os.fsdecode(full_path(self.job.archive, photo.path)))

    @cached_property
    def exiftool(self) -> ExifTool:
        """Reads what stands in photos."""
        return ExifTool()

    @cached_property
    def in_place(self) -> in_place.Tools:
        """Writes into photos."""
        return in_place.Tools(self.exiftool, DecoderProcess(self.job.settings.decode, decode_exactly))

    def close(self) -> None:
        """End the programs."""
        started = vars(self)
        if "in_place" in started:
            self.in_place.decoder.close()
        if "exiftool" in started:
            self.exiftool.close()
