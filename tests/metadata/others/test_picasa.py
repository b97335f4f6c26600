import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import MetadataError
from facecluster.metadata.others.picasa import contacts_in, faces_in_picasa
from facecluster.metadata.words import Source, Tag

ANNA, BOB, EVE = "8e62b2035b74b477", "0000b2035b74b478", "1111111111111111"
BOX = "3333199980006666"  # 0.2, 0.1, 0.5, 0.4
PLACE = pytest.approx((0.2, 0.1, 0.5, 0.4), abs=1e-4)


def ini(*lines: str, contacts: str = f"[Contacts2]\n{ANNA}=Anna Smith;;\n{BOB}=Bob;bob@example.org;\n") -> bytes:
    return ("[Picasa]\nname=Summer\n" + contacts + "\n".join(lines) + "\n").encode()


def test_faces_by_photo():
    data = ini(
        "[IMG_1.JPG]",
        "rotate=rotate(1)",
        f"faces=rect64({BOX}),{ANNA};rect64(0000000080008000),{BOB}",
        "[b.jpg]",
        "star=yes",
        "[c.jpg]",
        f"faces=rect64({BOX}),ffffffffffffffff;rect64({BOX}),{EVE}",
    )
    assert faces_in_picasa(data, {}) == {
        "img_1.jpg": (
            Tag(Source.PICASA, "Anna Smith", PLACE),
            Tag(Source.PICASA, "Bob", pytest.approx((0, 0, 0.5, 0.5), abs=1e-4)),
        ),
        "c.jpg": (Tag(Source.PICASA, None, PLACE), Tag(Source.PICASA, None, PLACE)),
    }


def test_zeros_before_a_rectangle_or_a_contact_may_be_missing():
    [tag] = faces_in_picasa(ini("[a.jpg]", f"faces=rect64(80006666),{BOB.lstrip('0').upper()}"), {})["a.jpg"]
    assert tag == Tag(Source.PICASA, "Bob", pytest.approx((0, 0, 0.5, 0.4), abs=1e-4))
    [tag] = faces_in_picasa(ini("[a.jpg]", f"faces=rect64(199980006666),{BOB.lstrip('0')}"), {})["a.jpg"]
    assert tag == Tag(Source.PICASA, "Bob", pytest.approx((0, 0.1, 0.5, 0.4), abs=1e-4))


def test_the_whole_picture_is_a_face():
    [tag] = faces_in_picasa(ini("[a.jpg]", f"faces=rect64(ffffffff),{ANNA}"), {})["a.jpg"]
    assert tag.box == (0, 0, 1, 1)


def test_contacts_of_the_file_come_before_those_of_the_installation():
    data = ini("[a.jpg]", f"faces=rect64({BOX}),{ANNA};rect64({BOX}),{EVE}")
    told = {ANNA: "Anna before she married", EVE: "Eve"}
    assert [tag.name for tag in faces_in_picasa(data, told)["a.jpg"]] == ["Anna Smith", "Eve"]


@pytest.mark.parametrize("newer_first", [True, False])
def test_the_newer_section_of_contacts_counts(newer_first):
    old, new = f"[Contacts]\n{ANNA}=Old\n{BOB}=Bob\n", f"[Contacts2]\n{ANNA}=New;;\n{BOB}=;;\n"
    contacts = new + old if newer_first else old + new
    data = ini(
        "[a.jpg]",
        f"faces=rect64({BOX}),{ANNA};rect64({BOX}),{BOB}",
        contacts=contacts,
    )
    assert [tag.name for tag in faces_in_picasa(data, {})["a.jpg"]] == ["New", "Bob"]


def test_names_in_the_characters_of_windows():
    western = f"[Contacts2]\r\n{ANNA}=J\xfcrgen;;\r\n[\xe4.jpg]\r\nfaces=rect64({BOX}),{ANNA}\r\n"
    for data in (western.encode("cp1252"), western.encode(), western.encode("utf-8-sig")):
        assert [tag.name for tag in faces_in_picasa(data, {})["\xe4.jpg"]] == ["J\xfcrgen"]


@pytest.mark.parametrize(
    "line",
    [
        "faces=",
        "faces",
        "=",
        "faces=rect64()",
        "faces=rect64(xyz),1",
        f"faces=rect64(0{BOX}),1",
        "crop=rect64(1)",
    ],
)
def test_what_is_no_face_is_passed_over(line):
    data = ini("[a.jpg]", line, "[b.jpg]", f"faces=rect64({BOX}),{ANNA}")
    assert list(faces_in_picasa(data, {})) == ["b.jpg"]


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_whatever_the_bytes_faces_have_a_name_or_a_place(data):
    for tags in faces_in_picasa(b"[a.jpg]\nfaces=rect64(" + data, {}).values():
        assert all(tag.name or tag.box for tag in tags)


def test_contacts_of_an_installation():
    data = f"""<?xml version="1.0" encoding="utf-8" ?>
    <contacts>
     <contact id="{ANNA}" name="Anna Smith" display="Anna" modified_time="2012-01-01T00:00:00+00:00" sync_enabled="1">
      <subject user="anna" id="1"/>
     </contact>
     <contact id="{BOB.lstrip("0")}" name="" display="Bob"/><contact id="" name="x"/><contact name="y"/>
     <contact id="5" name=" "/>
    </contacts>"""
    assert contacts_in(data.encode()) == {ANNA: "Anna Smith", BOB: "Bob"}
    assert contacts_in(b"<contacts/>") == {}


@pytest.mark.parametrize(("data", "fault"), [(b"", "broken"), (b"<!DOCTYPE a><a/>", "forbidden")])
def test_contacts_that_cannot_be_read(data, fault):
    with pytest.raises(MetadataError) as caught:
        contacts_in(data)
    assert caught.value.fault == fault
