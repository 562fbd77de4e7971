"""What was received, kept item by item with its caveats; what of it went on, and what is gone.

    take(unit, message, body, …)        keep what a message brings
    check(connection, message, body, …) may this own message hold what it holds?
    gave(unit, message, body, …)        note which received items went out with an own message
    due_for_deletion(connection, at)    what may be kept no longer
    delete(unit, items, …)              remove the content; that it was here stays

A message's own text is item 0. An own message says which received items it holds (`Origin`); texts
and attachments that came in are known again when they go out without being named.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.agreement import Agreement, Onward, Purpose
from taawun.cooperation.exchange import inbox, outbox
from taawun.cooperation.message import Caveats, Message
from taawun.cooperation.requests.bodies import INFORMING, items_of
from taawun.cooperation.requests.bodies.onward import Decision, ItemReference, OnwardDecision
from taawun.cooperation.requests.caveats import (
    KeptItem,
    OnwardConsent,
    for_recipient,
    kept_until,
    looser,
    may_pass_on,
    own,
)
from taawun.cooperation.requests.fitting import origins_in
from taawun.cooperation.wire import Document, digest, moment_of, moment_text
from taawun.errors import NotFound, Refused
from taawun.store import Unit
from taawun.store.tables.requests import (
    draft_texts,
    given_origins,
    information_claims,
    information_contents,
    information_deletions,
    information_items,
    information_marks,
    onward_consents,
)

TELLING = 80
"""Characters from which on a text is long enough to be known again."""


# Keeping what comes


def take(unit: Unit, message: Message, body: Document, agreement: Agreement, at: datetime) -> int:
    """Keep what a message brings, item by item. Returns how many items.

    What a message without caveats says (the reason of a refusal, feedback) is its sender's too: for
    the message's purpose, by the agreement's rule. A typology is of nobody.
    """
    if message.kind == "typology" or message.purpose is None:
        return 0
    said = message.caveats or (own(agreement, message.sender, [message.purpose], at),)
    contents = _contents(body)
    origins = origins_in(body)
    for number, (category, content, marks) in contents.items():
        whose = {message.sender, *(each.authority for each in origins.get(number, ()))}
        claims = [each for each in said if each.origin in whose - {message.recipient}]
        until = kept_until(claims, agreement, at)
        _keep(unit, message, number, category, content, marks, claims, until, at)
    return len(contents)


def _contents(body: Document) -> dict[int, tuple[str, bytes, set[str]]]:
    """Category, content (JSON) and marks of each item; the body without its items is item 0."""
    plain = body.plain()
    text = {name: value for name, value in plain.items() if name != "items"}
    found = {0: ("", _json(text), set(_marks(text)))}
    for item in items_of(body):
        said = item.plain()
        found[item.number] = (item.category.value, _json(said), set(_marks(said)))
    return found


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _marks(value: Any) -> Iterator[str]:
    """Digests of the long texts and the attachments in JSON values."""
    if isinstance(value, dict):
        if set(value) == {"lang", "text"} and len(value["text"]) >= TELLING:
            yield digest(_plain(value["text"]).encode())
        elif "sha256" in value and "content" in value:
            yield value["sha256"]
        for each in value.values():
            yield from _marks(each)
    elif isinstance(value, list):
        for each in value:
            yield from _marks(each)


def _plain(text: str) -> str:
    """A text whose spaces, letter case and composed letters make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _keep(
    unit: Unit,
    message: Message,
    number: int,
    category: str,
    content: bytes,
    marks: set[str],
    claims: Sequence[Caveats],
    until: date,
    at: datetime,
) -> None:
    row = {
        "message": message.id,
        "item": number,
        "thread": message.thread,
        "kind": message.kind,
        "giver": message.sender,
        "agreement": message.agreement,
        "category": category,
        "received_at": moment_text(at),
        "delete_by": until.isoformat(),
        "sha256": digest(content),
    }
    added = unit.connection.execute(sa.insert(information_items), row).inserted_primary_key
    key = added[0] if added is not None else 0
    unit.connection.execute(
        sa.insert(information_contents), {"number": key, "content": content.decode()}
    )
    if claims:
        rows = [{"number": key, **_claim_row(claim)} for claim in claims]
        unit.connection.execute(sa.insert(information_claims), rows)
    if marks:
        rows = [{"number": key, "sha256": mark} for mark in sorted(marks)]
        unit.connection.execute(sa.insert(information_marks), rows)


def _claim_row(claim: Caveats) -> dict[str, str]:
    return {
        "origin": claim.origin,
        "purposes": " ".join(claim.purposes),
        "onward": claim.onward.value,
        "consented": " ".join(claim.consented),
        "delete_by": claim.delete_by.isoformat() if claim.delete_by else "",
    }


# Reading


def item_of(connection: Connection, message: str, item: int) -> KeptItem:
    """A received item. Raises NotFound."""
    here = sa.and_(information_items.c.message == message, information_items.c.item == item)
    found = _items(connection, here)
    if not found:
        raise NotFound(f"no item {item} of message {message} was received")
    return found[0]


