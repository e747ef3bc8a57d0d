"""Whatever was sent: no contract crashes or hangs over it, it is reported or learnt, and the rest is inferred all the same."""

from __future__ import annotations

import json
import signal
from functools import cache
from math import isfinite
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

import hostile
from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
from tapehiss.cassettes.tape import open_tape
from tapehiss.cassettes.writer import TapeWriter
from tapehiss.cli.main import run
from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.drift import drift
from tapehiss.contracts.errors import DamagedContract
from tapehiss.contracts.evidence import Contract, from_json, learn, to_json
from tapehiss.contracts.html import html
from tapehiss.contracts.markdown import markdown
from tapehiss.contracts.pages import report
from tapehiss.contracts.provenance import provenance
from tapehiss.contracts.views import openapi

HOSTILE = hostile.everything()
GOOD = [
    hostile.exchange(json.dumps({"id": at, "name": "A"}).encode(), url=f"{hostile.URL}/{at}/parts")
    for at in range(1_000, 1_006)
]
ORDINARY = learn([*GOOD, hostile.exchange(b'{"id": 1, "name": "A"}')])
SECONDS_MAX = 60
"""No measure of speed: what takes so long hangs."""


@pytest.fixture(autouse=True)
def no_hang():
    def hung(*_):
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(SECONDS_MAX)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def judged(contract: Contract, exchanges: list[Clean]) -> list[str]:
    """The ids of what is found about each of these exchanges."""
    judge = Conformance(contract)
    return [finding.id for exchange in exchanges for finding in judge.findings(exchange)]


@cache
def learnt(name: str) -> Contract:
    """The contract of a hostile exchange between good ones."""
    return learn([*GOOD[:3], HOSTILE[name], *GOOD[3:]])


def good_part(contract: Contract) -> list[object]:
    """What the contract knows of the good exchanges' operation."""
    return [evidence for operation, evidence in catalogue(contract).entries if operation.path.endswith("/parts")]


@pytest.mark.parametrize("name", HOSTILE)
def test_the_rest_is_inferred(name):
    """A hostile exchange between good ones: nothing is raised, and of the good ones as much is known as without it."""
    contract = learnt(name)
    assert contract.exchanges == len(GOOD) + 1
    assert good_part(contract) == good_part(learn(GOOD))


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_learnt_is_accepted(name):
    """A hostile exchange has no finding in the contract that was learnt from it, which is saved and loaded meanwhile."""
    exchange = HOSTILE[name]
    saved = to_json(learnt(name))
    json.loads(saved.encode())
    contract = from_json(saved)
    assert to_json(contract) == saved
    assert judged(contract, [exchange, *GOOD]) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_judged(name):
    """A contract that has never seen the like judges a hostile exchange without raising."""
    assert isinstance(judged(ORDINARY, [HOSTILE[name]]), list)


@pytest.mark.parametrize("name", HOSTILE)
def test_views_can_be_made(name):
    """Every view of a contract that has seen it can be made, and be written: as JSON, as Markdown, as HTML."""
    known = catalogue(learnt(name))
    told = facts(known)
    document = openapi(known, told)
    assert json.loads(json.dumps(document, allow_nan=False).encode()) == document
    page = report(known, told, provenance(known))
    assert markdown(page).encode()
    assert html(page, "hostile").encode()


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_compared(name):
    """Drift to and from a contract that has seen it is told, with every finding as JSON; to itself there is none."""
    found = [*drift(ORDINARY, learnt(name)).findings, *drift(learnt(name), ORDINARY).findings]
    assert json.dumps([finding.to_json() for finding in found], allow_nan=False).encode()
    assert drift(learnt(name), learnt(name)).findings == ()


def test_openapi_is_valid_all_the_same():
    """With everything at once the OpenAPI document is still valid."""
    small = [exchange for exchange in HOSTILE.values() if len(exchange.request.body) < 100_000]
    OpenAPIV31SpecValidator(openapi(learn([*GOOD, *small]))).validate()


