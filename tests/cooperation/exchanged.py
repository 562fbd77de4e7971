"""What officers exchange in the tests, and authorities who exchange it.

bodies.REQUEST …                    a good body of each kind, as JSON
letters = Letters(tmp_path)         XA-FIU, XB-FIU and XC-FIU, an agreement between all three
asked = letters.request()           XA asks XB: a message, not sent yet
letters.send(asked)                 through thread, caveats and permit into XA's outbox
letters.deliver(asked)              taken at XB; refused there, it raises and XA's outbox says so
"""

from __future__ import annotations

import base64
import copy
import hashlib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from taawun.cooperation.agreement import Agreement, Onward
from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.cooperation.permit import decide, facts, question
from taawun.cooperation.requests import information
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.caveats import KeptItem
from taawun.cooperation.requests.threads import Thread
from taawun.errors import Refused
from taawun.store.tables.exchange import outbox
from tests.cooperation.authorities import NOON, Region, terms

Json = dict[str, Any]
ONE, OTHER, THIRD = "XA-FIU", "XB-FIU", "XC-FIU"
IBAN = "AE070331234567890123456"
UETR = "0e3a8b1c-5d2f-4a6b-9c7d-1f2e3d4c5b6a"


def passage(text: str, lang: str = "en") -> Json:
    return {"lang": lang, "text": text}


def attachment(content: bytes = b"%PDF-1.7 made up", media: str = "application/pdf") -> Json:
    return {
        "name": "كشف حساب.pdf",
        "media": media,
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": base64.b64encode(content).decode(),
    }


