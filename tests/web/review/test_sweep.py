"""Whatever is asked of any route, by somebody who is logged in, is answered: no server error, no exception."""

import json
import logging
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from facecluster.pipeline.journal import decisions_of
from facecluster.web.review import app
from facecluster.web.review.deciding.asked import Say
from tests.pipeline.people_library import ANNA, FACE, named
from tests.web.review.clients import client_of, opened

SOURCES = Path(app.__file__).parent
FEW = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

WORDS = [  # that addresses are made of, right ones and odd ones
    *(
        "",
        "0",
        "1",
        "2",
        "-1",
        "00",
        "01",
        "1e9",
        "99999999999999999999",
        "2147483648",
        "1.5",
        "nan",
        "x",
        "null",
        "True",
    ),
    *(
        ANNA,
        "0" * 12,
        "f" * 12,
        ANNA.upper(),
        ANNA[:-1],
        FACE["a1"],
        FACE["e1"][:-1],
        "a" * 20 + "-0-0-1-1",
        "0-0-0-0-0",
    ),
    *(
        "people",
        "groups",
        "ignored",
        "alone",
        f"person-{ANNA}",
        f"maybe-{ANNA}",
        f"ignored-{ANNA}",
        "cluster-1",
        "cluster-",
    ),
    *(
        "who.cluster-1",
        "same.cluster-0.cluster-1",
        "uncertain.person-" + ANNA,
        "who.",
        "..",
        "name",
        "faces",
        "0-0-0-0-0-0",
    ),
    *(
        "1-1-0-0-1",
        "1-1-0-0-999",
        "0-119",
        "5-2",
        "0-0,3-4",
        "-",
        ",",
        "0-99999999999",
        "true",
        "false",
        "all",
        "unnamed",
    ),
    *(
        "Anna",
        "an",
        "A" * 3000,
        "%",
        "é",
        "名前",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "\x00",
        "' OR 1=1 --",
        "<b>",
        "{{ 1 }}",
        "\ud800",
    ),
]
ODD = [
    None,
    True,
    -1,
    0,
    2**31,
    10**30,
    1.5,
    float("nan"),
    "",
    "x" * 3000,
    "\x00",
    "\ud800",
    [],
    {},
    [[]],
    [None],
    {"": {}},
]

FACES = [
    {"faces": [FACE["a1"], FACE["b1"]]},
    {"cluster": 1, "run": 1},
    {"list": "alone", "state": "STATE", "ranges": [[0, 1]]},
]
WHO = [{"person": ANNA}, {"new": "Berta"}]
UNITS = [{"person": ANNA}, {"cluster": 1, "run": 1}, {"face": FACE["d1"]}]
LIST = {"list": "groups", "state": "STATE", "ranges": [[0, 0]]}
SAYS = [  # each kind, as a page says it
    *({"kind": "name", "faces": faces, "who": who, "but": []} for faces in FACES for who in WHO),
    {"kind": "confirm", "person": ANNA, "faces": FACES[0], "but": [FACE["c1"]]},
    {"kind": "reject", "person": ANNA, "faces": FACES[1]},
    *({"kind": "split", "person": ANNA, "faces": {"faces": [FACE["a2"]]}, "who": who} for who in (*WHO, None)),
    {"kind": "not_a_face", "faces": {"faces": [FACE["e1"]]}},
    {"kind": "ignore", "units": UNITS},
    {"kind": "ignore_faces", "faces": FACES[2]},
    {"kind": "ignore_list", **LIST},
    {"kind": "unignore", "person": ANNA},
    {"kind": "unignore_list", **LIST, "list": "ignored"},
    {"kind": "merge", "units": UNITS},
    {"kind": "merge_list", **LIST, "list": "people"},
    {"kind": "name_list", **LIST, "who": WHO[0]},
    {"kind": "differ", "one": UNITS[0], "other": UNITS[1]},
    {"kind": "two_people", "unit": UNITS[1], "sides": [[FACE["b1"]], [FACE["b2"], FACE["b3"]]]},
    *({"kind": "one_person", "unit": unit} for unit in UNITS[:2]),
    {"kind": "rename", "person": ANNA, "name": "Ann"},
    {"kind": "born", "person": ANNA, "day": "1990-05-17"},
    {"kind": "cover", "person": ANNA, "face": FACE["a3"]},
    {"kind": "undo", "decision": "DECISION"},
]


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("sweep")) as review:
        named(review.library, ANNA, "Anna", "a1", "a2", "a3")
        yield review


@pytest.fixture(scope="module")
def client(review):
    """It raises what no route caught."""
    client = client_of(review, logged_in=True)
    client._transport.raise_server_exceptions = True
    return client


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Nothing is logged as an error."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def routes(review, method):
    return sorted({route.path for route in app.routes_of(review) if method in route.methods} - {"/logout", "/spread"})


