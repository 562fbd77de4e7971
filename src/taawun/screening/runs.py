"""One pass over a portfolio: when, against which list versions, asking what.

A run is a row that is added when it begins and closed once. One that was cut short (a kill, a
power cut) is found by `unfinished`, and `begin` with the same question goes on with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.errors import NotFound, UsageError
from taawun.screening.subject import CUTOFF, MATCH_THRESHOLD
from taawun.store import Unit
from taawun.store.tables.screening import runs

_NAME = re.compile(r"[\w.-]{1,64}")
Kind = Literal["file", "rescreening"]


@dataclass(frozen=True, slots=True)
class Question:
    """How everybody in a run is screened. `datasets` empty: all lists."""

    datasets: tuple[str, ...] = ()
    limit: int = 5
    threshold: float = MATCH_THRESHOLD
    cutoff: float = CUTOFF


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over a portfolio. `versions` are the list versions it screened against.

    `scope` is "all" or "touched". `outcome` is "" while under way, then "covered" (everybody in
    scope was looked at) or "abandoned" (another question took its place). Times are ISO, UTC.
    """

    number: int
    portfolio: str
    kind: Kind
    versions: Mapping[str, str]
    question: Question
    scope: str
    started_at: str
    actor: str
    ended_at: str
    outcome: str

    def concerning(self, versions: Mapping[str, str]) -> dict[str, str]:
        """Those of these list versions that the question is about."""
        asked = self.question.datasets
        return {name: held for name, held in versions.items() if not asked or name in asked}


def begin(
    unit: Unit,
    portfolio: str,
    kind: Kind,
    *,
    versions: Mapping[str, str],
    question: Question,
    scope: str,
    at: datetime,
    actor: str,
) -> Run:
    """Start a run, or go on with the one that was cut short if it asks the same.

    One that asks something else is closed as abandoned; what it kept stays. Raises UsageError for
    a portfolio's name that is not letters, digits, `_`, `-` and `.`, 64 at most.
    """
    if not _NAME.fullmatch(portfolio):
        raise UsageError(f"a portfolio is named with letters, digits, _ - and .: {portfolio!r}")
    left = unfinished(unit.connection, portfolio, kind)
    if left is not None:
        if (left.versions, left.question, left.scope) == (dict(versions), question, scope):
            return left
        end(unit, left, "abandoned", at)
    row = {
        "portfolio": portfolio,
        "kind": kind,
        "versions": _json(dict(sorted(versions.items()))),
        "options": _json(asdict(question)),
        "scope": scope,
        "started_at": iso(at),
        "actor": actor,
        "ended_at": "",
        "outcome": "",
    }
    added = unit.connection.execute(sa.insert(runs).returning(runs), row).one()
    told = {"run": added.number, "kind": kind, "scope": scope, "versions": dict(versions)}
    unit.journal("portfolio.screening", portfolio, told, at=at, actor=actor)
    return _run(added)


def end(unit: Unit, run: Run, outcome: str, at: datetime) -> Run:
    """Close a run as "covered" or "abandoned". Raises a broken constraint the second time."""
    state = {"ended_at": iso(at), "outcome": outcome}
    unit.connection.execute(sa.update(runs).where(runs.c.number == run.number).values(**state))
    return run_of(unit.connection, run.number)


def unfinished(connection: Connection, portfolio: str, kind: Kind) -> Run | None:
    """The run of that kind that has not ended, or None. A file and a rescreening may both be."""
    open_runs = (runs.c.portfolio == portfolio) & (runs.c.kind == kind) & (runs.c.ended_at == "")
    row = connection.execute(sa.select(runs).where(open_runs)).first()
    return None if row is None else _run(row)


def last_covered(connection: Connection, portfolio: str) -> Run:
    """The last run after which everybody was covered. Raises NotFound without one."""
    query = sa.select(runs).where(runs.c.portfolio == portfolio, runs.c.outcome == "covered")
    row = connection.execute(query.order_by(runs.c.number.desc())).first()
    if row is None:
        raise NotFound(
            f"no portfolio {portfolio!r} was screened yet: screen-file with --keep {portfolio}"
        )
    return _run(row)


def run_of(connection: Connection, number: int) -> Run:
    """A run by its number. Raises NotFound."""
    row = connection.execute(sa.select(runs).where(runs.c.number == number)).first()
    if row is None:
        raise NotFound(f"no run {number}")
    return _run(row)


def portfolios(connection: Connection) -> list[str]:
    """The names of the portfolios, sorted."""
    query = sa.select(runs.c.portfolio).distinct().order_by(runs.c.portfolio)
    return list(connection.execute(query).scalars())


def _run(row: Any) -> Run:
    said = orjson.loads(row.options)
    question = Question(**{**said, "datasets": tuple(said["datasets"])})
    return Run(
        row.number,
        row.portfolio,
        row.kind,
        orjson.loads(row.versions),
        question,
        row.scope,
        row.started_at,
        row.actor,
        row.ended_at,
        row.outcome,
    )


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
