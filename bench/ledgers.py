"""Labelled ledgers: read as users' files are read, with the truth beside them, split by time.

AMLGentex (AI Sweden) and AMLSim (IBM) are not part of the project. They are looked for in
TAAWUN_TEST_DATA or `../shared/data`, and what needs them is skipped where they are absent. The
made-up region is made by `taawun.sandbox`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from bench.ground import ledger_folder
from bench.ranking import Truth
from taawun.ledger.network import Network

AMLGENTEX = "amlgentex_small_transfers.parquet"
AMLSIM = "amlsim_20K_fanin200cycle200_transfers.parquet"
AMLSIM_ACCOUNTS = "amlsim_20K_fanin200cycle200_accounts.parquet"
LEARN, JUDGE = 0.6, 0.8
"""Learned from before the first, thresholds from between them, judged from the second on."""
ROUNDING = 0.011
"""AMLSim's amounts and balances are rounded apart from each other."""
Words = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A network and the truth about its transfers (n each, by position).

    `truth` is whether it is laundering, `typology` and `scheme` what it was planted as and in
    which pattern ("" where it is ordinary), `skill` how well (sandbox only).
    """

    network: Network
    references: Sequence[str]
    truth: Truth
    typology: Words
    scheme: Words
    skill: Words
    currency: str

    def place(self, share: float) -> int:
        """The first position of the part after this share; equal times stay together."""
        at = self.network.at
        if share >= 1 or not len(at):
            return len(at)
        return int(np.searchsorted(at, at[int(share * len(at))]))

    def labels(self, share: float, without: Sequence[str] = ()) -> pa.Table:
        """What users would hand over: labels of the first part; some typologies unlabelled."""
        first = np.arange(self.place(share))
        kept = first[~np.isin(self.typology[first].astype(str), list(without))]
        named = [self.references[each] for each in kept]
        return pa.table({"transfer": named, "label": pa.array(self.truth[kept].astype(np.int8))})

    def typologies(self) -> list[str]:
        return sorted(set(self.typology[self.truth].tolist()))


def path_of(name: str) -> Path:
    """A file of the labelled ledgers. Raises Skip where it is absent."""
    return ledger_folder(name) / name


def amlgentex() -> Ledger:
    """The ledger of mobile payments; every pattern is of one typology."""
    raw = pq.read_table(path_of(AMLGENTEX))
    network = read(path_of(AMLGENTEX))
    said = raw["label"].to_numpy() == 1
    typology = np.where(said, np.array(raw["typology"].to_pylist(), object), "")
    scheme = np.where(said, raw["pattern"].to_numpy().astype(str).astype(object), "")
    return _beside(network, raw["tx"].to_pylist(), said, typology, scheme, "SEK")


def amlsim() -> Ledger:
    """The sample with fan-ins and cycles; which transfer is of which pattern is not told."""
    raw = pq.read_table(path_of(AMLSIM))
    said = raw["ff"].to_numpy() == 1
    nothing = np.full(len(said), "", object)
    return _beside(read(path_of(AMLSIM)), raw["tx"].to_pylist(), said, nothing, nothing, "USD")


def standing(ledger: Ledger) -> Truth:
    """AMLSim: transfers (n) of their sender's standing amount, its opening balance.

    The simulator's accounts pay that in every ordinary transfer; in planted patterns what was
    received goes on, so that other amounts are paid.
    """
    raw, known = pq.read_table(path_of(AMLSIM)), pq.read_table(path_of(AMLSIM_ACCOUNTS))
    opening = dict(zip(known["nodeid"].to_pylist(), known["init_balance"].to_pylist(), strict=True))
    usual = np.array([opening[each] for each in raw["src"].to_pylist()])
    same: Truth = np.abs(raw["amount"].to_numpy() - usual) < ROUNDING
    placed: Truth = same[_rows(ledger.references, raw["tx"].to_pylist())]
    return placed


def marked_accounts() -> int:
    """How many accounts AMLSim's register marks."""
    return int(pq.read_table(path_of(AMLSIM_ACCOUNTS))["isFraud"].to_numpy().sum())


def sandbox(folder: Path) -> Ledger:
    """A region that `taawun.sandbox.make` made: everything that its banks report."""
    from taawun.ledger.window import network
    from taawun.sandbox.region import REFERENCE

    whole, truth = folder / "whole", pq.read_table(folder / "truth" / "transfers.parquet")
    made = network(
        pq.read_table(whole / "transfers.parquet"), pq.read_table(whole / "accounts.parquet")
    )
    skills = {each["scheme"]: each["skill"] for each in schemes(folder)}
    said = truth["label"].to_numpy() == 1
    typology, scheme = (
        np.where(said, np.array(truth[name].to_pylist(), object), "")
        for name in ("typology", "scheme")
    )
    skill = np.array([skills.get(each, "") for each in scheme], object)
    return _beside(made, truth["transfer"].to_pylist(), said, typology, scheme, REFERENCE, skill)


def schemes(folder: Path) -> list[dict[str, Any]]:
    """What was planted in a made region, as its truth says it."""
    lines = (folder / "truth" / "schemes.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def read(path: Path) -> Network:
    """A file as a network, through the reader that fits it; values are the amounts."""
    from taawun.ledger.readers import format_of, reader
    from taawun.ledger.window import network

    batches = reader(format_of(str(path)))(str(path))
    rows = pa.concat_tables([batch.table for batch in batches])
    return network(rows.append_column("value", rows["amount"]))


def _beside(
    network: Network,
    references: list[object],
    said: Truth,
    typology: Words,
    scheme: Words,
    currency: str,
    skill: Words | None = None,
) -> Ledger:
    """The truth brought into the network's order, transfer by transfer."""
    known = network.names.transfers(np.arange(network.size))
    rows = _rows(known, references)
    skill = np.full(len(said), "", object) if skill is None else skill
    return Ledger(network, known, said[rows], typology[rows], scheme[rows], skill[rows], currency)


def _rows(references: Sequence[str], named: Sequence[object]) -> npt.NDArray[np.int64]:
    """In which row of a file each transfer of the network stands."""
    row = {str(each): number for number, each in enumerate(named)}
    return np.array([row[each] for each in references], np.int64)
