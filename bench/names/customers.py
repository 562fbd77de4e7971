"""Made-up clean customers of many naming cultures: what a bank's file looks like on a quiet day.

    python -m bench.names.customers --out customers.csv [--count 20000] [--seed 7]

Nobody here is on a list. Names are drawn from `pools.yml` by rank, the common ones commonly, so
chance namesakes of listed people occur as they do in life; whether birth date and country then
tell them apart is what the precision benchmark measures. The same seed gives the same file.
"""

from __future__ import annotations

import argparse
import csv
import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

POOLS = Path(__file__).with_name("pools.yml")
COUNT, SEED = 20_000, 7
COMPANY_SHARE, VESSEL_SHARE = 0.1, 0.02
BIRTH_YEARS = (1940, 2007, 1982)
YEAR_ONLY = 0.05

LETTERS = "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя"
SPELLED = "a b v g g d e e ye zh z i i yi y k l m n o p r s t u f kh ts ch sh shch . y . e yu ya"
CYRILLIC = dict(zip(LETTERS, SPELLED.split(), strict=True))
UKRAINIAN = CYRILLIC | {"г": "h", "и": "y", "й": "i", "є": "ie", "ї": "i", "ю": "iu", "я": "ia"}
COMPANY_FORMS = (
    ("{distinct} {trade} {form}", 6),
    ("{distinct} {place} {trade} {form}", 3),
    ("{distinct} {form}", 2),
    ("{place} {distinct} {trade}", 2),
)
PLAIN = str.maketrans({"đ": "d", "Đ": "D", "ı": "i", "ø": "o", "ł": "l", "Ł": "L", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Customer:
    """One row of the file, in the columns that `taawun screen-file` reads, and its culture."""

    id: str
    name: str
    kind: str
    birth_date: str
    country: str
    gender: str
    culture: str


@dataclass(frozen=True, slots=True)
class Item:
    """A name part as written at home, and the Latin spellings it is given abroad."""

    native: str
    latin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Culture:
    """How a culture names people: pools of parts, forms that join them, countries, scripts."""

    name: str
    weight: int
    countries: tuple[str, ...]
    native: float
    forms: tuple[tuple[str, int], ...]
    latin_forms: tuple[tuple[str, int], ...]
    male: tuple[Item, ...]
    female: tuple[Item, ...]
    family: tuple[Item, ...]
    son: tuple[tuple[str, str], tuple[str, str]]
    script: str
    compose: str


def plain(text: str) -> str:
    """The text without diacritics, as on a form that knows only ASCII."""
    bare = unicodedata.normalize("NFD", text.translate(PLAIN))
    return "".join(char for char in bare if not unicodedata.combining(char))


def romanised(text: str, script: str) -> str:
    """A Cyrillic word the way a passport spells it."""
    table = UKRAINIAN if script == "ukrainian" else CYRILLIC
    word = "".join(table.get(char, char) for char in text.lower()).replace(".", "")
    return word.capitalize()


def _items(text: str, script: str) -> tuple[Item, ...]:
    return tuple(_item(part.strip(), script) for part in text.split(";"))


def _item(text: str, script: str) -> Item:
    native, _, latin = text.partition(":")
    if latin:
        return Item(native, tuple(latin.split(",")))
    return Item(native, (romanised(native, script) if script else plain(native),))


@cache
def pools() -> dict[str, Any]:
    """The data file, read once."""
    loaded: dict[str, Any] = yaml.safe_load(POOLS.read_text(encoding="utf-8"))
    return loaded


@cache
def cultures() -> tuple[Culture, ...]:
    return tuple(_culture(name, card) for name, card in pools()["cultures"].items())


def _culture(name: str, card: dict[str, Any]) -> Culture:
    script = card.get("script", "")
    given = {key: _items(pools().get(card[key], card[key]), script) for key in ("male", "female")}
    son = card.get("bin", {"native": ["", ""], "latin": ["", ""]})
    forms = tuple(card["forms"].items())
    return Culture(
        name=name,
        weight=card["weight"],
        countries=tuple(card["countries"].split()),
        native=card["native"],
        forms=forms,
        latin_forms=tuple(card.get("latin_forms", {}).items()) or forms,
        male=given["male"],
        female=given["female"],
        family=_items(card["family"], script),
        son=(tuple(son["native"]), tuple(son["latin"])),
        script=script,
        compose=card.get("compose", ""),
    )


@cache
def _ranks(length: int) -> tuple[float, ...]:
    """Weights that fall with the rank, gently enough that rare names occur."""
    return tuple(1 / (rank + 4) for rank in range(length))


class Maker:
    """Draws customers from one random stream."""

    def __init__(self, seed: int = SEED) -> None:
        self.random = random.Random(seed)

    def draw(self, items: Sequence[Item]) -> Item:
        return self.random.choices(items, _ranks(len(items)))[0]

    def written(self, item: Item, native: bool) -> str:
        return item.native if native else self.random.choice(item.latin)

    def form(self, forms: Sequence[tuple[str, int]]) -> str:
        return self.random.choices([form for form, _ in forms], [weight for _, weight in forms])[0]

    def name(self, culture: Culture, gender: str, native: bool) -> str:
        """A full name of the culture, in its own script or in Latin."""
        if culture.compose:
            return self._composed(culture, gender, native)
        form = self.form(culture.forms if native else culture.latin_forms)
        parts = [self._part(token, culture, gender, native) for token in form.split()]
        return " ".join(part for part in parts if part)

    def _part(self, token: str, culture: Culture, gender: str, native: bool) -> str:
        female = gender == "female"
        own = culture.female if female else culture.male
        match token:
            case "g" | "m":
                return self.written(self.draw(own), native)
            case "f" | "p":
                return self.written(self.draw(culture.male), native)
            case "s" | "t":
                return self._family(culture, female, native)
            case "y":
                return self._patronymic(culture, female, native)
            case "i":
                return f"{self.draw(culture.male).latin[0][0]}."
            case "bin" | "ben":
                return culture.son[0 if native else 1][female]
        return token

    def _family(self, culture: Culture, female: bool, native: bool) -> str:
        item = self.draw(culture.family)
        if not culture.script or not female:
            return self.written(item, native)
        word = _feminine(item.native)
        return word if native else romanised(word, culture.script)

    def _patronymic(self, culture: Culture, female: bool, native: bool) -> str:
        word = _patronymic(self.draw(culture.male).native, female, culture.script)
        return word if native else romanised(word, culture.script)

    def _composed(self, culture: Culture, gender: str, native: bool) -> str:
        """Chinese and Korean: a family name and a given name of one or two syllables."""
        family = self.draw(culture.family)
        pool = culture.female if gender == "female" else culture.male
        two = culture.compose == "korean" or self.random.random() < 0.75
        given = [self.draw(pool) for _ in range(2 if two else 1)]
        if native:
            return family.native + "".join(item.native for item in given)
        joint = self.random.choice(["", "", "-", " "] if culture.compose == "korean" else [""])
        word = joint.join(item.latin[0] for item in given)
        own = word.title() if joint == " " else word[0].upper() + word[1:]
        pair = [family.latin[0], own]
        return " ".join(pair if self.random.random() < 0.6 else reversed(pair))

    def birth_date(self) -> str:
        low, high, mode = BIRTH_YEARS
        year = int(self.random.triangular(low, high, mode))
        if self.random.random() < YEAR_ONLY:
            return f"{year}"
        return f"{year}-{self.random.randint(1, 12):02d}-{self.random.randint(1, 28):02d}"

    def person(self, number: int) -> Customer:
        everyone = cultures()
        culture = self.random.choices(everyone, [each.weight for each in everyone])[0]
        gender = self.random.choice(["male", "male", "female"])
        native = self.random.random() < culture.native
        name = self.name(culture, gender, native)
        country = self.random.choice(culture.countries)
        born = self.birth_date()
        return Customer(f"P{number:06}", name, "person", born, country, gender, culture.name)

    def company(self, number: int) -> Customer:
        words = {key: _words("companies", key) for key in ("distinct", "trade", "place", "form")}
        pick = {key: self.random.choice(values) for key, values in words.items()}
        form = self.form(COMPANY_FORMS)
        country = self.random.choice(pools()["companies"]["countries"].split())
        name = form.format(**pick)
        return Customer(f"C{number:06}", name, "company", "", country, "", "company")

    def vessel(self, number: int) -> Customer:
        first, second = (self.random.choice(_words("vessels", key)) for key in ("first", "second"))
        hull = self.random.choice(["", "", "", "", " II", " 2", " 7"])
        name = f"{first} {second}{hull}".upper()
        return Customer(f"V{number:06}", name, "vessel", "", "", "", "vessel")


def _words(group: str, key: str) -> list[str]:
    return [word.strip() for word in pools()[group][key].split(";")]


def _feminine(family: str) -> str:
    if family.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return family + "а"
    return family[:-2] + "ая" if family.endswith(("ий", "ый")) else family


def _patronymic(father: str, female: bool, script: str) -> str:
    """The patronymic of a father's given name, Russian or Ukrainian, by the usual endings."""
    if script == "ukrainian":
        stem = father[:-1] if father[-1] in "йоь" else father
        return stem + ("івна" if female else "ович")
    if father[-1] in "йь":
        stem = father[:-2] + "ь" if father.endswith("ий") else father[:-1]
        return stem + ("евна" if female else "евич")
    if father[-1] in "ая":
        return father[:-1] + ("инична" if female else "ич")
    return father + ("овна" if female else "ович")


def customers(count: int = COUNT, seed: int = SEED) -> Iterator[Customer]:
    """`count` persons, then a tenth as many companies and a fiftieth as many vessels."""
    maker = Maker(seed)
    yield from (maker.person(number) for number in range(count))
    yield from (maker.company(number) for number in range(int(count * COMPANY_SHARE)))
    yield from (maker.vessel(number) for number in range(int(count * VESSEL_SHARE)))


def write(path: Path, count: int = COUNT, seed: int = SEED) -> int:
    """Writes the customers as CSV with a header; returns how many."""
    rows = [astuple(each) for each in customers(count, seed)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Customer)])
        writer.writerows(rows)
    return len(rows)


def main() -> None:
    asked = argparse.ArgumentParser(description="Writes made-up clean customers as CSV.")
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--count", type=int, default=COUNT)
    asked.add_argument("--seed", type=int, default=SEED)
    given = asked.parse_args()
    print(f"{given.out}: {write(given.out, given.count, given.seed)} customers")


if __name__ == "__main__":
    main()
