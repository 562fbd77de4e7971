"""The lexicon of the Arabic, Persian, Turkic and South Asian world is in order.

These tests read the YAML as a reviewer does: nothing of the engine is asked but the folding of
Arabic letters, so that two classes cannot share a written form without somebody meaning it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

import taawun.names
from taawun.names.fold import fold_arabic

DATA = Path(taawun.names.__file__).parent / "data"
FILES = (
    "arabic", "arabic_compounds", "arabic_families", "persian", "turkic", "south_asian",
    "malay_african", "kurdish_pashto_uyghur",
)  # fmt: skip
KINDS = {"given", "family", "nisba", "element", "tribe"}
FIELDS = {"name", "kind", "gender", "common", "arab", "latn", "cyrl", "kin", "short"}
ARABIC = re.compile(r"[\u0620-\u064a\u0660-\u06d5 ]+")
LATIN = re.compile(r"[a-z]+( [a-z]+)*")
CYRILLIC = re.compile(r"[а-яёђѓєѕіїјљњћќўџґғҕҗҙқҝҡңҥҩүұҳҷҹһӏӑӓәӣөӯ]+( [а-яёіїєўғқңөүұҳҷәһӯӣґҗҹ]+)*")
SCRIPTS = (LATIN, CYRILLIC, ARABIC)

# Names that are easily taken for each other and are different names.
CONFUSABLE = """
    hasan husayn | hasan hassan | husayn hassan | hasan muhsin | muhsin mazin | hasan hasanayn
    said saad | said sayyid | said saud | saad sayyid | saad saud | sayyid saud | said asad
    ahmad hamid | ahmad hamd | ahmad hammad | ahmad mahmud | ahmad muhammad | muhammad mahmud
    hamid hamid2 | hamid hammad | hamd hammad | hamdan hamdi | hamid humayd | ahmad hamdan
    salim salim2 | salim salam | salim salman | salim sulayman | salman sulayman | salam salama
    salah salih | salih salim | salim2 salam | umar amr | umar ammar | amr ammar | amir amir2
    amir amr | amir ammar | amir umar | imran umar | imran ammar | khalid khalil | khalil khalaf
    nasir nasr | nasir nasir2 | nasir mansur | nasr nasr-allah | nasr mansur | nasr nassar
    karim akram | karim ikram | akram ikram | karim karam | jamal jamil | jamal kamal-al-din
    kamal kamil | kamil kumayl
    jamil kamil | jamal kamal | rashid rashid2 | rashid rashad | rashid rushdi
    rashid2 rashad | ali ala | ali aliya | ala ula | ala aliya | faris firas | faris faras
    firas faras | bilal jalal | jalal jamal | talal jalal | hilal jalal | bilal hilal | talal talat
    fahd fuad | fahd farid | zayd ziyad | zayd yazid | ziyad yazid | zayd zaid2 | amin amina
    amin yamin | iman ayman | amin ayman | amin aman | sharif ashraf | sharif sharifa
    munir anwar | munir nur | anwar nur | adil adli | hadi mahdi | hadi huda | mahdi huda
    bashir bishr | bashir bashar | bashar bishr | habib muhib | habib habiba | qasim qays
    qasim jasim | latif latifa | tariq tahir | tamir tahir | umar umayr | idris rashid
    yusuf yunus | yasir yasin | yasir nasir | isam ismat | isam hisham | hashim hisham
    wali walid | walid khalid | majid majid2 | majid amjad | samir samir2 | sami samih
    fadil fadl | fadil faisal | faiz faiz2 | nabil nail | nabil naim | naim numan | nadim nazim
    nazir nasir | muadh muawiya | mustafa murtada | mukhtar mansur | zahir zahid | zahra zuhra
    zubayr zuhayr | ubayd ubaydullah | abdullah ubaydullah | abd-al-rahman abd-al-rahim
    abd-al-karim abd-al-rahim | abd-al-hamid abd-al-majid | abd-al-malik abd-al-mannan
    nur-al-din badr-al-din | salah-al-din shihab-al-din | jamal-al-din kamal-al-din
    izz-al-din imad-al-din | rahmat-allah nimat-allah | habib-allah hibat-allah
    dhu-al-fiqar dhu-al-kifl | reza-gholi alireza | mohammadreza mohammadali | parviz parvin
    umari amri | harbi harthi | saidi saidi3 | saidi saudi | ubaydi ubayd | rawi iraqi
    masri tunisi | hilli halabi | tai tamimi | qasimi qassimi | zubaydi zaydi | ahmadi hamidi
    rezaei rahimi | karimi rahimi | karimi karami | hosseinzadeh hassanzadeh | mirza mir
