"""Nodes that were started here do not outlive whoever started them, killed or not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.cooperation.exchanging import Town

STARTER = """
import sys, time
from pathlib import Path
from taawun.demo.processes import Processes, free_ports

processes = Processes()
processes.start("XA-FIU", Path(sys.argv[1]), free_ports(1)[0])
while not processes.answers("XA-FIU"):
    time.sleep(0.05)
print(processes.pid("XA-FIU"), flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_node_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    Town(tmp_path).close()
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path / "XA-FIU")], stdout=subprocess.PIPE
    )
    assert starter.stdout is not None
    node = int(starter.stdout.readline())
    assert alive(node)
    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    until = time.monotonic() + 300
    while alive(node):
        assert time.monotonic() < until, "it lives on"
        time.sleep(0.02)
