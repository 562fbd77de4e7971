"""Latin readings of a token in another script, each with the step that made it and its cost.

`readings` is what the comparison asks; `split` takes apart names that are written without
spaces; `bridged` says for which scripts there is a reading at all. A script that cannot be
bridged gives no reading: said, not guessed. Arabic script has a room of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from taawun.names.romanise import brahmic, han, hangul, kana, last_resort, mixed, thai
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
    parts = _SPLITTERS[script](token) if script in _SPLITTERS else (token,)
    return tuple(filter(None, parts))


def bridged(script: str) -> bool:
    """Whether this room reads `script` (Latin included, which needs only folding)."""
    return script in _READERS


def _latin(token: str, lang: str) -> tuple[Reading, ...]:
    from anyascii import anyascii

    return best([Reading(only_letters(anyascii(token)), "latn.folded", 0.0)])


def _mixed(token: str, lang: str) -> tuple[Reading, ...]:
    return mixed.readings(token, lang, readings)


def _alphabetic(script: str) -> _Reader:
    return lambda token, lang: alphabet(script).readings(token, lang)


def _by_script(read: Callable[[str, str], tuple[Reading, ...]], script: str) -> _Reader:
    return lambda token, lang: read(token, script)


_READERS: dict[str, _Reader] = {
    "latn": _latin,
    **{script: _alphabetic(script) for script in ("cyrl", "grek", "armn", "geor", "hebr")},
    "hang": hangul.readings,
    "hani": han.readings,
    "thai": thai.readings,
    "kana": kana.readings,
    "hira": kana.readings,
    **{script: _by_script(brahmic.readings, script) for script in brahmic.SCRIPTS},
    **{script: _by_script(last_resort.readings, script) for script in last_resort.SCRIPTS},
    "mixed": _mixed,
}
_SPLITTERS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "hang": hangul.split,
    "hani": han.split,
    "kana": kana.split,
    "hira": kana.split,
}
