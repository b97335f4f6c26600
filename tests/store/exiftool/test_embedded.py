import codecs
import json
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store.exiftool import embedded as exiftool
from facecluster.store.exiftool.answers import Embedded
from facecluster.store.exiftool.embedded import ExifTool
from facecluster.store.exiftool.installed import version_of

AWKWARD = Path(__file__).parents[4] / "shared" / "photos" / "awkward"
PACKET = b"""<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:own="o:1"
 own:a="1"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
HOSTILE = [
    b"line\nbreak.jpg",
    b"-rf.jpg",
    b"#[CSTR].jpg",
    b"%d %f $(x) @.jpg",
    b"'\"\\n\\.jpg",
    b"\xff\xfe.jpg",
    b" .jpg ",
]


@pytest.fixture(scope="module")
def tool():
    with ExifTool() as tool:
        yield tool


def segment(marker, data):
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def jpeg(path: Path, *segments: bytes) -> Path:
    """A small photo with these segments at its beginning."""
    if not path.exists():
        Image.new("RGB", (16, 8), "grey").save(path, "JPEG")
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"".join(segments) + data[2:])
    return path


def fault_of(action, *arguments) -> MetadataFault:
    with pytest.raises(MetadataError) as caught:
        action(*arguments)
    return caught.value.fault


def test_a_photo_that_says_nothing(tool, tmp_path):
    assert tool.embedded(jpeg(tmp_path / "a.jpg")) == Embedded(None, None, (), None)
    assert list(tool.embedded_of([])) == []


@pytest.mark.parametrize(
    "packet",
    [
        PACKET,
        PACKET.decode().encode("utf-16-le"),
        PACKET.decode().replace("\ufeff", "").encode("utf-16-le"),
        codecs.BOM_UTF16_LE + PACKET.decode().encode("utf-16-le"),
        PACKET.replace(b'"1"', b'"\xe4\xff"'),
        PACKET.replace(b'"1"', '"\u2028 \U0001f600 \\ \t\r\n"'.encode()),
    ],
    ids=["utf-8", "utf-16-le", "all ascii", "byte order mark", "latin-1", "controls"],
)
def test_a_packet_comes_as_it_stands_there(tool, tmp_path, packet):
    assert tool.embedded(jpeg(tmp_path / "a.jpg", segment(0xE1, XMP_HEADER + packet))).xmp == packet.removeprefix(
        codecs.BOM_UTF16_LE
    )


def iptc(path, keywords: bytes, *, marked=b""):
    coded = b"\x1c\x01\x5a" + len(marked).to_bytes(2, "big") + marked if marked else b""
    records = b"".join(b"\x1c\x02\x19" + len(word).to_bytes(2, "big") + word for word in keywords)
    data = coded + records
    block = b"8BIM\x04\x04\0\0" + len(data).to_bytes(4, "big") + data + b"\0" * (len(data) % 2)
    return jpeg(path, segment(0xED, b"Photoshop 3.0\0" + block))


@pytest.mark.parametrize(
    ("words", "marked", "expected"),
    [
        ([b"one"], b"", ("one",)),
        ([b"007", b"1.50", b"1e3", b"-2", b"true", b"12"], b"", ("007", "1.50", "1e3", "-2", "true", "12")),
        (["Zoë".encode(), b"a"], b"\x1b%G", ("Zoë", "a")),
        (["Zoë".encode()], b"", ("Zoë",)),  # unmarked, as most programs write it
        (["Zoë".encode("cp1252")], b"", ("Zoë",)),
        ([b"\x81"], b"", ("\ufffd",)),
        ([b"base64:x", b"base64:", b"base64:YWJj"], b"", ("base64:x", "base64:", "base64:YWJj")),
    ],
)
def test_keywords(tool, tmp_path, words, marked, expected):
    assert tool.embedded(iptc(tmp_path / "a.jpg", words, marked=marked)).keywords == expected


@pytest.mark.parametrize(("value", "expected"), [(1, 1), (6, 6), (8, 8), (0, None), (9, None), (12, None)])
def test_the_orientation_as_exif_has_it(tool, tmp_path, value, expected):
    exif = Image.Exif()
    exif[0x0112] = value
    for suffix in ("jpg", "png", "webp", "tiff"):
        path = tmp_path / f"a.{suffix}"
        Image.new("RGB", (16, 8)).save(path, exif=exif)
        assert tool.embedded(path).orientation == expected


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_look_like_something_else(tool, tmp_path, name):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    jpeg(path, segment(0xE1, XMP_HEADER + PACKET))
    assert tool.embedded(path).xmp == PACKET
    assert tool.embedded(os.fsencode(path)).xmp == PACKET


def test_relative_paths(tool, tmp_path, monkeypatch):
    jpeg(tmp_path / "-a.jpg", segment(0xE1, XMP_HEADER + PACKET))
    monkeypatch.chdir(tmp_path)
    assert tool.embedded(Path("-a.jpg")).xmp == PACKET


def test_a_name_that_no_command_can_hold(tool, tmp_path):
    assert fault_of(tool.embedded, jpeg(tmp_path / "a\n$.jpg")) is MetadataFault.UNREADABLE
    assert fault_of(tool.embedded, b"a\0b") is MetadataFault.UNREADABLE


def test_what_is_no_photo(tool, tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "bytes.jpg").write_bytes(b"\0\1\2\xff" * 99)
    (tmp_path / "text.jpg").write_text("a text, and no photo")
    (tmp_path / "folder.jpg").mkdir()
    jpeg(tmp_path / "folder.jpg" / "a.jpg")
    faults = {"pipe": "UNREADABLE", "folder": "UNREADABLE", "gone": "UNREADABLE", "empty": "BROKEN", "bytes": "BROKEN"}
    for name, fault in faults.items():
        assert fault_of(tool.embedded, tmp_path / f"{name}.jpg").name == fault
    assert tool.embedded(tmp_path / "text.jpg") == Embedded()


def test_many_files_come_in_order_with_errors_in_their_places(tool, tmp_path):
    paths = []
    for number in range(120):  # of more than two batches
        path = tmp_path / f"{number}.jpg"
        paths.append(path)
        if number % 7:
            jpeg(path, segment(0xE1, XMP_HEADER + PACKET.replace(b'"1"', b'"%d"' % number)))
    found = list(tool.embedded_of(paths))
    assert len(found) == len(paths)
    for number, each in enumerate(found):
        if number % 7:
            assert b'"%d"' % number in each.xmp
        else:
            assert each.fault is MetadataFault.UNREADABLE


def extended(path: Path, rest: bytes) -> Path:
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    pointer = b'xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="%s" own:a' % guid
    head = segment(0xE1, XMP_HEADER + PACKET.replace(b"own:a", pointer))
    size = len(rest).to_bytes(4, "big")
    pieces = [
        segment(
            0xE1, b"http://ns.adobe.com/xmp/extension/\0" + guid + size + at.to_bytes(4, "big") + rest[at:][:30_000]
        )
        for at in range(0, len(rest), 30_000)
    ]
    return jpeg(path, head, *reversed(pieces))


def test_a_packet_with_an_extension_of_several_pieces(tool, tmp_path):
    rest = PACKET.replace(b'"1"', b'"%s"' % (b"x" * 80_000))
    plain = jpeg(tmp_path / "plain.jpg", segment(0xE1, XMP_HEADER + PACKET))
    path = extended(tmp_path / "a.jpg", rest)
    one, found, other = tool.embedded_of([plain, path, plain])
    assert found.extension == rest
    assert b"HasExtendedXMP" in found.xmp
    assert one == other == Embedded(PACKET)


def test_an_extension_that_is_not_there(tool, tmp_path):
    pointed = PACKET.replace(b"own:a", b'xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="1" own:a')
    found = tool.embedded(jpeg(tmp_path / "a.jpg", segment(0xE1, XMP_HEADER + pointed)))
    assert found == Embedded(pointed)


# a program that is not the real one ----------------------------------------------------------------------------------

FAKE = """#!{python}
import os, sys, time
if sys.argv[-1] == "-ver":
    print("99.1"); sys.exit()
