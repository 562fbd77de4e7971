"""Requests, what was received with them, and the second officer.

History is added to and never changed: what happened to threads, which information came and from
whom, what was consented to, who drafted and approved what. What may go, and must in the end, is
content: `information_contents` and `draft_texts` are removed when their time is over; what they
were, and when they went, stays.
"""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

thread_steps = sa.Table(
    "thread_steps",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("thread", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("agreement", sa.Text, nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False, index=True),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Every step of every thread, the state it led to; `message` "" for what officers did here."""

information_items = sa.Table(
    "information_items",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("thread", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("giver", sa.Text, nullable=False),
    sa.Column("agreement", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("delete_by", sa.Text, nullable=False, index=True),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.UniqueConstraint("message", "item"),
    sqlite_autoincrement=True,
)
"""What was received: item 0 is a message's own text. `sha256` is of the content."""

information_contents = sa.Table(
    "information_contents",
    metadata,
    sa.Column("number", sa.Integer, sa.ForeignKey("information_items.number"), primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
)

information_claims = sa.Table(
    "information_claims",
    metadata,
    sa.Column("number", sa.Integer, sa.ForeignKey("information_items.number"), primary_key=True),
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("purposes", sa.Text, nullable=False),
    sa.Column("onward", sa.Text, nullable=False),
    sa.Column("consented", sa.Text, nullable=False),
    sa.Column("delete_by", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The caveats of each origin of an item, as they came."""

information_marks = sa.Table(
    "information_marks",
    metadata,
    sa.Column("number", sa.Integer, sa.ForeignKey("information_items.number"), primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""Digests of the texts and attachments of an item, by which it is known again when it goes out."""

information_deletions = sa.Table(
    "information_deletions",
    metadata,
    sa.Column("number", sa.Integer, sa.ForeignKey("information_items.number"), primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

given_origins = sa.Table(
    "given_origins",
    metadata,
    sa.Column("message", sa.Text, primary_key=True),
    sa.Column("item", sa.Integer, primary_key=True),
    sa.Column("source_message", sa.Text, primary_key=True),
    sa.Column("source_item", sa.Integer, primary_key=True),
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What this node passed on: which received item went with which item of which own message."""

onward_consents = sa.Table(
    "onward_consents",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("purposes", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Index("ix_onward_consents_of", "message", "item"),
    sqlite_autoincrement=True,
)
"""What origins consented to: `message` and `item` are what may go, `decision` the message."""

draft_steps = sa.Table(
    "draft_steps",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("draft", sa.Text, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

draft_texts = sa.Table(
    "draft_texts",
    metadata,
    sa.Column("draft", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

review_policies = sa.Table(
    "review_policies",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("services", sa.Text, nullable=False),
    sa.Column("kinds", sa.Text, nullable=False),
    sa.Column("hours", sa.Integer, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
