"""`card.json`, `agreement.json`, `act.json`: good documents, and ones with one thing wrong."""

from __future__ import annotations

from typing import Any

from taawun.cooperation.act import ACT, Act
from taawun.cooperation.agreement import Service
from taawun.cooperation.trust.party import CARD, CooperationField, KeyUse
from taawun.cooperation.wire import Document, canonical, digest, moment_text
from tests.protocol.vectors.authorities import UNTIL, card, key, public, signed
from tests.protocol.vectors.histories import agreement, history, moment
from tests.protocol.vectors.wrong import GONE, cases

Json = dict[str, Any]

EARLY, LATE = moment_text(moment("2025-12-31")), moment_text(UNTIL)
CARD_ = card("XA-FIU")
RENEWED = card(
    "XA-FIU",
    number=2,
    made_at=moment("2026-06-01"),
    keys=(
        *card("XA-FIU").keys,
        public("XA-FIU", KeyUse.SIGN, 2, moment("2026-06-01"), moment("2027-06-01")),
        public("XA-FIU", KeyUse.SEAL, 2, moment("2026-06-01"), moment("2027-06-01")),
    ),
    revoked=(
        {
            "kid": key("XA-FIU", KeyUse.SEAL).thumbprint(),
            "at": moment("2026-05-31"),
            "reason": "The device was lost",
        },
    ),
)
CARDS = {
    "a first card": CARD_,
    "a card without an address": card("XC-FIU", address=""),
    "a second card: new keys beside the old, one revoked": RENEWED,
    "a police force, its name in three languages": card(
        "XB-POLICE-2", name={"en": "Police of Bravo", "ar": "شرطة برافو", "ru": "Полиция Браво"}
    ),
}
WEAK = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
OTHER = public("XB-FIU", KeyUse.SIGN)

WRONG_CARDS: list[tuple[str, str, Any, str]] = [
    ("no version", "v", GONE, "schema"),
    ("a version that is none", "v", 2, "schema"),
    ("the version as a text", "v", "1", "schema"),
    ("true for the version", "v", True, "schema"),
    ("a field that is not known", "unknown", "x", "schema"),
    ("a field of a key that is not known", "keys.0.unknown", "x", "schema"),
    ("the private half on the card", "keys.0.unknown_d", "x", "schema"),
    ("no revocations said", "revoked", GONE, "schema"),
    ("null for an address", "address", None, "schema"),
    ("an authority's code in small letters", "authority", "xa-fiu", "schema"),
    ("an authority's code without what tells it apart", "authority", "XA", "schema"),
    ("an authority's code of five parts", "authority", "XA-A-B-C-D", "schema"),
    ("an authority of another country", "country", "XB", "rule"),
    ("a country of three letters", "country", "XAA", "schema"),
    ("a kind that is none", "kind", "spy", "schema"),
    ("no name", "name", {}, "schema"),
    ("a name in a language that is none", "name", {"English": "x"}, "schema"),
    ("an empty name", "name.en", "", "schema"),
    ("a name of two lines", "name.en", "Unit\nof Alpha", "schema"),
    ("a name with a control character", "name.en", "\u0007", "schema"),
    ("no competence", "competences", [], "schema"),
    ("a competence that is none", "competences.0", "tax", "schema"),
    ("a competence twice", "competences.1", "aml_cft", "rule"),
    ("an address of another scheme", "address", "ftp://xa.example/", "schema"),
    ("an address with a password", "address", "https://a:b@xa.example/", "schema"),
    ("an address in letters of another script", "address", "https://مثال.example/", "schema"),
    ("an address with a no-break space", "address", "https://xa.example/\u00a0", "schema"),
    ("an address with a space", "address", "https://xa.example/ ", "schema"),
    ("card number nought", "number", 0, "schema"),
    ("a number as a text", "number", "1", "schema"),
    ("true for a number", "number", True, "schema"),
    ("a time without digits of a second", "made_at", "2026-01-01T00:00:00Z", "schema"),
    ("a time of another zone", "made_at", "2026-01-01T00:00:00.000000+00:00", "schema"),
    ("a time in Arabic digits", "made_at", "٢٠٢٦-01-01T00:00:00.000000Z", "schema"),
    ("an hour that is none", "made_at", "2026-01-01T24:00:00.000000Z", "schema"),
    ("a day that is none", "made_at", "2026-02-30T00:00:00.000000Z", "rule"),
    ("one key only", "keys", [CARD_.plain()["keys"][0]], "schema"),
    ("no key to seal to", "keys", [CARD_.plain()["keys"][0], OTHER.plain()], "rule"),
    ("a key twice", "keys.2", CARD_.plain()["keys"][0], "rule"),
    ("a thumbprint of another key", "keys.0.kid", OTHER.kid, "rule"),
    ("a key of 31 bytes", "keys.0.x", "A" * 42, "schema"),
    ("a key with bits left over", "keys.0.x", CARD_.keys[0].x[:-1] + "B", "schema"),
    ("a key in base64 of the other alphabet", "keys.0.x", "+" + "A" * 42, "schema"),
    ("a key for another use", "keys.0.use", "seal", "rule"),
    ("a use that is none", "keys.0.use", "both", "schema"),
    ("a key that ends before it begins", "keys.0.valid_until", EARLY, "rule"),
    (
        "a key of small order",
        "keys.0",
        CARD_.plain()["keys"][0]
        | {"x": WEAK, "kid": "eV9frzBXPTP92MWWMpoFOh0WI_kJLvGlhcNs15APU_s"},
        "rule",
    ),
]

