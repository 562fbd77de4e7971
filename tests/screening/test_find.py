"""Searching by words: what is found, in which order, and what cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.entities.entity import Entity, Value
from taawun.errors import UsageError
from taawun.screening.book import Book, build
from taawun.screening.fold import fold, words
from taawun.screening.query import All, Not, Phrase, Some, Word, parse, parse_simple

LIST = """
MD.1 Person  name=Ziyad Qamhani; name=زياد القمحاني; birthDate=1971-04-02; nationality=sy
MD.2 Company name=Qamhani Grain Trading; jurisdiction=lb; registrationNumber=LB 77-120
MD.3 Person  name=Jörg Müller; topics=role.pep; country=de; position=Minister of Grain
MD.4 Person  name=Maria Ziyad; notes=Cousin of Ziyad Qamhani, trades grain
MD.5 Vessel  name=Victory 3; imoNumber=IMO9000001; flag=pa
MD.6 Company name=沙漠貿易公司; jurisdiction=hk
"""


def read(line: str) -> Entity:
    """`ID Schema prop=text; prop=text` as an entity."""
    name, schema, said = line.split(maxsplit=2)
    properties: dict[str, tuple[Value, ...]] = {}
    for part in said.split("; "):
        prop, text = part.split("=", 1)
        properties[prop] = (*properties.get(prop, ()), Value(text, "made"))
    return Entity(name, schema, properties, datasets=("made",))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder = tmp_path_factory.mktemp("book")
    build(map(read, LIST.strip().splitlines()), folder)
    return Book.open(folder)


def ask(book: Book, text: str, *, simple: bool = False, fuzzy: bool = False) -> list[str]:
    """The ids found, best first."""
    node = parse_simple(text) if simple else parse(text)
    numbers, scores = book.finder.find(node, book.everything(), fuzzy=fuzzy)
    ranked = sorted(zip(scores.tolist(), numbers.tolist(), strict=True), reverse=True)
    return [book.id_at(number) for _, number in ranked]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("qamhani", {"MD.1", "MD.2", "MD.4"}),
        ("ZIYAD qamhani", {"MD.1", "MD.4"}),
        ("ziyad AND qamhani", {"MD.1", "MD.4"}),
        ('"ziyad qamhani"', {"MD.1", "MD.4"}),
        ('"qamhani ziyad"', set()),
        ('names:"ziyad qamhani"', {"MD.1"}),
        ("names:grain", {"MD.2"}),
        ("grain", {"MD.2", "MD.3", "MD.4"}),
        ("grain -minister", {"MD.2", "MD.4"}),
        ("grain NOT minister", {"MD.2", "MD.4"}),
        ("grain !minister", {"MD.2", "MD.4"}),
        ("muller OR ziyad", {"MD.1", "MD.3", "MD.4"}),
        ("(muller OR ziyad) AND grain", {"MD.3", "MD.4"}),
        ("muller || victory", {"MD.3", "MD.5"}),
        ("qam*", {"MD.1", "MD.2", "MD.4"}),
        ("qam?ani", {"MD.1", "MD.2", "MD.4"}),
        ("*hani", {"MD.1", "MD.2", "MD.4"}),
        ("qamhny~2", {"MD.1", "MD.2", "MD.4"}),
        ("qamhany~1", {"MD.1", "MD.2", "MD.4"}),
        ("qamhany", set()),
        ("زياد", {"MD.1"}),
        ("القمحانى", {"MD.1"}),
        ("Müller", {"MD.3"}),
        ("muller", {"MD.3"}),
        ("LB77120", {"MD.2"}),
        ("lb 77-120", {"MD.2"}),
        ("countries:lb", {"MD.2"}),
        ("topics:role.pep", {"MD.3"}),
        ("schema:Vessel", {"MD.5"}),
        ("properties.birthDate:1971", {"MD.1"}),
        ("birthDate:1971-04-02", {"MD.1"}),
        ("birthDate:1972", set()),
        ("dates:1971", {"MD.1"}),
        ("properties.imoNumber:imo9000001", {"MD.5"}),
        ("properties.notes:grain", {"MD.4"}),
        ("properties.imoNumber:*", {"MD.5"}),
        ("caption:(victory)", set()),
        ("id:MD.5", {"MD.5"}),
        ("沙漠", {"MD.6"}),
        ("", {"MD.1", "MD.2", "MD.3", "MD.4", "MD.5", "MD.6"}),
        ("*", {"MD.1", "MD.2", "MD.3", "MD.4", "MD.5", "MD.6"}),
        ("nobody", set()),
        ("nofield:ziyad", set()),
    ],
)
def test_the_full_grammar(book: Book, text: str, ids: set[str]) -> None:
    assert set(ask(book, text)) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ziyad qamhani", {"MD.1", "MD.4"}),
        ("muller | victory", {"MD.3", "MD.5"}),
        ("grain -minister", {"MD.2", "MD.4"}),
        ('"ziyad qamhani', {"MD.1", "MD.4"}),
        ("(ziyad", {"MD.1", "MD.4"}),
        ("ziyad OR", set()),
        ("qam*", {"MD.1", "MD.2", "MD.4"}),
    ],
)
def test_the_simple_grammar_reads_anything(book: Book, text: str, ids: set[str]) -> None:
    assert set(ask(book, text, simple=True)) == ids


@pytest.mark.parametrize(
    "text", ["(ziyad", "ziyad)", 'say "ziyad', "NOT (", "birthDate:[1970 TO 1980]", "(" * 40]
)
def test_what_is_not_a_sentence_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


def test_more_parts_than_can_be_meant_are_refused() -> None:
    with pytest.raises(UsageError, match="more than"):
        parse(" ".join(["word"] * 100))


def test_a_name_outranks_the_same_word_in_a_note(book: Book) -> None:
    assert ask(book, "ziyad qamhani")[0] == "MD.1"


def test_a_reference_finds_its_entry_first(book: Book) -> None:
    assert ask(book, "MD.3")[0] == "MD.3"
    assert ask(book, "md-3")[0] == "MD.3"


def test_fuzzy_lets_every_word_differ(book: Book) -> None:
    assert set(ask(book, "zyiad qamhany", fuzzy=True)) == {"MD.1", "MD.4"}
    assert ask(book, "zyiad qamhany") == []


def test_a_filter_narrows_what_is_found(book: Book) -> None:
    people = book.facets["schema"].having(["Person"])
    numbers, _ = book.finder.find(parse("qamhani"), people)
    assert [book.id_at(number) for number in numbers] == ["MD.1", "MD.4"]


def test_the_shape_of_a_sentence() -> None:
    assert parse("a OR b c") == Some((Word("a"), All((Word("b"), Word("c")))))
    assert parse('-x:"b c"~2^3') == Not(Phrase(("b", "c"), field="x", slop=2, weight=3.0))


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    parse_simple(text)
    try:
        parse(text)
    except UsageError:
        return


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert words(once) == words(text)
