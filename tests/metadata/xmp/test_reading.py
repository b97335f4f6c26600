import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import MetadataError
from facecluster.metadata.words import Source, Tag
from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.reading import MAX_REGIONS, tags_in
from tests.metadata.documents import AWKWARD, about, needs_photographs, packet, packet_of, trees, xmp

RESOURCE = 'rdf:parseType="Resource"'
ANNA = pytest.approx((0.2, 0.2, 0.4, 0.4))


def area(x="0.3", y="0.3", w="0.2", h="0.2", unit="normalized", prefix="stArea"):
    values = {"x": x, "y": y, "w": w, "h": h, "unit": unit}
    return " ".join(f'{prefix}:{key}="{value}"' for key, value in values.items() if value is not None)


def mwg_region(name="Anna", kind="Face", within=None):
    said = "".join(f' mwg-rs:{key}="{value}"' for key, value in (("Name", name), ("Type", kind)) if value is not None)
    return f"<rdf:li><rdf:Description{said}><mwg-rs:Area {within or area()}/></rdf:Description></rdf:li>"


def mwg(*regions, applied='<mwg-rs:AppliedToDimensions stDim:w="800" stDim:h="600" stDim:unit="pixel"/>'):
    listed = f"<mwg-rs:RegionList><rdf:Bag>{''.join(regions)}</rdf:Bag></mwg-rs:RegionList>"
    return f"<mwg-rs:Regions {RESOURCE}>{applied}{listed}</mwg-rs:Regions>"


def microsoft(*regions):
    listed = "".join(
        f'<rdf:li MPReg:Rectangle="{rectangle}"' + (f' MPReg:PersonDisplayName="{name}"/>' if name else "/>")
        for name, rectangle in regions
    )
    return f"<MP:RegionInfo {RESOURCE}><MPRI:Regions><rdf:Bag>{listed}</rdf:Bag></MPRI:Regions></MP:RegionInfo>"


def acdsee(*regions):
    applied = '<acdsee-rs:AppliedToDimensions acdsee-stDim:w="800" acdsee-stDim:h="600" acdsee-stDim:unit="pixel"/>'
    listed = f"<acdsee-rs:RegionList><rdf:Bag>{''.join(regions)}</rdf:Bag></acdsee-rs:RegionList>"
    return f"<acdsee-rs:Regions {RESOURCE}>{applied}{listed}</acdsee-rs:Regions>"


def acdsee_region(name="Anna", assigned="manual", drawn=True):
    drawn = f"<acdsee-rs:DLYArea {area(prefix='acdsee-stArea')}/>" if drawn else ""
    found = f"<acdsee-rs:ALGArea {area(x='0.8', prefix='acdsee-stArea')}/>"
    said = f'acdsee-rs:Type="Face" acdsee-rs:Name="{name}" acdsee-rs:NameAssignType="{assigned}"'
    return f"<rdf:li><rdf:Description {said}>{drawn}{found}</rdf:Description></rdf:li>"


def listed(name, *items):
    return f"<{name}><rdf:Bag>{''.join(f'<rdf:li>{item}</rdf:li>' for item in items)}</rdf:Bag></{name}>"


def tags(*properties):
    return list(tags_in(packet("".join(properties))))


@needs_photographs
@pytest.mark.parametrize("path", ["face_regions/portrait.jpg", "face_regions/portrait-orientation-6.jpg"])
def test_regions_are_where_exiftool_reads_them(path):
    told = subprocess.run(["exiftool", "-j", "-struct", "-RegionInfo", AWKWARD / path], capture_output=True, check=True)
    [theirs] = json.loads(told.stdout)
    info = theirs["RegionInfo"]
    size = info["AppliedToDimensions"]
    ours = tags_in(packet_of(path))
    assert [tag.name for tag in ours] == ["Marie Curie", "Pierre Curie"]  # once each, of six forms
    assert {tag.source for tag in ours} == {Source.MWG}
    assert {tag.applied_to for tag in ours} == {(size["W"], size["H"])}
    for tag, region in zip(ours, info["RegionList"], strict=True):
        at = region["Area"]
        left, top = at["X"] - at["W"] / 2, at["Y"] - at["H"] / 2
        assert tag.box == pytest.approx((left, top, left + at["W"], top + at["H"]))


