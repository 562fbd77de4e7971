"""Ranking without labels: how unusual a transfer is among all of the window.

Each family of features says by how few transfers it is reached or passed (`surprise`, the negative
decimal logarithm of their share: 3 is one in a thousand). How rare the typologies are that it was
found in (`shape`), and what the other dealings of both accounts say (`company`), are families too.
An isolation forest (Liu, Ting and Zhou, 2008) then ranks combinations, so that two mildly rare
things which are never seen together stand out, and things that are ordinary in this ledger say
nothing, whatever they say elsewhere.

A score is 0 to 1 and means one thing: 0.5 is one in a thousand, 1 one in a million or rarer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from taawun.detection.compiled.company import company
from taawun.detection.compiled.nearness import nearness_per_account
from taawun.detection.compiled.woods import walked
from taawun.detection.features import DAY, Features
from taawun.detection.finding import Found
from taawun.detection.habits import PAYROLL, STANDING
from taawun.jit import F32, I32, I64, kernel
from taawun.ledger.network import Network

FAMILIES: dict[str, tuple[str, ...]] = {
    "rectangles": ("rectangles",),
    "parallel": ("split", "joined"),
    "common": ("both_pay", "both_paid"),
    "rounds": ("rounds",),
    "amount": ("source_amount", "target_amount"),
    "size": ("size",),
    "pair": ("pair",),
}
"""Families and their columns; the most surprising column speaks for its family."""
BOTH_WAYS = ("source_amount", "target_amount")
"""Columns in which unusually little is as remarkable as unusually much."""
COMPANY = "company"
SEEDS = "seeds"
SHAPE = "shape"
WINDOW = 28 * DAY
WAGES = (PAYROLL, STANDING)
LOWERED = np.float32(0.5)
"""Wages and standing payments keep this part of their score: lowered, never hidden. Shops
keep all of it: collectors of laundered money look like them."""
PLAIN = 0.5
"""Surprises up to this (one in three) do not count as company."""
TREES = 300
SAMPLE = 256
RAREST = 6.0
FEW_VALUES = 1 << 17
SEED = 20_240_229


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of a window: `transfer` (n) from 0 to 1, and what they were made of.

    `surprise[family]` (n): negative decimal logarithm of the share that is as remarkable.
    """

    transfer: F32
    surprise: dict[str, F32]


def unlabelled(
    network: Network,
    features: Features,
    found: Sequence[Found] = (),
    *,
    threads: int = 1,
    seeds: I32 | None = None,
) -> Ranking:
    """Ranks all transfers of a window by how unusual they are in it.

    `features` has at least `COLUMNS`; `found` are the findings of the window. With `seeds`, numbers
    of listed or reported accounts, dealing with or near one of them is a family of its own.
    """
    near = seeds is not None and len(seeds) > 0
    names = (*FAMILIES, SHAPE, COMPANY, *((SEEDS,) if near else ()))
    table = np.empty((network.size, len(names)), np.float32, order="F")
    told = dict(zip(names, table.T, strict=True))
    if not network.size:
        return Ranking(np.zeros(0, np.float32), told)
    for family, columns in FAMILIES.items():
        told[family][:] = _of_family(features, columns)
    told[SHAPE][:] = rarest_shape(found, network.size)
    plain = np.zeros(network.size, np.float32)
    for family in (*FAMILIES, SHAPE):
        plain += np.maximum(told[family] - np.float32(PLAIN), 0)
    told[COMPANY][:] = surprise(np.minimum(*company(network, plain, WINDOW, threads)))
    if seeds is not None and near:
        nearness = nearness_per_account(network, seeds, threads=threads)
        told[SEEDS][:] = surprise(np.maximum(nearness[network.source], nearness[network.target]))
    transfer = one_in(isolation(table, threads))
    transfer[np.isin(features["ordinary"], WAGES)] *= LOWERED
    return Ranking(transfer, told)


