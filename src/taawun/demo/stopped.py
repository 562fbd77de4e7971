"""What a suspension stops, what it leaves, and what comes back when it is lifted.

before = ready(four)                 XA's node is down; a message waits on either side
suspend(four, …)                     refused at XB's own node, the key gone
arrive(four, before)                 refused at XB, of XA that had not heard
hear(four, before, …)                refused at XA's own node; what waited at XB is withheld
go_on(four, …)                       a message passes under each of the other agreements
resumed = resume(four, before, …)    what waited arrives, once
looked = look_back(four, …)          what was in force when
journals(four)                       each authority's journal, checked
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from taawun.cooperation.act import Scope
from taawun.cooperation.exchange.outbox import OutboxState, Placed
from taawun.cooperation.private import keyfile, lookups
from taawun.cooperation.private.lookups import LookupState
from taawun.cooperation.standing import State
from taawun.cooperation.wire import digest
from taawun.demo.authorities import PAIRS, A, B
from taawun.demo.processes import run
from taawun.demo.quartet import Quartet
from taawun.demo.shared import SUBJECTS, Matched, asked_for, disclosure
from taawun.desk import agreements as desk_agreements
from taawun.desk import requests as desk_requests
from taawun.desk.papers import Paper
from taawun.detection.catalogue import shipped
from taawun.detection.own import in_yaml
from taawun.errors import Refused, Unavailable
from taawun.store.journal import JournalReport, lines, verify

REASON = "A court of XB ordered it."
TYPOLOGY = "gather_scatter"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that wait on either side while XA's node is down: of XB's, and of XA's."""

    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Suspended:
    """A suspension at the node of whoever suspended: since when, how many terms of matching it
    ended, the ground on which nothing passes now, and seconds from the act to that refusal.

    `key` is the file of the key that answered XA's questions; `key_gone` that it was
    there before and is not now.
    """

    at: datetime
    terms_ended: int
    refused: Refused
    after: float
    key: Path
    key_gone: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """The same at the partner's node: `after` counts from when it was up again, `in_all` from the
    act. `again` is the ground on which the question of before cannot be asked; `withheld` is what
    had waited for it at the other side; `passed` is its message under the bloc's agreement."""

    at: datetime
    passed: str
    refused: Refused
    after: float
    in_all: float
    again: Refused
    withheld: Placed


@dataclass(frozen=True, slots=True)
class Resumed:
    """What came back: after how many seconds what waited arrived, and how often."""

    at: datetime
    arrived_after: float
    times: int
    question: LookupState
    ground: str


@dataclass(frozen=True, slots=True)
class Looked:
    """How the agreement stood at a moment: by the history of XA and of XB, and as XA knew it then.

    A suspension counts from when it was decided; its partner learns of it later.
    """

    at: datetime
    ours: State
    known_then: State
    theirs: State


def ready(four: Quartet) -> Waiting:
    """XA's node goes down; an officer of each side sends the other something, and it waits."""
    four.stop(A)
    theirs = _disclosed(four, B, A)
    return Waiting(theirs, _disclosed(four, A, B))


def suspend(four: Quartet, matched: Matched) -> Suspended:
    """XB suspends the whole, at its own desk, while XA's node is down."""
    owner = four[B]
    key = owner.home / keyfile.FOLDER / f"{matched.terms.terms.binding.name}.seed"
    there = key.exists()
    began = time.perf_counter()
    done = desk_agreements.suspend(owner.desk(), four.between(A, B), REASON, Scope())
    refused = _refusal(partial(_disclosed, four, B, A))
    after = time.perf_counter() - began
    gone = there and not key.exists()
    return Suspended(done.act.at, done.terms_ended, refused, after, key, gone)


def arrive(four: Quartet, before: Waiting) -> Placed:
    """XA has not heard of it and delivers what waits at its side: refused on arrival."""
    status = run("node", "send", "--partner", B, "--home", str(four[A].home))
    if status:
        raise Unavailable(f"{A}: taawun node send ended with status {status}")
    placed = four[A].placed(before.ours)
    assert placed.state is OutboxState.REFUSED, placed.state
    return placed