AGREEMENT = agreement("XA-FIU", "XB-FIU", title="Between two")
AGREEMENTS = {
    "between two authorities": AGREEMENT,
    "with a bloc, without an end": agreement(
        "XA-FIU", "SOUTH", title="With a bloc", valid_until=None
    ),
    "within a bloc": agreement("SOUTH", title="Within a bloc", budgets=(), four_eyes=()),
    "in two languages, with everything": agreement(
        "XA-FIU",
        "XB-FIU",
        "XB-POLICE-2",
        title={"en": "Memorandum", "ar": "مذكرة تفاهم"},
        fields=list(CooperationField),
        services=list(Service),
        onward="named",
    ),
}
WRONG_AGREEMENTS: list[tuple[str, str, Any, str]] = [
    ("no version", "v", GONE, "schema"),
    ("another protocol", "protocol", "taawun/0", "schema"),
    ("a field that is not known", "unknown", "x", "schema"),
    ("no deadlines", "deadlines", GONE, "schema"),
    ("a deadline left to its default", "deadlines.interim_business_days", GONE, "schema"),
    ("a deadline that is not known", "deadlines.unknown_days", 3, "schema"),
    ("null for an end", "valid_until", None, "schema"),
    ("no party", "parties", [], "schema"),
    ("one authority alone", "parties", [{"authority": "XA-FIU"}], "rule"),
    ("a party twice", "parties.1", {"authority": "XA-FIU"}, "rule"),
    ("a party that is both", "parties.1", {"authority": "XB-FIU", "bloc": "SOUTH"}, "rule"),
    ("a party that is neither", "parties.1", {}, "rule"),
    ("a bloc in small letters", "parties.1", {"bloc": "south"}, "schema"),
    ("no legal basis", "legal_basis", [], "schema"),
    ("an empty legal basis", "legal_basis.0", "", "schema"),
    ("no field of cooperation", "fields", [], "schema"),
    ("a field of cooperation twice", "fields.1", "aml_cft", "rule"),
    ("a field that is none", "fields.1", "fiscal", "schema"),
    ("a service that is none", "services.0", "spy", "schema"),
    ("a purpose that is none", "purposes.0", "evidence", "schema"),
    ("a category that is none", "categories.0", "gossip", "schema"),
    ("an onward rule that is none", "onward", "always", "schema"),
    ("no time to acknowledge", "deadlines.acknowledge_hours", 0, "schema"),
    ("hours with a fraction", "deadlines.urgent_hours", 1.5, "schema"),
    ("a budget for asking", "budgets.0.service", "ask", "schema"),
    ("a budget below nothing", "budgets.0.a_day", -1, "schema"),
    ("two budgets for the same", "budgets.1", AGREEMENT.plain()["budgets"][0], "rule"),
    ("kept for no day", "retention_days", 0, "schema"),
    ("four eyes for what is not agreed", "four_eyes.0", "trace", "rule"),
    ("ends before it begins", "valid_until", EARLY, "rule"),
    ("a time as a number", "valid_from", 1767225600, "schema"),
    ("nobody made it", "made_by", GONE, "schema"),
]

