"""Screening's tables: whom we watch over, what each run found, what officers decided.

Judgements, screenings and runs are history: rows are added, never edited (a run is closed once).
`customers` is the present: who is in a portfolio as it was last given.
"""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("portfolio", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("versions", sa.Text, nullable=False),
    sa.Column("options", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("portfolio", sa.Text, primary_key=True),
    sa.Column("customer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("given_in", sa.Integer, sa.ForeignKey("runs.number"), nullable=False),
    sqlite_with_rowid=False,
)

screenings = sa.Table(
    "screenings",
    metadata,
    sa.Column("portfolio", sa.Text, primary_key=True),
    sa.Column("customer", sa.Text, primary_key=True),
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.number"), primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("hits", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

judgements = sa.Table(
    "judgements",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("portfolio", sa.Text, nullable=False),
    sa.Column("customer", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False, index=True),
    sa.Column("caption", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("customer_material", sa.Text, nullable=False),
    sa.Column("entity_material", sa.Text, nullable=False),
    sa.Index("ix_judgements_of", "portfolio", "customer"),
    sqlite_autoincrement=True,
)
