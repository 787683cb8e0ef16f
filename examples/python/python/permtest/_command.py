"""The command ``permtest``, by way of the extension."""

import signal
import sys

from permtest._native import command


def main() -> int:
    """Runs the command with the words of the command line, and gives its exit code."""
    # The command listens for signals itself, and Python's handler would never get to run.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return command(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
