import json

from hypothesis import given
from hypothesis import strategies as st

from facecluster.metadata.words import NO_VALUES, Shown, Values
from facecluster.pipeline.tags.outgoing.ledger_state import json_to_values, values_owned, values_to_json

EDGES = st.floats(0, 1)
SHOWN = st.builds(Shown, st.text(), st.one_of(st.none(), st.tuples(EDGES, EDGES, EDGES, EDGES)))
TEXTS, REGIONS = st.lists(st.text()).map(tuple), st.lists(SHOWN).map(tuple)


@given(st.builds(Values, REGIONS, REGIONS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS))
def test_values_come_back_as_they_were(values):
    assert json_to_values(json.loads(json.dumps(values_to_json(values)))) == values


def test_nothing_is_nothing():
    assert not values_to_json(NO_VALUES)
    assert values_owned(None) == NO_VALUES
