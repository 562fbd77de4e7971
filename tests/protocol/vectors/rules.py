"""More bodies for `message/bodies.json`: the rules of the page that no schema can say, one by one.

Bodies of `messages` in another shape each (a company, a vessel, a measure), and what is wrong with
them by the page alone.
"""

from __future__ import annotations

import base64
import hashlib

from tests.protocol.vectors.messages import (
    ACCOUNT,
    ANSWER,
    DECISION,
    DISCLOSURE,
    FREEZE,
    ITEM,
    OPENING,
    REQUEST,
    SUBJECT,
    TRANSFER,
    TYPOLOGY,
    Json,
    Wrong,
    passage,
)
from tests.protocol.vectors.wrong import GONE

LEI = "5493001KJTIIGC8Y1R12"
COMPANY: Json = SUBJECT | {
    "kind": "company",
    "names": [{"text": "Example Trading", "script": "Latn", "kind": "main"}],
    "births": [],
    "identifiers": [{"kind": "lei", "number": LEI}],
}
VESSEL: Json = COMPANY | {
    "kind": "vessel",
    "identifiers": [{"kind": "imo", "number": "9074729"}],
    "accounts": [],
}
NEW_IBAN = {"iban": "XA060331234567890123456"}
"""Of a country that stands in no register of IBANs yet; its check digits fit."""
WIRED: Json = {
    "on": "2026-02-14",
    "amount": {"minor": 125_000, "currency": "AED"},
    "target": ACCOUNT,
}
MEASURE: Json = {
    "kind": "freeze",
    "account": ACCOUNT,
    "taken_at": "2026-02-15T12:00:00.000000Z",
    "until": "2026-03-15T12:00:00.000000Z",
    "order": "XB/2026/6",
}
NOTHING_YET: Json = {k: v for k, v in ANSWER.items() if k != "items"} | {"items": []}
MEASURED: Json = NOTHING_YET | {"measures": [MEASURE]}
PARTIAL: Json = ANSWER | {
    "outcome": "partial",
    "lacking": [{"number": 2, "why": passage("The register is being asked.")}],
}
LATER: Json = NOTHING_YET | {"outcome": "interim", "expected_by": "2026-03-31"}
NEGATIVE: Json = NOTHING_YET | {"outcome": "negative"}
TEXT = "قيد,مبلغ\n1,5\n".encode()
TABLE: Json = {
    "name": "كشف.csv",
    "media": "text/csv",
    "sha256": hashlib.sha256(TEXT).hexdigest(),
    "content": base64.b64encode(TEXT).decode(),
}
REFUSED: Json = {k: v for k, v in DECISION.items() if k != "until"} | {
    "decision": "refused",
    "grounds": ["originator"],
    "reason": passage("It is not ours."),
}
COURT: Json = FREEZE | {"power": "court", "measure": "freeze", "accounts": [ACCOUNT]}
COURT = {k: v for k, v in COURT.items() if k != "confirmed_by"}
LIFT: Json = {k: v for k, v in COURT.items() if k != "until"} | {
    "stage": "lift",
    "follows": OPENING,
}


def _attached(attachment: Json) -> Json:
    return DISCLOSURE | {"items": [DISCLOSURE["items"][0] | {"attachments": [attachment]}]}


def _file(content: bytes, **said: str) -> Json:
    digest, text = hashlib.sha256(content).hexdigest(), base64.b64encode(content).decode()
    return TABLE | {"sha256": digest, "content": text} | said


