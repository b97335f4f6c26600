"""Photo rows with an error -> what went wrong, in groups that a reader can act on."""

from dataclasses import dataclass

import pandas as pd

from facecluster.errors import PhotoFault
from facecluster.web.wording import shortened

MAX_FAILED_A_FAULT = 100
"""Photos listed under one fault; all of them are in the exported tables."""

ADVICE = {
    PhotoFault.UNREADABLE: (
        "Could not be read",
        "Check that the disk is connected and the file may be read. Run again.",
    ),
    PhotoFault.NOT_A_FILE: ("Not a file", "It has a photo's name but is a pipe, a socket or a device."),
    PhotoFault.EMPTY: ("Empty", "The file has no bytes: a copy was probably cut off. Look for another copy."),
    PhotoFault.UNSUPPORTED: ("Format not known", "The file is not in a photo format that can be read here."),
    PhotoFault.CORRUPT: ("Damaged", "The file is a photo, but broken or cut short. Look for another copy."),
    PhotoFault.TOO_LARGE: (
        "Too many pixels",
        "If it is meant to be this large, raise decode.max_megapixels in the settings.",
    ),
    PhotoFault.TIMEOUT: (
        "Took too long",
        "If it is worth the wait, raise decode.timeout_seconds in the settings.",
    ),
    PhotoFault.OUT_OF_MEMORY: (
        "Needs too much memory",
        "Raise decode.memory_mb in the settings, or make it smaller.",
    ),
    PhotoFault.CRASH: ("Stops the reader", "Reading the file ended the program that read it. Open and save it anew."),
}
"""What each fault is called on the page, and what its reader can do."""

UNKNOWN_FAULT = ("Failed for another reason", "The reason stands beside each photo.")


@dataclass(frozen=True)
class FailedPhoto:
    """A photo file and what is known beyond its fault."""

    path: str
    detail: str  # may be empty


@dataclass(frozen=True)
class FaultGroup:
    """The photos that failed in one way."""

    fault: str  # errors.PhotoFault; "" if it is none of them
    title: str
    advice: str
    n_photos: int
    photos: tuple[FailedPhoto, ...]  # by path, at most MAX_FAILED_A_FAULT
    first: int  # place of the first of them among all

    @property
    def n_left_out(self) -> int:
        """Photos behind those that are listed."""
        return self.n_photos - self.first - len(self.photos)


def fault_groups(photos: pd.DataFrame, first: int = 0) -> tuple[FaultGroup, ...]:
    """The failed photos by fault, most frequent fault first.

    Args:
        photos: columns path, status and reason of `schemas.PHOTOS`.
        first: of each fault, the place of the first photo that is listed.
    """
    failed = photos.loc[photos["status"] == "error", ["path", "reason"]].sort_values("path")
    reasons = failed["reason"].astype("string").fillna("").str.partition(":", expand=True)
    if failed.empty:
        return ()
    failed = failed.assign(fault=reasons[0].str.strip(), detail=reasons[2].str.strip())
    known = failed["fault"].isin([str(fault) for fault in PhotoFault])
    failed.loc[~known, "detail"] = failed["reason"].astype("string").fillna("")
    failed.loc[~known, "fault"] = ""
    groups = [_fault_group(str(fault), rows, first) for fault, rows in failed.groupby("fault")]
    return tuple(sorted(groups, key=lambda group: (-group.n_photos, group.title)))


def _fault_group(fault: str, rows: pd.DataFrame, first: int) -> FaultGroup:
    title, advice = ADVICE[PhotoFault(fault)] if fault else UNKNOWN_FAULT
    listed = rows.iloc[first : first + MAX_FAILED_A_FAULT]
    photos = tuple(
        FailedPhoto(shortened(path), shortened(detail))
        for path, detail in zip(listed["path"], listed["detail"], strict=True)
    )
    return FaultGroup(fault, title, advice, len(rows), photos, first)
