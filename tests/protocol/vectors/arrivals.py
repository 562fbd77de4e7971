"""`trust.json` and `acts.json`: what comes in, in its order, and what becomes of it."""

from __future__ import annotations

from typing import Any

from taawun.cooperation.act import ACT, Act
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.trust.party import CARD, Card, KeyUse
from taawun.cooperation.wire import moment_text
from tests.protocol.vectors.authorities import card, key, public, signed
from tests.protocol.vectors.histories import (
    BLOCS,
    agreement,
    blocs_told,
    history,
    moment,
)
from tests.protocol.vectors.signatures import known

Json = dict[str, Any]

JUNE = moment("2026-06-01")
NEW = tuple(public("XB-FIU", use, 2, JUNE, moment("2027-07-01")) for use in KeyUse)
FIRST = card("XB-FIU")


def next_card(number: int, **other: Any) -> Card:
    """A later card of XB-FIU: by default with new keys beside the old."""
    said: Json = {"number": number, "made_at": JUNE, "keys": (*FIRST.keys, *NEW)}
    return card("XB-FIU", **(said | other))


def lost(use: KeyUse = KeyUse.SIGN) -> Json:
    """A revocation of the first key."""
    kid = key("XB-FIU", use).thumbprint()
    return {"kid": kid, "at": JUNE, "reason": "The device was lost"}


def brought(made: Card, at: str, outcome: str, by: int = 1, name: str = "XB-FIU") -> Json:
    """A card comes in, signed by a key of `name`."""
    return {
        "card": signed(made.canonical(), name, CARD, by),
        "at": moment_text(moment(at)),
        "outcome": outcome,
    }


CONFIRMED = {"confirm": "XB-FIU", "at": moment_text(moment("2026-01-10"))}
BROUGHT = brought(FIRST, "2026-01-09", "unconfirmed")
ONLY_NEW = (*NEW,)
TRUST: dict[str, list[Json]] = {
    "the first card waits for its fingerprint to be compared": [BROUGHT],
    "the same card again changes nothing": [
        BROUGHT,
        CONFIRMED,
        brought(FIRST, "2026-02-01", "trusted"),
    ],
    "a card signed by a key that counts is trusted": [
        BROUGHT,
        CONFIRMED,
        brought(next_card(2), "2026-06-01", "trusted"),
    ],
    "a card with new keys alone, signed by the old": [
        BROUGHT,
        CONFIRMED,
        brought(next_card(2, keys=ONLY_NEW), "2026-06-01", "trusted"),
    ],
    "a card with new keys alone, signed by one of them, waits": [
        BROUGHT,
        CONFIRMED,
        brought(next_card(2, keys=ONLY_NEW), "2026-06-01", "unconfirmed", by=2),
    ],
    "a card signed by the old key before anybody confirmed it, waits": [
        BROUGHT,
        brought(next_card(2), "2026-06-01", "unconfirmed"),
    ],
    "a card signed by the key that it revokes, waits": [
        BROUGHT,
        CONFIRMED,
        brought(next_card(2, keys=ONLY_NEW, revoked=(lost(),)), "2026-06-01", "unconfirmed"),
    ],
    "a card that revokes another key than its signer's is trusted": [
        BROUGHT,
        CONFIRMED,
        brought(next_card(2, revoked=(lost(KeyUse.SEAL),)), "2026-06-01", "trusted"),
    ],
    "numbers may be left out": [BROUGHT, CONFIRMED, brought(next_card(7), "2026-06-01", "trusted")],
    "an older card": [
        BROUGHT,
        CONFIRMED,
        brought(next_card(3), "2026-06-01", "trusted"),
        brought(next_card(2), "2026-06-02", "card.older"),
    ],
    "another text under the same number": [
        BROUGHT,
        CONFIRMED,
        brought(card("XB-FIU", address=""), "2026-02-01", "card.other"),
    ],
    "a card from the future": [brought(next_card(2), "2026-05-31T23:54:59", "card.time")],
    "a card of clocks that are five minutes apart": [
        brought(next_card(2), "2026-05-31T23:55", "unconfirmed")
    ],
    "a card signed by a stranger": [brought(FIRST, "2026-01-09", "key.unknown", name="XC-FIU")],
    "a card signed for another type": [
        {
            "card": signed(FIRST.canonical(), "XB-FIU", ACT),
            "at": moment_text(moment("2026-01-09")),
            "outcome": "signature.type",
        }
    ],
}

PAIR = agreement("XA-FIU", "XB-FIU", title="Between two", valid_until=None)
BLOC = agreement("XA-FIU", "SOUTH", title="With a bloc", valid_until=None)
OTHER = agreement("XA-FIU", "XB-FIU", title="Another", valid_until=None)
RING = [*known("XA-FIU"), *known("XB-FIU"), *known("XC-FIU"), *known("XD-FIU")]
SIGN = "2026-01-06T10:00 XB-FIU sign"
SUSPEND = "2026-02-01T10:00 XB-FIU suspend"
LATER = "2026-02-01T10:00 XB-FIU suspend effective=2026-03-01"
RESUME = "2026-02-02T10:00 XB-FIU resume lifts=2"

