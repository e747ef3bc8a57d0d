"""Beyond the tapes: siblings, the contract, and a small world of what clients made."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from shelf import BOOKS, HOST, STYLES, TITLES, answer, ask, items_of, next_of, recorded, written

from tapehiss.cassettes.exchange import Exchange, Response
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.webhook_signatures import keyring
from tapehiss.mocks.beyond import beyond
from tapehiss.mocks.index import index_of
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.outcome import Outcome, Rung
from tapehiss.mocks.postbox import Postbox
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.trace import attempt_of
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.webhook_templates import Template
from tapehiss.mocks.webhooks import Plan
from tapehiss.mocks.world import Step


@cache
def vendor(style: str, *faults: str) -> Vendor:
    """The vendor on its tapes, and beyond them."""
    index = index_of(recorded(style))
    schedule = tuple(rule_from_text(text) for text in faults)
    return Vendor(index, schedule, beyond=beyond(catalogue(learn(recorded(style))), index.recordings))


class Client:
    """Asks one request after the other."""

    def __init__(self, style: str, *faults: str) -> None:
        self.style = style
        self.vendor = vendor(style, *faults)
        self.state = State()

    def send(self, method: str, target: str, document: object = None, key: str = "") -> Outcome:
        """One request, and what came of it."""
        request = ask(method, target, document)
        request = replace(request, headers=(*request.headers, ("Idempotency-Key", key))) if key else request
        self.state, outcome, _ = self.vendor.answer(self.state, request, 0.0)
        return outcome

    def fields(self, outcome: Outcome) -> dict[str, object]:
        """A book's fields, whatever is around them."""
        document = json.loads(outcome.response.body)
        if self.style == "json-api":
            return {"id": document["data"]["id"], **document["data"]["attributes"]}
        return document

    def pages(self, first: str) -> list[dict[str, object]]:
        """All books, page by page."""
        found, target = [], first
        for _ in range(100):
            outcome = self.send("GET", target)
            found += items_of(outcome.response)
            target = next_of(self.style, outcome.response, first)
            if target is None:
                return found
        raise AssertionError("the pages never end")

    def first(self, size: int) -> str:
        """Where the first page of this size is."""
        return f"{BOOKS}?{'page%5Bsize%5D' if self.style == 'json-api' else 'limit'}={size}"


def new_titles() -> st.SearchStrategy[str]:
    return st.text("abc xyz", min_size=1, max_size=12).map(lambda text: f"new {text}")


