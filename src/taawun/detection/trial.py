"""A test run: what a draft would have found in the past, beside what is in force.

    trial = tried(network, catalogue, "fan_in", known=known)
    trial.draft.findings, trial.same, trial.new, trial.gone, trial.draft.known

Two findings are of the same place where each has more than half of its transfers in the other.
`known` are transfers that were judged to be laundering before: how many of them each would have
shown says more than how many findings there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from taawun.detection.catalogue import Catalogue, Definition
from taawun.detection.engine import one
from taawun.detection.finding import Found
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network

Known = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tally:
    """What one definition found: findings, and the transfers and accounts that they touch.

    `known` of its transfers were judged to be laundering; `pure` findings have at least one such.
    """

    version: int
    findings: int
    transfers: int
    accounts: int
    known: int
    pure: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft against what is in force of its code, which there may be none of.

    `same` findings of the draft have one in force of the same place; `new` have none; `gone` are
    findings in force that the draft no longer has. `known` transfers were there to be found, in a
    window of so many `days`.
    """

    code: str
    days: int
    known: int
    live: Tally | None
    draft: Tally
    same: int
    new: int
    gone: int


def tried(
    network: Network,
    catalogue: Catalogue,
    code: str,
    *,
    known: Known | None = None,
    threads: int = 1,
    seeds: I32 | None = None,
) -> Trial:
    """Search for the draft and for what is in force of its code. `known` is a mask (n).

    Raises NotFound where there is no such draft.
    """
    draft = catalogue.draft(code)
    live = next((each for each in catalogue.live() if each.code == code), None)
    judged = known if known is not None else np.zeros(network.size, np.bool_)
    comes = one(network, draft, threads=threads, seeds=seeds)
    was = one(network, live, threads=threads, seeds=seeds) if live is not None else None
    same = _matched(comes, was, network.size) if was is not None else 0
    return Trial(
        code=code,
        days=_days(network),
        known=int(judged.sum()),
        live=_tally(network, live, was, judged) if live is not None and was is not None else None,
        draft=_tally(network, draft, comes, judged),
        same=same,
        new=len(comes) - same,
        gone=len(was) - _matched(was, comes, network.size) if was is not None else 0,
    )


def _days(network: Network) -> int:
    return int((network.at[-1] - network.at[0]) // 86_400 + 1) if network.size else 0


def _tally(network: Network, definition: Definition, found: Found, judged: Known) -> Tally:
    touched = np.unique(found.transfers)
    accounts = np.union1d(network.source[touched], network.target[touched])
    hits = np.concatenate([[0], np.cumsum(judged[found.transfers])])[found.start]
    return Tally(
        version=definition.version,
        findings=len(found),
        transfers=len(touched),
        accounts=len(accounts),
        known=int(judged[touched].sum()),
        pure=int((np.diff(hits) > 0).sum()),
    )


def _matched(found: Found, against: Found, size: int) -> int:
    """How many findings have one of the same place among others."""
    owner_start, owner = _owners(against.start, against.transfers, size)
    return int(
        _same(
            found.start, found.transfers, against.start, owner_start, owner,
            np.zeros(len(against), np.int64),
        )
    )  # fmt: skip


@kernel
def _owners(start: I64, transfers: I32, size: int) -> tuple[I64, I32]:
    """Which findings a transfer is in: those of e are `owner[begin[e]:begin[e + 1]]`."""
    begin = np.zeros(size + 1, np.int64)
    for each in transfers:
        begin[each + 1] += 1
    for each in range(size):
        begin[each + 1] += begin[each]
    place = begin[:-1].copy()
    owner = np.empty(len(transfers), np.int32)
    for finding in range(len(start) - 1):
        for at in range(start[finding], start[finding + 1]):
            owner[place[transfers[at]]] = finding
            place[transfers[at]] += 1
    return begin, owner


@kernel
def _same(start: I64, transfers: I32, other: I64, begin: I64, owner: I32, common: I64) -> int:
    """`common` (findings of the other) is all zeros, before and after."""
    matched = 0
    for finding in range(len(start) - 1):
        own = start[finding + 1] - start[finding]
        hit = False
        for at in range(start[finding], start[finding + 1]):
            for place in range(begin[transfers[at]], begin[transfers[at] + 1]):
                rival = owner[place]
                common[rival] += 1
                size = other[rival + 1] - other[rival]
                hit |= 2 * common[rival] > own and 2 * common[rival] > size
        for at in range(start[finding], start[finding + 1]):
            for place in range(begin[transfers[at]], begin[transfers[at] + 1]):
                common[owner[place]] = 0
        matched += hit
    return matched
