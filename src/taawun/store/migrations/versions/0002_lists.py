"""Lists and their versions. Times are ISO text in UTC; "" where something has not happened."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "list_versions",
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
    op.create_table(
        "lists",
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
