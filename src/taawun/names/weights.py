"""How much one part of a name tells: rare parts much, common ones little.

The weights that a screening uses come from the lists themselves (`blended`, `from_counts`); where
there is no list at hand, `shipped` falls back on what the lexicon says of a name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from taawun.names.part import Part

Weigh = Callable[[Part], float]

LEAST, MOST = 0.45, 1.3
FEW = 1000
# by the lexicon's `common`, 0 (rare) to 5; the last entry is for what it does not know
_BY_COMMON = (1.12, 1.05, 0.97, 0.87, 0.74, 0.55, 1.15)


def shipped(part: Part) -> float:
    """The weight of a part without any list: what the lexicon says of its rarity."""
    if part.script == "hani" and len(part.form) == 1:
        return 0.9
    return _BY_COMMON[part.common]


def blended(seen: int, names: int, alone: float) -> float:
    """What a part weighs that `seen` of `names` names hold, and that weighs `alone` without lists.

    A part on every tenth name weighs LEAST, one seen once MOST; then the mean of both weights.
    """
    # a short list says little of how common a name is
    held = max(names, FEW)
    rarity = math.log(held / (seen + 1)) / math.log(held)
    listed = LEAST + (MOST - LEAST) * max(0.0, min(1.0, (rarity - 0.1) / 0.9))
    return (listed + alone) / 2


def from_counts(counts: Mapping[str, int], names: int) -> Weigh:
    """Weights from how many of `names` names hold a part, by `Part.key`."""
    return lambda part: blended(counts.get(part.key, 0), names, shipped(part))
