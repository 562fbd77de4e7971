"""What follows a hit: the request that is drafted at the asker, and what the owner sees of it.

A hit says that the partner has a record under the same token; what the record is, an officer asks
for in an ordinary request by name (`draft`). The owner looks at the messages that arrive and name
somebody (`follow`, a duty): requests are counted against the lookups before them, and all of them
are searched for canaries: their subjects, their accounts, the accounts of their transfers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange.carrier import MESSAGE_TYPE, Outcome
from taawun.cooperation.message import Message
from taawun.cooperation.private import watch
from taawun.cooperation.private.asking import Blinds
from taawun.cooperation.private.lookups import Lookup, LookupState
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind
from taawun.cooperation.private.tokens import tokens_of_question, tokens_of_record
from taawun.cooperation.requests.bodies import INFORMING, body_of, items_of
from taawun.cooperation.requests.bodies import subject as wire
from taawun.cooperation.requests.bodies.freeze import FreezeRequest
from taawun.cooperation.requests.bodies.request import Request
from taawun.cooperation.trust import signing
from taawun.entities.dates import span
from taawun.errors import InputError, Refused
from taawun.names.romanise.script import script_of
from taawun.store import Store
from taawun.store.tables.exchange import inbox
from taawun.store.tables.private import match_followed
from taawun.wording import say

_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
_AT_ONCE = 200
ASKING = frozenset({"request", "freeze_request"})
"""Kinds of message that follow a hit."""


# Asker


def draft(lookup: Lookup, *, lang: str = "en") -> dict[str, Any]:
    """A request's body as far as a hit gives it: the officer writes the rest.

    What only the officer knows (offences, suspicion, link to the country) is left out. Raises
    Refused `match.no_hit` for a lookup that hit nothing.
    """
    if lookup.state is not LookupState.HIT:
        raise Refused("match.no_hit", lookup=str(lookup.number))
    on = lookup.answered_at[:10]
    kinds = tuple(say(f"match.kind.{kind}", lang) for kind in lookup.kinds)
    partner = lookup.under.partner
    facts = say("match.draft.facts", lang, partner=partner, on=on, kinds=kinds)
    sought = say("match.draft.sought", lang, partner=partner)
    return {
        "reference": lookup.reference,
        "title": _passage(say("match.draft.title", lang, partner=partner), lang),
        "facts": _passage(facts, lang),
        "country": partner[:2],
        "uses": [lookup.under.purpose.value],
        "recipients": [],
        "subjects": [_on_the_wire(lookup.subject)],
        "accounts": [],
        "transfers": [],
        "sought": [{"number": 1, "category": "identity", "what": _passage(sought, lang)}],
        "origins": [],
    }


def _passage(text: str, lang: str) -> dict[str, str]:
    return {"lang": lang.split("-")[0], "text": text.translate(_ISOLATES)}


_WIRE_KINDS = frozenset(each.value for each in wire.IdentifierKind)


def _on_the_wire(subject: Subject) -> dict[str, Any]:
    """A subject as a request says it."""
    numbers = [each for each in subject.identifiers if each.kind != "iban"]
    ibans = ["".join(each.text.split()) for each in subject.identifiers if each.kind == "iban"]
    return {
        "kind": subject.kind.value,
        "roles": ["suspect"],
        "names": [
            {"text": name, "script": _script(name), "kind": "alias" if at else "main"}
            for at, name in enumerate(subject.names)
        ],
        "births": [day for text in subject.birth_dates for day in _days(text)],
        "countries": [code.upper() for code in subject.countries],
        "identifiers": [_number(each) for each in numbers],
        "accounts": [{"iban": iban} for iban in ibans],
    }


def _script(name: str) -> str:
    """ISO 15924 of a name; Zyyy (common) where it is in several."""
    found = script_of(name)
    return "Zyyy" if found == "mixed" else found.title()


def _number(each: Identifier) -> dict[str, str]:
    kind = each.kind if each.kind in _WIRE_KINDS else "other"
    said = {"kind": kind, "number": each.text}
    return said | ({"country": each.country.upper()} if each.country else {})


def _days(text: str) -> list[str]:
    found = span(text)
    return list(found.texts) if found is not None else []


# Owner


def follow(store: Store, blinds: Blinds, at: datetime) -> int:
    """Look at the messages that came in since the last time and name somebody; how many. A duty.

    A process remembers how far it has looked; a new one begins at the first again.
    """
    with store.reading() as connection:
        last = connection.execute(sa.select(sa.func.max(inbox.c.number))).scalar() or 0
        if last == blinds.followed:
            return 0
        came = _naming(connection, blinds.followed)
        among = sorted({each.records_most for each in watch.planted_among(connection)})
    for _, id, message in came:
        purpose = (message.purpose or "") if message.kind in ASKING else ""
        concern = watch.Concern(message.sender, message.agreement or "", purpose)
        with store.begin() as unit:
            watch.requested(unit, id, concern, _tokens(message, among), at=at)
    blinds.followed = came[-1][0] if len(came) == _AT_ONCE else last
    return len(came)


def _naming(connection: Connection, after: int) -> list[tuple[int, str, Message]]:
    seen = sa.select(match_followed.c.message)
    query = (
        sa.select(inbox.c.number, inbox.c.message, inbox.c.signed)
        .where(
            inbox.c.number > after,
            inbox.c.kind.in_(sorted(INFORMING)),
            inbox.c.outcome == Outcome.ACCEPTED.value,
            inbox.c.signed != "",
            inbox.c.message.not_in(seen),
        )
        .order_by(inbox.c.number)
        .limit(_AT_ONCE)
    )
    return [(row.number, row.message, _read(row.signed)) for row in connection.execute(query)]


def _read(signed: str) -> Message:
    """The message under a signature that was checked when it arrived."""
    payload = signing.unverified(signed, MESSAGE_TYPE).payload
    return Message.model_validate_json(orjson.dumps(orjson.loads(payload)["message"]))


def _tokens(message: Message, among: Sequence[int]) -> list[bytes]:
    """Every token that a message's subjects could be asked or kept by, among so many records."""
    found: dict[bytes, None] = {}
    for subject in subjects_of(message):
        for records in among:
            try:
                found.update(dict.fromkeys(tokens_of_record(subject, records)))
                found.update(dict.fromkeys(tokens_of_question(subject, records).tokens))
            except InputError:  # a name too long to be one has no tokens
                continue
    return list(found)


