"""What agrees between two names that were aligned, what contradicts, what only one side says.

Works on places in the names; texts are made only when somebody looks at them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taawun.names.part import Meeting, joined, may_be_one, meet
from taawun.names.person import ASIDE, BESIDE, FATHER, FIRST, LAST, Name

CONFLICT = 1.8  # how much heavier a difference weighs than an agreement
EXTRA_MIDDLE, EXTRA_LAST = 0.06, 0.16
EXTRA_FIRST, EXTRA_FIRST_NASAB, EXTRA_PREFIX = 0.45, 1.5, 0.5
ELSEWHERE = 0.6  # a difference that stands in two places: a middle name here, a last one there
DOUBT = 1.2
INITIAL, INITIAL_LAST = 0.72, 0.55
GIVEN_APART = 1.25  # another given name is another person
ENOUGH, SCARCE = 2.2, 1.5  # parts that agree weigh enough alone; below that what is missing costs
KUNYA_EXTRA, KUNYA_CONFLICT = 0.08, 0.5
LONE = 0.58  # at most this where one part of several is all that meets
LONE_RARE, LONE_COMMON = 0.8, 0.76  # or one part and the initials of the others

Grid = list[list[Meeting]]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two parts that met: their texts, how well, and by which step."""

    a: str
    b: str
    quality: float
    step: str
    weight: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """How two names met: which part met which, and what stayed alone on either side."""

    pairs: tuple[Pairing, ...] = ()
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def mirrored(self) -> Alignment:
        """The same seen from the other name."""
        pairs = tuple(Pairing(p.b, p.a, p.quality, p.step, p.weight) for p in self.pairs)
        return Alignment(pairs, self.only_b, self.only_a, self.notes)


def _effective(quality: float) -> float:
    """A doubtful agreement counts for less than it seems."""
    return quality if quality >= 0.8 else max(0.0, quality - DOUBT * (0.8 - quality))


