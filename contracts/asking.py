"""How an operation is called, as far as calls that were accepted prove it: a request that can be copied.

Only what is needed is in it: required parameters, headers and members, each with a value that was seen; credentials are shell
variables. ``as_curl`` writes it for a shell.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from tapehiss.cassettes.media import is_form, is_json, is_multipart
from tapehiss.cassettes.secretnames import Place
from tapehiss.contracts.counts import Part
from tapehiss.contracts.examples import body_of, smallest_of
from tapehiss.contracts.headerset import names_together
from tapehiss.contracts.multipart import is_file
from tapehiss.contracts.reading import NO_BODY, UNLABELLED, media_of
from tapehiss.contracts.schemas import evidence_tree
from tapehiss.contracts.security import Credential, credentials_for
from tapehiss.contracts.variables import Variable, variables_in, with_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.facts import Fact
    from tapehiss.contracts.operations import Operation

CURSOR = "CURSOR"
"""The shell variable that stands for what leads to another page."""
_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Asking:
    """One request, with what is needed to send it."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    media: str = ""
    body: Any = None
    """The document of the body, whose credentials are ``Variable``; ``None`` when there is no body."""
    credentials: tuple[Credential, ...] = ()
    fresh: tuple[str, ...] = ()
    """Headers that must have a new value each time: keys that make a retry safe."""
    cursor: str = ""
    """The query parameter that takes a cursor; empty for a first page."""
    pieced: bool = False
    """Whether the body is put together: its members were seen, but not necessarily in one call."""


def asking(operation: Operation, evidence: Evidence, facts: Sequence[Fact] = ()) -> Asking:
    """The smallest request to an operation that is like those that were accepted."""
    credentials = credentials_for(operation, facts)
    apart = {credential.name.lower() for credential in credentials}
    values = example_of(evidence.parts.get("path", Part()))
    path = _PARAMETER.sub(lambda match: quote(_text(values.get(match[1], f"<{match[1]}>")), safe="<>"), operation.path)
    query = {
        name: value
        for name, value in example_of(evidence.parts.get("query", Part())).items()
        if name.lower() not in apart
    }
    headers = _headers(evidence.parts.get("request-headers", Part()), facts)
    selector = _selected(operation)
    media, body, pieced = _body(evidence, {each.name for each in credentials if each.place == "body"})
    if operation.method in {"GET", "HEAD"} and body in ({}, ""):
        media, body = "", None  # some clients send an empty object with everything
    return Asking(
        operation.method,
        operation.origin + path.partition("#")[0] + (f"?{_query(query)}" if query else ""),
        (
            *selector,
            *((name, _text(value)) for name, value in headers.items() if name not in apart and not _is_masked(value)),
        ),
        media,
        body,
        credentials=(*credentials, *_in_body(body, credentials)),
        fresh=tuple(_fresh(evidence.parts.get("request-headers", Part()), facts)),
        pieced=pieced and body is not None,
    )


def _query(members: Mapping[str, Any]) -> str:
    return urlencode([(name, _text(value)) for name, value in _pairs(members)])


def _in_body(body: Any, known: Sequence[Credential]) -> Iterator[Credential]:
    """The credentials that stand in a body, each once, and not those that are known."""
    named = {credential.label for credential in known}
    for name, variable in variables_in(body):
        if variable not in named:
            named.add(variable)
            yield Credential("body", name, "key", f"a credential in the body member {name}")


def _headers(part: Part, facts: Sequence[Fact]) -> dict[str, Any]:
    """The headers that a good part of the accepted calls had together (``headerset``)."""
    tree = evidence_tree(part)
    if tree is None:
        return {}
    found: dict[str, Any] = {}
    for name in names_together(tree, tree.members.keys() - _keys(facts)):
        told = smallest_of(tree.members[name])
        told = told[0] if isinstance(told, list) and told else told
        if told not in {"*/*", ""}:
            found[name] = told
    return found


def _keys(facts: Sequence[Fact]) -> set[str]:
    return {str(fact["name"]).lower() for fact in facts if fact.topic == "idempotency" and fact["in"] == "header"}


def _fresh(part: Part, facts: Sequence[Fact]) -> list[str]:
    """The keys that every accepted call had."""
    tree = evidence_tree(part)
    members = tree.members if tree is not None else {}
    return sorted(name for name in _keys(facts) & members.keys() if members[name].seen.occurrences == part.exchanges)


def example_of(part: Part) -> dict[str, Any]:
    """The smallest set of parameters that came together, with values."""
    tree = evidence_tree(part)
    found = {} if tree is None else smallest_of(tree)
    return found if isinstance(found, dict) else {}


def as_curl(asked: Asking) -> str:
    """The request as a command line for a POSIX shell."""
    words = [_url(asked), *([] if asked.method == "GET" else [f"-X {asked.method}"])]
    words += [word for credential in asked.credentials if (word := _credential_word(credential))]
    words += [f"-H {_quoted(f'{name}: {value}')}" for name, value in asked.headers]
    words += [f"-H {_with(f'{name}: ', '$(uuidgen)')}" for name in asked.fresh]
    words += [f"-G --data-urlencode {_with(f'{asked.cursor}=', f'${CURSOR}')}"] if asked.cursor else []
    return " \\\n  ".join([f"curl {words[0]}", *words[1:], *_body_words(asked)])


