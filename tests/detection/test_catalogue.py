"""Definitions as data: read strictly, laid over one another, given back as they were."""

from __future__ import annotations

import pytest

from taawun.detection.catalogue import Catalogue, laid_over, read, shipped
from taawun.detection.own import in_yaml
from taawun.detection.parameters import Parameter, duration, value_of, written
from taawun.detection.typologies import TYPOLOGIES
from taawun.errors import InputError, NotFound
from taawun.wording import known

DAY = 86_400
WHY = "{en: because, ar: لأن}"


def entry(**changes: str) -> str:
    """A definition of fan-in in YAML, whole, with some of its lines changed."""
    lines = {
        "version": "1",
        "live": "true",
        "sources": "[FATF]",
        "parameters": f"""
    window: {{value: P7D, why: {WHY}}}
    counterparties: {{value: 4, why: {WHY}}}
    total: {{value: 0, why: {WHY}}}""",
        **changes,
    }
    return "fan_in:\n" + "".join(f"  {name}: {value}\n" for name, value in lines.items())


def problems(text: str, base: Catalogue | None = None) -> list[tuple[int | None, str, str]]:
    with pytest.raises(InputError) as refused:
        read(text, "own.yml") if base is None else laid_over(base, text, "own.yml")
    assert all(known(each.code) for each in refused.value.problems)
    return [(each.line, each.field, each.code.split(".")[-1]) for each in refused.value.problems]


def test_a_definition_is_read() -> None:
    definition = read(entry(), "own.yml")["fan_in"]
    assert definition.parameters["window"] == 7 * DAY
    assert definition.why["window"] == {"en": "because", "ar": "لأن"}
    assert definition.reach == 14 * DAY
    assert definition.measures == TYPOLOGIES["fan_in"].measures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (entry(colour="red"), [(9, "fan_in.colour", "unknown")]),
        (entry(version="0"), [(2, "fan_in.version", "wrong")]),
        (entry(live="maybe"), [(3, "fan_in.live", "wrong")]),
        (entry(sources="FATF"), [(4, "fan_in.sources", "wrong")]),
        (entry(kernel="fan_up"), [(9, "fan_in.kernel", "wrong")]),
        (entry() + entry(), [(9, "fan_in", "twice")]),
        (
            entry(parameters=f"{{window: {{value: 7, why: {WHY}}}, width: {{value: 1}}}}"),
            [
                (5, "fan_in.parameters.window.value", "wrong"),
                (5, "fan_in.parameters.width", "wrong"),
                (5, "fan_in.parameters", "wrong"),
            ],
        ),
        (
            entry(parameters="{window: {value: P7D, why: {en: because}, unit: day}}"),
            [
                (5, "fan_in.parameters.window.unit", "unknown"),
                (5, "fan_in.parameters.window.why", "wrong"),
                (5, "fan_in.parameters", "wrong"),
            ],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(
    text: str, expected: list[tuple[int, str, str]]
) -> None:
    assert problems(text) == expected


def test_what_is_no_catalogue_at_all() -> None:
    assert [each[2] for each in problems("fan_in: {version: [")] == ["unreadable"]
    assert problems("fan_in: [1, 2]")[0] == (1, "fan_in", "wrong")
    assert problems("- fan_in")[0] == (1, "", "wrong")


def test_own_numbers_stand_in_the_place_of_the_shipped_ones() -> None:
    own = f"""
fan_in:
  version: 2
  live: true
  parameters:
    window: {{value: P14D, why: {WHY}}}
"""
    both = laid_over(shipped(), own, "own.yml")
    assert both["fan_in"].parameters == shipped()["fan_in"].parameters.but(window=14 * DAY)
    assert len(both.live()) == len(shipped().live())
    assert both["fan_in"].compatible == shipped()["fan_in"].compatible


def test_a_draft_stands_beside_what_is_in_force_until_it_is_put_in_its_place() -> None:
    own = f"fan_in:\n  version: 2\n  parameters:\n    total: {{value: 5, why: {WHY}}}\n"
    both = laid_over(shipped(), own, "own.yml")
    assert both["fan_in"].version == shipped()["fan_in"].version
    assert both.draft("fan_in").parameters["total"] == 5
    after = both.with_live("fan_in")
    assert after["fan_in"].parameters["total"] == 5
    assert (len(after.live()), after.drafts()) == (len(shipped().live()), ())


def test_a_variant_has_a_kernel_and_a_name_of_its_own() -> None:
    own = f"""
rapid_rings:
  kernel: cycle
  version: 1
  live: true
  name: {{en: rapid rings, ar: حلقات سريعة}}
  parameters:
    window: {{value: PT36H, why: {WHY}}}
"""
    variant = laid_over(shipped(), own, "own.yml")["rapid_rings"]
    assert (variant.typology.code, variant.name["en"]) == ("cycle", "rapid rings")
    assert variant.parameters["window"] == 36 * 3_600
    assert variant.parameters["most"] == shipped()["cycle"].parameters["most"]


def test_a_changed_number_needs_a_new_version() -> None:
    own = f"fan_in:\n  version: 1\n  parameters:\n    total: {{value: 5, why: {WHY}}}\n"
    assert problems(own, shipped()) == [(2, "fan_in.version", "wrong")]


def test_a_code_that_is_there_keeps_its_kernel() -> None:
    assert problems("fan_in: {kernel: cycle, version: 2}", shipped()) == [
        (1, "fan_in.kernel", "wrong")
    ]


def test_what_is_exported_is_read_as_the_same() -> None:
    assert read(in_yaml(shipped().exported()), "x.yml").definitions == shipped().live()


def test_the_shipped_catalogue_says_why_in_both_languages() -> None:
    for definition in shipped():
        assert definition.sources, definition.code
        assert set(definition.why) == {each.name for each in definition.typology.parameters}
        assert set(definition.compatible) <= {each.code for each in shipped()}, definition.code
        assert known(f"detection.typology.{definition.code}")
        assert known(f"detection.reason.{definition.code}")


def test_every_kernel_is_defined_and_both_engines_have_it() -> None:
    assert {each.kernel for each in shipped()} == set(TYPOLOGIES)
    for typology in TYPOLOGIES.values():
        assert callable(typology.reference)
        assert callable(typology.compiled)


def test_a_code_that_is_not_there_is_said() -> None:
    with pytest.raises(NotFound, match="no typology 'fan_up'"):
        shipped()["fan_up"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("P7D", 7 * DAY), ("PT36H", 36 * 3_600), ("P1DT12H", 36 * 3_600), ("PT1M30S", 90)],
)
def test_times_are_durations(said: str, seconds: int) -> None:
    assert duration(said) == seconds
    time = Parameter("window", "time")
    assert value_of(time, written(time, seconds)) == seconds


@pytest.mark.parametrize("said", ["P", "PT", "7D", "P7DT", "P-1D", "P1W", 7, None, "", "P7D "])
def test_what_is_no_duration(said: object) -> None:
    assert duration(said) is None


@pytest.mark.parametrize("said", [True, "4", 4.0, None, -1, 2**60])
def test_what_is_no_whole_number_in_its_bounds(said: object) -> None:
    assert value_of(Parameter("counterparties"), said) is None
