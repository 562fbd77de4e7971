"""Several authorities in one process, and agreements as sentences, for the tests of cooperation.

region = Region(tmp_path, "XA-FIU", "XB-FIU")          who know and trust each other
mou = terms("XA-FIU, XB-FIU: ask, disclose; aml_cft; intelligence; identity")
region.in_force(mou)                                    everybody signed
region["XB-FIU"].does(mou, "suspend", at=NOON, reason="a court said so")
region.post(mou, "XB-FIU", at=NOON)                     the others hear of it
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from taawun.cooperation import agreements
from taawun.cooperation.act import Deed, KeptAct, Scope
from taawun.cooperation.agreement import (
    Agreement,
    Category,
    Onward,
    Party,
    Purpose,
    Service,
)
from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.permit import Direction, Facts, Permit, Question, decide, facts
from taawun.cooperation.trust import keys, parties
from taawun.cooperation.trust.party import CooperationField, Kind
from taawun.cooperation.trust.register import Entry
from taawun.store import Store, open_store

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Office:
    """One authority's node: its home, keys and store."""

    def __init__(self, home: Path, code: str, kind: Kind = Kind.FIU, at: datetime = START) -> None:
        self.home, self.code = home, code
        self.keys = keys.make_keys(home, code, at)
        self.store: Store = open_store(home)
        with self.begin() as unit:
            parties.found(
                unit,
                self.keys,
                kind=kind,
                name={"en": f"Authority {code}"},
                competences=tuple(CooperationField),
                address="",
                at=at,
                actor="officer",
            )

    def begin(self) -> Any:
        return self.store.begin()

    def known(self) -> Cooperation:
        with self.store.reading() as connection:
            return cooperation(connection)

    def facts(self) -> Facts:
        with self.store.reading() as connection:
            return facts(connection)

    def entry(self) -> Entry:
        return self.known().ring.parties[self.code].cards[-1]

    def meets(self, other: Office, at: datetime = START) -> None:
        entry = other.entry()
        with self.begin() as unit:
            parties.introduce(unit, entry.signed, at=at, actor="officer")
            parties.confirm(unit, other.code, entry.card.fingerprint, at=at, actor="officer")

    def does(self, agreement: Agreement, deed: str, *, at: datetime, **said: Any) -> KeptAct:
        """`deed` as in `act.Deed`; a suspension without `scope` is of the whole."""
        if deed == "suspend":
            said.setdefault("scope", Scope())
        with self.begin() as unit:
            agreements.draft(unit, agreement, at=at, actor="officer")
            return agreements.act(
                unit, self.keys, agreement.id, Deed(deed), at=at, actor="officer", **said
            )

    def may(self, agreement: Agreement, partner: str, at: datetime, **asked: Any) -> Permit:
        """The permit for a message; by default a request within the first of everything agreed."""
        said: dict[str, Any] = {
            "direction": Direction.OUT,
            "kind": "request",
            "agreement": agreement.id,
            "service": Service.ASK,
            "field": agreement.fields[0],
            "purpose": agreement.purposes[0],
            "categories": agreement.categories[:1],
        }
        return decide(Question(at=at, partner=partner, **{**said, **asked}), self.facts())


class Region:
    """Authorities who know and trust each other."""

    def __init__(self, folder: Path, *codes: str) -> None:
        self.offices = {code: Office(folder / code, code) for code in codes}
        for one in self:
            for other in self:
                if one is not other:
                    one.meets(other)

    def __iter__(self) -> Iterator[Office]:
        return iter(self.offices.values())

    def __getitem__(self, code: str) -> Office:
        return self.offices[code]

    def post(self, agreement: Agreement, sender: str, at: datetime) -> None:
        """What a party did reaches everybody whom it concerns."""
        for message in agreements.told(self[sender].known(), agreement.id, at):
            receiver = self[message.recipient]
            with receiver.begin() as unit:
                agreements.HANDLERS[message.kind](unit, message, at)

    def in_force(self, agreement: Agreement, *codes: str, at: datetime = START) -> Agreement:
        """Everybody, or `codes`, signs and hears of it."""
        for code in codes or tuple(self.offices):
            self[code].does(agreement, "sign", at=at)
            self.post(agreement, code, at)
        return agreement

    def close(self) -> None:
        for office in self:
            office.store.close()


@contextmanager
def region(folder: Path, *codes: str) -> Iterator[Region]:
    made = Region(folder, *codes)
    try:
        yield made
    finally:
        made.close()


def terms(sentence: str, **more: Any) -> Agreement:
    """`PARTIES: SERVICES; FIELDS; PURPOSES; CATEGORIES`, each a list with commas, `*` for all.

    A party without a hyphen is a bloc.
    """
    who, what = sentence.split(":")
    services, fields, purposes, categories = (part.strip() for part in what.split(";"))
    codes = [code.strip() for code in who.split(",")]
    said: dict[str, Any] = {
        "title": {"en": "Memorandum of understanding"},
        "parties": tuple(
            Party(authority=code) if "-" in code else Party(bloc=code) for code in codes
        ),
        "legal_basis": ("A made-up law",),
        "services": _each(Service, services),
        "fields": _each(CooperationField, fields),
        "purposes": _each(Purpose, purposes),
        "categories": _each(Category, categories),
        "onward": Onward.CONSENT,
        "retention_days": 365,
        "valid_from": START,
        "made_at": START,
        "made_by": next((code for code in codes if "-" in code), "XA-FIU"),
    }
    return Agreement(**{**said, **more})


def _each(kind: Any, said: str) -> tuple[Any, ...]:
    return tuple(kind) if said == "*" else tuple(kind(each.strip()) for each in said.split(","))
