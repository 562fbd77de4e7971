"""People for the measure of private names: pairs of names of one person, and a made-up million.

listed(script)      people of the UN, EU and UK lists by original-script and first Latin name
two_lists()         people whom two lists spell in Latin, found by their Arabic name
drawn(count)        people drawn from `names/pools.yml`, each in Arabic and in Latin
words(count, size)  people made of transliterated words (`names/ar2en-train.tsv`)
Population          names as the lists have them, drawn anew part by part
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bench.ground import data_folder
from bench.names.customers import Culture, Item, Maker, cultures
from bench.recall import NAMES, has_latin, is_latin, read
from bench.scoring import script
from taawun.entities.dates import span
from taawun.names.person import person

if TYPE_CHECKING:
    from taawun.entities.entity import Entity

SOURCES = ("un", "eu", "uk")
SEED = 20
FIRST_YEAR, LAST_YEAR, MODE = 1940, 2006, 1975
YEAR_ONLY, NEW_YEAR = 0.05, 0.03
ARAB_SHARE = 0.6
REGISTERED = {2: 30, 3: 45, 4: 25}
"""How many parts names of the Arab world have in a register (of 100): identity documents give the
father and often the grandfather, which lists leave out."""
MOST_OF_A_FAMILY = 12
"""How often a family may be drawn from: the lists name whole clans, a population does not."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person: the name as one side holds it, as the other does, and the day of birth."""

    owner: str
    asker: str
    born: str
    half: str


def half(text: str) -> str:
    """`dev` may be looked at while rules are made, `held` may not."""
    return "dev" if hashlib.blake2b(text.encode(), digest_size=1).digest()[0] % 2 else "held"


def day(draw: random.Random) -> str:
    """A day of birth."""
    year = int(draw.triangular(FIRST_YEAR, LAST_YEAR, MODE))
    return (date(year, 1, 1) + timedelta(draw.randrange(365))).isoformat()


def listed(written: str) -> list[Person]:
    """Each listed person with an original-script name of `written` and a Latin name.

    Dates are the list's where it has a day, made up otherwise. Who is tuned on under another
    list's number is not in the held half.
    """
    draw = random.Random(SEED)
    found = []
    for source in SOURCES:
        for entity in read(source):
            native, latin = _names(entity, written)
            if native and latin:
                found.append(Person(native, latin, _born(entity, draw), half(entity.id)))
    tuned = {each.owner for each in found if each.half == "dev"}
    return [each for each in found if each.half == "dev" or each.owner not in tuned]


def _names(entity: Entity, written: str) -> tuple[str, str]:
    if entity.schema != "Person":
        return "", ""
    texts = [text for prop in NAMES for text in entity.texts(prop)]
    native = next((t for t in texts if script(t) == written and not has_latin(t)), "")
    return native, next((text for text in texts if is_latin(text)), "")


def _born(entity: Entity, draw: random.Random) -> str:
    days = [known.first for text in entity.texts("birthDate") if (known := span(text))
            and known.exact]  # fmt: skip
    made = day(draw)
    return days[0].isoformat() if days else made


def two_lists() -> list[Person]:
    """People whom two lists name alike in Arabic: the first Latin name of one, and of the other."""
    draw = random.Random(SEED)
    spelled: dict[str, dict[str, tuple[str, str]]] = {}
    for source in SOURCES:
        for entity in read(source):
            native, latin = _names(entity, "Arabic")
            if native and latin:
                spelled.setdefault(native, {}).setdefault(source, (latin, _born(entity, draw)))
    return [
        Person(one[0], other[0], one[1], half(native))
        for native, by_list in spelled.items()
        for one, other in [tuple(by_list.values())[:2]] * (len(by_list) > 1)
    ]


FORMS = (("g s", 4), ("g f s", 4), ("g f p s", 2))


def drawn(count: int, written: str = "Arabic") -> list[Person]:
    """People drawn from the pools of cultures that write so: the same parts in both scripts."""
    maker = Maker(SEED)
    homes = [each for each in cultures() if _writes(each, written)]
    out = []
    for _ in range(count):
        culture = maker.random.choices(homes, [each.weight for each in homes])[0]
        own = culture.female if maker.random.random() < 0.3 else culture.male
        pools = {"g": own, "f": culture.male, "p": culture.male, "s": culture.family}
        items = [maker.draw(pools[form]) for form in maker.form(FORMS).split()]
        native = " ".join(item.native for item in items)
        latin = " ".join(maker.written(item, native=False) for item in items)
        out.append(Person(native, latin, day(maker.random), "held"))
    return out


def _writes(culture: Culture, written: str) -> bool:
    pools: tuple[Sequence[Item], ...] = (culture.male, culture.female, culture.family)
    return not culture.compose and all(script(item.native) == written for p in pools for item in p)


def words(count: int, size: int, which: str) -> list[Person]:
    """People whose names are `size` words of the transliteration pairs, of one half."""
    path = data_folder() / "names" / "ar2en-train.tsv"
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    pairs = [(row[0], row[1]) for row in rows if len(row) == 2 and half(row[0]) == which]
    draw = random.Random(SEED)
    out = []
    for _ in range(count):
        chosen = draw.sample(pairs, size)
        native, latin = (" ".join(pair[side] for pair in chosen) for side in (0, 1))
        out.append(Person(native, latin, day(draw), which))
    return out


class Population:
    """Names drawn part by part from those of the listed: given, further, family, by culture."""

    def __init__(self) -> None:
        self.pools: dict[str, tuple[list[str], list[str], list[str], Counter[int]]] = {
            name: ([], [], [], Counter()) for name in ("arab", "other")
        }
        seen: set[tuple[str, str]] = set()
        often: Counter[str] = Counter()
        for text in _latin_names():
            said = [s for s in person(text).parts if s.role in ("given", "father", "patronymic")]
            if len(said) < 2:
                continue
            first, last = said[0], said[-1]
            ends = (first.part.form, last.part.form)
            often[last.part.form] += 1
            if ends in seen or often[last.part.form] > MOST_OF_A_FAMILY:
                continue
            seen.add(ends)
            name = "arab" if any(s.part.muslim for s in said) else "other"
            given, further, family, lengths = self.pools[name]
            given.append(first.text)
            further.extend(s.text for s in said[1:-1])
            family.append(f"al-{last.part.form}" if last.article else last.text)
            lengths[min(len(said), 4)] += 1

    def people(self, count: int, seed: int) -> Iterator[tuple[str, str]]:
        """`count` names with births: a day mostly, a year sometimes, as registers have them."""
        draw = random.Random(seed)
        for _ in range(count):
            name = "arab" if draw.random() < ARAB_SHARE else "other"
            given, further, family, lengths = self.pools[name]
            held = REGISTERED if name == "arab" else lengths
            size = draw.choices(list(held), list(held.values()))[0]
            parts = [draw.choice(given), *draw.choices(further, k=size - 2), draw.choice(family)]
            yield " ".join(parts), _birth(draw)


def _latin_names() -> Iterator[str]:
    for source in (*SOURCES, "ofac"):
        for entity in read(source):
            if entity.schema == "Person":
                latin = next((t for prop in NAMES for t in entity.texts(prop) if is_latin(t)), "")
                if latin:
                    yield latin


def _birth(draw: random.Random) -> str:
    found, luck = day(draw), draw.random()
    if luck < YEAR_ONLY:
        return found[:4]
    return f"{found[:4]}-01-01" if luck < YEAR_ONLY + NEW_YEAR else found
