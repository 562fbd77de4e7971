"""A small national list as files, and a registry over a real store in a temporary home."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from taawun.lists.registry import Lists
from taawun.store import open_store

AT = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
HEADINGS = ("id", "name", "kind", "aliases", "birth_date", "nationality")
ROWS = [
    (f"N-{n:02}", f"Example Person {n}", "person", f"شخص مثال {n}", "1970", "iq") for n in range(20)
]


def later(days: int) -> datetime:
    return AT + timedelta(days=days)


def write_csv(path: Path, rows: Iterable[tuple[str, ...]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return path


def registry(home: Path, **options: float | int) -> Lists:
    return Lists(open_store(home), home, **options)  # type: ignore[arg-type]
