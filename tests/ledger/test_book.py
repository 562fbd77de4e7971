"""Windows, accounts, values and exports of a book."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.errors import InputError, NotFound, UsageError
from taawun.ledger.accounts import bring_accounts
from taawun.ledger.export import export
from taawun.ledger.network import Network
from taawun.ledger.queries import connected
from taawun.ledger.rates import Worth, read_rates
from taawun.ledger.registered import worth
from taawun.ledger.schema import TRANSFERS
from taawun.ledger.valuation import revalue
from taawun.ledger.window import network
from taawun.store import journal

from .books import AT, START, Ledger, Row, rows

DAY = timedelta(days=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "home")


def same(one: Network, other: Network) -> None:
    assert one.names.transfers(range(one.size)) == other.names.transfers(range(other.size))
    for end in ("source", "target"):
        said = [net.names.accounts(getattr(net, end)) for net in (one, other)]
        assert said[0] == said[1]
    for name in ("at", "value", "amount"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    assert one.accounts == other.accounts


row_lists = st.lists(
    st.builds(
        lambda number, day, ends, amount: f"{number:02} {day} {ends[0]}>{ends[1]} {amount}",
        st.integers(0, 99),
        st.sampled_from([0, 0.5, 1, 31, 31, 62]),
        st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC")),
        st.integers(1, 99),
    ),
    unique_by=lambda line: line[:2],
    max_size=12,
)


@settings(max_examples=25)
@given(row_lists, st.integers(0, 12), st.sampled_from([(0, 99), (1, 40), (31, 32), (5, 6)]))
def test_a_window_is_the_network_of_its_rows(
    lines: list[str], cut: int, days: tuple[int, int]
) -> None:
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "home")
        for these in (lines[:cut], lines[cut:]):
            ledger.take("\n".join(these) if these else [])
        since, until = (START + day * DAY for day in days)
        window = ledger.book.window(since, until)
        kept = (
            [row for row in rows("\n".join(lines)) if since <= row["at"] < until] if lines else []
        )
        table = pa.Table.from_pylist([{**row, "value": row["amount"]} for row in kept])
        same(window, network(table if kept else TRANSFERS.empty_table()))
        ledger.store.close()


def test_a_window_beyond_the_memory_is_refused(ledger: Ledger) -> None:
    ledger.take("1 0 A>B 100")
    with pytest.raises(UsageError, match="narrow it"):
        ledger.book.window(memory=10)
    with pytest.raises(UsageError, match="ends after it begins"):
        ledger.book.window(START, START)


def test_transfers_and_accounts_are_found_by_name(ledger: Ledger) -> None:
    ledger.take("1 0 A>B 100\n2 31 B>C 200\nr 31 A>B 1 reversal 1")
    found = ledger.book.transfers(["2", "1", "none"])
    assert found.schema == TRANSFERS
    assert found["transfer"].to_pylist() == ["2"]
    assert ledger.book.transfers(["1"], withdrawn=True)["source"].to_pylist() == ["A"]
    assert ledger.book.transfers([]).num_rows == 0
    assert ledger.book.accounts(["B", "Z"])["account"].to_pylist() == ["B"]
    assert ledger.book.span == (START, START + 31 * DAY)


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_an_export_makes_the_same_ledger(ledger: Ledger, tmp_path: Path, suffix: str) -> None:
    these: list[Row] = rows("1 0 A>B 100\n2 31.25 B>C 200KWD\n3 2 A>B 1\nr 3 A>B 1 reversal 3")
    these[0] |= {"channel": "wire", "source_bank": 'a "bank", near'}
    ledger.take(these)
    out = tmp_path / f"out.{suffix}"
    assert export(ledger.book, out) == 2
    other = Ledger(tmp_path / "other")
    done = other.bring(out)
    assert (done.format, done.counts.problems) == (suffix, 0)
    assert other.told() == ledger.told()
    first = other.book.transfers(["1"]).to_pylist()
    assert first == ledger.book.transfers(["1"]).to_pylist()


def test_an_export_says_its_format(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.parquet or \.csv"):
        export(ledger.book, tmp_path / "out.xls")


def test_the_book_in_sql(ledger: Ledger) -> None:
    with connected(ledger.book) as sql:
        assert sql.execute("SELECT count(*) FROM transfers").fetchall() == [(0,)]
    ledger.take("1 0 A>B 100\n2 31 B>C 200\nr 31 A>B 1 reversal 1")
    with connected(ledger.book, memory=1 << 28) as sql:
        found = sql.execute(
            "SELECT transfer, target, value FROM transfers WHERE source = ? AND mark = 0", ["B"]
        ).fetchall()
        assert found == [("2", "C", 200)]
        assert sql.execute("SELECT sum(amount) FROM transfers WHERE mark = 2").fetchall() == [
            (100,)
        ]


# Registers


def test_a_register_goes_before_what_transfers_say(ledger: Ledger, tmp_path: Path) -> None:
    these = rows("1 0 A>B 100\n2 0 B>C 1")
    these[0] |= {"source_bank": "OLD"}
    these[1] |= {"source_bank": "B-BANK"}
    ledger.take(these)
    path = tmp_path / "register.csv"
    path.write_text(
        "رقم الحساب,البنك,النوع,الهاتف,تاريخ الفتح,colour\n"
        "A,NEW,Charity,555,2020-01-02,red\n"
        "C,,,555,soon,blue\n"
        ",X,,,,\n"
        "Z,Z-BANK,,,,\n"
    )
    done = bring_accounts(path, ledger.store, ledger.home, at=AT, actor="officer")
    assert (done.rows, done.accounts, done.ignored) == (3, 3, ("colour",))
    assert sorted((p.code, p.line) for p in done.problems) == [
        ("ledger.row.empty", 4),
        ("ledger.row.time", 3),
    ]
    known = {row["account"]: row for row in ledger.book.accounts().to_pylist()}
    assert {name: row["bank"] for name, row in known.items()} == {
        "A": "NEW",
        "B": "B-BANK",
        "C": None,
        "Z": "Z-BANK",
    }
    window = ledger.book.window()
    ids = window.names.accounts(range(3))
    kinds = dict(zip(ids, (window.kinds[each] for each in window.kind), strict=True))
    assert kinds == {"A": "charity", "B": "", "C": ""}
    shared = dict(zip(ids, window.shared.tolist(), strict=True))
    assert shared["A"] == shared["C"] > 0 == shared["B"]

    path.write_text("account,bank\nA,NEWER\n")
    assert bring_accounts(path, ledger.store, ledger.home, at=AT, actor="officer").accounts == 3
    assert ledger.book.accounts(["A"])["bank"].to_pylist() == ["NEWER"]
    ledger.take("9 0 A>B 5")
    assert ledger.book.accounts(["A"])["bank"].to_pylist() == ["NEWER"]


def test_a_register_without_accounts_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("colour\nred\n")
    with pytest.raises(InputError, match="no column of accounts"):
        bring_accounts(path, ledger.store, ledger.home, at=AT, actor="officer")
    with pytest.raises(NotFound):
        bring_accounts(tmp_path / "no.csv", ledger.store, ledger.home, at=AT, actor="officer")


# Values


def rates(path: Path, text: str) -> Path:
    path.write_text("currency,date,rate\n" + text.replace(" ", "\n"))
    return path


def test_rates_are_applied_anew(ledger: Ledger, tmp_path: Path) -> None:
    ledger.take("1 0 A>B 100USD\n2 1 A>B 1000KWD\n3 9 A>B 1000KWD\n4 40 A>B 5EUR\n5 0 A>B 9JPY")
    ledger.take("r 0 A>B 9 reversal 5")
    table = rates(tmp_path / "r.csv", "KWD,2026-01-01,3.2505 KWD,2026-01-02,3.3 EUR,2026-02-10,1.1")
    for _ in range(2):
        held = Worth("USD", read_rates(table), 7)
        done = revalue(held, ledger.store, ledger.home, at=AT, actor="officer")
        assert (done.currency, done.values, done.unvalued) == ("USD", 3, 2)
        assert [row[6] for row in ledger.told()] == [100, 330, None, 6]
    assert done.written == 0
    more = ledger.take("6 2 A>B 2000KWD")
    assert more.counts.values == 1
    assert ledger.told()[-1][6] == 660
    done = revalue(Worth("KWD"), ledger.store, ledger.home, at=AT, actor="officer")
    assert [row[6] for row in ledger.told()] == [None, 1000, 1000, None, 2000]
    with ledger.store.reading() as connection:
        assert worth(connection).currency == "KWD"
        assert journal.verify(connection, ledger.home).whole


def test_rates_that_cannot_be_used_are_all_named(tmp_path: Path) -> None:
    path = rates(tmp_path / "r.csv", "EUR,2026-01-01,1 EUR,2026-01-01,2 XXQ,2026-01-01,1 EUR,x,1 "
                 "EUR,2026-01-01,-1 EUR,2026-01-01,NaN EUR,1")  # fmt: skip
    with pytest.raises(InputError) as raised:
        read_rates(path)
    assert [p.code for p in raised.value.problems] == ["ledger.rates.wrong"] * 5 + [
        "ledger.rates.twice"
    ]
    with pytest.raises(NotFound):
        read_rates(tmp_path / "none.csv")
    path.write_text("currency;date;rate\n")
    with pytest.raises(InputError, match="expected the columns"):
        read_rates(path)


@given(st.integers(1, 10**15), st.decimals("0.000001", "999999", places=6))
def test_values_are_exact(amount: int, rate: object) -> None:
    from decimal import ROUND_HALF_UP, Decimal

    from taawun.ledger.rates import Rate

    assert isinstance(rate, Decimal)
    held = Worth("USD", (Rate("KWD", START.date(), rate),))
    at = np.array([int(START.timestamp()) * 1_000_000])
    (found,) = held.of(np.array([amount]), pa.array(["KWD"]), at).to_pylist()
    exact = (Decimal(amount) * rate / 10).quantize(Decimal(1), ROUND_HALF_UP)
    assert found == (int(exact) if exact <= 10**15 else None)


def test_nobody_said_which_currency(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no reference currency"):
        revalue(Worth(), ledger.store, ledger.home, at=AT, actor="officer")


# Real ledgers


def test_real_amlgentex(ledger: Ledger, real_data: Path, tmp_path: Path) -> None:
    path = real_data / "ledgers" / "amlgentex_small_transfers.parquet"
    labels = tmp_path / "labels.parquet"
    done = ledger.bring(path, reference="", labels=labels)
    assert (done.format, done.counts.transfers, done.counts.problems) == ("amlgentex", 85_427, 0)
    table = pq.read_table(path, columns=["tx", "label"])
    written = pq.read_table(labels)
    assert written["transfer"].to_pylist() == [str(tx) for tx in table["tx"].to_pylist()]
    assert written["label"].to_pylist() == table["label"].to_pylist()
    window = ledger.book.window()
    assert (window.size, window.accounts) == (85_427, 9_979)
    same(window, network(pa.concat_tables(ledger.book.every())))


def test_real_amlsim(ledger: Ledger, real_data: Path) -> None:
    path = real_data / "ledgers" / "amlsim_20K_fanin200cycle200_transfers.parquet"
    done = ledger.bring(path, reference="")
    assert (done.format, done.counts.transfers, done.reference) == ("amlsim", 120_558, "USD")
    same(ledger.book.window(), network(pa.concat_tables(ledger.book.every())))