class World(RuleBasedStateMachine):
    """Whatever a client does, the mock holds what a dictionary would."""

    names = Bundle("names")

    @initialize(style=st.sampled_from(STYLES))
    def begin(self, style):
        """A vendor of one style."""
        self.client = Client(style)
        self.model: dict[str, str] = {}
        self.gone: set[str] = set()

    @rule(target=names, title=new_titles(), pages=st.integers(400, 499))
    def create(self, title, pages):
        """A new book has its fields and an identifier of its own."""
        outcome = self.client.send("POST", BOOKS, written(self.client.style, {"title": title, "pages": pages}))
        told = self.client.fields(outcome)
        assert (outcome.response.status, told["title"], told["pages"]) == (201, title, pages)
        assert told["id"] not in self.model.keys() | self.gone
        self.model[told["id"]] = title
        return told["id"]

    @rule(name=names, title=new_titles(), method=st.sampled_from(["PATCH", "PUT"]))
    def change(self, name, title, method):
        """What is set is told; what was deleted is not there, unless it is put there anew."""
        body = written(self.client.style, {"title": title, "pages": 7}, name)
        outcome = self.client.send(method, f"{BOOKS}/{name}", body)
        if name in self.model or method == "PUT":
            assert (outcome.response.status, self.client.fields(outcome)["title"]) == (200, title)
            self.model[name] = title
            self.gone.discard(name)
        else:
            assert outcome.response.status == 404

    @rule(name=consumes(names))
    def delete(self, name):
        """Once."""
        outcome = self.client.send("DELETE", f"{BOOKS}/{name}")
        assert outcome.response.status == (204 if name in self.model else 404)
        self.model.pop(name, None)
        self.gone.add(name)

    @rule(name=names)
    def read(self, name):
        """What is there is as it was last set."""
        outcome = self.client.send("GET", f"{BOOKS}/{name}")
        if name in self.model:
            assert self.client.fields(outcome)["title"] == self.model[name]
        assert outcome.response.status == (200 if name in self.model else 404)

    @rule(size=st.integers(1, 12))
    def follow_the_pages(self, size):
        """Every book once, in order, whatever the size of a page."""
        listed = [each["id"] for each in self.client.pages(self.client.first(size))]
        assert len(listed) == len(set(listed))
        assert [name for name in listed if name in self.model] == list(self.in_order())
        assert self.gone.isdisjoint(listed)
        assert len(listed) == len(TITLES) + len(self.model)

    def in_order(self):
        """The books in the order in which they came."""
        return [
            name for name, _ in self.client.state.holdings.of("https://api.shelf.example" + BOOKS) if name in self.model
        ]

    @invariant()
    def deleted_things_are_gone(self):
        """Whatever else happens."""
        for name in getattr(self, "gone", ()):
            assert self.client.send("GET", f"{BOOKS}/{name}").response.status == 404


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("style", STYLES)
def test_what_the_tapes_know_is_played(style):
    """The recorded session replays as without anything beyond it, answer by answer."""
    client, plain, state = Client(style), Vendor(vendor(style).index), State()
    for exchange in vendor(style).index.recordings:
        state, outcome, _ = plain.answer(state, exchange.request, 0.0)
        target = exchange.request.url.removeprefix("https://api.shelf.example")
        body = json.loads(exchange.request.body) if exchange.request.body else None
        assert client.send(exchange.request.method, target, body) == outcome
    assert not client.state.holdings


def test_a_recorded_thing_can_be_changed():
    """What a client sets is seen in the thing, in lists and by nobody else; the rest is as recorded."""
    client = Client("last-id")
    first = client.pages(client.first(3))[3]
    before = client.fields(client.send("GET", f"{BOOKS}/{first['id']}"))
    client.send("PATCH", f"{BOOKS}/{first['id']}", {"title": "mine"})
    after = client.fields(client.send("GET", f"{BOOKS}/{first['id']}"))
    assert (after["title"], after["pages"]) == ("mine", before["pages"])
    assert [each["title"] for each in client.pages(client.first(2)) if each["id"] == first["id"]] == ["mine"]
    assert "mine" not in str(Client("last-id").pages(client.first(2)))


def test_an_unknown_thing_is_like_its_siblings():
    """A request of a recorded operation for another thing gets an answer with the identifier that was asked for, links included."""
    outcome = Client("json-api").send("GET", f"{BOOKS}/bk_9Zz7mA9rT9zK4")
    told = json.loads(outcome.response.body)["data"]
    assert (outcome.rung, told["id"]) == (Rung.SIBLING, "bk_9Zz7mA9rT9zK4")
    assert told["links"]["self"].endswith("/v1/books/bk_9Zz7mA9rT9zK4")


@pytest.mark.parametrize("target", ["/v2/books", "/v1/books/bk_1Qx7mA1rT9zK4/pages"])
def test_an_unknown_operation_stays_a_miss(target):
    """Nothing is made up where neither a tape nor a contract knows the operation."""
    assert Client("page").send("GET", target).rung is Rung.MISS


def test_the_same_requests_make_the_same_world():
    """Identifiers are thrown with dice that the request and the seed decide."""
    one, other = (
        [Client("offset").send("POST", BOOKS, {"title": "x"}).response.body for _ in range(2)] for _ in range(2)
    )
    assert one == other


