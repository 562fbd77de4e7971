"""`taawun typologies share`, `received`, `adopt`, `decline`: two officers of two authorities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from taawun.cooperation.wire import digest
from taawun.desk.desk import open_desk
from taawun.desk.papers import Paper
from taawun.desk.requests import write_opening
from taawun.detection.own import catalogue, in_yaml
from tests.desk.two import A, B, Two, now

OFFENCE = ("--offence", "money_laundering", "--send")
WHY = "{en: because, ar: لأن}"


@pytest.fixture
def two(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Two:
    one = {"fields": "[aml_cft]", "purposes": "[intelligence]", "four_eyes": "[]"}
    return Two.agreed(tmp_path, capfd, services="[ask, disclose, match, typology]", **one)


def shared(two: Two, code: str = "fan_in", *said: str) -> str:
    """The thread in which XB-FIU has a definition of XA-FIU's."""
    made = two.json(A, "typologies", "share", code, "--to", B, *OFFENCE, *said)
    assert made["sent"]
    two.post()
    return str(made["thread"])


def own_version(two: Two, total: int = 500) -> None:
    """XA-FIU's own second version of a definition, in force."""
    text = f"fan_in:\n  version: 2\n  parameters:\n    total: {{value: {total}, why: {WHY}}}\n"
    two.json(A, "typologies", "draft", two.file("own.yml", text))
    two.json(A, "typologies", "live", "fan_in")


def sent_entries(two: Two, entries: list[str]) -> list[str]:
    """Messages with entries as no command of ours would write them; their threads."""
    sent = []
    with open_desk(two.home(A), officer="salma", at=now()) as desk:
        for entry in entries:
            said: dict[str, Any] = {"to": B, "code": "fan_in", "entry": entry}
            said |= {"sha256": digest(entry.encode()), "description": ["made up"]}
            paper = Paper("", {**said, "offences": ["fraud"]}, {})
            sent.append(write_opening(desk, "typology", paper, send_now=True).message.id)
    two.post()
    return sent


def test_a_definition_is_shared_checked_and_adopted(two: Two) -> None:
    own_version(two)
    thread = shared(two, "fan_in", "--seen", "forty accounts in two years")
    (row,) = two.json(B, "typologies", "received")["typologies"]
    assert (row["code"], row["from"], row["taken"], row["problems"]) == ("fan_in", A, "waits", [])
    assert row["definition"]["parameters"]["total"]["value"] == 500
    languages = [each["lang"] for each in row["shared"]["description"]]
    assert languages == ["en", "ar"]
    page = two.run(B, "typologies", "received", thread[:8])[1]
    for part in ("shared by XA-FIU", "forty accounts", "money laundering", "not decided", "500"):
        assert part in page
    assert "لم يُبَتّ فيه" in two.run(B, "typologies", "received", "--lang", "ar")[1]

    assert two.json(B, "typologies", "adopt", thread[:8]) == {"code": "fan_in", "version": 2}
    draft = catalogue(two.home(B)).draft("fan_in")
    assert draft.parameters["total"] == 500
    assert draft.sources[-1] == f"XA-FIU, {thread}"
    assert two.json(B, "typologies", "received", thread)["taken"] == "draft"
    assert two.json(B, "request", "list")["threads"] == []
    two.json(B, "typologies", "live", "fan_in")
    assert two.json(B, "typologies", "received", thread)["taken"] == "live"
    journal = two.run(B, "journal", "show")[1]
    assert "typology.adopted" in journal


def test_a_partner_hears_nothing_of_what_became_of_it(two: Two) -> None:
    adopted, declined = shared(two), shared(two, "cycle")
    two.json(B, "typologies", "adopt", adopted)
    two.json(B, "typologies", "decline", declined, "--reason", "we have none such")
    two.post()
    assert {each["state"] for each in two.json(A, "request", "list", "--all")["threads"]} == {
        "sent"
    }
    taken = {
        each["code"]: each["taken"] for each in two.json(B, "typologies", "received")["typologies"]
    }
    assert taken == {"fan_in": "draft", "cycle": "declined"}


def test_what_was_declined_is_declined_once_and_may_be_adopted_after_all(two: Two) -> None:
    thread = shared(two, "cycle")
    assert two.run(B, "typologies", "decline", thread, "--reason", "  ")[0] == 2
    two.json(B, "typologies", "decline", thread, "--reason", "not here")
    assert two.run(B, "typologies", "decline", thread, "--reason", "again")[0] == 1
    two.json(B, "typologies", "adopt", thread, "--code", "cycle_of_xa")
    assert two.json(B, "typologies", "received", thread)["kept_as"] == "cycle_of_xa"


def test_a_version_that_is_not_above_ours_is_adopted_under_another_code(two: Two) -> None:
    text = f"fan_in:\n  version: 9\n  parameters:\n    total: {{value: 1, why: {WHY}}}\n"
    two.json(B, "typologies", "draft", two.file("own.yml", text))
    two.json(B, "typologies", "live", "fan_in")
    own_version(two)
    thread = shared(two)
    status, _, err = two.run(B, "typologies", "adopt", thread)
    assert (status, "version" in err, "above 9" in err) == (1, True, True)
    assert [each.code for each in catalogue(two.home(B)).drafts()] == []
    two.json(B, "typologies", "adopt", thread, "--code", "fan_in_xa")
    assert catalogue(two.home(B)).draft("fan_in_xa").parameters["total"] == 500