def _url(asked: Asking) -> str:
    """The URL with the credentials that belong there."""
    word = _quoted(asked.url)
    apart = "&" if "?" in asked.url else "?"
    for credential in asked.credentials:
        if credential.place == "query":
            word += f'"{apart}{quote(credential.name)}={credential.variable}"'
            apart = "&"
    return word


def _credential_word(credential: Credential) -> str:
    if credential.place == "header" and credential.scheme == "basic":
        return '-u "$USERNAME:$PASSWORD"'
    if credential.place == "header":
        scheme = f"{credential.prefix} " if credential.prefix else ""
        return f"-H {_with(f'{credential.name}: {scheme}', credential.variable)}"
    return f"-b {_with(f'{credential.name}=', credential.variable)}" if credential.place == "cookie" else ""


_HARMLESS = re.compile(r"[\w .:=/-]*", re.ASCII)


def _with(text: str, variable: str) -> str:
    """A word of the shell that ends with a variable: a name on a tape may hold what a shell would run."""
    return f'"{text}{variable}"' if _HARMLESS.fullmatch(text) else f'{_quoted(text)}"{variable}"'


def _body_words(asked: Asking) -> Iterator[str]:
    if asked.body is None:
        return
    if is_form(asked.media) and isinstance(asked.body, dict):
        yield from (f"--data-urlencode {_pair(name, value)}" for name, value in _pairs(asked.body))
    elif is_multipart(asked.media) and isinstance(asked.body, dict):
        yield from (_field(name, value) for name, value in _pairs(asked.body, whole=is_file))
    else:
        yield f"-H {_quoted(f'Content-Type: {asked.media}')}"
        yield f"-d {_document(asked.body)}" if is_json(asked.media) else "--data-binary @body"


def _pair(name: str, value: Any) -> str:
    """``name=value`` as one word of a shell."""
    return _with(f"{name}=", f"${value}") if isinstance(value, Variable) else _quoted(f"{name}={_text(value)}")


def _field(name: str, value: Any) -> str:
    """A field of a multipart form as curl is told of it; files are read from where the shell is."""
    if is_file(value):
        filename, media = value["filename"] or "file", value["media"]
        if _DELIMITERS.search(filename):
            filename = '"' + re.sub(r'(["\\])', r"\\\1", filename) + '"'
        return f"-F {_quoted(f'{name}=@{filename};type={media}')}"
    literal = not isinstance(value, Variable) and _TELLING.search(_text(value))
    return f"{'--form-string' if literal else '-F'} {_pair(name, value)}"


_DELIMITERS = re.compile(r'[,;"\\]')
"""What curl reads otherwise in the name of a file."""
_TELLING = re.compile(r'^[@<"]|;')
"""What curl reads otherwise in a text."""


def _document(body: Any) -> str:
    """A JSON document as one word of a shell, in which variables are variables."""
    text = json.dumps(_marked(body), ensure_ascii=False, indent=2)
    return _MARK.sub("""'"$\\1"'""", _quoted(text))


_MARK = re.compile(r"\\u0000([A-Z][A-Z0-9_]*)\\u0000")
"""A variable in JSON: no word of a shell can hold the character that it is marked with."""


def _marked(document: Any) -> Any:
    if isinstance(document, dict):
        return {name: _marked(value) for name, value in document.items()}
    if isinstance(document, list):
        return [_marked(item) for item in document]
    return f"\0{document}\0" if isinstance(document, Variable) else document


def _body(evidence: Evidence, secret: Collection[str]) -> tuple[str, Any, bool]:
    """The media type that was sent most often, a document, and whether it is put together; what nothing is known of is an empty text."""
    sent = {name: part for name, part in evidence.parts.items() if name.startswith("request ")}
    if not sent:
        return "", None, False
    name = max(sent, key=lambda name: (sent[name].exchanges, name))
    media = media_of(name)
    if media in {NO_BODY, UNLABELLED}:
        return "", None, False
    example = body_of(sent[name])
    if example is None:
        return media, "", False
    place = Place.FIELD if is_json(media) else Place.QUERY
    return media, with_variables(example.document, place, secret), example.pieced


def _selected(operation: Operation) -> Iterator[tuple[str, str]]:
    """The header that says which operation is meant where one URL serves many (``tapehiss.contracts.selector``)."""
    name, _, value = operation.path.partition("#")[2].partition("=")
    if name in {"X-Amz-Target", "SOAPAction"}:
        yield name, value


def _never(_value: Any) -> bool:
    return False


def _pairs(
    members: Mapping[str, Any], prefix: str = "", whole: Callable[[Any], bool] = _never
) -> Iterator[tuple[str, Any]]:
    """Members by their names: lists repeat their name, objects put theirs in brackets, but for those that are one value."""
    for name, value in members.items():
        full = f"{prefix}[{name}]" if prefix else name
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and not isinstance(value, list) and not whole(each):
                yield from _pairs(each, full, whole)
            else:
                yield full, each


def _is_masked(value: Any) -> bool:
    return isinstance(value, str) and value == "(credential)"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """One word of a shell, taken literally."""
    return "'" + text.replace("'", "'\\''") + "'"
