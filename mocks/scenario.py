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

FILE_MAX_BYTES = 1_000_000
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
    try:
        with path.open("rb") as file:
            content = file.read(FILE_MAX_BYTES + 1)
    except OSError as error:
        raise BadSchedule(f"cannot be read: {error.strerror}", str(path), "give a YAML file with rules") from None
    if len(content) > FILE_MAX_BYTES:
        raise BadSchedule(f"is larger than {FILE_MAX_BYTES} bytes", str(path), "give a YAML file with rules")
    return parse_scenario(content, str(path), path.stem)


def parse_scenario(content: bytes, where: str, name: str) -> Scenario:
    """The scenario in a YAML text."""
    try:
        root = yaml.compose(content, yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}:{mark.line + 1}" if mark else where
        raise BadSchedule(f"is not YAML: {getattr(error, 'problem', None) or error}", place, "mend the file") from None
    about, rules = _parts(root, where)
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
        raise BadSchedule("is neither a list nor a mapping", f"{where}:{_line(root)}", "write a list of rules")
    entries = {key.value: node for key, node in root.value}
    stray = next((key for key, _ in root.value if key.value not in FIELDS), None)
    if stray is not None:
        raise BadSchedule(
            f"{stray.value}: is no field of a schedule", f"{where}:{_line(stray)}", "allowed: about, rules"
        )
    rules = entries.get("rules")
    if not isinstance(rules, yaml.SequenceNode):
        place = _line(root if rules is None else rules)
        raise BadSchedule("rules: is not a list", f"{where}:{place}", "write a list of rules; [] is fair weather")
    about = entries.get("about")
    return str(about.value) if isinstance(about, yaml.ScalarNode) else "", rules.value


def _rule(node: Any, where: str) -> Rule:
    """One rule; a flaw is placed on the line of its field."""
    try:
        read = rule_from_text(str(node.value)) if isinstance(node, yaml.ScalarNode) else rule_from_json(_data(node))
    except yaml.YAMLError as error:
        read = Flaw(
            "", f"is not plain data: {getattr(error, 'problem', error)}", "write text, numbers, lists, mappings"
        )
    if isinstance(read, Flaw):
        line = _line_of_field(node, read.field)
        field = f"{read.field}: " if read.field else ""
        raise BadSchedule(f"{field}{read.what}", f"{where}:{line}", read.remedy)
    return read


def _data(node: Any) -> Any:
    """A node as data; the fields of a mapping by their text, because YAML 1.1 reads ``on`` as true."""
    built = yaml.constructor.SafeConstructor().construct_document
    if isinstance(node, yaml.MappingNode) and all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
        return {str(key.value): built(value) for key, value in node.value}
    return built(node)


def _line_of_field(node: Any, field: str) -> int:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((_line(key) for key, _ in pairs if key.value == field), _line(node))


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
