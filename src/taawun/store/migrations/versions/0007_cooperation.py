"""Who cooperates, and under which agreements: one history of cards, agreements and acts.

It cannot be changed or removed: what was in force when must have an answer years later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

APPEND_ONLY = """
CREATE TRIGGER cooperation_history_never_{how} BEFORE {verb} ON cooperation_history
BEGIN SELECT RAISE(ABORT, 'cooperation is history: rows are only added'); END
"""


def upgrade() -> None:
    op.create_table(
        "cooperation_history",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    for how, verb in (("changed", "UPDATE"), ("removed", "DELETE")):
        op.execute(APPEND_ONLY.format(how=how, verb=verb))
