"""XMP written by hand, and as programs left it in the labelled photographs."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import strategies as st

from facecluster.metadata.xmp.namespaces import NAMESPACES
from facecluster.metadata.xmp.packet import Packet, read_packet

AWKWARD = Path(__file__).parents[3] / "shared" / "photos" / "awkward"
needs_photographs = pytest.mark.skipif(not AWKWARD.exists(), reason="the labelled photographs are not here")

DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def xmp(*descriptions: str) -> bytes:
    """A document of these top-level elements, every prefix declared."""
    return f"<x:xmpmeta {DECLARED}><rdf:RDF>{''.join(descriptions)}</rdf:RDF></x:xmpmeta>".encode()


def about(properties: str, attributes: str = "") -> str:
    """An rdf:Description of the photo."""
    return f'<rdf:Description rdf:about="" {attributes}>{properties}</rdf:Description>'


def packet(properties: str, attributes: str = "") -> Packet:
    """A document of one rdf:Description."""
    return read_packet(xmp(about(properties, attributes)))


def packet_of(path: str) -> Packet:
    """The document of a sidecar, or embedded in a photo, below the awkward photographs."""
    file = AWKWARD / path
    if file.suffix == ".xmp":
        return read_packet(file.read_bytes())
    found = subprocess.run(["exiftool", "-b", "-xmp", file], capture_output=True, check=True)
    return read_packet(found.stdout)


_names = st.sampled_from(
    [
        *("rdf:Description", "rdf:Bag", "rdf:li", "rdf:value", "dc:subject", "Iptc4xmpExt:PersonInImage"),
        *("mwg-rs:Regions", "mwg-rs:RegionList", "mwg-rs:Area", "stArea:x", "MP:RegionInfo", "MPRI:Regions"),
        *("acdsee-rs:Regions", "digiKam:TagsList"),
    ]
)
_attributes = st.sampled_from(
    [
        "",
        'rdf:parseType="Resource"',
        'rdf:nodeID="n"',
        'rdf:resource="r"',
        'rdf:value="v"',
        'dc:subject="s"',
        'mwg-rs:Name="Anna"',
        'MPReg:Rectangle="0.1, 0.1, 0.2, 0.2"',
        'xml:lang="de"',
    ]
)
trees = st.recursive(
    st.sampled_from(["", " ", "a", "People/Anna", "<!-- c -->", "<?p?>"]),
    lambda inner: st.builds(
        lambda name, attribute, children: f"<{name} {attribute}>{''.join(children)}</{name}>",
        _names,
        _attributes,
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)
"""XML that makes sense to nobody, of elements that do."""
