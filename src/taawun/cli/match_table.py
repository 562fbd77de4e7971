"""What came of making a table: how much is in it, and of whom no question can learn anything."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from taawun.cli import show
from taawun.errors import InputError

if TYPE_CHECKING:
    from taawun.desk.matching import TableMade

COLUMNS = ("id", "code", "reason")


@contextmanager
def writing(path: Path | None) -> Iterator[Callable[[str, tuple[str, ...]], None] | None]:
    """Writes the records that a table does not hold into a file, as they are found: a line for each
    reason. None without a file. Raises InputError where it cannot be written."""
    if path is None:
        yield None
        return
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(COLUMNS)

            def write(id: str, why: tuple[str, ...]) -> None:
                for code in why:
                    lines.writerow((show.plain(id), code, show.worded(code)))

            yield write
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


def told(made: TableMade) -> dict[str, object]:
    """The table that was made, as JSON: its segment, and what is not in it."""
    segment, tally = made.segment, made.tally
    return {
        "terms": made.kept.digest,
        "segment": segment.segment.number if segment is not None else None,
        "fingerprints": segment.segment.size if segment is not None else 0,
        "records": tally.records,
        "unmatched": tally.unmatched,
        "reasons": dict(tally.reasons.most_common()),
        "canaries": made.canaries,
        "canaries_unmatched": {name: list(why) for name, why in sorted(tally.canaries.items())},
    }


def shown(made: TableMade, file: Path | None) -> None:
    """The same in sentences."""
    segment, tally = made.segment, made.tally
    if segment is None:
        show.say("match.table_same")
    else:
        size, number = segment.segment.size, segment.segment.number
        show.say("match.table_made", count=size, segment=number)
    if tally.unmatched:
        show.say("match.records", records=tally.records, count=tally.unmatched)
    else:
        show.say("match.records_all", count=tally.records)
    for code, count in tally.reasons.most_common():
        show.say("match.unmatched_why", number=count, why=show.worded(code))
    if tally.unmatched:
        show.say(
            "match.unmatched_in" if file is not None else "match.unmatched_how", file=str(file)
        )
    if made.canaries:
        show.say("match.canaries", count=made.canaries)
    for name, why in sorted(tally.canaries.items()):
        reasons = " ".join(show.worded(code) for code in why)
        show.say("match.canary_unmatched", canary=show.plain(name), why=reasons)
