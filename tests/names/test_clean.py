"""Names without invisible characters and look-alike letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.errors import InputError
from taawun.names.clean import MAX_NAME, clean, fold_lookalikes
from taawun.names.romanise import script_of

NOISE = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\u00ad\u2060\ufe0f\u061c\u034f"
    "\U000e0041\x00\x7f"
)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("John Smith", "John Smith"),
        ("  John \t\u00a0 Smith\r\n", "John Smith"),
        ("\u202eJohn\u202c", "John"),
        ("Al\u2011Asad", "Al-Asad"),
        ("O\u2019Brien", "O'Brien"),
        ("O\u00b4Brien", "O'Brien"),
        ("\u02bfAbd", "'Abd"),
        ("ＡＢＣ　Ｌｔｄ．", "ABC Ltd."),
        ("ﻣﺤﻤﺪ", "محمد"),
        ("ﷲ", "الله"),
        ("محـــمد", "محمد"),
        ("علی\u200cرضا", "علیرضا"),
        ("\U0001ee0c", "م"),
        ("محمد ﷺ", "محمد"),
        ("\u05d1\u05df\u05be\u05e6\u05d9\u05d5\u05df", "\u05d1\u05df-\u05e6\u05d9\u05d5\u05df"),
        ("ジョン・スミス", "ジョン·スミス"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("e\u0301", "é"),
        ("a\ud800b", "ab"),
        ("“Hero”", '"Hero"'),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("token", "folded", "script"),
    [
        ("Mоhаmed", "Mohamed", "latn"),
        ("Иванoв", "Иванов", "cyrl"),
        ("Xимик", "Химик", "cyrl"),
        ("МОСКВA", "МОСКВА", "cyrl"),
        ("москвa", "москва", "cyrl"),
        ("Игоревna", "Игоревна", "cyrl"),
        ("Οliver", "Oliver", "latn"),
        ("Γιώργoς", "Γιώργος", "grek"),
        ("Cτέφανος", "Στέφανος", "grek"),
        ("СССР", "СССР", "cyrl"),
        ("Иван", "Иван", "cyrl"),
        ("Müller", "Müller", "latn"),
        ("高橋みなみ", "高橋みなみ", "mixed"),
        ("", "", "zyyy"),
    ],
)
def test_fold_lookalikes(token: str, folded: str, script: str) -> None:
    assert fold_lookalikes(token) == folded
    assert script_of(fold_lookalikes(token)) == script


def test_what_is_longer_than_a_name_is_refused() -> None:
    assert clean("a" * MAX_NAME)
    with pytest.raises(InputError) as refused:
        clean("a" * 1_000_000)
    assert refused.value.problems[0].code == "names.too_long"
    assert len(refused.value.problems[0].got) <= 80


NAMES = st.text(max_size=60)


@given(NAMES)
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(NAMES, st.lists(st.tuples(st.integers(0, 60), st.sampled_from(NOISE)), max_size=20))
def test_invisible_noise_changes_nothing(text: str, noise: list[tuple[int, str]]) -> None:
    noisy = text
    for place, mark in noise:
        noisy = noisy[:place] + mark + noisy[place:]
    assert clean(noisy) == clean(text)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(token: str) -> None:
    assert fold_lookalikes(fold_lookalikes(token)) == fold_lookalikes(token)


@given(st.text(st.sampled_from("abdeMohamedаоесхАВСиванβαομ"), max_size=12))
def test_folding_keeps_the_length(token: str) -> None:
    assert len(fold_lookalikes(token)) == len(token)