def test_only_a_contract_is_enough():
    """Without any recording an operation is answered from a contract that was learnt elsewhere."""
    elsewhere = Vendor(beyond=beyond(catalogue(learn(recorded("offset"))), ()))
    state, outcome, _ = elsewhere.answer(State(), ask("GET", f"{BOOKS}/bk_9Zz7mA9rT9zK4"), 0.0)
    assert not state.holdings
    assert (outcome.rung, json.loads(outcome.response.body)["id"]) == (Rung.SYNTHESISED, "bk_9Zz7mA9rT9zK4")


def test_a_key_makes_one_thing():
    """The same key gets the same answer again, with the identifier that was made for it; the ledger knows both."""
    client = Client("last-id")
    one, other = (client.send("POST", BOOKS, {"title": "once"}, key="k1") for _ in range(2))
    assert other.response.body == one.response.body
    assert len(client.state.holdings.of("https://api.shelf.example" + BOOKS)) == 1
    effect = client.state.ledger.effects()[0]
    assert (effect.carried_out, effect.replayed) == (1, 1)


def test_a_lost_answer_made_its_thing():
    """Commit, then lose: the thing is there, and the key tells its answer."""
    client = Client("page", "lose first=1 on=POST *")
    assert client.send("POST", BOOKS, {"title": "lost"}, key="k2").response is None
    told = client.send("POST", BOOKS, {"title": "lost"}, key="k2")
    assert (told.response.status, json.loads(told.response.body)["title"]) == (201, "lost")
    assert [each["title"] for each in client.pages(client.first(4))].count("lost") == 1


def test_a_refused_request_makes_nothing():
    """What a fault kept from the vendor is not there."""
    client = Client("page", "503 first=1 on=POST *")
    assert client.send("POST", BOOKS, {"title": "never"}).response.status == 503
    assert not client.state.holdings


def on(*told: tuple[str, str, object, int, object]) -> Client:
    """A client of a vendor with this session: method, path, body, status, document."""
    session = [
        Exchange(ask(method, path, body), told_as(status, document)) for method, path, body, status, document in told
    ]
    client = Client("page")
    index = index_of(session)
    client.vendor = Vendor(index, beyond=beyond(catalogue(learn(session)), index.recordings))
    return client


def told_as(status: int, document: object) -> Response:
    """JSON, text that is none, or nothing."""
    if isinstance(document, str):
        return Response(status, "", (("Content-Type", "application/json"),), document.encode())
    return Response(status) if document is None else answer(status, document)


NOTES = tuple(
    ("POST", "/v1/notes", {"text": text}, 201, {"id": n, "text": text, "n": 1}) for n, text in enumerate("abc", 1)
)


def test_what_was_only_created_can_be_read_back():
    """In the form in which it was told; how to change or list it is not known, so that stays a miss."""
    client = on(*NOTES)
    made = client.fields(client.send("POST", "/v1/notes", {"text": "mine"}))
    assert made == {"id": made["id"], "text": "mine", "n": 1}
    assert made["id"] not in {1, 2, 3}
    read = client.send("GET", f"/v1/notes/{made['id']}")
    assert (read.rung, client.fields(read)) == (Rung.HELD, made)
    head = client.send("HEAD", f"/v1/notes/{made['id']}")
    assert (head.response.body, dict(head.response.headers)["Content-Length"]) == (b"", str(len(read.response.body)))
    assert client.send("PATCH", f"/v1/notes/{made['id']}", {"text": "x"}).rung is Rung.MISS
    assert client.send("GET", "/v1/notes").rung is Rung.MISS


def test_a_client_may_name_its_things():
    """Where the vendor repeats the identifier that a request has, it stays the client's."""
    tags = [("POST", "/v1/tags", {"id": f"tag_{n}a{n}b"}, 201, {"id": f"tag_{n}a{n}b", "on": True}) for n in range(3)]
    client = on(*tags)
    assert client.fields(client.send("POST", "/v1/tags", {"id": "mine-1"}))["id"] == "mine-1"
    assert client.fields(client.send("GET", "/v1/tags/mine-1")) == {"id": "mine-1", "on": True}


