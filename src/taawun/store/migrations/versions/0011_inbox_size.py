"""How many bytes a message came as, kept beside it.

What a partner has brought and nobody has read is bounded in bytes; to read every text for its
length would take longer than taking the next one. What arrived before counts as nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("inbox", sa.Column("size", sa.Integer, nullable=False, server_default="0"))