class Tally:
    """The sum of an alignment. `base` 0..1 is what comes of it, before rarity.

    `told` is what the parts that met weigh by how well they met. `left_*` are places that met
    nothing, `alone_*` of these what no other place in its gap contradicts, with the share of its
    weight that is left.
    """

    __slots__ = (
        "a", "against", "agreed", "alone_a", "alone_b", "aside", "b", "base", "cost", "extra",
        "full", "joins", "left_a", "left_b", "loose", "meetings", "notes", "pairs", "told",
        "turned", "wa", "wb", "weight",
    )  # fmt: skip

    def __init__(
        self,
        a: Name,
        b: Name,
        meetings: Grid,
        wa: Sequence[float],
        wb: Sequence[float],
        order: list[int],
        pairs: list[tuple[int, int]],
        cost: float,
    ) -> None:
        self.a, self.b, self.meetings, self.wa, self.wb = a, b, meetings, wa, wb
        self.pairs = [(i, order[j]) for i, j in pairs]
        self.joins: list[tuple[list[int], list[int], Meeting]] = []
        self.loose = a.loose or b.loose
        self.cost, self.turned = cost, cost > 0
        self.agreed = self.told = self.weight = self.against = self.extra = self.aside = 0.0
        self.full: list[float] = []
        self.left_a: list[int] = []
        self.left_b: list[int] = []
        self.alone_a: list[tuple[int, float]] = []
        self.alone_b: list[tuple[int, float]] = []
        self.notes: list[str] = []
        at_a = at_b = 0
        agreed = told = weight = 0.0
        for i, place in pairs:
            j = order[place]
            if i > at_a or place > at_b:
                self._gap(list(range(at_a, i)), order[at_b:place])
            meeting = meetings[i][j]
            quality = meeting.quality
            if meeting.step == "names.initial":
                share, quality = 0.5, self._initial(i, j)
            else:
                share = (wa[i] + wb[j]) / 2
                self.full.append(share)
            # a common name is not told by the rare spelling that it met
            told += min(wa[i], wb[j]) * quality
            agreed += share * (quality if quality >= 0.8 else _effective(quality))
            weight += share
            at_a, at_b = i + 1, place + 1
        self.agreed += agreed
        self.told += told
        self.weight += weight
        if at_a < len(wa) or at_b < len(order):
            self._gap(list(range(at_a, len(wa))), order[at_b:])
        if self.alone_a or self.alone_b:
            self._across()
        self.base = self._base()

    def _initial(self, i: int, j: int) -> float:
        """An initial for a family name says less than one for a given name."""
        whole = self.b.layout[j] if self.a.parts[i].part.initial else self.a.layout[i]
        return INITIAL_LAST if whole == LAST else INITIAL

    def _gap(self, gap_a: list[int], gap_b: list[int]) -> None:
        """What stands between two agreements: said differently, or by one side only."""
        if gap_a and gap_b and self._as_one(gap_a, gap_b):
            return
        self.left_a += gap_a
        self.left_b += gap_b
        core_a, aside_a, first_a = self._core(self.a, self.wa, gap_a)
        core_b, aside_b, first_b = self._core(self.b, self.wb, gap_b)
        shared = min(core_a, core_b)
        if shared:
            self.against += shared * (GIVEN_APART if first_a or first_b else 1.0)
        self.against += self._titled(gap_a, gap_b)
        if core_a > shared:
            self.alone_a += [(i, 1 - shared / core_a) for i in gap_a if self.a.layout[i] < ASIDE]
        if core_b > shared:
            self.alone_b += [(j, 1 - shared / core_b) for j in gap_b if self.b.layout[j] < ASIDE]
        if aside_a or aside_b:
            self.against += KUNYA_CONFLICT * min(aside_a, aside_b)
            self.aside += KUNYA_EXTRA * abs(aside_a - aside_b)

    def _titled(self, gap_a: list[int], gap_b: list[int]) -> float:
        """What one side takes for a title and the other has elsewhere as a name: another order."""
        return self._misplaced(self.a, gap_a, self.b) + self._misplaced(self.b, gap_b, self.a)

    def _misplaced(self, titled: Name, gap: list[int], other: Name) -> float:
        found = 0.0
        for at in gap:
            if titled.layout[at] == BESIDE:
                part = titled.parts[at].part
                named = (
                    one.part
                    for one, place in zip(other.parts, other.layout, strict=True)
                    if FIRST < place < ASIDE
                )
                if any(meet(part, one, self.loose).quality >= 0.8 for one in named):
                    found += 0.8
        return found

    @staticmethod
    def _core(name: Name, weights: Sequence[float], gap: list[int]) -> tuple[float, int, bool]:
        """The weight of a gap without kunyas and titles; how many kunyas; is the given in it?"""
        weight, aside, first = 0.0, 0, False
        for at in gap:
            place = name.layout[at]
            if place < ASIDE:
                weight += weights[at]
                first = first or place == FIRST
            elif place == ASIDE:
                aside += 1
        return weight, aside, first

    def _across(self) -> None:
        """What is left alone in different places: a swap, another person's name, or only more."""
        sum_a = sum(self.wa[i] * share for i, share in self.alone_a)
        sum_b = sum(self.wb[j] * share for j, share in self.alone_b)
        shared = min(sum_a, sum_b)
        if shared:
            first = (
                self.turned
                or any(self.a.layout[i] == FIRST for i, _ in self.alone_a)
                or any(self.b.layout[j] == FIRST for j, _ in self.alone_b)
            )
            self.against += shared * (1.0 if first else ELSEWHERE)
            if self._swapped():
                self.notes.append("names.swapped")
        for name, weights, alone, total in (
            (self.a, self.wa, self.alone_a, sum_a),
            (self.b, self.wb, self.alone_b, sum_b),
        ):
            if total > shared:
                rest = 1 - shared / total
                self.extra += sum(
                    weights[at] * share * rest * self._costs(name, at) for at, share in alone
                )

    def _swapped(self) -> bool:
        return any(
            meet(self.a.parts[i].part, self.b.parts[j].part, self.loose).quality >= 0.8
            for i, _ in self.alone_a
            for j, _ in self.alone_b
        )

    def _costs(self, name: Name, at: int) -> float:
        place = name.layout[at]
        if place == LAST and not self.turned:
            return EXTRA_LAST
        if place != FIRST:
            return EXTRA_MIDDLE
        if not self.weight:
            return 1.0
        follows = name.parts[at + 1 : at + 2]
        if follows and follows[0].role != FATHER and name.parts[at].part.prefix:
            return EXTRA_PREFIX
        return EXTRA_FIRST_NASAB if self.a.loose and self.b.loose else EXTRA_FIRST

    def _as_one(self, gap_a: list[int], gap_b: list[int]) -> bool:
        """Joined on one side and split on the other: Jong Un and Jeongeun."""
        if len(gap_a) == len(gap_b) == 1 or len(gap_a) > 3 or len(gap_b) > 3:
            return False
        parts_a = tuple(self.a.parts[i].part for i in gap_a)
        parts_b = tuple(self.b.parts[j].part for j in gap_b)
        if len({p.script for p in parts_a}) > 1 or len({p.script for p in parts_b}) > 1:
            return False
        if not may_be_one(parts_a, parts_b):
            return False
        found = meet(joined(parts_a), joined(parts_b), self.loose)
        if found.quality < 0.7:
            return False
        quality = found.quality * 0.97
        weight_a, weight_b = sum(self.wa[i] for i in gap_a), sum(self.wb[j] for j in gap_b)
        weight = (weight_a + weight_b) / 2
        self.joins.append((gap_a, gap_b, Meeting(quality, found.step)))
        self.notes.append("names.joined")
        self.agreed += weight * quality
        self.told += max(weight_a, weight_b) * quality
        self.weight += weight
        self.full.append(weight)
        return True

    def _base(self) -> float:
        if not self.weight:
            return 0.0
        scarce = 1 + SCARCE * max(0.0, ENOUGH - self.agreed)
        total = self.weight + CONFLICT * self.against + self.extra * scarce + self.aside
        base = self.agreed / total * (1 - self.cost)
        alone = max(self.a.core, self.b.core)
        if len(self.full) <= 1 and alone > 1 and (self.left_a or self.left_b or not self.full):
            return min(base, LONE)
        if alone == 1 and (self.left_a or self.left_b):
            return min(base, LONE)  # Mullah Omar and Omar Khan
        if len(self.full) == 1 and len(self.pairs) > 1:
            return min(base, LONE_RARE if self.full[0] >= 1 else LONE_COMMON)
        return base

    @property
    def alone(self) -> int:
        """How many parts met nothing, on both sides together."""
        return len(self.left_a) + len(self.left_b)

    def shown(self) -> Alignment:
        """Which part met which, and what stayed alone, in words."""
        a, b = self.a.parts, self.b.parts
        met = []
        for i, j in self.pairs:
            meeting = self.meetings[i][j]
            if meeting.step == "names.initial":
                quality, weight = self._initial(i, j), 0.5
            else:
                quality, weight = meeting.quality, (self.wa[i] + self.wb[j]) / 2
            met.append(Pairing(a[i].text, b[j].text, quality, meeting.step, weight))
        for gap_a, gap_b, meeting in self.joins:
            texts = " ".join(a[i].text for i in gap_a), " ".join(b[j].text for j in gap_b)
            both = sum(self.wa[i] for i in gap_a) + sum(self.wb[j] for j in gap_b)
            met.append(Pairing(*texts, meeting.quality, meeting.step, both / 2))
        return Alignment(
            tuple(met),
            tuple(a[i].text for i in self.left_a),
            tuple(b[j].text for j in self.left_b),
            (*self.notes, *(("names.turned",) if self.cost else ())),
        )
