"""Matchers in a YAML file: a list of rules, or a mapping ``{matchers: [...]}``; and one rule as a line of such a file.

A rule is a mapping: ``on`` (method and path), ``like`` (what it is looked up as), ``ignore`` (``query``, ``body``, ``headers``: names, or ``*``)
and ``require`` (``headers``). Whatever is wrong is said with file, line and field.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from tapehiss.mocks.errors import BadMatchers
from tapehiss.mocks.matchers import MATCHERS_MAX, Matcher, Matchers
from tapehiss.mocks.yamlfile import WRONG, composed, content_of, data_of, line_of, no_yaml

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = ("on", "like", "ignore", "require")
IGNORED = ("query", "body", "headers")
_PLACE = re.compile(r"[!-~]+ (?:https?://[^/?#\s]+)?/[^?#]*")
_ON = re.compile(r"\*|(?:[!-~]+ )?[/*][^?#]*")


def read_matchers(path: Path) -> Matchers:
    """The matchers in a file; raises ``BadMatchers`` with file, line and field."""
    return parse_matchers(content_of(path, BadMatchers, "a YAML file with matchers"), str(path))


def parse_matchers(content: bytes, where: str) -> Matchers:
    """The matchers in a YAML text."""
    root = composed(content, where, BadMatchers)
    nodes = _nodes(root, where)
    if len(nodes) > MATCHERS_MAX:
        raise BadMatchers(f"has {len(nodes)} rules", where, f"give at most {MATCHERS_MAX}")
    return Matchers(tuple(_matcher(node, where) for node in nodes))


def _nodes(root: Any, where: str) -> list[Any]:
    if isinstance(root, yaml.MappingNode) and [key.value for key, _ in root.value] == ["matchers"]:
        root = root.value[0][1]
    if root is None:
        return []
    if isinstance(root, yaml.SequenceNode):
        return list(root.value)
    raise BadMatchers("is no list of rules", f"{where}:{line_of(root)}", "write a list, or matchers: with a list in it")


def _matcher(node: Any, where: str) -> Matcher:
    if not isinstance(node, yaml.MappingNode):
        raise BadMatchers("a rule is a mapping", f"{where}:{line_of(node)}", f"allowed: {', '.join(FIELDS)}")
    try:
        data = {str(key.value): data_of(value) for key, value in node.value}
    except WRONG as found:
        raise no_yaml(found, where, BadMatchers) from None
    _known(node, data, FIELDS, where, ())
    on, like = data.get("on"), data.get("like", "")
    if not isinstance(on, str) or not _ON.fullmatch(on):
        raise BadMatchers("on: method and path are wanted", f"{where}:{line_of(node, ('on',))}", "on: POST /v1/*")
    if not isinstance(like, str) or (like and not _PLACE.fullmatch(like)):
        remedy = "like: GET /v1/orders/1"
        raise BadMatchers("like: one method and one path are wanted", f"{where}:{line_of(node, ('like',))}", remedy)
    ignored = {name: _names(node, data, ("ignore", name), where) for name in IGNORED}
    required = _names(node, data, ("require", "headers"), where)
    headers = frozenset(name.lower() for name in ignored["headers"])
    return Matcher(on, like, ignored["query"], ignored["body"], headers, frozenset(map(str.lower, required)))


def _known(node: Any, data: dict[str, Any], allowed: tuple[str, ...], where: str, above: tuple[str, ...]) -> None:
    stray = next((name for name in data if name not in allowed), None)
    if stray is not None:
        place = ".".join([*above, stray])
        remedy = f"allowed: {', '.join(allowed)}"
        raise BadMatchers(f"{place}: is no field of a rule", f"{where}:{line_of(node, (*above, stray))}", remedy)


def _names(node: Any, data: dict[str, Any], steps: tuple[str, str], where: str) -> frozenset[str]:
    """The names in a list below ``ignore`` or ``require``; ``*`` alone is a list of itself."""
    outer, inner = steps
    part = data.get(outer, {})
    if not isinstance(part, dict):
        place = f"{where}:{line_of(node, (outer,))}"
        raise BadMatchers(f"{outer}: is no mapping", place, f"{outer}: {{{inner}: [name]}}")
    _known(node, part, IGNORED if outer == "ignore" else ("headers",), where, (outer,))
    names = part.get(inner, [])
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        place = f"{where}:{line_of(node, steps)}"
        raise BadMatchers(f"{outer}.{inner}: is no list of names", place, f"{inner}: [name, other]")
    return frozenset(names)


LINE_MAX_CHARS = 4_000


def is_line(matcher: Matcher) -> bool:
    """Whether a file can hold the rule: a method or a place may be no text that a request line could have."""
    whole = _ON.fullmatch(matcher.on) and (not matcher.like or _PLACE.fullmatch(matcher.like))
    plain = len(matcher.on) + len(matcher.like) <= LINE_MAX_CHARS and f"{matcher.on}{matcher.like}".isascii()
    plain = plain and f"{matcher.on}{matcher.like}".isprintable()
    names = matcher.query | matcher.body | matcher.headers | matcher.required
    return bool(whole) and plain and all(name.isascii() and name.isprintable() for name in names)


def line_for(matcher: Matcher) -> str:
    """The rule as one line of a file."""
    ignored = {name: sorted(getattr(matcher, name)) for name in IGNORED if getattr(matcher, name)}
    told = {
        "on": matcher.on,
        **({"like": matcher.like} if matcher.like else {}),
        **({"ignore": ignored} if ignored else {}),
        **({"require": {"headers": sorted(matcher.required)}} if matcher.required else {}),
    }
    text = yaml.safe_dump(told, default_flow_style=True, width=2**31, sort_keys=False, allow_unicode=False)
    plain = text.strip().replace("'on'", "on", 1)
    return f"- {plain}"
