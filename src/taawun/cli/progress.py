"""Progress on stderr: a bar with rate and time left, or a line every few seconds.

    with progress("Screening") as tick:
        tick(rows_done, fraction_of_input)

A terminal gets the bar; a log gets lines.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from taawun.cli import show

Ticking = Callable[[int, float], None]
EVERY = 5.0
"""Seconds between two lines of a log."""


@contextmanager
def progress(what: str) -> Iterator[Ticking]:
    """Show how far it is, by the fraction of the input that was read."""
    if not sys.stderr.isatty():
        yield _Lines(what)
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    rate = TextColumn("{task.fields[rows]} · {task.fields[rate]}/s")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), rate, Left())
    with Progress(*columns, console=show.console(sys.stderr), transient=True) as bar:
        task = bar.add_task(what, total=1.0, rows="0", rate="…")
        pace = _Pace()

        def tick(rows: int, fraction: float) -> None:
            rate = f"{pace.rate(rows):,.0f}"
            bar.update(task, completed=fraction, rows=f"{rows:,}", rate=rate)

        yield tick


@dataclass(slots=True)
class _Pace:
    """Rows a second since the first rows were told of: what a resumed run skips is no pace."""

    began: float = field(default_factory=time.monotonic)
    first: int | None = None

    def rate(self, rows: int) -> float:
        if self.first is None:
            self.first = max(0, rows - 250)
        return (rows - self.first) / max(time.monotonic() - self.began, 1e-6)


@dataclass(slots=True)
class _Lines:
    """A line on stderr now and then."""

    what: str
    pace: _Pace = field(default_factory=_Pace)
    said: float = field(default_factory=time.monotonic)

    def __call__(self, rows: int, fraction: float) -> None:
        rate, now = self.pace.rate(rows), time.monotonic()
        if now - self.said < EVERY:
            return
        self.said = now
        seconds = (now - self.pace.began) * (1 - fraction) / max(fraction, 1e-6)
        told = {"percent": f"{100 * fraction:.0f}", "rate": f"{rate:.0f}", "left": _left(seconds)}
        show.note("files.progress", what=self.what, rows=rows, **told)


def _left(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
