"""Starts nodes by forking, so that killing one and starting it again takes no time.

    python -m tests.cooperation.proof.nursery

A line on stdin is one node to start: `HOME PORT PAGES`. It serves HTTP and delivers, as `taawun
node serve` does. With PAGES above zero its database may grow by so many pages: the disk is full
then. The answer is its process number. Nobody here ends a node: whoever asked for it does, and each
ends by itself when this process is gone.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from threading import Thread

from sqlalchemy import event

from taawun.cli.tied import end_with
from taawun.cooperation.exchange.transport.http import Trust
from taawun.cooperation.node import open_node
from taawun.web.node_running import Listening, run


def serve(home: Path, port: int, pages: int) -> None:
    """One node, until it is killed."""
    node = open_node(home)
    if pages:
        node.store.engine.dispose()
        event.listen(node.store.engine, "connect", lambda raw, _: _bounded(raw, pages))
    run(node, Listening("127.0.0.1", port), Trust(), lambda _: None, log="critical")


def _bounded(raw: object, pages: int) -> None:
    cursor = raw.cursor()  # type: ignore[attr-defined]
    (now,) = cursor.execute("PRAGMA page_count").fetchone()
    cursor.execute(f"PRAGMA max_page_count = {now + pages}")
    cursor.close()


def main() -> None:
    """Until stdin ends."""
    import uvicorn  # noqa: F401  everything is read once, here

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    watched, held = os.pipe()
    for line in sys.stdin:
        home, port, pages = line.rsplit(maxsplit=2)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with Path(home, "said.log").open("ab") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            os.close(0)
            os.close(held)
            Thread(target=end_with, args=(watched,), daemon=True).start()
            status = 1
            try:
                serve(Path(home), int(port), int(pages))
                status = 0
            finally:
                os._exit(status)
        print(child, flush=True)


if __name__ == "__main__":
    main()
