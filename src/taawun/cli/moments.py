"""Times as people write them on the command line, UTC.

moment("--from", "2026-03-01")            the beginning of that day
moment("--to", "2026-03-31", end=True)    the end of that day: the beginning of the next
moment("--from", "2026-03-01T09:30Z")     that minute
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from taawun.errors import UsageError


def moment(option: str, text: str, *, end: bool = False) -> datetime | None:
    """The time, None for an empty text. Raises UsageError for what is no date or time.

    A time without a zone is UTC.
    """
    if not text:
        return None
    written = text.strip()
    day_only = len(written) <= len("2026-03-01")
    try:
        read = datetime.fromisoformat(written)
        at = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        return at + timedelta(days=1) if end and day_only else at
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option}: expected YYYY-MM-DD or YYYY-MM-DDThh:mm, got {text!r}"
        ) from None


def interval(option: str, text: str) -> tuple[datetime | None, datetime | None]:
    """`2026-03-01/2026-03-31` as two times; either side may be left out. Raises UsageError."""
    if not text:
        return None, None
    since, slash, until = text.partition("/")
    if not slash:
        raise UsageError(f"{option}: expected FROM/TO such as 2026-03-01/2026-03-31, got {text!r}")
    return between(option, since, option, until)


def between(
    since_option: str, since: str, until_option: str, until: str
) -> tuple[datetime | None, datetime | None]:
    """Two times, the second after the first. Raises UsageError."""
    first, last = moment(since_option, since), moment(until_option, until, end=True)
    if first is not None and last is not None and last <= first:
        raise UsageError(f"{until_option}: {until!r} is not after {since!r}")
    return first, last


def minute(at: datetime | None) -> str:
    """A time as people compare it: to the minute, UTC; a dash for none."""
    if at is None:
        return "—"
    return at.isoformat(sep=" ", timespec="minutes").replace("+00:00", "Z")
