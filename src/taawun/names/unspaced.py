"""Company names of scripts that leave no spaces, taken apart by the words that are known.

上海远和贸易有限公司 is 上海 (Shanghai), 远和 (the name), 贸易 (trading) and 有限公司 (Ltd).
What is between known words stays in one piece: it is the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from taawun.names.company_words import CompanyWords
from taawun.names.tokens import Token

SCRIPTS = frozenset({"hani", "hang"})
SHORTEST, LONGEST = 2, 12


def spaced(tokens: list[Token], words: CompanyWords) -> list[Token]:
    """The tokens, those in Chinese and Korean letters split at known words; nothing is lost."""
    out: list[Token] = []
    for token in tokens:
        if token.script in SCRIPTS and len(token.text) > SHORTEST:
            out += [Token(piece, token.script, piece) for piece in pieces(token, words)]
        else:
            out.append(token)
    return out


def pieces(token: Token, words: CompanyWords) -> Iterator[str]:
    """Known words and what is between them, from left to right, the longest known word first."""
    text, unknown, at = token.form, "", 0
    while at < len(text):
        size = _known_at(text, at, token.script, words)
        if not size:
            unknown += text[at]
            at += 1
            continue
        if unknown:
            yield unknown
            unknown = ""
        yield text[at : at + size]
        at += size
    if unknown:
        yield unknown


def _known_at(text: str, at: int, script: str, words: CompanyWords) -> int:
    """How many letters from `at` are the longest known word; 0 for none."""
    for size in range(min(LONGEST, len(text) - at), SHORTEST - 1, -1):
        key = f"{script}:{text[at : at + size]}"
        if key in words.forms or key in words.concepts:
            return size
    return 0
