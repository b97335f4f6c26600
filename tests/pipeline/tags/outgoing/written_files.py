"""What tests of writing share: to write, to take back, and to look at what became of files."""

from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.reading import tags_in
from facecluster.pipeline.tags.outgoing.ledger_state import ledger_of
from facecluster.pipeline.tags.outgoing.writing import How, Which, revert_tags, write_tags
from tests.pipeline.tags.tagged_library import (
    ONE_WORKER,
)

EVERYBODY = Which()


def silent(done, total):
    """No progress."""


def write(tagged, which=EVERYBODY, **how):
    return write_tags(tagged.library, which, How(**how), ONE_WORKER, silent)


def revert(tagged, **how):
    return revert_tags(tagged.library, How(**how), ONE_WORKER, silent)


def counts(summary):
    return (summary.written, summary.removed, summary.unchanged, summary.failed)


def names(tagged, file):
    """Who is drawn in a file."""
    path = tagged.archive / file
    return sorted(tag.name for tag in tags_in(read_packet(path.read_bytes())) if tag.box) if path.exists() else None


def owned(tagged):
    ledger = ledger_of(tagged.library, tagged.archive)
    return {path: ours for number in ledger.numbers() for path, ours in ledger.bucket(number).owned().items()}
