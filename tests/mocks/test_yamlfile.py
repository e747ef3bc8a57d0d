"""YAML files of a user's: a bound, and the line of everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.errors import BadProfile, BadSchedule
from tapehiss.mocks.yamlfile import FILE_MAX_BYTES, composed, content_of, data_of, line_of

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
