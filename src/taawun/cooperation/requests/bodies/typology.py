"""A typology that is shared: a definition as the detection catalogue has it, and what it shows.

It holds nothing about anybody; the obvious signs of personal data are refused.
"""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from taawun.cooperation.requests.bodies.passage import EachOnce, Passage
from taawun.cooperation.requests.bodies.request import Offence
from taawun.cooperation.wire import Digest, Document, Line, Text, Word, digest
from taawun.entities.identifiers import valid

_IBAN = re.compile(r"\b(?=([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}))")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


class SharedTypology(Document):
    """A definition: its code, the entry as text (YAML), its SHA-256, and a description."""

    code: Word
    entry: Text
    sha256: Digest
    description: Annotated[tuple[Passage, ...], Field(min_length=1, max_length=6)]
    offences: Annotated[tuple[Offence, ...], Field(min_length=1, max_length=10), EachOnce]
    seen: Line | None = None

    @model_validator(mode="after")
    def _is_of_nobody(self) -> Self:
        if digest(self.entry.encode()) != self.sha256:
            raise ValueError("sha256 is not that of the entry")
        for text in (self.entry, self.seen or "", *(each.text for each in self.description)):
            if personal(text):
                raise ValueError("a typology holds no personal data")
        return self


def personal(text: str) -> bool:
    """Whether a text has an e-mail address, or a number that is an IBAN by its check digits."""
    if _MAIL.search(text):
        return True
    runs = (found[1].replace(" ", "") for found in _IBAN.finditer(text))
    return any(valid(run[:end], "iban") for run in runs for end in range(15, len(run) + 1))
