"""What this side makes tokens by, as terms say it: scheme, kinds, how many a lookup has."""

from __future__ import annotations

from taawun.cooperation.private.numbers import KINDS
from taawun.cooperation.private.terms import Vocabulary
from taawun.cooperation.private.tokens import MOST_ASKED
from taawun.names.meeting import SCHEME

NAMES = ("name_and_date", "name_date_and_country", "name_and_year", "name", "name_and_country")
VOCABULARY = Vocabulary(scheme=SCHEME, kinds=(*NAMES, *sorted(KINDS)), tokens_per_lookup=MOST_ASKED)
