"""`agreement recover` and `node resend`, after a home was brought back from a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.desk.two import A, B, Two


@pytest.fixture
def two(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Two:
    return Two.agreed(tmp_path, capfd)


def test_a_suspension_that_was_forgotten_comes_back(two: Two) -> None:
    id = str(two.json(A, "agreement", "list")["agreements"][0]["id"])
    shutil.copytree(two.home(A), two.folder / "copy")
    two.json(A, "agreement", "suspend", id, "--reason", "A court ordered it.")
    two.post()
    record = str(two.folder / "record.json")
    assert two.run(B, "agreement", "export", id, "--out", record)[0] == 0
    shutil.rmtree(two.home(A))
    shutil.copytree(two.folder / "copy", two.home(A))
    assert two.run(A, "agreement", "permit", id, "--with", B)[0] == 0
    status, out, _ = two.run(A, "agreement", "recover", record)
    assert (status, out) == (0, f"Agreement {id[:12]}: 1 act of ours is back.\n")
    assert two.run(A, "agreement", "permit", id, "--with", B)[0] == 1
    out = two.run(A, "agreement", "recover", record, "--lang", "ar")[1]
    assert "لا ينقص هنا شيء" in out
    again = two.json(A, "agreement", "recover", record)
    assert again == {"id": id, "cards": 0, "acts": [], "matching_ended": 0}
    status, _, err = two.run(A, "agreement", "recover", two.file("x.json", "[1"))
    assert status == 1
    assert "no record of an agreement" in err


def test_resending_tells_what_it_could_not_do(two: Two) -> None:
    status, _, err = two.run(A, "node", "resend", "XC-FIU")
    assert (status, err) == (1, "Error: nothing was ever sent to XC-FIU\n")
    assert two.run(A, "node", "resend", B)[0] == 1
