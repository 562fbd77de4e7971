"""What is common to all bodies: a text with its language, an amount, a list without doubles."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from taawun.cooperation.wire import Document, Language, Text

MOST_MINOR_UNITS = 10**15
"""The largest amount: ten billion in a currency with five decimals."""


class Passage(Document):
    """A text in any language, with the language it is in (ISO 639, two or three letters)."""

    lang: Language
    text: Text


Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", strict=True)]
"""ISO 4217."""


class Amount(Document):
    """Money: `minor` units of `currency`."""

    minor: Annotated[int, Field(ge=0, le=MOST_MINOR_UNITS)]
    currency: Currency


def _each_once(given: tuple[Any, ...]) -> tuple[Any, ...]:
    if doubled(given):
        raise ValueError("something is listed twice")
    return given


def doubled(given: Iterable[Hashable]) -> bool:
    """Whether one of these is there twice."""
    every = list(given)
    return len(set(every)) < len(every)


EachOnce = AfterValidator(_each_once)
"""Put on a list of codes: none of them twice."""
