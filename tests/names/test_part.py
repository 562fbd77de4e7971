"""How well two parts of a name meet, and by which step."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.names import part as module
from taawun.names.part import Part, joined, meet, of_token, part
from tests.names.strange import words

STEPS = """
Qasim = Qasim: same
Müller = Muller: same
Mohammed = Muhammad: lexicon
محمد = Mohammed: lexicon
Юсуф = يوسف: lexicon
K = Karl: initial
И = Иван: initial
Vilanueva = Villanueva: sound
Hendricks = Hendrcks: typing
Qabilo = Qabila: ending
Zubayr = Friedrich: apart
Martin = Martina: ending
44 = 45: apart
44 = 44: same
"""


def steps() -> list[tuple[str, str, str]]:
    out = []
    for line in STEPS.strip().splitlines():
        pair, _, step = line.partition(": ")
        a, _, b = pair.partition(" = ")
        out.append((a, b, f"names.{step}"))
    return out


@pytest.mark.parametrize(("a", "b", "step"), steps())
def test_the_step_by_which_two_parts_meet(a: str, b: str, step: str) -> None:
    assert meet(of_token(a), of_token(b), loose=False).step == step


@pytest.mark.parametrize(
    ("written", "form"),
    [("В\u2019ячеслав", "вячеслав"), ("שמ'עון", "שמעון"), ("A&ᎀ", "aᎀ"), ("ชู'ชาติ", "ชูชาติ")],
)
def test_a_form_holds_letters_and_marks_alone(written: str, form: str) -> None:
    assert of_token(written).form == form


@pytest.mark.parametrize(
    ("a", "b", "step"),
    [
        ("Щербаков", "Shcherbakov", "cyrl"),
        ("Παπαδόπουλος", "Papadopoulos", "grek"),
        ("Չերքեզյան", "Cherkezyan", "armn"),
        ("ჩხეიძე", "Chkheidze", "geor"),
        ("قمحاني", "Qamhani", "arab"),
    ],
)
def test_a_script_is_bridged_by_a_step_that_names_it(a: str, b: str, step: str) -> None:
    found = meet(of_token(a), of_token(b), loose=False)
    assert found.quality >= 0.8
    assert found.step.startswith(step)


@settings(max_examples=150, deadline=None)
@given(words(), words(), st.booleans())
def test_a_meeting_is_the_same_from_either_side(a: str, b: str, loose: bool) -> None:
    one, other = of_token(a), of_token(b)
    there = meet(one, other, loose)
    assert 0.0 <= there.quality <= 1.0
    assert meet(other, one, loose) == there
    module._meetings.clear()
    assert meet(other, one, loose) == there


@settings(max_examples=100, deadline=None)
@given(words(), st.booleans())
def test_a_part_meets_itself(token: str, loose: bool) -> None:
    own = of_token(token)
    assert meet(own, own, loose).quality == 1.0


@settings(max_examples=100, deadline=None)
@given(words())
def test_a_part_says_how_it_sounds_once_for_every_reading(token: str) -> None:
    own = of_token(token)
    assert len(own.phones) <= max(len(own.steps), 1)
    assert all(0 < len(row) <= module.LONGEST for row in own.phones)


def test_parts_written_as_one() -> None:
    whole = joined((part("latn", "Jong"), part("latn", "Un")))
    assert (whole.form, whole.key) == ("jongun", "latn:jongun")
    assert joined((part("arab", "عبد"), part("arab", "الله"))).form == "عبدالله"


def test_a_compound_and_its_half_meet_in_part() -> None:
    assert meet(part("latn", "Abd al Samad"), part("latn", "Samad"), True).step == "names.piece"


def test_meetings_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_MEETINGS", 20)
    monkeypatch.setattr(module, "_meetings", {})
    for number in range(60):
        letters = "".join(chr(97 + int(digit)) for digit in f"{number:04d}")
        meet(part("latn", f"za{letters}"), part("latn", f"zu{letters}x"), False)
        assert len(module._meetings) <= 23


@pytest.mark.parametrize(
    ("own", "abjad", "initial", "numeric"),
    [
        (of_token("محمد"), True, False, False),
        (of_token("משה"), True, False, False),
        (of_token("K"), False, True, False),
        (of_token("王"), False, False, False),
        (of_token("김"), False, False, False),
        (of_token("44"), False, False, True),
    ],
)
def test_what_kind_of_part(own: Part, abjad: bool, initial: bool, numeric: bool) -> None:
    assert (own.abjad, own.initial, own.numeric) == (abjad, initial, numeric)
