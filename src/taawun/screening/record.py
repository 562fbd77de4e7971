"""The record beside a file of answers: what was screened, against which lists, and how far.

`OUT.run.json` holds the input's digest, the list versions and the options. It is written before
the first answer, and only a run that would give the same answers goes on with what is there. How
far it came is said by the answers themselves: whole lines, numbered. No names are in it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from taawun import __version__
from taawun.errors import Conflict, StoreError

VERSIONS = "versions.json"
_SAME = ("input", "lists", "options", "taawun")


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what came of them: with a match, with lesser hits only, with an error.

    `cleared` counts the hits that officers had judged to be somebody else.
    """

    rows: int = 0
    matches: int = 0
    near: int = 0
    errors: int = 0
    cleared: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(_figures(self), _figures(other), strict=True)))

    @property
    def clear(self) -> int:
        """Rows that were screened and have no match."""
        return self.rows - self.matches - self.errors


def _figures(counts: Counts) -> tuple[int, int, int, int, int]:
    return counts.rows, counts.matches, counts.near, counts.errors, counts.cleared


@dataclass(frozen=True, slots=True)
class Record:
    """What a run over a file is. `ended_at` is "" while it is under way; times are ISO, UTC."""

    input: Mapping[str, Any]
    lists: Mapping[str, str]
    options: Mapping[str, Any]
    began_at: str
    ended_at: str = ""
    counts: Counts = Counts()
    taawun: str = __version__

    def ended(self, at: str, counts: Counts) -> Record:
        return replace(self, ended_at=at, counts=counts)

    def differs(self, other: Record) -> str:
        """The first thing in which two runs differ that could make other answers, or ""."""
        mine, theirs = _comparable(self), _comparable(other)
        return next((name for name in _SAME if mine[name] != theirs[name]), "")


def _comparable(record: Record) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(orjson.dumps(asdict(record)))
    said["input"].pop("file", None)
    return said


def beside(out: Path) -> Path:
    """Where the record of an output is."""
    return out.with_name(out.name + ".run.json")


def digest(path: Path) -> dict[str, Any]:
    """What an input file is: its name, size and SHA-256."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        return {"file": path.name, "bytes": file.tell(), "sha256": found}


def built_from(folder: Path) -> dict[str, str]:
    """The list versions that an index was built from, by list. Raises StoreError."""
    try:
        found: dict[str, str] = orjson.loads((folder / VERSIONS).read_bytes())
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder.name}: what the index was built from is not said") from error
    return found


def read(out: Path) -> Record | None:
    """The record beside an output; None without one. Raises Conflict where it is not ours."""
    path = beside(out)
    try:
        said = orjson.loads(path.read_bytes())
        return Record(**{**said, "counts": Counts(**said["counts"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise Conflict(f"{path}: not the record of a run; use --restart to begin anew") from error


def write(out: Path, record: Record) -> None:
    """Put a record beside its output, whole or not at all."""
    path = beside(out)
    half = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        with half.open("wb") as file:
            file.write(orjson.dumps(asdict(record), option=option))
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error


def whole_lines(path: Path) -> tuple[Counts, int]:
    """What the whole lines of a file of answers hold, and the byte after the last of them.

    A line that a kill cut short is not counted. Raises Conflict where a line is not the next row's.
    """
    counts, end = Counts(), 0
    if not path.is_file():
        return counts, end
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            counts += _told(path, line, counts.rows + 1)
            end += len(line)
    return counts, end


def _told(path: Path, line: bytes, row: int) -> Counts:
    try:
        said = orjson.loads(line)
        if said["row"] != row:
            raise ValueError(said["row"])
        return of_answer(said)
    except (ValueError, TypeError, KeyError) as error:
        raise Conflict(
            f"{path}:{row}: not the answer to row {row}; use --restart to begin anew"
        ) from error


def of_answer(said: Mapping[str, Any]) -> Counts:
    """The counts of one answer."""
    wrong = said["error"] is not None
    match = any(each["match"] for each in said["results"])
    return Counts(
        rows=1,
        matches=int(match and not wrong),
        near=int(bool(said["results"]) and not match and not wrong),
        errors=int(wrong),
        cleared=len(said.get("cleared", ())),
    )
