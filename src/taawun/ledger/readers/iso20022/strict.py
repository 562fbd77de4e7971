"""Payment messages read element by element: the meaning of the format, and the way of odd messages.

Works on a stream of UTF-8 with expat: nothing is loaded from elsewhere, a document type is refused
(so there are no entities but XML's own five), and what is open at any time is one message.
`scan.py` is the fast way through messages that have nothing unusual in them; what it does not take
ends here, and a test holds that both give the same.

    parsing = Strict(noted, line=1)
    while parsing.ended is None and (piece := file.read(1 << 20)):
        parsing.feed(piece)
        … parsing.take() …
"""

from __future__ import annotations

import codecs
import pyexpat
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from taawun.ledger.readers.archive import is_named
from taawun.ledger.readers.iso20022.noted import Noted
from taawun.ledger.readers.iso20022.paths import (
    FAMILIES,
    FIRST,
    HEADER_NAMESPACE,
    JOINED,
    NAMESPACE,
    F,
    Step,
    document,
)

LARGEST = 16 << 20
"""Bytes of one message, at most."""
DEEPEST = 64
SHORT = 200
"""Names of fewer characters are remembered in parts: a hostile file does not fill the memory."""
BLANK = " \t\r\n"
NO_DOCTYPE = "a document type (DOCTYPE) is not accepted"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_UNFINISHED = {3, 5, 6, 20}
"""Expat's codes for input that ends: without element, inside a token, a character, a section."""
_DEBTOR_CREDITOR = frozenset(
    at for name, at in F.items() if name.startswith(("debtor_", "creditor_"))
)
_COVER = F["cover"]
_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")


