import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.metadata.others.takeout_files import MIN_CUT, SUPPLEMENT, takeout_files

LONG = "A_very_long_name_of_a_photo_of_the_summer_of_2019_in_Rome.jpg"  # 61 characters


@pytest.mark.parametrize(
    ("photo", "json"),
    [
        ("IMG.jpg", "IMG.jpg.json"),
        ("IMG.jpg", "IMG.jpg.supplemental-metadata.json"),
        ("IMG.jpg", "IMG.jpg.supplemental-met.json"),
        ("IMG.jpg", "IMG.jpg.s.json"),
        ("IMG.jpg", "IMG.jpg..json"),
        ("IMG.jpg", "IMG.jpg.JSON"),
        ("IMG(1).jpg", "IMG.jpg(1).json"),
        ("IMG(1).jpg", "IMG(1).jpg.json"),
        ("IMG(12).jpg", "IMG.jpg.supplemental-metadata(12).json"),
        ("IMG(1).jpg", "IMG.jpg.supplem(1).json"),
        ("IMG-edited.jpg", "IMG.jpg.json"),
        ("IMG-bearbeitet.jpg", "IMG.jpg.supplemental-metadata.json"),
        ("IMG-edited(1).jpg", "IMG.jpg(1).json"),
        ("IMG-edited.jpg", "IMG-edited.jpg.json"),
        ("IMG.JPG", "IMG.HEIC.json"),
        ("IMG.MP", "IMG.HEIC.supplemental-metadata.json"),
        ("IMG(1).MP4", "IMG.HEIC(1).json"),
        (LONG, LONG + ".json"),
        (LONG, LONG[:46] + ".json"),
        (LONG, LONG[:53] + ".json"),
        (LONG[:40] + ".jpg", LONG[:40] + ".jpg.s.json"),
        (LONG[:-4] + "(1).jpg", LONG[:46] + "(1).json"),
        (LONG[:-4] + "-edited.jpg", LONG[:46] + ".json"),
        ("山田太郎.jpg", "山田太郎.jpg.json"),
    ],
)
def test_the_json_of_a_photo(photo, json):
    assert takeout_files([photo], [json, "metadata.json", "print-subscriptions.json"]) == {photo: json}


@pytest.mark.parametrize(
    ("photo", "json"),
    [
        ("IMG.jpg", "IMG2.jpg.json"),
        ("IMG2.jpg", "IMG.jpg.json"),
        ("IMG.jpg", "IMG.jpg(1).json"),
        ("IMG(1).jpg", "IMG.jpg.json"),
        ("IMG(1).jpg", "IMG.jpg(2).json"),
        ("IMG.jpg", "IMG.jpg.supplemental-metadatas.json"),
        ("IMG.jpg", "IMG.jpg.xmp"),
        ("IMG.jpg", "IMG.json"),
        ("IMG.jpg", "IMG.txt.json"),
        ("edited.jpg", ".jpg.json"),
        (LONG, LONG[:45] + ".json"),
        (LONG, LONG[:46] + "x.json"),
        (LONG, LONG[:46] + "(1).json"),
        ("IMG.jpg", ".json"),
    ],
)
def test_a_json_of_another_name_is_not_the_photos(photo, json):
    assert takeout_files([photo], [json]) == {}


def test_nothing_of_nothing():
    assert takeout_files([], ["a.jpg.json"]) == {}
    assert takeout_files(["a.jpg"], []) == {}


def test_photos_of_one_name_share_their_json_and_no_other():
    photos = ["IMG.jpg", "IMG(1).jpg", "IMG-edited.jpg", "IMG-edited(1).jpg", "IMG.MP4", "IMG2.jpg"]
    jsons = ["IMG.jpg.json", "IMG.jpg(1).json"]
    assert takeout_files(photos, jsons) == {
        "IMG.jpg": "IMG.jpg.json",
        "IMG-edited.jpg": "IMG.jpg.json",
        "IMG.MP4": "IMG.jpg.json",
        "IMG(1).jpg": "IMG.jpg(1).json",
        "IMG-edited(1).jpg": "IMG.jpg(1).json",
    }


def test_a_photo_with_a_json_of_its_own_does_not_share():
    jsons = ["IMG.HEIC.json", "IMG.JPG.json"]
    assert takeout_files(["IMG.HEIC", "IMG.JPG"], jsons) == {"IMG.HEIC": jsons[0], "IMG.JPG": jsons[1]}


def test_a_cut_name_that_two_photos_begin_with_is_nobodys():
    other = LONG.replace("Rome", "Bern")
    cut = LONG[:46] + ".json"
    assert takeout_files([LONG, other], [cut]) == {}
    assert takeout_files([LONG, other], [cut, other + ".json"]) == {other: other + ".json", LONG: cut}
    whole = LONG[:46]  # a photo so called: the JSON has its whole name
    assert takeout_files([LONG, whole], [cut]) == {whole: cut}


def test_both_files_of_a_long_name_share():
    heic, mp4 = LONG.replace(".jpg", ".HEIC"), LONG.replace(".jpg", ".MP4")
    cut = LONG[:46] + ".json"
    assert takeout_files([heic, mp4], [cut]) == {heic: cut, mp4: cut}


names = st.text("ab()1", min_size=1, max_size=60).map(lambda stem: stem + ".jpg")


@given(st.lists(names, unique=True, max_size=6))
def test_as_google_cuts_names_each_photo_gets_its_own_or_none(photos):
    written = {(photo + SUPPLEMENT)[:MIN_CUT] + ".json": photo for photo in photos}
    alone = {json: photo for json, photo in written.items() if sum(p[:MIN_CUT] == photo[:MIN_CUT] for p in photos) == 1}
    found = takeout_files(photos, list(written))
    for photo, json in found.items():
        assert written[json] == photo or json not in alone or "(" in photo
    for json, photo in alone.items():
        if "(" not in photo:
            assert found.get(photo) == json


@given(st.lists(names, max_size=6), st.lists(names.map(lambda name: name + ".json"), max_size=6), st.randoms())
def test_the_order_of_files_does_not_matter(photos, jsons, random):
    found = takeout_files(photos, jsons)
    random.shuffle(photos)
    random.shuffle(jsons)
    assert takeout_files(photos, jsons) == found
    assert set(found) <= set(photos)
    assert set(found.values()) <= set(jsons)