def items_in(connection: Connection, thread: str, *, said_too: bool = False) -> list[KeptItem]:
    """The information received in a thread, oldest first; with what was only said there (the text
    of a refusal, feedback, a decision) if wanted."""
    here = information_items.c.thread == thread
    if not said_too:
        here = sa.and_(here, information_items.c.kind.in_(sorted(INFORMING)))
    return _items(connection, here)


def due_for_deletion(connection: Connection, at: datetime) -> list[KeptItem]:
    """Items whose last day is over and whose content is still here, oldest first."""
    late = information_items.c.delete_by < at.date().isoformat()
    return _items(connection, sa.and_(late, information_contents.c.number.is_not(None)))


def content_of(connection: Connection, item: KeptItem) -> dict[str, Any]:
    """What an item says, as JSON values. Raises NotFound where it was deleted."""
    query = (
        sa.select(information_contents.c.content)
        .join(information_items, information_items.c.number == information_contents.c.number)
        .where(information_items.c.message == item.message, information_items.c.item == item.item)
    )
    text = connection.execute(query).scalar()
    if text is None:
        raise NotFound(f"item {item.item} of message {item.message} was deleted")
    said: dict[str, Any] = orjson.loads(text)
    return said


def _items(connection: Connection, where: sa.ColumnElement[bool]) -> list[KeptItem]:
    query = (
        sa.select(information_items, information_contents.c.number.label("there"))
        .join(
            information_contents,
            information_contents.c.number == information_items.c.number,
            isouter=True,
        )
        .where(where)
        .order_by(information_items.c.number)
    )
    return [_item(connection, row) for row in connection.execute(query).all()]


def _item(connection: Connection, row: Any) -> KeptItem:
    claims = connection.execute(
        sa.select(information_claims).where(information_claims.c.number == row.number)
    )
    return KeptItem(
        row.message,
        row.item,
        row.thread,
        row.giver,
        row.agreement,
        row.category,
        moment_of(row.received_at),
        date.fromisoformat(row.delete_by),
        row.sha256,
        tuple(_claim(each) for each in claims),
        _consents(connection, row.message, row.item),
        row.there is None,
        row.kind,
    )


def _claim(row: Any) -> Caveats:
    return Caveats(
        origin=row.origin,
        purposes=tuple(Purpose(each) for each in row.purposes.split()),
        onward=Onward(row.onward),
        consented=tuple(row.consented.split()),
        delete_by=_day(row.delete_by),
    )


