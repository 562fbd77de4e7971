"""Ledgers made at random for behaviour: few accounts, times and amounts, so that things meet."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from taawun.ledger.network import Network, by_account
from tests.detection.ledgers import About, Row, network_of

CASES = int(os.environ.get("TAAWUN_TEST_LEDGERS", "250"))
"""Random ledgers for each typology; with the compiler off, fewer."""
thorough = settings(max_examples=CASES, deadline=None)
COUNTRIES = ("", "XA", "XB", "XC")
BANKS = ("", "one", "two", "three")
KINDS = ("", "person", "merchant", "cash")
CHANNELS = ("", "wire", "cash")
VALUES = (0, 1, 90, 95, 100, 900, 950, 999, 1_000, 10_000, 123_456, 10**15)


@st.composite
def ledgers(draw: st.DrawFn, most: int = 45, accounts: int = 7, step: int = 1) -> Network:
    """Up to `most` transfers among up to `accounts` accounts, at times of `step` seconds."""
    names = [f"a{number}" for number in range(draw(st.integers(2, accounts)))]
    span = draw(st.sampled_from((4, 40, 400)))
    row = st.builds(
        Row,
        st.sampled_from(names),
        st.sampled_from(names),
        st.sampled_from(VALUES) | st.integers(0, 20_000),
        st.integers(0, span).map(lambda steps: steps * step),
        st.sampled_from(("EUR", "USD")),
        st.sampled_from(CHANNELS),
    )
    about = st.builds(
        About,
        st.sampled_from(COUNTRIES),
        st.sampled_from(BANKS),
        st.sampled_from(KINDS),
        st.integers(0, 2),
    )
    rows = draw(st.lists(row, max_size=most))
    return network_of(rows, {name: draw(about) for name in names})


def part(window: Network, first: int, last: int) -> tuple[Network, int]:
    """The transfers from `first` to before `last` alone, and how many lie before them."""
    low, high = np.searchsorted(window.at, (first, last))
    source, target = window.source[low:high], window.target[low:high]
    out_start, out = by_account(source, window.accounts)
    into_start, into = by_account(target, window.accounts)
    rows = {
        name: getattr(window, name)[low:high]
        for name in ("at", "source", "target", "value", "amount", "currency", "channel")
    }
    lists = {"out_start": out_start, "out": out, "into_start": into_start, "into": into}
    return replace(window, **rows, **lists), int(low)
