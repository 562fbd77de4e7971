"""Messages from what officers write: who and under which agreement on top, then the body's fields.

    opening(view, "request", paper)     a request, a disclosure, a request to freeze, a typology
    reply(view, thread, "answer", …)    what answers in a thread

The node knows what the officer need not write: the only agreement with that partner, its only
field, the purpose, the categories, the caveats of own information by the agreement's terms, and
those of others' information that is passed on (`origins: [MESSAGE:ITEM]`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.engine import Connection

from taawun.cooperation.agreement import Agreement, Category, Onward, Purpose, Service
from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.message import Caveats, Message
from taawun.cooperation.requests import caveats, information
from taawun.cooperation.requests.bodies import BODIES, INFORMING
from taawun.cooperation.requests.bodies.request import Request
from taawun.cooperation.requests.threads import Thread
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import Day, Document, Language
from taawun.desk.agreements import fitting
from taawun.desk.letters import FileOf, Letter
from taawun.desk.messages import message_with
from taawun.desk.papers import Paper
from taawun.errors import NotFound, Problem
from taawun.store.tables.requests import information_items

OPENING = {
    "request": Service.ASK,
    "disclosure": Service.DISCLOSE,
    "freeze_request": Service.FREEZE,
    "typology": Service.TYPOLOGY,
}
"""What opens a thread from a paper, and the service that it comes under."""
HEAD = ("to", "agreement", "field", "purpose", "categories", "language", "caveats")
REPLY_HEAD = ("language", "caveats", "categories")
LEAST_OF_ITEM = 8
E = TypeVar("E", Category, CooperationField, Purpose)


class OwnTerms(Document):
    """What an officer may say of the use of own information, beyond the agreement: only stricter
    rules are of use, since the partner goes by both."""

    purposes: tuple[Purpose, ...] | None = None
    onward: Onward | None = None
    delete_by: Day | None = None


class Head(Document):
    """What stands above the body: to whom, under which agreement, for what."""

    to: str
    agreement: str | None = None
    field: CooperationField | None = None
    purpose: Purpose | None = None
    categories: tuple[Category, ...] | None = None
    language: Language = "en"
    caveats: OwnTerms | None = None


class ReplyHead(Document):
    """What may stand above the body of a reply."""

    categories: tuple[Category, ...] | None = None
    language: Language = "en"
    caveats: OwnTerms | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What writing looks at: the store as it is, who writes, when, and the files a paper names."""

    connection: Connection
    at: datetime
    file_of: FileOf

    @property
    def known(self) -> Cooperation:
        """What this node knows."""
        return cooperation(self.connection)


def opening(view: View, kind: str, paper: Paper, *, id: str = "") -> Message:
    """The message that a paper says. `id` is that of a draft that is written anew.

    Raises InputError with every problem, NotFound for an agreement that is not here.
    """
    head = _head(paper, HEAD, Head)
    service, known = OPENING[kind], view.known
    agreement = _agreement(view, paper, head, service)
    said = _body_said(paper, HEAD)
    if "country" in BODIES[kind].model_fields:
        said.setdefault("country", head.to[:2])
    purpose = _purpose(paper, head, said, agreement)
    if kind == "request":
        said.setdefault("uses", [purpose.value])
    body, held = _body(view, kind, paper, said, head.language)
    id = id or str(uuid.uuid4())
    return _message(
        paper,
        id=id,
        kind=kind,
        sender=known.me,
        recipient=head.to,
        agreement=agreement.id,
        service=service,
        field=_field(paper, head, agreement),
        purpose=purpose,
        categories=_categories(body, head.categories),
        thread=id,
        made_at=view.at,
        urgent=isinstance(body, Request) and body.urgency is not None,
        caveats=_caveats(view, kind, head.to, purpose, agreement, body, head.caveats, held),
        body=body.plain(),
    )


def reply(
    view: View, thread: Thread, kind: str, paper: Paper, *, replies_to: str = "", id: str = ""
) -> Message:
    """The reply in a thread that a paper says. Raises InputError with every problem."""
    head = _head(paper, REPLY_HEAD, ReplyHead)
    known = view.known
    agreement = known.agreements[thread.agreement]
    asked = message_with(view.connection, thread.id)
    purpose = asked.purpose if asked is not None and asked.purpose else agreement.purposes[0]
    body, held = _body(view, kind, paper, _body_said(paper, REPLY_HEAD), head.language)
    return _message(
        paper,
        id=id or str(uuid.uuid4()),
        kind=kind,
        sender=known.me,
        recipient=thread.partner,
        agreement=thread.agreement,
        service=Service(thread.service),
        field=CooperationField(thread.field),
        purpose=purpose,
        categories=_categories(body, head.categories),
        thread=thread.id,
        replies_to=replies_to or thread.id,
        made_at=view.at,
        urgent=thread.urgent,
        caveats=_caveats(
            view, kind, thread.partner, purpose, agreement, body, head.caveats, held, asked
        ),
        body=body.plain(),
    )


def _head(paper: Paper, names: Sequence[str], kind: type[Any]) -> Any:
    return paper.with_value(
        {name: value for name, value in paper.value.items() if name in names}
    ).document(kind)


def _body_said(paper: Paper, names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in paper.value.items() if name not in names}


