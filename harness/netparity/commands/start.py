"""Where the program begins: what signals do, before anything else is imported.

While modules are imported, a signal ends the program at once; there is nothing to keep yet.
"""

from __future__ import annotations

import signal
import sys

from netparity.commands.stopping import SIGNALS, exit_code, received, send_again, stop


def main() -> None:
    """Entry point of the console script."""
    # What the caller ignores, as nohup does with SIGHUP, stays ignored.
    handled = [each for each in SIGNALS if signal.getsignal(each) != signal.SIG_IGN]
    for number in handled:
        signal.signal(number, signal.SIG_DFL)
    from netparity.commands import guard
    from netparity.commands.main import main as run

    guard.begin()
    for number in handled:
        signal.signal(number, stop)
    sys.unraisablehook = send_again
    try:
        run()
    except KeyboardInterrupt:
        raise SystemExit(exit_code()) from None
    except SystemExit as end:
        # The parser of the command line ends with a code of its own.
        raise SystemExit(exit_code() if received and end.code in (1, 130) else end.code) from None
    finally:
        # Python's own last steps have nothing to keep, and would print a traceback.
        for number in handled:
            signal.signal(number, signal.SIG_DFL)
