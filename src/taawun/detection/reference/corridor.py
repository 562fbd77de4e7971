"""Sudden counterparties in countries of high risk, against the account's own past."""

from __future__ import annotations

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.reference.dormant import of_both
from taawun.detection.reference.windows import local_best
from taawun.ledger.network import Network


def letters(country: str) -> int:
    """A country's two letters as a number, for a measure: 256 times the first, and the second."""
    return ord(country[0]) * 256 + ord(country[1]) if len(country) == 2 else 0


def corridor(network: Network, p: Parameters) -> list[Shape]:
    """Transfers with a country of `countries` that the account had nothing to do with before.

    The country is another than the account's own. A window of `window` seconds opens with a
    transfer to or from it, where there was none in the `past` before, but at least `before`
    transfers with others: an account without a past has no habit to break. It holds at least
    `transfers` with that country, of at least `counterparties` accounts there, `total` in value.
    The score is the value. Measures: the country (`letters`), transfers, counterparties, value.
    """
    risky = {
        number: letters(country)
        for number, country in enumerate(network.countries)
        if country in p.words("countries")
    }
    shapes = []
    for account, own in of_both(network).items():
        for country, code in risky.items():
            if country != network.country[account]:
                shapes += _with(network, p, account, own, country, code)
    return shapes


def _across(network: Network, account: int, position: int) -> int:
    source, target = int(network.source[position]), int(network.target[position])
    return target if source == account else source


def _with(
    network: Network, p: Parameters, account: int, own: list[int], country: int, code: int
) -> list[Shape]:
    dealing = [each for each in own if network.country[_across(network, account, each)] == country]
    scores: dict[int, int] = {}
    places: dict[int, Shape] = {}
    for opens in {int(network.at[each]) for each in dealing}:
        past = [each for each in own if opens - p["past"] <= network.at[each] < opens]
        if set(past) & set(dealing) or len(past) < p["before"]:
            continue
        inside = [each for each in dealing if 0 <= network.at[each] - opens <= p["window"]]
        parties = {_across(network, account, each) for each in inside}
        value = sum(int(network.value[each]) for each in inside)
        if (
            len(inside) >= p["transfers"]
            and len(parties) >= p["counterparties"]
            and value >= p["total"]
        ):
            measures = (code, len(inside), len(parties), value)
            scores[opens] = 1 + value
            places[opens] = Shape(tuple(inside), account, measures=measures)
    return [places[opens] for opens in local_best(scores, p["window"])]
