"""measure.labels: label files and the photos their paths mean."""

import pytest

from facecluster.errors import UsageError
from facecluster.measure.labels import Box, Label, Pair, PathResolver, read_labels, read_pairs


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        file = tmp_path / "labels.csv"
        file.write_bytes(text.encode(encoding))
        return file

    return write


def test_labels_with_boxes_names_and_columns_of_no_concern(written):
    file = written(
        "note,path,identity,x,y,w,h\n"
        'a,"a, b.jpg",Ada Løvelace,10,20.5,30,40\n'
        "b,c.jpg,,,,,\n"
        "c, d.jpg ,_none_,,,,\n"
        "d,e.jpg,NA,,,,\n"
    )
    assert read_labels(file) == [
        Label("a, b.jpg", "Ada Løvelace", Box(10, 20.5, 40, 60.5)),
        Label("c.jpg", "", None),
        Label("d.jpg", "_none_", None),
        Label("e.jpg", "NA", None),
    ]


def test_labels_without_boxes(written):
    assert read_labels(written("identity,path\nAda,a.jpg\n")) == [Label("a.jpg", "Ada", None)]


def test_a_file_with_a_byte_order_mark_is_read(written):
    assert read_labels(written("path,identity\na.jpg,Ada\n", "utf-8-sig")) == [Label("a.jpg", "Ada", None)]


def test_a_file_without_rows_has_no_labels(written):
    assert read_labels(written("path,identity\n")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path,name\na,b\n", "expected the columns path, identity, found path, name; missing: identity"),
        ("path,identity,x,y\na,b,1,2\n", "all of the columns x, y, w, h or none, found only x, y"),
        ("path,identity,x,y,w,h\na,b,1,2,3,4\na,b,1,2,3,\n", "row 3: expected numbers x, y, w, h.* found 1, 2, 3, "),
        ("path,identity,x,y,w,h\na,b,1,2,0,4\n", "row 2: expected numbers"),
        ("path,identity,x,y,w,h\na,b,1,nan,3,4\n", "row 2: expected numbers"),
        ("path,identity,x,y,w,h\na,b,one,2,3,4\n", "row 2: expected numbers"),
        ("", "expected a CSV file"),
        ('path,identity\n"a,b\n', "expected a CSV file"),
    ],
)
def test_a_labels_file_that_is_wrong_says_what_was_expected(written, text, message):
    with pytest.raises(UsageError, match=message):
        read_labels(written(text))


def test_a_file_that_is_not_there_or_not_text(tmp_path, written):
    with pytest.raises(UsageError, match=r"nowhere\.csv: expected a CSV file"):
        read_labels(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="expected a CSV file"):
        read_labels(written("path,identity\nå.jpg,Ada\n", "latin-1"))


def test_pairs_with_and_without_folds(written):
    assert read_pairs(written("path1,path2,same\na,b,1\na,c,0\na,d,True\n")) == [
        Pair("a", "b", same=True, fold=None),
        Pair("a", "c", same=False, fold=None),
        Pair("a", "d", same=True, fold=None),
    ]
    assert read_pairs(written("fold,path1,path2,same\n7,a,b,0\n")) == [Pair("a", "b", same=False, fold="7")]


def test_a_pair_that_is_neither_same_nor_not_is_refused(written):
    with pytest.raises(UsageError, match="row 3: expected same to be 1 or 0, found 'perhaps'"):
        read_pairs(written("path1,path2,same\na,b,1\na,b,perhaps\n"))


def test_paths_are_relative_to_the_archive_or_to_the_labels(tmp_path):
    archive = tmp_path / "photos" / "quick"
    archive.mkdir(parents=True)
    resolver = PathResolver(["families/a.jpg", "quick/b.jpg"], archive, tmp_path / "photos")
    expected = {
        "families/a.jpg": "families/a.jpg",
        "./families//a.jpg": "families/a.jpg",
        "quick/families/a.jpg": "families/a.jpg",
        "quick/b.jpg": "quick/b.jpg",  # the archive's own wins over quick/quick/b.jpg
        "quick/not/listed.jpg": "not/listed.jpg",
        str(archive / "families" / "a.jpg"): "families/a.jpg",
        "bench/a.jpg": None,
        "../photos/quick/x.jpg": "x.jpg",
        "quick/../bench/a.jpg": None,
        "quicker/a.jpg": None,
    }
    assert {path: resolver.resolve(path) for path in expected} == expected


def test_paths_through_a_link_to_the_archive_are_found(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    resolver = PathResolver(["a.jpg"], tmp_path / "link", tmp_path / "real")
    assert resolver.resolve("b.jpg") == "b.jpg"
    assert str(tmp_path / "real") in resolver.describe()
