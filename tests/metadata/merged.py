"""Documents to merge into, and what is merged."""

from lxml import etree

from facecluster.metadata.merging.merge import Merged, merge
from facecluster.metadata.merging.seeding import seeded
from facecluster.metadata.words import NO_VALUES, Frame, Shown, Values
from facecluster.metadata.xmp.packet import Packet, packet_bytes, read_packet

FRAME = Frame(4000, 3000, 6)
ANNA = Shown("Anna Müller", (0.3, 0.2, 0.4, 0.4))
BOB = Shown("Bob", (0.6, 0.2, 0.7, 0.4))
CARL = Shown("Carl", None)


def area(box, unit='stArea:unit="normalized"'):
    """mwg-rs:Area of a box, in attributes, as digiKam writes it."""
    left, top, right, bottom = box
    x, y, w, h = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    return f'<mwg-rs:Area stArea:x="{x}" stArea:y="{y}" stArea:w="{w}" stArea:h="{h}" {unit}/>'


def region(name, box, kind="Face"):
    """An item of somebody else's list of regions, in the spelling of digiKam."""
    named = f'mwg-rs:Name="{name}"' if name else ""
    return f'<rdf:li><rdf:Description {named} mwg-rs:Type="{kind}">{area(box)}</rdf:Description></rdf:li>'


def regions(*items, size='<mwg-rs:AppliedToDimensions stDim:w="800" stDim:h="600" stDim:unit="pixel"/>'):
    """Somebody else's list of regions."""
    listed = f"<mwg-rs:RegionList><rdf:Bag>{''.join(items)}</rdf:Bag></mwg-rs:RegionList>"
    return f'<mwg-rs:Regions rdf:parseType="Resource">{size}{listed}</mwg-rs:Regions>'


def microsoft(*people):
    """Somebody else's list of regions in Microsoft's form, from pairs of a name and a box."""
    items = (
        f'<rdf:li MPReg:PersonDisplayName="{name}" MPReg:Rectangle="{x0}, {y0}, {x1 - x0}, {y1 - y0}"/>'
        for name, (x0, y0, x1, y1) in people
    )
    listed = f"<MPRI:Regions><rdf:Bag>{''.join(items)}</rdf:Bag></MPRI:Regions>"
    return f'<MP:RegionInfo rdf:parseType="Resource">{listed}</MP:RegionInfo>'


def bag(name, *words, kind="Bag"):
    """A list of texts."""
    return f"<{name}><rdf:{kind}>{''.join(f'<rdf:li>{word}</rdf:li>' for word in words)}</rdf:{kind}></{name}>"


def empty() -> Packet:
    """A document that says nothing."""
    return seeded(None, ()).packet


def merged(document: Packet, *shown: Shown, ours: Values = NO_VALUES, frame: Frame = FRAME) -> Merged:
    """`merge`, with the promises that hold whatever is merged: it is done at once, and says what it did."""
    before = packet_bytes(document)
    first = merge(document, shown, frame, ours)
    after = packet_bytes(document)
    assert first.changed == (after != before) == bool(first.changes), (first, after)
    again = merge(read_packet(after), shown, frame, first.ours)
    assert again == first._replace(changed=False, changes=())
    return first


def canonical(document: Packet) -> str:
    """What a document says, whatever it looks like."""
    return etree.canonicalize(packet_bytes(document).decode().split("?>\n", 1)[-1].rsplit("\n<?xpacket", 1)[0])
