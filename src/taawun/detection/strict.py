"""YAML read strictly: every field known, each of the kind it must be, and the line of what is not.

An `Entry` is a mapping of the file with its name and line; asking it for a field of a kind gives
the value, or a Problem in the list and something of that kind to go on with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import yaml

from taawun.errors import InputError, Problem

UNREADABLE, UNKNOWN, WRONG, TWICE = (
    "detection.catalogue.unreadable",
    "detection.catalogue.unknown",
    "detection.catalogue.wrong",
    "detection.catalogue.twice",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A named mapping of a YAML file. `path` leads to it, for problems; `line` from 1."""

    file: str
    path: str
    name: str
    line: int
    nodes: Mapping[str, yaml.Node]

    def has(self, field: str) -> bool:
        return field in self.nodes

    def value(self, field: str) -> Any:
        """The plain value of a field; None where it is absent."""
        return _plain(self.nodes[field]) if field in self.nodes else None

    def said(self, field: str) -> str:
        """A field that ought to be text, without judging it."""
        return str(self.value(field))

    def only(self, known: Iterable[str], problems: list[Problem]) -> None:
        """Report every field that is not known."""
        allowed = tuple(known)
        for field, node in self.nodes.items():
            if field not in allowed:
                problems.append(
                    self._problem(UNKNOWN, field, field, ", ".join(allowed), _line(node))
                )

    def wrong(
        self,
        field: str,
        got: str,
        expected: str,
        problems: list[Problem],
        line: int | None = None,
    ) -> None:
        """Report a field of this entry."""
        place = _line(self.nodes[field]) if line is None and field in self.nodes else line
        problems.append(self._problem(WRONG, field, got, expected, place or self.line))

    def text(self, field: str, problems: list[Problem], absent: str = "") -> str:
        value = self.value(field) if self.has(field) else absent
        return str(self._of(str, field, value, "text", problems, ""))

    def number(self, field: str, problems: list[Problem], absent: int | None = None) -> int:
        value = self.value(field) if self.has(field) else absent
        return int(self._of(int, field, value, "a whole number above 0", problems, 1))

    def truth(self, field: str, problems: list[Problem], absent: bool | None = None) -> bool:
        value = self.value(field) if self.has(field) else absent
        return bool(self._of(bool, field, value, "true or false", problems, False))

    def texts(
        self, field: str, problems: list[Problem], absent: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """A list of texts."""
        value = self.value(field) if self.has(field) else list(absent)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.wrong(field, str(value), "a list of texts", problems)
            return ()
        return tuple(value)

    def words(
        self,
        field: str,
        languages: Sequence[str],
        problems: list[Problem],
        absent: Mapping[str, str] | None = None,
    ) -> Mapping[str, str]:
        """A sentence in each language; where it is absent and may be, `absent`."""
        if not self.has(field) and absent is not None:
            return absent
        return _languages(self, field, self.value(field), languages, problems)

    def worded(self, languages: Sequence[str], problems: list[Problem]) -> Mapping[str, str]:
        """The entry itself as a sentence in each language."""
        said = {field: self.value(field) for field in self.nodes}
        return _languages(self, "", said, languages, problems)

    def below(self, field: str, problems: list[Problem]) -> list[Entry]:
        """The mappings inside a field, each an entry; none where it is absent."""
        if not self.has(field):
            return []
        return _below(self.file, f"{self.path}.{field}", self.nodes[field], problems)

    def _of(
        self, kind: type, field: str, value: Any, expected: str, problems: list[Problem], other: Any
    ) -> Any:
        good = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not good or (kind is int and value < 1):
            self.wrong(field, "" if value is None else str(value), expected, problems)
            return other
        return value

    def _problem(self, code: str, field: str, got: str, expected: str, line: int) -> Problem:
        place = f"{self.path}.{field}" if field else self.path
        return Problem(code, self.file, line, place, got[:80], expected)


def entries(text: str, file: str, problems: list[Problem]) -> list[Entry]:
    """The mappings at the top of a file, in order."""
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problems.append(Problem(UNREADABLE, file, line, "", "", "YAML"))
        return []
    return [] if top is None else _below(file, "", top, problems)


def refused(file: str, problems: list[Problem]) -> InputError:
    """The error that says that a file of definitions is not taken, with all that is wrong."""
    return InputError(f"{file}: this catalogue is refused", tuple(problems))


def _below(file: str, path: str, node: yaml.Node, problems: list[Problem]) -> list[Entry]:
    fields = _fields(file, path, node, problems)
    made = []
    for name, child in fields.items():
        place = f"{path}.{name}" if path else name
        made.append(Entry(file, place, name, _line(child), _fields(file, place, child, problems)))
    return made


def _fields(
    file: str, path: str, node: yaml.Node, problems: list[Problem]
) -> Mapping[str, yaml.Node]:
    """A mapping's fields by name; a name that stands twice is reported."""
    if not isinstance(node, yaml.MappingNode):
        got = str(_plain(node))[:80]
        problems.append(Problem(WRONG, file, _line(node), path, got, "a mapping of fields"))
        return {}
    fields: dict[str, yaml.Node] = {}
    for key, child in node.value:
        name = str(_plain(key))
        if name in fields:
            problems.append(Problem(TWICE, file, _line(key), f"{path}.{name}".strip("."), name))
        fields[name] = child
    return MappingProxyType(fields)


def _languages(
    entry: Entry, field: str, said: Any, languages: Sequence[str], problems: list[Problem]
) -> Mapping[str, str]:
    good = isinstance(said, dict) and set(said) == set(languages)
    if not good or not all(isinstance(text, str) and text.strip() for text in said.values()):
        got = "" if said is None else str(said)
        entry.wrong(field, got, "a sentence for each of " + ", ".join(languages), problems)
        return {}
    return MappingProxyType({lang: said[lang] for lang in languages})


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _plain(node: yaml.Node) -> Any:
    """What a node says as a plain value, by the safe loader's rules."""
    return yaml.SafeLoader("").construct_object(node, deep=True)
