"""A command of `taawun` that does not outlive whoever started it.

    python -m taawun.cli.tied node serve …        with a pipe as its standard input

Nobody writes into the pipe. The system closes it when whoever holds the other end is gone, killed
or not; then this process is told to end in good order, as by a signal.
"""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread


def main() -> None:
    """Run the command of the arguments, tied to standard input."""
    line = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    Thread(target=end_with, args=(line,), name="tied", daemon=True).start()
    from taawun.cli.app import main as run

    run()


def end_with(line: int) -> None:
    """Wait until nobody holds the other end of a pipe, then tell this process to end."""
    while os.read(line, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.argv[0] = "taawun"
    main()