@needs_photographs
def test_names_of_the_awkward_photographs():
    assert tags_in(packet_of("sidecars/photoprism/photoshop.xmp")) == (Tag(Source.PERSON_IN_IMAGE, "Gopher", None),)
    assert tags_in(packet_of("sidecars/photoprism/photoshop.jpg")) == (Tag(Source.PERSON_IN_IMAGE, "Gopher", None),)
    shown = [tag.name for tag in tags_in(packet_of("sidecars/photoprism/iptc-2021.jpg"))]
    assert shown == ["Person Shown 1 (ref2021.1)", "Person Shown 2 (ref2021.1)"]
    assert [tag.box for tag in tags_in(packet_of("face_regions/XMP5.xmp"))] == [None]  # an area of 8 by 8 pictures
    for nobody in ("face_regions/MWG.jpg", "face_regions/picasa.jpg", "sidecars/digikam/_27A1417.CR2.xmp"):
        assert tags_in(packet_of(nobody)) == ()


def test_an_mwg_region_is_a_centre_and_a_size():
    assert tags(mwg(mwg_region())) == [Tag(Source.MWG, "Anna", ANNA, (800, 600))]


@pytest.mark.parametrize(
    "within",
    [
        area(x="0,3", y="0,3"),
        area(unit=None),
        area(x="240", y="180", w="160", h="120", unit="pixel"),
        area(x="240", y="180", w="160", h="120", unit=None),
        area(x="3e-1"),
    ],
)
def test_areas_in_every_unit(within):
    assert tags(mwg(mwg_region(within=within))) == [Tag(Source.MWG, "Anna", ANNA, (800, 600))]


@pytest.mark.parametrize(
    "within",
    [area(x="nan"), area(x="1e9"), area(w="0"), area(w="-1"), area(x=None), area(x="5", w="3"), 'stArea:d="0.2"'],
)
def test_a_name_whose_area_makes_no_sense_has_no_place(within):
    assert tags(mwg(mwg_region(within=within))) == [Tag(Source.MWG, "Anna", None, (800, 600))]
    assert tags(mwg(mwg_region(name=None, within=within))) == []


def test_px_of_a_picture_of_unknown_size_are_no_place():
    px = mwg_region(within=area(x="240", y="180", w="160", h="120", unit="pixel"))
    for applied in ("", "<mwg-rs:AppliedToDimensions/>", '<mwg-rs:AppliedToDimensions stDim:w="0" stDim:h="600"/>'):
        assert tags(mwg(px, applied=applied)) == [Tag(Source.MWG, "Anna", None, None)]


@pytest.mark.parametrize(
    ("kind", "name", "count"),
    [("Face", "Anna", 1), ("face", "Anna", 1), (None, "Anna", 1), ("Face", None, 1), (None, None, 0)]
    + [(kind, "Rex", 0) for kind in ("Pet", "Focus", "BarCode", "Other")],
)
def test_only_people_are_read(kind, name, count):
    found = tags(mwg(mwg_region(name=name, kind=kind)))
    assert [tag.name for tag in found] == [name] * count


def test_a_microsoft_region_counts_from_the_top_left():
    assert tags(microsoft(("Anna", "0.2, 0.2, 0.2, 0.2"), (None, "0,5, 0,5, 0,1, 0,1"), ("Bob", ""))) == [
        Tag(Source.MICROSOFT, "Anna", ANNA),
        Tag(Source.MICROSOFT, None, pytest.approx((0.5, 0.5, 0.6, 0.6))),
        Tag(Source.MICROSOFT, "Bob", None),
    ]


def test_acdsee_believes_hands_before_itself_and_denied_names_are_none():
    assert tags(acdsee(acdsee_region(), acdsee_region("Bob", drawn=False), acdsee_region("Eve", "denied"))) == [
        Tag(Source.ACDSEE, "Anna", ANNA, (800, 600)),
        Tag(Source.ACDSEE, "Bob", pytest.approx((0.7, 0.2, 0.9, 0.4)), (800, 600)),
    ]


def test_a_name_that_regions_of_a_better_source_have_is_the_same_wherever_else_it_stands():
    others = microsoft((" ANNA ", "0.7, 0.7, 0.1, 0.1"), ("Bob", "0.7, 0.2, 0.1, 0.1"))
    found = tags(mwg(mwg_region()), others, acdsee(acdsee_region("anna"), acdsee_region("bob")))
    assert [(tag.source, tag.name) for tag in found] == [(Source.MWG, "Anna"), (Source.MICROSOFT, "Bob")]


def test_regions_without_a_name_are_the_same_where_they_overlap():
    nobody = microsoft((None, "0.21, 0.2, 0.2, 0.2"), (None, "0.7, 0.7, 0.1, 0.1"))
    found = tags(mwg(mwg_region()), nobody)
    assert [(tag.name, tag.source) for tag in found] == [("Anna", Source.MWG), (None, Source.MICROSOFT)]


