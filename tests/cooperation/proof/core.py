"""The rules alone: acts, standing and permit against the model, without stores and signatures.

Faster by two orders of magnitude than the whole, so that far more histories are seen.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from taawun.cooperation import permit
from taawun.cooperation.act import Act, KeptAct
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.bloc import Blocs, Membership
from taawun.cooperation.message import Caveats
from taawun.cooperation.permit import Direction, Facts, Known, Question
from taawun.cooperation.standing import check_act
from taawun.cooperation.trust.party import Card, CooperationField
from taawun.cooperation.trust.register import Entry, KnownParty, Ring
from taawun.errors import Refused
from tests.cooperation.authorities import terms
from tests.cooperation.proof.model import CODES, FIELDS, Json, View
from tests.cooperation.proof.model import SERVICES as MODEL_SERVICES
from tests.cooperation.proof.papers import moment_text

BEGIN = datetime(2026, 3, 14, 12, tzinfo=UTC)
SERVICES = ("ask", "disclose", "typology", "freeze")
PURPOSES = ("intelligence", "investigation", "prosecution")
CATEGORIES = ("identity", "accounts", "court")
KINDS = ("request", "answer", "disclosure", "freeze_request", "typology", "feedback", "gossip")
STEPS = 30


@cache
def ring() -> Ring:
    """Everybody is known and confirmed; keys play no part here."""
    cards = {
        code: Card.model_construct(
            authority=code, country=code[:2], number=1, competences=tuple(CooperationField)
        )
        for code in CODES
    }
    return Ring(
        {code: KnownParty((Entry(card, "", ""),), frozenset({1})) for code, card in cards.items()}
    )


@dataclass
class History:
    """One node's agreements and acts, kept twice: for the permit, and for the model."""

    me: str
    view: View
    agreements: dict[str, Agreement] = field(default_factory=dict)
    acts: dict[str, list[KeptAct]] = field(default_factory=dict)
    blocs: Blocs = field(default_factory=Blocs)

    def joins(self, country: str, since: date, until: date | None) -> None:
        self.blocs = self.blocs.with_more([Membership("LEAGUE", country, since, until)])
        self.view.learn_member("LEAGUE", country, since, until)

    def facts(self) -> Facts:
        return Facts(
            self.me,
            ring(),
            {id: Known(text, tuple(self.acts[id])) for id, text in self.agreements.items()},
            self.blocs,
        )

    def learn(self, text: Agreement) -> None:
        self.agreements[text.id] = text
        self.acts[text.id] = []
        self.view.learn_text(text.id, text.plain())

    def add(self, said: Json, recorded_at: datetime) -> str:
        """An act as it comes. Returns the ground on which it is refused, or ""."""
        made, rows = Act.of(said), self.acts[said["agreement"]]
        earlier = [kept.act for kept in rows if kept.act.party == made.party]
        try:
            check_act(self.agreements[made.agreement], earlier, made, self.blocs)
        except Refused as refused:
            return refused.ground
        rows.append(KeptAct(made, recorded_at))
        self.view.learn_acts([said], recorded_at)
        return ""


def play(seed: int, counts: Counter[str], decide: Callable[..., Any] | None = None) -> str:
    """One history with questions in between; what differs from the model, or ""."""
    rng = random.Random(f"core {seed}")
    me = rng.choice(CODES)
    known = History(me, View(me))
    _membership(rng, known)
    for text in _agreements(rng):
        known.learn(text)
        for party in sorted({*text.named, *(_of_the_league(known, text))}):
            if rng.random() < 0.85:
                known.add(_said(text.id, party, 1, "sign", BEGIN, BEGIN), BEGIN)
    now = BEGIN
    for _ in range(STEPS):
        now += timedelta(minutes=rng.choice((0, 1, 7, 60, 60 * 30)))
        if rng.random() < 0.6:
            ground = known.add(_act(rng, known, now), _recorded(rng, now))
            counts[f"core act refused: {ground}" if ground else "core acts"] += 1
            continue
        if rng.random() < 0.1:
            _membership(rng, known)
        for _ in range(3):
            at = now + timedelta(hours=rng.choice((0, 0, 0, 1, 30, 900, -3)))
            if said := _compared(rng, known, at, counts, decide or permit.decide):
                return said
    return ""


def _membership(rng: random.Random, known: History) -> None:
    """States join the league and leave it, as this node hears of it."""
    for code in rng.sample(CODES, rng.randint(2, 3)):
        left = BEGIN.date() + timedelta(days=rng.randint(0, 4)) if rng.random() < 0.2 else None
        known.joins(code[:2], BEGIN.date() - timedelta(days=rng.choice((-1, 0, 5))), left)


def _of_the_league(known: History, text: Agreement) -> set[str]:
    sides = (code for code in CODES if text.sides(code, known.blocs, BEGIN))
    return {code for code in sides if any(party.bloc for party in text.parties)}


