"""A photo file, and what the ledger says of its files -> which files are to say what."""

from collections.abc import Mapping
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.words import Shown, Values
from facecluster.pipeline.tags.outgoing.ledger_state import values_owned
from facecluster.pipeline.tags.outgoing.photo_shown import PhotoShown
from facecluster.spelling import name_key
from facecluster.store.ledger import Owned
from facecluster.store.sidecars import Target


class Task(NamedTuple):
    """A file that is to show these people."""

    photo: PhotoShown
    file: str  # path_text, relative to the archive
    shown: tuple[Shown, ...]
    owned: Owned | None  # what of it is ours
    in_photo: Owned | None = None  # what of the photo itself is
    error: MetadataError | None = None  # why it is not even tried

    @property
    def in_place(self) -> bool:
        """Whether the file is the photo itself."""
        return self.file == self.photo.file.path


def tasks_of(photo: PhotoShown, target: Target, owned: Mapping[str, Owned], *, in_place: bool) -> list[Task]:
    """The files of a photo that are to be visited.

    Args:
        photo: with those who are to stand in its metadata.
        target: the sidecar that holds it, or would.
        owned: what of its files is ours, by path; of the target whoever's it is.
        in_place: whether the photo itself may be written.
    """
    path, shown = photo.file.path, photo.shown
    in_photo = owned.get(path)
    outdated = in_photo is not None and _says_more(values_owned(in_photo), shown)
    tasks = [Task(photo, file, (), ours) for file, ours in sorted(owned.items()) if file not in {path, target.path}]
    if in_place and (shown or in_photo):
        tasks.append(Task(photo, path, shown, in_photo, in_photo))
    elif outdated:
        tasks.append(Task(photo, path, shown, in_photo, in_photo, _only_in_place()))
    # A new sidecar begins with what the photo says: not while some of that is to go.
    may_be_new = not in_place and not outdated
    return tasks + _sidecar_tasks(photo, target, owned.get(target.path), in_photo, may_be_new=may_be_new)


def _sidecar_tasks(
    photo: PhotoShown, target: Target, ours: Owned | None, in_photo: Owned | None, *, may_be_new: bool
) -> list[Task]:
    """What the sidecar that counts is to say, if anything is to happen to it."""
    task = Task(photo, target.path, photo.shown, ours, in_photo)
    if photo.shown and (ours or target.exists or may_be_new):
        return [task._replace(error=_shared(target.shared_with)) if target.shared_with else task]
    is_anothers = target.shared_with and ours and ours.photo != photo.file.path
    return [task] if ours and not photo.shown and not is_anothers else []


def _says_more(values: Values, shown: tuple[Shown, ...]) -> bool:
    """Whether what is ours names anybody who is not to be named any more."""
    # Not all subjects are people: some are keywords that were carried along.
    named = {region.name for region in (*values.regions, *values.microsoft)}.union(values.people)
    return not {name_key(name) for name in named} <= {name_key(person.name) for person in shown}


def _only_in_place() -> MetadataError:
    return MetadataError(
        MetadataFault.IN_PLACE,
        "names that no longer hold were written into the photo itself: run the same command with --in-place",
    )


def _shared(other: str) -> MetadataError:
    return MetadataError(
        MetadataFault.SHARED,
        f"the sidecar is that of {other}: this photo needs one of its own, under its full name and .xmp",
    )
