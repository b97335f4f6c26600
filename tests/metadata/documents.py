"""XMP written by hand, and as programs left it in the labelled photographs."""

import subprocess
from pathlib import Path

import pytest

from facecluster.metadata.namespaces import NAMESPACES
from facecluster.metadata.packet import Packet, read_packet

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
