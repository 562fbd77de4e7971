"""Every typology that can be searched for: its engines, what it is told, what it measures.

The meaning of all of them (`docs/decisions/0010-typologies.md`):

1. Whether a place is a finding depends only on transfers within `reach` seconds of its earliest
   transfer, so that windows of the ledger searched one by one give what the whole gives.
2. Of overlapping places of one account the best is the finding.
3. Accounts that are walked through have a bounded degree; centres have not.
4. One transfer may follow another of the same time; a transfer to oneself takes no part; one of
   unknown value takes part in shapes, not in amounts.
5. Whole numbers only; the order of rows changes nothing.

The reference engine (`detection.reference`) is the meaning; the compiled engine
(`detection.compiled`) gives the same findings, fast. Both have a function of the typology's name in
the module named here, imported when it is first called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from taawun.detection.finding import Found, Shape
from taawun.detection.parameters import Parameter, Parameters

Reference = Callable[..., list[Shape]]
Compiled = Callable[..., Found]
Reach = Callable[[Parameters], int]


@dataclass(frozen=True, slots=True)
class Typology:
    """One kernel. `reach` in seconds, on both sides of a finding's earliest transfer.

    A finding is about `centre` and `other` as the reference engine's function says. A seeded one
    is called with `seeds`, numbers of listed or reported accounts.
    """

    code: str
    module: str
    parameters: tuple[Parameter, ...]
    measures: tuple[str, ...]
    reach: Reach
    seeded: bool = False

    @property
    def reference(self) -> Reference:
        """`(network, parameters[, seeds]) -> list[Shape]`, in no order."""
        return cast(Reference, self._from("reference"))

    @property
    def compiled(self) -> Compiled:
        """`(network, parameters, threads=1[, seeds]) -> Found`, in canonical order."""
        return cast(Compiled, self._from("compiled"))

    def _from(self, engine: str) -> object:
        return getattr(import_module(f"taawun.detection.{engine}.{self.module}"), self.code)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of this name, if it is told one."""
        return next((each for each in self.parameters if each.name == name), None)


def windows(count: int) -> Reach:
    """A reach of so many windows."""
    return lambda p: count * p["window"]


def through(p: Parameters) -> int:
    """A reach of two windows with the time that money may then lie still."""
    return 2 * (p["window"] + p["dwell"])


def backward(p: Parameters) -> int:
    """A reach of an account's own past before a window, and two windows."""
    return max(p["past"] + p["window"], 2 * p["window"])


WINDOW = Parameter("window", "time", 1, 3_660 * 86_400)
COUNTERPARTIES = Parameter("counterparties", "count", 1)
TOTAL = Parameter("total", "money")
DEGREE = Parameter("degree", "count", 1, 1_000)
DWELL = Parameter("dwell", "time", 0, 3_660 * 86_400)
PAST = Parameter("past", "time", 1, 3_660 * 86_400)
EXCESS = Parameter("excess", "permille", 0, 1_000)
SMALL = Parameter("small", "money", 1)
TRANSFERS = Parameter("transfers", "count", 1)
BUSY = Parameter("degree", "count", 1, 1_000_000)
SOURCES = Parameter("sources", "count", 1)
MIDDLES = Parameter("middles", "count", 1)
TARGETS = Parameter("targets", "count", 1)

