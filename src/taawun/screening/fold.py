"""How a word is written for looking up by text: one form for its spellings in one script.

Lower case, marks and joiners removed, Arabic letter variants levelled. This is for a person who
types into a search box. Whether two names are one name is asked of `names`, not of this.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Han and kana write no spaces: there each character is a word of its own.
_UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_LEVEL = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ئ": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ک": "ك",
        "ـ": "",
        "ß": "ss",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ё": "е",
        "_": " ",
        "'": "",
        "’": "",
        "ʼ": "",
        "`": "",
    }
)
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc"})


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """`text` in lower case without marks, invisible characters and letter variants."""
    if text.isascii():
        return text.casefold().translate(_LEVEL)
    # Composed first: styled capitals become letters before case is folded.
    levelled = unicodedata.normalize("NFKC", text).casefold().translate(_LEVEL)
    parts = unicodedata.normalize("NFKD", levelled)
    kept = "".join(
        " " if character in "\t\n\r" else character
        for character in parts
        if character in "\t\n\r" or unicodedata.category(character) not in _DROPPED
    )
    return unicodedata.normalize("NFKC", kept).casefold().translate(_LEVEL)


def words(text: str) -> list[str]:
    """The folded words of `text` in order, none longer than 64 characters."""
    return [word[:64] for word in _WORD.findall(fold(text))]
