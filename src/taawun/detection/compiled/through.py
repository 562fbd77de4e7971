"""Pass-through and funnel accounts compiled: a bounded look at each window, hubs passed over."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.windows import local_best
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network

per_mille = kernel(ratio.per_mille)
UNLIMITED = 2**62


class _Told(NamedTuple):
    """The numbers of both typologies, as a kernel takes them. `places` 0: pass-through."""

    window: int
    dwell: int
    share: int
    excess: int
    total: int
    degree: int
    small: int
    payments: int
    places: int


class _Moves(NamedTuple):
    """The network, as far as it is needed. `place` (m): 0 where unknown."""

    at: I64
    value: I64
    source: I32
    target: I32
    place: I64
    into_start: I64
    into: I32
    out_start: I64
    out: I32


def pass_through(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.through.pass_through`."""
    told = _Told(
        p["window"], p["dwell"], max(1, 1_000 - p["cut"]), p["excess"], p["total"], p["degree"],
        UNLIMITED, 1, 0,
    )  # fmt: skip
    moves = _moves(network, np.zeros(network.accounts, np.int64))
    return _found("pass_through", moves, told, threads)


def funnel(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.through.funnel`."""
    told = _Told(
        p["window"], p["dwell"], max(1, p["emptied"]), p["excess"], 0, p["degree"],
        p["small"], p["payments"], p["places"],
    )  # fmt: skip
    return _found("funnel", _moves(network, places(network)), told, threads)


def places(network: Network) -> I64:
    """Country and bank of every account as one number, 0 where neither is known."""
    return network.country.astype(np.int64) << 32 | network.bank.astype(np.int64)


def _moves(network: Network, place: I64) -> _Moves:
    return _Moves(
        network.at, network.value, network.source, network.target, place,
        network.into_start, network.into, network.out_start, network.out,
    )  # fmt: skip


def _found(code: str, moves: _Moves, told: _Told, threads: int) -> Found:
    look = _passes if code == "pass_through" else _funnels
    return assembled(
        code, shared(lambda low, high: look(moves, told, low, high), moves.into_start, threads), 4
    )


@kernel
def _taken(m: _Moves, account: int, small: int) -> I32:
    """Transfers in that are not from oneself, of known value up to `small`."""
    own = m.into[m.into_start[account] : m.into_start[account + 1]]
    kept = np.empty(len(own), np.int32)
    count = 0
    for each in own:
        if m.source[each] != account and 0 < m.value[each] <= small:
            kept[count] = each
            count += 1
    return kept[:count]


@kernel
def _given(m: _Moves, account: int, elsewhere: bool) -> I32:
    """Transfers out of known value, not to oneself; only those to another place."""
    own = m.out[m.out_start[account] : m.out_start[account + 1]]
    kept = np.empty(len(own), np.int32)
    count = 0
    here = m.place[account]
    for each in own:
        there = m.place[m.target[each]]
        if m.target[each] == account or m.value[each] <= 0:
            continue
        if not elsewhere or (here != 0 and there != 0 and here != there):
            kept[count] = each
            count += 1
    return kept[:count]


@kernel
def _spans(m: _Moves, into: I32, out: I32, t: _Told, spans: I64) -> int:
    """Windows at each different time of `into`: how many.

    `spans` gets the place in `into` where each opens, the place after its last, the place in
    `out` of the first not before it, the place after the last that may carry it on.
    """
    windows = 0
    end = first = last = 0
    for place in range(len(into)):
        opens = m.at[into[place]]
        if place and m.at[into[place - 1]] == opens:
            continue
        while end < len(into) and m.at[into[end]] <= opens + t.window:
            end += 1
        while first < len(out) and m.at[out[first]] < opens:
            first += 1
        last = max(last, first)
        while last < len(out) and m.at[out[last]] <= m.at[into[end - 1]] + t.dwell:
            last += 1
        spans[windows] = place, end, first, last
        windows += 1
    return windows


@kernel
def _carry(m: _Moves, into: I32, out: I32, t: _Told, gone: I64, since: I64, until: I64) -> int:
    """First in, first out: `gone` of each in; `since` … `until` - 1 are those that an out takes.

    Gives the sum of what is carried on. The three are as long as `into`, `out`, `out`.
    """
    for place in range(len(into)):
        gone[place] = 0
    head = arrived = 0
    waiting = total = 0
    for place in range(len(out)):
        now, need = m.at[out[place]], m.value[out[place]]
        while arrived < len(into) and m.at[into[arrived]] <= now:
            waiting += m.value[into[arrived]]
            arrived += 1
        while head < arrived and m.at[into[head]] + t.dwell < now:
            waiting -= m.value[into[head]] - gone[head]
            head += 1
        since[place] = until[place] = 0
        if per_mille(waiting, need) < max(1, 1_000 - t.excess):
            continue
        since[place] = head
        while need > 0 and head < arrived:
            taken = min(m.value[into[head]] - gone[head], need)
            gone[head] += taken
            need -= taken
            waiting -= taken
            total += taken
            until[place] = head + 1
            if gone[head] == m.value[into[head]]:
                head += 1
        if until[place] <= since[place]:
            until[place] = since[place]
    return total


@kernel
def _settled(m: _Moves, into: I32, out: I32, t: _Told, gone: I64, since: I64, until: I64) -> I64:
    """What is passed on of those in that are, what of them came; marks outs that carry none.

    After it `gone` is -1 for an in that is not passed on, and `until` is `since` for an out that
    carries none of those that are. Zeros where the window does not count.
    """
    sums = np.zeros(2, np.int64)
    for place in range(len(into)):
        if per_mille(gone[place], m.value[into[place]]) >= t.share:
            sums[0] += gone[place]
            sums[1] += m.value[into[place]]
        else:
            gone[place] = -1
    opens = False
    for place in range(len(into)):
        opens |= gone[place] >= 0 and m.at[into[place]] == m.at[into[0]]
    away = False
    for place in range(len(out)):
        carries = False
        for one in range(since[place], until[place]):
            carries |= gone[one] >= 0
        if not carries:
            until[place] = since[place]
            continue
        known = False
        for one in range(len(into)):
            known |= gone[one] >= 0 and m.source[into[one]] == m.target[out[place]]
        away |= not known
    if not opens or not away or sums[0] < t.total:
        sums[0] = 0
    return sums


@kernel
def _longest(m: _Moves, low: int, high: int) -> int:
    longest = 0
    for account in range(low, high):
        longest = max(longest, m.into_start[account + 1] - m.into_start[account])
    return longest


@kernel
def _room(m: _Moves, low: int, high: int) -> tuple[I32, I64, I64, I32]:
    """Arrays for the findings of accounts low … high - 1, as large as they can become."""
    into = m.into_start[high] - m.into_start[low]
    out = m.out_start[high] - m.out_start[low]
    return (
        np.empty(into, np.int32),
        np.empty(into, np.int64),
        np.empty((into, 4), np.int64),
        np.empty(into + out, np.int32),
    )


@kernel
def _merged(m: _Moves, into: I32, out: I32, gone: I64, since: I64, until: I64, to: I32) -> int:
    """Those in that are not marked -1 and those out that carry, by position, into `to`."""
    count = one = other = 0
    while one < len(into) or other < len(out):
        if other >= len(out) or (one < len(into) and into[one] < out[other]):
            if gone[one] >= 0:
                to[count] = into[one]
                count += 1
            one += 1
        else:
            if until[other] > since[other]:
                to[count] = out[other]
                count += 1
            other += 1
    return count


@kernel
def _passes(m: _Moves, t: _Told, low: int, high: int) -> Part:
    longest = _longest(m, low, high)
    spans = np.empty((longest, 4), np.int64)
    times, scores, best = np.empty((3, longest), np.int64)
    gone, since, until = np.empty((3, t.degree), np.int64)
    centre, length, measures, transfers = _room(m, low, high)
    found = written = 0
    for account in range(low, high):
        out = _given(m, account, False)
        if not len(out):
            continue
        into = _taken(m, account, t.small)
        windows = _spans(m, into, out, t, spans)
        for each in range(windows):
            a, b, c, d = spans[each]
            times[each] = m.at[into[a]]
            scores[each] = 0
            if 0 < d - c <= t.degree and b - a <= t.degree:
                _carry(m, into[a:b], out[c:d], t, gone, since, until)
                scores[each] = _settled(m, into[a:b], out[c:d], t, gone, since, until)[0]
        kept = local_best(times[:windows], scores[:windows], t.window + t.dwell, best)
        for each in best[:kept]:
            a, b, c, d = spans[each]
            _carry(m, into[a:b], out[c:d], t, gone, since, until)
            went, came = _settled(m, into[a:b], out[c:d], t, gone, since, until)
            count = _merged(m, into[a:b], out[c:d], gone, since, until, transfers[written:])
            last = 0
            for place in range(d - c):
                if until[place] > since[place]:
                    last = m.at[out[c + place]]
            centre[found] = account
            length[found] = count
            measures[found] = came, went, per_mille(went, came), last - m.at[into[a]]
            written += count
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip


@kernel
def _different(m: _Moves, into: I32, known: I64) -> int:
    """How many known places the payers have; `known` is room for them."""
    count = 0
    for each in into:
        place = m.place[m.source[each]]
        there = place == 0
        for one in range(count):
            there |= known[one] == place
        if not there:
            known[count] = place
            count += 1
    return count


@kernel
def _funnels(m: _Moves, t: _Told, low: int, high: int) -> Part:
    longest = _longest(m, low, high)
    spans = np.empty((longest, 4), np.int64)
    times, scores, best = np.empty((3, longest), np.int64)
    gone, since, until, known = np.empty((4, t.degree), np.int64)
    centre, length, measures, transfers = _room(m, low, high)
    found = written = 0
    for account in range(low, high):
        out = _given(m, account, True)
        if not len(out):
            continue
        into = _taken(m, account, t.small)
        windows = _spans(m, into, out, t, spans)
        for each in range(windows):
            a, b, c, d = spans[each]
            times[each] = m.at[into[a]]
            scores[each] = 0
            if (
                0 < d - c <= t.degree
                and t.payments <= b - a <= t.degree
                and _different(m, into[a:b], known) >= t.places
            ):
                went = _carry(m, into[a:b], out[c:d], t, gone, since, until)
                if per_mille(went, m.value[into[a:b]].sum()) >= t.share:
                    scores[each] = went
        kept = local_best(times[:windows], scores[:windows], t.window + t.dwell, best)
        for each in best[:kept]:
            a, b, c, d = spans[each]
            went = _carry(m, into[a:b], out[c:d], t, gone, since, until)
            count = _merged(m, into[a:b], out[c:d], gone, since, until, transfers[written:])
            centre[found] = account
            length[found] = count
            measures[found, 0] = b - a
            measures[found, 1] = _different(m, into[a:b], known)
            measures[found, 2] = went
            measures[found, 3] = per_mille(went, m.value[into[a:b]].sum())
            written += count
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip
