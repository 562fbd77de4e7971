"""What must hold for any two names, in any scripts, however strange."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from taawun.errors import InputError, UsageError
from taawun.names import Comparison, analyse, compare
from taawun.names import company as company_module
from taawun.names import part as part_module
from taawun.names import person as person_module
from taawun.names.clean import MAX_NAME
from tests.names.strange import (
    businesses,
    junk,
    kinds_and_names,
    noisy,
    persons,
    plainly_cased,
    scripts_of,
)

slowly = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


def forget() -> None:
    """Empty what comparing remembers."""
    part_module._meetings.clear()
    part_module.part.cache_clear()
    person_module.person.cache_clear()
    company_module.company.cache_clear()


def said(found: Comparison) -> tuple[object, ...]:
    """Everything that a comparison says."""
    return found.score, found.pairs, found.only_a, found.only_b, found.notes


@slowly
@given(kinds_and_names(), st.data())
def test_either_order_gives_the_same_score_and_the_mirrored_reasons(
    named: tuple[str, str], data: st.DataObject
) -> None:
    kind, one = named
    other = data.draw(persons if kind == "person" else businesses)
    there, back = compare(one, other, kind), compare(other, one, kind)
    assert there.score == back.score
    assert (there.only_a, there.only_b, there.notes) == (back.only_b, back.only_a, back.notes)
    assert [(p.a, p.b, p.quality, p.step, p.weight) for p in there.pairs] == [
        (p.b, p.a, p.quality, p.step, p.weight) for p in back.pairs
    ]


@slowly
@given(kinds_and_names(), st.data())
def test_a_score_is_a_number_from_0_to_1_with_reasons(
    named: tuple[str, str], data: st.DataObject
) -> None:
    kind, one = named
    found = compare(one, data.draw(st.one_of(persons, businesses, junk)), kind)
    assert math.isfinite(found.score)
    assert 0.0 <= found.score <= 1.0
    assert found.score < 1.0 or found.same_letters
    assert found.match is (found.score >= 0.7)
    assert bool(found.pairs) or found.score == 0.0
    assert all(0.5 <= pair.quality <= 1.0 and pair.weight > 0 for pair in found.pairs)


@slowly
@given(kinds_and_names(), st.data())
def test_what_the_eye_does_not_see_changes_nothing(
    named: tuple[str, str], data: st.DataObject
) -> None:
    kind, one = named
    twin = data.draw(noisy(one))
    assert compare(one, twin, kind).score == compare(one, one, kind).score
    other = data.draw(persons if kind == "person" else businesses)
    assert compare(twin, other, kind).score == compare(one, other, kind).score


@slowly
@given(kinds_and_names())
def test_capitals_change_nothing(named: tuple[str, str]) -> None:
    kind, one = named
    # a lower-case letter on its own joins names (Ortega y Gasset), a capital one is an initial
    assume(plainly_cased(one) and not re.search(r"(?<!\w)\w(?!\w)", one))
    # a compound of two scripts is folded as if it were all of the first: see test_person
    assume(all(len(scripts_of(said.text)) < 2 for said in analyse(one, kind).parts))
    for twin in (one.upper(), one.lower()):
        assert compare(one, twin, kind).score == compare(one, one, kind).score


@slowly
@given(kinds_and_names())
def test_a_name_is_itself(named: tuple[str, str]) -> None:
    kind, one = named
    found = compare(one, one, kind)
    if analyse(one, kind).parts:
        assert found.match
        assert found.only_a == found.only_b == ()
    else:
        assert found.score == 0.0


@settings(slowly, max_examples=25)
@given(st.lists(st.tuples(persons, persons), min_size=2, max_size=5))
def test_what_was_compared_before_changes_nothing(pairs: list[tuple[str, str]]) -> None:
    forget()
    forward = [said(compare(a, b)) for a, b in pairs]
    forget()
    backward = [said(compare(a, b)) for a, b in reversed(pairs)]
    assert forward == backward[::-1]


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (("Ahmad Sahoz", "Ahmad Shahoz"), ("Ahmad Şahoz", "Ahmad Shahoz")),
        (("Ahmad Şahoz", "Ahmad Shahoz"), ("Ahmad Sahoz", "Ahmad Shahoz")),
    ],
)
def test_a_spelling_met_before_does_not_stand_in_for_another(
    before: tuple[str, str], asked: tuple[str, str]
) -> None:
    forget()
    alone = compare(*asked).score
    forget()
    compare(*before)
    assert compare(*asked).score == alone


@pytest.mark.parametrize(
    ("one", "other"), [("राम शर्मा", "रोम शर्मा"), ("দীপা রায়", "দীপু রায়"), ("ศิริ ใจดี", "ศุริ ใจดี")]
)
def test_vowel_signs_are_letters(one: str, other: str) -> None:
    assert not compare(one, other).same_letters


@given(st.sampled_from(["person", "company", "vessel"]), st.text(max_size=40))
def test_any_text_can_be_compared(kind: str, text: str) -> None:
    assert 0.0 <= compare(text, text + "\u200b", kind).score <= 1.0


@pytest.mark.parametrize("kind", ["person", "company", "vessel"])
@pytest.mark.parametrize(
    "piece", ["x", "a ", "م", "漢", "각", "e\u0301", "-", "1", "(", "بن ", ", "]
)
def test_only_text_too_long_to_be_a_name_is_refused(kind: str, piece: str) -> None:
    longest = (piece * MAX_NAME)[:MAX_NAME]
    assert 0.0 <= compare(longest, longest, kind).score <= 1.0
    with pytest.raises(InputError, match="1,001 characters"):
        compare(longest + "x", "x", kind)


def test_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="person, company, vessel"):
        compare("x", "x", "aircraft")
