"""web.face_map: who is on the map, in which colour; and the palette of its style sheet."""

import re
from importlib.resources import files
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.web import face_map
from facecluster.web.face_map import (
    MARGIN,
    MIN_FACES,
    N_COLOURS,
    SHAPES,
    SIDE,
    agreement,
    faces_on_map,
    map_of,
    spread_styles,
)
from facecluster.web.groups import group_numbers
from tests.clusters.people import people_faces
from tests.web.tables import crowd, faces_table

CSS = {name: (files("facecluster.web") / "templates" / f"{name}.css").read_text() for name in ("report", "pictures")}

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009.
SIGHTS = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def colours(theme):
    """The custom properties of both style sheets, as linear RGB."""
    found = {}
    for text in CSS.values():
        blocks = [re.search(r"^:root \{(.*?)\}", text, re.DOTALL | re.MULTILINE)[1]]
        if theme == "dark":
            blocks.append(re.search(r"dark\) \{\s*:root \{(.*?)\}", text, re.DOTALL)[1])
        for block in blocks:
            found |= dict(re.findall(r"--([\w-]+): #(\w{6})", block))
    srgb = {name: np.array([int(value[i : i + 2], 16) for i in (0, 2, 4)]) / 255 for name, value in found.items()}
    return {name: np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for name, c in srgb.items()}


def cielab(linear):
    mixed = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = mixed @ np.clip(linear, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one, other):
    dark, light = sorted(float(colour @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def mapped(sizes, n_alone, limit=None, monkeypatch=None):
    if limit:
        monkeypatch.setattr(face_map, "MAX_FACES", limit)
    _, faces = crowd(sizes, n_alone)
    vectors, _ = people_faces([*sizes, *[1] * n_alone], dimension=32)
    ids = faces_on_map(faces)
    rows = [faces["face_id"].tolist().index(face_id) for face_id in ids]
    return map_of(faces, ids, vectors[rows]), faces, vectors, ids


def points(dots):
    return [tuple(map(int, point)) for point in re.findall(r"M(-?\d+) (-?\d+)h0", dots.path)]


@pytest.mark.parametrize("n_faces", [0, 1, MIN_FACES - 1])
def test_few_faces_have_no_map(n_faces):
    faces = faces_table(*[{}] * n_faces)
    assert faces_on_map(faces) == []
    assert map_of(faces, [], np.zeros((0, 4), np.float32)) is None


def test_a_library_is_on_the_map_whole_as_long_as_it_is_small():
    drawn, faces, _, ids = mapped([9, 5, 2], n_alone=4)
    assert sorted(ids) == sorted(faces["face_id"])
    assert (drawn.n_shown, drawn.n_faces, drawn.n_persons) == (20, 20, 3)
    assert [dots.title for dots in drawn.dots] == [
        "Faces alone",
        "Person 1, 9 faces",
        "Person 2, 5 faces",
        "Person 3, 2 faces",
    ]
    assert [len(points(dots)) for dots in drawn.dots] == [4, 9, 5, 2]
    assert {value for dots in drawn.dots for point in points(dots) for value in point} <= set(
        range(MARGIN, SIDE - MARGIN + 1)
    )
    assert drawn.agreement == 1


def test_numbers_stand_amid_the_dots_of_their_person():
    drawn, *_ = mapped([20, 12], n_alone=0)
    assert [label.text for label in drawn.labels] == ["1", "2"]
    for label, dots in zip(drawn.labels, drawn.dots, strict=True):
        middle = np.median(points(dots), axis=0) * 100 / SIDE
        assert (label.left, label.top) == pytest.approx(middle, abs=0.2)


def test_the_same_faces_give_the_same_map_in_any_order():
    drawn, faces, vectors, ids = mapped([9, 5], n_alone=4)
    by_id = dict(zip(faces["face_id"], vectors, strict=True))
    backwards = ids[::-1]
    again = map_of(faces.iloc[::-1], backwards, np.array([by_id[face_id] for face_id in backwards]))
    assert again == drawn
    assert sorted(faces_on_map(faces.iloc[::-1])) == sorted(ids)


def test_of_a_sample_titles_count_all_faces(monkeypatch):
    drawn, *_ = mapped([60, 20], n_alone=20, limit=10, monkeypatch=monkeypatch)
    assert (drawn.n_shown, drawn.n_faces) == (10, 100)
    assert [(dots.title, len(points(dots))) for dots in drawn.dots] == [
        ("Faces alone", 2),
        ("Person 1, 60 faces", 6),
        ("Person 2, 20 faces", 2),
    ]


@given(st.lists(st.integers(1, 40), max_size=12), st.integers(0, 60), st.integers(10, 80))
def test_everybody_keeps_their_share_in_a_sample(sizes, n_alone, limit):
    _, faces = crowd(sizes, n_alone)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(face_map, "MAX_FACES", limit)
        ids = faces_on_map(faces)
    if len(faces) < MIN_FACES:
        assert ids == []
        return
    assert len(ids) == len(set(ids)) == min(limit, len(faces))
    shown = faces.set_index("face_id").loc[ids, "group"].fillna(-1)
    for cluster, size in faces["group"].fillna(-1).value_counts().items():
        assert abs((shown == cluster).sum() - size * len(ids) / len(faces)) < 1
    ranks = [group_numbers(faces).get(cluster, np.inf) for cluster in shown]
    assert ranks == sorted(ranks)


def test_a_library_without_groups_is_grey():
    drawn, *_ = mapped([], n_alone=12)
    assert [(dots.style, dots.title) for dots in drawn.dots] == [("alone", "Faces alone")]
    assert (drawn.labels, drawn.n_persons, drawn.agreement) == ((), 0, None)


def test_neighbours_have_different_styles():
    n_styles = N_COLOURS * len(SHAPES)
    rng = np.random.default_rng(0)
    middles = rng.uniform(-1, 1, (200, 2)).astype(np.float32)
    styles = spread_styles(middles)
    assert set(styles[:n_styles]) == {f"hue-{hue} {shape}" for hue in range(N_COLOURS) for shape in SHAPES}
    distances = np.linalg.norm(middles[:, None] - middles[None], axis=2)
    same = np.array([[one == other for other in styles] for one in styles]) & ~np.eye(200, dtype=bool)
    in_cycle = np.array([[i % n_styles == j % n_styles for j in range(200)] for i in range(200)])
    assert distances[same].min() > 3 * distances[in_cycle & ~np.eye(200, dtype=bool)].min()
    assert spread_styles(np.zeros((0, 2), np.float32)) == []


def test_agreement_counts_only_those_who_could_have_a_neighbour_of_their_own():
    places = np.array([[0, 0], [1, 0], [9, 0], [9.5, 0], [9.6, 0], [20, 0]], np.float32)
    assert agreement(places, np.array([1, 1, 2, 2, 0, 3])) == 0.75
    assert agreement(places, np.array([1, 2, 3, 4, 5, 0])) is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_stands_out_from_the_ground(theme):
    palette = colours(theme)
    hues = [palette[f"hue-{hue}"] for hue in (*range(N_COLOURS), "none")]
    assert min(contrast(hue, palette["card"]) for hue in hues) >= 2.95  # WCAG 2.2, 1.4.11, asks for 3


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_differ_to_every_eye(theme, sight):
    palette = colours(theme)
    seen = [cielab(np.array(SIGHTS[sight]) @ palette[f"hue-{hue}"]) for hue in (*range(N_COLOURS), "none")]
    # 2.3 is a difference that is just seen; between small dots that are not side by side it takes many times that.
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 20
