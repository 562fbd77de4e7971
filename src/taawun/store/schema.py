"""Bringing a database up to the newest shape of its tables.

Alembic is imported only when there is something to do: an up-to-date database is recognised by
the number it carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from taawun.errors import StoreError
from taawun.store.locking import lock

MIGRATIONS = Path(__file__).parent / "migrations"


def newest() -> str:
    """The number of the newest migration; files are named `0001_what.py`."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def version(connection: Connection) -> str:
    """The number a database carries, or "" for a new one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(found or "")


def bring_up_to_date(engine: Engine, home: Path) -> None:
    """Run the migrations that are missing, all of them or none, one process at a time."""
    wanted = newest()
    with engine.connect() as connection:
        if version(connection) == wanted:
            return
    with _alone(home), engine.connect() as connection:
        connection = connection.execution_options(taawun_writes=True)
        with connection.begin():
            found = version(connection)
            if found > wanted:
                raise StoreError(
                    f"{home}: made by a newer Taawun (tables {found}, this one knows {wanted})"
                )
            if found != wanted:
                _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the migration lock; the system lets go of it when the process ends, however."""
    with (home / "migration.lock").open("a") as file:
        lock(file.fileno(), home, wait=True)
        yield
