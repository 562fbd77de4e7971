"""The reviewed data of company names and titles: whole, unambiguous, and only text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import pytest
import yaml

FILES = ("companies/forms", "companies/words", "companies/places", "companies/numbers",
         "companies/short", "titles")  # fmt: skip
SCRIPTS = {"latn", "cyrl", "arab", "grek", "hani", "hang", "hebr", "deva", "beng", "thai", "armn",
           "geor", "kana"}  # fmt: skip
FAMILIES = {"limited", "joint_stock", "partnership", "sole", "establishment", "cooperative",
            "state", "foundation", "branch", "company", "group"}  # fmt: skip


@cache
def data(name: str) -> Any:
    text = resources.files("taawun.names").joinpath(f"data/{name}.yml").read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


@pytest.mark.parametrize("name", FILES)
def test_no_spelling_was_read_as_a_truth_value_or_a_number(name: str) -> None:
    # YAML reads a bare no, on and off as truth values
    wrong = [v for v in leaves(data(name)) if not isinstance(v, (str, float)) and v is not True]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "table"),
    [("companies/forms", "forms"), ("companies/words", "words"), ("companies/places", "places")],
)
def test_a_spelling_belongs_to_one_line(name: str, table: str) -> None:
    lines = defaultdict(list)
    for item in data(name)[table]:
        for script in item.keys() & SCRIPTS:
            assert item[script], item["key"]
            for spelling in item[script]:
                lines[script, spelling].append(item["key"])
    assert {where: keys for where, keys in lines.items() if len(keys) > 1} == {}


@pytest.mark.parametrize(
    ("name", "table"),
    [("companies/forms", "forms"), ("companies/words", "words"), ("companies/places", "places"),
     ("titles", "titles"), ("titles", "particles"), ("titles", "suffixes")],
)  # fmt: skip
def test_lines_have_their_own_key_and_known_fields(name: str, table: str) -> None:
    items = data(name)[table]
    keys = [item["key"] for item in items]
    assert len(keys) == len(set(keys))
    known = SCRIPTS | {"key", "weight", "family", "country", "gender", "may_be_name", "after"}
    assert {field for item in items for field in item} <= known


def test_weights_and_families_are_in_range() -> None:
    for item in [*data("companies/words")["words"], *data("companies/places")["places"]]:
        assert 0 < item["weight"] < 1, item["key"]
    assert {item["family"] for item in data("companies/forms")["forms"]} == FAMILIES


@pytest.mark.parametrize(
    "words",
    ["lion tiger wolf falcon eagle horse", "rose olive palm cedar", "river island mountain desert",
     "women students children youth", "gold silver", "grand small", "moon horizon galaxy",
     "resistance freedom independence", "gate pearl key", "levant damascus"],
)  # fmt: skip
def test_different_things_are_different_concepts(words: str) -> None:
    tables = [*data("companies/words")["words"], *data("companies/places")["places"]]
    concept = {spelling: item["key"] for item in tables for spelling in item.get("latn", ())}
    keys = [concept[word] for word in words.split()]
    assert len(keys) == len(set(keys)), keys


@pytest.mark.parametrize(
    "word", "he ma pan ko chan min bo ji seth rana lama toh sheriff jun".split()
)
def test_a_family_or_given_name_is_no_title(word: str) -> None:
    said = [*data("titles")["titles"], *data("titles")["suffixes"]]
    assert not [item["key"] for item in said if word in item.get("latn", ())]
