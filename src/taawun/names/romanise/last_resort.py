"""Scripts we have no rules for: the letters as `anyascii` has them, where that can be said.

| script | why it is taken |
|---|---|
| Ethiopic, Thaana, N'Ko, Mongolian, Tifinagh, Syriac | letter by letter gives a fair reading |
| Lao, Khmer | consonants are right, some vowels are missing |

Burmese, Tibetan, Cherokee and others are left out: letter by letter gives what nobody says.
"""

from __future__ import annotations

import unicodedata

from taawun.names.romanise.reading import Reading, best, only_letters

SCRIPTS = ("ethi", "thaa", "nkoo", "mong", "tfng", "syrc", "laoo", "khmr")
_COST = 0.15


def readings(token: str, script: str) -> tuple[Reading, ...]:
    """One reading of `token` of one of `SCRIPTS`, its cost the highest there is."""
    from anyascii import anyascii

    latin = only_letters(anyascii(unicodedata.normalize("NFC", token)))
    return best([Reading(latin, f"{script}.last_resort", _COST)])
