"""How far apart do two tokens sound?

A token becomes a row of phones (small integers). Two rows are aligned by a weighted edit distance
whose costs are reviewed data (`data/sounds.yml`): the same consonant costs nothing, ق met by k
little, an unwritten short vowel next to nothing, an unrelated consonant 1. The result is a
similarity in 0..1: one minus the cost over the weight of the longer row.

`similarity` is the compiled kernel; `similarity.py_func` (or NUMBA_DISABLE_JIT=1) is its twin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from taawun.jit import kernel

Phones = npt.NDArray[np.uint8]

# which of the two rows is written without short vowels
SPOKEN, ONE_ABJAD, BOTH_ABJAD = 0, 1, 2
LONGEST = 48


@dataclass(frozen=True, slots=True)
class SoundTables:
    """The reviewed costs as arrays; `P` is the number of phones.

    `near` (P, P); `gap` (3 modes, 2 sides, P), the cost of a phone without a counterpart; `edge`
    (2, 3, 2, P), that of one which opens or ends its row; `weight` (3, P). float32. In
    ONE_ABJAD the first row is the unvowelled one.
    """

    codes: dict[str, int]
    latin: dict[str, tuple[int, ...]]
    arab: dict[str, tuple[int, ...]]
    vowels: frozenset[int]
    contextual: tuple[tuple[int, ...], ...]
    near: npt.NDArray[np.float32]
    gap: npt.NDArray[np.float32]
    edge: npt.NDArray[np.float32]
    weight: npt.NDArray[np.float32]


def _row(costs: dict[str, float], codes: dict[str, int]) -> npt.NDArray[np.float32]:
    row = np.full(len(codes), costs.get("other", 1.0), dtype=np.float32)
    for phone, cost in costs.items():
        if phone != "other":
            row[codes[phone]] = cost
    return row


@cache
def tables() -> SoundTables:
    """The tables of `data/sounds.yml`, read once."""
    source = resources.files("taawun.names").joinpath("data/sounds.yml").read_text("utf-8")
    data: dict[str, Any] = yaml.load(source, Loader=yaml.CSafeLoader)
    codes = {phone: number for number, phone in enumerate(data["phones"])}
    near = np.ones((len(codes), len(codes)), dtype=np.float32)
    np.fill_diagonal(near, 0.0)
    for one, other, cost in data["near"]:
        near[codes[one], codes[other]] = near[codes[other], codes[one]] = cost
    spoken, unwritten, abjad, both = (
        _row(data["gap"][name], codes) for name in ("spoken", "unwritten", "abjad", "both")
    )
    sides = ((spoken, spoken), (abjad, unwritten), (both, both))
    gap = np.stack([np.stack(pair) for pair in sides])
    edge = np.stack([gap, gap])
    for at, place in enumerate(("first", "final")):
        for side, name in enumerate(("abjad", "unwritten")):
            for phone, cost in data[place].get(name, {}).items():
                edge[at, ONE_ABJAD, side, codes[phone]] = cost
    weight = np.stack([_row(data["weight"][n], codes) for n in ("spoken", "abjad", "abjad")])
    return SoundTables(
        codes=codes,
        latin={k: tuple(codes[p] for p in v) for k, v in data["latin"].items()},
        arab={k: tuple(codes[p] for p in v) for k, v in data["arab"].items()},
        vowels=frozenset(codes[p] for p in data["vowels"]),
        contextual=((codes["lc"],), (codes["i"],), (codes["hf"],)),
        near=near,
        gap=gap,
        edge=edge,
        weight=weight,
    )


# pairs of consonants that may be two sounds (Is-haq, Akhund-zada), the likeliest to be two first
TWO_OR_ONE = (
    "dz", "sj", "tj", "zj", "ts", "tz", "ks", "ph", "th", "dh", "sh", "gh", "kh", "zh", "bh", "jh",
)  # fmt: skip


@cache
def _reader(apart: str) -> tuple[re.Pattern[str], dict[str, tuple[int, ...]]]:
    """The pattern that cuts a Latin token into sounds, longest first, and what each is."""
    sounds = tables()
    units = {unit: found for unit, found in sounds.latin.items() if unit != apart}
    longest = sorted(units, key=len, reverse=True)
    several = [unit for unit in longest if len(unit) > 1]
    single = [unit for unit in longest if len(unit) == 1]
    pattern = "|".join([*several, *single])
    return re.compile(pattern), units


def latin_phones(token: str, apart: str = "") -> Phones:
    """The phones of a lower-case a-z token; doubled consonants count once.

    `apart`: two consonants that are one sound elsewhere and are read as two here.
    """
    pattern, units = _reader(apart)
    soft, end, last = tables().contextual
    out: list[int] = []
    before = -1
    for match in pattern.finditer(token):
        unit = match.group()
        found = units[unit]
        if unit == "c" and token[match.end() : match.end() + 1] in ("e", "i", "y"):
            found = soft
        elif unit == "y" and token[match.end() : match.end() + 1] not in _OPEN:
            found = end
        elif unit == "h" and match.end() == len(token) and token[match.start() - 1] in _OPEN:
            found = last
        for phone in found:
            if phone != before:
                out.append(phone)
                before = phone
    return np.array(out[:LONGEST], dtype=np.uint8)


_OPEN = frozenset("aeiou")


def arabic_phones(token: str) -> Phones:
    """The phones of a token in Arabic script whose orthography has been folded (`arabic.fold`).

    An alif that opens the token carries whatever vowel the other side has.
    """
    sounds = tables()
    codes = sounds.codes
    out: list[int] = []
    for at, letter in enumerate(token):
        found = sounds.arab.get(letter)
        if found is None:
            continue
        if at == 0 and letter == "ا":
            found = (codes["carrier"],)
        elif letter == "ه" and at == len(token) - 1 and at > 1:
            found = (codes["tam"],)
        for phone in found:
            if not out or out[-1] != phone:
                out.append(phone)
    return np.array(out[:LONGEST], dtype=np.uint8)


def article() -> Phones:
    """The article inside a compound: an l that may be heard or not."""
    return np.array([tables().codes["lart"]], dtype=np.uint8)


@kernel
def similarity(
    a: Phones,
    b: Phones,
    mode: int,
    near: npt.NDArray[np.float32],
    gap: npt.NDArray[np.float32],
    edge: npt.NDArray[np.float32],
    weight: npt.NDArray[np.float32],
    least: float,
    scratch: npt.NDArray[np.float32],
) -> float:
    """How alike two rows of phones are, 0..1; 0 as soon as it must be less than `least`.

    Rows of up to LONGEST phones; `mode` as above; `scratch` (2, LONGEST + 1).
    """
    n, m = len(a), len(b)
    total_a, total_b = 0.0, 0.0
    for i in range(n):
        total_a += weight[mode, a[i]]
    for j in range(m):
        total_b += weight[mode, b[j]]
    longer = max(total_a, total_b)
    if longer <= 0.0:
        return 0.0
    allowed = (1.0 - least) * longer + 1e-6
    gained, row = scratch[0], scratch[1]
    for j in range(m):
        gained[j] = gap[mode, 1, b[j]]
    if m:
        gained[0] = edge[0, mode, 1, b[0]]
        gained[m - 1] = max(edge[1, mode, 1, b[m - 1]], gained[m - 1])
    row[0] = 0.0
    for j in range(m):
        row[j + 1] = row[j] + gained[j]
    for i in range(n):
        lost = gap[mode, 0, a[i]]
        if i == 0:
            lost = edge[0, mode, 0, a[i]]
        if i == n - 1:
            lost = max(lost, edge[1, mode, 0, a[i]])
        diagonal = row[0]
        row[0] = row[0] + lost
        cheapest = row[0]
        for j in range(m):
            met = diagonal + near[a[i], b[j]]
            diagonal = row[j + 1]
            value = min(met, diagonal + lost, row[j] + gained[j])
            row[j + 1] = value
            cheapest = min(cheapest, value)
        if cheapest > allowed:
            return 0.0
    return max(0.0, 1.0 - float(row[m]) / longer)
