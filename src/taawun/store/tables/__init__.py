"""The tables, one module per room, on one MetaData."""

from taawun.store.tables.base import metadata

__all__ = ["metadata"]
