"""Four authorities as four processes: founded, acquainted, agreed with each other.

    with Quartet(home, clock) as four:
        four.found()               each makes its keys and card, and its node is served
        four.meet()                cards over HTTP, fingerprints compared: each trusts each
        four.agree()               six agreements of two, one of a bloc, each signed by all
        four["XA-FIU"].desk()      where an officer of it acts
        four.until(code, is_so)    waits until something is so; a node that dies is named

Officers act at the desk, in this process; everything between authorities goes from node to node.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from taawun.cooperation.agreements import between
from taawun.cooperation.clocks.own_calendar import keep_own_calendar
from taawun.cooperation.exchange import outbox
from taawun.cooperation.exchange.outbox import Placed
from taawun.cooperation.history import Cooperation
from taawun.cooperation.standing import State
from taawun.cooperation.trust.party import Card
from taawun.demo.authorities import (
    BLOC,
    BLOC_SINCE,
    FOUR,
    PAIRS,
    MadeUpAuthority,
    agreements,
    calendar,
)
from taawun.demo.processes import HOST, Processes, free_ports
from taawun.desk import agreements as desk_agreements
from taawun.desk import parties
from taawun.desk.desk import Desk, open_desk
from taawun.desk.drafts import agreement_of
from taawun.desk.fetching import fetched_card
from taawun.desk.papers import Paper
from taawun.errors import Unavailable, UsageError

FOLDER = "authorities"
PATIENCE = 30.0
"""Seconds after which something that was to come is not waited for any more."""
LOOK = 0.03
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Office:
    """One of the four: who it is, where its node is, and its desk."""

    who: MadeUpAuthority
    port: int
    opened: Desk
    clock: Clock

    @property
    def code(self) -> str:
        """Its code."""
        return self.who.code

    @property
    def home(self) -> Path:
        """Where its state is."""
        return self.opened.home

    @property
    def address(self) -> str:
        """Where its node is reached."""
        return f"http://{HOST}:{self.port}"

    def desk(self, second: bool = False) -> Desk:
        """The desk of its first officer, or of the second one, now."""
        return replace(self.opened, officer=self.who.officers[second], at=self.clock())

    def known(self) -> Cooperation:
        """What it knows now."""
        return self.opened.known()

    def standing(self, agreement: str, partner: str, at: datetime | None = None) -> State:
        """How an agreement stands with a partner, as it knows it."""
        return between(self.known(), agreement, partner, at or self.clock()).state

    def placed(self, message: str) -> Placed:
        """A message of its outbox."""
        with self.opened.store.reading() as connection:
            shown = outbox.shown(connection, most=10_000)
        return next(each for each in shown if each.message == message)


class Quartet:
    """The four, in a folder under a home that is empty of them."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self.folder = home / FOLDER
        self.clock = clock
        self.processes = Processes()
        self.offices: dict[str, Office] = {}
        self.agreements: dict[tuple[str, ...], str] = {}
        self._open = ExitStack()
        if self.folder.exists():
            raise UsageError(
                f"{self.folder}: is there already; a demonstration wants an empty home"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.processes.close()
        finally:
            self._open.close()

    def __getitem__(self, code: str) -> Office:
        return self.offices[code]

    def __iter__(self) -> Iterator[Office]:
        return iter(self.offices.values())

    # Before anything passes

    def found(self) -> list[Card]:
        """Each authority makes its keys and its card; its node is served at a port of its own."""
        cards = []
        for who, port in zip(FOUR, free_ports(len(FOUR)), strict=True):
            home = self.folder / who.code
            founding = parties.Founding(
                authority=who.code,
                kind=who.kind,
                name=dict(who.names),
                competences=who.competences,
                address=f"http://{HOST}:{port}",
            )
            officer, at = who.officers[0], self.clock()
            cards.append(parties.found(home, founding, officer=officer, at=at))
            keep_own_calendar(home, calendar(), str(home))
            desk = self._open.enter_context(open_desk(home, officer=officer, at=at))
            self.offices[who.code] = Office(who, port, desk, self.clock)
            self.processes.start(who.code, home, port)
        for code in self.offices:
            self.until(code, partial(self.processes.answers, code))
        return cards

    def meet(self) -> int:
        """Each fetches the others' cards from their nodes and compares the fingerprints, which
        their officers read out. Returns how many were compared."""
        compared = 0
        for one in self:
            for other in self:
                if one is other:
                    continue
                self.processes.well()
                parties.introduce(one.desk(), fetched_card(other.address))
                read_out = other.known().ring.parties[other.code].cards[-1].card.fingerprint
                parties.confirm(one.desk(), other.code, read_out)
                compared += 1
        return compared

    def agree(self) -> dict[tuple[str, ...], str]:
        """Six agreements of two and one of the bloc: drafted by one, signed by all, in force."""
        for one in self:
            for who in FOUR:
                parties.join(one.desk(), BLOC, who.country, BLOC_SINCE)
        signing = []
        for first, others, text in agreements():
            desk = self[first].desk()
            id, _ = desk_agreements.draft(desk, agreement_of(Paper("", text, {}), first, desk.at))
            desk_agreements.sign(desk, id)
            self.agreements[(first, *others)] = id
            signing += [(other, id) for other in others]
        for other, id in signing:
            self.until(other, partial(self._came, other, id))
            desk_agreements.sign(self[other].desk(), id)
        for codes, id in self.agreements.items():
            for code in codes:
                self.until(code, partial(self._in_force, code, id))
        return self.agreements

    def _came(self, code: str, id: str) -> bool:
        return id in self[code].known().agreements

    def _in_force(self, code: str, id: str) -> bool:
        codes = next(codes for codes, each in self.agreements.items() if each == id)
        return all(
            self[code].standing(id, partner) is State.IN_FORCE
            for partner in codes
            if partner != code
        )

    def between(self, one: str, other: str) -> str:
        """The agreement of these two."""
        return self.agreements[(one, other)]

    @property
    def of_the_bloc(self) -> str:
        """The agreement of the bloc."""
        return next(id for codes, id in self.agreements.items() if codes not in PAIRS)

    # Waiting

    def until(self, code: str, is_so: Callable[[], bool]) -> float:
        """Wait until it is so; the seconds that it took. Raises Unavailable where a process has
        ended, or the node named takes too long."""
        began = time.perf_counter()
        while not is_so():
            self.processes.well()
            if time.perf_counter() - began > PATIENCE:
                raise Unavailable(f"{code}: what was to come did not come within {PATIENCE:.0f} s")
            time.sleep(LOOK)
        return time.perf_counter() - began

    def stop(self, code: str) -> None:
        """Take a node down; what is placed for it waits."""
        self.processes.stop(code)

    def restart(self, code: str) -> None:
        """Serve it again, and wait until it answers."""
        office = self[code]
        self.processes.start(code, office.home, office.port)
        self.until(code, partial(self.processes.answers, code))

    def settled(self, code: str, message: str) -> Placed:
        """Wait until a message of an outbox was delivered or refused."""
        office, ends = self[code], (outbox.OutboxState.DELIVERED, outbox.OutboxState.REFUSED)
        self.until(code, lambda: office.placed(message).state in ends)
        return office.placed(message)
