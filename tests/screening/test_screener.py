"""The whole answer: hits, what is left out, what is said when time runs out, many threads."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taawun.entities.entity import Entity
from taawun.errors import InputError, NotFound, StoreError
from taawun.screening.screener import CURRENT, INDEX, Screener, folder_in_force
from taawun.screening.subject import Screening, Subject
from tests.names.strange import noisy, persons
from tests.screening.listing import LISTED, entities, entity, indexed


@pytest.fixture(scope="module")
def screener(tmp_path_factory: pytest.TempPathFactory) -> Screener:
    return indexed(entities(), tmp_path_factory.mktemp("home"))


def ids(found: Screening) -> list[str]:
    return [hit.entity for hit in found.hits]


def codes(found: Screening, id_: str) -> list[str]:
    (hit,) = (hit for hit in found.hits if hit.entity == id_)
    return [feature.code.removeprefix("screening.") for feature in hit.features]


@pytest.mark.parametrize(
    ("asked", "kind", "first"),
    [
        ("Zubair Al-Qamhani", "person", "P1"),
        ("زبير القمحاني", "person", "P1"),
        ("Tancredi, Ermenegildo", "person", "P3"),
        ("Sergei Shcherbakov", "person", "P4"),
        ("Wang Xiaoming", "person", "P5"),
        ("Qamhani Grain Trading", "company", "C1"),
        ("Sanabil Trading", "company", "C2"),
        ("Forty-fourth Brigade", "company", "C3"),
        ("Victory 3", "vessel", "V1"),
        ("Victory", "vessel", "V2"),
        ("Karim Zaydan Holding", "company", "L1"),
        ("Karim Zaydan Holding", "", "L1"),
    ],
)
def test_who_is_found_first(screener: Screener, asked: str, kind: str, first: str) -> None:
    found = screener.screen(Subject((asked,), kind))
    assert ids(found)[0] == first
    assert found.hits[0].match
    assert found.complete


def test_a_person_is_no_company_and_an_address_is_nobody(screener: Screener) -> None:
    assert ids(screener.screen(Subject(("Zubayr Qamhani",), "vessel"))) == []
    assert "P1" not in ids(screener.screen(Subject(("Zubayr Qamhani",), "company")))
    assert "A1" not in ids(screener.screen(Subject(("Zubayr Qamhani",)), cutoff=0.0))


def test_namesakes_are_told_apart_by_what_else_is_known(screener: Screener) -> None:
    name = ("Zubayr Qamhani",)
    one = screener.screen(Subject(name, "person", ("1971-04-02",), ("sy",)), cutoff=0.0)
    other = screener.screen(Subject(name, "person", ("1988-01-05",), ("lb",)), cutoff=0.0)
    neither = screener.screen(Subject(name, "person"))
    assert (ids(one)[0], ids(other)[0]) == ("P1", "P2")
    assert one.hits[0].score > neither.hits[0].score > one.hits[1].score
    assert codes(one, "P1")[0] == "name"
    assert {"birth.exact", "country.shared", "gender.unknown"} <= set(codes(one, "P1"))
    assert {"birth.conflict", "country.apart"} <= set(codes(one, "P2"))


def test_what_is_unknown_is_said_and_moves_nothing(screener: Screener) -> None:
    plain = screener.screen(Subject(("Wang Xiaoming",), "person"))
    asked = screener.screen(Subject(("Wang Xiaoming",), "person", ("1971",), gender="male"))
    assert asked.hits[0].score == plain.hits[0].score
    assert {"birth.unknown", "gender.unknown"} <= set(codes(asked, "P5"))


def test_weak_and_former_names_say_so(screener: Screener) -> None:
    weak = screener.screen(Subject(("Gildo the Miller",), "person"))
    former = screener.screen(Subject(("Qutayba Zaydani",), "person"))
    assert "name.weak" in codes(weak, "P3")
    assert "name.previous" in codes(former, "P6")


def test_every_name_of_the_subject_is_looked_for(screener: Screener) -> None:
    found = screener.screen(Subject(("Nobody Atall", "Ermenegildo Tancredi"), "person"))
    assert ids(found) == ["P3"]
    assert ids(screener.screen(Subject((), "person"))) == []


def test_the_comparison_is_the_first_feature(screener: Screener) -> None:
    (hit,) = screener.screen(Subject(("Zubair al-Qamhani", "x"), "person"), limit=1).hits
    name = hit.features[0]
    assert (name.query, name.points) == ("Zubair al-Qamhani", 0.0)
    assert name.candidate in ("Zubayr Qamhani", "زبير القمحاني")
    assert float(name.params["score"]) > 0.7
    assert "Zubair" in name.params["met"]


# --- what is left out -----------------------------------------------------------------------


def test_limit_threshold_and_cutoff(screener: Screener) -> None:
    asked = Subject(("Zubayr Qamhani",), "person")
    every = screener.screen(asked, limit=50, cutoff=0.0)
    assert [hit.score for hit in every.hits] == sorted((h.score for h in every.hits), reverse=True)
    assert len(screener.screen(asked, limit=1).hits) == 1
    assert screener.screen(asked, limit=0).hits == ()
    assert not any(hit.match for hit in screener.screen(asked, threshold=0.9999).hits)
    assert all(hit.match for hit in screener.screen(asked, threshold=0.0).hits)
    assert screener.screen(asked, cutoff=1.0).hits == ()


def test_excluded_ids_and_refused_entities_are_left_out(tmp_path: Path) -> None:
    twins = [
        Entity(e.id, e.schema, e.properties, e.datasets, referents=(f"OLD.{e.id}",))
        for e in entities("P1: Person: Zubayr Qamhani\nP2: Person: Zubayr Qamhani")
    ]
    screener, asked = indexed(twins, tmp_path), Subject(("Zubayr Qamhani",), "person")
    assert ids(screener.screen(asked)) == ["P1", "P2"]
    assert ids(screener.screen(asked, exclude_ids=frozenset({"P1"}))) == ["P2"]
    assert ids(screener.screen(asked, exclude_ids=frozenset({"OLD.P1"}))) == ["P2"]
    assert ids(screener.screen(asked, exclude_ids=frozenset({"P1", "OLD.P2"}))) == []
    assert ids(screener.screen(asked, allow=lambda entity: entity.id == "P2")) == ["P2"]
    assert screener.canonical("OLD.P1") == "P1"
    assert screener.entity("OLD.P1") == twins[0]
    assert screener.entity("nobody") is None
    assert screener.canonical("nobody") is None


def test_only_the_asked_lists_are_screened(tmp_path: Path) -> None:
    lists = [
        *entities("A: Person: Zubayr Qamhani", "one"),
        *entities("B: Person: Zubayr Qamhani", "two"),
    ]
    screener, asked = indexed(lists, tmp_path), Subject(("Zubayr Qamhani",), "person")
    assert ids(screener.screen(asked, datasets=frozenset({"two"}))) == ["B"]
    assert ids(screener.screen(asked, datasets=frozenset({"one", "two"}))) == ["A", "B"]
    assert ids(screener.screen(asked, datasets=frozenset())) == []
    assert screener.screen(asked, datasets=frozenset({"two"})).hits[0].dataset == "two"


def test_excluding_many_namesakes_leaves_the_others(tmp_path: Path) -> None:
    screener = indexed([entity(f"E{n}: Person: Muhammad Ali") for n in range(450)], tmp_path)
    first = frozenset(f"E{n}" for n in range(430))
    found = screener.screen(Subject(("Muhammad Ali",), "person"), limit=100, exclude_ids=first)
    assert len(found.hits) == 20


def test_the_one_of_many_namesakes_whose_country_fits_is_found(tmp_path: Path) -> None:
    lands = [*(f"E{n}: Person: Muhammad Ali | country=fr" for n in range(60))]
    lands.append("E60: Person: Muhammad Ali | country=sy")
    screener = indexed([entity(line) for line in lands], tmp_path)
    found = screener.screen(Subject(("Muhammad Ali",), "person", countries=("sy",)))
    assert found.hits[0].entity == "E60"


def test_an_answer_that_left_namesakes_out_says_so(tmp_path: Path) -> None:
    screener = indexed([entity(f"E{n}: Person: Muhammad Ali") for n in range(90)], tmp_path)
    found = screener.screen(Subject(("Muhammad Ali",), "person"), limit=100)
    assert len(found.hits) == 90 or not found.complete


# --- identifiers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identifier", "id_"), [("9074729", "V1"), ("LB-778899", "C1"), (" 9074729 ", "V1")]
)
@pytest.mark.parametrize("kind", ["person", "company", "vessel", ""])
def test_an_identifier_finds_whatever_the_name(
    screener: Screener, identifier: str, id_: str, kind: str
) -> None:
    found = screener.screen(Subject(("Nobody Atall",), kind, identifiers=(identifier,)))
    assert ids(found) == [id_]
    assert found.hits[0].match
    assert "identifier.same" in codes(found, id_)


@pytest.mark.parametrize(("identifier", "id_"), [("X123456", "P2"), ("LB 778899", "C1")])
def test_an_identifier_is_found_however_it_is_written(
    screener: Screener, identifier: str, id_: str
) -> None:
    found = screener.screen(Subject(("Nobody Atall",), identifiers=(identifier,)))
    assert ids(found) == [id_]


def test_an_identifier_alone_finds(screener: Screener) -> None:
    assert ids(screener.screen(Subject((), identifiers=("9074729",)))) == ["V1"]


def test_an_identifier_raises_a_doubtful_name(screener: Screener) -> None:
    doubtful = Subject(("Zubayr Qamhanov",), "person")
    sure = Subject(("Zubayr Qamhanov",), "person", identifiers=("X 123-456",))
    before = {hit.entity: hit.score for hit in screener.screen(doubtful, cutoff=0.0).hits}
    after = {hit.entity: hit.score for hit in screener.screen(sure, cutoff=0.0).hits}
    assert after["P2"] > 0.9 > before.get("P2", 0.0)


# --- time -----------------------------------------------------------------------------------


def test_an_answer_cut_short_says_so(screener: Screener) -> None:
    asked = Subject(("Zubayr Qamhani",), "person")
    late = screener.screen(asked, deadline=time.monotonic() - 1)
    assert (late.complete, late.candidates, late.hits) == (False, 0, ())
    assert screener.screen(asked, deadline=time.monotonic() + 600).complete


def test_time_that_runs_out_between_two_names_is_said(
    screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0] * 2 + [2.0] * 99)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    found = screener.screen(Subject(("Zubayr Qamhani",), "person"), deadline=1.0)
    assert (found.complete, found.candidates) == (False, 2)
    assert found.hits


# --- sameness -------------------------------------------------------------------------------

ASKED = [
    Subject((name,), kind)
    for line in LISTED.strip().splitlines()
    for name in line.split(":", 2)[2].split("|")[0].split(";")
    for kind in ("person", "company", "vessel", "")
]


def test_many_threads_at_once_answer_as_one_does(tmp_path: Path) -> None:
    one = indexed(entities(), tmp_path)
    alone = [one.screen(asked, cutoff=0.0) for asked in ASKED]
    many = Screener.open(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            found = list(pool.map(lambda asked: many.screen(asked, cutoff=0.0), ASKED))
            assert found == alone
    assert many._sieves.qsize() <= 8


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_the_eye_does_not_see_changes_no_answer(
    screener: Screener, data: st.DataObject
) -> None:
    asked = data.draw(st.sampled_from(ASKED))
    twin = Subject((data.draw(noisy(asked.names[0])),), asked.kind)
    one, other = screener.screen(asked), screener.screen(twin)
    assert [(h.entity, h.score) for h in one.hits] == [(h.entity, h.score) for h in other.hits]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(persons, st.sampled_from(["person", "company", "vessel", ""]))
def test_any_name_is_answered(screener: Screener, text: str, kind: str) -> None:
    found = screener.screen(Subject((text,), kind, ("?",), ("??",), "?", ("?",), ("?",)))
    assert found.complete
    assert all(0.35 <= hit.score < 1.0 for hit in found.hits)


def test_a_name_too_long_to_be_one_is_refused(screener: Screener) -> None:
    with pytest.raises(InputError, match="2,000 characters"):
        screener.screen(Subject(("x" * 2000,), "person"))
    assert ids(screener.screen(Subject(("Wang Xiaoming",), "person"))) == ["P5"]


# --- what is in force -----------------------------------------------------------------------


def test_where_nothing_was_indexed_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no list has been added"):
        Screener.open(tmp_path)


def test_an_index_that_is_gone_is_said(tmp_path: Path) -> None:
    indexed(entities(), tmp_path)
    (tmp_path / INDEX / CURRENT).write_text("20200101T000000000000-1")
    assert folder_in_force(tmp_path).name == "20200101T000000000000-1"
    with pytest.raises(StoreError):
        Screener.open(tmp_path)


def test_an_empty_list_is_screened(tmp_path: Path) -> None:
    found = indexed([], tmp_path).screen(Subject(("Zubayr Qamhani",), identifiers=("1",)))
    assert found == Screening((), 0)
