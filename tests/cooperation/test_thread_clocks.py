"""Two nodes, Cairo and Rome: what each owes the other, the same seen from both sides."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from taawun.cooperation import agreements
from taawun.cooperation.act import Scope
from taawun.cooperation.agreement import Service
from taawun.cooperation.clocks import escalation
from taawun.cooperation.clocks.deadlines import (
    Clock,
    ClockName,
    ClockState,
    OpenWork,
    Owing,
    Suspended,
    clocks,
)
from taawun.cooperation.clocks.escalation import DUTIES, escalations
from taawun.cooperation.clocks.own_calendar import keep_own_calendar, kept_calendar
from taawun.cooperation.clocks.thread_clocks import (
    AWAITED,
    open_work,
    out_of_force,
    works_of_threads,
)
from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.threads import OPENERS, Side, Step, Thread, ThreadState
from taawun.errors import InputError
from tests.cooperation.authorities import NOON
from tests.cooperation.exchanging import Town, request

CAIRO, ROME = "EG-FIU", "IT-FIU"
ROUTE = {"sender": ROME, "recipient": CAIRO}
BODY = {
    "reference": "2026/17",
    "title": {"lang": "en", "text": "A company and its payments"},
    "offences": ["fraud"],
    "facts": {"lang": "en", "text": "Payments without goods."},
    "suspicion": {"lang": "en", "text": "Invoices are made up."},
    "country": "EG",
    "link": {"lang": "en", "text": "The account is there."},
    "uses": ["intelligence"],
    "use": {"lang": "en", "text": "To find who is behind it."},
    "recipients": [],
    "subjects": [],
    "accounts": [{"number": "1002", "institution": "Bank of the Nile"}],
    "transfers": [],
    "origins": [],
    "sought": [{"number": 1, "category": "identity", "what": {"lang": "en", "text": "Who?"}}],
}
CAVEATS = {"origin": ROME, "purposes": ["intelligence"], "onward": "consent"}
CAVEATS |= {"consented": [], "delete_by": "2027-02-01"}


class TwoNodes(Town):
    """A town whose nodes keep threads."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, CAIRO, ROME)
        for node in self.nodes.values():
            node.handlers = {**agreements.HANDLERS, **requests.HANDLERS}

    def sends(self, sender: str, message: Message) -> Message:
        with self.nodes[sender].store.begin() as unit:
            requests.sending(unit, message, at=self.now, actor="officer")
            place(unit, message, at=self.now, actor="officer")
        return message

    def asks_cairo(self, **more: Any) -> Message:
        said = {"purpose": "intelligence", "categories": ["identity"], "caveats": [CAVEATS]}
        made = request(self.mou, **ROUTE, body=BODY, **said, **more)
        return self.sends(ROME, made)

    def replies(self, thread: Message, kind: str, body: dict[str, Any]) -> Message:
        said = {"sender": CAIRO, "recipient": ROME, "thread": thread.id, "replies_to": thread.id}
        made = request(self.mou, kind=kind, body=body, urgent=thread.urgent, **said)
        return self.sends(CAIRO, made)

    def works(self, code: str) -> list[OpenWork]:
        with self.nodes[code].store.reading() as connection:
            return list(works_of_threads(connection, self.now))

    def clocks(self, code: str) -> dict[str, Clock]:
        (work,) = self.works(code)
        return {each.name.value: each for each in clocks(work.clockwork, self.now)}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TwoNodes]:
    made = TwoNodes(tmp_path)
    made.now = datetime(2026, 9, 9, 20, tzinfo=UTC)
    yield made
    made.close()


