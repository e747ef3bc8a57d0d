"""One exchange as a block of YAML: the shape of the tape's lines, for people and for git.

Texts of several lines stand as literal blocks, one scalar is never folded over two lines, nothing is anchored, and everything
is ASCII, because vcrpy opens cassettes in the encoding of the locale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tapehiss.cassettes.view import X, has_surrogates, to_interaction, without_surrogates

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange

try:
    from yaml import CSafeDumper as _Dumper
except ImportError:  # pragma: no cover (a PyYAML that was built without libyaml)
    from yaml import SafeDumper as _Dumper  # type: ignore[assignment]

_WIDTH_MAX = 1 << 30  # no folding


class _OneLine(dict[str, Any]):
    """A mapping that stands on one line: facts for a program, not for a reader."""


class _BlockDumper(_Dumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (PyYAML's signature)
        """No anchors: what is written twice is read twice."""
        return True


def _string(dumper: _BlockDumper, text: str) -> yaml.Node:
    """A literal block where it says exactly the same: not for text that begins or ends with what a block would bend.

    (An end of several newlines would also close the document: libyaml writes ``...`` after ``|+``.)
    """
    literal = "\n" in text.rstrip("\n") and text[0] not in " \n" and not text.endswith("\n\n")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if literal else None)


def _one_line(dumper: _BlockDumper, facts: _OneLine) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", facts, flow_style=True)


_BlockDumper.add_representer(str, _string)
_BlockDumper.add_representer(_OneLine, _one_line)


def block(exchange: Exchange) -> str:
    """The exchange as an item of ``interactions``, line break included."""
    interaction = to_interaction(exchange)
    if has_surrogates(interaction):
        interaction = without_surrogates(interaction)
    asked, answered = interaction["request"], interaction["response"]
    ordered = {
        "request": {key: asked[key] for key in ("method", "uri", "headers", "body")},
        "response": {key: answered[key] for key in ("status", "headers", "body")} | {X: _OneLine(answered[X])},
    }
    text = yaml.dump([ordered], Dumper=_BlockDumper, width=_WIDTH_MAX, sort_keys=False, default_flow_style=False)
    assert isinstance(text, str)
    return text
