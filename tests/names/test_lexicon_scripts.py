"""The lexicon files of names from outside the Muslim world are in order."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rapidfuzz.distance import Levenshtein

import taawun.names
from taawun.names.romanise import readings, script_of

FOLDER = Path(taawun.names.__file__).parent / "data" / "lexicon"
FILES = (
    "slavic", "greek", "armenian_georgian", "hebrew", "korean", "chinese", "japanese", "western",
)  # fmt: skip
SCRIPTS = ("cyrl", "grek", "armn", "geor", "hebr", "hang", "hani")
FIELDS = {"name", "kind", "gender", "common", "latn", "arab", "kin", "short", *SCRIPTS}
LATIN = re.compile(r"[a-z]+( [a-z]+)*")

# One name in each line, whatever the language and the system.
SAME = """
oleksandr aleksandr aliaksandr alexander александр олександр аляксандр
volodymyr vladimir uladzimir wladimir владимир володимир
mykola nikolai mikalai nikolay микола николай
serhii sergey siarhei serguei сергей сергій
dmytro dmitri dzmitry dmitry дмитро дмитрий
olena elena alena yelena олена елена
yevhen evgeny yauhen jewgeni євген евгений
andrii andrei andrey andrej андрій андрей
pavlo pavel павло павел
petro pyotr piotr petr петро пётр
mykhailo mikhail mikhas михайло михаил
oleksii alexei aliaksei алексей олексій
kateryna ekaterina katsiaryna катерина екатерина
iryna irina ирина ірына
yurii yuri yury юрій юрий
ihor igor ihar игорь ігор
oleh oleg aleh олег алег
georgios giorgos yiorgos γιώργος γεωργιος
ioannis giannis yannis ιωαννης
hovhannes ohannes hovannes հովհաննես
hakob hagop akop հակոբ
giorgi გიორგი
moshe moses משה
yitzhak isaac itzhak יצחק
kim gim 김
lee yi ri rhee 이 리
wang wong ong 王
zhang cheung chang teo 张 張
chen chan tan tran 陈 陳
john jon
joao
"""
DIFFERENT = """
sergei dmitri | oleg igor | ivan igor | anna alla | marina maria | john jean | juan joao
elena alina | olga oleg | pavel petr | andrei alexei | kim lee | wang huang | giorgi grigol
vladimir vladislav | stanislav svyatoslav | viktor viktoria | john james | mary martha
"""


def load(name: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = yaml.load(
        (FOLDER / f"{name}.yml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return items


ITEMS = {name: load(name) for name in FILES}
ALL = [item for items in ITEMS.values() for item in items]


def spelled(item: dict[str, Any]) -> set[str]:
    return {form for script in ("latn", *SCRIPTS) for form in item.get(script, ())}


def classes(form: str) -> set[str]:
    return {item["name"] for item in ALL if form in spelled(item)}


def test_no_two_classes_of_the_whole_lexicon_have_one_key() -> None:
    keys = Counter(item["name"] for path in FOLDER.glob("*.yml") for item in load(path.stem))
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("file", FILES)
def test_the_fields_of_a_file(file: str) -> None:
    for item in ITEMS[file]:
        assert set(item) <= FIELDS, item
        assert item["kind"] in ("given", "surname", "family"), item
        assert item["common"] in range(6), item
        assert item.get("gender", "m") in ("m", "f"), item
        assert all(LATIN.fullmatch(form) for form in item["latn"]), item
        for script in SCRIPTS:
            for form in item.get(script, ()):
                assert script_of(form.replace(" ", "").replace("々", "")) == script, item
                assert form == form.casefold() or script in ("grek", "armn"), item


@pytest.mark.parametrize("file", FILES)
def test_no_spelling_stands_twice_in_a_class(file: str) -> None:
    for item in ITEMS[file]:
        for field in ("latn", "kin", "short", *SCRIPTS):
            forms = item.get(field, [])
            assert len(forms) == len(set(forms)), (item["name"], field)
        assert not set(item["latn"]) & set(item.get("kin", ())), item["name"]


@pytest.mark.parametrize("file", [name for name in FILES if name not in ("western", "hebrew")])
def test_every_written_form_reads_as_one_of_its_spellings(file: str) -> None:
    lang = "ja" if file == "japanese" else ""
    for item in ITEMS[file]:
        for script in SCRIPTS:
            if file == "korean" and script == "hani":
                continue
            for form in item.get(script, ()):
                said = [reading.latin for reading in readings(form.replace(" ", ""), script, lang)]
                near = min(
                    Levenshtein.normalized_distance(latin, spelling)
                    for latin in said
                    for spelling in item["latn"]
                )
                assert near <= 0.25, (item["name"], form, said)


@pytest.mark.parametrize("line", SAME.strip().splitlines())
def test_one_name_in_all_its_spellings(line: str) -> None:
    shared = set.intersection(*(classes(form) for form in line.split()))
    assert shared, {form: classes(form) for form in line.split()}


@pytest.mark.parametrize("pair", re.split(r"[|\n]", DIFFERENT.strip()))
def test_different_names_share_no_class(pair: str) -> None:
    one, other = pair.split()
    assert classes(one)
    assert not classes(one) & classes(other)


# The forms that one name has in several files: each is kin of the first, so that the engine does
# not take them for two names that it knows to be different.
KIN = """
yusuf yosef iosif joseph ioseb | mikhail mikheil michail_greek michael | yaqub yaakov yakov hakob
georgy giorgi gevorg georgios george jurj | nikolai nikoloz nikolaos nicholas | ilya ilias elias
dawud david_hebrew davit davyd | sulayman shlomo solomon | ishaq yitzhak isaak sahak
maria maria_greek mariam_georgian miriam_hebrew maryam | anna_greek ana_georgian hanna_slavic anne
yekaterina aikaterini eka catherine | konstantin konstantinos constantine | ali cali | umar cumar
husayn huseyin huseyn xuseen | muhammad mehmet magomed maxamed | yusuf issoufou yuusuf yusof
"""


def names(item: dict[str, Any]) -> set[str]:
    return {*item.get("latn", ()), *item.get("kin", ())}


@cache
def every() -> dict[str, dict[str, Any]]:
    return {item["name"]: item for path in FOLDER.glob("*.yml") for item in load(path.stem)}


@pytest.mark.parametrize("group", re.split(r"[|\n]", KIN.strip()))
def test_national_forms_of_a_name_are_kin_across_files(group: str) -> None:
    first, *others = (every()[key] for key in group.split())
    for other in others:
        met = names(first) & set(other.get("latn", ())) | names(other) & set(first.get("latn", ()))
        assert met, (first["name"], other["name"])


def test_the_lexicon_is_as_large_as_it_must_be() -> None:
    assert len(ITEMS["slavic"]) >= 250
    assert len(ITEMS["western"]) >= 300
