"""What a partner's wrong proof leaves on standard error of a real process: nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

FORGED = """
import os, sys
from taawun.cooperation.private import oprf, panic
from taawun.cooperation.private.workers import Workers
from taawun.errors import Refused

if __name__ == "__main__":
    with Workers({workers}) as workers:
        points = workers.blind("batch", [b"a", b"b"]).result()
        answer = oprf.evaluate(b"s" * 32, b"one key", points)
        try:
            workers.finalise("batch", oprf.public_key(b"s" * 32, b"another"), answer).result()
        except Refused as refused:
            print(refused.ground)
"""
OTHER = """
import os
from taawun.cooperation.private.panic import without_report

with without_report():
    os.write(2, b"before\\n")
    os.write(2, b"\\nthread 'x' (7) panicked at src/a.rs:1:2:\\ncalled an `Err` value: {said}\\n")
    os.write(2, b"stack backtrace:\\n   0: a\\n             at ./b\\nnote: run with it\\n")
    os.write(2, b"after\\n")
"""


def run(text: str, **more: str) -> tuple[str, str]:
    """What a process of its own writes: its output, its standard error."""
    done = subprocess.run(
        [sys.executable, "-c", text],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
        env={**os.environ, **more},
    )
    return done.stdout, done.stderr


@pytest.mark.parametrize("trace", ["0", "full"])
def test_a_forged_proof_leaves_nothing_on_standard_error(trace: str) -> None:
    assert run(FORGED.format(workers=0), RUST_BACKTRACE=trace) == ("match.proof\n", "")


def test_nor_does_it_in_a_worker(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("forged") / "forged.py"  # spawned: it must be importable
    file.write_text(FORGED.format(workers=1), "utf-8")
    text = f"import runpy; runpy.run_path({str(file)!r}, run_name='__main__')"
    assert run(text, RUST_BACKTRACE="1") == ("match.proof\n", "")


def test_only_the_report_of_a_wrong_proof_is_taken_out() -> None:
    assert run(OTHER.format(said="ProofVerification"))[1] == "before\nafter\n"
    written = run(OTHER.format(said="SomethingElse"))[1]
    assert written.startswith("before\n\nthread 'x' (7) panicked")
    assert written.endswith("note: run with it\nafter\n")


def test_without_standard_error_there_is_nothing_to_do() -> None:
    text = "import os\nos.close(2)\n" + FORGED.format(workers=0)
    assert run(text) == ("match.proof\n", "")


def test_without_room_for_a_file_the_answer_is_refused_all_the_same() -> None:
    full = """
from taawun.cooperation.private import panic

def no_room():
    raise OSError(28, "No space left on device")

panic.TemporaryFile = no_room
"""
    assert run(full + FORGED.format(workers=0))[0] == "match.proof\n"
