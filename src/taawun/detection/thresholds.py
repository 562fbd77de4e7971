"""Above which amount a transfer is reported: by currency, and by country where it differs.

A catalogue says them as words: `USD=1000000` for a currency anywhere, `AE:AED=5500000` for one
country, in minor units of the currency, and `*=1000000` for any other currency.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from taawun.errors import InputError
from taawun.jit import I64
from taawun.ledger.network import Network

_WORD = re.compile(r"(?:([A-Z]{2}):)?([A-Z]{3}|\*)=([1-9]\d{0,15})")


def thresholds(words: Iterable[str]) -> dict[tuple[str, str], int]:
    """By country ("" for any) and currency ("*" for any other). Raises InputError."""
    said = {}
    for word in words:
        match = _WORD.fullmatch(word)
        if match is None:
            raise InputError(
                f"threshold {word!r}: expected a currency and minor units such as USD=1000000, "
                "or AE:AED=5500000 for one country"
            )
        said[match[1] or "", match[2]] = int(match[3])
    return said


def limits(network: Network, words: Iterable[str]) -> I64:
    """The threshold for each country and currency of the network (k, l); 0 where there is none."""
    said = thresholds(words)
    return np.array(
        [
            [
                next(
                    (
                        said[key]
                        for key in (
                            (country, currency), ("", currency), (country, "*"), ("", "*"),
                        )
                        if key in said
                    ),
                    0,
                )
                for currency in network.currencies
            ]
            for country in network.countries
        ],
        np.int64,
    ).reshape(len(network.countries), len(network.currencies))  # fmt: skip
