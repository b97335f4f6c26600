import pytest

from facecluster.metadata.merging.keywords import DIGIKAM as TAGS
from facecluster.metadata.merging.keywords import LIGHTROOM as HIERARCHY
from facecluster.metadata.merging.keywords import PERSONS, SUBJECT
from facecluster.metadata.words import NO_VALUES, Shown
from facecluster.metadata.xmp.packet import packet_bytes, read_packet
from facecluster.metadata.xmp.properties import list_elements, texts, values
from tests.metadata.documents import packet
from tests.metadata.merged import ANNA, BOB, bag, empty, merged


def lists(document):
    return {name: texts(document, name) for name in (TAGS, HIERARCHY, SUBJECT)}


@pytest.mark.parametrize("said", ["Anna Müller", "anna müller", "ANNA MÜLLER"])
def test_a_keyword_that_stands_there_is_not_added_and_not_ours(said):
    document = packet(bag(SUBJECT, said) + bag(PERSONS, said))
    ours = merged(document, ANNA).ours
    assert (ours.subjects, ours.people) == ((), ())
    merged(document, ours=ours)
    assert texts(document, SUBJECT) == [said]


def test_ours_comes_last_and_goes_from_between():
    document = packet(bag(SUBJECT, "Holiday"))
    ours = merged(document, ANNA, BOB).ours
    assert texts(document, SUBJECT) == ["Holiday", "Anna Müller", "Bob"]
    merged(document, BOB, ours=ours)
    assert texts(document, SUBJECT) == ["Holiday", "Bob"]


def test_a_keyword_that_somebody_wrote_after_ours_stays():
    document = packet(bag(SUBJECT, "Anna", "Anna"))
    merged(document, ours=NO_VALUES._replace(subjects=("Anna",)))
    assert texts(document, SUBJECT) == ["Anna"]


@pytest.mark.parametrize("kind", ["Bag", "Seq", "Alt"])
def test_a_list_stays_of_its_kind(kind):
    document = packet(bag(SUBJECT, "Holiday", kind=kind))
    merged(document, ANNA)
    (value,) = values(document, SUBJECT)
    assert [each.tag.rpartition("}")[2] for each in list_elements(value)] == [kind]


@pytest.mark.parametrize(
    ("properties", "attributes"), [("<dc:subject>Holiday</dc:subject>", ""), ("", 'dc:subject="Holiday"')]
)
def test_a_bare_keyword_becomes_a_list_of_one(properties, attributes):
    document = packet(properties, attributes)
    ours = merged(document, ANNA).ours
    assert texts(document, SUBJECT) == ["Holiday", "Anna Müller"]
    merged(document, ours=ours)
    assert texts(document, SUBJECT) == ["Holiday"]
    assert len(values(document, SUBJECT)) == 1


def test_ours_that_a_program_left_bare_goes_too():
    ours = merged(empty(), ANNA).ours
    document = packet("<dc:subject>Anna Müller</dc:subject>", 'Iptc4xmpExt:PersonInImage="Anna Müller"')
    merged(document, ours=ours)
    assert texts(document, SUBJECT) == texts(document, PERSONS) == []


def test_a_list_that_is_elsewhere_is_left_alone_and_that_is_told():
    document = packet('<dc:subject rdf:nodeID="b1"/>')
    said = merged(document, ANNA)
    assert said.left_alone == ("dc:subject is written in a way that cannot be added to: left as it is",)
    assert said.ours.subjects == ()


def test_a_list_that_we_make_does_not_hide_the_keywords_of_others():
    document = packet(bag(SUBJECT, "Holiday", "a|b"))
    ours = merged(document, ANNA).ours
    assert lists(document) == {
        TAGS: ["Holiday", "a|b", "People/Anna Müller"],
        HIERARCHY: ["Holiday", "a\uff5cb", "People|Anna Müller"],
        SUBJECT: ["Holiday", "a|b", "Anna Müller"],
    }
    merged(document, ours=ours)
    assert lists(document) == {TAGS: [], HIERARCHY: [], SUBJECT: ["Holiday", "a|b"]}


def test_the_most_telling_list_of_others_is_taken_over():
    document = packet(bag(SUBJECT, "Rome") + bag(HIERARCHY, "Places|Rome", "AC/DC"))
    merged(document, ANNA)
    assert lists(document) == {
        TAGS: ["Places/Rome", "AC\uff0fDC", "People/Anna Müller"],
        HIERARCHY: ["Places|Rome", "AC/DC", "People|Anna Müller"],
        SUBJECT: ["Rome", "Anna Müller"],
    }


def test_a_list_of_somebody_else_takes_nothing_over():
    document = packet(bag(SUBJECT, "Rome") + bag(TAGS, "Places/Rome"))
    assert merged(document, ANNA).ours.digikam == ("People/Anna Müller",)


def test_what_was_taken_over_follows_what_it_was_taken_from():
    document = packet(bag(SUBJECT, "Rome"))
    ours = merged(document, ANNA).ours
    renamed = read_packet(packet_bytes(document).replace(b"<rdf:li>Rome</rdf:li></rdf:Bag></dc", b"</rdf:Bag></dc"))
    (subject,) = values(renamed, SUBJECT)
    list_elements(subject)[0][0].text = "Paris"
    ours = merged(renamed, ANNA, ours=ours).ours
    assert texts(renamed, TAGS) == ["People/Anna Müller", "Paris"]
    merged(renamed, ours=ours)
    assert lists(renamed) == {TAGS: [], HIERARCHY: [], SUBJECT: ["Paris"]}


def test_a_list_that_somebody_made_anew_takes_nothing_over_any_more():
    ours = merged(packet(bag(SUBJECT, "Rome")), ANNA).ours
    document = packet(bag(SUBJECT, "Rome", "Anna Müller") + bag(TAGS, "Places/Rome"))
    assert merged(document, ANNA, ours=ours).ours.digikam == ("People/Anna Müller",)


def test_names_with_the_signs_of_hierarchies_stay_whole():
    document = empty()
    merged(document, Shown("AC/DC | Live", None))
    assert lists(document) == {
        TAGS: ["People/AC\uff0fDC \uff5c Live"],
        HIERARCHY: ["People|AC\uff0fDC \uff5c Live"],
        SUBJECT: ["AC/DC | Live"],
    }
    assert texts(document, PERSONS) == ["AC/DC | Live"]
