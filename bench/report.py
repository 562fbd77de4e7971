"""What a benchmark says: targets met or missed, tables, and why it could not run.

Each module of `bench` returns an `Outcome`; `show` prints it, `markdown` writes it. Figures reach
`RESULTS.md` only this way.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Drawn

Cell = str | int | float
WIDTH = 140


@dataclass(frozen=True, slots=True)
class Target:
    """One figure that the project promises: what was wanted, what was measured."""

    claim: str
    wanted: str
    got: str
    met: bool


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(slots=True)
class Outcome:
    """All that one benchmark found, and when. `skipped` says why it did not run, or ""."""

    name: str
    targets: list[Target] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    skipped: str = ""
    at: str = ""

    def want(self, claim: str, wanted: str, got: str, met: bool) -> None:
        self.targets.append(Target(claim, wanted, got, met))

    def table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], note: str = ""
    ) -> None:
        self.tables.append(Table(title, tuple(columns), tuple(map(tuple, rows)), note))


class Skip(Exception):
    """This benchmark cannot run here; the text says why."""


def said(cell: Cell) -> str:
    """A cell as people read it: three significant places for fractions, separators for counts."""
    if isinstance(cell, float):
        return f"{cell:.3f}" if abs(cell) < 10 else f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def show(outcome: Outcome) -> None:
    """Prints the outcome to the terminal."""
    console = Console(width=WIDTH)
    if outcome.skipped:
        console.print(f"[yellow]{outcome.name}: skipped: {outcome.skipped}[/]", highlight=False)
    for table in [*_target_tables(outcome), *outcome.tables]:
        drawn = Drawn(title=f"{outcome.name}: {table.title}", title_justify="left")
        for column in table.columns:
            drawn.add_column(column, overflow="fold")
        for row in table.rows:
            drawn.add_row(*(said(cell) for cell in row))
        console.print(drawn)
        if table.note:
            console.print(f"[dim]{table.note}[/]", highlight=False)


def _target_tables(outcome: Outcome) -> list[Table]:
    rows = [(t.claim, t.wanted, t.got, "met" if t.met else "missed") for t in outcome.targets]
    columns = ("target", "wanted", "measured", "")
    return [Table("targets", columns, tuple(rows))] if rows else []


def markdown(outcome: Outcome) -> str:
    """The outcome's tables in Markdown."""
    when = f", {outcome.at}" if outcome.at else ""
    parts = [f"## {outcome.name}", f"`python -m bench.{outcome.name}`{when}"]
    if outcome.skipped:
        parts.append(f"Skipped: {outcome.skipped}")
    for table in outcome.tables:
        parts.append(f"### {table.title}")
        parts.append(grid(table.columns, table.rows))
        if table.note:
            parts.append(table.note)
    return "\n\n".join(parts) + "\n"


def grid(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Rows as a Markdown table; pipes inside cells are escaped."""
    lines = [columns, ["---"] * len(columns), *[[said(cell) for cell in row] for row in rows]]
    return "\n".join(
        "| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines
    )


def save(outcome: Outcome, path: Path) -> None:
    """Writes an outcome with the time, for `load`."""
    outcome.at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    path.write_text(json.dumps(asdict(outcome), ensure_ascii=False), encoding="utf-8")


def load(path: Path) -> Outcome:
    """An outcome that `save` wrote."""
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    outcome = Outcome(raw["name"], skipped=raw["skipped"], at=raw["at"])
    outcome.targets = [Target(**each) for each in raw["targets"]]
    for each in raw["tables"]:
        outcome.table(each["title"], each["columns"], each["rows"], each["note"])
    return outcome


def main(name: str, run: Callable[[Outcome], None]) -> None:
    """Runs one benchmark, prints it, and with --json PATH also writes it for `python -m bench`."""
    asked = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=run.__doc__)
    asked.add_argument("--json", type=Path, help="also write the outcome here")
    given = asked.parse_args()
    outcome = Outcome(name)
    try:
        run(outcome)
    except Skip as reason:
        outcome.skipped = str(reason)
    show(outcome)
    if given.json:
        save(outcome, given.json)
