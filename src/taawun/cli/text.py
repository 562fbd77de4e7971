"""`taawun screen-text`: which listed names does a document mention?"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.errors import InputError, UsageError

if TYPE_CHECKING:
    from taawun.screening.text import Mention

app = typer.Typer(add_completion=False)
KINDS = ("", "person", "company", "vessel")
SHOWN = 200
EXCERPT = 24


@app.command()
def screen_text(
    file: Annotated[Path, typer.Argument(help="A text file; - for standard input.")],
    kind: Annotated[str, typer.Option(help="Only person, company or vessel.")] = "",
    encoding: Annotated[
        str, typer.Option(help="utf-8, utf-16, windows-1256, …; left out, found.")
    ] = "",
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="The score from which it is a match.")
    ] = 0.7,
    cutoff: Annotated[
        float, typer.Option(min=0, max=1, help="The score from which it is shown.")
    ] = 0.5,
) -> None:
    """Find the listed names that a document mentions, in any script.

    Plain text is read as it is: markup is not taken out, offsets count its characters.
    """
    from taawun.screening.text import TextScreener
    from taawun.screening.text.reading import pieces

    if kind not in KINDS:
        raise UsageError(f"--kind: expected person, company or vessel, got {kind!r}")
    screener = TextScreener.open(options().home)
    with _opened(file) as source:
        text = _Lines(pieces(source, "-" if str(file) == "-" else file.name, encoding))
        found = screener.stream(text, kind=kind, threshold=threshold, cutoff=cutoff)
        if options().json:
            show.document({"mentions": list(_objects(found))})
        else:
            _table(found, text, cutoff)


def _opened(file: Path) -> BinaryIO:
    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise InputError(f"{file}: cannot be opened: {error.strerror}") from None


class _Lines:
    """The pieces of a text as they go by, with the places of their lines and a little of each."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = source
        self._held: list[tuple[int, str]] = []
        self._breaks: list[int] = []
        self.length = 0

    def __iter__(self) -> Iterator[str]:
        for piece in self._source:
            self._held = [*self._held[-3:], (self.length, piece)]
            at = piece.find("\n")
            while at >= 0:
                self._breaks.append(self.length + at)
                at = piece.find("\n", at + 1)
            self.length += len(piece)
            yield piece

    def line(self, at: int) -> int:
        """The number of the line at an offset, from 1."""
        from bisect import bisect_left

        return bisect_left(self._breaks, at) + 1

    def around(self, start: int, end: int) -> tuple[str, str]:
        """A little text before and behind a place, on its line."""
        before = self._cut(max(0, start - EXCERPT), start).rpartition("\n")[2]
        behind = self._cut(end, end + EXCERPT).partition("\n")[0]
        return before, behind

    def _cut(self, start: int, end: int) -> str:
        return "".join(
            piece[max(0, start - at) : max(0, end - at)]
            for at, piece in self._held
            if at < end and start < at + len(piece)
        )


def _objects(found: Iterable[Mention]) -> Iterator[dict[str, Any]]:
    from taawun.screening.answer import reason
    from taawun.screening.words import strongest

    lang = options().lang
    worded: dict[int, tuple[Any, list[dict[str, Any]]]] = {}
    for each in found:
        held = worded.get(id(each.features))
        if held is None:
            if len(worded) > 50_000:
                worded.clear()
            reasons = [reason(feature, lang) for feature in strongest(each.features)]
            held = worded[id(each.features)] = (each.features, reasons)
        yield {
            "start": each.start, "end": each.end, "text": each.text, "entity": each.entity,
            "list": each.dataset, "caption": each.caption, "score": each.score,
            "match": each.match, "reasons": held[1],
        }  # fmt: skip


def _table(found: Iterable[Mention], text: _Lines, cutoff: float) -> None:
    rows: list[tuple[str, ...]] = []
    count = matches = 0
    last = (-1, -1)
    for each in found:
        count += 1
        matches += each.match
        if count <= SHOWN:
            rows.append(_row(each, text, (each.start, each.end) == last))
        last = (each.start, each.end)
    size = f"{text.length:,}"
    if not count:
        show.say("text.none", characters=size, cutoff=f"{cutoff:.2f}")
        return
    show.table([f"text.column.{name}" for name in ("place", "listed", "score", "why")], rows)
    if count > SHOWN:
        show.say("text.more", count=count - SHOWN)
    show.say("text.done", count=count, matches=matches, characters=size)


def _row(each: Mention, text: _Lines, same_place: bool) -> tuple[str, ...]:
    from taawun.screening.words import said, strongest
    from taawun.wording import isolate

    lang = options().lang
    place = ""
    if not same_place:
        before, behind = text.around(each.start, each.end)
        excerpt = f"{'…' if before else ''}{before}[{each.text}]{behind}{'…' if behind else ''}"
        place = show.worded("text.place", line=text.line(each.start), excerpt=excerpt)
    listed = f"{isolate(each.caption, lang)}\n{each.dataset} {isolate(each.entity, lang)}"
    verdict = show.worded("text.match" if each.match else "text.near")
    why = "\n".join(
        f"{'+' if f.points > 0 else '-' if f.points < 0 else '·'} {said(f, lang)}"
        for f in strongest(each.features)
    )
    return place, listed, f"{each.score:.2f} {verdict}", why
