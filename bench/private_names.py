"""Private names: do two sides who hold one person in two scripts make the same token?

    python -m bench.private_names [--json PATH]

Hit rates by kind of data and half (`held` is never tuned on), beside exact equality of the
romanised name and Soundex, both with the birth year; with a part missing; and false hits of people
who are not among a made-up million. Plain tokens suffice: the arithmetic of the protocol does not
change which are equal. Misses of the half that is tuned on go to `.bench/private-names-misses.tsv`.
"""

from __future__ import annotations

import csv
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

from anyascii import anyascii

from bench.ground import KEPT
from bench.private_people import SEED, Person, Population, drawn, listed, two_lists, words
from bench.report import Cell, Outcome, main
from taawun.cooperation.private.subject import Subject, SubjectKind
from taawun.cooperation.private.tokens import tokens_of_question, tokens_of_record
from taawun.names.meeting import meeting_keys
from taawun.names.person import person

HITS_WANTED, FALSE_WANTED = 0.95, 1e-4
MADE = 4_000
RECORDS, LOOKUPS, CHUNK = 1_000_000, 200_000, 20_000
FEWER = (100_000, 10_000)
"""Smaller lists, among which less must be told."""
PROCESSES = 2
MINUTES_WANTED = 2.0
MISSES = KEPT / "private-names-misses.tsv"


def subject(name: str, born: str) -> Subject:
    return Subject(SubjectKind.PERSON, (name,), (born,) if born else ())


@lru_cache(maxsize=200_000)
def romanised(name: str) -> str:
    """The first naive twin: letters as anyascii reads them, lower case."""
    return " ".join("".join(c for c in w if c.isalpha()) for w in anyascii(name).lower().split())


_SOUNDEX = str.maketrans("bfpvcgjkqsxzdtlmnr", "111122222222334556", "aeiouhwy")


@lru_cache(maxsize=200_000)
def soundexed(name: str) -> str:
    """The second: Soundex of each word, in alphabetical order."""
    out = []
    for word in romanised(name).split():
        code = word[1:].translate(_SOUNDEX)
        out.append((word[0] + "".join(dict.fromkeys(code)) + "000")[:4])
    return " ".join(sorted(out))


@dataclass
class Tally:
    """What came of asking for some people, each of whom the owner holds."""

    people: int = 0
    hits: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    naive: int = 0
    soundex: int = 0
    asked: int = 0
    kept: int = 0
    missed: list[Person] = field(default_factory=list)

    def row(self) -> tuple[str, ...]:
        people = max(self.people, 1)
        refused = sum(self.refused.values())
        return (
            f"{self.naive / people:.3f}",
            f"{self.soundex / people:.3f}",
            f"{self.hits / people:.3f}",
            f"{self.hits / max(people - refused, 1):.3f}",
            f"{refused / people:.3f}",
            f"{self.asked / people:.2f}",
            f"{self.kept / people:.2f}",
        )


COLUMNS = (
    "people", "half", "count", "romanised", "Soundex", "hits of all", "hits of asked", "refused",
    "tokens asked", "kept",
)  # fmt: skip


Change = Callable[[Person], Person]


def as_it_is(each: Person) -> Person:
    return each


def tallied(
    people: Iterable[Person],
    change: Change = as_it_is,
    owners: Change = as_it_is,
    records: int = RECORDS,
) -> Tally:
    """Asks for each person in a list of so many; `change` is done to what the asker holds, `owners`
    to what the owner does."""
    found = Tally()
    for each in people:
        asking = change(each)
        held = owners(each)
        question = tokens_of_question(subject(asking.asker, asking.born), records)
        record = tokens_of_record(subject(held.owner, held.born), records)
        found.people += 1
        found.asked += len(question.tokens)
        found.kept += len(record)
        found.naive += romanised(each.owner) == romanised(asking.asker)
        found.soundex += soundexed(each.owner) == soundexed(asking.asker)
        if not question.tokens:
            found.refused.update(question.refused)
        elif set(record).isdisjoint(question.tokens):
            found.missed.append(asking)
        else:
            found.hits += 1
    return found


