"""Idempotency, caching and latency as facts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.contracts.conduct import Conduct, Sign
from tapehiss.contracts.grouping import each_conduct, fact, total
from tapehiss.contracts.latency import quantile_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.contracts.facts import Argument, Fact
    from tapehiss.contracts.grouping import Origin

QUANTILES = (0.5, 0.9, 0.99)


def idempotency(origins: Iterable[Origin]) -> Iterator[Fact]:
    """Keys that were sent, whether the answer repeats them, and how it marks a replay."""
    for origin, line, conduct in each_conduct(origins):
        yield from _keys(conduct, line, origin)


def _keys(conduct: Conduct, line: str, origin: str) -> Iterator[Fact]:
    unsafe = total(conduct.topic("unsafe").values()).count
    keys: dict[tuple[str, str], Sign] = {}
    for (place, name, _), sign in conduct.topic("idempotency", "key").items():
        keys[place, name] = keys.get((place, name), Sign()) + sign
    for (place, name), sign in sorted(keys.items()):
        echo = conduct.topic("idempotency", "echo").get((name,), Sign()).count
        told: dict[str, Argument] = {"origin": origin, "in": place, "name": unquote(name), "echoed": echo or None}
        yield fact(
            "idempotency",
            "key",
            sign,
            unsafe,
            f"{place} {unquote(name)} makes a request safe to repeat",
            operation=line,
            arguments=told,
        )
    markers = conduct.topic("idempotency", "marker")
    for name in sorted({name for name, _ in markers}):
        signs = {value: sign for (each, value), sign in markers.items() if each == name}
        told = {"origin": origin, "header": unquote(name), "values": tuple(sorted(signs))}
        yield fact(
            "idempotency",
            "marker",
            total(signs.values()),
            unsafe,
            f"the answer's {unquote(name)} tells of a replay",
            operation=line,
            arguments=told,
        )


def caching(origins: Iterable[Origin]) -> Iterator[Fact]:
    """Validators and freshness of successful reads, and what conditional requests were answered."""
    for origin, line, conduct in each_conduct(origins):
        yield from _validators(conduct, line, origin)


def _validators(conduct: Conduct, line: str, origin: str) -> Iterator[Fact]:
    of = total(sign for words, sign in conduct.topic("caching").items() if words == ("answers",)).count
    for words, sign in sorted(conduct.topic("caching").items()):
        if words != ("answers",):
            told: dict[str, Argument] = {"origin": origin, "value": words[-1]}
            yield fact("caching", words[0], sign, of, _carried(words), operation=line, arguments=told)
    ages = conduct.topic("max-age")
    if ages:
        least, most = min(int(age) for (age,) in ages), max(int(age) for (age,) in ages)
        told = {"origin": origin, "age_min_s": least, "age_max_s": most}
        yield fact(
            "caching",
            "max-age",
            total(ages.values()),
            of,
            f"fresh for {least if least == most else f'{least} to {most}'} s",
            operation=line,
            arguments=told,
        )
    asked = conduct.topic("conditional")
    for (name, status), sign in sorted(asked.items()):
        of = total(each for (other, _), each in asked.items() if other == name).count
        told = {"origin": origin, "header": name, "status": int(status)}
        said = f"a request with {_title(name)} is answered {status}"
        yield fact("caching", "conditional", sign, of, said, operation=line, arguments=told)


def _carried(words: tuple[str, ...]) -> str:
    """What an answer carries, as a sentence."""
    told = {"etag": f"a {words[-1]} ETag", "last-modified": "Last-Modified", "control": f"Cache-Control: {words[-1]}"}
    return f"the answer carries {told[words[0]]}"


def _title(name: str) -> str:
    return "-".join(word.capitalize() for word in name.split("-"))


def latency(origins: Iterable[Origin]) -> Iterator[Fact]:
    """How long answers took that were not turned down, by origin and by operation."""
    for origin, line, conduct in each_conduct(origins):
        yield from _waited(conduct, line, origin)


def _waited(conduct: Conduct, line: str, origin: str) -> Iterator[Fact]:
    """Quantiles of which at least one answer lay beyond: of three answers nobody knows the slowest hundredth."""
    count = sum(conduct.latency.values())
    shares = [share for share in QUANTILES if count * (1 - share) >= 1 or share == QUANTILES[0]]
    times = {share: quantile_s(conduct.latency, share) or 0.0 for share in shares} if count else {}
    if times:
        told = {f"p{share * 100:g}_s": float(f"{time_s:.3g}") for share, time_s in times.items()}
        words = "answers began within " + ", ".join(
            f"{_spoken(time_s)} ({share:.0%})" for share, time_s in times.items()
        )
        arguments: dict[str, Argument] = {"origin": origin, **told}
        yield fact("latency", "quantiles", Sign(count), count, words, operation=line, arguments=arguments)


def _spoken(time_s: float) -> str:
    return f"{time_s:.3g} s" if time_s >= 1 else f"{time_s * 1_000:.3g} ms"
