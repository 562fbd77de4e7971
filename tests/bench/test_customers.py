"""The made-up customers: enough, of many cultures and scripts, the same for the same seed."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from bench.names.customers import COUNT, cultures, customers, write

SOME = list(customers(3000))
PERSONS = [each for each in SOME if each.kind == "person"]


def test_the_full_file_has_twenty_thousand_persons() -> None:
    assert COUNT >= 20_000


def test_the_same_seed_gives_the_same_customers_and_another_seed_others() -> None:
    assert list(customers(50, seed=3)) == list(customers(50, seed=3))
    assert list(customers(50, seed=3)) != list(customers(50, seed=4))


def test_every_culture_occurs_and_none_dominates() -> None:
    counts = Counter(each.culture for each in PERSONS)
    assert set(counts) == {culture.name for culture in cultures()}
    assert max(counts.values()) < len(PERSONS) / 5


def test_persons_have_birth_date_country_and_gender() -> None:
    pattern = re.compile(r"(19|20)\d\d(-\d\d-\d\d)?")
    assert [each for each in PERSONS if not pattern.fullmatch(each.birth_date)] == []
    assert [each for each in PERSONS if not re.fullmatch("[a-z]{2}", each.country)] == []
    assert {each.gender for each in PERSONS} == {"male", "female"}


def test_a_part_is_in_original_script_and_no_name_is_empty() -> None:
    foreign = [each for each in PERSONS if not re.search("[A-Za-z]", each.name)]
    assert 0.15 < len(foreign) / len(PERSONS) < 0.5
    assert [each for each in SOME if not each.name.strip() or "  " in each.name] == []


def test_common_names_are_common() -> None:
    gulf = [each.name for each in PERSONS if each.culture == "gulf"]
    mohammeds = sum(bool(re.match("Moh?ammed|Mohamed|Muhammad|محمد", name)) for name in gulf)
    rare = sum(bool(re.match("Lotfi|لطفي", name)) for name in gulf)
    assert mohammeds > 3 * max(rare, 1)


def test_the_file_has_the_columns_of_screen_file(tmp_path: Path) -> None:
    out = tmp_path / "customers.csv"
    assert write(out, count=50) == 50 + 5 + 1
    header = out.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header[:6] == ["id", "name", "kind", "birth_date", "country", "gender"]
