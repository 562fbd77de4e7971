"""Which name is this spelling a spelling of?

The lexicon is reviewed data (`data/lexicon/*.yml`): one class is one name in all its spellings.
A spelling may belong to several classes (Salem is سالم or سليم): then it is either of them, and
only two spellings with no class in common are known to be different names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, overload

from taawun.names.compiled import Files, compiled, parsed
from taawun.names.fold import fold_arabic, fold_latin

_SCRIPTS = ("arab", "cyrl", "grek", "armn", "geor", "hebr", "hang", "hani")
MUSLIM_WORLD = frozenset(
    {
        "arabic",
        "arabic_compounds",
        "arabic_families",
        "persian",
        "turkic",
        "south_asian",
        "malay_african",
        "kurdish_pashto_uyghur",
    }
)


@dataclass(frozen=True, slots=True)
class NameClass:
    """One name. `common` 0..5 says how little it tells; `culture` is the file it stands in."""

    key: str
    kind: str
    gender: str
    common: int
    culture: str


class Classes(Sequence[NameClass]):
    """The classes by number, made when they are first asked for: there are thousands."""

    def __init__(self, rows: list[list[Any]]) -> None:
        self._rows = rows
        self._made: dict[int, NameClass] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> NameClass: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[NameClass, ...]: ...

    def __getitem__(self, at: int | slice) -> NameClass | tuple[NameClass, ...]:
        if isinstance(at, slice):
            return tuple(self[number] for number in range(*at.indices(len(self))))
        found = self._made.get(at)
        if found is None:
            found = self._made[at] = NameClass(*self._rows[at])
        return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`spelled`, `kin` and `short` map `script:folded form` to class numbers.

    Spellings of several tokens are joined by a space; `longest` is the largest number of tokens
    that a spelling starting with this first token has. Class numbers mean something within one
    `edition` only.
    """

    classes: Classes
    spelled: dict[str, list[int]]
    kin: dict[str, list[int]]
    short: dict[str, list[int]]
    longest: dict[str, int] = field(repr=False)
    edition: str = ""

    def of(self, script: str, form: str) -> Sequence[int]:
        """The classes that a folded form is a spelling of."""
        return self.spelled.get(f"{script}:{form}", ())


def folded(script: str, spelling: str) -> str:
    """The form under which a spelling is found, token by token."""
    fold = fold_arabic if script == "arab" else fold_latin if script == "latn" else str.casefold
    return " ".join(filter(None, (fold(token) for token in spelling.split())))


def compile_lexicon(files: Files) -> dict[str, Any]:
    """The lexicon's tables as plain JSON values, from (culture, YAML text) pairs."""
    classes: list[list[Any]] = []
    tables: dict[str, dict[str, list[int]]] = {"spelled": {}, "kin": {}, "short": {}}
    for culture, text in files:
        for item in parsed(text) or ():
            number = len(classes)
            classes.append(
                [item["name"], item.get("kind", ""), item.get("gender", ""),
                 int(item.get("common", 0)), culture]
            )  # fmt: skip
            for script in ("latn", *_SCRIPTS):
                for spelling in item.get(script, ()):
                    _enter(tables["spelled"], script, spelling, number)
            for table in ("kin", "short"):
                for spelling in item.get(table, ()):
                    script = "latn" if spelling.isascii() else _script_of(spelling)
                    _enter(tables[table], script, spelling, number)
    longest: dict[str, int] = {}
    for form in tables["spelled"]:
        size = form.count(" ") + 1
        if size > 1:
            first = form.split(" ", 1)[0]
            longest[first] = max(longest.get(first, 1), size)
    edition = hashlib.sha256(repr(files).encode()).hexdigest()[:16]
    return {"classes": classes, **tables, "longest": longest, "edition": edition}


def _script_of(spelling: str) -> str:
    from taawun.names.romanise import script_of

    return script_of(spelling.split()[0])


def _enter(table: dict[str, list[int]], script: str, spelling: str, number: int) -> None:
    form = folded(script, spelling)
    if form:
        numbers = table.setdefault(f"{script}:{form}", [])
        if number not in numbers:
            numbers.append(number)


@cache
def lexicon() -> Lexicon:
    """The lexicon that ships with the package."""
    data = compiled("lexicon", ("lexicon",), compile_lexicon)
    return Lexicon(Classes(data.pop("classes")), **data)
