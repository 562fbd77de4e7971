"""The ledger by the command line, in a fresh home: what a user types, and what comes of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from bench.ground import taawun
from bench.report import Skip
from taawun.jit import F32


def searched_by_command(
    ledger: Path, labels: Path | None, references: Sequence[str], work: Path
) -> tuple[F32, float]:
    """Imports a ledger and searches it; the score of each transfer named, and seconds of both.

    Raises Skip with the command's own words where it fails, or scores other transfers.
    """
    with tempfile.TemporaryDirectory(dir=work) as folder:
        home, out = Path(folder) / "home", Path(folder) / "findings.parquet"
        began = time.perf_counter()
        taawun("ledger", "import", str(ledger), home=home)
        told = () if labels is None else ("--labels", str(labels))
        taawun("detect", "--top", "0", "--out", str(out), *told, home=home)
        seconds = time.perf_counter() - began
        written = pq.read_table(out.with_name(f"{out.stem}.transfers.parquet"))
    score = dict(zip(written["transfer"].to_pylist(), written["score"].to_pylist(), strict=True))
    if score.keys() != set(references):
        raise Skip(f"{len(score):,} transfers are scored, {len(references):,} were expected")
    return np.array([score[each] for each in references], np.float32), seconds
