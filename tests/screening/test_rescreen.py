"""A list update looks again at whom it may touch, and everybody's coverage can be shown."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taawun.entities.entity import Entity, Value
from taawun.entities.ftm import to_ftm
from taawun.errors import Conflict, NotFound, UsageError
from taawun.lists.registry import Lists
from taawun.screening import portfolio, runs
from taawun.screening.judgements import Pair, Verdict, judge
from taawun.screening.material import of_entity, of_subject
from taawun.screening.rescreen import BATCH, Rescreening, Touch, rescreen, touched
from taawun.screening.runs import Question
from taawun.screening.subject import Screening, Subject
from taawun.store import Store, journal, open_store
from tests.screening.watched import AT, Plain, customers, keep_file, listed, updated

LIST = """
A: karim haddad; abu salim | 1961 | sy
B: ivan petrov | 1970 | ru
C: nadia sorour
"""
CLIENTS = """
1: karim haddad | 1970-03-01 | lb
2: ivan petrov
3: maria rossi
4: nadia sorour
5: omar hamdan
"""


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = open_store(home)
    yield opened
    opened.close()


def found(done: Rescreening) -> list[tuple[str, str, str]]:
    return [(each.what, each.customer, each.hit.entity) for each in done.findings]


def change(store: Store, after: str, **options: object) -> tuple[Rescreening, Plain]:
    """Keep the customers against LIST, then rescreen them against `after`."""
    before, screener = Plain(listed(LIST)), Plain(listed(after))
    keep_file(store, before, customers(CLIENTS))
    done = updated(store, before, screener, **options)  # type: ignore[arg-type]
    return done, screener


def clear(store: Store, customer: str, entity: Entity, until: datetime | None = None) -> None:
    subject = dict(customers(CLIENTS))[customer]
    with store.begin() as unit:
        judge(
            unit,
            Pair("retail", customer, entity.id),
            Verdict.DIFFERENT,
            why="another man",
            until=until.date() if until else None,
            caption=entity.caption,
            customer=of_subject(subject),
            entity=of_entity(entity),
            at=AT,
            actor="ana",
        )


def test_a_file_is_kept_with_its_no_hits(store: Store) -> None:
    run = keep_file(store, Plain(listed(LIST)), customers(CLIENTS))
    with store.reading() as connection:
        covered = portfolio.coverage(connection, "retail", {"un": "1"})
        kept = {
            each.customer: [hit.entity for hit in each.hits]
            for each in portfolio.watched(connection, "retail")
        }
    assert (run.outcome, covered.customers, covered.screened, covered.clear) == ("covered", 5, 5, 2)
    assert covered.whole
    assert kept == {"1": ["A"], "2": ["B"], "3": [], "4": ["C"], "5": []}


def test_an_added_entity_touches_only_whom_it_may_be(store: Store) -> None:
    done, screener = change(store, LIST + "D: omar hamdan")
    assert found(done) == [("new", "5", "D")]
    assert (done.looked_at, screener.asked) == (1, 1)
    assert (done.coverage.whole, done.coverage.clear) == (True, 1)


def test_an_entity_that_is_gone_is_said(store: Store) -> None:
    done, _ = change(store, LIST.replace("B: ivan petrov | 1970 | ru\n", ""))
    assert found(done) == [("gone", "2", "B")]


def test_a_new_alias_makes_a_new_hit(store: Store) -> None:
    done, _ = change(store, LIST.replace("C: nadia sorour", "C: nadia sorour; maria rossi"))
    assert found(done) == [("new", "3", "C")]
    assert done.looked_at == 2


def test_a_change_that_alters_no_hit_is_covered_and_says_nothing(store: Store) -> None:
    done, _ = change(store, LIST.replace("| 1970 |", "| 1971 |"))
    assert (found(done), done.looked_at, done.coverage.whole) == ([], 1, True)


def test_merged_entries_are_neither_new_nor_gone(store: Store) -> None:
    done, _ = change(store, LIST.replace("A: karim", "M: karim").replace("| sy", "| sy < A"))
    assert (found(done), done.looked_at) == ([], 1)


def test_a_cleared_hit_stays_quiet_until_the_listing_changes(store: Store) -> None:
    entities = listed(LIST)
    keep_file(store, Plain(entities), customers(CLIENTS))
    clear(store, "1", entities[0])
    more = LIST + "D: nobody else"
    done = updated(store, Plain(entities), Plain(listed(more)))
    assert found(done) == []
    changed = more.replace("| 1961 |", "| 1970-03-01 |")
    done = updated(store, Plain(listed(more)), Plain(listed(changed)), version="3", days=2)
    assert found(done) == [("reopened", "1", "A")]
    assert done.findings[0].fields == ("dates",)


def test_a_cleared_hit_stays_quiet_when_its_entry_is_merged(store: Store) -> None:
    entities = listed(LIST)
    keep_file(store, Plain(entities), customers(CLIENTS))
    clear(store, "1", entities[0])
    merged = LIST.replace("A: karim", "M: karim").replace("| sy", "| sy < A")
    assert found(updated(store, Plain(entities), Plain(listed(merged)))) == []


def test_a_judgement_that_ran_out_brings_the_hit_back(store: Store) -> None:
    entities = listed(LIST)
    keep_file(store, Plain(entities), customers(CLIENTS))
    clear(store, "1", entities[0], until=AT + timedelta(days=5))
    same = Plain(entities)
    assert found(updated(store, same, same, days=5)) == []
    assert found(updated(store, same, same, days=6)) == [("reopened", "1", "A")]
    assert updated(store, same, same, days=7).looked_at == 0


def test_an_incomplete_screening_is_no_clear_and_is_done_again(store: Store) -> None:
    hurried = Plain(listed(LIST))
    hurried.complete = False
    keep_file(store, hurried, customers(CLIENTS))
    with store.reading() as connection:
        covered = portfolio.coverage(connection, "retail", {"un": "1"})
    assert (covered.whole, covered.incomplete, covered.clear) == (False, 5, 0)
    calm = Plain(listed(LIST))
    done = updated(store, calm, calm)
    assert (done.looked_at, done.coverage.whole, done.coverage.clear) == (5, True, 2)


def test_coverage_names_the_lists_that_it_is_behind(store: Store) -> None:
    keep_file(store, Plain(listed(LIST)), customers(CLIENTS))
    with store.reading() as connection:
        covered = portfolio.coverage(connection, "retail", {"un": "2", "eu": "1"})
    assert (covered.behind, covered.whole) == (("eu", "un"), False)


def test_coverage_of_some_lists_is_about_those(store: Store) -> None:
    keep_file(store, Plain(listed(LIST)), customers(CLIENTS), question=Question(("un",)))
    with store.reading() as connection:
        assert portfolio.coverage(connection, "retail", {"un": "1", "eu": "1"}).whole


def test_everybody_on_request(store: Store) -> None:
    done, screener = change(store, LIST, everyone=True)
    assert (done.looked_at, screener.asked, found(done)) == (5, 5, [])
    assert done.run.scope == "all"


def test_whole_lists_touch_everybody(store: Store) -> None:
    keep_file(store, Plain(listed(LIST)), customers(CLIENTS))
    screener = Plain(listed(LIST) + listed("E: omar hamdan", "eu"))
    done = rescreen(
        store,
        screener,
        "retail",
        Touch(lists=("eu",)),
        versions={"un": "1", "eu": "1"},
        at=AT,
        actor="ana",
    )
    assert (done.looked_at, found(done)) == (5, [("new", "5", "E")])


def test_who_is_not_in_the_next_file_leaves_and_history_stays(store: Store) -> None:
    screener = Plain(listed(LIST))
    first = keep_file(store, screener, customers(CLIENTS))
    keep_file(store, screener, customers("1: karim haddad\n6: ivan petrov"))
    with store.reading() as connection:
        now = [each.customer for each in portfolio.watched(connection, "retail")]
        then = [customer for customer, _ in portfolio.kept_in(connection, first)]
    assert (now, then) == (["1", "6"], ["1", "2", "3", "4", "5"])


def test_an_id_that_stands_twice_is_a_problem_and_the_first_is_kept(store: Store) -> None:
    screener = Plain(listed(LIST))
    said = customers("1: karim haddad\n1: karim haddad\n1: somebody else")
    with store.begin() as unit:
        run = runs.begin(
            unit,
            "retail",
            "file",
            versions={},
            question=Question(),
            scope="all",
            at=AT,
            actor="ana",
        )
        found = [(id_, subject, screener.screen(subject)) for id_, subject in said]
        problems = [*portfolio.keep(unit, run, found[:2], at=AT)]
        problems += portfolio.keep(unit, run, found[1:], at=AT)
    assert [(each.code, each.got) for each in problems] == [("rescreening.customer_twice", "1")]
    with store.reading() as connection:
        (kept,) = portfolio.watched(connection, "retail")
    assert kept.subject.names == ("karim haddad",)


def test_a_run_that_was_cut_short_goes_on_and_another_question_abandons_it(store: Store) -> None:
    def begin(version: str) -> runs.Run:
        with store.begin() as unit:
            return runs.begin(
                unit,
                "retail",
                "file",
                versions={"un": version},
                question=Question(),
                scope="all",
                at=AT,
                actor="ana",
            )

    first = begin("1")
    assert begin("1") == first
    second = begin("2")
    assert second.number != first.number
    with store.reading() as connection:
        assert runs.run_of(connection, first.number).outcome == "abandoned"
        with pytest.raises(NotFound):
            runs.last_covered(connection, "retail")


def test_a_closed_run_and_what_it_kept_cannot_be_edited(store: Store) -> None:
    run = keep_file(store, Plain(listed(LIST)), customers(CLIENTS))
    for statement in (
        "UPDATE screenings SET hits = '[]'",
        "DELETE FROM screenings",
        "UPDATE runs SET versions = '{}'",
        "DELETE FROM runs",
    ):
        with pytest.raises(sa.exc.IntegrityError), store.begin() as unit:
            unit.connection.exec_driver_sql(statement)
    with pytest.raises(sa.exc.IntegrityError), store.begin() as unit:
        runs.end(unit, run, "abandoned", AT)


def test_the_journal_shows_who_screened_what_against_which_lists(store: Store) -> None:
    keep_file(store, Plain(listed(LIST)), customers(CLIENTS))
    with store.reading() as connection:
        begun, ended = journal.last_lines(connection, 2)
        assert journal.verify(connection, store.home).whole
    assert (begun.action, ended.action) == ("portfolio.screening", "portfolio.screened")
    assert orjson.loads(begun.details)["versions"] == {"un": "1"}
    assert orjson.loads(ended.details)["clear"] == 2
    assert "haddad" not in begun.details + ended.details


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65])
def test_a_portfolio_has_a_plain_name(store: Store, name: str) -> None:
    with pytest.raises(UsageError, match="portfolio"):
        keep_file(store, Plain([]), [], name=name)


def test_an_unknown_portfolio_or_customer_is_said(store: Store) -> None:
    same = Plain(listed(LIST))
    with pytest.raises(NotFound, match="--keep"):
        updated(store, same, same)
    for name in ("retail", "private"):
        keep_file(store, same, customers("1: karim haddad"), name=name)
    with store.reading() as connection:
        with pytest.raises(NotFound, match="several portfolios"):
            portfolio.the_customer(connection, "1")
        with pytest.raises(NotFound, match="no customer '7'"):
            portfolio.the_customer(connection, "7")
        assert portfolio.the_customer(connection, "1", "private")[0] == "private"


class Deadly(Plain):
    """Ends the process in the middle of a rescreening."""

    left = BATCH + 50

    def screen(self, subject: Subject, **options: object) -> Screening:  # type: ignore[override]
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().screen(subject, **options)  # type: ignore[arg-type]


MANY = [(f"{number:04}", Subject((f"omar hamdan {number}",))) for number in range(2 * BATCH)]


def rescreen_and_die(home: Path) -> None:
    store = open_store(home)
    updated(store, Plain([]), Deadly(listed("D: omar hamdan")), everyone=True)


def test_a_killed_rescreening_goes_on_where_it_was_and_reports_the_whole(home: Path) -> None:
    store = open_store(home)
    keep_file(store, Plain([]), MANY)
    process = multiprocessing.get_context("spawn").Process(target=rescreen_and_die, args=(home,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    screener = Plain(listed("D: omar hamdan"))
    done = updated(store, Plain([]), screener, everyone=True)
    store.close()
    assert screener.asked == BATCH
    assert (done.looked_at, len(done.of("new"))) == (2 * BATCH, 0)
    assert done.coverage.whole


def test_two_rescreenings_at_once_do_not_mix(store: Store) -> None:
    same = Plain(listed(LIST))
    keep_file(store, same, customers(CLIENTS))

    class Nested(Plain):
        def screen(self, subject: Subject, **options: object) -> Screening:  # type: ignore[override]
            return updated(store, same, same, everyone=True)  # type: ignore[return-value]

    with pytest.raises(Conflict, match="nothing was changed"):
        updated(store, same, Nested(listed(LIST)), everyone=True)


NUMBERS = count()
WORDS = st.sampled_from(["karim", "omar", "nadia", "haddad", "petrov", "rossi"])
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
ENTRIES = st.dictionaries(
    st.sampled_from("ABCDEF"), st.lists(NAMES, min_size=1, max_size=2), max_size=6
)


def entities(entries: dict[str, list[str]]) -> list[Entity]:
    return [
        Entity(id_, "Person", {"name": tuple(Value(name, "un") for name in names)}, ("un",))
        for id_, names in entries.items()
    ]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ENTRIES, ENTRIES, st.lists(NAMES, max_size=6))
def test_looking_at_the_touched_finds_what_looking_at_everybody_finds(
    store: Store,
    before: dict[str, list[str]],
    after: dict[str, list[str]],
    names: list[str],
) -> None:
    old, new = Plain(entities(before)), Plain(entities(after))
    clients = [(str(number), Subject((name,))) for number, name in enumerate(names)]
    answers = []
    for everyone in (False, True):
        name = f"portfolio-{next(NUMBERS)}"
        keep_file(store, old, clients, name=name)
        done = updated(store, old, new, name=name, everyone=everyone)
        with store.reading() as connection:
            kept = [(each.customer, each.hits) for each in portfolio.watched(connection, name)]
        answers.append((kept, done.findings, done.coverage.clear))
    assert answers[0] == answers[1]


# Which entities a list's update touches


def write(path: Path, found: list[Entity]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(to_ftm(entity)) + b"\n" for entity in found))
    return path


def paper(holder: str, number: str) -> Entity:
    said = {"holder": (Value(holder),), "number": (Value(number),)}
    return Entity(f"{holder}-passport", "Passport", said, ("national",), target=False)


def test_a_new_paper_touches_its_holder_and_a_new_list_everybody(
    store: Store, home: Path, tmp_path: Path
) -> None:
    lists = Lists(store, home)
    people = listed("\n".join(f"P{n}: person number{n}" for n in range(20)), "national")
    first = write(tmp_path / "national.json", [*people, paper("P3", "A1")])
    old = lists.add("ftm", first, name="national", at=AT, actor="ana").version
    people[5] = listed("P5: person renamed", "national")[0]
    second = write(tmp_path / "national.json", [*people, paper("P3", "B2")])
    later = AT.replace(tzinfo=UTC) + timedelta(days=1)
    new = lists.add("ftm", second, name="national", at=later, actor="ana").version
    touch = touched(lists, {"national": old}, {"national": new})
    assert {"P3", "P5"} <= touch.ids
    assert touch.lists == ()
    assert "P4" not in touch.ids
    assert touched(lists, {"national": new}, {"national": new}) == Touch()
    assert touched(lists, {}, {"national": new}) == Touch(lists=("national",))
    assert touched(lists, {"gone": "1"}, {}) == Touch(lists=("gone",))
    assert touched(lists, {"national": "pruned"}, {"national": new}).lists == ("national",)
