"""The one tree of exceptions.

    TaawunError
    ├── UsageError            the caller asked for something that cannot be meant (exit 2)
    ├── InputError            a file, row or field cannot be read as what it claims to be (exit 1)
    │   └── ImplausibleChange a list update that would lose too much; the last good version stays
    ├── NotFound              a named thing is not here (exit 1)
    ├── Conflict              the state moved on since the caller looked (exit 1)
    ├── StoreError            the database or the index on disk cannot be used (exit 1)
    │   └── JournalBroken     a journal line was altered, removed or reordered
    ├── Unavailable           a source or partner cannot be reached now; nothing changed (exit 1)
    └── Refused               no permit for this: the ground is a code (exit 1)
        └── RefusedForNow     a message that is to come again, when it may be taken

Problems in data are values (`Problem`), collected, counted and shown. Only a call that cannot be
honoured raises. A bug is neither: it crashes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in somebody's data, said so that it can be found and mended.

    `code` names the kind of problem in the wording catalogue; `file`, `line` (from 1) and `field`
    say where; `got` and `expected` say what. Values that may be personal data are cut to 80
    characters by whoever makes the problem, and never logged.
    """

    code: str
    file: str = ""
    line: int | None = None
    field: str = ""
    got: str = ""
    expected: str = ""

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line is not None else "")
        parts = [part for part in (place, self.field) if part]
        said = [self.code]
        if self.got:
            said.append(f"got {self.got!r}")
        if self.expected:
            said.append(f"expected {self.expected}")
        return ": ".join([*parts, ", ".join(said)])


class TaawunError(Exception):
    """Whatever Taawun raises on purpose. `exit_status` is what the command line ends with."""

    exit_status = 1


class UsageError(TaawunError):
    """The call cannot be meant: an unknown source, a contradiction of options."""

    exit_status = 2


class InputError(TaawunError):
    """Input that cannot be read as what it claims to be; `problems` says where and why."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class ImplausibleChange(InputError):
    """A new version of a list that differs too much from the last good one to be believed."""


class NotFound(TaawunError):
    """The named list, entity, version or file is not here."""


class Conflict(TaawunError):
    """The state moved on since the caller looked."""


class StoreError(TaawunError):
    """The database or the index on disk cannot be used as it is."""


class JournalBroken(StoreError):
    """A journal line was altered, removed or reordered."""


class Unavailable(TaawunError):
    """A source or partner cannot be reached now. Nothing was changed."""


class Refused(TaawunError):
    """What may not pass, and on what ground. Between authorities this is an answer, not a fault.

    `ground` is a code such as `permit.suspended`, worded at the edge as `refusal.<ground>`;
    `params` are the wording's values and hold no personal data.
    """

    def __init__(self, ground: str, **params: str) -> None:
        said = ", ".join(f"{name} {value}" for name, value in params.items())
        super().__init__(f"{ground}: {said}" if said else ground)
        self.ground = ground
        self.params = params


class RefusedForNow(Refused):
    """A message cannot be taken yet: its number stays open, and it waits at its sender."""
