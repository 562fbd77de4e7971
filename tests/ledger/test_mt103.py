"""MT103 and MT202: each column, and what goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from taawun.errors import Problem
from taawun.ledger.readers import format_of
from taawun.ledger.readers.mt103 import read
from tests.ledger.iso20022.families import valid

UETR = "22222222-2222-4222-8222-{:012d}"
MINE = valid("XA00BANK0000000000000005")
BODY = f"""\
:20:REF1
:23B:CRED
:32A:260301USD1234,5
:33B:USD1234,50
:50K:/{MINE}
ALI HASSAN
STREET 1
:59:/12345678
BADR LLC
CITY
:70:/INV/77
RENT MARCH
:71A:SHA
"""
BANKS = """\
:20:REF3
:21:REL
:32A:260301JPY900,
:52A:DEBTXCXX
:53A:CORAXAXX
:57A:CORBXBXX
:58A:/999
CREDXEXX
"""
CUSTOMERS = """\
:50K:/XC39BANK0000000000000001
OLA CO
:52A:ORDRXCXX
:57A:BENBXEXX
:59:/778
NOUR
:70:GOODS
:33B:JPY900,
"""


def message(body: str, number: int = 1, kind: str = "103") -> str:
    uetr = f"{{3:{{121:{UETR.format(number)}}}}}" if number else ""
    return (
        f"{{1:F01SENDXAXXAXXX0000000000}}{{2:I{kind}RECVXBXXXXXXN}}{uetr}{{4:\n"
        f"{body}-}}{{5:{{CHK:0123456789AB}}}}"
    )


def said(folder: Path, *messages: str | bytes) -> tuple[list[dict[str, Any]], list[Problem], int]:
    """What a file of these says, what is null left out; its problems; how many were looked at."""
    octets = [each if isinstance(each, bytes) else each.encode() for each in messages]
    file = folder / "week.fin"
    file.write_bytes(b"\r\n".join(each.replace(b"\n", b"\r\n") for each in octets))
    batches = list(read(str(file)))
    rows = [row for each in batches for row in each.table.to_pylist()]
    problems = [problem for each in batches for problem in each.problems]
    looked = sum(each.rows for each in batches)
    return [{k: v for k, v in row.items() if v is not None} for row in rows], problems, looked


def codes(problems: list[Problem]) -> list[tuple[str, int | None, str, str]]:
    return [(each.code, each.line, each.field, each.got) for each in problems]


def test_a_customers_transfer_in_columns(tmp_path: Path) -> None:
    (row,), problems, _ = said(tmp_path, message(BODY))
    assert problems == []
    assert row == {
        "transfer": UETR.format(1),
        "at": datetime(2026, 3, 1, tzinfo=UTC),
        "source": MINE,
        "target": "RECVXBXX-12345678",
        "source_bank": "SENDXAXX",
        "target_bank": "RECVXBXX",
        "source_country": "XA",
        "target_country": "XB",
        "amount": 123_450,
        "currency": "USD",
        "channel": "wire",
        "purpose": "/INV/77 RENT MARCH",
        "source_holder": "ALI HASSAN",
        "target_holder": "BADR LLC",
        "act": "booked",
        "line": 2,
    }


STRUCTURED = f"""\
:20:REF2
:32A:260301KWD7,125
:50F:/{MINE}
1/ALI
1/HASSAN
2/STREET
3/XA/CITY
:52A:ORDRXCXX
:57D://FW021000021
BANK NAME
:59F:/777
1/BADR
3/XD/TOWN
"""


def test_structured_parties_and_banks_by_number(tmp_path: Path) -> None:
    (row,), problems, _ = said(tmp_path, message(STRUCTURED, 0))
    assert problems == []
    assert row["transfer"] == "SENDXAXX/REF2"
    assert (row["amount"], row["currency"]) == (7125, "KWD")
    assert (row["source_holder"], row["target_holder"]) == ("ALI HASSAN", "BADR")
    assert (row["source_bank"], row["target_bank"]) == ("ORDRXCXX", "FW:021000021")
    assert (row["target"], row["target_country"]) == ("FW:021000021-777", "XD")


def test_a_party_by_its_document_and_a_company_by_its_bic(tmp_path: Path) -> None:
    body = BODY.replace(f":50K:/{MINE}\nALI HASSAN", ":50F:CCPT/XA/P998\n1/ALI HASSAN")
    body = body.replace(":59:/12345678\nBADR LLC\nCITY\n", ":59A:/777\nBADRXDXX\n")
    (row,), problems, _ = said(tmp_path, message(body))
    assert codes(problems) == [("payments.account_missing", 6, "50a", "SENDXAXX-~P998")]
    assert (row["source"], row["source_identifier"]) == ("SENDXAXX-~P998", "P998")
    assert (row["target"], row["target_identifier"]) == ("RECVXBXX-777", "BADRXDXX")


def test_what_a_bank_received_has_its_sender_in_its_header(tmp_path: Path) -> None:
    text = message(BODY).replace(
        "{2:I103RECVXBXXXXXXN}", "{2:O1030900260301SNDRXZXXAXXX00000000002603010900N}"
    )
    (row,), problems, _ = said(tmp_path, text)
    assert problems == []
    assert (row["source_bank"], row["target_bank"]) == ("SNDRXZXX", "SENDXAXX")


def test_banks_are_the_parties_of_an_mt202(tmp_path: Path) -> None:
    short = ":20:REF5\n:21:REL\n:32A:260301JPY900,\n:58A:CREDXEXX\n"
    (full, bare), problems, _ = said(tmp_path, message(BANKS, 1, "202"), message(short, 2, "202"))
    assert problems == []
    assert (full["source"], full["target"]) == ("DEBTXCXX", "CREDXEXX-999")
    assert (full["source_country"], full["target_country"]) == ("XC", "XE")
    assert (full["amount"], full["currency"]) == (900, "JPY")
    assert (bare["source"], bare["target"]) == ("SENDXAXX", "CREDXEXX")


def test_customers_behind_a_cover_are_the_parties(tmp_path: Path) -> None:
    iban = valid("XC00BANK0000000000000001")
    text = message(BANKS + CUSTOMERS, 1, "202").replace("XC39BANK0000000000000001", iban)
    (row,), problems, _ = said(tmp_path, text.replace("{3:{", "{3:{119:COV}{"))
    assert problems == []
    assert (row["source"], row["target"]) == (iban, "BENBXEXX-778")
    assert (row["source_bank"], row["target_bank"]) == ("ORDRXCXX", "BENBXEXX")
    assert (row["source_holder"], row["target_holder"]) == ("OLA CO", "NOUR")
    assert row["purpose"] == "GOODS"


CREDITOR = ":59:/12345678\nBADR LLC\nCITY\n"
HUGE = "9" * 15
WRONG = {
    "no such day": (("260301", "260231"), ("payments.time_impossible", 4, "32A", "2026-02-31")),
    "no such currency": (("USD1234,5", "QQQ1,"), ("payments.currency_unknown", 4, "32A", "QQQ")),
    "nothing": (("1234,5\n", "0,\n"), ("ledger.amount.zero", 4, "32A", "0")),
    "negative": (("1234,5\n", "-5,\n"), ("payments.tag_unreadable", 4, "32A", "260301USD-5,")),
    "huge": (("1234,5\n", f"{HUGE},\n"), ("ledger.amount.too_large", 4, "32A", HUGE)),
    "too exact": (("1234,5\n", "1,555\n"), ("ledger.amount.too_exact", 4, "32A", "1.555")),
    "no figure": (("1234,5\n", "12X\n"), ("payments.tag_unreadable", 4, "32A", "260301USD12X")),
    "no creditor": ((CREDITOR, ""), ("payments.tag_missing", 2, "59a", "")),
    "no reference": ((":20:REF1\n", ""), ("payments.tag_missing", 2, "20", "")),
    "twice": ((":71A:", ":20:again\n:71A:"), ("payments.field_repeated", 14, "20", "again")),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_one_wrong_message_costs_itself_only(case: str, tmp_path: Path) -> None:
    (old, new), expected = WRONG[case]
    assert old in BODY
    code, line, field, got = expected
    bad = message(BODY.replace(old, new, 1), 2)
    rows, problems, looked = said(tmp_path, message(BODY), bad, message(BODY, 3))
    assert [each["transfer"] for each in rows] == [UETR.format(1), UETR.format(3)]
    assert codes(problems) == [(code, line and line + 15, field, got)]
    assert problems[0].file == "week.fin"
    assert looked == 3


def test_what_is_odd_is_noted_and_goes_in(tmp_path: Path) -> None:
    odd = message(BODY + ":99Z:foo\n", 2).encode().replace(b"ALI", b"\xc5LI")
    wrong = MINE[:-1] + "6"
    rows, problems, _ = said(tmp_path, odd, message(BODY.replace(MINE, wrong), 3))
    assert [each["source_holder"] for each in rows] == ["ÅLI HASSAN", "ALI HASSAN"]
    assert sorted(codes(problems)) == [
        ("payments.field_unknown", 15, "99Z", "foo"),
        ("payments.iban_check", 22, "50a", wrong),
        ("payments.swift_characters", 1, "4", "Å"),
    ]


def test_other_kinds_are_named_once(tmp_path: Path) -> None:
    other = message(BODY, 2, "940")
    rows, problems, looked = said(tmp_path, other, message(BODY), other)
    assert (len(rows), looked) == (1, 3)
    assert codes(problems) == [("payments.message_unknown", 1, "2", "940")]


@pytest.mark.parametrize("kept", [30, 110, 200, 250])
def test_a_file_that_ends_in_a_message(kept: int, tmp_path: Path) -> None:
    """Wherever it ends, the message before goes in, and the one that is cut does not."""
    rows, problems, looked = said(tmp_path, message(BODY), message(BODY, 2)[:kept])
    assert [each["transfer"] for each in rows] == [UETR.format(1)]
    assert looked == 2
    assert problems
    assert {each.file for each in problems} == {"week.fin"}


@pytest.mark.parametrize(
    "begins", ["{2:I103RECVXBXXXXXXN}{4:\n", "{4:\n", ""], ids=["application", "text", "bare"]
)
def test_messages_without_headers(begins: str, tmp_path: Path) -> None:
    several = [f"{begins}{BODY.replace('REF1', each)}-}}" for each in ("A1", "A2", "A3")]
    rows, problems, _ = said(tmp_path, *several)
    assert [each["transfer"] for each in rows] == ["A1", "A2", "A3"]
    assert problems == []
    assert format_of(str(tmp_path / "week.fin")) == "mt103"


def test_a_dash_that_begins_a_line_ends_nothing(tmp_path: Path) -> None:
    (row,), problems, _ = said(tmp_path, message(BODY.replace("RENT MARCH", "- RENT")))
    assert (row["purpose"], problems) == ("/INV/77 - RENT", [])


def test_messages_in_a_zip(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.fin", message(BODY))
        archive.writestr("b.fin", message(BODY.replace("260301", "261301"), 2))
    batches = list(read(str(tmp_path / "z.zip")))
    assert sum(each.table.num_rows for each in batches) == 1
    assert [each.file for batch in batches for each in batch.problems] == ["z.zip/b.fin"]
