"""The keys of a name's parts: the same from either script.

A part that the lexicon knows has the key of its family (`=muhammad`), any other that of its
consonants (`mhmd` gives `md`); a compound is made of what it is compounded of, so that one which
the lexicon knows and one which it does not are keyed alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from taawun.names.fold import fold_arabic
from taawun.names.lexicon import MUSLIM_WORLD, lexicon
from taawun.names.meeting.classes import commonness, families, family_near, family_of
from taawun.names.meeting.compounds import (
    compound_family,
    cut_in_two,
    cut_off_the_end,
    of_muslims,
)
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
    generic word of a company's name, which others may leave out. `end`: the first or the last of a
    person's parts that are not aside; what stands between is left out more often.
    """

    key: Key
    others: tuple[Key, ...] = ()
    plain: Key = Key("", 0)
    aside: bool = False
    end: bool = False


def person_parts(text: str) -> tuple[Keyed, ...]:
    """The parts of a person's name, the most telling first; without initials and suffixes.

    Raises InputError for text too long to be a name.
    """
    found: dict[str, Keyed] = {}
    persian = _PERSIAN.search(text) is not None
    if "\u200c" in text:
        text = _UNSEEN.sub(_halves, text)
    for one in person(text).parts:
        if _no_name(one):
            continue
        form = _form(one)
        hissed = persian and _HISSED.search(form) is not None
        several = keyed_part(one.part.script, form, hissed)
        for at, keyed in enumerate(several):
            own = _kunya(keyed, one) if one.role == KUNYA else keyed
            opens = at < len(several) - 1 and own.key.text in _title_heads()
            if opens or _title(one, own) or own.key.text.endswith(_PATRONYMIC):
                own = replace(own, aside=True)
            if own.key.text:
                found.setdefault(own.key.text, own)
    named = [text for text, own in found.items() if not own.aside]
    for text in {*named[:1], *named[-1:]}:
        found[text] = replace(found[text], end=True)
    return tuple(sorted(found.values(), key=lambda k: (k.aside, -k.key.bits, k.key.text)))


_UNSEEN = re.compile("\\S+\u200c\\S+")


def _halves(found: re.Match[str]) -> str:
    """What Persian joins with an unseen mark: one word where that is known, else two."""
    joined = found[0].replace("\u200c", "")
    form = fold_arabic(joined)
    known = lexicon().of("arab", form) or cut_off_the_end("arab", form)
    return joined if known else found[0].replace("\u200c", " ")


_PERSIAN = re.compile("[پچژگکی]")
"""Letters that Persian, Pashto and Urdu have and Arabic has not."""
_HISSED = re.compile("[ثذضظ]")
_AS_HISSED = str.maketrans("ثذضظ", "سززز")


def _form(said: Said) -> str:
    """The folded form; with the letters that open it where they are no article (ألبرت).

    Without the article where that is left of a short name or of a title (التل، الأفندي).
    """
    form = said.part.form
    if said.part.script != "arab":
        return form
    if said.article and said.text.startswith(_NO_ARTICLE):
        return fold_arabic(said.text)
    known = lexicon().of
    if form.startswith("ال") and not known("arab", form) and known("arab", form[2:]):
        return form[2:]
    return form


_NO_ARTICLE = ("أل", "إل", "آل")


def _no_name(said: Said) -> bool:
    return said.role == SUFFIX or said.part.initial or said.part.numeric


def _title(said: Said, keyed: Keyed) -> bool:
    """Whether others may leave it out: the same for every spelling of a name that is a title too.

    Which spellings stand among the titles is not the same in two scripts (عريف is a sergeant,
    Arif is not).
    """
    title = person_words().titles.get(f"{said.part.script}:{said.part.form}")
    if title is not None and title.key in facts()["left_out"]:
        return True
    if keyed.key.text.startswith("="):
        return keyed.key.text[1:] in facts()["left_out_names"]
    return said.role == TITLE


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
def keyed_part(script: str, form: str, hissed: bool = False) -> tuple[Keyed, ...]:
    """The keys of one part; two where a name and Muhammad before it are written as one.

    `hissed`: of a name in Persian or Urdu letters, where ذ ض ظ ث are z and s before all else.
    """
    made = part(script, form)
    if made.numeric:
        return ()
    return _compound(made, hissed) or (_simple(made, hissed),)


def _simple(made: Part, hissed: bool = False) -> Keyed:
    texts = list(dict.fromkeys(filter(None, _consonants(made))))
    if hissed:
        heard = part(made.script, made.form.translate(_AS_HISSED))
        texts = list(dict.fromkeys([*filter(None, _consonants(heard)), *texts]))
    plain = [Key(text, consonant_bits(text)) for text in texts]
    bare = plain[0] if plain else _unread(made)
    family = _family(made)
    near = "" if family else family_near(made.script, made.form.replace(" ", ""))
    named = [Key(f"={key}", family_bits(key)) for key in (family, near) if key]
    if near and (made.script == "arab" or _of_elsewhere(made.form)):
        return Keyed(bare, (*named, *plain[1:])[: MOST_KEYS - 1], bare)
    if named:
        rare = named[0].bits >= int(facts()["bits"]["plain_from"])
        return Keyed(named[0], (bare,) if _foreign(made) else (), bare if rare else named[0])
    return Keyed(bare, tuple(plain[1:MOST_KEYS]), bare)


_ELSEWHERE = re.compile(r"([bdfgklmnprt])\1e?$|ck|tz|tsch|eau|eu|oe|ue|ew|ow|ye|oi|sc|^.{1,4}$|^p|v")


def _of_elsewhere(form: str) -> bool:
    """Whether a Latin form is short, or has letters that Arabic names are not written with."""
    return _ELSEWHERE.search(form) is not None


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


def _compound(made: Part, hissed: bool) -> tuple[Keyed, ...]:
    """The keys of a compound that the lexicon does not have as it stands; () for no compound."""
    joined = made.form.replace(" ", "")
    ended = cut_off_the_end(made.script, joined)
    if ended is not None:
        return () if _family(made) else (_of_two(made.script, *ended, hissed),)
    if (two := _two_names(made, joined)) is not None:
        return two
    if _family(made):
        return ()
    script = "arab" if made.script == "arab" else "latn"
    if made.script not in ("arab", "latn"):
        joined = made.latin[0] if made.latin else ""
    cut = cut_in_two(script, joined) or _servant(made)
    return (_of_two(script, *cut, hissed),) if cut is not None else ()


def _servant(made: Part) -> tuple[str, str] | None:
    """Abd Sakr: where a space stands in it, no letters are asked what follows."""
    head, _, rest = made.form.partition(" ")
    if not rest or head not in ("abd", "abdu", "abdo"):
        return None
    own = rest.rpartition(" ")[2]
    return ("abd", own) if len(own) >= 3 else None


def _two_names(made: Part, joined: str) -> tuple[Keyed, ...] | None:
    """Mohammadreza, علي رضا: two names written as one are two, as others write them."""
    book = lexicon()
    if any(book.classes[n].culture not in _JOINING for n in made.classes):
        return _of_a_house(made, joined)
    for head, apart in _heads().get(made.script, ()):
        if not joined.startswith(head) or (apart and " " not in made.form):
            continue
        rest = joined[len(head) :]
        if len(rest) >= _LEAST_REST and of_muslims(made.script, rest):
            return keyed_part(made.script, head) + keyed_part(made.script, rest)
    return None


def _of_a_house(made: Part, joined: str) -> tuple[Keyed, ...] | None:
    """Benali, بنعلي: the ancestor's name, as where a space stands before it."""
    known = {lexicon().classes[n].key for n in made.classes}
    opening = _HOUSE.get(made.script, ())
    if any(key.startswith(("ben-", "bin-")) for key in known) and joined.startswith(opening):
        return keyed_part(made.script, joined[_HOUSE_LETTERS[made.script] :])
    return None


_HOUSE: dict[str, tuple[str, ...]] = {"arab": ("بن",), "latn": ("ben", "bin")}
_HOUSE_LETTERS = {"arab": 2, "latn": 3}
_JOINING = frozenset({"persian", "south_asian", "malay_african", "kurdish_pashto_uyghur"})
_LEAST_REST = 3


def _numbered(keys: list[str]) -> set[int]:
    return {number for number, known in enumerate(lexicon().classes) if known.key in keys}


@cache
def _title_heads() -> frozenset[str]:
    """The keys of the titles among the heads: سیدحسین is a Hussein."""
    return frozenset(f"={families()[n]}" for n in _numbered(facts()["title_heads"]))


@cache
def _heads() -> dict[str, tuple[tuple[str, bool], ...]]:
    """By script the spellings of names to which a second is joined, the longest first.

    With each, whether a space must follow: many names begin like Shah.
    """
    found: dict[str, list[tuple[str, bool]]] = {}
    numbers, titles = _numbered(facts()["heads"]), _numbered(facts()["title_heads"])
    apart = _numbered(facts()["heads_apart"])
    for spelling, held in lexicon().spelled.items():
        script, _, form = spelling.partition(":")
        if " " in form or len(form) < 3:
            continue
        if not numbers.isdisjoint(held) or titles.issuperset(held):
            found.setdefault(script, []).append((form, False))
        elif apart.issuperset(held):
            found.setdefault(script, []).append((form, True))
    return {
        script: tuple(sorted(forms, key=lambda f: (-len(f[0]), f)))
        for script, forms in found.items()
    }


def _of_two(script: str, whole: str, own: str, hissed: bool) -> Keyed:
    """`whole` is abd, din, zada …, `own` the other half: one key for every way to write it."""
    inner = _simple(part(script, own), hissed)
    family = compound_family(script, whole, own)
    more = facts()["bits"]["whole"].get(whole, facts()["bits"]["whole"]["other"])

    def of(key: Key) -> Key:
        return Key(f"{whole}|{key.text}", min(key.bits + more, 110)) if key.text else key

    bare = of(inner.plain)
    if family:
        return Keyed(Key(f"={family}", family_bits(family)), (bare,), bare)
    return Keyed(of(inner.key), tuple(map(of, inner.others)), bare)