ACCOUNT: Json = {"iban": IBAN}
TRANSFER: Json = {
    "uetr": UETR,
    "on": "2026-02-11",
    "amount": {"minor": 1_250_000_00, "currency": "AED"},
    "source": {"number": "100-22-7", "institution": "A made-up bank", "currency": "AED"},
    "target": ACCOUNT,
}
SUBJECT: Json = {
    "kind": "person",
    "roles": ["suspect", "account_holder"],
    "names": [
        {"text": "محمد بن سالم الكندي", "script": "Arab", "kind": "main"},
        {"text": "Mohammed bin Salem Al Kindi", "script": "Latn", "kind": "transliterated"},
        {"text": "Мохаммед ибн Салем", "script": "Cyrl", "kind": "alias"},
    ],
    "births": ["1971", "1971-03"],
    "countries": ["XA"],
    "identifiers": [{"kind": "passport", "number": "XA1234567", "country": "XA"}],
    "accounts": [ACCOUNT],
}
REQUEST: Json = {
    "reference": "XA/2026/114",
    "title": passage("طلب معلومات عن حوالات", "ar"),
    "offences": ["money_laundering", "fraud"],
    "facts": passage("تلقى المعني خلال شهر واحد تسع حوالات من شركات لا نشاط ظاهرًا لها.", "ar"),
    "suspicion": passage("The sums do not fit what is known of the subject's income."),
    "country": "XB",
    "link": passage("Six of the nine payers bank in XB."),
    "uses": ["intelligence", "investigation"],
    "use": passage("To decide whether the prosecutor is told."),
    "recipients": [],
    "subjects": [SUBJECT],
    "accounts": [ACCOUNT],
    "transfers": [TRANSFER],
    "sought": [
        {"number": 1, "category": "accounts", "what": passage("Who opened the accounts, and when")},
        {"number": 2, "category": "identity", "what": passage("The payers' directors")},
    ],
    "origins": [],
}
ACKNOWLEDGEMENT: Json = {"reference": "XB/77", "expected_by": "2026-04-02"}
ITEM: Json = {
    "number": 1,
    "category": "accounts",
    "answers": [1],
    "provenance": "bank_record",
    "source_grade": "A",
    "information_grade": "1",
    "obtained": "2026-03-10",
    "text": passage(
        "The account was opened in person, on a passport that was issued a week before."
    ),
    "subjects": [],
    "accounts": [ACCOUNT],
    "transfers": [],
    "attachments": [attachment()],
    "origins": [],
}
LACKING: Json = {"number": 2, "ground": "legal_privilege", "why": passage("Held by a lawyer")}
ANSWER: Json = {
    "reference": "XB/77",
    "outcome": "full",
    "text": passage("What you asked for is below."),
    "items": [ITEM],
    "lacking": [],
    "measures": [],
    "origins": [],
}
PARTIAL: Json = {**ANSWER, "outcome": "partial", "lacking": [LACKING]}
INTERIM: Json = {**ANSWER, "outcome": "interim", "items": [], "expected_by": "2026-04-30"}
NEGATIVE: Json = {**ANSWER, "outcome": "negative", "items": []}
REFUSAL: Json = {
    "reference": "XB/77",
    "grounds": ["impairs_investigation"],
    "reason": passage("An operation is under way."),
    "again_if": passage("Ask again in June."),
}
DISCLOSURE: Json = {
    "reference": "XB/90",
    "title": passage("Payments to a charity in XA"),
    "offences": ["terrorist_financing"],
    "facts": passage("Small sums from forty people reach one account every Friday."),
    "suspicion": passage("The account's holder is near a listed group."),
    "country": "XA",
    "link": passage("The account is kept in XA."),
    "items": [{**ITEM, "answers": []}],
    "origins": [],
}
ONWARD_REQUEST: Json = {
    "reference": "XA/2026/114",
    "items": [{"message": UETR, "item": 1}],
    "recipient": THIRD,
    "purposes": ["investigation"],
    "reason": passage("Their prosecutor has the case."),
}
GIVEN: Json = {
    "reference": "XB/77",
    "items": [{"message": UETR, "item": 1}],
    "recipient": THIRD,
    "purposes": ["investigation"],
    "decision": "given",
    "grounds": [],
    "speaks_for": [],
}
NOT_GIVEN: Json = {
    **GIVEN,
    "decision": "refused",
    "grounds": ["disproportionate"],
    "reason": passage("The person is a victim."),
}
FEEDBACK: Json = {
    "reference": "XA/2026/114",
    "usefulness": "useful",
    "results": ["new_subjects", "funds_frozen"],
    "frozen": {"minor": 90_000_00, "currency": "AED"},
}
WITHDRAWN: Json = {
    "reference": "XA/2026/114",
    "usefulness": "not_needed",
    "results": [],
    "text": passage("The case was closed."),
}
FREEZE: Json = {
    "reference": "XA/2026/115",
    "stage": "take",
    "measure": "suspension",
    "offences": ["fraud"],
    "facts": passage("The money was had by a false invoice."),
    "country": "XB",
    "link": passage("It is to leave XB tomorrow."),
    "subjects": [],
    "accounts": [],
    "transfers": [TRANSFER],
    "origins": [],
    "power": "fiu",
    "legal_basis": "A made-up law, article 7",
    "order": "Order 12",
    "ordered_on": "2026-03-14",
    "until": "2026-03-17T12:00:00.000000Z",
    "confirmed_by": "2026-03-16",
}
MEASURE: Json = {
    "kind": "suspension",
    "transfer": TRANSFER,
    "amount": {"minor": 1_250_000_00, "currency": "AED"},
    "taken_at": "2026-03-14T13:00:00.000000Z",
    "until": "2026-03-17T12:00:00.000000Z",
    "order": "XB order 3",
}
FROZEN: Json = {**ANSWER, "items": [], "measures": [MEASURE]}
ENTRY = "fan_in:\n  version: 2\n  live: true\n  parameters:\n    counterparties: {value: 6}\n"
TYPOLOGY: Json = {
    "code": "fan_in",
    "entry": ENTRY,
    "sha256": hashlib.sha256(ENTRY.encode()).hexdigest(),
    "description": [passage("Collectors since the spring"), passage("جامعون منذ الربيع", "ar")],
    "offences": ["money_laundering"],
    "seen": "XA, spring 2026",
}
GOOD: dict[str, list[Json]] = {
    "request": [REQUEST],
    "acknowledgement": [ACKNOWLEDGEMENT, {"reference": "XB/77"}],
    "answer": [ANSWER, PARTIAL, INTERIM, NEGATIVE, FROZEN],
    "refusal": [REFUSAL],
    "disclosure": [DISCLOSURE],
    "onward_request": [ONWARD_REQUEST],
    "onward_decision": [GIVEN, NOT_GIVEN],
    "feedback": [FEEDBACK, WITHDRAWN],
    "freeze_request": [FREEZE],
    "typology": [TYPOLOGY],
}
"""Good bodies by kind."""


def changed(body: Json, path: str, value: Any) -> Json:
    """A body with one thing different: `path` with dots, numbers for places in lists.

    A value of `...` takes the field away.
    """
    made = copy.deepcopy(body)
    *way, last = path.split(".")
    at: Any = made
    for name in way:
        at = at[int(name)] if isinstance(at, list) else at[name]
    if value is ...:
        del at[last]
    elif isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value
    return made


