import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.xmp import safe_xml
from facecluster.metadata.xmp.safe_xml import as_utf8, parsed

TEXT = '<a b="Zoë">Jürgen 山田 😀</a>'

ENCODINGS = {
    "utf-8": b"",
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}

BILLION_LAUGHS = (
    b"<!DOCTYPE lolz [<!ENTITY lol 'lol'>"
    + b"".join(b"<!ENTITY lol%d '%s'>" % (n, b"&lol%s;" % (b"" if n == 0 else b"%d" % (n - 1)) * 10) for n in range(10))
    + b"]><lolz>&lol9;</lolz>"
)


def root_of(data: bytes):
    return parsed(as_utf8(data))


def fault_of(data: bytes) -> MetadataFault:
    with pytest.raises(MetadataError) as caught:
        root_of(data)
    return caught.value.fault


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("declared", [True, False])
def test_a_document_is_read_in_every_unicode_encoding(encoding, marked, declared):
    declaration = f'<?xml version="1.0" encoding="{encoding[:6].upper()}"?>\n' if declared else ""
    mark = (ENCODINGS[encoding] or codecs.BOM_UTF8) if marked else b""
    root = root_of(mark + (declaration + TEXT).encode(encoding))
    assert (root.get("b"), root.text) == ("Zoë", "Jürgen 山田 😀")


def test_two_byte_order_marks_and_zeros_around_a_document_do_no_harm():
    assert root_of(codecs.BOM_UTF8 * 2 + b"\n<a/>\n" + bytes(100)).tag == "a"


def test_an_encoding_that_is_none_of_unicode_is_not_guessed():
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?><a>Zoë</a>'.encode("latin-1")
    assert fault_of(latin) == MetadataFault.BROKEN
    assert fault_of("<a>Zoë</a>".encode("latin-1")) == MetadataFault.BROKEN
    assert fault_of(codecs.BOM_UTF16_LE + b"<\0a\0>") == MetadataFault.BROKEN


@pytest.mark.parametrize("before", [b"", b"  ", b"<!-- <a> -->", b"<?pi ?>\n<!-- - -->", codecs.BOM_UTF8])
def test_whatever_has_a_dtd_is_refused_unread(before):
    assert fault_of(before + b"<!DOCTYPE a><a/>") == MetadataFault.FORBIDDEN


def test_entity_bombs_are_refused():
    assert fault_of(BILLION_LAUGHS) == MetadataFault.FORBIDDEN
    assert fault_of(codecs.BOM_UTF16_LE + BILLION_LAUGHS.decode().encode("utf-16-le")) == MetadataFault.FORBIDDEN
    long = b"<!DOCTYPE a [<!ENTITY b '" + b"b" * 10_000 + b"'>]><a c='" + b"&b;" * 10_000 + b"'/>"
    assert fault_of(long) == MetadataFault.FORBIDDEN


def test_no_other_file_is_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("told")
    for kind in ("SYSTEM", 'PUBLIC "x"'):
        entity = f'<!DOCTYPE a [<!ENTITY b {kind} "{secret.as_uri()}">]><a>&b;</a>'
        assert fault_of(entity.encode()) == MetadataFault.FORBIDDEN
    include = f'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{secret.as_uri()}" parse="text"/></a>'
    assert "told" not in "".join(root_of(include.encode()).itertext())


def test_a_word_that_looks_like_a_dtd_is_text_where_it_is_text():
    assert root_of(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


@pytest.mark.parametrize(
    "data",
    [b"", b"  ", b"\0", b"a", b"<a>", b"<a></b>", b"<a/><b/>", b"<a>&b;</a>", b"<a>\x01</a>", b"<a b=1/>", b"<!--"],
)
def test_what_is_no_xml_is_broken(data):
    assert fault_of(data) == MetadataFault.BROKEN


def test_too_much_of_anything_is_refused(monkeypatch):
    assert fault_of(b"<a>" * 10_000 + b"</a>" * 10_000) == MetadataFault.TOO_LARGE
    assert fault_of(b"<a>" + b"b" * 50_000_000 + b"</a>") == MetadataFault.TOO_LARGE
    monkeypatch.setattr(safe_xml, "MAX_XML_BYTES", 10)
    assert fault_of(b"<a>" + b"b" * 10 + b"</a>") == MetadataFault.TOO_LARGE
    assert root_of(b"<a>bb</a>").text == "bb"


def test_a_reason_is_one_line():
    with pytest.raises(MetadataError) as caught:
        parsed(b"<a b='" + b"x" * 20_000_000 + b"'/>")
    assert str(caught.value).startswith("too_large: ")
    assert "\n" not in str(caught.value)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: f"<a>{text}</a>".encode())))
def test_whatever_the_bytes_it_is_a_tree_or_a_reason(data):
    with contextlib.suppress(MetadataError):
        root_of(data)
