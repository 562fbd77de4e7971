"""Which part of one name meets which part of the other, and what that makes of the whole.

Parts meet in the order in which the names are said. What both sides say differently in the same
place counts against (another father); what only one side says counts little (a missing middle
name), unless it is the given name itself. Where the order differs, the family name may have been
put first; what that costs depends on the culture: nothing in Chinese, much where a nasab marker
says who is whose father.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from taawun.names.part import MATCHES, SURNAME, Meeting, meet
from taawun.names.person import (
    FATHER,
    GIVEN,
    KUNYA,
    PATRONYMIC,
    SUFFIX,
    TITLE,
    Name,
    Said,
    family_of,
    father_of,
    weights,
)
from taawun.names.tally import Grid, Tally
from taawun.names.weights import Weigh


def _surnames(a: Said, i: int, b: Said, j: int) -> bool:
    """Whether both stand where a Chinese or Korean family name stands."""
    if not (a.part.surnames and b.part.surnames):
        return False
    here, there = i == 0, j == 0
    return (here and (there or a.part.script != "latn")) or (there and b.part.script != "latn")


def _meeting(a: Said, b: Said, loose: bool, surname: bool) -> Meeting:
    if TITLE in (a.role, b.role) and (a.role != b.role and GIVEN not in (a.role, b.role)):
        return _NONE
    if (a.role == KUNYA) != (b.role == KUNYA) or (a.role == SUFFIX) != (b.role == SUFFIX):
        both = a.part.classes & b.part.classes
        return meet(a.part, b.part, loose) if both and a.part.kunya else _NONE
    if a.role == b.role == KUNYA and {a.text[:4], b.text[:4]} == {"abu ", "umm "}:
        return _NONE
    found = meet(a.part, b.part, loose)
    if found.quality == 1.0 and a.text != b.text and _other_tone(a.text, b.text):
        return Meeting(0.6, "names.tone")
    if found.quality >= 0.9:
        house = a.of_a_house != b.of_a_house and FATHER not in (a.role, b.role)
        return Meeting(found.quality * HOUSE, found.step) if house else found
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


HOUSE = 0.8  # Benali is a son of Ali, not Ali
_NONE = Meeting(0.0, "names.apart")
_CASED = frozenset({"latn", "cyrl"})


def grid(a: Sequence[Said], b: Sequence[Said], loose: bool) -> Grid:
    """Every part of one side met with every part of the other."""
    return [
        [
            meet(x.part, y.part, loose)
            if x.plainly and y.plainly
            else _meeting(x, y, loose, _surnames(x, i, y, j))
            for j, y in enumerate(b)
        ]
        for i, x in enumerate(a)
    ]


def monotone(
    cells: list[list[float]], wa: Sequence[float], wb: Sequence[float]
) -> list[tuple[int, int]]:
    """The pairs (i, j), rising in both, that agree most by weight; only cells that match."""
    n, m = len(wa), len(wb)
    found = [(i, j) for i in range(n) for j in range(m) if cells[i][j] >= MATCHES]
    if all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(found)):
        return found  # every part has one counterpart at most, and they stand in order
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


def align(a: Name, b: Name, weigh: Weigh) -> Tally | None:
    """The best way in which two persons' names meet; None where nothing does."""
    if not a.parts or not b.parts:
        return None
    meetings = grid(a.parts, b.parts, a.loose or b.loose)
    cells = [[m.quality for m in row] for row in meetings]
    if max(map(max, cells)) < MATCHES and len(a.parts) == len(b.parts) == 1:
        return None
    wa, wb = weights(a, weigh), weights(b, weigh)
    order = list(range(len(wb)))
    best = _judged(a, b, meetings, cells, wa, wb, order, 0.0)
    if best.left_a or best.left_b:
        able = min(
            sum(max(row) >= MATCHES for row in cells),
            sum(max(column) >= MATCHES for column in zip(*cells, strict=True)),
        )
        # written apart on one side, a Korean given name only meets once the order is right
        if able > len(best.pairs) or ((a.east or b.east) and best.left_a and best.left_b):
            best = _turned(a, b, best)
    return best


def _turned(a: Name, b: Name, best: Tally) -> Tally:
    """The best way of taking `b` as said family name first, if it is better than as it stands."""
    meetings, wa, wb = best.meetings, best.wa, best.wb
    cells = [[m.quality for m in row] for row in meetings]
    order = list(range(len(wb)))
    for shift in range(1, len(order)):
        cost = _turning_cost(a, b, shift)
        if 1 - cost > best.base:
            turned = order[shift:] + order[:shift]
            found = _judged(a, b, meetings, cells, wa, wb, turned, cost)
            if found.base > best.base:
                best = found
    return best


def _turning_cost(a: Name, b: Name, shift: int) -> float:
    """What it costs to take `b` as said family name first."""
    m = len(b.parts)
    edge = shift in (1, m - 1)
    if a.ordered or b.ordered or a.east or b.east:
        return 0.01 if edge else 0.04
    moved = b.parts[:shift] if shift <= m - shift else b.parts[shift:]
    if a.marked or b.marked:
        return 0.04 if all(said.article for said in moved) else 0.36
    if a.loose and b.loose and any(said.part.given and not said.article for said in moved):
        rare = any(said.part.common <= 3 for said in b.parts)
        return (0.2 if rare else 0.3) if m == 2 else 0.2
    return 0.03 if edge else 0.08


def _judged(
    a: Name,
    b: Name,
    meetings: Grid,
    cells: list[list[float]],
    wa: Sequence[float],
    wb: Sequence[float],
    order: list[int],
    cost: float,
) -> Tally:
    if cost:
        turned = [[row[j] for j in order] for row in cells]
        pairs = monotone(turned, wa, [wb[j] for j in order])
    else:
        pairs = monotone(cells, wa, wb)
    return Tally(a, b, meetings, wa, wb, order, pairs, cost)
