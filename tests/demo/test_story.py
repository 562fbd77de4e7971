"""The demonstration's story: who is found, who is told apart, what an update does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from taawun.demo import told
from taawun.demo.story import Screened, Story
from taawun.errors import UsageError
from taawun.lists.registry import Update
from taawun.screening.rescreen import Rescreening
from taawun.store import open_store

AT = datetime(2026, 10, 2, 8, tzinfo=UTC)


@dataclass
class Told:
    story: Story
    brought: list[Update]
    screened: list[Screened]
    updated: tuple[Update, Rescreening]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Told:
    home: Path = tmp_path_factory.mktemp("demo")
    story = Story(open_store(home), home, "officer")
    brought = list(story.bring(AT))
    story.index(AT)
    screened = story.screen(AT)
    return Told(story, brought, screened, story.update(AT + timedelta(minutes=1)))


def by_name(done: Told) -> dict[str, Screened]:
    return {each.customer.subject.names[0]: each for each in done.screened}


def test_every_list_comes_into_force(done: Told) -> None:
    assert [each.dataset for each in done.brought] == ["un", "eu", "uk", "ofac", "national"]
    assert all(each.outcome == "added" for each in done.brought)


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("ظاهر الوزان", "wazzan"),
        ("Mothana Saber Abdulwadood Alnaqash", "naqqash"),
        ("Бурханеддин Файяд аль-Хашшаб", "khashshab"),
        ("Svetlana Podlesnaya Volchok", "vovchok"),
        ("衞國麟", "wei"),
        ("Журавлев-Положский Е.А.", "zhuravlyov"),
        ("شركة نهر الفضة للتجارة والملاحة", "fidda"),
        ("Northern Amber Logistics Ltd", "yantar"),
        ("Silver Plover III", "plover 3"),
    ],
)
def test_the_listed_are_found_in_whatever_spelling(done: Told, name: str, listed: str) -> None:
    found = by_name(done)[name]
    assert found.listed
    assert listed in found.screening.hits[0].caption.casefold()


@pytest.mark.parametrize(
    "name",
    ["غسان زيتون", "Zahir al-Wazzan", "Dmitry Olegovich Krasnoperov", "Nura al-Saffar",
     "Blue Heron Catering Services Ltd", "برهان الدين الخشاب"],
)  # fmt: skip
def test_namesakes_are_told_apart(done: Told, name: str) -> None:
    assert not by_name(done)[name].listed


def test_the_clean_stay_clean(done: Told) -> None:
    assert 14 <= sum(each.listed for each in done.screened) <= 17
    assert sum(each.score == 0 for each in done.screened) >= 270


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_hits_say_why_in_both_languages(done: Told, lang: str) -> None:
    hit = by_name(done)["ظاهر الوزان"].screening.hits[0]
    names, *evidence = told.reasons(hit, lang)
    assert "الوزان" in names
    assert any("1968-03-14" in reason for reason in evidence)


def test_an_update_touches_few_and_finds_the_new_and_the_gone(done: Told) -> None:
    update, again = done.updated
    assert update.outcome == "updated"
    assert 0 < again.looked_at < 20
    assert again.coverage.whole
    names = {each.customer.id: each.customer.subject.names[0] for each in done.screened}
    assert {(each.what, names[each.customer]) for each in again.findings} == {
        ("new", "حيدر الجوهري"),
        ("gone", "Marouan Lutfi as-Sawan"),
    }


def test_the_journal_is_whole(done: Told) -> None:
    assert done.story.journal().whole


def test_a_home_with_lists_is_refused(done: Told) -> None:
    with pytest.raises(UsageError, match="empty home"):
        Story(done.story.store, done.story.home, "officer")
