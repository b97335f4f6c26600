"""What other programs find in what we merged: ExifTool and exiv2 themselves, and the rules of photo software.

Immich, digiKam, darktable and most others read XMP by one of the two. Each is started a few times for all documents.
"""

import json
import shutil
import subprocess

import pytest

from facecluster.metadata.merging.seeding import seeded
from facecluster.metadata.words import NO_VALUES, Frame, Shown
from facecluster.metadata.xmp.packet import packet_bytes, read_packet
from facecluster.metadata.xmp.properties import texts
from tests.metadata.documents import AWKWARD, about, needs_photographs, packet_of, xmp
from tests.metadata.merged import ANNA, BOB, CARL, bag, merged, microsoft, region, regions
from tests.metadata.one_box import upright_box

HOSTILE = [
    "AC/DC | Live",
    'O\'Neil "<&>"',
    "a;b, c",
    "李雷",
    "علي",
    "=1+1",
    "]]>",
    "&amp;",
    "👩\u200d🚀",
    "$(id)",
    "%d",
]
FRAME = Frame(4000, 3000, 6)
CROWD = [Shown(name, (0.05 * n, 0.1, 0.05 * n + 0.04, 0.2)) for n, name in enumerate(HOSTILE)]
SIDECARS = sorted(AWKWARD.glob("sidecars/**/*.xmp")) + sorted(AWKWARD.glob("face_regions/**/*.xmp"))
ORIENTATIONS = range(1, 9)


def turned_by_immich(area, orientation):
    """Centre, width and height of a region in the upright picture, as Immich's orientRegionInfo turns it."""
    x, y, w, h = (area[side] for side in "XYWH")
    x, y = {
        1: (x, y), 2: (1 - x, y), 3: (1 - x, 1 - y), 4: (x, 1 - y),
        5: (y, x), 6: (1 - y, x), 7: (1 - y, 1 - x), 8: (y, 1 - x),
    }[orientation]  # fmt: skip
    return (x, y, h, w) if orientation > 4 else (x, y, w, h)


def faces_in_immich(tags):
    """Name and box, px of the upright picture, of the faces that Immich imports."""
    info = tags.get("XMP-mwg-rs:RegionInfo", {})
    if not info.get("AppliedToDimensions"):
        return
    orientation = tags.get("XMP-tiff:Orientation", 1)
    width, height = (info["AppliedToDimensions"][side] for side in "WH")
    width, height = (height, width) if orientation > 4 else (width, height)
    for each in info.get("RegionList", []):
        if each.get("Name"):
            x, y, w, h = turned_by_immich(each["Area"], orientation)
            box = ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
            yield each["Name"].lower(), box


def tags_in_immich(tags):
    """The tags that Immich shows: those of the first list that there is, hierarchies joined by "/"."""
    if found := tags.get("XMP-digiKam:TagsList"):
        return found
    if found := tags.get("XMP-lr:HierarchicalSubject"):
        return ["/".join(part.replace("/", "|") for part in each.split("|")) for each in found]
    return tags.get("IPTC:Keywords", [])


