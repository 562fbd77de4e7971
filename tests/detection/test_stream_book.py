"""A book searched window by window: accounts are numbered anew in each, findings are the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from taawun.detection.catalogue import Catalogue, shipped
from taawun.detection.engine import search
from taawun.detection.stream import search_streamed
from taawun.ledger.arrival import Order, bring
from taawun.ledger.book import open_book
from taawun.ledger.network import Network
from taawun.store import open_store
from tests.conftest import AT
from tests.detection.test_graph_engines import CODES, named

ROWS = 1_500


def test_the_parts_of_a_book_are_the_whole(home: Path, tmp_path: Path) -> None:
    dice = np.random.default_rng(7)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    lines = ["transfer,at,source,target,amount,currency"]
    for place, (a, b, hour) in enumerate(dice.integers(0, [60, 60, 24 * 300], (ROWS, 3)).tolist()):
        at = start + timedelta(hours=hour)
        lines.append(f"r{place},{at:%Y-%m-%dT%H:%M:%SZ},a{a},b{b % 61},100,EUR")
        lines.append(f"s{place},{at:%Y-%m-%dT%H:%M:%SZ},b{b},a{(a + place) % 60},90,EUR")
    (tmp_path / "ledger.csv").write_text("\n".join(lines), "utf-8")
    store = open_store(home)
    bring(Order(tmp_path / "ledger.csv", AT, "ana"), store, home)
    book = open_book(home, store)
    catalogue = Catalogue(tuple(each for each in shipped() if each.code in CODES))

    def window(since: int, until: int) -> Network:
        return book.window(
            *(datetime.fromtimestamp(each, UTC) for each in (since, until)), memory=None
        )

    whole = book.window()
    span = (int(whole.at[0]), int(whole.at[-1]) + 1)
    parts = list(search_streamed(window, span, catalogue, core=40 * 86_400, threads=2))
    streamed = [each for part in parts for each in named(part.network, part.found)]
    assert len(parts) == 8
    assert max(part.network.size for part in parts) < whole.size
    assert len(streamed) > 100
    assert sorted(streamed) == sorted(named(whole, search(whole, catalogue)))
    store.close()
