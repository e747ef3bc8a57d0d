"""The ``[redaction]`` table of tapehiss.toml."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.rulefile import load_rules, project_rules
from tapehiss.cassettes.rules import Rules
from tapehiss.cassettes.secretnames import Place, Strength


def written(tmp_path, text: str):
    path = tmp_path / "tapehiss.toml"
    path.write_text(text)
    return path


def test_no_file_and_no_table_mean_the_rules_that_ship():
    """Nothing must be configured."""
    assert load_rules(None, {}) == Rules()


def test_a_file_without_the_table(tmp_path):
    """The file has other tables, too."""
    assert load_rules(written(tmp_path, "[record]\nx = 1\n"), {}) == Rules()


def test_everything_that_can_be_said(tmp_path):
    """Each key of the table does what its name says."""
    rules = load_rules(
        written(
            tmp_path,
            r"""
            [redaction]
            headers = ["X-Acme-*"]
            query = ["q"]
            fields = ["tax_number"]
            keep = ["x_request_token"]
            path = ['/hooks/([a-z0-9]+)']
            patterns = ['ACME-[0-9]{8}']
            keep_values = ['pk_test_.*']
            env = ["ACME_KEY", "X_*"]
            emails = true
            limits = { taints_max = 10 }
            """,
        ),
        {"ACME_KEY": "abcdefgh1", "X_Y": "ijklmnop2", "X_SHORT": "ab", "OTHER": "qrstuvwx3"},
    )
    assert rules.names.header_strength("X-Acme-Any") is Strength.STRONG
    assert rules.names.strength("q", Place.QUERY) is Strength.STRONG
    assert rules.names.strength("taxNumber", Place.FIELD) is Strength.STRONG
    assert rules.names.header_strength("X-Request-Token") is Strength.NONE
    assert [regex.pattern for regex in (*rules.paths, *rules.patterns, *rules.keep_values)] == [
        rb"/hooks/([a-z0-9]+)",
        rb"ACME-[0-9]{8}",
        rb"pk_test_.*",
    ]
    assert rules.known == (("env:ACME_KEY", b"abcdefgh1"), ("env:X_Y", b"ijklmnop2"))
    assert rules.emails
    assert rules.limits.taints_max == 10


def test_environment_variables_by_their_endings(tmp_path):
    """Asked for, all that are named like secrets are known from the start; a password inside a connection string, too."""
    environ = {
        "A_TOKEN": "abcdefgh1",
        "B_PASSWORD": "ijklmnop2",
        "C_DSN": "postgres://app:qrstuvwx3@db/x",
        "PATH": "/usr/local/bin1",
    }
    known = load_rules(written(tmp_path, "[redaction]\nenv_auto = true\n"), environ).known
    assert known == (
        ("env:A_TOKEN", b"abcdefgh1"),
        ("env:B_PASSWORD", b"ijklmnop2"),
        ("env:C_DSN", b"qrstuvwx3"),
        ("env:C_DSN", b"postgres://app:qrstuvwx3@db/x"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[redaction]\nheader = []", "header is not a key"),
        ("[redaction]\nheaders = 'x'", "headers must be a list"),
        ("[redaction]\nheaders = [1]", "headers must be a list"),
        ("[redaction]\nemails = 'yes'", "emails must be true or false"),
        ("[redaction]\npath = ['(']", "is no regular expression"),
        ("[redaction]\npatterns = ['a*']", "matches an empty text"),
        ("[redaction]\nfields = ['*']", "would match nearly every name"),
        ("[redaction]\nlimits = 3", "limits must be a table"),
        ("[redaction]\nlimits = { taint_max = 3 }", "limits.taint_max is not a limit"),
        ("[redaction]\nlimits = { taints_max = 0 }", "limits.taints_max must be a positive whole number"),
        ("[redaction]\nenv = ['SHORT']", "the value of SHORT is too short"),
        ("redaction = 3", "redaction must be a table"),
        ("[redaction", "is no TOML"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(tmp_path, text, said):
    """File, key and what to write instead; nothing misspelt is ignored."""
    path = written(tmp_path, text)
    with pytest.raises(Misuse) as caught:
        load_rules(path, {"SHORT": "ab"})
    assert said in caught.value.what
    assert caught.value.where == str(path)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[redactoin]\nheaders = ['X']",
            "there is no table [redactoin], only [record] and [redaction] -> write [redaction]",
        ),
        ("[zzz]", "there is no table [zzz], only [record] and [redaction] -> take it out"),
        ("emails = true", "'emails' stands outside of every table -> put it below [record] or [redaction]"),
    ],
)
def test_a_misspelt_table_is_named(tmp_path, text, said):
    """Rules in a table that nobody reads would take nothing out, and nobody would know."""
    path = written(tmp_path, text)
    with pytest.raises(Misuse) as caught:
        load_rules(path, {})
    assert str(caught.value) == f"{path}: {said}"


def test_a_file_that_is_not_there(tmp_path):
    """Somebody asked for it: an error."""
    with pytest.raises(Misuse, match="cannot be read"):
        load_rules(tmp_path / "no.toml", {})


def test_the_projects_file_is_found_where_the_verb_is_run(tmp_path, monkeypatch):
    """Without a named file the one in the current folder counts, if there is one; a named one must be there."""
    monkeypatch.chdir(tmp_path)
    assert project_rules(None, {}) == Rules()
    written(tmp_path, "[redaction]\nemails = true\n")
    assert project_rules(None, {}) == load_rules(tmp_path / "tapehiss.toml", {}) != Rules()
    with pytest.raises(Misuse):
        project_rules(tmp_path / "none.toml", {})
