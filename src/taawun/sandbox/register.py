"""Who holds which account, written down: names, account numbers, identifiers, phones, addresses.

A holder has one true name and identity; every country writes the name in its own way, and now and
then a clerk errs. Everything is drawn by the same process for everybody, launderers included.
Account numbers have the form of an IBAN with valid check digits in a country that no state has;
bank codes the form of a BIC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from taawun.jit import I64
from taawun.ledger.schema import ACCOUNTS
from taawun.ledger.schema import KINDS as USES
from taawun.sandbox.chance import Rng, stream
from taawun.sandbox.plan import Plan
from taawun.sandbox.population import HUBS, Population
from taawun.sandbox.region import COUNTRIES, OUTSIDE

ORIGINAL, FIRST, SECOND, CYRILLIC = range(4)
"""Ways to write a name: in its own script, in two Latin manners, in Cyrillic."""
ASKEW = 0.03
"""How often a bank writes a name otherwise than its country does."""
BORN = (1945, 2007)


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as they are: name parts as places in `data/names.yml`, birth, number."""

    culture: str
    female: bool
    given: int
    father: int
    family: int
    born: str


@dataclass(frozen=True, slots=True)
class Register:
    """The written side of a population. `number`, `holder_name` … have one entry per account;
    `identity` one per person, `bic` and `bank_name` one per bank, `country` codes by place."""

    number: list[str]
    holder_name: list[str]
    identifier: list[str]
    phone: list[str]
    address: list[str]
    identity: list[Identity]
    bic: list[str]
    country: tuple[str, ...]


