"""What an officer's list of work has: threads and drafts, what is overdue first.

work(connection, at, calendar)     threads by what is due next
drafts(connection, at)             drafts that wait
thread_page(connection, …)         one thread: its steps, its messages, its clocks
draft_page(connection, draft)      one draft, and its message while its text is here
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from taawun.cooperation.clocks.deadlines import Clock, ClockState, Owing, clocks, next_due
from taawun.cooperation.clocks.escalation import Escalation, escalations
from taawun.cooperation.clocks.own_calendar import OwnCalendar
from taawun.cooperation.clocks.thread_clocks import works_of_threads
from taawun.cooperation.message import Message
from taawun.cooperation.requests import information, review
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.caveats import KeptItem
from taawun.cooperation.requests.life import KeptStep
from taawun.cooperation.requests.review import MessageDraft
from taawun.cooperation.requests.threads import Step, Thread
from taawun.desk.messages import message_with
from taawun.errors import NotFound

LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Work:
    """A thread in the list: the clock that is over first, and who has to act."""

    thread: Thread
    clock: Clock | None
    owing: Owing | None

    @property
    def late(self) -> bool:
        """Whether that clock is over."""
        return self.clock is not None and self.clock.state is ClockState.LATE


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One thread with everything that is known of it. `messages` are those whose text is here."""

    thread: Thread
    steps: tuple[KeptStep, ...]
    messages: tuple[Message, ...]
    items: tuple[KeptItem, ...]
    clocks: tuple[Clock, ...]
    owing: Owing | None
    escalations: tuple[Escalation, ...]
    next: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One draft: its message, and whether a second officer is needed."""

    draft: MessageDraft
    message: Message | None
    needs_second: bool


def work(
    connection: Connection, at: datetime, own: OwnCalendar, *, open_only: bool = True
) -> tuple[Work, ...]:
    """Threads: late ones first, then by what is due next, those that wait for nothing last."""
    owed = {
        each.clockwork.thread: (next_due(clocks(each.clockwork, at, own)), each.owing)
        for each in works_of_threads(connection, at)
    }
    found = [
        Work(thread, *owed.get(thread.id, (None, None)))
        for thread in requests.threads(connection, open_only=open_only)
    ]
    return tuple(sorted(found, key=_order))


def _order(each: Work) -> tuple[bool, datetime]:
    return not each.late, each.clock.due if each.clock is not None else LATEST


def drafts(connection: Connection, at: datetime) -> tuple[DraftPage, ...]:
    """Drafts that were not sent or abandoned, the newest first."""
    return tuple(draft_page(connection, each) for each in review.drafts(connection, at))


def draft_page(connection: Connection, draft: MessageDraft) -> DraftPage:
    """One draft, with its message while its text is here."""
    try:
        message = review.message_of(connection, draft)
    except NotFound:  # sent, given up, or it held what was deleted
        return DraftPage(draft, None, False)
    return DraftPage(draft, message, review.needs_second(connection, message))


def thread_page(
    connection: Connection, thread: Thread, at: datetime, own: OwnCalendar
) -> ThreadPage:
    """All that is known of a thread."""
    steps = tuple(requests.steps(connection, thread.id))
    works = {each.clockwork.thread: each for each in works_of_threads(connection, at)}
    owed = works.get(thread.id)
    found = (message_with(connection, each.message) for each in steps if each.message)
    return ThreadPage(
        thread,
        steps,
        tuple(each for each in found if each is not None),
        tuple(information.items_in(connection, thread.id)),
        clocks(owed.clockwork, at, own) if owed is not None else (),
        owed.owing if owed is not None else None,
        escalations(connection, thread.id),
        requests.next_steps(thread),
    )
