"""From a URL to its operation."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from tapehiss.contracts.operations import SEGMENTS_MAX, Operation, operation_of, parse, split


@pytest.mark.parametrize(
    ("path", "template", "values"),
    [
        ("/v1/customers/cus_9s6XKzkNRiz8i3", "/v1/customers/{id}", {"3": "cus_9s6XKzkNRiz8i3"}),
        ("/pairs/3/4", "/pairs/{id}/{id}", {"2": "3", "3": "4"}),
        ("/lists/jane%40example.com/2026-11-21", "/lists/{email}/{date}", {"2": "jane@example.com", "3": "2026-11-21"}),
        ("/products/632910392.json", "/products/{id}.json", {"2": "632910392"}),
        ("/x/{y}/a%2Fb", "/x/{text}/{text}", {"2": "{y}", "3": "a/b"}),
    ],
)
def test_a_value_is_counted_under_its_form(path, template, values):
    """Parameters are called after their form, and their values are known by their place."""
    operation, known = operation_of("GET", f"https://api.vendor.example{path}")
    assert (template, values) == (operation.path, known)


@pytest.mark.parametrize(
    "path",
    ["/v1/customers", "/command/core/get-preference", "/2024-01-15/accounts", "/3/movies", "/rest/api/2/issues", "/1.1/statuses",
     "/admin/api/2019-04/shop", "/openapi.json", "/oauth2/v4/token", "/v1/models/gpt-4o-mini-2024-07-18", "/v1beta1/models",
     "/listAllPublicKeysForUser2Test3", "/locations/us-central1", "/repos/octocat/Hello-World", "/s3bucket-name-2024/key-1",
     "/latest/meta-data", "/", "/a//b/"],
)  # fmt: skip
def test_what_could_be_a_word_stays(path):
    """Versions, actions, models, regions and names stay literal: without the evidence of siblings nobody knows better."""
    assert path == operation_of("GET", f"https://api.vendor.example{path}")[0].path


def test_an_operation_has_an_origin_and_no_secret():
    """Host names compare without case, the scheme's own port is left out, and so are userinfo and query."""
    operation, values = operation_of("get", "HTTPS://me:pw@API.Vendor.Example:443/v1/users/7?token=x#y")
    assert Operation("GET", "https://api.vendor.example", "/v1/users/{id}") == operation
    assert values == {"3": "7"}
    assert operation.parameters == ("id",)


@given(st.from_regex(r"(https?|HTTP)://([a-z0-9.-]{1,6})(:80)?(/[a#?%@~]{0,6})?(\?[!-~]{0,8})?(#x)?", fullmatch=True))
def test_a_plain_url_is_split_as_any_other(url):
    """The short way says what the standard library says."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(":80" if parts.scheme == "http" else ":")
    assert split(url) == (f"{parts.scheme}://{host}" if host else "", parts.path or "/", parts.query)


def test_a_path_is_bounded():
    """What is deeper than any route is cut."""
    assert operation_of("GET", "https://h" + "/a" * 99)[0].path == "/a" * (SEGMENTS_MAX - 1)


@given(texts(5), st.one_of(texts(), st.text(alphabet="/{}:@?#[]%1a-_. ", max_size=30).map("https://h{}".format)))
def test_every_request_has_an_operation(method, url):
    """Whatever was sent has an operation that survives being written and read, and depends on nothing else."""
    operation, values = operation_of(method, url)
    assert parse(str(operation)) == operation
    assert (operation, values) == operation_of(method, url)
    assert len(values) == len(operation.parameters)


@given(texts())
def test_only_an_operation_is_read_as_one(text):
    """``parse`` gives an operation that writes itself the same, or refuses."""
    try:
        operation = parse(text)
    except ValueError:
        return
    assert text == str(operation)
