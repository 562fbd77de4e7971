"""The keys that may use the API: their digests, never the keys."""

import sqlalchemy as sa

from taawun.store.tables.base import metadata

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("revoked_at", sa.Text, nullable=False, server_default=""),
    sa.Column("revoked_by", sa.Text, nullable=False, server_default=""),
)
