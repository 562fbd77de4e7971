"""What two authorities do under their agreement: a private match, a request, an answer, consent.

matched = match(four)                  XB's table is made; XA asks for two subjects
asked = ask(four, matched)             the request that the hit drafts, approved, sent, answered
passed = pass_on(four, asked)          to XC: refused without XB's consent, then with it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from taawun.cooperation.agreement import Purpose
from taawun.cooperation.clocks.deadlines import Clock, ClockName
from taawun.cooperation.clocks.own_calendar import kept_calendar
from taawun.cooperation.private import handover, lookups, offers
from taawun.cooperation.private.lookups import Lookup, LookupState
from taawun.cooperation.private.offers import KeptTerms
from taawun.cooperation.private.subject import Subject, SubjectKind
from taawun.cooperation.requests import information
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.caveats import KeptItem
from taawun.cooperation.trust.party import CooperationField
from taawun.demo import shipped
from taawun.demo.authorities import A, B, C
from taawun.demo.quartet import Office, Quartet
from taawun.desk import consents, matching
from taawun.desk import requests as desk_requests
from taawun.desk.consents import Deciding, Onwards
from taawun.desk.matching import Wanted
from taawun.desk.papers import Paper
from taawun.desk.reading import thread_page
from taawun.desk.requests import Written
from taawun.errors import Refused
from taawun.store import journal

FIELD = CooperationField.AML_CFT
SOUGHT, KNOWN_AS = "محمد بن سالم الكندي", "Mohamed Salim Al-Kindy"
STRANGER = "سعيد بن حمد الرواحي"
BORN, STRANGER_BORN = "1971-03-14", "1984-07-02"
PERIOD = timedelta(days=90)
"""For how long the terms of matching are offered."""
REFERENCE = "XA/2026/114"


def _person(name: str, born: str) -> Subject:
    return Subject(SubjectKind.PERSON, (name,), (born,))


SUBJECTS = (_person(SOUGHT, BORN), _person(STRANGER, STRANGER_BORN))
"""For whom XA asks; XB knows the first one."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What was asked and what came of it; how long; and all that the owner's journal has of it."""

    terms: KeptTerms
    records: int
    table: int
    asked: tuple[Lookup, ...]
    seconds: float
    counted: tuple[journal.Line, ...]

    @property
    def hit(self) -> Lookup:
        """The lookup that hit."""
        return next(each for each in self.asked if each.state is LookupState.HIT)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and its answer: the grounds on which it did not go at first, when the answer is
    due, and the item that came."""

    thread: str
    own_work: Refused
    written: Written
    due: Clock
    answer: str
    item: KeptItem


@dataclass(frozen=True, slots=True)
class Passed:
    """Information passed on: the ground on which it was not at first, the consent, what arrived."""

    refused: Refused
    until: date
    message: str
    item: KeptItem


# Do you know this subject?


def match(four: Quartet) -> Matched:
    """XB offers terms, XA signs, XB's table goes over; then XA asks for two subjects."""
    owner, asker = four[B], four[A]
    terms, records = _terms(four, owner, asker), _records()
    named = ((str(number), record) for number, record in enumerate(records, 1))
    made = matching.make_table(owner.desk(), terms.digest, named, workers=0).segment
    assert made is not None
    four.until(A, partial(_in_place, asker, terms.digest))
    numbers = [each.number for each in asked_for(asker, terms, *SUBJECTS)]
    seconds = four.until(A, partial(_answered, asker, numbers))
    with asker.opened.store.reading() as connection:
        asked = tuple(lookups.lookup_of(connection, number) for number in numbers)
    with owner.opened.store.reading() as connection:
        counted = tuple(
            line for line in journal.lines(connection) if line.action == "match.counted_in"
        )
    return Matched(terms, len(records), made.segment.size, asked, seconds, counted)


def asked_for(office: Office, terms: KeptTerms, *subjects: Subject) -> list[Lookup]:
    """Ask the other side of terms for subjects. Raises Refused with the permit's ground."""
    wanted = Wanted(terms.terms.owner, terms.terms.agreement)
    named = ((str(number), subject) for number, subject in enumerate(subjects))
    found = matching.ask(office.desk(), wanted, named, REFERENCE)
    return [each.lookup for each in found if each.lookup is not None]


def _terms(four: Quartet, owner: Office, asker: Office) -> KeptTerms:
    desk = owner.desk()
    offered = matching.offer(desk, Wanted(A, four.between(A, B)), desk.at + PERIOD)
    four.until(A, partial(_offered, asker, offered.digest))
    matching.accept(asker.desk(), offered.digest)
    four.until(B, partial(_agreed, owner, offered.digest))
    return offered


def _offered(office: Office, digest: str) -> bool:
    with office.opened.store.reading() as connection:
        return any(each.digest == digest for each in offers.every(connection))


def _agreed(office: Office, digest: str) -> bool:
    with office.opened.store.reading() as connection:
        return offers.terms_of(connection, digest).state == offers.AGREED


def _in_place(office: Office, digest: str) -> bool:
    with office.opened.store.reading() as connection:
        there = handover.segments(connection, digest)
    return any(each.state == handover.IN_PLACE for each in there)


def _answered(office: Office, numbers: Sequence[int]) -> bool:
    ends = (LookupState.HIT, LookupState.NO_HIT, LookupState.FAILED)
    with office.opened.store.reading() as connection:
        return all(lookups.lookup_of(connection, number).state in ends for number in numbers)


