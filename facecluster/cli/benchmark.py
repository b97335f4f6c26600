"""`facecluster benchmark`: how fast this machine is."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json


def benchmark(
    archive: Annotated[
        Path | None, typer.Argument(metavar="ARCHIVE", show_default=False, help="Folder of photos [the demo album].")
    ] = None,
    sample: Annotated[
        int, typer.Option("--sample", metavar="COUNT", min=1, help="Photos to take from the archive.")
    ] = 200,
    photos: Annotated[
        int, typer.Option("--photos", metavar="COUNT", min=1, help="Say what so many photos would take.")
    ] = 20_000,
    ray: Annotated[bool, typer.Option("--ray", help="Also run on Ray, on the same cores.")] = False,
    config: o.Config = None,
    pack: o.Pack = None,
    pack_root: o.PackRoot = None,
    provider: o.Provider = None,
    workers: o.Workers = None,
    detect_size: o.DetectSize = None,
    json: o.Json = False,
) -> None:
    """Say how fast this machine is.

    Times the index pass on photos of ARCHIVE, or of the demo album, with one worker and with all; nothing is kept.
    """
    from facecluster.cli.progress import display
    from facecluster.measure.benchmark import figures, sample_photos, timed_pass, with_runner
    from facecluster.pipeline.worker import core_count

    settings = o.settings_from(
        config,
        pack={"name": pack, "root": pack_root, "provider": provider},
        runner={"workers": workers},
        detect={"size_px": detect_size},
    )
    many = settings.runner.workers or core_count()
    passes = [("local", 1), ("local", many), *([("ray", many)] if ray else [])]
    with as_file(files("facecluster") / "demo_album") as album, display("Listing the photos") as shown:
        folder = (archive or album).expanduser().resolve()
        listing = sample_photos(folder, settings, sample)
        timed = []
        for kind, count in passes:
            shown.step(f"Timing {plural(len(listing.files), 'photo')} with {plural(count, kind + ' worker')}")
            timed.append(timed_pass(listing, folder, with_runner(settings, kind=kind, workers=count)))
    found = figures(timed[0], timed[1], timed[2] if ray else None, photos)
    if json:
        print_json(found)
    else:
        print_facts(_facts(found))


def _facts(found: dict[str, float]) -> dict[str, object]:
    facts: dict[str, object] = {
        "photos": f"{found['photos']:,.0f} with {found['faces']:,.0f} faces, {found['failed']:,.0f} failed",
        "a photo": ", ".join(
            f"{step} {found[f'{step}_ms_per_photo']:.1f}" for step in ("decode", "detect", "embed", "total")
        )
        + " ms",
        "outside": f"{found['outside_decode_and_networks']:.1%} of the time is neither decoding nor networks",
        "first photo": f"after {found['first_photo_seconds']:.1f} s, start-up and loading the pack included",
        "memory": f"{found['peak_memory_mb']:,.0f} MB at most for a worker and its decoder",
        "1 worker": f"{found['photos_per_second_1_worker']:.1f} photos/s",
        f"{found['workers']:.0f} workers": f"{found['photos_per_second']:.1f} photos/s, "
        f"{found['speed_up']:.2f} times one",
    }
    if "ray_over_local" in found:
        facts["on Ray"] = (
            f"{found['ray_photos_per_second']:.1f} photos/s, {found['ray_over_local']:.2f} of the time of local"
        )
    facts["ahead"] = f"{found['photos_ahead']:,.0f} photos would take {found['hours_ahead']:.1f} hours here"
    return facts
