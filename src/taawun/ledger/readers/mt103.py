"""SWIFT MT103 and MT202 (also COV), one message or many in a file.

    20   reference, after its sender            32A  day, currency, amount with a decimal comma
    50a  debtor: account, name, identifier      59a  creditor
    52a  debtor's bank, else the sender         57a  creditor's bank, else the receiver
    70   remittance text                        121  UETR, in block 3

In an MT202 the banks of 52a and 58a are the parties; with customers behind it (COV), they are, as
in a pacs.009. What is not used is ignored by name or reported once. A message without all it needs
is a problem with its line and tag, and the others go in. The meaning of fields is the one of
`iso20022.rows`.

Source: SWIFT User Handbook, Category 1 and 2, and its X character set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from taawun.ledger.readers.archive import Source, sources
from taawun.ledger.readers.iso20022.noted import Noted
from taawun.ledger.readers.iso20022.rows import Said, ledger_rows
from taawun.ledger.schema import READ, Batch

LARGEST = 1 << 20
"""Bytes of one message, at most: a hundred times what SWIFT carries."""
MESSAGES = 2_000
USED = frozenset("20 32A 50A 50F 50K 52A 52D 56A 57A 57B 57C 57D 58A 58D 59 59A 59F 70".split())
IGNORED = frozenset(
    "13C 21 23B 23E 26T 33B 36 51A 53A 53B 53D 54A 54B 54D 55A 55B 55D 56C 56D 71A 71F 71G 72 "
    "77B 77T 52C 50C 50L".split()
)
_HEADERS = {
    b"{2:": re.compile(rb"\{2:[IO]\d\d\d"),
    b"{4:": re.compile(rb"\{4:[ \t]*\r?\n"),
    b":20": re.compile(rb"^:20:", re.MULTILINE),
}
_HEADER = re.compile(rb"\{1:[A-Z]\d\d")
_END = re.compile(r"\r?\n-(?:\}|[ \t]*(?=\r?\n|\Z))|\Z")
_BETWEEN = b"\0\1\3$ \t\r\n"
_TAG = re.compile(r":(\d\d[A-Z]?):(.*)")
_VALUE = re.compile(r"(\d\d)(\d\d)(\d\d)([A-Z]{3})(\d{1,15},\d{0,5})")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}")
_X = re.compile(r"[A-Za-z0-9/\-?:().,'+ {}\r\n]*")
_PLACES = {
    "amount": "32A",
    "currency": "32A",
    "settled": "32A",
    "end_to_end": "20",
    "uetr": "121",
    "debtor_iban": "50a",
    "creditor_iban": "59a",
    "debtor_bic": "52a",
    "creditor_bic": "57a",
}
"""Where a field of `rows` is from; "a" stands for any letter, as in SWIFT's own books."""


def read(path: str) -> Iterator[Batch]:
    """The transfers of a file, or of the files in a ZIP, as batches of `READ`.

    Raises InputError where the file cannot be opened, or is an archive that cannot be read.
    """
    for source in sources(path):
        yield from batches(source)


def batches(source: Source) -> Iterator[Batch]:
    """The transfers of one source."""
    noted = Noted(source.name)
    some: list[_Message] = []
    lost = 0
    for line, octets in _messages(source):
        message = _message(octets, line, noted)
        if message is None:
            lost += 1
        else:
            some.append(message)
        if len(some) >= MESSAGES:
            yield _batch(some, noted, lost, source.place)
            some, lost = [], 0
    if source.broken:
        noted.problem("payments.unreadable", None, "", source.broken)
    if some or lost or noted.problems:
        yield _batch(some, noted, lost, source.place)


