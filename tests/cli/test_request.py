"""`taawun request` as a person or a script uses it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from taawun.cooperation.requests import information
from taawun.desk.desk import open_desk
from taawun.desk.drafts import template
from tests.desk.two import A, B, Two, changed_lines


@pytest.fixture
def two(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Two:
    return Two.agreed(tmp_path, capfd)


def file(two: Two, name: str, **changed: str) -> str:
    return two.file(name, changed_lines(template(name), **changed))


def drafted(two: Two, code: str, *args: str) -> tuple[str, str]:
    """The id and digest of a draft that a command makes."""
    said = two.json(code, "request", *args)
    return said["draft"], said["sha256"]


def sent(two: Two, code: str, *args: str) -> str:
    """Draft, approve by another officer, send, deliver; the id of the thread."""
    draft, digest = drafted(two, code, *args)
    two.json(code, "request", "approve", draft, digest, who="adam")
    thread = two.json(code, "request", "send", draft)["thread"]
    two.post()
    return str(thread)


def work(two: Two, code: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = two.json(code, "request", "list")["threads"]
    return found


def test_a_request_goes_with_a_second_officer_and_is_answered(two: Two) -> None:
    draft, digest = drafted(two, A, "new", file(two, "request.yml"))
    status, _, err = two.run(A, "request", "send", draft)
    assert (status, err) == (1, "Refused: a second officer must approve this first\n")
    status, _, err = two.run(A, "request", "approve", draft, digest)
    assert (status, err) == (1, "Refused: nobody approves or sends back his own work\n")
    assert two.run(A, "request", "approve", draft, digest, who=" SALMA")[0] == 1
    assert two.run(A, "request", "approve", draft, "0" * 64, who="adam")[0] == 1
    assert two.run(A, "request", "approve", draft, digest[:31], who="adam")[0] == 2
    two.json(A, "request", "approve", draft[:8], digest[:32], who="adam")
    assert two.json(A, "request", "send", draft)["sent"]
    two.post()
    assert [(each["state"], each["owing"]) for each in work(two, B)] == [("received", "we")]
    two.json(B, "request", "acknowledge", draft, "--expected-by", "2099-01-01")
    two.json(B, "request", "start", draft)
    thread = sent(two, B, "answer", draft[:8], file(two, "answer.yml"))
    assert thread == draft
    assert [each["state"] for each in work(two, A)] == ["partial"]
    out = two.run(A, "request", "show", draft)[1]
    for text in ("answered in part", "The account was opened in person", "محمد بن سالم الكندي"):
        assert text in out
    assert "feedback" in out
    two.json(A, "request", "close", draft)
    assert work(two, A) == []
    assert two.json(A, "request", "list", "--all")["threads"][0]["state"] == "closed_partial"


def test_a_draft_that_is_changed_is_approved_no_more(two: Two) -> None:
    draft, digest = drafted(two, A, "new", file(two, "request.yml"))
    two.json(A, "request", "approve", draft, digest, who="adam")
    other = file(two, "request.yml", reference="XA/2026/115")
    changed, after = drafted(two, A, "change", draft, other)
    assert (changed, after != digest) == (draft, True)
    status, out, _ = two.run(A, "request", "approve", draft, digest, "--json", who="adam")
    assert (status, json.loads(out)["refused"]) == (1, "review.changed")
    two.json(A, "request", "approve", draft, after, who="adam")
    two.json(A, "request", "reject", draft, "--reason", "wrong file", who="adam")
    assert "wrong file" in two.run(A, "request", "show", draft)[1]
    two.json(A, "request", "abandon", draft, "--reason", "gone")
    assert two.json(A, "request", "list")["drafts"] == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"to": "XC-FIU"}, "agreement: say which agreement"),
        ({"to": "XB-FIU\nagreement: ffffffff"}, "no agreement (or more than one)"),
        ({"reference": ""}, "reference: this field is missing"),
        ({"title": "x\nsecrets: y"}, "secrets: there is no such field"),
        ({"offences": "[tax]"}, "offences.1: this field cannot be used"),
        ({"title": "x\nurgency: {needed_by: soon, reason: x}"}, "urgency.needed_by"),
        ({"sought": "[]\nignored:"}, "sought"),
        ({"language": "english"}, " language: this field cannot be used"),
    ],
)
def test_what_is_wrong_in_a_request_is_told_with_its_line(
    two: Two, changed: dict[str, str], said: str
) -> None:
    text = changed_lines(template("request.yml"), **changed)
    status, out, err = two.run(A, "request", "new", two.file("request.yml", text))
    assert (status, out) == (1, "")
    assert said in err


def test_a_request_is_refused_on_a_ground_that_the_standards_know(two: Two) -> None:
    thread = sent(two, A, "new", file(two, "request.yml"))
    wrong = ("request", "refuse", thread, "--reason", "x", "--ground")
    assert two.run(B, *wrong, "bank_secrecy")[0] == 2
    assert two.run(B, *wrong, "dual_criminality")[0] == 1
    assert (
        two.run(B, "request", "refuse", thread, "--reason", " ", "--ground", "no_reciprocity")[0]
        == 2
    )
    good = (
        "refuse",
        thread,
        "--ground",
        "impairs_investigation",
        "--reason",
        "An operation is on.",
    )
    sent(two, B, *good)
    shown = two.json(A, "request", "show", thread)
    assert shown["state"] == "refused"
    assert shown["messages"][-1]["body"]["grounds"] == ["impairs_investigation"]


def test_a_disclosure_needs_no_second_officer_here_and_gets_feedback(two: Two) -> None:
    said = two.json(A, "request", "disclose", file(two, "disclosure.yml"), "--send")
    assert (said["needs_second"], said["sent"]) == (False, True)
    two.post()
    assert [each["kind"] for each in work(two, B)] == ["disclosure"]
    useful = ("--usefulness", "useful", "--result", "new_subjects", "--text", "شكرًا")
    two.json(B, "request", "feedback", said["thread"], *useful, "--language", "ar", "--send")
    two.post()
    body = two.json(A, "request", "show", said["thread"])["messages"][-1]["body"]
    assert body["text"] == {"lang": "ar", "text": "شكرًا"}
    two.json(A, "request", "policy", "--service", "disclose", "--hours", "24")
    again = two.json(A, "request", "disclose", file(two, "disclosure.yml"), "--send")
    assert (again["needs_second"], again["sent"]) == (True, False)


def test_information_goes_on_only_with_consent(two: Two) -> None:
    given = two.json(A, "request", "disclose", file(two, "disclosure.yml"), "--send")["thread"]
    two.post()
    asking = ("request", "onward", given, "--to", "XB-POLICE", "--purpose", "investigation")
    assert two.run(B, *asking, "--reason", " ")[0] == 2
    asked = two.json(B, *asking, "--reason", "Their case", "--send")["thread"]
    two.post()
    assert two.run(A, "request", "consent", given, "--give")[0] == 2
    status, _, err = two.run(A, "request", "consent", asked, "--refuse")
    assert (status, "ground" in err) == (1, True)
    two.json(A, "request", "consent", asked, "--give", "--until", "2099-12-31", "--send")
    two.post()
    shown = two.json(B, "request", "show", given)
    consents = [item["consents"] for item in shown["items"]]
    assert [each[0]["recipient"] for each in consents] == ["XB-POLICE"] * len(consents)


def test_the_list_of_work_is_shown_in_both_languages(two: Two) -> None:
    thread = sent(two, A, "new", file(two, "request.yml"))
    assert "they owe: acknowledgement" in two.run(A, "request", "list")[1]
    arabic = two.run(B, "request", "list", "--lang", "ar")[1]
    assert "علينا: إشعار الاستلام" in arabic
    assert "طلب معلومات" in two.run(B, "request", "show", thread, "--lang", "ar")[1]


def test_a_suspension_keeps_a_draft_and_stops_it(two: Two) -> None:
    draft, digest = drafted(two, A, "new", file(two, "request.yml"))
    two.json(A, "request", "approve", draft, digest, who="adam")
    id = two.json(A, "agreement", "list")["agreements"][0]["id"]
    two.json(A, "agreement", "suspend", id, "--reason", "x")
    status, out, _ = two.run(A, "request", "send", draft, "--json")
    assert (status, json.loads(out)["refused"]) == (1, "permit.suspended")
    two.json(A, "agreement", "resume", id)
    assert two.json(A, "request", "send", draft)["sent"]


def test_a_second_officer_sees_the_caveats_that_go_with_a_text(two: Two) -> None:
    text = template("disclosure.yml") + "\ncaveats: {onward: none, delete_by: 2098-07-06}\n"
    draft, _ = drafted(two, A, "disclose", two.file("d.yml", text))
    shown = two.run(A, "request", "show", draft, who="adam")[1]
    message = two.json(A, "request", "show", draft)["message"]
    for part in (message["agreement"][:12], "Purpose: ", "XA-FIU", "never", "2098"):
        assert part in shown
    assert "الإحالة إلى الغير" in two.run(A, "request", "show", draft, "--lang", "ar")[1]


def test_a_file_that_is_attached_lies_beside_the_paper(two: Two, tmp_path: Path) -> None:
    text = template("disclosure.yml").replace("    # attachments", "    attachments")
    (tmp_path / "statement.pdf").write_bytes(b"%PDF-1.7 made up")
    said = two.json(A, "request", "disclose", two.file("d.yml", text))
    item = two.json(A, "request", "show", said["draft"])["message"]["body"]["items"][0]
    assert item["attachments"][0]["media"] == "application/pdf"
    outside = text.replace("statement.pdf", "../statement.pdf")
    status, _, err = two.run(A, "request", "disclose", two.file("d.yml", outside))
    assert (status, "not beside the file" in err) == (1, True)


@pytest.mark.parametrize("command", ["acknowledge", "start", "close", "show", "send", "propose"])
def test_what_is_not_here_is_said_so(two: Two, command: str) -> None:
    status, _, err = two.run(A, "request", command, "ffffffff")
    assert (status, "begins with 'ffffffff'" in err) == (1, True)


@pytest.mark.parametrize(
    ("option", "wrong", "field"),
    [("--to", "the police", "recipient"), ("--language", "English", "lang")],
)
def test_what_is_wrong_in_asking_for_consent_is_told(
    two: Two, option: str, wrong: str, field: str
) -> None:
    given = two.json(A, "request", "disclose", file(two, "disclosure.yml"), "--send")["thread"]
    two.post()
    said = {"--to": "XC-FIU", "--purpose": "intelligence", "--reason": "x", option: wrong}
    args = [text for pair in said.items() for text in pair]
    status, _, err = two.run(B, "request", "onward", given, *args)
    assert (status, f"{field}: this field cannot be used" in err) == (1, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('origins: ["{thread}:99999999999999999999"]', "no such item was received"),
        ("transfers: [{{on: 2026-02-11, amount: 99999999999999999999 AED}}]", "amount"),
        ('attachments: [{{file: "a\\0b"}}]', "not beside the file"),
    ],
)
def test_odd_numbers_and_names_are_told_as_what_they_are(two: Two, line: str, said: str) -> None:
    given = two.json(A, "request", "disclose", file(two, "disclosure.yml"), "--send")["thread"]
    two.post()
    text = changed_lines(template("disclosure.yml"), to=A).rstrip("\n")
    inside = "    " if line.startswith(("att", "tra")) else ""
    paper = two.file("odd.yml", f"{text}\n{inside}{line.format(thread=given)}\n")
    status, _, err = two.run(B, "request", "disclose", paper)
    assert (status, said in err) == (1, True), err


def test_the_list_stands_when_a_drafts_text_went_with_what_it_held(two: Two) -> None:
    given = two.json(A, "request", "disclose", file(two, "disclosure.yml"), "--send")["thread"]
    two.post()
    text = changed_lines(template("request.yml"), to=A) + f'\norigins: ["{given}:1"]\n'
    draft, _ = drafted(two, B, "new", two.file("onwards.yml", text))
    now = datetime.now(UTC)
    with open_desk(two.home(B), officer="salma", at=now) as desk, desk.store.begin() as unit:
        items = information.items_in(unit.connection, given)
        information.delete(unit, items, at=desk.at, actor="salma", reason="over")
    found = two.json(B, "request", "list")["drafts"]
    assert [(each["draft"], each["message"]) for each in found] == [(draft, None)]
    assert draft[:8] in two.run(B, "request", "list")[1]
    assert "awaiting" in two.run(B, "request", "show", draft)[1]
    two.json(B, "request", "abandon", draft, "--reason", "its text is gone")


def test_a_policy_keeps_what_is_not_said_anew(two: Two) -> None:
    two.json(A, "request", "policy", "--service", "disclose", "--kind", "feedback")
    after = two.json(A, "request", "policy", "--hours", "24")
    said: dict[str, Any] = {"services": ["disclose"], "kinds": ["feedback"], "hours": 24}
    assert after == {**said, "waits": None}


def test_a_rule_is_loosened_by_two_officers(two: Two) -> None:
    two.json(A, "request", "policy", "--service", "disclose", "--kind", "feedback")
    held: dict[str, Any] = {"services": ["disclose"], "kinds": ["feedback"], "hours": 72}
    less = {**held, "kinds": []}
    for who in ("salma", " SALMA", "sálma"):
        after = two.json(A, "request", "policy", "--kind", "", who=who)
        assert after == {**held, "waits": less}
    out = two.run(A, "request", "policy", "--kind", "")[1]
    assert out.startswith("This is less than what is in force")
    assert two.json(A, "request", "policy") == {**held, "waits": None}
    other = two.json(A, "request", "policy", "--kind", "", "--hours", "99", who="adam")
    assert other["waits"] == {**less, "hours": 99}
    assert two.json(A, "request", "policy", "--kind", "")["waits"] == less
    two.json(A, "request", "policy", "--hours", "71")  # what was asked is not the same any more
    less |= {"hours": 71}
    assert two.json(A, "request", "policy", "--kind", "", who="adam")["waits"] == less
    assert two.json(A, "request", "policy", "--kind", "") == {**less, "waits": None}


def test_nothing_is_due_for_deletion_yet(two: Two) -> None:
    assert two.json(A, "request", "retention") == {"due": [], "deleted": 0}
    assert two.run(A, "request", "retention", "--delete")[0] == 2


@pytest.mark.parametrize("kind", ["request", "disclosure", "answer", "freeze"])
def test_every_template_can_be_read(two: Two, kind: str) -> None:
    assert "reference" in two.json(A, "request", "template", kind)
    assert two.run(A, "request", "template", "letter")[0] == 2


@pytest.mark.parametrize(
    ("sizes", "status"), [((1_500_000,), 0), ((1_500_001,), 1), ((900_000, 900_000), 1)]
)
def test_attachments_are_read_no_further_than_a_message_carries(
    two: Two, tmp_path: Path, sizes: tuple[int, ...], status: int
) -> None:
    names = [f"part{at}.txt" for at in range(len(sizes))]
    for name, size in zip(names, sizes, strict=True):
        (tmp_path / name).write_bytes(b"a" * size)
    listed = ", ".join(f"{{file: {name}}}" for name in names)
    text = template("disclosure.yml").replace(
        "    # attachments: [{file: statement.pdf}]", f"    attachments: [{listed}]"
    )
    ended, _, err = two.run(A, "request", "disclose", two.file("d.yml", text))
    assert ended == status, err
    last = tmp_path / names[-1]
    wanted = f"Error: {last}: attachments of a message have at most 1500000 bytes\n"
    assert err == (wanted if status else err)


def test_what_is_attached_is_a_plain_file(two: Two, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "statement.pdf")
    text = template("disclosure.yml").replace("    # attachments", "    attachments")
    status, _, err = two.run(A, "request", "disclose", two.file("d.yml", text))
    assert (status, "not a plain file" in err) == (1, True)


def test_what_is_needed_no_longer_is_withdrawn_and_nobody_owes_it(two: Two) -> None:
    thread = sent(two, A, "new", file(two, "request.yml"))
    answer, digest = drafted(two, B, "answer", thread, file(two, "answer.yml"))
    two.json(B, "request", "approve", answer, digest, who="adam")
    assert two.run(A, "request", "withdraw", thread, "--reason", " ")[0] == 2
    sent(two, A, "withdraw", thread[:8], "--reason", "أُغلق الملف", "--language", "ar")
    assert (work(two, A), work(two, B)) == ([], [])
    shown = two.json(B, "request", "show", thread)
    assert (shown["state"], shown["clocks"]) == ("withdrawn", [])
    assert shown["messages"][-1]["body"] == {
        "reference": f"XA-FIU/{thread[:8]}",
        "usefulness": "not_needed",
        "results": [],
        "text": {"lang": "ar", "text": "أُغلق الملف"},
    }
    assert "withdrawal" in two.run(B, "request", "show", thread)[1]
    status, _, err = two.run(B, "request", "send", answer)
    assert (status, "does not fit a thread in the state" in err) == (1, True)
    two.json(B, "request", "abandon", answer, "--reason", "it was withdrawn")


def test_what_the_partner_asked_is_not_ours_to_withdraw(two: Two) -> None:
    thread = sent(two, A, "new", file(two, "request.yml"))
    status, _, err = two.run(B, "request", "withdraw", thread, "--reason", "x")
    assert (status, err) == (1, "Refused: this is not for the sender to say in this thread\n")
    assert two.json(B, "request", "list")["drafts"] == []
