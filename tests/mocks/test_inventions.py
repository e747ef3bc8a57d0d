"""What counts as made up by a client."""

from __future__ import annotations

import base64
import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import HOST, get, post

from tapehiss.cassettes.exchange import Ending, Exchange, Request
from tapehiss.mocks.inventions import (
    NOW,
    OWN,
    Inventions,
    generated_in,
    in_bodies,
    inventions_of,
    masked,
)

ONE, TWO, THREE = (str(uuid.UUID(int=random.Random(seed).getrandbits(128))) for seed in range(3))
NONE = frozenset()


def names(text: str) -> list[str]:
    return [text[start:end] for start, end in generated_in(text)]


@given(st.uuids(), st.sampled_from(["{}", "/things/{}/parts", '{{"id": "{}"}}', "id-{}.json", "a={}&b=1"]))
def test_uuids_are_found_wherever_they_stand(identifier, text):
    """With dashes or without, in capitals or not, in paths, queries and bodies."""
    for spelt in (str(identifier), str(identifier).upper()):
        assert names(text.format(spelt)) == [spelt]


@given(st.binary(min_size=18, max_size=24))
def test_random_base64_is_mostly_found(content):
    """What is found in base64 is the whole of it or nothing: a part alone would not be recognised again."""
    spelt = base64.b64encode(content).decode().rstrip("=").lstrip("/")
    assert names(f'"{spelt}"') in ([spelt], [])


@pytest.mark.parametrize(
    "text",
    [
        "internationalization",
        "my-long-resource-name-1234",
        "2026-11-21-preview-version",
        "api-v1.eu-central-1.example.com",
        "/v1/customers/orders/items/",
        "20261121063000",
        "1234567890123456789012345",
        "short1A2b",
    ],
)
def test_what_people_write_is_not_random(text):
    """Words, versions, dates, host names, paths and plain numbers are nobody's inventions."""
    assert names(text) == []


def test_random_words_end_where_their_alphabet_ends():
    """A file's suffix, a sentence's end and the segments of a path are not part of an identifier; a point inside it is."""
    assert names("see a8Df7G6s8d7f6sDf2.json") == ["a8Df7G6s8d7f6sDf2"]
    assert names("it was a8Df7G6s8d7f6sDf2.") == ["a8Df7G6s8d7f6sDf2"]
    assert names("qv1sy7J5.rFFXTztcUoa2Q==") == ["qv1sy7J5.rFFXTztcUoa2Q"]
    assert names("/things/a8df7g6s8d7f6sdf2/parts/9f86d081884c7d65") == ["a8df7g6s8d7f6sdf2", "9f86d081884c7d65"]
    assert names("/files/a8df7g6.json/Reports") == []


def test_who_showed_an_identifier_first_made_it_up():
    """A client's is asked before it is answered; a vendor's the other way round, even if only a header of an answer shows it."""
    recorded = [
        post("/things", b'{"id": "%b"}' % ONE.encode(), body=b'{"id": "%b"}' % ONE.encode()),
        get("/list", 200, b"{}", ("Location", f"{HOST}/things/{TWO}")),
        get(f"/things/{ONE}"),
        get(f"/things/{TWO}", body=b'{"etag": "%b"}' % THREE.encode()),
        Exchange(Request("GET", f"{HOST}/gone"), None, Ending.RESET),
    ]
    made = inventions_of(recorded)
    assert made.own == {ONE}
    assert made.named_anew([THREE, "new"], [ONE, ONE]) == (("new", ONE),)
    assert made.named_anew([ONE, "new"], [ONE, TWO]) == ()
    assert (
        inventions_of(recorded[1:2])
        == inventions_of([*recorded[1:2], recorded[3]])
        == inventions_of([])
        == Inventions()
    )


def test_shapes_leave_out_what_was_made_up():
    """Identifiers of the client's, the time of day and dice become placeholders; what the vendor named stays."""
    made = inventions_of([get(f"/things/{ONE}"), get("/a", body=TWO.encode())])
    shape = made.shape(f"/things/{THREE}/{TWO}", f"at=1790000000&x=1&q={ONE}", NONE)
    assert shape.path == f"/things/{OWN}/{TWO}"
    assert "1790000000" not in shape.query
    assert '"x", "1"' in shape.query
    assert shape.names == (THREE, ONE)
    assert made.shape("/things/1", "x=1", NONE) is None
    assert made.shape("/", f"q={ONE}", frozenset({"q"})) is None
    assert Inventions().shape(f"/things/{ONE}", "", NONE) is None


@pytest.mark.parametrize(
    "moment",
    ["1790000000", "1790000000123", "1790000000.5", "2026-11-21T06:15Z", "2026-11-21 06:15:00.1+01:00", "0.7263548172"],
)
def test_moments_are_now(moment):
    """Seconds, milliseconds, ISO 8601 and dice in a query are new in every run; other numbers and days are what was asked."""
    told = Inventions().shape("/", f"since={moment.replace('+', '%2B')}", NONE)
    assert NOW.encode("unicode_escape").decode()[4:] in told.query
    assert Inventions().shape("/", "since=2026-11-21&n=17900000&x=3.5", NONE) is None


def test_recordings_agree_if_only_new_identifiers_differ():
    """A constant of the client's that the tape has elsewhere stands for nothing but itself."""
    made = Inventions(own=frozenset({ONE, TWO}))
    assert made.agree([THREE, TWO], [ONE, TWO])
    assert not made.agree([TWO], [ONE])
    assert not made.agree([THREE], ["vendors"])


def test_bodies_are_compared_without_identifiers():
    """Two bodies that differ in nothing else tell which identifier stands for which."""

    def sent(text: str) -> Request:
        return Request("POST", f"{HOST}/things", (), text.encode())

    assert in_bodies(sent(f'{{"id": "{ONE}", "n": 1}}'), sent(f'{{"id": "{TWO}", "n": 1}}')) == ((ONE,), (TWO,))
    assert in_bodies(sent(f'{{"id": "{ONE}", "n": 1}}'), sent(f'{{"id": "{TWO}", "n": 2}}')) == ((), ())
    found: list[str] = []
    assert masked(f"{ONE} {TWO}", found, lambda name: name == TWO) == f"{ONE} {OWN}"
    assert found == [TWO]
