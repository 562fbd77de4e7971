"""In which encoding a file of customers is written.

| sign | encoding |
|---|---|
| byte order mark | what it says: UTF-8, UTF-16 |
| every second byte of the beginning is NUL | UTF-16 without its mark |
| mostly valid UTF-8 | UTF-8; a bad sequence is a problem of its row |
| single bytes above 127, between letters of ASCII | Windows-1252 (western Europe) |
| runs of bytes above 127 that read as Arabic | Windows-1256 |
| runs of bytes above 127 that read as Russian | Windows-1251 |

What is no valid UTF-8 is told apart by which letters would be frequent. It is a guess on the first
megabyte, shown to the user, and `--encoding` overrules it.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from pathlib import Path

from taawun.errors import UsageError

SAMPLE = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_FREQUENT = {
    "cp1256": "المينورتبدعسحفهقكأةشجخصطضغزىإذثظئؤءپچکگی",
    "cp1251": "оаеинтсрвлкмдпугяьыбзйчхжшюцщфэёії",
}
_RARE_COST = 3.0


def detect(path: Path) -> str:
    """The encoding of a text file, as Python names it. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if (wide := _without_mark(sample)) is not None:
        return wide
    valid, broken = _utf8(sample)
    if broken <= valid:
        return "utf-8"
    return _windows(sample)


def known(name: str) -> str:
    """The encoding that was named, as Python calls it. Raises UsageError for an unknown one."""
    try:
        found = codecs.lookup(name.strip().lower().replace("windows-", "cp")).name
        "a".encode(found)
    except (LookupError, TypeError, AttributeError):
        raise UsageError(
            f"--encoding: expected utf-8, utf-16, windows-1256 or another, got {name!r}"
        ) from None
    return "utf-8-sig" if found == "utf-8" else found


def _without_mark(sample: bytes) -> str | None:
    """UTF-16 by its NULs: the header of a file is mostly ASCII, or at least its delimiters are."""
    head = sample[:512]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd < max(2, len(head) // 16):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _utf8(sample: bytes) -> tuple[int, int]:
    """How many characters beyond ASCII are valid UTF-8, and how many sequences are not."""
    text = sample.decode("utf-8", "surrogateescape")
    broken = len(re.findall("[\udc80-\udcff]+", text))
    if len(sample) == SAMPLE and "\udc80" <= text[-1:] <= "\udcff":
        broken -= 1  # the sample ends inside a character
    valid = len(re.findall("[\x80-\ud7ff\ue000-\U0010ffff]", text))
    return valid, broken


def _windows(sample: bytes) -> str:
    runs = _HIGH.findall(sample)
    if sum(map(len, runs)) < 1.6 * len(runs):
        return "cp1252"
    counted = Counter(b"".join(runs))
    return min(_FREQUENT, key=lambda name: _cost(counted, name))


def _cost(counted: Counter[int], name: str) -> float:
    """How badly these bytes fit a language: each letter by its place among the frequent ones."""
    frequent = {letter: place for place, letter in enumerate(_FREQUENT[name])}
    cost = 0.0
    for byte, count in counted.items():
        letter = bytes([byte]).decode(name, "replace").lower()
        place = frequent.get(letter)
        cost += count * (_RARE_COST if place is None else place / len(frequent))
    return cost
