"""`matching/numbers.json`: numbers as written, and the tokens that they are asked and kept by."""

from __future__ import annotations

from typing import Any

from taawun.cooperation.private.numbers import KINDS, number_tokens, problem
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind

Json = dict[str, Any]

CASES: list[tuple[str, str, str, str, tuple[str, ...]]] = [
    ("an IBAN in groups", "iban", "GB82 WEST 1234 5698 7654 32", "", ()),
    ("an IBAN in small letters", "iban", "gb82west12345698765432", "", ()),
    ("an IBAN of a country that had none so far", "iban", "XA060331234567890123456", "", ()),
    ("an IBAN whose check digits do not fit", "iban", "GB83 WEST 1234 5698 7654 32", "", ()),
    ("an IBAN with its name", "iban", "IBAN: GB82 WEST 1234 5698 7654 32", "", ()),
    ("an LEI", "lei", "5493 001K JTII GC8Y 1R12", "", ()),
    ("an IMO number with its letters", "imo", "IMO 9074729", "", ()),
    ("an IMO number of a company", "imo", "0116133", "", ()),
    ("an IMO number in Arabic digits", "imo", "\u0669\u0660\u0667\u0664\u0667\u0662\u0669", "", ()),
    ("an IMO number whose check digit does not fit", "imo", "9074728", "", ()),
    ("an MMSI", "mmsi", "470 123 456", "", ()),
    ("an ISIN", "isin", "US0378331005", "", ()),
    ("a Russian tax number", "inn", "ИНН 7707083893", "", ()),
    ("a Russian register number", "ogrn", "1027700132195", "", ()),
    ("a Chinese credit code", "usc", "91110000600037341L", "", ()),
    ("a telephone", "phone", "+971 4 123 4567", "", ()),
    ("a telephone with noughts", "phone", "00971 4 123 4567", "", ()),
    ("a telephone without its country", "phone", "04 123 4567", "", ()),
    ("an address for mail", "email", "mailto:A.Person@Bank.Example", "", ()),
    (
        "a wallet of base58, its case kept",
        "wallet",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "",
        (),
    ),
    ("a wallet in hexadecimal", "wallet", "0xDE0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", "", ()),
    ("a wallet of bech32", "wallet", "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ", "", ()),
    ("a document with its country", "document", "AB 123-4567", "xb", ("xa",)),
    ("a document of one of the subject's countries", "document", "AB1234567", "", ("xa", "xb")),
    ("a document of nobody knows which country", "document", "AB1234567", "", ()),
    ("a long document of nobody knows which country", "document", "784-1971-1234567-1", "", ()),
    ("a long document with its country", "document", "784-1971-1234567-1", "ae", ()),
    ("a document with words before it", "document", "Passport No. AB 1234567", "xb", ()),
    ("a document with NO before it", "document", "NO 1234567", "xb", ()),
    ("a document in Arabic words and digits", "document", "جواز سفر رقم ١٢٣٤٥٦٧", "xb", ()),
    ("a document in wide letters", "document", "ＡＢ１２３４５６７", "xb", ()),
    ("a document in Cyrillic letters", "document", "аб 123456", "xb", ()),
    ("a document that is too short", "document", "A-12", "xb", ()),
    ("a register number", "registration", "HRB 26136", "de", ()),
    ("a tax number", "tax", "VAT: 123/456.789", "xb", ()),
    ("a kind that is not matched", "bic", "DEUTDEFF", "", ()),
]


def files() -> dict[str, Json]:
    """The file."""
    return {
        "matching/numbers.json": {
            "what": "numbers of a subject as they are written, and the tokens that they are asked"
            " and kept by (matching.md, tokens of numbers); none where a number cannot be asked",
            "kinds": sorted(KINDS),
            "cases": [_case(*said) for said in CASES],
        }
    }


def _case(name: str, kind: str, text: str, country: str, countries: tuple[str, ...]) -> Json:
    number = Identifier(kind, text, country)
    subject = Subject(SubjectKind.PERSON, identifiers=(number,), countries=countries)
    tokens = {
        when: [token.decode() for _, token in number_tokens(subject, kept=when == "kept")]
        for when in ("asked", "kept")
    }
    said: Json = {"name": name, "kind": kind, "text": text, "country": country}
    refused = {"refused": ground} if (ground := problem(number, subject)) else {}
    return said | {"countries": list(countries)} | tokens | refused
