"""Mutants of the client's policies: each breaks one promise on purpose, and a test has to notice. Prints who killed whom.

One row is one change of one line; the bugs that were measured in widely used clients are among them. A mutant that lives is a
promise that no test holds: exit code 1. ``python benchmarks/mutants.py R4 breaker`` takes those whose promise or file has one of the words.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
TIMEOUT_S = 60
WHOLE = "tests/promises/test_client_whole.py"
TWICE = "tests/promises/test_client_never_sends_twice.py"
WAITS = "tests/promises/test_client_waits_as_asked.py"
TIME = "tests/promises/test_client_ends_in_time.py"
LIMITS = "tests/promises/test_client_keeps_limits.py"


class Mutant(NamedTuple):
    """One change, the promise that it breaks, and where a test should notice."""

    promise: str
    file: str
    before: str
    after: str
    tests: str


MUTANTS = (
    Mutant("R1 class by status", "classify", "421: Verdict.NOT_PROCESSED", "421: Verdict.DONE", "tests/clients/test_classify.py"),
    Mutant("R1 a 500 is clear", "classify", "Verdict.AMBIGUOUS if outcome.status >= 500", "Verdict.NOT_PROCESSED if outcome.status >= 500", TWICE),
    Mutant("R2 one attempt more", "retry", "len(self.attempts) < self.policy.attempts_max", "len(self.attempts) <= self.policy.attempts_max", TIME),
    Mutant("R3 a negative wait", "contracts/retry_after", "if wait_s >= 0 else 0.0", "if wait_s >= 0 else wait_s", "tests/contracts/test_retry_after.py"),
    Mutant("R3 any digits", "contracts/retry_after", '_SECONDS = re.compile(r"[0-9]+(?:\\.[0-9]*)?", re.ASCII)', '_SECONDS = re.compile(r"\\d+(?:\\.[0-9]*)?")', "tests/contracts/test_retry_after.py"),
    Mutant("R3 a date without its second", "contracts/retry_after", "min(wait_s + 1.0, SECONDS_MAX)", "min(wait_s, SECONDS_MAX)", "tests/contracts/test_retry_after.py"),
    Mutant("R3 measured by our clock", "contracts/retry_after", "now = unix_s if date is None else date", "now = unix_s", "tests/contracts/test_retry_after.py"),
    Mutant("R4 a shorter wait than asked", "retry", "(asked_s or 0.0) + jitter_s", "max(asked_s or 0.0, jitter_s) * 0.9", WAITS),
    Mutant("R4 retried early beyond the cap", "retry", "asked_s > policy.retry_after_max_s or asked_s >= left_s", "asked_s >= left_s", WAITS),
    Mutant("R4 the wait is not told", "retry", "            self._asked_s,\n", "            None,\n", WAITS),
    Mutant("R5 a wait beyond the deadline", "retry", "if wait_s >= left_s:", "if wait_s < 0:", TIME),
    Mutant("R7 doubling without a bound", "retry", "min(failed - 1, DOUBLINGS_MAX)", "(failed - 1)", "tests/clients/test_retry.py"),
    Mutant("R8 no jitter", "retry", "dice.uniform(0.0, min(doubled, policy.backoff_max_s))", "min(doubled, policy.backoff_max_s)", "tests/clients/test_retry.py"),
    Mutant("R9 the vendor's no is not heard", "retry", "harmless and not useless and", "harmless and", "tests/clients/test_retry.py"),
    Mutant("I1 an unclear write is sent again", "retry", "harmless = unprocessed or self.policy.promises.may_get_twice(self.request)", "harmless = True", TWICE),
    Mutant("I1 an empty key is a key", "classify", "any(header(request.headers, name) for name in self.key_headers)", "any(header(request.headers, name) is not None for name in self.key_headers)", "tests/clients/test_classify.py"),
    Mutant("I1 PUT is harmless unasked", "classify", "request.method in READING or request.method in self.idempotent", 'request.method in READING or request.method in {"PUT"} | self.idempotent', TWICE),
    Mutant("I3 one key for all calls", "calling", "(key_header, new_key())", '(key_header, "key")', "tests/clients"),
    Mutant("I4 a key in use is an answer", "classify", " or (outcome.status == KEY_BUSY and promises.keyed(request))", "", "tests/clients/test_classify.py"),
    Mutant("I5 an unclear end is called a failure", "retry", "if unknown and self.request.method not in READING:", "if False:", TWICE),
    Mutant("D1 an attempt longer than the call", "layers", "min(attempt.timeout_s, attempt.left_s)", "attempt.timeout_s", TIME),
    Mutant("D2 sent after the deadline", "layers", "if attempt.left_s <= 0:", "if False:", "tests/clients/test_layers.py"),
    Mutant("G1 the floor counts twice", "budget", "budget.ratio * requests + budget.floor_per_s", "budget.ratio * requests + 2 * budget.floor_per_s", "tests/clients/test_budget.py"),
    Mutant("G1 old requests count", "budget", "sum(each[1] for each in self._slices) - (0 if oldest else self._slices[0][1])", "sum(each[1] for each in self._slices)", "tests/clients/test_budget.py"),
    Mutant("G2 not charged", "budget", "current[2] += 1", "current[2] += 0", "tests/clients/test_budget.py"),
    Mutant("G3 no budget is asked", "retry", "if budget is not None and not budget.spend(last.at):", "if False:", "tests/clients/test_retry.py"),
    Mutant("B1 half open lets all through", "breaker", "if len(probes) >= policy.probes_max:", "if False:", "tests/clients/test_breaker.py"),
    Mutant("B2 half the rest", "breaker", "now - circuit.since >= policy.reset_s", "now - circuit.since >= policy.reset_s / 2", "tests/clients/test_breaker.py"),
    Mutant("B3 no permit comes back", "breaker", "if each != permit", "if True", "tests/clients/test_breaker.py"),
    Mutant("B4 a lost probe is waited for", "breaker", "if each.until > now)\n    if len(probes)", "if True)\n    if len(probes)", "tests/clients/test_breaker.py"),
    Mutant("B5 a 4xx is a failure", "breaker", "Sign.SUCCEEDED if outcome.status < 400 else Sign.NOTHING", "Sign.SUCCEEDED if outcome.status < 400 else Sign.FAILED", "tests/clients/test_breaker.py"),
    Mutant("B5 late news counts", "breaker", "if permit.era != circuit.era:", "if False:", "tests/clients/test_breaker.py"),
    Mutant("B7 one scope for all", "breaker", 'return urlsplit(request.url).netloc, "reads" if request.method in READING else "writes"', 'return ("all",)', "tests/clients/test_breaker.py"),
    Mutant("B rare failures open it", "breaker", "failed >= policy.share * len(recent)", "failed >= 5", "tests/clients/test_breaker.py"),
    Mutant("D3 a cancelled call is a failure", "breaker", "sign, at = Sign.NOTHING, attempt.now", "sign, at = Sign.FAILED, attempt.now", "tests/clients/test_breaker.py"),
    Mutant("T1 nothing is reserved", "limiter", "                meter.begins(place.cost)\n", "                meter.begins(0.0)\n", LIMITS),
    Mutant("T1 a window from the sending", "meters", "entry[1] + self._limit.window_s - now", "entry[1] + 0.9 * self._limit.window_s - now", "tests/clients/test_meters.py"),
    Mutant("T1 a window that is over early", "meters", "self._ended[0][1] + self._limit.window_s <= now", "self._ended[0][1] + 0.9 * self._limit.window_s <= now", LIMITS),
    Mutant("T1 a bucket without a bottom", "meters", "max(self._missing - (now - self._at) * self._limit.rate_per_s, 0.0)", "self._missing - (now - self._at) * self._limit.rate_per_s", "tests/clients/test_meters.py"),
    Mutant("T2 who waits is overtaken", "limiter", "need = place.cost + (sum(each.cost for _, each in self._queue[:before]) if before else 0.0)", "need = place.cost", "tests/clients/test_limiter.py"),
    Mutant("T2 priorities are not looked at", "limiter", "_Place((priority, self._count), cost)", "_Place((0, self._count), cost)", "tests/clients/test_limiter.py"),
    Mutant("T3 what never fits waits", "limiter", "if cost > smallest:", "if False:", "tests/clients/test_limiter.py"),
    Mutant("T4 nobody is woken", "limiter", "if self._queue and (signal := self._queue[0][1].moved) is not None:", "if (signal := None) is not None:", "tests/clients/test_limiter.py"),
    Mutant("T6 hints loosen", "hints", "Hint(min(known.left, told.left), known.until)", "told", "tests/clients/test_hints.py"),
    Mutant("T6 hints never expire", "hints", "if known is None or known.until <= now:", "if known is None:", "tests/clients/test_hints.py"),
    Mutant("T7 the mildest limit holds", "limiter", "return max(waits, default=0.0)", "return min(waits, default=0.0)", LIMITS),
    Mutant("T8 a cancelled call keeps its place", "limiter", "self._lost.append(place.cost)", "pass", "tests/clients/test_limiter.py"),
    Mutant("T8 a cancelled waiter stays", "limiter", "            behind = self._dequeue(place)\n", "            behind = None\n", "tests/clients/test_limiter.py"),
    Mutant("A1 everybody asks for a token", "oauth", "flight, leads = self._flight or _Flight(), self._flight is None", "flight, leads = self._flight or _Flight(), True", "tests/clients/test_oauth.py"),
    Mutant("A1 errors are not shared", "oauth", "            flight.error = error\n", "", "tests/clients/test_oauth.py"),
    Mutant("A2 a spent token is sent again", "oauth", "if self._spent:", "if False:", "tests/clients/test_oauth.py"),
    Mutant("A3 an endless loop of renewals", "oauth", "if renewed or not turned_down(tried)", "if not turned_down(tried)", "tests/clients/test_oauth.py"),
    Mutant("A4 a good token is thrown away", "oauth", "if now - self._issued_at < FRESH_S:", "if False:", "tests/clients/test_oauth.py"),
    Mutant("A5 a token for every call", "tokens", "min(margin_s, token.life_s / 2)", "margin_s", "tests/clients/test_oauth.py"),
    Mutant("A6 keys in a circle", "signing", "if not turned_down(tried) or len(tried_before) == len(self.secrets):", "if not turned_down(tried):", "tests/clients/test_signing.py"),
    Mutant("P1 the id 0 is no id", "paging", 'if told is None or told == "" or isinstance(told, bool):', "if not told:", "tests/clients/test_paging.py"),
    Mutant("P2 a place forgets what was taken", "paging", "return items[self.place.taken :], self._next", "return items, self._next", "tests/clients/test_paging.py"),
    Mutant("P3 a circle", "paging", "if self._seen.get(asked) == came or", "if", "tests/clients/test_paging.py"),
    Mutant("P3 a cursor that stays is a circle", "paging", "if self._seen.get(asked) == came or", "if asked in self._seen or", "tests/clients/test_paging.py"),
    Mutant("P4 an empty page is the end", "paging", "            items, then = trail.read(self._fetch(*trail.asked(self._params)))\n", "            items, then = trail.read(self._fetch(*trail.asked(self._params)))\n            then = then if items else None\n", "tests/clients/test_paging.py"),
    Mutant("P5 any origin will do", "paging", "        if not same_origin(there, answer.request.url):\n", "        if False:\n", "tests/clients/test_paging.py"),
    Mutant("U1 a file as a body", "calling", "if not isinstance(content, bytes | bytearray | memoryview):", "if False:", "tests/clients/test_calling.py"),
    Mutant("V1 a short body is whole", "completeness", "if lengths and lengths != {str(len(response.body))}:", "if False:", "tests/clients/test_completeness.py"),
    Mutant("V1 a body without an end is whole", "completeness", 'return "" if has_end(response) else "nothing says where the body ends"', 'return ""', "tests/clients/test_completeness.py"),
    Mutant("V2 the contract is not asked", "validation", "    if not wrong:\n", "    if True:\n", "tests/clients/test_validation.py"),
    Mutant("V4 any end is the end", "events", 'return "the stream stopped before its last event"', 'return ""', "tests/clients/test_events.py"),
    Mutant("V4 half an event is none", "events", 'return "the stream stopped inside an event" if half else ""', 'return ""', "tests/clients/test_events.py"),
    Mutant("D1 a stream without a deadline", "httpx_adapter", 'yield Stream(answer, opened[-1], now + asked.get("deadline_s", float("inf")))', "yield Stream(answer, opened[-1])", "tests/clients/test_httpx_stream.py"),
    Mutant("D4 a stream keeps its connection", "httpx_adapter", "                response.close()\n", "                pass\n", "tests/clients/test_httpx_stream.py"),
    Mutant("V5 two members of one name", "answer", "len(made) < len(pairs)", "False", "tests/clients/test_answer.py"),
    Mutant("E1 a store's exception escapes", "oauth", "        except Exception as error:  # noqa: BLE001 (see above)\n            return f", "        except ZeroDivisionError as error:\n            return f", "tests/clients/test_oauth.py"),
    Mutant("E3 an error loses its log", "errors", "tuple(getattr(self, each.name) for each in fields(self))", "(self.what,)", WHOLE),
    Mutant("L1 the query is told", "errors", "parts.netloc.rpartition('@')[2]}{parts.path}\"", "parts.netloc.rpartition('@')[2]}{parts.path}{parts.query}\"", WHOLE),
    Mutant("L1 an answer tells its request", "answer", 'return f"<Answer {self.status} {place(self.request)}>"', 'return f"<Answer {self.status} {self.request}>"', WHOLE),
    Mutant("L2 attempts are not numbered", "retry", "where, len(self.attempts), attempt.status", "where, 1, attempt.status", WHOLE),
    Mutant("S1 the async driver forgets to sleep", "drivers", "await sleep(effect.wait_s)", "await sleep(0.0)", WHOLE),
    Mutant("W1 unsigned webhooks are handled", "webhooks", "        verify(receiver.ring, headers, body, unix_s, tolerance_s=receiver.tolerance_s)\n", "", "tests/clients/test_webhooks.py"),
    Mutant("W1 a header that stands twice", "contracts/webhook_signatures", "if len(values) != 1:", "if not values:", "tests/contracts/test_webhook_signatures.py"),
    Mutant("W2 one secret only", "contracts/webhook_signatures", "for ours in made for theirs in given", "for ours in made[:1] for theirs in given", "tests/contracts/test_webhook_signatures.py"),
    Mutant("W2 the first signature only", "contracts/webhook_signatures", "for ours in made for theirs in given", "for ours in made for theirs in given[:1]", "tests/contracts/test_webhook_signatures.py"),
    Mutant("W3 the future is believed", "contracts/webhook_signatures", "abs(ahead_s) > tolerance_s", "-ahead_s > tolerance_s", "tests/contracts/test_webhook_signatures.py"),
    Mutant("W3 a time that only we can read", "contracts/webhook_styles", '"[0-9]{1,12}", re.ASCII', '"[0-9.]{1,12}"', "tests/contracts/test_webhook_styles.py"),
    Mutant("W4 duplicates are handled", "webhook_inbox", "INSERT OR IGNORE", "INSERT OR REPLACE", "tests/clients/test_webhook_inbox.py"),
    Mutant("W4 the mark comes before the effect", "webhook_inbox", "                handle(self._db)\n", '                self._db.executescript("COMMIT; BEGIN IMMEDIATE")\n                handle(self._db)\n', "tests/clients/test_webhook_inbox.py"),
    Mutant("W4 2xx before it is durable", "webhooks", 'return refusal(failures[0]) if failures else Response(204, "No Content")', 'return Response(204, "No Content")', "tests/clients/test_webhooks.py"),
    Mutant("W5 signed once for all attempts", "webhook_sending", "unix_s = (yield Sleep(pause_s)).unix_s", "yield Sleep(pause_s)", "tests/clients/test_webhook_sending.py"),
    Mutant("W6 Retry-After is not heard", "contracts/webhook_retries", ", asked_s or 0.0)", ", 0.0)", "tests/contracts/test_webhook_retries.py"),
    Mutant("W6 410 disables nothing", "httpx_webhooks", "self.disabled or delivery.fate is Fate.GONE", "self.disabled", "tests/clients/test_httpx_webhooks.py"),
)  # fmt: skip


def killer(mutant: Mutant, folder: Path) -> str:
    """The first test that fails on it; empty when all pass."""
    rooms = folder / "tapehiss"
    rooms.mkdir(parents=True)
    room, _, name = mutant.file.rpartition("/")
    for link in (ROOT / ".import" / "tapehiss").iterdir():
        if link.name != (room or "clients"):
            (rooms / link.name).symlink_to(link.resolve())
    shutil.copytree(
        ROOT / (room or "clients"), rooms / (room or "clients"), ignore=shutil.ignore_patterns("__pycache__")
    )
    file = rooms / (room or "clients") / f"{name}.py"
    source = file.read_text()
    if source.count(mutant.before) != 1:
        raise SystemExit(
            f"{mutant.promise}: the line to change is {source.count(mutant.before)} times in {mutant.file}.py"
        )
    file.write_text(source.replace(mutant.before, mutant.after))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        f"pythonpath={folder} tests",
        *mutant.tests.split(),
    ]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "examples")}
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return failed[1].rpartition("::")[2] if failed else "" if done.returncode == 0 else f"exit code {done.returncode}"


def judged(mutant: Mutant) -> tuple[Mutant, str, float]:
    """The mutant, who killed it, and how long that took."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            who = killer(mutant, Path(folder))
        except subprocess.TimeoutExpired:
            who = "it never ends"
    return mutant, who, time.monotonic() - began


def main(words: list[str]) -> int:
    """Try them, a few at a time."""
    chosen = [each for each in MUTANTS if not words or any(word in f"{each.promise} {each.file}" for word in words)]
    alive = []
    print(f"{'promise broken':42} {'file':22} {'s':>5}  killed by")
    with ThreadPoolExecutor(WORKERS) as pool:
        for mutant, who, took_s in pool.map(judged, chosen):
            print(f"{mutant.promise:42} {mutant.file:22} {took_s:5.1f}  {who or '*** it lives ***'}", flush=True)
            alive += [] if who else [mutant]
    print(f"{len(chosen) - len(alive)} of {len(chosen)} mutants killed")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