def things(*more: tuple[str, str, object, int, object]) -> Client:
    """A vendor whose things can be read, and what else is said."""
    names = [f"th_{n}Qx7mA{n}rT9" for n in range(4)]
    made = [("POST", "/v1/things", {"t": name}, 201, {"id": name, "t": name}) for name in names]
    read = [("GET", f"/v1/things/{name}", None, 200, {"id": name, "t": name}) for name in names[:3]]
    return on(*made, *read, *more)


def test_gone_without_a_word_for_it():
    """A vendor that was never heard to say 404 gets a plain one; what cannot be deleted is not; a PATCH without a body changes nothing."""
    client = things(*[("DELETE", f"/v1/things/th_{n}Qx7mA{n}rT9", None, 204, None) for n in range(2)])
    assert client.send("DELETE", "/v1/things/th_9Qx7mA9rT9").response.status == 204
    gone = client.send("GET", "/v1/things/th_9Qx7mA9rT9").response
    assert (gone.status, json.loads(gone.body)["type"]) == (404, "urn:tapehiss:gone")
    refused = things(*[("DELETE", f"/v1/things/th_{n}Qx7mA{n}rT9", None, 409, {"error": "no"}) for n in range(2)])
    assert refused.send("DELETE", "/v1/things/th_9Qx7mA9rT9").response.status == 409
    assert not refused.state.holdings


def test_a_change_that_is_answered_with_nothing():
    """204 to a PATCH: the thing is changed all the same; a refused one is not, and one of a thing that nobody saw makes it."""
    quiet = things(*[("PATCH", f"/v1/things/th_{n}Qx7mA{n}rT9", {"t": "x"}, 204, None) for n in range(2)])
    assert quiet.send("PATCH", "/v1/things/th_2Qx7mA2rT9", {"t": "mine"}).response.status == 204
    assert quiet.fields(quiet.send("GET", "/v1/things/th_2Qx7mA2rT9"))["t"] == "mine"
    assert quiet.send("PATCH", "/v1/things/th_8Qx7mA8rT9", {"t": "?"}).response.status == 204
    assert quiet.fields(quiet.send("GET", "/v1/things/th_8Qx7mA8rT9"))["id"] == "th_8Qx7mA8rT9"
    refused = things(*[("PATCH", f"/v1/things/th_{n}Qx7mA{n}rT9", {"t": "x"}, 422, {"error": "no"}) for n in range(2)])
    assert refused.send("PATCH", "/v1/things/th_2Qx7mA2rT9", {"t": "mine"}).response.status == 422
    assert not refused.state.holdings


def test_a_broken_recording_is_passed_over():
    """What is no JSON says nothing of a thing; a creation that was refused makes none."""
    name = "th_1Qx7mA1rT9"
    more = [
        ("PATCH", f"/v1/things/th_{n}Qx7mA{n}rT9", {"t": "x"}, 200, {"id": f"th_{n}Qx7mA{n}rT9", "t": "x"})
        for n in (0, 2)
    ]
    client = things(*more, ("GET", f"/v1/things/{name}?v=2", None, 200, "{broken"))
    assert client.fields(client.send("PATCH", f"/v1/things/{name}", {"t": "mine"}))["t"] == "mine"
    refused = on(*[("POST", "/v1/jobs", {"a": n}, 409, {"error": "no"}) for n in range(2)])
    assert refused.send("POST", "/v1/jobs", {"a": 9}).response.status == 409
    assert not refused.state.holdings