COLUMNS = (*(name for columns in FAMILIES.values() for name in columns), "ordinary")
"""The features that are looked at here; the others need not be computed."""


def rarest_shape(found: Sequence[Found], size: int) -> F32:
    """How rare the rarest typology is that a transfer was found in (`size`), as a surprise.

    What half of the ledger fits says nothing; what one transfer in a thousand fits says much.
    """
    told = np.zeros(size, np.float32)
    for one in found:
        own = np.unique(one.transfers)
        if len(own):
            told[own] = np.maximum(told[own], np.float32(-np.log10(len(own) / size)))
    return told


def _of_family(features: Features, columns: tuple[str, ...]) -> F32:
    """What the most surprising of its columns says of each transfer."""
    most = np.zeros(0, np.float32)
    for name in columns:
        column = features[name]
        said = surprise(np.abs(column) if name in BOTH_WAYS else column)
        most = np.maximum(most, said, out=most) if len(most) else said
    return most


def surprise(column: npt.NDArray[np.generic]) -> F32:
    """The negative decimal logarithm of the share of values that are as high or higher (n)."""
    if np.issubdtype(column.dtype, np.integer) and len(column):
        low = int(column.min())
        if int(column.max()) - low < FEW_VALUES:
            return _of_few_values(column, low)
    ascending = np.sort(column)
    reached = len(column) - np.searchsorted(ascending, column, side="left")
    said: F32 = (-np.log10(reached / len(column))).astype(np.float32)
    return said


def _of_few_values(column: npt.NDArray[Any], low: int) -> F32:
    """The same, counted: whole numbers of a short range need no sorting."""
    place = column - column.dtype.type(low) if low else column
    counts = np.bincount(place)
    reached = np.cumsum(counts[::-1])[::-1]
    said: F32 = (-np.log10(np.maximum(reached, 1) / len(column))).astype(np.float32)
    told: F32 = said[place]
    return told


def one_in(unusual: npt.NDArray[np.generic]) -> F32:
    """From any measure to a score: 1 where one in 10^`RAREST` is as unusual, 0 where all are."""
    score: F32 = np.minimum(surprise(unusual) / np.float32(RAREST), np.float32(1))
    return score


def isolation(table: F32, threads: int = 1) -> F32:
    """How easily each row (n, k) is set apart by random cuts: an isolation forest, seeded.

    scikit-learn grows the forest; the rows, which are many, walk it compiled.
    """
    from sklearn.ensemble import IsolationForest

    sample = min(SAMPLE, len(table))
    forest = IsolationForest(n_estimators=TREES, max_samples=sample, random_state=SEED)
    return walked(forest.fit(table), table, threads)


ACCOUNT_BEST = 3


def of_accounts(network: Network, transfer: F32) -> F32:
    """The score of each account (m): the mean of its three highest transfers.

    An account with fewer transfers is filled up with zeros: one odd transfer alone is no account
    to worry about first.
    """
    return _of_accounts(
        transfer, network.source, network.target, network.out_start, network.out,
        network.into_start, network.into,
    )  # fmt: skip


@kernel
def _of_accounts(
    transfer: F32, source: I32, target: I32, out_start: I64, out: I32, into_start: I64, into: I32
) -> F32:
    accounts = len(out_start) - 1
    score = np.zeros(accounts, np.float32)
    best = np.zeros(ACCOUNT_BEST, np.float32)
    for account in range(accounts):
        best[:] = 0.0
        for side in range(2):
            if side == 0:
                own = out[out_start[account] : out_start[account + 1]]
            else:
                own = into[into_start[account] : into_start[account + 1]]
            for each in own:
                value = transfer[each]
                if value > best[ACCOUNT_BEST - 1] and source[each] != target[each]:
                    place = ACCOUNT_BEST - 1
                    while place > 0 and best[place - 1] < value:
                        best[place] = best[place - 1]
                        place -= 1
                    best[place] = value
        score[account] = best.sum() / ACCOUNT_BEST
    return score
