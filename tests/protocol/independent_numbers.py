"""Tokens of numbers, written from `matching.md` alone: no import of Taawun's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from tests.protocol.independent_bodies import mod_97

WORLD = {"iban", "lei", "imo", "mmsi", "phone", "wallet", "email", "isin", "ogrn", "inn", "usc"}
STATES = {"document", "registration", "tax"}
LONG, SHORTEST = 11, 4
FIRST = "number|num|no|nr|n°|№|номер|رقم"
WHAT = (
    "passport|passeport|pasaporte|паспорт|جواز سفر|جواز السفر|جواز"
    "|((national|personal) )?(id|identification|identity)( (card|document))?|هوية|الهوية"
    "|((company|business|vessel) )?(registration|register|reg|registry)|licence|license"
    "|(tax|taxpayer)( (id|identification))?|vat|tin|ssn|inn|инн|ogrn|огрн|kpp|кпп|usc|uscc"
    "|imo|mmsi|lei|iban|isin|duns|document"
)
WORDS = re.compile(
    rf"(({FIRST})[ .:#]+)?({WHAT})([ .:#]+(code|{FIRST}))?[ .:#/-]+(?=.*[0-9])", re.IGNORECASE
)


def tokens(kind: str, text: str, country: str, countries: list[str], kept: bool) -> list[str]:
    """The tokens that a number is kept or asked by."""
    number = form(kind, text)
    if kind not in WORLD | STATES or len(number) < SHORTEST or not CHECKS.get(kind, bool)(number):
        return []
    if kind in WORLD:
        return [f"taawun-tokens/1|number|{kind}|{number}"]
    known = [country] if country else countries[:3]
    values = [f"{each}:{number}" for each in (known if kept else known[:1])]
    if len(number) >= LONG and (kept or not known):
        values.append(number)
    return [f"taawun-tokens/1|number|{kind}|{value}" for value in values]


def form(kind: str, text: str) -> str:
    """The one form of a number."""
    text = unicodedata.normalize("NFKC", text).strip().lstrip("'’")
    if kind == "phone":
        signed = re.sub("^00", "+", text)
        digits = re.sub("[^0-9]", "", signed)
        return f"+{digits}" if signed.startswith("+") else digits
    if kind == "email":
        return text.removeprefix("mailto:").strip(" .;,").casefold()
    if kind == "wallet":
        bare = re.sub(r"\s", "", text)
        small = re.fullmatch("(0[xX])?[0-9a-fA-F]{40}", bare) or bare.lower().startswith("bc1")
        return bare.lower() if small else bare
    plain = _plain(text)
    if kind in ("mmsi", "inn", "ogrn"):
        return re.sub("[^0-9]", "", plain)
    if kind == "imo":
        found = re.search("[0-9]{7}", plain)
        return found[0] if found else ""
    return plain


def _plain(text: str) -> str:
    latin = "".join(str(unicodedata.digit(each)) if each.isdigit() else each for each in text)
    said = WORDS.match(latin)
    bare = latin[said.end() :] if said else latin
    bare = "".join(each for each in bare if unicodedata.category(each)[0] in "LN").upper()
    return re.sub("^(NO|NR|NUMBER|NUM)(?=[0-9])|^IMO(?=[0-9]{7}$)", "", bare)


def _weighed(number: str, weights: str) -> int:
    return sum(int(a) * int(b) for a, b in zip(number, weights.split(), strict=False))


def _imo(number: str) -> bool:
    ship, company = _weighed(number, "7 6 5 4 3 2"), _weighed(number, "8 6 4 2 9 7")
    return len(number) == 7 and int(number[6]) in (ship % 10, (11 - company % 11) % 10)


def _isin(number: str) -> bool:
    digits = "".join(str(int(each, 36)) for each in number)[::-1]
    doubled = [int(each) * (1 + place % 2) for place, each in enumerate(digits)]
    return len(number) == 12 and sum(each // 10 + each % 10 for each in doubled) % 10 == 0


def _inn(number: str) -> bool:
    if len(number) == 10:
        return _weighed(number, "2 4 10 3 5 9 4 6 8") % 11 % 10 == int(number[9])
    return (
        len(number) == 12
        and _weighed(number, "7 2 4 10 3 5 9 4 6 8") % 11 % 10 == int(number[10])
        and _weighed(number, "3 7 2 4 10 3 5 9 4 6 8") % 11 % 10 == int(number[11])
    )


def _ogrn(number: str) -> bool:
    by = {13: 11, 15: 13}.get(len(number))
    return by is not None and int(number[:-1]) % by % 10 == int(number[-1])


def _usc(number: str) -> bool:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(number) != 18 or set(number) - set(letters):
        return False
    total = sum(letters.index(each) * pow(3, at, 31) for at, each in enumerate(number[:17]))
    return letters[-total % 31] == number[17]


CHECKS: dict[str, Callable[[str], bool]] = {
    "iban": lambda number: bool(
        re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number)
        and mod_97(number[4:] + number[:4]) == 1
    ),
    "lei": lambda number: len(number) == 20 and mod_97(number) == 1,
    "imo": _imo,
    "isin": _isin,
    "inn": _inn,
    "ogrn": _ogrn,
    "usc": _usc,
    "phone": lambda number: number.startswith("+") and len(number) > 8,
}
