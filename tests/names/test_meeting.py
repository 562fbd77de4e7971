"""Keys that are equal from either script, and what they must never depend on."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.names import meeting
from taawun.names.meeting import Key, meeting_keys, scheme_digest
from taawun.names.meeting.bits import consonant_bits, family_bits
from taawun.names.meeting.compounds import cut_in_two, cut_off_the_end
from taawun.names.meeting.consonants import chances, facts, latin_rows, usual
from taawun.names.meeting.digest import probe_lines


def keys(name: str, kind: str = "person") -> set[str]:
    return {part.key.text for part in meeting_keys(name, kind)}


def every(name: str) -> list[set[str]]:
    """For each part, its key and all that its spelling may stand for."""
    return [
        {part.key.text, part.plain.text, *(other.text for other in part.others)}
        for part in meeting_keys(name, "person")
    ]


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [
        ("محمد صلاح حامد غالي", "Mohamed Salah Hamed Ghaly"),
        ("محمد صلاح حامد غالي", "Muhammad Salāḥ Ḥāmid Ghālī"),
        ("عبد الرحمن السديس", "Abdul Rahman Al-Sudais"),
        ("عبدالرحمن السديس", "Abderrahmane es-Soudais"),
        ("عبد الله بن زايد آل نهيان", "Abdulla bin Zayed Al Nahyan"),
        ("نور الدين بوطرفة", "Noureddine Boutarfa"),
        ("خالد شيخ محمد", "Khaled Sheikh Mohammed"),
        ("الحسين بن طلال", "Hussein bin Talal"),
        ("الحسين بن طلال", "Hocine ben Talal"),
        ("يوسف القرضاوي", "Yusuf al-Qaradawi"),
        ("يوسف القرضاوي", "Youssef Qaradaoui"),
        ("جمال خاشقجي", "Jamal Khashoggi"),
        ("علیرضا فغانی", "Ali Reza Faghani"),
        ("محمدرضا شجریان", "Mohammad-Reza Shajarian"),
        ("عز الدين أيبك", "Ezzeddine Aybak"),
        ("حبیب الله سراجی", "Habibullah Seraji"),
        ("فاطمة الزهراء المنصوري", "Fatima Zahra Mansouri"),
        ("عريف رشيد الفاضلي", "Arif Rashid al-Fadili"),
        ("أركان خلف الدليمي", "Arkan Khalaf al-Dulaimi"),
        ("مولوي قدرت الله سمنگاني", "Moulawi Qudratullah Samangani"),
        ("إمام الدين كاكر", "Imam Uddin Kakar"),
        ("آقا زاده کریمی", "Aghazadeh Karimi"),
        ("سیدحسین شهابی", "Seyed Hossein Shahabi"),
        ("رضا گل‌زاده", "Reza Golzadeh"),
        ("کاوه بهمن‌پور", "Kaveh Bahmanpour"),
        ("کاوه بهمن پور", "Kaveh Bahmanpoor"),
        ("شاه محمود ميوند", "Shah Mahmood Maiwand"),
        ("عبد الرزاق عبد الباقي", "Abd al-Razzaq Abd al-Baqi"),
        ("عبد صخر الجميلي", "Abd Sakhr al-Jumaili"),
        ("سامر التل", "Samer al-Tal"),
        ("سامي الأفندي", "Sami al-Afandi"),
        ("نبيل بنعلي", "Nabil Ben Ali"),
        ("نبيل بناني", "Nabil Benani"),
        ("الحسن ولد مسعود", "Elhassan Ould Messaoud"),
        ("ظریف گذرمند", "Zarif Gozarmand"),
        ("رزان العلواني", "Razan al-Alwani"),
        ("مسعودي طويل قادري", "Messaoudi Touil Kadri"),
    ],
)
def test_a_name_has_one_set_of_keys_in_both_scripts(arabic: str, latin: str) -> None:
    assert keys(arabic) == keys(latin)


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [
        ("دوايت أيزنهاور", "Dwight Eisenhower"),
        ("فولفرام شنايدر", "Wolfram Schneider"),
        ("جيرار ديبارديو", "Gérard Depardieu"),
        ("رجب إيشيك", "Recep Işık"),
        ("لوران فابيوس", "Laurent Fabius"),
    ],
)
def test_a_foreign_name_has_a_reading_that_meets(arabic: str, latin: str) -> None:
    missing = [part for part in every(arabic) if not any(part & other for other in every(latin))]
    assert missing == []


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Рамзан Кадыров", "Ramzan Kadyrov"),
        ("Магомед Ахмедов", "Magomed Akhmedov"),
        ("Сергей Викторович Лавров", "Sergei Viktorovich Lavrov"),
        ("Юлия Щербакова", "Yuliya Shcherbakova"),
    ],
)
def test_cyrillic_meets_latin(cyrillic: str, latin: str) -> None:
    assert keys(cyrillic) == keys(latin)


def test_mohamed_of_every_people_is_one_name() -> None:
    spelled = [
        "محمد",
        "Mohamed",
        "Mohammed",
        "Muhammad",
        "Mehmet",
        "Magomed",
        "Мухаммед",
        "Mamadou",
    ]
    assert {next(iter(keys(f"{name} Fulan"))) for name in spelled} <= {"=muhammad", "fln"}
    assert all("=muhammad" in keys(f"{name} Fulan") for name in spelled)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hasan Nasrallah", "Husayn Nasrallah"),
        ("حسن نصرالله", "حسين نصرالله"),
        ("Ahmad Karimi", "Hamid Karimi"),
        ("Salman Rashid", "Sulayman Rashid"),
        ("عبد الرحيم صالح", "رحيم صالح"),
        ("عبد الكريم صالح", "عبد الحكيم صالح"),
        ("نور الدين صالح", "بدر الدين صالح"),
        ("Abu Ali Salih", "Ali Salih"),
        ("Reza Hassanzadeh", "Reza Hassan"),
        ("Reza Hosseinpour", "Reza Hosseinzadeh"),
        ("رضا حسن‌زاده", "رضا حسین‌زاده"),
        ("Nabil Bennani", "Nabil Ani"),
        ("آزاده کریمی", "زاده کریمی"),
        ("Ruslan Mikhailov", "Ruslan Mikhel"),
    ],
)
def test_names_that_look_alike_stay_apart(one: str, other: str) -> None:
    assert keys(one) != keys(other)


NAMES = st.sampled_from(
    [
        "محمد بن سلمان آل سعود", "Mohamed Lamine Bouchareb", "علي رضا نوري زاده",
        "Владимир Сергеевич Иванов", "Łukasz Żółkiewski", "Abu Bakr al-Baghdadi",
        "Jean-Luc Mélenchon", "Nguyễn Văn Minh", "O'Connor Patrick", "سيد قطب", "习近平",
    ]
)  # fmt: skip
NOISE = st.sampled_from(["\u200f", "\u0640", "\u200b", "\u202b", "\ufeff", "\u00ad"])


@given(NAMES, st.data())
def test_neither_case_nor_what_is_unseen_changes_a_key(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name)))
    noisy = name[:at] + data.draw(NOISE) + name[at:]
    assert keys(noisy) == keys(name)
    assert keys(f"  {name} ") == keys(name)


@given(st.permutations(["Kamal", "Boutros", "Zarqawi"]))
def test_the_order_of_the_parts_changes_nothing(parts: list[str]) -> None:
    one, other = (
        meeting_keys(" ".join(parts), "person"),
        meeting_keys("Kamal Boutros Zarqawi", "person"),
    )
    assert [replace(part, end=False) for part in one] == [
        replace(part, end=False) for part in other
    ]


@given(st.sampled_from(["مُحَمَّد عَلِيّ", "محمد على", "محمّد علي"]))
def test_vowel_signs_and_final_ya_change_nothing(name: str) -> None:
    assert keys(name) == keys("محمد علي")


@pytest.mark.parametrize("name", ["", "  ", "...", "12345", "J. R."])
def test_what_is_no_name_has_no_keys(name: str) -> None:
    assert meeting_keys(name, "person") == ()


@given(st.text(max_size=40), st.sampled_from(["person", "company", "vessel"]))
def test_any_text_has_keys_that_tell_something(text: str, kind: str) -> None:
    found = meeting_keys(text, kind)
    assert found == meeting_keys(text, kind)
    assert all(part.key.text and part.key.bits > 0 for part in found)
    assert len({part.key.text for part in found}) == len(found)
    assert not any(set("|&") & set(part.key.text.removeprefix("abu|")) - {"|"} for part in found)


def test_titles_and_kunya_are_aside() -> None:
    found = {part.key.text: part.aside for part in meeting_keys("Sheikh Omar al-Tikriti", "person")}
    assert [key for key, aside in found.items() if not aside] == ["=tikriti", "=umar"]
    kunya = meeting_keys("Abu Musab Ahmad Khalayleh", "person")
    assert [part.aside for part in kunya] == [False, False, True]


def test_a_patronymic_is_aside_in_either_script() -> None:
    for name in ("Иван Петрович Сидоров", "Ivan Petrovich Sidorov", "إيفان بتروفيتش سيدوروف"):
        assert [p.key.text for p in meeting_keys(name, "person") if p.aside] == ["btrfc"]


def test_common_names_tell_less_than_rare_ones() -> None:
    assert family_bits("muhammad") < family_bits("ibrahim") < family_bits("tikriti")
    assert consonant_bits("k") < consonant_bits("krb") <= consonant_bits("krbtlm")


def test_bits_depend_on_the_key_alone() -> None:
    told: dict[str, int] = {}
    for name in ("Zarqun Belqasm", "زرقون بلقاسم", "Carlos Beltran", "Mehmet Sarkun"):
        for part in meeting_keys(name, "person"):
            for key in (part.key, part.plain, *part.others):
                assert told.setdefault(key.text, key.bits) == key.bits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مولوي نعمت الله كاكر", "Moulawi Nimatullah Kakar"),
        ("افندي سامي حداد", "Effendi Sami Haddad"),
        ("حاجی کریم رستمی", "Haji Karim Rostami"),
        ("بیگم شبنم رانجھا", "Begum Shabnam Ranjha"),
    ],
)
def test_a_title_is_aside_in_both_scripts(one: str, other: str) -> None:
    told = [{part.key.text: part.aside for part in meeting_keys(name, "person")}
            for name in (one, other)]  # fmt: skip
    assert told[0] == told[1]
    assert sorted(told[0].values()) == [False, False, True]


def test_a_name_that_is_a_title_elsewhere_is_no_title() -> None:
    for name in ("عريف رشيد الفاضلي", "رقيب خلف الدليمي", "قاضي سليم حداد"):
        assert not any(part.aside for part in meeting_keys(name, "person"))


def test_persian_letters_tell_how_a_z_is_written() -> None:
    persian, arabic = (
        [part.key.text for part in meeting_keys(name, "person")]
        for name in ("گذرمند ظفرگار", "جذرمند ظفرجار")
    )
    assert "jsrmnd" in persian
    assert "jdrmnd" in arabic


@pytest.mark.parametrize(
    ("script", "joined", "cut"),
    [
        ("arab", "عبدالرحيم", ("abd", "رحيم")),
        ("latn", "abdurrahim", ("abd", "rahim")),
        ("latn", "abdelkader", ("abd", "kader")),
        ("latn", "noureddine", ("din", "nour")),
        ("arab", "نورالدين", ("din", "نور")),
        ("latn", "habibullah", ("allah", "habib")),
        ("latn", "mandela", None),
        ("latn", "abdi", None),
        ("arab", "عبد", None),
    ],
)
def test_compounds_are_cut_in_two(script: str, joined: str, cut: tuple[str, str] | None) -> None:
    assert cut_in_two(script, joined) == cut


@pytest.mark.parametrize(
    ("script", "joined", "cut"),
    [
        ("latn", "golzadeh", ("zada", "gol")),
        ("latn", "akhundzada", ("zada", "akhund")),
        ("latn", "hosseinpour", ("pur", "hossein")),
        ("latn", "paknezhad", ("nejad", "pak")),
        ("latn", "sulaimankhel", ("khil", "sulaiman")),
        ("arab", "گلزاده", ("zada", "گل")),
        ("arab", "حسینپور".replace("ی", "ي"), ("pur", "حسين")),
        ("arab", "حسينبور", ("pur", "حسين")),
        ("arab", "شنبور", None),
        ("latn", "quezada", None),
        ("latn", "mikhail", None),
        ("latn", "azadeh", None),
        ("arab", "ازاده", None),
        ("cyrl", "алиев", None),
    ],
)
def test_what_families_end_in_is_cut_off(
    script: str, joined: str, cut: tuple[str, str] | None
) -> None:
    assert cut_off_the_end(script, joined) == cut


def test_readings_begin_with_the_likeliest() -> None:
    assert list(chances(next(latin_rows(("kadhim",)))[1])) == [(1000, "kdm"), (105, "ksm")]
    assert usual(next(latin_rows(("bachir",)))[1]) == "bcr"
    for name in ("Qizhang Wadhal", "شثقظض غذخفس", "Mochetz Schwanignoult"):
        for part in meeting_keys(name, "person"):
            told = [other.chance for other in part.others]
            assert told == sorted(told, reverse=True)
            assert all(0 < chance <= 1000 for chance in told)


def test_how_likely_a_key_is_makes_no_two_keys_different() -> None:
    assert Key("kdm", 80, 1000) == Key("kdm", 80, 105)
    assert len({Key("kdm", 80, 1000), Key("kdm", 80, 105)}) == 1


def test_a_company_is_keyed_by_its_words() -> None:
    assert keys("شركة النور للتجارة العامة ذ.م.م", "company") == keys(
        "Al Noor General Trading LLC", "company"
    )
    assert keys("Nur 7", "vessel") != keys("Nur 8", "vessel")


def test_the_digest_is_of_data_and_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(scheme_digest()) == 64
    assert len(probe_lines()) == sum(len(names) for names in facts()["probes"].values())
    before = scheme_digest()
    changed = {**facts(), "probes": {"person": ["Someone Else"]}}
    monkeypatch.setattr(meeting.digest, "facts", lambda: changed)
    scheme_digest.cache_clear()
    assert scheme_digest() != before
    monkeypatch.undo()
    scheme_digest.cache_clear()
    assert scheme_digest() == before


def test_other_data_give_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = scheme_digest()
    monkeypatch.setattr(meeting.digest, "read", lambda pattern: [(pattern, "another edition")])
    scheme_digest.cache_clear()
    assert scheme_digest() != before
    monkeypatch.undo()
    scheme_digest.cache_clear()


def test_keys_are_the_same_in_every_process() -> None:
    code = (
        "from taawun.names.meeting import scheme_digest, meeting_keys;"
        "print(scheme_digest(), meeting_keys('Ridha Chaouch Zarroug', 'person'))"
    )
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )  # fmt: skip
    assert ran.stdout == f"{scheme_digest()} {meeting_keys('Ridha Chaouch Zarroug', 'person')}\n"


def test_what_a_key_tells_is_a_whole_number_that_rounding_cannot_move() -> None:
    told = [consonant_bits(text) for text in ("k", "kr", "krb", "qqq", "xyzxyz")]
    assert told[-2:] == [103, 112]
    assert all(isinstance(each, int) for each in told)


def test_a_key_is_a_plain_value() -> None:
    assert Key("=muhammad", 30) == Key("=muhammad", 30)
