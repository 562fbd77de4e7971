"""Tokens: two sides who mean the same make the same bytes, and nobody else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.private.birth import NEED, Birth, births_of
from taawun.cooperation.private.numbers import KINDS
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind, subject_of
from taawun.cooperation.private.telling import Need, asked_sets, covering, kept_sets
from taawun.cooperation.private.tokens import (
    MOST_ASKED,
    MOST_KEPT,
    tokens_of_question,
    tokens_of_record,
)
from taawun.entities.entity import Entity, Value
from taawun.names.meeting import SCHEME, Key, Keyed
from taawun.wording import known

PERSON, COMPANY, VESSEL = SubjectKind.PERSON, SubjectKind.COMPANY, SubjectKind.VESSEL


def person(name: str, *births: str, countries: tuple[str, ...] = ()) -> Subject:
    return Subject(PERSON, (name,), births, countries=countries)


def number(kind: str, text: str, country: str = "") -> Subject:
    return Subject(PERSON, (), (), (Identifier(kind, text, country),))


def meet(owner: Subject, asker: Subject) -> bool:
    return not set(tokens_of_record(owner)).isdisjoint(tokens_of_question(asker).tokens)


DAY = "1971-03-14"
PAIRS = [
    ("خالد بن الوليد الزرقاوي", "Khaled bin al-Waleed al-Zarqawi"),
    ("أيمن الظواهري", "Ayman al-Zawahiri"),
    ("جمال خاشقجي", "Djamel Khashoggi"),
    ("نور الدين بوطرفة", "Noureddine Boutarfa"),
    ("علیرضا فغانی", "Ali-Reza Faghani"),
    ("Рамзан Кадыров", "Ramzan Kadyrov"),
    ("رمضان قديروف", "Рамзан Кадыров"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_one_person_in_two_scripts_meets_from_either_side(one: str, other: str) -> None:
    assert meet(person(one, DAY), person(other, DAY))
    assert meet(person(other, DAY), person(one, DAY))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_another_day_or_name_does_not_meet(one: str, other: str) -> None:
    assert not meet(person(one, DAY), person(other, "1981-05-21"))
    assert not meet(person(one, DAY), person("Rustam Belkhodja Tarabulsi", DAY))


@pytest.mark.parametrize("slip", ["1970-03-10", "1972-03-10", "1971-10-03"])
def test_a_slip_of_a_year_or_of_day_and_month_still_meets(slip: str) -> None:
    assert meet(person("Ayman Rabi Zawahiri", "1971-03-10"), person("أيمن ربيع الظواهري", slip))


LONG = "Khudaidad Marwan Zarqawi Belkhodja"


@pytest.mark.parametrize("year", ["1970", "1971", "1972"])
def test_a_telling_name_is_asked_with_its_year(year: str) -> None:
    asked = tokens_of_question(person(LONG, year))
    assert asked.stands_for == ("name_and_year",)
    assert meet(person(LONG, "1971"), person(LONG, year))
    assert meet(person(LONG, DAY), person(LONG, year))
    assert not meet(person(LONG, "1975"), person(LONG, year))


THREE = "Khudaidad Zarqawi Belkhodja"


def test_two_who_know_the_day_do_not_meet_by_the_year() -> None:
    other = person(THREE, "1971-11-20")
    assert not meet(person(THREE, DAY), other)
    # the first of January stands for a day that is not known
    for year in ("1970", "1971", "1971-01-01"):
        assert meet(person(THREE, year), other)
    assert not meet(person(THREE, "1975-01-01"), other)


def test_a_part_that_one_side_lacks_does_not_part_them() -> None:
    whole = person("Marwan Khudaidad Shakkour Belkhodja", DAY)
    for name in ("Marwan Khudaidad Belkhodja", "Khudaidad Shakkour Belkhodja"):
        assert meet(whole, person(name, DAY))
        assert meet(person(name, DAY), whole)


def test_who_has_the_fathers_name_meets_who_has_not() -> None:
    whole, short = person("وسيم كريم حداد", DAY), person("Wasim Haddad", DAY)
    assert meet(whole, short)
    assert meet(short, whole)
    assert not meet(whole, person("Wasim Karim", DAY))
    assert not meet(person("Mohamed Karim Hassan", DAY), person("Mohamed Hassan", DAY))


@pytest.mark.parametrize(
    ("records", "year", "day"),
    [(1_000, True, True), (100_000, False, True), (1_000_000, False, False)],
)
def test_among_fewer_records_less_must_be_told(records: int, year: bool, day: bool) -> None:
    for subject, asked in (
        (person("Ayman Zawahiri", "1951"), year),
        (person("Mohamed Saleh", DAY), day),
    ):
        question = tokens_of_question(subject, records)
        assert bool(question.tokens) is asked
        assert set(question.tokens) <= set(tokens_of_record(subject, records))


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (person("Mohamed Ali", DAY), "tokens.common_name"),
        (person("محمد أحمد", DAY), "tokens.common_name"),
        (person("Ayman Zawahiri", "1951"), "tokens.year_only"),
        (person("Ayman Zawahiri"), "tokens.no_birth"),
        (person("Ayman", DAY), "tokens.one_part"),
        (person("Mohamed Mohamed", DAY), "tokens.one_part"),
        (Subject(COMPANY, ("Falcon LLC",)), "tokens.one_part"),
        (Subject(COMPANY, ("Karim Rashid LLC",)), "tokens.common_words"),
        (number("document", "A12345"), "tokens.number_country"),
        (number("iban", "GB83 WEST 1234 5698 7654 32"), "tokens.number_wrong"),
        (number("phone", "0551234567"), "tokens.number_short"),
        (number("shoe", "4243444546"), "tokens.number_kind"),
    ],
)
def test_too_little_is_refused_with_its_reason(subject: Subject, reason: str) -> None:
    asked = tokens_of_question(subject)
    assert asked.tokens == ()
    assert asked.refused == (reason,)
    assert known(reason)
    assert tokens_of_record(subject) == []


def test_a_common_name_is_asked_with_its_country() -> None:
    egypt = person("محمد سامي", DAY, countries=("eg",))
    assert tokens_of_question(person("Mohamed Sami", DAY)).refused == ("tokens.common_name",)
    asked = tokens_of_question(person("Mohamed Sami", DAY, countries=("EG",)))
    assert asked.stands_for == ("name_date_and_country",)
    assert meet(egypt, person("Mohamed Sami", DAY, countries=("EG",)))
    assert not meet(egypt, person("Mohamed Sami", DAY, countries=("jo",)))


def test_the_first_of_january_tells_less() -> None:
    (new_year,) = births_of(("1971-01-01",))
    (day,) = births_of((DAY,))
    assert new_year.on_the_day(NEED).whole > day.on_the_day(NEED).whole
    assert (day.sure, new_year.sure, Birth(1971).sure) == (True, False, False)
    assert tokens_of_question(person("Ibrahim Tikriti", DAY)).tokens != ()
    assert tokens_of_question(person("Ibrahim Tikriti", "1971-01-01")).tokens == ()


def test_dates_as_they_are_written() -> None:
    assert births_of(("07 Oct 1954", "1961 to 1963", "nonsense", "1954-10-07")) == (
        *births_of(("1954-10-07",)),
        Birth(1961),
        Birth(1963),
    )


VALID = {
    "iban": ("GB82 WEST 1234 5698 7654 32", "gb82west12345698765432"),
    "lei": ("5493001KJTIIGC8Y1R12", "5493 001K JTII GC8Y 1R12"),
    "imo": ("IMO 9187629", "9187629"),
    "phone": ("+971 50 123 4567", "00971501234567"),
    "wallet": ("0xDE0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
               "0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae"),
    "document": ("Passport No. A 123 4567", "A1234567"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "spelled"), VALID.items())
def test_a_number_meets_however_it_is_written(kind: str, spelled: tuple[str, str]) -> None:
    one, other = (number(kind, text, "ae") for text in spelled)
    assert meet(one, other)
    assert tokens_of_question(other).stands_for == (kind,)


def test_a_document_of_another_country_is_another_document() -> None:
    assert not meet(number("document", "A1234567", "ae"), number("document", "A1234567", "sa"))


@given(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(sorted(KINDS)),
    st.text("0123456789", min_size=11),
)
def test_kinds_never_collide(one: str, other: str, digits: str) -> None:
    owner, asker = (number(kind, digits, "ae") for kind in (one, other))
    assert one == other or not meet(owner, asker)


NAMES = [
    "Zarqawi Falcon Khudaidad Belkhodja",
    "نور الصقر الذهبي الزرقاوي",
    "Horizon Marwan 7 Shakkour",
]


@given(
    st.sampled_from(list(SubjectKind)), st.sampled_from(list(SubjectKind)), st.sampled_from(NAMES)
)
def test_names_of_different_kinds_never_meet(
    one: SubjectKind, other: SubjectKind, name: str
) -> None:
    owner, asker = (Subject(kind, (name,), (DAY,), (), ("ae",)) for kind in (one, other))
    assert meet(owner, asker) == (one is other)


@given(
    st.permutations(["Marwan", "Khudaidad", "Belkhodja"]), st.sampled_from([str.upper, str.title])
)
def test_order_and_case_part_nobody(parts: list[str], case: object) -> None:
    assert callable(case)
    name = str(case(" ".join(parts)))
    straight = person("Marwan Khudaidad Belkhodja", DAY)
    assert meet(person(name, DAY), straight)
    assert meet(straight, person(name, DAY))


@given(
    st.lists(
        st.sampled_from([LONG, "علي حسن", "Mohamed Lamine Chaouch", "سيد قطب", "Bah"]), max_size=9
    ),
    st.lists(st.sampled_from([DAY, "1971", "1960-01-01", "1961 to 1963", "?"]), max_size=5),
    st.lists(st.sampled_from(sorted(VALID)), max_size=6),
)
def test_tokens_are_few_distinct_and_of_this_scheme(
    names: list[str], births: list[str], kinds: list[str]
) -> None:
    identifiers = tuple(Identifier(kind, VALID[kind][0], "ae") for kind in kinds)
    subject = Subject(PERSON, tuple(names), tuple(births), identifiers, ("ae", "eg"))
    kept, asked = tokens_of_record(subject), tokens_of_question(subject)
    assert len(kept) == len(set(kept)) <= MOST_KEPT
    assert len(asked.tokens) == len(set(asked.tokens)) == len(asked.stands_for) <= MOST_ASKED
    assert all(token.startswith(f"{SCHEME}|".encode()) for token in (*kept, *asked.tokens))
    if asked.tokens:
        assert meet(subject, subject)


def test_what_a_token_is_of_is_worded() -> None:
    what = {"name", "name_and_date", "name_date_and_country", "name_and_year", "name_and_country"}
    assert [each for each in sorted(KINDS | what) if not known(f"match.kind.{each}")] == []


def keyed(*bits: int) -> list[Keyed]:
    return [Keyed(Key(f"k{at}", told)) for at, told in enumerate(bits)]


def texts(sets: list[tuple[Key, ...]]) -> list[str]:
    return ["".join(key.text[1:] for key in keys) for keys in sets]


@pytest.mark.parametrize(
    ("bits", "kept"),
    [
        ((60, 60, 60), ["01", "02", "12"]),
        ((90, 40, 30), ["01", "02"]),
        ((50, 30, 20), ["012"]),
        ((40, 20, 20), ["012"]),
        ((30, 20), []),
        ((200,), []),
    ],
)
def test_the_smallest_sets_that_tell_enough(bits: tuple[int, ...], kept: list[str]) -> None:
    assert texts(kept_sets(keyed(*bits), Need(part=100, whole=80))) == kept


def test_what_is_aside_counts_only_where_it_must() -> None:
    parts = [*keyed(60, 60), Keyed(Key("k9", 60), aside=True)]
    assert texts(kept_sets(parts, Need(100, 80))) == ["01"]
    assert texts(kept_sets(parts, Need(170, 160))) == ["019"]


def test_the_sets_asked_share_as_little_as_may_be() -> None:
    four = kept_sets(keyed(60, 60, 60, 60), Need(100, 80))
    assert texts(covering(four, 2)) == ["01", "23"]


def test_a_whole_name_is_asked_without_one_part_too() -> None:
    asked = texts(asked_sets(keyed(70, 65, 60), Need(part=150, whole=80), 3))
    assert asked[0] == "012"
    assert all(len(each) == 2 for each in asked[1:])


def test_an_entity_gives_its_subject() -> None:
    entity = Entity(
        "x",
        "Person",
        {
            "name": (Value("Ayman al-Zawahiri"), Value("أيمن الظواهري")),
            "weakAlias": (Value("Al-Doctor"),),
            "birthDate": (Value("1960", original="1960 to 1962"), Value("1962")),
            "nationality": (Value("EG"),),
            "passportNumber": (Value("1084010"),),
        },
    )
    subject = subject_of(entity)
    assert subject.kind is PERSON
    assert subject.names == ("Ayman al-Zawahiri", "أيمن الظواهري")
    assert [birth.year for birth in births_of(subject.birth_dates)] == [1960, 1962]
    assert subject.identifiers == (Identifier("document", "1084010", "eg"),)
    assert tokens_of_question(subject).stands_for == ("document",)


def test_a_vessel_is_a_vessel_and_the_rest_companies() -> None:
    kinds = [
        subject_of(Entity("x", schema)).kind for schema in ("Vessel", "Company", "Organization")
    ]
    assert kinds == [VESSEL, COMPANY, COMPANY]
