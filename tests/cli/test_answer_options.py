"""What a mock answers beside its tapes, as options."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner
from recordings import write_tape
from shelf import BOOKS, ask, recorded

from tapehiss.cli.answer_options import Answers, answer_options
from tapehiss.contracts.evidence import learn, to_json
from tapehiss.mocks.errors import BadMatchers
from tapehiss.mocks.outcome import Outcome, Rung
from tapehiss.mocks.vendor import State, Vendor

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tape(tmp_path) -> Path:
    return write_tape(tmp_path / "shelf.yaml", recorded("offset"))


def vendor(answers: Answers, tape: Path) -> Vendor:
    return answers.vendor((tape,), skip_damaged=False, seed=0, latency=0.0)


def first(vendor: Vendor, method: str, target: str, document: object = None) -> Outcome:
    return vendor.answer(State(), ask(method, target, document), 0.0)[1]


def test_options_become_one_argument():
    """All of them, by name; nothing is on unless it is asked for."""
    told: list[Answers] = []

    def noted(answers: Answers) -> None:
        told.append(answers)

    command = click.command()(answer_options(noted))
    CliRunner().invoke(command, [], catch_exceptions=False)
    CliRunner().invoke(
        command, ["--matchers", "m", "--synthesise", "--contract", "c", "--dates", "now"], catch_exceptions=False
    )
    assert told[0] == Answers()
    assert [path.name for path in told[1].files] == ["m", "c"]
    assert (told[1].synthesise, told[1].dates_now) == (True, True)


def test_nothing_is_made_unless_it_is_asked_for(tape):
    """A vendor without these options plays its tapes and nothing else."""
    plain = vendor(Answers(), tape)
    assert (plain.beyond, plain.contract, plain.tape_began_s) == (None, None, 0.0)
    assert first(plain, "POST", BOOKS, {"title": "x"}).rung is Rung.IGNORING_BODY


def test_synthesis_by_the_tapes_or_by_a_contract(tape, tmp_path):
    """What the tapes prove, or what a saved contract knows."""
    outcome = first(vendor(Answers(synthesise=True), tape), "POST", BOOKS, {"title": "x"})
    assert (outcome.rung, json.loads(outcome.response.body)["title"]) == (Rung.SIBLING, "x")
    saved = tmp_path / "contract.json"
    saved.write_text(to_json(learn(recorded("offset"))))
    one = write_tape(tmp_path / "one.yaml", recorded("offset")[:1])
    outcome = first(vendor(Answers(contract=saved), one), "GET", f"{BOOKS}/bk_9Zz7mA9rT9zK4")
    assert (outcome.rung, json.loads(outcome.response.body)["id"]) == (Rung.SYNTHESISED, "bk_9Zz7mA9rT9zK4")


def test_matchers_and_dates(tape, tmp_path):
    """A file of matchers counts; instants move only with ``--dates now``; a broken file is named."""
    file = tmp_path / "m.yaml"
    file.write_text("- {on: GET /v1/*, ignore: {query: [debug]}}")
    found = vendor(Answers(matchers=file, dates_now=True), tape)
    assert first(found, "GET", f"{BOOKS}?limit=3&debug=1").rung is Rung.NORMALISED
    assert found.tape_began_s == 1_800_000_000.0
    file.write_text("- {at: GET /}")
    with pytest.raises(BadMatchers, match="at: is no field"):
        vendor(Answers(matchers=file), tape)