def test_any_order_gives_the_same_bytes():
    """Everything at once, in any order and split: the same contract, byte for byte."""
    known = [exchange for exchange in HOSTILE.values() if len(exchange.request.body) < 200_000]
    saved = to_json(learn(known))
    assert to_json(learn(known[::-1])) == saved
    assert to_json(learn(known[1::2]) + learn(known[::2])) == saved


def test_what_cannot_be_read_is_counted():
    """A body that is not what its media type says is counted with its reason, and the reason holds nothing of the body."""
    unreadable = [
        "no JSON",
        "cut",
        "NaN",
        "beyond a double",
        "bad UTF-8",
        "half a surrogate pair",
        "deep and never closed",
    ]
    contract = learn([HOSTILE[f"JSON: {name}"] for name in unreadable])
    ((_, evidence),) = catalogue(contract).entries
    part = evidence.parts["response 200 application/json"]
    assert sum(part.unread.values()) == len(unreadable)
    assert all(len(reason) < 40 for reason in part.unread)


def test_thousands_of_urls_stay_bounded():
    """5,000 different URLs, of words, ids and tokens: one contract that accepts them all, and whose text is not larger than they are."""
    paths = [
        *(f"/v1/pages/slug-{at}-of-words" for at in range(2_500)),
        *(f"/v1/w{at}/x{at * 7}/y" for at in range(2_500)),
    ]
    known = [hostile.exchange(b'{"id": 1}', url=f"https://api.vendor.example{path}") for path in paths]
    contract = learn(known)
    assert judged(contract, known) == []
    assert to_json(learn(known[::-1])) == to_json(contract)
    assert len(openapi(contract)["paths"]) <= len(paths)


def test_thousands_of_keys_stay_bounded():
    """Ids as keys, 10,000 in all and never the same twice: the contract accepts what it saw and does not grow with it."""
    bodies = [{"by_id": {f"id_{page}_{at}": {"n": at} for at in range(500)}} for page in range(20)]
    known = [hostile.exchange(json.dumps(body).encode()) for body in bodies]
    few, many = to_json(learn(known[:10])), to_json(learn(known))
    assert judged(learn(known), known) == []
    assert len(many) < 1.5 * len(few)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "application/json",
                    "text/event-stream",
                    "application/xml",
                    "multipart/form-data; boundary=x",
                    "a/b",
                    "",
                ]
            ),
            st.one_of(
                st.binary(max_size=40), st.text('{}[]":,0123456789eE.-+nultrfas\\ ', max_size=40).map(str.encode)
            ),
        ),
        max_size=4,
    )
)
@settings(max_examples=150)
def test_any_bytes(several):
    """Any bytes under any media type, both ways: learnt without raising, accepted afterwards, in any order the same."""
    known = [hostile.exchange(body, media) for media, body in several]
    contract = learn(known)
    assert judged(contract, known) == []
    assert to_json(learn(known[::-1])) == to_json(contract)
    json.dumps(openapi(contract), allow_nan=False)


@given(st.lists(st.tuples(st.text(max_size=12), st.text(st.characters(max_codepoint=255), max_size=12)), max_size=6))
@settings(max_examples=100)
def test_any_headers(pairs):
    """Any headers, both ways, of an answer and of a refusal."""
    headers = tuple(pairs)
    known = [
        Clean(Exchange(Request("GET", hostile.URL, headers), Response(status, "", headers, b"")))
        for status in (200, 429)
    ]
    assert judged(learn(known), known) == []


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    """A tape of good exchanges and of all hostile ones that a tape takes, which is nearly every one."""
    path = tmp_path_factory.mktemp("tapes") / "hostile.yaml"
    with TapeWriter(path) as writer:
        for exchange in [
            *GOOD,
            *(each for each in HOSTILE.values() if len(each.request.body) < 200_000 and isfinite(each.started_at)),
        ]:
            writer.append(exchange)
    return path


