"""The keys of a name's parts: the same from either script.

A part that the lexicon knows has the key of its family (`=muhammad`), any other that of its
consonants (`mhmd` gives `md`); a compound is made of what it is compounded of, so that one which
the lexicon knows and one which it does not are keyed alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from taawun.names.fold import fold_arabic
from taawun.names.lexicon import MUSLIM_WORLD, lexicon
from taawun.names.meeting.classes import commonness, families, family_near, family_of
from taawun.names.meeting.compounds import compound_family, cut_in_two
from taawun.names.meeting.consonants import facts, latin_rows, readings
from taawun.names.meeting.kept import kept
from taawun.names.part import Part, part
from taawun.names.person import KUNYA, SUFFIX, TITLE, Said, person
from taawun.names.words import person_words

MOST_KEYS = 4


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a part and what it tells, in tenths of a bit."""

    text: str
    bits: int


@dataclass(frozen=True, slots=True)
class Keyed:
    """A part of a name: its key, and what it would be under other spellings.

    `plain`: the consonants alone, though the lexicon knows it (the key itself where it is known
    to everybody). `aside`: a kunya, a title, or a
    generic word of a company's name, which others may leave out.
    """

    key: Key
    others: tuple[Key, ...] = ()
    plain: Key = Key("", 0)
    aside: bool = False


def person_parts(text: str) -> tuple[Keyed, ...]:
    """The parts of a person's name, the most telling first; without initials and suffixes.

    Raises InputError for text too long to be a name.
    """
    # Persian joins the halves of a name with an unseen mark where Latin has a hyphen
    found: dict[str, Keyed] = {}
    for one in person(text.replace("\u200c", " ")).parts:
        if _no_name(one):
            continue
        for keyed in keyed_part(one.part.script, _form(one)):
            own = _kunya(keyed, one) if one.role == KUNYA else keyed
            if _title(one) or own.key.text.endswith(_PATRONYMIC):
                own = replace(own, aside=True)
            if own.key.text:
                found.setdefault(own.key.text, own)
    return tuple(sorted(found.values(), key=lambda k: (k.aside, -k.key.bits, k.key.text)))


def _form(said: Said) -> str:
    """The folded form; with the letters that open it where they are no article (ألبرت)."""
    if said.article and said.part.script == "arab" and said.text.startswith(_NO_ARTICLE):
        return fold_arabic(said.text)
    return said.part.form


_NO_ARTICLE = ("أل", "إل", "آل")


def _no_name(said: Said) -> bool:
    return said.role == SUFFIX or said.part.initial or said.part.numeric


def _title(said: Said) -> bool:
    if said.role == TITLE:
        return True
    title = person_words().titles.get(f"{said.part.script}:{said.part.form}")
    return title is not None and title.key in facts()["left_out"]


def _kunya(keyed: Keyed, said: Said) -> Keyed:
    """Abu and what follows; where the lexicon does not know that, the two may be one word."""
    own = int(facts()["bits"]["kunya"])
    aside = said.part.classes or said.part.surnames

    def of(key: Key) -> Key:
        return Key(f"abu|{key.text}", key.bits + own) if key.text else key

    if aside or said.part.script not in ("arab", "latn"):
        return Keyed(of(keyed.key), tuple(map(of, keyed.others)), of(keyed.plain), aside=True)
    text = "b" + keyed.plain.text.removeprefix("b")
    return Keyed(Key(text, consonant_bits(text)), (of(keyed.key),), Key(text, consonant_bits(text)))


@lru_cache(maxsize=400_000)
def keyed_part(script: str, form: str) -> tuple[Keyed, ...]:
    """The keys of one part; two where a name and Muhammad before it are written as one."""
    made = part(script, form)
    if made.numeric:
        return ()
    return _compound(made) or (_simple(made),)


def _simple(made: Part) -> Keyed:
    texts = list(dict.fromkeys(filter(None, _consonants(made))))
    plain = [Key(text, consonant_bits(text)) for text in texts]
    bare = plain[0] if plain else _unread(made)
    family = _family(made)
    near = "" if family else family_near(made.script, made.form.replace(" ", ""))
    named = [Key(f"={key}", family_bits(key)) for key in (family, near) if key]
    if near and made.script == "arab":  # Arabic letters leave less to chance than Latin vowels do
        return Keyed(bare, (*named, *plain[1:])[: MOST_KEYS - 1], bare)
    if named:
        rare = named[0].bits >= int(facts()["bits"]["plain_from"])
        return Keyed(named[0], (bare,) if _foreign(made) else (), bare if rare else named[0])
    return Keyed(bare, tuple(plain[1:MOST_KEYS]), bare)


def _foreign(made: Part) -> bool:
    """Whether another people has the name too, or nobody known: Arabic may not know it by sight."""
    book = lexicon().classes
    return not any(book[n].culture in MUSLIM_WORLD for n in made.classes | made.surnames)


