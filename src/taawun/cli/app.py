"""The way in: which command is in which module, and what a raised error ends with.

Exit status: 0 done, 1 the work found a problem it names, 2 wrong use, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from taawun import __version__
from taawun.cli.options import attach, lang_of_help, start
from taawun.errors import TaawunError, UsageError

COMMANDS = {
    "screen": "taawun.cli.screen:screen",
    "screen-file": "taawun.cli.screen:screen_file",
    "screen-text": "taawun.cli.text:app",
    "lists": "taawun.cli.lists:app",
    "judge": "taawun.cli.judge:judge",
    "judgements": "taawun.cli.judge:judgements",
    "rescreen": "taawun.cli.rescreen:rescreen",
    "coverage": "taawun.cli.rescreen:coverage",
    "trace": "taawun.cli.trace:trace",
    "detect": "taawun.cli.detect:detect",
    "findings": "taawun.cli.findings:app",
    "typologies": "taawun.cli.typologies:app",
    "authority": "taawun.cli.authority:app",
    "agreement": "taawun.cli.agreement:app",
    "request": "taawun.cli.request:app",
    "match": "taawun.cli.match:app",
    "journal": "taawun.cli.journal:app",
    "ledger": "taawun.cli.ledger:app",
    "keys": "taawun.cli.keys:app",
    "serve": "taawun.cli.serve:app",
    "node": "taawun.cli.node:app",
    "sandbox": "taawun.cli.sandbox:app",
    "demo": "taawun.cli.demo:app",
    "prepare": "taawun.cli.prepare:app",
}
"""The word on the command line, and the Typer that answers it. Loaded when it is asked for."""


class Rooms(TyperGroup):
    """A group whose commands are imported one by one, when they are called or listed."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [word for word in self.commands if is_there(word)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.commands or not is_there(cmd_name):
            return None
        return loaded(cmd_name)


def is_there(word: str) -> bool:
    """Whether this build has the word's module; parts of the command line are extras."""
    return find_spec(COMMANDS[word].partition(":")[0]) is not None


def loaded(word: str) -> Any:
    """The command for a word, imported, with the common options."""
    module, _, name = COMMANDS[word].partition(":")
    command = get_command(getattr(import_module(module), name))
    command.name = word
    attach(command)
    return _in_the_language_of_the_call(command)


def _in_the_language_of_the_call(command: Any) -> Any:
    if (lang := lang_of_help()) != "en":
        from taawun.cli.helped import put_in_words

        put_in_words(command, lang)
    return command


root = typer.Typer(
    cls=Rooms,
    name="taawun",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        print(f"taawun {__version__}")
        raise typer.Exit


@root.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Authorities find, trace and stop laundered money together."""


def command() -> Any:
    """The whole command line as one object; its commands are not imported yet."""
    group: Any = get_command(root)
    attach(group)
    group.commands = dict.fromkeys(COMMANDS)
    return _in_the_language_of_the_call(group)


def main(args: list[str] | None = None) -> None:
    """Run one command line and end the process with its status."""
    given = sys.argv[1:] if args is None else args
    start(given)
    try:
        command().main(args=_readable(given), prog_name="taawun")
    except TaawunError as error:
        from taawun.cli import show

        show.error(error)
        _end(error.exit_status)
    except KeyboardInterrupt:
        _end(130)
    except SystemExit as ending:
        _end(ending.code if isinstance(ending.code, int) else 1)


def _readable(args: list[str]) -> list[str]:
    """The arguments, refused when one is not text: Python hands broken UTF-8 on as surrogates."""
    for arg in args:
        if not arg.isascii() and any("\ud800" <= char <= "\udfff" for char in arg):
            shown = arg.encode("utf-8", "backslashreplace").decode()
            raise UsageError(f"an argument is not valid UTF-8: {shown}")
    return args


def _end(status: int) -> None:
    """Leave with `status`, and without a complaint when nobody reads the output any more."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(status)


if __name__ == "__main__":
    main()
