"""Agreements and what was done to them, written as an officer would note it.

    2026-01-05T10:00 XA-FIU sign
    2026-03-01T09:00 XB-FIU suspend fields=terrorism effective=2026-03-02 recorded=2026-03-01T09:05
    2026-03-10T09:00 XB-FIU resume lifts=2

One line an act: when, who, what. `recorded` (by default a second after) is when the node that
answers came to know of it. Numbers follow from the order of a party's own lines.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from taawun.cooperation.act import Act, Deed, KeptAct, Scope
from taawun.cooperation.agreement import Agreement, Budget, Deadlines
from taawun.cooperation.bloc import Blocs, Membership
from taawun.cooperation.wire import moment_text
from tests.protocol.vectors.authorities import FROM

Json = dict[str, Any]

BLOCS = Blocs(
    (
        Membership("NORTH", "XA", date(2020, 1, 1)),
        Membership("NORTH", "XC", date(2020, 1, 1), date(2026, 6, 1)),
        Membership("SOUTH", "XB", date(2020, 1, 1)),
        Membership("SOUTH", "XD", date(2026, 3, 1)),
    )
)
"""XC leaves NORTH on 1 June 2026, XD joins SOUTH on 1 March 2026."""


def moment(text: str) -> datetime:
    """`2026-03-01`, `2026-03-01T09:00` and longer, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def agreement(*parties: str, title: str | Json, **other: Any) -> Agreement:
    """An agreement with everything allowed that is not said otherwise. A code without `-` is a
    bloc."""
    said: Json = {
        "v": 1,
        "protocol": "taawun/1",
        "title": {"en": title} if isinstance(title, str) else title,
        "parties": tuple(
            {"authority": code} if "-" in code else {"bloc": code} for code in parties
        ),
        "legal_basis": ("Memorandum of understanding of 12 December 2025",),
        "fields": ("aml_cft", "terrorism"),
        "services": ("ask", "disclose", "match"),
        "purposes": ("intelligence", "investigation"),
        "categories": ("identity", "accounts", "transactions"),
        "onward": "consent",
        "deadlines": Deadlines().plain(),
        "budgets": (
            Budget.model_validate_json(
                '{"service":"match","purpose":"intelligence","a_day":1000}'
            ).plain(),
        ),
        "retention_days": 1825,
        "four_eyes": ("disclose",),
        "valid_from": moment_text(FROM),
        "valid_until": moment_text(moment("2027-01-01")),
        "made_at": moment_text(moment("2025-12-20T08:00")),
        "made_by": "XA-FIU",
    }
    kept = {name: value for name, value in (said | other).items() if value is not None}
    return Agreement.of(_listed(kept))


def _listed(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_listed(each) for each in value]
    return {k: _listed(v) for k, v in value.items()} if isinstance(value, dict) else value


def history(under: Agreement, text: str) -> tuple[KeptAct, ...]:
    """The acts that a note tells, in the order of their recording, which is that of the lines."""
    numbers: Counter[str] = Counter()
    kept = []
    for line in filter(None, map(str.strip, text.splitlines())):
        at_text, party, deed, *more = line.split()
        said = dict(each.split("=", 1) for each in more)
        numbers[party] += 1
        at = moment(at_text)
        made = Act.of(_act(under.id, party, numbers[party], deed, at, said))
        recorded = said.get("recorded")
        kept.append(KeptAct(made, moment(recorded) if recorded else at + timedelta(seconds=1)))
    return tuple(kept)


def _act(
    agreement_id: str, party: str, number: int, deed: str, at: datetime, said: dict[str, str]
) -> Json:
    effective = moment(said["effective"]) if "effective" in said else at
    act: Json = {
        "v": 1,
        "agreement": agreement_id,
        "party": party,
        "number": number,
        "deed": deed,
        "at": moment_text(at),
        "effective_at": moment_text(effective),
    }
    if deed == Deed.SUSPEND:
        narrow = {name: said[name].split(",") for name in Scope.model_fields if name in said}
        act["scope"] = {name: narrow.get(name, []) for name in Scope.model_fields}
    if "lifts" in said:
        act["lifts"] = int(said["lifts"])
    if deed not in (Deed.SIGN, Deed.RESUME):
        act["reason"] = said.get("reason", "for a reason").replace("_", " ")
    return act


def told(kept: tuple[KeptAct, ...]) -> list[Json]:
    """Acts as they stand in a file of vectors."""
    return [
        {"act": each.act.plain(), "recorded_at": moment_text(each.recorded_at)} for each in kept
    ]


def blocs_told(blocs: Blocs = BLOCS) -> list[Json]:
    """Memberships as they stand in a file of vectors."""
    return [
        {"bloc": each.bloc, "country": each.country, "since": each.since.isoformat()}
        | ({"until": each.until.isoformat()} if each.until else {})
        for each in blocs.memberships
    ]
