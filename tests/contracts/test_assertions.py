"""``assert_conforms``, in anybody's tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tapehiss.cassettes.errors import Misuse
from tapehiss.contracts import assertions
from tapehiss.contracts.assertions import FINDINGS_SHOWN_MAX, assert_conforms, conformance
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.clientresponses import exchange_of
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.evidence import Taped, learn, to_json
from traffic import answers

URL = "https://api.vendor.example/v1/things"
CONTRACT = learn(
    Taped(exchange, "vendor.yaml", 2 + number)
    for number, exchange in enumerate(answers({"a": n, "b": {"c": "x"}} for n in range(50)))
)


def response(body, status=200, url=URL):
    """A response as httpx hands it out."""
    return httpx.Response(status, json=body, request=httpx.Request("GET", url))


def failure(*arguments, **options):
    """The words with which an assertion fails."""
    with pytest.raises(AssertionError) as caught:
        assert_conforms(*arguments, **options)
    return str(caught.value)


def test_what_conforms_passes(tmp_path):
    """Against a file, a contract, a catalogue or a conformance."""
    path = tmp_path / "c.json"
    path.write_text(to_json(CONTRACT))
    for contract in (path, str(path), CONTRACT, catalogue(CONTRACT), Conformance(CONTRACT)):
        assert_conforms(response({"a": 1, "b": {"c": "y"}}), contract)


def test_a_failure_says_where_what_was_expected_and_what_came():
    """Place, expectation with its counts, the witness of it, what stands there, and the fingerprint to accept it by."""
    said = failure(response({"a": "many", "b": {"d": 1}}), CONTRACT)
    assert said.startswith(f"GET {URL} (200) does not conform to the contract\n")
    assert f"error kind-unexpected GET {URL} response 200 application/json /a\n" in said
    assert 'it is string ("many"), 50 values were integer' in said
    assert "expected as it was seen in vendor.yaml:51" in said
    assert 'came at /b: an object with "d"' in said
    assert "fingerprint " in said


def test_secrets_are_not_told():
    """What redaction takes out does not stand in a failure."""
    secret = "sk" + "_test_" + os.urandom(12).hex()
    said = failure(response({"a": secret, "b": {"c": secret}}), CONTRACT)
    assert "/a" in said
    assert secret not in said


def test_the_bound_and_what_is_accepted():
    """Remarks fail only who wants that; ids and fingerprints can be accepted."""
    assert_conforms(response({}, url="https://api.vendor.example/v2"), CONTRACT)
    assert "operation-unknown" in failure(response({}, url="https://api.vendor.example/v2"), CONTRACT, fail_on="info")
    said = failure(response({"b": {"c": "x"}}), CONTRACT)
    assert_conforms(response({"b": {"c": "x"}}), CONTRACT, accept=["member-missing"])
    assert_conforms(response({"b": {"c": "x"}}), CONTRACT, accept=[said.split()[-1]])


def test_a_rejected_request_is_no_failure():
    """An error answer that was never seen is a remark."""
    assert_conforms(response({"error": "?"}, status=404), CONTRACT)


def test_a_failure_is_bounded():
    """Ten findings are told, and how many more there are."""
    said = failure(response({"a": 1, "b": {"c": "x"}} | {f"n{n}": 1 for n in range(30)}), CONTRACT, fail_on="info")
    assert said.count("fingerprint") == FINDINGS_SHOWN_MAX
    assert said.endswith("and 20 more")


def raw(media, content):
    """A response with a body of some media type."""
    return httpx.Response(200, content=content, headers={"content-type": media}, request=httpx.Request("GET", URL))


def test_what_came_is_shown_where_it_can_be_known():
    """Nothing of a body that cannot be read, nor of a stream, where any of its documents may be the one."""
    assert "came at" not in failure(raw("application/json", b"{"), CONTRACT)
    lines = raw("application/x-ndjson", b'{"a": 1}\n' * 3)
    contract = learn([Taped(exchange_of(lines, None), "lines.yaml", 2)] * 20)
    assert_conforms(lines, contract)
    said = failure(raw("application/x-ndjson", b'{"a": 1}\n{"a": "x"}\n'), contract)
    assert "kind-unexpected" in said
    assert "came at" not in said


def test_what_cannot_be_judged_is_misuse(tmp_path):
    """No file, no contract, no such severity: not a failed assertion."""
    (tmp_path / "no.json").write_text("{}")
    for path in (tmp_path / "nowhere.json", tmp_path / "no.json"):
        with pytest.raises(Misuse):
            assert_conforms(response({}), path)
    with pytest.raises(ValueError, match="fatal"):
        assert_conforms(response({}), CONTRACT, fail_on="fatal")


def test_a_file_is_read_once_and_again_when_it_changes(tmp_path):
    """A suite of a thousand assertions reads its contract once."""
    path = tmp_path / "c.json"
    path.write_text(to_json(CONTRACT))
    first = conformance(path)
    assert conformance(path) is first
    assert conformance(CONTRACT) is conformance(CONTRACT)
    path.write_text(to_json(learn(answers([{"a": 1}]))))
    assert conformance(path) is not first


def test_importing_it_costs_nothing_heavy():
    """No client, no validator of the reference, no terminal library: only what judging needs."""
    heavy = ("httpx", "requests", "aiohttp", "jsonschema", "rich", "fastapi", "hypothesis", "yaml")
    code = f"import sys, tapehiss.contracts.assertions; print(*[name for name in {heavy!r} if name in sys.modules])"
    root = Path(__file__).resolve().parents[2] / ".import"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.split() == []


def test_pytest_shows_the_words_and_not_our_code(pytester_run):
    """In a test the failure ends in the user's line."""
    out = pytester_run(
        "import json, httpx\nfrom tapehiss.contracts.assertions import assert_conforms\n"
        "def test_it():\n"
        f"    assert_conforms(httpx.Response(200, json={{}}, request=httpx.Request('GET', {URL!r})), 'c.json')\n"
    )
    assert "member-missing" in out
    assert "_failure(" not in out


@pytest.fixture
def pytester_run(tmp_path):
    """Run a test file beside a saved contract, and give what pytest says."""

    def run(text):
        (tmp_path / "c.json").write_text(to_json(CONTRACT))
        (tmp_path / "test_it.py").write_text(text)
        link = str(Path(__file__).resolve().parents[2] / ".import")
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "test_it.py"]
        env = os.environ | {"PYTHONPATH": link}
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=env).stdout

    return run


def test_a_body_that_is_awaited_can_be_given():
    """As aiohttp needs it."""
    body = json.dumps({"b": {"c": "x"}})
    assert "member-missing" in failure(response({"a": 1, "b": {"c": "x"}}), CONTRACT, body=body)


def test_what_is_suspected_is_not_told_at_all(monkeypatch):
    """A response that redaction would put into quarantine is told by place only."""
    monkeypatch.setattr(assertions, "_redacted", lambda _: None)
    said = failure(response({"a": "x", "b": {"c": "x"}}), CONTRACT)
    assert "kind-unexpected (what came may be secret)" in said
    assert "came at" not in said


def test_about_the_operation_there_is_no_value_to_show():
    """Of a status that was never seen there is nothing below."""
    said = failure(response({"a": 1, "b": {"c": "x"}}, status=299), CONTRACT)
    assert "299 was never seen" in said
    assert "expected as it was seen in vendor.yaml" in said
