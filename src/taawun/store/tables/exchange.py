"""What waits to be sent, what has arrived, how far each channel has come, who answers."""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

outbox = sa.Table(
    "outbox",
    metadata,
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
sa.Index("ix_outbox_open", outbox.c.recipient, outbox.c.channel, outbox.c.state)
sa.Index("ix_outbox_state", outbox.c.state, outbox.c.recipient)

inbox = sa.Table(
    "inbox",
    metadata,
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
    sa.Column("size", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("sender", "channel", "sequence"),
    sqlite_autoincrement=True,
)
sa.Index("ix_inbox_message", inbox.c.sender, inbox.c.message)

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("partner", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("direction", sa.Text, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

reach = sa.Table(
    "reach",
    metadata,
    sa.Column("partner", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("down_since", sa.Text, nullable=False),
    sa.Column("next_try", sa.Text, nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("answered_at", sa.Text, nullable=False),
)
