"""`facecluster models`: what a pack is, and whether it runs here."""

from facecluster.cli import options as o
from facecluster.cli.output import print_facts, print_json


def models(
    config: o.Config = None,
    pack: o.Pack = None,
    pack_root: o.PackRoot = None,
    provider: o.Provider = None,
    json: o.Json = False,
) -> None:
    """Load the model pack and say what it is and what it runs on."""
    from facecluster.packs.load import describe_pack, load_pack

    settings = o.settings_from(config, pack={"name": pack, "root": pack_root, "provider": provider})
    manifest = describe_pack(settings.pack)
    runs_on = load_pack(settings.pack, settings.detect).runs_on
    if json:
        print_json({"pack": manifest, "runs_on": runs_on})
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
