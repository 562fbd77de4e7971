"""Who cooperates under which agreements: one history, from which everything else is read.

Rows are added, never changed or removed: cards and what was decided about them, the texts of
agreements, the acts of their parties, memberships of blocs (`cooperation/history.py`).
"""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

cooperation_history = sa.Table(
    "cooperation_history",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
