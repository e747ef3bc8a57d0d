"""Which identifiers stand for which."""

from __future__ import annotations

import random
import uuid

from hypothesis import given
from hypothesis import strategies as st
from shop import HOST

from tapehiss.cassettes.exchange import Request, Response
from tapehiss.mocks.bindings import Bindings

OURS, TAPES = (str(uuid.UUID(int=random.Random(seed).getrandbits(128))) for seed in (1, 2))
BOUND = Bindings().bound([(OURS, TAPES)])
JSON = ("Content-Type", "application/json")


@given(st.lists(st.tuples(st.uuids(), st.uuids()), max_size=5, unique_by=(lambda pair: pair[0], lambda pair: pair[1])))
def test_what_is_bound_can_be_looked_up_from_both_sides(pairs):
    """A request of the client's becomes the tape's, and the tape's answer the client's."""
    told = [(str(new), str(old)) for new, old in pairs]
    bindings = Bindings().bound(told)
    asked = Request("POST", f"{HOST}/x", (), " ".join(new for new, _ in told).encode())
    recorded = Response(200, "", (JSON,), " ".join(old for _, old in told).encode())
    assert bindings.to_tape(asked).body == recorded.body
    assert bindings.to_client(recorded).body == asked.body


def test_nothing_bound_changes_nothing():
    """Without bindings, and without an identifier that is bound, values pass as they are."""
    request, response = Request("GET", f"{HOST}/things/{TAPES}", (), b"x"), Response(200, "", (), OURS.encode())
    assert Bindings().to_tape(request) is BOUND.to_tape(request) is request
    assert Bindings().to_client(response) is BOUND.to_client(response) is response
    assert BOUND.bound([]) is BOUND
    assert BOUND.knows([TAPES])
    assert not BOUND.knows([OURS])


def test_the_later_binding_counts():
    """Who names the same thing anew gets the new name back."""
    again = BOUND.bound([("other-1A2b3C4d5E6f7G", TAPES)])
    assert again.to_client(Response(200, "", (JSON,), TAPES.encode())).body == b"other-1A2b3C4d5E6f7G"


def test_urls_keep_their_escapes():
    """Segments and values are renamed under their escapes, and the rest of the URL stays byte for byte."""
    ours, tapes = "aB1+cD2/eF3gH4iJ5kL6", "zB1+cD2/eF3gH4iJ5kL6"
    bindings = BOUND.bound([(ours, tapes)])
    asked = f"{HOST}/a%2fb/{OURS}/x?p=a+b&q=aB1%2BcD2%2feF3gH4iJ5kL6&r={OURS}"
    told = f"{HOST}/a%2fb/{TAPES}/x?p=a+b&q=zB1%2BcD2%2FeF3gH4iJ5kL6&r={TAPES}"
    assert bindings.to_tape(Request("GET", asked)).url == told


def test_answers_stay_true():
    """A changed body loses its digests, and its pieces if its length changed; headers are renamed, binary bodies are not."""
    digested = Response(
        200, "", (JSON, ("Content-MD5", "x"), ("X-Amz-Checksum-Crc32", "y")), TAPES.encode(), chunks=((0.0, 36),)
    )
    changed = BOUND.to_client(digested)
    assert (changed.headers, changed.body, changed.chunks) == ((JSON,), OURS.encode(), ((0.0, 36),))
    shorter = Bindings().bound([("n1e2w3-n4a5m6e7x", TAPES)]).to_client(digested)
    assert shorter.chunks == ()
    placed = Response(201, "", (("Location", f"/things/{TAPES}"),), b"")
    assert BOUND.to_client(placed).headers == (("Location", f"/things/{OURS}"),)
    binary = Response(200, "", (("Content-Type", "image/png"),), TAPES.encode())
    assert BOUND.to_client(binary) is binary


def test_large_and_coded_requests_pass():
    """What is not text as it stands is not searched."""
    packed = Request("POST", HOST, (), OURS.encode(), undecoded=True)
    large = Request("POST", HOST, (), OURS.encode() + b" " * 1_000_000)
    assert BOUND.to_tape(packed) is packed
    assert BOUND.to_tape(large) is large