def people_in_digikam(tags):
    """The regions that an older digiKam finds: it reads no further than to the first that has no name."""
    for each in tags["XMP-mwg-rs:RegionInfo"]["RegionList"]:
        if "Name" not in each:
            return
        yield each["Name"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All documents that are looked at here."""
    folder = tmp_path_factory.mktemp("readers")

    def put(name, document, *shown, frame=FRAME):
        said = merged(document, *shown, frame=frame)
        (folder / f"{name}.xmp").write_bytes(packet_bytes(document))
        merged(document, ours=said.ours)
        (folder / f"{name}-reverted.xmp").write_bytes(packet_bytes(document))

    put("fresh", seeded(None, ()).packet, ANNA, BOB, CARL)
    put("hostile", seeded(None, ()).packet, *CROWD)
    put("keywords", seeded(None, ["Holiday"]).packet, ANNA)
    put("unnamed", read_packet(xmp(about(regions(region("", BOB.box), size="") + microsoft(("", BOB.box))))), ANNA)
    put("hierarchy", read_packet(xmp(about(bag("lr:hierarchicalSubject", "Bands|AC/DC")))), ANNA)
    for orientation in ORIENTATIONS:
        put(f"turned{orientation}", seeded(None, ()).packet, ANNA, frame=Frame(4000, 3000, orientation))
    for number, sidecar in enumerate(SIDECARS):
        shutil.copy(sidecar, folder / f"real{number}-before.xmp")
        put(f"real{number}", read_packet(sidecar.read_bytes()), ANNA, BOB, CARL)
    if AWKWARD.exists():
        embedded = packet_bytes(packet_of("face_regions/portrait.jpg"))
        (folder / "portrait-before.xmp").write_bytes(embedded)
        put("portrait", seeded(embedded, ()).packet, ANNA)
    return folder


@pytest.fixture(scope="module")
def seen(folder):
    """What ExifTool finds, by the name of the document."""
    return exiftool(folder, "-n", "-G1", "-struct", "-XMP:all")


@pytest.fixture(scope="module")
def warnings(folder):
    """What ExifTool objects to, by the name of the document."""
    found = exiftool(folder, "-validate", "-warning", "-a", "-G4")
    return {name: [text for key, text in tags.items() if "Warning" in key] for name, tags in found.items()}


@pytest.fixture(scope="module")
def exiv2(folder):
    """What exiv2 finds in some documents: name -> key -> text."""
    found = {}
    for name in ("fresh", "hostile", "unnamed"):
        command = ["exiv2", "-PXkt", "print", folder / f"{name}.xmp"]
        done = subprocess.run(command, capture_output=True, check=True)
        assert not done.stderr
        lines = (line.split(maxsplit=1) for line in done.stdout.decode().splitlines())
        found[name] = {key: "".join(text) for key, *text in lines}
    return found


def exiftool(folder, *options):
    """What ExifTool says of each document of a folder, by its name."""
    done = subprocess.run(["exiftool", "-j", *options, "."], cwd=folder, capture_output=True, check=True)
    found = json.loads(done.stdout)
    return {tags.pop("SourceFile").removeprefix("./").removesuffix(".xmp"): tags for tags in found}


def test_exiftool_reads_every_form(seen):
    tags = seen["fresh"]
    info = tags["XMP-mwg-rs:RegionInfo"]
    assert info["AppliedToDimensions"] == {"W": 4000, "H": 3000, "Unit": "pixel"}
    assert [(each["Name"], each["Type"]) for each in info["RegionList"]] == [(ANNA.name, "Face"), (BOB.name, "Face")]
    assert info["RegionList"][0]["Area"] == {"X": 0.35, "Y": 0.3, "W": 0.1, "H": 0.2, "Unit": "normalized"}
    assert tags["XMP-MP:RegionInfoMP"]["Regions"][0] == {
        "PersonDisplayName": ANNA.name,
        "Rectangle": "0.3, 0.2, 0.1, 0.2",
    }
    names = [ANNA.name, BOB.name, CARL.name]
    assert tags["XMP-iptcExt:PersonInImage"] == tags["XMP-dc:Subject"] == names
    assert tags["XMP-digiKam:TagsList"] == [f"People/{name}" for name in names]
    assert tags["XMP-lr:HierarchicalSubject"] == [f"People|{name}" for name in names]
    assert tags["XMP-tiff:Orientation"] == 6


def test_exiv2_reads_every_form(exiv2):
    fresh = exiv2["fresh"]
    first = "Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]"
    assert fresh[f"{first}/mwg-rs:Name"] == ANNA.name
    assert [fresh[f"{first}/mwg-rs:Area/stArea:{side}"] for side in "xywh"] == ["0.35", "0.3", "0.1", "0.2"]
    assert fresh["Xmp.mwg-rs.Regions/mwg-rs:AppliedToDimensions/stDim:w"] == "4000"
    assert fresh["Xmp.MP.RegionInfo/MPRI:Regions[2]/MPReg:Rectangle"] == "0.6, 0.2, 0.1, 0.2"
    assert fresh["Xmp.digiKam.TagsList"] == "People/Anna Müller, People/Bob, People/Carl"
    assert fresh["Xmp.iptcExt.PersonInImage"] == fresh["Xmp.dc.subject"] == "Anna Müller, Bob, Carl"


def test_hostile_names_are_data_everywhere(seen, exiv2):
    assert seen["hostile"]["XMP-iptcExt:PersonInImage"] == HOSTILE
    listed = [each["Name"] for each in seen["hostile"]["XMP-mwg-rs:RegionInfo"]["RegionList"]]
    assert listed == HOSTILE
    keys = [f"Xmp.mwg-rs.Regions/mwg-rs:RegionList[{n}]/mwg-rs:Name" for n in range(1, len(HOSTILE) + 1)]
    assert [exiv2["hostile"][key] for key in keys] == HOSTILE


def test_exiftool_objects_to_nothing_that_we_write(warnings):
    assert warnings["fresh"] == warnings["hostile"] == []
    for name, said in warnings.items():
        before = name if name.endswith("-before") else f"{name.removesuffix('-reverted')}-before"
        assert set(said) <= set(warnings.get(before, [])), name


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_immich_finds_each_face_where_it_is_on_the_upright_photo(seen, orientation):
    expected = upright_box(ANNA.box, Frame(4000, 3000, orientation))
    assert list(faces_in_immich(seen[f"turned{orientation}"])) == [("anna müller", pytest.approx(expected, abs=0.01))]


SAVE = {
    "exiftool": ["exiftool", "-q", "-overwrite_original", "-XMP:Rating=3"],
    "exiv2": ["exiv2", "-M", "set Xmp.xmp.Rating 3", "modify"],
}


@pytest.mark.parametrize("program", SAVE)
def test_ours_is_still_ours_when_another_program_saved_the_file(program, tmp_path):
    document = seeded(None, ["Holiday"]).packet
    said = merged(document, ANNA, *CROWD, CARL)
    file = tmp_path / "photo.xmp"
    file.write_bytes(packet_bytes(document))
    subprocess.run([*SAVE[program], file], check=True)
    saved = read_packet(file.read_bytes())
    assert merged(saved, ANNA, *CROWD, CARL, ours=said.ours) == (False, said.ours, (), ())
    assert merged(saved, ours=said.ours).ours == NO_VALUES
    names = {"rdf:RDF", "rdf:Description", "rdf:Bag", "rdf:li", "dc:subject", "xmp:Rating"}
    assert {f"{each.prefix}:{each.tag.rpartition('}')[2]}" for each in saved.rdf.iter()} <= names
    assert texts(saved, "dc:subject") == ["Holiday"]


def test_immich_finds_ours_among_regions_that_had_no_size(seen):
    assert [name for name, _ in faces_in_immich(seen["unnamed"])] == ["anna müller"]
    assert list(faces_in_immich(seen["unnamed-reverted"])) == []


def test_immich_still_finds_the_tags_that_it_found_before(seen):
    assert tags_in_immich(seen["keywords"]) == ["Holiday", "People/Anna Müller"]
    before, after = tags_in_immich(seen["hierarchy-reverted"]), tags_in_immich(seen["hierarchy"])
    assert before == ["Bands/AC|DC"]
    assert after == ["Bands/AC\uff0fDC", "People/Anna Müller"]


def test_immich_makes_one_tag_of_a_name_with_the_signs_of_hierarchies(seen):
    tags = seen["hostile"]
    assert tags_in_immich(tags)[0] == "People/AC\uff0fDC \uff5c Live"
    assert tags_in_immich({"XMP-lr:HierarchicalSubject": tags["XMP-lr:HierarchicalSubject"]}) == tags_in_immich(tags)


def test_digikam_finds_ours_before_it_stops(seen, exiv2):
    assert list(people_in_digikam(seen["unnamed"])) == ["Anna Müller"]
    assert exiv2["unnamed"]["Xmp.MP.RegionInfo/MPRI:Regions[1]/MPReg:PersonDisplayName"] == "Anna Müller"


@needs_photographs
def test_photoprism_finds_in_a_new_sidecar_all_that_the_sidecar_replaces(seen):
    before, after = seen["portrait-before"], seen["portrait"]
    assert before
    for tag, value in before.items():
        assert after[tag] == value or set(map(str, value)) <= set(map(str, after[tag])) or tag.endswith(("MP", "Info"))
    named = [each["Name"] for each in after["XMP-mwg-rs:RegionInfo"]["RegionList"]]
    assert set(named) >= {each["Name"] for each in before["XMP-mwg-rs:RegionInfo"]["RegionList"]}


@needs_photographs
def test_what_others_wrote_in_real_sidecars_is_kept_tag_by_tag(seen):
    assert len(SIDECARS) >= 10
    for number, sidecar in enumerate(SIDECARS):
        before, after = seen[f"real{number}-before"], seen[f"real{number}"]
        if not before:  # UTF-16 in a way that ExifTool does not read
            continue
        assert seen[f"real{number}-reverted"] == before, sidecar
        for tag, value in before.items():
            now = after[tag]
            if isinstance(value, list):
                assert now[: len(value)] == value, (sidecar, tag)
            elif tag == "XMP-mwg-rs:RegionInfo":
                assert now["RegionList"][:1] == value["RegionList"][:1], sidecar
            else:
                assert value in (now, ""), (sidecar, tag)