arguments = []
for line in sys.stdin:
    line = line.rstrip("\\n")
    arguments.append(line)
    if line.startswith("-execute"):
        path = next(each for each in arguments if each.startswith("/"))
        echo = arguments[arguments.index("-echo4") + 1]
        if "hang" in path: time.sleep(600)
        if "die" in path: print("Out of memory!", file=sys.stderr, flush=True); os._exit(9)
        if "once" in path and not os.path.exists(path + "?"): open(path + "?", "x"); os._exit(9)
        if "late" in path: print(echo, file=sys.stderr, flush=True); os._exit(9)
        if "flood" in path:
            while True: print("x" * 1000)
        print(echo.replace("${{status}}", "0"), file=sys.stderr, flush=True)
        print('[{{"Keywords": "' + os.path.basename(path) + '"}}]\\n{{ready' + line[8:] + '}}', flush=True)
        arguments = []
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Makes a program that hangs, dies and floods on files of such names."""

    def put_on_path():
        program = tmp_path / "bin" / "exiftool"
        program.parent.mkdir(exist_ok=True)
        program.write_text(FAKE.format(python=sys.executable))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        version_of.cache_clear()

    yield put_on_path
    version_of.cache_clear()


@pytest.mark.parametrize(
    ("name", "fault", "said"),
    [
        ("hang", MetadataFault.TIMEOUT, "within 0.5 s"),
        ("die", MetadataFault.CRASH, "Out of memory!"),
        ("late", MetadataFault.CRASH, "died on it: status 9"),
        ("flood", MetadataFault.TOO_LARGE, "more than 100,000 bytes"),
    ],
)
def test_a_file_that_takes_it_down_costs_itself_alone(fake, tmp_path, monkeypatch, name, fault, said):
    fake()
    monkeypatch.setattr("facecluster.store.exiftool.process.MAX_ANSWER_BYTES", 100_000)
    paths = [tmp_path / each for each in ("a", "b", name, "c", f"{name}2", *"defghijkl")]
    for path in paths:
        path.touch()
    with ExifTool(timeout_seconds=0.5 if name == "hang" else 60.0) as tool:
        found = list(tool.embedded_of(paths))
    for path, each in zip(paths, found, strict=True):
        if path.name.startswith(name):
            assert each.fault is fault
            assert said in each.detail
        else:
            assert each.keywords == (path.name,)


def test_a_file_that_it_survives_in_the_end_is_read(fake, tmp_path):
    fake()
    paths = [tmp_path / each for each in ("a", "once1", "b", "once2", *"cdefghij")]
    for path in paths:
        path.touch()
    with ExifTool() as tool:
        assert [each.keywords for each in tool.embedded_of(paths)] == [(path.name,) for path in paths]


def test_an_interrupted_question_is_not_answered_to_the_next(fake, tmp_path, monkeypatch):
    fake()
    for name in "abc":
        (tmp_path / name).touch()
    with ExifTool() as tool:
        answer = exiftool.ExifToolProcess.answer

        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(exiftool.ExifToolProcess, "answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            list(tool.embedded_of([tmp_path / "a", tmp_path / "b"]))
        assert tool.pid is None
        monkeypatch.setattr(exiftool.ExifToolProcess, "answer", answer)
        assert tool.embedded(tmp_path / "c").keywords == ("c",)


# how it runs ---------------------------------------------------------------------------------------------------------


def test_it_is_killed_and_comes_again(tmp_path):
    path = jpeg(tmp_path / "a.jpg", segment(0xE1, XMP_HEADER + PACKET))
    with ExifTool() as tool:
        assert tool.pid is None
        assert tool.embedded(path).xmp == PACKET
        first = tool.pid
        os.kill(first, 9)
        assert tool.embedded(path).xmp == PACKET
        assert tool.pid not in {first, None}
    assert tool.pid is None


def test_it_reads_no_program_of_its_user(tmp_path, monkeypatch):
    mark = tmp_path / "ran"
    (tmp_path / ".ExifTool_config").write_text(f"open(F, '>', '{mark}'); close F; 1;")
    path = jpeg(tmp_path / "a.jpg")
    monkeypatch.setenv("HOME", str(tmp_path))
    subprocess.run(["exiftool", path], check=True, capture_output=True)
    assert mark.exists(), "this is how it would"
    mark.unlink()
    version_of.cache_clear()
    with ExifTool() as tool:
        tool.embedded(path)
    assert not mark.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="there is no such limit elsewhere")
def test_its_memory_is_limited(tool, tmp_path):
    tool.embedded(jpeg(tmp_path / "a.jpg"))
    limits = Path(f"/proc/{tool.pid}/limits").read_text().splitlines()
    assert [line.split()[3:5] for line in limits if line.startswith("Max address space")] == [["1073741824"] * 2]
    name = Path(f"/proc/{tool.pid}/cmdline").read_bytes()
    assert b"exiftool" in name


@pytest.mark.skipif(sys.platform != "linux", reason="nothing ends it elsewhere")
def test_it_ends_with_its_parent(tmp_path):
    path = jpeg(tmp_path / "a.jpg")
    code = (
        "import sys, time; from facecluster.store.exiftool.embedded import ExifTool; tool = ExifTool(); "
        f"tool.embedded({os.fspath(path)!r}.encode()); print(tool.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        watched = os.pidfd_open(pid)
        parent.kill()
    try:
        assert select.select([watched], [], [], 60)[0], "it is still there"
    finally:
        os.close(watched)


# writing -------------------------------------------------------------------------------------------------------------


def pixels(path):
    with Image.open(path) as image:
        return image.convert("RGB").tobytes()


@pytest.mark.parametrize("suffix", ["jpg", "png", "tiff", "webp", "gif", "avif"])
def test_a_copy_with_another_packet(tool, tmp_path, suffix):
    source, target = tmp_path / f"a %d $x.{suffix}", tmp_path / "no suffix %e @"
    Image.effect_noise((64, 48), 50).convert("RGB").save(source)
    before = source.read_bytes()
    tool.write_xmp(source, target, PACKET)
    assert source.read_bytes() == before
    written = tool.embedded(target).xmp
    assert b'own:a="1"' in written
    assert pixels(target) == pixels(source)
    tool.write_xmp(target, tmp_path / "again", PACKET.replace(b'"1"', b'"2"'))
    assert b'own:a="2"' in tool.embedded(tmp_path / "again").xmp


def test_an_extension_goes_with_the_packet_that_pointed_to_it(tool, tmp_path):
    path = extended(tmp_path / "a.jpg", PACKET)
    tool.write_xmp(path, tmp_path / "b.jpg", PACKET)
    assert tool.embedded(tmp_path / "b.jpg") == Embedded(PACKET)
    assert b"xmp/extension" not in (tmp_path / "b.jpg").read_bytes()


def test_formats_that_cannot_be_written(tool, tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a.bmp")
    (tmp_path / "b.jpg").write_text("a text, and no photo")
    for name in ("a.bmp", "b.jpg"):
        assert fault_of(tool.write_xmp, tmp_path / name, tmp_path / f"{name}.copy", PACKET) in {
            MetadataFault.UNSUPPORTED,
            MetadataFault.DAMAGED,
        }


def test_a_copy_takes_nobodys_name(tool, tmp_path):
    path = jpeg(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_text("theirs")
    with pytest.raises(FileExistsError):
        tool.write_xmp(path, tmp_path / "b.jpg", PACKET)
    assert (tmp_path / "b.jpg").read_text() == "theirs"
    assert fault_of(tool.write_xmp, tmp_path / "gone.jpg", tmp_path / "c.jpg", PACKET) is MetadataFault.STORAGE


# real files ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not AWKWARD.exists(), reason="the collection of awkward photos is not here")
def test_real_files_are_read_as_when_started_for_each(tool, tmp_path):
    folders = ("face_regions", "sidecars/photoprism", "formats/heif_odd", "formats/webp")
    paths = sorted(path for folder in folders for path in (AWKWARD / folder).rglob("*") if path.is_file())
    lists = tmp_path / "paths"
    lists.write_bytes(b"\n".join(os.fsencode(path) for path in paths))
    command = ["exiftool", "-config", "", "-j", "-n", "-s", "-G1", "-XMP:all", "-IFD0:Orientation", "-@", lists]
    records = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    expected = {record["SourceFile"]: record for record in records}
    for path, found in zip(paths, tool.embedded_of(paths), strict=True):
        record = expected.get(str(path), {})
        if isinstance(found, MetadataError):
            assert not [name for name in record if "XMP" in name], path
        else:
            assert (found.orientation or 1) == record.get("IFD0:Orientation", 1) or found.orientation is None
            assert (found.xmp is not None) >= any(name.startswith("XMP") for name in record), path


@pytest.mark.skipif(not AWKWARD.exists(), reason="the collection of awkward photos is not here")
def test_a_real_extended_packet(tool):
    found = tool.embedded(AWKWARD / "face_regions" / "xmp_misc" / "ExtendedXMP.jpg")
    assert b"HasExtendedXMP" in found.xmp
    assert b"<pdf:Author>PhilToo</pdf:Author>" in found.extension
