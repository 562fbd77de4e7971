"""What somebody typed into the search box means.

Two grammars, those that users of OpenSanctions know:

full (`parse`)
    words side by side must all be there; AND OR NOT && || ! + - ( ) ; "a phrase" ; "a phrase"~2 ;
    word* and w?rd ; word~ and word~1 ; field:word, field:"a phrase", field:(…) ; word^2 is read
    and its weight kept. Raises UsageError for what is not a sentence of this grammar.

simple (`parse_simple`)
    the same words, + | - ( ) "…" prefix* and word~1, and never an error: what cannot be read as a
    sign is read as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from taawun.errors import UsageError
from taawun.screening.fold import fold, words

MAX_CLAUSES = 64
_MAX_DEPTH = 12
_WHOLE = 4.0


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `pattern`: it has `*` or `?`; `edits`: how many are allowed (-1: by its length)."""

    text: str
    field: str = ""
    edits: int = 0
    pattern: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow one another, with at most `slop` others between."""

    words: tuple[str, ...]
    field: str = ""
    slop: int = 0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class All:
    """Every part must be there. Without parts it holds of everything."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part must be there."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not be there."""

    part: Node


Node = Word | Phrase | All | Some | Not

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\)) |
        "(?P<phrase>(?:[^"\\]|\\.)*)"(?:~(?P<slop>\d+))? |
        (?P<and>AND(?=[\s(])|&&) | (?P<or>OR(?=[\s(])|\|\|) | (?P<not>NOT(?=[\s(])|!(?=\S)) |
        (?P<sign>[+\-](?=[^\s+\-])) |
        (?P<field>[A-Za-z_][\w.]*):(?=\S) |
        (?P<range>[\[{][^\]}]*[\]}]|[<>]=?\S+) |
        (?P<bare>(?:\\.|[^\s()"\\])+) |
        (?P<odd>.)
    )(?:\^(?P<weight>\d+(?:\.\d+)?))?""",
    re.VERBOSE,
)
_FUZZY = re.compile(r"^(.+?)~(\d(?:\.\d+)?)?$")
_WEIGHT = re.compile(r"^(.+)\^(\d+(?:\.\d+)?)$")


def parse(text: str) -> Node:
    """The meaning of `text` in the full grammar. Raises UsageError when it is not a sentence."""
    return _Reader(text).whole()


def parse_simple(text: str) -> Node:
    """The meaning of `text` in the simple grammar; anything can be read."""
    balanced = text if text.count('"') % 2 == 0 else text.replace('"', " ")
    if balanced.count("(") != balanced.count(")"):
        balanced = balanced.replace("(", " ").replace(")", " ")
    plain = re.sub(r"[:\[\]{}<>^\\]|\b(?:AND|OR|NOT)\b", _as_text, balanced.replace("|", " || "))
    try:
        return _Reader(plain).whole()
    except UsageError:
        return All(tuple(Word(word) for word in words(text)[:MAX_CLAUSES]))


def _as_text(match: re.Match[str]) -> str:
    """In the simple grammar AND, OR and NOT are words like others, other signs are blanks."""
    return match.group().lower() if match.group().isalpha() else " "