def _consents(connection: Connection, message: str, item: int) -> tuple[OnwardConsent, ...]:
    here = sa.and_(onward_consents.c.message == message, onward_consents.c.item == item)
    rows = connection.execute(
        sa.select(onward_consents).where(here).order_by(onward_consents.c.number)
    )
    return tuple(
        OnwardConsent(
            row.origin,
            row.recipient,
            frozenset(Purpose(each) for each in row.purposes.split()),
            _day(row.until),
            row.decision,
        )
        for row in rows
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# What goes out


def check(connection: Connection, message: Message, body: Document, at: datetime) -> None:
    """Whether an own message may hold what it holds, and says whose it is.

    Raises Refused: as `may_pass_on`; `caveat.unknown_item`, `caveat.origins` where not all of
    those are named whose information an item is; `caveat.loosened`; `caveat.undeclared`.
    """
    if message.purpose is None:
        return
    held = _held(connection, body)
    for item, named in held:
        if named != {claim.origin for claim in item.claims}:
            raise Refused("caveat.origins", origin=", ".join(c.origin for c in item.claims))
        may_pass_on(item, message.recipient, message.purpose, at)
        _not_loosened(item, message, at)
    _all_declared(connection, message, body, held)


def _held(connection: Connection, body: Document) -> list[tuple[KeptItem, set[str]]]:
    """The received items in a body, each with the origins that are named of it."""
    named: dict[tuple[str, int], set[str]] = {}
    for origins in origins_in(body).values():
        for origin in origins:
            named.setdefault((origin.message, origin.item), set()).add(origin.authority)
    try:
        return [(item_of(connection, *key), whose) for key, whose in named.items()]
    except NotFound:
        raise Refused("caveat.unknown_item") from None


def _not_loosened(item: KeptItem, message: Message, at: datetime) -> None:
    said = {each.origin: each for each in message.caveats}
    for claim in item.claims:
        widest = for_recipient(item, claim, message.recipient, at.date())
        if claim.origin not in said or looser(said[claim.origin], widest):
            raise Refused("caveat.loosened", origin=claim.origin)


def _all_declared(
    connection: Connection,
    message: Message,
    body: Document,
    held: Sequence[tuple[KeptItem, set[str]]],
) -> None:
    """Nothing that came from another than the recipient goes out without being named."""
    marks = {mark for _, _, found in _contents(body).values() for mark in found}
    query = (
        sa.select(information_items.c.message, information_items.c.item, information_items.c.giver)
        .join(information_marks, information_marks.c.number == information_items.c.number)
        .where(information_marks.c.sha256.in_(sorted(marks)))
        .where(information_items.c.giver != message.recipient)
    )
    named = {(item.message, item.item) for item, _ in held}
    for row in connection.execute(query):
        if (row.message, row.item) not in named:
            raise Refused("caveat.undeclared", origin=row.giver)


def gave(unit: Unit, message: Message, body: Document, at: datetime) -> None:
    """Note which received items went with an own message."""
    rows = [
        {
            "message": message.id,
            "item": number,
            "source_message": origin.message,
            "source_item": origin.item,
            "origin": origin.authority,
            "recipient": message.recipient,
            "at": moment_text(at),
        }
        for number, origins in origins_in(body).items()
        for origin in origins
    ]
    if rows:
        unit.connection.execute(sa.insert(given_origins), rows)


# Consent


def origins_given(
    connection: Connection, items: Iterable[ItemReference]
) -> list[tuple[KeptItem, ItemReference]]:
    """The received items that went with these items of own messages."""
    found = []
    for each in items:
        here = sa.and_(given_origins.c.message == each.message, given_origins.c.item == each.item)
        query = sa.select(given_origins.c.source_message, given_origins.c.source_item).where(here)
        for row in connection.execute(query.distinct()).all():
            found.append((item_of(connection, *row), each))
    return found


def check_decision(connection: Connection, body: OnwardDecision, at: datetime) -> None:
    """An own consent: given only with the consent of everybody whose information is in the items,
    and naming them all. Raises Refused as `may_pass_on`, or `caveat.speaks_for`."""
    if body.decision is Decision.REFUSED:
        return
    whose: set[str] = set()
    for item, _ in origins_given(connection, body.items):
        for purpose in body.purposes:
            may_pass_on(item, body.recipient, purpose, at)
        whose |= {claim.origin for claim in item.claims}
    if whose - {body.recipient} != set(body.speaks_for) - {body.recipient}:
        raise Refused("caveat.speaks_for", origin=", ".join(sorted(whose)))


def take_decision(unit: Unit, message: Message, body: OnwardDecision, at: datetime) -> None:
    """Keep what was consented to, for whoever decided and those for whom it speaks."""
    if body.decision is Decision.REFUSED:
        return
    said = {
        "recipient": body.recipient,
        "purposes": " ".join(body.purposes),
        "until": body.until.isoformat() if body.until else "",
        "decision": message.id,
        "at": moment_text(at),
    }
    rows = [
        {"message": each.message, "item": each.item, "origin": origin, **said}
        for each in body.items
        for origin in sorted({message.sender, *body.speaks_for})
    ]
    unit.connection.execute(sa.insert(onward_consents), rows)


# Retention


def delete(unit: Unit, items: Iterable[KeptItem], *, at: datetime, actor: str, reason: str) -> int:
    """Remove the content of items for good: here, and where a message was kept as it came in.

    A message's bytes go with the first of its items, since they hold all of them; so do those of
    own messages that passed it on, once they are delivered, and the texts of drafts that name it.
    That an item was here, from whom, under which agreement, and when it went, stays; the journal
    has it without content. Returns how many were removed; what is gone is left as it is.
    """
    gone = 0
    for item in items:
        key = _key(unit.connection, item)
        removed = unit.connection.execute(
            sa.delete(information_contents).where(information_contents.c.number == key)
        )
        if not removed.rowcount:
            continue
        gone += 1
        row = {"number": key, "at": moment_text(at), "actor": actor, "reason": reason}
        unit.connection.execute(sa.insert(information_deletions), row)
        inbox.forget(unit, item.giver, item.message)
        for sent in _passed_on_with(unit.connection, item):
            outbox.forget(unit, sent)
        told: dict[str, object] = {
            "item": item.item,
            "giver": item.giver,
            "agreement": item.agreement,
        }
        told |= {"delete_by": item.delete_by.isoformat(), "reason": reason}
        if drafts := _drafts_with(unit, item):
            told |= {"drafts": drafts}
        unit.journal("information.deleted", item.message, told, at=at, actor=actor)
    return gone


def _passed_on_with(connection: Connection, item: KeptItem) -> list[str]:
    here = sa.and_(
        given_origins.c.source_message == item.message, given_origins.c.source_item == item.item
    )
    return list(
        connection.execute(sa.select(given_origins.c.message).where(here).distinct()).scalars()
    )


def _drafts_with(unit: Unit, item: KeptItem) -> list[str]:
    """Removes the texts of the drafts that name the message of an item; gives the drafts."""
    named = draft_texts.c.content.contains(f'"message":"{item.message}"', autoescape=True)
    found = sa.select(draft_texts.c.draft).where(named).distinct()
    drafts = sorted(unit.connection.execute(found).scalars())
    unit.connection.execute(sa.delete(draft_texts).where(draft_texts.c.draft.in_(drafts)))
    return drafts


def _key(connection: Connection, item: KeptItem) -> int:
    here = sa.and_(
        information_items.c.message == item.message, information_items.c.item == item.item
    )
    return int(connection.execute(sa.select(information_items.c.number).where(here)).scalar_one())
