"""The fixture ``tapehiss_server`` in a project that uses it."""

from __future__ import annotations

import threading

import pytest
from recordings import write_tape
from shop import SHOP

pytest_plugins = ["pytester"]

PROJECT = """
import socket, threading, urllib.error, urllib.request
import pytest
from tapehiss.mocks.faults import Status
from tapehiss.mocks.schedule import Rule

def status(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code

def test_a_tape_beside_the_test(tapehiss_server):
    server = tapehiss_server("tapes/shop.yaml")
    assert status(server.url + "/v1/orders/1") == 200
    assert server.totals().rungs == {"exact": 1}

def test_a_schedule(tapehiss_server):
    server = tapehiss_server("tapes", schedule=["503 first=1", Rule(Status(500), after=1, first=1)])
    assert [status(server.url + "/v1/orders/1") for _ in range(3)] == [503, 500, 200]
    assert server.ask(lambda live, now_s: live.vendor.seed) == SEED

def test_limits(tapehiss_server):
    server = tapehiss_server("tapes/shop.yaml", limits="klaviyo:XS")
    assert [limit.name for limit in server.ask(lambda live, now_s: live.vendor.limits.limits)] == ["burst", "steady"]
    with pytest.raises(Exception, match="no plan 'XXS'"):
        tapehiss_server("tapes/shop.yaml", limits="klaviyo:XXS")

def test_two_servers(tapehiss_server):
    one, other = tapehiss_server("tapes/shop.yaml", seed=3), tapehiss_server("tapes/shop.yaml", latency=0.5)
    assert one.url != other.url
    assert one.ask(lambda live, now_s: live.vendor.seed) == 3

def test_webhooks(tapehiss_server):
    with socket.create_server(("127.0.0.1", 0)) as endpoint:
        to = f"http://127.0.0.1:{endpoint.getsockname()[1]}/"
        server = tapehiss_server("tapes/shop.yaml", webhooks="tapes/hooks.yml", webhook_to=to)
        assert status(server.url + "/v1/orders/1") == 200
        endpoint.accept()[0].close()
        assert server.settled()
    assert [each.fate for each in server.deliveries()] == ["failed"]

def test_they_stop_with_the_test():
    assert [thread for thread in threading.enumerate() if thread.name.startswith("tapehiss")] == []

def test_a_bad_rule_is_told(tapehiss_server):
    with pytest.raises(Exception, match="teapot"):
        tapehiss_server("tapes/shop.yaml", schedule=["teapot"])
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "tapes").mkdir()
    write_tape(pytester.path / "tapes" / "shop.yaml", SHOP)
    hooks = "style: github\nsecrets: [s]\ntemplates: {read: {type: read, on: GET *}}\n"
    (pytester.path / "tapes" / "hooks.yml").write_text(hooks)
    return pytester


def test_a_project_serves_its_tapes(project):
    """Tapes beside the test, rules in either form, several servers, all stopped with their test."""
    project.makepyfile(PROJECT.replace("SEED", "11"))
    done = project.runpytest_subprocess("--tapehiss-seed", "11", "-q", "-p", "no:cacheprovider")
    done.assert_outcomes(passed=7)


def test_the_fixture_and_the_option_explain_themselves(project):
    """``--fixtures`` and ``--help`` have a line for each."""
    project.makepyfile("def test_nothing(): pass")
    project.runpytest_subprocess("--fixtures").stdout.fnmatch_lines(
        ["tapehiss_server*", "*mock vendors made of tapes*"]
    )
    project.runpytest_subprocess("--help").stdout.fnmatch_lines(["*--tapehiss-seed=N*"])


def test_it_works_in_this_very_run(tapehiss_server, tmp_path):
    """The plugin is loaded by its entry point; an absolute path is taken as it is."""
    server = tapehiss_server(write_tape(tmp_path / "shop.yaml", SHOP))
    assert server.ask(lambda live, _: len(live.vendor.index.recordings)) == len(SHOP)
    assert any(thread.name.startswith("tapehiss-mock") for thread in threading.enumerate())
