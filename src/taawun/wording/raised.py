"""What a raised error says, in another language.

Exceptions are worded in English where they are raised, since only there is known what happened.
As with gettext, the English sentence is the key: `catalogue/raised.yml` holds every sentence that
is raised, with its parameters named, and a message that fits one is shown in the other language.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

from taawun.wording import say
from taawun.wording.texts import room


def in_words(message: str, lang: str) -> str:
    """The message in `lang`; as it is in English, and where no sentence fits."""
    if lang.split("-", 1)[0] == "en":
        return message
    found = fitting(message)
    if found is None:
        return message
    return say(found[0], lang, **{name: _told(value, lang) for name, value in found[1].items()})


def _told(value: str, lang: str) -> str:
    """What is put into a sentence: what a field should have been is a sentence of its own."""
    found = fitting(value)
    inner = found is not None and found[0].startswith("raised.wanted.")
    return say(found[0], lang, **found[1]) if found is not None and inner else value


def fitting(message: str) -> tuple[str, dict[str, str]] | None:
    """The code whose English sentence the message is, with its parameters; the most exact one."""
    for code, pattern in _patterns():
        if (match := pattern.fullmatch(message)) is not None:
            return code, match.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The sentences as patterns, those with the most letters of their own first."""
    sentences = [(code, str(text["en"])) for code, text in room("raised").items()]
    sentences.sort(key=lambda each: -len(re.sub(r"\{\w+\}", "", each[1])))
    return tuple((code, _pattern(sentence)) for code, sentence in sentences)


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = [
        re.escape(literal) + (f"(?P<{name}>.*?)" if name else "")
        for literal, name, _, _ in Formatter().parse(sentence)
    ]
    return re.compile("".join(parts), re.DOTALL)
