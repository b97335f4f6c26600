"""What tests of archives that are broken, or that mean harm, share."""

import unicodedata

from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.reading import tags_in
from tests.pipeline.tags.said_files import on_face, sidecar
from tests.pipeline.tags.tagged_library import (
    ANNA,
    contents,
)

JOINERS = "\u200c\u200d"
PLAIN = sidecar(on_face(ANNA, "Zoe"))
DTD = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


def is_harmless(character):
    """Whether a terminal shows it and does nothing else."""
    return character == "\n" or unicodedata.category(character)[0] != "C" or character in JOINERS


def failed(told):
    """The files that failed, and why."""
    rows = told["failed"] if isinstance(told["failed"], list) else told["files"]
    return {row["file"]: row["reason"] for row in rows if row.get("status", "failed") == "failed"}


def put(tagged, files):
    """Put files into the archive."""
    for name, data in files.items():
        path = tagged.archive / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def photos_of(tagged):
    return {name: kept for name, kept in contents(tagged.archive).items() if name.lower().endswith((".jpg", ".cr2"))}


def data_of(tagged):
    return {name: data for name, (data, _) in contents(tagged.archive).items()}


def people_in(tagged, name):
    """Whom the regions of a sidecar name."""
    return [tag.name for tag in tags_in(read_packet((tagged.archive / name).read_bytes())) if tag.box]
