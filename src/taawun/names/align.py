"""Which part of one name meets which part of the other, and what that makes of the whole.

Parts meet in the order in which the names are said. What both sides say differently in the same
place counts against (another father); what only one side says counts little (a missing middle
name), unless it is the given name itself. Where the order differs, the family name may have been
put first; what that costs depends on the culture: nothing in Chinese, much where a nasab marker
says who is whose father.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from taawun.names.part import MATCHES, SURNAME, Meeting, Part, is_kunya, is_prefix, joined, meet
from taawun.names.person import FATHER, GIVEN, KUNYA, PATRONYMIC, SUFFIX, TITLE, Name, Said, family_of, father_of

Weigh = Callable[[Part], float]

CONFLICT = 1.8  # how much heavier a difference weighs than an agreement
EXTRA_MIDDLE, EXTRA_LAST = 0.06, 0.16
EXTRA_FIRST, EXTRA_FIRST_NASAB, EXTRA_PREFIX = 0.45, 1.5, 0.5
ELSEWHERE = 0.6  # a difference that stands in two places: a middle name here, a last one there
DOUBT = 1.2
INITIAL, INITIAL_LAST = 0.72, 0.55
GIVEN_APART = 1.25  # another given name is another person
ENOUGH, SCARCE = 2.2, 1.5  # parts that agree weigh enough alone; below that what is missing costs
KUNYA_EXTRA, KUNYA_CONFLICT = 0.08, 0.5
LONE, LONE_RARE = 0.58, 0.76  # at most this where one part of several is all that meets


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
    """How two names met. `base` 0..1 before rarity; what stayed alone on either side."""

    base: float
    pairs: tuple[Pairing, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    notes: tuple[str, ...] = ()


NOTHING = Alignment(0.0, (), (), ())

Grid = list[list[Meeting]]


def _surnames(a: Said, i: int, b: Said, j: int) -> bool:
    """Whether both stand where a Chinese or Korean family name stands."""
    if not (a.part.surnames and b.part.surnames):
        return False
    return i == j == 0 or (i == 0 and a.part.script != "latn") or (j == 0 and b.part.script != "latn")


def _meeting(a: Said, b: Said, loose: bool, surname: bool) -> Meeting:
    if TITLE in (a.role, b.role) and (a.role != b.role and GIVEN not in (a.role, b.role)):
        return _NONE
    if (a.role == KUNYA) != (b.role == KUNYA) or (a.role == SUFFIX) != (b.role == SUFFIX):
        both = a.part.classes & b.part.classes
        return meet(a.part, b.part, loose) if both and is_kunya(a.part) else _NONE
    if a.role == b.role == KUNYA and {a.text[:4], b.text[:4]} == {"abu ", "umm "}:
        return _NONE
    found = meet(a.part, b.part, loose)
    if found.quality == 1.0 and a.text != b.text and _other_tone(a.text, b.text):
        return Meeting(0.6, "names.tone")
    if found.quality >= 0.9:
        return found
    if surname and a.part.surnames & b.part.surnames:
        return SURNAME
    if a.role == b.role == PATRONYMIC:
        fathers = meet(father_of(a.part), father_of(b.part), loose=True)
        if fathers.quality * 0.97 > found.quality:
            return Meeting(fathers.quality * 0.97, "names.patronymic")
    if a.part.script in _CASED and b.part.script in _CASED and a.role == b.role == GIVEN:
        one, other = family_of(a), family_of(b)
        if one is not a.part or other is not b.part:
            turned = meet(one, other, loose)
            if turned.quality * 0.95 > found.quality:
                return Meeting(turned.quality * 0.95, "names.feminine")
    return found


def _other_tone(one: str, other: str) -> bool:
    """Vietnamese names that differ in their marks alone are different names: Hùng, Hưng."""
    if one.isascii() or other.isascii() or one.casefold() == other.casefold():
        return False
    return any("\u1ea0" <= c <= "\u1ef9" or c in "ơưƠƯ" for c in one + other)


_NONE = Meeting(0.0, "names.apart")
_CASED = frozenset({"latn", "cyrl"})


def grid(a: Sequence[Said], b: Sequence[Said], loose: bool) -> Grid:
    """Every part of one side met with every part of the other."""
    return [
        [_meeting(x, y, loose, _surnames(x, i, y, j)) for j, y in enumerate(b)]
        for i, x in enumerate(a)
    ]


def monotone(cells: list[list[float]], wa: Sequence[float], wb: Sequence[float]) -> list[tuple[int, int]]:
    """The pairs (i, j), rising in both, that agree most by weight; only cells that match."""
    n, m = len(wa), len(wb)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        row, below, cell, w = best[i], best[i + 1], cells[i], wa[i]
        for j in range(m - 1, -1, -1):
            value = below[j] if below[j] >= row[j + 1] else row[j + 1]
            quality = cell[j]
            if quality >= MATCHES:
                met = below[j + 1] + quality * (w + wb[j]) / 2
                if met > value:
                    value = met
            row[j] = value
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < n and j < m:
        here, quality = best[i][j], cells[i][j]
        met = best[i + 1][j + 1] + quality * (wa[i] + wb[j]) / 2 if quality >= MATCHES else -1.0
        if here == met:  # of two equal ways the one that meets first
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif here == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def align(a: Name, b: Name, weigh: Weigh) -> Alignment:
    """The best way in which two persons' names meet."""
    if not a.parts or not b.parts:
        return NOTHING
    loose = a.loose or b.loose
    meetings = grid(a.parts, b.parts, loose)
    cells = [[m.quality for m in row] for row in meetings]
    wa = [_weight(said, weigh) for said in a.parts]
    wb = [_weight(said, weigh) for said in b.parts]
    order = list(range(len(b.parts)))
    best = _judged(a, b, meetings, cells, wa, wb, order, 0.0)
    if best.base >= 0.97 or not (a.east or b.east or _may_turn(cells, best)):
        return best
    for shift in range(1, len(order)):
        cost = _turning_cost(a, b, shift)
        if cost >= 0.5:
            continue
        turned = order[shift:] + order[:shift]
        found = _judged(a, b, meetings, cells, wa, wb, turned, cost)
        if found.base > best.base:
            best = found
    return best


