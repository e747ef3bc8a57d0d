"""Which credentials a vendor takes, told from what was accepted and what was not."""

from __future__ import annotations

from habits import HOST, origin, told
from tapehiss.contracts import auth_facts

BEARER = {"Authorization": "Bearer " + "3Zq9" * 6}


def facts(exchanges):
    return {(fact.id, fact.operation): fact for fact in auth_facts.facts(origin(exchanges))}


def test_a_scheme_is_told_with_its_support():
    """Four of five accepted requests had a bearer token: that is said, and of which origin."""
    known = facts([told(asked=BEARER)] * 4 + [told("/v1/health")])
    bearer = known["auth-bearer", ""]
    assert (bearer.seen, bearer.of) == (4, 5)
    assert (bearer["origin"], bearer["in"], bearer["name"], bearer["credential"]) == (
        HOST, "header", "authorization", "header:authorization:bearer",
    )  # fmt: skip
    assert known["auth-accepted", f"GET {HOST}/v1/things"]["credentials"] == ("header:authorization:bearer",)
    assert known["auth-accepted", f"GET {HOST}/v1/health"]["credentials"] == ()


def test_two_keys_are_needed_together():
    """Keys that always come together are one set of credentials."""
    known = facts([told(asked={"Dd-Api-Key": "1", "Dd-Application-Key": "2"})] * 3)
    both = ("header:dd-api-key:key", "header:dd-application-key:key")
    assert known["auth-accepted", f"GET {HOST}/v1/things"]["credentials"] == both


def test_a_weak_name_counts_where_most_requests_have_it():
    """``key`` is a credential when nearly every request has it, and a mere parameter when few do."""
    assert ("auth-key", "") in facts([told("/v1/a?key=1&token=2"), told("/v1/b?key=1&token=2")])
    assert ("auth-key", "") not in facts([told("/v1/a?key=1"), told("/v1/b"), told("/v1/c")])


def test_a_blotted_out_credential_is_of_the_scheme_that_is_known():
    """What a recorder masked is told as unknown, unless the same header has one scheme elsewhere."""
    masked = told(asked={"Authorization": "<TOKEN>"})
    assert facts([masked, told(asked=BEARER)])["auth-bearer", ""].seen == 2
    assert facts([masked])["auth-unknown", ""].seen == 1


def test_without_credentials_nothing_is_claimed():
    """That no request had a credential proves neither that none is needed nor the contrary."""
    known = facts([told()] * 3)
    assert known["auth-unseen", ""].seen == 3
    assert all(fact.id == "auth-unseen" for fact in known.values())


def test_refusals_say_what_was_missing():
    """A 401 without and one with a credential are told apart, with the schemes that the vendor asks for."""
    asks = {"WWW-Authenticate": 'Bearer realm="api"'}
    known = [
        fact
        for fact in auth_facts.facts(
            origin([told(status=401, headers=asks), told(status=401, asked=BEARER, headers=asks), told(asked=BEARER)])
        )
        if fact.id == "auth-refused"
    ]
    assert [(fact["status"], fact["credential"], fact["challenges"], fact.seen) for fact in known] == [
        (401, False, ("bearer",), 1),
        (401, True, ("bearer",), 1),
    ]


def test_a_token_endpoint_is_recognised():
    """Where a grant is sent tokens are handed out; its secrets are no credentials of the API."""
    sent = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}
    known = facts([told("/oauth/token", {"access_token": "x"}, method="POST", sent=sent)])
    assert known["auth-token-endpoint", f"POST {HOST}/oauth/token"]["grants"] == ("client_credentials",)
    assert ("auth-key", "") not in known


def test_a_credential_in_the_body_is_told():
    """Some vendors take their token as a form or JSON member of every request."""
    sent = {"login_token": "1,abc", "format": "json"}
    known = facts([told(f"/{name}", {}, method="POST", sent=sent) for name in ("Record.List", "Record.Create")])
    assert (known["auth-key", ""]["in"], known["auth-key", ""]["name"]) == ("body", "login_token")
