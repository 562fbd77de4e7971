"""The tokens of a subject: equal bytes exactly where two parties mean the same.

A token is UTF-8 text, `scheme|kind|what|values`. Of a person: `name_and_date` (a set of parts that
tells enough with the day of birth), `name_date_and_country` (where that is not enough),
`name_and_year`, `name`; of a company or vessel `name` and `name_and_country`, of all its words.
The keys of the parts are the same from every script. Identifiers are in `numbers`.

The owner of a list keeps a record under up to MOST_KEPT tokens: birth years one apart, day and
month changed about, other readings of a letter. The asker asks few, because each costs both sides
arithmetic. What is known of a subject must tell NEED in all, so that a million records hold next to
no stranger of that name and birth; where it does not, the question is refused with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from taawun.cooperation.private.birth import NEED, SLIP, Birth, births_of
from taawun.cooperation.private.numbers import number_tokens, problem
from taawun.cooperation.private.subject import Subject, SubjectKind
from taawun.cooperation.private.telling import (
    FEWEST,
    Keys,
    asked_sets,
    by_consonants,
    kept_sets,
    read_otherwise,
    told,
)
from taawun.names.meeting import SCHEME, Keyed, meeting_keys

MOST_KEPT, MOST_ASKED, NAMED = 16, 4, 2
"""Tokens kept of a record, asked at once, and of those asked by name though numbers are known."""
MOST_NAMES = 6
WITH_DAY, OTHERWISE = 3, 3
"""How many sets of parts are asked with one day of birth, and for how many other readings."""
READ = 30
"""What a name read otherwise must tell more, in tenths of a bit: each reading is a chance more."""
KEPT_OTHERWISE = 8
"""How many other readings of a name a record is kept under at most."""
COMPANY_BITS, COUNTRY_BITS = 200, 40
"""What a company's words must tell in all, and what a country tells, in tenths of a bit."""


@dataclass(frozen=True, slots=True)
class Questioned:
    """What may be asked: `tokens`, and for each in `stands_for` what it is of.

    `stands_for` are `name_and_date`, `name_date_and_country`, `name_and_year`, `name`,
    `name_and_country` or a kind of identifier; `match.kind.<it>` words them. `refused`: wording
    codes of the reasons why something that is known is not asked.
    """

    tokens: tuple[bytes, ...]
    stands_for: tuple[str, ...]
    refused: tuple[str, ...] = ()


def tokens_of_record(subject: Subject) -> list[bytes]:
    """The tokens under which the owner of a list keeps a record, at most MOST_KEPT.

    Raises InputError for a name too long to be one.
    """
    found = dict.fromkeys(token for _, token in number_tokens(subject, kept=True))
    for tokens in _kept(subject, _keyed(subject)):
        found.update(dict.fromkeys(tokens))
        if len(found) >= MOST_KEPT:
            break
    return list(found)[:MOST_KEPT]


def tokens_of_question(subject: Subject) -> Questioned:
    """The tokens that ask for a subject, at most MOST_ASKED, the surest first.

    Raises InputError for a name too long to be one.
    """
    names = _keyed(subject)
    numbers = {token: what for what, token in number_tokens(subject, kept=False)}
    named = {token: what for what, token in _asked(subject, names)}
    room = MOST_ASKED - min(len(named), NAMED)
    chosen = [*list(numbers.items())[:room], *named.items()][:MOST_ASKED]
    return Questioned(
        tokens=tuple(token for token, _ in chosen),
        stands_for=tuple(what for _, what in chosen),
        refused=_refused(subject, names, named=bool(named)),
    )


def _keyed(subject: Subject) -> list[tuple[Keyed, ...]]:
    """The parts of each name, equal ones once."""
    kind = subject.kind.value
    return list(dict.fromkeys(meeting_keys(name, kind) for name in subject.names[:MOST_NAMES]))


def _token(subject: Subject, what: str, keys: Sequence[str], *more: str) -> bytes:
    held = "&".join(sorted(keys))
    return "|".join((SCHEME, subject.kind.value, what, held, *more)).encode()


def _named(subject: Subject, what: str, keys: Keys, *more: str) -> bytes:
    return _token(subject, what, [key.text for key in keys], *more)


def _kept(subject: Subject, names: list[tuple[Keyed, ...]]) -> Iterator[list[bytes]]:
    """The tokens of a record's names, those that are likeliest to be asked for first."""
    if subject.kind is not SubjectKind.PERSON:
        yield [token for parts in names for _, token in _whole(subject, parts)]
        return
    births = births_of(subject.birth_dates)
    both = [(parts, birth) for parts in names for birth in births]
    yield [token for parts, birth in both for token in _on_the_day(subject, parts, birth)]
    yield [token for parts, birth in both for token in _near_the_year(subject, parts, birth)]
    yield [token for parts, birth in both for token in _near_the_day(subject, parts, birth)]
    for parts in names:
        for other in (*islice(read_otherwise(parts), KEPT_OTHERWISE), *by_consonants(parts)):
            yield [t for birth in births for t in _on_the_day(subject, other, birth, READ)]
    yield [_named(subject, "name", keys) for parts in names for keys in kept_sets(parts, NEED)[:1]]


