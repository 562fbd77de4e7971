"""What goes over the line in one request: envelopes there, their answers back, in the same order.

    {"sealed": [JWE, …], "v": 1}
    {"answers": [{"receipt": JWS} | {"refused": {"ground": …}}, …], "v": 1}
    {"refused": {"ground": …}, "v": 1}          the bundle itself cannot be read

Canonical JSON, bounded before it is read. One bad envelope has its own answer; it does not take
the others with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from taawun.cooperation.exchange.carrier import RefusalNote, note_of
from taawun.cooperation.exchange.envelope import MOST_BYTES as MOST_ENVELOPE
from taawun.errors import Refused

MEDIA_TYPE = "application/taawun+json"
MOST_ENVELOPES = 64
MOST_BYTES = MOST_ENVELOPE + 64 * 1024
"""Bytes of a bundle: one envelope of the longest, or many short ones."""
MOST_ANSWER = MOST_ENVELOPES * 4096
"""Bytes of the answers to a bundle."""
MOST_RECEIPT = 3800
_TAKEN = ("self", "ground")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one envelope: a receipt (a JWS), or why there is none."""

    receipt: str = ""
    refused: Refused | None = None


def write_bundle(envelopes: Sequence[str]) -> bytes:
    """The body of a request."""
    return _written({"sealed": list(envelopes), "v": 1})


def check_media_type(said: str) -> None:
    """Refuse a request that is not marked as a bundle. `said` is its Content-Type."""
    if said.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise Refused("bundle.media_type", expected=MEDIA_TYPE)


def read_bundle(raw: bytes) -> list[str]:
    """The envelopes of a request; none of them is looked at. Raises Refused (`bundle.…`)."""
    if len(raw) > MOST_BYTES:
        raise Refused("bundle.too_large", expected=f"at most {MOST_BYTES} bytes")
    said = _read(raw)
    sealed = said.get("sealed")
    if not _has(said, "sealed") or not isinstance(sealed, list):
        raise Refused("bundle.malformed")
    if not 1 <= len(sealed) <= MOST_ENVELOPES:
        raise Refused("bundle.too_many", expected=f"1 to {MOST_ENVELOPES}")
    if not all(isinstance(envelope, str) for envelope in sealed):
        raise Refused("bundle.malformed")
    return sealed


def write_answers(answers: Sequence[Reply]) -> bytes:
    """The body of a response, an answer for each envelope."""
    return _written({"answers": [_plain(answer) for answer in answers], "v": 1})


def write_refusal(refused: Refused) -> bytes:
    """The body of a response to a bundle that cannot be read."""
    return _written({"refused": note_of(refused).plain(), "v": 1})


def read_answers(raw: bytes, count: int) -> list[Reply]:
    """The answers to `count` envelopes.

    Raises Refused: the ground on which the whole bundle was refused, or `bundle.answer` where the
    response is not one (truncated, altered, of another number).
    """
    if len(raw) > MOST_ANSWER:
        raise Refused("bundle.answer")
    try:
        said = _read(raw)
    except Refused:
        raise Refused("bundle.answer") from None
    if _has(said, "refused"):
        raise _refused(said["refused"])
    answers = said.get("answers")
    if not _has(said, "answers") or not isinstance(answers, list):
        raise Refused("bundle.answer")
    if len(answers) != count:
        raise Refused("bundle.answer")
    return [_answer(each) for each in answers]


def _has(said: dict[str, Any], name: str) -> bool:
    """Whether there is this member, and the version, which is the number 1 and not `true`."""
    return set(said) == {name, "v"} and type(said["v"]) is int and said["v"] == 1


def _plain(answer: Reply) -> dict[str, Any]:
    if answer.refused is not None:
        return {"refused": note_of(answer.refused).plain()}
    return {"receipt": answer.receipt}


def _answer(said: object) -> Reply:
    if isinstance(said, dict) and set(said) == {"receipt"}:
        receipt = said["receipt"]
        if isinstance(receipt, str) and len(receipt) <= MOST_RECEIPT:
            return Reply(receipt=receipt)
    if isinstance(said, dict) and set(said) == {"refused"}:
        return Reply(refused=_refused(said["refused"]))
    raise Refused("bundle.answer")


def _refused(said: object) -> Refused:
    try:
        note = RefusalNote.of(said)
    except Refused:
        return Refused("bundle.answer")
    params = {str(name): value for name, value in (note.params or {}).items()}
    return Refused(note.ground, **{name: params[name] for name in params if name not in _TAKEN})


def _written(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _read(raw: bytes) -> dict[str, Any]:
    """JSON in the one spelling that it has. Raises Refused for any other."""
    try:
        said = orjson.loads(raw)
        if isinstance(said, dict) and _written(said) == raw:
            return said
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    raise Refused("bundle.malformed")