def _may_turn(cells: list[list[float]], found: Alignment) -> bool:
    able = sum(1 for row in cells if max(row) >= MATCHES)
    return able > len(found.pairs) or (able > 1 and bool(found.only_a or found.only_b))


def _turning_cost(a: Name, b: Name, shift: int) -> float:
    """What it costs to take `b` as said family name first."""
    m = len(b.parts)
    edge = shift in (1, m - 1)
    if a.ordered or b.ordered or a.east or b.east:
        return 0.01 if edge else 0.04
    moved = b.parts[:shift] if shift <= m - shift else b.parts[shift:]
    if a.marked or b.marked:
        return 0.04 if all(said.article for said in moved) else 0.36
    if a.loose and b.loose and any(_given_only(said.part) and not said.article for said in moved):
        return 0.3 if m == 2 else 0.2
    return 0.03 if edge else 0.08


def _given_only(made: Part) -> bool:
    from taawun.names.lexicon import lexicon

    if not made.classes:
        return False
    return all(lexicon().classes[number].kind == "given" for number in made.classes)


def _weight(said: Said, weigh: Weigh) -> float:
    if said.part.initial:
        return 0.3
    if said.role == KUNYA:
        return 0.8
    if said.role in (SUFFIX, TITLE):
        return 0.3
    if said.role == PATRONYMIC:
        return 0.8
    return weigh(said.part)


def _judged(
    a: Name,
    b: Name,
    meetings: Grid,
    cells: list[list[float]],
    wa: list[float],
    wb: list[float],
    order: list[int],
    cost: float,
) -> Alignment:
    turned_cells = [[row[j] for j in order] for row in cells] if cost else cells
    turned_wb = [wb[j] for j in order] if cost else wb
    pairs = [(i, order[j]) for i, j in monotone(turned_cells, wa, turned_wb)]
    return _Sum(a, b, meetings, wa, wb, order, pairs).alignment(cost)


