"""What is written in one turn of the loop leaves together."""

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


def test_one_packet_for_one_turn() -> None:
    """The next turn has a packet of its own."""

    async def main() -> list[object]:
        cork = Cork(wire := Wire())  # type: ignore[arg-type]
        cork.write(b"head")
        cork.write(b"body")
        assert wire.said == []
        await turn()
        cork.write(b"more")
        await turn()
        return wire.said

    assert asyncio.run(main()) == [b"headbody", b"more"]


@pytest.mark.parametrize(("end", "word"), [("close", "close"), ("write_eof", "eof")])
def test_nothing_is_held_beyond_the_end(end: str, word: str) -> None:
    """Closing sends what is held, and once."""

    async def main() -> list[object]:
        cork = Cork(wire := Wire())  # type: ignore[arg-type]
        cork.write(b"last")
        getattr(cork, end)()
        await turn()
        return wire.said

    assert asyncio.run(main()) == [b"last", word]


def test_draining_sends_first() -> None:
    """Back-pressure is of what has been sent."""

    async def main() -> list[object]:
        cork = Cork(wire := Wire())  # type: ignore[arg-type]
        cork.write(b"x")
        await cork.drain()
        return wire.said

    assert asyncio.run(main()) == [b"x", "drain"]


def test_everything_else_is_the_writers() -> None:
    """mitmproxy asks it for the peer's name and such."""

    async def main() -> str:
        return str(Cork(Wire()).colour)  # type: ignore[arg-type]

    assert asyncio.run(main()) == "red"
