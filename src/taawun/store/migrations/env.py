"""Alembic's way in: runs on the connection and inside the transaction that it is handed."""

from alembic import context

from taawun.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()
