"""Schedules in files: a list of rules in YAML, or a mapping ``{about: ..., rules: [...]}``; and the ready ones that ship with us.

A rule is a text in short form or a mapping. Whatever is wrong is said with file, line and field.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tapehiss.mocks.errors import BadSchedule, Flaw
from tapehiss.mocks.schedule import RULES_MAX, Rule, Schedule, rule_from_json
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.yamlfile import WRONG, composed, content_of, data_of, line_of

FOLDER = Path(__file__).parent / "scenarios"
FIELDS = ("about", "rules")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A schedule with a name."""

    name: str
    about: str
    rules: Schedule


def scenarios() -> tuple[Scenario, ...]:
    """The scenarios that ship with us, by name."""
    return tuple(read_scenario(path) for path in sorted(FOLDER.glob("*.yaml")))


def scenario(name: str) -> Scenario:
    """The scenario of this name, or ``BadSchedule`` with the names that there are."""
    known = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
    if name not in known:
        raise BadSchedule(f"no scenario is called {name!r}", remedy=f"choose one of {', '.join(known)}")
    return read_scenario(known[name])


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file; raises ``BadSchedule`` with file, line and field."""
    content = content_of(path, BadSchedule, "a YAML file with rules")
    return parse_scenario(content, str(path), path.stem)


def parse_scenario(content: bytes, where: str, name: str) -> Scenario:
    """The scenario in a YAML text."""
    about, rules = _parts(composed(content, where, BadSchedule), where)
    if len(rules) > RULES_MAX:
        raise BadSchedule(f"has {len(rules)} rules", where, f"give at most {RULES_MAX}")
    return Scenario(name, about, tuple(_rule(node, where) for node in rules))


def _parts(root: Any, where: str) -> tuple[str, list[Any]]:
    """What the file says of itself, and the nodes of its rules."""
    if root is None:
        return "", []
    if isinstance(root, yaml.SequenceNode):
        return "", root.value
    if not isinstance(root, yaml.MappingNode):
        raise BadSchedule("is neither a list nor a mapping", f"{where}:{line_of(root)}", "write a list of rules")
    entries = {key.value: node for key, node in root.value}
    stray = next((key for key, _ in root.value if key.value not in FIELDS), None)
    if stray is not None:
        raise BadSchedule(
            f"{stray.value}: is no field of a schedule", f"{where}:{line_of(stray)}", "allowed: about, rules"
        )
    rules = entries.get("rules")
    if not isinstance(rules, yaml.SequenceNode):
        place = line_of(root if rules is None else rules)
        raise BadSchedule("rules: is not a list", f"{where}:{place}", "write a list of rules; [] is fair weather")
    about = entries.get("about")
    return str(about.value) if isinstance(about, yaml.ScalarNode) else "", rules.value


def _rule(node: Any, where: str) -> Rule:
    """One rule; a flaw is placed on the line of its field."""
    try:
        read = rule_from_text(str(node.value)) if isinstance(node, yaml.ScalarNode) else rule_from_json(_data(node))
    except WRONG as error:
        read = Flaw(
            "", f"is not plain data: {getattr(error, 'problem', error)}", "write text, numbers, lists, mappings"
        )
    if isinstance(read, Flaw):
        line = line_of(node, (read.field,))
        field = f"{read.field}: " if read.field else ""
        raise BadSchedule(f"{field}{read.what}", f"{where}:{line}", read.remedy)
    return read


def _data(node: Any) -> Any:
    """A node as data; the fields of a mapping by their text, because YAML 1.1 reads ``on`` as true."""
    if isinstance(node, yaml.MappingNode) and all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
        return {str(key.value): data_of(value) for key, value in node.value}
    return data_of(node)
