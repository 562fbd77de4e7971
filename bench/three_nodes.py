"""Three authorities with a home each, an agreement between each pair, and requests between them.

Their nodes are `taawun node serve`, three processes on this machine's loopback.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from pathlib import Path

from taawun.cooperation import agreements
from taawun.cooperation.act import Deed
from taawun.cooperation.agreement import Agreement, Category, Onward, Party, Purpose, Service
from taawun.cooperation.exchange import gate as exchange
from taawun.cooperation.exchange import outbox
from taawun.cooperation.history import cooperation
from taawun.cooperation.message import Message
from taawun.cooperation.requests import life as requests
from taawun.cooperation.trust import keys, parties
from taawun.cooperation.trust.party import CooperationField, Kind
from taawun.cooperation.wire import moment_text
from taawun.demo.processes import HOST, free_ports
from taawun.errors import Refused
from taawun.store import Store, open_store

CODES = ("XA-FIU", "XB-FIU", "XC-FIU")
OFFICER = "officer"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Office:
    """One authority as its officers see it: its keys and its store, beside its node's process."""

    code: str
    home: Path
    port: int
    keys: keys.OwnKeys
    store: Store

    @classmethod
    def found(cls, folder: Path, code: str, port: int) -> Office:
        """Keys, a card with the address at which it will be reached, a store."""
        home, at = folder / code, now() - timedelta(hours=1)
        own, store = keys.make_keys(home, code, at), open_store(home)
        with store.begin() as unit:
            parties.found(
                unit,
                own,
                kind=Kind.FIU,
                name={"en": code},
                competences=tuple(CooperationField),
                address=f"http://{HOST}:{port}",
                at=at,
                actor=OFFICER,
            )
        return cls(code, home, port, own, store)

    def meets(self, other: Office) -> None:
        """Bring in the other's card, its fingerprint compared."""
        with other.store.reading() as connection:
            entry = cooperation(connection).ring.parties[other.code].cards[-1]
        with self.store.begin() as unit:
            parties.introduce(unit, entry.signed, at=now(), actor=OFFICER)
            fingerprint = entry.card.fingerprint
            parties.confirm(unit, other.code, fingerprint, at=now(), actor=OFFICER)

    def asks(self, partner: str, agreement: str, number: int) -> tuple[str, str]:
        """Place a request. Returns its id, and the ground on which it was refused, or ""."""
        at = now()
        message = request(self.code, partner, agreement, number, at)
        try:
            with self.store.begin() as unit:
                requests.sending(unit, message, at=at, actor=OFFICER)
                exchange.place(unit, message, at=at, actor=OFFICER)
        except Refused as refused:
            return message.id, refused.ground
        return message.id, ""

    def outbox(self) -> dict[str, outbox.Placed]:
        """What was placed, by its id."""
        with self.store.reading() as connection:
            return {each.message: each for each in outbox.shown(connection, most=1_000_000)}


@dataclass(slots=True)
class Three:
    """The three, and the agreement of each pair."""

    offices: dict[str, Office]
    pairs: dict[frozenset[str], str] = field(default_factory=dict)

    def __getitem__(self, code: str) -> Office:
        return self.offices[code]

    def __iter__(self) -> Iterator[Office]:
        return iter(self.offices.values())

    def between(self, one: str, other: str) -> str:
        """The agreement of a pair."""
        return self.pairs[frozenset({one, other})]


@contextmanager
def three(folder: Path, codes: tuple[str, ...] = CODES) -> Iterator[Three]:
    """Founded, acquainted, agreed; no node is served yet."""
    with ExitStack() as stack:
        ports = free_ports(len(codes))
        made = Three(
            {
                code: Office.found(folder, code, port)
                for code, port in zip(codes, ports, strict=True)
            }
        )
        for office in made:
            stack.callback(office.store.close)
        for one, other in permutations(made, 2):
            one.meets(other)
        for one, other in combinations(made, 2):
            made.pairs[frozenset({one.code, other.code})] = _agreed(one, other)
        yield made


def everything(*codes: str) -> Agreement:
    """An agreement of everything between these authorities."""
    at = now() - timedelta(minutes=1)
    return Agreement(
        title={"en": f"Measured: {', '.join(codes)}"},
        parties=tuple(Party(authority=code) for code in codes),
        legal_basis=("A made-up law",),
        fields=tuple(CooperationField),
        services=tuple(Service),
        purposes=tuple(Purpose),
        categories=tuple(Category),
        onward=Onward.CONSENT,
        retention_days=365,
        valid_from=at,
        made_at=at,
        made_by=codes[0],
    )


def _agreed(one: Office, other: Office) -> str:
    text = everything(one.code, other.code)
    for office in (one, other):
        with office.store.begin() as unit:
            agreements.draft(unit, text, at=now(), actor=OFFICER)
            agreements.act(unit, office.keys, text.id, Deed.SIGN, at=now(), actor=OFFICER)
    for office, reader in ((one, other), (other, one)):
        with office.store.reading() as connection:
            message = agreements.own_acts(cooperation(connection), text.id, reader.code, now())
        with reader.store.begin() as unit:
            agreements.HANDLERS[message.kind](unit, message, now())
    return text.id


def request(sender: str, recipient: str, agreement: str, number: int, at: datetime) -> Message:
    """A request about one account."""
    id = str(uuid.uuid4())
    text = {"lang": "ar", "text": "حوالات من شركات لا نشاط ظاهرًا لها."}
    return Message.of(
        {
            "v": 1,
            "id": id,
            "kind": "request",
            "sender": sender,
            "recipient": recipient,
            "agreement": agreement,
            "service": "ask",
            "field": "aml_cft",
            "purpose": "intelligence",
            "categories": ["accounts"],
            "thread": id,
            "made_at": moment_text(at),
            "urgent": False,
            "caveats": [
                {
                    "origin": sender,
                    "purposes": ["intelligence"],
                    "onward": "consent",
                    "consented": [],
                }
            ],
            "body": {
                "reference": f"{sender}/{number}",
                "title": text,
                "offences": ["money_laundering"],
                "facts": text,
                "suspicion": text,
                "country": recipient[:2],
                "link": text,
                "uses": ["intelligence"],
                "use": text,
                "recipients": [],
                "subjects": [],
                "accounts": [{"number": str(number), "institution": "A bank"}],
                "transfers": [],
                "sought": [{"number": 1, "category": "accounts", "what": text}],
                "origins": [],
            },
        }
    )


def effects(office: Office) -> dict[str, int]:
    """How often each message that came in took effect, by the journal."""
    query = (
        "SELECT json_extract(details, '$.message'), count(*) FROM journal"
        " WHERE action = 'thread.open' AND actor != :me GROUP BY 1"
    )
    with office.store.reading() as connection:
        rows = connection.exec_driver_sql(query, {"me": OFFICER})
        return {str(message): int(count) for message, count in rows}
