"""`envelope/numbers.json`: what a node answers to deliveries that come one after the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from taawun.cooperation.trust.party import CARD
from taawun.cooperation.wire import canonical, digest, moment_of, moment_text
from tests.protocol.vectors.authorities import card, signed
from tests.protocol.vectors.envelopes import AT, CARRIER, MESSAGE, delivered, seal
from tests.protocol.vectors.messages import MESSAGE as REQUEST

Json = dict[str, Any]
START = moment_of(AT)
OTHERS = signed(card("XC-FIU").canonical(), "XC-FIU", CARD)
UNDER = str(REQUEST["agreement"])


def message(number: int, **other: Any) -> Json:
    """A control message of its own."""
    id = f"6f6d9c1e-6f0b-4c57-9a0e-2f3f0f7c2a{number:02d}"
    return MESSAGE | {"id": id, "thread": id} | other


def request(number: int, **other: Any) -> Json:
    """A request under an agreement that the recipient does not have."""
    id = f"6f6d9c1e-6f0b-4c57-9a0e-2f3f0f7c2b{number:02d}"
    return REQUEST | {"id": id, "thread": id} | other


A, B, C = message(1), message(2), message(3)
Answer = str | tuple[str, str]
ACCEPTED, VOID = "accepted", "void"


def void(of: Json) -> Json:
    """The question what became of a message."""
    return {"void": {"message": of["id"], "sha256": digest(canonical(of))}}


def refused(ground: str) -> tuple[str, str]:
    """A receipt that says refused."""
    return ("refused", ground)


STEPS: list[tuple[str, int, Json, Json, Answer]] = [
    ("the first number", 0, {"sequence": 1}, A, ACCEPTED),
    (
        "the same delivery, sent again: the same receipt, no second effect",
        60,
        {"sequence": 1},
        A,
        "as 1",
    ),
    ("another message under a number that was taken", 61, {"sequence": 1}, B, "exchange.replayed"),
    ("a number beyond the next", 62, {"sequence": 3}, C, "exchange.order"),
    ("the next number", 63, {"sequence": 2}, B, ACCEPTED),
    ("a void of a number that never came: it stays empty", 64, {"sequence": 3}, void(C), VOID),
    ("its message after all: the void's receipt", 65, {"sequence": 3}, C, "as 6"),
    ("the message under a new number", 66, {"sequence": 4}, C, ACCEPTED),
    ("a void of a number that was taken: its receipt", 67, {"sequence": 4}, void(C), "as 8"),
    (
        "the same message under another number: accepted, no second effect",
        68,
        {"sequence": 5},
        C,
        ACCEPTED,
    ),
    (
        "another message with an id that was used",
        69,
        {"sequence": 6},
        C | {"made_at": AT},
        refused("exchange.id_reused"),
    ),
    ("sent 301 seconds ago", 1000, {"sequence": 7, "sent": 699}, message(4), "exchange.clock"),
    (
        "sent 301 seconds from now",
        1000,
        {"sequence": 7, "sent": 1301},
        message(4),
        "exchange.clock",
    ),
    ("sent 300 seconds ago", 1000, {"sequence": 7, "sent": 700}, message(4), ACCEPTED),
    (
        "a message of another channel than its carrier's",
        1001,
        {"sequence": 8},
        request(1),
        refused("exchange.carrier"),
    ),
    (
        "a message of another sender than its carrier's",
        1002,
        {"sequence": 9},
        message(5, sender="XC-FIU"),
        refused("exchange.carrier"),
    ),
    (
        "a message with a field that is not known",
        1003,
        {"sequence": 10},
        message(6, unknown=1),
        refused("wire.unknown_field"),
    ),
    (
        "a field whose name is a control character",
        1003,
        {"sequence": 11},
        message(9, **{"\u0007\u0000": 1}),
        refused("wire.unknown_field"),
    ),
    (
        "a body that is none of its kind",
        1004,
        {"sequence": 12},
        message(7, body={"card": 1}),
        refused("wire.field"),
    ),
    (
        "another's card",
        1005,
        {"sequence": 13},
        message(8, body={"card": OTHERS}),
        refused("card.not_senders"),
    ),
    (
        "the first number of another channel",
        1006,
        {"sequence": 1, "channel": UNDER},
        request(2),
        refused("permit.no_agreement"),
    ),
    (
        "a number is used up by a refusal",
        1007,
        {"sequence": 1, "channel": UNDER},
        request(3),
        "exchange.replayed",
    ),
    (
        "the next number of that channel",
        1008,
        {"sequence": 2, "channel": UNDER},
        request(3),
        refused("permit.no_agreement"),
    ),
]


def files() -> dict[str, Json]:
    """`envelope/numbers.json`."""
    return {
        "envelope/numbers.json": {
            "what": "envelopes from XA-FIU that come in one by one at the node of XB-FIU, which"
            " trusts its card and has no agreement: the answer to each, a receipt with its outcome,"
            " or a refusal that leaves the number open. `same_as` counts steps from 1",
            "me": "XB-FIU",
            "partner": card("XA-FIU").plain(),
            "steps": [_step(*said) for said in STEPS],
        }
    }


def _step(name: str, seconds: int, said: Json, content: Json, answer: Answer) -> Json:
    at = START + timedelta(seconds=seconds)
    sent = START + timedelta(seconds=said.get("sent", seconds))
    told = {key: value for key, value in said.items() if key != "sent"}
    carrier = CARRIER | told | {"sent_at": moment_text(sent)}
    inside = content if "void" in content else {"message": content}
    envelope = seal(name, delivered({"carrier": carrier, **inside}))
    made: Json = {"name": name, "at": moment_text(at), "envelope": envelope}
    if isinstance(answer, tuple):
        return made | {"receipt": {"outcome": answer[0], "ground": answer[1]}}
    if answer.startswith("as "):
        return made | {"same_as": int(answer[3:])}
    return made | ({"refused": answer} if "." in answer else {"receipt": {"outcome": answer}})
