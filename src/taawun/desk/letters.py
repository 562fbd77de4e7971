"""From what an officer writes to what a message's body has, by the body's own fields.

    a text                      Passage: in the paper's `language`
    a name                      SubjectName: its script is seen, the first is the main one
    "1,250.00 AED"              Amount in minor units
    an IBAN                     Account
    a UETR                      Transfer
    an LEI, an IMO number       as its standard spells it
    "MESSAGE:2"                 ItemReference
    {file: statement.pdf}       Attachment, with its bytes and digest
    2026-12-01, 2026-12-01T09   Moment

A list that is left out is empty, things that are numbered are numbered in their order. What was
written in full stays as it is, and what cannot be used is found when the body is read.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from taawun.cooperation.requests.bodies.information import Attachment, Information, Media
from taawun.cooperation.requests.bodies.onward import ItemReference
from taawun.cooperation.requests.bodies.passage import MOST_MINOR_UNITS, Amount, Passage
from taawun.cooperation.requests.bodies.request import SoughtInformation
from taawun.cooperation.requests.bodies.subject import (
    CHECKED,
    Account,
    Identifier,
    SubjectName,
    Transfer,
)
from taawun.cooperation.wire import Document, moment_text
from taawun.desk.moments import moment_in
from taawun.entities.identifiers import normal
from taawun.ledger.money import decimals

NUMBERED = (SoughtInformation, Information)
SUFFIXES = {
    ".pdf": Media.PDF,
    ".png": Media.PNG,
    ".jpg": Media.JPEG,
    ".jpeg": Media.JPEG,
    ".txt": Media.TEXT,
    ".csv": Media.CSV,
    ".xml": Media.XML,
    ".json": Media.JSON,
}
SCRIPTS = {
    "ARABIC": "Arab",
    "LATIN": "Latn",
    "CYRILLIC": "Cyrl",
    "HEBREW": "Hebr",
    "GREEK": "Grek",
    "CJK": "Hani",
    "HANGUL": "Hang",
    "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "ARMENIAN": "Armn",
    "GEORGIAN": "Geor",
    "ETHIOPIC": "Ethi",
    "THAI": "Thai",
}
"""The first word of a letter's Unicode name, and its script by ISO 15924."""
_AMOUNT = re.compile(r"(?P<number>[0-9][0-9,]*(\.[0-9]+)?)\s*(?P<currency>[A-Z]{3})")
_REFERENCE = re.compile(r"(?P<message>[0-9a-f-]{36}):(?P<item>[0-9]{1,3})")

FileOf = Callable[[str], bytes]
"""The bytes of a file that a paper names; raises InputError."""


@dataclass(frozen=True, slots=True)
class Letter:
    """How a paper is read: the language of its texts, and where its files come from."""

    language: str
    file_of: FileOf

    def filled(self, kind: type[Document], said: dict[str, Any], place: int = 0) -> dict[str, Any]:
        """The values of a document of this kind, as its fields have them."""
        made = dict(said)
        for name, field in kind.model_fields.items():
            inner = _inside(field.annotation)
            if name in made:
                made[name] = self._value(inner, made[name])
            elif get_origin(inner) is tuple and field.is_required():
                made[name] = []
        if kind in NUMBERED:
            made.setdefault("number", place + 1)
        if kind is Identifier and made.get("kind") in CHECKED:
            made["number"] = normal(str(made.get("number", "")), made["kind"])
        return made

    def _value(self, inner: Any, said: Any, place: int = 0) -> Any:
        if get_origin(inner) is tuple:
            of = _inside(get_args(inner)[0])
            listed = said if isinstance(said, list) else [said] if isinstance(said, str) else None
            if listed is None:
                return said
            return [self._value(of, each, at) for at, each in enumerate(listed)]
        if inner is datetime and isinstance(said, str):
            return _moment(said)
        if not (isinstance(inner, type) and issubclass(inner, Document)):
            return said
        if inner is Attachment and isinstance(said, dict) and set(said) == {"file"}:
            return self._attachment(str(said["file"]))
        if isinstance(said, str):
            return self._short(inner, said, place)
        return self.filled(inner, said, place) if isinstance(said, dict) else said

    def _short(self, inner: type[Document], said: str, place: int) -> Any:
        """What stands for a document in one text; the text itself where it cannot."""
        if inner is Passage:
            return {"lang": self.language, "text": said.rstrip("\n")}
        if inner is SubjectName:
            kind = "alias" if place else "main"
            return {"text": said, "script": script_of(said), "kind": kind}
        if inner is Amount:
            return _amount(said)
        if inner is Account:
            return {"iban": "".join(said.split()).upper()}
        if inner is Transfer:
            return {"uetr": said.strip().lower()}
        if inner is ItemReference:
            found = _REFERENCE.fullmatch(said.strip())
            return {"message": found["message"], "item": int(found["item"])} if found else said
        return said

    def _attachment(self, name: str) -> dict[str, str]:
        content = self.file_of(name)
        return {
            "name": PurePath(name).name,
            "media": SUFFIXES.get(PurePath(name).suffix.lower(), PurePath(name).suffix),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": base64.b64encode(content).decode(),
        }


def script_of(text: str) -> str:
    """The script of most letters (ISO 15924); `Zyyy` where none is known."""
    counted: dict[str, int] = {}
    for char in text:
        if char.isalpha():
            script = SCRIPTS.get(unicodedata.name(char, "").split(" ")[0].split("-")[0], "Zyyy")
            counted[script] = counted.get(script, 0) + 1
    return max(counted, key=counted.__getitem__, default="Zyyy")


def _amount(said: str) -> Any:
    """Minor units; the text as it is where it is no amount of a known currency, or too large."""
    found = _AMOUNT.fullmatch(said.strip())
    places = decimals(found["currency"]) if found else None
    if found is None or places is None:
        return said
    try:
        minor = Decimal(found["number"].replace(",", "")).scaleb(places)
    except InvalidOperation:
        return said
    if minor > MOST_MINOR_UNITS or minor != minor.to_integral_value():
        return said
    return {"minor": int(minor), "currency": found["currency"]}


def _moment(said: str) -> str:
    try:
        return moment_text(moment_in(said))
    except ValueError:
        return said


def _inside(annotation: Any) -> Any:
    """An annotation without what is said about it, and without `| None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _inside(get_args(annotation)[0])
    if origin in (Union, UnionType):
        kinds = [each for each in get_args(annotation) if each is not NoneType]
        return _inside(kinds[0]) if len(kinds) == 1 else annotation
    return annotation
