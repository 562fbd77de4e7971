"""Hit or no hit: terms, tables of fingerprints, questions and what was spent, alarms.

No token and no name of a subject is in what a partner's questions leave here; what this node asks
itself (`match_lookups`) is its own.
"""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

match_terms = sa.Table(
    "match_terms",
    metadata,
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

match_segments = sa.Table(
    "match_segments",
    metadata,
    sa.Column("terms", sa.Text, sa.ForeignKey("match_terms.digest"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sent", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ground", sa.Text, nullable=False, server_default=""),
    sa.Column("at", sa.Text, nullable=False),
)

match_parts = sa.Table(
    "match_parts",
    metadata,
    sa.Column("terms", sa.Text, primary_key=True),
    sa.Column("segment", sa.Integer, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

match_lookups = sa.Table(
    "match_lookups",
    metadata,
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
sa.Index("ix_match_lookups_state", match_lookups.c.state, match_lookups.c.partner)
sa.Index("ix_match_lookups_question", match_lookups.c.question)

match_asked = sa.Table(
    "match_asked",
    metadata,
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
sa.Index("ix_match_asked_state", match_asked.c.state)

match_received = sa.Table(
    "match_received",
    metadata,
    sa.Column("question", sa.Text, primary_key=True),
    sa.Column("terms", sa.Text, nullable=False),
    sa.Column("lookups", sa.Integer, nullable=False),
    sa.Column("points", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("ground", sa.Text, nullable=False, server_default=""),
    sa.Column("arrived_at", sa.Text, nullable=False),
    sa.Column("answered_at", sa.Text, nullable=False, server_default=""),
)
sa.Index("ix_match_received_state", match_received.c.state)

match_spent = sa.Table(
    "match_spent",
    metadata,
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
sa.Index("ix_match_spent_day", match_spent.c.day, match_spent.c.direction, match_spent.c.partner)

match_canaries = sa.Table(
    "match_canaries",
    metadata,
    sa.Column("terms", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("canary", sa.Text, nullable=False),
    sa.Column("planted_at", sa.Text, nullable=False),
    sa.Column("planted_by", sa.Text, nullable=False),
)
sa.Index("ix_match_canaries_token", match_canaries.c.token)

match_followed = sa.Table(
    "match_followed",
    metadata,
    sa.Column("message", sa.Text, primary_key=True),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("agreement", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

match_alarms = sa.Table(
    "match_alarms",
    metadata,
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
