"""A spontaneous disclosure: information that nobody asked for, given because it is of use."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from taawun.cooperation.requests.bodies.information import Items, Origins, numbered
from taawun.cooperation.requests.bodies.passage import EachOnce, Passage
from taawun.cooperation.requests.bodies.request import Offence
from taawun.cooperation.wire import CountryCode, Document, Line


class Disclosure(Document):
    """What is known, why it is thought to be of use, and its link to the recipient's country."""

    reference: Line
    title: Passage
    offences: Annotated[tuple[Offence, ...], Field(min_length=1, max_length=10), EachOnce]
    facts: Passage
    suspicion: Passage
    country: CountryCode
    link: Passage
    items: Items
    origins: Origins

    @model_validator(mode="after")
    def _discloses_something(self) -> Self:
        if not self.items:
            raise ValueError("a disclosure has at least one item")
        numbered(self.items)
        return self
