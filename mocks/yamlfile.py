"""YAML files of a user's, read within a bound, with the line of everything in them.

What is wrong with a file is raised as the error of whoever reads it (``BadSchedule``, ``BadProfile``), with file and line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from tapehiss.cassettes.errors import Misuse

M = TypeVar("M", bound="BaseModel")

FILE_MAX_BYTES = 1_000_000
WRONG = (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError)
"""What PyYAML raises about content."""
NO_MAPPING = ("model_type", "model_attributes_type", "dict_type")
"""Kinds of error under which pydantic says that a mapping was wanted."""


def content_of(path: Path, error: type[Misuse], wanted: str) -> bytes:
    """The bytes of a file; ``wanted`` says what would have been right in its place."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_MAX_BYTES + 1)
    except OSError as found:
        raise error(f"cannot be read: {found.strerror}", str(path), f"give {wanted}") from None
    if len(content) > FILE_MAX_BYTES:
        raise error(f"is larger than {FILE_MAX_BYTES} bytes", str(path), f"give {wanted}")
    return content


def composed(content: bytes, where: str, error: type[Misuse]) -> Any:
    """The root node of a text; ``None`` for an empty one."""
    try:
        return yaml.compose(content, yaml.SafeLoader)
    except WRONG as found:
        raise no_yaml(found, where, error) from None


def no_yaml(found: Exception, where: str, error: type[Misuse]) -> Misuse:
    """What PyYAML found, as an error of whoever reads the file."""
    mark = getattr(found, "problem_mark", None)
    place = f"{where}:{mark.line + 1}" if mark else where
    return error(f"is not YAML: {getattr(found, 'problem', None) or found}", place, "mend the file")


def data_of(node: Any) -> Any:
    """A node as plain data; raises one of ``WRONG``."""
    return yaml.constructor.SafeConstructor().construct_document(node)


def line_of(node: Any, steps: tuple[int | str, ...] = ()) -> int:
    """The line of a node, of a field in it, or of the nearest thing around that field."""
    line = 1 if node is None else int(node.start_mark.line) + 1
    if not steps:
        return line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if str(key.value) == str(steps[0]):
                return max(int(key.start_mark.line) + 1, line_of(value, steps[1:]) if steps[1:] else 0)
    elif isinstance(node, yaml.SequenceNode) and isinstance(steps[0], int) and steps[0] < len(node.value):
        return line_of(node.value[steps[0]], steps[1:])
    return line


def formed(form: type[M], content: bytes, where: str, error: type[Misuse], remedy: str) -> M:
    """A text as a value of a form (a pydantic model), or what is wrong with it, with line and field."""
    from pydantic import ValidationError

    root = composed(content, where, error)
    try:
        return form.model_validate(None if root is None else plain(data_of(root)))
    except ValidationError as found:
        first = found.errors()[0]
        field = ".".join(str(step) for step in first["loc"])
        words = "is no mapping" if first["type"] in NO_MAPPING else first["msg"].removeprefix("Value error, ")
        raise error(f"{field}: {words}" if field else words, f"{where}:{line_of(root, first['loc'])}", remedy) from None
    except WRONG as found:
        raise no_yaml(found, where, error) from None


def plain(data: Any) -> Any:
    """Data whose keys are texts: YAML 1.1 reads a field ``on`` as true."""
    if isinstance(data, dict):
        return {"on" if key is True else str(key): plain(each) for key, each in data.items()}
    return [plain(each) for each in data] if isinstance(data, list) else data
