"""Days and times as officers write them, UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_in(text: str) -> datetime:
    """`2026-12-01`: its beginning; `2026-12-01T09:30`, with a zone or UTC. Raises ValueError."""
    try:
        read = datetime.fromisoformat(text.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except OverflowError:
        raise ValueError(text) from None
