"""Searches and their findings, kept: what was found when, in which window, by which definitions.

    <home>/findings/<folder>/findings.parquet     one row a finding, best first
                             evidence.parquet     the transfers of all findings, as they were
    <home>/findings/.staging-…                    a search being kept

The files are made in a staging folder and appear under their name by one rename; then the row of
the search is added to the store, with their digest and a line in the journal. Files without a row
do not count. Findings carry their evidence with them: a picture of one does not change when the
ledger is corrected later.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.detection.reasons import Factor, Reason
from taawun.errors import NotFound, StoreError
from taawun.jit import I32
from taawun.ledger.network import Network
from taawun.ledger.schema import AT
from taawun.store import Store
from taawun.store.tables.detection import searches

FOLDER = "findings"
FINDINGS, EVIDENCE = "findings.parquet", "evidence.parquet"

KEPT = pa.schema(
    [
        pa.field("number", pa.int64(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("typology", pa.string(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("first_at", AT, nullable=False),
        pa.field("last_at", AT, nullable=False),
        pa.field("centre", pa.string(), nullable=False),
        pa.field("other", pa.string(), nullable=False),
        pa.field("accounts", pa.list_(pa.string()), nullable=False),
        pa.field("transfers", pa.list_(pa.string()), nullable=False),
        pa.field("value", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("factors", pa.string(), nullable=False),
        pa.field("parts", pa.list_(pa.string()), nullable=False),
    ]
)
"""What is kept of a finding. Reason and factors are JSON, worded when they are read."""

ROWS = pa.schema(
    [
        pa.field("transfer", pa.string(), nullable=False),
        pa.field("at", AT, nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("target", pa.string(), nullable=False),
        pa.field("source_bank", pa.string()),
        pa.field("target_bank", pa.string()),
        pa.field("source_country", pa.string()),
        pa.field("target_country", pa.string()),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("value", pa.int64()),
        pa.field("channel", pa.string()),
    ]
)
"""The transfers of the findings: the columns of TRANSFERS that a window has."""


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """One finding. Times are UTC, `value` minor units of the search's currency.

    `number` counts from 1, the best first; `id` is the same in any search that finds it. `parts`
    are the typologies of the findings that it was joined from, each as often as it was found.
    """

    number: int
    id: str
    typology: str
    score: float
    first_at: datetime
    last_at: datetime
    centre: str
    other: str
    accounts: tuple[str, ...]
    transfers: tuple[str, ...]
    value: int
    reason: Reason
    factors: tuple[Factor, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """What was searched: the window, by which definitions, how. `currency` is the reference one.

    `since` and `until` are ISO times, UTC, "" where the ledger was not cut; `catalogue` has the
    definitions as they are exported; `transfers` and `accounts` count what was searched.
    """

    catalogue: Mapping[str, Any]
    transfers: int
    accounts: int
    currency: str
    decimals: int = 2
    since: str = ""
    until: str = ""
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Search:
    """One search. `since` and `until` are ISO times, UTC, "" where the ledger was not cut.

    `catalogue` is the digest of the definitions in full, `definitions` their versions by code.
    `transfers` and `accounts` count what was searched.
    """

    number: int
    at: str
    actor: str
    since: str
    until: str
    catalogue: str
    definitions: Mapping[str, int]
    options: Mapping[str, Any]
    transfers: int
    accounts: int
    findings: int
    currency: str
    decimals: int
    folder: str
    sha256: str


# Keeping


def keep(
    store: Store,
    sought: Sought,
    found: Sequence[KeptFinding],
    evidence: pa.Table,
    *,
    at: datetime,
    actor: str,
) -> Search:
    """Keep a search for good: findings best first, the transfers of all of them (ROWS).

    Raises StoreError where nothing can be written.
    """
    folder, digest = _written(store.home / FOLDER, found, evidence, at)
    row = {
        "at": at.astimezone(UTC).isoformat(),
        "actor": actor,
        "since": sought.since,
        "until": sought.until,
        "catalogue": hashlib.sha256(_json(sought.catalogue).encode()).hexdigest(),
        "definitions": _json({code: each["version"] for code, each in sought.catalogue.items()}),
        "options": _json(sought.options),
        "transfers": sought.transfers,
        "accounts": sought.accounts,
        "findings": len(found),
        "currency": sought.currency,
        "decimals": sought.decimals,
        "folder": folder,
        "sha256": digest,
    }
    with store.begin() as unit:
        added = unit.connection.execute(sa.insert(searches).returning(searches), row).one()
        told = {name: row[name] for name in ("since", "until", "catalogue", "findings", "sha256")}
        unit.journal("detection.search", str(added.number), told, at=at, actor=actor)
    return _search(added)


def _written(
    root: Path, found: Sequence[KeptFinding], evidence: pa.Table, at: datetime
) -> tuple[str, str]:
    """The folder that the files are in now, and their digest."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=".staging-", dir=root))
        try:
            pq.write_table(table_of(found), staged / FINDINGS)
            pq.write_table(evidence.cast(ROWS), staged / EVIDENCE)
            digest = _digest(staged)
            folder = _free(root, f"{at.astimezone(UTC):%Y%m%d%H%M%S}-{digest[:8]}")
            for path in (staged / FINDINGS, staged / EVIDENCE, staged):
                _to_disk(path)
            staged.rename(root / folder)
            _to_disk(root)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{root}: cannot be written: {error.strerror}") from error
    return folder, digest


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free(root: Path, folder: str) -> str:
    """A name that no folder has: two searches of one second may find the same."""
    name, again = folder, 1
    while (root / name).exists():
        again += 1
        name = f"{folder}-{again}"
    return name


