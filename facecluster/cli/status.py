"""`facecluster status`: what the library holds."""

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.web.wording import moment_in_words


def status(library: o.LibraryFolder = o.DEFAULT_LIBRARY, json: o.Json = False) -> None:
    """Say what the library holds and what is left to do."""
    from facecluster.pipeline.status import library_status
    from facecluster.store.library import open_library

    found = library_status(open_library(library))
    if json:
        print_json(found)
        return
    photos = found["photos"]
    facts = {
        "library": library,
        "archive": found["archive"],
        "listed": moment_in_words(found["listed_at"]),
        "pack": f"{found['pack']} ({found['licence']})",
        "photos": f"{photos['indexed']:,} indexed, {photos['pending']:,} to do, {photos['vanished']:,} gone, "
        f"{photos['offline']:,} out of reach",
        "of these": f"{photos['ok']:,} with faces, {photos['no_face']:,} without, {photos['error']:,} failed",
        "faces": f"{found['faces']:,}",
        **_people_facts(found),
        "calibration": _calibration_line(found["calibrated"]),
        "run": _run_line(found),
    }
    print_facts(facts)


def _people_facts(found: dict) -> dict[str, str]:
    """What is known of people; nothing before anybody decided anything."""
    from facecluster.pipeline.person_counts import PROVENANCES

    people = found["people"]
    if not found["decisions"] or people is None:
        return {}
    return {
        "people": f"{people['named']:,} named, {people['unnamed']:,} without a name, {people['ignored']:,} ignored",
        "names": ", ".join(f"{people[word]:,} {word}" for word in PROVENANCES),
        "decisions": f"{found['decisions']:,}",
    }


def _calibration_line(calibrated: dict | None) -> str:
    if calibrated is None:
        return "the pack's own"
    return f"{calibrated['number']} of {moment_in_words(calibrated['measured_at'])}, from {calibrated['source']}"


def _run_line(found: dict) -> str:
    run = found["run"]
    if run is None:
        return "none yet: `facecluster cluster` makes one"
    people = plural(run["clusters"], "person", "people")
    changed = _what_changed(run, found)
    stale = f"; {changed}: run `facecluster cluster`" if changed else ""
    newer = (
        f"; run {found['newest_run']} is newer: see `facecluster runs list`" if found["newest_run"] > run["run"] else ""
    )
    moment = moment_in_words(run["created_at"])
    return f"{run['run']} of {moment}: {people}, {plural(run['alone'], 'face')} alone{stale}{newer}"


def _what_changed(run: dict, found: dict) -> str:
    """Why the current run is not of what the library holds now; "" where it is."""
    if "tables" not in run:
        return "an earlier facecluster made it"
    if run["faces"] != found["faces"] - found["unseen"] - found["people"]["not_faces"]:
        return "the faces have changed since"
    return "" if run["calibration"] == found["calibration"] else "the calibration has changed since"
