"""What was escalated, to whom and when. Rows are history: added, never edited."""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

escalations = sa.Table(
    "escalations",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("thread", sa.Text, nullable=False),
    sa.Column("clock", sa.Text, nullable=False),
    sa.Column("owing", sa.Text, nullable=False),
    sa.Column("due", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.UniqueConstraint("thread", "clock", "owing", "due", "step"),
    sqlite_autoincrement=True,
)
