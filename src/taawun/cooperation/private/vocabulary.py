"""What this side makes tokens by, as terms say it: scheme, kinds, how many a lookup has.

The scheme is said with a digest of all that tokens hang on (rules, lexicon, what must be known):
two sides whose data differ find out when they sign terms, not by a hit that never comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache

from taawun.cooperation.private import birth, numbers, telling, tokens
from taawun.cooperation.private.numbers import KINDS
from taawun.cooperation.private.telling import Need
from taawun.cooperation.private.terms import Terms, Vocabulary
from taawun.cooperation.private.tokens import MOST_ASKED
from taawun.errors import Refused
from taawun.names.meeting import SCHEME, scheme_digest

NAMES = ("name_and_date", "name_date_and_country", "name_and_year", "name", "name_and_country")


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of this installation."""
    said = "\n".join((scheme_digest(), *rules()))
    digest = hashlib.sha256(said.encode()).hexdigest()
    return Vocabulary(
        scheme=f"{SCHEME} {digest}",
        kinds=(*NAMES, *sorted(KINDS)),
        tokens_per_lookup=MOST_ASKED,
    )


def rules() -> Iterator[str]:
    """Every number and set by which tokens are made, as it stands in its module."""
    for module in (birth, numbers, telling, tokens):
        place = module.__name__.rpartition(".")[2]
        for name, value in sorted(vars(module).items()):
            if name.strip("_").isupper() and isinstance(value, (int, Need)):
                yield f"{place}.{name}={value}"
            elif name.strip("_").isupper() and isinstance(value, frozenset):
                yield f"{place}.{name}={sorted(value)}"


def check_scheme(terms: Terms) -> None:
    """Whether this installation still makes tokens as when the terms were signed. Raises Refused
    `match.rules_changed`: after another release they would never meet, and nobody would notice.
    """
    mine = vocabulary().scheme
    if terms.scheme != mine:
        raise Refused("match.rules_changed", got=mine, expected=terms.scheme)