def _on_the_day(
    subject: Subject, parts: tuple[Keyed, ...], birth: Birth, more: int = 0
) -> list[bytes]:
    """What is kept with the day of birth; `more` is what the name must tell beyond that.

    A name too common for that is kept with the countries too, where any is known.
    """
    if birth.day is None:
        return []
    need, day = birth.on_the_day().less(-more), birth.day.isoformat()
    if sets := kept_sets(parts, need):
        return [_named(subject, "name_and_date", keys, day) for keys in sets]
    return [
        _named(subject, "name_date_and_country", keys, day, country)
        for keys in kept_sets(parts, need.less(COUNTRY_BITS))[:1]
        for country in _countries(subject)
    ]


def _near_the_day(subject: Subject, parts: tuple[Keyed, ...], birth: Birth) -> list[bytes]:
    """The most telling set with the days that a slip makes of this one."""
    if birth.day is None:
        return []
    need = birth.on_the_day()
    sets = kept_sets(parts, need)[:1]
    if not sets:
        return []
    least = need.part if told(sets[0]) >= need.part else need.whole
    return [
        _named(subject, "name_and_date", keys, day.isoformat())
        for keys in sets
        if told(keys) >= least + SLIP
        for day in birth.slips()
    ]


def _near_the_year(subject: Subject, parts: tuple[Keyed, ...], birth: Birth) -> list[bytes]:
    sets = kept_sets(parts, birth.in_the_year())[:1]
    years = (birth.year, birth.year - 1, birth.year + 1)
    return [_named(subject, "name_and_year", k, f"{year:04}") for k in sets for year in years]


def _asked(subject: Subject, names: list[tuple[Keyed, ...]]) -> Iterator[tuple[str, bytes]]:
    if subject.kind is not SubjectKind.PERSON:
        for parts in names:
            yield from list(_whole(subject, parts))[:1]
        return
    births = births_of(subject.birth_dates)
    for parts in names:
        for birth in births:
            yield from _asked_with(subject, parts, birth)
        if not births:
            for keys in asked_sets(parts, NEED, 1):
                yield "name", _named(subject, "name", keys)


def _asked_with(
    subject: Subject, parts: tuple[Keyed, ...], birth: Birth
) -> Iterator[tuple[str, bytes]]:
    """What asks for a name with one birth."""
    if birth.day is not None:
        day = birth.day.isoformat()
        for keys in _sets_with_day(parts, birth):
            yield "name_and_date", _named(subject, "name_and_date", keys, day)
        need = birth.on_the_day()
        if not kept_sets(parts, need):
            for keys in kept_sets(parts, need.less(COUNTRY_BITS))[:1]:
                for country in _countries(subject):
                    token = _named(subject, "name_date_and_country", keys, day, country)
                    yield "name_date_and_country", token
    for keys in asked_sets(parts, birth.in_the_year(), 1):
        yield "name_and_year", _named(subject, "name_and_year", keys, f"{birth.year:04}")


def _countries(subject: Subject) -> list[str]:
    return sorted({country.strip().lower() for country in subject.countries[:2]} - {""})


def _sets_with_day(parts: tuple[Keyed, ...], birth: Birth) -> Iterator[Keys]:
    """The sets that are asked with a day: of the name as it is read, then of other readings."""
    need = birth.on_the_day()
    yield from asked_sets(parts, need, WITH_DAY)
    for other in islice(chain(read_otherwise(parts), by_consonants(parts)), OTHERWISE):
        yield from kept_sets(other, need.less(-READ))[:1]


def _whole(subject: Subject, parts: tuple[Keyed, ...]) -> Iterator[tuple[str, bytes]]:
    """A company's or vessel's name with all its words; with its country first, if one is known."""
    if sum(not part.aside for part in parts) < FEWEST:
        return
    keys = [part.key.text for part in parts]
    tells = sum(part.key.bits for part in parts)
    if tells + COUNTRY_BITS >= COMPANY_BITS:
        for country in _countries(subject):
            yield "name_and_country", _token(subject, "name_and_country", keys, country)
    if tells >= COMPANY_BITS:
        yield "name", _token(subject, "name", keys)


def _refused(subject: Subject, names: list[tuple[Keyed, ...]], named: bool) -> tuple[str, ...]:
    found = dict.fromkeys(filter(None, (problem(each, subject) for each in subject.identifiers)))
    if subject.names and not named:
        found[_why(subject, names)] = None
    return tuple(found)


def _why(subject: Subject, names: list[tuple[Keyed, ...]]) -> str:
    """Why none of the names is asked for."""
    if all(sum(not part.aside for part in parts) < FEWEST for parts in names):
        return "tokens.one_part"
    if subject.kind is not SubjectKind.PERSON:
        return "tokens.common_words"
    births = births_of(subject.birth_dates)
    if not births:
        return "tokens.no_birth"
    return "tokens.common_name" if any(birth.day for birth in births) else "tokens.year_only"
