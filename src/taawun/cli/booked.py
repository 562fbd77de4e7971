"""The ledger as a command needs it: opened, and a window of it that is not empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from taawun.cli.options import options
from taawun.errors import NotFound

if TYPE_CHECKING:
    from taawun.ledger.book import Book
    from taawun.ledger.network import Network
    from taawun.store import Store

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Booked:
    """The open store and book, and the currency that values are in."""

    store: Store
    book: Book
    currency: str
    decimals: int


def booked() -> Booked:
    """The ledger under `--home`. Raises NotFound where there is none, or nothing in it."""
    from taawun.detection.reasons import places
    from taawun.ledger.book import open_book

    call = options()
    store = call.open_store(create=False)
    book = open_book(call.home, store)
    if not book.size:
        raise NotFound(f"{call.home}: the ledger is empty: taawun ledger import FILE")
    return Booked(store, book, book.worth.currency, places(book.worth.currency))


def window_of(
    book: Book, since: datetime | None, until: datetime | None, memory: int = 0
) -> Network:
    """The network of a window; `memory` in megabytes, 0 for no bound.

    Raises NotFound where no transfer is in it.
    """
    network = book.window(since, until, memory=memory * MEGABYTE or None)
    if not network.size:
        span = book.span
        told = f"{span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}" if span else "nothing"
        raise NotFound(f"no transfer is in that window: the ledger has {told}")
    return network
