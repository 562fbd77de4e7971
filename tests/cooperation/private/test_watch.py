"""Alarms: canaries that are named, tables that say yes too often, askers that only fish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from taawun.cooperation.agreement import Purpose
from taawun.cooperation.permit import Direction
from taawun.cooperation.private import budget, following, watch
from taawun.cooperation.private.budget import Allowance
from taawun.cooperation.private.subject import SubjectKind
from taawun.cooperation.private.watch import Concern
from taawun.errors import Refused
from taawun.store import Store, Unit, open_store
from taawun.store.tables.private import match_lookups, match_terms
from taawun.wording import known
from tests.cooperation.authorities import NOON
from tests.cooperation.exchanging import request
from tests.cooperation.private.pair import ASKER, OWNER, Pair, document, pair, person
from tests.cooperation.private.test_terms import TERMS

CONCERN = Concern(ASKER, TERMS.agreement, "intelligence")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def asks(
    unit: Unit,
    days_ago: float,
    lookups: int,
    a_day: int = 100_000,
    purpose: Purpose = Purpose.INTELLIGENCE,
    agreement: str = TERMS.agreement,
) -> list[str]:
    """Lookups that came in on a day, and the alarms that this raised."""
    at = NOON - timedelta(days=days_ago)
    allowance = Allowance(Direction.IN, ASKER, agreement, purpose, a_day)
    before = len(watch.alarms(unit.connection))
    name = f"{purpose}/{agreement[:2]}/{days_ago}/{lookups}/{before}"
    budget.spend(unit, allowance, name, lookups, at=at, actor=ASKER)
    watch.counted(unit, allowance, at)
    raised = watch.alarms(unit.connection)
    return [each.code for each in raised[: len(raised) - before]]


def test_volume(store: Store) -> None:
    with store.begin() as unit:
        assert asks(unit, 0, 7, a_day=10) == []
        assert asks(unit, 0, 1, a_day=10) == ["alarm.match.volume"]
        assert asks(unit, 0, 2, a_day=10) == [], "one a day"
        assert asks(unit, 1, 9, a_day=9) == [], "a budget so small is meant to be used"


def test_volume_is_of_any_24_hours(store: Store) -> None:
    """A budget spent before midnight and another after it are one night's work."""
    with store.begin() as unit:
        before, after = 0.5 + 1 / 1440, 0.5 - 1 / 1440
        assert asks(unit, before, 79, a_day=100) == []
        assert asks(unit, after, 1, a_day=100) == ["alarm.match.volume"]
        assert watch.alarms(unit.connection)[0].params == {"lookups": 80, "a_day": 100}
    with store.begin() as unit:
        assert asks(unit, -2, 79, a_day=100) == [], "the next days are others"


PURPOSES = (Purpose.INTELLIGENCE, Purpose.INVESTIGATION, Purpose.PROSECUTION)


def test_who_spreads_his_lookups_over_purposes_and_agreements_is_seen(store: Store) -> None:
    """Each of the six stays below every number alone."""
    with store.begin() as unit:
        raised = [
            asks(unit, 0, 99, purpose=purpose, agreement=agreement)
            for purpose in PURPOSES
            for agreement in (TERMS.agreement, "cd" * 32)
        ]
        assert raised == [*[[]] * 5, ["alarm.match.no_follow_up"]]
        (found,) = watch.alarms(unit.connection)
        assert (found.partner, found.agreement, found.purpose) == (ASKER, "", "")
        assert found.params["lookups"] == 594


def test_a_surge_that_is_spread_is_seen(store: Store) -> None:
    with store.begin() as unit:
        for days_ago in (9, 7, 6, 4, 3):
            for purpose in PURPOSES:
                assert asks(unit, days_ago, 1, purpose=purpose) == []
        assert asks(unit, 0, 40, purpose=PURPOSES[0]) == []
        assert asks(unit, 0, 40, purpose=PURPOSES[1]) == ["alarm.match.surge"]
        assert watch.alarms(unit.connection)[0].params == {"lookups": 80, "mean": 3}


