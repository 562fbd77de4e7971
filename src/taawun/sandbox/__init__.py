"""A made-up region whose truth is known: people, companies, banks, their transfers, laundering.

    made = region(Plan(seed=1, transfers=20_000))       .transfers .accounts .truth .schemes …
    make(Plan(seed=1, transfers=10_000_000), Path("region"))

Everything is invented: no state, bank, person or account of it exists. What is planted is kept
apart from the ledger.
"""

from taawun.sandbox.made import Made, region
from taawun.sandbox.make import Outcome, make
from taawun.sandbox.plan import TYPOLOGIES, Plan

__all__ = ["TYPOLOGIES", "Made", "Outcome", "Plan", "make", "region"]
