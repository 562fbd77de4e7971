"""A token that mixes alphabets, such as a Cyrillic word with a stray Latin letter.

Each run of letters is read in its own script, by its usual reading. Only alphabets: what mixes
in Han, kana or an abjad is not read.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from taawun.names.romanise.reading import Reading, best
from taawun.names.romanise.script import script_of

STEP = "mixed.runs"
_COST = 0.1
_ALPHABETS = frozenset({"latn", "cyrl", "grek", "armn", "geor", "zyyy"})

Readings = Callable[[str, str, str], tuple[Reading, ...]]


def readings(token: str, lang: str, read: Readings) -> tuple[Reading, ...]:
    """One reading of `token`, each run by `read`; none when a run is not of an alphabet."""
    runs = [(script, "".join(run)) for script, run in groupby(token, key=script_of)]
    if any(script not in _ALPHABETS for script, _ in runs):
        return ()
    said = [read(run, script, lang)[:1] for script, run in runs if script != "zyyy"]
    return best([Reading("".join(found[0].latin for found in said if found), STEP, _COST)])
