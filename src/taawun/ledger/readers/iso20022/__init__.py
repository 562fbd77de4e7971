"""ISO 20022 payment messages: pacs.008, pacs.009, pacs.004, pacs.007 and camt.053, all versions.

    for batch in read("week.zip"): …

A file holds one document or many, one behind the other or in envelopes, with application headers
or without; or it is a ZIP of such files. What becomes which column is in `docs/payments.md`.
"""

from __future__ import annotations

from collections.abc import Iterator

from taawun.ledger.readers.archive import sources
from taawun.ledger.schema import Batch


def read(path: str) -> Iterator[Batch]:
    """The transfers of a file as batches of `READ`, with what is wrong; memory is bounded.

    Raises InputError where the file cannot be opened, or is an archive that cannot be read.
    """
    from taawun.ledger.readers.iso20022.reading import Reading

    return Reading().batches(sources(path))
