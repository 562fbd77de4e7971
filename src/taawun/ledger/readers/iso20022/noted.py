"""What is wrong with a file, as it is being read: problems collected, kinds said once.

A kind that would repeat in every message of a file (an element nobody knows, a time without zone)
is said once per file; an account number that is odd, once per file for each of up to 1,000 such
numbers. Text from the file is cut to 80 characters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from taawun.errors import Problem
from taawun.ledger.readers.iso20022.rows import Fault

CUT = 80
MOST_KINDS = 1000
"""Kinds said once are remembered up to this many: a hostile file does not fill the memory."""


@dataclass(slots=True)
class Noted:
    """The problems of one file so far; `taken` hands over those since the last call."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    odd: set[str] = field(default_factory=set)

    def problem(
        self, code: str, line: int | None = None, path: str = "", got: str = "", expected: str = ""
    ) -> None:
        """Note a problem at a place of the file."""
        self.problems.append(Problem(code, self.file, line, path[:200], got[:CUT], expected))

    def once(
        self, code: str, line: int | None = None, path: str = "", got: str = "", expected: str = ""
    ) -> None:
        """Note a kind of problem, at the first place that has it."""
        kind = f"{self.file}\0{code}\0{path}"
        if kind not in self.said and len(self.said) < MOST_KINDS:
            self.said.add(kind)
            self.problem(code, line, path, got, expected)

    def place(self, fault: Fault, line: int, path: str) -> None:
        """Note a fault of a row at its place; one said before of the same text is not repeated."""
        if fault.once:
            if fault.got in self.odd or len(self.odd) >= MOST_KINDS:
                return
            self.odd.add(fault.got)
        self.problem(fault.code, line, path, fault.got, fault.expected)

    def taken(self) -> tuple[Problem, ...]:
        """The problems since the last call."""
        found = tuple(self.problems)
        self.problems.clear()
        return found