def _agreements(rng: random.Random) -> list[Agreement]:
    return [
        terms(
            f"{_who(rng)}:"
            f" {', '.join(rng.sample(SERVICES, rng.randint(1, 4)))};"
            f" {', '.join(rng.sample(FIELDS, rng.randint(1, 3)))};"
            f" {', '.join(rng.sample(PURPOSES, rng.randint(1, 3)))};"
            f" {', '.join(rng.sample(CATEGORIES, rng.randint(1, 2)))}",
            title={"en": f"Agreement {number} {rng.random()}"},
            valid_from=BEGIN + timedelta(hours=rng.choice((-10, 0, 20))),
            valid_until=rng.choice((None, None, BEGIN + timedelta(hours=rng.choice((30, 100))))),
        )
        for number in range(2)
    ]


def _who(rng: random.Random) -> str:
    named = rng.sample(CODES, rng.choice((2, 2, 3)))
    return ", ".join(rng.choice((named, named, ["LEAGUE"], *[["LEAGUE", named[0]]] * 2)))


def _recorded(rng: random.Random, at: datetime) -> datetime:
    return at + timedelta(seconds=rng.choice((0, 0, 5, 250, -200, 4000)))


def _act(rng: random.Random, known: History, at: datetime) -> Json:
    id = rng.choice(list(known.agreements))
    text = known.view.texts[id]
    parties = [code for code in CODES if known.view.sides(text, code, at)]
    party = rng.choice(parties if parties and rng.random() < 0.9 else CODES)
    own = [each.said for each in known.view.acts.get(id, ()) if each.said["party"] == party]
    deeds = ("suspend", "suspend", "resume", "resume", "end", "sign")
    deed = "sign" if not own and rng.random() < 0.9 else rng.choice(deeds)
    if deed == "end" and rng.random() < 0.6:
        deed = "suspend"
    later = rng.random() < 0.3 and deed != "sign"
    effective = at + timedelta(hours=rng.randint(1, 40)) if later else at
    said = _said(id, party, len(own) + 1, deed, at, effective)
    if deed in ("suspend", "end", "decline"):
        said["reason"] = "A court said so."
    if deed == "suspend":
        said["scope"] = {
            "fields": rng.sample(text["fields"], 1) if rng.random() < 0.4 else [],
            "services": rng.sample(text["services"], 1) if rng.random() < 0.4 else [],
            "partners": rng.sample(CODES, 1) if rng.random() < 0.2 else [],
        }
    if deed == "resume":
        standing = [each["number"] for each in own if each["deed"] == "suspend"] or [1]
        said["lifts"] = rng.choice(standing)
    return said


def _said(id: str, party: str, number: int, deed: str, at: datetime, effective: datetime) -> Json:
    return {
        "v": 1,
        "agreement": id,
        "party": party,
        "number": number,
        "deed": deed,
        "at": moment_text(at),
        "effective_at": moment_text(effective),
    }


def _compared(
    rng: random.Random, known: History, at: datetime, counts: Counter[str], decide: Any
) -> str:
    out = rng.random() < 0.5
    id = rng.choice(list(known.agreements))
    text = known.view.texts[id]
    others = [code for code in CODES if known.view.meet(text, known.me, code, at)]
    other = rng.choice([each for each in CODES if each != known.me])
    other = rng.choice(others) if others and rng.random() < 0.8 else other
    sender, recipient = (known.me, other) if out else (other, known.me)
    service = rng.choice(text["services"] if rng.random() < 0.9 else SERVICES)
    fitting = [each for each in KINDS if service in MODEL_SERVICES.get(each, "").split()]
    kind = rng.choice(fitting if rng.random() < 0.9 else KINDS)
    said: Json = {
        "kind": kind,
        "sender": sender,
        "recipient": recipient,
        "agreement": id,
        "service": service,
        "field": rng.choice(text["fields"] if rng.random() < 0.9 else FIELDS),
        "purpose": rng.choice(text["purposes"] if rng.random() < 0.9 else PURPOSES),
        "categories": rng.sample(text["categories"], 1) if rng.random() < 0.9 else ["customs"],
        "caveats": [
            _caveat(rng, origin, at) for origin in rng.sample(CODES, rng.choice((0, 0, 1, 2)))
        ],
    }
    asked = Question(
        at,
        Direction.OUT if out else Direction.IN,
        other,
        kind,
        id,
        said["service"],
        said["field"],
        said["purpose"],
        tuple(said["categories"]),
        tuple(Caveats.of(each) for each in said["caveats"]),
    )
    try:
        decide(asked, known.facts())
        ground = ""
    except Refused as refused:
        ground = refused.ground
    counts[f"core: {ground or 'permitted'}"] += 1
    if (not ground) is not known.view.grants(said, at):
        return f"{kind} between {sender} and {recipient}: {ground or 'permitted'}"
    return ""


def _caveat(rng: random.Random, origin: str, at: datetime) -> Json:
    return {
        "origin": origin,
        "purposes": rng.sample(PURPOSES, rng.randint(1, 3)),
        "onward": rng.choice(("none", "consent", "named")),
        "consented": sorted(rng.sample(CODES, rng.randint(0, 3))),
        "delete_by": (at.date() + timedelta(days=rng.choice((-1, 0, 1, 50)))).isoformat(),
    }
