"""The second half of the demonstration: one country's unit searches its ledger.

    money = IntelligenceUnit(store, home, actor="…", plan=PLAN)
    money.make()                    a region of three countries, as pacs.008 files
    money.bring(at)                 the unit's own part of it comes into the ledger
    money.search(at)                what it judged already teaches the search of what came after
    money.draw(path, "ar")          the best finding as a picture
    money.follow()                  where the money of the best finding went
    money.judged()                  only now is the truth of the searched days opened

The unit sees what the banks of its country sent or received, and no other country's ledger. What it
judged in the past are the closed cases of `PAST` of its days: here the truth of those days stands
in for them. The truth of the days after is read by `judged` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from taawun.detection.archive import KeptFinding, Search, Sought, evidence_of, keep, rows_of
from taawun.detection.detect import Alert, detect
from taawun.detection.keeping import evidence, kept
from taawun.detection.own import catalogue
from taawun.detection.picture import picture
from taawun.detection.reasons import places
from taawun.ledger.accounts import Registered, bring_accounts
from taawun.ledger.arrival import Arrived, Order, bring
from taawun.ledger.book import open_book
from taawun.ledger.network import Network
from taawun.ledger.rates import Worth, read_rates
from taawun.ledger.valuation import revalue
from taawun.sandbox import Outcome, Plan, make
from taawun.sandbox.region import REFERENCE
from taawun.store import Store
from taawun.tracing.seed import of_transfer
from taawun.tracing.shown import TrailShown, named
from taawun.tracing.trail import trace

OWN = "XA"
PLAN = Plan(transfers=36_000, countries=(OWN, "XB", "XC"), days=90, illicit=100)
PAST = 60
"""Per cent of the unit's transfers, the earliest, that lie in closed cases or were found clean."""
SHOWN = 10
Tick = Callable[[int, float], None]
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Brought:
    """What came into the ledger: the register of accounts, then each file of messages."""

    register: Registered
    files: tuple[Arrived, ...]

    @property
    def transfers(self) -> int:
        """Transfers that came in."""
        return sum(each.counts.transfers for each in self.files)


@dataclass(frozen=True, slots=True)
class UnitSearch:
    """The search as it is kept, its findings after `since`, and how many transfers taught it.

    `suspicious` of the `taught` are laundering. `untaught` are the first findings of a search that
    was taught nothing: the references of their transfers.
    """

    search: Search
    findings: list[KeptFinding]
    since: datetime
    taught: int
    suspicious: int
    untaught: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class HeldToTruth:
    """A finding held against the truth: the typology planted there ("" for none), and how many of
    its transfers are of that scheme."""

    finding: KeptFinding
    planted: str
    transfers: int

    @property
    def right(self) -> bool:
        """Whether half of its transfers, or more, are laundering of one scheme."""
        return 2 * self.transfers >= len(self.finding.transfers)


@dataclass(frozen=True, slots=True)
class Truth:
    """What the truth says of the first findings, and of what the unit could not see.

    `untaught` counts what is right among as many findings of the search that was taught nothing.
    `schemes` of the searched days touch the unit's accounts; of their `legs`, `elsewhere` are in
    other countries' ledgers alone and `dark` in none.
    """

    judged: list[HeldToTruth]
    untaught: int
    schemes: int
    legs: int
    elsewhere: int
    dark: int

    @property
    def right(self) -> int:
        """How many of the first findings are right."""
        return sum(each.right for each in self.judged)


