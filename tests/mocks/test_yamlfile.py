"""YAML files of a user's: a bound, and the line of everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tapehiss.mocks.errors import BadProfile, BadSchedule
from tapehiss.mocks.yamlfile import FILE_MAX_BYTES, composed, content_of, data_of, formed, line_of, plain

TEXT = b"a:\n  b:\n  - 1\n  - c: 2\n    d: 3\n"


def test_a_file_is_read_within_a_bound(tmp_path):
    """A missing file and an enormous one are errors of the reader's kind, with the path and what to give."""
    path = tmp_path / "x.yaml"
    with pytest.raises(BadProfile, match="cannot be read") as caught:
        content_of(path, BadProfile, "a file with limits")
    assert (caught.value.where, caught.value.remedy) == (str(path), "give a file with limits")
    path.write_bytes(b"#" * FILE_MAX_BYTES)
    assert len(content_of(path, BadProfile, "")) == FILE_MAX_BYTES
    path.write_bytes(b"#" * (FILE_MAX_BYTES + 1))
    with pytest.raises(BadSchedule, match="is larger than"):
        content_of(path, BadSchedule, "")


@given(st.binary(max_size=60) | st.text("-{}[]:? &*!|>'\"#%@`,abc0\n", max_size=60).map(str.encode))
def test_content_is_a_tree_or_an_error_of_ours(content):
    """Nothing of PyYAML's comes through."""
    try:
        root = composed(content, "f.yaml", BadSchedule)
    except BadSchedule as error:
        assert error.where.startswith("f.yaml")  # noqa: PT017 (either way is fine, another error is not)
    else:
        assert root is None or line_of(root) >= 1


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ((), 1),
        (("a",), 1),
        (("a", "b"), 2),
        (("a", "b", 0), 3),
        (("a", "b", 1, "d"), 5),
        (("a", "z"), 2),
        (("a", "b", 9), 3),
    ],
)
def test_a_field_has_a_line(steps, line):
    """What is not there has the line of what is around it."""
    assert line_of(composed(TEXT, "f.yaml", BadSchedule), steps) == line


def test_nodes_are_plain_data():
    """Numbers, texts, lists and mappings; an empty file has no root and is on line 1."""
    assert data_of(composed(TEXT, "f.yaml", BadSchedule)) == {"a": {"b": [1, {"c": 2, "d": 3}]}}
    assert line_of(composed(b"", "f.yaml", BadSchedule), ("a",)) == 1


class Form(BaseModel):
    """A form of one field."""

    model_config = {"extra": "forbid"}
    on: list[int]


def test_a_text_becomes_a_value_of_a_form_or_is_told_where_it_is_wrong():
    """YAML's ``on`` is a name, and whatever does not fit has a line and a field."""
    assert formed(Form, b"on: [1, 2]", "f.yaml", BadSchedule, "mend it").on == [1, 2]
    for content, place, said in (
        (b"\non: [1,\n  x]", "f.yaml:3", "on.1: "),
        (b"", "f.yaml:1", "is no mapping"),
        (b"\n- on", "f.yaml:2", "is no mapping"),
        (b"on: [1]\noff: 2", "f.yaml:1", "False: "),
        (b"on: [", "f.yaml:1", "is not YAML"),
        (b"on: !!python/name:os.system", "f.yaml:1", "is not YAML"),
    ):
        with pytest.raises(BadSchedule) as caught:
            formed(Form, content, "f.yaml", BadSchedule, "mend it")
        assert (caught.value.where, said in caught.value.what) == (place, True)


def test_keys_are_texts():
    """Wherever they stand."""
    assert plain({True: [{1: {True: None}}]}) == {"on": [{"1": {"on": None}}]}
