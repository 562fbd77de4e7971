"""What the routes have in hand: the shop, the lane, the gate and the bounds of this process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from starlette.requests import Request

from taawun.lists.versions import ListVersion
from taawun.store import Store
from taawun.store.keys import KeyRow
from taawun.web import metrics
from taawun.web.bounds import Bounds
from taawun.web.gate import Gate
from taawun.web.holding import Shop
from taawun.web.lane import Busy, Lane
from taawun.web.refusals import Refusal

T = TypeVar("T")
_SPOKEN = re.compile(r"\s*([a-z]{2,3})(?:-[\w-]+)?\s*(?:;\s*q\s*=\s*(\d(?:\.\d+)?))?\s*$", re.I)


@dataclass(eq=False)
class Serving:
    """One process's service.

    `lists_now` reads the versions in force, `keys_now` the API keys, `update` fetches the lists
    again and rebuilds the index; all three block and are called in threads. `store` has the
    searches that were kept.
    """

    shop: Shop
    lane: Lane
    gate: Gate
    bounds: Bounds
    lists_now: Callable[[], tuple[ListVersion, ...]]
    keys_now: Callable[[], list[KeyRow]]
    update: Callable[[datetime], None]
    update_token: str = ""
    store: Store | None = None
    updating: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def compute(self, work: Callable[[], T]) -> T:
        """Do `work` in the lane. Raises Refusal (503, Retry-After) when too much waits."""
        metrics.UNDER_WAY.inc()
        try:
            return await self.lane.run(work)
        except Busy as busy:
            metrics.TURNED_AWAY.inc()
            again = {"Retry-After": str(self.bounds.retry_after)}
            raise Refusal(503, str(busy), again) from None
        finally:
            metrics.UNDER_WAY.dec()

    def look(self) -> None:
        """Open a newer index and read the keys again."""
        if self.shop.look():
            metrics.RELOADS.inc()
            metrics.ENTITIES.set(self.shop.now().book.count)
        self.gate.know(self.keys_now())


def serving_of(request: Request) -> Serving:
    """The service that a request came to."""
    found: Serving = request.app.state.serving
    return found


def now() -> datetime:
    """The time of a request, UTC: the web is an edge, where time is read."""
    return datetime.now(UTC)


def language(request: Request) -> str:
    """`ar` or `en`: `lang=` in the address, else what the caller prefers of the two."""
    asked = request.query_params.get("lang", "")
    if asked in ("ar", "en"):
        return asked
    best, weight = "en", 0.0
    for part in request.headers.get("accept-language", "")[:200].split(","):
        spoken = _SPOKEN.match(part)
        if spoken and spoken[1].lower() in ("ar", "en"):
            said = float(spoken[2] or 1)
            if said > weight:
                best, weight = spoken[1].lower(), said
    return best
