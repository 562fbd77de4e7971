"""Ordinary traffic compiled: one pass over each pair's and each account's transfers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.ranges import shared
from taawun.detection.habits import (
    DAY,
    EMPLOYER,
    HABITS,
    PAYROLL,
    SETTLEMENT,
    SHOP,
    STANDING,
    TAKINGS,
    Habits,
)
from taawun.jit import I32, I64, U8, kernel
from taawun.ledger.network import Network, by_account

per_mille = kernel(ratio.per_mille)


class _Shop(NamedTuple):
    """What makes a shop, as a kernel takes it."""

    around: int
    takings: int
    customers: int
    days: int
    paid_on: int
    large: int


def ordinary_per_transfer(network: Network, p: Habits = HABITS, threads: int = 1) -> U8:
    """A place in `habits.ORDINARY` for every transfer (n)."""
    even = _even(network, p, threads)
    reasons = np.zeros(network.size, np.uint8)
    said = _Shop(p.around, max(p.takings, 1), p.customers, p.days, p.paid_on, p.large)

    def settled(low: int, high: int) -> None:
        _shops(
            network.at, network.value, network.source, network.target,
            network.into_start, network.into, network.out_start, network.out,
            low, high, said, False, reasons,
        )  # fmt: skip

    def taken(low: int, high: int) -> None:
        _shops(
            network.at, network.value, network.source, network.target,
            network.into_start, network.into, network.out_start, network.out,
            low, high, said, True, reasons,
        )  # fmt: skip

    def paid(low: int, high: int) -> None:
        _wages(
            network.at, network.target, network.out_start, network.out,
            low, high, p.run, p.payees, even, reasons,
        )  # fmt: skip

    # The first reason that holds is said: later ones are written over earlier ones.
    shared(settled, network.out_start, threads)
    shared(taken, network.into_start, threads)
    shared(paid, network.out_start, threads)
    return reasons


def keepers(network: Network, reasons: U8) -> U8:
    """A place in `habits.KEEPERS` for every account (m), from what its transfers are."""
    size = network.accounts
    real = network.source != network.target

    def count(account: I32, reason: int | None) -> I64:
        chosen = real if reason is None else real & (reasons == reason)
        return np.bincount(account[chosen], minlength=size).astype(np.int64)

    out, into = count(network.source, None), count(network.target, None)
    wages = count(network.source, PAYROLL)
    shop = count(network.target, TAKINGS) + count(network.source, SETTLEMENT)
    kept = np.where((shop > 0) & (2 * shop >= out + into), SHOP, 0)
    return np.where((out > 0) & (2 * wages >= out), EMPLOYER, kept).astype(np.uint8)


def _even(network: Network, p: Habits, threads: int) -> U8:
    """1 for transfers at an even pace between the same two."""
    _, by_target = by_account(network.target, network.accounts)
    start, place = by_account(network.source[by_target], network.accounts)
    order = by_target[place]
    even = np.zeros(network.size, np.uint8)
    paces = np.array(p.paces, np.int64).reshape(-1, 2)

    def work(low: int, high: int) -> None:
        _paced(
            network.at, network.value, network.source, network.target, order,
            start[low], start[high], paces, p.steady, p.looked, even,
        )  # fmt: skip

    shared(work, start, threads)
    return even


@kernel
def _near(one: int, other: int, steady: int) -> bool:
    if one <= 0:
        return False
    return bool((per_mille(one, other) if one < other else per_mille(other, one)) >= steady)


@kernel
def _paced(
    at: I64, value: I64, source: I32, target: I32, order: I32, low: int, high: int,
    paces: I64, steady: int, looked: int, even: U8,
) -> None:  # fmt: skip
    first = low
    while first < high:
        end = first + 1
        one, other = source[order[first]], target[order[first]]
        while end < high and source[order[end]] == one and target[order[end]] == other:
            end += 1
        # Two steps need three transfers.
        if one != other and end - first >= 3:
            own = order[first:end]
            for pace in range(len(paces)):
                least, most = paces[pace]
                back = _steps(at, value, own, -most, -least, steady, looked)
                ahead = _steps(at, value, own, least, most, steady, looked)
                _mark(at, value, own, -most, -least, steady, looked, back, ahead, even)
                _mark(at, value, own, least, most, steady, looked, ahead, back, even)
        first = end


@kernel
def _steps(at: I64, value: I64, own: I32, least: int, most: int, steady: int, looked: int) -> U8:
    """1 for transfers that have another, near in amount, from `least` to `most` seconds on."""
    has = np.zeros(len(own), np.uint8)
    place = 0
    for here in range(len(own)):
        while place < len(own) and at[own[place]] < at[own[here]] + least:
            place += 1
        step = place
        while step < min(len(own), place + looked) and at[own[step]] <= at[own[here]] + most:
            if _near(value[own[here]], value[own[step]], steady):
                has[here] = 1
                break
            step += 1
    return has


@kernel
def _mark(
    at: I64, value: I64, own: I32, least: int, most: int, steady: int, looked: int,
    has: U8, behind: U8, even: U8,
) -> None:  # fmt: skip
    """Marks those in the middle of two steps, and those with two steps this way."""
    place = 0
    for here in range(len(own)):
        while place < len(own) and at[own[place]] < at[own[here]] + least:
            place += 1
        if not has[here]:
            continue
        if behind[here]:
            even[own[here]] = 1
        step = place
        while step < min(len(own), place + looked) and at[own[step]] <= at[own[here]] + most:
            if has[step] and _near(value[own[here]], value[own[step]], steady):
                even[own[here]] = 1
                break
            step += 1


@kernel
def _wages(
    at: I64, target: I32, start: I64, order: I32, low: int, high: int,
    run: int, payees: int, even: U8, reasons: U8,
) -> None:  # fmt: skip
    seen = np.zeros(len(start), np.int32)
    for account in range(low, high):
        own = order[start[account] : start[account + 1]]
        tail = head = distinct = 0
        for position in own:
            if not even[position]:
                continue
            while head < len(own) and at[own[head]] <= at[position] + run:
                if even[own[head]]:
                    distinct += seen[target[own[head]]] == 0
                    seen[target[own[head]]] += 1
                head += 1
            while at[own[tail]] < at[position] - run:
                if even[own[tail]]:
                    seen[target[own[tail]]] -= 1
                    distinct -= seen[target[own[tail]]] == 0
                tail += 1
            reasons[position] = PAYROLL if distinct >= payees else STANDING
        for place in range(tail, head):
            if even[own[place]]:
                seen[target[own[place]]] = 0


@kernel
def _real(own: I32, source: I32, target: I32) -> I32:
    """Those that are not to oneself."""
    kept = np.empty(len(own), np.int32)
    count = 0
    for position in own:
        if source[position] != target[position]:
            kept[count] = position
            count += 1
    return kept[:count]


@kernel
def _shops(
    at: I64, value: I64, source: I32, target: I32,
    into_start: I64, into_order: I32, out_start: I64, out_order: I32,
    low: int, high: int, said: _Shop, taken: bool, reasons: U8,
) -> None:  # fmt: skip
    """Accounts low … high - 1: their takings, or what they pay on."""
    seen = np.zeros(len(out_start), np.int32)
    for account in range(low, high):
        if into_start[account + 1] - into_start[account] < said.takings:
            continue
        into = _real(into_order[into_start[account] : into_start[account + 1]], source, target)
        out = _real(out_order[out_start[account] : out_start[account + 1]], source, target)
        own = into if taken else out
        tail = head = out_tail = out_head = customers = changes = 0
        total = 0
        for position in own:
            first, last = at[position] - said.around, at[position] + said.around
            while head < len(into) and at[into[head]] <= last:
                customers += seen[source[into[head]]] == 0
                seen[source[into[head]]] += 1
                changes += head > tail and at[into[head]] // DAY != at[into[head - 1]] // DAY
                total += value[into[head]]
                head += 1
            while tail < head and at[into[tail]] < first:
                seen[source[into[tail]]] -= 1
                customers -= seen[source[into[tail]]] == 0
                changes -= tail + 1 < head and at[into[tail]] // DAY != at[into[tail + 1]] // DAY
                total -= value[into[tail]]
                tail += 1
            while out_head < len(out) and at[out[out_head]] <= last:
                out_head += 1
            while out_tail < out_head and at[out[out_tail]] < first:
                out_tail += 1
            takings, paid = head - tail, out_head - out_tail
            if (
                takings >= said.takings
                and customers >= said.customers
                and changes + 1 >= said.days
                and paid * 1_000 <= said.paid_on * (takings + paid)
            ):
                if not taken:
                    reasons[position] = SETTLEMENT
                elif per_mille(value[position], total // takings) <= said.large:
                    reasons[position] = TAKINGS
        for place in range(tail, head):
            seen[source[into[place]]] = 0
