import hashlib
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.errors import LibraryError
from facecluster.store import ledger as ledger_module
from facecluster.store.journal_line import is_whole
from facecluster.store.ledger import (
    BUCKETS,
    Intent,
    Ledger,
    Length,
    Owned,
    bucket_of,
    is_too_long,
)


class Files:
    """An archive in memory: path -> text; what is `offline` cannot be looked at."""

    def __init__(self):
        self.texts = {}
        self.offline = set()

    def digest_of(self, path, photo):
        if {path, photo} & self.offline:
            raise OSError("no such folder")
        return sha(self.texts[path]) if path in self.texts else None

    def intent(self, path, text, values="ours", seed=None):
        before = self.digest_of(path, f"{path}.jpg")
        return Intent(path, before, sha(text) if text else None, f"{path}.jpg", values, seed)

    def become(self, path, text):
        if text:
            self.texts[path] = text
        else:
            self.texts.pop(path, None)


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def files():
    return Files()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "library" / "ledger"


@pytest.fixture
def ledger(folder, files):
    return Ledger(folder, files.digest_of)


def write(bucket, files, **texts):
    """Have files hold these texts, by the book."""
    line = bucket.intend([files.intent(path, text) for path, text in texts.items()])
    for path, text in texts.items():
        files.become(path, text)
    bucket.settle(line, texts)


def values(bucket):
    return {path: owned.values for path, owned in bucket.owned().items()}


def lines(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*.jsonl"))


# Reading and writing ------------------------------------------------------------------------------------------------


def test_a_ledger_that_is_not_there_is_empty(ledger, folder):
    assert ledger.numbers() == []
    bucket = ledger.bucket(3)
    assert bucket.owned() == {}
    bucket.settle_rest()
    bucket.shorten()
    assert not folder.exists()


def test_what_was_settled_is_ours(ledger, files):
    bucket = ledger.bucket(3)
    line = bucket.intend([files.intent("a", "A", {"x": 1}, "seed"), files.intent("b", "B")])
    files.become("a", "A")
    assert bucket.settle(line, ["a"]) == {"a"}
    assert bucket.owned() == {"a": Owned("a.jpg", sha("A"), {"x": 1}, "seed")}
    assert ledger.bucket(3).owned() == bucket.owned()
    assert ledger.numbers() == [3]
    assert ledger.bucket(4).owned() == {}


def test_a_file_that_is_removed_or_holds_nothing_of_ours_is_no_longer_in_it(ledger, files):
    bucket = ledger.bucket(3)
    write(bucket, files, a="A", b="B")
    line = bucket.intend([files.intent("a", None, None), files.intent("b", "foreign", None)])
    files.become("b", "foreign")
    assert bucket.settle(line, ["a"]) == {"a", "b"}
    assert ledger.bucket(3).owned() == {}


def test_what_another_process_wrote_is_seen(ledger, files):
    one, other = ledger.bucket(3), ledger.bucket(3)
    write(one, files, a="A")
    write(other, files, b="B")  # its number is taken: it reads on
    write(one, files, c="C")
    assert values(one) == values(other) == values(ledger.bucket(3)) == dict.fromkeys("abc", "ours")


# What a crash left --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settled", [False, True])
def test_an_open_intent_holds_if_the_file_is_what_it_was_to_be(settled, ledger, files):
    bucket = ledger.bucket(3)
    write(bucket, files, b="B", c="C")
    bucket.intend([files.intent(path, path + "2", "new") for path in "abc"] + [files.intent("d", None, None)])
    files.become("a", "a2")
    files.become("b", "b2")
    again = ledger.bucket(3)
    if settled:
        again.settle_rest()
        files.texts.clear()  # nobody looks at them any more
    assert values(again) == {"a": "new", "b": "new", "c": "ours"}
    assert values(ledger.bucket(3)) == values(again)


def test_files_that_cannot_be_looked_at_are_settled_later(ledger, files):
    bucket = ledger.bucket(3)
    bucket.intend([files.intent("a", "A"), files.intent("b", "B"), files.intent("c", "C")])
    files.become("a", "A")
    files.become("b", "B")
    files.offline.add("a")
    later = ledger.bucket(3)
    later.settle_rest()
    assert values(later) == {"b": "ours"}  # a is out of reach, c is not there
    with_c = [intent for intents in later._open_intents.values() for intent in intents]
    assert with_c == ["a"]
    files.offline.clear()
    last = ledger.bucket(3)
    last.settle_rest()
    assert values(last) == {"a": "ours", "b": "ours"}


def test_settling_twice_writes_once(ledger, files, folder):
    bucket = ledger.bucket(3)
    bucket.intend([files.intent("a", "A")])
    files.become("a", "A")
    bucket.settle_rest()
    before = lines(folder)
    bucket.settle_rest()
    ledger.bucket(3).settle_rest()
    assert lines(folder) == before


def test_a_later_word_about_a_file_ends_what_was_open(ledger, files):
    bucket = ledger.bucket(3)
    bucket.intend([files.intent("a", "A", "first")])  # whoever wrote this died
    write(bucket, files, a="A2")
    files.become("a", "A")  # by somebody else
    again = ledger.bucket(3)
    again.settle_rest()
    assert again.owned()["a"].sha256 == sha("A2")


# How long it grows --------------------------------------------------------------------------------------------------


def test_a_long_bucket_is_summed_up(ledger, files, folder):
    bucket = ledger.bucket(3)
    for turn in range(100):
        write(bucket, files, a=f"A{turn}", b="B")
        bucket.shorten()
    assert len(lines(folder)) <= 70
    assert values(ledger.bucket(3)) == values(bucket) == {"a": "ours", "b": "ours"}
    assert ledger.bucket(3).owned()["a"].sha256 == sha("A99")
    assert [path.name for path in (folder / "03").iterdir()] == ["000002", "000003", "000004"][-1:]


def test_what_is_open_stays_open_when_a_bucket_is_summed_up(ledger, files, folder):
    bucket = ledger.bucket(3)
    for turn in range(40):
        write(bucket, files, a=f"A{turn}")
    for text in ("B", "B2"):
        bucket.intend([files.intent("b", text, f"ours {text}")])
    files.become("b", "B2")
    files.offline.add("b")
    bucket.shorten()
    assert len(lines(folder)) == 1
    assert values(ledger.bucket(3)) == {"a": "ours"}
    files.offline.clear()
    assert values(ledger.bucket(3)) == {"a": "ours", "b": "ours B2"}
    ledger.bucket(3).settle_rest()
    files.texts.clear()
    assert values(ledger.bucket(3)) == {"a": "ours", "b": "ours B2"}


def test_long_is_a_matter_of_files():
    assert not is_too_long(Length(64, 0))
    assert is_too_long(Length(65, 0))
    assert not is_too_long(Length(1000, 128 * 125))


@pytest.mark.parametrize("crash", ["before the first line", "before the old is removed"])
def test_a_crash_while_it_is_summed_up_loses_nothing(crash, ledger, files, folder, monkeypatch):
    bucket = ledger.bucket(3)
    for turn in range(40):
        write(bucket, files, a=f"A{turn}")
    expected = ledger.bucket(3).owned()
    if crash == "before the first line":
        (folder / "03" / "000002").mkdir()
        (folder / "03" / "000002" / "lock").touch()
    else:
        monkeypatch.setattr(ledger_module.shutil, "rmtree", lambda *_, **__: None)
        bucket.shorten()
        monkeypatch.undo()
        assert len(list((folder / "03").iterdir())) == 2
    again = ledger.bucket(3)
    assert again.owned() == expected
    for turn in range(40):
        write(again, files, a=f"B{turn}")
    again.shorten()
    assert len(list((folder / "03").iterdir())) == 1
    assert values(ledger.bucket(3)) == {"a": "ours"}


# Damage -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["torn", "gone", "changed", "foreign"])
def test_damage_is_told_with_what_to_do_about_a_ledger(damage, ledger, files, folder):
    bucket = ledger.bucket(3)
    write(bucket, files, a="A")
    write(bucket, files, b="B")
    first, last = folder / lines(folder)[0], folder / lines(folder)[-1]
    match damage:
        case "torn":
            last.write_bytes(last.read_bytes()[:-9])
            assert not is_whole(last.read_bytes())
        case "gone":
            first.unlink()
        case "changed":
            shutil.copy(last, first)
        case "foreign":
            bucket._journal.append({"say": "hello"}, 4)
    with pytest.raises(LibraryError, match="Put the folder back from a backup") as error:
        ledger.bucket(3).owned()
    assert "decision" not in str(error.value)


# Which bucket -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["a/IMG.jpg", "a/IMG.jpg.xmp", "a/IMG.xmp", "a/IMG.XMP", "a/img.JPG", "a/IMG.CR2", "a/IMG.cr2.xmp"]
)
def test_a_photo_and_what_stands_beside_it_share_a_bucket(path):
    assert bucket_of(path) == bucket_of("a/IMG.jpg")


def test_photos_are_spread_over_the_buckets():
    counts = [0] * BUCKETS
    for number in range(6400):
        counts[bucket_of(f"2020/IMG_{number:04d}.jpg")] += 1
    assert min(counts) > 50
    assert max(counts) < 150
    assert bucket_of(".hidden.jpg") == bucket_of(".hidden.jpg.xmp")
    assert bucket_of("a/IMG.jpg") != bucket_of("b/IMG.jpg") or bucket_of("a/x.jpg") != bucket_of("b/x.jpg")


# Any history --------------------------------------------------------------------------------------------------------

PATHS = st.sampled_from("abc")
STEPS = st.lists(
    st.tuples(
        PATHS, st.sampled_from(["A", "B", "C", None]), st.sampled_from(["done", "failed", "crash", "late crash"])
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(steps=STEPS, shorten_each=st.integers(1, 9))
def test_the_ledger_agrees_with_the_files_whatever_dies(tmp_path_factory, steps, shorten_each):
    files, expected = Files(), {}
    ledger = Ledger(tmp_path_factory.mktemp("any") / "ledger", files.digest_of)
    bucket = ledger.bucket(1)
    for number, (path, text, end) in enumerate(steps):
        if files.texts.get(path) == text:
            continue  # a file that is what it is to be is not written
        line = bucket.intend([files.intent(path, text, f"values {number}")])
        if end in {"done", "late crash"}:
            files.become(path, text)
            expected[path] = f"values {number}"
            if text is None:
                del expected[path]
        if end in {"crash", "late crash"}:
            bucket = ledger.bucket(1)
            bucket.settle_rest()
        else:
            bucket.settle(line, [path] if end == "done" else [])
        if number % shorten_each == 0:
            bucket.shorten()
        assert values(ledger.bucket(1)) == expected
