"""The life of a request, and of whatever else opens a thread: states and transitions, pure.

A thread is opened by one message (`OPENERS`) and called by its id. Each of the two nodes keeps its
own view of it: `ours` at the node that opened it, `theirs` at the other.

    ours      waiting ⇄ withheld → sent → acknowledged → interim → partial
              → answered | negative | refused → closed
    theirs    received → acknowledged → in_work → interim → partial → answered | negative | refused
              → closed

A request, and nothing else, may be withdrawn by whoever asked, until it is answered: `withdrawn` at
both. What the other side sent meanwhile is still taken.

What comes before a message goes out (draft, second officer) is in `review.py`. Whether it went is
the outbox's to say: withheld while an agreement is suspended, sent, or not taken by the partner.

A partial answer may be followed by more; whoever asked may close a thread then, and still takes
what comes. What one side's table lets it send, the other's takes, however messages cross (a
property test holds the two tables together).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from taawun.errors import Refused


class Side(StrEnum):
    """Who opened the thread: this node, or the other."""

    OURS = "ours"
    THEIRS = "theirs"


class ThreadState(StrEnum):
    """Where a thread stands at this node."""

    WAITING = "waiting"
    WITHHELD = "withheld"
    NOT_TAKEN = "not_taken"
    SENT = "sent"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    IN_WORK = "in_work"
    INTERIM = "interim"
    PARTIAL = "partial"
    ANSWERED = "answered"
    NEGATIVE = "negative"
    REFUSED = "refused"
    CONSENTED = "consented"
    CLOSED = "closed"
    CLOSED_PARTIAL = "closed_partial"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What happens to a thread: things done at this node, then messages sent or received."""

    OPEN = "open"
    WITHHOLD = "withhold"
    RELEASE = "release"
    DELIVER = "deliver"
    NOT_TAKE = "not_take"
    START = "start"
    CLOSE = "close"
    ACKNOWLEDGE = "acknowledge"
    INTERIM = "interim"
    PARTIAL = "partial"
    FULL = "full"
    NEGATIVE = "negative"
    REFUSE = "refuse"
    CONSENT = "consent"
    FEEDBACK = "feedback"
    WITHDRAW = "withdraw"


S, E = ThreadState, Step
Table = Mapping[ThreadState, Mapping[Step, ThreadState]]

_POST = {E.WITHHOLD: S.WITHHELD, E.RELEASE: S.WAITING, E.DELIVER: S.SENT, E.NOT_TAKE: S.NOT_TAKEN}
_REPLIES = {
    E.INTERIM: S.INTERIM,
    E.PARTIAL: S.PARTIAL,
    E.FULL: S.ANSWERED,
    E.NEGATIVE: S.NEGATIVE,
    E.REFUSE: S.REFUSED,
}
_MORE = {E.PARTIAL: S.PARTIAL, E.FULL: S.ANSWERED}
_ACK = {E.ACKNOWLEDGE: S.ACKNOWLEDGED}


def _final(state: ThreadState) -> dict[Step, ThreadState]:
    return {E.FEEDBACK: state, E.CLOSE: S.CLOSED}


# A refusal may follow on an interim reply that brought something, so that feedback fits it too.
_ENDED: Table = {
    S.ANSWERED: _final(S.ANSWERED),
    S.NEGATIVE: _final(S.NEGATIVE),
    S.REFUSED: _final(S.REFUSED),
    S.CLOSED: {E.FEEDBACK: S.CLOSED},
}
ASKED_OURS: Table = {
    S.WAITING: {**_POST, **_ACK, **_REPLIES},
    S.WITHHELD: {**_POST, **_ACK, **_REPLIES},
    S.SENT: {**_ACK, **_REPLIES},
    S.ACKNOWLEDGED: _REPLIES,
    S.INTERIM: _REPLIES,
    S.PARTIAL: {**_MORE, E.FEEDBACK: S.PARTIAL, E.CLOSE: S.CLOSED_PARTIAL},
    S.CLOSED_PARTIAL: {**_MORE, E.FEEDBACK: S.CLOSED_PARTIAL},
    **_ENDED,
}
"""Something we asked for: information, or a freeze."""
ASKED_THEIRS: Table = {
    S.RECEIVED: {**_ACK, **_REPLIES},
    S.ACKNOWLEDGED: {**_REPLIES, E.START: S.IN_WORK},
    S.IN_WORK: _REPLIES,
    S.INTERIM: {**_REPLIES, E.START: S.IN_WORK},
    S.PARTIAL: {**_MORE, E.FEEDBACK: S.PARTIAL, E.CLOSE: S.CLOSED},
    **_ENDED,
}
REQUESTED_OURS: Table = {
    **{
        state: steps if state in _ENDED else {**steps, E.WITHDRAW: S.WITHDRAWN}
        for state, steps in ASKED_OURS.items()
    },
    S.WITHDRAWN: dict.fromkeys((E.ACKNOWLEDGE, *_REPLIES, E.FEEDBACK), S.WITHDRAWN),
}
"""A request for information, which may be withdrawn; a freeze is lifted by a request of its own."""
REQUESTED_THEIRS: Table = {
    **{
        state: {**steps, E.WITHDRAW: state if state in _ENDED else S.WITHDRAWN}
        for state, steps in ASKED_THEIRS.items()
    },
    S.WITHDRAWN: {E.FEEDBACK: S.WITHDRAWN},
}
GIVEN_OURS: Table = {
    S.WAITING: {**_POST, **_ACK, E.FEEDBACK: S.SENT},
    S.WITHHELD: {**_POST, **_ACK, E.FEEDBACK: S.SENT},
    S.SENT: {**_ACK, E.FEEDBACK: S.SENT, E.CLOSE: S.CLOSED},
    S.ACKNOWLEDGED: {E.FEEDBACK: S.ACKNOWLEDGED, E.CLOSE: S.CLOSED},
    S.CLOSED: {E.ACKNOWLEDGE: S.CLOSED, E.FEEDBACK: S.CLOSED},
}
"""Something we gave unasked: a disclosure."""
GIVEN_THEIRS: Table = {
    S.RECEIVED: {**_ACK, E.FEEDBACK: S.RECEIVED, E.CLOSE: S.CLOSED},
    S.ACKNOWLEDGED: {E.FEEDBACK: S.ACKNOWLEDGED, E.START: S.IN_WORK, E.CLOSE: S.CLOSED},
    S.IN_WORK: {E.FEEDBACK: S.IN_WORK, E.CLOSE: S.CLOSED},
    S.CLOSED: {E.FEEDBACK: S.CLOSED},
}
SHARED_OURS: Table = {S.WAITING: _POST, S.WITHHELD: _POST, S.SENT: {E.CLOSE: S.CLOSED}}
"""A typology, which is of nobody: nothing is answered."""
SHARED_THEIRS: Table = {S.RECEIVED: {E.CLOSE: S.CLOSED}}
_DECIDE = {E.CONSENT: S.CONSENTED, E.REFUSE: S.REFUSED}
CONSENT_OURS: Table = {
    S.WAITING: {**_POST, **_ACK, **_DECIDE},
    S.WITHHELD: {**_POST, **_ACK, **_DECIDE},
    S.SENT: {**_ACK, **_DECIDE},
    S.ACKNOWLEDGED: _DECIDE,
}
CONSENT_THEIRS: Table = {
    S.RECEIVED: {**_ACK, **_DECIDE},
    S.ACKNOWLEDGED: _DECIDE,
}

