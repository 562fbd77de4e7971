"""A region in memory or as a stream of pieces: the ledger beside the truth about it.

made = region(Plan(seed=1, transfers=20_000))
made.transfers, made.accounts                 as the ledger has them
made.truth, made.schemes, made.holdings       what is known of them here alone
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from taawun.ledger.schema import KINDS as USES
from taawun.ledger.schema import TRANSFERS
from taawun.sandbox.chance import stream
from taawun.sandbox.columns import Vernacular, columns, ledger
from taawun.sandbox.kinds import KINDS
from taawun.sandbox.listed import listed
from taawun.sandbox.making import Purse, World, weeks
from taawun.sandbox.moves import Moves
from taawun.sandbox.plan import Plan
from taawun.sandbox.population import NEVER
from taawun.sandbox.register import Register, register, table
from taawun.sandbox.schemes.planting import SHOW, Planted, plant

TRUTH = pa.schema(
    [
        pa.field("transfer", pa.string(), nullable=False),
        pa.field("label", pa.int8(), nullable=False),
        pa.field("scheme", pa.string()),
        pa.field("typology", pa.string()),
        pa.field("role", pa.string(), nullable=False),
    ]
)
"""One row a transfer. `label` 1 is laundering; `role` is what a transfer does in its scheme, and
for others the kind of ordinary movement that it is. Camouflage has a scheme and label 0."""

HOLDINGS = pa.schema(
    [
        pa.field("account", pa.string(), nullable=False),
        pa.field("holder", pa.int64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("reporting", pa.bool_(), nullable=False),
        pa.field("opening", pa.int64(), nullable=False),
        pa.field("schemes", pa.list_(pa.string()), nullable=False),
    ]
)
"""One row an account. Accounts with one `holder` number are one person's or company's; `opening`
is the balance before the first transfer (minor units of the reference currency); `reporting` says
whether the bank's ledger is at hand."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A week: its transfers and the truth about each, in the same order."""

    transfers: pa.Table
    truth: pa.Table


@dataclass(frozen=True, slots=True)
class Made:
    """A whole region in memory."""

    transfers: pa.Table
    accounts: pa.Table
    truth: pa.Table
    holdings: pa.Table
    schemes: list[dict[str, object]]
    listed: list[dict[str, object]]


@dataclass(slots=True)
class Making:
    """A region while it is made: the world, what is planted, and how far it is."""

    world: World
    planted: Planted
    register: Register
    words: Vernacular
    purse: Purse
    booked: dict[int, str]

    @classmethod
    def of(cls, plan: Plan) -> Making:
        """Settle everything that comes before the first week."""
        world = World.of(plan)
        planted = plant(world)
        made = register(plan, world.there, planted.shared)
        words = columns(plan, world.there, made)
        return cls(world, planted, made, words, Purse.of(len(made.number)), {})

    def pieces(self) -> Iterator[Piece]:
        """Week by week; each may be let go before the next."""
        first = 0
        world = self.world
        for number, moves in enumerate(weeks(world, self.planted.moves, self.purse)):
            rng = stream(world.plan.seed, "written", number)
            rows = ledger(rng, moves, first, world.there, self.words, world.money)
            first += len(moves)
            yield Piece(rows, self._truth(moves, rows))

    def accounts(self) -> pa.Table:
        """The register of accounts of reporting banks."""
        return table(self.world.plan, self.world.there, self.register)

    def _truth(self, moves: Moves, rows: pa.Table) -> pa.Table:
        planted = self.planted
        legs = np.flatnonzero(moves.leg >= 0)
        references = rows["transfer"].take(pa.array(legs)).to_pylist()
        role = np.array([kind.code for kind in KINDS], object)[moves.kind]
        scheme = np.full(len(moves), None, object)
        typology = np.full(len(moves), None, object)
        label = np.zeros(len(moves), np.int8)
        for row, reference in zip(legs, references, strict=True):
            leg = int(moves.leg[row])
            play = planted.schemes[int(planted.scheme_of[leg])]
            self.booked[leg] = reference
            role[row], scheme[row] = planted.legs[leg].role, play.id
            if planted.legs[leg].role != SHOW:
                typology[row], label[row] = play.typology, 1
        written = [pa.array(each, pa.string()) for each in (scheme, typology, role)]
        return pa.table([rows["transfer"], pa.array(label), *written], schema=TRUTH)

    # What is known at the end

    def schemes(self) -> list[dict[str, object]]:
        """Every scheme with all its legs, those too that no ledger shows (`transfer` null)."""
        return [self._scheme(number) for number in range(len(self.planted.schemes))]

    def _scheme(self, number: int) -> dict[str, object]:
        play, numbers = self.planted.schemes[number], self.register.number
        return {
            "scheme": play.id,
            "typology": play.typology,
            "skill": play.skill,
            "scope": play.scope,
            "value": play.worth,
            "accounts": [numbers[each] for each in play.accounts],
            "listed": [numbers[each] for each in play.listed],
            "legs": [self._leg(leg) for leg in play.legs],
        }

    def _leg(self, leg: int) -> dict[str, object]:
        said, numbers = self.planted.legs[leg], self.register.number
        return {
            "transfer": self.booked.get(leg),
            "at": int(said.at),
            "source": numbers[said.source],
            "target": numbers[said.target],
            "amount": int(self.planted.amount[leg]),
            "role": said.role,
            "kind": KINDS[said.kind].code,
            "limit": said.limit or None,
            "cash": said.cash,
        }

    def listed(self) -> list[dict[str, object]]:
        """The region's list of persons and companies, FollowTheMoney objects."""
        return listed(self.world, self.planted, self.register)

    def holdings(self) -> pa.Table:
        """The truth about every account."""
        accounts = self.world.there.accounts
        within: list[list[str]] = [[] for _ in self.register.number]
        for play in self.planted.schemes:
            for account in play.accounts:
                within[account].append(play.id)
        hub = accounts.hub | (accounts.opened >= NEVER)
        opening = np.where(hub, 0, -self.purse.lowest)
        known = self.world.there.banks.reporting[accounts.bank]
        columns = [
            self.register.number,
            accounts.holder,
            [USES[use] for use in accounts.use],
            known,
            opening,
            within,
        ]
        found = pa.table(dict(zip(HOLDINGS.names, columns, strict=True)), schema=HOLDINGS)
        return found.sort_by("account")


def region(plan: Plan) -> Made:
    """A whole region in memory: for tests, notebooks and small ledgers."""
    making = Making.of(plan)
    pieces = list(making.pieces())
    return Made(
        transfers=pa.concat_tables([piece.transfers for piece in pieces]) if pieces else _none(),
        accounts=making.accounts(),
        truth=pa.concat_tables([piece.truth for piece in pieces]),
        holdings=making.holdings(),
        schemes=making.schemes(),
        listed=making.listed(),
    )


def _none() -> pa.Table:
    return TRANSFERS.empty_table()