SERVICES = {"disclosure": "disclose", "freeze_request": "freeze", "typology": "typology"}


class Letters:
    """Three authorities under one agreement, with a post that delivers when it is told to."""

    def __init__(self, folder: Path, *, onward: Onward = Onward.CONSENT, **more: Any) -> None:
        self.region = Region(folder, ONE, OTHER, THIRD)
        self.now = NOON
        mou = terms(f"{ONE}, {OTHER}, {THIRD}: *; *; *; *", onward=onward, **more)
        self.mou: Agreement = self.region.in_force(mou)

    def later(self, **much: float) -> None:
        self.now += timedelta(**much)

    def message(
        self,
        kind: str,
        body: Json,
        sender: str = ONE,
        recipient: str = OTHER,
        *,
        to: Message | None = None,
        thread: str = "",
        **more: Any,
    ) -> Message:
        """A message; `to` is what it replies to. Information carries its sender's caveats."""
        id = str(uuid.uuid4())
        said: Json = {
            "v": 1,
            "id": id,
            "kind": kind,
            "sender": sender,
            "recipient": recipient,
            "agreement": self.mou.id,
            "service": SERVICES.get(kind, "ask"),
            "field": "aml_cft",
            "purpose": "intelligence",
            "categories": ["identity", "accounts"] if kind not in REPLIES_WITHOUT else [],
            "thread": thread or (to.thread if to else id),
            "made_at": "2026-03-14T12:00:00.000000Z",
            "urgent": to.urgent if to else False,
            "caveats": [self.caveats(sender)] if kind in INFORMING else [],
            "body": body,
        }
        if to is not None:
            said |= {"replies_to": to.id, "service": to.service, "field": to.field}
        said |= more
        return Message.of(orjson.loads(orjson.dumps(said)))

    def caveats(self, origin: str, **more: Any) -> Json:
        return {
            "origin": origin,
            "purposes": ["intelligence", "investigation"],
            "onward": self.mou.onward.value,
            "consented": [],
            "delete_by": "2026-12-31",
            **more,
        }

    def request(self, body: Json = REQUEST, **more: Any) -> Message:
        return self.message("request", body, **more)

    def answer(self, to: Message, body: Json = ANSWER, **more: Any) -> Message:
        return self.message("answer", body, to.recipient, to.sender, to=to, **more)

    def send(self, message: Message) -> Thread:
        """Into the sender's outbox, or Refused and nothing kept."""
        with self.region[message.sender].begin() as unit:
            thread = requests.sending(unit, message, at=self.now, actor="officer")
            place(unit, message, at=self.now, actor="officer")
        return thread

    def deliver(self, message: Message, *, heard: bool = True) -> None:
        """To the recipient, as the inbox would take it; the sender's outbox hears of it."""
        office, state, refused = self.region[message.recipient], "delivered", None
        try:
            with office.begin() as unit:
                decide(question(message, office.code, self.now), facts(unit.connection))
                requests.HANDLERS[message.kind](unit, message, self.now)
        except Refused as found:
            state, refused = "refused", found
        if heard:
            self.posted(message, state)
        if refused is not None:
            raise refused

    def posted(self, message: Message, state: str) -> None:
        """The sender's outbox says of a message what became of it."""
        with self.region[message.sender].begin() as unit:
            own = outbox.c.message == message.id
            unit.connection.execute(sa.update(outbox).where(own).values(state=state))

    def post(self, message: Message) -> Message:
        """Sent and delivered."""
        self.send(message)
        self.deliver(message)
        return message

    def thread(self, code: str, message: Message) -> Thread:
        with self.region[code].store.reading() as connection:
            return requests.thread(connection, message.thread)

    def state(self, code: str, message: Message) -> str:
        return self.thread(code, message).state.value

    def states(self, message: Message) -> tuple[str, str]:
        """Of the thread, at its two nodes: where it was opened first."""
        return (self.state(message.sender, message), self.state(message.recipient, message))

    def item(self, code: str, message: Message, item: int = 1) -> KeptItem:
        with self.region[code].store.reading() as connection:
            return information.item_of(connection, message.id, item)

    def does(self, code: str, deed: str, **said: Any) -> None:
        """An act on the agreement that everybody hears of."""
        self.region[code].does(self.mou, deed, at=self.now, **said)
        self.region.post(self.mou, code, self.now)

    def close(self) -> None:
        self.region.close()


INFORMING = {"request", "answer", "disclosure", "freeze_request"}
REPLIES_WITHOUT = {"acknowledgement", "refusal", "feedback", "onward_request", "onward_decision"}
