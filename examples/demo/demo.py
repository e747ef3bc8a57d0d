"""``make demo``: one real server, one real SDK, and the whole road once.

Record a shop on the Stripe SDK against localstripe; look at the tape; infer the contract; switch the server off and replay to
the same shop; then let the mock misbehave, and ask whether the shop would have charged twice.

``python demo.py PYTHON``: PYTHON is the interpreter of an environment with localstripe and stripe (locks/demo.txt).
"""

from __future__ import annotations

import json
import secrets
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from account import attempts, charges, story
from processes import Died, free_port, output_of, running
from stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
WORK = Path("tapes") / "demo"
SHOP = HERE / "shop.py"
KEY = "sk_" + "test_" + secrets.token_hex(16)
LIMIT_S = 60.0
TAPEHISS = [sys.executable, "-m", "tapehiss.cli"]


@dataclass(frozen=True)
class Weather:
    """An outage, the shop's work in it, and what one would like to know."""

    question: str
    fault: str
    work: str = "sell"
    latency: str = ""

    @property
    def short(self) -> str:
        """The faults without the operation."""
        return self.fault.partition(" on=")[0] + (f", {self.latency}" if self.latency else "")


PAY = "on=POST /v1/payment_intents"
TOO_MANY = '{"error": {"type": "invalid_request_error", "message": "Too many requests", "code": "rate_limit"}}'
WEATHERS = (
    Weather("Slow, and overloaded for a moment: does the SDK come back?", f"503 first=2 {PAY}", latency="latency=0.2"),
    Weather("Rate limited: does it wait as long as it was told?", f"429 retry-after=2 first=1 {PAY} body={TOO_MANY}"),
    Weather("The answer to a payment is lost: is it sent again, and safely?", f"lose first=1 {PAY}"),
    Weather("It is lost three times, and the shop calls the SDK again:", f"lose first=3 {PAY}", "insist"),
    Weather("The same, with an idempotency key of the shop's own:", f"lose first=3 {PAY}", "insist-safely"),
)


def last_line(text: str) -> list[object] | str:
    """What the shop printed."""
    found: list[object] | str = json.loads(text.strip().split("\n")[-1])
    return found


def record(stage: Stage, python: Path) -> tuple[object, dict[str, object]]:
    """The shop works for a day against the real server, through the recorder; the server then ends."""
    port = free_port()
    ask = "import importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in ('stripe', 'localstripe')), sep=' against ')"
    stage.section("Record: a shop on the Stripe SDK, and a payments server that somebody else wrote")
    stage.say(f"{output_of([python, '-c', ask], {}, LIMIT_S).strip()}, both from PyPI and unmodified")
    stage.typed("record --to", f"http://127.0.0.1:{port} --into {WORK / 'day'} -- python shop.py {{url}}")
    command = [*TAPEHISS, "record", "--to", f"http://127.0.0.1:{port}", "--into", WORK / "day", "--strict", "--quiet"]
    command += ["--json", "--", python, SHOP, "{url}"]
    with running([python, HERE / "server.py", port], port, WORK / "server.log"):
        said = output_of(command, {"SHOP_STRIPE_KEY": KEY}, LIMIT_S)
    shop, summary = said.strip().split("\n")[-2:]
    told = json.loads(summary)
    stage.say(f"{told['exchanges']} exchanges recorded; the shop saw {len(json.loads(shop))} results")
    return json.loads(shop), told


def columns(*command: object) -> list[list[str]]:
    """The table that a verb prints into a pipe: a line for each row, columns between tabs."""
    text = output_of([*TAPEHISS, *command], {}, LIMIT_S)
    return [[cell.strip() for cell in line.split("\t")] for line in text.rstrip().split("\n")]


def show_tape(stage: Stage, told: dict[str, object]) -> None:
    """The tape, and that no secret is in it."""
    stage.section("The tape")
    stage.typed("tape ls", WORK / "day")
    rows = [(*row[2:6], "/v1" + row[7].partition("/v1")[2]) for row in columns("tape", "ls", WORK / "day")]
    stage.table(("method", "status", "size", "took", "asked for"), rows, 6)
    taken = told["taken_out"]
    assert isinstance(taken, dict)
    rules = ", ".join(f"{count} × {rule}" for rule, count in sorted(taken.items()))
    stage.say(f"taken out by redaction: [bold]{sum(taken.values())} values[/] ({rules})")
    tapes = sorted((WORK / "day").rglob("*.yaml"))
    found = {name: sum(tape.read_text().count(value) for tape in tapes) for name, value in known().items()}
    stage.say(
        "looked for in its bytes: " + ", ".join(f"{name} [bold]{count} times[/]" for name, count in found.items())
    )
    if any(found.values()):
        raise Died("a secret is on the tape")
    stage.typed("tape verify", WORK / "day")
    stage.say(output_of([*TAPEHISS, "tape", "verify", WORK / "day"], {}, LIMIT_S).strip())


def known() -> dict[str, str]:
    """The secrets that this demo knows of, because they are its own."""
    return {"the shop's API key": KEY, "the card number": "4242" * 4}


