"""A suspension on three nodes over HTTP: how soon it is refused, and what it leaves alone.

    python -m bench.suspension [--json PATH]

Three nodes are three processes, `taawun node serve`; requests run between every two of them, both
ways. One authority suspends by `taawun agreement suspend`, while messages wait in its outbox;
later it resumes. Measured from the moment the command is given until both authorities refuse, each
at its own node.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from bench.report import Outcome, main
from bench.three_nodes import CODES, Three, effects, three
from taawun.cooperation.exchange.outbox import OutboxState
from taawun.demo.processes import Processes, run
from taawun.errors import Unavailable
from taawun.store import journal

WITHIN = 5.0
PATIENCE = 90.0
"""Seconds after which something that was to come is given up."""
ONE, OTHER, THIRD = CODES
WAITING = 5
"""Messages in the outbox of who suspends, at that moment."""
Pair = tuple[str, str]


@dataclass(slots=True)
class Course:
    """What happened. `refused_after`: seconds until each of the two refused what is new;
    `grounds` by direction, in the order of asking, "" where a request was placed."""

    refused_after: dict[str, float] = field(default_factory=dict)
    grounds: dict[Pair, list[str]] = field(default_factory=dict)
    placed: dict[Pair, list[str]] = field(default_factory=dict)
    withheld: list[str] = field(default_factory=list)
    turned_down: list[str] = field(default_factory=list)
    arrived: dict[str, dict[str, int]] = field(default_factory=dict)
    resumed_after: float = 0.0
    whole: bool = True


class Stream:
    """Requests in every direction, one after the other, until it is stopped."""

    def __init__(self, nodes: Three, course: Course, pause: float = 0.1) -> None:
        self.nodes, self.course, self.pause = nodes, course, pause
        self.failed: list[BaseException] = []
        self._stop = Event()
        self._threads = [
            Thread(target=self._ask, args=pair, daemon=True) for pair in permutations(CODES, 2)
        ]
        for pair in permutations(CODES, 2):
            course.grounds[pair], course.placed[pair] = [], []

    def _ask(self, one: str, other: str) -> None:
        number = 0
        try:
            while not self._stop.wait(self.pause):
                number += 1
                self.ask((one, other), number)
        except BaseException as error:
            self.failed.append(error)

    def ask(self, pair: Pair, number: int) -> str:
        id, ground = self.nodes[pair[0]].asks(pair[1], self.nodes.between(*pair), number)
        self.course.grounds[pair].append(ground)
        if not ground:
            self.course.placed[pair].append(id)
        return id

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()
        if self.failed:
            raise self.failed[0]


def until(is_so: Callable[[], bool], what: str) -> float:
    """Wait until something is so; the seconds that it took. Raises Unavailable after PATIENCE."""
    begun = time.monotonic()
    while not is_so():
        if time.monotonic() - begun > PATIENCE:
            raise Unavailable(f"{what}: not within {PATIENCE:.0f} seconds")
        time.sleep(0.02)
    return time.monotonic() - begun


def course(folder: Path) -> Course:
    """The whole of it."""
    found = Course()
    with three(folder) as nodes, Processes() as served:
        for office in nodes:
            served.start(office.code, office.home, office.port)
        for office in nodes:
            until(partial(served.answers, office.code), office.code)
        stream = Stream(nodes, found)
        with stream.running():
            until(lambda: _flows(nodes, found), "requests in every direction")
            _suspended(nodes, served, stream, found)
            _others_go_on(nodes, found)
            found.resumed_after = _resumed(nodes, stream, found)
        until(lambda: not _open(nodes), "everything settled")
        for office in nodes:
            found.arrived[office.code] = effects(office)
            with office.store.reading() as connection:
                found.whole &= journal.verify(connection, office.home).whole
        found.turned_down = [
            id
            for office in nodes
            for id, each in office.outbox().items()
            if each.state is OutboxState.REFUSED
        ]
        served.well()
    return found


def _flows(nodes: Three, found: Course) -> bool:
    got = {office.code: effects(office) for office in nodes}
    return all(
        sum(id in got[pair[1]] for id in found.placed[pair]) >= 3 for pair in permutations(CODES, 2)
    )


def _suspended(nodes: Three, served: Processes, stream: Stream, found: Course) -> None:
    """ONE suspends; its node is stopped for the while in which messages are put in its way."""
    agreement = nodes.between(ONE, OTHER)
    with nodes[ONE].store.begin():  # nobody is stopped in the middle of writing
        os.kill(served.pid(ONE), signal.SIGSTOP)
    try:
        waiting = [stream.ask((ONE, OTHER), 900 + number) for number in range(WAITING)]
        begun = time.monotonic()
        _command(nodes, "suspend", agreement, "--reason", "A court said so")
    finally:
        os.kill(served.pid(ONE), signal.SIGCONT)
    left = {ONE: (ONE, OTHER), OTHER: (OTHER, ONE)}

    def refuse() -> bool:
        for code, pair in left.items():
            if code not in found.refused_after and "permit.suspended" in found.grounds[pair][-2:]:
                found.refused_after[code] = time.monotonic() - begun
        return len(found.refused_after) == len(left)

    until(refuse, "both refuse")
    until(lambda: not _open_between(nodes, ONE, OTHER), "nothing of the two on its way")
    out = nodes[ONE].outbox()
    found.withheld = [id for id in waiting if out[id].state is OutboxState.WITHHELD]
    found.withheld += [
        id
        for id, each in nodes[OTHER].outbox().items()
        if each.recipient == ONE and each.state is OutboxState.WITHHELD
    ]


def _others_go_on(nodes: Three, found: Course) -> None:
    """Whoever is no party to it goes on: more requests arrive, in all four directions."""
    pairs = [pair for pair in permutations(CODES, 2) if THIRD in pair]
    before = {pair: len(found.placed[pair]) for pair in pairs}

    def more() -> bool:
        got = {office.code: effects(office) for office in nodes}
        return all(
            any(id in got[pair[1]] for id in found.placed[pair][before[pair] :]) for pair in pairs
        )

    until(more, "the others go on")


def _resumed(nodes: Three, stream: Stream, found: Course) -> float:
    agreement = nodes.between(ONE, OTHER)
    begun = time.monotonic()
    _command(nodes, "resume", agreement, "2")
    until(
        lambda: all(found.grounds[pair][-1] == "" for pair in ((ONE, OTHER), (OTHER, ONE))),
        "both ask again",
    )

    def there() -> bool:
        got = effects(nodes[OTHER]) | effects(nodes[ONE])
        return all(id in got for id in found.withheld)

    until(there, "what was withheld arrives")
    return time.monotonic() - begun


def _command(nodes: Three, deed: str, *given: str) -> None:
    if run("agreement", deed, *given, "--home", str(nodes[ONE].home), "--as", "officer"):
        raise Unavailable(f"taawun agreement {deed} failed")


def _open(nodes: Three) -> list[str]:
    done = (OutboxState.DELIVERED, OutboxState.REFUSED)
    return [
        id for office in nodes for id, each in office.outbox().items() if each.state not in done
    ]


def _open_between(nodes: Three, *pair: str) -> list[str]:
    moving = (OutboxState.WAITING, OutboxState.TRYING)
    return [
        id
        for code in pair
        for id, each in nodes[code].outbox().items()
        if each.recipient in pair and each.state in moving
    ]


def measured(outcome: Outcome) -> None:
    """One course, its seconds and its counts."""
    with TemporaryDirectory(prefix="taawun-suspension-") as folder:
        found = course(Path(folder))
    longest = max(found.refused_after.values())
    outcome.want(
        "seconds until a suspension is refused at both nodes, the command's own start included",
        f"<= {WITHIN:.0f}",
        f"{longest:.1f}",
        longest <= WITHIN,
    )
    others = [pair for pair in found.grounds if THIRD in pair]
    refused = sum(bool(ground) for pair in others for ground in found.grounds[pair])
    outcome.want("refusals in the pairs that are no party to it", "0", str(refused), refused == 0)
    twice = sum(count != 1 for got in found.arrived.values() for count in got.values())
    outcome.want("messages that took effect twice", "0", str(twice), twice == 0)
    outcome.table(
        "what happened",
        ("what", "count"),
        (
            ("requests placed", sum(map(len, found.placed.values()))),
            ("requests arrived", sum(map(len, found.arrived.values()))),
            ("refused to officers of the two", _refused(found)),
            ("withheld, then delivered once", len(found.withheld)),
            ("turned down by the partner's node", len(found.turned_down)),
            ("seconds, who suspends", found.refused_after[ONE]),
            ("seconds, its partner", found.refused_after[OTHER]),
            ("seconds from the one to the other", longest - min(found.refused_after.values())),
            ("seconds from resuming until all that was withheld is there", found.resumed_after),
        ),
        "Three processes on loopback; the clock starts with the command, so Python's own start "
        "is in it.",
    )


def _refused(found: Course) -> int:
    return sum(bool(ground) for grounds in found.grounds.values() for ground in grounds)


if __name__ == "__main__":
    main("suspension", measured)
