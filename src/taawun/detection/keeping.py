"""From what a search gave to what is kept of it, and to the scores of everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from taawun.detection.archive import KeptFinding
from taawun.detection.detect import Alert
from taawun.detection.features import Column
from taawun.detection.finding import NOBODY
from taawun.detection.reasons import day
from taawun.errors import InputError
from taawun.jit import F32, I32
from taawun.ledger.network import Network

BLOCK = 1 << 18


def kept(network: Network, alerts: Sequence[Alert]) -> list[KeptFinding]:
    """Alerts with the ids of what is in them, numbered from 1 in their order."""
    names = _Fetched(
        _by_place(network.names.transfers, evidence(alerts)),
        _by_place(network.names.accounts, _together([alert.accounts for alert in alerts])),
    )
    return [_kept(names, number, alert) for number, alert in enumerate(alerts, 1)]


@dataclass(frozen=True, slots=True)
class _Fetched:
    """References by position and ids by number, fetched at once: they may lie on disk."""

    transfers: dict[int, str]
    accounts: dict[int, str]


def _by_place(names: Callable[[npt.ArrayLike], list[str]], places: I32) -> dict[int, str]:
    return dict(zip(places.tolist(), names(places), strict=True))


def _kept(names: _Fetched, number: int, alert: Alert) -> KeptFinding:
    return KeptFinding(
        number=number,
        id=alert.finding,
        typology=alert.typology,
        score=alert.score,
        first_at=day(alert.first_at),
        last_at=day(alert.last_at),
        centre="" if alert.centre == NOBODY else names.accounts[alert.centre],
        other="" if alert.other == NOBODY else names.accounts[alert.other],
        accounts=tuple(names.accounts[each] for each in alert.accounts.tolist()),
        transfers=tuple(names.transfers[each] for each in alert.transfers.tolist()),
        value=alert.value,
        reason=alert.reason,
        factors=alert.factors,
        parts=alert.parts,
    )


def evidence(alerts: Sequence[Alert]) -> I32:
    """The positions of all transfers of all alerts, each once, ascending."""
    return _together([alert.transfers for alert in alerts])


def _together(places: Sequence[I32]) -> I32:
    return np.unique(np.concatenate([np.zeros(0, np.int32), *places]))


def write_transfer_scores(network: Network, scores: F32, path: Path) -> None:
    """`transfer, score` of every transfer of the window, in order of time."""
    _write(path, "transfer", network.names.transfers, {"score": scores}, network.size)


def write_account_scores(network: Network, scores: F32, path: Path) -> None:
    """`account, score` of every account of the window."""
    _write(path, "account", network.names.accounts, {"score": scores}, network.accounts)


def write_features(network: Network, columns: Mapping[str, Column], path: Path) -> None:
    """The features of every transfer, its reference first."""
    _write(path, "transfer", network.names.transfers, columns, network.size)


def write_table(path: Path, table: pa.Table) -> None:
    """A table as Parquet, whole or not at all. Raises InputError where it cannot be written."""
    with _beside(path) as partial:
        pq.write_table(table, partial)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file beside its place, renamed into it at the end."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def _write(
    path: Path,
    name: str,
    names: Callable[[npt.ArrayLike], list[str]],
    columns: Mapping[str, F32] | Mapping[str, Column],
    rows: int,
) -> None:
    """A table of names and columns, a block at a time."""
    types = [(column, pa.from_numpy_dtype(values.dtype)) for column, values in columns.items()]
    schema = pa.schema([(name, pa.string()), *types])
    with _beside(path) as partial, pq.ParquetWriter(partial, schema) as writer:
        for start in range(0, rows, BLOCK):
            places = np.arange(start, min(rows, start + BLOCK))
            block = [pa.array(names(places), pa.string())]
            block += [pa.array(values[places]) for values in columns.values()]
            writer.write_table(pa.table(block, schema=schema))