def test_both_nodes_count_from_the_receipt_and_come_to_the_same_dates(town: TwoNodes) -> None:
    """Written in Rome on Wednesday evening, taken in Cairo on Thursday at half past noon."""
    asked = town.asks_cairo()
    assert town.works(ROME) == [], "not delivered: nobody owes anything yet"
    town.later(hours=13, minutes=30)
    town.carry(ROME)
    town.later(hours=1)
    ours, theirs = town.works(CAIRO)[0], town.works(ROME)[0]
    assert (ours.owing, theirs.owing) == (Owing.WE, Owing.THEY)
    assert ours.clockwork == theirs.clockwork
    assert ours.clockwork.thread == asked.id
    assert ours.clockwork.opened_at == datetime(2026, 9, 10, 9, 30, tzinfo=UTC)
    assert town.clocks(CAIRO) == town.clocks(ROME)
    assert town.clocks(ROME)["answer"].last_day == date(2026, 10, 25)
    assert town.clocks(ROME)["answer"].doubts == ()


def test_an_acknowledgement_stops_its_clock_on_both_sides(town: TwoNodes) -> None:
    asked = town.asks_cairo()
    town.carry(ROME)
    town.later(hours=5)
    town.replies(asked, "acknowledgement", {"reference": "C-17"})
    town.later(hours=2)
    town.carry(CAIRO)
    states = [town.clocks(code)["acknowledge"].state for code in (CAIRO, ROME)]
    assert states == [ClockState.MET, ClockState.MET]
    assert town.clocks(CAIRO)["answer"].open


def test_a_suspension_moves_the_date_on_both_sides(town: TwoNodes) -> None:
    town.asks_cairo()
    town.carry(ROME)
    town.now = datetime(2026, 9, 14, 9, tzinfo=UTC)
    town.does(ROME, "suspend", reason="a court said so")
    town.carry(ROME)
    town.later(days=2)
    assert {each.state for each in town.clocks(CAIRO).values()} == {ClockState.PAUSED}
    assert town.clocks(CAIRO) == town.clocks(ROME)
    town.does(ROME, "resume", lifts=town.region[ROME].known().acts[town.mou.id][-1].act.number)
    town.carry(ROME)
    town.later(days=1)
    assert town.clocks(CAIRO) == town.clocks(ROME)
    answer = town.clocks(CAIRO)["answer"]
    assert answer.state is ClockState.RUNNING
    assert answer.last_day == date(2026, 10, 27), "22 October, and three days"
    assert sum(each.why == "suspended" for each in answer.skipped) == 3


def test_a_node_tells_its_own_people(town: TwoNodes) -> None:
    town.asks_cairo()
    town.carry(ROME)
    town.now = datetime(2026, 10, 27, 12, tzinfo=UTC)
    for node in town.nodes.values():
        for duty in DUTIES:
            duty(node, town.now)
            duty(node, town.now)
    kept = {}
    for code, node in town.nodes.items():
        with node.store.reading() as connection:
            kept[code] = [f"{e.clock} {e.stage} {e.recipient}" for e in escalations(connection)]
    assert kept == {
        CAIRO: ["acknowledge overdue_3 head_of_authority", "answer overdue_1 head_of_unit"],
        ROME: ["acknowledge overdue_3 partners_head", "answer overdue_1 officer"],
    }


def test_a_node_counts_with_its_own_calendar(town: TwoNodes) -> None:
    town.asks_cairo()
    town.carry(ROME)
    home = town.nodes[CAIRO].store.home
    keep_own_calendar(home, "place,date,change,name\nEG,2026-10-22,off,A day given off\n", "x.csv")
    town.now = datetime(2026, 10, 22, 23, tzinfo=UTC)
    for duty in escalation.DUTIES:
        duty(town.nodes[CAIRO], town.now)
        duty(town.nodes[ROME], town.now)
    for code, stage in ((CAIRO, "due_soon"), (ROME, "overdue_1")):
        with town.nodes[code].store.reading() as connection:
            assert [e.stage for e in escalations(connection) if e.clock == "answer"] == [stage]


def test_a_calendar_that_cannot_be_read_leaves_the_last_one(town: TwoNodes) -> None:
    home = town.nodes[CAIRO].store.home
    good = "place,date,change,name\nEG,2026-10-25,off,A day given off\n"
    kept = keep_own_calendar(home, good, "good.csv")
    with pytest.raises(InputError):
        keep_own_calendar(home, good + "EG,soon,off,x\n", "bad.csv")
    assert kept_calendar(home) == kept
    (home / "calendar.csv").write_text("nothing\n", "utf-8")
    with pytest.raises(InputError, match=r"calendar\.csv"):
        kept_calendar(home)


