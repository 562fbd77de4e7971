"""What two parties must share so that equal names give equal keys.

The digest is over the data that keys are made from, over the keys of the probes in
`data/meeting.yml`, and over what every key of the lexicon tells. Parties whose data or code differ
have different digests, and find out when they agree on terms, not by a hit that silently never
comes.
"""

from __future__ import annotations

import hashlib
from functools import cache

from taawun.names.compiled import read
from taawun.names.meeting.bits import borne_by, consonant_bits
from taawun.names.meeting.consonants import facts
from taawun.names.meeting.keyed import meeting_keys

SCHEME = "taawun-tokens/1"
"""The scheme's name and number: a change of the rules gives another number."""

_DATA = (
    "meeting.yml", "sounds.yml", "arabic.yml", "titles.yml", "lexicon", "scripts", "companies",
)  # fmt: skip


@cache
def scheme_digest() -> str:
    """SHA-256 (hex) over the scheme's name, its data files, and what is worked out from them."""
    seen = hashlib.sha256(SCHEME.encode())
    for pattern in _DATA:
        for name, text in read(pattern):
            content = text.encode()
            seen.update(f"\0{pattern}\0{name}\0{len(content)}\0".encode())
            seen.update(content)
    for line in (*probe_lines(), *told_lines()):
        seen.update(f"\0{line}".encode())
    return seen.hexdigest()


def told_lines() -> tuple[str, ...]:
    """What every consonant key of the lexicon tells: reckoned with floats, so seen to be equal."""
    return tuple(f"{text} {consonant_bits(text)}" for text in sorted(borne_by()))


def probe_lines() -> tuple[str, ...]:
    """Each probe with the keys of its parts: `person|محمد|=muhammad 24`."""
    return tuple(
        "|".join([kind, name, *(f"{k.key.text} {k.key.bits}" for k in meeting_keys(name, kind))])
        for kind, names in facts()["probes"].items()
        for name in names
    )