WRONG = {
    "no YAML": "fan_in: [",
    "another code": "cycle: {version: 1}",
    "two entries": "fan_in: {version: 2}\ncycle: {version: 2}",
    "an unknown field": "fan_in: {version: 2, colour: red}",
    "an unknown kernel": "fan_in: {kernel: magic, version: 2}",
    "a bomb": "fan_in: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b]",
    "itself": "fan_in: &a {version: *a}",
    "depth": "fan_in: " + "[" * 9000,
    "a huge number": "fan_in: {version: " + "9" * 9000 + ", live: 2}",
    "a day that is none": "fan_in: {version: 2026-99-99}",
    "nothing": "{}",
}


def test_what_the_catalogue_refuses_is_told_and_not_adopted(two: Two) -> None:
    threads = dict(zip(WRONG, sent_entries(two, list(WRONG.values())), strict=True))
    found = {each["thread"]: each for each in two.json(B, "typologies", "received")["typologies"]}
    for what, thread in threads.items():
        assert (found[thread]["definition"], found[thread]["taken"]) == (None, "waits"), what
        assert found[thread]["problems"], what
        status, _, err = two.run(B, "typologies", "adopt", thread)
        assert (status, "Traceback" in err) == (1, False), what
    assert catalogue(two.home(B)).drafts() == ()
    assert {each["state"] for each in two.json(B, "request", "list")["threads"]} == {"received"}
    thread = threads["an unknown field"]
    status, out, err = two.run(B, "typologies", "received", thread)
    assert (status, "shared by XA-FIU" in out, "cannot be adopted" in err) == (1, True, True)
    assert "fan_in.colour: there is no such field" in err
    two.json(B, "typologies", "decline", thread, "--reason", "it cannot be read")


def test_only_what_is_in_the_catalogue_is_shared_and_nothing_of_anybody(two: Two) -> None:
    assert two.run(A, "typologies", "share", "magic", "--to", B, *OFFENCE)[0] == 1
    assert two.run(A, "typologies", "share", "fan_in", "--to", B, "--offence", "tax")[0] == 2
    personal = ("--seen", "wrote from a.b@example.org")
    status, _, err = two.run(A, "typologies", "share", "fan_in", "--to", B, *OFFENCE, *personal)
    assert (status, "no personal data" in err) == (1, True)
    status, _, err = two.run(A, "typologies", "share", "fan_in", "--to", "XC-FIU", *OFFENCE)
    assert (status, "say which agreement" in err) == (1, True)
    assert two.json(A, "request", "list")["drafts"] == []


def test_a_thread_of_another_kind_brought_no_typology(two: Two) -> None:
    thread = shared(two)
    for command in ("received", "adopt"):
        status, _, err = two.run(A, "typologies", command, thread)
        assert (status, "no typology was received" in err) == (2, True)
    status, _, err = two.run(A, "typologies", "received", thread, "--lang", "ar")
    assert "لم يرد نمط" in err
    assert two.json(A, "typologies", "received") == {"typologies": []}
    assert two.run(A, "typologies", "received")[1] == "No partner has shared a typology.\n"


def test_a_definition_of_ones_own_is_shared_with_its_own_words(two: Two) -> None:
    words = "{en: Round sums, ar: مبالغ مدورة}"
    text = f"own_fan:\n  kernel: fan_in\n  version: 1\n  name: {words}\n  what: {words}\n"
    two.json(A, "typologies", "draft", two.file("own.yml", text))
    thread = shared(two, "own_fan")
    found = two.json(B, "typologies", "received", thread)
    assert [each["text"] for each in found["shared"]["description"]] == [
        "Round sums",
        "مبالغ مدورة",
    ]
    assert found["shared"]["entry"] == in_yaml({"own_fan": found["definition"]})


def test_a_code_that_no_message_could_share_is_not_taken(two: Two) -> None:
    thread = shared(two)
    for code in ("../x", "fan in", "Fan"):
        status, _, err = two.run(B, "typologies", "adopt", thread, "--code", code)
        assert (status, "a code in small letters" in err) == (1, True), code
    assert catalogue(two.home(B)).drafts() == ()
    assert two.json(B, "typologies", "received", thread)["taken"] == "waits"


def test_a_partner_cannot_make_another_of_its_definitions_seem_adopted(two: Two) -> None:
    first = shared(two, "cycle")
    sources = f"[a paper, 'XA-FIU, {first}']"
    (second,) = sent_entries(two, [f"fan_in: {{version: 2, sources: {sources}}}"])
    two.json(B, "typologies", "adopt", second)
    draft = catalogue(two.home(B)).draft("fan_in")
    assert draft.sources[-2:] == ("a paper", f"XA-FIU, {second}")
    assert two.json(B, "typologies", "received", first)["taken"] == "waits"
