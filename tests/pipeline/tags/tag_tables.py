"""Tables of tags (schemas.TAGS) by hand."""

import hashlib

import pyarrow as pa

from facecluster.schemas import TAGS


def photo_hash(name):
    """The hash of a photo that is called by a letter."""
    return hashlib.sha256(name.encode()).hexdigest()


def tag(name, box=None, *, photo="a", path=None, file=None, source="mwg", applied_to=(None, None), reason=None):
    """A row: what a file says of a photo."""
    path = path or f"{photo}.jpg"
    edges = dict(zip(("x0", "y0", "x1", "y1"), box or (None,) * 4, strict=True))
    return {
        "path": path,
        "photo_hash": photo_hash(photo),
        "file": file or f"{path}.xmp",
        "source": source,
        "name": name,
        **edges,
        "applied_width": applied_to[0],
        "applied_height": applied_to[1],
        "reason": reason,
    }


def tags(*rows):
    """The table."""
    return pa.Table.from_pylist(list(rows), TAGS)
