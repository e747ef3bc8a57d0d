"""Shell: ``tapehiss scenario run``: a scenario at a running mock, or at one that is started for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.console import counted, say, say_json, visible
from tapehiss.cli.scenario_show import chosen
from tapehiss.cli.serve import command as serve
from tapehiss.cli.serve import stopping
from tapehiss.cli.steering import Mock, is_url


@click.command()
@click.argument("name")
@click.argument("targets", metavar="URL|TAPE...", nargs=-1, required=True)
@click.option(
    "--for",
    "for_s",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="End after so long; what was before comes back.",
)
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), help="Decides rules with p=.")
@click.option("--token", envvar="TAPEHISS_TOKEN", help="Of the mock's control plane.  [TAPEHISS_TOKEN]")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, help="Where a mock that is started listens.  [8000]"
)
@click.option("--json", "as_json", is_flag=True, help="What happened as one JSON line.")
@click.pass_context
def command(
    ctx: click.Context,
    name: str,
    targets: tuple[str, ...],
    for_s: float | None,
    seed: int | None,
    token: str | None,
    port: int,
    as_json: bool,
) -> None:
    """Play the scenario NAME (or the one in a YAML file) at the mock at a URL, or at one started here from TAPEs.

    At a running mock, with --for: waits until it is over (Ctrl-C ends it early) and says what it did to whom; without: sets it, and leaves.
    """
    if not any(map(is_url, targets)):
        _, path = chosen(name)
        ctx.invoke(
            serve,
            paths=tuple(map(Path, targets)),
            file=path,
            for_s=for_s,
            seed=seed or 0,
            token=token,
            port=port,
            as_json=as_json,
        )
    elif len(targets) > 1:
        raise Misuse("give one URL, or tapes", " ".join(targets), "play it at one mock after the other")
    else:
        _at(Mock(targets[0], token), name, seed=seed, for_s=for_s, as_json=as_json)


def _at(mock: Mock, name: str, *, seed: int | None, for_s: float | None, as_json: bool) -> None:
    """Play it at a running mock."""
    found, _ = chosen(name)
    earlier, before = mock.ask("GET", "/schedule"), mock.ask("GET", "/totals")
    played = _play(mock, name, seed, for_s)
    if not as_json:
        say(f"playing    {found.name}: {visible(found.about)}" if found.about else f"playing    {found.name}")
        for rule in played["short"]:
            say(f"           {visible(rule)}")
    if for_s is None:
        if as_json:
            say_json(played)
        else:
            say(f"end it     curl -X DELETE {mock.url.rstrip('/')}/_tapehiss/schedule")
        return
    with stopping() as stop:
        stopped = stop.wait(for_s)
    if stopped:
        mock.ask("PUT", "/schedule", {"rules": earlier["rules"], "seed": earlier["seed"]})
    _tell(difference(before, mock.ask("GET", "/totals")), as_json=as_json)


def _play(mock: Mock, name: str, seed: int | None, for_s: float | None) -> Any:
    """Begin: a ready one by its name, one in a file by its rules. It ends by itself, whatever becomes of us."""
    given = {key: value for key, value in (("seed", seed), ("for_s", for_s)) if value is not None}
    found, path = chosen(name)
    if str(path) == name:
        from tapehiss.mocks.schedule import schedule_to_json

        return mock.ask("PUT", "/schedule", {"rules": schedule_to_json(found.rules), **given})
    return mock.ask("POST", f"/scenarios/{quote(name)}?{urlencode(given)}")


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What was counted in between; a mock that was reset meanwhile has counted everything since."""
    if after["requests"] < before["requests"]:
        return after
    return {
        name: value - before[name] if isinstance(value, int) else _grown(before[name], value)
        for name, value in after.items()
        if name in before and isinstance(value, int | dict)
    }


def _grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    grown = {name: count - before.get(name, 0) for name, count in after.items()}
    return {name: count for name, count in grown.items() if count}


def _tell(happened: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(happened)
        return
    say(
        f"over       {counted(happened['requests'], 'request')} met it"
        if happened["requests"]
        else "over       no request came"
    )
    for name, count in happened["statuses"].items():
        say(f"answers    {count} × {visible(name)}")
    for rule, count in happened["struck"].items():
        say(f"struck     {count} × {visible(rule)}")
