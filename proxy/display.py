"""What a person sees of a recording: the first lines, the live line, the end table; and what a program is given instead.

The law of this file: numbers in, text out. Nothing here looks at a clock or writes anywhere, and only what has been cleaned is shown.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tapehiss.proxy import pointing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.table import Table

    from tapehiss.cassettes.origins import Origin
    from tapehiss.proxy.settings import Settings
    from tapehiss.proxy.tally import Tally, Totals

ROWS_MAX = 40
"""Endpoints in the end table; the rest is one row."""
_IDENTIFIER = re.compile(
    r"[0-9]+|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|(?=[^0-9]*[0-9])[0-9a-fA-F]{8,}|(?=.*[0-9])[a-zA-Z]{1,8}_[0-9a-zA-Z]{6,}|(?=.*[0-9])[0-9A-Za-z_=-]{16,}",
)
_UNITS = ("kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Line:
    """One endpoint of the end table."""

    method: str
    path: str
    outcomes: tuple[tuple[str, int], ...]
    count: int
    body_bytes: int
    median_s: float
    slowest_s: float


def opening(settings: Settings, here: Origin, *, command: bool) -> list[str]:
    """The first lines: where the recorder listens, what is to be changed in the client, where the tape will be."""
    if settings.to is None:
        lines = [
            f"recording every host through the proxy {here}",
            "the client must use this proxy and trust its certificate authority",
        ]
    else:
        lines = [f"recording {settings.to} at {here}{settings.to.base_path}"]
        if not command:
            lines.append(f"change the client's base URL to {here}{settings.to.base_path}")
            lines += [f"  {name}={value}" for name, value in _base_urls(settings, here).items()]
    name = "<host>" if settings.to is None else settings.to.origin.host.strip("[]")
    lines.append(f"the tape will be {settings.into}/{name}-*.yaml")
    return lines if command else [*lines, "Ctrl-C ends the recording"]


def _base_urls(settings: Settings, here: Origin) -> dict[str, str]:
    assert settings.to is not None
    pointed = pointing.reverse(here, settings.to, {})
    return {
        name: value for name, value in pointed.items() if not name.lower().endswith("_proxy") and name != "TAPEHISS_URL"
    }


def cautions(settings: Settings) -> list[str]:
    """What a person should know before anything is recorded."""
    lines = []
    if not settings.listen.loopback:
        lines.append(
            f"anybody who reaches {settings.listen.host}:{settings.listen.port or '*'} can use this recorder -> listen on 127.0.0.1 unless that is meant"
        )
    if settings.to is not None and pointing.signs(settings.to.origin.host):
        lines.append(
            f"clients of {settings.to.origin.host} sign the host name, the vendor will refuse that -> use --mode regular"
        )
    if settings.upstream_insecure:
        lines.append("the vendor's certificate is not verified (--insecure)")
    return lines


def distrusted(host: str, certificate: str) -> str:
    """The hint for a client that refused our certificate."""
    return f"{host}: a client refused the recorder's certificate -> let it trust {certificate} (tapehiss record --how-to-trust)"


_UNVERIFIED = "certificate verify failed"


def no_tls(host: str, words: str) -> str:
    """The hint for a vendor with which TLS failed, in mitmproxy's words."""
    if _UNVERIFIED in words.lower():
        why = words[words.lower().index(_UNVERIFIED) + len(_UNVERIFIED) :].strip(": .)]") or "unknown authority"
        return f"{host}: the vendor's certificate cannot be verified ({why}) -> --upstream-ca PEM for a private authority, or --insecure"
    return f"{host}: TLS with the vendor failed ({words[:200]}) -> does it speak TLS on that port?"


def live(tally: Tally, elapsed_s: float) -> str:
    """One line that says how it goes."""
    outcomes = " ".join(f"{name}:{count}" for name, count in sorted(tally.outcomes.items()))
    parts = [
        f"{int(elapsed_s) // 60:02d}:{int(elapsed_s) % 60:02d}",
        _counted(tally.exchanges, "exchange") + (f" ({outcomes})" if outcomes else ""),
        f"{tally.open} open",
        f"{size(tally.request_bytes)} up, {size(tally.response_bytes)} down",
        f"{_counted(tally.secrets, 'secret')} taken out",
        f"{tally.queue_exchanges} in the queue",
    ]
    if tally.quarantined:
        parts.append(f"{tally.quarantined} in quarantine")
    if tally.gaps:
        parts.append(_counted(tally.gaps, "gap"))
    return " | ".join(parts)


