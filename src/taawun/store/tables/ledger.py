"""The ledger's tables: what was imported, which files the book is made of, what is set.

Transfers lie in Parquet files (`ledger/book.py`); a file counts when its row is here. Imports are
history: rows are added, never edited. A file's row is replaced when the same rows are written anew
with other values (a change of rates).
"""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

ledger_imports = sa.Table(
    "ledger_imports",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("columns", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("counts", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

ledger_files = sa.Table(
    "ledger_files",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("number", sa.Integer, sa.ForeignKey("ledger_imports.number"), nullable=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("first_at", sa.Integer, nullable=False),
    sa.Column("last_at", sa.Integer, nullable=False),
)

ledger_settings = sa.Table(
    "ledger_settings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
