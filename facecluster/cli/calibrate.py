"""`facecluster calibrate`: what cosines mean, measured on photos whose people are known."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.errors import UsageError

if TYPE_CHECKING:
    from facecluster.store.library import Library


def calibrate(
    labels: Annotated[
        Path | None,
        typer.Argument(
            metavar="LABELS",
            show_default=False,
            help="CSV: path, identity and, if known, x, y, w, h of the face.",
        ),
    ] = None,
    pick: Annotated[
        Literal["largest", "center"],
        typer.Option("--pick", help="The face a label without a box means: the largest, or the one at the center."),
    ] = "largest",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Measure and print, but write nothing.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to what the pack says.")] = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Measure how alike faces are, on labels or your names.

    How alike strangers are, and photos of one person: the next `cluster` or `run` groups by that in place of what the
    model pack says. Without LABELS it is measured on the faces that you named or confirmed one by one.
    """
    from facecluster.store.library import open_library

    if reset and (labels or dry_run):
        raise UsageError("--reset goes alone: expected neither LABELS nor --dry-run beside it.")
    opened = open_library(library)
    pack = _pack_calibration(opened)
    found = _fields(pack, f"the pack {opened.identity.pack.name}") if reset else _measured_on(opened, labels, pick)
    number = None
    if not dry_run:
        with opened.locked():
            number = opened.add_calibration(**found).number
    if json:
        print_json({"library": library.resolve(), "calibration": {"number": number, **found}, "pack": pack})
    else:
        print_facts(_facts(found, pack, number))


def _measured_on(library: "Library", labels: Path | None, pick: Literal["largest", "center"]) -> dict[str, Any]:
    from facecluster.measure.calibrate import calibrate_on_labels, calibrate_on_names

    measured = calibrate_on_labels(library, labels, pick) if labels else calibrate_on_names(library)
    source = labels.name if labels else "your names"
    known = f"{plural(measured.faces, 'face')} of {plural(measured.people, 'person', 'people')}"
    told = f"{source}: {known}, {measured.repeated:,} of them photographed twice or more"
    return _fields(measured.calibration._asdict(), told)


def _pack_calibration(library: "Library") -> dict[str, float]:
    from facecluster.pipeline.catalogue import calibration_of_pack

    return calibration_of_pack(library)._asdict()


def _fields(calibration: dict[str, float], source: str) -> dict[str, Any]:
    """All of a calibration (store.records) but its number."""
    return {**calibration, "source": source, "measured_at": datetime.now(UTC).isoformat(timespec="seconds")}


def _facts(found: dict[str, Any], pack: dict[str, Any], number: int | None) -> dict[str, Any]:
    used = f"calibration {number}; the next `facecluster cluster` groups by it" if number else "nothing: --dry-run"
    return {
        "strangers": f"cosine {_strangers(found)} (pack: {_strangers(pack)})",
        "one person": f"cosine {found['genuine_median']:.3f}, median (pack: {pack['genuine_median']:.3f})",
        "from": found["source"],
        "written": used,
    }


def _strangers(of: dict[str, Any]) -> str:
    return f"{of['impostor_median']:.3f} +- {of['impostor_sd']:.3f}"