ACTS: dict[str, Act] = {
    name: history(AGREEMENT, f"2026-01-05T10:00 XA-FIU {line}")[0].act
    for name, line in {
        "a signature": "sign",
        "a refusal to sign": "decline reason=No_authority_to_do_so",
        "a suspension of the whole": "suspend",
        "a suspension of one field from a later day": (
            "suspend fields=terrorism effective=2026-02-01"
        ),
        "a suspension of a service with one partner": "suspend services=match partners=XB-FIU",
        "a resumption": "resume lifts=2",
        "an end with notice": "end effective=2026-07-01",
    }.items()
}
SIGN, SUSPEND = ACTS["a signature"].plain(), ACTS["a suspension of the whole"].plain()
WRONG_SIGNS: list[tuple[str, str, Any, str]] = [
    ("no version", "v", GONE, "schema"),
    ("a field that is not known", "unknown", "x", "schema"),
    ("an agreement's id in capitals", "agreement", "A" * 64, "schema"),
    ("an agreement's id cut short", "agreement", "a" * 63, "schema"),
    ("number nought", "number", 0, "schema"),
    ("number 2001", "number", 2001, "schema"),
    ("a deed that is none", "deed", "amend", "schema"),
    ("no time", "at", GONE, "schema"),
    ("no time of effect", "effective_at", GONE, "schema"),
    ("a signature with effect later", "effective_at", LATE, "rule"),
    ("effect before the act", "effective_at", EARLY, "rule"),
    ("a signature with a scope", "scope", SUSPEND["scope"], "rule"),
    ("a signature that lifts", "lifts", 1, "rule"),
    ("null for a reason", "reason", None, "schema"),
]
WRONG_SUSPENSIONS: list[tuple[str, str, Any, str]] = [
    ("a suspension without a reason", "reason", GONE, "act-rule"),
    ("a suspension without a scope", "scope", GONE, "act-rule"),
    ("an empty reason", "reason", "", "schema"),
    ("a scope that does not say its partners", "scope.partners", GONE, "schema"),
    ("a scope that is not known", "scope.unknown", [], "schema"),
    ("a scope of a service that is none", "scope.services.0", "everything", "schema"),
]


def files() -> dict[str, Json]:
    """The three files."""
    wrong_acts = cases(SIGN, WRONG_SIGNS) + [_of_rule(c) for c in cases(SUSPEND, WRONG_SUSPENSIONS)]
    return {
        "card.json": _file(
            "cards: who an authority is, and its keys",
            [
                _signed(name, each, CARD) | _printed(each.fingerprint)
                for name, each in CARDS.items()
            ],
            cases(CARD_.plain(), WRONG_CARDS),
        ),
        "agreement.json": _file(
            "agreements: what is signed is these bytes, and their digest is what it is called by",
            [_valid(name, each) for name, each in AGREEMENTS.items()],
            cases(AGREEMENT.plain(), WRONG_AGREEMENTS),
        ),
        "act.json": _file(
            "acts: what a party does to an agreement",
            [_signed(name, each, ACT) for name, each in ACTS.items()],
            wrong_acts,
        ),
    }


def _file(what: str, valid: list[Json], refused: list[Json]) -> Json:
    by = "by: schema, the JSON Schema refuses it too; rule, only the page says so"
    return {"what": f"{what}; {by}", "valid": valid, "refused": refused}


def _of_rule(case: Json) -> Json:
    """What may be left out of an act, but not out of this one."""
    return case | {"by": "rule", "ground": "wire.field"} if case["by"] == "act-rule" else case


def _valid(name: str, document: Document) -> Json:
    made = canonical(document.plain())
    return {
        "name": name,
        "document": document.plain(),
        "canonical_hex": made.hex(),
        "digest": digest(made),
    }


def _signed(name: str, document: Any, typ: str) -> Json:
    party = getattr(document, "party", None) or document.authority
    return _valid(name, document) | {"signed": signed(document.canonical(), party, typ)}


def _printed(fingerprint: str) -> Json:
    return {"fingerprint": fingerprint}
