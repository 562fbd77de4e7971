"""Where an officer sits: which node, who acts, and when.

    with open_desk(home, officer="salma", at=now) as desk:
        agreements.sign(desk, "4f1c…")

An officer is a name that the journal keeps. Who it really is, the machine says (the account that
runs this), or whoever signs officers in; the desk sees to it that nobody acts without a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.trust.keys import OwnKeys, open_keys
from taawun.errors import StoreError, UsageError
from taawun.store import Store, open_store

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Desk:
    """One officer at one node, at one moment."""

    store: Store
    keys: OwnKeys
    officer: str
    at: datetime

    @property
    def home(self) -> Path:
        """Where the node's state is."""
        return self.store.home

    @property
    def me(self) -> str:
        """Whose node this is."""
        return self.keys.authority

    def known(self) -> Cooperation:
        """What this node knows now."""
        with self.store.reading() as connection:
            return cooperation(connection)

    def later(self, at: datetime) -> Desk:
        """The same desk at another moment."""
        return replace(self, at=at)


@contextmanager
def open_desk(
    home: Path,
    *,
    officer: str,
    at: datetime,
    passphrase: bytes | None = None,
    busy_timeout: float = 15.0,
) -> Iterator[Desk]:
    """An officer's desk at the node under `home`.

    Raises NotFound where no node was made yet, UsageError for an officer without a name, StoreError
    where keys and database are not of one authority.
    """
    named(officer)
    keys = open_keys(home, passphrase=passphrase)
    store = open_store(home, busy_timeout=busy_timeout)
    try:
        desk = Desk(store, keys, officer, at)
        if (me := desk.known().me) != keys.authority:
            raise StoreError(
                f"{home}: the keys are of {keys.authority}, the database is of {me or 'nobody'}"
            )
        yield desk
    finally:
        store.close()


def named(officer: str) -> str:
    """The officer's name, one line. Raises UsageError for none."""
    if not officer.strip() or len(officer) > LONGEST_NAME or not officer.isprintable():
        raise UsageError("say who acts: --as NAME, or TAAWUN_ACTOR")
    return officer