def _records() -> list[Subject]:
    """Whom XB knows: the demonstration's customers, and one more."""
    kinds = {"person": SubjectKind.PERSON, "vessel": SubjectKind.VESSEL}
    return [
        *(
            Subject(
                kinds.get(each.subject.kind or "", SubjectKind.COMPANY),
                each.subject.names,
                each.subject.birth_dates,
                countries=each.subject.countries,
            )
            for each in shipped.customers()
        ),
        _person(KNOWN_AS, BORN),
    ]


# A request and its answer


def ask(four: Quartet, matched: Matched) -> Asked:
    """The hit drafts a request; a second officer approves it; XB acknowledges and answers."""
    asker, owner = four[A], four[B]
    paper = Paper("", _request(asker, matched), {})
    written = desk_requests.write_opening(asker.desk(), "request", paper)
    own_work = _own_work(asker, written)
    sent = _approved(asker, written)
    thread = sent.message.id
    four.settled(A, thread)
    received = {"reference": "XB/77"}
    desk_requests.write_reply(
        owner.desk(), thread, "acknowledgement", Paper("", received, {}), send_now=True
    )
    desk_requests.start(owner.desk(), thread)
    due = _due(owner, thread)
    answered = desk_requests.write_reply(owner.desk(), thread, "answer", Paper("", _ANSWER, {}))
    answer = _approved(owner, answered).message.id
    four.settled(B, answer)
    return Asked(thread, own_work, sent, due, answer, _item(asker, answer))


def _request(office: Office, matched: Matched) -> dict[str, Any]:
    """What the hit gives, and what only the officer knows."""
    with office.opened.store.reading() as connection:
        given = matching.request_of(connection, matched.hit.number, "ar")
    return given | {
        "offences": ["money_laundering"],
        "suspicion": "مبالغ لا تتناسب مع دخله المعروف.",
        "link": "ستة من الدافعين حساباتهم في مصارف XB.",
        "uses": ["intelligence", "investigation"],
        "use": "لتقرير إحالة الملف إلى الجهة المختصة بالتحقيق.",
    }


_ANSWER = {
    "language": "en",
    "reference": "XB/77",
    "outcome": "full",
    "text": "We know this person; what we hold is below.",
    "items": [
        {
            "category": "identity",
            "answers": [1],
            "provenance": "bank_record",
            "source_grade": "A",
            "information_grade": "1",
            "text": "He is the only shareholder of Kestrel Harbour Trading, which received the"
            " six payments and closed its account on 2 March.",
        }
    ],
}


def _own_work(office: Office, written: Written) -> Refused:
    """The ground on which the officer who wrote it may not approve it."""
    try:
        desk_requests.approve(office.desk(), written.draft.id, written.draft.sha256)
    except Refused as refused:
        return refused
    raise AssertionError("an officer approved her own work")


def _approved(office: Office, written: Written) -> Written:
    """The second officer approves what the first wrote, who then sends it."""
    second = office.desk(second=True)
    desk_requests.approve(second, written.draft.id, written.draft.sha256)
    return desk_requests.send(office.desk(), written.draft.id)


def _due(office: Office, thread: str) -> Clock:
    """When the answer is due, by the calendar of whoever owes it."""
    desk = office.desk()
    with desk.store.reading() as connection:
        found = requests.thread(connection, thread)
        page = thread_page(connection, found, desk.at, kept_calendar(desk.home))
    return next(each for each in page.clocks if each.name is ClockName.ANSWER)


def _item(office: Office, message: str) -> KeptItem:
    with office.opened.store.reading() as connection:
        return information.item_of(connection, message, 1)


# Passing it on


def pass_on(four: Quartet, asked: Asked) -> Passed:
    """XA passes the answer on to the police of XC: refused, consent asked and given, passed."""
    asker, owner = four[A], four[B]
    refused = _refused(asker, asked)
    wanted = Onwards(
        C, (Purpose.INVESTIGATION,), "لدى شرطة XC تحقيق في الشركة نفسها.", language="ar"
    )
    asking = _approved(asker, consents.ask_consent(asker.desk(), asked.thread, wanted))
    four.settled(A, asking.message.id)
    until = owner.clock().date() + timedelta(days=180)
    decided = consents.decide(owner.desk(), asking.message.id, Deciding(given=True, until=until))
    four.settled(B, _approved(owner, decided).message.id)
    sent = desk_requests.write_opening(
        asker.desk(), "disclosure", _passing_on(asked), send_now=True
    )
    four.settled(A, sent.message.id)
    return Passed(refused, until, sent.message.id, _item(four[C], sent.message.id))


def _refused(office: Office, asked: Asked) -> Refused:
    try:
        desk_requests.write_opening(office.desk(), "disclosure", _passing_on(asked), send_now=True)
    except Refused as refused:
        return refused
    raise AssertionError("information was passed on without its origin's consent")


def _passing_on(asked: Asked) -> Paper:
    item = {
        "category": "identity",
        "provenance": "other_authority",
        "source_grade": "A",
        "information_grade": "1",
        "text": "He is the only shareholder of Kestrel Harbour Trading.",
        "origins": [f"{asked.answer}:1"],
    }
    return disclosure(C, "investigation", item)


def disclosure(to: str, purpose: str, *items: dict[str, Any]) -> Paper:
    """A spontaneous disclosure, as an officer writes it."""
    said = {
        "to": to,
        "field": FIELD.value,
        "purpose": purpose,
        "language": "en",
        "reference": "2026/90",
        "title": "A trading company",
        "offences": ["money_laundering"],
        "facts": "Payments without visible business.",
        "suspicion": "The company is a front.",
        "link": f"It trades with {to[:2]}.",
        "items": list(items),
    }
    return Paper("", said, {})
