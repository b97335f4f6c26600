"""Every table facecluster writes: its columns, their types and units, and who writes it.

All are plain Parquet. Text is UTF-8; a path that is not is escaped (`store.path_text`). Nothing here is ever updated in
place.
"""

import pyarrow as pa

FORMAT_VERSION = 1
"""Of the library as a whole; written to library.json, refused when newer than ours."""

LANDMARK_FLOATS = 10  # five (x, y) pairs

SCAN = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),  # relative to the archive, "/" between parts
        pa.field("size", pa.int64(), nullable=False),  # bytes
        pa.field("modified_at", pa.timestamp("ns", "UTC"), nullable=False),
        pa.field("offline", pa.bool_(), nullable=False),  # its folder could not be read: known from the scan before
    ],
    metadata={"table": "scan", "version": "1"},
)
"""What the archive looked like: a row a photo file. Made by pipeline.plan, written by pipeline.index."""

PHOTOS = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),  # bytes; path, size and modified_at are the scan's
        pa.field("modified_at", pa.timestamp("ns", "UTC"), nullable=False),
        pa.field("photo_hash", pa.string()),  # sha256 of the bytes, hex; null where they could not be read
        pa.field("width", pa.int32()),  # of the upright image at full size, px; null where it was not decoded
        pa.field("height", pa.int32()),
        pa.field("stored_width", pa.int32()),  # before the orientation is applied, px
        pa.field("stored_height", pa.int32()),
        pa.field("orientation", pa.int8()),  # EXIF value 1..8 as stored
        pa.field("taken_at", pa.timestamp("ms")),  # local time as the camera wrote it
        pa.field("status", pa.string(), nullable=False),  # ok | no_face | error
        pa.field("reason", pa.string()),  # of an error: errors.PhotoFault, then detail
        pa.field("n_faces", pa.int32(), nullable=False),
    ],
    metadata={"table": "photos", "version": "1"},
)
"""A row a photo file, broken and faceless ones too. Written by pipeline.shard. Copies have equal photo_hash."""


def faces_schema(dimension: int) -> pa.Schema:
    """A row a face of a distinct photo, for a pack of this dimension. Written by pipeline.shard and tags.drawing.

    A face is *unseen* where somebody drew a box and no detector sees a face in it: it has no landmarks and no vector,
    and its score and quality are 0. No other face's quality is.
    """
    return pa.schema(
        [
            pa.field("face_id", pa.string(), nullable=False),  # photo hash (20 hex digits) and box, rounded to pixels
            pa.field("photo_hash", pa.string(), nullable=False),
            # The box and the landmarks, x and y of five points, are in px of the upright image at full size. The box of
            # a face that a detector did not find by itself is the one that somebody drew.
            *(pa.field(edge, pa.float32(), nullable=False) for edge in ("x0", "y0", "x1", "y1")),
            pa.field("landmarks", pa.list_(pa.float32(), LANDMARK_FLOATS)),  # null: unseen
            pa.field("score", pa.float32(), nullable=False),  # of the detector, 0..1
            pa.field("quality", pa.float32(), nullable=False),  # faces.quality, 0..1
            pa.field("embedding", pa.list_(pa.float16(), dimension)),  # unit vector; null: unseen
            pa.field("thumbnail", pa.binary(), nullable=False),  # JPEG, sRGB
        ],
        metadata={"table": "faces", "version": "2"},
    )


CLUSTERS = pa.schema(
    [
        pa.field("face_id", pa.string(), nullable=False),
        pa.field("cluster_id", pa.int32()),  # kept from run to run, in the first one largest first; null: alone
        pa.field("strength", pa.float32(), nullable=False),  # of its membership, 0..1
        pa.field("rival_id", pa.int32()),  # the nearest other cluster
        pa.field("rival_cosine", pa.float32()),  # cosine to the mean of that cluster
        pa.field("outlier", pa.float32(), nullable=False),  # 0: at the densest of its node; 1: far out, or in none
        pa.field("tree_node", pa.int32()),  # the node of TREE that it leaves last; null: it could not found a group
        pa.field("departure", pa.float32()),  # cosine above which it is not held there
    ],
    metadata={"table": "clusters", "version": "2"},
)
"""A row a face of the library at the time of the run. Written by pipeline.group."""

TREE = pa.schema(
    [
        pa.field("node", pa.int32(), nullable=False),  # from 0, parents before their children
        pa.field("parent", pa.int32()),  # null: a root
        pa.field("birth", pa.float32(), nullable=False),  # cosine at which it parts from its parent, or the floor
        pa.field("size", pa.int32(), nullable=False),  # faces at birth
        pa.field("cluster_id", pa.int32()),  # the cluster that its faces are in, which began here; null: none did
    ],
    metadata={"table": "tree", "version": "1"},
)
"""A row a node of the condensed tree of a run: which faces hang together, at any cosine. Written by pipeline.group."""

