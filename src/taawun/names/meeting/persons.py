"""The parts of a person's name with their keys; titles, kunyas and patronymics aside."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from taawun.names.fold import fold_arabic
from taawun.names.lexicon import lexicon
from taawun.names.meeting.bits import PATRONYMIC, consonant_bits
from taawun.names.meeting.compounds import cut_off_the_end
from taawun.names.meeting.consonants import facts
from taawun.names.meeting.parts import Key, Keyed, keyed_part, title_heads
from taawun.names.person import KUNYA, SUFFIX, TITLE, Said, person
from taawun.names.words import person_words


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
            opens = at < len(several) - 1 and own.key.text in title_heads()
            if opens or _title(one, own) or own.key.text.endswith(PATRONYMIC):
                own = Keyed(own.key, own.others, own.plain, aside=True)
            if own.key.text:
                found.setdefault(own.key.text, own)
    named = [text for text, own in found.items() if not own.aside]
    for text in {*named[:1], *named[-1:]}:
        own = found[text]
        found[text] = Keyed(own.key, own.others, own.plain, own.aside, end=True)
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
    titles, names = _left_out()
    title = person_words().titles.get(f"{said.part.script}:{said.part.form}")
    if title is not None and title.key in titles:
        return True
    if keyed.key.text.startswith("="):
        return keyed.key.text in names
    return said.role == TITLE


@cache
def _left_out() -> tuple[frozenset[str], frozenset[str]]:
    """The titles that others leave out, and the keys of the names that are nothing but titles."""
    said = facts()
    return frozenset(said["left_out"]), frozenset(f"={name}" for name in said["left_out_names"])


def _kunya(keyed: Keyed, said: Said) -> Keyed:
    """Abu and what follows; where the lexicon does not know that, the two may be one word."""
    own = int(facts()["bits"]["kunya"])
    aside = said.part.classes or said.part.surnames

    def of(key: Key) -> Key:
        return replace(key, text=f"abu|{key.text}", bits=key.bits + own) if key.text else key

    if aside or said.part.script not in ("arab", "latn"):
        return Keyed(of(keyed.key), tuple(map(of, keyed.others)), of(keyed.plain), aside=True)
    text = "b" + keyed.plain.text.removeprefix("b")
    return Keyed(Key(text, consonant_bits(text)), (of(keyed.key),), Key(text, consonant_bits(text)))
