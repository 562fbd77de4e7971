"""`message/message.json` and `message/bodies.json`: messages and what they hold, good and wrong."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from taawun.cooperation.act import ACT
from taawun.cooperation.trust.party import CARD
from taawun.cooperation.wire import canonical, digest
from tests.protocol.vectors.authorities import card, signed
from tests.protocol.vectors.histories import history
from tests.protocol.vectors.shapes import AGREEMENT
from tests.protocol.vectors.wrong import GONE, cases

Json = dict[str, Any]
Wrong = tuple[str, str, Any, str]

OPENING = "6f6d9c1e-6f0b-4c57-9a0e-2f3f0f7c1b01"
ANSWERING = "6f6d9c1e-6f0b-4c57-9a0e-2f3f0f7c1b02"
CAVEATS: Json = {
    "origin": "XA-FIU",
    "purposes": ["intelligence"],
    "onward": "consent",
    "consented": [],
    "delete_by": "2031-02-15",
}


def passage(text: str, lang: str = "en") -> Json:
    """A text with its language."""
    return {"lang": lang, "text": text}


ACCOUNT: Json = {"iban": "AE070331234567890123456"}
TRANSFER: Json = {"uetr": "eb6305c9-1f7f-49de-aed0-16487c27b42d"}
SUBJECT: Json = {
    "kind": "person",
    "roles": ["suspect"],
    "names": [
        {"text": "محمد بن سعيد", "script": "Arab", "kind": "main"},
        {"text": "Mohamed bin Saeed", "script": "Latn", "kind": "transliterated"},
    ],
    "births": ["1978", "1979-03"],
    "countries": ["XA"],
    "identifiers": [{"kind": "passport", "number": "X1234567", "country": "XA"}],
    "accounts": [ACCOUNT],
}
SOUGHT: Json = {"number": 1, "category": "accounts", "what": passage("Accounts in his name.")}
REQUEST: Json = {
    "reference": "XA/2026/17",
    "title": passage("Cash through an import company"),
    "offences": ["money_laundering", "drug_trafficking"],
    "facts": passage("Between May and November cash was paid in at four branches."),
    "suspicion": passage("The sums do not fit the trade.", "en"),
    "country": "XB",
    "link": passage("The company has an account in Bravo."),
    "uses": ["intelligence"],
    "use": passage("Analysis of the network."),
    "recipients": [{"authority": "XA-CUSTOMS", "reason": passage("Declared imports.")}],
    "subjects": [SUBJECT],
    "accounts": [],
    "transfers": [TRANSFER],
    "sought": [SOUGHT],
    "origins": [],
}
FILE = b"%PDF-1.7\n"
ITEM: Json = {
    "number": 1,
    "category": "accounts",
    "answers": [1],
    "provenance": "bank_record",
    "source_grade": "A",
    "information_grade": "2",
    "obtained": "2026-02-20",
    "text": passage("One account, opened in 2024."),
    "subjects": [],
    "accounts": [ACCOUNT],
    "transfers": [],
    "attachments": [
        {
            "name": "statement.pdf",
            "media": "application/pdf",
            "sha256": hashlib.sha256(FILE).hexdigest(),
            "content": base64.b64encode(FILE).decode(),
        }
    ],
    "origins": [],
}
ANSWER: Json = {
    "reference": "XB/2026/5",
    "outcome": "full",
    "text": passage("See the item."),
    "items": [ITEM],
    "lacking": [],
    "measures": [],
    "origins": [],
}
REFUSAL: Json = {
    "reference": "XB/2026/5",
    "grounds": ["insufficient_link"],
    "reason": passage("The account named is not in Bravo."),
}
DISCLOSURE: Json = {
    "reference": "XA/2026/18",
    "title": passage("A courier who was stopped"),
    "offences": ["terrorist_financing"],
    "facts": passage("He carried cards of nine people."),
    "suspicion": passage("The cards are used in Bravo."),
    "country": "XB",
    "link": passage("The cards are used in Bravo."),
    "items": [ITEM | {"answers": []}],
    "origins": [],
}
REFERENCE: Json = {"message": ANSWERING, "item": 1}
ONWARD: Json = {
    "reference": "XA/2026/17",
    "items": [REFERENCE],
    "recipient": "XA-CUSTOMS",
    "purposes": ["investigation"],
    "reason": passage("Customs opens an inquiry."),
}
DECISION: Json = {
    "reference": "XB/2026/5",
    "items": [REFERENCE],
    "recipient": "XA-CUSTOMS",
    "purposes": ["investigation"],
    "decision": "given",
    "grounds": [],
    "speaks_for": [],
    "until": "2026-12-31",
}
FREEZE: Json = {
    "reference": "XA/2026/19",
    "stage": "take",
    "measure": "suspension",
    "offences": ["fraud"],
    "facts": passage("The payer reports that the order is forged."),
    "country": "XB",
    "link": passage("The money is to arrive in Bravo today."),
    "subjects": [],
    "accounts": [],
    "transfers": [TRANSFER],
    "origins": [],
    "power": "fiu",
    "legal_basis": "Article 12 of the law",
    "order": "XA/2026/19/1",
    "ordered_on": "2026-02-15",
    "until": "2026-02-18T12:00:00.000000Z",
    "confirmed_by": "2026-02-18",
}
ENTRY = "fan_in:\n  days: 7\n"
TYPOLOGY: Json = {
    "code": "fan_in",
    "entry": ENTRY,
    "sha256": digest(ENTRY.encode()),
    "description": [passage("Many pay one, who empties the account.")],
    "offences": ["fraud"],
}
SIGNED_ACT = signed(
    history(AGREEMENT, "2026-01-05T10:00 XA-FIU sign")[0].act.canonical(), "XA-FIU", ACT
)
POINT = "A" * 42 + "E"
GOOD: list[tuple[str, str, Json]] = [
    ("request", "a request", REQUEST),
    (
        "request",
        "an urgent request",
        REQUEST
        | {
            "urgency": {
                "needed_by": "2026-02-16T08:00:00.000000Z",
                "reason": passage("He leaves tomorrow."),
            }
        },
    ),
    (
        "acknowledgement",
        "an acknowledgement",
        {"reference": "XB/2026/5", "expected_by": "2026-03-31"},
    ),
    ("answer", "in full", ANSWER),
    ("answer", "nothing known", ANSWER | {"outcome": "negative", "items": []}),
    ("answer", "later", ANSWER | {"outcome": "interim", "items": [], "expected_by": "2026-03-31"}),
    (
        "answer",
        "in part",
        ANSWER
        | {
            "outcome": "partial",
            "lacking": [
                {
                    "number": 2,
                    "ground": "impairs_investigation",
                    "why": passage("An arrest is near."),
                }
            ],
        },
    ),
    ("refusal", "a refusal", REFUSAL),
    ("disclosure", "a disclosure", DISCLOSURE),
    ("onward_request", "asking for consent", ONWARD),
    ("onward_decision", "consent", DECISION),
    (
        "onward_decision",
        "no consent",
        {k: v for k, v in DECISION.items() if k != "until"}
        | {"decision": "refused", "grounds": ["originator"], "reason": passage("It is not ours.")},
    ),
    (
        "feedback",
        "feedback",
        {"reference": "XA/2026/17", "usefulness": "useful", "results": ["new_subjects"]},
    ),
    (
        "feedback",
        "a request withdrawn",
        {
            "reference": "XA/2026/17",
            "usefulness": "not_needed",
            "results": [],
            "text": passage("The case was closed."),
        },
    ),
    ("freeze_request", "to suspend a transfer", FREEZE),
    ("typology", "a typology", TYPOLOGY),
    ("card", "a card", {"card": signed(card("XA-FIU").canonical(), "XA-FIU", CARD)}),
    ("proposal", "a proposal", {"agreement": AGREEMENT.plain(), "acts": [SIGNED_ACT]}),
    ("act", "own acts", {"agreement": AGREEMENT.id, "acts": [SIGNED_ACT]}),
    (
        "match_question",
        "one lookup",
        {"v": 1, "terms": "a" * 64, "lookups": 1, "points": POINT * 4},
    ),
    (
        "match_answer",
        "an answer",
        {"v": 1, "terms": "a" * 64, "question": OPENING, "proofs": POINT * 2, "points": POINT * 4},
    ),
    (
        "match_table",
        "a part of a segment",
        {
            "v": 1,
            "terms": "a" * 64,
            "segment": 1,
            "size": 65_536,
            "sha256": "b" * 64,
            "part": 1,
            "content": "AAAAAAAAAAE",
        },
    ),
    (
        "match_terms",
        "terms under a signature",
        {"v": 1, "terms": signed(b"{}", "XA-FIU", "taawun-terms+jws")},
    ),
]
_BODIES = {kind: body for kind, _, body in reversed(GOOD)}
WRONG: dict[str, list[Wrong]] = {
    "request": [
        ("a field that is not known", "unknown", "x", "schema"),
        ("no offence", "offences", [], "schema"),
        ("an offence twice", "offences.1", "money_laundering", "rule"),
        ("an offence that is none", "offences.0", "gossip", "schema"),
        ("nothing sought", "sought", [], "schema"),
        ("what is sought is not numbered from 1", "sought.0.number", 2, "rule"),
        ("a text without its language", "facts.lang", GONE, "schema"),
        ("a text that is empty", "facts.text", "", "schema"),
        ("a script that is none", "subjects.0.names.0.script", "arab", "schema"),
        ("a birth on a day that is none", "subjects.0.births.0", "1978-02-30", "rule"),
        ("a company that was born", "subjects.0.kind", "company", "rule"),
        (
            "an IBAN whose check digits do not fit",
            "subjects.0.accounts.0.iban",
            "AE080331234567890123456",
            "rule",
        ),
        (
            "an IBAN with spaces",
            "subjects.0.accounts.0.iban",
            "AE07 0331 2345 6789 0123 456",
            "schema",
        ),
        ("an account told by nothing", "subjects.0.accounts.0", {"currency": "AED"}, "rule"),
        (
            "a UETR in capitals",
            "transfers.0.uetr",
            "EB6305C9-1F7F-49DE-AED0-16487C27B42D",
            "schema",
        ),
        ("a purpose that is none", "uses.0", "evidence", "schema"),
        ("a recipient twice", "recipients.1", REQUEST["recipients"][0], "rule"),
    ],
    "answer": [
        ("in full, with nothing given", "items", [], "rule"),
        ("an outcome that is none", "outcome", "maybe", "schema"),
        ("an interim answer without a day", "outcome", "interim", "rule"),
        ("items that are not numbered from 1", "items.0.number", 2, "rule"),
        ("a grade that is none", "items.0.source_grade", "D", "schema"),
        ("an attachment that is another file", "items.0.attachments.0.sha256", "0" * 64, "rule"),
        (
            "an attachment that runs",
            "items.0.attachments.0.media",
            "application/x-msdownload",
            "schema",
        ),
        (
            "an attachment that is not what it says",
            "items.0.attachments.0.media",
            "image/png",
            "rule",
        ),
        ("an attachment in a folder", "items.0.attachments.0.name", "../a.pdf", "rule"),
    ],
    "refusal": [
        ("no ground", "grounds", [], "schema"),
        ("bank secrecy", "grounds.0", "bank_secrecy", "schema"),
        ("a fiscal matter", "grounds.0", "fiscal_matter", "schema"),
        ("no reason", "reason", GONE, "schema"),
    ],
    "disclosure": [("nothing disclosed", "items", [], "rule")],
    "onward_request": [
        ("nothing named", "items", [], "schema"),
        ("the same item twice", "items.1", REFERENCE, "rule"),
    ],
    "onward_decision": [
        ("refused without a ground", "decision", "refused", "rule"),
        ("given with a ground of refusal", "grounds.0", "originator", "rule"),
    ],
    "feedback": [
        ("a result twice", "results.1", "new_subjects", "rule"),
        ("withdrawn with a result", "usefulness", "not_needed", "rule"),
    ],
    "freeze_request": [
        ("a suspension of no transfer", "transfers", [], "rule"),
        ("a later stage that follows nothing", "stage", "prolong", "rule"),
        ("a measure without an end", "until", GONE, "fits"),
        ("an FIU's measure that nobody confirms", "confirmed_by", GONE, "fits"),
    ],
    "typology": [
        ("another text than its digest says", "entry", "other", "rule"),
        ("with an address of somebody", "seen", "ask a.person@bank.example", "rule"),
    ],
    "card": [("no card", "card", GONE, "schema")],
    "proposal": [
        ("an agreement by its id alone", "agreement", AGREEMENT.id, "schema"),
    ],
    "act": [
        ("no acts", "acts", [], "schema"),
        ("no agreement", "agreement", GONE, "schema"),
    ],
    "match_question": [
        ("no lookups", "lookups", 0, "schema"),
        ("too many lookups", "lookups", 1025, "schema"),
        ("points with padding", "points", POINT + "=", "schema"),
    ],
    "match_answer": [("to a question without a name", "question", "17", "schema")],
    "match_table": [
        ("segment nought", "segment", 0, "schema"),
        ("no content", "content", "", "schema"),
    ],
    "match_terms": [("terms that are not signed", "terms", "e30", "schema")],
}

MESSAGE: Json = {
    "v": 1,
    "id": OPENING,
    "kind": "request",
    "sender": "XA-FIU",
    "recipient": "XB-FIU",
    "agreement": AGREEMENT.id,
    "service": "ask",
    "field": "aml_cft",
    "purpose": "intelligence",
    "categories": ["accounts"],
    "thread": OPENING,
    "made_at": "2026-02-15T11:59:00.000000Z",
    "urgent": False,
    "caveats": [CAVEATS],
    "body": REQUEST,
}
CONTROL: Json = {
    name: value
    for name, value in MESSAGE.items()
    if name not in ("agreement", "service", "field", "purpose")
} | {"kind": "card", "categories": [], "caveats": [], "body": _BODIES["card"]}
MESSAGES: list[tuple[str, Json]] = [
    ("a request", MESSAGE),
    (
        "an answer in its thread",
        MESSAGE
        | {
            "id": ANSWERING,
            "kind": "answer",
            "sender": "XB-FIU",
            "recipient": "XA-FIU",
            "replies_to": OPENING,
            "caveats": [CAVEATS | {"origin": "XB-FIU"}],
            "body": ANSWER,
        },
    ),
    ("a control message", CONTROL),
]
WRONG_MESSAGES: list[Wrong] = [
    ("no version", "v", GONE, "schema"),
    ("a version that is none", "v", 2, "schema"),
    ("a field that is not known", "unknown", 1, "schema"),
    ("an id of another version", "id", "6f6d9c1e-6f0b-1c57-9a0e-2f3f0f7c1b01", "schema"),
    ("an id in capitals", "id", OPENING.upper(), "schema"),
    ("a kind that is none", "kind", "gossip", "rule"),
    ("a kind that is no word", "kind", "Request!", "schema"),
    ("to its own sender", "recipient", "XA-FIU", "rule"),
    ("no agreement", "agreement", GONE, "fits"),
    ("no service", "service", GONE, "fits"),
    ("no field", "field", GONE, "fits"),
    ("no purpose", "purpose", GONE, "fits"),
    ("a service that is none", "service", "spy", "schema"),
    ("null for what it replies to", "replies_to", None, "schema"),
    ("no caveats said", "caveats", GONE, "schema"),
    ("two caveats of one origin", "caveats.1", CAVEATS, "rule"),
    ("a caveat that allows no purpose", "caveats.0.purposes", [], "schema"),
    ("a caveat with a purpose twice", "caveats.0.purposes", ["intelligence"] * 2, "rule"),
    ("a caveat that consents twice", "caveats.0.consented", ["XC-FIU"] * 2, "rule"),
    ("a category twice", "categories.1", "accounts", "rule"),
    ("a caveat with a day that is none", "caveats.0.delete_by", "2026-02-30", "rule"),
    ("urgent as a number", "urgent", 0, "schema"),
    ("a body that is a text", "body", "x", "schema"),
    ("an empty thread", "thread", "", "schema"),
]
WRONG_CONTROL: list[Wrong] = [
    ("a control message under an agreement", "agreement", AGREEMENT.id, "rule"),
    ("a control message with a category", "categories.0", "identity", "rule"),
    ("a control message with caveats", "caveats.0", CAVEATS, "rule"),
]


def files() -> dict[str, Json]:
    """The two files."""
    from tests.protocol.vectors import rules

    by = "by: schema, the JSON Schema refuses it too; rule, only the page says so"
    wrong = _fitting(cases(MESSAGE, WRONG_MESSAGES)) + cases(CONTROL, WRONG_CONTROL)
    return {
        "message/message.json": {
            "what": f"messages; {by}",
            "valid": [_valid(name, document) for name, document in MESSAGES],
            "refused": wrong,
        },
        "message/bodies.json": {
            "what": f"bodies by kind; {by}",
            "valid": [
                {"kind": kind, **_valid(name, body)} for kind, name, body in (*GOOD, *rules.GOOD)
            ],
            "refused": [
                {"kind": kind, **each}
                for kind, good, said in (
                    *((kind, _BODIES[kind], said) for kind, said in WRONG.items()),
                    *rules.WRONG,
                )
                for each in _fitting(cases(good, said))
            ]
            + [
                {"kind": "request", **each}
                for each in cases(
                    REQUEST | {"subjects": []},
                    [("about no subject, account or transfer", "transfers", [], "rule")],
                )
            ],
        },
    }


def _fitting(refused: list[Json]) -> list[Json]:
    """What may be left out of such a document, but not out of this one."""
    return [
        each | {"by": "rule", "ground": "wire.field"} if each["by"] == "fits" else each
        for each in refused
    ]


def _valid(name: str, document: Json) -> Json:
    made = canonical(document)
    return {"name": name, "document": document, "canonical_hex": made.hex(), "digest": digest(made)}
