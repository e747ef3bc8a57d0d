"""Shell: the console script, and ``python -m tapehiss.cli``.

A Ctrl-C in the first tenths of a second, while modules are still being imported, ends the process as a signal does, without
a traceback; later it is ``KeyboardInterrupt``, and each verb knows what to save.
"""

from __future__ import annotations

import signal


def main() -> None:
    """Load the command line, then run it."""
    handled = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not so under nohup, for one
    if handled:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tapehiss.cli.main import main as run

    if handled:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
