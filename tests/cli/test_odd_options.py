"""Options that are empty, unknown, too long, given twice or not theirs to give: told, in the
language of the call, and nothing is done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taawun.desk.drafts import template
from tests.desk.two import A, B, Two, changed_lines

LONG = "x" * 21_000
ENGLISH = re.compile(r"\b(?:expected|should|must|least|most|characters|begins?|given|nobody)\b")


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("two")


@pytest.fixture
def two(homes: Path, home: Path, capfd: pytest.CaptureFixture[str]) -> Two:
    """Two who agreed; XB-FIU has a disclosure of XA-FIU's."""
    if any(homes.iterdir()):
        return Two(homes, capfd)
    made = Two.agreed(homes, capfd)
    file = made.file("d.yml", template("disclosure.yml"))
    made.json(A, "request", "disclose", file, "--send")
    made.post()
    return made


@pytest.fixture
def thread(two: Two) -> str:
    return str(two.json(B, "request", "list")["threads"][0]["thread"])


@pytest.fixture
def agreement(two: Two) -> str:
    return str(two.json(A, "agreement", "list")["agreements"][0]["id"])


REQUEST: list[tuple[str, str, int, str]] = [
    ("show", "", 2, "at least 4"),
    ("show", "abc", 2, "at least 4"),
    ("show", "ffffffff", 1, "no thread or draft begins"),
    ("show", LONG, 1, "no thread or draft begins"),
    ("start", "ffffffff", 1, "no thread begins"),
    ("propose", "ffffffff", 1, "no draft begins"),
    ("feedback THREAD --usefulness", "", 2, "expected one of useful"),
    ("feedback THREAD --usefulness useful --result", "", 2, "expected one of known_already"),
    ("feedback THREAD --usefulness", "not_needed", 1, "a withdrawal says why"),
    ("feedback THREAD --usefulness useful --text", LONG, 1, "at most 20000 characters"),
    ("feedback THREAD --usefulness useful --reference", "a\x07b", 1, "without control characters"),
    ("feedback THREAD --usefulness useful --language", "عربي", 1, "a language such as en"),
    ("withdraw THREAD --reason", "x", 1, "does not fit a thread"),
    ("refuse THREAD --reason x --ground", "", 2, "expected one of outside_agreement"),
    ("refuse THREAD --ground originator --reason", " ", 2, "say why"),
    ("refuse THREAD --ground originator --reason", "x", 1, "does not fit a thread"),
    ("onward THREAD --to XC-FIU --reason x --purpose", "", 2, "expected one of intelligence"),
    ("onward THREAD --to XC-FIU --reason x --purpose", ",", 2, "expected one of intelligence"),
    ("onward THREAD --to XC-FIU --purpose intelligence --reason", "", 2, "say why"),
    ("onward THREAD --reason x --purpose intelligence --to", "xc-fiu", 1, "a code such as AE-FIU"),
    ("onward THREAD --reason x --purpose intelligence --to", "XB-FIU", 1, "further recipient"),
    ("onward THREAD --to XC-FIU --reason x --purpose intelligence --item", "77", 1, "no item 77"),
    ("consent THREAD --refuse --ground", "", 2, "expected one of outside_agreement"),
    ("consent THREAD --give --until", "soon", 2, "expected YYYY-MM-DD"),
]
AGREEMENT: list[tuple[str, str, int, str]] = [
    ("suspend ID --reason", "", 2, "say why"),
    ("suspend ID --reason", LONG, 2, "at most 20000 characters"),
    ("suspend ID --reason x --field", "", 2, "expected one of aml_cft"),
    ("suspend ID --reason x --service", " , ", 2, "expected one of ask"),
    ("suspend ID --reason x --partner", "", 2, "a code such as AE-FIU"),
    ("end ID --reason", LONG, 2, "at most 20000 characters"),
    ("permit ID --with XB-FIU --category", "", 2, "expected one of identity"),
]
AUTHORITY: list[tuple[str, str, int, str]] = [
    ("init --kind fiu --name en=x --competence aml_cft --code", "xn-fiu", 2, "a code such as"),
    ("init --kind fiu --name en=x --code XN-FIU --competence", "", 2, "expected one of aml_cft"),
    ("init --kind fiu --code XN-FIU --competence aml_cft --name", "x", 2, "expected en=NAME"),
    ("init --kind fiu --code XN-FIU --competence aml_cft --name", "en=", 2, "at least one"),
    ("init --kind fiu --code XN-FIU --competence aml_cft --name", "=x", 2, "a language such as"),
    ("init --kind fiu --code XN-FIU --competence aml_cft --name en=x --name", "en=y", 2, "twice"),
]
CASES = [
    *(pytest.param(f"request {words}", *rest) for words, *rest in REQUEST),
    *(pytest.param(f"agreement {words}", *rest) for words, *rest in AGREEMENT),
    *(pytest.param(f"authority {words}", *rest) for words, *rest in AUTHORITY),
]


@pytest.mark.parametrize(
    ("words", "odd", "status", "said"), CASES, ids=[f"odd{at}" for at in range(len(CASES))]
)
def test_what_cannot_be_meant_is_told_and_nothing_is_done(
    two: Two, thread: str, agreement: str, words: str, odd: str, status: int, said: str
) -> None:
    known = {"THREAD": thread, "ID": agreement}
    args = [known.get(word, word) for word in words.split()]
    code = B if args[0] == "request" else A
    node = "XN-FIU" if args[1] == "init" else code
    before = two.run(node, "journal", "head")
    ended, out, err = two.run(node, *args, odd)
    assert (ended, said in err) == (status, True), err
    assert "Traceback" not in err
    assert len(err) < 2_000
    ended, out, err = two.run(node, *args, odd, "--lang", "ar")
    assert (ended, out) == (status, "")
    assert re.search("[\u0621-\u064a]", err)
    assert not ENGLISH.search(err), err
    assert two.run(node, "journal", "head") == before


def test_a_beginning_that_fits_several_asks_for_more(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taawun.desk.requests.LEAST", 0)
    file = two.file("d.yml", changed_lines(template("disclosure.yml"), to=B))
    for _ in range(2):
        two.json(A, "request", "disclose", file)
    for command, said in (("show", "threads or drafts"), ("send", "drafts")):
        status, _, err = two.run(A, "request", command, "")
        assert (status, f"several {said} begin with ''" in err) == (2, True)
        status, _, err = two.run(A, "request", command, "", "--lang", "ar")
        assert (status, "أكثر من" in err) == (2, True)


def test_an_id_is_known_in_capitals_and_with_spaces(two: Two, thread: str) -> None:
    assert two.json(B, "request", "show", f" {thread[:8].upper()} ")["thread"] == thread
