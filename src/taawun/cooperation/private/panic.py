"""A wrong proof makes the `voprf` package panic: its report on standard error is taken out again.

`voprf` 0.2 unwraps the result of its check. What arrives in Python is pyo3's PanicException, and
Rust has by then written a report (with a trace, where RUST_BACKTRACE is set) straight to the file
of standard error, past Python. A partner decides whether a proof is wrong, so that would be a
partner's pen in our log. Only the report that says WRONG_PROOF is taken out; any other panic, and
whatever else was written meanwhile, stands as it was written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryFile
from threading import Lock

WRONG_PROOF = "ProofVerification"
"""What the package's error is called in its panic."""
STDERR = 2
_taken = Lock()
_REPORT = re.compile(
    rb"\n?thread '[^\n]*' (?:\(\d+\) )?panicked at [^\n]*\n"
    rb"[^\n]*" + WRONG_PROOF.encode() + rb"\n"
    rb"(?:stack backtrace:\n(?:[ ]+[^\n]*\n)*)?(?:note: [^\n]*\n)*"
)


def is_wrong_proof(error: BaseException) -> bool:
    """Whether this is the package's panic over a proof that does not hold."""
    return type(error).__name__ == "PanicException" and WRONG_PROOF in str(error)


@contextmanager
def without_report() -> Iterator[None]:
    """Standard error, the file, without the reports of wrong proofs that come in the block.

    What is written meanwhile waits in a file of its own. Nothing is done where there is no
    standard error, or no room for such a file: an answer is worth more than a clean log.
    """
    with _taken, ExitStack() as held:
        try:
            kept = os.dup(STDERR)
            held.callback(os.close, kept)
            waits = held.enter_context(TemporaryFile())
        except OSError:
            yield
            return
        os.dup2(waits.fileno(), STDERR)
        try:
            yield
        finally:
            os.dup2(kept, STDERR)
            waits.seek(0)
            if left := _REPORT.sub(b"", waits.read()):
                os.write(STDERR, left)
