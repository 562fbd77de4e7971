"""Hit or no hit: terms both sides signed, tables, questions, what was spent, alarms.

What was spent and which alarms were raised is history: rows are added, never changed or removed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

APPEND_ONLY = """
CREATE TRIGGER {table}_never_{how} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is history: rows are only added'); END
"""


def upgrade() -> None:
    op.create_table(
        "match_terms",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("agreement", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("owner_signature", sa.Text, nullable=False),
        sa.Column("asker_signature", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("offered_at", sa.Text, nullable=False),
        sa.Column("agreed_at", sa.Text, nullable=False, server_default=""),
        sa.Column("ended_at", sa.Text, nullable=False, server_default=""),
        sa.Column("ended_why", sa.Text, nullable=False, server_default=""),
        sa.UniqueConstraint("role", "partner", "agreement", "field", "purpose", "period"),
    )
    op.create_table(
        "match_segments",
        sa.Column("terms", sa.Text, sa.ForeignKey("match_terms.digest"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False, server_default="0"),
        sa.Column("ground", sa.Text, nullable=False, server_default=""),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_table(
        "match_parts",
        sa.Column("terms", sa.Text, primary_key=True),
        sa.Column("segment", sa.Integer, primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "match_lookups",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("agreement", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("tokens", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_at", sa.Text, nullable=False),
        sa.Column("approved_by", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False, server_default=""),
        sa.Column("kinds", sa.Text, nullable=False, server_default="[]"),
        sa.Column("ground", sa.Text, nullable=False, server_default=""),
        sa.Column("answered_at", sa.Text, nullable=False, server_default=""),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_match_lookups_state", "match_lookups", ["state", "partner"])
    op.create_index("ix_match_lookups_question", "match_lookups", ["question"])
    op.create_table(
        "match_asked",
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("lookups", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("ground", sa.Text, nullable=False, server_default=""),
        sa.Column("asked_at", sa.Text, nullable=False),
        sa.Column("answered_at", sa.Text, nullable=False, server_default=""),
        sa.Column("hits", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("ix_match_asked_state", "match_asked", ["state"])
    op.create_table(
        "match_received",
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("lookups", sa.Integer, nullable=False),
        sa.Column("points", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("ground", sa.Text, nullable=False, server_default=""),
        sa.Column("arrived_at", sa.Text, nullable=False),
        sa.Column("answered_at", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_match_received_state", "match_received", ["state"])
    op.create_table(
        "match_spent",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("agreement", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("lookups", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.UniqueConstraint("direction", "question"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_match_spent_day", "match_spent", ["day", "direction", "partner"])
    op.create_table(
        "match_canaries",
        sa.Column("terms", sa.Text, primary_key=True),
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("canary", sa.Text, nullable=False),
        sa.Column("planted_at", sa.Text, nullable=False),
        sa.Column("planted_by", sa.Text, nullable=False),
    )
    op.create_index("ix_match_canaries_token", "match_canaries", ["token"])
    op.create_table(
        "match_followed",
        sa.Column("message", sa.Text, primary_key=True),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("agreement", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_table(
        "match_alarms",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("agreement", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("params", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    for table in ("match_spent", "match_alarms"):
        for how, verb in (("changed", "UPDATE"), ("removed", "DELETE")):
            op.execute(APPEND_ONLY.format(table=table, how=how, verb=verb))
