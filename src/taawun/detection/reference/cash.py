"""Round trips through cash: where the trail is broken on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from taawun.detection.finding import NOBODY, Shape
from taawun.detection.parameters import Parameters
from taawun.detection.ratio import closeness
from taawun.detection.reference.structuring import holders
from taawun.detection.reference.windows import of_accounts
from taawun.ledger.network import Network

CASH = "cash"
"""The channel, and the kind of account, that cash is told by."""
Chain = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Ledger:
    """The network with what is looked up again and again."""

    network: Network
    p: Parameters
    holder: list[int]
    cash: set[int]
    sent: dict[int, list[int]]
    withdrawn: dict[int, list[int]]


def cash_round_trip(network: Network, p: Parameters) -> list[Shape]:
    """Money that turns into cash and back, and ends with the same or a linked holder.

    A transfer is in cash by its channel or by the kind of either account. A deposit is one into
    an account that is not cash itself, a withdrawal one out of such. From a deposit chains of 0 to
    `hops` transfers are followed, none of them in cash, each at most `dwell` after the one before
    and of a value `near` per mille to the deposit's; an account that sends more than `degree` in
    that time is not walked through. The chain closes at an account whose holder

    - withdrew a sum as near at most `dwell` before the deposit (out, and in again; a deposit back
      into the account that it was withdrawn from, with no transfer between, is no trip); or
    - is the deposit's own, if it withdraws such a sum at most `dwell` after (in, and out again;
      with one transfer at least between).

    A holder with more than `degree` withdrawals in that time is none of these. Of a deposit's
    trips the one with the fewest transfers counts, of these the first in order of time; of the
    trips of one withdrawal that of the greatest deposit, then of the earliest. The centre is the
    account that the cash came from (out and in), else the deposit's; the other is the account
    where it closes. Measures: 1 for out and in, 0 for in and out; transfers between; what was
    deposited; what was withdrawn; seconds from first to last.
    """
    book = _book(network, p)
    trips: dict[int, list[Shape]] = {}
    for position in sorted(book.cash):
        if _is_deposit(network, position):
            trip = _first_trip(book, position)
            if trip is not None:
                trips.setdefault(trip[0], []).append(trip[1])
    return [max(each, key=_of_withdrawal) for each in trips.values()]


def _of_withdrawal(trip: Shape) -> int:
    # max() keeps the first of equal ones, and deposits were visited in order of time.
    return trip.measures[2]


def _book(network: Network, p: Parameters) -> _Ledger:
    kind = [network.kinds[each] for each in network.kind]
    holder = holders(network)
    cash, withdrawn = set(), dict[int, list[int]]()
    for position in range(network.size):
        source, target = int(network.source[position]), int(network.target[position])
        paid_in_cash = network.channels[network.channel[position]] == CASH
        if source != target and (paid_in_cash or CASH in (kind[source], kind[target])):
            cash.add(position)
            if kind[source] != CASH and network.value[position] > 0:
                withdrawn.setdefault(holder[source], []).append(position)
    return _Ledger(network, p, holder, cash, of_accounts(network, network.source), withdrawn)


def _is_deposit(network: Network, position: int) -> bool:
    kind = network.kinds[network.kind[network.target[position]]]
    return bool(kind != CASH and network.value[position] > 0)


def _near(book: _Ledger, position: int, deposit: int) -> bool:
    value = book.network.value
    close = closeness(int(value[position]), int(value[deposit]))
    return bool(value[position] > 0 and close >= book.p["near"])


def _chains(book: _Ledger, deposit: int, chain: Chain, hops: int) -> Iterator[Chain]:
    """All of so many transfers, in order of their positions."""
    if len(chain) == hops:
        yield chain
        return
    network = book.network
    before = chain[-1] if chain else deposit
    start = network.at[before]
    going = [
        each
        for each in book.sent.get(int(network.target[before]), [])
        if 0 <= network.at[each] - start <= book.p["dwell"]
    ]
    if len(going) <= book.p["degree"]:
        for each in going:
            if each not in book.cash and _near(book, each, deposit):
                yield from _chains(book, deposit, (*chain, each), hops)


def _first_trip(book: _Ledger, deposit: int) -> tuple[int, Shape] | None:
    for hops in range(book.p["hops"] + 1):
        for chain in _chains(book, deposit, (), hops):
            trip = _closed(book, deposit, chain)
            if trip is not None:
                return trip
    return None


def _closed(book: _Ledger, deposit: int, chain: Chain) -> tuple[int, Shape] | None:
    network, dwell = book.network, book.p["dwell"]
    end = chain[-1] if chain else deposit
    last = int(network.target[end])
    start = int(network.at[deposit])
    for each in _withdrawals(book, book.holder[last], start - dwell, start):
        if (chain or network.source[each] != last) and _near(book, each, deposit):
            return each, _shape(network, deposit, chain, each, 1)
    if not chain or book.holder[last] != book.holder[int(network.target[deposit])]:
        return None
    now = int(network.at[end])
    for each in _withdrawals(book, book.holder[last], now, now + dwell):
        if _near(book, each, deposit):
            return each, _shape(network, deposit, chain, each, 0)
    return None


def _withdrawals(book: _Ledger, holder: int, first: int, last: int) -> list[int]:
    own = [
        each for each in book.withdrawn.get(holder, []) if first <= book.network.at[each] <= last
    ]
    return own if len(own) <= book.p["degree"] else []


def _shape(network: Network, deposit: int, chain: Chain, withdrawal: int, out_first: int) -> Shape:
    transfers = tuple(sorted({deposit, *chain, withdrawal}))
    closes = int(network.target[chain[-1] if chain else deposit])
    centre = int(network.source[withdrawal] if out_first else network.target[deposit])
    seconds = int(network.at[transfers[-1]] - network.at[transfers[0]])
    moved = int(network.value[deposit]), int(network.value[withdrawal])
    measures = (out_first, len(chain), *moved, seconds)
    return Shape(transfers, centre, NOBODY if closes == centre else closes, measures)
