"""What each transfer's accounts have in common with others: the meaning of the compiled columns."""

from __future__ import annotations

from collections.abc import Iterable

from taawun.ledger.network import Network

Ends = tuple[int, int]


def common_per_transfer(network: Network, window: int, degree: int) -> dict[str, list[int]]:
    """The columns of `compiled.fellows`, one window at a time."""
    half = max(1, window // 2)
    real = [each for each in range(network.size) if network.source[each] != network.target[each]]
    windows: dict[int, list[int]] = {}
    for position in real:
        last = int(network.at[position]) // half
        for number in (last - 1, last):
            windows.setdefault(number, []).append(position)
    columns = {
        name: [0] * network.size
        for name in ("source_common", "target_common", "both_pay", "both_paid")
    }
    for inside in windows.values():
        paid = {each: (int(network.source[each]), int(network.target[each])) for each in inside}
        back = {each: ends[::-1] for each, ends in paid.items()}
        either = [*paid.values(), *back.values()]
        for name, asked, among in (
            ("source_common", paid, either),
            ("target_common", back, either),
            ("both_pay", paid, paid.values()),
            ("both_paid", back, back.values()),
        ):
            for each, most in _most(asked, among, degree).items():
                columns[name][each] = max(columns[name][each], most)
    return columns


def _most(asked: dict[int, Ends], among: Iterable[Ends], degree: int) -> dict[int, int]:
    """For each transfer, of the others that deal with its second end, the most in common."""
    deals: dict[int, set[int]] = {}
    back: dict[int, set[int]] = {}
    for one, other in among:
        deals.setdefault(one, set()).add(other)
        back.setdefault(other, set()).add(one)
    few = {
        one: {other for other in own if len(back[other]) <= degree} for one, own in deals.items()
    }
    return {
        each: max(
            (len(few[one] & few[fellow]) for fellow in back[other] - {one} if other in few[one]),
            default=0,
        )
        for each, (one, other) in asked.items()
    }