def _consonants(made: Part) -> Iterator[str]:
    """The consonant keys of a part, the likeliest first, then those of every other reading."""
    if made.script == "latn":
        rows = latin_rows((*made.latin[1:], *made.latin[:1]))
    else:
        rows = latin_rows(made.latin[:2]) if made.latin else made.phones[:2]
    found = [readings(row) for row in rows]
    yield from (each[0] for each in found)
    for each in found:
        yield from each[1:]


def _unread(made: Part) -> Key:
    """The key of a part without a consonant: its letters, in a script that is not read."""
    if made.script in ("latn", "arab"):
        return Key("", 0)
    return Key(made.form, int(facts()["bits"]["syllable"]))


def _family(made: Part) -> str:
    book = lexicon().classes
    found = family_of(made.classes | made.surnames)
    return found or family_of(n for n in made.kin if book[n].culture in MUSLIM_WORLD)


def family_bits(family: str) -> int:
    """What a name that the lexicon knows tells, in tenths of a bit."""
    bits = facts()["bits"]
    named: int = bits["named"].get(family) or bits["common"][commonness()[family]]
    return named


@lru_cache(maxsize=200_000)
def consonant_bits(text: str) -> int:
    """What consonants tell, in tenths of a bit: by their number, and by the names that have them.

    A pure function of the key, so that both sides reckon alike.
    """
    bits = facts()["bits"]
    if text.endswith(_PATRONYMIC) and len(text) > 2:
        return int(bits["patronymic"])
    alone = int(min(bits["most"], bits["first_letter"] + bits["each_letter"] * (len(text) - 1)))
    borne = borne_by().get(text, 0.0)
    return round(-10 * math.log2(2 ** (-alone / 10) + borne)) if borne else alone


@cache
def borne_by() -> dict[str, float]:
    """Consonant key to the share of people with a name of the lexicon that could be keyed so."""
    found: dict[str, float] = kept("borne", _made_borne)
    return found


def _made_borne() -> dict[str, float]:
    book = lexicon()
    common = facts()["bits"]["common"]
    found: dict[str, set[int]] = {}
    for spelling, numbers in book.spelled.items():
        script, _, form = spelling.partition(":")
        if script == "latn" and " " not in form:
            text = readings(latin_rows((form,))[0])[0]
            found.setdefault(text, set()).update(n for n in numbers if not _too_common(n))
    return {
        text: sum(2 ** (-common[book.classes[n].common] / 10) for n in sorted(numbers))
        for text, numbers in found.items()
    }


def _too_common(number: int) -> bool:
    """Whether the lexicon knows so many spellings of a name that it needs no other way."""
    family = families()[number]
    return bool(family) and family_bits(family) < int(facts()["bits"]["plain_from"])


_PATRONYMIC = ("fc", "fn")
"""How -ovich and -ovna end in consonants: the father's name, and no more telling than that."""


def _compound(made: Part) -> tuple[Keyed, ...]:
    """The keys of a compound that the lexicon does not have as it stands; () for no compound."""
    joined = made.form.replace(" ", "")
    if (two := _two_names(made, joined)) is not None:
        return two
    if _family(made):
        return ()
    script = "arab" if made.script == "arab" else "latn"
    if made.script not in ("arab", "latn"):
        joined = made.latin[0] if made.latin else ""
    cut = cut_in_two(script, joined)
    return (_of_two(script, *cut),) if cut is not None else ()


def _two_names(made: Part, joined: str) -> tuple[Keyed, ...] | None:
    """Mohammadreza, علي رضا: two names written as one are two, as others write them."""
    book = lexicon()
    if any(book.classes[n].culture not in _JOINING for n in made.classes):
        return None
    for head in _heads().get(made.script, ()):
        rest = joined[len(head) :]
        if joined.startswith(head) and len(rest) >= _LEAST_REST and book.of(made.script, rest):
            return keyed_part(made.script, head) + keyed_part(made.script, rest)
    return None


_JOINING = frozenset({"persian", "south_asian", "malay_african", "kurdish_pashto_uyghur"})
_LEAST_REST = 3


@cache
def _heads() -> dict[str, tuple[str, ...]]:
    """By script the spellings of names to which a second is joined, the longest first."""
    found: dict[str, list[str]] = {}
    numbers = {n for n, known in enumerate(lexicon().classes) if known.key in facts()["heads"]}
    for spelling, held in lexicon().spelled.items():
        script, _, form = spelling.partition(":")
        if not numbers.isdisjoint(held) and " " not in form and len(form) >= 3:
            found.setdefault(script, []).append(form)
    return {
        script: tuple(sorted(forms, key=lambda f: (-len(f), f))) for script, forms in found.items()
    }


def _of_two(script: str, whole: str, own: str) -> Keyed:
    """`whole` is abd, din or allah, `own` the other half: one key for every way to write it."""
    inner = _simple(part(script, own))
    family = compound_family(script, whole, own)

    def of(key: Key) -> Key:
        return Key(f"{whole}|{key.text}", min(key.bits + 15, 110)) if key.text else key

    bare = of(inner.plain)
    if family:
        return Keyed(Key(f"={family}", family_bits(family)), (bare,), bare)
    return Keyed(of(inner.key), tuple(map(of, inner.others)), bare)
