import builtins
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

import facecluster
from facecluster.errors import PackError
from facecluster.faces.align import aligned_crops
from facecluster.packs.load import describe_pack, load_pack
from facecluster.packs.weights import CENTERFACE, SFACE, runnable_bytes, weights_folder
from facecluster.settings import DetectSettings, PackSettings

ALBUM = Path(facecluster.__file__).parent / "demo_album"
SCRFD = Path(__file__).parents[3] / "shared" / "models" / "scrfd_2.5g.onnx"

needs_scrfd = pytest.mark.skipif(not SCRFD.exists(), reason="the SCRFD network for local tests is not here")


def settings(root, **changes):
    return PackSettings(name="insightface:test", root=str(root), provider="cpu", threads=1, **changes)


@pytest.fixture(scope="module")
def root(tmp_path_factory, cache):
    root = tmp_path_factory.mktemp("insightface")
    folder = root / "models" / "test"
    folder.mkdir(parents=True)
    shutil.copy(SCRFD, folder / "det.onnx")
    (folder / "sface.onnx").write_bytes(runnable_bytes(SFACE, weights_folder(), cache))
    return root


@pytest.fixture(scope="module")
def packs(root, cache):
    pytest.importorskip("insightface")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACECLUSTER_CACHE", str(cache))
        embedded = load_pack(PackSettings(provider="cpu", threads=1), DetectSettings())
    return load_pack(settings(root, embed_batch=2), DetectSettings()), embedded


@pytest.fixture(scope="module")
def photo():
    return np.asarray(ImageOps.exif_transpose(Image.open(ALBUM / "collins-and-hopper.jpg")).convert("RGB"))


@needs_scrfd
def test_it_sees_what_the_embedded_pack_sees(packs, photo):
    ours, embedded = packs
    found, expected = ours.detector.detect([photo], 0.5)[0], embedded.detector.detect([photo], 0.5)[0]
    vectors, reference = (
        pack.embedder.embed(aligned_crops(photo, faces.landmarks))
        for pack, faces in ((ours, found), (embedded, expected))
    )
    assert len(vectors) == len(reference) == 2
    cosines = vectors @ reference.T
    assert cosines.max(axis=1).min() > 0.85
    assert sorted(cosines.argmax(axis=1)) == [0, 1]


@needs_scrfd
def test_its_recogniser_gives_the_embedded_packs_vectors_in_any_batch(packs, photo):
    ours, embedded = packs
    crops = np.concatenate([aligned_crops(photo, embedded.detector.detect([photo], 0.5)[0].landmarks)] * 2)[:3]
    together = ours.embedder.embed(crops)
    np.testing.assert_allclose(together, embedded.embedder.embed(crops), atol=1e-5)
    np.testing.assert_allclose(together, np.concatenate([ours.embedder.embed(crop[None]) for crop in crops]), atol=1e-5)
    assert ours.embedder.embed(crops[:0]).shape == (0, 128)


@needs_scrfd
def test_a_face_that_fills_a_large_frame_is_found_by_the_small_look(packs, photo):
    ours, embedded = packs
    x0, y0, x1, y1 = embedded.detector.detect([photo], 0.5)[0].boxes[0].astype(int)
    frame = np.asarray(Image.fromarray(photo[y0:y1, x0:x1]).resize((1500, 1800)))
    found = ours.detector.detect([frame, np.zeros((50, 80, 3), np.uint8)], 0.5)
    assert [len(one.scores) for one in found] == [1, 0]
    assert (found[0].boxes[0, 2:] - found[0].boxes[0, :2]).min() > 900


@needs_scrfd
def test_the_manifest_names_the_terms_and_hashes_every_network(root, tmp_path):
    manifest = describe_pack(settings(root))
    assert manifest.dimension == 128
    assert "non-commercial research only" in manifest.licence
    shutil.copytree(root / "models", tmp_path / "models")
    assert describe_pack(settings(tmp_path)) == manifest
    changed = tmp_path / "models" / "test" / "det.onnx"
    changed.write_bytes(changed.read_bytes() + b"\x00\x00")
    with pytest.raises(PackError, match="unpack it again"):
        describe_pack(settings(tmp_path))


@needs_scrfd
def test_a_missing_package_names_the_extra(root, monkeypatch):
    real_import = builtins.__import__

    def without_insightface(name, *rest):
        if name == "insightface":
            raise ImportError("No module named 'insightface'", name=name)
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_insightface)
    with pytest.raises(PackError, match=re.escape("pip install 'facecluster[insightface]'")):
        load_pack(settings(root), DetectSettings())


@pytest.mark.parametrize("name", ["insightface:test", "insightface:"])
def test_a_missing_folder_is_named(tmp_path, name):
    missing = PackSettings(name=name, root=str(tmp_path))
    for refuse in (lambda: describe_pack(missing), lambda: load_pack(missing, DetectSettings())):
        with pytest.raises(PackError, match=re.escape(f"in the folder {tmp_path / 'models'}")):
            refuse()


def test_a_folder_without_the_two_networks_says_what_it_holds(tmp_path, cache):
    folder = tmp_path / "models" / "test"
    folder.mkdir(parents=True)
    with pytest.raises(PackError, match=r"found no \.onnx file"):
        describe_pack(settings(tmp_path))
    (folder / "other.onnx").write_bytes(runnable_bytes(CENTERFACE, weights_folder(), cache))
    with pytest.raises(PackError, match=r"expected an SCRFD detector with landmarks .* found other\.onnx"):
        describe_pack(settings(tmp_path))
    (folder / "broken.onnx").write_bytes(b"\xff\xff not a network")
    with pytest.raises(PackError, match=re.escape(f"expected a network in {folder / 'broken.onnx'}")):
        describe_pack(settings(tmp_path))
