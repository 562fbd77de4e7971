"""Readings of other scripts: real spellings of public names, and what must always hold."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from taawun.names.romanise import MOST, bridged, readings, script_of, split

CATALOGUE = Path(__file__).parents[2] / "src/taawun/wording/catalogue/scripts.yml"

# Original: spellings found in print. Each spelling is within `edits` letters of a reading.
PRINTED = """
Горбачёв: gorbachev gorbatchev gorbatschow gorbachyov
Хрущёв: khrushchev chruschtschow khrouchtchev hruschev
Ельцин: yeltsin eltsin jelzin
Путин: putin poutine
Медведев: medvedev medwedew
Достоевский: dostoevsky dostoyevskiy dostoievski dostojewski dostoevskii
Чайковский: tchaikovsky tschaikowski chaykovskiy chaikovskii
Щербаков: shcherbakov scherbakov chtcherbakov
Шойгу: shoigu shoygu choigou
Жуков: zhukov joukov schukow
Евгений: evgeny yevgeniy evgenii evgeni
Юлия: yulia iuliia yuliya ioulia
Соловьёв: solovyov solovev
Джохар: dzhokhar johar djokhar
Кадыров: kadyrov
Рамзан: ramzan
Зеленський: zelenskyi zelensky zelenskiy
Володимир: volodymyr volodimir
Сергій: serhii sergiy serhiy
Порошенко: poroshenko porochenko
Юрій: yurii yuriy iurii
Євген: yevhen
Щастя: shchastia shchastya
Лукашэнка: lukashenka loukachenka
Аляксандр: aliaksandr alyaksandr
Сяргей: siarhei siargei syargey
Ціханоўская: tsikhanouskaya
Яўген: yauhen iauhen
Желязков: zhelyazkov
Търновски: tarnovski turnovski
Джоковић: djokovic djokovich dzokovic
Ђинђић: djindjic
Милошевић: milosevic miloshevich
Вучић: vucic vuchich
Ќосе: kjose kose
Назарбаев: nazarbaev nazarbayev
Қасым: kasym qasym
Тоқаев: tokaev tokayev toqaev
Жээнбеков: jeenbekov zheenbekov
Мирзиёев: mirziyoev mirziyoyev
Ўткир: otkir utkir
Раҳмон: rahmon
Рәхимов: rahimov
Παπαδόπουλος: papadopoulos papadopulos
Τσίπρας: tsipras
Μητσοτάκης: mitsotakis
Κωνσταντίνος: konstantinos
Γιώργος: giorgos yiorgos yorgos
Χατζηδάκης: chatzidakis hatzidakis khatzidakis
Ευάγγελος: evangelos
Μπουτάρης: boutaris
Αυγουστίνος: avgoustinos
Ντόρα: dora ntora
Σαββίδης: savvidis
Սարգսյան: sargsyan sarkisyan sargsian sarksian
Փաշինյան: pashinyan pashinian
Քոչարյան: kocharyan kocharian
Հակոբյան: hakobyan hagopian hakopian
Տեր: ter der
საակაშვილი: saakashvili
შევარდნაძე: shevardnadze
ივანიშვილი: ivanishvili
გომელაური: gomelauri
ყიფიანი: qipiani kipiani
ხარაზიშვილი: kharazishvili harazishvili
ჟვანია: zhvania jvania
김: kim gim
이: lee yi ri rhee
박: park pak bak
최: choi choe
정은: jongun jeongeun jungeun
재용: jaeyong
영호: yongho youngho yeongho
성훈: sunghoon seonghun songhun
习: xi hsi
近平: jinping chinping
毛: mao
泽东: zedong tsetung
小平: xiaoping hsiaoping
周: zhou chou chow
恩来: enlai
单: shan
解: xie hsieh
曾: zeng tseng tsang
仇: qiu
翟: zhai
尉迟: yuchi
欧阳: ouyang
家超: jiachao kachiu
あべ: abe
しんぞう: shinzo shinzou
きょうこ: kyoko
マイケル: maikeru maikel
नरेन्द्र: narendra
मोदी: modi
मनमोहन: manmohan
হাসিনা: hasina
মুহাম্মদ: muhammad
ਸਿੰਘ: singh
රාජපක්ෂ: rajapaksha
สมชาย: somchai
วงศ์สวัสดิ์: wongsawat
ทักษิณ: thaksin taksin
ประยุทธ์: prayut prayuth
จันทร์โอชา: chanocha janocha
อภิสิทธิ์: aphisit abhisit
จุลานนท์: chulanon chulanont julanon
ภูมิพล: phumiphon
อดุลยเดช: adunyadet
วชิราลงกรณ์: wachiralongkon
ยิ่งลักษณ์: yinglak
ฤทธิ์: rit
ฤดี: ruedi
พฤกษา: phrueksa prueksa
นฤมล: naruemon
"""

# Abjads: what is left of the spelling without its vowels is near to a reading without them.
PRINTED_ABJAD = """
נתניהו: netanyahu netanjahu
שלמה: shlomo
יוסף: yosef yossef
חיים: chaim haim khayim
סמוטריץ: smotrich
ליברמן: lieberman liberman
לוי: levi levy
איתמר: itamar
"""


def printed(table: str) -> list[tuple[str, str]]:
    lines = [line.split(": ") for line in table.strip().splitlines()]
    return [(original, spelling) for original, said in lines for spelling in said.split()]


def near(word: str, spelling: str) -> bool:
    allowed = 0 if len(spelling) < 5 else 1 if len(spelling) < 9 else 2
    return any(
        Levenshtein.distance(reading.latin, spelling) <= allowed
        for reading in readings(word, script_of(word))
    )


def without_vowels(latin: str) -> str:
    return "".join(letter for letter in latin if letter not in "aeiouy")


@pytest.mark.parametrize(("original", "spelling"), printed(PRINTED))
def test_a_printed_spelling_is_near_a_reading(original: str, spelling: str) -> None:
    assert near(original, spelling), [
        reading.latin for reading in readings(original, script_of(original))
    ]


@pytest.mark.parametrize(("original", "spelling"), printed(PRINTED_ABJAD))
def test_the_consonants_of_an_abjad_are_near(original: str, spelling: str) -> None:
    said = {without_vowels(reading.latin) for reading in readings(original, "hebr")}
    assert min(Levenshtein.distance(one, without_vowels(spelling)) for one in said) <= 1, said


@pytest.mark.parametrize(
    ("token", "script"),
    [
        ("Ivan", "latn"), ("Müller", "latn"), ("Иван", "cyrl"), ("Ԛ", "cyrl"), ("Γιώργος", "grek"),
        ("ἀρχή", "grek"), ("Հայկ", "armn"), ("ნინო", "geor"), ("Ნინო", "geor"), ("משה", "hebr"),
        ("محمد", "arab"), ("ﻣﺤﻤﺪ", "arab"), ("گچ", "arab"), ("김정은", "hang"), ("ㄱ", "hang"),
        ("习近平", "hani"), ("𠮷", "hani"), ("きょうこ", "hira"), ("マイケル", "kana"),
        ("トヨタの", "kana"), ("राम", "deva"), ("হাসিনা", "beng"), ("สมชาย", "thai"),
        ("ግርማይ", "ethi"), ("Иvan", "mixed"), ("高橋みなみ", "mixed"), ("123", "zyyy"),
        ("", "zyyy"), ("·-'", "zyyy"), ("Иван-2", "cyrl"), ("ー", "zyyy"),
    ],
)  # fmt: skip
def test_script_of(token: str, script: str) -> None:
    assert script_of(token) == script


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("习近平", ("习", "近平")), ("欧阳修", ("欧阳", "修")), ("诸葛亮", ("诸葛", "亮")),
        ("陈方安生", ("陈", "方", "安生")), ("李娜", ("李", "娜")), ("王", ("王",)),
        ("安倍晋三", ("安倍", "晋三")),
        ("김정은", ("김", "정은")), ("남궁민", ("남궁", "민")), ("이상", ("이", "상")),
        ("박", ("박",)), ("ジョン・スミス", ("ジョン", "スミス")), ("Иван", ("Иван",)),
        ("武汉晓睿智科技有限", ("武汉晓睿智科技有限",)),
    ],
)  # fmt: skip
def test_unsegmented_names_are_split(token: str, parts: tuple[str, ...]) -> None:
    assert split(token, script_of(token)) == parts


@pytest.mark.parametrize("script", ["mymr", "tibt", "cher", "zyyy", "arab", "zzzz"])
def test_what_cannot_be_bridged_is_said(script: str) -> None:
    assert not bridged(script)
    assert readings("အောင်", script) == ()


def test_japanese_readings_of_characters_are_known_or_not_guessed() -> None:
    assert readings("暁彦", "hani", "ja") == ()
    assert [reading.latin for reading in readings("高橋", "hani", "ja")] == ["takahashi"]
    assert {"gaoqiao", "takahashi"} <= {reading.latin for reading in readings("高橋", "hani")}
    assert readings("金正恩", "hani", "ko") == ()


def test_a_letter_outside_the_tables_is_read_without_its_marks() -> None:
    assert readings("Ἰωάννης", "grek")[0].latin == "ioannis"
    assert readings("Ге\u0301нрих", "cyrl")[0].latin == "genrikh"
    assert readings("Ӹван", "cyrl")[0].latin == "yvan"


def test_the_language_breaks_ties_and_letters_decide() -> None:
    assert readings("Ігор", "cyrl", "uk")[0].latin == "ihor"
    assert readings("Игор", "cyrl", "sr")[0].latin == "igor"
    assert readings("Христо", "cyrl", "bg")[0].latin == "hristo"
    assert readings("Володимир", "cyrl", "uk")[0].latin == "volodymyr"
    assert readings("Їжак", "cyrl", "ru") == readings("Їжак", "cyrl", "uk")


LETTERS = {
    "cyrl": "абвгдеёжзийклмнопрстуфхцчшщыэюяіїєґўјљњђћџѓќѕәғқңөүұһҷӣӯҳ",
    "grek": "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ",
    "armn": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
    "geor": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "hang": "가나다라마바사아자차카타파하각난달림몸법속양접칼헌",
    "hani": "习近平毛泽东欧阳李王张志强明霞",
    "hira": "あいうえおかきくけこさしすせそたちつてとなにぬねのまみむめも",
    "deva": "अआइउकखगघचजटडतदनपबमयरलवशसह",
    "hebr": "בגדהזחטיכלמנסצקרשת",
    "thai": "กขคงจชดตถทนบปผพมยรลวสหอฤฦ",
    "taml": "கஙசஞடணதநபமயரலவஅஆஇ",
}
SOUNDING = {
    script: st.text(st.sampled_from(letters), min_size=1, max_size=12)
    for script, letters in LETTERS.items()
}


@pytest.mark.parametrize("script", sorted(LETTERS))
def test_every_letter_alone_has_a_reading(script: str) -> None:
    silent = [letter for letter in LETTERS[script] if not readings(letter, script)]
    assert silent == []


@given(
    st.sampled_from(sorted(LETTERS)).flatmap(
        lambda script: st.tuples(st.just(script), SOUNDING[script])
    )
)
def test_romanising_never_loses_a_part(case: tuple[str, str]) -> None:
    script, token = case
    found = readings(token, script)
    assert bridged(script)
    assert 1 <= len(found) <= MOST
    assert len({reading.latin for reading in found}) == len(found)
    for reading in found:
        assert reading.latin
        assert set(reading.latin) <= set(string.ascii_lowercase)
        assert 0.0 <= reading.cost <= 0.15
    assert [reading.cost for reading in found] == sorted(reading.cost for reading in found)
    assert readings(token.upper(), script) == found or script in ("armn", "grek", "geor")


@given(
    st.sampled_from(sorted(LETTERS)).flatmap(
        lambda script: st.tuples(st.just(script), SOUNDING[script])
    )
)
def test_splitting_loses_no_character(case: tuple[str, str]) -> None:
    script, token = case
    assert "".join(split(token, script)) == token


@given(st.text(max_size=30))
def test_any_text_can_be_asked(token: str) -> None:
    script = script_of(token)
    for reading in readings(token, script):
        assert reading.latin.isascii()
        assert reading.latin.isalpha()
        assert reading.latin.islower()
    if token:
        assert split(token, script)


def test_every_step_has_its_wording() -> None:
    said = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    folder = CATALOGUE.parents[2] / "names/data/scripts"
    steps = set()
    for path in folder.glob("*.yml"):
        content = yaml.safe_load(path.read_text("utf-8"))
        for scheme in (*content.get("schemes", {}).values(), *content.values()):
            if isinstance(scheme, dict) and "step" in scheme:
                steps.add(scheme["step"])
    for word in (
        "김",
        "欧阳",
        "仲恒",
        "高橋",
        "マイケル",
        "राम",
        "สมชาย",
        "Иvan",
        "Müller",
        "ግርማይ",
    ):
        steps |= {reading.step for reading in readings(word, script_of(word))}
    assert steps - said.keys() == set()


@pytest.mark.parametrize(
    "path", sorted((CATALOGUE.parents[2] / "names/data/scripts").glob("*.yml"))
)
def test_no_spelling_is_taken_for_yes_or_no(path: Path) -> None:
    def booleans(value: object, place: str) -> list[str]:
        if isinstance(value, dict):
            return [
                hit for key, one in value.items() for hit in booleans(one, f"{place}.{key}")
            ] + [f"{place}.{key}" for key in value if isinstance(key, bool)]
        if isinstance(value, list):
            return [hit for one in value for hit in booleans(one, place)]
        return [place] if isinstance(value, bool) else []

    assert booleans(yaml.safe_load(path.read_text("utf-8")), path.stem) == []
