"""`facecluster models`: what a pack is, and whether it runs here."""

from dataclasses import asdict

from facecluster.cli import options as o
from facecluster.cli.output import print_facts, print_json
from facecluster.packs.load import describe_pack, load_pack


def models(
    config: o.Config = None,
    pack: o.Pack = None,
    pack_root: o.PackRoot = None,
    provider: o.Provider = None,
    json: o.Json = False,
) -> None:
    """Describe the model pack, load it, and say what it runs on."""
    settings = o.settings_from(config, pack={"name": pack, "root": pack_root, "provider": provider})
    manifest = describe_pack(settings.pack)
    runs_on = load_pack(settings.pack, settings.detect).runs_on
    if json:
        print_json({**asdict(manifest), "runs_on": runs_on})
        return
    calibration = manifest.calibration
    print_facts(
        {
            "pack": manifest.name,
            "vectors": f"{manifest.dimension} numbers, from crops of {manifest.crop_px} px",
            "runs on": runs_on,
            "licence": manifest.licence,
            "strangers": f"cosine {calibration.impostor_median:.3f} +- {calibration.impostor_sd:.3f}",
            "one person": f"cosine {calibration.genuine_median:.3f} (median)",
            "detector": f"keeps faces scored {manifest.min_score:g} or more",
            "sha256": manifest.sha256,
        }
    )
