"""The keys of one part of a name: the same from either script.

A part that the lexicon knows has the key of its family (`=muhammad`), any other that of its
consonants (`mhmd` gives `md`); a compound is made of what it is compounded of, so that one which
the lexicon knows and one which it does not are keyed alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from taawun.names.lexicon import MUSLIM_WORLD, lexicon
from taawun.names.meeting.bits import consonant_bits, family_bits
from taawun.names.meeting.classes import families, family_near, family_of
from taawun.names.meeting.compounds import (
    compound_family,
    cut_in_two,
    cut_off_the_end,
    of_muslims,
)
from taawun.names.meeting.consonants import MARKED, USUAL, chances, facts, latin_rows
from taawun.names.part import Part, part

MOST_KEYS = 4


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a part and what it tells, in tenths of a bit.

    `chance`: how likely it is that another spelling of the name has this key, of a thousand beside
    the key that is likeliest. It makes no two keys different.
    """

    text: str
    bits: int
    chance: int = field(default=USUAL, compare=False)


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


_AS_HISSED = str.maketrans("ثذضظ", "سززز")


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
    likely = _consonants(made)
    if hissed:
        heard = part(made.script, made.form.translate(_AS_HISSED))
        likely = {text: chance // 2 for text, chance in likely.items()} | _consonants(heard)
    texts = sorted(filter(None, likely), key=lambda text: -likely[text])
    plain = [Key(text, consonant_bits(text), likely[text]) for text in texts]
    bare = plain[0] if plain else _unread(made)
    family = _family(made)
    near = "" if family else family_near(made.script, made.form.replace(" ", ""))
    named = [Key(f"={key}", family_bits(key)) for key in (family, near) if key]
    if near and (made.script == "arab" or _of_elsewhere(made.form)):
        others = [replace(named[0], chance=NEAR), *plain[1:]]
        return Keyed(bare, _likeliest(others), bare)
    if named:
        rare = named[0].bits >= int(facts()["bits"]["plain_from"])
        perhaps = (replace(bare, chance=UNKNOWN),) if _foreign(made) else ()
        return Keyed(named[0], perhaps, bare if rare else named[0])
    return Keyed(bare, _likeliest(plain[1:]), bare)


NEAR, UNKNOWN = 300, 300
"""How likely a name is one that the lexicon has under a near spelling, and how likely that others
do not know a foreign name by sight."""


def _likeliest(keys: list[Key]) -> tuple[Key, ...]:
    return tuple(sorted(keys, key=lambda key: -key.chance)[: MOST_KEYS - 1])


_ELSEWHERE = re.compile(
    r"([gklmnprt])\1e?$|ck|tz|tsch|eau|eu|oe|ue|ew|ow|ye|oi|sc(?!h)|^.{1,4}$|^p|v(?!a?$)"
)


def _of_elsewhere(form: str) -> bool:
    """Whether a Latin form is short, or has letters that Arabic names are not written with."""
    return _ELSEWHERE.search(form) is not None


def _foreign(made: Part) -> bool:
    """Whether another people has the name too, or nobody known: Arabic may not know it by sight."""
    book = lexicon().classes
    return not any(book[n].culture in MUSLIM_WORLD for n in made.classes | made.surnames)


def _consonants(made: Part) -> dict[str, int]:
    """The consonant keys of a part and how likely each is, of a thousand; the usual one first."""
    if made.script == "latn":
        rows = list(latin_rows((*made.latin[1:], *made.latin[:1])))
    elif made.latin:
        rows = list(latin_rows(made.latin[:2]))
    else:
        rows = [(MARKED if n else USUAL, row) for n, row in enumerate(made.phones[:2])]
    found: dict[str, int] = {}
    for chance, row in rows:
        for each, text in chances(row, made.script):
            found[text] = max(found.get(text, 0), chance * each // USUAL)
    return found


def _unread(made: Part) -> Key:
    """The key of a part without a consonant: its letters, in a script that is not read."""
    if made.script in ("latn", "arab"):
        return Key("", 0)
    return Key(made.form, int(facts()["bits"]["syllable"]))


def _family(made: Part) -> str:
    book = lexicon().classes
    found = family_of(made.classes | made.surnames)
    return found or family_of(n for n in made.kin if book[n].culture in MUSLIM_WORLD)


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
def title_heads() -> frozenset[str]:
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
        return (
            replace(key, text=f"{whole}|{key.text}", bits=min(key.bits + more, 110))
            if key.text
            else key
        )

    bare = of(inner.plain)
    if family:
        return Keyed(Key(f"={family}", family_bits(family)), (bare,), bare)
    return Keyed(of(inner.key), tuple(map(of, inner.others)), bare)
