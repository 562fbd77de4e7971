"""What waits to be sent, what has arrived, how far each channel has come, who answers.

What arrived is history: no row is removed, and of a row only the signed text may be emptied, when
the time is over for which its agreement lets it be kept. The digest and the receipt stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NEVER_REMOVED = """
CREATE TRIGGER {table}_never_removed BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is history: no row is removed'); END
"""
ONLY_EMPTIED = """
CREATE TRIGGER inbox_only_emptied BEFORE UPDATE ON inbox
WHEN NEW.signed <> '' OR (
    NEW.number, NEW.sender, NEW.channel, NEW.sequence, NEW.message, NEW.kind, NEW.digest,
    NEW.outcome, NEW.ground, NEW.params, NEW.receipt, NEW.at
) IS NOT (
    OLD.number, OLD.sender, OLD.channel, OLD.sequence, OLD.message, OLD.kind, OLD.digest,
    OLD.outcome, OLD.ground, OLD.params, OLD.receipt, OLD.at
)
BEGIN SELECT RAISE(ABORT, 'inbox is history: a row may only be emptied'); END
"""
SETTLED_FOR_EVER = """
CREATE TRIGGER outbox_settled_for_ever BEFORE UPDATE ON outbox
WHEN (OLD.state IN ('delivered', 'refused') AND NEW.state <> OLD.state)
    OR (NEW.number, NEW.message, NEW.recipient, NEW.channel, NEW.digest)
        IS NOT (OLD.number, OLD.message, OLD.recipient, OLD.channel, OLD.digest)
BEGIN SELECT RAISE(ABORT, 'outbox: what is settled stays settled'); END
"""


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("message", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("placed_at", sa.Text, nullable=False),
        sa.Column("placed_by", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer),
        sa.Column("doubted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("tried_at", sa.Text, nullable=False, server_default=""),
        sa.Column("ground", sa.Text, nullable=False, server_default=""),
        sa.Column("params", sa.Text, nullable=False, server_default="{}"),
        sa.Column("settled_at", sa.Text, nullable=False, server_default=""),
        sa.Column("receipt", sa.Text, nullable=False, server_default=""),
        sa.UniqueConstraint("recipient", "channel", "sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_open", "outbox", ["recipient", "channel", "state"])
    op.create_index("ix_outbox_state", "outbox", ["state", "recipient"])
    op.create_table(
        "inbox",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("signed", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("ground", sa.Text, nullable=False),
        sa.Column("params", sa.Text, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.UniqueConstraint("sender", "channel", "sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_message", "inbox", ["sender", "message"])
    op.create_table(
        "channels",
        sa.Column("partner", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("direction", sa.Text, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "reach",
        sa.Column("partner", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("down_since", sa.Text, nullable=False),
        sa.Column("next_try", sa.Text, nullable=False),
        sa.Column("ground", sa.Text, nullable=False),
        sa.Column("answered_at", sa.Text, nullable=False),
    )
    for table in ("outbox", "inbox"):
        op.execute(NEVER_REMOVED.format(table=table))
    op.execute(ONLY_EMPTIED)
    op.execute(SETTLED_FOR_EVER)
