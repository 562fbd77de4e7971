"""The tokens of a subject: equal bytes exactly where two parties mean the same.

A token is UTF-8 text, `scheme|kind|what|values`. Of a person: `name_and_date` (a set of parts that
tells enough with the day of birth), `name_date_and_country` (where that is not enough),
`name_and_year`, `name`; of a company or vessel `name` and `name_and_country`, of all its words.
The keys of the parts are the same from every script. Identifiers are in `numbers`.

The owner of a list keeps a record under up to MOST_KEPT tokens: birth years one apart, day and
month changed about, other readings of a letter. The asker asks few, because each costs both sides
arithmetic. What is known of a subject must tell so much that the owner's records, of which there
are at most `records`, hold next to no stranger of that name and birth; where it does not, the
question is refused with its reason. Among fewer records less must be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from taawun.cooperation.private.birth import (
    A_MILLION,
    NEED,
    NO_DAY,
    SLIP,
    Birth,
    births_of,
    need_among,
)
from taawun.cooperation.private.numbers import number_tokens, problem
from taawun.cooperation.private.subject import Subject, SubjectKind
from taawun.cooperation.private.telling import (
    FEWEST,
    Keys,
    Need,
    asked_sets,
    by_consonants,
    ends,
    kept_sets,
    read_otherwise,
    told,
)
from taawun.names.meeting import SCHEME, Keyed, meeting_keys

MOST_KEPT, MOST_ASKED, NAMED = 16, 5, 2
"""Tokens kept of a record, asked at once, and of those asked by name though numbers are known."""
MOST_NAMES = 6
WITH_DAY, OTHERWISE = 3, 3
"""How many sets of parts are asked with one day of birth, and for how many other readings."""
READ = 30
"""What a name read otherwise must tell more, in tenths of a bit: each reading is a chance more."""
KEPT_OTHERWISE = 8
"""How many other readings of a name a record is kept under at most."""
COMPANY_BITS, COUNTRY_BITS = 200, 40
"""What a company's words must tell among a million, and what a country tells, in tenths of bits."""


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


@dataclass(frozen=True, slots=True)
class _Named:
    """A subject, the parts of each of its names, and what must be told of it in all."""

    subject: Subject
    names: tuple[tuple[Keyed, ...], ...]
    need: Need

    @classmethod
    def of(cls, subject: Subject, records: int) -> _Named:
        """Equal names once."""
        kind = subject.kind.value
        names = dict.fromkeys(meeting_keys(name, kind) for name in subject.names[:MOST_NAMES])
        return cls(subject, tuple(names), need_among(records))

    def token(self, what: str, keys: Keys, *more: str) -> bytes:
        """The token of some parts and what goes with them."""
        held = "&".join(sorted(key.text for key in keys))
        return "|".join((SCHEME, self.subject.kind.value, what, held, *more)).encode()

    @property
    def countries(self) -> list[str]:
        """Up to two of the subject's countries."""
        return sorted({country.strip().lower() for country in self.subject.countries[:2]} - {""})


def tokens_of_record(subject: Subject, records: int = A_MILLION) -> list[bytes]:
    """The tokens under which the owner of a list keeps a record, at most MOST_KEPT.

    `records`: how many the list has at most, a power of ten. Raises InputError for a name too long
    to be one.
    """
    found = dict.fromkeys(token for _, token in number_tokens(subject, kept=True))
    for tokens in _kept(_Named.of(subject, records)):
        found.update(dict.fromkeys(tokens))
        if len(found) >= MOST_KEPT:
            break
    return list(found)[:MOST_KEPT]


def tokens_of_question(subject: Subject, records: int = A_MILLION) -> Questioned:
    """The tokens that ask for a subject, at most MOST_ASKED, the surest first.

    `records`: how many there are at most where it is asked, a power of ten. Raises InputError for
    a name too long to be one.
    """
    of = _Named.of(subject, records)
    numbers = {token: what for what, token in number_tokens(subject, kept=False)}
    named = {token: what for what, token in _asked(of)}
    room = MOST_ASKED - min(len(named), NAMED)
    chosen = [*list(numbers.items())[:room], *named.items()][:MOST_ASKED]
    return Questioned(
        tokens=tuple(token for token, _ in chosen),
        stands_for=tuple(what for _, what in chosen),
        refused=_refused(of, named=bool(named)),
    )


def _kept(of: _Named) -> Iterator[list[bytes]]:
    """The tokens of a record's names, those that are likeliest to be asked for first."""
    if of.subject.kind is not SubjectKind.PERSON:
        yield [token for parts in of.names for _, token in _whole(of, parts)]
        return
    births = births_of(of.subject.birth_dates)
    both = [(parts, birth) for parts in of.names for birth in births]
    yield [token for parts, birth in both for token in _on_the_day(of, parts, birth)]
    yield [token for parts, birth in both for token in _near_the_year(of, parts, birth)]
    yield [token for parts, birth in both for token in _near_the_day(of, parts, birth)]
    for parts in of.names:
        for other in (*islice(read_otherwise(parts), KEPT_OTHERWISE), *by_consonants(parts)):
            yield [t for birth in births for t in _on_the_day(of, other, birth, READ)]
    yield [of.token("name", keys) for parts in of.names for keys in kept_sets(parts, of.need)[:1]]


