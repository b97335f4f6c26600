"""What programs find in metadata of photos and in sidecars: ExifTool, exiv2, and our own reader."""

import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from facecluster.metadata.words import Box
from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.reading import microsoft_regions, mwg_regions
from facecluster.store.exiftool.embedded import ExifTool

_PEOPLE = ["RegionInfo", "RegionInfoMP", "PersonInImage", "TagsList", "HierarchicalSubject", "Subject"]


class Regions(NamedTuple):
    """The named regions of one document, in both forms: boxes in parts of the stored picture."""

    mwg: dict[str, Box]
    microsoft: dict[str, Box]


def exiftool(*arguments: object) -> bytes:
    """What ExifTool prints."""
    return subprocess.run(["exiftool", "-config", "", *map(str, arguments)], capture_output=True, check=True).stdout


def people_by_exiftool(files: Iterable[Path]) -> dict[Path, dict[str, Any]]:
    """The tags that name people, and the orientation that counts, of each file; all texts, as a name may be "1e3"."""
    tags = [f"-XMP:{name}" for name in _PEOPLE] + ["-XMP-tiff:Orientation", "-IFD0:Orientation"]
    said = exiftool("-j", "-n", "-struct", *tags, *files)
    found = json.loads(said, parse_int=str, parse_float=str)
    return {Path(row.pop("SourceFile")): row for row in found}


def regions_in(tags: Mapping[str, Any]) -> Regions:
    """The regions among tags that ExifTool found."""
    mwg, microsoft = {}, {}
    for region in tags.get("RegionInfo", {}).get("RegionList", []):
        x, y, w, h = (float(region["Area"][side]) for side in "XYWH")
        mwg[region["Name"]] = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    for region in tags.get("RegionInfoMP", {}).get("Regions", []):
        left, top, width, height = map(float, region["Rectangle"].split(","))
        microsoft[region["PersonDisplayName"]] = (left, top, left + width, top + height)
    return Regions(mwg, microsoft)


def regions_by_exiv2(files: Iterable[Path]) -> dict[Path, Regions]:
    """The regions of each file; exiv2 reads no AVIF, and not every build of it HEIC."""
    texts: dict[Path, dict[str, str]] = {file: {} for file in files}
    command = ["exiv2", "-PXkt", "-g", "/mwg-rs:", "-g", "/MPRI:", *map(str, texts)]
    for line in subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines():
        file, _, rest = f" {line}".partition(" Xmp.")  # no file is named where there is only one
        key, *value = rest.split(maxsplit=1)
        texts[Path(file.strip()) if file.strip() else next(iter(texts))][key] = "".join(value)
    return {file: Regions(*_regions_of(found)) for file, found in texts.items()}


def _regions_of(texts: Mapping[str, str]) -> tuple[dict[str, Box], dict[str, Box]]:
    items: dict[str, dict[str, str]] = defaultdict(dict)
    for key, value in texts.items():
        item, _, field = key.rpartition("]/")
        items[item][field.rpartition(":")[2]] = value
    mwg, microsoft = {}, {}
    for fields in items.values():
        if "x" in fields:
            x, y, w, h = (float(fields[side]) for side in "xywh")
            mwg[fields["Name"]] = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        elif "Rectangle" in fields:
            left, top, width, height = map(float, fields["Rectangle"].split(","))
            microsoft[fields["PersonDisplayName"]] = (left, top, left + width, top + height)
    return mwg, microsoft


def regions_by_us(file: Path, program: ExifTool) -> Regions:
    """The regions of a sidecar or a photo, by our own reader."""
    packet = read_packet(file.read_bytes() if file.suffix == ".xmp" else program.embedded(file).xmp or b"")
    return Regions(
        *(
            {region.tag.name: region.tag.box for region in found if region.tag.name and region.tag.box}
            for found in (mwg_regions(packet), microsoft_regions(packet))
        )
    )


def warnings_in(folder: Path) -> dict[str, Counter[str]]:
    """What `exiftool -validate` objects to in each file below a folder, by path."""
    found = json.loads(exiftool("-j", "-validate", "-warning", "-error", "-a", "-G4", "-r", "-ext", "*", folder))
    return {
        str(Path(row["SourceFile"]).relative_to(folder)): Counter(
            str(text)
            for key, text in row.items()
            if key.endswith((":Warning", ":Error")) or key in {"Warning", "Error"}
        )
        for row in found
    }
