"""A person's name taken apart, in a notation: `text → given:… father:… family | notes`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from taawun.names import analyse
from taawun.names.clean import clean
from taawun.names.tokens import BRACKETS, MOST_PARTS, Token, tokens_of
from taawun.names.words import person_words
from tests.names.strange import noisy, persons

ROLES = """
محمد بن سلمان → given:محمد father:سلمان | marked
Muhammad ibn Salman → given:Muhammad father:Salman | marked
Salem Al-Ghamdi → given:Salem given:Ghamdi
سالم الغامدي → given:سالم given:الغامدي
Abu Omar Khalid Mansour → kunya:abu Omar given:Khalid given:Mansour
عبد الرحمن السديري → given:عبد الرحمن given:السديري
Nur al-Din Bitar → given:Nur al Din given:Bitar
Saif al-Islam Houni → given:Saif al Islam given:Houni
Sheikh Hamdan Maktari → title:Sheikh given:Hamdan given:Maktari
Dr. Hamdan Maktari → given:Hamdan given:Maktari | Dr
Иван Петрович Соколов → given:Иван patronymic:Петрович given:Соколов
Friedrich von Hohenfels → given:Friedrich given:Hohenfels | von
John Whitfield Jr → given:John given:Whitfield suffix:Jr | Jr
Brandt, Karl → given:Karl given:Brandt | ordered
王小明 → given:王 given:小明
"""


def cases() -> list[tuple[str, list[str], set[str]]]:
    out = []
    for line in ROLES.strip().splitlines():
        text, _, rest = line.partition(" → ")
        parts, _, notes = rest.partition(" | ")
        roles = ("given:", "father:", "kunya:", "title:", "patronymic:", "suffix:")
        cut = parts
        for role in roles:
            cut = cut.replace(f" {role}", f"\n{role}")
        out.append((text, cut.split("\n"), set(notes.split())))
    return out


@pytest.mark.parametrize(("text", "parts", "notes"), cases())
def test_every_part_has_its_role(text: str, parts: list[str], notes: set[str]) -> None:
    name = analyse(text)
    assert [f"{said.role}:{said.text}" for said in name.parts] == parts
    flags = {flag for flag in ("marked", "ordered") if getattr(name, flag)}
    assert flags | set(name.notes) == notes


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Noura bint Fahd", "female"),
        ("محمد بن سلمان", "male"),
        ("Abu Omar Khalid", "male"),
        ("Umm Salma Huda", "female"),
        ("Mr. Zubayr Qamhani", "male"),
        ("Kavir Qamhani", ""),
    ],
)
def test_gender_is_said_only_by_what_says_it(text: str, gender: str) -> None:
    assert analyse(text).gender == gender


def letters(text: str) -> str:
    return "".join(token.form for token in tokens_of(clean(text), brackets=True))


_HEADS = ("abou", "aboo", "abu", "ابو", "ابي")
_ARTICLES = ("al", "el", "l", "ال")


def lost(text: str) -> list[Token]:
    """The words of a name that are in no part, in no note, and are no marker, article or kunya."""
    words, name = person_words(), analyse(text)
    cleaned = clean(text)
    shown = BRACKETS.sub(" ", cleaned)
    kept = "".join(letters(piece) for piece in (*(s.text for s in name.parts), *name.notes))

    def found(token: Token) -> bool:
        key = f"{token.script}:{token.form}"
        if token.form in kept or key in words.nasab or key in words.articles or key in words.kunya:
            return True
        rests = [token.form[len(h) :] for h in _HEADS if token.form.startswith(h)]
        return any(r in kept or r.removeprefix(a) in kept for r in rests for a in _ARTICLES)

    tokens = tokens_of(shown if shown.strip() else cleaned, brackets=True)
    return [t for t in tokens if any(c.isalpha() for c in t.form) and not found(t)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(persons)
def test_no_word_of_a_name_is_lost(text: str) -> None:
    assert lost(text) == []


@settings(max_examples=60, deadline=None)
@given(persons.flatmap(lambda text: noisy(text).map(lambda twin: (text, twin))))
def test_what_the_eye_does_not_see_is_in_no_part(texts: tuple[str, str]) -> None:
    one, two = map(analyse, texts)
    assert one.form == two.form
    assert [s.text for s in one.parts] == [s.text for s in two.parts]
    assert (one.notes, one.gender, one.marked) == (two.notes, two.gender, two.marked)


@pytest.mark.parametrize("text", ["Abd الرحمن", "Nur الدين", "عبد Rahman", "Abdul Рахман"])
def test_a_compound_of_two_scripts_keeps_its_letters(text: str) -> None:
    forms = " ".join(said.part.form for said in analyse(text).parts)
    kept = [token.form.removeprefix("ال") for token in tokens_of(text)]
    assert [form for form in kept if form not in forms] == []


@pytest.mark.parametrize(
    "text", ["bin", "بن", "Dr", "Dr. Sheikh", "Abu", "abu al", "عبد", "al", "von", "Jr", "(Karim)"]
)
def test_a_name_of_nothing_but_words_around_names_keeps_something(text: str) -> None:
    assert analyse(text).parts


@pytest.mark.parametrize("text", ["", " ", "()", ",", "-", "💀", "\u202e\u200b", "…"])
def test_text_without_a_letter_has_no_part(text: str) -> None:
    assert analyse(text).parts == ()


def test_a_very_long_name_keeps_its_first_parts() -> None:
    assert len(analyse("Zubayr Qamhani " * 40).parts) == MOST_PARTS


@settings(max_examples=60, deadline=None)
@given(persons)
def test_the_layout_fits_the_parts(text: str) -> None:
    name = analyse(text)
    assert len(name.layout) == len(name.parts)
    assert 0 <= name.core <= len(name.parts)
    assert list(name.layout).count(0) <= 1
