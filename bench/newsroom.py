"""A made-up stream of news in Arabic, English and Russian, for the throughput of `screen-text`.

Mostly words, as news is; now and then a person, who may be on a list. The same seed gives the
same text.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

SCRIPTS = {"ar": "Arabic", "en": "Latin", "ru": "Cyrillic"}
PERSON_EVERY = 6
WORDS = Path(__file__).with_suffix(".yml")


def sentences(names: Mapping[str, Sequence[str]], seed: int = 11) -> Iterator[str]:
    """Sentences without end. `names` gives, for each script, names that may occur."""
    draw = random.Random(seed)
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    while True:
        lang = draw.choice(["ar", "ar", "en", "ru"])
        pool = names.get(SCRIPTS[lang], ())
        if pool and draw.randrange(PERSON_EVERY) == 0:
            yield draw.choice(words["people"][lang]).format(name=draw.choice(pool)) + "."
        else:
            opening, body = (draw.choice(words[part][lang]) for part in ("openings", "bodies"))
            yield f"{opening} {body}."


def text(size: int, names: Mapping[str, Sequence[str]], seed: int = 11) -> str:
    """About `size` bytes of news in UTF-8, a paragraph every few sentences."""
    parts: list[str] = []
    total = 0
    for number, sentence in enumerate(sentences(names, seed)):
        parts.append(sentence + ("\n\n" if number % 5 == 4 else " "))
        total += len(parts[-1].encode())
        if total >= size:
            break
    return "".join(parts)
