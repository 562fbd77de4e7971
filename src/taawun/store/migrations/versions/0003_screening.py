"""Portfolios, runs, what each customer's screening found, and judgements.

A customer's screening is one row per run that looked at it, hits or none: that it was screened,
when and against which versions (the run's) can be shown later. Judgements and screenings cannot
be changed or removed; a run can only be closed, once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

APPEND_ONLY = """
CREATE TRIGGER {table}_never_{how} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are history: rows are only added'); END
"""
RUN_CLOSED_ONCE = """
CREATE TRIGGER runs_closed_once BEFORE UPDATE ON runs
WHEN OLD.ended_at <> '' OR NEW.number <> OLD.number OR NEW.portfolio <> OLD.portfolio
    OR NEW.kind <> OLD.kind OR NEW.versions <> OLD.versions OR NEW.options <> OLD.options
    OR NEW.scope <> OLD.scope OR NEW.started_at <> OLD.started_at OR NEW.actor <> OLD.actor
BEGIN SELECT RAISE(ABORT, 'a run is closed once and then stays as it is'); END
"""


def upgrade() -> None:
    op.create_table(
        "runs",
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
    op.create_table(
        "customers",
        sa.Column("portfolio", sa.Text, primary_key=True),
        sa.Column("customer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("given_in", sa.Integer, sa.ForeignKey("runs.number"), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "screenings",
        sa.Column("portfolio", sa.Text, primary_key=True),
        sa.Column("customer", sa.Text, primary_key=True),
        sa.Column("run", sa.Integer, sa.ForeignKey("runs.number"), primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("hits", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "judgements",
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
        sqlite_autoincrement=True,
    )
    op.create_index("ix_judgements_of", "judgements", ["portfolio", "customer"])
    for table in ("judgements", "screenings"):
        op.execute(APPEND_ONLY.format(table=table, how="changed", verb="UPDATE"))
        op.execute(APPEND_ONLY.format(table=table, how="removed", verb="DELETE"))
    op.execute(APPEND_ONLY.format(table="runs", how="removed", verb="DELETE"))
    op.execute(RUN_CLOSED_ONCE)
