"""API keys: made, listed, revoked. Only a digest of a key is kept.

A key is `twn_<id>_<secret>`: the id (8 characters) finds its row and may be shown and logged, the
secret (256 random bits) may not. A fast digest (SHA-256) is enough for a secret that cannot be
guessed; password hashing is for secrets that people choose.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.errors import Conflict, NotFound, UsageError
from taawun.store.database import Unit
from taawun.store.tables.keys import api_keys

_SHAPE = re.compile(r"twn_([0-9a-f]{8})_[\w-]{43}")


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key without its secret. Times are ISO, UTC; `revoked_at` is "" while it counts."""

    id: str
    name: str
    digest: str
    created_at: str
    created_by: str
    revoked_at: str
    revoked_by: str


def add(unit: Unit, name: str, *, at: datetime, actor: str) -> str:
    """Make a key for `name` and return it: the only time that anybody sees it.

    Raises UsageError without a name, Conflict where a key of that name counts already.
    """
    if not name.strip():
        raise UsageError("a key needs the name of who will use it")
    live = api_keys.c.revoked_at == ""
    taken = sa.select(api_keys.c.id).where(api_keys.c.name == name, live)
    if unit.connection.execute(taken).first():
        raise Conflict(f"there is a key named {name!r} already; revoke it first")
    number = secrets.token_hex(4)
    key = f"twn_{number}_{secrets.token_urlsafe(32)}"
    row = {"id": number, "name": name, "digest": digest_of(key)}
    said = {"created_at": at.isoformat(), "created_by": actor}
    unit.connection.execute(api_keys.insert().values(**row, **said))
    unit.journal("key.added", number, {"name": name}, at=at, actor=actor)
    return key


def revoke(unit: Unit, id_or_name: str, *, at: datetime, actor: str) -> KeyRow:
    """Make a key count no more. Raises NotFound where no key that counts is called that."""
    called = sa.or_(api_keys.c.id == id_or_name, api_keys.c.name == id_or_name)
    row = unit.connection.execute(
        sa.select(api_keys).where(called, api_keys.c.revoked_at == "")
    ).first()
    if row is None:
        raise NotFound(f"no key {id_or_name!r} that counts")
    said = {"revoked_at": at.isoformat(), "revoked_by": actor}
    unit.connection.execute(api_keys.update().where(api_keys.c.id == row.id).values(**said))
    unit.journal("key.revoked", row.id, {"name": row.name}, at=at, actor=actor)
    return KeyRow(**{**row._mapping, **said})


def every(connection: Connection) -> list[KeyRow]:
    """Every key there ever was, oldest first."""
    rows = connection.execute(sa.select(api_keys).order_by(api_keys.c.created_at))
    return [KeyRow(*row) for row in rows]


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def id_of(key: str) -> str:
    """The id inside a key, or "" for what is not shaped like one."""
    match = _SHAPE.fullmatch(key)
    return match[1] if match else ""


def same(one: str, other: str) -> bool:
    """Whether two digests are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one, other)
