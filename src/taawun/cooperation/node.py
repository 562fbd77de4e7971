"""A node: one authority's store, keys, and what it does with what arrives.

    node = open_node(home)
    node.handlers        kind of message -> its effect, inside the unit that takes it
    node.duties          work between deliveries, outside any unit
    node.counts          kind -> how many questions of a budget a message asks
    node.pace            how much each partner may bring; node.unread, node.awaited: of what kinds
                         it may bring only so much before somebody here has looked at it

The tables are filled from the rooms that own the kinds (ROOMS), once, when a node is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Event

from sqlalchemy.engine import Connection

from taawun.cooperation.exchange.pace import Intake, Pace, UnreadOf
from taawun.cooperation.history import cooperation
from taawun.cooperation.message import Message
from taawun.cooperation.permit import Facts, Spent, facts
from taawun.cooperation.trust.keys import OwnKeys, open_keys
from taawun.errors import StoreError
from taawun.store import Store, Unit, open_store

Handler = Callable[[Unit, Message, datetime], None]
"""The effect of an accepted message, in the unit that takes it. May raise Refused: then the
message is refused, and nothing of its effect stays."""
Duty = Callable[["Node", datetime], None]
Count = Callable[[Message], int]
SpentOf = Callable[[Connection], Spent]

ROOMS = (
    "taawun.cooperation.agreements",
    "taawun.cooperation.requests.life",
    "taawun.cooperation.requests.unread",
    "taawun.cooperation.private",
    "taawun.cooperation.clocks.escalation",
)
"""Who may have `HANDLERS`, `DUTIES`, `COUNTS`, `spent`, `unread` and `AWAITED` for a node."""


@dataclass(slots=True)
class Node:
    """One authority's node. `wake` is set when there may be something to do."""

    store: Store
    keys: OwnKeys
    handlers: dict[str, Handler] = field(default_factory=dict)
    duties: list[Duty] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=dict)
    spent: SpentOf | None = None
    pace: Pace = field(default_factory=Pace)
    unread: UnreadOf | None = None
    awaited: frozenset[str] = frozenset()
    wake: Event = field(default_factory=Event)
    _seen: tuple[int, ...] = ()

    @property
    def me(self) -> str:
        """Whose node this is."""
        return self.keys.authority

    def facts(self, connection: Connection) -> Facts:
        """What the permit looks at, as this node knows it now."""
        return facts(connection, self.spent(connection)) if self.spent else facts(connection)

    def look_at_keys(self) -> None:
        """Read the own keys again where another process has renewed them."""
        try:
            found = (self.keys.home / "keys" / "own.json").stat()
        except OSError:  # whoever needs a key says what is wrong
            return
        seen = (found.st_mtime_ns, found.st_ino, found.st_size)
        if seen != self._seen:
            self.keys = open_keys(self.keys.home, passphrase=self.keys.passphrase)
            self._seen = seen

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


def open_node(
    home: Path,
    *,
    passphrase: bytes | None = None,
    busy_timeout: float = 15.0,
    intake: Intake | None = None,
) -> Node:
    """The node whose state is under `home`.

    Raises NotFound where no node was made yet, StoreError where keys and store are not of one
    authority.
    """
    keys = open_keys(home, passphrase=passphrase)
    store = open_store(home, busy_timeout=busy_timeout)
    try:
        with store.reading() as connection:
            me = cooperation(connection).me
        if me != keys.authority:
            raise StoreError(
                f"{home}: the keys are of {keys.authority}, the database is of {me or 'nobody'}"
            )
    except BaseException:
        store.close()
        raise
    node = Node(store, keys, pace=Pace(intake))
    for room in ROOMS:
        furnish(node, room)
    return node


def furnish(node: Node, room: str) -> None:
    """Put what a room has for a node into its tables. A kind has one owner."""
    if find_spec(room) is None:
        return
    module = import_module(room)
    handlers: Mapping[str, Handler] = getattr(module, "HANDLERS", {})
    if twice := set(handlers) & set(node.handlers):
        raise ValueError(f"two rooms handle {', '.join(sorted(twice))}")
    node.handlers.update(handlers)
    node.duties.extend(getattr(module, "DUTIES", ()))
    node.counts.update(getattr(module, "COUNTS", {}))
    node.spent = getattr(module, "spent", None) or node.spent
    node.unread = getattr(module, "unread", None) or node.unread
    node.awaited |= getattr(module, "AWAITED", frozenset())