_TABLE = (
    Typology(
        "fan_in",
        "fan",
        (WINDOW, COUNTERPARTIES, TOTAL),
        ("counterparties", "value"),
        windows(2),
    ),
    Typology(
        "fan_out",
        "fan",
        (WINDOW, COUNTERPARTIES, TOTAL),
        ("counterparties", "value"),
        windows(2),
    ),
    Typology(
        "gather_scatter",
        "gather_scatter",
        (WINDOW, COUNTERPARTIES),
        ("sources", "targets", "gathered_value", "scattered_value"),
        windows(3),
    ),
    Typology(
        "scatter_gather",
        "scatter_gather",
        (WINDOW, MIDDLES, DEGREE),
        ("through_accounts", "left_value", "arrived_value"),
        windows(3),
    ),
    Typology(
        "cycle",
        "cycle",
        (
            WINDOW,
            Parameter("least", "count", 2, 3),
            Parameter("most", "count", 2, 64),
            DEGREE,
            Parameter("kept", "permille", 0, 1_000),
            Parameter("grown", "permille", 1_000, 1_000_000),
        ),
        ("cycle_transfers", "least_value", "round_seconds"),
        windows(2),
    ),
    Typology(
        "bipartite",
        "bipartite",
        (WINDOW, SOURCES, TARGETS, DEGREE),
        ("sources", "targets", "pairs", "moved_value"),
        windows(3),
    ),
    Typology(
        "stack",
        "stack",
        (WINDOW, SOURCES, MIDDLES, TARGETS, Parameter("shared", "count", 1), DEGREE),
        ("sources", "between_accounts", "targets", "entered_value", "left_value"),
        windows(3),
    ),
    Typology(
        "pass_through",
        "through",
        (WINDOW, DWELL, Parameter("cut", "permille", 0, 1_000), EXCESS, TOTAL, DEGREE),
        ("received_value", "passed_value", "passed_per_mille", "dwell_seconds"),
        through,
    ),
    Typology(
        "structuring",
        "structuring",
        (
            WINDOW,
            Parameter("thresholds", "words"),
            Parameter("below", "permille", 1, 1_000),
            TRANSFERS,
            Parameter("total", "permille", 0, 1_000_000),
            Parameter("places", "count"),
            Parameter("above", "permille", 0, 1_000_000),
        ),
        (
            *("inward", "below_transfers", "below_value", "total_per_mille"),
            *("places", "counterparties", "above_transfers"),
        ),
        windows(2),
    ),
    Typology(
        "funnel",
        "through",
        (
            *(WINDOW, DWELL, SMALL),
            Parameter("payments", "count", 1),
            Parameter("places", "count"),
            Parameter("emptied", "permille", 0, 1_000),
            *(EXCESS, DEGREE),
        ),
        ("small_transfers", "places", "passed_value", "passed_per_mille"),
        through,
    ),
    Typology(
        "dormant",
        "dormant",
        (
            *(Parameter("silence", "time", 1, 3_660 * 86_400), PAST),
            Parameter("before", "count", 1),
            *(WINDOW, TRANSFERS, TOTAL),
            Parameter("times", "count", 1, 1_000_000),
        ),
        ("silent_seconds", "woken_transfers", "woken_value", "usual_value"),
        backward,
    ),
    Typology(
        "corridor",
        "corridor",
        (
            *(PAST, Parameter("before", "count")),
            *(WINDOW, TRANSFERS, COUNTERPARTIES, TOTAL, Parameter("countries", "words")),
        ),
        ("country_letters", "corridor_transfers", "counterparties", "corridor_value"),
        backward,
    ),
    Typology(
        "cash_round_trip",
        "cash",
        (
            Parameter("hops", "count", 0, 6),
            *(DWELL, Parameter("near", "permille", 0, 1_000), DEGREE),
        ),
        ("cash_out", "between_transfers", "deposited_value", "withdrawn_value", "round_seconds"),
        lambda p: 2 * (p["hops"] + 2) * p["dwell"],
    ),
    Typology(
        "cash_pool",
        "cash_pool",
        (
            *(WINDOW, DWELL, Parameter("near", "permille", 0, 1_000_000)),
            *(Parameter("pooled", "permille", 0, 1_000), TOTAL),
            *(Parameter("payers", "count", 1), DEGREE),
        ),
        ("withdrawn_value", "returned_value", "returned_per_mille", "payer_accounts"),
        lambda p: 2 * p["window"] + 3 * p["dwell"],
    ),
    Typology(
        "shared_counterparties",
        "in_common",
        (
            Parameter("window", "time", 3_600, 3_660 * 86_400),
            Parameter("common", "count", 1),
            Parameter("share", "permille", 0, 1_000),
            DEGREE,
        ),
        ("common_accounts", "common_per_mille", "common_transfers"),
        windows(2),
    ),
    Typology(
        "shared_identifiers",
        "in_common",
        (WINDOW, Parameter("members", "count", 1), TOTAL, BUSY),
        ("inward", "member_accounts", "group_transfers", "group_value"),
        windows(2),
    ),
    Typology(
        "donations",
        "donations",
        (
            *(WINDOW, DWELL, SMALL, Parameter("donors", "count", 1)),
            Parameter("abroad", "permille", 0, 1_000_000),
        ),
        ("donor_accounts", "collected_value", "abroad_value", "abroad_per_mille"),
        through,
    ),
    Typology(
        "nearness",
        "nearness",
        (DWELL, BUSY, WINDOW, Parameter("ties", "count", 1), TOTAL),
        ("direct_transfers", "through_transfers", "tied_value"),
        lambda p: 2 * p["window"] + 3 * p["dwell"],
        seeded=True,
    ),
)

TYPOLOGIES: dict[str, Typology] = {each.code: each for each in _TABLE}