@dataclass(slots=True)
class IntelligenceUnit:
    """A unit and the region that its country lies in. `home` must have no ledger yet."""

    store: Store
    home: Path
    actor: str
    plan: Plan = PLAN
    threads: int = 1
    network: Network = field(init=False)
    found: UnitSearch = field(init=False)

    @property
    def own(self) -> str:
        """The code of the unit's country."""
        return OWN

    @property
    def region(self) -> Path:
        """The folder of the region, with every country's files and the truth apart."""
        return self.home / "region"

    @property
    def files(self) -> list[Path]:
        """The messages that the unit got from the banks of its country."""
        return sorted((self.region / OWN / "pacs008").glob("*.xml"))

    def make(self, tick: Tick = lambda rows, fraction: None) -> Outcome:
        """Make the region, each country's part as files of pacs.008."""
        return make(self.plan, self.region, form="iso20022", views="countries", tick=tick)

    def bring(self, at: datetime, tick: Tick = lambda rows, fraction: None) -> Brought:
        """Rates, the register and the messages of the unit's own banks come into the ledger."""
        worth = Worth(REFERENCE, read_rates(self.region / "rates.csv"))
        revalue(worth, self.store, self.home, at=at, actor=self.actor)
        accounts = self.region / OWN / "accounts.parquet"
        register = bring_accounts(accounts, self.store, self.home, at=at, actor=self.actor)
        orders = [Order(file, at, self.actor, format="iso20022") for file in self.files]
        files = tuple(bring(order, self.store, self.home, tick=tick) for order in orders)
        self.network = open_book(self.home, self.store).window()
        return Brought(register, files)

    def search(self, at: datetime, progress: Step | None = None) -> UnitSearch:
        """Search twice: taught nothing, and taught by the past. What begins after it is kept."""
        net = self.network
        past = net.size * PAST // 100
        labels = self._labels(past)
        since = int(net.at[past])
        plain = detect(net, currency=REFERENCE, threads=self.threads, progress=progress)
        told = detect(
            net, labels=labels, currency=REFERENCE, threads=self.threads, progress=progress
        )
        alerts = _after(told.alerts, since)
        found = kept(net, alerts)
        moment = datetime.fromtimestamp(since, UTC)
        sought = Sought(
            {each.code: each.exported() for each in catalogue(self.home).live()},
            net.size,
            net.accounts,
            REFERENCE,
            places(REFERENCE),
            since=moment.isoformat(),
        )
        rows = rows_of(net, evidence(alerts))
        search = keep(self.store, sought, found, rows, at=at, actor=self.actor)
        untaught = [
            tuple(net.names.transfers(each.transfers)) for each in _after(plain.alerts, since)
        ]
        self.found = UnitSearch(
            search, found, moment, past, int(pc.sum(labels["label"]).as_py()), untaught[:SHOWN]
        )
        return self.found

    def draw(self, path: Path, lang: str) -> Path:
        """The best finding as an SVG."""
        best = self.found.findings[0]
        rows = evidence_of(self.home, self.found.search, best)
        path.write_text(picture(best, rows, self.found.search, lang), "utf-8")
        return path

    def follow(self) -> tuple[str, TrailShown]:
        """The best finding's largest transfer, by its reference, and where its money went."""
        wanted = set(self.found.findings[0].transfers)
        names = self.network.names.transfers(np.arange(self.network.size))
        among = [place for place, name in enumerate(names) if name in wanted]
        largest = max(among, key=lambda place: int(self.network.value[place]))
        trail = trace(self.network, of_transfer(self.network, largest))
        return names[largest], named(self.network, trail, REFERENCE, places(REFERENCE))

    def abroad(self, shown: TrailShown) -> int:
        """How much of a trail came to rest in accounts of other countries."""
        net = self.network
        return sum(
            station.rest
            for station in shown.trail.stations
            if net.countries[int(net.country[station.account])] != OWN
        )

    def judged(self) -> Truth:
        """Open the truth of the searched days, and hold the first findings against it."""
        table = pq.read_table(self.region / "truth" / "transfers.parquet")
        crimes = table.filter(pc.equal(table["label"], 1))
        columns = (crimes[name].to_pylist() for name in ("transfer", "scheme", "typology"))
        truth = {each: (scheme, code) for each, scheme, code in zip(*columns, strict=True)}
        first = [_held(each, truth) for each in self.found.findings[:SHOWN]]
        untaught = sum(2 * _most(each, truth)[1] >= len(each) for each in self.found.untaught)
        return Truth(first, untaught, *self._unseen(truth))

    def _labels(self, past: int) -> pa.Table:
        """What the unit knows of its earliest transfers: the truth of those days, and no more."""
        table = pq.read_table(
            self.region / "truth" / "transfers.parquet", columns=["transfer", "label"]
        )
        known = pa.array(self.network.names.transfers(np.arange(past)), pa.string())
        return table.filter(pc.is_in(table["transfer"], known))

    def _unseen(self, truth: dict[str, tuple[str, str]]) -> tuple[int, int, int, int]:
        """Schemes of the searched days that touch the unit; their legs: all, elsewhere, dark."""
        names = self.network.names.transfers(np.arange(self.network.size))
        mine = set(names)
        touched = {truth[name][0] for name in names[self.found.taught :] if name in truth}
        lines = (self.region / "truth" / "schemes.jsonl").read_bytes().splitlines()
        schemes = [each for each in map(orjson.loads, lines) if each["scheme"] in touched]
        legs = [leg["transfer"] for each in schemes for leg in each["legs"]]
        dark = sum(leg is None for leg in legs)
        elsewhere = sum(leg is not None and leg not in mine for leg in legs)
        return len(schemes), len(legs), elsewhere, dark


def _after(alerts: tuple[Alert, ...], since: int) -> list[Alert]:
    return [each for each in alerts if each.first_at >= since]


def _held(finding: KeptFinding, truth: dict[str, tuple[str, str]]) -> HeldToTruth:
    return HeldToTruth(finding, *_most(finding.transfers, truth))


def _most(transfers: tuple[str, ...], truth: dict[str, tuple[str, str]]) -> tuple[str, int]:
    """The typology of the scheme that most of these are of, and how many; "" and 0 for none."""
    schemes = Counter(truth[each] for each in transfers if each in truth)
    if not schemes:
        return "", 0
    (_, typology), count = schemes.most_common(1)[0]
    return typology, count
