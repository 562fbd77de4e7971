"""Four eyes: a message is drafted by one officer and goes out with the consent of a second.

    drafted ──propose──▶ proposed ──approve──▶ approved ──send──▶ sent
       ▲                    │  │                  │  └─ time ─▶ expired ──propose──▶ proposed
       └──────change────────┴──┴── reject ─▶ rejected          (abandon: from anywhere but sent)

A second officer is needed where the agreement says so for the service (`four_eyes`), or where this
authority's own policy does for the service or the kind of message. Nobody approves what he had a
hand in, by whatever spelling of his name. What is approved is a text, by its digest: a draft that
changes loses its approval, and sending compares again. Approvals run out.

A suspended agreement changes nothing here: drafts stay, approvals stay until they run out, and
sending asks the permit anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.agreement import Service
from taawun.cooperation.history import cooperation
from taawun.cooperation.message import KINDS, Message
from taawun.cooperation.permit import Permit
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.bodies import BODIES, body_of
from taawun.cooperation.wire import digest, moment_of, moment_text
from taawun.errors import NotFound, Refused, UsageError
from taawun.store import Unit
from taawun.store.journal import last_lines
from taawun.store.tables.requests import draft_steps, draft_texts, review_policies

MOST_REASON = 2000
MOST_HOURS = 24 * 90
WISH = "review.policy_wanted"
"""What the journal calls that an officer asked for a looser policy."""
FREE = frozenset({"acknowledgement", "match_terms", "match_table", "match_answer"})
"""Kinds that need no second officer: they say nothing that one officer decides alone. Terms are
offered by an officer of one side and accepted by one of the other."""


class DraftState(StrEnum):
    """Where a draft stands."""

    DRAFTED = "drafted"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SENT = "sent"
    ABANDONED = "abandoned"


class DraftStep(StrEnum):
    """What officers do to a draft."""

    CHANGE = "change"
    PROPOSE = "propose"
    APPROVE = "approve"
    REJECT = "reject"
    SEND = "send"
    ABANDON = "abandon"


S, E = DraftState, DraftStep
_AGAIN = {E.CHANGE: S.DRAFTED, E.ABANDON: S.ABANDONED}
TABLE: Mapping[DraftState, Mapping[DraftStep, DraftState]] = {
    S.DRAFTED: {**_AGAIN, E.PROPOSE: S.PROPOSED, E.SEND: S.SENT},
    S.PROPOSED: {**_AGAIN, E.APPROVE: S.APPROVED, E.REJECT: S.REJECTED, E.SEND: S.SENT},
    S.APPROVED: {**_AGAIN, E.REJECT: S.REJECTED, E.SEND: S.SENT},
    S.REJECTED: _AGAIN,
    S.EXPIRED: {**_AGAIN, E.PROPOSE: S.PROPOSED, E.SEND: S.SENT},
    S.SENT: {},
    S.ABANDONED: {},
}
"""Sending from any but `approved` is for messages that need no second officer."""


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Which of its own messages an authority has approved by a second officer, beyond what its
    agreements say; approvals count for `hours`."""

    services: frozenset[Service] = frozenset()
    kinds: frozenset[str] = frozenset()
    hours: int = 72


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved which text, until when it counts."""

    officer: str
    sha256: str
    until: datetime


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A message that is being made. `authors` had a hand in it, in one spelling each, and
    called themselves `wrote`; `approval` is of what was last approved, and counts for this text
    only where the digests are equal."""

    id: str
    version: int
    sha256: str
    state: DraftState
    authors: frozenset[str]
    approval: Approval | None
    reason: str
    changed_at: datetime
    wrote: tuple[str, ...] = ()


UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Letters and marks that nobody sees (Unicode's Default_Ignorable_Code_Point outside the control
and format characters), and the empty braille pattern."""
TATWEEL = "\u0640"
Place = Callable[..., Permit]
"""`exchange.gate.place`: puts a message into the outbox with its permit, or raises Refused."""


def officer(name: str) -> str:
    """One officer, however the name is spelled: letter case, spaces, invisible characters, accents,
    Arabic vowel signs, hamzas and tatweel make nobody another person. Raises UsageError where
    nothing is left."""
    known = name
    while (plainer := _plainer(known)) != known:
        known = plainer
    if not known:
        raise UsageError("who does this? an officer's name is needed")
    return known


def _plainer(name: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    kept = (char for char in folded if not _says_nothing(char))
    return unicodedata.normalize("NFC", "".join(map(_digit, kept)))


def _says_nothing(char: str) -> bool:
    """Whether a name is the same without it. Marks that are vowels in the scripts of India and
    South-East Asia are letters of a name, and stay."""
    hidden = unicodedata.category(char)[0] == "C" or char.isspace() or UNSEEN.match(char)
    combining = unicodedata.combining(char)
    return bool(hidden) or char == TATWEEL or 10 <= combining <= 36 or 200 <= combining <= 240


def _digit(char: str) -> str:
    """`٣` as `3`."""
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


# Policy


def policy(connection: Connection) -> ReviewPolicy:
    """What is in force; an authority that never said anything follows its agreements alone."""
    query = sa.select(review_policies).order_by(review_policies.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return ReviewPolicy()
    services = frozenset(Service(each) for each in row.services.split())
    return ReviewPolicy(services, frozenset(row.kinds.split()), row.hours)


def set_policy(unit: Unit, wanted: ReviewPolicy, *, at: datetime, actor: str) -> None:
    """Put a policy in force. Drafts that wait are held against it when they are sent.

    Raises UsageError for an unknown kind, or hours that are none.
    """
    row = _row(wanted)
    made = {**row, "at": moment_text(at), "actor": actor}
    unit.connection.execute(sa.insert(review_policies), made)
    unit.journal("review.policy", "review", row, at=at, actor=actor)


def _row(wanted: ReviewPolicy) -> dict[str, Any]:
    """A policy as it is kept, looked at."""
    if unknown := sorted(wanted.kinds - set(KINDS)):
        raise UsageError(f"no such kinds of message: {', '.join(unknown)}")
    if not 1 <= wanted.hours <= MOST_HOURS:
        raise UsageError(f"an approval counts for 1 to {MOST_HOURS} hours, got {wanted.hours}")
    return {
        "services": " ".join(sorted(wanted.services)),
        "kinds": " ".join(sorted(wanted.kinds)),
        "hours": wanted.hours,
    }


def looser(wanted: ReviewPolicy, held: ReviewPolicy) -> bool:
    """Whether a policy asks for less than what is in force: then one officer alone is not enough,
    who could send by it what nobody else has read."""
    return not (
        wanted.services >= held.services
        and wanted.kinds >= held.kinds
        and wanted.hours <= held.hours
    )


def wish(unit: Unit, wanted: ReviewPolicy, *, at: datetime, actor: str) -> bool:
    """Ask for a looser policy. It comes into force when another officer asks for the same, and
    nothing else was said of it in between; returns whether it did. Raises as `set_policy`."""
    row = _row(wanted)
    said = {**row, "of": _current(unit)}
    for last in last_lines(unit.connection, 1, of=WISH):
        asked = last.action == WISH and orjson.loads(last.details) == said
        if asked and officer(last.actor) != officer(actor):
            set_policy(unit, wanted, at=at, actor=actor)
            return True
    unit.journal(WISH, WISH, said, at=at, actor=actor)
    return False


def _current(unit: Unit) -> int:
    """The number of the policy in force; 0 where none was ever said."""
    newest = sa.select(sa.func.max(review_policies.c.number))
    return unit.connection.execute(newest).scalar() or 0


def needs_second(connection: Connection, message: Message) -> bool:
    """Whether a message may only go out when a second officer has approved it."""
    if message.control or message.service is None:
        return False
    return wants_second(connection, message.agreement or "", message.service, message.kind)


def wants_second(connection: Connection, agreement: str, service: Service, kind: str) -> bool:
    """Whether an agreement, or this authority's own policy, wants a second officer for a kind of
    message under a service."""
    if kind in FREE:
        return False
    text = cooperation(connection).agreements.get(agreement)
    if text is not None and service in text.four_eyes:
        return True
    own = policy(connection)
    return service in own.services or kind in own.kinds


# Drafting


def write(unit: Unit, message: Message, *, at: datetime, actor: str) -> MessageDraft:
    """Keep a message as a draft: its first version, or its next where it is there already.

    Raises Refused for a body that cannot be read or a message that turned into another one, and
    `review.state` where it was sent or abandoned.
    """
    if message.kind in BODIES:
        body_of(message)
    if (before := _found(unit.connection, message.id, at)) is not None:
        _next(before.state, E.CHANGE)
        _same_message(unit.connection, before, message)
    version = before.version + 1 if before else 1
    content = message.canonical()
    row = {"draft": message.id, "version": version, "content": content.decode()}
    unit.connection.execute(sa.insert(draft_texts), row)
    _add(unit, message.id, version, digest(content), E.CHANGE, at=at, actor=actor)
    return draft(unit.connection, message.id, at)


def _same_message(connection: Connection, before: MessageDraft, message: Message) -> None:
    """A draft stays of its kind, to its recipient; one whose text is gone is written anew."""
    text = _text(connection, before)
    was = Message.read(text.encode()) if text else message
    if (was.kind, was.recipient) != (message.kind, message.recipient):
        raise Refused("review.other_message")


def propose(unit: Unit, id: str, *, at: datetime, actor: str) -> MessageDraft:
    """Ask for a second officer. Raises Refused `review.state`, or the ground on which the message
    does not fit its thread (`requests.fits`)."""
    found = draft(unit.connection, id, at)
    _next(found.state, E.PROPOSE)
    message = message_of(unit.connection, found)
    if message.kind in BODIES:
        requests.fits(unit.connection, message, at)
    return _done(unit, found, E.PROPOSE, at=at, actor=actor)


def approve(unit: Unit, id: str, sha256: str, *, at: datetime, actor: str) -> MessageDraft:
    """Approve the text with this digest: what the second officer has read.

    Raises Refused: `review.own_work`, `review.changed` where it is another text by now,
    `review.state`.
    """
    found = draft(unit.connection, id, at)
    _next(found.state, E.APPROVE)
    if officer(actor) in found.authors:
        raise Refused("review.own_work")
    if sha256 != found.sha256:
        raise Refused("review.changed")
    until = at + timedelta(hours=policy(unit.connection).hours)
    return _done(unit, found, E.APPROVE, at=at, actor=actor, until=until)


def reject(unit: Unit, id: str, reason: str, *, at: datetime, actor: str) -> MessageDraft:
    """Send a draft back, or take an approval back, with a reason. Raises Refused `review.state`,
    `review.own_work`; UsageError without a reason."""
    found = draft(unit.connection, id, at)
    _next(found.state, E.REJECT)
    if officer(actor) in found.authors:
        raise Refused("review.own_work")
    return _done(unit, found, E.REJECT, at=at, actor=actor, reason=_reason(reason))


def abandon(unit: Unit, id: str, reason: str, *, at: datetime, actor: str) -> MessageDraft:
    """Give a draft up; its text goes. Raises Refused `review.state`; UsageError without reason."""
    found = draft(unit.connection, id, at)
    _next(found.state, E.ABANDON)
    made = _done(unit, found, E.ABANDON, at=at, actor=actor, reason=_reason(reason))
    _forget(unit, id)
    return made


def send(unit: Unit, id: str, place: Place, *, at: datetime, actor: str) -> Permit:
    """Send a draft: second officer, thread, caveats and permit are all asked now, in one unit.

    The draft's text goes with it; the outbox has the message. Raises Refused: `review.needed`,
    `review.expired`, `review.changed`, `review.state`, or whatever the message runs into; the unit
    is the caller's to roll back then.
    """
    found = draft(unit.connection, id, at)
    message = message_of(unit.connection, found)
    _allowed(unit.connection, found, message)
    _next(found.state, E.SEND)
    if message.kind in BODIES:
        requests.sending(unit, message, at=at, actor=actor)
    permit = place(unit, message, at=at, actor=actor)
    _done(unit, found, E.SEND, at=at, actor=actor)
    _forget(unit, id)
    return permit


def _allowed(connection: Connection, found: MessageDraft, message: Message) -> None:
    """Whether the text as it stands now was approved, where it has to be."""
    if not needs_second(connection, message):
        return
    if found.state is S.EXPIRED:
        raise Refused("review.expired")
    if found.state is not S.APPROVED or found.approval is None:
        raise Refused("review.needed")
    if not found.sha256 == found.approval.sha256 == digest(message.canonical()):
        raise Refused("review.changed")


def _next(state: DraftState, step: DraftStep) -> DraftState:
    if (found := TABLE[state].get(step)) is None:
        raise Refused("review.state", state=state.value, step=step.value)
    return found


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason or len(reason) > MOST_REASON:
        raise UsageError(f"a reason is needed, of at most {MOST_REASON} characters")
    return reason


def _done(
    unit: Unit,
    found: MessageDraft,
    step: DraftStep,
    *,
    at: datetime,
    actor: str,
    reason: str = "",
    until: datetime | None = None,
) -> MessageDraft:
    _add(
        unit, found.id, found.version, found.sha256, step,
        at=at, actor=actor, reason=reason, until=until,
    )  # fmt: skip
    return draft(unit.connection, found.id, at)


def _add(
    unit: Unit,
    id: str,
    version: int,
    sha256: str,
    step: DraftStep,
    *,
    at: datetime,
    actor: str,
    reason: str = "",
    until: datetime | None = None,
) -> None:
    officer(actor)
    row = {
        "draft": id,
        "version": version,
        "sha256": sha256,
        "step": step.value,
        "reason": reason,
        "until": moment_text(until) if until else "",
        "at": moment_text(at),
        "actor": actor,
    }
    unit.connection.execute(sa.insert(draft_steps), row)
    told: dict[str, Any] = {"version": version, "sha256": sha256, "reason": reason}
    unit.journal(f"draft.{step}", id, told, at=at, actor=actor)


def _forget(unit: Unit, id: str) -> None:
    unit.connection.execute(sa.delete(draft_texts).where(draft_texts.c.draft == id))


# Reading


def draft(connection: Connection, id: str, at: datetime) -> MessageDraft:
    """A draft as it stands at a time. Raises NotFound."""
    if (found := _found(connection, id, at)) is None:
        raise NotFound(f"no draft {id}")
    return found


def drafts(connection: Connection, at: datetime, *, open_only: bool = True) -> list[MessageDraft]:
    """All drafts, the newest first; without those that were sent or abandoned."""
    newest = sa.func.max(draft_steps.c.number)
    query = sa.select(draft_steps.c.draft).group_by(draft_steps.c.draft).order_by(newest.desc())
    found = [draft(connection, id, at) for id in connection.execute(query).scalars().all()]
    return [each for each in found if not open_only or TABLE[each.state]]


def message_of(connection: Connection, found: MessageDraft) -> Message:
    """The message as it stands in the draft. Raises NotFound where its text is gone."""
    if not (text := _text(connection, found)):
        raise NotFound(
            f"the text of draft {found.id} is gone: sent, given up, or held what was deleted"
        )
    return Message.read(text.encode())


def _text(connection: Connection, found: MessageDraft) -> str:
    here = sa.and_(draft_texts.c.draft == found.id, draft_texts.c.version == found.version)
    return connection.execute(sa.select(draft_texts.c.content).where(here)).scalar() or ""


def _found(connection: Connection, id: str, at: datetime) -> MessageDraft | None:
    query = sa.select(draft_steps).where(draft_steps.c.draft == id).order_by(draft_steps.c.number)
    rows = list(connection.execute(query))
    if not rows:
        return None
    state, approval, authors = S.DRAFTED, None, dict[str, str]()
    for row in rows:
        step = DraftStep(row.step)
        state = _next(_aged(state, approval, moment_of(row.at)), step)
        if step in (E.CHANGE, E.PROPOSE):
            authors.setdefault(officer(row.actor), row.actor)
        if step is E.APPROVE:
            approval = Approval(row.actor, row.sha256, moment_of(row.until))
    last = rows[-1]
    return MessageDraft(
        id,
        last.version,
        last.sha256,
        _aged(state, approval, at),
        frozenset(authors),
        approval,
        last.reason,
        moment_of(last.at),
        tuple(authors.values()),
    )


def _aged(state: DraftState, approval: Approval | None, at: datetime) -> DraftState:
    """An approval counts before its `until`."""
    if state is S.APPROVED and approval is not None and at >= approval.until:
        return S.EXPIRED
    return state
