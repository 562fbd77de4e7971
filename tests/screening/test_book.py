"""The book on disk: what is written is read back, and what is damaged is said."""

from __future__ import annotations

import gc
import string
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taawun.entities.entity import Entity, Value
from taawun.errors import InputError, StoreError
from taawun.screening import binding
from taawun.screening.book import Book, build
from taawun.screening.facets import moment

Said = dict[str, list[str]]


def entity(name: str, schema: str, said: Said, **rest: object) -> Entity:
    """One made-up entity of list "made", its properties as plain texts."""
    datasets = rest.pop("datasets", ("made",))
    properties = {
        prop: tuple(Value(text, dataset=datasets[0]) for text in texts)  # type: ignore[index]
        for prop, texts in said.items()
    }
    return Entity(id=name, schema=schema, properties=properties, datasets=datasets, **rest)  # type: ignore[arg-type]


PEOPLE = (
    entity(
        "MD.1",
        "Person",
        {
            "name": ["Ziyad Qamhani", "زياد القمحاني"],
            "birthDate": ["1971-04-02"],
            "nationality": ["sy"],
            "topics": ["sanction"],
            "passportNumber": ["X 123-456"],
        },
        last_change="2026-01-02T10:00:00",
        first_seen="2020-05-01",
        referents=("OLD.9",),
    ),
    entity(
        "MD.2",
        "Company",
        {"name": ["Qamhani Grain Trading"], "jurisdiction": ["lb"], "topics": ["sanction"]},
        last_change="2025-01-02",
    ),
    entity("MD.3", "Ownership", {"owner": ["OLD.9"], "asset": ["MD.2"], "percentage": ["60"]}),
    entity("MD.4", "Sanction", {"entity": ["MD.1"], "authority": ["Made-up Council"]}),
    entity(
        "MD.5", "Person", {"name": ["Müller, Jörg"], "country": ["de"]}, datasets=("other", "made")
    ),
)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    build(PEOPLE, tmp_path / "book")
    return Book.open(tmp_path / "book")


def test_what_was_bound_is_read_back(book: Book) -> None:
    assert tuple(book) == PEOPLE
    assert [book.at(number) for number in range(book.count)] == list(PEOPLE)


def test_every_id_and_every_merged_id_is_found(book: Book) -> None:
    assert [book.number(each.id) for each in PEOPLE] == [0, 1, 2, 3, 4]
    assert book.number("OLD.9") == 0
    assert book.canonical("OLD.9") == "MD.1"
    assert book.canonical("MD.1") == "MD.1"
    assert book.entity("OLD.9") == PEOPLE[0]
    assert book.number("nobody") is None
    assert book.canonical("") is None


def test_relations_are_seen_from_both_ends(book: Book) -> None:
    owner = {(tie.prop, book.id_at(tie.other), tie.inward) for tie in book.ties(0)}
    assert owner == {("ownershipOwner", "MD.3", True), ("sanctions", "MD.4", True)}
    assert [(tie.prop, tie.other) for tie in book.ties(2)] == [("owner", 0), ("asset", 1)]
    assert {each.id for each in book.adjacent("OLD.9")} == {"MD.3", "MD.4"}
    assert book.adjacent("nobody") == ()


def test_the_shown_entity_is_followthemoney_with_whole_times(book: Book) -> None:
    shown = orjson.loads(book.shown(0))
    assert shown["caption"] == "Ziyad Qamhani"
    assert shown["properties"]["name"] == ["Ziyad Qamhani", "زياد القمحاني"]
    assert shown["last_change"] == "2026-01-02T10:00:00"
    assert shown["first_seen"] == "2020-05-01T00:00:00"
    assert shown["last_seen"] is None
    assert shown["referents"] == ["OLD.9"]


def test_an_id_on_two_lists_becomes_one_entity_and_each_value_keeps_who_said_it(
    tmp_path: Path,
) -> None:
    first = entity(
        "A", "LegalEntity", {"name": ["One"], "country": ["fr"]}, last_change="2020-01-01"
    )
    second = entity("A", "Company", {"name": ["One", "Uno"]}, datasets=("other",), target=False)
    build([first, PEOPLE[1], second], tmp_path)
    found = Book.open(tmp_path)
    assert found.count == 2
    one = found.at(0)
    assert (one.schema, one.datasets, one.target) == ("Company", ("made", "other"), True)
    assert [(v.text, v.dataset) for v in one.properties["name"]] == [
        ("One", "made"),
        ("One", "other"),
        ("Uno", "other"),
    ]
    assert orjson.loads(found.shown(0))["properties"]["name"] == ["One", "Uno"]
    assert found.at(1) == PEOPLE[1]


