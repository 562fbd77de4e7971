"""An authority's own private keys: made, kept, renewed. One file a key, readable by its owner only.

    <home>/keys/<kid>.pem        PKCS #8, sealed with the passphrase where there is one
    <home>/keys/own.json         whose keys they are and when each counts

A key that signs nothing new is kept: what was sealed to it may still be on its way.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.jwk import OKPKey

from taawun.cooperation.trust.party import KeyUse, PublicKey
from taawun.cooperation.wire import AuthorityCode, Document
from taawun.errors import Conflict, NotFound, Refused, StoreError, UsageError

VALID = timedelta(days=400)
"""How long a new key counts: a year and a month to change it in."""
Made = Callable[[], Ed25519PrivateKey | X25519PrivateKey]
MAKE: dict[KeyUse, Made] = {
    KeyUse.SIGN: Ed25519PrivateKey.generate,
    KeyUse.SEAL: X25519PrivateKey.generate,
}


class Own(Document):
    """Whose node this is, and its public keys, the newest last."""

    v: int = 1
    authority: AuthorityCode
    keys: tuple[PublicKey, ...]


@dataclass(slots=True)
class OwnKeys:
    """The private keys under `home`. Opened with `open_keys`; a key is read when it is needed."""

    home: Path
    own: Own
    passphrase: bytes | None = field(default=None, repr=False)
    _read: dict[str, OKPKey] = field(default_factory=dict, repr=False)

    @property
    def authority(self) -> str:
        """Whose node this is."""
        return self.own.authority

    def public(self, at: datetime) -> tuple[PublicKey, ...]:
        """The keys that count at `at` or later: what goes on a card."""
        return tuple(key for key in self.own.keys if at < key.valid_until)

    def signing(self, at: datetime) -> OKPKey:
        """The private key to sign with at `at`: the newest that counts. Raises Refused."""
        return self.private(self._newest(KeyUse.SIGN, at).kid)

    def sealed_to(self, kid: str, at: datetime) -> OKPKey:
        """The private key that something was sealed to. Raises Refused for one that is not ours
        or does not count at `at`."""
        for key in self.own.keys:
            if key.kid == kid and key.use is KeyUse.SEAL:
                if not key.counts(at):
                    raise Refused("key.expired", kid=kid)
                return self.private(kid)
        raise Refused("key.not_ours", kid=kid)

    def private(self, kid: str) -> OKPKey:
        """A private key by its thumbprint. Raises StoreError where its file cannot be read."""
        found = self._read.get(kid)
        if found is None:
            found = self._read[kid] = _load(_file(self.home, kid), kid, self.passphrase)
        return found

    def add(self, use: KeyUse, at: datetime, *, valid: timedelta = VALID) -> PublicKey:
        """Make a new key that counts from `at`; the older ones go on counting as they said."""
        key = _make(self.home, use, at, valid, self.passphrase)
        self.own = Own(authority=self.own.authority, keys=(*self.own.keys, key))
        _write(_listing(self.home), self.own.canonical())
        return key

    def _newest(self, use: KeyUse, at: datetime) -> PublicKey:
        counting = [key for key in self.own.keys if key.use is use and key.counts(at)]
        if not counting:
            raise Refused("key.own_expired", use=use)
        return counting[-1]


def make_keys(
    home: Path, authority: str, at: datetime, *, passphrase: bytes | None = None
) -> OwnKeys:
    """The first keys of a node. Raises Conflict where there are keys already."""
    if _listing(home).exists():
        raise Conflict(f"{home}: has keys already; they are renewed, not made again")
    keys = OwnKeys(home, Own(authority=authority, keys=()), passphrase)
    (home / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
    for use in KeyUse:
        keys.add(use, at)
    return keys


def open_keys(home: Path, *, passphrase: bytes | None = None) -> OwnKeys:
    """The keys under `home`. Raises NotFound where there are none, StoreError for a broken file."""
    try:
        said = _listing(home).read_bytes()
    except FileNotFoundError:
        raise NotFound(f"{home}: no node yet: `taawun authority init` makes one") from None
    except OSError as error:
        raise StoreError(f"{_listing(home)}: cannot be read: {error.strerror}") from error
    try:
        own = Own.read(said)
    except Refused as refused:
        raise StoreError(f"{_listing(home)}: cannot be read: {refused}") from None
    return OwnKeys(home, own, passphrase)


def _listing(home: Path) -> Path:
    return home / "keys" / "own.json"


def _file(home: Path, kid: str) -> Path:
    return home / "keys" / f"{kid}.pem"


def _make(
    home: Path, use: KeyUse, at: datetime, valid: timedelta, passphrase: bytes | None
) -> PublicKey:
    private = MAKE[use]()
    key = OKPKey.import_key(private)
    sealing: pem.KeySerializationEncryption = (
        pem.BestAvailableEncryption(passphrase) if passphrase else pem.NoEncryption()
    )
    written = private.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, sealing)
    _write(_file(home, key.thumbprint()), written)
    x = str(key.as_dict(private=False)["x"])
    return PublicKey(use=use, kid=key.thumbprint(), x=x, valid_from=at, valid_until=at + valid)


def _load(path: Path, kid: str, passphrase: bytes | None) -> OKPKey:
    try:
        private = pem.load_pem_private_key(path.read_bytes(), passphrase)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error
    except TypeError:
        raise UsageError(
            "the node's keys are sealed with a passphrase: set TAAWUN_KEY_PASSPHRASE"
            if passphrase is None
            else "the node's keys have no passphrase, and TAAWUN_KEY_PASSPHRASE is set"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise StoreError(f"{path}: cannot be opened: damaged, or another passphrase") from None
    if not isinstance(private, (Ed25519PrivateKey, X25519PrivateKey)):
        raise StoreError(f"{path}: not an Ed25519 or X25519 key")
    key = OKPKey.import_key(private)
    if key.thumbprint() != kid:
        raise StoreError(f"{path}: another key than its name says")
    return key


def _write(path: Path, written: bytes) -> None:
    """The old file or the new, never half, and readable by its owner only."""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=".key-", delete=False) as draft:
            draft.write(written)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
