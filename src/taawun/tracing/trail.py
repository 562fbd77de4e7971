"""Following money from its seeds, hop after hop, and accounting for every minor unit of it.

    trail = trace(network, seeds, direction="forward", method="fifo", bounds=Extent())

What must stay true (`docs/decisions/0012-tracing.md`): at every account what began and came there
equals what went on, stayed, was stopped and was left; over all accounts what stayed, was stopped
and was left is what the seeds amount to. Every cut has a reason and is counted. The same window
and seeds give the same trail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from taawun.errors import UsageError
from taawun.ledger.network import Network
from taawun.tracing.flow import Direction, Flow, flow_of
from taawun.tracing.method import Method, Portion, methods
from taawun.tracing.seed import Seed

HOPS, HUB, SHARE, ACCOUNTS, REJOINED = "hops", "hub", "share", "accounts", "rejoined"
REASONS = (HOPS, HUB, SHARE, ACCOUNTS, REJOINED)
"""Why a trail is not followed further: so many hops; an account with so many transfers that money
mingles; a share too small; accounts enough; money that runs into a seed and is traced already."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a trail is followed. `share`: per mille of what the seeds amount to."""

    hops: int = 6
    share: int = 5
    accounts: int = 200
    hub: int = 20_000


@dataclass(frozen=True, slots=True)
class Traced:
    """One transfer of the trail: how much of it is traced, and the hop that first reached it.

    `converted`: how much of that was drawn from money of another currency.
    """

    position: int
    hop: int
    amount: int
    converted: int


@dataclass(frozen=True, slots=True)
class Station:
    """One account of the trail, in minor units of value.

    began + came = went + rest + stopped + left, going forward; backward, began + went = came +
    rest + stopped + left. `rest` stays in the account going forward, and is of unknown origin
    (from before the window) going backward. `stopped` is not followed through this account,
    `left` was followed to a transfer and not further. `opening` is the balance that must have
    been there before the window, `unvalued` counts transfers of unknown value passed over.
    """

    account: int
    hop: int
    began: int = 0
    came: int = 0
    went: int = 0
    rest: int = 0
    stopped: int = 0
    left: int = 0
    converted: int = 0
    opening: int = 0
    unvalued: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """How often a trail was not followed for one reason, and how much money that is."""

    reason: str
    times: int
    amount: int


@dataclass(frozen=True, slots=True)
class Trail:
    """Where the money of the seeds went, or came from. Legs in order of hop, then position."""

    direction: Direction
    method: str
    seeds: tuple[Seed, ...]
    extent: Extent
    legs: tuple[Traced, ...]
    stations: tuple[Station, ...]
    cuts: tuple[Cut, ...]

    @property
    def total(self) -> int:
        """What the seeds amount to."""
        return sum(seed.amount for seed in self.seeds)

    @property
    def rest(self) -> int:
        """What stayed in the accounts; going backward, what is of unknown origin."""
        return sum(station.rest for station in self.stations)

    @property
    def converted(self) -> int:
        """What was drawn from another currency than it left in, over all legs."""
        return sum(leg.converted for leg in self.legs)

    @property
    def rest_at_conversions(self) -> int:
        """The part of `rest` in accounts that converted: spreads, fees and rates are in it."""
        return sum(station.rest for station in self.stations if station.converted)


def trace(
    network: Network,
    seeds: Sequence[Seed],
    *,
    direction: Direction = "forward",
    method: str = "fifo",
    extent: Extent | None = None,
) -> Trail:
    """The trail of the seeds' money. Raises UsageError for a method that there is not."""
    if method not in methods():
        raise UsageError(f"tracing is by fifo or pro-rata, got {method!r}")
    search = _Search(network, tuple(seeds), direction, method, extent or Extent())
    search.run()
    return search.trail()


_SUMS = ("began", "came", "went", "rest", "stopped", "left", "converted")


@dataclass(slots=True)
class _Held:
    """A station while it is being counted."""

    hop: int
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_SUMS, 0))