TABLES: Mapping[tuple[str, Side], Table] = {
    ("request", Side.OURS): REQUESTED_OURS,
    ("request", Side.THEIRS): REQUESTED_THEIRS,
    ("freeze_request", Side.OURS): ASKED_OURS,
    ("freeze_request", Side.THEIRS): ASKED_THEIRS,
    ("disclosure", Side.OURS): GIVEN_OURS,
    ("disclosure", Side.THEIRS): GIVEN_THEIRS,
    ("typology", Side.OURS): SHARED_OURS,
    ("typology", Side.THEIRS): SHARED_THEIRS,
    ("onward_request", Side.OURS): CONSENT_OURS,
    ("onward_request", Side.THEIRS): CONSENT_THEIRS,
}
OPENERS = frozenset(kind for kind, _ in TABLES)
"""Kinds of message that open a thread."""
FROM_THE_OTHER = frozenset(
    {E.ACKNOWLEDGE, E.INTERIM, E.PARTIAL, E.FULL, E.NEGATIVE, E.REFUSE, E.CONSENT}
)
"""Steps that are messages of whoever did not open the thread."""
POST = frozenset(_POST)
"""What the outbox says of a message; it may come late, and changes nothing then."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread as it stands: called by the id of the message that opened it.

    Whatever is said in it stands under the same agreement, service and field, and is as urgent.
    `asked` is what its answers are held against: the categories sought by their numbers, or the
    items, recipient and purposes of a consent.
    """

    id: str
    kind: str
    side: Side
    partner: str
    agreement: str
    service: str
    field: str
    urgent: bool
    state: ThreadState
    asked: Mapping[str, Any]
    opened_at: datetime

    @property
    def open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state not in ENDS


ENDS = frozenset(
    {S.NOT_TAKEN, S.ANSWERED, S.NEGATIVE, S.REFUSED, S.CONSENTED}
    | {S.CLOSED, S.CLOSED_PARTIAL, S.WITHDRAWN}
)
"""States that wait for nothing."""


def begin(kind: str, side: Side) -> ThreadState:
    """The state in which a thread of this kind begins."""
    if kind not in OPENERS:
        raise Refused("request.opener", kind=kind)
    return S.WAITING if side is Side.OURS else S.RECEIVED


def next_state(kind: str, side: Side, state: ThreadState, step: Step) -> ThreadState:
    """Where a step leads. Raises Refused("request.state") where it does not fit the state."""
    if (found := TABLES[kind, side].get(state, {}).get(step)) is None:
        raise Refused("request.state", state=state.value, step=step.value)
    return found


def replayed(kind: str, side: Side, steps: Iterable[tuple[Step, ThreadState]]) -> ThreadState:
    """The state after steps that counted, each with the state it led to when it was taken.

    A step whose table has no place for it any more, because one before it did not count after all
    (a reply that the partner's node did not take), leads where it led.
    """
    state = begin(kind, side)
    for step, led_to in steps:
        state = TABLES[kind, side].get(state, {}).get(step, led_to)
    return state


def may_step(thread: Thread, step: Step) -> bool:
    """Whether a step fits, at this node."""
    return step in TABLES[thread.kind, thread.side].get(thread.state, {})


def stepped(thread: Thread, step: Step) -> Thread:
    """The thread after a step. What the outbox says late changes nothing."""
    if step in POST and thread.state not in (S.WAITING, S.WITHHELD):
        return thread
    return replace(thread, state=next_state(thread.kind, thread.side, thread.state, step))


def sender_is_ours(thread: Thread, step: Step) -> bool:
    """Whether the message of a step is sent by this node (else by the partner)."""
    if step is Step.FEEDBACK:
        gives = thread.kind == "disclosure"
        return (thread.side is Side.THEIRS) == gives
    return (thread.side is Side.THEIRS) == (step in FROM_THE_OTHER)
