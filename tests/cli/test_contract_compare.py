"""``tapehiss contract compare``."""

from __future__ import annotations

import json
import re
from pathlib import Path

from recordings import write_tape

from traffic import answer

LIBRARY = Path(__file__).resolve().parents[2] / "cassettes" / "library"


def test_a_description_that_we_wrote_agrees(tapehiss, tmp_path):
    """What was inferred from a tape is what the tape shows: no warning, no error."""
    written = tmp_path / "openapi.json"
    written.write_text(tapehiss("contract", "openapi", LIBRARY / "kinto").out, encoding="utf-8")
    said = tapehiss("contract", "compare", LIBRARY / "kinto", written)
    assert (said.code, said.err) == (0, "")


def test_disagreement_is_exit_code_one(tapehiss, tmp_path):
    """A description without operations misses all that were recorded; --fail-on error lets that pass; other formats hold the same."""
    written = tmp_path / "openapi.yaml"
    origin = re.search(r"http://[0-9.:]+", tapehiss("infer", LIBRARY / "kinto").out)[0]
    written.write_text(f"openapi: 3.1.0\nservers: [url: {origin}]\npaths: {{}}\n", encoding="utf-8")
    said = tapehiss("contract", "compare", LIBRARY / "kinto", written)
    assert said.code == 1
    assert "published-operation-missing" in said.out
    assert "Seen, not documented: " in said.out
    lenient = tapehiss("contract", "compare", LIBRARY / "kinto", written, "--fail-on", "error", "--format", "json")
    assert lenient.code == 0
    assert json.loads(lenient.out)["findings"]


def test_what_is_no_description_could_not_be_tried(tapehiss, tmp_path):
    """A missing file and one of another kind are named."""
    other = tmp_path / "x.json"
    other.write_text("[]", encoding="utf-8")
    for path in (other, tmp_path / "missing.json"):
        said = tapehiss("contract", "compare", LIBRARY / "kinto", path)
        assert said.code == 2
        assert str(path) in said.err


def test_the_description_of_another_vendor_judges_nothing(tapehiss, tmp_path):
    """Exit code 2 and no report, whether it names its servers or not."""
    for servers in ("servers: [url: 'https://api.other.example']\n", ""):
        written = tmp_path / "openapi.yaml"
        written.write_text(f"openapi: 3.1.0\n{servers}paths: {{/others: {{get: {{}}}}}}\n", encoding="utf-8")
        said = tapehiss("contract", "compare", LIBRARY / "kinto", written, "-f", "markdown")
        assert (said.code, said.out) == (2, "")
        assert "operations in" in said.err
        assert "nothing could be compared" in said.err


def test_an_entity_is_told_once_and_credentials_are_not_forgotten(tapehiss, tmp_path):
    """One line for a schema that two operations share, --verbose and JSON tell both; that security is not compared is said."""
    thing = {"schema": {"$ref": "#/components/schemas/Thing"}}
    get = {"get": {"responses": {"200": {"content": {"application/json": thing}}}}}
    schemas = {"Thing": {"type": "object", "properties": {"a": {}}}}
    written = tmp_path / "openapi.json"
    document = {
        "openapi": "3.0.3",
        "security": [{"token": []}],
        "components": {"schemas": schemas},
        "paths": {"/x": get, "/y": get},
    }
    written.write_text(json.dumps(document), encoding="utf-8")
    tape = write_tape(
        tmp_path / "t.yaml", [answer({"b": 1}, url=f"https://api.vendor.example/{name}") for name in "xy"]
    )
    counts = []
    for more in ((), ("--verbose",)):
        said = tapehiss("contract", "compare", tape, written, *more)
        assert "which credentials the description demands (security) was not compared" in said.out
        counts.append(said.out.count("published-member-missing"))
    told = json.loads(tapehiss("contract", "compare", tape, written, "-f", "json", "--show", "warn").out)
    assert (counts, len(told["findings"])) == ([1, 2], 2)
