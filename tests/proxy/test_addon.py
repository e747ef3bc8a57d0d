"""What goes wrong in the recorder is on the tape as a gap, and the traffic passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from recorders import recorded
from vendors import Visit, ask, vendor

from tapehiss.proxy.addon import Recorder
from tapehiss.proxy.selection import Selection

if TYPE_CHECKING:
    from pathlib import Path

GET = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Broken(Selection):
    """A selection that fails for one path; what stands for any mistake of ours in a hook."""

    def wants(self, host: str, path: str) -> bool:
        """Fails for /broken."""
        del host
        if path == "/broken":
            raise RuntimeError(path)
        return True


def _ok(visit: Visit) -> None:
    visit.answer(b"ok")


@pytest.mark.parametrize("strict", [True, False])
def test_a_mistake_of_ours_is_a_gap(strict: bool, tmp_path: Path) -> None:
    """The exchange passes, the tape says that one is missing, and a strict recording fails."""
    with vendor(_ok) as there, recorded(tmp_path, there.url, strict=strict, selection=Broken()) as recording:
        seen = [ask(recording.port, GET % path)[0] for path in (b"/fine", b"/broken", b"/fine")]
        summary = recording.stop()
        gaps = recording.gaps()

    assert all(answer.endswith(b"ok") for answer in seen)
    assert (summary.tally.exchanges, summary.tally.gaps, summary.tally.open) == (2, 1, 0)
    assert [gap.lost for gap in gaps] == [1]
    assert summary.exit_code == int(strict)


def test_a_mistake_tells_no_secret(tmp_path: Path) -> None:
    """The text of an error may hold what was in the traffic; its kind does not."""
    with vendor(_ok) as there, recorded(tmp_path, there.url, selection=Broken()) as recording:
        ask(recording.port, GET % b"/broken")
        [gap] = recording.gaps()

    assert "RuntimeError" in gap.reason
    assert "/broken" not in gap.reason


def test_the_addon_can_be_loaded_by_mitmproxy() -> None:
    """mitmproxy looks at every attribute of an addon before it has done anything; none of them may fail."""
    recorder: Any = Recorder()

    for name in dir(recorder):
        getattr(recorder, name)
