"""``tapehiss tape import``."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from base64 import b64encode

import pytest
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow
from recordings import write_tape

from tapehiss.cassettes.tape import open_tape

SECRET = "Zq7" + "Kx9vB2mN4pL8" + "wR5tY1"
URL = "https://api.vendor.example/v1/things"


def interaction(**request):
    """One interaction of a vcrpy cassette."""
    asked = {"method": "GET", "uri": URL, "body": None, "headers": {}} | request
    return {
        "request": asked,
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "{}"}},
    }


def cassette(path, *interactions):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1, "interactions": list(interactions)}))
    return path


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A folder to work in: the project's key is made there."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_of_recordings_becomes_a_folder_of_tapes(tapehiss, project):
    """Each file a tape, each exchange labelled with where its file lay; what is no recording is passed over."""
    cassette(project / "src" / "a" / "one.json", interaction(), interaction())
    (project / "src" / "README.md").write_text("# about: [these")
    (project / "src" / "package.json").write_text("{}")
    said = tapehiss("tape", "import", "src", "--into", "tapes")
    assert said.code == 0
    assert said.out.splitlines()[-1] == "2 exchanges imported to 1 tapes, 0 refused, 0 quarantined, 2 files passed over"
    with open_tape(project / "tapes" / "a" / "one.yaml") as tape:
        assert [one.label for one in tape] == ["a/one", "a/one"]


def test_secrets_do_not_reach_the_tape(tapehiss, project):
    """Also not in an exchange that stood before the one in which they were first known."""
    early = interaction(body=f"echo {SECRET}", method="POST")
    late = interaction(headers={"Authorization": [f"Bearer {SECRET}"]})
    cassette(project / "src" / "1.json", early)
    cassette(project / "src" / "2.json", late)
    said = tapehiss("tape", "import", "src", "--into", "tapes", "--json")
    result = json.loads(said.out)
    assert (said.code, result["imported"]) == (0, 2)
    assert sum(result["taken_out"].values()) >= 1
    for tape in (project / "tapes").iterdir():
        assert SECRET not in tape.read_text()


def test_several_files_into_one_tape(tapehiss, project):
    """In the order of the command line, with one label for all."""
    first, second = cassette(project / "1.json", interaction()), cassette(project / "2.json", interaction(method="PUT"))
    assert tapehiss("tape", "import", first, second, "--into", "all.yaml", "--label", "both").code == 0
    with open_tape(project / "all.yaml") as tape:
        assert [(one.request.method, one.label) for one in tape] == [("GET", "both"), ("PUT", "both")]


def test_what_is_refused_is_named_and_the_rest_imported(tapehiss, project):
    """Exit code 1, a line for each refusal."""
    cassette(project / "src" / "a.json", interaction(), {"request": {}, "response": {}})
    (project / "src" / "broken.yaml").write_text("interactions: [")
    said = tapehiss("tape", "import", "src", "--into", "tapes")
    assert said.code == 1
    refused = [line for line in said.out.splitlines() if line.startswith("refused: ")]
    assert refused[0].startswith("refused: src/a.json#1: no URL")
    assert refused[1].startswith("refused: src/broken.yaml:")
    assert "1 exchanges imported to 1 tapes, 2 refused" in said.out


def test_a_file_that_is_named_must_be_a_recording(tapehiss, project):
    """Nothing was imported, and it says what would have been."""
    (project / "notes.txt").write_text("nothing")
    said = tapehiss("tape", "import", "notes.txt", "--into", "tapes")
    assert said.code == 2
    assert "give a recording: a vcrpy" in said.out
    assert not (project / "tapes").exists()


def test_a_folder_without_recordings(tapehiss, project):
    """The same for a folder of other things."""
    (project / "src").mkdir()
    (project / "src" / "a.txt").write_text("nothing")
    said = tapehiss("tape", "import", "src", "--into", "tapes")
    assert (said.code, "1 files passed over: give a recording" in said.out) == (2, True)


def test_flow_files_are_read_with_mitmproxy(tapehiss, project):
    """From a flow file to a tape."""
    with (project / "session.flow").open("wb") as file:
        FlowWriter(file).add(tflow.tflow(resp=True))
    assert tapehiss("tape", "import", "session.flow", "--into", "session.yaml").code == 0
    with open_tape(project / "session.yaml") as tape:
        assert tape[0].response.body == b"message"


def test_recordings_without_a_host_take_the_base_url(tapehiss, project):
    """WireMock's mappings, with a body in ``__files``."""
    (project / "stubs" / "mappings").mkdir(parents=True)
    (project / "stubs" / "__files").mkdir()
    (project / "stubs" / "__files" / "a.txt").write_text("hiss")
    mapping = {"request": {"url": "/x", "method": "GET"}, "response": {"status": 200, "bodyFileName": "a.txt"}}
    (project / "stubs" / "mappings" / "a.json").write_text(json.dumps(mapping))
    arguments = ("--base-url", "https://api.vendor.example", "--into", "a.yaml")
    assert tapehiss("tape", "import", "stubs/mappings", *arguments).code == 0
    with open_tape(project / "a.yaml") as tape:
        assert (tape[0].request.url, tape[0].response.body) == ("https://api.vendor.example/x", b"hiss")