def parameters():
    """The names of all query parameters that any route looks for."""
    text = "\n".join(path.read_text() for path in SOURCES.glob("*.py"))
    found = re.findall(r"""(?:query_params|words|asked|params)(?:\.get\(|\[)["'](\w+)["']""", text)
    return sorted({*found, "nonsense"})


def quoted(text):
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def check(answer):
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        told = answer.json()["error"] if "json" in answer.headers["content-type"] else answer.text
        assert told
        assert "Traceback" not in told
    assert "cache-control" in answer.headers


words = st.sampled_from(WORDS) | st.text(max_size=20)


@FEW
@given(data=st.data())
def test_looking_at_anything(client, review, data):
    path = data.draw(st.sampled_from(routes(review, "GET")))
    of_path = data.draw(st.sampled_from([quoted, lambda text: re.sub(r"[^\w.-]", "", text, flags=re.ASCII) or "0"]))
    path = re.sub(r"\{.*?\}", lambda _: of_path(data.draw(words)), path)
    query = data.draw(st.dictionaries(st.sampled_from(parameters()), words, max_size=4))
    state = str(review.live.now().state)
    told = [
        (name, state if data.draw(st.booleans()) and name in ("state", "since") else value)
        for name, value in query.items()
    ]
    headers = data.draw(
        st.sampled_from([{}, {"hx-request": "true"}, {"accept": "text/html"}, {"accept": "application/json"}])
    )
    address = f"{path}?{'&'.join(f'{name}={quoted(value)}' for name, value in told)}"
    if len(address) < 4000:
        check(
            client.request(
                data.draw(st.sampled_from(["GET", "HEAD"])), address, headers=headers, follow_redirects=False
            )
        )


def test_every_route_is_looked_at_as_it_is_meant(client, review):
    """So that the sweep is known to reach what stands behind each."""
    of = {"person": ANNA, "cluster": "1", "face": FACE["a1"]}
    seen = {}
    for path in routes(review, "GET"):
        address = re.sub(r"\{(\w+)\}", lambda found: of.get(found[1], "0"), path)
        seen[path] = client.get(address, headers={"accept": "text/html"}, follow_redirects=False).status_code
    assert set(seen.values()) <= {200, 204, 303, 400, 404}, seen
    whole = [
        "/name",
        "/same",
        "/more",
        "/people",
        "/people/{person}",
        "/groups",
        "/groups/{cluster}",
        "/ignored",
        "/failed",
    ]
    assert {path: seen[path] for path in [*whole, "/history"]} == dict.fromkeys([*whole, "/history"], 200)


def filled(review, say):
    """With the state and the last decision there are."""
    text = json.dumps(say).replace("STATE", str(review.live.now().state))
    return json.loads(text.replace("DECISION", decisions_of(review.library)[-1].id))


def places(value, way=()):
    """The ways to everything within a JSON value."""
    yield way
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*way, key))


def changed(value, way, odd):
    if not way:
        return odd
    copy = value.copy()
    copy[way[0]] = changed(value[way[0]], way[1:], odd)
    return copy


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@FEW
@given(data=st.data())
def test_asking_for_any_decision(client, review, data):
    say = filled(review, data.draw(st.sampled_from(SAYS)))
    body = {"id": data.draw(st.text("0123456789abcdef", min_size=16, max_size=16)), "say": say}
    for _ in range(data.draw(st.integers(0, 2))):
        way = data.draw(st.sampled_from(sorted(places(body), key=str)))
        body = changed(body, way, data.draw(st.sampled_from(ODD) | json_values))
        if not isinstance(body, dict | list):
            break
    check(client.post("/decide", content=json.dumps(body), headers={"content-type": "application/json"}))


def test_every_kind_of_decision_is_swept():
    kinds = TypeAdapter(Say).json_schema()["discriminator"]["mapping"]
    assert {say["kind"] for say in SAYS} == set(kinds)


@FEW
@given(
    st.binary(max_size=200)
    | st.sampled_from([b"[" * 100_000, b"{}" * 9, b'{"id":' * 5000, b"\xff\xfe", b"1e999", b"-" * 9])
)
def test_any_bytes_where_a_decision_is_expected(client, body):
    check(client.post("/decide", content=body))


@FEW
@given(path=st.sampled_from(["/decide", "/login", "/spread", "/name", "/static/0/0", "/"]), body=st.binary(max_size=50))
def test_posting_anywhere(client, path, body):
    if path != "/spread":
        check(client.post(path, content=body, follow_redirects=False))
