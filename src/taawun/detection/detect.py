"""Searching a window of the ledger from end to end: features, scores, typologies, alerts, reasons.

    detection = detect(network, currency="EUR")
    detection.alerts[0].reason, detection.transfer_score, detection.account_score

Without labels a transfer's score says how unusual it is in the window (`score`); with labels, how
probable laundering is (`model`). Findings come from the catalogue's live definitions, and are
joined and ranked by the scores (`alerts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from taawun.detection import alerts as joining
from taawun.detection import model, score
from taawun.detection.alerts import Joined
from taawun.detection.catalogue import Catalogue, shipped
from taawun.detection.engine import search
from taawun.detection.features import Features, features
from taawun.detection.finding import NOBODY
from taawun.detection.reasons import Factor, Reason, places, reason_of
from taawun.errors import InputError
from taawun.jit import F32, I8, I32
from taawun.ledger.coding import dictionary, numbers
from taawun.ledger.network import Network

Progress = Callable[[str, int, int], None]
"""Hears what is done now, how many steps are done, of how many."""
STEPS = ("features", "typologies", "scores", "alerts")
UNUSUAL = 0.25
"""The level without labels: one in thirty is as unusual."""
PROBABLE = 0.3
"""The level with labels: a probability that is worth an officer's time."""
FACTORS = 4
"""How many factors an alert names at most."""
SPREAD = 1_000
"""Deviations of amounts are features in thousandths of the usual spread, and factors in spreads."""
REMARKABLE = 1.0
"""A family is a factor where not more than one transfer in ten is as remarkable."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: what an officer reads first, and the evidence that proves it.

    `transfers` are positions (ascending), `accounts` numbers, those it is about first; `parts` the
    codes of all findings that were joined, `typology` and `reason` those of the first. `value` is
    the sum in minor units of the reference currency.
    """

    finding: str
    typology: str
    score: float
    transfers: I32
    accounts: I32
    centre: int
    other: int
    first_at: int
    last_at: int
    value: int
    reason: Reason
    factors: tuple[Factor, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detection:
    """What one search gave. `transfer_score` (n), `account_score` (m), from 0 to 1.

    `findings` counts all findings of the catalogue; those beyond the strongest `looked_at` are in
    no alert. `learned` says whether labels were learned from, `calibrated` whether the scores are
    probabilities that were checked on later labels.
    """

    alerts: tuple[Alert, ...]
    transfer_score: F32
    account_score: F32
    findings: int
    looked_at: int
    learned: bool
    calibrated: bool


def detect(
    network: Network,
    *,
    catalogue: Catalogue | None = None,
    only: Iterable[str] = (),
    labels: pa.Table | None = None,
    seeds: I32 | None = None,
    currency: str = "",
    threads: int = 1,
    most: int = joining.MOST,
    progress: Progress | None = None,
) -> Detection:
    """Searches a window; `labels` has `transfer` (reference) and `label` (0 or 1).

    `only` are codes of the catalogue, `seeds` numbers of listed or reported accounts, `currency`
    that of the ledger's values. The same input gives the same output, whatever `threads`. Raises
    InputError for labels that nothing can be learned from, NotFound for an unknown code.
    """
    catalogue = catalogue if catalogue is not None else shipped()
    step = _Steps(progress)
    step("features")
    told = None if labels is None else labels_of(network, labels)
    columns = features(network, threads, wanted=score.COLUMNS if told is None else ())
    step("typologies")
    found = search(network, catalogue, only=only, threads=threads, seeds=seeds)
    step("scores")
    plain = score.unlabelled(network, columns, found, threads=threads, seeds=seeds)
    learned, transfer = _learned(network, columns, plain, told, threads)
    step("alerts")
    level = UNUSUAL if learned is None else PROBABLE
    ranked = joining.joined(found, transfer, level, most)
    usual = {name: int(np.median(columns[name])) for name in score.COLUMNS if network.size}
    names = _references(network, ranked)
    value = int(np.median(network.value)) if network.size else 0
    said = _Said(network, columns, plain.surprise, usual, value, catalogue, currency, names)
    alerts = tuple(said.alert(each) for each in ranked.alerts)
    step("")
    return Detection(
        alerts,
        transfer,
        score.of_accounts(network, transfer),
        ranked.findings,
        ranked.looked_at,
        learned is not None,
        learned is not None and learned.calibrated,
    )


def _learned(
    network: Network, columns: Features, plain: score.Ranking, told: I8 | None, threads: int
) -> tuple[model.Learned | None, F32]:
    if told is None:
        return None, plain.transfer
    names, table = model.rows(network, columns, plain, told)
    learned = model.learn(network, names, table, told)
    return learned, learned(table, threads)


def labels_of(network: Network, labels: pa.Table) -> I8:
    """What is said of each transfer (n): 1 laundering, 0 ordinary, -1 nothing.

    Raises InputError for missing columns, labels other than 0 and 1, a reference that is labelled
    twice and differently, and where no labelled transfer is in the window.
    """
    for name in ("transfer", "label"):
        if name not in labels.column_names:
            raise InputError(f"the labels have no column {name!r}; expected transfer and label")
    label = pc.fill_null(_held(labels, "label", pa.int64()), model.UNKNOWN).to_numpy()
    if len(label) and not np.isin(label, (0, 1)).all():
        wrong = label[~np.isin(label, (0, 1))][0]
        raise InputError(f"a label is {wrong}; expected 0 (ordinary) or 1 (laundering)")
    references = _held(labels, "transfer", pa.string())
    known = dictionary(pc.dictionary_encode(references, "encode"))
    code = numbers(known.indices)
    first = np.flatnonzero(np.diff(np.maximum.accumulate(code), prepend=-1))
    if wrong := np.flatnonzero(label != label[first][code]).tolist():
        reference = str(references[wrong[0]])[:80]
        raise InputError(f"transfer {reference!r} is labelled 0 and 1")
    position = network.names.positions(known.dictionary)
    there = position >= 0
    told = np.full(network.size, -1, np.int8)
    told[position[there]] = label[first][there]
    if not there.any():
        raise InputError(f"none of the {len(first)} labelled transfers is in this window")
    return told


def _held(labels: pa.Table, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    """The first column of that name. Raises InputError where it cannot be of that kind."""
    column = labels.column(labels.column_names.index(name))
    try:
        found = column.cast(kind)
        found.validate(full=True)
    except pa.ArrowException:
        raise InputError(
            f"the labels' column {name} holds {column.type}, expected {kind}"
        ) from None
    return found


class _Steps:
    """Tells the progress which step begins."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress
        self.done = -1

    def __call__(self, name: str) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(name, self.done, len(STEPS))


def _references(network: Network, ranked: joining.Ranked) -> dict[int, str]:
    """Of the transfers that alerts are named by: fetched at once, since they may lie on disk."""
    named = {each for alert in ranked.alerts for each in alert.shape.transfers}
    positions = np.array(sorted(named), np.int64)
    return dict(zip(positions.tolist(), network.names.transfers(positions), strict=True))


@dataclass(frozen=True, slots=True)
class _Said:
    """Makes alerts out of joined findings: names, sums, the reason, the factors."""

    network: Network
    columns: Features
    surprise: Mapping[str, F32]
    usual: Mapping[str, int]
    usual_value: int
    catalogue: Catalogue
    currency: str
    references: Mapping[int, str]

    def alert(self, joined: Joined) -> Alert:
        network, at, shape = self.network, joined.transfers, joined.shape
        return Alert(
            finding=self.reference(joined),
            typology=joined.typology,
            score=joined.score,
            transfers=at,
            accounts=self.accounts(joined),
            centre=shape.centre,
            other=shape.other,
            first_at=int(network.at[at[0]]),
            last_at=int(network.at[at[-1]]),
            value=int(network.value[at].sum()),
            reason=self.reason(joined),
            factors=self.factors(at),
            parts=tuple(code for code, _ in joined.parts),
        )

    def reference(self, joined: Joined) -> str:
        """The same for the same typology and transfers, in any search."""
        names = sorted(self.references[each] for each in joined.shape.transfers)
        told = "\n".join([joined.typology, *names])
        return "F-" + blake2b(told.encode(), digest_size=8).hexdigest().upper()

    def accounts(self, joined: Joined) -> I32:
        """Those it is about first, the others by number."""
        at = joined.transfers
        others = np.union1d(self.network.source[at], self.network.target[at])
        first = [who for who in (joined.shape.centre, joined.shape.other) if who != NOBODY]
        rest = others[~np.isin(others, first)]
        return np.concatenate([np.array(first, np.int32), rest]).astype(np.int32)

    def reason(self, joined: Joined) -> Reason:
        definition = self.catalogue[joined.typology]
        return reason_of(
            self.network,
            joined.typology,
            joined.shape,
            measures=definition.measures,
            currency=self.currency,
            decimals=places(self.currency),
            compatible=tuple(definition.compatible),
        )

    def factors(self, at: I32) -> tuple[Factor, ...]:
        """The families in which the alert's transfers are most remarkable, the most so first."""
        typical = {family: float(np.median(told[at])) for family, told in self.surprise.items()}
        best = sorted(typical, key=lambda family: -typical[family])[:FACTORS]
        remarkable = (family for family in best if typical[family] >= REMARKABLE)
        return tuple(self.factor(family, at, typical[family]) for family in remarkable)

    def factor(self, family: str, at: I32, surprise: float) -> Factor:
        """How the upper quarter of the transfers stands in a family's most telling column."""
        if family == "size":
            values, usual = self.network.value[at], self.usual_value
            return Factor("value", int(np.median(values)), usual, "peers", "money", surprise)
        columns = score.FAMILIES.get(family, ())
        if not columns:
            return Factor(family, round(10**surprise), points=surprise)
        upper = {name: _upper(np.abs(self.columns[name][at])) for name in columns}
        name = max(upper, key=lambda each: upper[each])
        scale = SPREAD if name in score.BOTH_WAYS else 1
        value, usual = round(upper[name] / scale), round(self.usual[name] / scale)
        return Factor(name, value, usual, "peers", "number", surprise)


def _upper(values: npt.NDArray[np.integer[Any]]) -> int:
    return int(np.quantile(values, 0.75))
