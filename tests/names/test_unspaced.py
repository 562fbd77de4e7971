"""Chinese and Korean company names are taken apart at the words that are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.names.company_words import company_words
from taawun.names.tokens import Token
from taawun.names.unspaced import pieces, spaced


@pytest.mark.parametrize(
    ("name", "script", "parts"),
    [
        ("上海远和贸易有限公司", "hani", ["上海", "远和", "贸易", "有限公司"]),
        ("香港恒邦微電子有限公司", "hani", ["香港", "恒邦", "微電子", "有限公司"]),
        ("远和", "hani", ["远和"]),
        ("조선금성총회사", "hang", ["조선", "금성총", "회사"]),
    ],
)
def test_known_words_are_split_off(name: str, script: str, parts: list[str]) -> None:
    assert list(pieces(Token(name, script, name), company_words())) == parts


def test_other_scripts_are_left_alone() -> None:
    tokens = [Token("Trading", "latn", "trading"), Token("للتجارة", "arab", "للتجاره")]
    assert spaced(tokens, company_words()) == tokens


@given(st.text(alphabet="上海远和贸易有限公司集团科技股份电子中国", max_size=30))
def test_no_letter_is_lost(text: str) -> None:
    tokens = spaced([Token(text, "hani", text)], company_words())
    assert "".join(token.text for token in tokens) == text