def table_of(found: Iterable[KeptFinding]) -> pa.Table:
    """Findings as they are kept."""
    rows = [
        {
            **{name: getattr(each, name) for name in (*_PLAIN, *_LISTS)},
            "reason": _json(asdict(each.reason)),
            "factors": _json([asdict(factor) for factor in each.factors]),
        }
        for each in found
    ]
    return pa.Table.from_pylist(rows, schema=KEPT)


def rows_of(network: Network, positions: I32) -> pa.Table:
    """Transfers of a window as rows, each once, in order of time."""
    at = np.unique(np.asarray(positions, np.int64))
    source, target = network.source[at], network.target[at]
    columns: dict[str, Any] = {
        "transfer": network.names.transfers(at),
        "at": pa.array(network.at[at] * 1_000_000, AT),
        "source": network.names.accounts(source),
        "target": network.names.accounts(target),
        "amount": network.amount[at],
        "currency": _words(network.currencies, network.currency[at]),
        "value": pa.array(network.value[at], mask=network.value[at] == 0),
        "channel": _words(network.channels, network.channel[at]),
    }
    for side, number in (("source", source), ("target", target)):
        columns[f"{side}_bank"] = _words(network.banks, network.bank[number])
        columns[f"{side}_country"] = _words(network.countries, network.country[number])
    return pa.table({name: columns[name] for name in ROWS.names}, schema=ROWS)


def _words(words: Sequence[str], places: Any) -> list[str | None]:
    return [words[each] or None for each in places.tolist()]


# Reading


def every(connection: Connection) -> list[Search]:
    """All searches that were kept, the newest first."""
    rows = connection.execute(sa.select(searches).order_by(searches.c.number.desc()))
    return [_search(row) for row in rows]


def search_of(connection: Connection, number: int | None = None) -> Search:
    """A search by its number, the newest by default. Raises NotFound."""
    query = sa.select(searches).order_by(searches.c.number.desc()).limit(1)
    if number is not None:
        query = query.where(searches.c.number == number)
    row = connection.execute(query).first()
    if row is None and number is not None:
        raise NotFound(f"no search {number} was kept")
    if row is None:
        raise NotFound("nothing was searched for yet: taawun detect")
    return _search(row)


def findings_of(
    home: Path, search: Search, *, first: int = 0, most: int | None = None
) -> list[KeptFinding]:
    """The findings of a search, best first: `most` of them from the one after `first` on.

    Raises StoreError where the files are not those that were kept.
    """
    table = _opened(home, search, FINDINGS).slice(first, most)
    return [_finding(row) for row in table.to_pylist()]


def finding_of(home: Path, search: Search, number: int) -> KeptFinding:
    """One finding. Raises NotFound, and StoreError as `findings_of`."""
    found = findings_of(home, search, first=number - 1, most=1) if number > 0 else []
    if not found:
        raise NotFound(f"search {search.number} has no finding {number}")
    return found[0]


def evidence_of(home: Path, search: Search, finding: KeptFinding) -> pa.Table:
    """The transfers of one finding (ROWS), in order of time."""
    table = _opened(home, search, EVIDENCE)
    return table.filter(pc.is_in(table["transfer"], pa.array(finding.transfers, pa.string())))


def _opened(home: Path, search: Search, name: str) -> pa.Table:
    folder = home / FOLDER / search.folder
    try:
        if _digest(folder) != search.sha256:
            raise StoreError(f"{folder}: these are not the findings that were kept")
        return pq.read_table(folder / name)
    except (OSError, pa.ArrowInvalid) as error:
        raise StoreError(f"{folder}: the findings cannot be read: {error}") from error


def _digest(folder: Path) -> str:
    """Of both files, in this order."""
    digest = hashlib.sha256()
    for name in (FINDINGS, EVIDENCE):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _search(row: Any) -> Search:
    said = dict(row._mapping)
    for name in ("definitions", "options"):
        said[name] = orjson.loads(said[name])
    return Search(**said)


def _finding(row: dict[str, Any]) -> KeptFinding:
    reason = orjson.loads(row["reason"])
    reason["compatible"] = tuple(reason["compatible"])
    plain: dict[str, Any] = {name: row[name] for name in _PLAIN}
    plain |= {name: tuple(row[name]) for name in _LISTS}
    return KeptFinding(
        reason=Reason(**reason),
        factors=tuple(Factor(**each) for each in orjson.loads(row["factors"])),
        **plain,
    )


_PLAIN = ("number", "id", "typology", "score", "first_at", "last_at", "centre", "other", "value")
_LISTS = ("accounts", "transfers", "parts")


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY).decode()
