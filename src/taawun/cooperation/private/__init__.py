"""Hit or no hit: asking a partner whether it knows a subject, without saying whom.

The owner of records makes a table of fingerprints under a key that only it has and gives it to
the asker. The asker cannot compute a fingerprint alone: each one needs an evaluation by the owner,
who sees blinded points only, counts them against the agreement's budget, and can destroy the key.
`protocol/matching.md` is the whole protocol, for readers of any language.

A node finds HANDLERS, DUTIES, COUNTS and `spent` here (`matching.py`). They are brought in when
they are asked for: the worker processes need the arithmetic alone.
"""

from __future__ import annotations

from typing import Any

_OF_A_NODE = ("HANDLERS", "DUTIES", "COUNTS", "spent")


def __getattr__(name: str) -> Any:
    if name not in _OF_A_NODE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from taawun.cooperation.private import matching

    return getattr(matching, name)
