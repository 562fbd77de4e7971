"""One cell of a name, as publishers fill it, taken apart into the names it holds.

"Azim Adhajani; Azim Agha-Jani"                  two names
"Amir Khazmat (original script: Амир Хазмат)"    two names, one in another script
"EL PARA (COMBAT NAME)"                          one person; the remark stays in `original`
"BUTEMBO AIRLINES (BAL)"                         a name and its acronym, which is weak
"AL-HARAMAIN FOUNDATION (PAKISTAN)"              one organisation; its place is part of the name
"Ezatullah Haqqani (previously listed as)"       a previous name
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from taawun.lists.sources.text import script_changes

_LETTERED = re.compile(r"(?:^|[\s;,])\(?[a-h]\)\s+(?=\w)")
_SCRIPT = re.compile(
    r"^(?:\S.*?\bin )?(?:(arabic|persian|farsi|urdu|pashto|russian|chinese|korean)\b[\w ]*|"
    r"original script)\s*:\s*(.+)$",
    re.I,
)
_FORMERLY = re.compile(r"^(?:previously|formerly)(?: listed as| known as)?$", re.I)
_BORN = re.compile(r",? born (?:on |in ).*$|,? born \d.*$", re.I)
_REMARK = re.compile(r"^(?:original script|sub-unit name|[A-Z]{2}[ei]\.\d{3})$", re.I)
_QUOTED = re.compile(r"^[“\"‘„«']([^“”\"‘„«»]+)[”\"’“»']$")
_LEGAL_FORMS = frozenset(
    {
        "JSC", "OJSC", "PJSC", "CJSC", "LLC", "LTD", "PVT", "PTE", "PTY", "FZE", "FZC", "FZCO",
        "OOO", "OAO", "PAO", "ZAO", "АО", "ПАО", "ООО", "ОАО", "ЗАО", "НАО", "AO", "SAL", "SA",
        "SARL", "GMBH", "INC", "CO", "CORP", "PLC", "LLP", "BV", "NV", "AG", "NGO", "SPC",
    }
)  # fmt: skip
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


def spellings(cell: str, note: str = "", *, person: bool = True) -> list[Spelling]:
    """The names in a cell and in the note beside it, in order; [] for an empty cell."""
    found: list[Spelling] = []
    for part in _divided(cell):
        found += bracketed(part, person=person)
    if note and (match := _SCRIPT.match(re.sub(r"^.*?(?=\bin \w+:)", "", " ".join(note.split())))):
        found.append(Spelling(match[2].strip(" ."), _language(match[1])))
    return found


def bracketed(text: str, *, person: bool) -> list[Spelling]:
    """A name and what stands in brackets in it."""
    bare, prop = "", ""
    more: list[Spelling] = []
    segments = list(_segments(text))
    for at, (inside, part) in enumerate(segments):
        if not inside:
            # A bracket that was taken out leaves no space before what follows it.
            bare = bare.rstrip() + part if bare and part[:1] in ",;." else bare + part
            continue
        said = " ".join(part.split())
        after = "".join(later for bracket, later in segments[at + 1 :] if not bracket)
        names = _names_in(said, bare, after, person=person)
        if _FORMERLY.match(said):
            prop = "previousName"
        elif names is not None:
            more += names
        elif not person:
            bare += f"({said})"
        bare += " "
    bare = _balanced(" ".join(bare.split()))
    whole = text.strip()
    if not bare:
        # All of it stands in brackets or is no name: as it is, for whoever looks at it.
        alone = whole.strip("() ,;") or whole
        return (
            [Spelling(alone, prop=prop, original=whole if whole != alone else "")] if whole else []
        )
    return [Spelling(bare, prop=prop, original=whole if whole != bare else ""), *more]


def acronym_of(short: str, name: str) -> bool:
    """Whether `short` can abbreviate `name`: its letters in order, the first beginning a word.

    >>> acronym_of("DTSRC", "Defense Technology and Science Research Center")
    True
    >>> acronym_of("PAKISTAN", "Al-Haramain Foundation"), acronym_of("PVT", "Zimbabwe Defence Ltd")
    (False, False)
    """
    letters, words = _letters(short), [_letters(word) for word in re.split(r"[\W_]+", name) if word]
    capitals = sum(char.isupper() for char in short)
    if not 2 <= len(letters) <= 10 or capitals * 2 < len(letters) or " " in short.strip():
        return False
    if len(words) < 2 or not any(word[:1] == letters[:1] for word in words):
        return False
    rest = iter("".join(words))
    return all(letter in rest for letter in letters)


def _balanced(text: str) -> str:
    """Without a remark on birth, stray brackets at the ends, or quotation marks around it all."""
    bare = _BORN.sub("", text).strip(" ,;")
    if bare.count(")") != bare.count("("):
        bare = bare.strip("() ,;")
    return _QUOTED.sub(r"\1", bare).strip()


def _divided(cell: str) -> list[str]:
    """The parts of "x; y" and "a) x b) y"; a semicolon inside brackets divides nothing."""
    parts: list[str] = []
    for lettered in _LETTERED.split(cell):
        depth, start = 0, 0
        for at, char in enumerate(lettered):
            depth += (char == "(") - (char == ")" and depth > 0)
            if char == ";" and not depth:
                parts.append(lettered[start:at])
                start = at + 1
        parts.append(lettered[start:])
    return [bare for part in parts if (bare := part.strip(" ,;\n\t"))]


def _segments(text: str) -> Iterator[tuple[bool, str]]:
    """The text in turn outside and inside outermost brackets; an unclosed one closes at the end."""
    depth, start = 0, 0
    for at, char in enumerate(text):
        if char == "(" and not depth:
            yield False, text[start:at]
            depth, start = 1, at + 1
        elif char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            if not depth:
                yield True, text[start:at]
                start = at + 1
    yield bool(depth), text[start:]


def _names_in(text: str, beside: str, after: str, *, person: bool) -> list[Spelling] | None:
    """The names that brackets hold: [] for a remark, None when they are part of the name.

    An acronym stands for the whole name when nothing but a legal form follows it and the name
    begins like it; "Islamic Revolutionary Guard Corps (IRGC) Base Quds" is not called IRGC.
    """
    lang = ""
    if _REMARK.match(text) or not text:
        return []
    if match := _SCRIPT.match(text):
        lang, text = _language(match[1]), match[2]
    parts = _divided(text)
    if len(parts) > 1 or script_changes(text, beside):
        return [
            Spelling(found.text, lang, found.prop, found.original)
            for part in parts
            for found in bracketed(re.sub(r" - sub-unit name$", "", part), person=person)
        ]
    if person or text.upper() in _LEGAL_FORMS or not acronym_of(text, beside):
        return None
    whole = len(after.split()) <= 1 and _letters(beside)[:1] == _letters(text)[:1]
    return [Spelling(text, prop="weakAlias")] if whole else []


def _letters(text: str) -> str:
    """The letters of a text, folded for comparison."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum() and not unicodedata.combining(char))


def _language(name: str | None) -> str:
    return _LANG.get((name or "").lower(), "")
