"""Promises of ``cassettes/requre.py``."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Exchange, Request, Response, Timings
from tapehiss.cassettes.importing import read_source
from tapehiss.cassettes.requre import read
from tapehiss.cassettes.source import Refusal, Source

STORAGE = """\
_requre: {DataTypes: 1, key_strategy: StorageKeysInspectSimple, version_storage_file: 2}
unittest.case:
  some.module:
    requests.sessions:
      send:
        GET:
          https://api.vendor.example/v1/things:
          - metadata: {latency: 0.25, module_call_list: [a, b]}
            output:
              __store_indicator: 2
              _content: {id: 1, name: é}
              encoding: utf-8
              headers: {Content-Type: application/json, Date: 'Fri, 01 Nov 2019 13-36-03 GMT'}
              raw: !!binary ""
              reason: Created
              status_code: 201
          - metadata: {latency: 0.5}
            output: {__store_indicator: 1, _content: café, encoding: ISO-8859-1, headers: {}, reason: OK, status_code: 200}
tempfile:
  mktemp:
    a:
    - output: /tmp/1
"""
NO_REQUEST = ("request", "requre keeps no request headers and no request body")


def test_stored_responses_are_exchanges() -> None:
    """However deep they lie; results of other calls are passed over."""
    first, second = read_source(Source("a.yaml", STORAGE.encode()))
    assert first == Exchange(
        Request("GET", "https://api.vendor.example/v1/things"),
        Response(
            201,
            "Created",
            (("Content-Type", "application/json"), ("Date", "Fri, 01 Nov 2019 13-36-03 GMT")),
            '{"id": 1, "name": "é"}'.encode(),
        ),
        timings=Timings(end_s=0.25),
        notes=(NO_REQUEST, ("response_body", "rebuilt from a parsed value: the spacing of the original is lost")),
    )
    assert isinstance(second, Exchange)
    assert second.response == Response(200, "OK", (), b"caf\xe9")
    assert second.notes == (NO_REQUEST,)


def test_a_response_without_verb_or_url_is_refused() -> None:
    """Its keys do not say what was asked."""
    held = {
        "_requre": {},
        "a": {"POST": [{"output": {"status_code": 200}}], "https://a.example/": [{"output": {"status_code": 200}}]},
    }
    refusals = list(read(held, Source("a.yaml", b"")))
    assert [type(one) for one in refusals] == [Refusal, Refusal]


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["GET", "https://a.example/", "output", "status_code", "_content", "headers", "metadata"]), inner, max_size=5)
    ),
)  # fmt: skip


@given(VALUES)
def test_whatever_it_holds_is_an_exchange_or_a_refusal(odd: Any) -> None:
    """No traceback."""
    held = {
        "_requre": {},
        "GET": {"https://a.example/": [{"output": {"status_code": 200, "_content": odd, "headers": odd}}, odd]},
        "x": odd,
    }
    assert all(isinstance(one, (Exchange, Refusal)) for one in read(held, Source("a.yaml", b"")))
