"""Every recording below a folder replayed in order against its own mock: is every answer the recorded one?

    python benchmarks/fidelity.py DIR [VENDOR...]     (part of make corpus CORPUS=DIR)

The first folder below DIR is taken for the vendor. Each recording is redacted, a mock is made of it, and its requests are asked again in
recorded order, twice: as they are on the tape, and as the client sent them (with the credentials that redaction took out of the tape). What is
held, with its target:

    tape      same status and same decoded body, or the same ending without an answer      at least 99.5 %
    client    the same, asked as the client asked                                          at least 99.5 %
    socket    the same over a real socket, for a sample of the recordings                  at least 99.5 %

Everything else is told by its cause. Over the socket the mock's URLs stand in place of the vendor's, so the recorded body is compared
after the same change.

Exit code: 0 all targets met, 1 one is missed, 2 there is nothing to replay.
"""

from __future__ import annotations

import argparse
import socket
import sys
import zlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from recordings import by_vendor, exchanges

from tapehiss.cassettes.coding import decode
from tapehiss.cassettes.exchange import Ending, header
from tapehiss.cassettes.redaction import Quarantined, Redactor, load_rules
from tapehiss.mocks.index import playable
from tapehiss.mocks.keys import split_url
from tapehiss.mocks.links import HOST_SEGMENT, here_of, to_client
from tapehiss.mocks.outcome import MATCH_HEADER, Rung
from tapehiss.mocks.playing import without_body
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import State, Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
    from tapehiss.mocks.outcome import Outcome

SAME_MIN = 0.995
CAUSES_SHOWN = 40
PLACES_SHOWN = 3
SAMPLED_OF = 25
"""One recording in so many is asked over a socket, chosen by its name."""
SOCKET_TIMEOUT_S = 5.0
BODY_MAX_BYTES = 256 * 1024 * 1024
WAYS = ("tape", "client", "socket")
SAME = ""


