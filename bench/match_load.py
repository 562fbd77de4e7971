"""The matching API under load: eight clients at once, all lists loaded.

    [TAAWUN_BENCH_SECONDS=20] python -m bench.match_load [--json PATH]

`taawun serve` runs as a user runs it. The clients share the machine with it, so requests are
divided by the processor seconds that the server itself used: that is what one core of it answers.
Latency is what a client waits, the clients' own work included.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.ground import command, full_home
from bench.names.customers import Customer, customers
from bench.report import Outcome, Skip, main

YENTE_STATES = 4
TIMES_MORE, P95_MS, READY_S, MEMORY_MB = 100, 20.0, 5.0, 500
CLIENTS = 8
SECONDS = float(os.environ.get("TAAWUN_BENCH_SECONDS", "20"))
WARM_UP = 2.0
PATIENCE = 60.0
SCHEMATA = {"person": "Person", "company": "Company", "vessel": "Vessel"}
PATH = "/match/default"
HEADERS = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Client:
    """One connection kept open, its latencies in milliseconds, and answers that were not 200."""

    port: int
    times: list[float] = field(default_factory=list)
    refused: int = 0

    def ask(self, bodies: list[bytes], until: float) -> None:
        """Posts one body after the other until the clock says `until`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        number = 0
        while number == 0 or time.perf_counter() < until:
            began = time.perf_counter()
            connection.request("POST", PATH, bodies[number % len(bodies)], HEADERS)
            answer = connection.getresponse()
            answer.read()
            self.times.append((time.perf_counter() - began) * 1000)
            self.refused += answer.status != 200
            number += 1
        connection.close()


def body(customer: Customer) -> bytes:
    """A request with one query, as a client of the OpenSanctions API sends it."""
    properties = {"name": [customer.name]}
    if customer.birth_date:
        properties["birthDate"] = [customer.birth_date]
    if customer.country:
        properties["country"] = [customer.country]
    query = {"schema": SCHEMATA[customer.kind], "properties": properties}
    return json.dumps({"queries": {"q": query}}).encode()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving(home: Path) -> Iterator[tuple[int, int, float]]:
    """A running service: its port, its process, seconds from its start until it was ready."""
    port = free_port()
    environment = {**os.environ, "TAAWUN_PORT": str(port), "TAAWUN_HOME": str(home)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command(), "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield port, process.pid, _ready(port, process, began)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _ready(port: int, process: subprocess.Popen[bytes], began: float) -> float:
    while time.perf_counter() - began < PATIENCE:
        if process.poll() is not None:
            raise Skip(f"taawun serve ended with {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return time.perf_counter() - began
        except OSError:
            pass
        time.sleep(0.02)
    raise Skip(f"taawun serve was not ready within {PATIENCE:.0f} s")


def family(pid: int) -> list[int]:
    """A process and its descendants. Linux only: reads /proc."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, wanted = [], [pid]
    while wanted:
        found.append(wanted.pop())
        wanted += children.get(found[-1], [])
    return found


def processor_seconds(pid: int) -> float:
    """Processor time, user and system, that the process and its descendants used so far."""
    ticks = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(") ")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_memory(pid: int) -> float:
    """The largest peak resident set among the process and its descendants, in megabytes."""
    peaks = []
    for member in family(pid):
        for line in Path(f"/proc/{member}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                peaks.append(int(line.split()[1]) / 1000)
    return max(peaks, default=0.0)


def first_answer(port: int, question: bytes) -> float:
    """Milliseconds that the first question waits once the service has said that it is ready."""
    client = Client(port)
    client.ask([question], until=0.0)
    return client.times[0]


def load(port: int, seconds: float, bodies: list[bytes]) -> list[Client]:
    """Eight clients at once for so many seconds, each with its own share of the bodies."""
    clients = [Client(port) for _ in range(CLIENTS)]
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=client.ask, args=(bodies[number::CLIENTS], until))
        for number, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return clients


def run(outcome: Outcome) -> None:
    """Posts to /match with eight clients at once and measures the server."""
    if not Path("/proc/self/stat").exists():
        raise Skip("processor time of the server is read from /proc, which is not here")
    home = full_home()
    bodies = [body(each) for each in customers(8000)]
    with serving(home) as (port, pid, ready):
        first = first_answer(port, bodies[0])
        load(port, WARM_UP, bodies)
        before = processor_seconds(pid)
        began = time.perf_counter()
        clients = load(port, SECONDS, bodies)
        wall = time.perf_counter() - began
        used = processor_seconds(pid) - before
        memory = peak_memory(pid)
    _report(outcome, clients, wall, used)
    outcome.want("serve is ready", f"<= {READY_S:g} s", f"{ready:.2f} s", ready <= READY_S)
    answered = ready + first / 1000
    outcome.want(
        "serve has answered its first /match",
        f"<= {READY_S:g} s",
        f"{answered:.2f} s",
        answered <= READY_S,
    )
    got = f"{memory:.0f} MB"
    outcome.want("peak memory of a worker", f"<= {MEMORY_MB} MB", got, memory <= MEMORY_MB)


def _report(outcome: Outcome, clients: list[Client], wall: float, used: float) -> None:
    times = [each for client in clients for each in client.times]
    refused = sum(client.refused for client in clients)
    if refused or not times:
        raise Skip(f"{refused} of {len(times)} answers were not 200")
    per_core = len(times) / used
    middle, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    wanted = YENTE_STATES * TIMES_MORE
    outcome.want(
        f"/match a second and core, yente states {YENTE_STATES}",
        f">= {wanted}",
        f"{per_core:,.0f}",
        per_core >= wanted,
    )
    claim = f"/match p95 with {CLIENTS} clients at once"
    outcome.want(claim, f"<= {P95_MS:g} ms", f"{slow:.1f} ms", slow <= P95_MS)
    columns = ("requests", "a second", "a second and core", "p50 ms", "p95 ms", "slowest ms")
    row = (len(times), len(times) / wall, per_core, middle, slow, max(times))
    outcome.table(f"POST /match, {CLIENTS} clients, one query each", columns, [row])


if __name__ == "__main__":
    main("match_load", run)