@pytest.mark.parametrize(
    "url", ["foo", "http://u:p@vendor.example", "ftp://vendor.example", "https://vendor.example?a"]
)
def test_a_base_url_that_cannot_be_meant_is_refused(tapehiss, project, url):
    """Whether or not a recording needs it: before anything is read."""
    write_tape(project / "old.yaml")
    said = tapehiss("tape", "import", "old.yaml", "--into", "new.yaml", "--base-url", url)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("tapehiss: --base-url: ")
    assert not (project / "new.yaml").exists()


def test_a_disk_that_takes_only_a_part_is_said_with_what_was_written(project):
    """The tape that could not be made whole is gone; the one before it is told, so that nobody looks for the rest."""
    cassette(project / "src" / "1.json", interaction())
    cassette(project / "src" / "2.json", *[interaction(body="x" * 9000, method="POST")] * 9)
    program = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000))"
    program += "; from tapehiss.cli.main import main; main()"
    command = [sys.executable, "-c", program, "tape", "import", "src", "--into", "tapes"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("tapehiss: tapes/2.yaml: the disk refused (File too large)")
    assert done.stdout.splitlines()[0] == "tapes/1.yaml: 1 exchanges"
    assert [path.name for path in (project / "tapes").iterdir()] == ["1.yaml"]


def test_a_tape_is_imported_with_its_labels_and_failures(tapehiss, project):
    """Through the door once more: what it was before is what it is."""
    write_tape(project / "old.yaml")
    assert tapehiss("tape", "import", "old.yaml", "--into", "new.yaml").code == 0
    with open_tape(project / "new.yaml") as tape, open_tape(project / "old.yaml") as old:
        assert [one.request for one in tape] == [one.request for one in old]
        assert [one.label for one in tape] == ["create", "old", "old", "old"]


def test_an_existing_tape_is_left_alone(tapehiss, project):
    """Exit code 2 before anything is read."""
    cassette(project / "a.json", interaction())
    write_tape(project / "all.yaml")
    assert tapehiss("tape", "import", "a.json", "--into", "all.yaml").code == 2


def packed(secret):
    """A cassette whose body is a compressed file, which cannot be rewritten at the same length, with a secret inside."""
    interaction = {
        "request": {"method": "get", "uri": URL, "headers": {"Authorization": [f"Bearer {secret}"]}},
        "response": {"status": 200, "body": {"base64_string": b64encode(gzip.compress(secret.encode())).decode()}},
    }
    return json.dumps({"http_interactions": [interaction]})


def test_what_may_hold_a_secret_goes_to_quarantine_beside_the_tape(tapehiss, project):
    """Exit code 1; it is named, and is on no tape."""
    (project / "a.json").write_text(packed(SECRET))
    said = tapehiss("tape", "import", "a.json", "--into", "tapes")
    (path,) = (project / "tapes" / "quarantine").glob("*.yaml")
    assert said.code == 1
    assert f"quarantined: tapes/quarantine/{path.name}" in said.out.splitlines()
    assert list((project / "tapes").glob("*.yaml")) == []


def test_quarantine_can_be_released(tapehiss, project):
    """Once a rule says that it is no secret, the quarantined file itself is imported, without the note that it got."""
    (project / "a.json").write_text(packed(SECRET))
    tapehiss("tape", "import", "a.json", "--into", "tapes")
    (path,) = (project / "tapes" / "quarantine").glob("*.yaml")
    (project / "tapehiss.toml").write_text('[redaction]\nkeep = ["authorization"]\n')
    assert tapehiss("tape", "import", path, "--into", "released.yaml").code == 0
    with open_tape(project / "released.yaml") as tape:
        assert "quarantined" not in dict(tape[0].notes)