@dataclass(slots=True)
class _Message:
    """One message: the fields it fills, its line, and the lines of its tags."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    family: str = "mt103"
    lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, place: str) -> int:
        """The line of a tag; of 50K for 50a."""
        stem = place.rstrip("a")
        found = (at for tag, at in self.lines.items() if tag == place or tag.startswith(stem))
        return next(found, self.line)


def _messages(source: Source) -> Iterator[tuple[int, bytes]]:
    """Messages with the line they begin in; without headers, by whatever the file begins with."""
    held, line = b"", 1
    header = _HEADERS.get(source.begins.lstrip(_BETWEEN)[:3], _HEADER)
    while piece := source.read(1 << 18):
        held += piece
        ends = [each.start() for each in header.finditer(held, 4)]
        begin = 0
        for end in ends:
            if held[begin:end].strip(_BETWEEN):
                yield line, held[begin:end]
            line += held.count(b"\n", begin, end)
            begin = end
        held = held[begin:]
        if len(held) > LARGEST:
            yield line, held[:LARGEST]
            line += held.count(b"\n")
            held = b""
    if held.strip(_BETWEEN):
        yield line, held


def _message(octets: bytes, line: int, noted: Noted) -> _Message | None:
    text = _decoded(octets, line, noted)
    blocks = {
        name: found[1] if (found := re.search(rf"\{{{name}:([^{{}}]*)\}}", text)) else ""
        for name in ("1", "2", "121", "119")
    }
    begins = re.search(r"\{4:[ \t]*\r?\n", text)
    start = begins.end() if begins else 0
    ends = _END.search(text, start)
    assert ends is not None
    if begins and not ends[0]:
        noted.problem("payments.file_cut", line + text.count("\n"), "4", "", "-}")
        return None
    message = _Message(line + text.count("\n", 0, start))
    kind = _kind(blocks["2"])
    if kind not in ("103", "202", ""):
        noted.once("payments.message_unknown", line, "2", kind, "103, 202")
        return None
    first, second = _tags(text[start : ends.start()], message, noted)
    message.values = _fields(first, second, blocks, kind, message)
    if kind == "202" and not second:
        message.family = "pacs.009"
    return message if _complete(first | second, kind, bool(second), message, noted) else None


def _decoded(octets: bytes, line: int, noted: Noted) -> str:
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    if not _X.fullmatch(text.strip("\0\1\3$")):
        odd = next((sign for sign in text if not _X.fullmatch(sign)), "")
        noted.once("payments.swift_characters", line, "4", odd)
    return text


def _kind(block: str) -> str:
    return block[1:4] if block[:1] in ("I", "O") else ""


def _tags(
    body: str, message: _Message, noted: Noted
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Tags with their lines: of the transfer, and of the customers' one behind a COV."""
    first: dict[str, list[str]] = {}
    second: dict[str, list[str]] = {}
    into, tag, covers = first, "", False
    for at, text in enumerate(body.splitlines()):
        if found := _TAG.match(text):
            tag = found[1]
            covers = covers or (tag[:2] == "50" and "58" in {each[:2] for each in first})
            into = second if covers else first
            if tag not in USED and tag not in IGNORED:
                noted.once("payments.field_unknown", message.line + at, tag, found[2])
            elif tag in into:
                place = message.line + at
                noted.problem("payments.field_repeated", place, tag, found[2])
                message.values["repeated"] = tag
                continue
            into[tag] = [found[2]]
            message.lines.setdefault(tag, message.line + at)
        elif tag in into:
            into[tag].append(text)
    return first, second


def _complete(
    tags: dict[str, list[str]], kind: str, covers: bool, message: _Message, noted: Noted
) -> bool:
    """Whether all that a transfer needs is there and can be read; what is not is noted."""
    stems = {tag[:2] for tag in tags}
    needed = ("20", "32", "50", "59") if kind != "202" or covers else ("20", "32", "58")
    good = True
    for stem in needed:
        if stem not in stems:
            shown = {"32": "32A", "20": "20"}.get(stem, f"{stem}a")
            noted.problem("payments.tag_missing", message.line, shown)
            good = False
    if "32A" in tags and "amount" not in message.values:
        said = "".join(tags["32A"])
        place = message.line_of("32A")
        noted.problem("payments.tag_unreadable", place, "32A", said, "YYMMDDCCY123,45")
        good = False
    return good and "repeated" not in message.values


def _fields(
    tags: dict[str, list[str]],
    customers: dict[str, list[str]],
    blocks: dict[str, str],
    kind: str,
    message: _Message,
) -> dict[str, str]:
    sender, receiver = _ends(blocks["1"], blocks["2"])
    values = dict(message.values)
    values |= {"instructing": sender, "uetr": blocks["121"], "tx": "".join(tags.get("20", []))}
    if found := _VALUE.fullmatch("".join(tags.get("32A", []))):
        values["settled"] = _day(*(int(found[at]) for at in (1, 2, 3)))
        values["currency"] = found[4]
        values["amount"] = found[5].replace(",", ".").rstrip(".")
    if kind == "202" and not customers:
        values |= _institution(tags, "52", "debtor", sender)
        values |= _institution(tags, "58", "creditor", receiver)
    else:
        of = customers or tags
        values |= _party(of, "50", "debtor") | _party(of, "59", "creditor")
        values |= _bank(of, "52", "debtor", sender) | _bank(of, "57", "creditor", receiver)
    remitted = (customers or tags).get("70", [])
    values["remittance"] = " ".join(each.strip() for each in remitted if each.strip())
    return {name: said.strip() for name, said in values.items() if said.strip()}


