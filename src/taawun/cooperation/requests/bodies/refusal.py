"""A reasoned refusal: the grounds there are, each with who allows it and what it may refuse.

Grounds that the standards exclude have no code, so that they cannot be given: FATF's interpretive
note to Recommendation 40, paragraph 2, and the Egmont Group's principles name them (that the matter
is also thought to be fiscal; that laws keep financial institutions to secrecy, legal privilege
apart; that an inquiry is under way in the country asked, unless it would be impeded; that the asker
is of another kind of authority). A test holds the list against them.

Paragraphs 1, 2 (a) and 2 (b) of the note were read as published. Its paragraphs 2 (c) and 5,
article 18 (21) of the UN convention and Egmont's principles are cited as they are known; their
texts were not at hand, so that no paragraph of the principles is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from taawun.cooperation.requests.bodies.passage import EachOnce, Passage
from taawun.cooperation.wire import Document, Line


class RefusalGround(StrEnum):
    """Why something is refused; what each rests on stands on the page of messages."""

    OUTSIDE_AGREEMENT = "outside_agreement"
    OUTSIDE_COMPETENCE = "outside_competence"
    OUTSIDE_AML_CFT = "outside_aml_cft"
    IMPAIRS_INVESTIGATION = "impairs_investigation"
    DISPROPORTIONATE = "disproportionate"
    FUNDAMENTAL_PRINCIPLES = "fundamental_principles"
    ESSENTIAL_INTERESTS = "essential_interests"
    LEGAL_PRIVILEGE = "legal_privilege"
    NOT_PROTECTED = "not_protected"
    NO_RECIPROCITY = "no_reciprocity"
    INSUFFICIENT_INFORMATION = "insufficient_information"
    INSUFFICIENT_LINK = "insufficient_link"
    ALREADY_PUBLIC = "already_public"
    ORIGINATOR = "originator"
    DUAL_CRIMINALITY = "dual_criminality"
    NO_REASONABLE_BASIS = "no_reasonable_basis"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a ground rests on, and which kinds of message may be refused on it."""

    source: str
    kinds: frozenset[str]


_ASKED = frozenset({"request", "freeze_request", "onward_request"})
_FREEZE = frozenset({"freeze_request"})
_NOTE = "FATF, interpretive note to Recommendation 40"
_EGMONT = "Egmont Group, Principles for Information Exchange"

GROUNDS: Mapping[RefusalGround, Allowed] = {
    RefusalGround.OUTSIDE_AGREEMENT: Allowed("the agreement between the two", _ASKED),
    RefusalGround.OUTSIDE_COMPETENCE: Allowed(
        f"{_NOTE}, paragraph 5: counterparts", frozenset({"request", "freeze_request"})
    ),
    RefusalGround.OUTSIDE_AML_CFT: Allowed(f"{_EGMONT}: consent to disseminate", _ASKED),
    RefusalGround.IMPAIRS_INVESTIGATION: Allowed(f"{_NOTE}, paragraph 2 (c); {_EGMONT}", _ASKED),
    RefusalGround.DISPROPORTIONATE: Allowed(f"{_EGMONT}: consent to disseminate", _ASKED),
    RefusalGround.FUNDAMENTAL_PRINCIPLES: Allowed(f"{_EGMONT}: consent to disseminate", _ASKED),
    RefusalGround.ESSENTIAL_INTERESTS: Allowed(
        "UN Convention against Transnational Organized Crime, article 18 (21) (b)", _ASKED
    ),
    RefusalGround.LEGAL_PRIVILEGE: Allowed(f"{_NOTE}, paragraph 2 (b)", frozenset({"request"})),
    RefusalGround.NOT_PROTECTED: Allowed(
        f"{_NOTE}: safeguards; {_EGMONT}", frozenset({"request", "onward_request"})
    ),
    RefusalGround.NO_RECIPROCITY: Allowed(
        f"{_EGMONT}: reciprocity", frozenset({"request", "freeze_request"})
    ),
    RefusalGround.INSUFFICIENT_INFORMATION: Allowed(f"{_NOTE}, paragraph 1", _ASKED),
    RefusalGround.INSUFFICIENT_LINK: Allowed(
        f"{_EGMONT}: link to the country asked", frozenset({"request", "freeze_request"})
    ),
    RefusalGround.ALREADY_PUBLIC: Allowed("open to everybody", frozenset({"request"})),
    RefusalGround.ORIGINATOR: Allowed(
        f"{_NOTE}: prior authorisation of who gave it", frozenset({"request", "onward_request"})
    ),
    RefusalGround.DUAL_CRIMINALITY: Allowed(
        "FATF Recommendation 37: only where coercive action is asked for", _FREEZE
    ),
    RefusalGround.NO_REASONABLE_BASIS: Allowed(
        "FATF, interpretive note to Recommendation 6: reasonable grounds", _FREEZE
    ),
}


class Refusal(Document):
    """Why what was asked is not given. `again_if` says what would have to be different."""

    reference: Line
    grounds: Annotated[tuple[RefusalGround, ...], Field(min_length=1, max_length=5), EachOnce]
    reason: Passage
    again_if: Passage | None = None


def may_refuse(ground: RefusalGround, kind: str) -> bool:
    """Whether a message of this kind may be refused on this ground."""
    return kind in GROUNDS[ground].kinds