def closing(tally: Tally) -> list[str]:
    """The last lines: what was recorded, what was not and why, and where it is."""
    lines = [f"{_counted(tally.exchanges, 'exchange')} recorded, {_counted(tally.secrets, 'secret')} taken out"]
    if tally.passed_over:
        lines.append(f"{tally.passed_over} not wanted (--host, --path, --content-type)")
    if tally.quarantined:
        lines.append(
            f"{tally.quarantined} in quarantine: a secret is suspected in what was left -> look with tapehiss tape verify, add a rule to [redaction]"
        )
    lines += [f"gap ({count}): {reason}" for reason, count in sorted(tally.gap_reasons.items())]
    return [*lines, *(f"tape: {path}" for path in tally.paths)]


def endpoints(tally: Tally) -> list[Line]:
    """Endpoints with their identifiers folded, the busiest first."""
    folded: dict[tuple[str, str], list[Totals]] = {}
    hosts = {urlsplit(url).netloc for _, url in tally.endpoints}
    for (method, url), totals in tally.endpoints.items():
        folded.setdefault((method, template(url, host=len(hosts) > 1)), []).append(totals)
    lines = [_line(method, path, group) for (method, path), group in folded.items()]
    return sorted(lines, key=lambda line: (-line.count, line.path, line.method))


def _line(method: str, path: str, group: list[Totals]) -> Line:
    outcomes: dict[str, int] = {}
    for totals in group:
        for name, count in totals.outcomes.items():
            outcomes[name] = outcomes.get(name, 0) + count
    durations = [duration for totals in group for duration in totals.durations_s]
    return Line(
        method,
        path,
        tuple(sorted(outcomes.items())),
        sum(totals.count for totals in group),
        sum(totals.body_bytes for totals in group),
        median(durations) if durations else 0.0,
        max(totals.slowest_s for totals in group),
    )


def template(url: str, *, host: bool) -> str:
    """A path in which what looks like an identifier is ``{}``; with the host in front if there are several."""
    parts = urlsplit(url)
    segments = ("{}" if _IDENTIFIER.fullmatch(segment) else segment for segment in parts.path.split("/"))
    return (parts.netloc if host else "") + ("/".join(segments) or "/")


def table(lines: Iterable[Line]) -> Table:
    """The end table, for ``rich``."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    drawn = Table("method", "path", "outcomes", box=box.SIMPLE, pad_edge=False)
    for column in ("count", "bytes", "median", "slowest"):
        drawn.add_column(column, justify="right")
    listed = list(lines)
    for line in listed[:ROWS_MAX]:
        outcomes = " ".join(f"{name}:{count}" for name, count in line.outcomes)
        drawn.add_row(
            line.method,
            escape(line.path),
            outcomes,
            str(line.count),
            size(line.body_bytes),
            _ms(line.median_s),
            _ms(line.slowest_s),
        )
    if len(listed) > ROWS_MAX:
        rest = listed[ROWS_MAX:]
        drawn.add_row("", f"({len(rest)} more)", "", str(sum(line.count for line in rest)), "", "", "")
    return drawn


def summary(tally: Tally, *, exit_code: int, command: int | None) -> dict[str, Any]:
    """All of it for a program; ``command``: the exit code of the command that was run."""
    return {
        "tapes": list(tally.paths),
        "exchanges": tally.exchanges,
        "durable": tally.durable,
        "outcomes": dict(tally.outcomes),
        "request_bytes": tally.request_bytes,
        "response_bytes": tally.response_bytes,
        "taken_out": dict(tally.taken_out),
        "quarantined": tally.quarantined,
        "passed_over": tally.passed_over,
        "gaps": dict(tally.gap_reasons),
        "tls_refused": dict(tally.tls_refused),
        "endpoints": [{**asdict(line), "outcomes": dict(line.outcomes)} for line in endpoints(tally)],
        "command_exit_code": command,
        "exit_code": exit_code,
    }


def exit_code(*, recorder: int, command: int | None) -> int:
    """The command's own code if it failed, else the recorder's (1: strict, and something is missing)."""
    return command or recorder


def shell_code(returncode: int) -> int:
    """A command's exit code as a shell has it: 128 and the number of the signal that ended it."""
    return 128 - returncode if returncode < 0 else returncode


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def size(count_bytes: int) -> str:
    """``999 B``, ``12.3 kB``, ``4.0 MB``."""
    value, unit = float(count_bytes), "B"
    for larger in _UNITS:
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def environment(
    settings: Settings, here: Origin, trusted: tuple[str, str], environ: Mapping[str, str]
) -> dict[str, str]:
    """The variables for a command; ``trusted``: certificate and bundle of regular mode."""
    if settings.to is None:
        return pointing.regular(here, *trusted)
    return pointing.reverse(here, settings.to, environ)