def test_a_collection_that_no_tape_has():
    """Lists of the same kind elsewhere show what a list looks like; it has what was made there."""
    books = [{"id": f"bk_{n}Qx7mA{n}rT9", "t": "x"} for n in range(3)]
    session = [(("GET", f"/v1/shelves/sh_{n}Ab9cD{n}/books", None, 200, {"data": books})) for n in range(3)]
    session += [("POST", f"/v1/shelves/sh_{n}Ab9cD{n}/books", {"t": "x"}, 201, books[n]) for n in range(3)]
    client = on(*session)
    empty = client.send("GET", "/v1/shelves/sh_7Ab9cD7/books")
    assert items_of(empty.response) == []
    client.send("POST", "/v1/shelves/sh_7Ab9cD7/books", {"t": "mine"})
    assert [each["t"] for each in items_of(client.send("GET", "/v1/shelves/sh_7Ab9cD7/books").response)] == ["mine"]


def test_what_the_contract_refuses_is_not_held():
    """A field of another kind is left out, and the others are set; a form that another operation told is told in this one's."""
    more = [
        ("PATCH", f"/v1/things/th_{n}Qx7mA{n}rT9", {"t": "x"}, 200, {"id": f"th_{n}Qx7mA{n}rT9", "t": "x", "u": "y"})
        for n in range(3)
    ]
    client = things(*more)
    told = client.fields(client.send("PATCH", "/v1/things/th_1Qx7mA1rT9", {"t": 5, "u": "set"}))
    assert (told["t"], told["u"]) == ("x", "set")
    made = [("POST", "/v1/jobs", {"a": n}, 201, {"id": f"jb_{n}Qx7mA{n}rT9", "state": n}) for n in range(3)]
    read = [
        ("GET", f"/v1/jobs/jb_{n}Qx7mA{n}rT9", None, 200, {"id": f"jb_{n}Qx7mA{n}rT9", "state": "done"})
        for n in range(3)
    ]
    jobs = on(*made, *read)
    name = jobs.fields(jobs.send("POST", "/v1/jobs", {"a": 7}))["id"]
    assert jobs.fields(jobs.send("GET", f"/v1/jobs/{name}"))["state"] == "done"


def test_identifiers_that_cannot_vary():
    """One without letters and digits gets a number; where the contract knows them all, nothing is held; an unknown POST stays a miss."""
    dull = on(*[("POST", "/v1/dull", {"a": n}, 201, {"id": "--", "a": n}) for n in range(2)])
    assert dull.fields(dull.send("POST", "/v1/dull", {"a": 9}))["id"] == "--1000"
    levels = on(*[("POST", "/v1/levels", {"a": n}, 201, {"id": ("high", "low")[n % 2], "a": n}) for n in range(12)])
    assert levels.fields(levels.send("POST", "/v1/levels", {"a": 99}))["id"] in {"high", "low"}
    assert not levels.state.holdings
    put = on(
        *[("PUT", f"/v1/keys/ky_{n}Qx7mA{n}rT9", {"v": n}, 200, {"id": f"ky_{n}Qx7mA{n}rT9", "v": n}) for n in range(3)]
    )
    assert put.send("POST", "/v1/keys", {"v": 1}).rung is Rung.MISS
    named = put.send("PUT", "/v1/keys/ky_9Qx7mA9rT9", {"v": 9})
    assert put.fields(named) == {"id": "ky_9Qx7mA9rT9", "v": 9}


def test_other_collections_are_played():
    """What is held of one kind does not touch the recorded lists of another; nor does ``--dates now`` touch a miss."""
    client = things(
        ("GET", "/v1/other", None, 200, [{"id": "ot_1Qx7mA1rT9"}]),
        ("POST", "/v1/other", {"a": 1}, 201, {"id": "ot_2Qx7mA2rT9"}),
    )
    client.send("POST", "/v1/things", {"t": "mine"})
    assert client.send("GET", "/v1/other").rung is Rung.EXACT
    client.vendor = replace(client.vendor, tape_began_s=1.0)
    assert client.send("GET", "/v9/else").response.status == 404


