"""Locks between processes: held on an open file, let go by the system when its process ends."""

from __future__ import annotations

import fcntl
from pathlib import Path

from taawun.errors import StoreError


def lock(handle: int, path: Path, *, wait: bool = False) -> bool:
    """Lock an open file for this process alone; without `wait`, False where another has it.

    `path` is what is protected. Raises StoreError where the file system has no such locks, as some
    network file systems do not.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StoreError(
            f"{path}: its file system cannot lock files; keep it on a local disk: {error.strerror}"
        ) from error
    return True
