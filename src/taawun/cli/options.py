"""What every command takes: `--home`, `--json`, `--lang`, `--as`, before or after its name.

A command asks `options()` for them; it does not declare them. `attach` puts them on every
command as it is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from taawun.errors import UsageError

if TYPE_CHECKING:
    from taawun.settings import Settings
    from taawun.store import Store


@dataclass
class Options:
    """The common options of this call, as given; what was not given comes from the settings."""

    home_given: Path | None = None
    lang_given: str = ""
    actor_given: str | None = None
    json: bool = False

    @cached_property
    def settings(self) -> Settings:
        from taawun.settings import load

        return load(self.home_given)

    @property
    def home(self) -> Path:
        """Where the state is: `--home`, else `TAAWUN_HOME`, else `~/.taawun`."""
        return self.settings.home

    @property
    def lang(self) -> str:
        """The language to speak, with a choice of digits where one was set: `ar-u-nu-latn`."""
        lang = self.lang_given or self.settings.lang
        digits = self.settings.digits
        return f"{lang}-u-nu-{digits}" if digits else lang

    @property
    def actor(self) -> str:
        """Who acts, for the journal: `--as`, else `TAAWUN_ACTOR`, else who runs this."""
        return self.settings.actor if self.actor_given is None else self.actor_given

    def open_store(self, *, create: bool = True) -> Store:
        """The database under `home`; without `create` it must be there: see `store.open_store`."""
        from taawun.store import open_store

        timeout = self.settings.busy_timeout
        return open_store(self.home, busy_timeout=timeout, create=create)

    @staticmethod
    def now() -> datetime:
        """The time of this call, UTC: the command line is where time is read."""
        return datetime.now(UTC)


LANGUAGES = ("en", "ar")
_running: ContextVar[Options] = ContextVar("options")


def options() -> Options:
    """The common options of the command that is running."""
    return _running.get()


def start(args: Sequence[str] = ()) -> None:
    """Forget what an earlier call in this process was given.

    `--help` is answered before the options after it are read: the language is looked for here.
    """
    _running.set(Options())
    for option, value in pairwise([*args, ""]):
        if option == "--lang=ar" or (option, value) == ("--lang", "ar"):
            options().lang_given = "ar"


def lang_of_help() -> str:
    """The language that help is shown in: it must not fail when a setting cannot be read."""
    given = options().lang_given or os.environ.get("TAAWUN_LANG", "")
    return given if given in LANGUAGES else "en"


def _home(value: Path | None) -> None:
    if value is not None:
        options().home_given = value


def _lang(value: str | None) -> None:
    if value is not None:
        if value not in LANGUAGES:
            raise UsageError(f"--lang: expected en or ar, got {value!r}")
        options().lang_given = value


def _as(value: str | None) -> None:
    if value is not None:
        options().actor_given = value


def _json(value: bool) -> None:
    if value:
        options().json = True


PANEL = "Everywhere"

_template = typer.Typer(add_completion=False)


@_template.command()
def _common(
    home: Annotated[
        Path | None,
        typer.Option("--home", callback=_home, help="Where the state is.", rich_help_panel=PANEL),
    ] = None,
    json: Annotated[
        bool,
        typer.Option(
            "--json", callback=_json, help="One JSON document on stdout.", rich_help_panel=PANEL
        ),
    ] = False,
    lang: Annotated[
        str | None,
        typer.Option("--lang", callback=_lang, help="en or ar.", rich_help_panel=PANEL),
    ] = None,
    officer: Annotated[
        str | None,
        typer.Option(
            "--as", callback=_as, help="Who acts, for the journal.", rich_help_panel=PANEL
        ),
    ] = None,
) -> None:
    """Never run: the model of the common options."""


def attach(command: Any) -> None:
    """Put the common options on a command and on all commands under it, last in their help.

    A command's own option of the same spelling stays (`trace --as transfer`).
    """
    taken = {spelling for param in command.params for spelling in param.opts}
    for option in _common_options():
        if taken.isdisjoint(option.opts):
            command.params.append(option)
    for below in getattr(command, "commands", {}).values():
        attach(below)


def _common_options() -> list[Any]:
    """The common options, a command's own: their help is put in another language in place."""
    return [copy(option) for option in _made_once()]


@cache
def _made_once() -> tuple[Any, ...]:
    found = [param for param in get_command(_template).params if param.name != "help"]
    for option in found:
        option.expose_value = False
    return tuple(found)
