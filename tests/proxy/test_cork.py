"""The head of a response leaves together with the beginning of its body."""

from __future__ import annotations

import asyncio

import pytest
from turns import turn

from tapehiss.proxy.cork import Cork


class Wire:
    """Stands where a stream writer stands and remembers its calls."""

    def __init__(self) -> None:
        self.said: list[object] = []
        self.colour = "red"

    def write(self, data: bytes) -> None:
        """One packet."""
        self.said.append(bytes(data))

    def close(self) -> None:
        """The end."""
        self.said.append("close")

    def write_eof(self) -> None:
        """Half the end."""
        self.said.append("eof")

    async def drain(self) -> None:
        """Until the peer has it."""
        self.said.append("drain")


HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


def test_a_head_waits_for_its_body() -> None:
    """And leaves with it, at once; the rest of the body waits for nothing."""

    async def main() -> list[object]:
        cork = Cork(wire := Wire())  # type: ignore[arg-type]
        cork.write(HEAD)
        assert wire.said == []
        cork.write(b"body")
        cork.write(b"more")
        return wire.said

    assert asyncio.run(main()) == [HEAD + b"body", b"more"]


def test_a_head_does_not_wait_long() -> None:
    """Until the next turn of the loop; then it leaves alone, once."""

    async def main() -> list[object]:
        cork = Cork(wire := Wire())  # type: ignore[arg-type]
        cork.write(HEAD)
        await turn()
        await turn()
        return wire.said

    assert asyncio.run(main()) == [HEAD]


@pytest.mark.parametrize(("end", "word"), [("close", "close"), ("write_eof", "eof")])
def test_nothing_is_held_beyond_the_end(end: str, word: str) -> None:
    """Closing sends what is held, and once."""

    async def main() -> list[object]:
        cork = Cork(wire := Wire())  # type: ignore[arg-type]
        cork.write(HEAD)
        getattr(cork, end)()
        await turn()
        return wire.said

    assert asyncio.run(main()) == [HEAD, word]


def test_draining_sends_first() -> None:
    """Back-pressure is of what has been sent."""

    async def main() -> list[object]:
        cork = Cork(wire := Wire())  # type: ignore[arg-type]
        cork.write(HEAD)
        await cork.drain()
        return wire.said

    assert asyncio.run(main()) == [HEAD, "drain"]


def test_everything_else_is_the_writers() -> None:
    """mitmproxy asks it for the peer's name and such."""

    async def main() -> str:
        return str(Cork(Wire()).colour)  # type: ignore[arg-type]

    assert asyncio.run(main()) == "red"
