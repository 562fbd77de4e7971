"""A judgement holds for what was known: until something material changes, and through merges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from taawun.entities.entity import Entity, Value
from taawun.errors import UsageError
from taawun.screening import material
from taawun.screening.judgements import (
    Judged,
    Judgement,
    Pair,
    Standing,
    State,
    Verdict,
    history,
    judge,
)
from taawun.screening.material import FIELDS, Material, changed, of_entity, of_subject
from taawun.screening.subject import Subject
from taawun.store import Store, journal, open_store
from tests.screening.watched import AT, listed

CUSTOMER = Subject(("Karim Haddad",), "person", ("1970-03-01",), ("lb",), "male", ("RL 123",))
ENTRY = listed("A: Karim Haddad; كريم حداد | 1961 | sy | 998877")[0]
JUDGED_BY = "ana"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = open_store(home)
    yield opened
    opened.close()


def decide(
    store: Store,
    verdict: Verdict = Verdict.DIFFERENT,
    *,
    entity: Entity = ENTRY,
    customer: Subject = CUSTOMER,
    why: str = "born nine years later",
    until: date | None = None,
    at: datetime = AT,
) -> Judgement:
    with store.begin() as unit:
        return judge(
            unit,
            Pair("retail", "17", entity.id),
            verdict,
            why=why,
            until=until,
            caption=entity.caption,
            customer=of_subject(customer),
            entity=of_entity(entity),
            at=at,
            actor=JUDGED_BY,
        )


def stands(
    store: Store,
    *,
    entity: Entity = ENTRY,
    customer: Subject = CUSTOMER,
    at: datetime = AT,
    entries: tuple[Entity, ...] = (),
) -> Standing:
    def canonical(id_: str) -> str | None:
        known = (*entries, entity)
        return next((e.id for e in known if id_ == e.id or id_ in e.referents), None)

    with store.reading() as connection:
        judged = Judged.of(history(connection, portfolio="retail"), canonical)
    return judged.standing("17", of_subject(customer), entity.id, of_entity(entity), at)


def with_values(entity: Entity, **properties: tuple[str, ...]) -> Entity:
    said = {prop: tuple(map(Value, texts)) for prop, texts in properties.items()}
    return replace(entity, properties={**entity.properties, **said})


def test_nobody_judged(store: Store) -> None:
    assert stands(store) == Standing(State.NONE)
    assert not stands(store).cleared


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_judgement_holds_and_only_different_clears(store: Store, verdict: Verdict) -> None:
    made = decide(store, verdict)
    standing = stands(store)
    assert (standing.state, standing.judgement) == (State.HOLDS, made)
    assert standing.cleared is (verdict is Verdict.DIFFERENT)
    assert not standing.reopened


@pytest.mark.parametrize(
    ("now", "fields"),
    [
        (replace(CUSTOMER, names=("Karim Hadad",)), ("names",)),
        (replace(CUSTOMER, names=("Haddad Karim",)), ("names",)),
        (replace(CUSTOMER, birth_dates=("1961",)), ("dates",)),
        (replace(CUSTOMER, birth_dates=()), ("dates",)),
        (replace(CUSTOMER, countries=("lb", "sy")), ("countries",)),
        (replace(CUSTOMER, identifiers=("RL 124",)), ("identifiers",)),
        (replace(CUSTOMER, gender=""), ("gender",)),
    ],
)
def test_a_material_change_of_the_customer_reopens(
    store: Store, now: Subject, fields: tuple[str, ...]
) -> None:
    decide(store)
    standing = stands(store, customer=now)
    assert (standing.state, standing.fields) == (State.CUSTOMER, fields)
    assert standing.reopened


@pytest.mark.parametrize(
    "now",
    [
        replace(CUSTOMER, names=("KARIM  HADDAD",)),
        replace(CUSTOMER, names=("Karim Haddad", "Karím Haddad")),
        replace(CUSTOMER, birth_dates=("1970-03-01", "1970")),
        replace(CUSTOMER, identifiers=("rl-123",)),
        replace(CUSTOMER, positions=("Accountant",), addresses=("Beirut",)),
    ],
)
def test_what_says_the_same_or_is_not_material_reopens_nothing(store: Store, now: Subject) -> None:
    decide(store)
    assert stands(store, customer=now).cleared


@pytest.mark.parametrize(
    ("properties", "fields"),
    [
        ({"alias": ("Abu Salim",)}, ("names",)),
        ({"weakAlias": ("Abu Salim",)}, ("names",)),
        ({"birthDate": ("1961", "1970-03-01")}, ("dates",)),
        ({"citizenship": ("lb",)}, ("countries",)),
        ({"idNumber": ("RL123",)}, ("identifiers",)),
        ({"gender": ("male",)}, ("gender",)),
    ],
)
def test_a_material_change_of_the_listing_reopens(
    store: Store, properties: dict[str, tuple[str, ...]], fields: tuple[str, ...]
) -> None:
    decide(store)
    standing = stands(store, entity=with_values(ENTRY, **properties))
    assert (standing.state, standing.fields) == (State.LISTING, fields)


def test_what_the_list_says_besides_reopens_nothing(store: Store) -> None:
    decide(store)
    entry = with_values(ENTRY, notes=("Reviewed again.",), position=("Trader",))
    assert stands(store, entity=replace(entry, last_change="2026-02-01")).cleared


def test_a_change_taken_back_leaves_the_pair_cleared(store: Store) -> None:
    decide(store)
    assert not stands(store, entity=with_values(ENTRY, birthDate=("1970",))).cleared
    assert stands(store).cleared


def test_an_entry_that_is_merged_stays_cleared_under_its_new_id(store: Store) -> None:
    decide(store)
    merged = replace(ENTRY, id="NK-1", referents=("A", "B"))
    assert stands(store, entity=merged).cleared


def test_merging_two_cleared_entries_leaves_the_customer_cleared(store: Store) -> None:
    other = listed("B: K. Haddad | 1961-05-05 | sy, iq", "eu")[0]
    decide(store)
    decide(store, entity=other)
    merged = listed("M: Karim Haddad; كريم حداد; K. Haddad | 1961-05-05 | sy, iq | 998877 < A B")[0]
    assert stands(store, entity=merged).cleared


def test_merging_with_an_entry_that_nobody_judged_reopens(store: Store) -> None:
    decide(store)
    merged = listed("M: Karim Haddad; كريم حداد | 1961, 1970-03-01 | sy | 998877 < A B")[0]
    standing = stands(store, entity=merged)
    assert (standing.state, standing.fields) == (State.LISTING, ("dates",))


def test_the_newest_of_merged_judgements_decides(store: Store) -> None:
    other = replace(ENTRY, id="B")
    decide(store)
    decide(store, Verdict.SAME, entity=other)
    merged = replace(ENTRY, id="M", referents=("A", "B"))
    assert stands(store, entity=merged).holds(Verdict.SAME)


def test_a_later_judgement_takes_the_place_of_an_earlier_and_both_are_kept(store: Store) -> None:
    decide(store, Verdict.UNSURE, why="no date of birth yet")
    decide(store, Verdict.DIFFERENT)
    assert stands(store).cleared
    with store.reading() as connection:
        made = [each.verdict for each in history(connection, customer="17")]
    assert made == [Verdict.UNSURE, Verdict.DIFFERENT]


def test_a_judgement_runs_out_after_its_last_day(store: Store) -> None:
    decide(store, until=date(2026, 3, 31))
    assert stands(store, at=datetime(2026, 3, 31, 23, 59, tzinfo=UTC)).cleared
    assert stands(store, at=datetime(2026, 4, 1, tzinfo=UTC)).state is State.EXPIRED


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"why": "  "}, "needs a reason"),
        ({"why": "x" * 2001}, "at most 2000"),
        ({"until": (AT - timedelta(days=1)).date()}, "cannot be over"),
    ],
)
def test_what_cannot_be_meant_is_refused(store: Store, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        decide(store, **wrong)  # type: ignore[arg-type]
    with store.reading() as connection:
        assert history(connection) == []


def test_a_judgement_is_in_the_journal_with_its_reason(store: Store) -> None:
    decide(store)
    with store.reading() as connection:
        (line,) = journal.last_lines(connection, 1)
    assert (line.action, line.subject, line.actor) == ("judgement.made", "customer 17", JUDGED_BY)
    assert "born nine years later" in line.details


@pytest.mark.parametrize("statement", ["UPDATE judgements SET why = 'x'", "DELETE FROM judgements"])
def test_the_database_refuses_to_edit_history(store: Store, statement: str) -> None:
    decide(store)
    with pytest.raises(sa.exc.IntegrityError, match="history"), store.begin() as unit:
        unit.connection.exec_driver_sql(statement)


NAMES = st.lists(st.sampled_from(["Karim Haddad", "كريم حداد", "Ivan Petrov"]), max_size=3)
DATES = st.lists(st.sampled_from(["1970", "1970-03", "1970-03-01", "1961"]), max_size=3)
MATERIALS = st.builds(
    lambda names, dates, countries: of_subject(
        Subject(tuple(names), "person", tuple(dates), tuple(countries))
    ),
    NAMES,
    DATES,
    st.lists(st.sampled_from(["lb", "sy"]), max_size=2),
)


@given(MATERIALS)
def test_material_survives_being_written(known: Material) -> None:
    assert material.read(material.written(known)) == known


@given(MATERIALS, MATERIALS, MATERIALS)
def test_knowing_both_sides_is_a_union(a: Material, b: Material, c: Material) -> None:
    assert a | a == a
    assert a | b == b | a
    assert (a | b) | c == a | (b | c)
    assert changed(a, b) == changed(b, a)


@given(NAMES, DATES, st.randoms(use_true_random=False))
def test_order_case_and_repetition_are_no_change(
    names: list[str], dates: list[str], random
) -> None:  # type: ignore[no-untyped-def]
    def shuffled(values: list[str]) -> tuple[str, ...]:
        again = [*values, *values]
        random.shuffle(again)
        return tuple(again)

    noisy = tuple(f" {name.upper()}\u200f" for name in shuffled(names))
    one = of_subject(Subject(tuple(names), "person", tuple(dates)))
    assert one == of_subject(Subject(noisy, "person", shuffled(dates)))


def test_every_material_field_has_a_word() -> None:
    from taawun.wording import known

    assert all(known(f"judgement.field.{field}") for field in FIELDS)
    assert all(known(f"judgement.state.{state}") for state in State)
    assert all(known(f"judgement.{verdict}") for verdict in Verdict)