def test_filters_and_counts(book: Book) -> None:
    facets = book.facets
    assert np.flatnonzero(facets["countries"].having(["sy", "lb"])).tolist() == [0, 1]
    assert np.flatnonzero(facets["datasets"].having(["other"])).tolist() == [4]
    assert np.flatnonzero(facets["topics"].having(["nothing"])).tolist() == []
    everything = np.arange(book.count)
    assert facets["datasets"].counts(everything) == [("made", 5), ("other", 1)]
    assert facets["topics"].counts(everything) == [("sanction", 2)]
    assert np.flatnonzero(book.changed_since(moment("2025-06-01"))).tolist() == [0]


def test_an_empty_book_opens(tmp_path: Path) -> None:
    build([], tmp_path)
    book = Book.open(tmp_path)
    assert (book.count, list(book), book.number("x")) == (0, [], None)
    assert book.facets["schema"].counts(np.array([], dtype=np.int64)) == []


def test_an_entity_without_an_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="without an id"):
        build([replace(PEOPLE[0], id="")], tmp_path)


@pytest.mark.parametrize("name", [binding.SHELF, binding.RECORDS, binding.SHOWN])
def test_a_file_cut_short_is_said_to_be_half_written(tmp_path: Path, name: str) -> None:
    build(PEOPLE, tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[:-7])
    with pytest.raises(StoreError, match=f"{name}.*half-written"):
        Book.open(tmp_path)


@pytest.mark.parametrize("name", [binding.SHELF, binding.RECORDS, binding.SHOWN])
def test_a_file_that_is_gone_is_named(tmp_path: Path, name: str) -> None:
    build(PEOPLE, tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(StoreError, match=name):
        Book.open(tmp_path)


@pytest.mark.parametrize("at", [0, 9, 30])
def test_a_damaged_header_is_refused(tmp_path: Path, at: int) -> None:
    build(PEOPLE, tmp_path)
    raw = bytearray((tmp_path / binding.SHELF).read_bytes())
    raw[at] ^= 0xFF
    (tmp_path / binding.SHELF).write_bytes(bytes(raw))
    with pytest.raises(StoreError):
        Book.open(tmp_path)


def test_a_damaged_record_is_said_with_its_number(tmp_path: Path) -> None:
    build(PEOPLE, tmp_path)
    raw = bytearray((tmp_path / binding.RECORDS).read_bytes())
    raw[0] = 0
    (tmp_path / binding.RECORDS).write_bytes(bytes(raw))
    book = Book.open(tmp_path)
    with pytest.raises(StoreError, match="entity 0 is damaged"):
        book.at(0)
    assert book.at(1) == PEOPLE[1]


def test_a_book_stays_readable_while_a_new_one_takes_its_place(tmp_path: Path) -> None:
    build(PEOPLE, tmp_path)
    old = Book.open(tmp_path)
    (tmp_path / binding.RECORDS).unlink()
    (tmp_path / binding.SHELF).unlink()
    build(PEOPLE[:1], tmp_path)
    assert old.at(4) == PEOPLE[4]
    assert Book.open(tmp_path).count == 1
    gc.collect()


texts = st.text(
    alphabet=st.one_of(
        st.sampled_from(string.printable + "زيادқЖ한漢"), st.characters(codec="utf-8")
    ),
    max_size=12,
)
values = st.builds(
    Value, text=texts, dataset=st.sampled_from(["", "made", "b"]), lang=texts, original=texts
)
entities = st.builds(
    Entity,
    id=texts.filter(bool),
    schema=st.sampled_from(["Person", "Company", "Ownership", "Nothing"]),
    properties=st.dictionaries(
        st.sampled_from(["name", "owner", "idNumber", "odd"]),
        st.lists(values, max_size=3).map(tuple),
        max_size=3,
    ),
    datasets=st.lists(st.sampled_from(["made", "b"]), unique=True, max_size=2).map(tuple),
    referents=st.lists(texts.filter(bool), max_size=2).map(tuple),
    target=st.booleans(),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listed=st.lists(entities, max_size=8, unique_by=lambda each: each.id))
def test_any_entities_are_read_back(tmp_path: Path, listed: list[Entity]) -> None:
    build(listed, tmp_path / "any")
    book = Book.open(tmp_path / "any")
    assert list(book) == listed
    assert [book.number(each.id) for each in listed] == list(range(len(listed)))
    for number, each in enumerate(listed):
        for other in each.referents:
            assert book.number(other) is not None
        assert orjson.loads(book.shown(number))["id"] == each.id
