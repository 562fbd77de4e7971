"""The owner's keys: 32 random bytes in a file of their own, until they are destroyed.

    <home>/private/keys/<name>.seed      readable by its owner only

A key is for one asker, agreement, field, purpose and period: what it is bound to is hashed into it
(`Binding.info`, RFC 9497 DeriveKeyPair), so that a seed used elsewhere is another key. Nothing
else in the store or in a backup of it gives a key back: a file that is gone ends every question.

Destroying overwrites, unlinks and forces the folder to disk. What a solid state disk, a copying
file system or a snapshot may still keep of 32 bytes is beyond a program: such media are sealed as
a whole (SECURITY.md).
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from taawun.cooperation.agreement import Purpose
from taawun.cooperation.private.oprf import SEED
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import AuthorityCode, Digest, Document, Line
from taawun.errors import Conflict, Refused, StoreError

FOLDER = Path("private") / "keys"


class Binding(Document):
    """What a key is for. `period` counts the keys that one asker was given for a purpose."""

    v: Literal[1] = 1
    agreement: Digest
    owner: AuthorityCode
    asker: AuthorityCode
    field: CooperationField
    purpose: Purpose
    period: Annotated[int, Field(ge=1, le=2**31)]
    scheme: Line

    @property
    def info(self) -> bytes:
        """What is hashed into the key: the canonical bytes."""
        return self.canonical()

    @property
    def name(self) -> str:
        """What its files are called: half of the digest."""
        return hashlib.sha256(self.info).hexdigest()[:32]


def make(home: Path, binding: Binding) -> bytes:
    """A new seed at random, kept. Raises Conflict where there is one, StoreError."""
    path, seed = _path(home, binding), secrets.token_bytes(SEED)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, seed)
            os.fsync(handle)
        finally:
            os.close(handle)
        _folder_to_disk(path.parent)
    except FileExistsError:
        raise Conflict(
            f"{path}: this period has its key already; a new key is a new period"
        ) from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    return seed


def seed_of(home: Path, binding: Binding) -> bytes:
    """The seed. Raises Refused `match.key_gone` where it was destroyed, StoreError."""
    path = _path(home, binding)
    try:
        seed = path.read_bytes()
    except FileNotFoundError:
        raise Refused("match.key_gone", period=str(binding.period)) from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error
    if len(seed) != SEED:
        raise StoreError(f"{path}: cannot be read: {len(seed)} bytes where a key has {SEED}")
    return seed


def destroy(home: Path, binding: Binding) -> bool:
    """Overwrite, unlink, force to disk. False where nothing was there. Raises StoreError."""
    path = _path(home, binding)
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(SEED))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _folder_to_disk(path.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"{path}: cannot be destroyed: {error.strerror}") from error
    return True


def _path(home: Path, binding: Binding) -> Path:
    return home / FOLDER / f"{binding.name}.seed"


def _folder_to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems cannot force a folder
            os.fsync(handle)
    finally:
        os.close(handle)
