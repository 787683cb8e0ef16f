"""The command ``permtest``, by way of the extension."""

import signal
import sys

from permtest._native import command


def main() -> int:
    """Runs the command with the words of the command line, and gives its exit code."""
    # The command listens for Ctrl-C itself, and Python's handler would never get to run. What a shell has the process ignore
    # stays ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return command(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
