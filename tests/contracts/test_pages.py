"""What a person reads of a contract."""

from __future__ import annotations

import json

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.blocks import Code, Heading, Table
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import Contract, Taped, learn
from tapehiss.contracts.markdown import markdown
from tapehiss.contracts.pages import PIECED, operation_page, overview, report, title_of
from tapehiss.contracts.provenance import provenance
from traffic import answer

HOST = "https://api.vendor.example"
KEY = (("Authorization", "Bearer " + "abcdefghij" * 3),)


def get(path: str, body: bytes = b'{"data": []}', status: int = 200) -> Clean:
    answer_ = Response(status, "", (("Content-Type", "application/json"),), body)
    return Clean(Exchange(Request("GET", HOST + path, KEY), answer_, started_at=1_700_000_000.0))


def known_of(*exchanges: Clean):
    return catalogue(learn([Taped(each, "t.yaml", number) for number, each in enumerate(exchanges, 3)]))


def test_the_overview_begins_with_a_request_that_works():
    """The easiest call that was answered well, with its credential, before anything else."""
    known = known_of(
        *[get("/v1/things?limit=3")] * 6, get("/v1/things/4242"), answer({}, url=f"{HOST}/v1/things", method="DELETE")
    )
    page = overview(known, facts(known))
    code = next(block for block in page if isinstance(block, Code))
    assert code.text.startswith(f"curl '{HOST}/v1/things?limit=3'")
    assert "$TOKEN" in code.text
    table = next(block for block in page if isinstance(block, Table))
    assert [row[0] for row in table.rows] == ["DELETE /v1/things", "GET /v1/things", "GET /v1/things/{thing_id}"]
    assert [row[3] for row in table.rows] == ["thin", "", "thin"]


def test_a_page_says_on_what_it_rests():
    """How often, when last, where on which tape, and that one exchange proves little."""
    [(operation, evidence)] = known_of(get("/v1/things")).entries
    text = markdown(operation_page(operation, evidence))
    assert "Seen once: 200×1, last on 2023-11-14 (t.yaml:3). Thinly evidenced" in text


def test_a_page_has_parameters_bodies_and_answers():
    """What to send and what comes back, each with its support; where ids come from."""
    ids = ["cus_9s6XKzkNRiz8i3", "cus_9s6XKzkNRiz8i4"]
    sent = Request(
        "POST", f"{HOST}/v1/customers/{ids[0]}?dry=true", (("Content-Type", "application/json"),), b'{"name": "x"}'
    )
    made = Clean(Exchange(sent, Response(200, "", (("Content-Type", "application/json"),), b'{"id": 1, "ok": true}')))
    bad = Clean(Exchange(sent, Response(400, "", (("Content-Type", "application/json"),), b"{")))
    known = known_of(made, bad, answer([{"id": each} for each in ids], url=f"{HOST}/v1/customers"))
    [(operation, evidence)] = [entry for entry in known.entries if entry[0].method == "POST"]
    text = markdown(operation_page(operation, evidence, facts(known), provenance(known)))
    for piece in (
        "| `dry` | query |",
        "Request body, application/json: sent 1 times",
        "## Answer 200, application/json: seen 1 times",
        "as in \\[\\].id of GET /v1/customers (1 of 1 known values were there)",
        "Could not be read: 1 not JSON.",
    ):
        assert piece in text


def test_a_body_that_is_put_together_is_called_so():
    """Whoever copies a body that no call had as a whole is told; one that was sent as it stands needs no word."""
    for text, told in (("x" * 5_000, True), ("x", False)):
        body = json.dumps({"a": text}).encode()
        request = Request("POST", "https://h/v1/a", (("Content-Type", "application/json"),), body)
        known = catalogue(learn([Clean(Exchange(request, Response(204)))]))
        assert (PIECED in markdown(operation_page(*known.entries[0]))) is told


def test_a_report_has_everything():
    """The overview, then a page for each operation, one level deeper."""
    known = known_of(get("/v1/things"), get("/v1/parts"))
    page = report(known, facts(known), provenance(known))
    heads = [block.text for block in page if isinstance(block, Heading) and block.level == 2]
    assert title_of(page) == HOST
    assert f"GET {HOST}/v1/parts" in heads


def test_nothing_known_is_a_page_too():
    """An empty contract has no first request and no operations."""
    page = overview(catalogue(Contract()), ())
    assert title_of(page) == "No vendor"
    assert not [block for block in page if isinstance(block, Code)]


def test_what_was_seen_once_is_told():
    """An answer of its own among many of another kind rests on one exchange."""
    [(operation, evidence)] = known_of(*[get("/v1/things")] * 6, get("/v1/things", b'{"error": 1}', 503)).entries
    text = markdown(operation_page(operation, evidence))
    assert "Seen once only: response 503 application/json." in text
    assert "Thinly evidenced" not in text


def test_the_overview_tells_how_to_page():
    """The parameter, and the request for the second page, as the operation's own page has it, too."""
    exchanges = [get(f"/v1/things?page={at}", b'{"data": [{"id": 1}], "next_page": %d}' % (at + 1)) for at in (1, 2, 3)]
    known = known_of(*exchanges)
    [(operation, evidence)] = known.entries
    for page in (overview(known, facts(known)), operation_page(operation, evidence, facts(known))):
        text = markdown(page)
        assert "# Paging" in text
        assert "Query parameter page takes the number of the page" in text
        assert f"curl '{HOST}/v1/things?page=2'" in text


def test_an_origin_is_said_once():
    """Of several origins each has its table, whose rows are paths."""
    known = known_of(get("/v1/things"), answer({}, url="https://cdn.vendor.example/v1/things"))
    page = overview(known, facts(known))
    tables = [block for block in page if isinstance(block, Table)]
    assert [row[0] for table in tables for row in table.rows] == ["GET /v1/things"] * 2
    assert [block.text for block in page if isinstance(block, Heading) and block.level == 3] == [
        HOST,
        "https://cdn.vendor.example",
    ]


def test_what_clients_send_with_everything_is_not_told():
    """An empty object with a read, and a header that asks for anything."""
    headers = (("Content-Type", "application/json"), ("Accept", "*/*"), ("X-Version", "7"))
    answered = Response(200, "", (("Content-Type", "application/json"),), b"{}")
    reads, writes = (
        [Clean(Exchange(Request(method, HOST + "/v1/things", headers, b"{}"), answered))] * 2
        for method in ("GET", "POST")
    )
    texts = [markdown(operation_page(*known_of(*each).entries[0])) for each in (reads, writes)]
    assert ["Request body" in text for text in texts] == [False, True]
    assert ["accept" in text for text in texts] == [False, False]
    assert all("x-version" in text for text in texts)
