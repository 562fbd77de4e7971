"""Codes to Arabic and English.

Whatever a person reads is in `catalogue/<room>.yml`, once per language:

    screening.birth_date.same:
      en: "born on {date}, as the listing says"
      ar: "مولود في {date}، كما في الإدراج"
    lists.entries:
      en: {one: "{count} entry", other: "{count} entries"}
      ar: {zero: …, one: …, two: …, few: …, many: …, other: …}

`say` words a code. Strings inside a sentence of the other direction are isolated (Unicode
FSI … PDI), so that a Latin name in an Arabic sentence stays in one piece. Numbers and dates are
written as the language writes them; a language may carry a choice of digits: `ar-u-nu-latn`.
"""

from __future__ import annotations

from taawun.wording.direction import direction, isolate
from taawun.wording.figures import written
from taawun.wording.texts import Text, text_of

LANGUAGES = ("en", "ar")

__all__ = ["LANGUAGES", "Worded", "direction", "isolate", "known", "say"]


class Worded(str):
    """A sentence that was worded already: put into another as it is, its isolates kept."""

    __slots__ = ()


def say(code: str, lang: str = "en", **params: object) -> Worded:
    """The sentence for `code` in `lang`, with `params` put in.

    A code that the catalogue lacks is shown as it is, with its parameters: evidence is never
    dropped for want of a sentence (a test keeps the catalogue complete). A sentence that wants
    a parameter which was not given raises KeyError.
    """
    base = lang.split("-", 1)[0]
    text = text_of(code)
    if text is None:
        told = ", ".join(f"{name}={value}" for name, value in params.items())
        return Worded(f"{code} ({told})" if told else code)
    template = _template(text, base if base in text else "en", params)
    values = {name: _embedded(value, lang) for name, value in params.items()}
    return Worded(template.format_map(values))


def known(code: str) -> bool:
    """Whether the catalogue has a sentence for `code`."""
    return text_of(code) is not None


def _template(text: Text, base: str, params: dict[str, object]) -> str:
    """The one template of a text: itself, or the plural form that `count` asks for."""
    forms = text[base]
    if isinstance(forms, str):
        return forms
    from taawun.wording.figures import plural_form

    return forms.get(plural_form(params["count"], base), forms["other"])


def _embedded(value: object, lang: str) -> str:
    """A parameter as it stands inside a sentence of `lang`."""
    if isinstance(value, Worded):
        return value
    if isinstance(value, str):
        return isolate(value, lang)
    if isinstance(value, (tuple, list)):
        comma = "، " if direction(lang) == "rtl" else ", "
        return comma.join(_embedded(each, lang) for each in value)
    return written(value, lang)
