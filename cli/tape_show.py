"""``tapehiss tape show``: one exchange, readable."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.media import is_json, is_text, media_type
from tapehiss.cli import console
from tapehiss.cli.console import visible
from tapehiss.cli.opening import numbered, opened, place, tapes_argument
from tapehiss.cli.tape_ls import as_record, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tapehiss.cassettes.exchange import Cut, Exchange, Headers, Message, Response


@click.command()
@tapes_argument
@click.option("-n", "--number", default=1, show_default=True, help="Which exchange, as `tape ls` numbers them.")
@click.option(
    "--body-max",
    type=click.IntRange(min=0),
    default=20_000,
    show_default=True,
    metavar="CHARACTERS",
    help="Show at most so much of a body.",
)
@click.option("--body", "only_body", is_flag=True, help="Write the response body as it is, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="The exchange as one JSON object.")
def command(
    paths: tuple[Path, ...],
    skip_damaged: bool,
    number: int,
    body_max: int,
    only_body: bool,
    as_json: bool,
) -> None:
    """Show one exchange as it would look on the wire, with JSON laid out."""
    tapes = opened(paths, skip_damaged=skip_damaged)
    row = next((row for row in numbered(tapes) if row[0] == number), None)
    if row is None:
        raise Misuse(
            f"no exchange has the number {number}",
            where=" ".join(map(str, paths)),
            remedy=f"choose one of 1 … {sum(map(len, tapes))}",
        )
    _, tape, entry, exchange = row
    if only_body:
        write_body(exchange.response)
    elif as_json:
        console.say_json(as_record(*row) | detail(exchange))
    else:
        for line in lines(exchange, place(tape, entry), body_max):
            console.say(line)


def write_body(response: Response | None) -> None:
    """The body as it is; of one that was kept in part standard error says so."""
    sys.stdout.buffer.write(response.body if response else b"")
    for line in cut_lines(response.cut if response else None):
        if line:
            console.warn(line.removeprefix("# "))


def detail(exchange: Exchange) -> dict[str, object]:
    """What ``--json`` adds to the row of ``ls``: headers and bodies (text where they are text, else base64)."""
    response = exchange.response
    return {
        "request_headers": exchange.request.headers,
        "request_body": portable(exchange.request.body),
        "response_headers": response.headers if response else None,
        "response_body": portable(response.body) if response else None,
        "detail": exchange.detail,
        "notes": exchange.notes,
    }


def portable(body: bytes) -> str | dict[str, str]:
    """A body that JSON can hold: text, or ``{"base64": ...}``."""
    import base64

    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def lines(exchange: Exchange, where: str, body_max: int) -> Iterator[str]:
    """The exchange for a person."""
    request, response = exchange.request, exchange.response
    took = console.duration(exchange.timings.end_s)
    facts = (where, console.instant(exchange.started_at), outcome(exchange), took, exchange.label)
    yield "# " + "  ".join(fact for fact in facts if fact)
    yield f"{request.method} {request.url} {request.http_version}"
    yield from header_lines(request.headers)
    yield ""
    yield from body_lines(request.headers, request.body, body_max)
    yield from cut_lines(request.cut)
    if response:
        yield f"{response.http_version} {response.status} {response.reason}".rstrip()
        yield from header_lines(response.headers)
        yield ""
        yield from body_lines(response.headers, response.body, body_max)
        yield from cut_lines(response.cut)
        yield from header_lines(response.trailers)
    yield from map(message_line, exchange.messages)
    if exchange.ending != "complete":
        yield f"# ended: {exchange.ending}: {exchange.detail}"
    yield from (f"# {key}: {value}" for key, value in exchange.notes)


def header_lines(headers: Headers) -> Iterator[str]:
    """``Name: value``, with control characters made visible."""
    for name, value in headers:
        yield f"{name}: {visible(value)}"


def body_lines(headers: Headers, body: bytes, body_max: int) -> Iterator[str]:
    """A body laid out: JSON indented, text as it is, bytes counted; then an empty line."""
    if not body:
        return
    kind = media_type(headers)
    text = laid_out(kind, body) if is_text(kind) or is_json(kind) or not kind else None
    if text is None:
        yield f"# {console.size(len(body))} of {kind or 'unknown type'}; --body writes the response's"
    else:
        yield from (visible(line) for line in text[:body_max].split("\n"))
        if len(text) > body_max:
            yield f"# … {len(text) - body_max} more characters; --body-max shows more"
    yield ""


def cut_lines(cut: Cut | None) -> Iterator[str]:
    """That a body was kept only in part, and what is known of the whole."""
    if cut:
        yield f"# only the beginning was kept of {console.size(cut.size)}, SHA-256 {cut.sha256 or 'unknown'}"
        yield ""


def laid_out(kind: str, body: bytes) -> str | None:
    """The body as text, ``None`` for bytes that are none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    if is_json(kind):
        try:
            return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except ValueError:
            return text
    return text


def message_line(message: Message) -> str:
    """One WebSocket message."""
    arrow = ">>" if message.from_client else "<<"
    shown = visible(message.content.decode("utf-8", "replace")) if message.text else console.size(len(message.content))
    return f"{arrow} {message.at_s:.3f} s  {shown}"
