"""From an exception to a status code, in one place.

A `Refusal` is a request that cannot be served as it stands; it carries its own status. The rest
of the tree is mapped by the table.
"""

from __future__ import annotations

from collections.abc import Mapping

from taawun.errors import (
    Conflict,
    InputError,
    NotFound,
    StoreError,
    TaawunError,
    Unavailable,
    UsageError,
)

STATUS: tuple[tuple[type[TaawunError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (UsageError, 400),
    (InputError, 400),
    (Unavailable, 503),
    (StoreError, 500),
)


class Refusal(TaawunError):
    """A request that is refused, with its status, what to tell the caller, and headers."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def status_of(error: TaawunError) -> int:
    """The status code that an exception of ours ends a request with."""
    if isinstance(error, Refusal):
        return error.status
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)
