"""How a command is made to talk to the recorder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.origins import Origin, target
from tapehiss.proxy.pointing import BASE_URLS, BUNDLE_VARIABLES, named, placed, regular, reverse, signs

HERE = Origin("http", "127.0.0.1", 8080)


@pytest.mark.parametrize("base", BASE_URLS, ids=lambda base: base.variable)
def test_a_known_vendors_sdk_is_pointed_at_the_recorder(base) -> None:
    """Its variable gets the recorder's origin and the path that the SDK expects; every row says where that was read."""
    variables = reverse(HERE, target(f"https://{base.host.replace('*', 'service.region')}"), {})
    assert variables[base.variable] == f"http://127.0.0.1:8080{base.path}"
    assert base.source


def test_an_unknown_vendors_command_gets_the_url() -> None:
    """With the base path, and no SDK's variable is touched."""
    variables = reverse(HERE, target("https://api.vendor.example/v2"), {})
    assert variables["TAPEHISS_URL"] == "http://127.0.0.1:8080/v2"
    assert set(variables) == {"TAPEHISS_URL", "NO_PROXY", "no_proxy"}


@pytest.mark.parametrize(
    "before", [{}, {"NO_PROXY": "a.example"}, {"no_proxy": "a.example"}, {"NO_PROXY": "localhost,,a.example"}]
)
def test_the_recorder_is_reached_without_a_proxy(before: dict[str, str]) -> None:
    """A proxy that the user has set for the internet would not find 127.0.0.1; other exceptions stay."""
    variables = reverse(HERE, target("https://api.vendor.example"), before)
    names = variables["NO_PROXY"].split(",")
    assert {"127.0.0.1", "localhost", *(["a.example"] if before else [])} == set(names)
    assert variables["no_proxy"] == variables["NO_PROXY"]
    assert len(names) == len(set(names))


def test_all_traffic_goes_through_a_forward_proxy_and_trusts_it() -> None:
    """Both cases of the proxy's variables; a bundle where *all* authorities are meant, ours alone where it is added to others."""
    variables = regular(HERE, "/conf/ca.pem", "/conf/bundle.pem")
    assert {variables[name] for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")} == {str(HERE)}
    assert {variables[name] for name in BUNDLE_VARIABLES} == {"/conf/bundle.pem"}
    assert {variables[name] for name in ("NODE_EXTRA_CA_CERTS", "DENO_CERT")} == {"/conf/ca.pem"}
    assert {variables[name] for name in ("NO_PROXY", "no_proxy")} == {""}


@given(st.lists(st.text(max_size=20)))
def test_words_without_the_placeholder_stay(words: list[str]) -> None:
    """Only ``{url}`` is replaced; other braces are the command's."""
    plain = tuple(word.replace("{url}", "") for word in words)
    expected = tuple(word.replace("{url}", "U") for word in words)
    assert placed(words, "U") == expected
    assert placed([word for word in plain if "{url}" not in word], "U") == tuple(
        word for word in plain if "{url}" not in word
    )


def test_a_variable_of_ones_own_gets_the_url() -> None:
    """``--env NAME`` is the URL; ``--env NAME=...`` may have it anywhere."""
    settings = ["AWS_ENDPOINT_URL", "VENDOR_BASE={url}/v1", "DEBUG=1", "EMPTY="]
    assert named(settings, "http://127.0.0.1:8080") == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:8080",
        "VENDOR_BASE": "http://127.0.0.1:8080/v1",
        "DEBUG": "1",
        "EMPTY": "",
    }


@pytest.mark.parametrize("setting", ["", "=x", "1A=x", "A B", "{url}"])
def test_what_is_no_name_of_a_variable_is_refused(setting: str) -> None:
    """With the form that is meant."""
    with pytest.raises(Misuse, match="no name of a variable"):
        named([setting], "U")


@pytest.mark.parametrize(("host", "signed"), [("s3.eu-west-1.amazonaws.com", True), ("api.vendor.example", False)])
def test_vendors_whose_clients_sign_the_host_are_known(host: str, signed: bool) -> None:
    """There reverse mode cannot work, and the user is told."""
    assert signs(host) is signed
