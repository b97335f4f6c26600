import json
import re
import shutil

import pytest

from facecluster.cli.evaluate import SHOWN, _split_line, _why, numbered
from facecluster.measure.contacts import Contact
from facecluster.measure.evaluate import SplitName

PEOPLE = {
    "biden-close.jpg": "Biden",
    "biden-blue-room.jpg": "Biden",
    "collins-badge.png": "Collins",
    "collins-evening.jpg": "Collins",
    "collins-portrait.jpg": "Collins",
    "hopper-newsprint.jpg": "Hopper",
    "hopper-portrait.jpg": "Hopper",
    "hopper-tilted.webp": "Hopper",
    "obama-blue-room.jpg": "Obama",
    "obama-congress.jpg": "Obama",
    "obama-portrait.jpg": "Obama",
}


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("path,identity\n" + "".join(f"{photo},{name}\n" for photo, name in PEOPLE.items()))
    return path


def test_clusters_against_labels(facecluster, demo_library, labels):
    ended = facecluster("evaluate", "--labels", labels, "--library", demo_library)
    assert ended.code == 0
    assert ended.out.splitlines()[0] == "B-cubed    F 1.0000, precision 1.0000, recall 1.0000"
    record = json.loads(facecluster("evaluate", "--labels", labels, "--library", demo_library, "--json").out)
    assert record["bcubed"]["f"] == 1
    assert record["people"] == 4


def test_vectors_against_pairs(facecluster, demo_library, tmp_path):
    photos = list(PEOPLE)
    pairs = [(a, b, int(PEOPLE[a] == PEOPLE[b])) for a in photos for b in photos if a < b]
    lines = "".join(f"{a},{b},{same}\n" for a, b, same in pairs)
    (tmp_path / "pairs.csv").write_text("path1,path2,same\n" + lines)
    ended = facecluster("evaluate", "--pairs", "pairs.csv", "--library", demo_library)
    assert ended.out.startswith("accuracy      100.00%")
    record = json.loads(facecluster("evaluate", "--pairs", "pairs.csv", "--library", demo_library, "--json").out)
    assert record["pairs"] == len(pairs)


@pytest.mark.parametrize("flags", [["--labels", "a.csv", "--pairs", "b.csv"], ["--labels", "missing.csv"]])
def test_wrong_usage(flags, facecluster, demo_library):
    ended = facecluster("evaluate", *flags, "--library", demo_library)
    assert (ended.code, ended.out) == (2, "")
    assert "xpected" in ended.err


def test_faces_that_are_not_grouped_cannot_be_judged(facecluster, demo_library, labels, tmp_path):
    library = shutil.copytree(demo_library, tmp_path / "library")
    shutil.rmtree(library / "runs")
    ended = facecluster("evaluate", "--labels", labels, "--library", library)
    assert ended.code == 1
    assert "run `facecluster cluster` first" in ended.err


def test_long_lists_of_mistakes_are_cut():
    lines = numbered("mixed", [f"line {i}" for i in range(SHOWN + 2)])
    assert len(lines) == SHOWN + 1
    assert lines["mixed ..."] == "2 more: see --json"
    assert len(numbered("mixed", ["line"] * SHOWN)) == SHOWN


def test_mistakes_are_listed_with_what_is_known_of_them(facecluster, demo_library, labels):
    labels.write_text(labels.read_text().replace("hopper-portrait.jpg,Hopper", "hopper-portrait.jpg,Collins"))
    out = facecluster("evaluate", "--labels", labels, "--library", demo_library).out
    assert re.search(r"needed +two single faces need a cosine of about 0\.\d\d, groups less", out)
    assert re.search(r"mixed 1 +cluster \d: Hopper 2, Collins 1 \(best 0\.\d\d, mean 0\.\d\d\)", out)
    assert re.search(r"split 1 +Collins: cluster \d 3, cluster \d 1 \(best -?0\.\d\d, mean -?0\.\d\d\)", out)


def test_what_is_said_of_a_part():
    plain = Contact(best_cosine=0.512, mean_cosine=0.3, evidence=None, too_blurred=0, shared_photos=0)
    assert _why(plain) == "best 0.51, mean 0.30"
    full = Contact(best_cosine=0.512, mean_cosine=0.3, evidence=-0.25, too_blurred=2, shared_photos=1)
    told = "best 0.51, mean 0.30; suggested, 0.25 sd short; 2 too blurred to found a cluster; both on 1 photo"
    assert _why(full) == told


def test_people_in_many_parts_are_cut():
    contact = Contact(0.5, 0.3, None, 0, 0)
    alone = tuple(f"{number}.jpg" for number in range(SHOWN + 1))
    line = _split_line(SplitName("Ada", ((3, 4),), alone, (contact,) * len(alone)))
    assert line.startswith("Ada: cluster 3 4, alone 0.jpg (best 0.50, mean 0.30), ")
    assert line.endswith(", 2 more")
