"""What a library holds, in numbers."""

from collections import Counter
from typing import Any

import pyarrow.compute as pc

from facecluster.pipeline.catalogue import census_of, faces_of, latest_scan, prior_of
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.people import people_of
from facecluster.pipeline.person_counts import PROVENANCES
from facecluster.store.library import Library


def library_status(library: Library) -> dict[str, Any]:
    """Counts of photos, faces and people, the calibration in use, the current run, and where the photos are.

    Plain values, ready for JSON.

    Raises:
        LibraryError: the library is empty or damaged.
    """
    scan = latest_scan(library)
    listing = library.listing(scan)
    census = census_of(library, listing, scan.fingerprint)
    by_status = Counter(census.current["status"])
    run = library.current_run()
    record = library.run_record(run) if run else None
    measured = library.calibration()
    faces = faces_of(library, scan, census.current, ["quality"])
    return {
        "library": str(library.folder),
        "archive": scan.archive,
        "listed_at": scan.listed_at,
        "pack": library.identity.pack.name,
        "licence": library.identity.pack.licence,
        "photos": {
            "listed": scan.listing.rows,
            "indexed": len(census.current),
            "pending": len(census.pending),
            "vanished": len(census.vanished),
            "offline": pc.sum(listing["offline"]).as_py() or 0,
            **{status: by_status[status] for status in ("ok", "no_face", "error")},
        },
        "faces": len(faces),
        "unseen": pc.sum(pc.equal(faces["quality"], 0)).as_py() or 0,  # of them: only drawn, no detector sees them
        "calibration": prior_of(library)._asdict(),
        "calibrated": {"number": measured.number, "measured_at": measured.measured_at, "source": measured.source}
        if measured
        else None,  # by the pack alone
        "decisions": len(decisions_of(library)),
        "people": _people(library) if record and "tables" in record else None,  # no run has grouped the faces yet
        "run": record,
        "newest_run": max(library.run_numbers(), default=None),
    }


def _people(library: Library) -> dict[str, int]:
    """How many people there are, and how many faces bear a name by whose word."""
    people = people_of(library)
    known = [one for one in people.known if not one.person.ignored]
    return {
        "named": sum(one.person.name is not None for one in known),
        "unnamed": sum(one.person.name is None for one in known),
        "ignored": len(people.known) - len(known),
        "not_faces": int((people.who.not_faces & people.seen).sum()),
        **{name: sum(getattr(one, name) for one in people.known) for name in PROVENANCES},
    }
