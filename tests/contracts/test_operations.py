"""From a URL to its operation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from tapehiss.contracts.operations import Operation, looks_minted, operation_of, parse


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/v1/customers/cus_9s6XKzkNRiz8i3", "/v1/customers/{customer_id}"),
        ("/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15/refunds", "/v1/charges/{charge_id}/refunds"),
        ("/users/42", "/users/{user_id}"),
        ("/companies/9/offices/3", "/companies/{company_id}/offices/{office_id}"),
        ("/pairs/3/4", "/pairs/{pair_id}/{id}"),
        ("/users/8/users/9", "/users/{user_id}/users/{user_id_2}"),
        ("/items/0b87cd7a-5a2d-4bdc-a2d7-6e3ba0f4b6a1", "/items/{item_id}"),
        ("/cards/560bf4dd7139286471dc009c", "/cards/{card_id}"),
        ("/items/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/items/{item_id}"),
        ("/items/V1StGXR8_Z5jdHi6B-myT", "/items/{item_id}"),
        ("/albums/4iV5W9uYEdYUVa79Axb7Rh", "/albums/{album_id}"),
        ("/files/file-abc123DEF456ghi789", "/files/{file_id}"),
        ("/line-items/7", "/line-items/{line_item_id}"),
        ("/lineItems/7", "/lineItems/{line_item_id}"),
        ("/addresses/5", "/addresses/{address_id}"),
        ("/series/77", "/series/{series_id}"),
        ("/statuses/7", "/statuses/{status_id}"),
        ("/status/7", "/status/{status_id}"),
        ("/warehouses/7", "/warehouses/{warehouse_id}"),
        ("/reports/2026-11-21", "/reports/{date}"),
        ("/lists/jane%40example.com", "/lists/{email}"),
        ("/zones/example.com/records/5", "/zones/{domain}/records/{record_id}"),
        ("/hosts/10.0.0.1", "/hosts/{ip}"),
        ("/products/632910392.json", "/products/{product_id}.json"),
        ("/operations/123456:cancel", "/operations/{operation_id}:cancel"),
        ("/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json",
         "/2010-04-01/Accounts/{account_id}/Messages.json"),
    ],
)  # fmt: skip
def test_what_looks_like_an_id_is_a_parameter(path, template):
    """Integers, UUIDs, prefixed ids, tokens, dates and names of hosts are parameters, called after what they are."""
    assert template == operation_of("GET", f"https://api.vendor.example{path}")[0].path


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
    assert Operation("GET", "https://api.vendor.example", "/v1/users/{user_id}") == operation
    assert values == {"user_id": "7"}
    assert operation.parameters == ("user_id",)


def test_braces_in_a_url_are_no_parameters():
    """What was sent in braces is escaped in the template."""
    assert operation_of("GET", "https://h/x/{y}")[0].path == "/x/%7By%7D"


@given(texts(5), st.one_of(texts(), st.text(alphabet="/{}:@?#[]%1a-_. ", max_size=30).map("https://h{}".format)))
def test_every_request_has_an_operation(method, url):
    """Whatever was sent has an operation that survives being written and read, and depends on nothing else."""
    operation, values = operation_of(method, url)
    assert parse(str(operation)) == operation
    assert (operation, values) == operation_of(method, url)
    assert list(values) == list(dict.fromkeys(operation.parameters))


@given(texts())
def test_only_an_operation_is_read_as_one(text):
    """``parse`` gives an operation that writes itself the same, or refuses."""
    try:
        operation = parse(text)
    except ValueError:
        return
    assert text == str(operation)


def test_words_do_not_look_minted():
    """An enumeration may hold words; ids, tokens and dates in it would be values of one recording."""
    minted = ["cus_9s6XKzkNRiz8i3", "2026-11-21", "12", "a@b.example", "V1StGXR8_Z5jdHi6B-myT"]
    assert [looks_minted(text) for text in minted] == [True] * 5
    assert [looks_minted(text) for text in ["active", "past_due", "in-progress", "USD"]] == [False] * 4
