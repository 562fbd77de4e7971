"""The clocks of a thread: who owes what, since when, and when the agreement stood still.

    kind                        awaited
    request, freeze_request     acknowledgement, interim reply, answer
    onward_request              acknowledgement, decision
    disclosure                  acknowledgement
    typology                    nothing

A thread that the partner opened we owe from when it came; one of ours the partner owes from when
it was delivered. Both are the moment of the receipt, so that both nodes count from the same one.
An own answer stops our clock when it is placed: that the partner's node is down is not our delay.
Time in which nothing may pass under the agreement for the thread's field and service does not
count: a suspension by either side, narrow ones too where they reach it, and an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.agreement import Agreement
from taawun.cooperation.bloc import Blocs
from taawun.cooperation.clocks.deadlines import ClockName, Clockwork, OpenWork, Owing, Suspended
from taawun.cooperation.exchange.carrier import RECEIPT_TYPE, Receipt
from taawun.cooperation.exchange.outbox import OutboxState
from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.threads import Side, Step, Thread
from taawun.cooperation.standing import State, standing
from taawun.cooperation.trust.signing import unverified
from taawun.store.tables.exchange import outbox

_ALL = frozenset(ClockName)
AWAITED: Mapping[str, frozenset[ClockName]] = {
    "request": _ALL,
    "freeze_request": _ALL,
    "onward_request": _ALL - {ClockName.INTERIM},
    "disclosure": frozenset({ClockName.ACKNOWLEDGE}),
}
ACKNOWLEDGES = frozenset({Step.ACKNOWLEDGE})
SAYS_SOMETHING = frozenset({Step.INTERIM, Step.PARTIAL})
BY_THE_ASKER = frozenset({Step.CLOSE, Step.WITHDRAW})
ENDS = BY_THE_ASKER | {Step.FULL, Step.NEGATIVE, Step.REFUSE, Step.CONSENT, Step.NOT_TAKE}
"""The last word: the asker's closing and withdrawal too, and that a node did not take the request
at all."""


def works_of_threads(connection: Connection, at: datetime) -> Iterator[OpenWork]:
    """What is owed on every open thread that this node has."""
    known = cooperation(connection)
    delivered = _delivered(connection)
    idle: dict[tuple[str, str, str, str], tuple[Suspended, ...]] = {}
    for thread in requests.threads(connection, open_only=True):
        agreement = known.agreements.get(thread.agreement)
        if thread.kind not in AWAITED or agreement is None:
            continue
        under = (thread.agreement, thread.partner, thread.field, thread.service)
        if under not in idle:
            idle[under] = out_of_force(known, agreement, *under[1:], at)
        work = open_work(thread, _steps(connection, thread, delivered), known, idle[under])
        if work is not None:
            yield work


def open_work(
    thread: Thread,
    steps: Iterable[tuple[Step, datetime]],
    known: Cooperation,
    suspensions: tuple[Suspended, ...],
) -> OpenWork | None:
    """What is owed on a thread: `steps` are what happened to it and when, `suspensions` when
    nothing could pass (`out_of_force`).

    None for a kind that waits for nothing, and for one of ours that was not delivered yet.
    """
    taken = tuple(steps)
    agreement = known.agreements.get(thread.agreement)
    opened_at = _opened(thread, taken)
    if thread.kind not in AWAITED or agreement is None or opened_at is None:
        return None
    ours = thread.side is Side.OURS
    work = Clockwork(
        thread=thread.id,
        place=place_of(known, thread.partner if ours else known.me),
        opened_at=opened_at,
        deadlines=agreement.deadlines,
        urgent=thread.urgent,
        acknowledged_at=_first(taken, ACKNOWLEDGES),
        interim_at=_first(taken, SAYS_SOMETHING),
        answered_at=_first(taken, ENDS),
        suspensions=suspensions,
        awaited=AWAITED[thread.kind],
    )
    return OpenWork(work, Owing.THEY if ours else Owing.WE)


def place_of(known: Cooperation, code: str) -> str:
    """Where an authority works, as its card says; by its code where no card is known."""
    card = known.ring.card(code)
    return str(card.country) if card is not None else code[:2]


def out_of_force(
    known: Cooperation, agreement: Agreement, partner: str, field: str, service: str, at: datetime
) -> tuple[Suspended, ...]:
    """When nothing could pass to or from a partner, up to `at`; open where it still cannot."""
    found: list[Suspended] = []
    since: datetime | None = None
    acts = known.acts.get(agreement.id, ())
    for moment in _turns(agreement, (each.counts_from for each in acts), known.blocs, at):
        stands = standing(agreement, acts, known.blocs, known.me, partner, moment)
        passes = stands.state is State.IN_FORCE and stands.stopped(field, service) is None
        if passes and since is not None:
            found.append(Suspended(since, moment))
            since = None
        elif not passes and since is None:
            since = moment
    return (*found, Suspended(since)) if since is not None else tuple(found)


def _steps(
    connection: Connection, thread: Thread, delivered: Mapping[str, datetime]
) -> Iterator[tuple[Step, datetime]]:
    if thread.id in delivered:
        yield Step.DELIVER, delivered[thread.id]
    for each in requests.steps(connection, thread.id):
        if each.counts and each.step is not Step.OPEN:
            yield each.step, each.at


def _delivered(connection: Connection) -> dict[str, datetime]:
    """When own messages that open a thread reached their partner, as its receipts say."""
    query = sa.select(outbox.c.message, outbox.c.receipt).where(
        outbox.c.kind.in_(AWAITED), outbox.c.state == OutboxState.DELIVERED.value
    )
    return {row.message: _moment(row.receipt) for row in connection.execute(query)}


def _moment(receipt: str) -> datetime:
    """The time in a receipt, whose signature was checked before it was kept."""
    return Receipt.read(unverified(receipt, RECEIPT_TYPE).payload).at


def _turns(
    agreement: Agreement, acts: Iterable[datetime], blocs: Blocs, at: datetime
) -> list[datetime]:
    """The moments up to `at` at which the standing of an agreement may turn, in order."""
    sides = {party.bloc for party in agreement.parties}
    days = {
        day
        for each in blocs.memberships
        if each.bloc in sides
        for day in (each.since, each.until)
        if day is not None
    }
    starts = {datetime.combine(day, time(), UTC) for day in days}
    terms = {agreement.valid_from, agreement.valid_until or agreement.valid_from}
    return sorted(moment for moment in {*acts, *starts, *terms} if moment <= at)


def _opened(thread: Thread, steps: Iterable[tuple[Step, datetime]]) -> datetime | None:
    """When it reached who must act. An answer that overtook the receipt shows that it did."""
    if thread.side is Side.THEIRS:
        return thread.opened_at
    return _first(steps, {Step.DELIVER, *ACKNOWLEDGES, *SAYS_SOMETHING, *ENDS} - BY_THE_ASKER)


def _first(steps: Iterable[tuple[Step, datetime]], wanted: Iterable[Step]) -> datetime | None:
    return min((at for step, at in steps if step in frozenset(wanted)), default=None)
