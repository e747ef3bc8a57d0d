"""SDKs that follow the vendor's links stay at the mock."""

from __future__ import annotations

import json

from shop import HOST, SHOP, get

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.mocks.index import index_of
from tapehiss.mocks.links import here_of, origin_in, to_client, to_vendor

HERE = here_of("127.0.0.1:8000")
INDEX = index_of(SHOP)


def test_links_lead_to_the_mock():
    """Bodies, Link, Location and cookies speak of the mock; other hosts are left alone."""
    headers = (
        ("Content-Type", "application/hal+json"),
        ("Link", f'<{HOST}/v1/orders?page=2>; rel="next"'),
        ("Location", f"{HOST}/v1/orders/9"),
        ("Set-Cookie", "sid=1; Domain=shop.example; Secure; Path=/"),
        ("Content-MD5", "stale"),
    )
    body = json.dumps({"next": f"{HOST}/v1/orders?page=2", "docs": "https://docs.shop.example/"}).encode()
    exchange = Exchange(Request("GET", f"{HOST}/v1/orders"), Response(200, "OK", headers, body))
    seen = to_client(exchange.response, exchange, HERE)
    assert json.loads(seen.body) == {
        "next": "http://127.0.0.1:8000/v1/orders?page=2",
        "docs": "https://docs.shop.example/",
    }
    assert dict(seen.headers) == {
        "Content-Type": "application/hal+json",
        "Link": '<http://127.0.0.1:8000/v1/orders?page=2>; rel="next"',
        "Location": "http://127.0.0.1:8000/v1/orders/9",
        "Set-Cookie": "sid=1; Path=/",
    }


def test_bytes_that_are_no_text_are_left_alone():
    """A picture that holds the vendor's name is the same picture."""
    body = b"\x89PNG " + HOST.encode()
    exchange = Exchange(Request("GET", HOST), Response(200, "OK", (("Content-Type", "image/png"),), body))
    assert to_client(exchange.response, exchange, HERE).body == body


def test_without_a_name_for_the_mock_nothing_changes():
    """No Host header, or the vendor's own name: the answer is the recorded one."""
    exchange = get("/", body=f'"{HOST}"'.encode())
    assert to_client(exchange.response, exchange, here_of("")) == exchange.response
    same = Exchange(Request("GET", "http://api.shop.example/"), exchange.response)
    assert to_client(same.response, same, here_of("api.shop.example")) == exchange.response
    odd = Exchange(Request("GET", "nonsense"), exchange.response)
    assert to_client(odd.response, odd, HERE) == exchange.response
    assert here_of("a b") is None
    assert origin_in("ftp://a/") is None


def test_the_mocks_links_come_back_as_the_vendors():
    """What a client was given it sends back: in the query and in the body."""
    asked = Request(
        "POST",
        "http://127.0.0.1:8000/v1/a?next=http%3A%2F%2F127.0.0.1%3A8000%2Fv1",
        (("Content-Type", "application/json"),),
        b'{"self": "http://127.0.0.1:8000/v1/orders/1"}',
    )
    sent = to_vendor(asked, INDEX, HERE)
    assert sent.url == "http://127.0.0.1:8000/v1/a?next=https%3A%2F%2Fapi.shop.example%2Fv1"
    assert sent.body == f'{{"self": "{HOST}/v1/orders/1"}}'.encode()


def test_requests_without_such_links_pass_as_they_are():
    """Also when there is no vendor to speak of, or more than one."""
    asked = Request("POST", "http://127.0.0.1:8000/v1/a", (("Content-Type", "image/png"),), b"http://127.0.0.1:8000/")
    assert to_vendor(asked, INDEX, HERE) == asked
    assert to_vendor(asked, index_of([]), HERE) == asked
    assert to_vendor(asked, INDEX, None) == asked
    two = index_of([*SHOP, Exchange(Request("GET", "https://auth.shop.example/"), Response(200))])
    assert to_vendor(asked, two, HERE) == asked
    odd = index_of([Exchange(Request("GET", "nonsense"), Response(200))])
    assert to_vendor(asked, odd, HERE) == asked


AUTH = "https://auth.shop.example:8443"


