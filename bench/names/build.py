"""Builds `pairs.csv` from `written.txt` and `listed.tsv`: python -m bench.names.build

Besides the pairs as written, each block of `written.txt` that has both gives one derived pair: a
strong spelling of the head against its first look-alike, because two names that differ still
differ in another script. Pairs of heads from different blocks give the easy negatives.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.names.split import COLUMNS, PAIRS

HERE = Path(__file__).parent
TIERS = {"=": "strong", "~": "medium", "?": "weak", "!": "hard", ".": "easy"}
WHY = {
    "strong": "other spelling, script or orthography of the same name",
    "medium": "the same name with one thing changed",
    "weak": "the same name with several things changed",
    "hard": "another name that looks alike",
    "easy": "another name",
}
EASY_STRIDE = 3


@dataclass(slots=True)
class Block:
    """One head name of `written.txt` with the names it is compared with."""

    culture: str
    kind: str
    head: str
    line: int
    variants: list[tuple[str, str, str]] = field(default_factory=list)

    def first(self, tier: str) -> str:
        return next((name for name, found, _ in self.variants if found == tier), "")

    def last(self, tier: str) -> str:
        return next((name for name, found, _ in reversed(self.variants) if found == tier), "")


def read_blocks(path: Path = HERE / "written.txt") -> list[Block]:
    """The blocks of the notation, in order. Raises ValueError naming the line that is wrong."""
    blocks: list[Block] = []
    section: tuple[str, str] | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("//"):
            continue
        if text.startswith("["):
            culture, _, kind = text.strip("[]").rpartition(" ")
            section = (culture, kind)
        elif text[0] in TIERS and text[1:2] == " ":
            name, _, why = text[2:].partition(" # ")
            tier = TIERS[text[0]]
            blocks[-1].variants.append((name.strip(), tier, why.strip() or WHY[tier]))
        elif section is None:
            raise ValueError(f"{path.name}:{number}: a name before any [culture kind]")
        else:
            blocks.append(Block(section[0], section[1], text, number))
    return blocks


def _rows(blocks: list[Block]) -> Iterator[tuple[str, dict[str, str]]]:
    for block in blocks:
        for name, tier, why in block.variants:
            yield block.head, _row(block, block.head, name, tier, why)
        spelling, other = block.last("strong"), block.first("hard")
        if spelling and other:
            why = "the look-alike against another spelling of the head"
            yield block.head, _row(block, spelling, other, "hard", why)
    for one, two in zip(blocks[::EASY_STRIDE], blocks[1::EASY_STRIDE], strict=False):
        if one.kind == two.kind and one.culture == two.culture:
            yield one.head, _row(one, one.head, two.head, "easy", WHY["easy"])


def _row(block: Block, a: str, b: str, tier: str, why: str) -> dict[str, str]:
    same = "1" if tier in ("strong", "medium", "weak") else "0"
    fields = (block.kind, a, b, same, tier, block.culture, why, "written")
    return dict(zip(COLUMNS[1:], fields, strict=True))


def _listed(path: Path = HERE / "listed.tsv") -> Iterator[tuple[str, dict[str, str]]]:
    """Pairs from the lists; the stem is the first reference, so one entry stays on one side."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield row["source"].split(" / ")[0], dict(row)


def _digest(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def key(row: dict[str, str]) -> tuple[str, str, str]:
    """What makes two rows the same pair: kind and the two names, whichever way round."""
    a, b = sorted(re.sub(r"\s+", " ", row[side]).strip() for side in ("a", "b"))
    return row["kind"], a, b


def build() -> list[dict[str, str]]:
    """All rows of `pairs.csv`, each pair once, with its id."""
    seen: set[tuple[str, str, str]] = set()
    rows = []
    for stem, row in [*_rows(read_blocks()), *_listed()]:
        if key(row) in seen or row["a"] == row["b"]:
            continue
        seen.add(key(row))
        rows.append({"id": f"{_digest(stem, 3)}-{_digest('|'.join(key(row)), 3)}", **row})
    return rows


def main() -> None:
    rows = build()
    with PAIRS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{PAIRS.name}: {len(rows)} pairs")


if __name__ == "__main__":
    main()
