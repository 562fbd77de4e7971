"""What a message says, as lines: every field that is not empty, with its label and codes in words.

    in_words(body)      the lines of a body; of a kind that has no document here, its fields as YAML

A second officer approves what is shown here: nothing of a body is left out but the bytes of files,
which their digests stand for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from taawun.cli import show
from taawun.cli.moments import minute
from taawun.cooperation.agreement import Category, Purpose
from taawun.cooperation.message import Message
from taawun.cooperation.requests.bodies import BODIES, body_of
from taawun.cooperation.requests.bodies.answer import Completeness, MeasureKind
from taawun.cooperation.requests.bodies.feedback import Result, Usefulness
from taawun.cooperation.requests.bodies.freeze import FreezeStage, Power
from taawun.cooperation.requests.bodies.information import (
    Attachment,
    InformationGrade,
    Origin,
    Provenance,
    SourceGrade,
)
from taawun.cooperation.requests.bodies.onward import Decision, ItemReference
from taawun.cooperation.requests.bodies.passage import Amount, Passage
from taawun.cooperation.requests.bodies.refusal import RefusalGround
from taawun.cooperation.requests.bodies.request import Offence
from taawun.cooperation.requests.bodies.subject import (
    IdentifierKind,
    NameKind,
    Role,
    SubjectKind,
    SubjectName,
)
from taawun.cooperation.wire import Document
from taawun.ledger.money import spelled

WORDS: Mapping[type[StrEnum], str] = {
    Offence: "messages.offence",
    Completeness: "messages.outcome",
    MeasureKind: "messages.measure",
    Decision: "messages.decision",
    RefusalGround: "messages.ground",
    Provenance: "messages.provenance",
    SourceGrade: "messages.source_grade",
    InformationGrade: "messages.information_grade",
    SubjectKind: "messages.subject",
    Role: "messages.role",
    NameKind: "messages.name",
    IdentifierKind: "messages.identifier",
    FreezeStage: "messages.stage",
    Power: "messages.power",
    Usefulness: "messages.usefulness",
    Result: "messages.result",
    Purpose: "cooperation.purpose",
    Category: "cooperation.category",
}
"""Where the words of a code are; any other code is shown as it is."""
STEP = "  "


def in_words(message: Message) -> Iterator[str]:
    """The lines of a message's body."""
    if message.kind in BODIES:
        yield from _fields(body_of(message))
        return
    from taawun.desk.papers import in_yaml

    yield from in_yaml(message.plain()["body"]).splitlines()


def _fields(document: Document) -> Iterator[str]:
    for name in type(document).model_fields:
        value = getattr(document, name)
        if value is None or value == ():
            continue
        label = show.worded(f"messages.field.{name}")
        yield from _field(label, value)


def _field(label: str, value: Any) -> Iterator[str]:
    """`label: value` on one line where there is room, else what belongs to it below it."""
    if isinstance(value, tuple) and any(map(_is_long, value)):
        yield f"{label}:"
        for each in value:
            first, *rest = _parts(each)
            yield f"{STEP}- {first}"
            yield from (f"{STEP * 2}{line}" for line in rest)
    elif isinstance(value, tuple):
        listed = tuple(_short(each) for each in value)
        yield f"{label}: {show.worded('agreement.parts', parts=listed)}"
    elif _is_long(value):
        yield f"{label}:"
        yield from (f"{STEP}{line}" for line in _parts(value))
    else:
        yield f"{label}: {_short(value)}"


def _is_long(value: Any) -> bool:
    """Whether it takes several lines: a document of fields, or a text of several lines."""
    if isinstance(value, Passage):
        return "\n" in value.text
    if isinstance(value, str):
        return "\n" in value
    return isinstance(value, Document) and type(value) not in SHORT


def _parts(value: Any) -> list[str]:
    if isinstance(value, Document) and type(value) not in SHORT:
        return list(_fields(value))
    return _short(value).splitlines()


def _short(value: Any) -> str:
    """A value in words."""
    if type(value) in SHORT:
        said: str = SHORT[type(value)](value)
        return said
    if type(value) in WORDS:
        return show.worded(f"{WORDS[type(value)]}.{value}")
    return minute(value) if isinstance(value, datetime) else str(value)


def _name(name: SubjectName) -> str:
    told = (show.worded(f"messages.name.{name.kind}"), name.script)
    return f"{name.text} ({show.worded('agreement.parts', parts=told)})"


def _file(file: Attachment) -> str:
    size = len(file.unpacked())
    return show.worded(
        "messages.file", name=file.name, media=file.media.value, size=size, sha256=file.sha256
    )


SHORT: Mapping[type, Any] = {
    Passage: lambda said: f"{said.text} [{said.lang}]",
    SubjectName: _name,
    Amount: lambda said: spelled(said.minor, said.currency),
    Attachment: _file,
    ItemReference: lambda said: f"{said.message}:{said.item}",
    Origin: lambda said: f"{said.authority} {said.message}:{said.item}",
}
"""Documents that are said in one line."""
