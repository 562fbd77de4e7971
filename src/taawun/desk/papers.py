"""What an officer writes in a file, YAML or JSON, read strictly: every problem with its line.

    paper = read_paper(text, "mou.yml")            plain values, and where each of them stands
    agreement = paper.document(Agreement)          or InputError with every problem

Dates stay as they are written, and nothing is guessed: `no` is a text, `0777` too. A field that is
not known, or stands twice, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from taawun.cooperation.wire import MOST_BYTES, MOST_DEPTH, Document
from taawun.errors import InputError, Problem

Place = tuple[str | int, ...]
"""Where a value lies: names of fields and places in lists, from the top."""
D = TypeVar("D", bound=Document)

UNREADABLE, UNKNOWN, MISSING, WRONG, TWICE = (
    "desk.paper.unreadable",
    "desk.paper.unknown",
    "desk.paper.missing",
    "desk.paper.wrong",
    "desk.paper.twice",
)
_INT, _BOOL, _NULL = (f"tag:yaml.org,2002:{kind}" for kind in ("int", "bool", "null"))
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Paper:
    """A file's values, and the line of each place."""

    name: str
    value: dict[str, Any]
    lines: Mapping[Place, int]

    def with_value(self, value: dict[str, Any]) -> Paper:
        """The same paper with its values put in another way; lines go by the names that stay."""
        return Paper(self.name, value, self.lines)

    def document(self, kind: type[D]) -> D:
        """The document that the paper is. Raises InputError with every problem."""
        try:
            return kind.model_validate_json(orjson.dumps(self.value))
        except ValidationError as error:
            errors = error.errors(include_url=False)
            found = [self._problem(each) for each in errors if not _follows(each, errors)]
        raise self.refused(found)

    def refused(self, problems: Sequence[Problem]) -> InputError:
        """The error that says that this paper is not taken, with all that is wrong."""
        if not self.name:  # said in options
            return InputError("what was given cannot be taken as it is", tuple(problems))
        return InputError(f"{self.name}: cannot be taken as it is", tuple(problems))

    def wrong(self, place: Place, got: object, expected: str, code: str = WRONG) -> Problem:
        """A problem at a place of this paper."""
        field = ".".join(str(part + 1 if isinstance(part, int) else part) for part in place)
        return Problem(code, self.name, self._line(place), field, str(got)[:80], expected)

    def _line(self, place: Place) -> int | None:
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return None

    def _problem(self, error: ErrorDetails) -> Problem:
        place = tuple(error["loc"])
        if error["type"] == "extra_forbidden":
            return self.wrong(place, "", "", UNKNOWN)
        if error["type"] == "missing" or error["input"] is None:
            return self.wrong(place, "", "", MISSING)
        got = error["input"]
        # A document's own rule speaks of all its fields: showing them all helps nobody
        return self.wrong(place, "" if isinstance(got, (dict, list)) else got, wanted(error))


SHAPES = {
    "a\nb": "a text without control characters",
    "a b": "a text in one line, without control characters",
    "https://node.example": "an address such as https://node.example",
    "AE-FIU": "a code such as AE-FIU",
    "AE": "a state's code such as AE",
    "a_1": "a code in small letters",
    "en": "a language such as en or ar",
}
"""What is matched by a pattern, and what to call it: the first that is."""


def wanted(error: ErrorDetails) -> str:
    """What a field should have been, as a sentence for people (`raised.yml` has its Arabic)."""
    said = error.get("ctx", {})
    match error["type"]:
        case "enum" | "literal_error":
            return str(said["expected"]).replace("'", "").replace(" or ", ", ")
        case "string_too_long":
            return f"at most {said['max_length']} characters"
        case "string_too_short" | "too_short":
            return "at least one"
        case "too_long":
            return f"at most {said['max_length']} of them"
        case "string_pattern_mismatch":
            shapes = (SHAPES[each] for each in SHAPES if re.search(said["pattern"], each))
            return next(shapes, str(said["pattern"]))
    return error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")


def _follows(error: ErrorDetails, every: Sequence[ErrorDetails]) -> bool:
    """Whether a list is only too short because what stands in it cannot be used."""
    place = error["loc"]
    return error["type"] == "too_short" and any(
        other["loc"][: len(place)] == place for other in every if other is not error
    )


def read_paper(text: str, name: str) -> Paper:
    """The values of a YAML or JSON text. Raises InputError: unreadable, or not a list of fields."""
    nothing = Paper(name, {}, {})
    if len(text) > MOST_BYTES:
        raise nothing.refused([Problem(UNREADABLE, name, expected=f"at most {MOST_BYTES} bytes")])
    try:
        if deep := _too_deep(text):  # composing such a text ends the process
            raise nothing.refused([Problem(UNREADABLE, name, deep)])
        top = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise nothing.refused([Problem(UNREADABLE, name, line, expected="YAML, JSON")]) from None
    lines: dict[Place, int] = {}
    problems: list[Problem] = []
    reading = _Reading(name, lines, problems)
    value = reading.plain(top, ()) if top is not None else None
    if not isinstance(value, dict):
        problems.append(Problem(UNREADABLE, name, 1, expected="field: value"))
    if problems or not isinstance(value, dict):
        raise nothing.refused(problems)
    return Paper(name, value, lines)


def _too_deep(text: str) -> int:
    """The line on which lists and fields lie deeper in each other than JSON may; 0 for none."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MOST_DEPTH + 1:
                return event.start_mark.line + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return 0


def in_yaml(value: Any) -> str:
    """Plain values as an officer would write them."""
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=88))


@dataclass(frozen=True, slots=True)
class _Reading:
    name: str
    lines: dict[Place, int]
    problems: list[Problem]

    def plain(self, node: yaml.Node, place: Place) -> Any:
        """What a node says; its line is noted. Anchors are followed, but no deeper than JSON is."""
        self.lines.setdefault(place, int(node.start_mark.line) + 1)
        if len(place) > MOST_DEPTH or len(self.lines) > 100_000:
            self.problems.append(Problem(UNREADABLE, self.name, self.lines[place]))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(each, (*place, at)) for at, each in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for key, child in node.value:
            if self.problems and len(self.problems) > 50:
                break
            name = str(key.value)
            below = (*place, name)
            if name in said:
                field = ".".join(map(str, below))
                line = int(key.start_mark.line) + 1
                self.problems.append(Problem(TWICE, self.name, line, field, name))
            self.lines[below] = int(key.start_mark.line) + 1
            said[name] = self.plain(child, below)
        return said


def _scalar(node: yaml.Node) -> str | int | bool | None:
    """A text as it is written; a whole number, true and false, and nothing where it is plain."""
    text = str(node.value)
    if node.tag == _NULL:
        return None
    if node.tag == _BOOL and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if node.tag == _INT and set(text) <= _DIGITS and (text == "0" or not text.startswith("0")):
        return int(text[:18])
    return text
