"""The headers that matter, and those that every client and every proxy adds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.headers import NAMES_MAX, answered, asked


def pairs(**headers):
    return tuple((name.replace("_", "-"), value) for name, value in headers.items())


def test_what_a_vendor_asks_for():
    """Versions, idempotency keys, tenants and conditions stay; the client's own business does not."""
    own = pairs(
        Host="h", User_Agent="x", Accept_Encoding="gzip", Connection="close", Content_Length="3", Cookie="a=b", Traceparent="00",
        X_Stainless_Lang="python", X_Stripe_Client_User_Agent="{}", X_Amz_Date="2026", X_Request_Id="7", Sec_Fetch_Mode="cors",
    )  # fmt: skip
    told = pairs(
        Accept="application/json", Notion_Version="2022-06-28", Idempotency_Key="k", X_Tenant="7", If_Match='"1"'
    )
    assert asked(own + told) == {
        "accept": "application/json",
        "notion-version": "2022-06-28",
        "idempotency-key": "k",
        "x-tenant": 7,
        "if-match": '"1"',
    }


def test_credentials_are_told_by_their_scheme():
    """Nothing of a credential is kept."""
    secret = "3Zq9" * 8
    assert asked((("Authorization", f"Bearer {secret}"), ("X-Api-Key", secret))) == {
        "authorization": "bearer",
        "x-api-key": "(credential)",
    }


def test_what_a_client_could_act_upon():
    """Quotas, validators, paging, versions, places, replays and deprecations stay; what proxies and servers say of themselves does not."""
    noise = pairs(
        Date="x",
        Server="nginx",
        CF_Ray="1",
        X_Request_Id="7",
        Vary="Accept",
        X_Envoy_Upstream_Service_Time="3",
        Set_Cookie="a=b",
    )
    told = pairs(
        ETag='"1"', Link="<x>; rel=next", X_RateLimit_Remaining="7", X_Request_Limit="9", X_Request_Remaining="8", Retry_After="5",
        X_Total_Count="70", API_Version="2", Location="/x", Idempotent_Replayed="true", Sunset="Sat, 21 Nov 2026 00:00:00 GMT",
    )  # fmt: skip
    assert set(answered(noise + told)) == {name.lower() for name, _ in told}


def test_a_repeated_header_is_a_list():
    """All its values are told, in order."""
    assert answered((("Link", "a"), ("link", "b"), ("LINK", "c"))) == {"link": ["a", "b", "c"]}


def test_too_many_names_are_cut():
    """The first ones are told."""
    many = tuple((f"X-Thing-{number}", "1") for number in range(2 * NAMES_MAX))
    assert list(asked(many)) == [f"x-thing-{number}" for number in range(NAMES_MAX)]


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=NAMES_MAX * 2))
def test_no_header_is_too_odd(headers):
    """Any headers give a bounded document."""
    assert len(asked(tuple(headers))) <= NAMES_MAX
    assert len(answered(tuple(headers))) <= NAMES_MAX
