"""Ordinary traffic, one transfer at a time: see `detection.habits` for what is meant."""

from __future__ import annotations

from taawun.detection.habits import (
    DAY,
    EMPLOYER,
    HABITS,
    PAYROLL,
    SETTLEMENT,
    SHOP,
    STANDING,
    TAKINGS,
    Habits,
)
from taawun.detection.ratio import closeness, per_mille
from taawun.detection.reference.windows import of_accounts
from taawun.ledger.network import Network


def ordinary_per_transfer(network: Network, p: Habits = HABITS) -> list[int]:
    """A place in `ORDINARY` for every transfer: the first reason that holds, in that order."""
    even = _even(network, p)
    reasons = [0] * network.size
    sent, received = of_accounts(network, network.source), of_accounts(network, network.target)
    for position in (each for own in sent.values() for each in own):
        source, target = int(network.source[position]), int(network.target[position])
        if position in even:
            wages = _payees(network, position, sent[source], even, p) >= p.payees
            reasons[position] = PAYROLL if wages else STANDING
        elif _shop(network, position, received[target], sent.get(target, []), p, taken=True):
            reasons[position] = TAKINGS
        elif _shop(network, position, received.get(source, []), sent[source], p, taken=False):
            reasons[position] = SETTLEMENT
    return reasons


def keepers(network: Network, reasons: list[int]) -> list[int]:
    """A place in `KEEPERS` for every account: half of what it sends, or of all it does, is so."""
    sent, received = of_accounts(network, network.source), of_accounts(network, network.target)
    kept = []
    for account in range(network.accounts):
        out = [reasons[each] for each in sent.get(account, [])]
        into = [reasons[each] for each in received.get(account, [])]
        shop = into.count(TAKINGS) + out.count(SETTLEMENT)
        if out and 2 * out.count(PAYROLL) >= len(out):
            kept.append(EMPLOYER)
        else:
            kept.append(SHOP if shop and 2 * shop >= len(out) + len(into) else 0)
    return kept


def _even(network: Network, p: Habits) -> set[int]:
    pairs: dict[tuple[int, int], list[int]] = {}
    for position in range(network.size):
        pair = int(network.source[position]), int(network.target[position])
        if pair[0] != pair[1]:
            pairs.setdefault(pair, []).append(position)
    return {
        each for own in pairs.values() for pace in p.paces for each in _paced(network, own, pace, p)
    }


def _paced(network: Network, own: list[int], pace: tuple[int, int], p: Habits) -> set[int]:
    back = {each: _steps(network, each, own, (-pace[1], -pace[0]), p) for each in own}
    ahead = {each: _steps(network, each, own, pace, p) for each in own}
    return {
        each
        for each in own
        if (back[each] and ahead[each])
        or any(back[step] for step in back[each])
        or any(ahead[step] for step in ahead[each])
    }


def _steps(
    network: Network, position: int, own: list[int], pace: tuple[int, int], p: Habits
) -> list[int]:
    """Transfers of the pair at that pace from this one, near in amount."""
    now, value = int(network.at[position]), int(network.value[position])
    reached = [each for each in own if pace[0] <= network.at[each] - now <= pace[1]]
    return [
        each
        for each in reached[: p.looked]
        if value > 0 and closeness(value, int(network.value[each])) >= p.steady
    ]


def _payees(network: Network, position: int, sent: list[int], even: set[int], p: Habits) -> int:
    now = network.at[position]
    near = [each for each in sent if each in even and abs(network.at[each] - now) <= p.run]
    return len({int(network.target[each]) for each in near})


def _shop(
    network: Network, position: int, received: list[int], sent: list[int], p: Habits, taken: bool
) -> bool:
    now = network.at[position]
    into = [each for each in received if abs(network.at[each] - now) <= p.around]
    out = [each for each in sent if abs(network.at[each] - now) <= p.around]
    if (
        len(into) < max(p.takings, 1)
        or len({int(network.source[each]) for each in into}) < p.customers
        or len({int(network.at[each]) // DAY for each in into}) < p.days
        or len(out) * 1_000 > p.paid_on * (len(into) + len(out))
    ):
        return False
    mean = sum(int(network.value[each]) for each in into) // len(into)
    return not taken or per_mille(int(network.value[position]), mean) <= p.large
