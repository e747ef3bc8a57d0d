"""What a command line calls a CONTRACT, opened: a saved contract, or tapes to learn from."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Clean
from tapehiss.cli import console
from tapehiss.cli.opening import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tapehiss.cassettes.tape import Tape
    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.evidence import Contract, Taped
    from tapehiss.contracts.operations import Operation

F = TypeVar("F", bound="Callable[..., Any]")
CANDIDATES_MAX = 8
"""How many operations an error names."""
SUGGESTIONS_MAX = 3
"""How many operations are suggested that are written like what was asked for."""


def contract_argument(function: F) -> F:
    """The argument and option that every verb over a contract has: ``CONTRACT`` and ``--overrides``."""
    path = click.Path(path_type=Path)
    argument = click.argument("source", metavar="CONTRACT", type=path)
    overrides = click.option(
        "--overrides", type=path, metavar="FILE", help="Templates that you know better (TOML; see docs/contracts.md)."
    )
    return argument(overrides(function))


def catalogue_of(source: Path, overrides: Path | None = None) -> Catalogue:
    """The operations of a saved contract, or of what tapes prove; ``Misuse`` when there is no exchange in it."""
    from tapehiss.contracts.catalogue import catalogue

    templates = templates_of(overrides)
    contract = contract_of(source, templates)
    if not contract.exchanges:
        raise Misuse("there is no exchange in it", str(source), "record something first: tapehiss record --help")
    return catalogue(contract, templates)


def templates_of(overrides: Path | None) -> frozenset[str]:
    """The templates of an overrides file; none without one."""
    from tapehiss.contracts.overrides import read_overrides

    return read_overrides(_bytes(overrides), where=str(overrides)) if overrides is not None else frozenset()


def contract_of(source: Path, templates: frozenset[str] = frozenset()) -> Contract:
    """A saved contract, or what tapes (a file, or a folder of them) prove, with these overrides."""
    from tapehiss.contracts.evidence import from_json, learn

    if not source.is_dir():
        text = _bytes(source)
        if text.lstrip()[:1] == b"{":
            return from_json(text, where=str(source))
    tapes = opened([source], skip_damaged=False)
    told = console.progress(taped(tapes), "learning", sum(len(tape) for tape in tapes))
    return learn(told, templates=templates)


def saved_contract(source: Path) -> Contract:
    """A saved contract, and nothing else."""
    from tapehiss.contracts.evidence import from_json

    return from_json(_bytes(source), where=str(source))


def taped(tapes: Sequence[Tape]) -> Iterator[Taped]:
    """Every exchange with its place; what a tape holds went through the door when it was written."""
    from tapehiss.contracts.evidence import Taped

    for tape in tapes:
        for entry in tape.index:
            yield Taped(Clean(tape.read(entry)), tape.path.name, entry.line)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misuse(f"cannot be read: {error.strerror}", str(path), "check the path") from error


def operations_named(known: Catalogue, words: Sequence[str]) -> list[tuple[Operation, Evidence]]:
    """The operations that these words name: a whole line, ``METHOD /path``, a path or URL as it was called, or a piece; the most exact only."""
    wanted = " ".join(words).strip()
    entries = [(operation, evidence) for operation, evidence in known.entries if evidence.parts]
    tests: tuple[Callable[[Operation], bool], ...] = (
        lambda operation: wanted in {str(operation), f"{operation.method} {operation.path}"},
        lambda operation: wanted == operation.path,
        lambda operation: wanted.lower() in f"{operation.method} {operation.path}".lower(),
        lambda operation: wanted.lower() in str(operation).lower(),
    )
    found = ([entry for entry in entries if test(entry[0])] for test in tests)
    return next((matches for matches in found if matches), []) or _called(entries, wanted)


def _called(entries: Sequence[tuple[Operation, Evidence]], wanted: str) -> list[tuple[Operation, Evidence]]:
    """The operations that a request to this URL or path calls, those with the fewest parameters only."""
    method, _, url = wanted.rpartition(" ")
    url = url.partition("?")[0].rstrip("/")
    found = [
        (operation, evidence)
        for operation, evidence in entries
        if method.upper() in {"", operation.method} and _serves(operation, url)
    ]
    least = min((len(operation.parameters) for operation, _ in found), default=0)
    return [entry for entry in found if len(entry[0].parameters) == least]


def _serves(operation: Operation, url: str) -> bool:
    """Whether a URL, or a path alone, fits an operation's template."""
    path = "[^/]+".join(re.escape(piece) for piece in re.split(r"\{[^{}]*\}", operation.path.rstrip("/")))
    return re.fullmatch(f"(?:{re.escape(operation.origin)})?{path}", url) is not None


def operation_named(known: Catalogue, words: Sequence[str]) -> tuple[Operation, Evidence]:
    """The one operation that these words name; ``Misuse`` that names the candidates when it is none or several.

    The same method and path at several origins are one to a person: the one that was called most is shown, and the others are told of.
    """
    found = operations_named(known, words)
    if len({(operation.method, operation.path) for operation, _ in found}) == 1:
        chosen = max(found, key=lambda entry: (entry[1].exchanges, str(entry[0])))
        others = ", ".join(str(operation) for operation, _ in found if operation != chosen[0])
        if others:
            console.warn(f"{chosen[0]} is the one of {len(found)} that was called most; there is also {others}")
        return chosen
    wanted = " ".join(words)
    if not found:
        raise Misuse(f"no operation is called {wanted}", remedy=_remedy(known, wanted))
    names = ", ".join(f"{operation.method} {operation.path}" for operation, _ in found[:CANDIDATES_MAX])
    more = ", …" if len(found) > CANDIDATES_MAX else ""
    raise Misuse(f"{len(found)} operations are called {wanted}: {names}{more}", remedy="name one of them, whole")


def _remedy(known: Catalogue, wanted: str) -> str:
    """What is written most like it, if anything is."""
    lines = {f"{operation.method} {operation.path}" for operation, evidence in known.entries if evidence.parts}
    paths = {line.partition(" ")[2]: line for line in sorted(lines)}
    asked = wanted if " " in wanted else f" {wanted}"
    method, _, path = asked.partition(" ")
    path = re.sub(r"^https?://[^/]*", "", path)
    near = get_close_matches(f"{method} {path}", sorted(lines), SUGGESTIONS_MAX) if method else []
    near = near or [paths[each] for each in get_close_matches(path, sorted(paths), SUGGESTIONS_MAX)]
    if near:
        return f"perhaps {' or '.join(near)} is meant; all there are: tapehiss contract show CONTRACT"
    return "see which there are: tapehiss contract show CONTRACT"
