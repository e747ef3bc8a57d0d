"""The tapes that ship with us are what their notes say: whole, clean, provable and playable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tapehiss.cassettes
from tapehiss.cassettes.exchange import Ending
from tapehiss.cassettes.redaction import suspicions
from tapehiss.cassettes.tape import open_tape
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.evidence import learn
from tapehiss.mocks.vendor import State, Vendor

LIBRARY = Path(tapehiss.cassettes.__file__).resolve().parent / "library"
SHELVES = sorted(path for path in LIBRARY.iterdir() if path.is_dir())
TAPES = [tape for shelf in SHELVES for tape in sorted(shelf.glob("*.yaml"))]
ROW = re.compile(r"^\| (?P<name>\S+\.yaml) \| (?P<count>\d+) \|", re.MULTILINE)


def label(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_the_library_has_payments_an_object_store_a_queue_and_identity() -> None:
    """What a newcomer looks for first is there."""
    assert {"stripe/shop.yaml", "aws/s3.yaml", "aws/sqs.yaml", "oidc/login.yaml"} <= {label(tape) for tape in TAPES}


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda path: path.name)
def test_the_note_names_server_sdk_and_versions_and_counts_right(shelf: Path) -> None:
    """Every tape is in the note with its number of exchanges, and the note says what was recorded from what."""
    note = (shelf / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^- Server: \S+ \d+(\.\d+)+ \(PyPI\)", note, re.MULTILINE)
    assert re.search(r"^- SDK: \S+ \d+(\.\d+)+", note, re.MULTILINE)
    counts = {}
    for path in shelf.glob("*.yaml"):
        with open_tape(path) as tape:
            counts[path.name] = len(tape)
    assert counts == {row["name"]: int(row["count"]) for row in ROW.finditer(note)}


@pytest.mark.parametrize("path", TAPES, ids=label)
def test_a_tape_of_the_library_is_whole_and_holds_no_secret(path: Path) -> None:
    """Nothing damaged, torn or missing, and nothing that still looks like a secret."""
    with open_tape(path) as tape:
        assert (tape.damaged, tape.torn, tape.gaps) == ((), None, ())
        assert [found for exchange in tape for found in suspicions(exchange)] == []


@pytest.mark.parametrize("path", TAPES, ids=label)
def test_the_contract_of_a_tape_of_the_library_accepts_all_of_it(path: Path) -> None:
    """A contract accepts every exchange that it was learnt from."""
    with open_tape(path) as tape:
        contract = learn(tape)
        judge = Conformance(contract)
        assert contract.operations
        assert [finding for exchange in tape for finding in judge.findings(exchange)] == []


@pytest.mark.parametrize("path", TAPES, ids=label)
def test_a_tape_of_the_library_answers_its_own_requests_as_recorded(path: Path) -> None:
    """Asked in recorded order, the mock gives every recorded status and body."""
    with open_tape(path) as tape:
        exchanges = list(tape)
    vendor, state = Vendor.of(exchanges), State()
    for exchange in exchanges:
        state, outcome, _ = vendor.answer(state, exchange.request, 0.0)
        assert exchange.response is not None
        assert outcome.response is not None
        assert (exchange.response.status, exchange.response.body) == (outcome.response.status, outcome.response.body)
        assert exchange.ending in {outcome.ending, Ending.CLIENT_GONE}