def hear(four: Quartet, before: Waiting, matched: Matched, since: datetime) -> Heard:
    """XA's node is up again and hears of it: refused at home. What waited for it is withheld.

    A node that was down is tried again after a while that grows; when it sends something itself,
    under the bloc's agreement here, whoever waits for it need not wait longer.
    """
    asker, id = four[A], four.between(A, B)
    four.restart(A)
    passed = _typology(four, A, B)
    after = four.until(A, lambda: asker.standing(id, B) is State.SUSPENDED)
    at = four.clock()
    refused = _refusal(partial(_disclosed, four, A, B))
    again = _refusal(lambda: asked_for(asker, matched.terms, SUBJECTS[0]))
    four.until(B, lambda: four[B].placed(before.theirs).state is OutboxState.WITHHELD)
    in_all = (at - since).total_seconds()
    return Heard(at, passed, refused, after, in_all, again, four[B].placed(before.theirs))


def go_on(four: Quartet, heard: Heard) -> list[tuple[str, str, str]]:
    """A message under each of the other agreements: from whom, to whom, under which. That of the
    bloc between XA and XB is the one that XA sent already."""
    sent = [
        (one, other, _disclosed(four, one, other)) for one, other in PAIRS if (one, other) != (A, B)
    ]
    sent.append((A, B, heard.passed))
    for one, _, message in sent:
        settled = four.settled(one, message)
        assert settled.state is OutboxState.DELIVERED, settled.ground
    return [(one, other, four[one].placed(message).channel) for one, other, message in sent]


def resume(four: Quartet, before: Waiting, matched: Matched) -> Resumed:
    """XB lifts it: what it withheld goes on. The question of before has no key to be asked with."""
    owner, asker = four[B], four[A]
    began = time.perf_counter()
    done = desk_agreements.resume(owner.desk(), four.between(A, B))
    four.settled(B, before.theirs)
    arrived_after = time.perf_counter() - began
    four.until(A, lambda: asker.standing(four.between(A, B), B) is State.IN_FORCE)
    number = asked_for(asker, matched.terms, SUBJECTS[0])[0].number
    four.until(A, lambda: _lookup(four, number).ground == "match.no_terms")
    again = _lookup(four, number)
    return Resumed(
        done.act.at, arrived_after, _times(four, before.theirs), again.state, again.ground
    )


def look_back(four: Quartet, *moments: datetime) -> list[Looked]:
    """What was in force between XA and XB at each moment."""
    id = four.between(A, B)
    return [
        Looked(
            at,
            _stood(four, A, id, B, at),
            _stood(four, A, id, B, at, known_at=at),
            _stood(four, B, id, A, at),
        )
        for at in moments
    ]


def _stood(
    four: Quartet, code: str, id: str, partner: str, at: datetime, known_at: datetime | None = None
) -> State:
    stood = desk_agreements.stood(four[code].known(), at, known_at, id)
    return next(each.standing.state for each in stood if each.partner == partner)


def journals(four: Quartet) -> dict[str, JournalReport]:
    """The four journals, checked line by line."""
    reports = {}
    for office in four:
        with office.opened.store.reading() as connection:
            reports[office.code] = verify(connection, office.home)
    return reports


def _disclosed(four: Quartet, one: str, other: str) -> str:
    item = {
        "category": "transactions",
        "provenance": "fiu_database",
        "source_grade": "B",
        "information_grade": "2",
        "text": "Payments in round sums, always on the last day of the month.",
    }
    paper = disclosure(other, "intelligence", item)
    written = desk_requests.write_opening(four[one].desk(), "disclosure", paper, send_now=True)
    return written.message.id


def _typology(four: Quartet, one: str, other: str) -> str:
    entry = in_yaml({TYPOLOGY: shipped()[TYPOLOGY].exported()})
    said: dict[str, Any] = {
        "to": other,
        "agreement": four.of_the_bloc,
        "language": "en",
        "code": TYPOLOGY,
        "entry": entry,
        "sha256": digest(entry.encode()),
        "description": ["Gathered from many, spread over many, within days."],
        "offences": ["money_laundering"],
    }
    written = desk_requests.write_opening(
        four[one].desk(), "typology", Paper("", said, {}), send_now=True
    )
    return written.message.id


def _refusal(asked: Callable[[], object]) -> Refused:
    try:
        asked()
    except Refused as refused:
        return refused
    raise AssertionError("what is suspended passed")


def _lookup(four: Quartet, number: int) -> lookups.Lookup:
    with four[A].opened.store.reading() as connection:
        return lookups.lookup_of(connection, number)


def _times(four: Quartet, message: str) -> int:
    """How often a message took effect at XA."""
    with four[A].opened.store.reading() as connection:
        taken = [
            line
            for line in lines(connection)
            if line.action == "message.accepted" and line.subject == message
        ]
    return len(taken)
