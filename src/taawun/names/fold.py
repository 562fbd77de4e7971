"""The form of a token in which spelling habits that carry no meaning are gone.

`fold_latin` gives lower-case a-z (marks, apostrophes and special letters folded), which decides
whether two Latin tokens are written alike. `sound_latin` keeps what the marks say of the sound
(ş is sh), as further readings. `fold_arabic` folds the orthography of the languages written in
Arabic script: hamza seats, marks, tatweel, Persian and Urdu forms of the same letter, final
alif maqsura. `fold_letters` is for every other script. All are total: what they do not know they
leave.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LATIN = {
    "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "þ": "th", "ð": "d", "œ": "oe",
    "ə": "a", "ŋ": "ng", "ħ": "h", "ŧ": "t", "ɖ": "d", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y",
    "ǝ": "e", "ɛ": "e", "ɔ": "o", "ŀ": "l", "ĸ": "k", "ſ": "s", "ƶ": "z", "ꞑ": "n",
}  # fmt: skip
_SOUND = {
    "ş": "sh", "ș": "s", "š": "sh", "ś": "sh", "ç": "ch", "č": "ch", "ć": "ch", "ğ": "gh",
    "ž": "zh",
    "ź": "zh", "ż": "zh", "ñ": "ny", "ń": "ny", "ň": "ny", "ł": "w", "ä": "ae", "ö": "oe",
    "ü": "ue",
    "å": "o", "ḥ": "h", "ẖ": "kh", "ḫ": "kh", "ġ": "gh", "ṯ": "th", "ḏ": "dh", "ã": "an", "õ": "on",
    "ř": "rzh", "ę": "en", "ą": "on", "ó": "u", "ţ": "ts", "ț": "ts", "ø": "oe",
    "ð": "dh", "ŋ": "ng", "ə": "e", "ı": "y", "đ": "dj",
}  # fmt: skip
_ARABIC = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "ٱ": "ا", "آ": "ا", "ٲ": "ا", "ٳ": "ا",
        "ؤ": "و", "ئ": "ي", "ی": "ي", "ې": "ي", "ێ": "ي", "ے": "ي", "ۓ": "ي", "ۍ": "ي", "ۑ": "ي",
        "ک": "ك", "ڪ": "ك", "ګ": "گ", "ہ": "ه", "ھ": "ه", "ۀ": "ه", "ۂ": "ه", "ۃ": "ة", "ە": "ه",
        "ۆ": "و", "ۇ": "و", "ۈ": "و", "ۋ": "و", "ۉ": "و", "ۅ": "و",
        "ڕ": "ر", "ڑ": "ر", "ړ": "ر", "ڙ": "ر", "ڵ": "ل", "ں": "ن", "ڼ": "ن", "ڻ": "ن",
        "ٹ": "ت", "ټ": "ت", "ڈ": "د", "ډ": "د", "ڎ": "د", "ڀ": "ب", "ڤ": "ف", "ڥ": "ف", "ڢ": "ف",
        "ڭ": "ك", "ڨ": "ق", "ښ": "ش", "ځ": "ز", "څ": "س", "ݣ": "گ", "ڲ": "گ", "ڃ": "ج",
        "ـ": "", "ء": "", "ٴ": "", "ٰ": "", "ٖ": "", "ٗ": "",
    }
)  # fmt: skip
_KEEP = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "ٱ": "ا", "آ": "ا", "ٲ": "ا", "ٳ": "ا", "ؤ": "و", "ی": "ي", "ۓ": "ي",
        "ک": "ك", "ڪ": "ك", "ګ": "گ", "ہ": "ه", "ھ": "ه", "ۀ": "ه", "ۂ": "ه", "ۃ": "ة", "ۑ": "ي",
        "ـ": "", "ٴ": "", "ٰ": "", "ڨ": "گ", "ݣ": "گ", "ڲ": "گ", "ټ": "ٹ", "ډ": "ڈ",
        "ڥ": "ڤ",
    }
)  # fmt: skip


def _without_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=65_536)
def fold_latin(token: str) -> str:
    """Lower-case a-z and digits of a token in Latin script; the empty string when none is left."""
    if token.isascii():
        low = token.lower()
        return low if low.isalnum() else "".join(c for c in low if c.isalnum())
    low = unicodedata.normalize("NFC", token).casefold()
    spelled = "".join(_LATIN.get(c, c) for c in low)
    plain = _without_marks(spelled)
    return "".join(_LATIN.get(c, c) for c in plain if (c.isascii() and c.isalnum()) or c in _LATIN)


def sound_latin(token: str) -> tuple[str, ...]:
    """Further a-z readings of a token whose marks say how it sounds; often none."""
    if token.isascii():
        return ()
    low = unicodedata.normalize("NFC", token).casefold()
    if not any(c in _SOUND for c in low):
        return ()
    spoken = fold_latin("".join(_SOUND.get(c, c) for c in low))
    return (spoken,) if spoken and spoken != fold_latin(token) else ()


def _marks_of_arabic(token: str) -> str:
    # the decomposed hamza above and below would otherwise be lost with the vowel marks
    return "".join(c for c in unicodedata.normalize("NFC", token) if not unicodedata.combining(c))


def fold_letters(token: str) -> str:
    """The letters, digits and marks of a token, case folded: its form in any other script."""
    folded = token.casefold()
    if folded.isalnum():
        return folded
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c)[0] == "M")


@lru_cache(maxsize=65_536)
def fold_arabic(token: str) -> str:
    """The orthographic form that decides whether two tokens in Arabic script are written alike.

    Final alif maqsura and ya are one, as are final ta marbuta and ha; final alif stays.
    """
    plain = _marks_of_arabic(token).translate(_ARABIC)
    plain = "".join(c for c in plain if c.isalnum())
    if plain.endswith(("ى", "ي")):
        plain = plain[:-1] + "ي"
    plain = plain.replace("ى", "ي")
    if plain.endswith("ة") and len(plain) > 2:
        plain = plain[:-1] + "ه"
    return plain.replace("ة", "ت")


@lru_cache(maxsize=65_536)
def spell_arabic(token: str) -> str:
    """Folded less than `fold_arabic`: the letters that still tell how the token sounds."""
    plain = _marks_of_arabic(token).translate(_KEEP)
    # Uyghur and Kurdish write a hamza seat before an initial vowel: ئا is a, ئۆ is o
    if len(plain) > 1 and plain[0] == "ئ":
        plain = plain[1:] if plain[1] in "اەوۇۆۈېىێ" else "ا" + plain[1:]
    return "".join(c for c in plain if c.isalnum() or c == "ء")