"""

# Different names that are written alike without vowels; each pair is meant.
WRITTEN_ALIKE = """
    ala ula | ali ula | hamid humayd | husni hasani | imran umran | muammar mamar | salim sulaym
    salam sallam | salma sulami | muslim musallam | azza izzat | anis unays | jamil jamayyil
    zahra zuhra | yusra yusri | nasir2 nusayr | umari amri | hamidi humaydi | fadwa fadavi
    fayruz firuz | abbadi ebadi | hamida humayda | sakina sukayna | yamani yumna | karami karmi
    rida radi | malik malak
"""


def load(name: str) -> list[dict[str, Any]]:
    text = (DATA / "lexicon" / f"{name}.yml").read_text(encoding="utf-8")
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: list[dict[str, Any]] = yaml.load(text, Loader=fast)
    return loaded


def pairs(table: str) -> list[tuple[str, str]]:
    return [(a, b) for a, b in (p.split() for p in re.split(r"[|\n]", table) if p.strip())]


@pytest.fixture(scope="module")
def lexicon() -> dict[str, list[dict[str, Any]]]:
    return {name: load(name) for name in FILES}


@pytest.fixture(scope="module")
def classes(lexicon: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for items in lexicon.values() for item in items}


@pytest.mark.parametrize("name", FILES)
def test_each_class_keeps_the_schema(lexicon: dict[str, list[dict[str, Any]]], name: str) -> None:
    for item in lexicon[name]:
        assert set(item) <= FIELDS, item["name"]
        assert re.fullmatch(r"[a-z0-9-]+", item["name"])
        assert item["kind"] in KINDS, item["name"]
        assert item["gender"] in ("m", "f", ""), item["name"]
        assert item["common"] in range(6), item["name"]
        assert item.get("arab") or item.get("latn"), item["name"]


@pytest.mark.parametrize("name", FILES)
def test_each_spelling_is_in_its_own_script(
    lexicon: dict[str, list[dict[str, Any]]], name: str
) -> None:
    for item in lexicon[name]:
        strange = [s for s in item.get("arab", ()) if not ARABIC.fullmatch(s)]
        strange += [s for s in item.get("latn", ()) if not LATIN.fullmatch(str(s))]
        strange += [s for s in item.get("kin", ()) if not any(p.fullmatch(s) for p in SCRIPTS)]
        strange += [s for s in item.get("cyrl", ()) if not CYRILLIC.fullmatch(s)]
        assert not strange, (item["name"], strange)


@pytest.mark.parametrize("name", FILES)
def test_no_spelling_stands_twice_in_a_class(
    lexicon: dict[str, list[dict[str, Any]]], name: str
) -> None:
    for item in lexicon[name]:
        for field in ("arab", "latn", "cyrl", "kin"):
            spellings = item.get(field, [])
            assert len(spellings) == len(set(spellings)), (item["name"], field)
        own = {s for field in ("arab", "latn", "cyrl") for s in item.get(field, ())}
        assert not own & set(item.get("kin", ())), item["name"]


def test_no_key_names_two_classes_in_any_file() -> None:
    seen: dict[str, str] = {}
    for path in sorted((DATA / "lexicon").glob("*.yml")):
        for item in load(path.stem):
            assert item["name"] not in seen, (item["name"], path.stem, seen[item["name"]])
            seen[item["name"]] = path.stem


@pytest.mark.parametrize(("one", "other"), pairs(CONFUSABLE))
def test_names_easily_confused_are_different_names(
    classes: dict[str, dict[str, Any]], one: str, other: str
) -> None:
    assert one != other
    assert {one, other} <= set(classes)
    alike = {frozenset(p) for p in pairs(WRITTEN_ALIKE)}
    if frozenset((one, other)) not in alike:
        shared = written(classes[one]) & written(classes[other])
        assert not shared


def written(item: dict[str, Any]) -> set[str]:
    return {" ".join(map(fold_arabic, s.split())) for s in item.get("arab", ())}


def test_two_classes_share_an_arabic_form_only_where_it_is_meant(
    classes: dict[str, dict[str, Any]],
) -> None:
    holders: dict[str, set[str]] = defaultdict(set)
    for item in classes.values():
        for form in written(item):
            holders[form].add(item["name"])
    alike = {frozenset(p) for p in pairs(WRITTEN_ALIKE)}
    unmeant = {
        form: sorted(names)
        for form, names in holders.items()
        if len(names) > 1 and not all_meant(names, alike)
    }
    assert not unmeant


def all_meant(names: set[str], alike: set[frozenset[str]]) -> bool:
    return all(frozenset((a, b)) in alike for a in names for b in names if a < b)


def test_the_files_cover_what_they_were_written_for(
    lexicon: dict[str, list[dict[str, Any]]],
) -> None:
    given = [i for n in FILES[:2] for i in lexicon[n] if i["kind"] == "given"]
    assert len(given) >= 900
    assert len(lexicon["arabic_families"]) >= 590
    assert len(lexicon["persian"]) >= 400
    assert len(lexicon["turkic"]) >= 300


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("abderrahmane", "abd-al-rahman"), ("abd el rahman", "abd-al-rahman"),
        ("noureddine", "nur-al-din"), ("zulfiqar", "dhu-al-fiqar"), ("gamal", "jamal"),
        ("djamel", "jamal"), ("khaled", "khalid"), ("youcef", "yusuf"), ("hussain", "husayn"),
        ("mohd", "muhammad"), ("abdolreza", "abd-al-rida"), ("rahmatullah", "rahmat-allah"),
        ("hezbollah", ""), ("mehmed", "mehmet"), ("magomed", "magomed"),
    ],
)  # fmt: skip
def test_a_spelling_in_real_use_is_found(
    classes: dict[str, dict[str, Any]], spelling: str, key: str
) -> None:
    found = {k for k, item in classes.items() if spelling in item.get("latn", ())}
    assert (key in found) if key else not found


WORDS = ("nasab", "kunya", "articles", "servants", "completions", "tails", "titles")


@pytest.fixture(scope="module")
def words() -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        (DATA / "arabic.yml").read_text(encoding="utf-8")
    )
    return loaded


def test_the_words_around_names_keep_their_schema(words: dict[str, list[dict[str, Any]]]) -> None:
    assert tuple(words) == WORDS
    for section, items in words.items():
        keys = [item["key"] for item in items]
        assert len(keys) == len(set(keys)), section
        for item in items:
            assert set(item) <= {"key", "gender", "may_be_name", "after", "latn", "arab", "cyrl"}
            spellings = [s for f in ("latn", "arab", "cyrl") for s in item.get(f, ())]
            assert spellings, item["key"]
            assert all(isinstance(s, str) and s == s.strip() and s for s in spellings), item["key"]


def test_no_word_around_names_means_two_things_in_a_section(
    words: dict[str, list[dict[str, Any]]],
) -> None:
    for section, items in words.items():
        for field in ("latn", "arab", "cyrl"):
            spellings = [s for item in items for s in item.get(field, ())]
            twice = {s for s in spellings if spellings.count(s) > 1}
            assert not twice, (section, field, twice)
