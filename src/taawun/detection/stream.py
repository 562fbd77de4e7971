"""Searching a ledger that does not fit into memory: window by window, as if it were searched whole.

    for part in search_streamed(window, span, core=30 * 86_400):    part.network, part.found

Whether a place is a finding depends only on transfers within the definition's reach of its earliest
transfer. So each stretch of time, the core, is searched with so much of the ledger around it, and
the findings that begin in the core are kept: each exactly once, and the same as in the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from taawun.detection.catalogue import Catalogue, shipped
from taawun.detection.engine import chosen, one
from taawun.detection.finding import Found
from taawun.jit import I32, I64
from taawun.ledger.coding import Column
from taawun.ledger.network import Names, Network, by_account

Window = Callable[[int, int], Network]
"""The ledger from a second, included, to a second, left out (both since 1970 UTC)."""
Seeds = Callable[[Network], I32]
"""The numbers that seeds have in a window."""


@dataclass(frozen=True, slots=True)
class Searched:
    """One stretch: the seconds it covers, the window it was searched in, what begins in it.

    Positions and numbers in `found` are those of `network`; its `names` lead back to ids.
    """

    since: int
    until: int
    network: Network
    found: list[Found]


def search_streamed(
    window: Window,
    span: tuple[int, int],
    catalogue: Catalogue | None = None,
    *,
    core: int,
    only: Iterable[str] = (),
    threads: int = 1,
    seeds: Seeds | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Searched]:
    """Searched by part, in order of time. `span` are the first second and the one after the last.

    `core` is the seconds kept of each window; a window has the longest reach of all definitions on
    either side of it. `progress` hears of parts done and of how many. Raises NotFound for a code
    that the catalogue has not.
    """
    wanted = chosen(catalogue if catalogue is not None else shipped(), tuple(only))
    reach = max((each.reach for each in wanted), default=0)
    opens = range(span[0], span[1], core)
    for done, since in enumerate(opens):
        until = min(since + core, span[1])
        network = window(since - reach, until + reach)
        known = None if seeds is None else seeds(network)
        every = (one(network, each, threads=threads, seeds=known) for each in wanted)
        yield Searched(since, until, network, [beginning(network, f, since, until) for f in every])
        if progress is not None:
            progress(done + 1, len(opens))


def beginning(network: Network, found: Found, since: int, until: int) -> Found:
    """Those findings whose earliest transfer lies in a stretch of time."""
    first = network.at[found.transfers[found.start[:-1]]]
    return some(found, (since <= first) & (first < until))


def some(found: Found, kept: npt.NDArray[np.bool_]) -> Found:
    """Those findings that a mask (f) keeps, in their order."""
    length = np.diff(found.start)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(length[kept])])
    return Found(
        found.typology,
        found.centre[kept],
        found.other[kept],
        start,
        found.transfers[np.repeat(kept, length)],
        found.measures[kept],
    )


@dataclass(frozen=True, slots=True)
class _Later:
    """Names of a part of a network: `size` transfers, its positions begin later."""

    whole: Names
    by: int
    size: int

    def transfers(self, positions: npt.ArrayLike) -> list[str]:
        return self.whole.transfers(np.asarray(positions) + self.by)

    def accounts(self, numbers: npt.ArrayLike) -> list[str]:
        return self.whole.accounts(numbers)

    def positions(self, references: Column) -> I64:
        place = self.whole.positions(references) - self.by
        return np.where((place >= 0) & (place < self.size), place, -1)


def windows_of(network: Network) -> Window:
    """A network in memory as something to be read in windows; accounts keep their numbers."""

    def window(since: int, until: int) -> Network:
        low, high = (int(place) for place in np.searchsorted(network.at, (since, until)))
        return part_of(network, low, high)

    return window


def part_of(network: Network, low: int, high: int) -> Network:
    """The transfers at positions low … high - 1 as a network of their own."""
    kept = slice(low, high)
    source, target = network.source[kept], network.target[kept]
    out_start, out = by_account(source, network.accounts)
    into_start, into = by_account(target, network.accounts)
    return Network(
        at=network.at[kept],
        source=source,
        target=target,
        value=network.value[kept],
        amount=network.amount[kept],
        currency=network.currency[kept],
        channel=network.channel[kept],
        bank=network.bank,
        country=network.country,
        kind=network.kind,
        shared=network.shared,
        out_start=out_start,
        out=out,
        into_start=into_start,
        into=into,
        currencies=network.currencies,
        channels=network.channels,
        banks=network.banks,
        countries=network.countries,
        kinds=network.kinds,
        names=_Later(network.names, low, high - low),
    )
