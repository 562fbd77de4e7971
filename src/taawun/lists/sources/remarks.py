"""What can be taken from a publisher's free text without guessing: parents, death, references.

The text itself always stays in the entity's notes. Only fixed phrases are read; what is not said
in one of them is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from taawun.entities import dates
from taawun.lists.sources.transcript import Draft

_PARENT = re.compile(
    r"\b(Father|Mother)(?:['’`]s| s)? name(?: is|:|-)?\s*:?\s*"
    r"([^.;:,()\d]{2,60}?)(?=[.;:,()]|$| and |\s*\d)",
    re.I,
)
# Only where the sentence is about the entry itself: "Responsible for Usama bin Laden's (deceased)
# security" is not.
_DEAD = re.compile(
    r"(?:^|[.;:]\s+)(?:(?:he|she|status|was|is|has|been|also|the individual)[: ]+)*"
    r"(reportedly|allegedly|confirmed|presumed|believed|possibly)?[ ,]*"
    r"(?:(?:to|have|be|been|as|was|is)\s+)*(?:deceased|died|dead|killed)\b"
    r"((?:[^.;]|(?<=[A-Z][a-z]{2})\.){0,60})",
    re.I,
)
_WHEN = re.compile(
    r"\b((?:\d{1,2}\s+)?(?:[A-Z][a-z]{2,8}\.?\s+)?(?:19|20)\d{2}\b|\d{1,2}/\d{1,2}/\d{4})"
)
_REFERENCE = re.compile(r"\b[A-Z]{2}[ei]\.\d{3,4}\b")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")
_KIN = (
    "brother sister son daughter father mother wife husband uncle aunt nephew niece cousin "
    "brother-in-law son-in-law father-in-law sister-in-law spouse grandson grandfather stepbrother"
)
_KINSHIP = re.compile(rf"\b({'|'.join(sorted(_KIN.split(), key=len, reverse=True))})s?\b", re.I)


def read_person_remarks(draft: Draft, text: str, field: str) -> None:
    """Parents' names and death, where a fixed phrase says them."""
    for parent, name in _PARENT.findall(text):
        draft.add(f"{parent.lower()}Name", name.strip(" -–'\""))
    if dead := _DEAD.search(text):
        draft.add("status", f"{dead[1] or ''} deceased".lower().strip())
        # "Reportedly deceased as of 2013" says when it was reported, not when it happened.
        when = _WHEN.search(dead[2].partition("as of")[0])
        if when and dates.span(when[1]):
            draft.date("deathDate", when[1], field=field)


def references(text: str) -> Iterator[tuple[str, str, str]]:
    """Each UN reference in a text with the sentence that names it and the kinship it states, or "".

    A word of kinship counts for the next reference after it in the sentence and for no other.
    """
    for sentence in _SENTENCE.split(text):
        after = 0
        for found in _REFERENCE.finditer(sentence):
            kin = _KINSHIP.search(sentence, after, found.start())
            yield found[0], sentence.strip(), kin[1].lower() if kin else ""
            after = found.end()
