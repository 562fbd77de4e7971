"""Requests, their clocks and the second officer."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


APPEND_ONLY = """
CREATE TRIGGER {table}_never_{how} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are history: rows are only added'); END
"""


HISTORY = (
    "thread_steps",
    "information_items",
    "information_claims",
    "information_marks",
    "information_deletions",
    "given_origins",
    "onward_consents",
    "draft_steps",
    "review_policies",
)
"""Never changed, never removed."""
CONTENT = ("information_contents", "draft_texts")
"""Never changed; removed when its time is over."""


def upgrade() -> None:
    _threads()
    _information()
    _review()
    _never_changed()
    _escalations()


def _escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("clock", sa.Text, nullable=False),
        sa.Column("owing", sa.Text, nullable=False),
        sa.Column("due", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.UniqueConstraint("thread", "clock", "owing", "due", "step"),
        sqlite_autoincrement=True,
    )
    for how, verb in (("changed", "UPDATE"), ("removed", "DELETE")):
        op.execute(APPEND_ONLY.format(table="escalations", how=how, verb=verb))


def _threads() -> None:
    op.create_table(
        "thread_steps",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("agreement", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_thread_steps_thread", "thread_steps", ["thread"])
    op.create_index("ix_thread_steps_message", "thread_steps", ["message"])


def _information() -> None:
    op.create_table(
        "information_items",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("item", sa.Integer, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("giver", sa.Text, nullable=False),
        sa.Column("agreement", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("delete_by", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.UniqueConstraint("message", "item"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_information_items_thread", "information_items", ["thread"])
    op.create_index("ix_information_items_delete_by", "information_items", ["delete_by"])
    op.create_index("ix_information_items_sha256", "information_items", ["sha256"])
    op.create_table(
        "information_contents",
        sa.Column(
            "number", sa.Integer, sa.ForeignKey("information_items.number"), primary_key=True
        ),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "information_claims",
        sa.Column(
            "number", sa.Integer, sa.ForeignKey("information_items.number"), primary_key=True
        ),
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("purposes", sa.Text, nullable=False),
        sa.Column("onward", sa.Text, nullable=False),
        sa.Column("consented", sa.Text, nullable=False),
        sa.Column("delete_by", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "information_marks",
        sa.Column(
            "number", sa.Integer, sa.ForeignKey("information_items.number"), primary_key=True
        ),
        sa.Column("sha256", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_information_marks_sha256", "information_marks", ["sha256"])
    op.create_table(
        "information_deletions",
        sa.Column(
            "number", sa.Integer, sa.ForeignKey("information_items.number"), primary_key=True
        ),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "given_origins",
        sa.Column("message", sa.Text, primary_key=True),
        sa.Column("item", sa.Integer, primary_key=True),
        sa.Column("source_message", sa.Text, primary_key=True),
        sa.Column("source_item", sa.Integer, primary_key=True),
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "onward_consents",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("item", sa.Integer, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("purposes", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_onward_consents_of", "onward_consents", ["message", "item"])


def _review() -> None:
    op.create_table(
        "draft_steps",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("draft", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_steps_draft", "draft_steps", ["draft"])
    op.create_table(
        "draft_texts",
        sa.Column("draft", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review_policies",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("services", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("hours", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )


def _never_changed() -> None:
    for table in (*HISTORY, *CONTENT):
        op.execute(APPEND_ONLY.format(table=table, how="changed", verb="UPDATE"))
    for table in HISTORY:
        op.execute(APPEND_ONLY.format(table=table, how="removed", verb="DELETE"))