GOOD: list[tuple[str, str, Json]] = [
    ("request", "about a company, by its LEI", REQUEST | {"subjects": [COMPANY]}),
    ("request", "about a vessel, by its IMO number", REQUEST | {"subjects": [VESSEL]}),
    (
        "request",
        "about a company, by the IMO number that companies have",
        REQUEST | {"subjects": [COMPANY | {"identifiers": [{"kind": "imo", "number": "0116133"}]}]},
    ),
    (
        "request",
        "an IBAN of a country that had none so far",
        REQUEST | {"accounts": [NEW_IBAN]},
    ),
    (
        "request",
        "an account by its number and its institution",
        REQUEST | {"accounts": [{"number": "12-34", "institution": "A bank of Alpha"}]},
    ),
    ("request", "a transfer by day, amount and account", REQUEST | {"transfers": [WIRED]}),
    (
        "request",
        "born, of one of whom nothing else is known",
        REQUEST | {"subjects": [SUBJECT | {"kind": "unknown"}]},
    ),
    ("request", "two subjects alike", REQUEST | {"subjects": [SUBJECT, SUBJECT]}),
    ("request", "two lines with a tab", REQUEST | {"facts": passage("one\n\ttwo")}),
    ("answer", "a measure that was taken", MEASURED),
    ("disclosure", "with a table", _attached(TABLE)),
    ("freeze_request", "a court's measure, to be lifted", LIFT),
    (
        "typology",
        "with letters and digits that are no IBAN",
        TYPOLOGY | {"seen": "AE080331234567890123456"},
    ),
]
_LACKING = PARTIAL["lacking"]
_confirmed_by_itself: Json = LIFT | {
    "stage": "confirm",
    "power": "fiu",
    "until": "2026-03-15T12:00:00.000000Z",
}
NOBODY: Json = SUBJECT | {"names": [], "identifiers": [], "accounts": []}
WRONG: list[tuple[str, Json, list[Wrong]]] = [
    (
        "request",
        REQUEST,
        [
            ("a control character in a text", "facts.text", "a\u0007b", "schema"),
            ("a line feed in a line", "reference", "XA\n17", "schema"),
            ("a birth in the year nought", "subjects.0.births.0", "0000", "rule"),
            ("a birth in a month that is none", "subjects.0.births.0", "1978-13", "rule"),
            ("a name twice", "subjects.0.names.2", SUBJECT["names"][0], "rule"),
            ("a country twice", "subjects.0.countries.1", "XA", "rule"),
            ("a use twice", "uses.1", "intelligence", "rule"),
            ("a transfer twice", "transfers.1", TRANSFER, "rule"),
            ("a subject told by nothing", "subjects.0", NOBODY, "rule"),
            ("an account by its number alone", "accounts.0", {"number": "12-34"}, "rule"),
            (
                "a transfer without an account",
                "transfers.0",
                {"on": "2026-02-14", "amount": WIRED["amount"]},
                "rule",
            ),
        ],
    ),
    (
        "request",
        REQUEST | {"subjects": [COMPANY]},
        [
            ("an LEI in small letters", "subjects.0.identifiers.0.number", LEI.lower(), "rule"),
            ("an LEI with spaces", "subjects.0.identifiers.0.number", f" {LEI}", "rule"),
            (
                "an LEI whose check digits do not fit",
                "subjects.0.identifiers.0.number",
                "5493001KJTIIGC8Y1R13",
                "rule",
            ),
        ],
    ),
    (
        "request",
        REQUEST | {"subjects": [VESSEL]},
        [
            (
                "an IMO number with its letters",
                "subjects.0.identifiers.0.number",
                "IMO 9074729",
                "rule",
            ),
            (
                "an IMO number whose check digit does not fit",
                "subjects.0.identifiers.0.number",
                "9074728",
                "rule",
            ),
            (
                "an IMO number in Arabic digits",
                "subjects.0.identifiers.0.number",
                "٩٠٧٤٧٢٩",
                "rule",
            ),
        ],
    ),
    ("answer", ANSWER, [("in full, with something lacking", "lacking", _LACKING, "rule")]),
    (
        "answer",
        PARTIAL,
        [
            ("in part, with nothing lacking", "lacking", [], "rule"),
            ("in part, with nothing given", "items", [], "rule"),
            ("a number lacking twice", "lacking.1", _LACKING[0], "rule"),
        ],
    ),
    ("answer", LATER, [("later, with something lacking", "lacking", _LACKING, "rule")]),
    (
        "answer",
        NEGATIVE,
        [
            ("nothing known, with an item", "items", [ITEM], "rule"),
            ("nothing known, with something lacking", "lacking", _LACKING, "rule"),
        ],
    ),
    (
        "answer",
        MEASURED,
        [
            ("a measure on nothing", "measures.0.account", GONE, "fits"),
            ("a measure on two things", "measures.0.transfer", TRANSFER, "rule"),
            (
                "a measure that ends as it begins",
                "measures.0.until",
                MEASURE["taken_at"],
                "rule",
            ),
        ],
    ),
    (
        "disclosure",
        _attached(TABLE),
        [
            (
                "an attachment whose text is not UTF-8",
                "items.0.attachments.0",
                _file(b"\xff"),
                "rule",
            ),
            ("an attachment with a NUL", "items.0.attachments.0", _file(b"a\0"), "rule"),
            (
                "an attachment whose name begins with a point",
                "items.0.attachments.0.name",
                ".csv",
                "rule",
            ),
            (
                "an attachment with bits to spare",
                "items.0.attachments.0",
                _file(b"a") | {"content": "YR=="},
                "rule",
            ),
            (
                "an attachment without its padding",
                "items.0.attachments.0",
                _file(b"a") | {"content": "YQ"},
                "rule",
            ),
        ],
    ),
    (
        "onward_decision",
        REFUSED,
        [
            ("refused without a reason", "reason", GONE, "fits"),
            ("refused until a day", "until", "2026-12-31", "rule"),
            ("refused on conditions", "conditions", passage("Ask again."), "rule"),
            ("refused for others", "speaks_for", ["XC-FIU"], "rule"),
            ("on a ground that refuses no consent", "grounds.0", "dual_criminality", "rule"),
        ],
    ),
    (
        "freeze_request",
        FREEZE,
        [
            ("a first stage that follows", "follows", OPENING, "rule"),
            (
                "about no subject, account or transfer",
                "",
                FREEZE | {"measure": "freeze", "transfers": []},
                "rule",
            ),
        ],
    ),
    (
        "freeze_request",
        LIFT,
        [
            ("to lift, until a day", "until", "2026-03-15T12:00:00.000000Z", "rule"),
            ("to lift what is not named", "follows", GONE, "fits"),
            ("to confirm on the power of an FIU", "", _confirmed_by_itself, "rule"),
        ],
    ),
    (
        "typology",
        TYPOLOGY,
        [
            ("with an IBAN of somebody", "seen", "AE07 0331 2345 6789 0123 456", "rule"),
            (
                "with an IBAN among other letters",
                "description.0.text",
                "from AE070331234567890123456X on",
                "rule",
            ),
        ],
    ),
]
