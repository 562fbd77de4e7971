"""Typologies between authorities: sharing one's own definition, checking and adopting a partner's.

share(desk, code, Sharing(…))    a definition of the own catalogue, as a draft to a partner
received(desk)                   what partners shared, each checked as the own catalogue is
adopt(desk, thread)              one of them as a draft in the own catalogue; nobody is told
decline(desk, thread, reason)    it is not taken; nobody is told

What is adopted is tried (`taawun typologies try`) before anybody puts it in force. Its sources name
who shared it, and the message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from taawun.cooperation.agreement import Purpose
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.bodies.request import Offence
from taawun.cooperation.requests.bodies.typology import SharedTypology
from taawun.cooperation.requests.review import MOST_REASON
from taawun.cooperation.requests.threads import Side, Thread
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import Document, Word, digest
from taawun.desk.desk import Desk
from taawun.desk.messages import message_with
from taawun.desk.papers import UNKNOWN, Paper, read_paper
from taawun.desk.requests import Written, no_files, thread_with, write_opening
from taawun.desk.writing import View
from taawun.detection import own
from taawun.detection.catalogue import Catalogue, Definition, read_over
from taawun.errors import InputError, Problem, UsageError
from taawun.store import Unit
from taawun.wording import LANGUAGES, known, say

KIND = "typology"


class _Named(Document):
    """The code under which a definition is taken: one that could be shared on."""

    code: Word


@dataclass(frozen=True, slots=True)
class Sharing:
    """To whom a definition goes and what is said with it; what is left out is found as for any
    other message, and what it shows is said in the catalogue's own words where there is no `text`.
    """

    to: str
    offences: tuple[Offence, ...]
    text: str = ""
    language: str = "en"
    seen: str = ""
    agreement: str = ""
    field: CooperationField | None = None
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True)
class ReceivedTypology:
    """A definition that a partner shared. `definition` is what adopting it would take, None where
    the own catalogue refuses it: `problems` say why. `kept` is what was adopted of it."""

    thread: Thread
    shared: SharedTypology
    definition: Definition | None
    problems: tuple[Problem, ...]
    kept: Definition | None


def share(desk: Desk, code: str, wanted: Sharing, *, send_now: bool = False) -> Written:
    """A definition of the own catalogue, in force or else a draft, as a message to a partner.

    Raises NotFound for a code that is not there, InputError for what cannot be said so.
    """
    definition = own.catalogue(desk.home)[code]
    entry = own.in_yaml({code: definition.exported()})
    said: dict[str, Any] = {
        "to": wanted.to,
        "language": wanted.language,
        "code": code,
        "entry": entry,
        "sha256": digest(entry.encode()),
        "description": [wanted.text] if wanted.text else _described(definition),
        "offences": [each.value for each in wanted.offences],
    }
    for name in ("seen", "agreement", "field", "purpose"):
        if given := getattr(wanted, name):
            said[name] = str(given)
    return write_opening(desk, KIND, Paper("", said, {}), send_now=send_now)


def _described(definition: Definition) -> list[dict[str, str]]:
    """What the catalogue says of it in each language; its name where it says no more."""
    codes = [
        f"detection.typology.{name}{what}"
        for name in (definition.code, definition.kernel)
        for what in (".what", "")
    ]
    worded = next(filter(known, codes), "")
    found = {
        lang: definition.what.get(lang)
        or definition.name.get(lang)
        or (worded and say(worded, lang))
        for lang in LANGUAGES
    }
    return [{"lang": lang, "text": text} for lang, text in found.items() if text]


def received(desk: Desk) -> tuple[ReceivedTypology, ...]:
    """What partners shared, the newest first; those whose text is gone are left out."""
    mine = own.catalogue(desk.home)
    with desk.store.reading() as connection:
        view = View(connection, desk.at, no_files)
        threads = [each for each in requests.threads(connection) if _came_in(each)]
        return tuple(_received(view, each, mine) for each in threads if _said(view, each))


def received_one(desk: Desk, begin: str) -> ReceivedTypology:
    """One of them. Raises NotFound, UsageError where the thread brought no typology."""
    with desk.store.reading() as connection:
        return _one(View(connection, desk.at, no_files), begin, own.catalogue(desk.home))


def adopt(desk: Desk, begin: str, *, code: str = "") -> Definition:
    """Take a partner's definition as a draft of the own catalogue, under another `code` if wanted.

    A draft of that code that was there is replaced. Raises InputError with every problem, also
    for a `code` that no message could share.
    """
    with desk.store.begin() as unit:
        found = _one(View(unit.connection, desk.at, no_files), begin, own.catalogue(desk.home))
        name = Paper("", {"code": code or found.shared.code}, {}).document(_Named).code
        text = own.in_yaml({name: _with_source(_entry(found.shared), found.thread)})
        taken = read_over(own.catalogue(desk.home), text, name, drafts=True)[0]
        told = {"from": found.thread.partner, "code": name, "version": taken.version}
        if found.thread.open:
            requests.close(unit, found.thread.id, at=desk.at, actor=desk.officer)
        _noted(unit, desk, found, "typology.adopted", told)
        own.draft(desk.home, text, name)
    return taken


def decline(desk: Desk, begin: str, reason: str) -> ReceivedTypology:
    """Say that a partner's definition is not taken; only we know.

    Raises UsageError without a reason, Refused `request.state` where that was said already.
    """
    why = reason.strip()
    if not why or len(why) > MOST_REASON:
        raise UsageError(f"a reason is needed, of at most {MOST_REASON} characters")
    with desk.store.begin() as unit:
        found = _one(View(unit.connection, desk.at, no_files), begin, own.catalogue(desk.home))
        told = {"from": found.thread.partner, "code": found.shared.code, "reason": why}
        requests.close(unit, found.thread.id, at=desk.at, actor=desk.officer)
        _noted(unit, desk, found, "typology.declined", told)
    return found


def _noted(
    unit: Unit, desk: Desk, found: ReceivedTypology, action: str, told: dict[str, Any]
) -> None:
    said = {**told, "sha256": found.shared.sha256}
    unit.journal(action, found.thread.id, said, at=desk.at, actor=desk.officer)


def _came_in(thread: Thread) -> bool:
    return thread.kind == KIND and thread.side is Side.THEIRS


def _said(view: View, thread: Thread) -> SharedTypology | None:
    message = message_with(view.connection, thread.id)
    return SharedTypology.of(message.body) if message is not None else None


def _one(view: View, begin: str, mine: Catalogue) -> ReceivedTypology:
    thread = thread_with(view, begin)
    if not _came_in(thread):
        raise UsageError(f"{begin}: no typology was received in this thread")
    return _received(view, thread, mine)


def _received(view: View, thread: Thread, mine: Catalogue) -> ReceivedTypology:
    shared = _said(view, thread)
    if shared is None:
        raise UsageError(f"{thread.id}: no typology was received in this thread")
    definition: Definition | None = None
    problems: tuple[Problem, ...] = ()
    try:
        text = own.in_yaml({shared.code: _entry(shared)})
        definition = read_over(mine, text, shared.code, drafts=True)[0]
    except InputError as error:
        problems = tuple(error.problems)
    source = _source(thread)
    kept = next((each for each in mine if source in each.sources), None)
    return ReceivedTypology(thread, shared, definition, problems, kept)


def _entry(shared: SharedTypology) -> dict[str, Any]:
    """The fields of the one entry that is shared, read strictly: what follows is made of them, and
    not of the text as it came."""
    paper = read_paper(shared.entry, shared.code)
    entry = paper.value.get(shared.code)
    if set(paper.value) != {shared.code} or not isinstance(entry, dict):
        others = [name for name in paper.value if name != shared.code] or [shared.code]
        raise paper.refused([paper.wrong((name,), "", "", UNKNOWN) for name in others])
    return entry


def _with_source(entry: dict[str, Any], thread: Thread) -> dict[str, Any]:
    """An entry with the message it came in as its last source. What it says itself of messages of
    this partner is left out: another definition would seem adopted."""
    said = _texts(entry.get("sources"))
    others = [each for each in said if not str(each).startswith(f"{thread.partner}, ")]
    return {**entry, "sources": [*others, _source(thread)]}


def _texts(said: object) -> Iterable[object]:
    return said if isinstance(said, list) else () if said is None else (said,)


def _source(thread: Thread) -> str:
    return f"{thread.partner}, {thread.id}"
