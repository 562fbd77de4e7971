"""Showing: answers on stdout, everything else on stderr; one JSON document when asked for.

show.document({"results": […]})           JSON, on stdout
show.say("cli.journal.empty")             a sentence, on stdout
show.note("lists.fetching", source="un")  a sentence, on stderr
show.table(["cli.journal.at", …], rows)   a table; the headings are wording codes
show.problems(problems)                   file:line: field: what is wrong, on stderr
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING

from taawun.cli.options import options
from taawun.errors import InputError, Problem, Refused, TaawunError

if TYPE_CHECKING:
    from rich.console import Console

SHOWN_PROBLEMS = 20
WIDTH_WITHOUT_TERMINAL = 120


def document(value: object) -> None:
    """Print one JSON document (dataclasses, dates and paths too), and end the line."""
    import orjson

    option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    if sys.stdout.isatty():
        option |= orjson.OPT_INDENT_2
    sys.stdout.write(orjson.dumps(value, default=_plain, option=option).decode())


def say(code: str, **params: object) -> None:
    """Print the sentence for `code` in the language of the call."""
    print(worded(code, **params))


def note(code: str, **params: object) -> None:
    """Print the sentence for `code` on stderr: progress, warnings, what is not the answer."""
    print(worded(code, **params), file=sys.stderr)


def worded(code: str, **params: object) -> str:
    """The sentence for `code` in the language of the call."""
    from taawun.wording import say as in_words

    return in_words(code, options().lang, **params)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
    """Print rows under headings (wording codes). Runs from the right in Arabic."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from taawun.wording import direction

    rtl = direction(options().lang) == "rtl"
    turn = -1 if rtl else 1
    grid = Table(box=SIMPLE_HEAD, title=title or None, pad_edge=False, title_justify="left")
    for heading in list(headings)[::turn]:
        grid.add_column(worded(heading), justify="right" if rtl else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(_safe(cell)) for cell in list(row)[::turn]))
    console().print(grid)


def console(stream: IO[str] | None = None) -> Console:
    """A rich console on `stream` (stdout by default), wide enough where there is no terminal."""
    from rich.console import Console

    stream = stream or sys.stdout
    fixed = not stream.isatty() and not os.environ.get("COLUMNS")
    return Console(file=stream, width=WIDTH_WITHOUT_TERMINAL if fixed else None, highlight=False)


def problems(found: Sequence[Problem], *, limit: int = SHOWN_PROBLEMS) -> None:
    """Print problems on stderr, the first `limit` in full and the number of the others."""
    from taawun.wording.problem import worded as problem_worded

    for problem in found[:limit]:
        print(_safe(problem_worded(problem, options().lang)), file=sys.stderr)
    if len(found) > limit:
        note("cli.problems.more", count=len(found) - limit)


def error(raised: TaawunError) -> None:
    """Print what a raised error says, and the problems it carries, on stderr.

    A refusal is an answer: with `--json` its ground is the document on stdout.
    """
    if isinstance(raised, Refused) and options().json:
        document({"refused": raised.ground, "params": raised.params})
    carried = raised.problems if isinstance(raised, InputError) else ()
    if not carried or str(raised) != str(carried[0]):
        print(_safe(_worded_error(raised)), file=sys.stderr)
    problems(carried)


def _worded_error(raised: TaawunError) -> str:
    from taawun.wording.raised import in_words

    try:
        lang = options().lang
    except TaawunError:  # the settings themselves cannot be read
        return f"Error: {raised}"
    if isinstance(raised, Refused):
        from taawun.wording.refusal import refusal

        return worded("cli.refused", why=refusal(raised.ground, raised.params, lang))
    return worded("cli.error", message=in_words(str(raised), lang))


def plain(text: str) -> str:
    """Text from somebody else as a terminal may be shown it."""
    return _safe(text)


def _safe(text: str) -> str:
    """Without what could steer the terminal: C0 and C1 controls become visible."""
    return "".join(char if char.isprintable() or char in ALLOWED else _seen(char) for char in text)


ALLOWED = frozenset("\n\t\u2066\u2067\u2068\u2069\u200c\u200d\u200e\u200f\u00a0\u202f")


def _seen(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}"


def _plain(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    if hasattr(value, "items"):
        return dict(value.items())
    return str(value)
