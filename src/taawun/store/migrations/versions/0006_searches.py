"""Searches for typologies that were kept: when, in which window, by which catalogue, what of it.

A search cannot be changed or removed: what was found when, and by which definitions, can be shown
later. The findings are files, known by the digest in their search's row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

APPEND_ONLY = """
CREATE TRIGGER searches_never_{how} BEFORE {verb} ON searches
BEGIN SELECT RAISE(ABORT, 'searches are history: rows are only added'); END
"""


def upgrade() -> None:
    op.create_table(
        "searches",
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
    for how, verb in (("changed", "UPDATE"), ("removed", "DELETE")):
        op.execute(APPEND_ONLY.format(how=how, verb=verb))