def subjects_of(message: Message) -> list[Subject]:
    """Whom a message names: its subjects, and whoever has the accounts that it names alone."""
    body = body_of(message)
    parts = [body] if isinstance(body, (Request, FreezeRequest)) else items_of(body)
    named = [subject_in(said) for part in parts for said in part.subjects]
    accounts = [account for part in parts for account in part.accounts]
    accounts += [
        account
        for part in parts
        for transfer in part.transfers
        for account in (transfer.source, transfer.target)
        if account is not None
    ]
    ibans = dict.fromkeys(account.iban for account in accounts if account.iban)
    holders = [Subject(SubjectKind.PERSON, identifiers=(Identifier("iban", it),)) for it in ibans]
    return [*named, *holders]


def subject_in(said: wire.Subject) -> Subject:
    """The subject of a request as tokens are made of it."""
    kinds = {"person": SubjectKind.PERSON, "unknown": SubjectKind.PERSON}
    kinds["vessel"] = SubjectKind.VESSEL
    documents = dict.fromkeys(("passport", "national_id", "residence_permit", "other"), "document")
    numbers = [
        Identifier(documents.get(each.kind, each.kind.value), each.number, _lower(each.country))
        for each in said.identifiers
    ]
    numbers += [Identifier("iban", each.iban) for each in said.accounts if each.iban]
    return Subject(
        kind=kinds.get(said.kind, SubjectKind.COMPANY),
        names=tuple(each.text for each in said.names if each.kind != "weak_alias"),
        birth_dates=said.births,
        identifiers=tuple(numbers),
        countries=tuple(code.lower() for code in said.countries),
    )


def _lower(country: str | None) -> str:
    return (country or "").lower()
