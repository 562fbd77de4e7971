"""The lists' tables: each list with the version in force, and every version there ever was.

The entries themselves are files (`lists/archive.py`). A version's row stays when its files are
pruned: what was in force when, and where it came from, can always be said.
"""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

list_versions = sa.Table(
    "list_versions",
    metadata,
    sa.Column("dataset", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("published", sa.Text, nullable=False),
    sa.Column("fetched_at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("entities", sa.Integer, nullable=False),
    sa.Column("problems", sa.Integer, nullable=False),
    sa.Column("added", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
    sa.Column("removed", sa.Integer, nullable=False),
    sa.Column("accepted", sa.Text, nullable=False),
    sa.Column("pruned_at", sa.Text, nullable=False),
)

lists = sa.Table(
    "lists",
    metadata,
    sa.Column("dataset", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("locations", sa.Text, nullable=False),
    sa.Column("checked_at", sa.Text, nullable=False),
    sa.Column("failed_at", sa.Text, nullable=False),
    sa.Column("failure", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(
        ["dataset", "version"], ["list_versions.dataset", "list_versions.version"]
    ),
)
