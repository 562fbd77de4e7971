"""Precision: how many clean customers are flagged, with and without birth date and country.

    python -m bench.precision [--json PATH]

All lists are loaded. A customer is flagged when any hit is a match at the default threshold. The
customers are made up, so every flag is a false one, chance namesakes included: telling those
apart by birth date and country is the point. All flags go to `.bench/precision-flags.tsv`.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.ground import KEPT, full_home
from bench.names.customers import COUNT, SEED, Customer, customers
from bench.report import Outcome, main

if TYPE_CHECKING:
    from taawun.screening.screener import Screener
    from taawun.screening.subject import Hit, Subject

WANTED = {"name, birth date and country": 1 / 1000, "name alone": 1 / 100}
FLAGS = KEPT / "precision-flags.tsv"
SHOWN = 15


@dataclass(frozen=True, slots=True)
class Flag:
    """A customer that was flagged, and the hit that did it."""

    customer: Customer
    hit: Hit


def subject(customer: Customer, everything: bool) -> Subject:
    """The question about one customer: all that is known, or the name alone."""
    from taawun.screening.subject import Subject

    if not everything:
        return Subject(names=(customer.name,), kind=customer.kind)
    return Subject(
        names=(customer.name,),
        kind=customer.kind,
        birth_dates=(customer.birth_date,) if customer.birth_date else (),
        countries=(customer.country,) if customer.country else (),
        gender=customer.gender,
    )


def flags(screener: Screener, everyone: Sequence[Customer], everything: bool) -> list[Flag]:
    """Every customer with a match, best hit each."""
    found = []
    for customer in everyone:
        hits = screener.screen(subject(customer, everything), limit=1).hits
        if hits and hits[0].match:
            found.append(Flag(customer, hits[0]))
    return found


def run(outcome: Outcome) -> None:
    """Screens made-up clean customers against all lists and counts those flagged."""
    from taawun.screening.screener import Screener

    screener = Screener.open(full_home())
    everyone = list(customers(COUNT, SEED))
    persons = [each for each in everyone if each.kind == "person"]
    others = [each for each in everyone if each.kind != "person"]
    found = {}
    for how, wanted in WANTED.items():
        found[how] = flags(screener, persons, how != "name alone")
        share = len(found[how]) / len(persons)
        got = f"{len(found[how]):,} of {len(persons):,} = 1 in {1 / share if share else 0:,.0f}"
        claim = f"clean persons flagged at the default threshold by {how}"
        outcome.want(claim, f"<= 1 in {1 / wanted:,.0f}", got, share <= wanted)
    found["companies and vessels"] = flags(screener, others, True)
    _by_culture(outcome, persons, found)
    _others(outcome, others, found["companies and vessels"])
    _worst(outcome, found)
    _write(found)


def _by_culture(
    outcome: Outcome, persons: Sequence[Customer], found: dict[str, list[Flag]]
) -> None:
    total = Counter(each.culture for each in persons)
    counts = {how: Counter(flag.customer.culture for flag in found[how]) for how in WANTED}
    rows: list[tuple[str | int | float, ...]] = [
        (culture, size, *(counts[how][culture] for how in WANTED))
        for culture, size in total.most_common()
    ]
    outcome.table("persons flagged by culture", ("culture", "persons", *WANTED), rows)


def _others(outcome: Outcome, others: Sequence[Customer], flagged: Sequence[Flag]) -> None:
    total = Counter(each.kind for each in others)
    counts = Counter(flag.customer.kind for flag in flagged)
    rows = [(kind, size, counts[kind], counts[kind] / size) for kind, size in total.items()]
    outcome.table("companies and vessels", ("kind", "customers", "flagged", "share"), rows)


def _worst(outcome: Outcome, found: dict[str, list[Flag]]) -> None:
    flagged = sorted(found["name, birth date and country"], key=lambda flag: -flag.hit.score)[
        :SHOWN
    ]
    rows = [
        (f.customer.name, f.customer.birth_date, f.customer.country, f.hit.entity, f.hit.score)
        for f in flagged
    ]
    columns = ("customer (made up)", "born", "country", "entry", "score")
    outcome.table("highest false scores with everything known", columns, rows)


def _write(found: dict[str, list[Flag]]) -> None:
    FLAGS.parent.mkdir(exist_ok=True)
    with FLAGS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(
            ["known", "score", "customer", "born", "country", "entry", "caption", "why"]
        )
        for how, group in found.items():
            for flag in sorted(group, key=lambda each: -each.hit.score):
                who, hit = flag.customer, flag.hit
                why = "; ".join(f"{f.code} {f.points:+.2f} {f.candidate}" for f in hit.features)
                row = [how, f"{hit.score:.3f}", who.name, who.birth_date, who.country]
                writer.writerow([*row, hit.entity, hit.caption, why])


if __name__ == "__main__":
    main("precision", run)