def _day(year: int, month: int, day: int) -> str:
    """Two digits of a year: SWIFT takes 80 to 99 for the century before."""
    full = year + (1900 if year >= 80 else 2000)
    try:
        return date(full, month, day).isoformat()
    except ValueError:
        return f"{full:04}-{month:02}-{day:02}"  # refused as a time that cannot be


def _ends(basic: str, application: str) -> tuple[str, str]:
    """Sender and receiver, from the addresses of their terminals."""
    mine = _address(basic[3:15])
    if application[:1] == "O":
        return _address(application[14:26]), mine
    return mine, _address(application[4:16])


def _address(terminal: str) -> str:
    """The BIC in a terminal's address: without the terminal's own letter."""
    bic = terminal[:8] + terminal[9:12]
    return bic if _BIC.fullmatch(bic) else terminal[:8] if _BIC.fullmatch(terminal[:8]) else ""


def _option(tags: dict[str, list[str]], stem: str) -> tuple[str, list[str]]:
    """The letter and lines of a tag that has several options."""
    found = next((tag for tag in tags if tag[:2] == stem), "")
    return found[2:], [each.strip() for each in tags.get(found, [])]


def _party(tags: dict[str, list[str]], stem: str, side: str) -> dict[str, str]:
    letter, lines = _option(tags, stem)
    values: dict[str, str] = {}
    if lines and lines[0].startswith("/"):
        values |= _account(lines.pop(0)[1:], side)
    elif letter == "F" and lines and lines[0][4:5] == "/":
        values[f"{side}_identity"] = lines.pop(0).rpartition("/")[2]  # CCPT/XA/12345
    if letter == "A":
        values[f"{side}_any_bic"] = lines[0] if lines else ""
    elif letter == "F":
        parts = [each.partition("/")[::2] for each in lines]
        values[f"{side}_name"] = " ".join(said for number, said in parts if number == "1")
        where = next((said for number, said in parts if number == "3"), "")
        values[f"{side}_country"] = where[:2]
    else:
        values[f"{side}_name"] = lines[0] if lines else ""
    return values


def _account(said: str, side: str) -> dict[str, str]:
    bare = said.replace(" ", "").removeprefix("/")
    return {f"{side}_{'iban' if _IBAN.fullmatch(bare) else 'other'}": bare}


def _bank(tags: dict[str, list[str]], stem: str, side: str, otherwise: str) -> dict[str, str]:
    """The BIC of an institution, or its number in a clearing system (`//FW021000021`)."""
    letter, lines = _option(tags, stem)
    values: dict[str, str] = {}
    for text in lines:
        if text.startswith("//") and len(text) > 4:
            values |= {f"{side}_system": text[2:4], f"{side}_member": text[4:]}
        elif letter == "A" and _BIC.fullmatch(text):
            values[f"{side}_bic"] = text
    return values or {f"{side}_bic": otherwise}


def _institution(
    tags: dict[str, list[str]], stem: str, side: str, otherwise: str
) -> dict[str, str]:
    letter, lines = _option(tags, stem)
    values: dict[str, str] = {}
    if lines and lines[0].startswith("/") and not lines[0].startswith("//"):
        values |= _account(lines.pop(0).removeprefix("/D/").removeprefix("/C/").lstrip("/"), side)
    if letter == "A" and lines:
        values[f"{side}_any_bic"] = lines[-1]
    elif lines:
        values[f"{side}_name"] = lines[0]
    else:
        values[f"{side}_any_bic"] = otherwise
    return values


def _batch(messages: list[_Message], noted: Noted, lost: int, place: int) -> Batch:
    table = READ.empty_table()
    if messages:
        names = sorted({name for each in messages for name in each.values})
        columns = {
            name: pa.array([each.values.get(name) for each in messages], pa.string())
            for name in names
        }
        family = pa.array([each.family for each in messages])
        lines = np.array([each.line for each in messages], np.int64)
        table, faults = ledger_rows(Said(len(messages), family, columns, lines))
        for fault in sorted(faults, key=lambda each: each.row):
            tag = _PLACES.get(fault.name, fault.field)
            noted.place(fault, messages[fault.row].line_of(tag), tag)
    return Batch(table, noted.taken(), len(messages) + lost, place)
