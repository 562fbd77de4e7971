"""The post in memory: several nodes in one process, and everything that can go wrong on the way.

    post = Post()
    post.at("AE-FIU", lambda raw: receive(node, raw, at))
    post.fail("drop_answer", partner="AE-FIU", times=2)

A fault is taken once for each time it was asked for, in the order in which they were asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from taawun.errors import Unavailable

Fault = Literal[
    "drop_request", "drop_answer", "double", "hold", "truncate", "flip", "truncate_answer",
    "flip_answer",
]  # fmt: skip
"""`hold` keeps a request back and gives it after the next one: they arrive in the other order.
`flip` and `truncate` take a place: a bit's number, or how many bytes are left."""
Address = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault that waits for its request. `partner` "" means whichever comes first."""

    fault: Fault
    partner: str = ""
    place: int = 0


@dataclass(slots=True)
class Post:
    """Brings bundles to addresses; `sent` keeps every request as it was handed in."""

    addresses: dict[str, Address] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    _troubles: deque[Trouble] = field(default_factory=deque)
    _held: list[tuple[str, bytes]] = field(default_factory=list)

    def at(self, partner: str, address: Address) -> None:
        """A node answers under its code from now on."""
        self.addresses[partner] = address

    def fail(self, fault: Fault, *, partner: str = "", place: int = 0, times: int = 1) -> None:
        """Let the next requests to `partner` meet a fault."""
        self._troubles.extend(Trouble(fault, partner, place) for _ in range(times))

    def send(self, partner: str, address: str, body: bytes) -> bytes:
        """The answer to a bundle. Raises Unavailable where none came."""
        self.sent.append((partner, body))
        trouble = self._next(partner)
        if partner not in self.addresses or partner in self.down:
            raise Unavailable(f"{partner}: does not answer")
        if trouble is None:
            answer = self.addresses[partner](body)
            self._late(partner)
            return answer
        return self._meet(trouble, partner, body)

    def _next(self, partner: str) -> Trouble | None:
        for trouble in self._troubles:
            if trouble.partner in ("", partner):
                self._troubles.remove(trouble)
                return trouble
        return None

    def _meet(self, trouble: Trouble, partner: str, body: bytes) -> bytes:
        deliver = self.addresses[partner]
        match trouble.fault:
            case "drop_request":
                raise Unavailable(f"{partner}: does not answer")
            case "hold":
                self._held.append((partner, body))
                raise Unavailable(f"{partner}: does not answer")
            case "drop_answer":
                deliver(body)
                raise Unavailable(f"{partner}: does not answer")
            case "double":
                deliver(body)
                return deliver(body)
            case "truncate":
                return deliver(body[: trouble.place])
            case "flip":
                return deliver(flipped(body, trouble.place))
            case "truncate_answer":
                return deliver(body)[: trouble.place]
            case "flip_answer":
                return flipped(deliver(body), trouble.place)

    def _late(self, partner: str) -> None:
        """Requests that were held back arrive now; nobody waits for their answers any more."""
        late = [body for code, body in self._held if code == partner]
        self._held = [each for each in self._held if each[0] != partner]
        for body in late:
            self.addresses[partner](body)


def flipped(data: bytes, bit: int) -> bytes:
    """The same bytes, with one bit turned over; counted on from the beginning after the last."""
    at, turned = divmod(bit % (len(data) * 8), 8)
    return data[:at] + bytes([data[at] ^ (1 << turned)]) + data[at + 1 :]
