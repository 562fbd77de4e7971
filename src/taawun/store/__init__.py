"""The node's database: one unit of work at a time, and a journal that shows tampering.

    store = open_store(home)
    with store.begin() as unit:
        unit.connection.execute(...)
        unit.journal("judgement.made", "customer 17", {...}, at=at, actor=actor)

SQLAlchemy Core on SQLite (WAL). Tables live in `store/tables/<room>.py` on one MetaData;
`store/migrations` brings an older database up to date when it is opened.
"""

from taawun.store.database import Store, Unit, open_store

__all__ = ["Store", "Unit", "open_store"]