def test_each_canary_is_an_alarm_of_its_own(store: Store) -> None:
    row = {"digest": TERMS.digest(), "role": "owner", "partner": ASKER, "field": "aml_cft"}
    row |= {"agreement": TERMS.agreement, "purpose": "intelligence", "period": 1}
    row |= {"document": TERMS.canonical(), "owner_signature": "", "state": "agreed"}
    with store.begin() as unit:
        unit.connection.execute(match_terms.insert(), {**row, "offered_at": ""})
        for name in ("heron", "egret"):
            watch.plant(unit, TERMS.digest(), name, [name.encode()], at=NOON, actor="owner")
        for message, tokens in (("1", [b"heron"]), ("2", [b"egret"]), ("3", [b"heron", b"egret"])):
            watch.requested(unit, message, CONCERN, tokens, at=NOON)
        raised = watch.alarms(unit.connection)
        assert [each.params["canary"] for each in raised] == ["egret", "heron"]
        assert [each.records_most for each in watch.planted_among(unit.connection)] == [
            TERMS.records_most
        ]


def test_surge(store: Store) -> None:
    with store.begin() as unit:
        for days_ago in (9, 7, 6, 4, 3):
            assert asks(unit, days_ago, 10) == []
        assert asks(unit, 0, 50) == []
        assert asks(unit, 0, 1) == ["alarm.match.surge"]
        assert watch.alarms(unit.connection)[0].params == {"lookups": 51, "mean": 10}


@pytest.mark.parametrize(
    ("today", "recent", "stands_out"),
    [
        (49, [1] * 5, False),
        (51, [1] * 4, False),
        (51, [10] * 5, True),
        (50, [10] * 5, False),
        (1000, [0], False),
    ],
)
def test_what_stands_out(today: int, recent: list[int], stands_out: bool) -> None:
    assert watch.unusual(today, recent) is stands_out


def test_lookups_that_nothing_follows(store: Store) -> None:
    with store.begin() as unit:
        assert asks(unit, 32, 499) == []
        assert asks(unit, 1, 499) == []
        for number in range(2):
            watch.requested(unit, f"request {number}", CONCERN, [], at=NOON)
        assert asks(unit, 0, 1) == ["alarm.match.no_follow_up"]


def test_lookups_that_requests_follow(store: Store) -> None:
    with store.begin() as unit:
        for number in range(3):
            watch.requested(unit, f"request {number}", CONCERN, [], at=NOON)
        assert asks(unit, 0, 600) == []


def answered(unit: Unit, lookups: int, hits: int, days_ago: int = 0) -> list[str]:
    """An answer that was read, and the alarms that it raised."""
    at = NOON - timedelta(days=days_ago)
    before = len(watch.alarms(unit.connection))
    row = {"partner": OWNER, "agreement": TERMS.agreement, "field": "aml_cft"}
    row |= {"purpose": "intelligence", "subject": "{}", "tokens": "[]", "reference": ""}
    row |= {"asked_by": "", "asked_at": at.isoformat(), "answered_at": at.isoformat()}
    states = ["hit"] * hits + ["no_hit"] * (lookups - hits)
    unit.connection.execute(match_lookups.insert(), [{**row, "state": state} for state in states])
    watch.answered(unit, Concern(OWNER, TERMS.agreement, "intelligence"), NOON)
    raised = watch.alarms(unit.connection)
    return [each.code for each in raised[: len(raised) - before]]


def test_hit_rate(store: Store) -> None:
    with store.begin() as unit:
        assert answered(unit, 1000, 1000, days_ago=8) == [], "a week is looked at"
        assert answered(unit, 19, 19) == [], "too few to tell"
        assert answered(unit, 20, 0) == [], "19 of 39"
        assert answered(unit, 1, 1) == ["alarm.match.hit_rate"], "20 of 40"