def test_a_tape_of_it_is_inferred(tape, tmp_path):
    """``tapehiss infer`` on a tape of all this: done, and every line of the tape is in the contract."""
    into = tmp_path / "contract.json"
    assert run(["infer", str(tape), "--into", str(into), "--openapi", str(tmp_path / "openapi.json")]) == 0
    with open_tape(tape) as held:
        assert from_json(into.read_bytes()).exchanges == len(held)
    assert run(["check", str(tape), "--contract", str(into), "--fail-on", "info"]) == 0


@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif", "github", "markdown"])
def test_it_is_reported(tape, tmp_path, capfd, form):
    """``tapehiss check`` against a contract that knows nothing of all this: a report in every format, no traceback."""
    into = tmp_path / "ordinary.json"
    into.write_text(to_json(ORDINARY))
    assert run(["check", str(tape), "--contract", str(into), "--format", form, "--fail-on", "info"]) == 1
    said = capfd.readouterr()
    assert "Traceback" not in said.err
    if form in {"json", "sarif"}:
        json.loads(said.out)
    if form == "junit":
        ET.fromstring(said.out)


def test_it_is_shown(tape, capfd):
    """Every verb of ``tapehiss contract`` has something to say about such a tape."""
    for verb in ("show", "report", "openapi"):
        assert run(["contract", verb, str(tape)]) == 0
        said = capfd.readouterr()
        assert said.out
        assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "damage", [b"- {broken\n", b"\xff\xfe\x00\n", b"- " + b"[" * 100_000 + b"\n", b'- {"request": 1}\n', b"- null\n"]
)
def test_damaged_lines_are_named_and_the_rest_is_inferred(tmp_path, capfd, damage):
    """A broken line: exit code 2 and its file and line, no traceback; with ``--skip-damaged`` the rest is inferred."""
    damaged = tmp_path / "damaged.yaml"
    with TapeWriter(damaged) as writer:
        for exchange in GOOD:
            writer.append(exchange)
    lines = damaged.read_bytes().splitlines(keepends=True)
    damaged.write_bytes(b"".join([*lines[:4], damage, *lines[4:]]))
    assert run(["infer", str(damaged)]) == 2
    said = capfd.readouterr().err
    assert f"{damaged.name}:5" in said
    assert "Traceback" not in said
    into = tmp_path / "contract.json"
    assert run(["infer", str(damaged), "--skip-damaged", "--into", str(into)]) == 0
    with open_tape(damaged, skip_damaged=True) as held:
        assert from_json(into.read_bytes()).exchanges == len(held) == len(lines) - 3


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "1", '{"tapehiss-contract": 1}', '{"tapehiss-contract": 99, "operations": {}, "bounds": []}', "[" * 100_000,
     '{"tapehiss-contract": 1, "operations": {"nonsense": {}}, "bounds": []}', '{"tapehiss-contract": 1, "operations": [], "bounds": 5}'],
)  # fmt: skip
def test_a_file_that_is_no_contract_is_said_to_be_none(tmp_path, capfd, text):
    """Whatever is given for a saved contract: exit code 2 and the file's name, no traceback."""
    tape, given = tmp_path / "tape.yaml", tmp_path / "given.json"
    with TapeWriter(tape) as writer:
        writer.append(GOOD[0])
    given.write_text(text)
    assert run(["infer", str(tape), "--from", str(given)]) == 2
    said = capfd.readouterr().err
    assert "given.json" in said
    assert "Traceback" not in said


@given(st.data())
@settings(max_examples=100)
def test_a_contract_whose_file_was_changed(data):
    """One place of a saved contract has another value: it is loaded, and views can be made, or it is said to be damaged."""
    saved = json.loads(to_json(ORDINARY))
    holders = _holders(saved)
    holder, key = data.draw(st.sampled_from(holders))
    holder[key] = data.draw(st.sampled_from([None, True, -1, 1.5, "", "x", [], {}, [None], {"x": None}, 10**30]))
    try:
        contract = from_json(json.dumps(saved))
        openapi(contract)
        judged(contract, GOOD)
        to_json(contract + ORDINARY)
    except DamagedContract:
        pass


def _holders(value):
    """Every place in a JSON value at which another one can be put."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, below in list(pairs) for found in [(value, key), *_holders(below)]]
