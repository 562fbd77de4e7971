"""What was imported into the ledger, and the files that it is made of. Imports are history."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "ledger_imports",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_imports_sha256", "ledger_imports", ["sha256"])
    op.create_table(
        "ledger_files",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, sa.ForeignKey("ledger_imports.number"), nullable=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("first_at", sa.Integer, nullable=False),
        sa.Column("last_at", sa.Integer, nullable=False),
    )
    op.create_index("ix_ledger_files_kind", "ledger_files", ["kind"])
    op.create_table(
        "ledger_settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER ledger_imports_no_{change.lower()} BEFORE {change} ON ledger_imports"
            " BEGIN SELECT RAISE(ABORT, 'imports are history'); END"
        )
