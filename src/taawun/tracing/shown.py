"""A trail for people and programs: plain values for JSON, sentences, rows, and a picture.

Amounts are minor units of the ledger's reference currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from taawun.detection.draw import svg
from taawun.detection.reasons import day, money, share
from taawun.detection.sketch import OTHER, SEED, Moves, sketched
from taawun.ledger.network import Network
from taawun.tracing.trail import ACCOUNTS, HOPS, HUB, SHARE, Station, Trail
from taawun.wording import Worded, say


@dataclass(frozen=True, slots=True)
class TrailShown:
    """A trail with the names in it: ids by account number, references by position."""

    trail: Trail
    accounts: dict[int, str]
    transfers: dict[int, str]
    network: Network
    currency: str
    decimals: int = 2

    def money(self, amount: int, lang: str) -> Worded:
        """An amount in the reference currency."""
        return money(amount, self.currency, self.decimals, lang)


def named(network: Network, trail: Trail, currency: str, decimals: int = 2) -> TrailShown:
    """The trail with the ids and references of what is on it."""
    numbers = [station.account for station in trail.stations]
    positions = [leg.position for leg in trail.legs]
    return TrailShown(
        trail,
        dict(zip(numbers, network.names.accounts(numbers), strict=True)),
        dict(zip(positions, network.names.transfers(positions), strict=True)),
        network,
        currency,
        decimals,
    )


def document(shown: TrailShown) -> dict[str, object]:
    """Plain values: what `--json` prints."""
    trail, net = shown.trail, shown.network
    rest = "stayed" if trail.direction == "forward" else "unknown_origin"
    legs = [
        {
            "hop": leg.hop,
            "transfer": shown.transfers[leg.position],
            "at": day(int(net.at[leg.position])).isoformat(),
            "source": shown.accounts[int(net.source[leg.position])],
            "target": shown.accounts[int(net.target[leg.position])],
            "attributed": leg.amount,
            "converted": leg.converted,
            "value": int(net.value[leg.position]),
            "amount": int(net.amount[leg.position]),
            "currency": net.currencies[int(net.currency[leg.position])],
        }
        for leg in trail.legs
    ]
    accounts = []
    for station in trail.stations:
        told = asdict(station)
        told["account"] = shown.accounts[station.account]
        told[rest] = told.pop("rest")
        accounts.append(told)
    return {
        "direction": trail.direction,
        "method": trail.method,
        "currency": shown.currency,
        "decimals": shown.decimals,
        "total": trail.total,
        rest: trail.rest,
        "converted": trail.converted,
        f"{rest}_at_conversions": trail.rest_at_conversions,
        "unvalued": sum(station.unvalued for station in trail.stations),
        "extent": asdict(trail.extent),
        "cuts": [asdict(cut) for cut in trail.cuts],
        "seeds": [
            {"transfer": shown.transfers[seed.position], "amount": seed.amount}
            for seed in trail.seeds
        ],
        "transfers": legs,
        "accounts": accounts,
    }


def sentences(shown: TrailShown, seed: str, lang: str) -> Iterator[Worded]:
    """What the trail comes to, and every reason why it was not followed further."""
    trail, way = shown.trail, shown.trail.direction
    counts = {
        name: say(f"detection.count.{name}", lang, count=count)
        for name, count in (("transfers", len(trail.legs)), ("accounts", len(trail.stations)))
    }
    method = say(f"tracing.method.{trail.method}", lang)
    total = shown.money(trail.total, lang)
    yield say(f"tracing.begun.{way}", lang, seed=seed, total=total, method=method, **counts)
    part = share(1000 * trail.rest // max(1, trail.total), lang)
    yield say(f"tracing.rest.{way}", lang, rest=shown.money(trail.rest, lang), share=part)
    if trail.converted:
        rest = shown.money(trail.rest_at_conversions, lang)
        yield say(
            "tracing.converted", lang, converted=shown.money(trail.converted, lang), rest=rest
        )
    if unvalued := sum(station.unvalued for station in trail.stations):
        over = say("detection.count.transfers", lang, count=unvalued)
        yield say("tracing.unvalued", lang, transfers=over)
    extent = trail.extent
    bounds = {HOPS: extent.hops, HUB: extent.hub, SHARE: share(extent.share, lang)}
    bounds[ACCOUNTS] = extent.accounts
    for cut in trail.cuts:
        told = {"amount": shown.money(cut.amount, lang), "times": cut.times}
        bound = bounds.get(cut.reason, "")
        yield say(f"tracing.cut.{cut.reason}", lang, bound=bound, **told)


def leg_rows(shown: TrailShown, lang: str) -> Iterator[tuple[str, ...]]:
    """One row a transfer: hop, time, from, to, traced, of how much, reference."""
    net = shown.network
    for leg in shown.trail.legs:
        value = shown.money(int(net.value[leg.position]), lang)
        yield (
            str(leg.hop),
            day(int(net.at[leg.position])).isoformat(" ", "minutes")[:16],
            shown.accounts[int(net.source[leg.position])],
            shown.accounts[int(net.target[leg.position])],
            shown.money(leg.amount, lang),
            value,
            shown.transfers[leg.position],
        )


def station_rows(shown: TrailShown, lang: str) -> Iterator[tuple[str, ...]]:
    """One row an account, those where most rests first."""
    order = sorted(shown.trail.stations, key=lambda each: (-each.rest, -_cut(each)))
    for station in order:
        sums = (station.came, station.went, station.rest, _cut(station))
        yield shown.accounts[station.account], *(shown.money(each, lang) for each in sums)


def _cut(station: Station) -> int:
    return station.stopped + station.left


def picture(shown: TrailShown, lang: str) -> str:
    """The trail as an SVG: what is traced on the links, what rests at the accounts."""
    trail, net = shown.trail, shown.network
    at = np.array([leg.position for leg in trail.legs], np.int64)
    moves = Moves(
        [shown.accounts[each] for each in net.source[at].tolist()],
        [shown.accounts[each] for each in net.target[at].tolist()],
        net.at[at].tolist(),
        [leg.amount for leg in trail.legs],
        net.amount[at].tolist(),
        [net.currencies[each] for each in net.currency[at].tolist()],
    )
    kind = "stayed" if trail.direction == "forward" else "unknown"
    notes = {
        shown.accounts[each.account]: say(
            f"tracing.note.{kind}", lang, amount=shown.money(each.rest, lang)
        )
        for each in trail.stations
        if each.rest
    }
    return svg(
        sketched(moves, roles=_roles(shown), notes=notes),
        lang=lang,
        title=say(f"tracing.title.{trail.direction}", lang),
        text=" ".join(sentences(shown, _seed(shown), lang)),
        currency=shown.currency,
        decimals=shown.decimals,
    )


def _roles(shown: TrailShown) -> dict[str, str]:
    """Where it starts and, going forward, the account where most of it rests."""
    stations = shown.trail.stations
    roles = {shown.accounts[each.account]: SEED for each in stations if each.began}
    resting = max(stations, key=lambda each: each.rest, default=None)
    if resting is not None and resting.rest and shown.trail.direction == "forward":
        roles.setdefault(shown.accounts[resting.account], OTHER)
    return roles


def _seed(shown: TrailShown) -> str:
    return ", ".join(shown.transfers[each.position] for each in shown.trail.seeds[:3])
