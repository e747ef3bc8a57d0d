"""Shell: the recorder's options under a foreign mitmproxy (``mitmdump -s``), as settings and orders.

``tapehiss record`` has options of its own and needs none of this.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mitmproxy import ctx, exceptions
from mitmproxy.proxy import mode_specs
from mitmproxy.utils import human

from tapehiss.cassettes.origins import Target, target
from tapehiss.cassettes.redaction import load_rules, project_key
from tapehiss.proxy.scribe import Orders
from tapehiss.proxy.selection import Selection
from tapehiss.proxy.settings import BODY_MAX_BYTES, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mitmproxy.addonmanager import Loader

    from tapehiss.cassettes.errors import TapehissError

CONFIGURATION = "tapehiss.toml"


def declare(loader: Loader) -> None:
    """All options; each has a default that records everything into ``cassettes``."""
    for name, kind, default, meaning in (
        ("tapehiss_into", str, "cassettes", "Folder for the tapes."),
        ("tapehiss_label", str, "", "A name for this part of the recording."),
        (
            "tapehiss_body_max",
            str,
            str(BODY_MAX_BYTES),
            "The largest body that is kept whole; understands k/m/g suffixes.",
        ),
        ("tapehiss_strict", bool, False, "End with an error if anything passed unrecorded."),
        (
            "tapehiss_rewrite",
            bool,
            True,
            "In reverse mode: show the client this proxy's URL where the vendor wrote its own.",
        ),
        (
            "tapehiss_hosts",
            Sequence[str],
            [],
            "Record these hosts only (shell patterns; with ! in front: all but these).",
        ),
        ("tapehiss_paths", Sequence[str], [], "Record these paths only (likewise)."),
        ("tapehiss_types", Sequence[str], [], "Record these media types only (likewise)."),
        ("tapehiss_sync", str, "group", "When written exchanges are made durable: each, group or none."),
    ):
        loader.add_option(name, kind, default, meaning)


def settings_from_context() -> Settings:
    """The options as they stand; nonsense is an ``OptionsError``."""
    given = ctx.options
    try:
        body_max_bytes = human.parse_size(given.tapehiss_body_max) or 0
    except ValueError:
        raise exceptions.OptionsError(f"tapehiss_body_max: {given.tapehiss_body_max!r} is no size") from None
    if given.tapehiss_sync not in {"each", "group", "none"}:
        raise exceptions.OptionsError("tapehiss_sync: each, group or none")
    return Settings(
        to=_vendor(given.mode),
        into=Path(given.tapehiss_into).expanduser(),
        label=given.tapehiss_label,
        selection=Selection(tuple(given.tapehiss_hosts), tuple(given.tapehiss_paths), tuple(given.tapehiss_types)),
        rewrite=given.tapehiss_rewrite,
        strict=given.tapehiss_strict,
        sync=given.tapehiss_sync,
        body_max_bytes=body_max_bytes,
    )


def _vendor(modes: Sequence[str]) -> Target | None:
    """The vendor of ``--mode reverse:...``; several modes at once have no single one."""
    specs = [mode_specs.ProxyMode.parse(mode) for mode in modes]
    if len(specs) != 1 or not isinstance(specs[0], mode_specs.ReverseMode) or specs[0].scheme not in {"http", "https"}:
        return None
    host, port = specs[0].address[:2]
    return target(f"{specs[0].scheme}://{f'[{host}]' if ':' in host else host}:{port}", "--mode")


def suit_recording() -> None:
    """Connect when a request is there to be recorded: mitmproxy's eager connection is refused before anybody asked anything."""
    if isinstance(mode_specs.ProxyMode.parse(ctx.options.mode[0]), mode_specs.ReverseMode):
        ctx.options.connection_strategy = "lazy"


def orders(settings: Settings) -> Orders:
    """Everything that the scribe must know."""
    here = Path.cwd()
    configuration = here / CONFIGURATION
    rules = settings.rules or load_rules(configuration if configuration.exists() else None, os.environ)
    return Orders(
        into=settings.into,
        rules=rules,
        key=settings.key or project_key(here, os.environ),
        known=settings.known,
        sync=settings.sync,
        selection=settings.selection,
        host=settings.to.origin.host if settings.to is not None else "",
        started_at=time.time(),
        pid=os.getpid(),
    )


def refuse(error: TapehissError) -> None:
    """There is no recording: say so in one line and end the program, as mitmproxy's own ``save`` does."""
    _say(str(error))
    sys.exit(1)


def end(error: TapehissError) -> None:
    """The recording cannot go on: say so in one line, and let mitmproxy end in order."""
    _say(str(error))
    ctx.master.shutdown()


def leave(reasons: Mapping[str, int]) -> None:
    """Something is missing from the recording: the program's exit code says so."""
    _say("the recording is not complete" + "".join(f"; {count} x {reason}" for reason, count in reasons.items()))
    sys.exit(1)


def _say(text: str) -> None:
    sys.stderr.write(f"tapehiss: {text}\n")
