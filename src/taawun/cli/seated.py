"""An officer's desk for the call that is running, and the files that officers write."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from taawun.cli.options import options
from taawun.errors import InputError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from taawun.desk.desk import Desk
    from taawun.desk.papers import Paper

Code = TypeVar("Code", bound=StrEnum)
MOST_TEXT = 4 * 1024 * 1024
"""Bytes of a file that an officer writes."""


@contextmanager
def seated() -> Iterator[Desk]:
    """The desk of the officer who makes this call, at its home, now."""
    from taawun.desk.desk import open_desk

    call = options()
    with open_desk(
        call.home,
        officer=call.actor,
        at=call.now(),
        passphrase=passphrase(),
        busy_timeout=call.settings.busy_timeout,
    ) as desk:
        yield desk


def passphrase() -> bytes | None:
    """What the node's private keys are sealed with, as the settings say."""
    said = options().settings.key_passphrase
    return said.get_secret_value().encode() if said is not None else None


def text_in(path: str) -> str:
    """A file's text; `-` is what comes in. Raises InputError where it cannot be read."""
    try:
        if path == "-":
            said = sys.stdin.buffer.read(MOST_TEXT + 1)
        else:
            with Path(path).open("rb") as file:
                said = file.read(MOST_TEXT + 1)
        if len(said) > MOST_TEXT:
            raise InputError(f"{path}: more than {MOST_TEXT} bytes")
        return said.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: cannot be read: UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def paper_in(path: str) -> Paper:
    """An officer's file, YAML or JSON, read strictly."""
    from taawun.desk.papers import read_paper

    return read_paper(text_in(path), Path(path).name)


def beside(file: str) -> Callable[[str], bytes]:
    """A reader of the files that a paper names: they lie beside it, or below.

    A file is never read further than what a message can still carry, with those before it.
    """
    from taawun.cooperation.requests.bodies.information import MOST_ATTACHED

    folder = Path(file).parent if file != "-" else Path()
    left = MOST_ATTACHED

    def read(name: str) -> bytes:
        nonlocal left
        found = _attached(folder, name, left)
        if len(found) > left:
            raise InputError(
                f"{folder / name}: attachments of a message have at most {MOST_ATTACHED} bytes"
            )
        left -= len(found)
        return found

    return read


def _attached(folder: Path, name: str, most: int) -> bytes:
    """At most one byte more than `most` of a file in a folder."""
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{name}: not beside the file that names it")
        if path.exists() and not path.is_file():  # a pipe would never end
            raise InputError(f"{path}: not a plain file")
        with path.open("rb") as opened:
            return opened.read(most + 1)
    except ValueError:  # a zero byte
        raise InputError(f"{name}: not beside the file that names it") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def codes(
    kind: type[Code], option: str, said: Iterable[str], *, may_be_none: bool = False
) -> tuple[Code, ...]:
    """The codes that an option was given, also several in one with commas. Raises UsageError for
    one that there is not, and for an option that is given and says nothing, unless that may be."""
    given = list(said)
    each = [part.strip() for text in given for part in text.split(",") if part.strip()]
    if given and not each and not may_be_none:
        each = [""]
    return tuple(dict.fromkeys(code(kind, option, part) for part in each))


def code(kind: type[Code], option: str, said: str) -> Code:
    """One code. Raises UsageError that says which there are."""
    try:
        return kind(said)
    except ValueError:
        there = ", ".join(kind)
        raise UsageError(f"{option}: expected one of {there}, got {said!r}") from None


def moment_given(option: str, text: str) -> datetime | None:
    """A time as it is written on the command line; None where it is left out."""
    from taawun.cli.moments import moment

    return moment(option, text)