def show_contract(stage: Stage) -> None:
    """What the tape proves about the server."""
    place = WORK / "openapi.json"
    stage.section("The contract that the tape proves")
    stage.typed("infer", WORK / "day", "--openapi", place)
    rows = columns("infer", WORK / "day", "--openapi", place)
    told = [[*row[0].partition(" ")[::2], *row[1:4]] for row in rows]
    shown = [[method, "/v1" + url.partition("/v1")[2], *rest] for method, url, *rest in told]
    stage.table(("method", "operation", "answers", "seen", "facts"), shown)
    document = json.loads(place.read_text())
    answer = document["paths"]["/v1/customers"]["post"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    if "$ref" in schema:  # a shape that several answers share
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    fields = schema["properties"]
    told = [
        f"{name} {fields[name]['type']} ({fields[name]['x-tapehiss']['seen']} of {fields[name]['x-tapehiss']['of']})"
        for name in ("id", "created", "livemode", "email", "phone")
    ]
    stage.say(f"a new customer: {', '.join(told)}, and {len(fields) - len(told)} fields more")


def replay(stage: Stage, python: Path, recorded: object) -> None:
    """The same shop against the mock."""
    port = free_port()
    stage.section("The server is switched off: the mock answers the same shop")
    stage.typed("serve", WORK / "day")
    began = time.monotonic()
    with running([*TAPEHISS, "serve", WORK / "day", "--listen", f"127.0.0.1:{port}"], port, WORK / "mock.log"):
        said = output_of([python, SHOP, f"http://127.0.0.1:{port}"], {"SHOP_STRIPE_KEY": KEY}, LIMIT_S)
    replayed = last_line(said)
    assert isinstance(recorded, list)
    equal = sum(was == now for was, now in zip(recorded, replayed, strict=True))
    stage.say(f"[bold green]{equal} of {len(recorded)} results equal[/], in {time.monotonic() - began:.1f} s")
    if equal != len(recorded):
        raise Died("the replay is not equal to the recording")


def endure(stage: Stage, python: Path) -> Iterator[tuple[Weather, str, str, int]]:
    """The shop sells in each weather; a recorder between it and the mock writes down what it did."""
    stage.section("The mock misbehaves: would the customer be charged twice?")
    stage.typed("serve", WORK / "day", "--fault '503 first=2 on=POST /v1/payment_intents'", "# and so on")
    for number, weather in enumerate(WEATHERS):
        port, place = free_port(), WORK / f"weather-{number + 1}"
        serve = [*TAPEHISS, "serve", WORK / "day", "--listen", f"127.0.0.1:{port}", "--fault", weather.fault]
        serve += ["--fault", weather.latency] if weather.latency else []
        command = [*TAPEHISS, "record", "--to", f"http://127.0.0.1:{port}", "--into", place, "--quiet", "--"]
        with running(serve, port, WORK / "mock.log"):
            said = output_of([*command, python, SHOP, "{url}", weather.work], {"SHOP_STRIPE_KEY": KEY}, LIMIT_S)
            count = charged(port)
        tried = attempts(taped(place))
        result = last_line(said)
        stage.say(f"[bold]{weather.question}[/] [dim]({weather.short})[/]")
        stage.say(f"  {story(tried)}")
        colour = "red" if count > 1 else "green"
        stage.say(f"  the shop got {result!r}; the customer was charged [{colour}]{count} ×[/]")
        if count > charges(tried):
            raise Died("the mock carried out more payments than the tape could show")
        yield weather, str(result), str(len(tried)), count


def charged(port: int) -> int:
    """How many payments the mock carried out: from its ledger of effects."""
    with urlopen(f"http://127.0.0.1:{port}/_tapehiss/effects", timeout=LIMIT_S) as answer:
        return sum(each["carried_out"] for each in json.load(answer) if each["operation"] == PAY.removeprefix("on="))


def taped(folder: Path) -> list[object]:
    """The exchanges of all tapes in a folder."""
    from tapehiss.cassettes.tape import open_tapes

    found = []
    for tape in open_tapes([folder]):
        with tape:
            found += list(tape)
    return found


def conclude(stage: Stage, outages: list[tuple[Weather, str, str, int]]) -> None:
    """The account of all, and where things are."""
    stage.section("What was learnt")
    rows = [(weather.short, weather.work, count, result, f"{charged} ×") for weather, result, count, charged in outages]
    stage.table(("POST /v1/payment_intents", "the shop", "attempts", "and got", "charged"), rows)
    lessons(stage, outages)
    stage.say(f"\n   tapes, contract and logs: [bold]{WORK}/[/]   ({stage.elapsed_s:.0f} s)")


def lessons(stage: Stage, outages: list[tuple[Weather, str, str, int]]) -> None:
    """What a person would take home, as far as it happened."""
    for weather, result, count, charged in outages:
        if weather.fault.startswith("429") and count == "1":
            stage.say(
                f"[bold yellow]not retried:[/] a 429 ends in {result} at once, however long Retry-After asks to wait"
            )
        if charged > 1:
            stage.say(f"[bold red]charged {charged} times:[/] calling the SDK again makes a new key: another payment")
        if charged == 1 and weather.work == "insist-safely":
            stage.say("[bold green]the cure:[/] an idempotency key made from the order: both calls are one payment")


def main() -> int:
    """The whole road; 0 if it was walked to its end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    python, stage = Path(sys.argv[1]).absolute(), Stage()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    try:
        recorded, told = record(stage, python)
        show_tape(stage, told)
        show_contract(stage)
        replay(stage, python, recorded)
        conclude(stage, list(endure(stage, python)))
    except (Died, OSError) as error:
        stage.console.print(f"demo: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        stage.console.print("\ninterrupted: everything that was started has been stopped")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
