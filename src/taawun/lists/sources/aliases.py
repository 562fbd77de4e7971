"""One cell of an alias, as publishers fill it, taken apart into the names it holds.

"Azim Adhajani; Azim Agha-Jani"                  two names
"Amir Khazmat (original script: Амир Хазмат)"    two names, one in another script
"EL PARA (COMBAT NAME)"                          one name; the remark stays in `original`
"BUTEMBO AIRLINES (BAL)"                         a name and an acronym, which is weak
"Ezatullah Haqqani (previously listed as)"       a previous name
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from taawun.lists.sources.text import cleaned, script_changes

_BRACKETS = re.compile(r"\(([^()]*)\)")
_LETTERED = re.compile(r"(?:^|[\s;,])\(?[a-h]\)\s*")
_SCRIPT = re.compile(
    r"^(?:\S.*?\bin )?(?:(arabic|persian|farsi|urdu|pashto|russian|chinese|korean)\b[\w ]*|"
    r"original script)\s*:\s*(.+)$",
    re.I,
)
_FORMERLY = re.compile(r"^(?:previously|formerly)(?: listed as| known as)?$", re.I)
_BORN = re.compile(r",? born (?:on |in )?[\d].*$", re.I)
_ACRONYM = re.compile(r"^[A-Z][A-Z0-9./&-]{1,9}$")
_LANG = {
    "arabic": "ara",
    "persian": "fas",
    "farsi": "fas",
    "urdu": "urd",
    "pashto": "pus",
    "russian": "rus",
    "chinese": "zho",
    "korean": "kor",
}


@dataclass(frozen=True, slots=True)
class Spelling:
    """One name out of a cell. `prop` is set where the cell itself says what kind of name it is."""

    text: str
    lang: str = ""
    prop: str = ""
    original: str = ""


def spellings(cell: str, note: str = "") -> list[Spelling]:
    """The names in a cell and in the note beside it, in order; [] for an empty cell."""
    found: list[Spelling] = []
    for part in _divided(cell):
        found += _one(part)
    if note and (match := _SCRIPT.match(re.sub(r"^.*?(?=\bin \w+:)", "", cleaned(note)))):
        found.append(Spelling(match[2].strip(" ."), _language(match[1])))
    return found


def _divided(cell: str) -> list[str]:
    """The parts of "x; y" and "a) x b) y"; a semicolon inside brackets divides nothing."""
    parts: list[str] = []
    for part in re.split(r";(?![^()]*\))", cell):
        parts += _LETTERED.split(part) if len(_LETTERED.findall(part)) else [part]
    return [bare for part in parts if (bare := part.strip(" ,;\n\t"))]


def _one(part: str) -> list[Spelling]:
    """A name and what stands in brackets after it."""
    bare = _BORN.sub("", " ".join(_BRACKETS.sub(" ", part).split())).strip(" ,;")
    inside = [cleaned(text) for text in _BRACKETS.findall(part) if text.strip()]
    if not bare:
        return [Spelling(cleaned(part))] if inside else []
    whole = part if inside or _BORN.search(part) else ""
    if any(_FORMERLY.match(text) for text in inside):
        return [Spelling(bare, prop="previousName", original=whole)]
    return [Spelling(bare, original=whole)] + [
        spelling for text in inside for spelling in _bracketed(text, bare)
    ]


def _bracketed(text: str, beside: str) -> list[Spelling]:
    """Names in brackets: another script, or an acronym of the name beside. Remarks are none."""
    lang = ""
    if match := _SCRIPT.match(text):
        lang, text = _language(match[1]), match[2]
    if script_changes(text, beside):
        return [Spelling(name, lang) for name in _divided(text)]
    if _ACRONYM.match(text) and len(beside.split()) > 1 and len(text) < len(beside):
        return [Spelling(text, prop="weakAlias")]
    return []


def _language(name: str | None) -> str:
    return _LANG.get((name or "").lower(), "")
