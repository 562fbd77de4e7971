"""Tokens of numbers by another reading of their page."""

from __future__ import annotations

from typing import Any

import pytest

from taawun.cooperation.private.numbers import KINDS, number_tokens
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind
from tests.protocol import independent_numbers
from tests.protocol.read import vectors

NUMBERS = vectors("matching/numbers.json")


@pytest.mark.parametrize("case", NUMBERS["cases"], ids=lambda case: case["name"])
def test_a_number_has_the_tokens_that_the_page_gives_it(case: dict[str, Any]) -> None:
    said = (case["kind"], case["text"], case["country"])
    subject = Subject(
        SubjectKind.PERSON, identifiers=(Identifier(*said),), countries=tuple(case["countries"])
    )
    for when in ("asked", "kept"):
        kept = when == "kept"
        ours = [token.decode() for _, token in number_tokens(subject, kept=kept)]
        assert ours == case[when]
        assert independent_numbers.tokens(*said, case["countries"], kept) == case[when]


def test_every_kind_of_number_has_a_case() -> None:
    asked = {case["kind"] for case in NUMBERS["cases"] if case["asked"]}
    assert asked == KINDS == set(NUMBERS["kinds"])
