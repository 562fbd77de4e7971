"""One form for one identifier, and whether it can be what it claims to be.

`normal` makes two spellings of one number equal ("IMO 9187629" and "9187629", "HRB 26136" and
"hrb26136"); `valid` checks the digits that a standard lets one check. Kinds:

    document   passport, identity card: letters and digits only
    registration, tax, inn, ogrn, kpp, usc    company and tax numbers
    iban, bic, lei, isin    ISO 13616, 9362, 17442, 6166
    imo, mmsi    ships and their owners
    phone    E.164
    email, website
    wallet    crypto address, case kept
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_NOT_ALNUM = re.compile(r"[\W_]+")
# What is written before a number to say what it is, and is no part of it. A label ends at a space
# or a sign, so that a number which begins with the same letters (IDN 77) keeps them.
_OF_WHAT = (
    r"passport|passeport|pasaporte|паспорт|جواز سفر|جواز السفر|جواز"
    r"|(?:national |personal )?(?:id|identification|identity)(?: card| document)?|هوية|الهوية"
    r"|(?:company |business |vessel )?(?:registration|register|reg|registry)|licen[cs]e"
    r"|tax(?:payer)?(?: id| identification)?|vat|tin|ssn|inn|инн|ogrn|огрн|kpp|кпп|usc+"
    r"|imo|mmsi|lei|iban|isin|duns|document"
)
_NUMBER = r"number|num|no|nr|n°|№|номер|رقم"
_LABEL = re.compile(
    rf"(?:(?:{_NUMBER})[\s.:#]+)?(?:{_OF_WHAT})(?:[\s.:#]+(?:code|{_NUMBER}))?[\s.:#/-]+(?=.*\d)"
    r"|(?:swift[ /]bic|swift|bic)(?: code)?[\s.:#-]+(?=(?:[a-z\d]{8}|[a-z\d]{11})$)",
    re.I,
)
_GLUED = re.compile(r"^(?:NO|NR|NUMBER|NUM|№)(?=\d)|^IMO(?=\d{7}$)")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_HEX_WALLET = re.compile(r"^(?:0x)?[0-9a-f]{40}$", re.I)

# What each FollowTheMoney property holds.
KIND_OF_PROPERTY = {
    "passportNumber": "document",
    "idNumber": "document",
    "socialSecurityNumber": "document",
    "number": "document",
    "personalNumber": "document",
    "registrationNumber": "registration",
    "licenseNumber": "registration",
    "taxNumber": "tax",
    "vatCode": "tax",
    "innCode": "inn",
    "ogrnCode": "ogrn",
    "kppCode": "kpp",
    "uscCode": "usc",
    "leiCode": "lei",
    "swiftBic": "bic",
    "bic": "bic",
    "iban": "iban",
    "isin": "isin",
    "isinCode": "isin",
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "callSign": "registration",
    "serialNumber": "registration",
    "phone": "phone",
    "email": "email",
    "website": "website",
    "publicKey": "wallet",
    "cryptoAddress": "wallet",
    "accountNumber": "document",
}


@lru_cache(maxsize=50_000)
def normal(text: str, kind: str = "") -> str:
    """The one form of an identifier; "" when nothing is left of it.

    >>> normal("IMO 9187629"), normal("HRB 26136"), normal("+44 20 7946 0018", "phone")
    ('9187629', 'HRB26136', '+442079460018')
    """
    form = _FORMS.get(kind, _plain)
    return form(unicodedata.normalize("NFKC", text).strip().lstrip("'’"))


@lru_cache(maxsize=50_000)
def valid(text: str, kind: str) -> bool | None:
    """Whether the check digits or the shape agree; None for a kind that cannot be checked."""
    check = _CHECKS.get(kind)
    return check(normal(text, kind)) if check else None


def adds_up(iban: str) -> bool:
    """Whether an IBAN in its one form has the shape of one and check digits that fit (ISO 7064),
    of whatever country. `valid` asks besides a register of countries, which changes by the year and
    is not the same at two parties.
    """
    from stdnum.iso7064 import mod_97_10

    shaped = _IBAN.fullmatch(iban) is not None
    return shaped and bool(mod_97_10.is_valid(iban[4:] + iban[:4]))


def _plain(text: str) -> str:
    """Letters and digits only, upper case, the digits of any script as 0 to 9, without a label."""
    latin = "".join(str(unicodedata.digit(char, -1)) if char.isdigit() else char for char in text)
    label = _LABEL.match(latin)
    bare = latin[label.end() :] if label else latin
    return _GLUED.sub("", _NOT_ALNUM.sub("", bare).upper())


def _digits(text: str) -> str:
    return re.sub(r"\D", "", _plain(text))


def _imo(text: str) -> str:
    match = re.search(r"\d{7}", _plain(text))
    return match[0] if match else _digits(text)


def _phone(text: str) -> str:
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

    spelled = text if text.startswith("+") else re.sub(r"^\s*00", "+", text)
    try:
        return format_number(parse(spelled), PhoneNumberFormat.E164)
    except NumberParseException:
        return _digits(text)


def _email(text: str) -> str:
    return text.removeprefix("mailto:").strip(" .;,").casefold()


def _website(text: str) -> str:
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", text.strip(), flags=re.I)
    host, slash, rest = bare.partition("/")
    return (host.casefold() + slash + rest).rstrip("/")


def _wallet(text: str) -> str:
    """Base58 addresses differ by case; hexadecimal and bech32 ones do not."""
    bare = unicodedata.normalize("NFKC", re.sub(r"\s+", "", text))
    return bare.lower() if _HEX_WALLET.match(bare) or bare.lower().startswith("bc1") else bare


def _valid_iban(text: str) -> bool:
    from schwifty import IBAN

    return IBAN(text, allow_invalid=True).is_valid


def _valid_bic(text: str) -> bool:
    from schwifty import BIC

    return BIC(text, allow_invalid=True).is_valid


def _valid_lei(text: str) -> bool:
    from stdnum import lei

    return bool(lei.is_valid(text))


def _valid_isin(text: str) -> bool:
    from stdnum import isin

    return bool(isin.is_valid(text))


def _valid_imo(text: str) -> bool:
    """Seven digits whose last is the check digit of ships (weights 7 to 2) or of companies."""
    if not re.fullmatch(r"\d{7}", text):
        return False
    ship = sum(int(digit) * weight for digit, weight in zip(text, range(7, 1, -1), strict=False))
    company = sum(
        int(digit) * weight for digit, weight in zip(text, (8, 6, 4, 2, 9, 7), strict=False)
    )
    return int(text[6]) in (ship % 10, (11 - company % 11) % 10)


def _valid_mmsi(text: str) -> bool:
    return re.fullmatch(r"[2-7]\d{8}", text) is not None


def _valid_inn(text: str) -> bool:
    from stdnum.ru import inn

    return bool(inn.is_valid(text))


def _valid_ogrn(text: str) -> bool:
    from stdnum.ru import ogrn

    return bool(ogrn.is_valid(text))


def _valid_usc(text: str) -> bool:
    from stdnum.cn import uscc

    return bool(uscc.is_valid(text))


def _valid_phone(text: str) -> bool:
    from phonenumbers import NumberParseException, is_possible_number, parse

    try:
        return bool(is_possible_number(parse(text)))
    except NumberParseException:
        return False


_FORMS: dict[str, Callable[[str], str]] = {
    "imo": _imo,
    "mmsi": _digits,
    "inn": _digits,
    "ogrn": _digits,
    "phone": _phone,
    "email": _email,
    "website": _website,
    "wallet": _wallet,
}
_CHECKS: dict[str, Callable[[str], bool]] = {
    "iban": _valid_iban,
    "bic": _valid_bic,
    "lei": _valid_lei,
    "isin": _valid_isin,
    "imo": _valid_imo,
    "mmsi": _valid_mmsi,
    "inn": _valid_inn,
    "ogrn": _valid_ogrn,
    "usc": _valid_usc,
    "phone": _valid_phone,
}
