"""`taawun agreement` as a person or a script uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from taawun.cooperation.act import ACT, Act
from taawun.cooperation.trust.parties import read_card
from taawun.cooperation.trust.signing import verify
from taawun.cooperation.wire import digest
from tests.desk.two import A, B, Two


@pytest.fixture
def two(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Two:
    return Two.met(tmp_path, capfd)


def states(two: Two, code: str, *args: str) -> list[str]:
    return [each["state"] for each in two.json(code, "agreement", "list", *args)["agreements"]]


def test_the_template_is_an_agreement_that_both_sign(two: Two) -> None:
    id = two.json(A, "agreement", "new", two.mou())["id"]
    assert states(two, A) == ["draft"]
    status, out, _ = two.run(A, "agreement", "sign", id[:6])
    assert (status, f"Told: {B}" in out) == (0, True)
    two.post()
    assert (states(two, A), states(two, B)) == (["proposed"], ["proposed"])
    two.json(B, "agreement", "sign", id)
    two.post()
    assert (states(two, A), states(two, B)) == (["in_force"], ["in_force"])


@pytest.mark.parametrize(
    ("changed", "line", "said"),
    [
        ({"onward": "maybe"}, "onward", "onward: this field cannot be used"),
        ({"onward": ""}, "", "onward: this field is missing"),
        ({"services": "[ask, spy]"}, "services", "services.2: this field cannot be used"),
        ({"parties": "[XA-FIU]"}, "", "nobody agrees with himself alone"),
        ({"parties": "[xa, XB-FIU]"}, "parties", "parties.1"),
        ({"retention_days": "0"}, "retention_days", "greater than or equal to 1"),
        ({"valid_from": "2026-13-01"}, "valid_from", "expected YYYY-MM-DD"),
        ({"valid_from": "2020-01-01\nvalid_until: 2021-01-01"}, "valid_until", "time is past"),
        ({"valid_from": "2026-01-01\nsecret: true"}, "secret", "no such field"),
        ({"valid_from": "2026-01-01\nsecret:"}, "secret", "no such field"),
        ({"valid_from": "2026-01-01\nmade_by: XA-FIU"}, "made_by", "put in by the node"),
        ({"valid_from": "2026-01-01\nonward: none"}, "onward", "this name stands twice"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(
    two: Two, changed: dict[str, str], line: str, said: str
) -> None:
    file = two.mou(**changed)
    lines = Path(file).read_text("utf-8").splitlines()
    status, out, err = two.run(A, "agreement", "new", file)
    assert (status, out, said in err) == (1, "", True)
    numbers = [at for at, text in enumerate(lines, 1) if line and text.startswith(f"{line}:")]
    assert not numbers or f"mou.yml:{numbers[-1]}: {line}" in err
    assert two.json(A, "agreement", "list")["agreements"] == []


@pytest.mark.parametrize("text", ["", "[1, 2]", "a: [", "a: &x {b: *x}", "title: \x00"])
def test_what_is_no_file_of_fields_is_told_apart(two: Two, text: str) -> None:
    status, _, err = two.run(A, "agreement", "new", two.file("odd.yml", text))
    assert (status, "odd.yml" in err) == (1, True)


def test_json_is_read_too_and_problems_are_in_arabic(two: Two) -> None:
    said = two.json(A, "agreement", "template")
    file = two.file("mou.json", json.dumps(said))
    assert len(two.json(A, "agreement", "new", file)["id"]) == 64
    file = two.file("mou.json", json.dumps({**said, "secret": 1}))
    assert "لا يوجد حقل بهذا الاسم" in two.run(A, "agreement", "new", file, "--lang", "ar")[2]


def test_nobody_signs_twice_and_only_what_is_here(two: Two) -> None:
    id = two.agree()
    status, out, err = two.run(A, "agreement", "sign", id, "--json")
    assert (status, json.loads(out)["refused"]) == (1, "act.already")
    assert err == f"Refused: {A} has signed already\n"
    assert f"سبق أن وقّعت \u2068{A}" in two.run(A, "agreement", "sign", id, "--lang", "ar")[2]
    for unknown in ("ffffffff", id[:3]):
        assert "no agreement (or more than one)" in two.run(A, "agreement", "sign", unknown)[2]


def test_a_suspension_is_at_once_here_and_soon_there(two: Two) -> None:
    id = two.agree()
    assert two.run(A, "agreement", "permit", id, "--with", B)[0] == 0
    status, out, _ = two.run(B, "agreement", "suspend", id, "--reason", "a court said so")
    assert (status, "the whole; at once" in out) == (0, True)
    assert two.run(B, "agreement", "permit", id, "--with", A, "--incoming")[0] == 1
    assert two.run(A, "agreement", "permit", id, "--with", B)[0] == 0
    two.post()
    status, out, err = two.run(A, "agreement", "permit", id, "--with", B, "--json")
    assert (status, json.loads(out)["refused"]) == (1, "permit.suspended")
    assert f"{B} suspended the agreement" in err
    assert "a court said so" in two.run(A, "agreement", "show", id)[1]


def test_only_a_part_is_suspended_and_resumed_by_its_number(two: Two) -> None:
    id = two.agree()
    two.json(A, "agreement", "suspend", id, "--reason", "review", "--service", "match")
    two.json(A, "agreement", "suspend", id, "--reason", "review", "--field", "terrorism")
    may = ("agreement", "permit", id, "--with", B)
    assert two.run(A, *may, "--field", "aml_cft")[0] == 0
    assert two.run(A, *may, "--field", "terrorism")[0] == 1
    assert "in force; suspended" in " ".join(two.run(A, "agreement", "list")[1].split())
    status, _, err = two.run(A, "agreement", "resume", id)
    assert (status, "say which: 2, 3" in err) == (1, True)
    two.json(A, "agreement", "resume", id, "3")
    assert two.run(A, *may, "--field", "terrorism")[0] == 0
    two.json(A, "agreement", "resume", id)
    assert two.run(A, "agreement", "resume", id)[0] == 1
    two.post()
    status, out, _ = two.run(B, "agreement", "resume", id, "2", "--json")
    assert (status, json.loads(out)["refused"]) == (1, "act.lifts")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "say why: --reason"),
        (("--reason", " "), "say why: --reason"),
        (("--reason", "x", "--field", "judicial"), "--field: judicial is not in this agreement"),
        (("--reason", "x", "--service", "freeze"), "--service: freeze is not in this"),
        (("--reason", "x", "--service", "spying"), "--service: expected one of"),
        (("--reason", "x", "--partner", "someone"), "--partner: expected a code"),
        (("--reason", "x", "--from", "2026-01-01"), "is past; history is not rewritten"),
        (("--reason", "x", "--from", "tomorrow"), "--from: expected YYYY-MM-DD"),
    ],
)
def test_a_suspension_that_would_stop_nothing_is_wrong_use(
    two: Two, options: tuple[str, ...], said: str
) -> None:
    id = two.agree()
    status, _, err = two.run(A, "agreement", "suspend", id, *options)
    assert (status, said in err) == (2, True)
    assert states(two, A) == ["in_force"]


def test_an_announced_suspension_has_not_begun(two: Two) -> None:
    id = two.agree()
    two.json(A, "agreement", "suspend", id, "--reason", "new law", "--from", "2090-01-01")
    assert states(two, A) == ["in_force"]
    assert states(two, A, "--at", "2090-01-02") == ["suspended"]


def test_what_was_in_force_when_and_what_was_known_of_it(two: Two) -> None:
    before = two.json(A, "agreement", "list")["at"]
    id = two.agree()
    two.json(B, "agreement", "suspend", id, "--reason", "x")
    suspended = two.json(B, "agreement", "list")["at"]
    two.post()
    assert states(two, A) == ["suspended"]
    assert states(two, A, "--at", suspended) == ["suspended"]
    assert states(two, A, "--at", suspended, "--known-at", suspended) == ["in_force"]
    assert states(two, A, "--known-at", before) == []
    assert states(two, A, "--at", "2020-01-01") == ["draft"]
    assert states(two, A, "--state", "ended") == []
    assert states(two, A, "--partner", B) == ["suspended"]


def test_a_proposal_is_declined_and_an_agreement_ended(two: Two) -> None:
    id = two.json(A, "agreement", "new", two.mou(retention_days="30"))["id"]
    two.json(A, "agreement", "sign", id)
    two.post()
    assert two.run(B, "agreement", "decline", id)[0] == 2
    two.json(B, "agreement", "decline", id, "--reason", "not competent")
    assert states(two, B) == ["ended"]
    other = two.agree()
    assert two.run(A, "agreement", "end", other)[0] == 2
    two.json(A, "agreement", "end", other, "--reason", "new treaty")
    assert two.run(A, "agreement", "resume", other, "2")[0] == 1
    assert two.run(A, "agreement", "permit", other, "--with", B)[0] == 1


def test_who_is_trusted_later_hears_of_what_was_signed(two: Two, tmp_path: Path) -> None:
    late = "XC-FIU"
    two.found(late)
    id = two.json(A, "agreement", "new", two.mou(parties=f"[{A}, {late}]"))["id"]
    assert two.json(A, "agreement", "sign", id)["told"] == []
    card = two.json(late, "authority", "card")
    two.json(A, "authority", "add", two.file("c.card", card["signed"]))
    said = two.json(A, "authority", "confirm", late, card["fingerprint"])
    assert said["agreements_sent"] == [id]
    waiting = two.json(A, "node", "outbox")["outbox"]
    assert (waiting[0]["kind"], waiting[0]["recipient"]) == ("proposal", late)


def test_the_agreement_is_a_page_in_both_languages(two: Two) -> None:
    id = two.agree()
    english = two.run(A, "agreement", "show", id)[1]
    for text in ("Memorandum of understanding", "Budget: 1,000 questions a day", "in force", id):
        assert text in english
    arabic = two.run(A, "agreement", "show", id, "--lang", "ar")[1]
    for text in ("مذكرة تفاهم", "الحد اليومي: ١٬٠٠٠ سؤال", "سارية", "توقيع"):
        assert text in arabic


def test_what_is_exported_can_be_checked_without_this_node(two: Two, tmp_path: Path) -> None:
    id = two.agree()
    two.json(A, "agreement", "export", id, "--out", str(tmp_path / "record.json"))
    record = json.loads((tmp_path / "record.json").read_text("utf-8"))
    assert digest(record["canonical"].encode()) == record["sha256"] == id
    assert json.loads(record["canonical"]) == record["agreement"]
    keys = {key.kid: key for each in record["cards"] for key in read_card(each["signed"]).card.keys}
    signed = [verify(each["signed"], ACT, keys.__getitem__) for each in record["acts"]]
    acts = [Act.read(each.payload) for each in signed]
    assert [(act.party, act.deed.value) for act in acts] == [(A, "sign"), (B, "sign")]
