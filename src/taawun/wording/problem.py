"""A problem in data as a line to read: `file:line: field: what is wrong (got …, expected …)`."""

from __future__ import annotations

from string import Formatter

from taawun.errors import Problem
from taawun.wording import say
from taawun.wording.direction import direction, isolate
from taawun.wording.raised import in_words
from taawun.wording.texts import text_of


def worded(problem: Problem, lang: str = "en") -> str:
    """The problem in `lang`. What was got and expected is added where its sentence lacks it."""
    place = problem.file + (f":{problem.line}" if problem.line is not None else "")
    parts = [isolate(part, lang) for part in (place, problem.field) if part]
    expected = in_words(problem.expected, lang)
    said = say(problem.code, lang, got=problem.got, expected=expected)
    inside = _named(problem.code, lang)
    more = [
        say(f"wording.{name}", lang, value=value)
        for name, value in (("got", problem.got), ("expected", expected))
        if value and name not in inside
    ]
    comma = "، " if direction(lang) == "rtl" else ", "
    tail = f" ({comma.join(more)})" if more else ""
    return ": ".join([*parts, said]) + tail


def _named(code: str, lang: str) -> set[str]:
    """The parameters that a code's sentence names; all of them when it has no sentence."""
    text = text_of(code)
    if text is None:
        return {"got", "expected"}
    template = text.get(lang.split("-", 1)[0], text["en"])
    if not isinstance(template, str):
        template = template["other"]
    return {name for _, name, _, _ in Formatter().parse(template) if name}