def test_identifiers_of_clients_go_with_it():
    """Where a client's own identifier stands for a recorded one, what is held is told under the client's."""
    mine, theirs = "0b9d2f1e-7c44-4a34-9a1e-52f0e3b1a7cd", "5f0c7f4e-0d4f-4a53-8d6e-7f6f4c8b2a10"
    session = [("PUT", f"/v1/runs/{theirs}", {"v": 1}, 200, {"id": theirs, "v": 1})]
    session += [("GET", f"/v1/runs/{theirs}", None, 200, {"id": theirs, "v": 1})]
    client = on(*session, *NOTES)
    assert client.fields(client.send("PUT", f"/v1/runs/{mine}", {"v": 1}))["id"] == mine
    note = client.fields(client.send("POST", "/v1/notes", {"text": "mine"}))
    assert client.send("GET", f"/v1/notes/{note['id']}").rung is Rung.HELD
    assert client.fields(client.send("GET", f"/v1/runs/{mine}"))["id"] == mine


def test_what_was_made_has_happened_for_the_weather():
    """A rule that waits for an operation begins after one that only the contract knew to answer."""
    rule = replace(rule_from_text("503"), on="GET *", since="POST *")
    known = replace(
        vendor("offset"), index=index_of(()), beyond=beyond(catalogue(learn(recorded("offset"))), ()), schedule=(rule,)
    )
    state, statuses = State(), []
    for request in (ask("GET", f"{BOOKS}/bk_1"), ask("POST", BOOKS, {"title": "Emma"}), ask("GET", f"{BOOKS}/bk_1")):
        state, outcome, _ = known.answer(state, request, 0.0)
        statuses.append((outcome.recording, outcome.response.status))
    assert statuses == [(None, 200), (None, 201), (None, 503)]


def test_what_was_made_and_lost_is_told_all_the_same():
    """A thing whose answer never came is a write in the trace, and its webhook says what was made of the request, not of a sibling."""
    known = replace(vendor("offset"), schedule=(replace(rule_from_text("lose"), on="POST *"),))
    mock = LiveVendor(known)
    made = Template("made", "book.made", f"POST {BOOKS}")
    mock.post(Postbox(Plan(keyring("standard", ["YWJj"]), (made,)), "http://127.0.0.1:9/"))
    request = ask("POST", BOOKS, {"title": "Adam Bede", "pages": 5})
    outcome, _ = mock.answer(request, 0.0)
    (name,) = (name for name, _ in mock.state.holdings.of(f"{HOST}{BOOKS}"))
    assert (outcome.response, outcome.rung) == (None, Rung.SIBLING)
    _, sending = mock.webhooks.take(0.0)
    told = json.loads(sending.message.body)["data"]
    assert (told["id"], told["title"]) == (name, "Adam Bede")
    assert attempt_of(known, Step(0.0, 1.0, request, outcome)).carried_out
    bare = replace(known, index=index_of(()), beyond=beyond(catalogue(learn(recorded("offset"))), ()), schedule=())
    _, outcome, _ = bare.answer(State(), request, 0.0)
    step = Step(0.0, 1.0, request, outcome)
    assert outcome.recording is None
    assert attempt_of(bare, step).carried_out
    assert attempt_of(bare, step.given_up(0.5)).carried_out


def test_what_clients_ask_for_is_not_kept_beside_the_state():
    """Of collections that no tape has nothing is remembered, however many clients name."""
    session = [
        Exchange(
            ask("POST", f"/v1/authors/{number}/books", {"title": "Emma"}), answer(201, {"id": f"bk_{number}Qx7mA"})
        )
        for number in range(1000, 1006)
    ]
    index = index_of(session)
    known = Vendor(index, beyond=beyond(catalogue(learn(session)), index.recordings))
    state, made = State(), set()
    for number in range(2000, 2020):
        state, outcome, _ = known.answer(state, ask("POST", f"/v1/authors/{number}/books", {"title": "Emma"}), 0.0)
        made.add(json.loads(outcome.response.body)["id"])
    assert (len(made), len(state.holdings.collections)) == (20, 20)
    assert not known.beyond._listings
    assert not known.beyond._names
