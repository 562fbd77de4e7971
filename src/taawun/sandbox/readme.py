"""The page that lies in every made region and says that it is made up."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from taawun import __version__
from taawun.sandbox.plan import Plan

if TYPE_CHECKING:
    from taawun.sandbox.make import Outcome


def readme(plan: Plan, outcome: Outcome) -> str:
    """The page, in Markdown. The same plan and versions give the same page."""
    schemes = "\n".join(f"| {name} | {count} |" for name, count in outcome.schemes.items())
    views = "\n".join(f"| `{name}/` | {size:,} |" for name, size in outcome.views.items())
    return f"""# A synthetic region · منطقة مصطنعة

**Everything in this folder is synthetic.** Countries, towns, banks, persons, companies, accounts,
the list and every transfer were drawn by lot. Any likeness to somebody is chance. The country
codes are user-assigned by ISO 3166 and belong to no state; account numbers have valid check digits
and cannot be anybody's. Currency codes are real so that readers know their decimals; the rates are
made up.

كل ما في هذا المجلد مصطنع: الدول والمدن والمصارف والأشخاص والشركات والحسابات والقائمة والتحويلات،
ولا صلة لها بأحد.

Made by Taawun {__version__} with seed {plan.seed}: {plan.days} days from {plan.start}, countries
{", ".join(plan.countries)}, about {plan.transfers:,} transfers, {plan.illicit} in 10,000
laundering. The same plan gives the same bytes with Python {platform.python_version()}, numpy
{np.__version__}, pyarrow {pa.__version__}.

| what | how many |
|---|---|
| transfers | {outcome.transfers:,} |
| accounts in the register | {outcome.accounts:,} |
| people, companies | {outcome.people:,}, {outcome.companies:,} |
| transfers that are laundering | {outcome.laundering:,} |
| legs of schemes that no ledger shows | {outcome.unseen:,} |

| seen by | transfers |
|---|---|
{views}

| planted | schemes |
|---|---|
{schemes}

`rates.csv` says what currencies are worth, `countries.csv` from where banks report cash and which
countries are of high risk. `truth/` is for judging a search, never for searching:
`transfers.parquet` (transfer, label, scheme, typology, role), `accounts.parquet`, `schemes.jsonl`
(every leg, those too that were paid in cash or between banks whose ledgers are not at hand),
`listed.jsonl` (a list in FollowTheMoney; `taawun lists add ftm` takes it).
"""
