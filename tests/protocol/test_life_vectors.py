"""How threads live and what caveats allow, against their vectors.

Read here from `message.md` alone, with nothing of Taawun's; `test_made.py` holds the same files to
what Taawun does.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.protocol.read import vectors

Json = dict[str, Any]
THREADS = vectors("message/threads.json")
CAVEATS = vectors("message/caveats.json")

ASKS = ("request", "freeze_request")
LAST = {"full": "answered", "negative": "negative", "partial": "partial"}
REPLIES = {**LAST, "interim": "interim", "refuse": "refused"}
OUTBOX = {"withhold": "withheld", "release": "waiting", "deliver": "sent", "not_take": "not_taken"}


def asked(side: str, state: str) -> dict[str, str]:
    """The page's tables of a request, as sentences."""
    more = {step: LAST[step] for step in ("partial", "full")}
    match state:
        case "waiting" | "withheld":
            return {**REPLIES, "acknowledge": "acknowledged", **OUTBOX}
        case "sent" | "received":
            return {**REPLIES, "acknowledge": "acknowledged"}
        case "acknowledged" | "interim":
            return {**REPLIES, **({"start": "in_work"} if side == "theirs" else {})}
        case "in_work":
            return REPLIES
        case "partial":
            closed = "closed_partial" if side == "ours" else "closed"
            return {**more, "feedback": "partial", "close": closed}
        case "closed_partial":
            return {**more, "feedback": "closed_partial"}
        case "answered" | "negative" | "refused":
            return {"feedback": state, "close": "closed"}
        case "closed":
            return {"feedback": "closed"}
    return {}


ENDED = ("answered", "negative", "refused", "closed")


def requested(side: str, state: str) -> dict[str, str]:
    """As a request to freeze, and it may be withdrawn."""
    if state == "withdrawn":
        taken = ("acknowledge", *REPLIES, "feedback") if side == "ours" else ("feedback",)
        return dict.fromkeys(taken, "withdrawn")
    if state == "not_taken" or (side == "ours" and state in ENDED):
        return asked(side, state)
    return asked(side, state) | {"withdraw": state if state in ENDED else "withdrawn"}


def fits(kind: str, side: str, state: str) -> dict[str, str]:
    if kind in ASKS:
        return requested(side, state) if kind == "request" else asked(side, state)
    ends = {"consented", "refused", "not_taken"} if kind == "onward_request" else {"not_taken"}
    found: dict[str, str] = {} if state in ends else dict(OUTBOX)
    if state not in ("waiting", "withheld"):
        found = {}
    acknowledged = state in ("acknowledged", "in_work")
    if kind == "onward_request" and state not in ends:
        found |= {"consent": "consented", "refuse": "refused"}
        found |= {} if acknowledged else {"acknowledge": "acknowledged"}
    if kind == "disclosure" and state != "not_taken":
        out = state in ("waiting", "withheld")
        found |= {"feedback": "sent" if out else state}
        if side == "ours" and state == "closed":
            found |= {"acknowledge": "closed"}
        elif not acknowledged and state != "closed":
            found |= {"acknowledge": "acknowledged"}
        if acknowledged and side == "theirs" and state != "in_work":
            found |= {"start": "in_work"}
        found |= {} if out or state == "closed" else {"close": "closed"}
    if kind == "typology" and state in ("sent", "received"):
        found |= {"close": "closed"}
    return found


@pytest.mark.parametrize(
    "case", THREADS["states"], ids=lambda case: " ".join(list(case.values())[:3])
)
def test_what_fits_a_state(case: Json) -> None:
    assert fits(case["kind"], case["side"], case["state"]) == case["fits"]


@pytest.mark.parametrize("case", THREADS["stories"], ids=lambda case: case["name"])
def test_a_story(case: Json) -> None:
    state = "waiting" if case["side"] == "ours" else "received"
    for each in case["steps"]:
        to = fits(case["kind"], case["side"], state).get(each["step"])
        assert each == {
            "step": each["step"],
            **({"state": to} if to else {"refused": "request.state"}),
        }
        state = to or state


def verdict(case: Json) -> str:
    """The ground on which it may not be; "" where it may."""
    day = date.fromisoformat(case["at"][:10])
    received = date.fromisoformat(CAVEATS["received_at"][:10])
    last = received + timedelta(days=CAVEATS["retention_days"])
    ends = [date.fromisoformat(each["delete_by"]) for each in case["claims"] if "delete_by" in each]
    if day > min([last, *ends]):
        return "permit.caveat_retention"
    if not all(case["purpose"] in each["purposes"] for each in case["claims"]):
        return "permit.caveat_purpose"
    if "to" not in case or all(reaches(case, each, day) for each in case["claims"]):
        return ""
    return "permit.caveat_onward"


def reaches(case: Json, claim: Json, day: date) -> bool:
    to = case["to"]
    if to in (CAVEATS["giver"], claim["origin"]):
        return True
    return claim["onward"] != "none" and (to in claim["consented"] or bool(covering(case, claim)))


def covering(case: Json, claim: Json) -> list[Json]:
    return [
        each
        for each in case["consents"]
        if (each["origin"], each["recipient"]) == (claim["origin"], case["to"])
        and case["purpose"] in each["purposes"]
        and case["at"][:10] <= each.get("until", "9999")
    ]


@pytest.mark.parametrize("case", CAVEATS["cases"], ids=lambda case: case["name"])
def test_what_caveats_allow(case: Json) -> None:
    assert case.get("refused", "") == verdict(case)


@pytest.mark.parametrize(
    "case",
    [each for each in CAVEATS["cases"] if "widest" in each],
    ids=lambda case: case["name"],
)
def test_what_goes_on_is_no_looser(case: Json) -> None:
    came = {each["origin"]: each for each in case["claims"]}
    strict = ["none", "consent", "named"]
    assert {each["origin"] for each in case["widest"]} == set(came)
    for each in case["widest"]:
        claim = came[each["origin"]]
        own = {case["to"], *claim["consented"]}
        assert set(each["consented"]) <= own
        assert strict.index(each["onward"]) <= strict.index(claim["onward"])
        assert each["delete_by"] <= claim.get("delete_by", "9999")
        assert case["purpose"] in each["purposes"]
        allowed = set(claim["purposes"])
        free = case["to"] in (CAVEATS["giver"], claim["origin"], *claim["consented"])
        if not free:
            allowed &= {one for given in covering(case, claim) for one in given["purposes"]}
        assert set(each["purposes"]) == allowed
