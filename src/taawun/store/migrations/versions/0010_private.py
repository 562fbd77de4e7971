"""Hit or no hit: terms, budgets, questions."""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""
