"""Everything that runs compiled, run once on a tiny region, so that nobody waits for it later.

    for scene in SCENES:
        SCENES[scene](folder)

A scene goes the way that commands go, since compiled code is kept for the kinds of arrays that it
met. Scenes need nothing of one another and may run in processes of their own, each in an empty
folder. What a definition of the catalogue needs is a scene of its own: `search.CODE`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from taawun.detection.catalogue import shipped
from taawun.detection.detect import detect
from taawun.detection.engine import search
from taawun.detection.features import features
from taawun.jit import I32
from taawun.ledger.accounts import bring_accounts
from taawun.ledger.arrival import Order, bring
from taawun.ledger.book import Book, open_book
from taawun.ledger.export import export
from taawun.ledger.network import Network
from taawun.ledger.rates import Worth, read_rates
from taawun.ledger.valuation import revalue
from taawun.sandbox import Plan, make
from taawun.store import Store, open_store
from taawun.tracing.seed import of_transfer
from taawun.tracing.trail import trace

AT = datetime(2026, 10, 2, 8, tzinfo=UTC)
PLAN = Plan(transfers=2_000, days=40, countries=("XA", "XB"), illicit=200)
ACTOR = "rehearsal"
Scene = Callable[[Path], None]


def who(folder: Path) -> None:
    """Lists, the index, customers, a report, an update."""
    from taawun.demo.story import Story

    story = Story(open_store(folder), folder, ACTOR)
    for _ in story.bring(AT):
        pass
    story.index(AT)
    story.screen(AT)
    for language in ("ar", "ru", "en"):
        story.read(language)
    story.update(AT)


def ledger(folder: Path) -> None:
    """Messages and tables come in, go out, come in again."""
    _, book = _ledger(folder, "iso20022")
    again = folder / "again"
    for name in ("all.csv", "all.parquet"):
        export(book, folder / name)
        bring(Order(folder / name, AT, ACTOR), open_store(again / name), again / name)


def ranking(folder: Path) -> None:
    """Features, scores with labels and without, alerts."""
    network, known = _network(folder)
    features(network, 1)
    detect(network, only=("cycle",), currency="USD", labels=known, threads=2)
    detect(network, only=("cycle",), currency="USD", seeds=np.array([1, 2], np.int32))


def tracing(folder: Path) -> None:
    """Both directions by every method."""
    network, _ = _network(folder)
    value = np.where(network.source == network.target, 0, network.value)
    seeds = of_transfer(network, int(value.argmax()))
    for method in ("fifo", "pro-rata"):
        trace(network, seeds, direction="forward", method=method)
        trace(network, seeds, direction="backward", method=method)


def searching(code: str, folder: Path) -> None:
    """One definition of the catalogue."""
    network, _ = _network(folder)
    seeds: I32 = np.arange(3, dtype=np.int32)
    search(network, only=(code,), threads=2, seeds=seeds)


SCENES: Mapping[str, Scene] = {
    "ranking": ranking,
    "ledger": ledger,
    "who": who,
    "tracing": tracing,
    **{f"search.{each.code}": partial(searching, each.code) for each in shipped()},
}
"""The longest first."""


def rehearse(scene: str) -> str:
    """Run one scene in a folder that is gone afterwards; gives back its name."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="taawun-rehearsal-") as folder:
        SCENES[scene](Path(folder))
    return scene


def _ledger(folder: Path, form: str) -> tuple[Store, Book]:
    make(PLAN, folder / "region", form=form, views="none")
    whole = folder / "region" / "whole"
    files = sorted(whole.glob("pacs008/*.xml")) or [whole / "transfers.parquet"]
    store = open_store(folder)
    bring_accounts(whole / "accounts.parquet", store, folder, at=AT, actor=ACTOR)
    for file in files:
        bring(Order(file, AT, ACTOR, reference="USD"), store, folder)
    worth = Worth("USD", read_rates(folder / "region" / "rates.csv"))
    revalue(worth, store, folder, at=AT, actor=ACTOR)
    return store, open_book(folder, store)


def _network(folder: Path) -> tuple[Network, pa.Table]:
    """The window of a tiny ledger, and the labels of all its transfers."""
    _, book = _ledger(folder, "parquet")
    known = pq.read_table(folder / "region" / "truth" / "transfers.parquet")
    return book.window(), known.select(["transfer", "label"])