SUGGESTIONS = pa.schema(
    [
        pa.field("face_a", pa.string(), nullable=False),  # a face of the one ...
        pa.field("face_b", pa.string(), nullable=False),  # ... and of the other
        pa.field("cluster_a", pa.int32()),  # null: face_a is alone
        pa.field("cluster_b", pa.int32()),
        pa.field("evidence", pa.float32(), nullable=False),  # standard deviations short of enough, at most 0
    ],
    metadata={"table": "suggestions", "version": "1"},
)
"""A row a pair of clusters that were almost made one, strongest evidence first. Written by pipeline.group."""

NAMES = pa.schema(
    [
        pa.field("face_id", pa.string(), nullable=False),
        pa.field("person", pa.string(), nullable=False),  # id
        pa.field("probability", pa.float32(), nullable=False),  # that the face is this person's
        pa.field("automatic", pa.bool_(), nullable=False),  # sure enough to be used unasked; else a proposal
    ],
    metadata={"table": "names", "version": "1"},
)
"""A row a face that nobody named and that seems to be a named person's, by face id. Written by pipeline.propagate."""

HEIRS = pa.schema(
    [
        pa.field("face_id", pa.string(), nullable=False),  # a face of a photo whose file was changed
        pa.field("heir", pa.string(), nullable=False),  # the face that is the same one in the photo as it is now
        pa.field("cosine", pa.float32(), nullable=False),  # of the two
    ],
    metadata={"table": "heirs", "version": "1"},
)
"""A row a face of a changed photo and its heir, by face id, then heir. Written by pipeline.heirs."""

TAGS = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),  # of the photo
        pa.field("photo_hash", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),  # where it stands: the photo, or a file beside it; as path
        pa.field("source", pa.string()),  # metadata.words.Source; null: the file could not be read
        pa.field("name", pa.string()),  # as it stands there; null: a region that nobody named
        # Left, top, right, bottom in parts of the stored width and height (metadata.words); null: a name without a box.
        *(pa.field(edge, pa.float64()) for edge in ("x0", "y0", "x1", "y1")),
        pa.field("applied_width", pa.float64()),  # size of the picture that it was drawn on, px
        pa.field("applied_height", pa.float64()),
        pa.field("reason", pa.string()),  # why the file could not be read
    ],
    metadata={"table": "tags", "version": "1"},
)
"""A row a mention of a person in the metadata of a photo file, and a row a file that failed. Written by
pipeline.tags.incoming.reading."""

IMPORTS = pa.schema(
    [
        *TAGS,
        pa.field("face_id", pa.string()),  # the face that the region is of; null: none, or a name without a box
        pa.field("outcome", pa.string(), nullable=False),  # pipeline.tags.outcomes.Outcome
    ],
    metadata={"table": "imports", "version": "1"},
)
"""TAGS with what became of each. Written by pipeline.tags.incoming.importing."""

SHOWN = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),  # of the photo
        pa.field("photo_hash", pa.string(), nullable=False),
        pa.field("face_id", pa.string(), nullable=False),
        pa.field("person", pa.string(), nullable=False),  # id
        pa.field("name", pa.string(), nullable=False),
        *(pa.field(edge, pa.float32(), nullable=False) for edge in ("x0", "y0", "x1", "y1")),  # px, upright, full size
        pa.field("stored_width", pa.int32(), nullable=False),  # of the photo, px
        pa.field("stored_height", pa.int32(), nullable=False),
        pa.field("orientation", pa.int8(), nullable=False),
        pa.field("provenance", pa.string(), nullable=False),
        pa.field("probability", pa.float32(), nullable=False),
    ],
    metadata={"table": "shown", "version": "1"},
)
"""A row a named face of a photo file, by path, copies of a photo each: who is to stand in its metadata. Made by
pipeline.tags.outgoing.shown, never written."""

WRITTEN = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),  # of the photo
        pa.field("file", pa.string(), nullable=False),  # that holds its metadata: a sidecar, or the photo
        pa.field("status", pa.string(), nullable=False),  # pipeline.tags.outcomes.Status
        pa.field("reason", pa.string()),  # of a failure, or of what was left alone
        pa.field("changes", pa.list_(pa.string()), nullable=False),  # a line each, "+ ..." or "- ..."
    ],
    metadata={"table": "written", "version": "1"},
)
"""A row a file that `tags write` or `tags revert` looked at. Written by pipeline.tags.outgoing.writing."""