def swapped(people: Iterable[Person]) -> list[Person]:
    """The same people with owner and asker changed about."""
    return [replace(each, owner=each.asker, asker=each.owner) for each in people]


def same_parts(people: Iterable[Person]) -> list[Person]:
    """Those whose two names have equally many parts: neither leaves anything out."""
    return [p for p in people if person(p.owner).core == person(p.asker).core > 1]


def a_year_off(each: Person) -> Person:
    """The day a year later, as a slip makes it."""
    return replace(
        each, born=f"{int(each.born[:4]) + 1}{each.born[4:]}".replace("-02-29", "-02-28")
    )


def year_only(each: Person) -> Person:
    """The year without the day."""
    return replace(each, born=each.born[:4])


def dateless(each: Person) -> Person:
    """Without any date."""
    return replace(each, born="")


def without_one(each: Person) -> Person:
    """The asker's name without the part after the first, where it has three or more."""
    parts = each.asker.split()
    return replace(each, asker=" ".join([parts[0], *parts[2:]]))


def shortened(each: Person) -> Person:
    """The owner's name without the part after the first."""
    parts = each.owner.split()
    return replace(each, owner=" ".join([parts[0], *parts[2:]]))


def long(people: Iterable[Person], least: int) -> list[Person]:
    """Those whose names have at least so many words on either side."""
    return [p for p in people if min(len(p.asker.split()), len(p.owner.split())) >= least]


