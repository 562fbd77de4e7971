"""The journal: lines that can only be added, each built on the one before.

The triggers refuse changed, removed and out-of-order lines whoever asks, so that neither a bug
nor a careless SQL session can break the chain. Somebody who drops the triggers first is found
by the hashes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

GUARDS = (
    """
    CREATE TRIGGER journal_never_changed BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_never_removed BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_in_order BEFORE INSERT ON journal
    WHEN NOT EXISTS (
        SELECT 1 FROM journal_head
        WHERE sequence + 1 = NEW.sequence AND hash = NEW.previous
    )
    BEGIN SELECT RAISE(ABORT, 'a journal line must build on the last one'); END
    """,
    """
    CREATE TRIGGER journal_head_follows BEFORE UPDATE ON journal_head
    WHEN NEW.sequence <> OLD.sequence + 1 OR NOT EXISTS (
        SELECT 1 FROM journal WHERE sequence = NEW.sequence AND hash = NEW.hash
    )
    BEGIN SELECT RAISE(ABORT, 'the journal head follows its last line'); END
    """,
    """
    CREATE TRIGGER journal_head_stays BEFORE DELETE ON journal_head
    BEGIN SELECT RAISE(ABORT, 'the journal head stays'); END
    """,
)


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
    )
    head = op.create_table(
        "journal_head",
        sa.Column(
            "only", sa.Integer, sa.CheckConstraint("only = 1", name="one_row"), primary_key=True
        ),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.bulk_insert(head, [{"only": 1, "sequence": 0, "hash": "0" * 64}])
    for guard in GUARDS:
        op.execute(guard)
