"""Information given: items with where they come from, how far to trust them, whose they were.

Each item is graded apart for its source and for itself (the 4x4 that Europol and many police
services use), and carries the caveats of everybody whose information it holds (`origins`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from taawun.cooperation.agreement import Category
from taawun.cooperation.requests.bodies.passage import EachOnce, Passage
from taawun.cooperation.requests.bodies.subject import Accounts, Subjects, Transfers
from taawun.cooperation.wire import AuthorityCode, Day, Digest, Document, Line, MessageId

MOST_ATTACHMENT = 1_500_000
MOST_ATTACHED = 1_500_000
"""Bytes of one attachment, and of all in one message: base64 makes two million of them."""
MOST_ITEMS = 100
MOST_NAME = 120


class Provenance(StrEnum):
    """Where an item was found."""

    SUSPICIOUS_REPORT = "suspicious_report"
    THRESHOLD_REPORT = "threshold_report"
    FIU_DATABASE = "fiu_database"
    BANK_RECORD = "bank_record"
    COMMERCIAL_REGISTER = "commercial_register"
    OWNERSHIP_REGISTER = "ownership_register"
    LAND_REGISTER = "land_register"
    CUSTOMS_DECLARATION = "customs_declaration"
    POLICE_RECORD = "police_record"
    COURT_RECORD = "court_record"
    TAX_RECORD = "tax_record"
    SUPERVISION = "supervision"
    HUMAN_SOURCE = "human_source"
    OPEN_SOURCE = "open_source"
    OTHER_AUTHORITY = "other_authority"
    ANALYSIS = "analysis"


class SourceGrade(StrEnum):
    """How far the source is to be trusted."""

    A = "A"
    B = "B"
    C = "C"
    X = "X"


class InformationGrade(StrEnum):
    """How sure what it says is."""

    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"


class Media(StrEnum):
    """Kinds of attachment that are taken: none that runs, none with macros."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TEXT = "text/plain"
    CSV = "text/csv"
    XML = "application/xml"
    JSON = "application/json"


SIGNS: Mapping[Media, bytes] = {
    Media.PDF: b"%PDF-",
    Media.PNG: b"\x89PNG\r\n\x1a\n",
    Media.JPEG: b"\xff\xd8\xff",
}
"""What a file of this kind begins with. The other kinds are text: UTF-8."""


def _plain_name(name: str) -> str:
    if len(name) > MOST_NAME or name.strip(". ") != name or set(name) & set("/\\:"):
        raise ValueError("not the plain name of a file")
    return name


FileName = Annotated[Line, AfterValidator(_plain_name)]
"""The name of a file, without a folder: at most 120 characters."""


class Attachment(Document):
    """A file: its kind, its bytes (base64) and their SHA-256."""

    name: FileName
    media: Media
    sha256: Digest
    content: Annotated[
        str,
        StringConstraints(
            pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=MOST_ATTACHMENT * 4 // 3 + 4, strict=True
        ),
    ]

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Self:
        data = self.unpacked()
        if base64.b64encode(data).decode() != self.content:
            raise ValueError("not base64 as RFC 4648 writes it")
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ValueError("sha256 is not that of the content")
        if not _fits(self.media, data):
            raise ValueError(f"the content is not {self.media.value}")
        return self

    def unpacked(self) -> bytes:
        """The file. Raises ValueError where `content` is not base64."""
        try:
            return base64.b64decode(self.content, validate=True)
        except binascii.Error:
            raise ValueError("not base64") from None


def _fits(media: Media, data: bytes) -> bool:
    if media in SIGNS:
        return data.startswith(SIGNS[media])
    try:
        return "\x00" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


class Origin(Document):
    """Whose information an item holds, and the message that brought it there.

    Its caveats stand in the message, one entry for each origin. Item 0 of a message is its own text
    (facts, suspicion, what is asked).
    """

    authority: AuthorityCode
    message: MessageId
    item: Annotated[int, Field(ge=0, le=MOST_ITEMS)]


Origins = Annotated[tuple[Origin, ...], Field(max_length=32), EachOnce]


class Information(Document):
    """One item. `answers` are the numbers of what was sought that it answers; `origins` are those
    whose information it holds besides the sender's own."""

    number: Annotated[int, Field(ge=1, le=MOST_ITEMS)]
    category: Category
    answers: Annotated[
        tuple[Annotated[int, Field(ge=1, le=100)], ...], Field(max_length=40), EachOnce
    ]
    provenance: Provenance
    source_grade: SourceGrade
    information_grade: InformationGrade
    obtained: Day | None = None
    text: Passage
    subjects: Subjects
    accounts: Accounts
    transfers: Transfers
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)]
    origins: Origins


def numbered(items: tuple[Information, ...]) -> None:
    """Raises ValueError where items are not numbered from 1, or attachments are too large."""
    if [each.number for each in items] != list(range(1, len(items) + 1)):
        raise ValueError("items are numbered 1, 2, 3 …")
    attached = sum(len(file.content) for each in items for file in each.attachments)
    if attached > MOST_ATTACHED * 4 // 3 + 4:
        raise ValueError(f"attachments of a message have at most {MOST_ATTACHED} bytes")


Items = Annotated[tuple[Information, ...], Field(max_length=MOST_ITEMS)]