def hits(outcome: Outcome) -> None:
    arabic, cyrillic = listed("Arabic"), listed("Cyrillic")
    pools = drawn(MADE)
    held = [each for each in arabic if each.half == "held"]
    both = pools + same_parts(held)
    groups: list[tuple[str, Sequence[Person]]] = [
        ("drawn, owner Arabic, asker Latin", pools),
        ("drawn, owner Latin, asker Arabic", swapped(pools)),
        ("listed, same parts, owner Arabic", same_parts(arabic)),
        ("listed, same parts, owner Latin", swapped(same_parts(arabic))),
        ("listed, as printed, owner Arabic", arabic),
        ("listed, as printed, owner Latin", swapped(arabic)),
        ("one list's Latin, another's", two_lists()),
        ("listed, owner Cyrillic, asker Latin", cyrillic),
        ("drawn, owner Cyrillic, asker Latin", drawn(MADE, "Cyrillic")),
        *((f"{n} words, owner {who}", turn(words(MADE, n, which)))
          for n in (2, 3) for which in ("dev", "held")
          for who, turn in (("Arabic", list), ("Latin", swapped))),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    missed: list[tuple[str, Person]] = []
    for name, people in groups:
        for which in ("dev", "held"):
            chosen = [each for each in people if each.half == which]
            if chosen:
                found = tallied(chosen)
                rows.append((name, which, found.people, *found.row()))
                missed += [(name, each) for each in found.missed if which == "dev"]
    outcome.table(
        "One person, two spellings, one day of birth",
        COLUMNS,
        rows,
        "Refused: the name is too common for what is known, or has one part; counted as no hit in "
        "`hits of all`. `as printed` holds names of which the lists print different parts.",
    )
    _write(missed)
    _targets(outcome, both)
    _changed(outcome, both)


def _targets(outcome: Outcome, both: list[Person]) -> None:
    found = [tallied(both), tallied(swapped(both))]
    share = sum(each.hits for each in found) / sum(each.people for each in found)
    claim = "one person in Arabic and in Latin script meets (refusals count as no hit)"
    outcome.want(claim, f">= {HITS_WANTED}", f"{share:.4f}", share >= HITS_WANTED)


def _changed(outcome: Outcome, people: list[Person]) -> None:
    three = long(people, 3)
    rows: list[tuple[Cell, ...]] = []
    for name, found in (
        ("the asker lacks one part of three or more", tallied(three, without_one)),
        ("the owner lacks one part of three or more", tallied(swapped(three), owners=shortened)),
        ("the asker lacks one part of four or more", tallied(long(people, 4), without_one)),
        ("the day a year off", tallied(people, a_year_off)),
        ("the asker knows the year only", tallied(people, year_only)),
        ("the owner knows the year only", tallied(people, owners=year_only)),
        ("the asker knows no date", tallied(people, dateless)),
    ):
        rows.append((name, "held", found.people, *found.row()))
    outcome.table("Arabic and Latin, and something is missing", COLUMNS, rows)
    rows = []
    for records in (RECORDS, *FEWER):
        for name, change in (("day", as_it_is), ("year", year_only), ("no date", dateless)):
            found = tallied(people, change, records=records)
            rows.append((f"{records:,} records, {name}", "held", found.people, *found.row()))
    outcome.table(
        "The same people asked for in lists of other sizes",
        COLUMNS,
        rows,
        "What a name must tell hangs on how many records there are at most, which terms say.",
    )


def _write(missed: list[tuple[str, Person]]) -> None:
    MISSES.parent.mkdir(parents=True, exist_ok=True)
    with MISSES.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t")
        for name, each in missed:
            keys = [[k.key.text for k in meeting_keys(text, "person")]
                    for text in (each.owner, each.asker)]  # fmt: skip
            rows.writerow((name, each.owner, each.asker, *keys))


Row = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """The questions that nobody of the million is meant by: token, or naive key, to who asks."""

    people: list[Row]
    tokens: dict[bytes, list[int]]
    romanised: dict[tuple[str, str], list[int]]
    soundex: dict[tuple[str, str], list[int]]
    records: int


_asked: Asked | None = None


def questions(people: list[Row], records: int) -> tuple[Asked, int, int]:
    """Everybody's tokens among so many; how many people were refused, how many tokens asked."""
    asked = Asked(people, {}, {}, {}, records)
    refused = tokens = 0
    for number, (name, born) in enumerate(asked.people):
        question = tokens_of_question(subject(name, born), records)
        refused += not question.tokens
        tokens += len(question.tokens)
        for token in question.tokens:
            asked.tokens.setdefault(token, []).append(number)
        asked.romanised.setdefault((romanised(name), born[:4]), []).append(number)
        asked.soundex.setdefault((soundexed(name), born[:4]), []).append(number)
    return asked, refused, tokens


def met(people: list[Row]) -> tuple[list[tuple[int, Row]], set[int], set[int], int, float]:
    """Who asks for these records: by token, romanised, Soundex; tokens kept, and seconds."""
    assert _asked is not None
    began = time.process_time()
    kept = [(person_, tokens_of_record(subject(*person_), _asked.records)) for person_ in people]
    seconds = time.process_time() - began
    found = [
        (number, each)
        for each, tokens in kept
        for token in tokens
        for number in _asked.tokens.get(token, ())
    ]
    years = [(name, born[:4]) for name, born in people]
    plain = {n for name, y in years for n in _asked.romanised.get((romanised(name), y), ())}
    sound = {n for name, y in years for n in _asked.soundex.get((soundexed(name), y), ())}
    return found, plain, sound, sum(len(tokens) for _, tokens in kept), seconds


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


@dataclass
class Strangers:
    """What came of asking for people who are not among so many records."""

    refused: int = 0
    tokens: int = 0
    asking: float = 0.0
    found: dict[int, Row] = field(default_factory=dict)
    plain: set[int] = field(default_factory=set)
    sound: set[int] = field(default_factory=set)
    kept: int = 0
    seconds: float = 0.0
    elapsed: float = 0.0


def strangers(population: Population, people: list[Row], records: int) -> Strangers:
    """Asks for these people among so many others."""
    global _asked
    out = Strangers()
    began = time.perf_counter()
    _asked, out.refused, out.tokens = questions(people, records)
    out.asking = time.perf_counter() - began
    began = time.perf_counter()
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        for hits_, ascii_, soundex, many, took in pool.imap(
            met, _chunks(population.people(records, SEED + 2))
        ):
            out.found.update(hits_)
            out.plain |= ascii_
            out.sound |= soundex
            out.kept += many
            out.seconds += took
    out.elapsed = time.perf_counter() - began
    return out


def false_hits(outcome: Outcome) -> None:
    population = Population()
    people = list(population.people(LOOKUPS, SEED + 1))
    among = {records: strangers(population, people, records) for records in (RECORDS, *FEWER)}
    most = among[RECORDS]
    same = {number for number, row in most.found.items() if _same_name(people[number], row)}
    day = {n for n in same if people[n][1] == most.found[n][1]}
    share = len(most.found) / LOOKUPS
    claim = f"false hits of {LOOKUPS:,} strangers among {RECORDS:,} people"
    outcome.want(claim, f"<= {FALSE_WANTED}", f"{share:.6f}", share <= FALSE_WANTED)
    other = len(most.found) - len(same)
    outcome.table(
        "Strangers who hit",
        ("way", "lookups", "hits", "share"),
        [
            ("all", LOOKUPS, len(most.found), f"{share:.6f}"),
            ("of these namesakes born on the same day", LOOKUPS, len(day), _share(len(day))),
            ("namesakes born within a year", LOOKUPS, len(same - day), _share(len(same - day))),
            ("another name", LOOKUPS, other, _share(other)),
            ("romanised name and year", LOOKUPS, len(most.plain), _share(len(most.plain))),
            ("Soundex and year", LOOKUPS, len(most.sound), _share(len(most.sound))),
        ],
        f"Refused: {most.refused / LOOKUPS:.3f} of the lookups. A namesake has the same "
        "parts, but for a patronymic or parts that one of the two lacks.",
    )
    outcome.table(
        "Strangers who hit, in lists of other sizes",
        ("records", "lookups", "refused", "hits", "share", "romanised name and year"),
        [
            (f"{records:,}", LOOKUPS, _share(found.refused), len(found.found),
             _share(len(found.found)), _share(len(found.plain)))
            for records, found in among.items()
        ],
    )  # fmt: skip
    _cost(outcome, most)


def _cost(outcome: Outcome, most: Strangers) -> None:
    """How many tokens there are, and how long they take."""
    minutes = most.seconds / PROCESSES / 60
    claim = (
        f"tokens of {RECORDS:,} records on {PROCESSES} processes, "
        "in minutes of each one's processor"
    )
    outcome.want(claim, f"<= {MINUTES_WANTED}", f"{minutes:.2f}", minutes <= MINUTES_WANTED)
    outcome.table(
        "How many and how fast",
        ("measure", "value"),
        [
            ("tokens a record", most.kept / RECORDS),
            ("tokens a lookup", most.tokens / LOOKUPS),
            ("microseconds a record (processor time)", most.seconds / RECORDS * 1e6),
            ("microseconds a lookup, one process", most.asking / LOOKUPS * 1e6),
            (f"seconds for all records, {PROCESSES} processes", most.elapsed),
        ],
    )


def _share(count: int) -> str:
    return f"{count / LOOKUPS:.6f}"


def _same_name(one: Row, other: Row) -> bool:
    """Whether two have the same parts, but for a patronymic or others that one lacks."""
    first, second = (
        {k.key.text for k in meeting_keys(row[0], "person") if not k.aside} for row in (one, other)
    )
    return first <= second or second <= first


def run(outcome: Outcome) -> None:
    """Measures hits across scripts and false hits of the tokens of names."""
    hits(outcome)
    false_hits(outcome)


if __name__ == "__main__":
    main("private_names", run)