def _agreement(view: View, paper: Paper, head: Head, service: Service) -> Agreement:
    """The one that is named, else the only one with the partner that has the service: in force, or
    where none is, signed or suspended (the permit says so when it is to be sent)."""
    known = view.known
    if head.agreement is not None:
        return known.agreement(head.agreement)
    found = fitting(known, head.to, service, view.at)
    if len(found) == 1:
        return found[0]
    there = ", ".join(each.id[:12] for each in found) or "—"
    raise paper.refused([paper.wrong(("agreement",), "", there, "desk.paper.which_agreement")])


def _field(paper: Paper, head: Head, agreement: Agreement) -> CooperationField:
    return _only(paper, "field", head.field, agreement.fields)


def _purpose(paper: Paper, head: Head, said: dict[str, Any], agreement: Agreement) -> Purpose:
    uses = said.get("uses")
    if head.purpose is None and isinstance(uses, list) and uses and uses[0] in tuple(Purpose):
        return Purpose(uses[0])
    return _only(paper, "purpose", head.purpose, agreement.purposes)


def _only(paper: Paper, name: str, said: E | None, agreed: Sequence[E]) -> E:
    """What was said, else the only one that was agreed."""
    if said is not None:
        return said
    if len(agreed) == 1:
        return agreed[0]
    raise paper.refused([paper.wrong((name,), "", ", ".join(agreed), "desk.paper.missing")])


def _body(
    view: View, kind: str, paper: Paper, said: dict[str, Any], language: str
) -> tuple[Document, list[caveats.KeptItem]]:
    """The body, and the received items whose information it passes on."""
    held: list[caveats.KeptItem] = []
    problems: list[Problem] = []
    said = _with_origins(view, paper, said, (), held, problems)
    if isinstance(said.get("items"), list) and "items" in BODIES[kind].model_fields:
        said["items"] = [
            _with_origins(view, paper, each, ("items", at), held, problems)
            if isinstance(each, dict)
            else each
            for at, each in enumerate(said["items"])
        ]
    if problems:
        raise paper.refused(problems)
    made = Letter(language, view.file_of).filled(BODIES[kind], said)
    return paper.with_value(made).document(BODIES[kind]), held


def _with_origins(
    view: View,
    paper: Paper,
    said: dict[str, Any],
    place: tuple[str | int, ...],
    held: list[caveats.KeptItem],
    problems: list[Problem],
) -> dict[str, Any]:
    """`origins: [MESSAGE:ITEM]`, with everybody whose information those items are."""
    named = said.get("origins")
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        return said
    origins: dict[tuple[str, str, int], dict[str, Any]] = {}
    for at, each in enumerate(named):
        try:
            kept = _item(view.connection, each)
        except (NotFound, ValueError, OverflowError):
            where = (*place, "origins", at)
            problems.append(paper.wrong(where, each, "MESSAGE:ITEM", "desk.paper.no_item"))
            continue
        held.append(kept)
        for origin in kept.origins:
            key = (origin.authority, origin.message, origin.item)
            origins[key] = origin.plain()
    return {**said, "origins": list(origins.values())}


def _item(connection: Connection, said: str) -> caveats.KeptItem:
    """`MESSAGE:ITEM`, the message by its id or enough of its beginning. Raises NotFound,
    ValueError for what is no number, OverflowError for one beyond the database's."""
    begin, _, item = said.partition(":")
    query = sa.select(information_items.c.message).where(
        information_items.c.message.startswith(begin, autoescape=True)
    )
    found = list(connection.execute(query.distinct()).scalars())
    if len(begin) < LEAST_OF_ITEM or len(found) != 1:
        raise NotFound(f"no item (or more than one) is called {said!r}")
    return information.item_of(connection, found[0], int(item))


def _categories(body: Document, said: tuple[Category, ...] | None) -> tuple[Category, ...]:
    """Those that are said, else those of what is sought or given."""
    if said is not None:
        return said
    parts: Iterable[Any] = (*getattr(body, "sought", ()), *getattr(body, "items", ()))
    return tuple(dict.fromkeys(part.category for part in parts if hasattr(part, "category")))


def _caveats(
    view: View,
    kind: str,
    partner: str,
    purpose: Purpose,
    agreement: Agreement,
    body: Document,
    said: OwnTerms | None,
    held: Sequence[caveats.KeptItem],
    asked: Message | None = None,
) -> tuple[Caveats, ...]:
    """Own information by the agreement's terms, or as strict as is said; others' as it came."""
    if kind not in INFORMING:
        return ()
    wanted = said or OwnTerms()
    request = Request.of(asked.body) if asked is not None and asked.kind == "request" else None
    uses = getattr(body, "uses", ()) or (request.uses if request is not None else (purpose,))
    own = caveats.own(
        agreement,
        view.known.me,
        wanted.purposes or tuple(dict.fromkeys((purpose, *uses))),
        view.at,
        named=[each.authority for each in request.recipients] if request is not None else (),
        onward=wanted.onward,
    )
    if wanted.delete_by is not None:
        own = own.model_copy(update={"delete_by": wanted.delete_by})
    carried = caveats.carried(held, partner, purpose, view.at)
    return (own, *(each for each in carried if each.origin != own.origin))


def _message(paper: Paper, **said: Any) -> Message:
    """The message; what does not fit together is a problem of the paper."""
    try:
        return Message(**said)
    except ValidationError as error:
        first = error.errors()[0]
        place = ("to",) if first["loc"][:1] == ("recipient",) else first["loc"]
        told = first["msg"].removeprefix("Value error, ")
        raise paper.refused([paper.wrong(place, "", told)]) from None
