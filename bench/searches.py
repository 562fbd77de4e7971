"""Searches of labelled ledgers, as users search them: `taawun.detection.detect.detect`.

    answers([Ask("amlgentex"), Ask("amlgentex", learn=0.6)])

Each runs in one of a few processes on one thread, as learning does. The same `Ask` is answered
once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from bench import ledgers
from bench.ledgers import Ledger
from taawun.jit import F32, I32

PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Ask:
    """One search: of which ledger (a name, or a region's folder), what is told of it.

    Labels of the first part (`learn`, a share of the transfers; 0: none) are given, those of the
    typologies in `without` left out.
    """

    ledger: str
    learn: float = 0.0
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """One alert: what it is called, what it may be called too, its transfers."""

    typology: str
    compatible: tuple[str, ...]
    transfers: I32

    def fits(self, planted: str) -> bool:
        """Whether the place may rightly be called so."""
        return planted == self.typology or planted in self.compatible


@dataclass(frozen=True, slots=True)
class Answer:
    """What one search gave: scores of transfers (n) and accounts (m), alerts best first."""

    transfer: F32
    account: F32
    alerts: tuple[Named, ...]
    findings: int
    calibrated: bool
    seconds: float


@cache
def ledger(name: str) -> Ledger:
    """A ledger by its name, read once in each process. Raises Skip where it is absent."""
    if name == "amlgentex":
        return ledgers.amlgentex()
    return ledgers.amlsim() if name == "amlsim" else ledgers.sandbox(Path(name))


def answer(ask: Ask) -> Answer:
    """One search."""
    from taawun.detection.detect import detect

    searched = ledger(ask.ledger)
    labels = searched.labels(ask.learn, ask.without) if ask.learn else None
    began = time.perf_counter()
    found = detect(searched.network, labels=labels, currency=searched.currency)
    seconds = time.perf_counter() - began
    alerts = tuple(
        Named(each.typology, each.reason.compatible, each.transfers) for each in found.alerts
    )
    return Answer(
        np.asarray(found.transfer_score), np.asarray(found.account_score), alerts,
        found.findings, found.calibrated, seconds,
    )  # fmt: skip


def answers(asks: Iterable[Ask]) -> dict[Ask, Answer]:
    """Many searches, side by side."""
    wanted = list(dict.fromkeys(asks))
    workers = min(PROCESSES, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return dict(zip(wanted, pool.map(answer, wanted), strict=True))