def test_a_better_source_without_a_place_leaves_the_place_to_another():
    lost = mwg(mwg_region(within=area(x="7")))
    assert tags(lost, microsoft(("Anna", "0.2, 0.2, 0.2, 0.2"))) == [Tag(Source.MICROSOFT, "Anna", ANNA)]


def test_a_name_may_stand_on_two_faces():
    twice = mwg(mwg_region(), mwg_region(within=area(x="0.7")))
    assert [tag.name for tag in tags(twice)] == ["Anna", "Anna"]


def test_names_without_a_place_once_each_in_the_order_of_their_sources():
    found = tags(
        listed("lr:hierarchicalSubject", "People|Dan", "People|Carol", "Places|Rome"),
        listed("digiKam:TagsList", "People/carol", "people/Friends/Bob", "People", "Peoples/Eve", "People/Anna"),
        listed("Iptc4xmpExt:PersonInImage", "Zoë", "ANNA"),
        mwg(mwg_region()),
    )
    assert [(tag.source, tag.name) for tag in found] == [
        (Source.MWG, "Anna"),
        (Source.PERSON_IN_IMAGE, "Zoë"),
        (Source.DIGIKAM, "carol"),
        (Source.DIGIKAM, "Bob"),
        (Source.LIGHTROOM, "Dan"),
    ]
    assert [tag.box for tag in found[1:]] == [None] * 4


@pytest.mark.parametrize(
    ("keywords", "names"),
    [
        (["People|Family", "People|Family|Anna"], ["Anna"]),  # a group of people is nobody
        (["People|AC/DC", "PEOPLE|Bob|"], ["AC/DC", "Bob"]),
        (["People/Carol"], ["Carol"]),  # joined as in digiKam
        (["People|Unknown", "People|Unconfirmed", "People|", "People||", "Anna", ""], []),
        (["Family|People|Anna"], []),
    ],
)
def test_people_among_hierarchical_keywords(keywords, names):
    assert [tag.name for tag in tags(listed("lr:hierarchicalSubject", *keywords))] == names


def test_subjects_name_nobody():
    assert tags(listed("dc:subject", "Anna", "People/Anna", "People|Anna")) == []


def test_regions_in_two_descriptions_are_all_read():
    document = read_packet(xmp(about(mwg(mwg_region())), about(mwg(mwg_region("Bob", within=area(x="0.7"))))))
    assert [tag.name for tag in tags_in(document)] == ["Anna", "Bob"]


@pytest.mark.parametrize("name", ["山田太郎", "A &amp; B", "&lt;script&gt;", "O'Hara; \\ /|", "&quot;", "🧑\u200d🚀"])
def test_names_are_as_they_stand_there(name):
    [tag] = tags(mwg(mwg_region(name=name)))
    plain = name.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    assert tag.name == plain


words = st.text(st.characters(codec="utf-8", exclude_characters="&<\"'\ufffe\uffff", min_codepoint=32), max_size=12)
numbers = st.one_of(st.floats().map(str), words)


@given(st.lists(st.tuples(words, words, st.tuples(numbers, numbers, numbers, numbers), words), max_size=5))
def test_whatever_stands_there_boxes_are_in_the_frame_and_names_are_not_blank(regions):
    written = [mwg_region(name, kind, area(*at, unit)) for name, kind, at, unit in regions]
    others = microsoft(*((name, ", ".join(at)) for name, _, at, _ in regions))
    for tag in tags(mwg(*written), others):
        assert tag.name is None or tag.name.strip()
        assert tag.name or tag.box
        if tag.box:
            left, top, right, bottom = tag.box
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1


@given(trees)
def test_whatever_the_tree_reading_it_ends(tree):
    for tag in tags(tree):
        assert tag.name or tag.box


def test_what_would_take_for_ever_is_refused_or_read_at_once():
    many = [mwg_region(name=None) for _ in range(MAX_REGIONS)]
    assert len(tags(mwg(*many))) == MAX_REGIONS
    with pytest.raises(MetadataError, match="too_large: 2,001 regions, at most 2,000 are read"):
        tags(mwg(*many), microsoft((None, "0.1, 0.1, 0.2, 0.2")))
    deep = "People" + "|a" * 100_000  # all paths of it would have 10 ** 10 parts
    assert [tag.name for tag in tags(listed("lr:hierarchicalSubject", deep, "People|a|Anna"))] == ["a", "Anna"]
