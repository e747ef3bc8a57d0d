"""What a person sees of a recording, and what a program is given."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tapehiss.cassettes.origins import Address, Origin, target
from tapehiss.proxy import display
from tapehiss.proxy.settings import Settings
from tapehiss.proxy.tally import Row, Tally, Written

HERE = Origin("http", "127.0.0.1", 8080)
ROWS = st.builds(
    Row,
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(
        [
            "https://a.example/v1/things/17",
            "https://a.example/v1/things/18",
            "https://a.example/",
            "https://b.example/x",
        ]
    ),
    st.sampled_from(["2xx", "4xx", "reset"]),
    st.integers(0, 10**9),
    st.floats(0, 10),
    st.just(()),
)


def tally(*rows: Row, **more: object) -> Tally:
    """What has been counted after these exchanges."""
    counted = Tally(request_bytes=1234, response_bytes=56_000_000, open=2, queue_exchanges=3)
    counted.add(Written(exchanges=len(rows), durable=len(rows), rows=rows, **more))
    return counted


@given(st.lists(ROWS, max_size=20))
def test_the_end_table_counts_every_exchange_once(rows: list[Row]) -> None:
    """Folding identifiers loses nothing; the busiest endpoint comes first."""
    lines = display.endpoints(tally(*rows))
    assert sum(line.count for line in lines) == len(rows)
    assert sum(line.body_bytes for line in lines) == sum(row.body_bytes for row in rows)
    assert all(sum(count for _, count in line.outcomes) == line.count for line in lines)
    assert all(line.median_s <= line.slowest_s for line in lines)
    assert [line.count for line in lines] == sorted((line.count for line in lines), reverse=True)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example/v1/things/17", "/v1/things/{}"),
        ("https://a.example/v1/customers/cus_NffrFeUfNV2Hib/cards", "/v1/customers/{}/cards"),
        ("https://a.example/o/8b3e1f9c-2d4a-4c6e-9f10-aabbccddeeff", "/o/{}"),
        ("https://a.example/c/9fceb02d0ae598e95dc970b74767f19372d61af8", "/c/{}"),
        ("https://a.example/v1/chat/completions", "/v1/chat/completions"),
        ("https://a.example/oauth2/token", "/oauth2/token"),
        ("https://a.example/deadbeef/facade", "/deadbeef/facade"),
        ("https://a.example", "/"),
    ],
)
def test_an_identifier_is_folded_and_a_word_is_not(url: str, path: str) -> None:
    """Numbers, UUIDs, digests and prefixed identifiers."""
    assert display.template(url, host=False) == path
    assert display.template(url, host=True) == f"a.example{path}"


def test_one_line_says_how_it_goes() -> None:
    """Exchanges, outcomes, bytes, secrets, queue; quarantine and gaps only if there are any."""
    good = tally(Row("GET", "https://a.example/", "2xx", 5, 0.1), taken_out=(("cookie", 4), ("bearer", 1)))
    assert display.live(good, 65.0) == (
        "01:05 | 1 exchange (2xx:1) | 2 open | 1.2 kB up, 56.0 MB down | 5 secrets taken out | 3 in the queue"
    )
    assert display.live(tally(quarantined=1, gaps=2), 0.0).endswith("1 in quarantine | 2 gaps")


def test_the_end_says_what_was_recorded_what_was_not_and_where_it_is() -> None:
    """Everything that is missing has its reason."""
    text = "\n".join(
        display.closing(tally(passed_over=3, quarantined=1, gaps=2, gap_reasons=("why", "why"), paths=("t/a.yaml",)))
    )
    for part in ("0 exchanges recorded", "3 not wanted", "1 in quarantine", "gap (2): why", "tape: t/a.yaml"):
        assert part in text
    assert display.closing(tally()) == ["0 exchanges recorded, 0 secrets taken out"]


def test_the_first_lines_say_where_what_to_change_and_where_the_tape_will_be() -> None:
    """In reverse mode the URL with its base path, and the variable of a known SDK."""
    settings = Settings(to=target("https://api.openai.com/v1"), into=Path("t"))
    text = "\n".join(display.opening(settings, HERE, command=False))
    for part in (
        "https://api.openai.com/v1 at http://127.0.0.1:8080/v1",
        "OPENAI_BASE_URL=http://127.0.0.1:8080/v1",
        "t/api.openai.com-*.yaml",
        "Ctrl-C",
    ):
        assert part in text
    assert "change" not in "\n".join(display.opening(settings, HERE, command=True))
    assert "the proxy http://127.0.0.1:8080" in display.opening(Settings(), HERE, command=False)[0]


def test_cautions_come_before_anything_is_recorded() -> None:
    """An address that others can reach, clients that sign the host, a certificate that is not verified; else none."""
    assert display.cautions(Settings(to=target("https://api.vendor.example"))) == []
    settings = Settings(to=target("https://s3.amazonaws.com"), listen=Address("0.0.0.0", 0), upstream_insecure=True)
    assert [line.partition(" ")[0] for line in display.cautions(settings)] == ["anybody", "clients", "the"]


def test_a_client_that_refused_us_is_told_how_to_trust() -> None:
    """One line with the host, the file, and the command that says more."""
    line = display.distrusted("a.example", "/conf/ca.pem")
    assert "\n" not in line
    assert all(part in line for part in ("a.example", "/conf/ca.pem", "--how-to-trust"))


def test_a_vendor_without_tls_is_named_with_the_remedy() -> None:
    """One line: what is wrong with its certificate, or mitmproxy's words for what else went wrong."""
    line = display.no_tls("a.example", "Certificate verify failed: self-signed certificate")
    assert all(part in line for part in ("a.example", "(self-signed certificate)", "--upstream-ca", "--insecure"))
    assert "does it speak TLS" in display.no_tls("a.example", "The remote server does not speak TLS.")


