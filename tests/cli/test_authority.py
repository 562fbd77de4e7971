"""`taawun authority` as a person or a script uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.two import A, B, Two


@pytest.fixture
def two(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Two:
    return Two.founded(tmp_path, capfd)


def test_an_authority_is_made_once(two: Two) -> None:
    said = ("--code", A, "--kind", "fiu", "--name", "en=X", "--competence", "aml_cft")
    status, _, err = two.run(A, "authority", "init", *said)
    assert (status, "already" in err) == (1, True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--code": "xa"}, "--code: cannot be used"),
        ({"--kind": "bank"}, "--kind: expected one of fiu, justice"),
        ({"--name": "FIU"}, "--name: expected en=NAME"),
        ({"--competence": "tax"}, "--competence: expected one of"),
        ({"--address": "ftp://x"}, "--address: cannot be used"),
    ],
)
def test_what_cannot_stand_on_a_card_is_wrong_use_and_makes_nothing(
    two: Two, tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    good = {"--code": "XC-FIU", "--kind": "fiu", "--name": "en=X", "--competence": "aml_cft"}
    given = [part for pair in {**good, **changed}.items() for part in pair]
    status, _, err = two.run("XC-FIU", "authority", "init", *given)
    assert (status, said in err) == (2, True)
    assert not (tmp_path / "XC-FIU" / "keys").exists()


def test_a_partner_is_trusted_when_its_fingerprint_was_compared(two: Two) -> None:
    card = two.json(B, "authority", "card")
    file = two.file("b.card", card["signed"] + "\n")
    status, out, _ = two.run(A, "authority", "add", file)
    assert (status, "not trusted yet" in out, card["fingerprint"] in out) == (0, True, True)
    assert two.run(A, "authority", "confirm", B, "12 34")[::2] == (
        1,
        f"Refused: the fingerprint is not that of the newest card of {B}: do not trust it\n",
    )
    spoken = card["fingerprint"].upper().split(" ")
    assert two.run(A, "authority", "confirm", B, *spoken)[0] == 0
    known = two.json(A, "authority", "list")["authorities"]
    assert [(each["authority"], each["trust"]) for each in known] == [(A, "own"), (B, "confirmed")]
    actions = [line["action"] for line in two.json(A, "journal", "show")["lines"]]
    assert actions == ["node.card", "party.card", "party.confirmed"]


def test_who_acts_is_in_the_journal_and_nobody_acts_without_a_name(two: Two) -> None:
    assert two.run(A, "authority", "renew", "--rotate", who="  ")[0] == 2
    two.json(A, "authority", "renew", "--rotate", who="سلمى")
    assert two.json(A, "journal", "show")["lines"][-1]["actor"] == "سلمى"


def test_a_refusal_is_one_document_too(two: Two) -> None:
    card = two.file("own.card", two.json(A, "authority", "card")["signed"])
    status, out, err = two.run(A, "authority", "add", card, "--json")
    assert (status, out) == (1, '{"refused":"card.own","params":{}}\n')
    assert "the card of this authority itself" in err
    assert "هذه بطاقة تعريف" in two.run(A, "authority", "add", card, "--lang", "ar")[2]


@pytest.mark.parametrize("text", ["", "not a card", "a.b.c", "{}"])
def test_what_is_no_card_is_refused(two: Two, text: str) -> None:
    status, _, err = two.run(A, "authority", "add", two.file("x.card", text))
    assert (status, err.startswith("Refused: ")) == (1, True)


def test_new_keys_carry_over_and_partners_are_told(two: Two) -> None:
    two.meet()
    before = two.json(A, "authority", "card")["fingerprint"]
    said = two.json(A, "authority", "renew", "--rotate", "--address", "https://a.example")
    assert (said["number"], said["told"], said["fingerprint"] != before) == (2, [B], True)
    assert two.post() == 1
    known = two.json(B, "authority", "show", A)
    assert (known["trust"], known["fingerprint"]) == ("confirmed", said["fingerprint"])
    assert known["card"]["address"] == "https://a.example"


def test_a_revoked_key_counts_no_more_and_its_card_has_to_be_compared(two: Two) -> None:
    two.meet()
    kid = next(key["kid"] for key in two.json(A, "authority", "show", A)["keys"])
    assert two.run(A, "authority", "renew", "--revoke", kid[:8])[0] == 2
    said = two.json(A, "authority", "renew", "--revoke", kid[:8], "--reason", "stolen")
    assert kid in [each["kid"] for each in said["revoked"]]
    two.post()
    known = two.json(B, "authority", "show", A)
    assert known["trust"] == "newer"
    assert {key["state"] for key in known["keys"] if key["kid"] == kid} == {"revoked"}
    two.json(B, "authority", "confirm", A, said["fingerprint"])
    assert two.json(B, "authority", "show", A)["trust"] == "confirmed"
    assert "stolen" in two.run(B, "authority", "show", A)[1]


def test_a_partners_key_is_distrusted_with_a_reason(two: Two) -> None:
    two.meet()
    kid = two.json(A, "authority", "show", B)["keys"][0]["kid"]
    assert two.run(A, "authority", "distrust", B, kid[:6], "--reason", " ")[0] == 2
    assert two.run(A, "authority", "distrust", B, "zzz", "--reason", "leak")[0] == 1
    assert two.json(A, "authority", "distrust", B, kid[:6], "--reason", "leak")["kid"] == kid
    states = {key["kid"]: key["state"] for key in two.json(A, "authority", "show", B)["keys"]}
    assert states[kid] == "revoked"


def test_the_list_is_shown_in_arabic(two: Two) -> None:
    out = two.run(A, "authority", "list", "--lang", "ar")[1]
    assert "وحدة المعلومات المالية" in out
    assert "جهتنا" in out


def test_blocs_ship_and_grow(two: Two) -> None:
    shown = {each["bloc"]: each for each in two.json(A, "authority", "bloc", "list")["blocs"]}
    assert shown["GCC"]["members"] == ["AE", "BH", "KW", "OM", "QA", "SA"]
    then = ("authority", "bloc", "list", "--at", "2019-06-01")
    before = {each["bloc"]: each["members"] for each in two.json(A, *then)["blocs"]}
    assert "GB" in before["EU"]
    assert "GB" not in shown["EU"]["members"]
    two.json(A, "authority", "bloc", "join", "XBLOC", "XA", "--since", "2026-01-01")
    grown = two.json(A, "authority", "bloc", "list")["blocs"]
    before = two.json(A, "authority", "bloc", "list", "--known-at", "2026-01-02")["blocs"]
    assert "XBLOC" not in {each["bloc"] for each in before}, "nobody here had recorded it then"
    assert ["XA"] in [each["members"] for each in grown]
    for wrong in (("xb", "XA", "2026-01-01"), ("XB", "XAA", "2026-01-01"), ("XB", "XA", "soon")):
        status = two.run(A, "authority", "bloc", "join", *wrong[:2], "--since", wrong[2])[0]
        assert status == 2


def test_a_card_comes_from_an_address_over_https_only(two: Two) -> None:
    status, _, err = two.run(A, "authority", "add", "http://partner.example/card")
    assert (status, "only https:// beyond this machine" in err) == (2, True)
    status, _, err = two.run(A, "authority", "add", "http://127.0.0.1:9/")
    assert (status, "cannot be reached" in err) == (1, True)


def test_without_an_authority_there_is_nothing_to_act_for(two: Two) -> None:
    status, _, err = two.run("nobody", "authority", "renew", "--rotate")
    assert (status, "taawun authority init" in err) == (1, True)