@dataclass
class Result:
    """What became of one vendor."""

    vendor: str
    recordings: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    """Way to how many requests were asked."""
    same: Counter[str] = field(default_factory=Counter)
    rungs: Counter[str] = field(default_factory=Counter)
    """How the requests of the client matched."""
    causes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Way and cause to where it was seen."""

    def note(self, way: str, cause: str, place: str) -> None:
        """One request: the same answer, or a cause why not."""
        self.asked[way] += 1
        self.same[way] += cause == SAME
        if cause != SAME:
            self.causes.setdefault((way, cause), []).append(place)


# --- one vendor -------------------------------------------------------------------------------------------------------


def measured(root: Path, vendor: str, paths: list[Path]) -> Result:
    """All recordings of one vendor."""
    result = Result(vendor)
    redactor = Redactor(load_rules(None, {}), key=b"fidelity")
    for path in paths:
        for name, group in groupby(exchanges(path, root), key=itemgetter(0)):
            raw = sorted((each for _, each in group), key=lambda one: one.started_at)
            for each in raw:
                redactor.clean(each)
            pairs = [(each, clean) for each in raw if not isinstance(clean := redactor.clean(each), Quarantined)]
            replayed(name, [pair for pair in pairs if playable(pair[1])], result)
    return result


def replayed(name: str, pairs: list[tuple[Exchange, Clean]], result: Result) -> None:
    """One recording, asked in every way."""
    if not pairs:
        return
    result.recordings += 1
    vendor = Vendor.of([clean for _, clean in pairs])
    for way, number in (("tape", 1), ("client", 0)):
        state = State()
        for at, pair in enumerate(pairs):
            state, outcome, _ = vendor.answer(state, pair[number].request, float(at))
            result.note(way, cause(outcome, at, vendor), f"{name} #{at}")
            result.rungs[outcome.rung.value] += way == "client"
    if zlib.crc32(name.encode()) % SAMPLED_OF == 0:
        over_socket(name, vendor, result)


def cause(outcome: Outcome, at: int, vendor: Vendor) -> str:
    """Why an answer is not the recorded one; empty if it is."""
    recorded = vendor.index.recordings[at]
    told = outcome.response
    if recorded.response is None or told is None:
        return SAME if told is recorded.response and outcome.ending is recorded.ending else _why(outcome, at, recorded)
    cut = None if outcome.body_bytes is None else outcome.body_bytes
    wanted = expected(recorded)
    same = (told.status, told.body[:cut]) == (wanted.status, wanted.body)
    return SAME if same else _why(outcome, at, recorded)


def expected(recorded: Exchange) -> Response:
    """What a client may expect: an answer to HEAD has no body, whatever was put on the tape."""
    assert recorded.response is not None
    return without_body(recorded.response) if recorded.request.method == "HEAD" else recorded.response


def _why(outcome: Outcome, at: int, recorded: Exchange) -> str:
    reasons = {
        "a WebSocket conversation is not replayed": bool(recorded.messages),
        "the tape has only the beginning of the body": recorded.response is not None and recorded.response.cut,
        "an interim response is not replayed alone": recorded.response is not None and recorded.response.status < 200,
        "no recording matches": outcome.rung is Rung.MISS,
        f"the idempotency key was known: {outcome.repeat}": outcome.repeat is not None,
        f"another recording was played ({outcome.rung})": outcome.recording != at,
        "the answer has the client's identifiers in it": outcome.personal,
    }
    return next((reason for reason, holds in reasons.items() if holds), f"changed ({outcome.rung})")


# --- over a socket ----------------------------------------------------------------------------------------------------


def over_socket(name: str, vendor: Vendor, result: Result) -> None:
    """One recording over a real socket; each request on a connection of its own."""
    with Server(vendor) as server:
        here = here_of(f"127.0.0.1:{server.port}")
        for at, recorded in enumerate(vendor.index.recordings):
            if not sendable(recorded.request):
                continue
            told = received(server.port, recorded.request, several=len(vendor.index.hosts) > 1)
            result.note("socket", wire_cause(told, recorded, here, vendor), f"{name} #{at}")


def sendable(request: Request) -> bool:
    """Whether this client can ask so: an ASCII target without spaces, a method that is no tunnel."""
    target = split_url(request.url).target
    return target.isascii() and target.isprintable() and " " not in target and request.method != "CONNECT"


def received(port: int, request: Request, *, several: bool) -> tuple[int, bytes, str] | None:
    """Status, decoded body and rung; ``None`` if no answer came."""
    authority, target, _ = split_url(request.url)
    place = f"/{HOST_SEGMENT}/{authority}{target}" if several else target
    with closing(HTTPConnection("127.0.0.1", port, timeout=SOCKET_TIMEOUT_S)) as connection:
        try:
            connection.putrequest(request.method, place, skip_accept_encoding=True)
            for key, value in _headers(request):
                connection.putheader(key, value.encode("latin-1"))
            connection.endheaders(request.body or None)
            answer = connection.getresponse()
            body = answer.read()
        except (HTTPException, ConnectionError, socket.timeout):  # noqa: UP041 (alike from 3.10 on, said for the reader)
            return None
        headers = tuple(answer.getheaders())
        return answer.status, decode(headers, body, limit_bytes=BODY_MAX_BYTES)[0], answer.headers[MATCH_HEADER] or ""


_MADE_ANEW = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect", "content-encoding"})


def _headers(request: Request) -> Iterator[tuple[str, str]]:
    """The recorded headers, with a length that is true of the body on the tape."""
    for name, value in request.headers:
        if name.lower() not in _MADE_ANEW and name.isascii() and not {"\r", "\n"} & set(value):
            yield name, value
    yield "Content-Length", str(len(request.body))


def wire_cause(told: tuple[int, bytes, str] | None, recorded: Exchange, here: object, vendor: Vendor) -> str:
    """Why an answer from a socket is not the recorded one; empty if it is."""
    if told is None:
        answered = recorded.response is not None and recorded.ending is Ending.COMPLETE
        return "no answer came" if answered else SAME
    if recorded.response is None:
        return "an answer came where none was recorded"
    others = vendor.index.origins if len(vendor.index.origins) > 1 else ()
    below = (HOST_SEGMENT, split_url(recorded.request.url).authority) if len(vendor.index.hosts) > 1 else ()
    wanted = to_client(expected(recorded), recorded, here, others, below)  # type: ignore[arg-type]
    if (told[0], told[1]) == (wanted.status, wanted.body):
        return SAME
    if recorded.messages or recorded.response.cut is not None:
        return "a WebSocket conversation, or only the beginning of a body"
    what = "status" if told[0] != wanted.status else "body"
    return f"another {what} ({told[2] or 'no recording'}; {header(wanted.headers, 'content-type')})"


# --- telling ----------------------------------------------------------------------------------------------------------


def told(results: list[Result]) -> int:
    """The tables, and whether every target is met."""
    total = Result("TOTAL")
    for one in results:
        total.recordings += one.recordings
        total.asked += one.asked
        total.same += one.same
        total.rungs += one.rungs
        for key, places in one.causes.items():
            total.causes.setdefault(key, []).extend(places)
    print(f"{'vendor':24}{'recordings':>11}{'requests':>10}" + "".join(f"{way:>10}" for way in WAYS))
    for one in [*results, total]:
        print(f"{one.vendor:24}{one.recordings:11}{one.asked['tape']:10}" + "".join(_share(one, way) for way in WAYS))
    print("matched as the client asked: " + ", ".join(f"{count} {rung}" for rung, count in total.rungs.most_common()))
    causes = sorted(total.causes.items(), key=lambda item: (WAYS.index(item[0][0]), -len(item[1])))
    for (way, reason), places in causes[:CAUSES_SHOWN]:
        print(f"{way:8}{len(places):6} x {reason}: {', '.join(places[:PLACES_SHOWN])}")
    met = True
    for way in WAYS:
        share = total.same[way] / max(total.asked[way], 1)
        met &= share >= SAME_MIN
        verdict = "met" if share >= SAME_MIN else "MISSED"
        print(f"{way:8}{share:9.3%} of {total.asked[way]:6}   target at least {SAME_MIN:.1%}   {verdict}")
    if not total.asked["tape"]:
        return 2
    return 0 if met else 1


def _share(one: Result, way: str) -> str:
    asked = one.asked[way]
    return f"{one.same[way] / asked:10.2%}" if asked else f"{'-':>10}"


def main() -> int:
    """Measure the folder that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("vendors", nargs="*", help="only these")
    given = parser.parse_args()
    root = given.folder.resolve()
    chosen = by_vendor(root, given.vendors)
    with ProcessPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(measured, [root] * len(chosen), chosen, chosen.values()))
    return told([one for one in results if one.recordings])


if __name__ == "__main__":
    sys.exit(main())