def test_alarms_are_history_and_worded(store: Store) -> None:
    codes = [word for word in (watch.__doc__ or "").split() if word.startswith("alarm.match.")]
    assert len(codes) == 9
    assert [code for code in codes if not known(code)] == []


# Between two nodes

MADE_UP = person("Tarquin Velloso Brackenridge", "1959-11-30", "ZZ9990001")


def asks_by_name(two: Pair, name: str, born: str) -> None:
    """The asker sends an ordinary request that names somebody."""
    from taawun.cooperation.exchange.gate import place

    subject = {
        "kind": "person",
        "roles": ["suspect"],
        "names": [{"text": name, "script": "Latn", "kind": "main"}],
        "births": [born],
        "countries": [],
        "identifiers": [],
        "accounts": [],
    }
    text = {"lang": "en", "text": "made up"}
    body = {
        "reference": "case 7",
        "title": text,
        "offences": ["money_laundering"],
        "facts": text,
        "suspicion": text,
        "country": "XB",
        "link": text,
        "uses": ["intelligence"],
        "use": text,
        "recipients": [],
        "subjects": [subject],
        "accounts": [],
        "transfers": [],
        "sought": [{"number": 1, "category": "identity", "what": text}],
        "origins": [],
    }
    with two.region[ASKER].begin() as unit:
        message = request(two.mou, ASKER, OWNER, body=body)
        place(unit, message, at=two.now, actor="officer")
    two.go()


def test_a_request_that_names_a_canary_is_an_alarm(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()
        two.make(kept, [document("AB1234567")], canaries=[("heron", MADE_UP)])
        two.go()
        two.ask(MADE_UP)
        two.go()
        assert two.states() == ["hit"], "it stands in the table like anybody"
        asks_by_name(two, "Salim Hadid Mansour", "1970-01-02")
        assert two.alarms(OWNER) == []
        asks_by_name(two, "Brackenridge, Tarquin Velloso", "1959-11-30")
        assert two.alarms(OWNER) == ["alarm.match.canary"]
        with two.region[OWNER].store.reading() as connection:
            (raised,) = watch.alarms(connection)
        assert (raised.partner, raised.params["canary"]) == (ASKER, "heron")
        assert raised.params["planted_for"] == ASKER


def test_a_canary_of_unknown_kind_is_watched_as_a_person_and_as_a_company(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()
        company = replace(MADE_UP, kind=SubjectKind.COMPANY, birth_dates=())
        both = [("heron", MADE_UP), ("heron", company)]
        two.make(kept, [document("AB1234567")], canaries=both)
        two.go()
        asks_by_name(two, "Brackenridge, Tarquin Velloso", "1959-11-30")
        assert two.alarms(OWNER) == ["alarm.match.canary"]


def test_a_hit_becomes_a_request(tmp_path: Path) -> None:
    from taawun.cooperation.requests.bodies.request import Request

    with pair(tmp_path) as two:
        two.ready([person("Salim Hadid Mansour", "1970-01-02", "AB1234567")])
        two.ask(person("سليم حديد منصور", "2 Jan 1970", "AB1234567"))
        two.ask(document("AB7654321"))
        two.go()
        hit, miss = two.lookups()
        with pytest.raises(Refused, match=r"match\.no_hit"):
            following.draft(miss)
        for lang in ("en", "ar"):
            drafted = following.draft(hit, lang=lang)
            text = {"lang": lang, "text": "what the officer adds"}
            own = {"offences": ["money_laundering"], "suspicion": text, "link": text, "use": text}
            body = Request.of({**drafted, **own})
            (subject,) = body.subjects
            assert [(name.text, name.script) for name in subject.names] == [
                ("سليم حديد منصور", "Arab")
            ]
            assert subject.births == ("1970-01-02",)
            assert body.uses == (Purpose.INTELLIGENCE,)
            assert OWNER in body.facts.text
        assert following.subject_in(subject).identifiers == hit.subject.identifiers
