"""A file of payment messages as batches: the compiled scanner where it can, `strict.py` elsewhere.

Bytes lie in one buffer, source after source. The scanner notes where texts are; what it does not
take is read strictly from there: one odd transaction, or the rest of a document. Where something is
broken it is noted, and reading goes on at the next message. Both ways give texts by field, in the
order of the file; rows are made of them when the buffer is full.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from xml.sax.saxutils import unescape

import numpy as np

from taawun.ledger.readers.archive import Source
from taawun.ledger.readers.iso20022 import scan
from taawun.ledger.readers.iso20022.collected import Collected
from taawun.ledger.readers.iso20022.lexing import tag_end
from taawun.ledger.readers.iso20022.noted import Noted
from taawun.ledger.readers.iso20022.paths import FAMILIES, FIELDS, F
from taawun.ledger.readers.iso20022.plan import Tags, steps
from taawun.ledger.readers.iso20022.statements import transfers
from taawun.ledger.readers.iso20022.strict import LARGEST, Ended, Strict
from taawun.ledger.schema import Batch

BUFFER = 8 << 20
ROWS = 16_384
PIECE = 1 << 20
LEAST, SLICE = 1 << 11, 1 << 16
"""Bytes fed to the strict parser at a time: few at first, most documents being small."""
UNCOUNTED = -(1 << 60)
END = "the end tags of what is open"
_BLANK = re.compile(rb"(?:[ \t\r\n]|\xef\xbb\xbf)*")
_NEXT = re.compile(
    rb"<\?xml[ \t\r\n]|<(?:[\w.-]+:)?(?:Document|AppHdr|(CdtTrfTxInf|TxInf|Ntry))[ \t\r\n>]"
)
_CLOSED = re.compile(rb"(</(?:[\w.-]+:)?Document[ \t\r\n]*>)")
_QUOTES = {"&quot;": '"', "&apos;": "'"}


class Reading:
    """Sources in, batches out. `fast=False` reads everything strictly: the twin of the tests."""

    def __init__(self, *, fast: bool = True, buffer: int = BUFFER, rows: int = ROWS) -> None:
        self._fast = fast
        self._most = rows
        self._data = np.zeros(buffer, np.uint8)
        self._filled = 0
        self._collected = Collected.room_for(rows if fast else 1)
        self._header = np.full((len(FIELDS), 2), -1, np.int32)
        self._miscounts = np.zeros((256, 5), np.int64)
        self._stack = np.zeros((scan.DEEP, 3), np.int64)
        self._out = np.zeros(2, np.int64)
        self._outer = np.zeros(16, np.int64)
        self._state = np.zeros(scan.STATE, np.int64)

    def batches(self, sources: Iterable[Source]) -> Iterator[Batch]:
        """All rows of all sources, in their order."""
        for source in sources:
            yield from self._source(source)
        yield from self._flushed()

    @property
    def _at(self) -> int:
        return int(self._state[scan.AT])

    # One source

    def _source(self, source: Source) -> Iterator[Batch]:
        self._begin(source)
        if self._filled > len(self._data) // 2:
            yield from self._room()
        while True:
            ended = self._scan() if self._fast else self._look()
            if ended == scan.FULL:
                yield from self._room()
            elif ended == scan.ASK and self._ask():
                continue
            elif ended == scan.WEIRD:
                self._strict_transaction()
            elif ended != scan.MORE or (self._invalid and self._at < self._filled):
                yield from self._strict_document()
            elif not self._over and self._filled - self._at <= LARGEST:
                yield from self._refill()
            elif self._at < self._filled:
                yield from self._strict_document()
            else:
                break
        self._end()

    def _begin(self, source: Source) -> None:
        self._input = source
        self._noted = Noted(source.name)
        self._tags = Tags(source.encoding)
        self._state[:] = 0
        self._state[[scan.STEP, scan.HEAD]] = -1
        self._state[scan.LINE] = 1
        self._state[scan.AT] = self._limit = self._filled
        self._header[:] = -1
        self._over = self._invalid = False
        self._place = source.place

    def _end(self) -> None:
        """The end of a source: what is open is cut off."""
        line = int(self._state[scan.LINE])
        if self._input.broken:
            self._noted.problem("payments.unreadable", line, "", self._input.broken)
        elif self._state[scan.DEPTH] or self._state[scan.STEP] >= 0:
            self._noted.problem("payments.file_cut", line, "", "", END)
        self._collected.of(self._noted)

    def _scan(self) -> int:
        ended, taken = scan.scan(
            self._data,
            self._limit,
            steps().table,
            steps().names,
            self._tags.table,
            self._tags.octets,
            self._state,
            self._outer,
            self._header,
            self._collected.spans,
            self._collected.rows,
            self._miscounts,
            self._stack,
            self._out,
            self._collected.scanned,
            F["count"],
        )
        self._collected.add_scanned(self._noted, taken, self._tags.families)
        miscounts = self._miscounts[: self._state[scan.MISCOUNTS]]
        for line, counted, start, to, head in miscounts.tolist():
            path = f"{FAMILIES[self._tags.families[head]].roots[0]}/GrpHdr/NbOfTxs"
            said = self._text(start, to)
            self._noted.problem("payments.count_differs", line, path, said, str(counted))
        self._state[scan.MISCOUNTS] = 0
        return int(ended)

    def _look(self) -> int:
        """Without the scanner: whether there is anything left to be read strictly."""
        blank = _BLANK.match(self._bytes(self._at, self._filled))
        assert blank is not None
        self._state[scan.LINE] += _lines(blank[0])
        self._state[scan.AT] += blank.end()
        return scan.STOP if self._at < self._filled else scan.MORE

    def _ask(self) -> bool:
        """Judge the start tag that the scanner does not know."""
        end = tag_end(self._data, self._at + 1, self._limit)
        return self._tags.add(self._bytes(self._at, end + 1))

    # Bytes

    def _bytes(self, start: int, to: int) -> bytes:
        return self._data[start:to].tobytes()

    def _text(self, start: int, to: int) -> str:
        said = self._bytes(start, ~to if to < 0 else to).decode()
        return unescape(said, _QUOTES) if to < 0 else said

    def _refill(self) -> Iterator[Batch]:
        """More bytes behind what is there; rows are made of it when the buffer is full."""
        if self._filled == len(self._data):
            yield from self._room()
        piece = self._input.read(min(len(self._data) - self._filled, PIECE))
        self._place = self._input.place
        self._over = not piece
        self._data[self._filled : self._filled + len(piece)] = np.frombuffer(piece, np.uint8)
        self._filled += len(piece)
        if self._fast and not self._invalid:
            self._check()

    def _check(self) -> None:
        """Move the limit of the scanner to where good UTF-8 ends."""
        piece = self._bytes(self._limit, self._filled)
        try:
            piece.decode()
            self._limit = self._filled
        except UnicodeDecodeError as error:
            self._limit += error.start
            cut = error.reason == "unexpected end of data" and error.end == len(piece)
            self._invalid = not cut or self._over

    def _flushed(self) -> Iterator[Batch]:
        if batch := self._collected.batch(self._data, self._place):
            yield batch

    def _room(self) -> Iterator[Batch]:
        """Rows out of the buffer; then only what is still needed stays in it."""
        yield from self._flushed()
        state = self._state
        at, start, size = self._at, 0, 0
        if state[scan.STEP] >= 0 and state[scan.PHASE] == 1:  # the message's beginning
            start = int(state[scan.FROM])
            size = int(state[scan.TO]) - start
        kept = np.concatenate([self._data[start : start + size], self._data[at : self._filled]])
        if len(kept) + PIECE > len(self._data):
            self._data = np.zeros(len(kept) + len(self._data), np.uint8)
        self._data[: len(kept)] = kept
        said = self._header[:, 0] >= 0
        self._header[said, 0] -= start
        ends = self._header[said, 1]
        self._header[said, 1] = np.where(ends < 0, ends + start, ends - start)
        state[[scan.ROOT_AT, scan.ROOT_TO]] -= start
        state[[scan.FROM, scan.TO, scan.AT]] = 0, size, size
        self._limit += size - at
        self._filled = len(kept)

    # What the scanner leaves

    def _around(self) -> tuple[bytes, ...]:
        """The start tags that are open where the scanner is."""
        state = self._state
        heads = [int(each) for each in self._outer[: state[scan.DEPTH]]]
        if state[scan.STEP] < 0:
            return tuple(self._tags.seen[each] for each in heads)
        tags = [self._tags.seen[each] for each in (*heads, int(state[scan.HEAD]))]
        if state[scan.PHASE] == 1:
            tags.append(self._bytes(int(state[scan.ROOT_AT]), int(state[scan.ROOT_TO])))
        return tuple(tags)

    def _said_before(self) -> dict[int, str]:
        found = np.flatnonzero(self._header[:, 0] >= 0).tolist()
        return {at: self._text(*self._header[at].tolist()) for at in found}

    def _strict(self, floor: int) -> Strict:
        state = self._state
        inside = state[scan.STEP] >= 0
        return Strict(
            self._noted,
            line=int(state[scan.LINE]),
            around=self._around(),
            floor=floor,
            header=self._said_before() if inside else None,
            counted=int(state[scan.COUNT]) if inside else -1,
            encoding=self._input.encoding,
        )

    def _strict_transaction(self) -> None:
        """One odd transaction, whose end the scanner knows."""
        state = self._state
        parsing = self._strict(int(state[scan.DEPTH]) + 2)
        parsing.feed(self._bytes(self._at, int(self._out[0])))
        self._take(parsing)
        state[scan.COUNT] += 1
        if parsing.ended is None or parsing.ended.broken:
            line = parsing.ended.line if parsing.ended else int(state[scan.LINE])
            self._broken(line, parsing.ended.broken if parsing.ended else "not closed")
        state[scan.AT] = self._out[0]
        state[scan.LINE] += self._out[1]

    def _broken(self, line: int, why: str) -> None:
        self._noted.problem("payments.xml_broken", line, "", why, "well-formed XML")
        self._collected.lost += 1
        self._state[scan.COUNT] = UNCOUNTED

    def _strict_document(self) -> Iterator[Batch]:
        """From here to the end of the document, strictly; or to where the scanner can go on."""
        parsing: Strict | None = self._strict(int(self._state[scan.DEPTH]))
        while parsing is not None:
            began = self._at
            yield from self._fed(parsing)
            ended = parsing.ended
            assert ended is not None
            self._state[scan.LINE] = ended.line
            if ended.broken:
                parsing = yield from self._after_broken(parsing, ended, began)
                continue
            self._state[scan.STEP] = -1
            self._state[scan.DEPTH] = min(int(self._state[scan.DEPTH]), ended.depth)
            parsing = None
        if self._invalid or self._at > self._limit:
            self._invalid, self._limit = False, self._at
            if self._fast:
                self._check()

    def _fed(self, parsing: Strict) -> Iterator[Batch]:
        """Feed a parser until it ends; the state is then where it ended."""
        origin, size = self._at, LEAST
        while parsing.ended is None:
            if self._at == self._filled:
                if self._over:
                    parsing.feed(b"", final=True)
                    break
                self._invalid = True  # nothing to check: the parser does
                before = self._at
                yield from self._refill()
                origin += self._at - before
                continue
            to = min(self._at + size, self._filled)
            size = min(2 * size, SLICE)
            parsing.feed(self._bytes(self._at, to))
            self._state[scan.AT] = to
            self._take(parsing)
            if self._collected.strictly >= self._most:
                before = self._at
                yield from self._room()
                origin += self._at - before
        assert parsing.ended is not None
        self._take(parsing)
        self._state[scan.AT] = min(max(origin + parsing.ended.at, 0), self._filled)

    def _take(self, parsing: Strict) -> None:
        for told in parsing.take():
            if told.family != "camt.053":
                self._collected.add(self._noted, told)
                continue
            for transfer in transfers(told, self._noted):
                self._collected.add(self._noted, transfer)

    def _after_broken(
        self, parsing: Strict, ended: Ended, began: int
    ) -> Generator[Batch, None, Strict | None]:
        """Note it and find the next message; a parser where it is not for the scanner."""
        if ended.cut and self._over:
            self._noted.problem("payments.file_cut", ended.line, "", ended.broken, END)
            self._state[[scan.STEP, scan.DEPTH]] = -1, 0
            self._state[scan.AT] = self._filled
            return None
        self._broken(ended.line, ended.broken)
        if ended.refused:
            yield from self._next_message(began, _CLOSED)
        found = yield from self._next_message(began)
        if not found:
            self._state[[scan.STEP, scan.DEPTH]] = -1, 0
            return None
        line = int(self._state[scan.LINE])
        if found == "inside" and ended.inside:
            if self._fast and parsing.untouched and self._within():
                return None  # for the scanner: it knows the document
            around = (*ended.outside, *ended.inside)
            floor, header = int(self._state[scan.DEPTH]), parsing.header
            encoding = self._input.encoding
            return Strict(
                self._noted,
                line=line,
                around=around,
                floor=floor,
                header=header,
                before=parsing.counted,
                encoding=encoding,
            )
        self._state[scan.STEP] = -1
        if found == "declared":
            self._state[scan.DEPTH] = 0
        elif len(ended.outside) > self._state[scan.DEPTH]:
            return Strict(
                self._noted, line=line, around=ended.outside, encoding=self._input.encoding
            )
        return None

    def _within(self) -> bool:
        """Whether the scanner is inside a message, behind its beginning."""
        return bool(self._state[scan.STEP] >= 0 and self._state[scan.PHASE] == 1)

    def _next_message(
        self, began: int, wanted: re.Pattern[bytes] = _NEXT
    ) -> Generator[Batch, None, str]:
        """Move to where the next message begins; says what it begins with, "" for none."""
        at = self._at
        if at <= began:
            self._step(began + 1)
        while True:
            piece = self._bytes(self._at, self._filled)
            if found := wanted.search(piece):
                self._step(self._at + found.start())
                return "inside" if found[1] else "declared" if found[0][1] == 63 else "document"
            self._step(max(self._at, self._filled - 64))
            if self._over:
                self._step(self._filled)
                return ""
            self._invalid = True
            yield from self._refill()

    def _step(self, to: int) -> None:
        """Move on, lines counted."""
        self._state[scan.LINE] += _lines(self._bytes(self._at, to))
        self._state[scan.AT] = to


def _lines(piece: bytes) -> int:
    return piece.count(b"\n") + piece.count(b"\r") - piece.count(b"\r\n")
