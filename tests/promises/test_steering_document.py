"""Every curl line of "Steering" in docs/serving.md works, and answers as shown."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.tape import open_tape
from tapehiss.mocks.server import Server
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import Vendor

TEXT = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
SECTION = TEXT.split("\n## Steering\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"```console\n(.*?)```", SECTION, re.DOTALL)
VENDOR = "https://api.vendor.example"
JSON = (("Content-Type", "application/json"),)
CHARGES = (
    Exchange(Request("GET", f"{VENDOR}/v1/charges/ch_1"), Response(200, "OK", JSON, b'{"id": "ch_1"}')),
    Exchange(Request("POST", f"{VENDOR}/v1/charges", JSON, b'{"amount": 500}'), Response(200, "OK", JSON, b"{}")),
)
WAIT_S = 60
SECONDS = re.compile(r"(?<=_in_s\":)[\d.]+")


def steps(block: str) -> list[tuple[str, str]]:
    """Each command of a block, and what is shown of its answer."""
    told = [part.partition("\n") for part in ("\n" + block).split("\n$ ")[1:]]
    return [(command, shown.strip()) for command, _, shown in told]


def test_every_line_works_and_answers_as_shown(tmp_path):
    """One after the other, at one mock; ``...`` stands for what depends on the day, and seconds that pass are not compared."""
    ran = 0
    with Server(Vendor.of(CHARGES), by=state_by("header:X-Test-Id")) as server:
        for block in BLOCKS:
            for command, shown in steps(block):
                assert command.startswith("curl ")
                here = command.replace("localhost:8000", f"127.0.0.1:{server.port}")
                done = subprocess.run(
                    ["bash", "-c", here.replace("curl ", "curl --fail-with-body -sS ", 1)],
                    cwd=tmp_path,
                    capture_output=True,
                    text=True,
                    timeout=WAIT_S,
                    check=False,
                )
                assert done.returncode == 0, (command, done.stdout, done.stderr)
                assert not shown or as_shown(shown, done.stdout), (command, done.stdout)
                ran += 1
            server.reset()
            server.play(())
            server.limit(None)
    assert ran > 30
    with open_tape(tmp_path / "made.yaml") as tape:
        assert [exchange.request.url for exchange in tape] == [f"{VENDOR}/v1/charges/ch_1"]


def as_shown(shown: str, told: str) -> bool:
    """Whether an answer is the one of the document."""
    pattern = re.escape(SECONDS.sub("0", shown)).replace(re.escape("..."), ".+?")
    rounded = SECONDS.sub("0", json.dumps(json.loads(told), separators=(",", ":")))
    return re.fullmatch(pattern, rounded) is not None


def test_every_field_of_a_check_is_told():
    """The table names what ``verify`` takes, and nothing else."""
    from tapehiss.mocks.control_verify import CheckIn

    table = SECTION.split("| field | what it says |")[1]
    named = {name for row in table.split("\n|")[2:] for name in re.findall(r"`(\w+)`", row.split("|")[0])}
    assert named == set(CheckIn.model_fields)
