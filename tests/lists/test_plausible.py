"""What is believed of a new version, and what is refused with which numbers."""

from __future__ import annotations

import pytest

from taawun.entities.entity import Entity
from taawun.errors import ImplausibleChange
from taawun.lists.plausible import Version, doubts, require_plausible, unusual

from .registry_made import people, person

TWENTY = people(20)


def codes(
    before: list[Entity] | None,
    after: list[Entity],
    *,
    published: tuple[str, str] = ("", ""),
    expected: tuple[int, int] | None = None,
) -> list[str]:
    was = Version.of(before, published[0]) if before is not None else None
    found = doubts(was, Version.of(after, published[1]), expected)
    return [problem.code.removeprefix("lists.doubt.") for problem in found]


def test_a_small_change_is_believed() -> None:
    assert codes(TWENTY, [*TWENTY[:17], *people(4, 50)]) == []


@pytest.mark.parametrize(("stay", "said"), [(17, []), (16, ["gone"]), (1, ["gone"])])
def test_a_fifth_gone_is_refused(stay: int, said: list[str]) -> None:
    assert codes(TWENTY, TWENTY[:stay]) == said


def test_replaced_entries_count_as_gone_though_the_number_stays() -> None:
    assert codes(TWENTY, people(20, 100)) == ["gone"]


def test_relations_and_addresses_are_not_entries() -> None:
    addresses = [Entity(f"addr-{n}", "Address", {}, target=False) for n in range(50)]
    assert codes([*TWENTY, *addresses], TWENTY) == []


def test_empty_is_refused_even_at_first() -> None:
    assert codes(None, []) == ["empty"]
    assert codes(TWENTY, []) == ["empty"]


def test_a_first_version_without_names_is_refused() -> None:
    assert codes(None, [person("A"), person("B", "Basil")]) == ["nameless"]
    assert codes(None, TWENTY) == []


def test_entries_that_always_lacked_names_do_not_stop_updates() -> None:
    before = [*TWENTY, person("A"), person("B")]
    assert codes(before, [*TWENTY, person("A"), person("B", "Basil")]) == []


def test_names_lost_from_entries_that_stay() -> None:
    latin_only = [person(e.id, e.caption) for e in TWENTY]
    assert codes(TWENTY, latin_only) == ["names_lost", "script_lost"]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("2026-02-27T23:00:09.067Z", "2025-11-20T23:00:09.067Z", ["older"]),
        ("2026-02-27", "2026-02-20", []),
        ("2026-02-27", "2026-02-19", ["older"]),
        ("2026-02-27", "", []),
        ("not a date", "2025-01-01", []),
    ],
)
def test_an_older_edition(was: str, now: str, said: list[str]) -> None:
    assert codes(TWENTY, TWENTY, published=(was, now)) == said


def test_the_cards_range_binds_only_a_list_that_was_inside_it() -> None:
    more = [*TWENTY, *people(20, 100)]
    assert codes(TWENTY, more, expected=(10, 30)) == ["above_card"]
    assert codes(TWENTY, TWENTY[:17], expected=(18, 30)) == ["below_card"]
    assert codes(TWENTY, TWENTY[:17], expected=(100, 300)) == []
    assert codes(None, TWENTY, expected=(100, 300)) == []


def test_an_unusual_first_version_is_only_said() -> None:
    first = Version.of(TWENTY)
    assert [problem.got for problem in unusual(first, (800, 1400))] == ["20"]
    assert unusual(first, (10, 30)) == ()


def test_the_refusal_says_the_numbers() -> None:
    found = doubts(Version.of(TWENTY), Version.of(TWENTY[:10]))
    with pytest.raises(ImplausibleChange, match=r"10/20 \(50%\)") as refused:
        require_plausible(found, "national")
    assert refused.value.problems == found
    require_plausible((), "national")