@dataclass(slots=True)
class Told:
    """What one transaction said: texts by field, where it began, of which family it is, and which
    of its document's it is, from 1.
    """

    values: dict[int, str]
    line: int
    family: str
    good: bool = True
    number: int = 0
    details: list[dict[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ended:
    """Where reading ended, counted from the first byte fed, and what was wrong if anything was.

    `outside` and `inside` are the start tags that were open there, of envelopes and of the message,
    for whoever goes on behind the broken place. `cut` says that nothing is wrong but the end,
    `refused` that the document may not be gone on with.
    """

    at: int
    line: int
    broken: str = ""
    cut: bool = False
    refused: bool = False
    depth: int = 0
    outside: tuple[bytes, ...] = ()
    inside: tuple[bytes, ...] = ()


@dataclass(slots=True)
class _Open:
    """An element that is open: its step (None below what is ignored or unknown) and its tag."""

    step: Step | None
    tag: bytes = b""


_IGNORED = _Open(None)


@lru_cache(maxsize=4096)
def _parted(name: str) -> tuple[str, str, str]:
    """Namespace, name and prefix of an element, as expat joins them."""
    uri, _, rest = name.partition(" ") if " " in name else ("", "", name)
    local, _, prefix = rest.partition(" ")
    return uri, local, prefix


class _Broken(Exception):
    """The message in hand cannot be read on."""


class _Done(Exception):
    """The element that was to be read is closed."""


class Strict:
    """One element after another; `take` gives the transactions that were complete.

    `around` are start tags that stand before the first byte fed, and `floor` the number of open
    elements at which reading ends: with a transaction's surroundings and their number, exactly
    one transaction is read. `header` holds what the message said before it, `before` the
    transactions that are behind where they can no longer be counted.
    """

    def __init__(
        self,
        noted: Noted,
        *,
        line: int = 1,
        around: tuple[bytes, ...] = (),
        floor: int = 0,
        header: dict[int, str] | None = None,
        counted: int = -1,
        before: int = 0,
        encoding: str = "utf-8",
    ) -> None:
        self.ended: Ended | None = None
        self.header: dict[int, str] = {}
        self.family = ""
        self.untouched = True
        self._noted = noted
        self._encoding = codecs.lookup(encoding).name
        self._told: list[Told] = []
        self._floor = -1
        self._stack: list[_Open] = []
        self._namespace = ""
        self._declared: list[tuple[str | None, str]] = []
        self._transaction: Told | None = None
        self._values: dict[int, str] = self.header
        self._texts: list[str] = []
        self._length = self._began = self._fed = self._seen = self._counted = 0
        self._parser = self._expat()
        self._line = 0
        self._stopped = 0, 1
        self._is_one_tag = False
        for tag in around:
            self._parser.Parse(tag)
        self._base = sum(map(len, around))
        self._line = line - 1 - sum(tag.count(b"\n") for tag in around)
        self._floor = floor
        self._fed = self._seen = self._base
        self._partial = (
            bool(around) and header is not None and counted < 0
        )  # who has not seen all cannot count
        self._counted = max(counted, before)
        if header is not None:
            self.header.update(header)

    def _expat(self) -> Any:
        parser = pyexpat.ParserCreate("utf-8", " ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.SetParamEntityParsing(pyexpat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return parser

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        """Read on; `ended` is set where the element is closed or broken, or with the last piece."""
        try:
            self._parser.Parse(piece, final)
            self._fed += len(piece)
            if self._fed - self._seen > LARGEST:
                raise self._breaks(f"one tag of more than {LARGEST} bytes")
        except _Done:
            place = self._after(piece)
            line = self._stopped[1] + piece.count(b"\n", self._began_tag(), place - self._fed)
            self._end_at(place, line, "")
        except _Broken as error:
            self._end_at(*self._stopped, str(error))
        except pyexpat.ExpatError as error:
            place = max(self._parser.ErrorByteIndex, self._base)
            cut = final and error.code in _UNFINISHED
            why = pyexpat.ErrorString(error.code) or ""
            self._end_at(place, self._parser.ErrorLineNumber, why, cut=cut)
        else:
            if final:
                self._end_at(self._fed, self._parser.CurrentLineNumber, "")

    @property
    def counted(self) -> int:
        """The transactions of the document that were begun."""
        return self._counted

    def take(self) -> list[Told]:
        """The transactions that were complete since the last call."""
        told, self._told = self._told, []
        return told

    def _end_at(self, place: int, line: int, broken: str, *, cut: bool = False) -> None:
        steps = [each.step for each in self._stack]
        within = next((at for at, step in enumerate(steps) if step and step.leads), len(steps))
        tags = [each.tag for each in self._stack]
        at, line = max(place, self._base) - self._base, self._line + line
        outside = tuple(tag for tag in tags[:within] if tag)
        inside = tuple(tag for tag in tags[within:] if tag)
        refused = broken == NO_DOCTYPE
        self.ended = Ended(at, line, broken, cut, refused, len(self._stack), outside, inside)

    def _stop(self) -> None:
        """Remember the place: expat goes on to the end of its piece when a handler raises."""
        self._stopped = self._parser.CurrentByteIndex, self._parser.CurrentLineNumber

    def _breaks(self, why: str) -> _Broken:
        self._stop()
        return _Broken(why)

    def _began_tag(self) -> int:
        """Where the tag in hand begins in the piece; at 0 where it began in an earlier one."""
        return max(self._stopped[0] - self._fed, 0)

    def _after(self, piece: bytes) -> int:
        """The place behind the end tag in hand: expat has seen its `>`, in this piece.

        Of an element that is one tag, `<Document/>`, expat says that place itself.
        """
        if self._is_one_tag:
            return self._stopped[0]
        return self._fed + piece.index(b">", self._began_tag()) + 1

    # What expat calls

    def _declaration(self, version: str, encoding: str | None, _: int) -> None:
        """Bytes come here as UTF-8; a document that says something else than its file is mixed."""
        try:
            said = codecs.lookup(encoding or "utf-8").name
        except LookupError:
            raise self._breaks(f"an unknown encoding: {encoding}") from None
        if said not in {"ascii", "utf-8"} and not is_named(self._encoding, said):
            raise self._breaks(f"the encoding changes inside the file, to {encoding}")

    def _doctype(self, *_: object) -> None:
        raise self._breaks(NO_DOCTYPE)

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._declared.append((prefix, uri or ""))

    def _text(self, said: str) -> None:
        self._length += len(said)
        if self._length > LARGEST:
            raise self._breaks(f"one text of more than {LARGEST} characters")
        self._texts.append(said)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        seen = self._seen = self._parser.CurrentByteIndex
        if self._texts:
            self._stray()
        stack = self._stack
        if len(stack) <= self._floor:
            found = _TAG.match(self._parser.GetInputContext() or b"")
            self._is_one_tag = found is not None and found[0].endswith(b"/>")
        if len(stack) >= DEEPEST:
            raise self._breaks(f"more than {DEEPEST} elements inside each other")
        uri, local, prefix = _parted(name) if len(name) < SHORT else _parted.__wrapped__(name)
        if self._transaction is not None:
            if seen - self._began > LARGEST:
                raise self._breaks(f"one message of more than {LARGEST} bytes")
            self._open_inside(uri, local, attributes)
        elif self._stack and self._stack[-1].step is None:
            self._stack.append(_Open(None))
        elif self._namespace:
            self._open_in_document(uri, local, prefix, attributes)
        else:
            self._open_outside(uri, local, prefix)
        self._declared.clear()

    def _open_outside(self, uri: str, local: str, prefix: str) -> None:
        """Envelopes, application headers, and where a document begins."""
        if local == "AppHdr" and HEADER_NAMESPACE.fullmatch(uri):
            self._stack.append(_Open(None))
        elif local == "Document":
            found = NAMESPACE.fullmatch(uri)
            if found is None:
                expected = ", ".join(f"{code}.001.NN" for code in FAMILIES)
                line = self._here()
                self._noted.problem("payments.namespace_unknown", line, "Document", uri, expected)
                self._stack.append(_Open(None))
                return
            self.family, self._namespace = found[1], uri
            self.header.clear()
            self.untouched = self._floor < 0
            self._counted = 0
            self._stack.append(_Open(document(found[1]), self._tag(uri, local, prefix)))
        else:
            self._stack.append(_Open(Step(local), self._tag(uri, local, prefix)))

    def _open_in_document(
        self, uri: str, local: str, prefix: str, attributes: dict[str, str]
    ) -> None:
        step = self._below(uri, local)
        if step is not None and step.part == "transaction":
            self._began = self._seen
            self._counted += 1
            self._transaction = Told({}, self._here(), self.family, number=self._counted)
            self._values = self._transaction.values
        elif step is not None and step.part == "around":
            self.header.clear()
            self.untouched = self._floor < 0
        if attributes and step is not None and not step.ignored:
            self._attributes(step, attributes)
        tag = self._tag(uri, local, prefix) if step is not None and step.leads else b""
        self._stack.append(_Open(None if step is None or step.ignored else step, tag))

    def _open_inside(self, uri: str, local: str, attributes: dict[str, str]) -> None:
        """An element of a transaction."""
        parent = self._stack[-1].step
        if parent is None:
            if local == "Document" or (local in _TRANSACTIONS and uri == self._namespace):
                raise self._breaks(f"<{local}> inside a message that is not closed")
            self._stack.append(_IGNORED)
            return
        if uri == self._namespace and (found := parent.below.get(local)) is not None:
            if found.ignored:
                self._stack.append(_IGNORED)
                return
            if attributes:
                self._attributes(found, attributes)
            if found.part:
                self._part(found.part)
            self._stack.append(_Open(found))
            return
        if local in _TRANSACTIONS and local not in parent.below:
            raise self._breaks(f"<{local}> inside a message that is not closed")
        self._below(uri, local)
        self._stack.append(_IGNORED)

    def _part(self, part: str) -> None:
        """Details of one transaction of an entry, or the customers behind a bank's transfer."""
        assert self._transaction is not None
        if part == "details":
            self._values = {}
            self._transaction.details.append(self._values)
        elif part == "cover":
            for at in _DEBTOR_CREDITOR & self._values.keys():
                del self._values[at]
            self._values[_COVER] = "1"

    def _below(self, uri: str, local: str) -> Step | None:
        """The step of an element, None (and noted) where the tables do not name it."""
        parent = self._stack[-1].step
        step = parent.below.get(local) if parent is not None and uri == self._namespace else None
        if step is None:
            self._noted.once("payments.field_unknown", self._here(), self._path(local))
        return step

    def _attributes(self, step: Step, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            if name == "Ccy" and step.money >= 0:
                self._fill(step.money, value.strip(BLANK), f"{step.name}@Ccy")
            elif not name.startswith(_XSI):
                path = f"{self._path(step.name)}@{name.rpartition(' ')[2]}"
                self._noted.once("payments.field_unknown", self._here(), path, value)

    def _end(self, name: str) -> None:
        self._seen = self._parser.CurrentByteIndex
        closed = self._stack.pop()
        step, texts = closed.step, self._texts
        if texts:
            if step is not None and step.fills >= 0:
                if said := (texts[0] if len(texts) == 1 else "".join(texts)).strip(BLANK):
                    self._fill(step.fills, said, step.name)
            elif step is not None:
                self._stack.append(closed)
                self._stray()
                self._stack.pop()
            texts.clear()
            self._length = 0
        if step is not None:
            if step.part:
                self._close(step.part)
            elif step.name == "Document" and self._namespace:
                self._close_document()
        if len(self._stack) <= self._floor:
            self._stop()
            raise _Done

    def _close(self, part: str) -> None:
        transaction = self._transaction
        if part == "transaction" and transaction is not None:
            transaction.values = self._with_header(transaction.values)
            self._told.append(transaction)
            self._transaction, self._values = None, self.header
        elif part == "details" and transaction is not None:
            self._values = transaction.values

    def _with_header(self, values: dict[int, str]) -> dict[int, str]:
        return self.header | values

    def _close_document(self) -> None:
        said = self.header.get(F["count"], "")
        if not self._partial and said and said.lstrip("0") != (str(self._counted).lstrip("0")):
            expected = str(self._counted)
            path = f"{FAMILIES[self.family].roots[0]}/GrpHdr/NbOfTxs"
            self._noted.problem("payments.count_differs", self._here(), path, said, expected)
        self._namespace = self.family = ""
        self._partial = False

    def _fill(self, at: int, said: str, name: str = "") -> None:
        values = self._values
        if at not in values:
            values[at] = said
        elif at in JOINED:
            values[at] += f" {said}"
        elif at not in FIRST:
            if self._transaction is not None:
                self._transaction.good = False
            path = self._path(name)
            self._noted.problem("payments.field_repeated", self._here(), path, said)

    def _stray(self) -> None:
        """Text where none belongs: noted when it says anything."""
        said = "".join(self._texts).strip(f"{BLANK}\ufeff")
        if said and self._stack and self._stack[-1].step is not None:
            where = f"{self._path('').rstrip('/')}#text"
            self._noted.once("payments.field_unknown", self._here(), where, said)
        self._texts.clear()
        self._length = 0

    def _here(self) -> int:
        return self._line + int(self._parser.CurrentLineNumber)

    def _path(self, local: str) -> str:
        names = [each.step.name for each in self._stack if each.step is not None]
        if "Document" in names:
            names = names[names.index("Document") + 1 :]
        return "/".join([*names, local])

    def _tag(self, uri: str, local: str, prefix: str) -> bytes:
        """A start tag with the same meaning, for reading on from inside the element."""
        declared = dict(self._declared)
        declared.setdefault(prefix or None, uri)
        spaces = "".join(
            f" xmlns{':' + each if each else ''}={quoteattr(value)}"
            for each, value in declared.items()
            if value or not each
        )
        return f"<{f'{prefix}:' if prefix else ''}{escape(local)}{spaces}>".encode()


_TRANSACTIONS = frozenset(family.repeated.rpartition("/")[2] for family in FAMILIES.values())
