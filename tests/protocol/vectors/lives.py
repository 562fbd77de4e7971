"""`message/threads.json` and `message/caveats.json`: how threads live, what caveats allow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from taawun.cooperation.agreement import Purpose
from taawun.cooperation.message import Caveats
from taawun.cooperation.requests.caveats import (
    KeptItem,
    OnwardConsent,
    carried,
    may_pass_on,
    may_use,
)
from taawun.cooperation.requests.threads import (
    POST,
    TABLES,
    Side,
    Step,
    ThreadState,
    begin,
    next_state,
)
from taawun.cooperation.wire import canonical, moment_text
from taawun.errors import Refused

Json = dict[str, Any]

STORIES: list[tuple[str, str, Side, str]] = [
    ("acknowledged, interim, in full", "request", Side.OURS, "deliver acknowledge interim full"),
    ("answered before the receipt came", "request", Side.OURS, "full close feedback"),
    ("withheld, let go, refused", "request", Side.OURS, "withhold release deliver refuse feedback"),
    ("closed early, and more came", "request", Side.OURS, "deliver partial close full close"),
    ("closed for good", "request", Side.OURS, "deliver negative close full"),
    ("withdrawn, and answered meanwhile", "request", Side.OURS, "deliver withdraw full withdraw"),
    ("withdrawn while in work", "request", Side.THEIRS, "acknowledge start withdraw full close"),
    ("withdrawn when it was answered", "request", Side.THEIRS, "full withdraw close"),
    ("no freeze is withdrawn", "freeze_request", Side.OURS, "deliver withdraw full"),
    ("worked on and answered twice", "request", Side.THEIRS, "acknowledge start full full"),
    ("work begun unacknowledged", "request", Side.THEIRS, "start acknowledge start"),
    ("in part, then nothing", "request", Side.THEIRS, "partial negative partial refuse full"),
    ("a freeze refused at once", "freeze_request", Side.THEIRS, "refuse close"),
    ("a disclosure", "disclosure", Side.OURS, "deliver feedback acknowledge acknowledge close"),
    ("a disclosure is not answered", "disclosure", Side.THEIRS, "acknowledge full feedback"),
    ("a typology", "typology", Side.THEIRS, "acknowledge close"),
    ("consent given once", "onward_request", Side.OURS, "deliver consent refuse"),
    ("consent refused", "onward_request", Side.THEIRS, "acknowledge refuse consent"),
]


def _tables() -> Iterator[Json]:
    """Every state that a thread can be in, with all steps that fit."""
    for (kind, side), table in TABLES.items():
        reached, waits = {begin(kind, side)}, [begin(kind, side)]
        while waits:
            state = waits.pop(0)
            fits = {step.value: to.value for step, to in sorted(table.get(state, {}).items())}
            yield {"kind": kind, "side": side.value, "state": state.value, "fits": fits}
            more = [to for to in ThreadState if to.value in fits.values() and to not in reached]
            reached |= set(more)
            waits += more


def _story(name: str, kind: str, side: Side, steps: str) -> Json:
    state, told = begin(kind, side), []
    for each in steps.split():
        try:
            state = next_state(kind, side, state, Step(each))
            told.append({"step": each, "state": state.value})
        except Refused as refused:
            told.append({"step": each, "refused": refused.ground})
    return {"name": name, "kind": kind, "side": side.value, "steps": told}


ITEM = "eb6305c9-1f7f-49de-aed0-16487c27b42d"
RECEIVED = datetime(2026, 3, 14, 12, tzinfo=UTC)


def claim(origin: str, purposes: str, onward: str, consented: str = "", until: str = "") -> Json:
    made: Json = {
        "origin": origin,
        "purposes": purposes.split(),
        "onward": onward,
        "consented": consented.split(),
    }
    return made | ({"delete_by": until} if until else {})


def consent(origin: str, recipient: str, purposes: str, until: str = "") -> Json:
    made: Json = {"origin": origin, "recipient": recipient, "purposes": purposes.split()}
    return made | ({"until": until} if until else {})


BOTH = "intelligence investigation"
ONE_HOP = [claim("XB-FIU", BOTH, "consent", until="2026-12-31")]
TWO_HOPS = [*ONE_HOP, claim("XC-FIU", "intelligence", "consent")]
NAMED = [claim("XB-FIU", "intelligence", "named", "XD-FIU XE-FIU")]
NEVER = [claim("XB-FIU", "intelligence", "none")]
CASES: list[tuple[str, list[Json], list[Json], str, str, str]] = [
    ("used for what it was given for", ONE_HOP, [], "", "investigation", "2026-06-01"),
    ("used for something else", ONE_HOP, [], "", "prosecution", "2026-06-01"),
    ("used as one origin allows and another does not", TWO_HOPS, [], "", "investigation",
     "2026-06-01"),
    ("used on its last day", ONE_HOP, [], "", "intelligence", "2026-12-31"),
    ("used on the day after", ONE_HOP, [], "", "intelligence", "2027-01-01"),
    ("kept as long as the agreement says", NEVER, [], "", "intelligence", "2027-03-14"),
    ("kept longer than the agreement says", NEVER, [], "", "intelligence", "2027-03-15"),
    ("passed on without consent", ONE_HOP, [], "XD-FIU", "intelligence", "2026-06-01"),
    ("passed on with consent", ONE_HOP, [consent("XB-FIU", "XD-FIU", "investigation")], "XD-FIU",
     "investigation", "2026-06-01"),
    ("passed on for a purpose that was not consented to", ONE_HOP,
     [consent("XB-FIU", "XD-FIU", "investigation")], "XD-FIU", "intelligence", "2026-06-01"),
    ("passed on to another than was consented to", ONE_HOP,
     [consent("XB-FIU", "XD-FIU", "intelligence")], "XE-FIU", "intelligence", "2026-06-01"),
    ("passed on while the consent lasts", ONE_HOP,
     [consent("XB-FIU", "XD-FIU", "intelligence", "2026-06-01")], "XD-FIU", "intelligence",
     "2026-06-01"),
    ("passed on after the consent's last day", ONE_HOP,
     [consent("XB-FIU", "XD-FIU", "intelligence", "2026-06-01")], "XD-FIU", "intelligence",
     "2026-06-02"),
    ("passed on to who was named", NAMED, [], "XD-FIU", "intelligence", "2026-06-01"),
    ("passed on to who was not named", NAMED, [], "XF-FIU", "intelligence", "2026-06-01"),
    ("never passed on, whatever was consented to", NEVER,
     [consent("XB-FIU", "XD-FIU", "intelligence")], "XD-FIU", "intelligence", "2026-06-01"),
    ("passed on with the consent of the nearer alone", TWO_HOPS,
     [consent("XB-FIU", "XD-FIU", "intelligence")], "XD-FIU", "intelligence", "2026-06-01"),
    ("passed on with the consent of both", TWO_HOPS,
     [consent("XB-FIU", "XD-FIU", BOTH), consent("XC-FIU", "XD-FIU", BOTH)], "XD-FIU",
     "intelligence", "2026-06-01"),
    ("back to its giver", TWO_HOPS, [], "XB-FIU", "intelligence", "2026-06-01"),
    ("back to its origin, past its giver", TWO_HOPS, [], "XC-FIU", "intelligence", "2026-06-01"),
    ("back to its origin, its giver consenting", TWO_HOPS,
     [consent("XB-FIU", "XC-FIU", "intelligence")], "XC-FIU", "intelligence", "2026-06-01"),
]  # fmt: skip
"""Name, claims, consents, to whom ("" for own use), for what, on which day."""
RETENTION_DAYS = 365


def _kept(claims: list[Json], consents: list[Json]) -> KeptItem:
    days = [date.fromisoformat(each["delete_by"]) for each in claims if "delete_by" in each]
    return KeptItem(
        message=ITEM,
        item=1,
        thread=ITEM,
        giver="XB-FIU",
        agreement="0" * 64,
        category="accounts",
        received_at=RECEIVED,
        delete_by=min([date(2027, 3, 14), *days]),
        sha256="0" * 64,
        claims=tuple(Caveats.read(canonical(each)) for each in claims),
        consents=tuple(
            OnwardConsent(
                each["origin"],
                each["recipient"],
                frozenset(map(Purpose, each["purposes"])),
                date.fromisoformat(each["until"]) if "until" in each else None,
                ITEM,
            )
            for each in consents
        ),
    )


def _case(
    name: str, claims: list[Json], consents: list[Json], to: str, purpose: str, day: str
) -> Json:
    item, at = _kept(claims, consents), datetime.fromisoformat(f"{day}T23:00:00+00:00")
    made: Json = {"name": name, "claims": claims, "consents": consents}
    made |= {"to": to} if to else {}
    made |= {"purpose": purpose, "at": moment_text(at)}
    try:
        if not to:
            may_use(item, Purpose(purpose), at)
            return made
        may_pass_on(item, to, Purpose(purpose), at)
    except Refused as refused:
        return made | {"refused": refused.ground}
    going = carried([item], to, Purpose(purpose), at)
    return made | {"widest": [each.plain() for each in going]}


def files() -> dict[str, Json]:
    """The two files."""
    return {
        "message/threads.json": {
            "what": "threads: every state at the node that opened one (ours) or received it "
            "(theirs), the steps that fit and where they lead; any other is refused. Steps of the "
            f"outbox: {', '.join(sorted(POST))}",
            "states": list(_tables()),
            "stories": [_story(*each) for each in STORIES],
        },
        "message/caveats.json": {
            "what": "an item that XB-FIU gave, received at `received_at` under an agreement that "
            "keeps it `retention_days`: may it be used, or passed on (to)? widest: the caveats "
            "that may go with it, none looser",
            "giver": "XB-FIU",
            "received_at": moment_text(RECEIVED),
            "retention_days": RETENTION_DAYS,
            "cases": [_case(*each) for each in CASES],
        },
    }