ACTS: list[tuple[str, list[str], str, Json]] = [
    ("a signature", [SIGN], "taken", {}),
    ("a refusal to sign", ["2026-01-06T10:00 XB-FIU decline"], "taken", {}),
    ("a suspension", [SIGN, SUSPEND], "taken", {}),
    ("a resumption", [SIGN, SUSPEND, RESUME], "taken", {}),
    (
        "a second suspension beside the first",
        [SIGN, SUSPEND, "2026-02-01T10:00 XB-FIU suspend services=match"],
        "taken",
        {},
    ),
    ("an end", [SIGN, "2026-02-01T10:00 XB-FIU end"], "taken", {}),
    (
        "a suspension while a notice to end runs",
        [
            SIGN,
            "2026-02-01T10:00 XB-FIU end effective=2026-06-01",
            "2026-02-02T10:00 XB-FIU suspend",
        ],
        "taken",
        {},
    ),
    (
        "an end sooner than was announced",
        [SIGN, "2026-02-01T10:00 XB-FIU end effective=2026-06-01", "2026-02-02T10:00 XB-FIU end"],
        "taken",
        {},
    ),
    (
        "a resumption with the suspension's own day",
        [SIGN, LATER, "2026-02-02T10:00 XB-FIU resume lifts=2 effective=2026-03-01"],
        "taken",
        {},
    ),
    ("a clock that is five minutes ahead", [SIGN], "taken", {"at": "2026-01-06T09:55"}),
    ("a clock that is months ahead", [SIGN, SUSPEND], "taken", {"at": "2026-01-06T12:00"}),
    ("a member of the bloc signs", ["2026-03-01T00:00 XD-FIU sign"], "taken", {"under": BLOC}),
    # refused
    ("an act on another agreement", [SIGN], "act.agreement", {"on": OTHER}),
    ("a number left out", [SIGN, SUSPEND, RESUME], "act.number", {"known": 1}),
    ("a suspension before any signature", [SUSPEND], "act.unsigned", {}),
    ("a second signature", [SIGN, "2026-01-07T10:00 XB-FIU sign"], "act.already", {}),
    (
        "a refusal to sign what was signed",
        [SIGN, "2026-01-07T10:00 XB-FIU decline"],
        "act.already",
        {},
    ),
    (
        "a signature after a refusal to sign",
        ["2026-01-06T10:00 XB-FIU decline", "2026-01-07T10:00 XB-FIU sign"],
        "act.ended",
        {},
    ),
    (
        "a suspension after the end",
        [SIGN, "2026-02-01T10:00 XB-FIU end", "2026-02-01T10:00 XB-FIU suspend"],
        "act.ended",
        {},
    ),
    (
        "an act before the one before it",
        [SIGN, "2026-01-06T09:59:59 XB-FIU suspend"],
        "act.time",
        {},
    ),
    (
        "a resumption of what was never suspended",
        [SIGN, "2026-02-02T10:00 XB-FIU resume lifts=1"],
        "act.lifts",
        {},
    ),
    (
        "a resumption twice",
        [SIGN, SUSPEND, RESUME, "2026-02-03T10:00 XB-FIU resume lifts=2"],
        "act.lifts",
        {},
    ),
    ("a resumption before the suspension's own day", [SIGN, LATER, RESUME], "act.time", {}),
    ("one who is no party", ["2026-01-06T10:00 XC-FIU sign"], "act.not_party", {}),
    (
        "one who is no member of the bloc yet",
        ["2026-02-28T23:59 XD-FIU sign"],
        "act.not_party",
        {"under": BLOC},
    ),
    ("signed by another", [SIGN], "key.unknown", {"by": "XA-FIU"}),
    ("signed by a key that has run out", [SIGN], "key.expired", {"at": "2027-02-05"}),
    ("signed as a card", [SIGN], "signature.type", {"typ": CARD}),
]


def files() -> dict[str, Json]:
    """`trust.json` and `acts.json`."""
    return {
        "trust.json": {
            "what": "cards come in at the node of XA-FIU and fingerprints are compared, in this"
            " order; whether a card is trusted, waits (unconfirmed), or is refused with its ground",
            "stories": [{"name": name, "steps": steps} for name, steps in TRUST.items()],
        },
        "acts.json": {
            "what": "a party's acts on an agreement, known ones and the next: taken, or refused"
            " with its ground",
            "blocs": blocs_told(BLOCS),
            "ring": RING,
            "cases": [_case(*said) for said in ACTS],
        },
    }


def _case(name: str, lines: list[str], outcome: str, other: Json) -> Json:
    under: Agreement = other.get("under", PAIR)
    made = [each.act for each in history(other.get("on", under), "\n".join(lines))]
    earlier, last = made[: other.get("known", len(made) - 1)], made[-1]
    at = moment_text(moment(other["at"])) if "at" in other else moment_text(last.at)
    return {
        "name": name,
        "agreement": under.plain(),
        "known": [_signed(each) for each in earlier],
        "act": _signed(last, other.get("by", ""), other.get("typ", ACT)),
        "at": at,
        "outcome": outcome,
    }


def _signed(act: Act, by: str = "", typ: str = ACT) -> str:
    return signed(act.canonical(), by or act.party, typ)
