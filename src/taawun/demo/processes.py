"""Nodes as processes of their own on this machine, started, watched and ended with whoever runs us.

    with Processes() as processes:
        processes.start("XA-FIU", home, port)
        processes.well("XA-FIU")               raises Unavailable when it ended, with its last line

What a node says on stderr goes to `node.log` in its home. Each leads a group of its own, so that
Ctrl-C reaches us alone, and its workers end with it. Each is tied to us by a pipe: where we are
killed, it ends by itself.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from taawun.errors import Unavailable

HOST = "127.0.0.1"
LOG = "node.log"
PATIENCE = 10.0
"""Seconds that a node has to end in good order."""


@dataclass(frozen=True, slots=True)
class _Running:
    child: subprocess.Popen[bytes]
    home: Path
    url: str


class Processes:
    """The nodes that were started here. Close it, or use it in a `with`: none is left behind."""

    def __init__(self) -> None:
        self._running: dict[str, _Running] = {}
        self._client = httpx.Client(timeout=2.0, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self, code: str, home: Path, port: int) -> None:
        """Start a node. That it answers is another question: `answers`."""
        with (home / LOG).open("ab") as log:
            child = subprocess.Popen(
                [*TIED, *_serving(home, port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=surroundings(),
                start_new_session=True,
            )
        self._running[code] = _Running(child, home, f"http://{HOST}:{port}")

    def answers(self, code: str) -> bool:
        """Whether a node answers by now. Raises Unavailable where its process has ended."""
        self.well(code)
        with suppress(httpx.HTTPError):
            answer = self._client.get(f"{self._running[code].url}/healthz")
            return answer.status_code == httpx.codes.OK
        return False

    def well(self, *codes: str) -> None:
        """Raises Unavailable for a node (all, where none is named) whose process has ended."""
        for code in codes or self._running:
            node = self._running[code]
            status = node.child.poll()
            if status is not None:
                said = last_line(node.home / LOG)
                raise Unavailable(f"{code}: its node ended with status {status}: {said}")

    def pid(self, code: str) -> int:
        """The process of a node."""
        return self._running[code].child.pid

    def stop(self, code: str) -> None:
        """End a node in good order, and what it left of its group."""
        node = self._running.pop(code)
        with suppress(ProcessLookupError):
            node.child.terminate()
        try:
            node.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _end(node.child)

    def close(self) -> None:
        """End all of them, side by side."""
        for node in self._running.values():
            with suppress(ProcessLookupError):
                node.child.terminate()
        try:
            for code in tuple(self._running):
                self.stop(code)
        finally:  # a second Ctrl-C
            for node in self._running.values():
                _end(node.child)
            self._running.clear()
            self._client.close()


def _serving(home: Path, port: int) -> list[str]:
    return ["node", "serve", "--port", str(port), "--home", str(home), "--no-access-log"]


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdin is not None:
        child.stdin.close()


COMMAND = (sys.executable, "-m", "taawun.cli.app")
TIED = (sys.executable, "-m", "taawun.cli.tied")
"""The same for what serves until it is told to stop."""


def run(*args: str) -> int:
    """A command of `taawun` as a process; its exit status."""
    done = subprocess.run(
        [*COMMAND, *args],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=surroundings(),
        check=False,
        timeout=60,
    )
    return done.returncode


def surroundings() -> dict[str, str]:
    """The environment of a node: the settings of whoever runs us are not those of four others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TAAWUN_")}


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens now."""
    lines = [socket.create_server((HOST, 0)) for _ in range(count)]
    try:
        return [int(line.getsockname()[1]) for line in lines]
    finally:
        for line in lines:
            line.close()


def last_line(log: Path) -> str:
    """The last line that a node wrote; an ellipsis where there is none."""
    try:
        lines = log.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    return next((line.strip() for line in reversed(lines) if line.strip()), "…")
