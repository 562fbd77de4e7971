"""Detection's table: every search that was kept. Rows are history: added, never edited.

The findings themselves are files (`detection/archive.py`), known by their digest.
"""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

searches = sa.Table(
    "searches",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("catalogue", sa.Text, nullable=False),
    sa.Column("definitions", sa.Text, nullable=False),
    sa.Column("options", sa.Text, nullable=False),
    sa.Column("transfers", sa.Integer, nullable=False),
    sa.Column("accounts", sa.Integer, nullable=False),
    sa.Column("findings", sa.Integer, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("decimals", sa.Integer, nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
