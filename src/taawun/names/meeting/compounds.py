"""Names made of two: servant of …, … of the faith, … of God, child of …: the same halves in both.

`cut_in_two` finds the half that tells (رحيم in عبدالرحيم, rahim in Abdurrahim); `compound_family`
says which compound of the lexicon has that half, so that a spelling which the lexicon lacks meets
those it has.
"""

from __future__ import annotations

import re
from functools import cache

from taawun.names.lexicon import MUSLIM_WORLD, lexicon
from taawun.names.meeting.classes import families, loose_arabic, loose_latin

_SERVANT = re.compile(r"ab+e?d[aeiou]{0,2}(?:l(?=.)|(?=([rsntdz])\1)|(?<=[aeiou])(?=[rsntdz]))")
_DIN = re.compile(r"(.{2,}?)[aeiou]{1,2}(?:l|d)d(?:i|ee|y|ei)ne?")
_OF_GOD = re.compile(r"(.{2,}?)(?:[aou]l+ah|[uo]lla|illah)")
_END: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "latn": (
        ("zada", re.compile(r"(.{3,}?)z[ao]{1,2}d(?:ah|eh|e)|(.{3,}?)(?<!e)zada")),
        ("pur", re.compile(r"(.{3,}?)p(?:ou|oo|uu?)r")),
        ("nejad", re.compile(r"(.{3,}?)n[ei](?:j|zh?|jh)aa?d")),
        ("khil", re.compile(r"(.{3,}?)kh(?:ai|ei|e|i|ee)l")),
    ),
    "arab": (
        ("zada", re.compile("(.{2,}?)زاد[هت]")),
        ("pur", re.compile("(.{2,}?)پور")),
        ("nejad", re.compile("(.{2,}?)نژاد")),
        ("khil", re.compile("(.{2,}?)خيل")),
    ),
}
"""How families end that are called after an ancestor: child of, son of, of his stock, his clan."""
_GOD = {
    "latn": frozenset({"lah", "la", "ah", "alah", "ella"}),
    "arab": frozenset({"له", "الله", "لله"}),
}


def cut_in_two(script: str, joined: str) -> tuple[str, str] | None:
    """Which whole (abd, din, allah) and the other half of a folded form, if it is such a name."""
    return _arabic(joined) if script == "arab" else _latin(joined)


def cut_off_the_end(script: str, joined: str) -> tuple[str, str] | None:
    """Which end (zada, pur, nejad, khil) and what stands before it, if a folded form has one."""
    for end, shape in _END.get(script, ()):
        if found := shape.fullmatch(joined):
            return end, found[found.lastindex or 1]
    if script == "arab" and joined.endswith("بور") and of_muslims(script, joined[:-3]):
        return "pur", joined[:-3]
    return None


def of_muslims(script: str, form: str) -> bool:
    """Whether a folded form is a name of the Muslim world that the lexicon knows."""
    book = lexicon()
    return any(book.classes[n].culture in MUSLIM_WORLD for n in book.of(script, form))


def _arabic(joined: str) -> tuple[str, str] | None:
    if joined.startswith("عبد") and len(joined) >= 6:
        rest = joined[3:]
        short = rest.startswith("ال") and len(rest) > 3 and rest != "الله"
        return "abd", rest[2:] if short else rest
    for whole, end in (("din", "الدين"), ("allah", "الله")):
        if joined.endswith(end) and len(joined) >= len(end) + 2:
            return whole, joined.removesuffix(end)
    return None


def _latin(joined: str) -> tuple[str, str] | None:
    head = _SERVANT.match(joined)
    if head is not None and len(joined) - head.end() >= 3:
        rest = joined[head.end() :]
        return "abd", rest[1:] if rest[0] == rest[1] else rest
    if len(joined) >= 6 and (found := _DIN.fullmatch(joined)):
        return "din", found[1]
    if len(joined) >= 7 and (found := _OF_GOD.fullmatch(joined)):
        return "allah", found[1]
    return None


def compound_family(script: str, whole: str, own: str) -> str:
    """The family of the compound that has this half; "" where the lexicon has none."""
    if whole == "abd" and own in _GOD[script]:
        return "abdullah"
    for loose in _loose(script, own):
        if family := _halves().get((whole, loose)):
            return family
    return ""


def _loose(script: str, own: str) -> tuple[str, ...]:
    if script == "arab":
        return (f"arab:{loose_arabic(own)}",)
    return (f"latn:{loose_latin(own, 'a')}", f"latn:{loose_latin(own, 'i')}")


@cache
def _halves() -> dict[tuple[str, str], str]:
    keys = families()
    found: dict[tuple[str, str], str] = {}
    for spelling, numbers in lexicon().spelled.items():
        script, _, form = spelling.partition(":")
        if script not in ("latn", "arab"):
            continue
        joined = form.replace(" ", "")
        cut = cut_in_two(script, joined) or cut_off_the_end(script, joined)
        for number in numbers if cut else ():
            if cut and _is_compound(keys[number], cut[0]):
                for loose in _loose(script, cut[1]):
                    kept = found.get((cut[0], loose), keys[number])
                    found[cut[0], loose] = min(kept, keys[number])
    return found


def _is_compound(family: str, whole: str) -> bool:
    if whole == "abd":
        return family.startswith("abd-al-")
    if whole in ("din", "allah"):
        return family.endswith(f"-{whole}")
    return bool(family)