def test_the_table_is_drawn_with_a_limit() -> None:
    """Forty endpoints, and one row that says how many more; brackets in a path are no markup."""
    rows = [
        Row("GET", f"https://a.example/[b]{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]}", "2xx", 1, 0.5 + n)
        for n in range(45)
    ]
    out = io.StringIO()
    Console(file=out, width=120).print(display.table(display.endpoints(tally(*rows))))
    assert "(5 more)" in out.getvalue()
    assert "/[b]aa" in out.getvalue()
    small = io.StringIO()
    Console(file=small, width=120).print(display.table(display.endpoints(tally(*rows[:1]))))
    assert "500.0 ms" in small.getvalue()
    assert "more)" not in small.getvalue()


@given(st.lists(ROWS, max_size=5), st.integers(0, 255), st.none() | st.integers(0, 255))
def test_a_program_is_given_the_same_numbers_as_json(rows: list[Row], code: int, command: int | None) -> None:
    """It survives JSON."""
    given_out = display.summary(tally(*rows, paths=("a",)), exit_code=code, command=command)
    assert json.loads(json.dumps(given_out))["exchanges"] == len(rows)
    assert given_out["tapes"] == ["a"]
    assert (given_out["exit_code"], given_out["command_exit_code"]) == (code, command)


@pytest.mark.parametrize(
    ("recorder", "command", "code"), [(0, None, 0), (1, None, 1), (0, 0, 0), (1, 0, 1), (1, 7, 7), (0, 7, 7)]
)
def test_a_command_that_failed_is_what_the_shell_is_told(recorder: int, command: int | None, code: int) -> None:
    """A recording that is incomplete fails a command that did not."""
    assert display.exit_code(recorder=recorder, command=command) == code


@pytest.mark.parametrize(("returncode", "code"), [(0, 0), (3, 3), (-9, 137), (-15, 143)])
def test_a_signal_is_128_and_its_number(returncode: int, code: int) -> None:
    """As shells have it."""
    assert display.shell_code(returncode) == code


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_345_678, "12.3 MB"),
        (10**13, "10.0 TB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_bytes_for_people(count: int, text: str) -> None:
    """Decimal units."""
    assert display.size(count) == text


def test_a_command_is_pointed_according_to_the_mode() -> None:
    """Base URL in reverse mode, proxy and trust in regular mode."""
    assert "TAPEHISS_URL" in display.environment(Settings(to=target("https://a.example")), HERE, ("", ""), {})
    assert display.environment(Settings(), HERE, ("ca", "bundle"), {})["SSL_CERT_FILE"] == "bundle"
