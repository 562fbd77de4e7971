"""What an officer writes in short is what the body has in full."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.requests.bodies.answer import Answer
from taawun.cooperation.requests.bodies.onward import OnwardRequest
from taawun.cooperation.requests.bodies.request import Request
from taawun.cooperation.wire import Document
from taawun.desk.letters import Letter, script_of
from taawun.ledger.money import decimals, spelled
from tests.cooperation import exchanged

PDF = b"%PDF-1.7 made up"
LETTER = Letter("ar", lambda name: PDF)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Request, exchanged.REQUEST),
        (Answer, exchanged.ANSWER),
        (Answer, exchanged.PARTIAL),
        (OnwardRequest, exchanged.ONWARD_REQUEST),
    ],
)
def test_what_is_written_in_full_stays_as_it_is(kind: type[Document], body: Any) -> None:
    assert LETTER.filled(kind, body) == body


def test_short_forms_are_written_out() -> None:
    said = {
        "title": "طلب",
        "subjects": [{"names": ["محمد الكندي", "Mohammed Al Kindi"], "accounts": ["ae07 0331"]}],
        "transfers": [{"amount": "1,250.5 KWD"}],
        "sought": [{"category": "accounts", "what": "من فتحها"}, {"category": "identity"}],
        "urgency": {"needed_by": "2026-12-01T09:00", "reason": "x"},
    }
    made = LETTER.filled(Request, said)
    assert made["title"] == {"lang": "ar", "text": "طلب"}
    subject = made["subjects"][0]
    assert [(each["script"], each["kind"]) for each in subject["names"]] == [
        ("Arab", "main"),
        ("Latn", "alias"),
    ]
    assert (subject["accounts"], subject["births"]) == ([{"iban": "AE070331"}], [])
    assert made["transfers"][0]["amount"] == {"minor": 1_250_500, "currency": "KWD"}
    assert [each["number"] for each in made["sought"]] == [1, 2]
    assert made["urgency"]["needed_by"] == "2026-12-01T09:00:00.000000Z"
    assert made["recipients"] == made["origins"] == []


@pytest.mark.parametrize(
    ("kind", "said", "number"),
    [
        ("imo", "IMO 9074729", "9074729"),
        ("lei", "5493 001k jtii gc8y 1r12", "5493001KJTIIGC8Y1R12"),
        ("passport", "X 123", "X 123"),
    ],
)
def test_a_number_with_check_digits_is_spelt_as_its_standard_spells_it(
    kind: str, said: str, number: str
) -> None:
    subject = {"identifiers": [{"kind": kind, "number": said}]}
    made = LETTER.filled(Request, {"subjects": [subject]})
    assert made["subjects"][0]["identifiers"] == [{"kind": kind, "number": number}]


def test_a_file_is_attached_with_its_bytes() -> None:
    item = {"attachments": [{"file": "papers/كشف.pdf"}]}
    made = LETTER.filled(Answer, {"items": [item]})["items"][0]["attachments"][0]
    assert (made["name"], made["media"]) == ("كشف.pdf", "application/pdf")
    assert base64.b64decode(made["content"]) == PDF
    assert made["sha256"] == hashlib.sha256(PDF).hexdigest()


@given(st.integers(1, 10**15), st.sampled_from(["AED", "KWD", "JPY", "EUR"]))
def test_amounts_are_read_as_they_are_spelled(minor: int, currency: str) -> None:
    said = {"transfers": [{"amount": spelled(minor, currency)}]}
    made = LETTER.filled(Request, said)["transfers"][0]["amount"]
    assert made == {"minor": minor, "currency": currency}


@pytest.mark.parametrize(
    "said", ["12.345 EUR", "12 XXQ", "-5 EUR", "EUR", "1e3 EUR", "5EURO", f"{10**17} EUR"]
)
def test_what_is_no_amount_stays_for_the_body_to_refuse(said: str) -> None:
    made = LETTER.filled(Request, {"transfers": [{"amount": said}]})
    assert made["transfers"][0]["amount"] == said


@pytest.mark.parametrize(
    ("text", "script"),
    [("محمد", "Arab"), ("Müller", "Latn"), ("Иван", "Cyrl"), ("王伟", "Hani"), ("123", "Zyyy")],
)
def test_a_names_script_is_seen(text: str, script: str) -> None:
    assert script_of(text) == script


def test_the_currencies_of_the_test_have_different_decimals() -> None:
    assert [decimals(each) for each in ("AED", "KWD", "JPY")] == [2, 3, 0]