@dataclass(frozen=True, slots=True)
class _Alone:
    """A part that met nothing: its weight, where in its own name it stands."""

    weight: float
    place: str
    said: Said
    prefix: bool = False


FIRST, MIDDLE, LAST = "first", "middle", "last"


def _place(name: Name, at: int, turned: bool) -> str:
    if all(said.role in _ASIDE for said in name.parts[:at]):
        return FIRST
    return LAST if at == len(name.parts) - 1 and not turned else MIDDLE


def _less(alone: list[_Alone], spent: float) -> list[_Alone]:
    """What remains of these parts when `spent` of their weight is accounted for."""
    total = sum(x.weight for x in alone)
    if total <= spent:
        return []
    share = 1 - spent / total
    return [_Alone(x.weight * share, x.place, x.said, x.prefix) for x in alone]


def _effective(quality: float) -> float:
    """A doubtful agreement counts for less than it seems."""
    return quality if quality >= 0.8 else max(0.0, quality - DOUBT * (0.8 - quality))


class _Sum:
    """What agrees, what contradicts, what only one side says."""

    def __init__(
        self,
        a: Name,
        b: Name,
        meetings: Grid,
        wa: list[float],
        wb: list[float],
        order: list[int],
        pairs: list[tuple[int, int]],
    ) -> None:
        self.a, self.b, self.wa, self.wb = a, b, wa, wb
        self.met: list[Pairing] = []
        self.agreed = self.weight = self.against = self.extra = self.aside = 0.0
        self.only_a: list[str] = []
        self.only_b: list[str] = []
        self.notes: list[str] = []
        place = {j: at for at, j in enumerate(order)}
        self.turned = order != sorted(order)
        self.alone_a: list[_Alone] = []
        self.alone_b: list[_Alone] = []
        left_a, left_b = 0, 0
        for i, j in pairs:
            self._gap(range(left_a, i), [order[at] for at in range(left_b, place[j])])
            self._pair(i, j, meetings[i][j])
            left_a, left_b = i + 1, place[j] + 1
        self._gap(range(left_a, len(wa)), [order[at] for at in range(left_b, len(order))])
        self._across()

    def _pair(self, i: int, j: int, meeting: Meeting) -> None:
        one, other = self.a.parts[i], self.b.parts[j]
        weight = (self.wa[i] + self.wb[j]) / 2
        if one.part.initial or other.part.initial:
            weight = 0.5
        quality = meeting.quality
        if meeting.step == "names.initial":
            last = i == len(self.a.parts) - 1 or j == len(self.b.parts) - 1
            quality = INITIAL_LAST if last else INITIAL
        self.met.append(Pairing(one.text, other.text, quality, meeting.step, weight))
        self.agreed += weight * _effective(quality)
        self.weight += weight

    def _gap(self, gap_a: Sequence[int], gap_b: Sequence[int]) -> None:
        """What stands between two agreements: said differently, or by one side only."""
        if not gap_a and not gap_b:
            return
        parts_a = [self.a.parts[i] for i in gap_a]
        parts_b = [self.b.parts[j] for j in gap_b]
        if gap_a and gap_b and self._as_one(parts_a, parts_b):
            return
        self.only_a += [said.text for said in parts_a]
        self.only_b += [said.text for said in parts_b]
        alone_a = [self._alone(self.a, i, self.wa[i]) for i in gap_a]
        alone_b = [self._alone(self.b, j, self.wb[j]) for j in gap_b]
        self._aside(alone_a, alone_b)
        core_a = [alone for alone in alone_a if alone.said.role not in _ASIDE]
        core_b = [alone for alone in alone_b if alone.said.role not in _ASIDE]
        shared = min(sum(x.weight for x in core_a), sum(x.weight for x in core_b))
        first = any(x.place == FIRST for x in (*core_a, *core_b))
        self.against += shared * (GIVEN_APART if first else 1.0)
        self.alone_a += _less(core_a, shared)
        self.alone_b += _less(core_b, shared)

    def _alone(self, name: Name, at: int, weight: float) -> _Alone:
        said = name.parts[at]
        follows = name.parts[at + 1 : at + 2]
        prefix = bool(follows) and follows[0].role != FATHER and is_prefix(said.part)
        return _Alone(weight, _place(name, at, self.turned), said, prefix)

    def _aside(self, alone_a: list[_Alone], alone_b: list[_Alone]) -> None:
        """Kunyas and suffixes: one more is nothing, two different ones are something."""
        aside_a = sum(1 for x in alone_a if x.said.role in (KUNYA, SUFFIX))
        aside_b = sum(1 for x in alone_b if x.said.role in (KUNYA, SUFFIX))
        self.against += KUNYA_CONFLICT * min(aside_a, aside_b)
        self.aside += KUNYA_EXTRA * abs(aside_a - aside_b)

    def _across(self) -> None:
        """What is left alone in different places: a swap, another person's name, or only more."""
        sum_a = sum(x.weight for x in self.alone_a)
        sum_b = sum(x.weight for x in self.alone_b)
        shared = min(sum_a, sum_b)
        if shared:
            first = self.turned or any(x.place == FIRST for x in (*self.alone_a, *self.alone_b))
            self.against += shared * (1.0 if first else ELSEWHERE)
            if self._swapped():
                self.notes.append("names.swapped")
        for alone in (*_less(self.alone_a, shared), *_less(self.alone_b, shared)):
            self.extra += alone.weight * self._costs(alone)

    def _swapped(self) -> bool:
        loose = self.a.loose or self.b.loose
        return any(
            meet(x.said.part, y.said.part, loose).quality >= 0.8
            for x in self.alone_a
            for y in self.alone_b
        )

    def _costs(self, alone: _Alone) -> float:
        if alone.place == MIDDLE:
            return EXTRA_MIDDLE
        if alone.place == LAST:
            return EXTRA_LAST
        if not self.met:
            return 1.0
        if alone.prefix:
            return EXTRA_PREFIX
        return EXTRA_FIRST_NASAB if self.a.loose and self.b.loose else EXTRA_FIRST

    def _as_one(self, parts_a: list[Said], parts_b: list[Said]) -> bool:
        """Joined on one side and split on the other: Jong Un and Jeongeun."""
        if len(parts_a) == len(parts_b) == 1 or max(len(parts_a), len(parts_b)) > 3:
            return False
        if any(len({said.part.script for said in parts}) > 1 for parts in (parts_a, parts_b)):
            return False
        one = joined(tuple(said.part for said in parts_a))
        other = joined(tuple(said.part for said in parts_b))
        found = meet(one, other, self.a.loose or self.b.loose)
        if found.quality < 0.7:
            return False
        weight = 1.0
        text_a = " ".join(said.text for said in parts_a)
        text_b = " ".join(said.text for said in parts_b)
        quality = found.quality * 0.97
        self.met.append(Pairing(text_a, text_b, quality, found.step, weight))
        self.notes.append("names.joined")
        self.agreed += weight * quality
        self.weight += weight
        return True

    def alignment(self, cost: float) -> Alignment:
        scarce = 1 + SCARCE * max(0.0, ENOUGH - self.agreed)
        total = self.weight + CONFLICT * self.against + self.extra * scarce + self.aside
        base = self.agreed / total if total and self.weight else 0.0
        if cost:
            base *= 1 - cost
            self.notes.append("names.turned")
        full = [pair for pair in self.met if pair.step != "names.initial"]
        alone = max(_core(self.a), _core(self.b))
        if len(full) <= 1 and alone > 1 and (self.only_a or self.only_b or not full):
            base = min(base, LONE)
        elif len(full) == 1 and len(self.met) > 1:
            base = min(base, LONE_RARE if full[0].weight >= 1 else LONE)
        return Alignment(
            base, tuple(self.met), tuple(self.only_a), tuple(self.only_b), tuple(self.notes)
        )


_ASIDE = frozenset({KUNYA, SUFFIX, TITLE})


def _core(name: Name) -> int:
    return sum(1 for said in name.parts if said.role in (GIVEN, FATHER, PATRONYMIC, KUNYA))
