"""Cash drawn from one holder's accounts, paid in by helpers, and gathered there again."""

from __future__ import annotations

from dataclasses import dataclass

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.ratio import closeness, per_mille
from taawun.detection.reference.cash import CASH
from taawun.detection.reference.structuring import holders
from taawun.detection.reference.windows import local_best
from taawun.ledger.network import Network


@dataclass(frozen=True, slots=True)
class _Backed:
    """A payment and the deposits of cash that it is paid from."""

    payment: int
    deposits: tuple[int, ...]


def cash_pool(network: Network, p: Parameters) -> list[Shape]:
    """A round trip through cash that is split among several.

    A transfer is in cash by its channel or by the kind of either account; a deposit is one into an
    account that is not cash itself, a withdrawal one out of such. A payment to a holder (accounts
    that are shared are one) from outside, not in cash, is backed where what was deposited with the
    payer at most `dwell` before, in at most `degree` deposits, is at least `near` per mille of it.

    Windows open with a withdrawal of the holder and take in those of `window` seconds, and the
    backed payments to it until `dwell` after that whose first deposit is not before the window: at
    most `degree` each (payments counted before that), from at least `payers`, of at least `total`
    withdrawn, the smaller sum at least `pooled` per mille of the larger. The score is the smaller
    sum. The centre is the account of the first withdrawal. Measures: what was withdrawn, what came
    back, per mille of what was withdrawn, payers.
    """
    holder = holders(network)
    drawn: dict[int, list[int]] = {}
    deposited: dict[int, list[int]] = {}
    paid: dict[int, list[int]] = {}
    for position in range(network.size):
        source, target = int(network.source[position]), int(network.target[position])
        if source == target or network.value[position] <= 0:
            continue
        kinds = [network.kinds[network.kind[each]] for each in (source, target)]
        if network.channels[network.channel[position]] == CASH or CASH in kinds:
            if kinds[1] != CASH:
                deposited.setdefault(target, []).append(position)
            if kinds[0] != CASH:
                drawn.setdefault(holder[source], []).append(position)
        elif holder[source] != holder[target]:
            paid.setdefault(holder[target], []).append(position)
    shapes = []
    for account, own in drawn.items():
        backed = _backed(network, p, paid.get(account, []), deposited)
        places: dict[int, Shape] = {}
        for opens in {int(network.at[each]) for each in own}:
            shape = _pooled(network, p, own, backed, opens)
            if shape is not None:
                places[opens] = shape
        scores = {opens: min(shape.measures[:2]) for opens, shape in places.items()}
        shapes += [places[opens] for opens in local_best(scores, p["window"] + p["dwell"])]
    return shapes


def _backed(
    network: Network, p: Parameters, payments: list[int], deposited: dict[int, list[int]]
) -> list[_Backed]:
    backed = []
    for each in payments:
        deposits = [
            one
            for one in deposited.get(int(network.source[each]), [])
            if 0 <= network.at[each] - network.at[one] <= p["dwell"]
        ]
        share = per_mille(
            sum(int(network.value[one]) for one in deposits), int(network.value[each])
        )
        if share >= max(1, p["near"]) and len(deposits) <= p["degree"]:
            backed.append(_Backed(each, tuple(deposits)))
    return backed


def _pooled(
    network: Network, p: Parameters, own: list[int], backed: list[_Backed], opens: int
) -> Shape | None:
    drawn = [each for each in own if 0 <= network.at[each] - opens <= p["window"]]
    until = opens + p["window"] + p["dwell"]
    near = [each for each in backed if opens <= network.at[each.payment] <= until]
    if max(len(drawn), len(near)) > p["degree"]:
        return None
    back = [each for each in near if network.at[each.deposits[0]] >= opens]
    payers = {int(network.source[each.payment]) for each in back}
    went = sum(int(network.value[each]) for each in drawn)
    came = sum(int(network.value[each.payment]) for each in back)
    if len(payers) < max(1, p["payers"]) or went < p["total"]:
        return None
    if closeness(went, came) < max(1, p["pooled"]):
        return None
    transfers = {*drawn, *(one for each in back for one in (each.payment, *each.deposits))}
    measures = (went, came, per_mille(came, went), len(payers))
    return Shape(tuple(sorted(transfers)), int(network.source[drawn[0]]), measures=measures)
