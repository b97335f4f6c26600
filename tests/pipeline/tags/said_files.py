"""Files that say who is on a photo, as other programs write them; and a runner that starts no process."""

from html import escape

from facecluster.metadata.words import Frame
from tests.metadata.one_box import stored_box
from tests.pipeline.tags.tagged_library import HEIGHT, WIDTH, box_of

UPRIGHT = Frame(WIDTH, HEIGHT, 1)


def in_this_process(shards, job, progress, work):
    """A runner: shard after shard, where the test runs."""
    progress.ready()
    with work.open_worker(job) as worker:
        for shard in shards:
            progress.shard(worker.work(shard, lambda: progress.photos(1)))


def frame_of(orientation):
    """The stored picture of a photo of the tagged library."""
    width, height = (WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH)
    return Frame(width, height, orientation)


def on_face(person, name=None, orientation=1):
    """A region where a person of the tagged library stands."""
    return (name, stored_box(box_of(person), frame_of(orientation)))


def sidecar(*regions, people=(), applied_to=None):
    """A sidecar with MWG regions, (name, box in parts of the stored picture) each, and names without a place."""
    items = "".join(_region(name, box) for name, box in regions)
    dimensions = ""
    if applied_to:
        width, height = applied_to
        dimensions = f"<mwg-rs:AppliedToDimensions stDim:w='{width}' stDim:h='{height}' stDim:unit='pixel'/>"
    names = "".join(f"<rdf:li>{escape(name)}</rdf:li>" for name in people)
    return f"""<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description rdf:about='' xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/'
 xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#' xmlns:stDim='http://ns.adobe.com/xap/1.0/sType/Dimensions#'
 xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'>
<mwg-rs:Regions rdf:parseType='Resource'>{dimensions}<mwg-rs:RegionList><rdf:Bag>{items}</rdf:Bag></mwg-rs:RegionList>
</mwg-rs:Regions><Iptc4xmpExt:PersonInImage><rdf:Bag>{names}</rdf:Bag></Iptc4xmpExt:PersonInImage>
</rdf:Description></rdf:RDF></x:xmpmeta>""".encode()


def _region(name, box):
    x0, y0, x1, y1 = box
    named = "" if name is None else f"<mwg-rs:Name>{escape(name)}</mwg-rs:Name>"
    return f"""<rdf:li rdf:parseType='Resource'>{named}<mwg-rs:Type>Face</mwg-rs:Type><mwg-rs:Area
 stArea:x='{(x0 + x1) / 2}' stArea:y='{(y0 + y1) / 2}' stArea:w='{x1 - x0}' stArea:h='{y1 - y0}'
 stArea:unit='normalized'/></rdf:li>"""


def picasa(photo, *faces):
    """A .picasa.ini: faces of a photo, (number of a contact, box in parts of the picture) each."""
    rects = ";".join(f"rect64({_rect64(box)}),{contact:016x}" for contact, box in faces)
    return f"[{photo}]\nfaces={rects}\n".encode()


def _rect64(box):
    return "".join(f"{round(edge * 0xFFFF):04x}" for edge in box).lstrip("0")
