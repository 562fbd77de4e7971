"""The peers that Taawun is measured against, each run in a process and environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.ground import KEPT, ROOT, last_words
from bench.report import Skip


def python_of_peer(package: str) -> str:
    """A Python that has the package: TAAWUN_BENCH_PEER, `.bench/venv`, or this one."""
    tried = [os.environ.get("TAAWUN_BENCH_PEER", ""), str(KEPT / "venv/bin/python"), sys.executable]
    for python in filter(None, tried):
        found = f"import importlib.util as i, sys; sys.exit(i.find_spec({package!r}) is None)"
        if Path(python).exists() and not subprocess.run([python, "-c", found]).returncode:
            return python
    raise Skip(f"{package} is not installed; `make bench` installs it in .bench/venv")


def ask(module: str, package: str, question: dict[str, Any]) -> dict[str, Any]:
    """Runs `bench.peers.<module>` on a question in JSON; returns its answer."""
    ran = subprocess.run(
        [python_of_peer(package), "-m", f"bench.peers.{module}"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if ran.returncode:
        raise Skip(f"the peer {package} failed: {last_words(ran.stderr)}")
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer
