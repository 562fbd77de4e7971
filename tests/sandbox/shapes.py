"""Whether the legs of a planted scheme have the shape that its typology declares.

Looks at the truth alone: every leg of the scheme's core, in the ledger or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Leg = dict[str, Any]


def core(scheme: dict[str, Any]) -> list[Leg]:
    """The legs that make the shape."""
    return [leg for leg in scheme["legs"] if leg["role"] == "core"]


def degrees(legs: list[Leg]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Whom each account pays, and who pays it."""
    out, into = defaultdict(set), defaultdict(set)
    for leg in legs:
        out[leg["source"]].add(leg["target"])
        into[leg["target"]].add(leg["source"])
    return out, into


def fan_in(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    return len(into) == 1 and len(out) >= 4


def fan_out(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    return len(out) == 1 and len(into) >= 4


def gather_scatter(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    centres = [each for each in out if len(out[each]) >= 3 and len(into[each]) >= 3]
    return len(centres) == 1 and all(centres[0] in (leg["source"], leg["target"]) for leg in legs)


def scatter_gather(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    first = [each for each in out if each not in into]
    last = [each for each in into if each not in out]
    through = set(out) - set(first)
    return len(first) == len(last) == 1 and len(through) >= 3 and out[first[0]] == through


def cycle(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    at, began = legs[0]["source"], legs[0]["source"]
    seen = []
    while at not in seen:
        seen.append(at)
        if len(out[at]) != 1:
            return False
        (at,) = out[at]
    return at == began and set(seen) == set(out) == set(into) and len(seen) >= 3 and rising(legs)


def rising(legs: list[Leg]) -> bool:
    """Each account passes on after it has been paid (the first one excepted)."""
    paid: dict[str, int] = {}
    for leg in sorted(legs[1:], key=lambda leg: leg["at"]):
        paid.setdefault(leg["target"], leg["at"])
    first = legs[0]["source"]
    return all(
        leg["source"] == first or leg["at"] >= paid.get(leg["source"], 0) for leg in legs[1:]
    )


def bipartite(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    return not set(out) & set(into) and len(out) >= 2 and len(into) >= 2


def stack(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    level = {each: 0 for each in out if not into[each]}
    while missing := [each for each in into if each not in level]:
        ready = [each for each in missing if all(source in level for source in into[each])]
        if not ready:
            return False
        level |= {each: 1 + max(level[source] for source in into[each]) for each in ready}
    return max(level.values()) >= 2


def pass_through(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    return any(into[each] for each in out)


def structuring(legs: list[Leg]) -> bool:
    _, into = degrees(legs)
    below = all(0 < leg["amount"] < leg["limit"] for leg in legs)
    return below and len(legs) >= 3 and len(into) <= 7


def funnel(legs: list[Leg]) -> bool:
    return sum(leg["target"] == legs[0]["target"] for leg in legs) >= 4


def dormant(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    return any(into[each] and out[each] for each in out)


def corridor(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    return len(out) == 1 and all(each[:2] in ("XR", "XS") for each in into) and len(legs) >= 3


def cash_round_trip(legs: list[Leg]) -> bool:
    out, _ = degrees(legs)
    origin = legs[0]["source"]
    return any(leg["target"] == origin for leg in legs) and bool(out[origin])


def shared_counterparties(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    return sum(len(sources) >= 2 for sources in into.values()) >= 1 and len(out) >= 3


def shared_identifiers(legs: list[Leg]) -> bool:
    _, into = degrees(legs)
    return len(into) <= 1


def donations(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    return any(len(into[each]) >= 6 and out[each] for each in out)


def listed(legs: list[Leg]) -> bool:
    out, into = degrees(legs)
    return any(into[each] and out[each] for each in out)


SHAPES: dict[str, Callable[[list[Leg]], bool]] = {
    each.__name__: each
    for each in (
        fan_in, fan_out, gather_scatter, scatter_gather, cycle, bipartite, stack, pass_through,
        structuring, funnel, dormant, corridor, cash_round_trip, shared_counterparties,
        shared_identifiers, donations, listed,
    )
}  # fmt: skip
