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
        "run": _run_line(found["run"], found["faces"]),
    }
    print_facts(facts)


def _run_line(run: dict | None, faces: int) -> str:
    if run is None:
        return "none yet: `facecluster cluster` makes one"
    people = plural(run["clusters"], "person", "people")
    stale = "" if run["faces"] == faces else "; the faces have changed since: run `facecluster cluster`"
    moment = moment_in_words(run["created_at"])
    return f"{run['run']} of {moment}: {people}, {plural(run['alone'], 'face')} alone{stale}"
