"""ISO 639-3 codes of the languages that lists name by two letters or in words."""

from __future__ import annotations

_THREE = {
    "ar": "ara", "az": "aze", "be": "bel", "bg": "bul", "bs": "bos", "cs": "ces", "da": "dan",
    "de": "deu", "el": "ell", "en": "eng", "es": "spa", "et": "est", "fa": "fas", "fi": "fin",
    "fr": "fra", "ga": "gle", "gd": "gla", "gl": "glg", "he": "heb", "hr": "hrv", "hu": "hun",
    "hy": "hye", "id": "ind", "it": "ita", "ja": "jpn", "ka": "kat", "kk": "kaz", "ko": "kor",
    "ku": "kur", "ky": "kir", "lt": "lit", "lv": "lav", "mk": "mkd", "mo": "ron", "ms": "msa",
    "mt": "mlt", "my": "mya", "nl": "nld", "no": "nor", "pl": "pol", "ps": "pus", "pt": "por",
    "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "so": "som", "sq": "sqi", "sr": "srp",
    "su": "sun", "sv": "swe", "sw": "swa", "tg": "tgk", "th": "tha", "tk": "tuk", "tr": "tur",
    "uk": "ukr", "ur": "urd", "uz": "uzb", "vi": "vie", "zh": "zho",
}  # fmt: skip
_WORDS = {
    "arabic": "ara", "armenian": "hye", "belarusian": "bel", "burmese": "mya", "chinese": "zho",
    "dari": "prs", "english": "eng", "farsi": "fas", "french": "fra", "georgian": "kat",
    "hebrew": "heb", "japanese": "jpn", "korean": "kor", "kurdish": "kur", "pashto": "pus",
    "persian": "fas", "russian": "rus", "serbian": "srp", "somali": "som", "spanish": "spa",
    "tajik": "tgk", "turkish": "tur", "ukrainian": "ukr", "urdu": "urd", "uzbek": "uzb",
}  # fmt: skip


def three_letter(said: str) -> str:
    """The ISO 639-3 code for a two- or three-letter code or an English name; "" when unknown."""
    low = said.strip().lower()
    if low in _THREE.values() or low in _WORDS.values():
        return low
    return _THREE.get(low) or _WORDS.get(low, "")
