"""What an account's behaviour says of each transfer: the meaning of the compiled columns."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

from taawun.detection.compiled import matching, past
from taawun.detection.compiled.behaviour_features import COLUMNS, OUTLOOK, Outlook
from taawun.detection.ratio import closeness, doublings, per_mille
from taawun.detection.reference.fellows import common_per_transfer
from taawun.detection.reference.windows import of_accounts
from taawun.ledger.network import Network

Row = dict[str, int]


def behaviour_per_transfer(network: Network, p: Outlook = OUTLOOK) -> dict[str, list[int]]:
    """The columns of `compiled.behaviour_features`, one transfer at a time."""
    rows = [_row(network, position, p) for position in range(network.size)]
    alone = {name: [row[name] for row in rows] for name in COLUMNS}
    return alone | common_per_transfer(network, p.company, p.degree)


def _row(network: Network, position: int, p: Outlook) -> Row:
    row = dict.fromkeys(COLUMNS, 0)
    row |= {name: -1 for name in COLUMNS if name.endswith(("_seconds", "_silence"))}
    source, target = int(network.source[position]), int(network.target[position])
    if source == target:
        return row
    sent, received = of_accounts(network, network.source), of_accounts(network, network.target)
    row |= _pair(network, position, p, sent)
    row |= _own(network, position, p, "source", sent, received)
    row |= _own(network, position, p, "target", received, sent)
    written = str(int(network.amount[position]))
    row["round_zeros"] = len(written) - len(written.rstrip("0"))
    if network.value[position] > 0:
        row |= _before(network, position, p, sent, received)
        row |= _after(network, position, p, sent, received)
    return row


def _between(network: Network, own: list[int], first: int, last: int) -> list[int]:
    return [each for each in own if first <= network.at[each] <= last]


def _moved(network: Network, positions: list[int]) -> int:
    return sum(int(network.value[each]) for each in positions)


def _through(network: Network, own: list[int], facing: list[int], now: int, dwell: int) -> int:
    around = now - dwell, now + dwell
    return closeness(
        _moved(network, _between(network, facing, *around)),
        _moved(network, _between(network, own, *around)),
    )


def _nearest(network: Network, position: int, looked: list[int]) -> tuple[int, int]:
    """How near in value the nearest is, and how far in time: the first of equals, as looked at."""
    best, seconds = 0, -1
    for each in looked:
        if network.value[each] > 0:
            close = closeness(int(network.value[each]), int(network.value[position]))
            if seconds < 0 or close > best:
                best, seconds = close, abs(int(network.at[position] - network.at[each]))
    return best, seconds


def _before(
    network: Network, position: int, p: Outlook, sent: dict[int, list[int]],
    received: dict[int, list[int]],
) -> Row:  # fmt: skip
    account, now = int(network.source[position]), int(network.at[position])
    came = _between(network, received.get(account, []), now - p.dwell, now)
    match, seconds = _nearest(network, position, came[::-1][: p.matches])
    share = per_mille(_moved(network, came), int(network.value[position]))
    through = _through(network, sent.get(account, []), received.get(account, []), now, p.dwell)
    return dict(
        zip(matching.COLUMNS[:4], (min(share, matching.MOST), match, seconds, through), strict=True)
    )


def _after(
    network: Network, position: int, p: Outlook, sent: dict[int, list[int]],
    received: dict[int, list[int]],
) -> Row:  # fmt: skip
    account, now = int(network.target[position]), int(network.at[position])
    goes = _between(network, sent.get(account, []), now, now + p.dwell)
    match, seconds = _nearest(network, position, goes[: p.matches])
    share = per_mille(_moved(network, goes), int(network.value[position]))
    through = _through(network, received.get(account, []), sent.get(account, []), now, p.dwell)
    return dict(
        zip(matching.COLUMNS[4:], (min(share, matching.MOST), match, seconds, through), strict=True)
    )


def _earlier(network: Network, position: int, past: int, own: list[int]) -> Iterator[int]:
    now = int(network.at[position])
    return (each for each in own if now - past <= network.at[each] < now)


def _pair(network: Network, position: int, p: Outlook, sent: dict[int, list[int]]) -> Row:
    source, target = int(network.source[position]), int(network.target[position])
    there = [
        each
        for each in _earlier(network, position, p.past, sent.get(source, []))
        if network.target[each] == target
    ]
    back = [
        each
        for each in _earlier(network, position, p.past, sent.get(target, []))
        if network.target[each] == source
    ]
    seconds = int(network.at[position] - network.at[there[-1]]) if there else -1
    return {"pair_seconds": seconds, "pair_before": len(there), "pair_back": len(back)}


def _own(
    network: Network, position: int, p: Outlook, side: str, own: dict[int, list[int]],
    facing: dict[int, list[int]],
) -> Row:  # fmt: skip
    account = int((network.source if side == "source" else network.target)[position])
    earlier = list(_earlier(network, position, p.past, own.get(account, [])))
    active = earlier + list(_earlier(network, position, p.past, facing.get(account, [])))
    last = max((int(network.at[each]) for each in active), default=None)
    earlier = earlier[-p.earlier :]
    sizes = [doublings(int(network.value[each])) for each in earlier]
    rounds = sum(int(network.amount[each]) % p.rounded == 0 for each in earlier)
    return {
        f"{side}_before": len(earlier),
        f"{side}_amount": _unusual(doublings(int(network.value[position])), sizes),
        f"{side}_round": rounds * 1_000 // len(earlier) if earlier else 0,
        f"{side}_silence": -1 if last is None else int(network.at[position]) - last,
    }


def _unusual(size: int, sizes: list[int]) -> int:
    known = [each for each in sizes if each > 0]
    if len(known) < past.FEW or size <= 0:
        return 0
    count, total = len(known), sum(known)
    spread = isqrt(count * sum(each * each for each in known) - total * total)
    deviation = (size * count - total) * 1_000 // (spread + past.FLOOR * count)
    return max(-past.MOST, min(past.MOST, deviation))
