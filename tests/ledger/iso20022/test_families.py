"""Transfers between banks, returns, reversals and statements: each column, and what goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from taawun.errors import Problem
from tests.ledger.iso20022.families import (
    BANKS,
    CUSTOMERS,
    MINE,
    UETR,
    back,
    between_banks,
    camt053,
    details,
    entry,
    pacs004,
    pacs007,
    pacs009,
    valid,
)
from tests.ledger.iso20022.messages import read

Rows = list[dict[str, Any]]


def rows(text: str) -> tuple[Rows, list[Problem]]:
    """What is said, read both ways alike; what is null left out."""
    table, problems, looked = read(text)
    strict, noted, also = read(text, fast=False)
    assert (strict, looked) == (table, also)
    assert sorted(map(str, noted)) == sorted(map(str, problems))
    found = table.to_pylist()
    return [{k: v for k, v in row.items() if v is not None} for row in found], problems


def codes(problems: list[Problem]) -> list[tuple[str, int | None, str, str]]:
    assert {each.file for each in problems} <= {"f.xml"}
    return [(each.code, each.line, each.field, each.got) for each in problems]


def other(number: int) -> str:
    return valid(f"XB00BNKB00000000000000{number:02}")


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("pacs.009.001.08", pacs009(between_banks(1, BANKS), between_banks(2, BANKS, CUSTOMERS))),
        ("camt.053.001.08", camt053(entry(details(1)), entry(details(2) + details(3)), entry())),
        ("camt.053.001.08", camt053(entry(more="<RvslInd>true</RvslInd>"))),
    ],
)
def test_what_is_read_here_is_valid(schema: str, text: str, real_data: Path) -> None:
    found = etree.XMLSchema(file=str(real_data / "iso20022" / f"{schema}.xsd"))
    found.assertValid(etree.fromstring(text.encode()))


# Between banks


def test_banks_are_the_parties_of_a_pacs009() -> None:
    (row,), problems = rows(pacs009(between_banks(1, BANKS)))
    assert problems == []
    assert row == {
        "transfer": UETR.format(1),
        "at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "source": valid("XC00DEBT0000000000000001"),
        "target": "CREDXEXX001",
        "source_bank": "DEBTXCXX",
        "target_bank": "CORRXDXX",
        "source_country": "XC",
        "target_country": "XE",
        "amount": 1_500_250,
        "currency": "KWD",
        "channel": "wire",
        "purpose": "funding",
        "source_identifier": "DEBTXCXX",
        "target_identifier": "CREDXEXX001",
        "act": "booked",
        "line": 2,
    }


def test_customers_behind_a_cover_are_the_parties() -> None:
    (covers, plain), problems = rows(
        pacs009(between_banks(1, BANKS, CUSTOMERS), between_banks(2, BANKS))
    )
    assert problems == []
    assert covers["source"] == valid("XF00OLAS0000000000000002")
    assert covers["target"] == "NOURXGXX-778 9"
    assert (covers["source_bank"], covers["target_bank"]) == ("OLASXFXX", "NOURXGXX")
    assert (covers["source_country"], covers["target_country"]) == ("XF", "XG")
    assert (covers["source_holder"], covers["target_holder"]) == ("Ola & Co", "نور")
    assert covers["source_identifier"] == "529900T8BM49AURSDO55"
    assert "target_identifier" not in covers
    assert covers["purpose"] == "funding goods"
    assert plain["target"] == "CREDXEXX001"


def test_a_count_that_is_off_names_the_message_it_is_in() -> None:
    found, problems = rows(pacs009(between_banks(1, BANKS), count=4))
    assert len(found) == 1
    assert codes(problems) == [("payments.count_differs", 3, "FICdtTrf/GrpHdr/NbOfTxs", "4")]
    assert problems[0].expected == "1"


def test_an_iban_whose_check_digits_do_not_fit_is_noted_once_and_goes_in() -> None:
    right = valid("XC00DEBT0000000000000001")
    wrong = f"{right[:-1]}2"
    text = pacs009(*(between_banks(each, BANKS) for each in (1, 2))).replace(right, wrong)
    found, problems = rows(text)
    assert [each["source"] for each in found] == [wrong, wrong]
    path = "FICdtTrf/CdtTrfTxInf/DbtrAcct/Id/IBAN"
    assert codes(problems) == [("payments.iban_check", 2, path, wrong)]


# Returns and reversals


def test_a_return_takes_back_what_its_receiver_sent() -> None:
    named = f"<OrgnlUETR>{UETR.format(7)}</OrgnlUETR>"
    (row, other_row), problems = rows(pacs004(back("Rtr", 1), back("Rtr", 2, named)))
    assert problems == []
    assert row == {
        "transfer": "RECVXBXX/R1",
        "at": datetime(2026, 3, 5, tzinfo=UTC),
        "source": valid("XA00SEND0000000000000003"),
        "target": valid("XB00RECV0000000000000004"),
        "source_bank": "SENDXAXX",
        "target_bank": "RECVXBXX",
        "source_country": "XA",
        "target_country": "XB",
        "amount": 9850,
        "currency": "USD",
        "channel": "wire",
        "purpose": "rent",
        "source_holder": "Ali",
        "target_holder": "Badr",
        "act": "reversal",
        "original": "SENDXAXX/T1",
        "line": 2,
    }
    assert other_row["original"] == UETR.format(7)


def test_a_reversal_takes_back_what_its_sender_sent() -> None:
    (row,), problems = rows(pacs007(back("Rvsl", 1)))
    assert problems == []
    assert (row["transfer"], row["act"]) == ("SENDXAXX/R1", "reversal")
    assert (row["original"], row["amount"]) == ("SENDXAXX/T1", 9850)


def test_a_return_of_nothing_is_left_out() -> None:
    text = back("Rtr", 1).replace("<OrgnlTxId>T1</OrgnlTxId>", "")
    text = text.replace("<OrgnlEndToEndId>E1</OrgnlEndToEndId>", "")
    found, problems = rows(pacs004(text, back("Rtr", 2)))
    assert [each["transfer"] for each in found] == ["RECVXBXX/R2"]
    assert codes(problems) == [("payments.original_missing", 2, "PmtRtr/TxInf/OrgnlUETR", "")]


# Statements


def test_what_comes_to_the_account_and_what_leaves_it() -> None:
    leaves = entry(details(2, other="Cdtr", direction="DBIT"), "DBIT")
    (came, left), problems = rows(camt053(entry(details(1)), leaves))
    assert problems == []
    mine = valid(MINE)
    assert came == {
        "transfer": UETR.format(1),
        "at": datetime(2026, 3, 3, tzinfo=UTC),
        "source": other(1),
        "target": mine,
        "source_bank": "BNKBXBXX",
        "target_bank": "BANKXAXX",
        "source_country": "XB",
        "target_country": "XA",
        "amount": 25_000,
        "currency": "USD",
        "channel": "wire",
        "purpose": "invoice 1",
        "source_holder": "Party 1",
        "target_holder": "Owner",
        "act": "booked",
        "line": 2,
    }
    assert (left["source"], left["target"]) == (mine, other(2))
    assert (left["source_holder"], left["target_holder"]) == ("Owner", "Party 2")
    assert left["line"] == 3


def test_each_transaction_of_a_batch_entry_is_a_transfer() -> None:
    batch = entry(details(1, "100.00") + details(2, "150.00"))
    found, problems = rows(camt053(batch))
    assert problems == []
    assert [(each["source"], each["amount"]) for each in found] == [
        (other(1), 10_000),
        (other(2), 15_000),
    ]


def test_several_transactions_without_their_amounts_are_left_out_and_counted() -> None:
    lacks = details(1).replace('<Amt Ccy="USD">250.00</Amt>', "")
    text = camt053(entry(lacks + details(2, "150.00")))
    found, problems = rows(text)
    assert [each["transfer"] for each in found] == [UETR.format(2)]
    path = "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Amt"
    assert codes(problems) == [("payments.amount_missing", 2, path, "")]
    assert read(text)[2] == 2


def test_one_transaction_alone_has_the_amount_of_its_entry() -> None:
    lacks = details(1).replace('<Amt Ccy="USD">250.00</Amt>', "")
    (row,), problems = rows(camt053(entry(lacks)))
    assert problems == []
    assert (row["amount"], row["currency"]) == (25_000, "USD")


REVERSED = "<RvslInd>true</RvslInd>"


@pytest.mark.parametrize("named", ["Cdtr", "Dbtr"])
def test_a_reversal_has_the_roles_of_its_original(named: str) -> None:
    """Money that left comes back: whoever it went to is its creditor, even if the bank swapped."""
    (row,), problems = rows(camt053(entry(details(1, other=named), more=REVERSED)))
    assert problems == []
    assert (row["source"], row["target"]) == (valid(MINE), other(1))
    assert (row["act"], row["original"]) == ("reversal", UETR.format(1))
    assert row["transfer"] == f"BANKXAXX/{valid(MINE)}/ST7/N1"


def test_a_reversal_finds_its_original_by_the_number_of_the_transaction() -> None:
    numbered = details(1).replace(f"<UETR>{UETR.format(1)}</UETR>", "<TxId>T1</TxId>")
    booked = entry(numbered)
    left = numbered.replace("CRDT", "DBIT")
    taken_back = entry(left, "DBIT", more=REVERSED, reference="N2")
    (row, reversal), problems = rows(camt053(booked, taken_back))
    assert problems == []
    assert row["transfer"] == reversal["original"] == "BANKXAXX/T1"
    assert reversal["transfer"] != row["transfer"]
    assert (reversal["source"], reversal["target"]) == (row["source"], row["target"])


def test_an_entry_without_counterparty_has_the_accounts_own_unknown() -> None:
    paid_in = entry(code="PMNT CNTR CDPT", reference="N2")
    taken_out = entry(code="PMNT CNTR CWDL", direction="DBIT", reference="N3")
    found, problems = rows(camt053(entry(), paid_in, taken_out))
    mine = valid(MINE)
    assert [(each["source"], each["target"], each["channel"]) for each in found] == [
        (f"{mine}/unknown", mine, "wire"),
        (f"{mine}/cash", mine, "cash"),
        (mine, f"{mine}/cash", "cash"),
    ]
    path = "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/RltdPties"
    assert codes(problems) == [("payments.counterparty_unknown", 2, path, "")]


def test_entries_without_reference_are_told_apart_by_their_place() -> None:
    bare = entry().replace("<NtryRef>N1</NtryRef>", "")
    found, _ = rows(camt053(bare, bare, bare))
    assert [each["transfer"].rpartition("/")[2] for each in found] == ["1", "2", "3"]
    broken = bare.replace("</Amt>", "</Amr>")
    after, problems = rows(camt053(bare, broken, bare))
    assert [each["transfer"].rpartition("/")[2] for each in after] == ["1", "3"]
    assert "payments.xml_broken" in {each.code for each in problems}


def test_the_servicers_reference_numbers_the_transactions_of_its_entry() -> None:
    own = "<AcctSvcrRef>A9</AcctSvcrRef>"
    plain = (details(1, "100.00") + details(2, "150.00")).replace("<UETR>", "<InstrId>")
    batch = entry(plain.replace("</UETR>", "</InstrId>")).replace("<BkTxCd>", f"{own}<BkTxCd>", 1)
    found, _ = rows(camt053(batch))
    assert [each["transfer"] for each in found] == ["BANKXAXX/A9/1", "BANKXAXX/A9/2"]


def test_pending_entries_are_left_out_counted_and_noted_once() -> None:
    text = camt053(entry(status="PDNG"), entry(status="PDNG"), entry(details(3)))
    found, problems = rows(text)
    assert [each["transfer"] for each in found] == [UETR.format(3)]
    path = "BkToCstmrStmt/Stmt/Ntry/Sts"
    assert codes(problems) == [("payments.entry_not_booked", 2, path, "PDNG")]
    assert read(text)[2] == 3


def test_neither_credit_nor_debit_is_left_out() -> None:
    found, problems = rows(camt053(entry(details(1), "BOTH").replace("CRDT", "BOTH"), entry()))
    assert len(found) == 1
    path = "BkToCstmrStmt/Stmt/Ntry/CdtDbtInd"
    assert ("payments.direction", 2, path, "BOTH") in codes(problems)
