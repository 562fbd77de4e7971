"""Messages as officers write them, as plain JSON values, for the proofs."""

from __future__ import annotations

import hashlib
import random
import uuid
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]
LONG = "Payments of a trading company in several steps, seen between two accounts of its director. "


def moment_text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def passage(text: str) -> Json:
    return {"lang": "en", "text": text}


def subject(rng: random.Random) -> Json:
    name = f"محمد {rng.randrange(10**6)}"
    return {
        "kind": "person",
        "roles": ["suspect"],
        "names": [{"text": name, "script": "Arab", "kind": "main"}],
        "births": [],
        "countries": [],
        "identifiers": [],
        "accounts": [],
    }


def new_id(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def message(
    kind: str,
    sender: str,
    recipient: str,
    under: tuple[str, str, str, str],
    at: datetime,
    rng: random.Random,
    body: Json,
    **more: Any,
) -> Json:
    """`under`: agreement, service, field, purpose. What is None is left out."""
    id = new_id(rng)
    agreement, service, field, purpose = under
    said = {
        "v": 1,
        "id": id,
        "kind": kind,
        "sender": sender,
        "recipient": recipient,
        "agreement": agreement,
        "service": service,
        "field": field,
        "purpose": purpose,
        "categories": [],
        "thread": id,
        "made_at": moment_text(at),
        "urgent": False,
        "caveats": [],
        "body": body,
        **more,
    }
    return {name: value for name, value in said.items() if value is not None}


def own_caveats(
    sender: str,
    text: Json,
    purpose: str,
    at: datetime,
    *,
    named: tuple[str, ...] = (),
    onward: str | None = None,
    days: int | None = None,
) -> Json:
    """What a sender says of its own information: as its agreement has it."""
    rule = onward or text["onward"]
    day = at.date() + timedelta(days=text["retention_days"] if days is None else days)
    purposes = [each for each in text["purposes"] if each == purpose or len(text["purposes"]) > 2]
    purposes = purposes or [purpose]
    return {
        "origin": sender,
        "purposes": purposes,
        "onward": rule,
        "consented": sorted(named) if rule == "named" else [],
        "delete_by": day.isoformat(),
    }


def request_body(
    rng: random.Random, country: str, purpose: str, category: str, named: tuple[str, ...] = ()
) -> Json:
    return {
        "reference": f"R-{rng.randrange(10**6)}",
        "title": passage("Who is behind these payments?"),
        "offences": ["money_laundering"],
        "facts": passage(f"{LONG} {rng.randrange(10**9)}"),
        "suspicion": passage("No business explains them."),
        "country": country,
        "link": passage("The account is kept there."),
        "uses": [purpose],
        "use": passage("To decide whether to report."),
        "recipients": [{"authority": code, "reason": passage("Has the case.")} for code in named],
        "subjects": [subject(rng)],
        "accounts": [],
        "transfers": [],
        "sought": [{"number": 1, "category": category, "what": passage("Holders.")}],
        "origins": [],
    }


def item(
    rng: random.Random,
    number: int,
    category: str,
    *,
    answers: tuple[int, ...] = (),
    origins: tuple[Json, ...] = (),
    text: str = "",
) -> Json:
    return {
        "number": number,
        "category": category,
        "answers": list(answers),
        "provenance": "bank_record",
        "source_grade": "A",
        "information_grade": "1",
        "text": passage(text or f"{LONG} {rng.randrange(10**9)}"),
        "subjects": [],
        "accounts": [],
        "transfers": [],
        "attachments": [],
        "origins": list(origins),
    }


def answer_body(rng: random.Random, outcome: str, items: list[Json], at: datetime) -> Json:
    body: Json = {
        "reference": f"A-{rng.randrange(10**6)}",
        "outcome": outcome,
        "text": passage("What is known here."),
        "items": items if outcome in ("full", "partial") else [],
        "lacking": [],
        "measures": [],
        "origins": [],
    }
    if outcome == "partial":
        body["lacking"] = [{"number": 1, "why": passage("The rest is still being looked for.")}]
    if outcome == "interim":
        body["expected_by"] = (at.date() + timedelta(days=30)).isoformat()
    return body


def freeze_answer_body(rng: random.Random, at: datetime) -> Json:
    body = answer_body(rng, "full", [], at)
    body["measures"] = [
        {
            "kind": "freeze",
            "account": {"number": "123", "institution": "A bank"},
            "taken_at": moment_text(at),
            "order": "Order 1",
        }
    ]
    return body


def disclosure_body(rng: random.Random, country: str, items: list[Json]) -> Json:
    return {
        "reference": f"D-{rng.randrange(10**6)}",
        "title": passage("What may be of use"),
        "offences": ["money_laundering"],
        "facts": passage(f"{LONG} {rng.randrange(10**9)}"),
        "suspicion": passage("No business explains them."),
        "country": country,
        "link": passage("The director lives there."),
        "items": items,
        "origins": [],
    }


def freeze_body(rng: random.Random, country: str, at: datetime) -> Json:
    return {
        "reference": f"F-{rng.randrange(10**6)}",
        "stage": "take",
        "measure": "freeze",
        "offences": ["money_laundering"],
        "facts": passage(f"{LONG} {rng.randrange(10**9)}"),
        "country": country,
        "link": passage("The account is kept there."),
        "subjects": [subject(rng)],
        "accounts": [],
        "transfers": [],
        "origins": [],
        "power": "court",
        "legal_basis": "Law 1, article 2",
        "order": "Order 1",
        "ordered_on": at.date().isoformat(),
        "until": moment_text(at + timedelta(days=30)),
    }


def typology_body(rng: random.Random) -> Json:
    entry = f"code: made_up_{rng.randrange(10**6)}\n"
    return {
        "code": "made_up",
        "entry": entry,
        "sha256": hashlib.sha256(entry.encode()).hexdigest(),
        "description": [passage("Many small payments into one account.")],
        "offences": ["money_laundering"],
    }


def refusal_body(rng: random.Random) -> Json:
    return {
        "reference": f"X-{rng.randrange(10**6)}",
        "grounds": ["insufficient_information"],
        "reason": passage("Which account is meant?"),
    }


def feedback_body(rng: random.Random) -> Json:
    return {"reference": "B-1", "usefulness": "useful", "results": ["investigation_opened"]}


def acknowledgement_body(rng: random.Random) -> Json:
    return {"reference": f"K-{rng.randrange(10**6)}"}


def onward_request_body(
    rng: random.Random, items: list[Json], recipient: str, purposes: list[str]
) -> Json:
    return {
        "reference": "O-1",
        "items": items,
        "recipient": recipient,
        "purposes": purposes,
        "reason": passage("They have the case of the same person."),
    }


def onward_decision_body(asked: Json, *, given: bool, speaks_for: list[str]) -> Json:
    body: Json = {
        "reference": "P-1",
        "items": asked["items"],
        "recipient": asked["recipient"],
        "purposes": asked["purposes"],
        "decision": "given" if given else "refused",
        "grounds": [] if given else ["originator"],
        "speaks_for": speaks_for if given else [],
    }
    if not given:
        body["reason"] = passage("Its owner did not agree.")
    return body