def _on_the_day(of: _Named, parts: tuple[Keyed, ...], birth: Birth, more: int = 0) -> list[bytes]:
    """What is kept with the day of birth; `more` is what the name must tell beyond that.

    A name too common for that is kept with the countries too, where any is known.
    """
    if birth.day is None:
        return []
    need, day = birth.on_the_day(of.need).less(-more), birth.day.isoformat()
    if sets := [*kept_sets(parts, need), *ends(parts, need)]:
        return [of.token("name_and_date", keys, day) for keys in sets]
    return [
        of.token("name_date_and_country", keys, day, country)
        for keys in kept_sets(parts, need.less(COUNTRY_BITS))[:1]
        for country in of.countries
    ]


def _near_the_day(of: _Named, parts: tuple[Keyed, ...], birth: Birth) -> list[bytes]:
    """The most telling set with the days that a slip makes of this one."""
    if birth.day is None:
        return []
    need = birth.on_the_day(of.need)
    sets = kept_sets(parts, need)[:1]
    if not sets:
        return []
    least = need.part if told(sets[0]) >= need.part else need.whole
    return [
        of.token("name_and_date", keys, day.isoformat())
        for keys in sets
        if told(keys) >= least + SLIP
        for day in birth.slips()
    ]


def _near_the_year(of: _Named, parts: tuple[Keyed, ...], birth: Birth) -> list[bytes]:
    """What is kept with the year, the one before and the one after: for who knows no day, and for
    who knows one where this record has none. Two who both know the day do not meet by the year."""
    sets = kept_sets(parts, birth.in_the_year(of.need))[:1]
    years = [f"{year:04}" for year in (birth.year, birth.year - 1, birth.year + 1)]
    dayless = [] if birth.sure else [year + NO_DAY for year in years]
    return [of.token("name_and_year", keys, year) for keys in sets for year in years + dayless]


def _asked(of: _Named) -> Iterator[tuple[str, bytes]]:
    if of.subject.kind is not SubjectKind.PERSON:
        for parts in of.names:
            yield from list(_whole(of, parts))[:1]
        return
    births = births_of(of.subject.birth_dates)
    for parts in of.names:
        for birth in births:
            yield from _asked_with(of, parts, birth)
        if not births:
            for keys in asked_sets(parts, of.need, 1):
                yield "name", of.token("name", keys)


def _asked_with(of: _Named, parts: tuple[Keyed, ...], birth: Birth) -> Iterator[tuple[str, bytes]]:
    """What asks for a name with one birth, the likeliest to be kept first."""
    year = f"{birth.year:04}" + (NO_DAY if birth.day is not None else "")
    in_the_year = [
        ("name_and_year", of.token("name_and_year", keys, year))
        for keys in asked_sets(parts, birth.in_the_year(of.need), 1)
    ]
    if birth.day is None:
        yield from in_the_year
        return
    need, day = birth.on_the_day(of.need), birth.day.isoformat()
    sets = asked_sets(parts, need, WITH_DAY)
    for keys in [*sets[:1], *ends(parts, need), *sets[1:2]]:
        yield "name_and_date", of.token("name_and_date", keys, day)
    yield from in_the_year
    for keys in [*sets[2:], *_read_otherwise(parts, need)]:
        yield "name_and_date", of.token("name_and_date", keys, day)
    if not kept_sets(parts, need):
        for keys in kept_sets(parts, need.less(COUNTRY_BITS))[:1]:
            for country in of.countries:
                token = of.token("name_date_and_country", keys, day, country)
                yield "name_date_and_country", token


def _read_otherwise(parts: tuple[Keyed, ...], need: Need) -> Iterator[Keys]:
    """The first set of each of the likeliest other readings of a name."""
    for other in islice(chain(read_otherwise(parts), by_consonants(parts)), OTHERWISE):
        yield from kept_sets(other, need.less(-READ))[:1]


def _whole(of: _Named, parts: tuple[Keyed, ...]) -> Iterator[tuple[str, bytes]]:
    """A company's or vessel's name with all its words; with its country first, if one is known."""
    if sum(not part.aside for part in parts) < FEWEST:
        return
    keys = tuple(part.key for part in parts)
    tells, wanted = told(keys), COMPANY_BITS + of.need.whole - NEED.whole
    if tells + COUNTRY_BITS >= wanted:
        for country in of.countries:
            yield "name_and_country", of.token("name_and_country", keys, country)
    if tells >= wanted:
        yield "name", of.token("name", keys)


def _refused(of: _Named, named: bool) -> tuple[str, ...]:
    subject = of.subject
    found = dict.fromkeys(filter(None, (problem(each, subject) for each in subject.identifiers)))
    if subject.names and not named:
        found[_why(of)] = None
    return tuple(found)


def _why(of: _Named) -> str:
    """Why none of the names is asked for."""
    subject = of.subject
    if all(sum(not part.aside for part in parts) < FEWEST for parts in of.names):
        return "tokens.one_part"
    if subject.kind is not SubjectKind.PERSON:
        return "tokens.common_words"
    births = births_of(subject.birth_dates)
    if not births:
        return "tokens.no_birth"
    return "tokens.common_name" if any(birth.day for birth in births) else "tokens.year_only"
