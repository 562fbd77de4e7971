"""What the demonstration says of hits and namesakes, in words.

`reasons` gives the evidence of a hit, strongest first: what met in the names, then what else moved
the score. What counted nothing is left out here; `taawun screen` shows it too.
"""

from __future__ import annotations

from taawun.demo.story import Screened
from taawun.screening.subject import Hit
from taawun.screening.words import NAME, country, said, strongest
from taawun.wording import isolate


def reasons(hit: Hit, lang: str) -> list[str]:
    """Why a hit scores as it does: the names first, then the evidence, strongest first."""
    telling = [each for each in hit.features if each.points or each.code == NAME]
    return [said(feature, lang) for feature in strongest(telling)]


def lists_of(screened: Screened) -> list[str]:
    """The lists on which a customer's matches stand, best first."""
    return list(dict.fromkeys(hit.dataset for hit in screened.screening.hits if hit.match))


def who(screened: Screened, lang: str) -> str:
    """A customer in one cell: name, then birth date, country and identifier as they are known."""
    subject = screened.customer.subject
    countries = [country(code, lang) for code in subject.countries]
    known = " · ".join([*subject.birth_dates, *countries, *subject.identifiers])
    return f"{isolate(subject.names[0], lang)}\n{known}".strip()