# When nothing could pass


def idle(town: TwoNodes, at: datetime, **narrow: str) -> tuple[Suspended, ...]:
    said = {"field": town.mou.fields[0].value, "service": "ask", **narrow}
    known = town.region[CAIRO].known()
    return out_of_force(known, town.mou, ROME, said["field"], said["service"], at)


def test_out_of_force_by_either_side_narrow_ones_where_they_reach(town: TwoNodes) -> None:
    """Asking is suspended at noon; the whole from one to three; asking resumes at four."""
    cairo, hour = town.region[CAIRO], timedelta(hours=1)
    cairo.does(town.mou, "suspend", at=NOON, reason="x", scope=Scope(services=(Service.ASK,)))
    cairo.does(town.mou, "suspend", at=NOON + hour, reason="x")
    assert idle(town, NOON + 2 * hour) == (Suspended(NOON),)
    assert idle(town, NOON + 2 * hour, service="disclose") == (Suspended(NOON + hour),)
    cairo.does(town.mou, "resume", at=NOON + 3 * hour, lifts=3)
    cairo.does(town.mou, "resume", at=NOON + 4 * hour, lifts=2)
    assert idle(town, NOON + 9 * hour) == (Suspended(NOON, NOON + 4 * hour),)
    over = Suspended(NOON + hour, NOON + 3 * hour)
    assert idle(town, NOON + 9 * hour, service="disclose") == (over,)
    assert idle(town, NOON - hour) == ()


def test_an_end_stops_the_clocks_for_good(town: TwoNodes) -> None:
    town.region[CAIRO].does(town.mou, "end", at=NOON, reason="over")
    assert idle(town, NOON + timedelta(days=900)) == (Suspended(NOON),)


# The kinds


def thread(kind: str, side: Side) -> Thread:
    return Thread(
        id=str(uuid.uuid4()),
        kind=kind,
        side=side,
        partner=ROME,
        agreement="",
        service="ask",
        field="aml_cft",
        urgent=False,
        state=ThreadState.RECEIVED,
        asked={},
        opened_at=NOON,
    )


def test_every_kind_that_opens_a_thread_is_decided_on() -> None:
    assert set(AWAITED) | {"typology"} == OPENERS


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("request", {"acknowledge", "answer"}),
        ("freeze_request", {"acknowledge", "answer"}),
        ("onward_request", {"acknowledge", "answer"}),
        ("disclosure", {"acknowledge"}),
    ],
)
def test_what_each_kind_awaits(town: TwoNodes, kind: str, names: set[str]) -> None:
    known = town.region[CAIRO].known()
    asked = replace(thread(kind, Side.THEIRS), agreement=town.mou.id)
    work = open_work(asked, [], known, ())
    assert work is not None
    assert {each.name.value for each in clocks(work.clockwork, NOON)} == names


def test_a_typology_and_what_has_no_agreement_await_nothing(town: TwoNodes) -> None:
    known = town.region[CAIRO].known()
    shared = replace(thread("typology", Side.THEIRS), agreement=town.mou.id)
    assert open_work(shared, [], known, ()) is None
    assert open_work(thread("request", Side.THEIRS), [], known, ()) is None


def test_an_answer_that_overtook_the_receipt_shows_that_the_request_came(town: TwoNodes) -> None:
    known = town.region[CAIRO].known()
    asked = replace(thread("request", Side.OURS), agreement=town.mou.id)
    assert open_work(asked, [], known, ()) is None
    assert open_work(asked, [(Step.CLOSE, NOON)], known, ()) is None
    work = open_work(asked, [(Step.ACKNOWLEDGE, NOON)], known, ())
    assert work is not None
    assert work.clockwork.opened_at == NOON
    assert ClockName.ANSWER in work.clockwork.awaited
