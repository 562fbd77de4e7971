"""Who cooperates: an authority says who it is and which keys are its own on a card.

An authority signs its first card with a key on it, and a later one with a key of a card before,
so that trust which was given once carries over to new keys. A card that is not signed so is
trusted when its fingerprint was compared by another way (telephone, meeting, embassy).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from joserfc.jwk import OKPKey
from pydantic import Field, StringConstraints, model_validator

from taawun.cooperation.trust.denied import binds_nobody
from taawun.cooperation.wire import (
    AuthorityCode,
    CountryCode,
    Document,
    Language,
    Line,
    Moment,
    RawKey,
    Thumbprint,
    canonical,
    digest,
)

CARD = "taawun-card+jws"
MOST_KEYS = 16


class Kind(StrEnum):
    """What an authority is at home."""

    FIU = "fiu"
    JUSTICE = "justice"
    INTERIOR = "interior"
    POLICE = "police"
    CUSTOMS = "customs"
    PROSECUTOR = "prosecutor"
    SUPERVISOR = "supervisor"
    FOREIGN_AFFAIRS = "foreign_affairs"


class CooperationField(StrEnum):
    """A field of cooperation: what an agreement is about, and an authority is competent for."""

    AML_CFT = "aml_cft"
    TERRORISM = "terrorism"
    ORGANISED_CRIME = "organised_crime"
    SANCTIONS = "sanctions"
    JUDICIAL = "judicial"
    SECURITY = "security"


class KeyUse(StrEnum):
    """What a key is for: to sign (Ed25519), or to be sealed to (X25519)."""

    SIGN = "sign"
    SEAL = "seal"


CURVES = {KeyUse.SIGN: "Ed25519", KeyUse.SEAL: "X25519"}


class PublicKey(Document):
    """A public key and when it counts: from `valid_from`, before `valid_until`.

    `x` is the raw key, base64url; `kid` its thumbprint by RFC 7638.
    """

    use: KeyUse
    kid: Thumbprint
    x: RawKey
    valid_from: Moment
    valid_until: Moment

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Self:
        if self.valid_until <= self.valid_from:
            raise ValueError("the key ends before it begins")
        if thumbprint(self.use, self.x) != self.kid:
            raise ValueError("kid is not the key's thumbprint")
        if binds_nobody(CURVES[self.use], urlsafe_b64decode(f"{self.x}=")):
            raise ValueError("a key that binds nobody")
        return self

    def jwk(self) -> OKPKey:
        """The key as joserfc takes it."""
        return OKPKey.import_key({"kty": "OKP", "crv": CURVES[self.use], "x": self.x})

    def counts(self, at: datetime) -> bool:
        """Whether `at` lies in its validity."""
        return self.valid_from <= at < self.valid_until


def thumbprint(use: KeyUse, x: str) -> str:
    """RFC 7638: what a key is called by."""
    return OKPKey.import_key({"kty": "OKP", "crv": CURVES[use], "x": x}).thumbprint()


class Revocation(Document):
    """A key that counts no more from `at`, whatever its validity says."""

    kid: Thumbprint
    at: Moment
    reason: Line


Address = Annotated[
    str, StringConstraints(pattern=r'^(https?://[!"$->A-\[\]-~]{1,300})?$', strict=True)
]
"""Where a node is reached: ASCII, without `?`, `#`, `@` and the backslash; "" when it is reached in
another way."""


class Card(Document):
    """Who an authority is, where its node is reached, and its keys. `number` counts its cards.

    `competences` are the fields it may cooperate in by its own law; an agreement cannot widen them.
    `address` is the node's HTTPS address; "" when it is reached in another way.
    """

    v: Literal[1] = 1
    authority: AuthorityCode
    country: CountryCode
    kind: Kind
    name: Annotated[dict[Language, Line], Field(min_length=1, max_length=12)]
    competences: Annotated[tuple[CooperationField, ...], Field(min_length=1, max_length=6)]
    address: Address = ""
    number: Annotated[int, Field(ge=1, le=2**31)]
    made_at: Moment
    keys: Annotated[tuple[PublicKey, ...], Field(min_length=2, max_length=MOST_KEYS)]
    revoked: Annotated[tuple[Revocation, ...], Field(max_length=64)] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.authority.startswith(f"{self.country}-"):
            raise ValueError("the authority's code begins with its country")
        if len({key.kid for key in self.keys}) < len(self.keys):
            raise ValueError("a key twice")
        if {key.use for key in self.keys} != set(KeyUse):
            raise ValueError("a key to sign and a key to seal are needed")
        if len(set(self.competences)) < len(self.competences):
            raise ValueError("a competence twice")
        return self

    @property
    def fingerprint(self) -> str:
        """What two officers compare: of who this is and all keys on the card, in groups of four."""
        said = {"authority": self.authority, "keys": sorted(key.kid for key in self.keys)}
        return grouped(digest(canonical(said))[:40])

    def called(self, language: str) -> str:
        """The name in a language, else in English, else in whatever there is."""
        return self.name.get(language) or self.name.get("en") or next(iter(self.name.values()))


def grouped(text: str) -> str:
    """`ab12 cd34 …`: forty digits that can be read out."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def same_fingerprint(one: str, other: str) -> bool:
    """Whether two fingerprints are equal, however they were spaced and cased."""
    return "".join(one.split()).lower() == "".join(other.split()).lower()
