"""An exchange as one buffer, and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Exchange, Message, Request, Response
from tapehiss.cassettes.surface import Part, Surface, rebuilt, surface_of

texts = st.text(max_size=20)
latin = st.text(st.characters(max_codepoint=255), max_size=20)
headers = st.lists(st.tuples(latin, latin), max_size=4).map(tuple)
requests = st.builds(
    Request, method=st.just("GET"), url=texts, headers=headers, body=st.binary(max_size=30), trailers=headers
)
responses = st.builds(
    Response, status=st.just(200), reason=latin, headers=headers, body=st.binary(max_size=30), trailers=headers
)
messages = st.lists(
    st.builds(Message, st.booleans(), st.booleans(), st.binary(max_size=20), st.just(0.0)), max_size=3
).map(tuple)
exchanges = st.builds(
    Exchange,
    request=requests,
    response=st.none() | responses,
    detail=texts,
    label=texts,
    messages=messages,
    notes=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)


@given(exchanges)
def test_the_way_back_leads_to_the_exchange_itself(x):
    """Every text and every byte of it."""
    surface = surface_of(x)
    assert rebuilt(x, surface, surface.view) == x
    changed = Surface(surface.view.upper(), surface.spans)
    assert rebuilt(x, surface_of(x), changed.view).request.body == x.request.body.upper()
    assert rebuilt(rebuilt(x, surface, changed.view), changed, surface.view) == x or not surface.view.isascii()


@given(exchanges)
def test_every_part_has_its_place(x):
    """Parts lie in order and say their names."""
    surface = surface_of(x)
    assert list(surface.spans) == sorted(surface.spans)
    assert len(surface.spans) == Part.MESSAGES + len(x.messages)
    start, end = surface.spans[Part.REQUEST_BODY]
    assert surface.view[start:end] == x.request.body
    assert surface.place(surface.spans[Part.URL][0]) == ("request.url", 0)


def test_places_have_names():
    """For a person who looks for a suspicion."""
    surface = surface_of(
        Exchange(Request("GET", "https://x/"), Response(200, body=b"abc"), messages=(Message(True, True, b"hi", 0.0),))
    )
    assert surface.place(surface.spans[Part.RESPONSE_BODY][0] + 2) == ("response.body", 2)
    assert surface.place(surface.spans[Part.MESSAGES][0] + 1) == ("messages[0]", 1)


def test_headers_are_cut_where_they_were():
    """A changed value and a changed name come back in their places; the others stay."""
    x = Exchange(Request("GET", "https://x/", (("A", "one"), ("Bee", "two: three"), ("", ""))))
    surface = surface_of(x)
    view = surface.view.replace(b"two", b"TWO").replace(b"Bee", b"bEE")
    assert rebuilt(x, surface, view).request.headers == (("A", "one"), ("bEE", "TWO: three"), ("", ""))
