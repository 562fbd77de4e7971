"""What `--help` says, in the language of the call.

Help is written in English where a command is; `catalogue/help.yml` has the Arabic under that text.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from taawun.wording.texts import room


def put_in_words(command: Any, lang: str) -> None:
    """Put the help of a command, its parameters and the commands under it in `lang`."""
    base = lang.split("-", 1)[0]
    if base == "en":
        return
    if {"-h", "--help"} & set(sys.argv):
        _frame_in_words(base)
    asked_for = command.get_help_option

    def help_option(ctx: Any) -> Any:
        option = asked_for(ctx)
        if option is not None:
            option.help = in_words(option.help, base)
        return option

    command.get_help_option = help_option
    for holder in (command, *command.params):
        if text := getattr(holder, "help", None):
            holder.help = in_words(text, base)
        if panel := getattr(holder, "rich_help_panel", None):
            holder.rich_help_panel = in_words(panel, base)
    for below in getattr(command, "commands", {}).values():
        if below is not None:
            put_in_words(below, lang)


FRAME = (
    "ARGUMENTS_PANEL_TITLE",
    "OPTIONS_PANEL_TITLE",
    "COMMANDS_PANEL_TITLE",
    "REQUIRED_LONG_STRING",
)


def _frame_in_words(lang: str) -> None:
    """What stands around the help of every command, for the rest of this call."""
    from typer import rich_utils

    for name in FRAME:
        setattr(rich_utils, name, in_words(getattr(rich_utils, name), lang))
    rich_utils.DEFAULT_STRING = f"[{in_words('default', lang)}: {{}}]"


def in_words(text: str, lang: str) -> str:
    """One help text in `lang`; as it is where the catalogue lacks it (a test finds that)."""
    return _texts(lang).get(level(text), text)


def level(text: str) -> str:
    """A help text as the catalogue has it: one paragraph, single spaces."""
    return " ".join(text.split())


@cache
def _texts(lang: str) -> dict[str, str]:
    return {level(str(text["en"])): str(text[lang]) for text in room("help").values()}
