"""Payment messages brought into a ledger: what goes in, what is named, what changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pytest

from taawun.errors import Problem
from taawun.ledger.problems import problems_of
from taawun.ledger.readers import format_of
from taawun.ledger.schema import ACCOUNTS, TRANSFERS
from taawun.ledger.writers.pacs008 import write_pacs008
from tests.ledger.books import START, Ledger
from tests.ledger.iso20022.families import back, camt053, details, entry, pacs004, pacs007, valid
from tests.ledger.iso20022.messages import document, transaction

UETR = "00000000-0000-4000-8000-{:012d}"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "home")


def file(folder: Path, text: str | bytes, name: str = "f.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def wrong(ledger: Ledger) -> list[Problem]:
    return problems_of(ledger.store, ledger.home).first(None)


def written(folder: Path, count: int, **how: int) -> Path:
    """A file of made transfers."""
    accounts = [valid(f"XA00BANK{each:014}") for each in range(7)]
    rows = [
        {
            "transfer": str(UUID(int=each << 80, version=4)),
            "at": START + timedelta(minutes=each),
            "source": accounts[each % 7],
            "target": accounts[(each + 1 + each % 5) % 7],
            "source_bank": "BANKXAXX",
            "target_bank": "BNKBXAXX",
            "source_country": "XA",
            "target_country": "XA",
            "amount": 100 + each,
            "currency": "USD",
        }
        for each in range(count)
    ]
    holders = [{"account": each, "holder": f"Holder {each}"} for each in accounts]
    transfers = pa.Table.from_pylist(rows, schema=TRANSFERS)
    path = folder / "week.xml"
    write_pacs008(path, transfers, pa.Table.from_pylist(holders, schema=ACCOUNTS), **how)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("together", [1, 40])
def test_a_file_goes_in_once(together: int, ledger: Ledger, tmp_path: Path) -> None:
    week = written(tmp_path, 100, per_message=together)
    assert format_of(str(week)) == "iso20022"
    arrived = ledger.bring(week)
    assert (arrived.format, arrived.counts.rows, arrived.counts.transfers) == ("iso20022", 100, 100)
    assert (arrived.counts.bad, arrived.counts.problems, arrived.counts.accounts) == (0, 0, 7)
    before = ledger.told()
    again = ledger.bring(week, format="iso20022")
    assert again.again
    assert ledger.told() == before


def test_the_same_messages_in_a_zip_are_repeats(ledger: Ledger, tmp_path: Path) -> None:
    week = written(tmp_path, 100)
    ledger.bring(week)
    before = ledger.told()
    with ZipFile(tmp_path / "week.zip", "w", ZIP_DEFLATED) as archive:
        archive.write(week, "a/week.xml")
        archive.writestr("cut.xml", document(transaction(1), transaction(2))[:-300])
    arrived = ledger.bring(tmp_path / "week.zip")
    assert (arrived.counts.repeats, arrived.counts.transfers) == (100, 1)
    assert [(each.code, each.file) for each in wrong(ledger)] == [
        ("payments.file_cut", "week.zip/cut.xml")
    ]
    assert len(ledger.told()) == len(before) + 1


def test_one_reference_with_two_amounts_is_named_and_the_first_stays(
    ledger: Ledger, tmp_path: Path
) -> None:
    text = document(transaction(1), transaction(1, amount="13.00"), transaction(2))
    arrived = ledger.bring(file(tmp_path, text))
    assert (arrived.counts.transfers, arrived.counts.conflicts) == (2, 1)
    assert [each[4] for each in ledger.told()] == [1250, 1250]
    (problem,) = wrong(ledger)
    assert (problem.file, problem.line, problem.field) == ("f.xml", 4, UETR.format(1))
    assert "13.00 USD" in problem.got
    assert "12.50 USD" in problem.expected


@pytest.mark.parametrize("returned", ["pacs.004", "pacs.007"])
def test_what_is_returned_does_not_count(returned: str, ledger: Ledger, tmp_path: Path) -> None:
    """By the UETR, whichever of the two comes first, and however it came."""
    named = f"<OrgnlUETR>{UETR.format(1)}</OrgnlUETR>"
    text = {
        "pacs.004": pacs004(back("Rtr", 1, named)),
        "pacs.007": pacs007(back("Rvsl", 1, named)),
    }[returned]
    ledger.bring(file(tmp_path, text, "back.xml"))
    ledger.bring(file(tmp_path, document(transaction(1), transaction(2))))
    assert [each[0] for each in ledger.told()] == [UETR.format(2)]


def test_a_statement_and_the_entry_that_takes_one_back(ledger: Ledger, tmp_path: Path) -> None:
    reversed_ = "<RvslInd>true</RvslInd>"
    left = details(1, direction="DBIT")
    text = camt053(
        entry(details(1)), entry(details(2)), entry(left, "DBIT", more=reversed_, reference="N2")
    )
    arrived = ledger.bring(file(tmp_path, text))
    assert (arrived.counts.transfers, arrived.counts.reversals) == (2, 1)
    assert [each[0][-1] for each in ledger.told()] == ["2"]


BAD = {
    "negative": (transaction(2, amount="-5"), "ledger.amount.negative", "IntrBkSttlmAmt", "-5"),
    "zero": (transaction(2, amount="0.00"), "ledger.amount.zero", "IntrBkSttlmAmt", "0.00"),
    "huge": (
        transaction(2, amount="9" * 17),
        "ledger.amount.too_large",
        "IntrBkSttlmAmt",
        "9" * 17,
    ),
    "no number": (
        transaction(2, amount="1,5"),
        "ledger.amount.no_number",
        "IntrBkSttlmAmt",
        "1,5",
    ),
    "currency": (
        transaction(2).replace('"USD"', '"QQQ"'),
        "payments.currency_unknown",
        "IntrBkSttlmAmt",
        "QQQ",
    ),
    "day": (
        transaction(2).replace("2026-03-01", "2026-02-30"),
        "payments.time_impossible",
        "IntrBkSttlmDt",
        "2026-02-30",
    ),
    "hour": (
        transaction(2, "<SttlmTmIndctn><DbtDtTm>2026-03-01T25:00:00Z</DbtDtTm></SttlmTmIndctn>"),
        "payments.time_impossible",
        "SttlmTmIndctn/DbtDtTm",
        "2026-03-01T25:00:00Z",
    ),
    "long ago": (
        transaction(2).replace("2026-03-01", "1426-03-01"),
        "payments.time_impossible",
        "IntrBkSttlmDt",
        "1426-03-01",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_value_that_cannot_be_costs_its_transfer_only(
    case: str, ledger: Ledger, tmp_path: Path
) -> None:
    bad, code, field, got = BAD[case]
    arrived = ledger.bring(file(tmp_path, document(transaction(1), bad, transaction(3))))
    assert (arrived.counts.transfers, arrived.counts.bad, arrived.counts.rows) == (2, 1, 3)
    (problem,) = wrong(ledger)
    where = f"FIToFICstmrCdtTrf/CdtTrfTxInf/{field}"
    assert (problem.code, problem.file, problem.line) == (code, "f.xml", 4)
    assert (problem.field, problem.got) == (where, got)


def test_a_file_of_other_bytes_than_it_declares(ledger: Ledger, tmp_path: Path) -> None:
    """Two documents, the second in another encoding than the first: one transfer is lost."""
    good, other = document(transaction(1)), document(transaction(2), transaction(3))
    mixed = good.encode() + other.replace("محمد علي", "بدر").encode("windows-1256")
    arrived = ledger.bring(file(tmp_path, mixed))
    assert arrived.counts.transfers == 1
    assert arrived.counts.bad == 2
    assert {(each.code, each.file) for each in wrong(ledger)} == {("payments.xml_broken", "f.xml")}
    assert all(each.line for each in wrong(ledger))


def test_utf16_is_told_from_its_first_bytes(ledger: Ledger, tmp_path: Path) -> None:
    text = document(transaction(1)).replace("UTF-8", "UTF-16").encode("utf-16")
    arrived = ledger.bring(file(tmp_path, text))
    assert (arrived.format, arrived.counts.transfers) == ("iso20022", 1)
    assert arrived.counts.problems == 0


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY x SYSTEM "file:///etc/hostname">]>'
)


def test_a_document_with_entities_is_refused_and_the_next_goes_in(
    ledger: Ledger, tmp_path: Path
) -> None:
    refused = BOMB + document(transaction(1, name="&b;&x;")).partition("?>\n")[2]
    arrived = ledger.bring(file(tmp_path, refused + document(transaction(2))))
    assert [each[0] for each in ledger.told()] == [UETR.format(2)]
    (problem,) = wrong(ledger)
    assert (problem.code, problem.file, problem.line) == ("payments.xml_broken", "f.xml", 1)
    assert "DOCTYPE" in problem.got
    assert arrived.counts.problems == 1
