"""The terms of matching: what both sides sign before a single point is evaluated.

Whoever answers under other terms than the asker believes would answer "no hit" to everything, and
nobody would notice. So both sign the same bytes first, every message names their digest, and a
difference is refused with the field that differs:

    the owner says       period, valid_from, valid_until, public_key, control_hit, control_miss,
                         table_step, table_most, records_most, made_at
    both must have       everything else: the agreement and its budget, the suite, the scheme of
                         tokens and their kinds, tokens in a lookup, who learns what
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from taawun.cooperation.agreement import Agreement, Purpose, Service
from taawun.cooperation.private import oprf
from taawun.cooperation.private.keyfile import Binding
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import AuthorityCode, Digest, Document, Line, Moment, Word
from taawun.errors import Refused

TERMS = "taawun-terms+jws"
"""The type of a signature over terms."""
OWNER_LEARNS = ("lookups", "purpose", "time")
ASKER_LEARNS = ("hit", "token_kind", "table_bound")
FINGERPRINTS = "sha256-8"
PROOF_EVERY = 1024
"""Points under one proof."""
MOST_TOKENS = 16
RECORDS_MOST = tuple(10**power for power in range(3, 10))
"""What `records_most` may be: what a name must tell hangs on it, so that few records need less."""
STEP, MOST_TABLE = 65_536, 2**28
"""A table's number of fingerprints is a multiple of the one, and at most the other (2 GiB)."""
Bytes32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$", strict=True)]


class Terms(Document):
    """What is asked, of whom, how, and how much of it a day (of UTC)."""

    v: Literal[1] = 1
    agreement: Digest
    owner: AuthorityCode
    asker: AuthorityCode
    field: CooperationField
    purpose: Purpose
    period: Annotated[int, Field(ge=1, le=2**31)]
    valid_from: Moment
    valid_until: Moment
    suite: Line = oprf.SUITE
    scheme: Line
    kinds: Annotated[tuple[Word, ...], Field(min_length=1, max_length=32)]
    fingerprints: Line = FINGERPRINTS
    tokens_per_lookup: Annotated[int, Field(ge=1, le=MOST_TOKENS)]
    points_per_proof: Annotated[int, Field(ge=1, le=oprf.MOST_POINTS)] = PROOF_EVERY
    lookups_per_day: Annotated[int, Field(ge=1, le=10_000_000)]
    day: Line = "UTC"
    owner_learns: Annotated[tuple[Word, ...], Field(max_length=16)] = OWNER_LEARNS
    asker_learns: Annotated[tuple[Word, ...], Field(max_length=16)] = ASKER_LEARNS
    public_key: Bytes32
    control_hit: Bytes32
    control_miss: Bytes32
    table_step: Annotated[int, Field(ge=1, le=MOST_TABLE)] = STEP
    table_most: Annotated[int, Field(ge=1, le=MOST_TABLE)] = MOST_TABLE
    records_most: Annotated[int, Field(ge=RECORDS_MOST[0], le=RECORDS_MOST[-1])] = 1_000_000
    made_at: Moment

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.valid_until <= self.valid_from:
            raise ValueError("valid_until: before valid_from")
        if self.owner == self.asker:
            raise ValueError("asker: nobody asks himself")
        if self.control_hit == self.control_miss:
            raise ValueError("control_miss: the same as control_hit")
        if self.table_most % self.table_step:
            raise ValueError("table_most: no multiple of table_step")
        if self.records_most not in RECORDS_MOST:
            raise ValueError("records_most: no power of ten")
        return self

    @property
    def binding(self) -> Binding:
        """What the owner's key is bound to."""
        said = {name: getattr(self, name) for name in Binding.model_fields if name != "v"}
        return Binding(**said)

    @property
    def check_tokens(self) -> tuple[bytes, bytes]:
        """The positive control's token, which is in the table, and the negative one's."""
        return bytes.fromhex(self.control_hit), bytes.fromhex(self.control_miss)

    def counts(self, at: datetime) -> bool:
        """Whether `at` lies in the period."""
        return self.valid_from <= at < self.valid_until


OWNERS_SAY = frozenset(
    "period valid_from valid_until public_key control_hit control_miss table_step table_most"
    " records_most made_at".split()
)


def check(
    offered: Terms, agreement: Agreement, parties: tuple[str, str], tokens: Vocabulary
) -> None:
    """Hold terms that an owner offers against what this asker has itself.

    `parties` are owner and asker. Raises Refused `match.terms` with the field, and `match.…` for
    what the owner may choose but not like this.
    """
    mine = expected(offered, agreement, parties, tokens)
    same(offered, mine)
    oprf.key_of(bytes.fromhex(offered.public_key))
    ends = agreement.valid_until
    if ends is not None and offered.valid_until > ends:
        raise differing("valid_until", offered.valid_until, f"at most {ends:%Y-%m-%d}")
    if offered.valid_from < agreement.valid_from:
        raise differing("valid_from", offered.valid_from, f"from {agreement.valid_from:%Y-%m-%d}")


class Vocabulary(Document):
    """What one side makes tokens by: the scheme, its kinds, and how many a lookup has."""

    scheme: Line
    kinds: tuple[Word, ...]
    tokens_per_lookup: int


def expected(
    offered: Terms, agreement: Agreement, parties: tuple[str, str], tokens: Vocabulary
) -> Terms:
    """The terms that this side would sign: the owner's choices as offered, all else its own.

    Raises Refused where the agreement has nothing to sign about (no budget, another agreement).
    """
    said: dict[str, Any] = {name: getattr(offered, name) for name in OWNERS_SAY}
    if offered.purpose not in agreement.purposes:
        raise differing("purpose", offered.purpose, " ".join(agreement.purposes))
    if offered.field not in agreement.fields:
        raise differing("field", offered.field, " ".join(agreement.fields))
    budget = agreement.budget(Service.MATCH, offered.purpose)
    if budget < 1:
        raise differing("lookups_per_day", offered.lookups_per_day, "0")
    return Terms(
        agreement=agreement.id,
        owner=parties[0],
        asker=parties[1],
        field=offered.field,
        purpose=offered.purpose,
        lookups_per_day=budget,
        **tokens.model_dump(),
        **said,
    )


def same(got: Terms, mine: Terms) -> None:
    """Raises Refused `match.terms` for the first field, in their order, that differs."""
    for name in Terms.model_fields:
        if getattr(got, name) != getattr(mine, name):
            raise differing(name, getattr(got, name), getattr(mine, name))


def differing(field: str, got: object, expected: object) -> Refused:
    """The refusal of a difference: where it is, what was said, what this side has."""
    return Refused("match.terms", field=field, got=_said(got), expected=_said(expected))


def _said(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(map(str, value))[:200]
    return str(value)[:200]
