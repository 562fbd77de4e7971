"""The bodies of the four kinds of message that matching has.

    match_terms      owner to asker: terms signed by the owner; back: the same bytes, signed by both
    match_table      owner to asker: one part of one segment of the table
    match_question   asker to owner: blinded points
    match_answer     owner to asker: the points evaluated, with a proof for each stretch of them

Points, proofs and fingerprints are bytes one after the other, base64url without padding.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from taawun.cooperation.message import Message
from taawun.cooperation.private.table import PART
from taawun.cooperation.private.terms import MOST_TOKENS
from taawun.cooperation.wire import Digest, Document, MessageId
from taawun.errors import Refused

MOST_LOOKUPS = 1024
MOST_PARTS = 65_536


def _packed(most: int) -> object:
    length = -(-most * 4 // 3)
    return StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=length, strict=True)


_POINTS = MOST_LOOKUPS * MOST_TOKENS * 32
Signature = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}$", max_length=32_768),
]


class MatchTerms(Document):
    """Terms under a signature (compact JWS over their canonical bytes)."""

    v: Literal[1] = 1
    terms: Signature


class MatchTable(Document):
    """Part `part` of segment `segment`, which has `size` fingerprints and this `sha256`."""

    v: Literal[1] = 1
    terms: Digest
    segment: Annotated[int, Field(ge=1, le=10_000)]
    size: Annotated[int, Field(ge=1, le=2**28)]
    sha256: Digest
    part: Annotated[int, Field(ge=1, le=MOST_PARTS)]
    content: Annotated[str, _packed(PART)]


class MatchQuestion(Document):
    """So many lookups, each the terms' number of points; controls are lookups too."""

    v: Literal[1] = 1
    terms: Digest
    lookups: Annotated[int, Field(ge=1, le=MOST_LOOKUPS)]
    points: Annotated[str, _packed(_POINTS)]


class MatchAnswer(Document):
    """The points of `question`, evaluated in their order, and a proof for each stretch."""

    v: Literal[1] = 1
    terms: Digest
    question: MessageId
    proofs: Annotated[str, _packed(_POINTS)]
    points: Annotated[str, _packed(_POINTS)]


def packed(data: bytes) -> str:
    """Bytes as they stand in a message."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """What `packed` wrote. Raises Refused `match.base64` for any other spelling."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise Refused("match.base64") from None
    if packed(data) != text:
        raise Refused("match.base64")
    return data


def lookups_of(message: Message) -> int:
    """How many questions of a budget a message asks (`permit.Question.count`)."""
    if message.kind != "match_question":
        return 1
    said = message.body.get("lookups")
    counted = isinstance(said, int) and not isinstance(said, bool) and said >= 1
    return said if counted and isinstance(said, int) else MOST_LOOKUPS