class _Search:
    """Breadth first: everything that is one hop away, then what is two."""

    def __init__(
        self,
        network: Network,
        seeds: tuple[Seed, ...],
        direction: Direction,
        method: str,
        extent: Extent,
    ) -> None:
        self.network = network
        self.seeds = seeds
        self.direction: Direction = direction
        self.name = method
        self.extent = extent
        self.total = sum(seed.amount for seed in seeds)
        self.method: Method = methods()[method](network, direction)
        self.starts = frozenset(seed.position for seed in seeds)
        forward = direction == "forward"
        self.before = network.source if forward else network.target
        self.after = network.target if forward else network.source
        self.legs: dict[int, list[int]] = {}
        self.held: dict[int, _Held] = {}
        self.flows: dict[int, Flow] = {}
        self.cuts = {reason: [0, 0] for reason in REASONS}

    def run(self) -> None:
        parts = [
            Portion(seed.position, seed.amount, stretches=[(0, seed.amount)]) for seed in self.seeds
        ]
        for part in parts:
            self._add(int(self.before[part.position]), 0, "began", part.amount)
        hop = 0
        while parts:
            self._record(parts, hop)
            parts = self._onward(parts, hop)
            hop += 1

    def _record(self, parts: Iterable[Portion], hop: int) -> None:
        """Put parts on the trail: they left one account and reached the next."""
        for part in parts:
            leg = self.legs.setdefault(part.position, [hop, 0, 0])
            leg[1] += part.amount
            leg[2] += part.converted
            a, b = int(self.before[part.position]), int(self.after[part.position])
            self._add(a, hop, "went" if self.direction == "forward" else "came", part.amount)
            self._add(a, hop, "converted", part.converted)
            self._add(b, hop + 1, "came" if self.direction == "forward" else "went", part.amount)

    def _onward(self, parts: Iterable[Portion], hop: int) -> list[Portion]:
        """The parts of the next hop."""
        entered: dict[int, list[Portion]] = {}
        for part in parts:
            entered.setdefault(int(self.after[part.position]), []).append(part)
        leaving: list[tuple[int, Portion]] = []
        for account, arrived in sorted(entered.items()):
            flow = self._flow(account)
            if (
                why := HOPS
                if hop >= self.extent.hops
                else HUB
                if flow.size > self.extent.hub
                else ""
            ):
                self._cut(why, account, "stopped", sum(part.amount for part in arrived))
                continue
            left, rest = self.method.through(account, flow, arrived)
            self._add(account, hop + 1, "rest", rest)
            leaving += [(account, part) for part in left]
        return self._kept(leaving)

    def _kept(self, leaving: list[tuple[int, Portion]]) -> list[Portion]:
        """Those that are followed: the largest first, while accounts last."""
        kept, new = [], set[int]()
        for account, part in sorted(leaving, key=lambda each: (-each[1].amount, each[1].position)):
            reached = int(self.after[part.position])
            if why := self._against(part, reached, new):
                self._cut(why, account, "left", part.amount)
            else:
                kept.append(part)
                new.add(reached)
        return sorted(kept, key=lambda part: part.position)

    def _against(self, part: Portion, reached: int, new: set[int]) -> str:
        if part.position in self.starts:
            return REJOINED
        if part.amount * 1000 < self.extent.share * self.total:
            return SHARE
        known = reached in self.held or reached in new
        return "" if known or len(self.held.keys() | new) < self.extent.accounts else ACCOUNTS

    def _cut(self, reason: str, account: int, name: str, amount: int) -> None:
        self.cuts[reason][0] += 1
        self.cuts[reason][1] += amount
        self._add(account, 0, name, amount)

    def _add(self, account: int, hop: int, name: str, amount: int) -> None:
        self.held.setdefault(account, _Held(hop)).sums[name] += amount

    def _flow(self, account: int) -> Flow:
        if account not in self.flows:
            self.flows[account] = flow_of(self.network, account, self.direction)
        return self.flows[account]

    def trail(self) -> Trail:
        """What was found, as values."""
        legs = [Traced(position, *counted) for position, counted in self.legs.items()]
        return Trail(
            self.direction,
            self.name,
            self.seeds,
            self.extent,
            tuple(sorted(legs, key=lambda leg: (leg.hop, leg.position))),
            tuple(self._station(account, held) for account, held in self.held.items()),
            tuple(Cut(reason, *counted) for reason, counted in self.cuts.items() if counted[0]),
        )

    def _station(self, account: int, held: _Held) -> Station:
        sums: Mapping[str, int] = held.sums
        flow = self.flows.get(account)
        opening, unvalued = (flow.opening, flow.unvalued) if flow else (0, 0)
        return Station(account, held.hop, **sums, opening=opening, unvalued=unvalued)
