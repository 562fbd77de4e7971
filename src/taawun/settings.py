"""The settings of one node: frozen, read once at the edge, handed down.

Every field can be set in the environment with the prefix `TAAWUN_` (`TAAWUN_HOME`,
`TAAWUN_LANG`, …). Whoever needs one gets it as an argument; nothing below the edge reads the
environment.
"""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from taawun.errors import UsageError


def _login() -> str:
    """Who runs this process, for the journal, where nothing else is said."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class Settings(BaseSettings):
    """What can be set. Read with `load`; the defaults need nothing set at all."""

    model_config = SettingsConfigDict(env_prefix="TAAWUN_", frozen=True, extra="ignore")

    home: Path = Field(default=Path("~/.taawun"), description="where all state lives")
    lang: Literal["en", "ar"] = Field(default="en", description="the language of what is shown")
    digits: Literal["", "arab", "latn"] = Field(
        default="", description="digits in Arabic texts; empty: as is usual in the language"
    )
    actor: str = Field(default_factory=_login, description="who acts, for the journal")
    host: str = Field(default="127.0.0.1", description="the address `taawun serve` listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="its port")
    workers: int = Field(default=1, ge=1, description="its worker processes")
    api_keys: tuple[SecretStr, ...] = Field(
        default=(), description="keys that may use the API (a JSON list); none: no key is asked for"
    )
    key_passphrase: SecretStr | None = Field(
        default=None, description="what the node's own keys are sealed with, where they are"
    )
    tls_cert: Path | None = Field(
        default=None, description="the node's certificate: served with, and shown to partners"
    )
    tls_key: Path | None = Field(default=None, description="its key")
    tls_ca: Path | None = Field(
        default=None, description="whose certificates partners' nodes have; none: the system's"
    )
    tls_client_ca: Path | None = Field(
        default=None, description="whose certificate a calling node must show; none: not asked"
    )
    plain_http: bool = Field(
        default=False, description="whether nodes may talk without TLS beyond this machine"
    )
    partner_messages: int = Field(
        default=60_000, ge=1, description="messages a minute that the node takes of one partner"
    )
    partner_megabytes: int = Field(
        default=512, ge=5, description="megabytes a minute that the node takes of one partner"
    )
    partner_unread: int = Field(
        default=20_000, ge=1, description="messages of one partner that may wait here unread"
    )
    partner_unread_megabytes: int = Field(
        default=2048, ge=5, description="megabytes of one partner that may wait here unread"
    )
    busy_timeout: float = Field(
        default=15.0, gt=0, description="seconds to wait for another process's write"
    )


def load(home: Path | None = None) -> Settings:
    """Read the settings from the environment; `home` wins over `TAAWUN_HOME`.

    The home is made absolute and need not exist. Raises UsageError naming the variable that
    cannot be read.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "TAAWUN_" + "_".join(str(part) for part in first["loc"][:1]).upper()
        raise UsageError(f"{name}: cannot be used: {first['msg']}") from None
    chosen = (home if home is not None else settings.home).expanduser().absolute()
    return settings.model_copy(update={"home": chosen})
