"""Words around a person's name that are not the name: titles, nasab markers, articles, particles.

Reviewed data: `data/arabic.yml` for the Arabic world, `data/titles.yml` for the rest. Everything
is keyed by `script:folded form`, several tokens joined by a space.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.names.compiled import compiled, parsed
from taawun.names.lexicon import folded

_SCRIPTS = ("latn", "arab", "cyrl", "grek", "hebr", "armn", "geor", "hang", "hani", "deva")
_GENDERS = {"m": "male", "f": "female"}


@dataclass(frozen=True, slots=True)
class Title:
    """A title; `may_be_name` where it is also a name, `after` where it may follow one."""

    key: str
    gender: str
    may_be_name: bool
    after: bool


@dataclass(frozen=True, slots=True)
class PersonWords:
    """`nasab` gives the child's gender or "", `kunya` gives abu or umm."""

    titles: dict[str, Title]
    nasab: dict[str, str]
    kunya: dict[str, str]
    articles: frozenset[str]
    particles: frozenset[str]
    suffixes: frozenset[str]
    servants: frozenset[str]
    completions: frozenset[str]
    tails: frozenset[str]

    def is_suffix(self, form: str) -> bool:
        """Whether a folded Latin form is a generational suffix (Jr, III)."""
        return form in self.suffixes


def data(name: str) -> Any:
    """A YAML file of `names/data`, read (and kept compiled)."""
    return compiled(name[:-4], (name,), lambda files: parsed(files[0][1]))


def forms(item: dict[str, Any]) -> list[str]:
    """Every `script:folded form` of one item of the data."""
    found = []
    for script in _SCRIPTS:
        for spelling in item.get(script, ()):
            form = folded(script, str(spelling).replace(".", " ").replace("-", " "))
            if form:
                found.append(f"{script}:{form}")
    return found


@cache
def person_words() -> PersonWords:
    """The words that ship with the package."""
    arabic, western = data("arabic.yml"), data("titles.yml")
    titles: dict[str, Title] = {}
    for item in [*western["titles"], *arabic["titles"]]:
        title = Title(
            item["key"],
            _GENDERS.get(item.get("gender", ""), ""),
            bool(item.get("may_be_name")),
            bool(item.get("after")),
        )
        for form in forms(item):
            titles[form] = title
    return PersonWords(
        titles=titles,
        nasab={f: _GENDERS.get(i.get("gender", ""), "") for i in arabic["nasab"] for f in forms(i)},
        kunya={f: i["key"] for i in arabic["kunya"] for f in forms(i)},
        articles=frozenset(f for i in arabic["articles"] for f in forms(i)),
        particles=frozenset(f for i in western["particles"] for f in forms(i)),
        suffixes=frozenset(f.split(":")[1] for i in western["suffixes"] for f in forms(i)),
        servants=frozenset(f for i in arabic["servants"] for f in forms(i)),
        tails=frozenset(f for i in arabic["tails"] for f in forms(i)),
        completions=frozenset(f for i in arabic["completions"] for f in forms(i)),
    )
