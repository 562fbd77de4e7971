"""What the compiled scanner knows: the steps of messages and the start tags met, as arrays."""

from __future__ import annotations

import codecs
import pyexpat
import re
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from taawun.jit import I64, U8
from taawun.ledger.readers.archive import is_named
from taawun.ledger.readers.iso20022 import lookup, scan
from taawun.ledger.readers.iso20022.paths import (
    FIRST,
    HEADER_NAMESPACE,
    JOINED,
    NAMESPACE,
    Step,
    document,
)

FAST = ("pacs.008", "pacs.009")
"""The families that the compiled scanner reads."""
MOST_TAGS = 64
_DECLARED = re.compile(
    rb"""<\?xml[ \t\n]+version=["']1\.0["']([ \t\n]+encoding=["']([\w.-]+)["'])?"""
    rb"""([ \t\n]+standalone=["'](?:yes|no)["'])?[ \t\n]*\?>"""
)
_KINDS = {"transaction": scan.TRANSACTION, "around": scan.AROUND, "cover": scan.INNER}


@dataclass(frozen=True, slots=True)
class Steps:
    """The trees of `paths.py`, flat: one row a step, and the step of each family's document."""

    table: I64
    names: U8
    tops: dict[str, int]


@cache
def steps() -> Steps:
    """The steps of the families that are read fast."""
    rows: list[list[int]] = []
    names = bytearray()

    def add(step: Step) -> int:
        at = len(rows)
        name = step.name.encode()
        kind = scan.IGNORED if step.ignored else _KINDS.get(step.part, scan.NORMAL)
        many = 1 if step.fills in FIRST else 2 if step.fills in JOINED else 0
        rows.append([len(names), len(name), -1, -1, step.fills, step.money, kind, many])
        names.extend(name)
        before = -1
        for child in step.below.values() if kind not in (scan.IGNORED, scan.INNER) else ():
            number = add(child)
            if before < 0:
                rows[at][lookup.STEP_BELOW] = number
            else:
                rows[before][lookup.STEP_BESIDE] = number
            before = number
        return at

    tops = {family: add(document(family)) for family in FAST}
    return Steps(np.array(rows, np.int64), np.frombuffer(bytes(names), np.uint8), tops)


@dataclass(slots=True)
class Tags:
    """Start tags outside of messages that a file has had, each judged once."""

    encoding: str
    seen: list[bytes] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    table: I64 = field(default_factory=lambda: np.zeros((0, 6), np.int64))
    octets: U8 = field(default_factory=lambda: np.zeros(1, np.uint8))

    def add(self, tag: bytes) -> bool:
        """Judge a tag that is new; False when there are too many of them already."""
        if len(self.seen) >= MOST_TAGS:
            return False
        what, family = self._judged(tag)
        name: bytes = re.match(rb"<([\w.:-]*)", tag)[1]  # type: ignore[index]
        step = steps().tops[family] if family else -1
        prefix = name.find(b":") + 1
        row = [sum(map(len, self.seen)), len(tag), len(name), what, step, prefix]
        self.table = np.vstack([self.table, np.array([row], np.int64)])
        self.seen.append(tag)
        self.families.append(family)
        self.octets = np.frombuffer(b"".join(self.seen), np.uint8)
        return True

    def _judged(self, tag: bytes) -> tuple[int, str]:
        if tag.startswith(b"<?"):
            return (scan.DECLARED if self._declares(tag) else scan.REFUSED), ""
        if tag.endswith(b"/>"):
            return scan.REFUSED, ""
        uri, local, prefix = _named(tag)
        if local == "AppHdr":
            return (scan.SKIPPED if HEADER_NAMESPACE.fullmatch(uri) else scan.REFUSED), ""
        if local == "Document":
            found = NAMESPACE.fullmatch(uri)
            fast = found is not None and found[1] in FAST
            return (scan.DOCUMENT, found[1]) if found and fast else (scan.REFUSED, "")
        return (scan.OUTER if local and not prefix else scan.REFUSED), ""

    def _declares(self, tag: bytes) -> bool:
        found = _DECLARED.fullmatch(tag)
        if found is None:
            return False
        try:
            said = codecs.lookup((found[2] or b"utf-8").decode()).name
        except (LookupError, UnicodeDecodeError):
            return False
        return said in {"ascii", "utf-8"} or is_named(self.encoding, said)


def _named(tag: bytes) -> tuple[str, str, str]:
    """Namespace, name and prefix of a start tag by itself; no name where it is unsound alone."""
    found: list[str] = []
    parser = pyexpat.ParserCreate("utf-8", " ")
    parser.namespace_prefixes = True
    parser.StartElementHandler = lambda name, _: found.append(name)
    try:
        parser.Parse(tag, False)
    except pyexpat.ExpatError:
        return "", "", ""
    parts = found[0].split(" ") if found else []
    if len(parts) == 1:
        return "", parts[0], ""
    uri, local, prefix = (*parts, "", "", "")[:3]
    return uri, local, prefix