def test_links_to_another_vendor_on_the_tapes_lead_to_its_place():
    """In bodies however they are spelt, and in the headers that lead somewhere; who is on no tape stays where it is."""
    text = (
        f'{{"auth": "{AUTH}/login", "esc": "{AUTH.replace("/", chr(92) + "/")}", "docs": "https://docs.shop.example/"}}'
    )
    headers = (("Content-Type", "application/json"), ("Location", f"{AUTH}/login?back=1"), ("X-Other", AUTH))
    exchange = Exchange(Request("GET", f"{HOST}/v1"), Response(302, "", headers, text.encode()))
    origins = index_of([exchange, Exchange(Request("GET", f"{AUTH}/login"), Response(200))]).origins
    seen = to_client(exchange.response, exchange, HERE, origins)
    place = "http://127.0.0.1:8000/_host/auth.shop.example:8443"
    assert json.loads(seen.body) == {"auth": f"{place}/login", "esc": place, "docs": "https://docs.shop.example/"}
    assert dict(seen.headers)["Location"] == f"{place}/login?back=1"
    assert dict(seen.headers)["X-Other"] == AUTH
    named = to_client(exchange.response, exchange, here_of("auth.shop.example:8443"), origins)
    assert AUTH.encode() in named.body


def test_places_of_vendors_come_back_as_their_urls():
    """In query and body, as they were spelt; what names no place passes as it is."""
    index = index_of([get("/"), Exchange(Request("GET", f"{AUTH}/login"), Response(200))])
    place = "http://127.0.0.1:8000/_host/auth.shop.example:8443"
    escaped = place.replace(":", "%3A").replace("/", "%2F")
    asked = Request("POST", f"http://127.0.0.1:8000/x?back={escaped}", (), f'{{"at": "{place}/cb"}}'.encode())
    sent = to_vendor(asked, index, HERE)
    assert sent.url == "http://127.0.0.1:8000/x?back=" + AUTH.replace(":", "%3A").replace("/", "%2F")
    assert sent.body == f'{{"at": "{AUTH}/cb"}}'.encode()
    plain = Request("GET", "http://127.0.0.1:8000/x?a=1")
    assert to_vendor(plain, index, HERE) is plain
    packed = Request("POST", "http://127.0.0.1:8000/x", (), b"_host", undecoded=True)
    assert to_vendor(packed, index, HERE).body == b"_host"


BELOW = ("_state", "t-7", "_host", "api.shop.example")


def test_links_lead_back_the_way_that_the_client_came():
    """With a state or a host in the path, its links have them too: in bodies, headers, relative redirects and cookies."""
    headers = (
        ("Content-Type", "application/json"),
        ("Location", "/v1/orders/9"),
        ("Link", f'<{HOST}/v1/orders?page=2>; rel="next"'),
        ("Set-Cookie", "sid=1; Path=/v1"),
        ("X-Other", "/v1"),
    )
    exchange = Exchange(
        Request("GET", f"{HOST}/v1"), Response(302, "", headers, f'"{HOST}/v1" "{AUTH}/login"'.encode())
    )
    origins = index_of([exchange, Exchange(Request("GET", f"{AUTH}/login"), Response(200))]).origins
    seen = to_client(exchange.response, exchange, HERE, origins, BELOW)
    root = "/_state/t-7/_host/api.shop.example"
    assert seen.headers[1:] == (
        ("Location", f"{root}/v1/orders/9"),
        ("Link", f'<http://127.0.0.1:8000{root}/v1/orders?page=2>; rel="next"'),
        ("Set-Cookie", f"sid=1; Path={root}/v1"),
        ("X-Other", "/v1"),
    )
    other = "http://127.0.0.1:8000/_state/t-7/_host/auth.shop.example:8443/login"
    assert seen.body.decode() == f'"http://127.0.0.1:8000{root}/v1" "{other}"'


def test_links_of_such_a_client_come_back_as_the_vendors():
    """Of one vendor and of several."""
    body = b'{"self": "http://127.0.0.1:8000/_state/t-7/v1/orders/1"}'
    asked = Request("POST", "https://127.0.0.1:8000/v1/a", (("Content-Type", "application/json"),), body)
    assert to_vendor(asked, INDEX, HERE, ("_state", "t-7")).body == f'{{"self": "{HOST}/v1/orders/1"}}'.encode()
    two = index_of([get("/"), Exchange(Request("GET", f"{AUTH}/login"), Response(200))])
    at = b'"http://127.0.0.1:8000/_state/t-7/_host/auth.shop.example:8443/cb"'
    asked = Request("POST", f"{HOST}/x", (), at)
    assert to_vendor(asked, two, HERE, BELOW).body == f'"{AUTH}/cb"'.encode()
