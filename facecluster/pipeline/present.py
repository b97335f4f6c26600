"""The faces that are to be grouped, and what people say of them."""

from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Int64

from facecluster.clusters.links import Links
from facecluster.clusters.threshold import Calibration
from facecluster.people.decisions import who_is_who
from facecluster.people.stand_ins import Heirs
from facecluster.people.statements import Decision
from facecluster.people.who import NOBODY
from facecluster.pipeline.catalogue import census_of, faces_of
from facecluster.pipeline.heirs import heirs_of
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.links import Changed, changed_links, digest_of, links_of
from facecluster.settings import ClusterSettings
from facecluster.store.library import Library
from facecluster.store.records import Scan


class Said(NamedTuple):
    """What an earlier run knew of what people said."""

    n_decisions: int
    face_ids: pa.StringArray  # of the faces that were there
    heirs: Heirs


class Present(NamedTuple):
    """The faces of the photos that are there, sorted by face id: seen ones that nobody said to be none."""

    table: pa.Table  # face_id, photo_hash, embedding, quality
    links: Links
    decisions: tuple[Decision, ...]  # all that were ever made
    heirs: Heirs  # of the faces of photos that were changed

    @property
    def face_ids(self) -> pa.Array:
        """Their ids."""
        return self.table["face_id"].combine_chunks()

    def changed_since(self, before: Said) -> Changed:
        """What is said of the faces that was not, or is not any more."""
        if before.n_decisions == len(self.decisions) and not len(self.heirs.faces):
            nothing = np.zeros(len(self.table), np.bool_)
            return Changed(nothing, nothing)
        gone = before.face_ids.filter(pc.invert(pc.is_in(before.face_ids, self.face_ids)))
        faces = pa.concat_arrays([gone, self.face_ids])
        then = who_is_who(self.decisions[: before.n_decisions], faces, before.heirs)
        return changed_links(then, who_is_who(self.decisions, self.face_ids, self.heirs))

    def digest(self, version: int, settings: ClusterSettings, prior: Calibration) -> str:
        """A name for the faces, what is said of them, and all that groups them: equal names, equal clusters."""
        said = digest_of(self.links)
        digest = sha256(f"{version} {settings.model_dump_json()} {tuple(prior)}{said}".encode())
        digest.update("\n".join(self.face_ids.to_pylist()).encode())
        return digest.hexdigest()


def faces_to_group(library: Library, scan: Scan) -> Present:
    """The faces of a scan.

    Raises:
        LibraryError: a table or the journal is damaged.
    """
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces, decisions = faces_of(library, scan, photos, ["embedding", "quality"]), decisions_of(library)
    heirs = heirs_of(library)
    who = who_is_who(decisions, faces["face_id"].combine_chunks(), heirs)
    seen = faces["embedding"].is_valid().to_numpy()
    kept = np.flatnonzero(seen & ~who.not_faces)
    links = links_of(replace(who, persons=np.where(seen, who.persons, np.int32(NOBODY))))
    return Present(faces.take(pa.array(kept)), links.among(kept), decisions, heirs)


def photos_of(faces: pa.Table) -> Int64[np.ndarray, "n"]:
    """A number for the photo of each face."""
    return faces["photo_hash"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