@cache
def _names() -> dict[str, Any]:
    text = (files("taawun.sandbox") / "data" / "names.yml").read_text("utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def register(plan: Plan, there: Population, shared: dict[str, dict[int, int]]) -> Register:
    """Write everybody down.

    `shared` says for `phone`, `address` and `identifier` which accounts carry those of another
    account (planted shared identifiers; ordinary sharing within households is drawn here).
    """
    codes = (*plan.countries, *OUTSIDE)
    rng = stream(plan.seed, "register")
    identity = _identities(plan, rng, there)
    bic = _bics(rng, there, codes)
    made = Register(
        number=_numbers(rng, there, codes, bic),
        holder_name=_holder_names(plan, rng, there, identity),
        identifier=_identifiers(rng, there),
        phone=_phones(rng, there),
        address=_addresses(plan, rng, there),
        identity=identity,
        bic=bic,
        country=codes,
    )
    for column, pairs in shared.items():
        values: list[str] = getattr(made, column)
        for account, other in pairs.items():
            values[account] = values[other]
    return made


def table(plan: Plan, there: Population, made: Register) -> pa.Table:
    """The register of the accounts at reporting banks, in the ledger's ACCOUNTS, by number."""
    known = np.flatnonzero(there.banks.reporting[there.accounts.bank])
    known = known[np.argsort(np.array(made.number)[known])]
    accounts = there.accounts
    opened = [plan.start + timedelta(days=int(day)) for day in accounts.opened[known]]
    columns = [
        [made.number[each] for each in known],
        [made.bic[bank] for bank in accounts.bank[known]],
        [made.country[place] for place in accounts.country[known]],
        [made.holder_name[each] for each in known],
        [USES[use] for use in accounts.use[known]],
        [made.identifier[each] or None for each in known],
        [made.phone[each] or None for each in known],
        [made.address[each] or None for each in known],
        opened,
    ]
    return pa.table(dict(zip(ACCOUNTS.names, columns, strict=True)), schema=ACCOUNTS)


# Names


def _identities(plan: Plan, rng: Rng, there: Population) -> list[Identity]:
    holders, count = there.holders, there.holders.people
    cultures = [COUNTRIES[code].culture for code in plan.countries]
    origin = holders.origin[:count]
    family_draw = rng.random(count)  # one a household: its members share it
    draws = rng.random((count, 3)) ** 1.4  # some names are far more common
    female = rng.random(count) < 0.48
    year = rng.integers(*BORN, count)
    day = rng.integers(1, 366, count)
    out = []
    for person in range(count):
        culture = cultures[origin[person]]
        names = _names()[culture]
        house = int(holders.household[person])
        given = names["female" if female[person] else "male"]
        born = np.datetime64(f"{year[person]}-01-01") + int(day[person] - 1)
        out.append(
            Identity(
                culture=culture,
                female=bool(female[person]),
                given=int(draws[person, 0] * len(given)),
                father=int(draws[house, 1] * len(names["male"])),
                family=int(family_draw[house] ** 1.3 * len(names["family"])),
                born=str(born),
            )
        )
    return out


def spelled(who: Identity, way: int, *, father: bool) -> str:
    """The name in one of the ways to write it, with or without the father's name."""
    names = _names()[who.culture]
    given = names["female" if who.female else "male"][who.given][way]
    family = names["family"][who.family][way]
    if who.culture == "chinese":
        return f"{family}{given}" if way == ORIGINAL else f"{family} {given}"
    if who.culture == "arabic" and father:
        return f"{given} {names['male'][who.father][way]} {family}"
    return f"{given} {family}"


def spellings(who: Identity) -> tuple[str, ...]:
    """The name in every way to write it, its own script first."""
    ways = (ORIGINAL, FIRST, SECOND, CYRILLIC)
    return tuple(dict.fromkeys(spelled(who, way, father=True) for way in ways))


def drawn_identity(rng: Rng, culture: str) -> Identity:
    """Somebody of a culture who need not hold an account."""
    names, (given, father, family) = _names()[culture], rng.random(3) ** 1.4
    female = bool(rng.random() < 0.2)
    born = np.datetime64(f"{rng.integers(*BORN)}-01-01") + int(rng.integers(0, 365))
    return Identity(
        culture=culture,
        female=female,
        given=int(given * len(names["female" if female else "male"])),
        father=int(father * len(names["male"])),
        family=int(family * len(names["family"])),
        born=str(born),
    )


def way_of(country: str, culture: str) -> int:
    """How a country writes a name of a culture: in its own script, in Latin or in Cyrillic."""
    place = COUNTRIES.get(country)
    if place is None:
        return FIRST
    if place.culture == culture and place.script != "latn":
        return ORIGINAL
    if place.script == "cyrl":
        return CYRILLIC
    if place.script == "latn" and place.culture == culture == "western":
        return ORIGINAL
    return FIRST + place.latin


def _holder_names(plan: Plan, rng: Rng, there: Population, identity: list[Identity]) -> list[str]:
    accounts, holders = there.accounts, there.holders
    codes = (*plan.countries, *OUTSIDE)
    size = len(accounts.holder)
    askew = rng.random(size) < ASKEW
    # A bank writes Latin letters only, or the country's script: its system decides
    latin_only = rng.random(len(there.banks.name)) < 0.4
    other = rng.integers(0, 4, size)
    father = rng.random(size) < 0.5
    slip = rng.random(size)
    institution = _institutions(plan, there)
    firm = _firm_names(plan, rng, there)
    out = []
    for account in range(size):
        holder = int(accounts.holder[account])
        country = codes[accounts.country[account]]
        bank = int(accounts.bank[account])
        if holder < holders.people:
            who = identity[holder]
            way = way_of(country, who.culture)
            if latin_only[bank] and way in (ORIGINAL, CYRILLIC):
                way = FIRST
            way = int(other[account]) if askew[account] else way
            name = spelled(who, way, father=bool(father[account]))
            out.append(_slipped(name, slip[account], latin_only[bank]))
        elif holder < holders.people + holders.companies:
            ways = firm[holder - holders.people]
            out.append(ways[FIRST] if latin_only[bank] else ways[ORIGINAL])
        else:
            out.append(institution.get(holder) or f"{there.banks.name[bank]}")
    return out


def _slipped(name: str, chance: float, upper: bool) -> str:
    """What a clerk makes of a name: now and then two letters change places, or one is lost."""
    if chance < 0.012 and len(name) > 6:
        at = 2 + int(chance * 1e6) % (len(name) - 4)
        name = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    elif chance < 0.02 and len(name) > 6:
        at = 2 + int(chance * 1e6) % (len(name) - 4)
        name = name[:at] + name[at + 1 :]
    return name.upper() if upper else name


def _institutions(plan: Plan, there: Population) -> dict[int, str]:
    """Names of the institutions, by holder; they follow the companies, country by country."""
    number = there.holders.people + there.holders.companies
    said, out = _names()["institutions"], {}
    for code in plan.countries:
        for name, count in HUBS:
            for which in range(count):
                out[number] = f"{said[name][which]} of {COUNTRIES[code].towns[0]}"
                number += 1
    return out


def _firm_names(plan: Plan, rng: Rng, there: Population) -> list[tuple[str, str]]:
    """Of each company, its name in its own script and in Latin."""
    holders = there.holders
    firms = np.arange(holders.people, holders.people + holders.companies)
    said = _names()["companies"]
    draws = rng.random((len(firms), 4))
    out = []
    for number, firm in enumerate(firms):
        place = COUNTRIES[plan.countries[holders.country[firm]]]
        parts = said[place.culture]
        town = place.towns[int(draws[number, 3] * len(place.towns))]
        word = parts["words"][int(draws[number, 0] * len(parts["words"]))]
        trade = parts["trades"][int(draws[number, 1] * len(parts["trades"]))]
        form = parts["forms"][int(draws[number, 2] * len(parts["forms"]))]
        way = FIRST + place.latin
        own = f"{word[0]} {trade[0]} {form[0]} ({number % 97})"
        out.append((own, f"{word[way]} {town.split()[-1]} {trade[way]} {form[way]}"))
    return out


# Numbers


def _bics(rng: Rng, there: Population, codes: tuple[str, ...]) -> list[str]:
    taken: set[str] = set()
    out = []
    for bank, place in enumerate(there.banks.country):
        while (four := "".join("BCDFGHJKLMNPQRSTVWXZ"[i] for i in rng.integers(0, 20, 4))) in taken:
            pass
        taken.add(four)
        out.append(f"{four}{codes[place]}{'2Q' if bank % 2 else 'MM'}")
    return out


def _numbers(rng: Rng, there: Population, codes: tuple[str, ...], bic: list[str]) -> list[str]:
    """IBAN-like: country, two check digits (ISO 7064, mod 97), four letters of the bank, 14 digits.

    Numbers are a permutation of a bank's places: no two alike, no order in them.
    """
    size = len(there.accounts.holder)
    start = int(rng.integers(10**12, 9 * 10**13))
    serial = (start + rng.permutation(size).astype(object) * 7_368_787_001) % 10**14
    out = []
    for account in range(size):
        bank = int(there.accounts.bank[account])
        body = f"{bic[bank][:4]}{int(serial[account]):014d}"
        country = codes[there.accounts.country[account]]
        out.append(f"{country}{check_digits(country, body)}{body}")
    return out


def check_digits(country: str, body: str) -> str:
    """The two check digits of an IBAN (ISO 13616): 98 less the remainder by 97."""
    digits = "".join(str(int(char, 36)) for char in f"{body}{country}00")
    return f"{98 - int(digits) % 97:02d}"


def _scattered(rng: Rng, size: int, lowest: int) -> I64:
    """Numbers from `lowest` to ten times that, no two alike and in no order."""
    count = 9 * lowest
    step, start = 1_000_003 * int(rng.integers(1, 9)) + 6, int(rng.integers(count))
    while np.gcd(step, count) > 1:
        step += 1
    found: I64 = lowest + (rng.permutation(size).astype(np.int64) * step + start) % count
    return found


def _identifiers(rng: Rng, there: Population) -> list[str]:
    """A document or register number a holder; a bank has it of two accounts in three."""
    holders = there.holders
    number = _scattered(rng, len(holders.country), 10**7)
    known = rng.random(len(there.accounts.holder)) < 0.66
    people, out = holders.people, []
    for account, holder in enumerate(there.accounts.holder):
        letter = "P" if holder < people else "R"
        out.append(f"{letter}{int(number[holder])}" if known[account] else "")
    return out


def _phones(rng: Rng, there: Population) -> list[str]:
    """A number a holder; some share it within the household; a third of accounts have none."""
    holders = there.holders
    size = len(holders.country)
    number = _scattered(rng, size, 10**8)
    joint = rng.random(size) < 0.15
    owner = np.where(joint, holders.household, np.arange(size))
    known = rng.random(len(there.accounts.holder)) < 0.7
    return [
        f"+999{int(number[owner[holder]])}" if known[account] else ""
        for account, holder in enumerate(there.accounts.holder)
    ]


def _addresses(plan: Plan, rng: Rng, there: Population) -> list[str]:
    """A street and number a household or company; some have moved, some are not known."""
    holders = there.holders
    size = len(holders.country)
    street = rng.integers(1, 160, size)
    house = rng.integers(1, 220, size)
    lives = holders.household.copy()
    first = holders.people
    firms = np.arange(first, first + holders.companies)
    # Company addresses of which many use the same: business centres
    centre = rng.random(len(firms)) < 0.18
    lives[firms[centre]] = firms[rng.integers(0, max(1, len(firms) // 25), int(centre.sum()))]
    known = rng.random(len(there.accounts.holder)) < 0.8
    out = []
    for account, holder in enumerate(there.accounts.holder):
        place = int(holders.country[holder])
        if not known[account] or place >= len(plan.countries):
            out.append("")
            continue
        home = int(lives[holder])
        towns = COUNTRIES[plan.countries[place]].towns
        town = towns[min(int(holders.town[home]), len(towns) - 1)]
        out.append(f"{int(house[home])} Street {int(street[home])}, {town}")
    return out
