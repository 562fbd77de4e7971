"""What `message.md` has beyond the schemas of messages and bodies, written from the page alone: no
import of Taawun's. Whatever comes here fits its schema already.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from tests.protocol.independent import Refusal

Json = dict[str, Any]
ONWARD = {
    "outside_agreement",
    "outside_aml_cft",
    "disproportionate",
    "fundamental_principles",
    "impairs_investigation",
    "essential_interests",
    "not_protected",
    "insufficient_information",
    "originator",
}
"""Grounds that may refuse an onward request."""
CONTROL = {"card", "proposal", "act"}
UNDER = ("agreement", "service", "field", "purpose")
BEGINNING = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
MOST_ATTACHED = 1_500_000
MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.*)?")
ONCE = (
    "offences uses names births roles countries identifiers accounts transfers origins answers"
    " grounds purposes speaks_for results categories consented"
).split()
"""Lists that have nothing twice."""


def need(holds: object) -> None:
    """Refuse unless something holds."""
    if not holds:
        raise Refusal("wire.field")


def once(listed: Iterable[Any]) -> None:
    """Nothing twice."""
    told = [repr(sorted(each.items())) if isinstance(each, dict) else repr(each) for each in listed]
    need(len(set(told)) == len(told))


def message(said: Json, kinds: Iterable[str]) -> None:
    """A message; `kinds` are those of the table, without control."""
    need(said["sender"] != said["recipient"])
    days(said["made_at"])
    once(said["categories"])
    if said["kind"] in CONTROL:
        need(not any(name in said for name in UNDER))
        need(not said["categories"] and not said["caveats"])
    else:
        need(said["kind"] in kinds)
        need(all(name in said for name in UNDER))
    once(each["origin"] for each in said["caveats"])
    for each in said["caveats"]:
        once(each["purposes"])
        once(each["consented"])
        days(each.get("delete_by", ""))


def body(kind: str, said: Json) -> None:
    """A body of a kind that is no control and no matching."""
    every(said)
    RULES.get(kind, lambda _: None)(said)


def every(said: Any, name: str = "") -> None:
    """What holds wherever it stands: days there are, nothing twice, accounts, transfers, …"""
    if isinstance(said, list):
        if name in ONCE:
            once(said)
        for each in said:
            every(each, name)
    elif isinstance(said, dict):
        PARTS.get(name, lambda _: None)(said)
        for inside, value in said.items():
            every(value, inside)
    elif isinstance(said, str) and name in DAYS:
        days(said)


DAYS = {"births", "expected_by", "obtained", "until", "ordered_on", "confirmed_by", "on"}
DAYS |= {"taken_at", "needed_by"}


def days(text: str) -> None:
    """A day, or the day of a moment, that the calendar has."""
    if not text:
        return
    year, month, day = (*map(int, text[:10].split("-")), 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        need(False)


def account(said: Json) -> None:
    """Its IBAN, or a number with who keeps it."""
    need("iban" in said or ("number" in said and ("institution" in said or "bic" in said)))
    if "iban" in said:
        need(mod_97(said["iban"][4:] + said["iban"][:4]) == 1)


def mod_97(text: str) -> int:
    """ISO 7064."""
    return int("".join(str(int(each, 36)) for each in text)) % 97


def transfer(said: Json) -> None:
    """Its UETR, or day, amount and an account."""
    told = "on" in said and "amount" in said and ("source" in said or "target" in said)
    need("uetr" in said or told)


def identifier(said: Json) -> None:
    """LEI and IMO number as their standards spell them."""
    number = said["number"]
    if said["kind"] == "lei":
        need(re.fullmatch("[A-Z0-9]{18}[0-9]{2}", number) and mod_97(number) == 1)
    if said["kind"] == "imo":
        need(re.fullmatch("[0-9]{7}", number))
        ship, company = (
            sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
            for weights in ((7, 6, 5, 4, 3, 2), (8, 6, 4, 2, 9, 7))
        )
        need(int(number[6]) in (ship % 10, (11 - company % 11) % 10))


def subject(said: Json) -> None:
    """A name, an identifier or an account; births of persons."""
    need(said["names"] or said["identifiers"] or said["accounts"])
    need(not said["births"] or said["kind"] in ("person", "unknown"))


def attachment(said: Json) -> None:
    """Its bytes, what they begin with, its name."""
    content = _bytes(said)
    need(hashlib.sha256(content).hexdigest() == said["sha256"])
    beginning = BEGINNING.get(said["media"])
    if beginning is not None:
        need(content.startswith(beginning))
    else:
        try:
            need("\0" not in content.decode("utf-8"))
        except UnicodeDecodeError:
            need(False)
    name = said["name"]
    need(not set(name) & set("/\\:") and name[0] not in ". " and name[-1] not in ". ")


def _bytes(said: Json) -> bytes:
    try:
        content = base64.b64decode(said["content"], validate=True)
    except binascii.Error:
        raise Refusal("wire.field") from None
    need(base64.b64encode(content).decode() == said["content"])
    return content


def measure(said: Json) -> None:
    """On one thing; ends after it began."""
    need(("account" in said) != ("transfer" in said))
    need("until" not in said or said["until"] > said["taken_at"])


PARTS: dict[str, Callable[[Json], None]] = {
    "accounts": account,
    "account": account,
    "source": account,
    "target": account,
    "transfers": transfer,
    "transfer": transfer,
    "identifiers": identifier,
    "subjects": subject,
    "attachments": attachment,
    "measures": measure,
}
"""What a field holds, and what must hold of it."""


def numbered(listed: list[Json]) -> None:
    """1, 2, 3 …"""
    need([each["number"] for each in listed] == list(range(1, len(listed) + 1)))


def items(listed: list[Json]) -> None:
    """Numbered; their attachments together."""
    numbered(listed)
    attached = [_bytes(each) for item in listed for each in item["attachments"]]
    need(sum(map(len, attached)) <= MOST_ATTACHED)


def request(said: Json) -> None:
    """About somebody; what is sought numbered; no recipient twice."""
    need(said["subjects"] or said["accounts"] or said["transfers"])
    numbered(said["sought"])
    once(each["authority"] for each in said["recipients"])


def answer(said: Json) -> None:
    """What its outcome says."""
    items(said["items"])
    once(each["number"] for each in said["lacking"])
    gives, lacking = bool(said["items"] or said["measures"]), bool(said["lacking"])
    match said["outcome"]:
        case "full":
            need(gives and not lacking)
        case "partial":
            need(gives and lacking)
        case "interim":
            need("expected_by" in said and not lacking)
        case "negative":
            need(not gives and not lacking)


def disclosure(said: Json) -> None:
    """At least one item."""
    need(said["items"])
    items(said["items"])


def feedback(said: Json) -> None:
    """A request that is withdrawn has no results."""
    if said["usefulness"] == "not_needed":
        need("text" in said and not said["results"])
        need("frozen" not in said and "confiscated" not in said)


def onward_request(said: Json) -> None:
    """Nothing named twice."""
    once(said["items"])


def onward_decision(said: Json) -> None:
    """A refusal with its reason; a consent without grounds."""
    once(said["items"])
    if said["decision"] == "refused":
        need(said["grounds"] and "reason" in said and not said["speaks_for"])
        need("until" not in said and "conditions" not in said)
    else:
        need(not said["grounds"])
    need(set(said["grounds"]) <= ONWARD)


def freeze_request(said: Json) -> None:
    """What each stage has."""
    stage = said["stage"]
    need(said["subjects"] or said["accounts"] or said["transfers"])
    need(said["measure"] != "suspension" or said["transfers"])
    need((stage == "take") != ("follows" in said))
    need(stage not in ("take", "prolong") or "until" in said)
    need(stage != "lift" or "until" not in said)
    need(stage != "confirm" or said["power"] != "fiu")
    need(stage != "take" or said["power"] != "fiu" or "confirmed_by" in said)


def typology(said: Json) -> None:
    """Its digest; nobody's address. (What an IBAN is, hangs on the register: not asked here.)"""
    need(hashlib.sha256(said["entry"].encode()).hexdigest() == said["sha256"])
    texts = [said["entry"], said.get("seen", ""), *(each["text"] for each in said["description"])]
    need(not any(re.search(r"[^\s@]+@[^\s@]+\.[^\s@]+", text) for text in texts))


RULES: dict[str, Callable[[Json], None]] = {
    "request": request,
    "answer": answer,
    "disclosure": disclosure,
    "feedback": feedback,
    "onward_request": onward_request,
    "onward_decision": onward_decision,
    "freeze_request": freeze_request,
    "typology": typology,
}
