"""Bad input through the command line: named, counted, nothing lost.

Every row that is read is a transfer, a repeat, a conflict, a reversal or not usable; what is wrong
has a problem with a code. A file that cannot be read as what it claims to be changes nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taawun.cli.app import main
from taawun.ledger.schema import AT
from tests.ledger.iso20022.messages import document, transaction

HEAD = "transfer,at,source,target,amount,currency,act,original\n"
GOOD = "1,2026-01-01,A,B,1.50,USD,,\n"
MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """A file, and what is said of it: problems by code, counts, how the command ends."""

    name: str
    content: str | bytes
    codes: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    status: int = 1


def moves(*rows: str) -> str:
    return HEAD + GOOD + "".join(f"{row}\n" for row in rows)


UNCLOSED = document(transaction(1), transaction(2))[:-400]
OTHER = document(transaction(1)).replace("pacs.008.001", "pain.001.001")
CASES = {
    "nothing wrong": Case("a.csv", moves(), {}, {"transfers": 1}, 0),
    "truncated XML": Case("a.xml", UNCLOSED, {"payments.file_cut": 1}, {"rows": 1, "transfers": 1}),
    "a wrong namespace": Case(
        "a.xml",
        OTHER + document(transaction(2)),
        {"payments.namespace_unknown": 1},
        {"transfers": 1},
    ),
    "bytes of another encoding in XML": Case(
        "a.xml",
        document(transaction(1), transaction(2)).encode().replace(b"E2<", b"E\xe32<"),
        {"payments.xml_broken": 1},
        {"rows": 2, "transfers": 1, "bad": 1},
    ),
    "mixed encodings": Case(
        "a.csv",
        moves("2,2026-01-01,محل,B,1,USD,,").encode()
        + "3,2026-01-01,محل,B,1,USD,,\n".encode("cp1256"),
        {"ledger.row.encoding": 1},
        {"rows": 3, "transfers": 2, "bad": 1},
    ),
    "negative amounts": Case(
        "a.csv",
        moves("2,2026-01-01,A,B,-1,USD,,", "3,2026-01-01,A,B,-0.01,USD,,"),
        {"ledger.amount.negative": 2},
        {"rows": 3, "transfers": 1, "bad": 2},
    ),
    "huge amounts": Case(
        "a.csv",
        moves(f"2,2026-01-01,A,B,{'9' * 30},USD,,", f"3,2026-01-01,A,B,{10**13},USD,,"),
        {"ledger.amount.too_large": 1},
        {"rows": 3, "transfers": 2, "bad": 1},
    ),
    "unknown currencies": Case(
        "a.csv",
        moves("2,2026-01-01,A,B,1,QQQ,,", "3,2026-01-01,A,B,1,,,"),
        {"ledger.row.currency": 2},
        {"rows": 3, "transfers": 1, "bad": 2},
    ),
    "times no clock shows": Case(
        "a.csv",
        moves("2,2026-02-30,A,B,1,USD,,", "3,2026-01-01T25:00:00,A,B,1,USD,,"),
        {"ledger.row.time": 2},
        {"rows": 3, "transfers": 1, "bad": 2},
    ),
    "times that cannot be": Case(
        "a.csv",
        moves("2,1969-12-31,A,B,1,USD,,", "3,2999-01-01,A,B,1,USD,,"),
        {"ledger.row.clock": 2},
        {"rows": 3, "transfers": 1, "bad": 2},
    ),
    "to oneself": Case(
        "a.csv", moves("2,2026-01-01,A,A,1,USD,,"), {}, {"transfers": 2, "to_self": 1}, 0
    ),
    "one reference, two amounts": Case(
        "a.csv",
        moves("1,2026-01-01,A,B,2.50,USD,,", "1,2026-01-02,A,B,1.50,USD,,"),
        {"ledger.conflict": 1},
        {"rows": 3, "transfers": 1, "conflicts": 1, "repeats": 1},
    ),
    "a reversal of another amount": Case(
        "a.csv",
        moves("r,2026-01-02,A,B,1.40,USD,reversal,1"),
        {"ledger.reversal.amount": 1},
        {"rows": 2, "transfers": 1, "reversals": 1},
    ),
    "several faults at once": Case(
        "a.csv",
        moves("2,2026-02-30,A,B,-1,QQQ,,", ",2026-01-01,,B,1,USD,,"),
        {
            "ledger.row.time": 1,
            "ledger.amount.negative": 1,
            "ledger.row.currency": 1,
            "ledger.row.empty": 1,
        },
        {"rows": 3, "transfers": 1, "bad": 2},
    ),
}


def run(capfd: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["ledger", *args])
    out, err = capfd.readouterr()
    return int(ended.value.code or 0), out, err


def brought(capfd: pytest.CaptureFixture[str], path: Path, status: int) -> dict[str, Any]:
    """What an import says of the file, having lost nothing of it."""
    ended, out, err = run(capfd, "import", str(path), "--json")
    assert ended == status, err
    done: dict[str, Any] = json.loads(out)["files"][0]
    kept = ("transfers", "repeats", "conflicts", "reversals", "bad")
    assert done["rows"] == sum(done[each] for each in kept)
    return done


@pytest.mark.parametrize("case", CASES)
def test_named_counted_nothing_lost(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], case: str
) -> None:
    given = CASES[case]
    path = tmp_path / given.name
    content = given.content
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = brought(capfd, path, given.status)
    assert {name: done[name] for name in given.counts} == given.counts
    told = json.loads(run(capfd, "problems", "--json")[1])
    codes = Counter(each["code"] for each in told["problems"])
    assert (codes, told["count"]) == (given.codes, done["problems"])
    assert all(each["file"] == given.name for each in told["problems"])
    again = brought(capfd, path, 0)
    assert again["outcome"] == "unchanged"
    status = json.loads(run(capfd, "status", "--json")[1])
    reversed_ = given.counts.get("reversals", 0)
    assert status["transfers"] == done["transfers"] - reversed_


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", "", "empty.csv"),
        ("cut.parquet", b"PAR1\x15\x04", "cut.parquet"),
        ("columns.csv", "a,b\n1,2\n", "no column is known"),
        ("quote.csv", HEAD + '1,2026-01-01,"A,B,1,USD,,\n', "quote.csv"),
        ("absent.csv", None, "absent.csv"),
    ],
)
def test_refused_whole(
    home: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    name: str,
    content: Any,
    says: str,
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ended, _, err = run(capfd, "import", str(path))
    assert (ended, says in err) == (1, True)
    assert run(capfd, "status")[1] == "The ledger is empty.\n"


def test_a_million_transfers_of_one_account(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    number = np.arange(MANY)
    other = pa.array([f"A{each}" for each in range(1000)]).take(pa.array(number % 1000))
    columns = {
        "transfer": pa.array(number).cast(pa.string()),
        "at": pa.array(1_767_225_600_000_000 + number * 1_000_000).cast(AT),
        "source": pa.array(["A0"]).take(pa.array(np.zeros(MANY, np.int64))),
        "target": other,
        "amount": pa.array(number + 1),
        "currency": pa.array(["USD"]).take(pa.array(np.zeros(MANY, np.int64))),
    }
    path = tmp_path / "hub.parquet"
    pq.write_table(pa.table(columns), path)
    done = brought(capfd, path, 0)
    assert (done["transfers"], done["to_self"], done["accounts"]) == (MANY, 1000, 1000)
