"""Ranking with labels: what officers have called laundering teaches what to look at next.

A histogram gradient boosting machine on all features, on what the two accounts were known for some
time before (`known`), and on the ranking without labels. It learns from labelled transfers and is
applied to all. Time is respected: no transfer learns from labels of its own time or later. The
scores are calibrated on the last quarter of the labelled time, which a first model has not seen:
of transfers with a score of 0.8 about four in five should be laundering.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from taawun.detection.features import DAY, Features
from taawun.detection.score import Ranking
from taawun.errors import InputError
from taawun.jit import F32, F64, I8, I32, I64, kernel
from taawun.ledger.network import Network

UNKNOWN = -1
"""A transfer that nobody has judged; 0 is ordinary, 1 laundering."""
DELAY = 14 * DAY
"""What an account is known for is known so much later: alerts take time to be judged."""
LAST = 0.75
"""The part of the labelled transfers, by time, after which calibration begins."""
FEWEST = 20
"""Fewer labelled cases of laundering than these teach nothing."""
ROWS = 1_000_000
"""Of more labelled transfers, ordinary ones are drawn and weighted."""
ROUNDS = 300
MODELS = 2
SEED = 20_240_229
CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Learned:
    """A trained ranking: models that are averaged, and the line that calibrates their log-odds."""

    names: tuple[str, ...]
    models: tuple[Any, ...]
    slope: float
    shift: float
    calibrated: bool

    def __call__(self, table: F32, threads: int = 1) -> F32:
        """The probability of laundering for rows of features (n, k), as far as it is calibrated."""
        odds = self.slope * _log_odds(self.models, table, threads) + self.shift
        return (1 / (1 + np.exp(-odds))).astype(np.float32)


def rows(
    network: Network, features: Features, plain: Ranking, labels: I8
) -> tuple[tuple[str, ...], F32]:
    """The table that models see: names of its columns, and (n, k)."""
    columns: dict[str, npt.NDArray[Any]] = dict(features.columns)
    columns["unlabelled"] = plain.transfer
    columns |= {f"surprise_{family}": told for family, told in plain.surprise.items()}
    columns["source_known"], columns["target_known"] = known(network, labels)
    table = np.empty((network.size, len(columns)), np.float32)
    for place, column in enumerate(columns.values()):
        table[:, place] = column
    return tuple(columns), table


def known(network: Network, labels: I8, delay: int = DELAY) -> tuple[I32, I32]:
    """In how many labelled cases source and target were known, `delay` seconds before (n, n)."""
    return _known(network.at, network.source, network.target, labels, delay, network.accounts)


@kernel
def _known(
    at: I64, source: I32, target: I32, labels: I8, delay: int, accounts: int
) -> tuple[I32, I32]:
    cases = np.zeros(accounts, np.int32)
    of_source = np.zeros(len(at), np.int32)
    of_target = np.zeros(len(at), np.int32)
    heard = 0
    for position in range(len(at)):
        while at[heard] < at[position] - delay:
            if labels[heard] == 1:
                cases[source[heard]] += 1
                cases[target[heard]] += 1
            heard += 1
        of_source[position] = cases[source[position]]
        of_target[position] = cases[target[position]]
    return of_source, of_target


def learn(network: Network, names: tuple[str, ...], table: F32, labels: I8) -> Learned:
    """Trains on the labelled rows of `table`. Raises InputError where they are too few."""
    told = np.flatnonzero(labels != UNKNOWN)
    cases = int((labels[told] == 1).sum())
    if cases < FEWEST or cases == len(told):
        raise InputError(
            f"the labels hold {cases} cases of laundering among {len(told)} transfers of this "
            f"window: at least {FEWEST}, and some ordinary transfers, are needed to learn from"
        )
    late = told[int(len(told) * LAST)]
    early = told[network.at[told] < network.at[late]]
    then = told[network.at[told] >= network.at[late]]
    slope, shift, calibrated = _line(table, labels, early, then)
    return Learned(names, _fitted(table, labels, told), slope, shift, calibrated)


def _line(table: F32, labels: I8, early: I64, then: I64) -> tuple[float, float, bool]:
    """The slope and shift of the log-odds that fit the later part best (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    fewest = FEWEST // 2
    if (labels[early] == 1).sum() < fewest or (labels[then] == 1).sum() < fewest:
        return 1.0, 0.0, False
    odds = _log_odds(_fitted(table, labels, early), table[then])
    line = LogisticRegression(C=1.0).fit(odds.reshape(-1, 1), labels[then])
    slope = float(line.coef_[0, 0])
    if slope <= 0:  # what was learned early says nothing of later: the order must not be turned
        return 1.0, 0.0, False
    return slope, float(line.intercept_[0]), True


def _fitted(table: F32, labels: I8, places: I64) -> tuple[Any, ...]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    drawn, weights = _drawn(labels, places)
    fitted = []
    for number in range(MODELS):
        model = HistGradientBoostingClassifier(
            max_iter=ROUNDS, learning_rate=0.03, max_leaf_nodes=31, min_samples_leaf=20,
            max_features=0.5, early_stopping=False, random_state=SEED + number,
        )  # fmt: skip
        with _one_thread_each():
            fitted.append(model.fit(table[drawn], labels[drawn], sample_weight=weights))
    return tuple(fitted)


def _drawn(labels: I8, places: I64) -> tuple[I64, F64 | None]:
    """All cases, and as many ordinary transfers as there is room for, weighted to stand for all."""
    if len(places) <= ROWS:
        return places, None
    cases, ordinary = places[labels[places] == 1], places[labels[places] == 0]
    room = max(ROWS - len(cases), ROWS // 2)
    some = np.random.default_rng(SEED).choice(ordinary, min(room, len(ordinary)), replace=False)
    drawn = np.sort(np.concatenate([cases, some]))
    return drawn, np.where(labels[drawn] == 1, 1.0, len(ordinary) / len(some))


def _log_odds(models: tuple[Any, ...], table: F32, threads: int = 1) -> F64:
    """The mean log-odds of the models (n)."""

    def part(low: int) -> F64:
        rows = table[low : low + CHUNK]
        return np.mean([model.decision_function(rows) for model in models], axis=0)  # type: ignore[no-any-return]

    with _one_thread_each(), ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(part, range(0, len(table), CHUNK))))


def _one_thread_each() -> AbstractContextManager[object]:
    """Keeps OpenMP to one thread: its threads wait actively and stall on a busy machine."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, "openmp")  # type: ignore[no-any-return]