class _Reader:
    """A recursive descent over the signs of one sentence."""

    def __init__(self, text: str) -> None:
        self.signs = [match for match in _TOKEN.finditer(text) if match.group().strip()]
        self.at = 0
        self.clauses = 0

    def whole(self) -> Node:
        node = self.some("", 0)
        if self.at < len(self.signs):
            raise UsageError("the query has a closing bracket without an opening one")
        return node

    def kind(self) -> str:
        """The kind of the next sign, "" at the end."""
        return _kind(self.signs[self.at]) if self.at < len(self.signs) else ""

    def some(self, field: str, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise UsageError(f"the query has more than {_MAX_DEPTH} brackets inside one another")
        parts = [self.every(field, depth)]
        while self.kind() == "or":
            self.at += 1
            parts.append(self.every(field, depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def every(self, field: str, depth: int) -> Node:
        parts: list[Node] = []
        while (kind := self.kind()) not in ("", "or", "close"):
            if kind == "and":
                self.at += 1
                continue
            parts.append(self.one(field, depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self, field: str, depth: int) -> Node:
        sign, kind = self.signs[self.at], self.kind()
        self.at += 1
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            raise UsageError(f"the query has more than {MAX_CLAUSES} parts")
        if kind == "sign":
            inner = self.following(field, depth)
            return Not(inner) if sign.group("sign") == "-" else inner
        if kind == "not":
            return Not(self.following(field, depth))
        if kind == "field":
            return self.following(sign.group("field"), depth)
        if kind == "open":
            return self.bracket(field, depth)
        if kind == "range":
            raise UsageError(f"ranges are not searched: {sign.group().strip()!r}")
        if kind == "phrase":
            return _phrase(sign, field)
        if kind == "bare":
            return _bare(sign.group("bare"), field)
        raise UsageError(f"the query cannot be read at {sign.group().strip()[:20]!r}")

    def following(self, field: str, depth: int) -> Node:
        if self.kind() in ("", "or", "and", "close"):
            raise UsageError("the query ends where something should follow")
        return self.one(field, depth)

    def bracket(self, field: str, depth: int) -> Node:
        node = self.some(field, depth + 1)
        if self.kind() != "close":
            raise UsageError("the query has an opening bracket without a closing one")
        self.at += 1
        return node


def _kind(sign: re.Match[str]) -> str:
    for name in ("open", "close", "phrase", "and", "or", "not", "sign", "field", "range", "bare"):
        if sign.group(name) is not None:
            return name
    return "odd"


def _phrase(sign: re.Match[str], field: str) -> Node:
    said = tuple(words(re.sub(r"\\(.)", r"\1", sign.group("phrase"))))
    weight = float(sign.group("weight") or 1.0)
    if len(said) == 1:
        return Word(said[0], field=field, weight=weight)
    if not said:
        return All(())
    return Phrase(said, field=field, slop=int(sign.group("slop") or 0), weight=weight)


def _bare(raw: str, field: str) -> Node:
    """A run without blanks: one word, several (`al-Hariri`), a pattern, or a fuzzy word."""
    weight = 1.0
    if weighted := _WEIGHT.match(raw):
        raw, weight = weighted.group(1), float(weighted.group(2))
    edits = 0
    if (fuzzy := _FUZZY.match(raw)) and not raw.endswith("\\~"):
        raw, edits = fuzzy.group(1), _edits(fuzzy.group(2))
    if re.search(r"(?<!\\)[*?]", raw):
        return _pattern(raw, field, weight)
    said = words(re.sub(r"\\(.)", r"\1", raw))
    if field and len(said) > 1 and not edits:
        return Phrase(tuple(said), field=field, weight=weight)
    parts = tuple(Word(word, field=field, edits=edits, weight=weight) for word in said)
    if len(parts) == 1:
        return parts[0]
    if any(character.isdigit() for character in raw):
        # `QDi.001` is a reference before it is two words: whoever has it whole comes first.
        whole = Word("".join(said), field=field, edits=edits, weight=weight * _WHOLE)
        return Some((whole, All(parts)))
    return All(parts)


def _pattern(raw: str, field: str, weight: float) -> Node:
    """`*` alone means anything; a pattern needs at least one letter, and no blanks in between."""
    shaped = re.sub(r"[^\w*?]", "", fold(raw))
    if not shaped.strip("*?"):
        return All(()) if not field else Word("*", field=field, pattern=True, weight=weight)
    return Word(shaped, field=field, pattern=True, weight=weight)


def _edits(said: str | None) -> int:
    """Edits allowed by `~`: as given up to 2, by the word's length when not given."""
    if said is None or "." in said:
        return -1
    return min(int(said), 2)
