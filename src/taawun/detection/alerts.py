"""From thousands of overlapping findings to alerts: one ring is one alert, the best first.

Every transfer is evidence for or against: for, as far as its score lies above a `level`, against,
as far below. First the findings that explain the evidence: again and again the one that gains most,
counting only evidence that no alert explains yet, and all that speaks against. So a ring is named
for the shape that covers it with the fewest ordinary transfers beside it, and its parts do not come
a second time under other names: a finding whose evidence is explained joins the alert that holds
most of it. Then what is left, the strongest first, so that nothing that was found is lost.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from taawun.detection.finding import NOBODY, Found, Shape
from taawun.jit import F32, F64, I32, I64

MOST = 10_000
"""Findings that are made into alerts, the strongest of all; how many were left is said."""
AGAINST = 0.3
"""A transfer of score 0 counts so much against a finding as one of score 1 counts for 0.3 of it."""
COST = 0.05
"""What a finding must gain to be worth an alert of its own."""
SHARED = 0.5
"""The part of a finding's transfers that makes it part of an alert that holds them."""
HALF = 5.0
"""The gain at which an alert's score is half way from 0.5 to 1."""
SHRINK = 3.0
"""Of what is left, a finding of so many transfers is worth half of its mean score."""


@dataclass(frozen=True, slots=True)
class Joined:
    """One alert: the finding it is named for, the others that it joins, its transfers (ascending).

    `score`: 0.5 and above explains evidence that nothing before it does; below, what is left.
    """

    parts: tuple[tuple[str, Shape], ...]
    transfers: I32
    score: float

    @property
    def typology(self) -> str:
        return self.parts[0][0]

    @property
    def shape(self) -> Shape:
        return self.parts[0][1]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The alerts, best first; how many findings there were, and how many were looked at."""

    alerts: tuple[Joined, ...]
    findings: int
    looked_at: int


@dataclass(slots=True)
class _Open:
    """An alert that is being made: findings by their place among all, transfers, score."""

    parts: list[int]
    transfers: list[I32]
    score: float


@dataclass(slots=True)
class _Findings:
    """All findings in one row of arrays: of which typology, and where their transfers are."""

    found: Sequence[Found]
    which: I64 = field(init=False)
    place: I64 = field(init=False)
    size: I64 = field(init=False)

    def __post_init__(self) -> None:
        counts = [len(one) for one in self.found]
        self.which = np.repeat(np.arange(len(counts)), counts)
        places = [np.arange(count) for count in counts]
        self.place = np.concatenate([np.zeros(0, np.int64), *places])
        sizes = [np.diff(one.start) for one in self.found]
        self.size = np.concatenate([np.zeros(0, np.int64), *sizes])

    def sums(self, values: F32) -> F64:
        """The sum of `values` (of each transfer) over each finding."""
        parts = [
            np.add.reduceat(values[one.transfers].astype(np.float64), one.start[:-1])
            for one in self.found
            if len(one)
        ]
        return np.concatenate([np.zeros(0), *parts])

    def transfers(self, number: int) -> I32:
        one, place = self.found[self.which[number]], self.place[number]
        own: I32 = one.transfers[one.start[place] : one.start[place + 1]]
        return own

    def part(self, number: int) -> tuple[str, Shape]:
        one = self.found[self.which[number]]
        return one.typology, one.shape(int(self.place[number]))


def joined(found: Sequence[Found], score: F32, level: float, most: int = MOST) -> Ranked:
    """Alerts out of findings. `score` (n) is that of each transfer, from 0 to 1.

    `level` is the score from which on a transfer speaks for laundering rather than against.
    """
    all_of_them = _Findings(found)
    holder = np.full(len(score), NOBODY, np.int32)
    alerts = _explaining(all_of_them, evidence(score, level), holder, most)
    first = {alert.parts[0] for alert in alerts}
    strength = all_of_them.sums(score) / (all_of_them.size + SHRINK)
    order = np.lexsort((np.arange(len(strength)), -strength))[:most]
    for number in order.tolist():
        if number not in first:
            _left(all_of_them, number, float(strength[number]), holder, alerts)
    made = [_closed(all_of_them, alert) for alert in alerts]
    made.sort(key=lambda alert: -alert.score)
    return Ranked(tuple(made), len(strength), len(first.union(order.tolist())))


def evidence(score: F32, level: float) -> F32:
    """From 1, for laundering, through 0 at `level` down to -`AGAINST`.

    Squared above the level: a few transfers that are certain say more than many that may be.
    """
    above = ((score - level) / (1 - level)) ** 2
    below = (score - level) / level * AGAINST
    return np.where(score >= level, above, below).astype(np.float32)


def _explaining(findings: _Findings, told: F32, holder: I32, most: int) -> list[_Open]:
    """The findings that gain most, one by one; gains only shrink, so an old one is a bound."""
    gains = findings.sums(told) - COST
    heap = [(-gain, number) for number, gain in enumerate(gains.tolist()) if gain > 0]
    heapq.heapify(heap)
    alerts: list[_Open] = []
    while heap and len(alerts) < most:
        _, number = heapq.heappop(heap)
        own = findings.transfers(number)
        free = (holder[own] == NOBODY) | (told[own] < 0)
        gain = float(told[own][free].sum(dtype=np.float64)) - COST
        if gain <= 0:
            continue
        if heap and -heap[0][0] > gain:
            heapq.heappush(heap, (-gain, number))
            continue
        holder[own[holder[own] == NOBODY]] = len(alerts)
        alerts.append(_Open([number], [own], 0.5 + 0.5 * gain / (gain + HALF)))
    return alerts


def _left(
    findings: _Findings, number: int, strength: float, holder: I32, alerts: list[_Open]
) -> None:
    """Puts one more finding into the alert that holds half of it, or into one of its own."""
    own = findings.transfers(number)
    held = holder[own]
    known = held[held != NOBODY]
    if len(known) >= SHARED * len(own):
        alerts[int(np.bincount(known).argmax())].parts.append(number)
        return
    holder[own[held == NOBODY]] = len(alerts)
    alerts.append(_Open([number], [own], 0.5 * strength))


def _closed(findings: _Findings, alert: _Open) -> Joined:
    transfers = np.unique(np.concatenate(alert.transfers))
    return Joined(tuple(map(findings.part, alert.parts)), transfers, alert.score)
