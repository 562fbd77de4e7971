"""The keys of a name of any kind."""

from __future__ import annotations

from taawun.names.company import CONCEPT, NUMBER, company
from taawun.names.company_words import company_words
from taawun.names.meeting.consonants import facts
from taawun.names.meeting.parts import Key, Keyed, keyed_part
from taawun.names.meeting.persons import person_parts
from taawun.names.person import Said


def meeting_keys(name: str, kind: str) -> tuple[Keyed, ...]:
    """The parts of a name, the most telling first. `kind` is person, company or vessel.

    Deterministic, and the same for every usual spelling of the name in any script; the order of
    the parts, case, marks and titles do not matter. Raises InputError for text too long to be a
    name.
    """
    if kind == "person":
        return person_parts(name)
    found: dict[str, Keyed] = {}
    for said in company(name, kind).parts:
        for keyed in _word(said):
            if keyed.key.text:
                found.setdefault(keyed.key.text, keyed)
    return tuple(sorted(found.values(), key=lambda k: (k.aside, -k.key.bits, k.key.text)))


def _word(said: Said) -> tuple[Keyed, ...]:
    """A word that tells companies apart; a generic word or a number is aside."""
    made = said.part
    bits = facts()["bits"]
    if made.script == NUMBER:
        key = Key(f"#{made.form}", bits["number"])
        return (Keyed(key, plain=key),)
    if made.script == CONCEPT:
        key = Key(f"*{made.form}", int(bits["concept"] * company_words().weight(made.form) * 10))
        return (Keyed(key, plain=key, aside=True),)
    return tuple(
        Keyed(_capped(keyed.key), tuple(map(_capped, keyed.others)), _capped(keyed.plain))
        for keyed in keyed_part(made.script, made.form)
    )


def _capped(key: Key) -> Key:
    """A word of a company's name is no family name: Falcon, Horizon and Noor are everywhere."""
    return Key(key.text, min(key.bits, facts()["bits"]["word"]))
