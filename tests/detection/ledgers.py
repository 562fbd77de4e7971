"""Ledgers for tests: five lines of text, or made at random with shapes planted in them.

    network('''
        a, b, c > hub 100 @1d          three transfers of 100.00, a day after the start
        hub > away 290.50 USD @1d12h   another currency: its value is the same number here
        hub > x ? @2d via cash         value unknown; the channel
        away: country XB, bank B1, kind exchange, shared 1
    ''')

Times are `@` days, hours, minutes, seconds after 2026-01-01 UTC (`@3d`, `@1d2h30m5s`, `@0`). The
references of transfers are `t1`, `t2`, … in the order written; accounts are numbered in the order
in which they first appear. `sources, … > targets, …` stands for every pair, sources first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

import numpy as np

from taawun.ledger.network import Listed, Network, by_account

START = 1_767_225_600
"""2026-01-01 UTC, seconds since 1970."""
HOUR, DAY = 3_600, 86_400
_SECONDS = {"d": DAY, "h": HOUR, "m": 60, "s": 1}
_LINE = re.compile(
    r"(?P<sources>[^>:]+)>(?P<targets>[^>:?]+?)\s+(?P<value>\?|[\d.]+)\s*(?P<currency>[A-Z]{3})?"
    r"\s*@(?P<time>[\ddhms]+)(?:\s+via (?P<channel>\w+))?"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One transfer: `at` seconds after the start, `value` minor units, 0 where unknown."""

    source: str
    target: str
    value: int
    at: int
    currency: str = "EUR"
    channel: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of an account."""

    country: str = ""
    bank: str = ""
    kind: str = ""
    shared: int = 0


@dataclass(slots=True)
class _Places:
    """Words to places; place 0 is the unknown."""

    words: list[str] = field(default_factory=lambda: [""])

    def of(self, word: str) -> int:
        if word not in self.words:
            self.words.append(word)
        return self.words.index(word)


def seconds(text: str) -> int:
    """`1d2h` as seconds; a bare number is seconds already."""
    if text.isdigit():
        return int(text)
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+)([dhms])", text))


def rows(text: str) -> tuple[list[Row], dict[str, About]]:
    """The transfers and the accounts that are told of, as written."""
    transfers: list[Row] = []
    accounts: dict[str, About] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        if match := _LINE.fullmatch(line):
            transfers += _pairs(match)
        else:
            name, _, told = line.partition(":")
            words = dict(each.split() for each in told.split(","))
            shared = int(words.pop("shared", 0))
            accounts[name.strip()] = About(**words, shared=shared)
    return transfers, accounts


def _pairs(match: re.Match[str]) -> Iterable[Row]:
    value = 0 if match["value"] == "?" else round(float(match["value"]) * 100)
    sides = ([name.strip() for name in match[side].split(",")] for side in ("sources", "targets"))
    for source, target in product(*sides):
        at, currency = seconds(match["time"]), match["currency"] or "EUR"
        yield Row(source, target, value, at, currency, match["channel"] or "")


def network(text: str) -> Network:
    """The window of the ledger that the text tells of."""
    transfers, accounts = rows(text)
    return network_of(transfers, accounts)


def network_of(transfers: Sequence[Row], accounts: dict[str, About] | None = None) -> Network:
    """The same from rows: sorted by time, then reference, as every window is."""
    named = [
        (row.at, row.reference or f"t{place:07d}", f"t{place}", row)
        for place, row in enumerate(transfers, 1)
    ]
    named.sort(key=lambda each: each[:2])
    ordered = [row for *_, row in named]
    ids = list(dict.fromkeys(name for row in transfers for name in (row.source, row.target)))
    ids += [name for name in accounts or {} if name not in ids]
    number = {name: place for place, name in enumerate(ids)}
    about = [(accounts or {}).get(name, About()) for name in ids]
    currencies, channels, banks, countries, kinds = (_Places() for _ in range(5))
    currencies.words.clear()
    source = np.array([number[row.source] for row in ordered], np.int32)
    target = np.array([number[row.target] for row in ordered], np.int32)
    out_start, out = by_account(source, len(ids))
    into_start, into = by_account(target, len(ids))
    value = np.array([row.value for row in ordered], np.int64)
    return Network(
        at=np.array([START + row.at for row in ordered], np.int64),
        source=source,
        target=target,
        value=value,
        amount=np.maximum(value, 1),
        currency=np.array([currencies.of(row.currency) for row in ordered], np.int16),
        channel=np.array([channels.of(row.channel) for row in ordered], np.uint8),
        bank=np.array([banks.of(each.bank) for each in about], np.int32),
        country=np.array([countries.of(each.country) for each in about], np.int16),
        kind=np.array([kinds.of(each.kind) for each in about], np.uint8),
        shared=np.array([each.shared for each in about], np.int32),
        out_start=out_start,
        out=out,
        into_start=into_start,
        into=into,
        currencies=tuple(currencies.words),
        channels=tuple(channels.words),
        banks=tuple(banks.words),
        countries=tuple(countries.words),
        kinds=tuple(kinds.words),
        names=Listed([row.reference or short for _, _, short, row in named], ids),
    )


def made(seed: int, accounts: int = 8, transfers: int = 24, days: int = 6) -> Network:
    """A small, dense ledger at random, with shapes planted in it: the same for the same seed.

    Times fall on whole hours, many of them equal; some transfers go twice, some to oneself, some
    have no known value; one account may be a hub.
    """
    dice = np.random.default_rng(seed)
    accounts = int(dice.integers(3, accounts + 1))
    slots = int(dice.integers(2, 24 * days))
    rows = [
        Row(_name(a), _name(b), value, HOUR * at)
        for a, b, value, at in zip(
            dice.integers(0, accounts, transfers),
            dice.integers(0, accounts, transfers),
            dice.choice([0, 50, 100, 100, 200, 1_000], transfers).tolist(),
            dice.integers(0, slots, transfers).tolist(),
            strict=True,
        )
    ][: int(dice.integers(0, transfers + 1))]
    for _ in range(int(dice.integers(0, 3))):
        rows += _planted(dice, accounts, slots)
    if dice.random() < 0.2:
        hub = _name(dice.integers(0, accounts))
        rows += [Row(hub, _name(each), 100, HOUR * (each % slots)) for each in range(12)]
    order = dice.permutation(len(rows))
    return network_of([rows[place] for place in order])


def _name(number: int) -> str:
    return f"a{number:02d}"


def _planted(dice: np.random.Generator, accounts: int, slots: int) -> list[Row]:
    """A fan, a ring, crossing groups or layers of them, in order of time, near one another."""
    names = [_name(each) for each in dice.permutation(accounts)]
    layers = [
        [names[:1], names[1:]],
        [names[1:], names[:1]],
        [names[1:-1], names[:1], names[-2:]],
        [names[:1], names[1:-1], names[-1:]],
        [names[: accounts // 2], names[accounts // 2 :]],
        [names[: accounts // 3], names[accounts // 3 : -2], names[-2:]],
        [[name] for name in [*names, names[0]][: int(dice.integers(3, 7))]],
        [[name] for name in [*names[:3], names[0]]],
    ][int(dice.integers(0, 8))]
    start, pace = int(dice.integers(0, slots)), int(dice.integers(0, 5))
    made = []
    for step, (sources, targets) in enumerate(pairwise(layers)):
        for source, target in product(sources, targets):
            if dice.random() < 0.9:
                late = int(dice.integers(0, pace + 1))
                at = HOUR * (start + step * pace + late)
                made.append(Row(source, target, int(dice.integers(90, 110)), at))
    return made
