"""`taawun match` as a person or a script uses it; the nodes' own work is done in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from taawun.cooperation.exchange.courier import run_once
from taawun.cooperation.exchange.transport.memory import Post
from taawun.cooperation.node import Node, open_node
from taawun.cooperation.private import matching, offers
from taawun.cooperation.private.asking import Blinds
from taawun.cooperation.private.workers import Workers
from taawun.store import journal
from tests.desk.two import A, B, Two, now, receiving

PEOPLE = """id,name,kind,birth_date,country,identifier
1,محمد بن سالم الكندي,person,1971-03-02,AE,
2,Layla Farouk,person,1980,AE,P1234567
"""
WHO = ("Mohammed bin Salem Al Kindi", "--born", "1971-03-02")


@pytest.fixture
def two(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Two:
    monkeypatch.setattr(offers.Offer.__init__, "__defaults__", (64, 4096, 1_000_000))
    monkeypatch.setattr("taawun.desk.matching.Workers", lambda count: Workers(0))
    return Two.agreed(tmp_path, capfd)


@contextmanager
def nodes(two: Two) -> Iterator[dict[str, tuple[Node, Blinds]]]:
    """Both nodes running: what is asked is asked and read by one process."""
    held = {code: (open_node(two.home(code)), Blinds(Workers(0))) for code in (A, B)}
    try:
        yield held
    finally:
        for node, blinds in held.values():
            blinds.workers.close()
            node.close()


def go(held: dict[str, tuple[Node, Blinds]]) -> None:
    post = Post()
    for code, (node, _) in held.items():
        post.at(code, receiving(node))
    for _ in range(30):
        moved = [
            matching.do(node.store, blinds, now()) + run_once(node, post, now)
            for node, blinds in held.values()
        ]
        if not any(moved):
            return


def test_a_hit_becomes_a_request_and_a_suspension_destroys_the_key(two: Two) -> None:
    people = two.file("people.csv", PEOPLE)
    offered = two.json(B, "match", "terms", "--with", A, "--field", "aml_cft")
    made = two.json(B, "match", "table", offered["terms"][:8], "--file", people)
    assert made["fingerprints"] % 64 == 0
    with nodes(two) as held:
        go(held)
        assert two.run(A, "match", "accept", "ffffffff")[0] == 1
        two.json(A, "match", "accept", offered["terms"][:8])
        go(held)
        ask = ("match", "ask", "--with", B, "--field", "aml_cft", "--reference", "F1")
        asked = two.json(A, *ask, *WHO)["asked"]
        assert [each["lookup"]["state"] for each in asked] == ["waiting"]
        two.json(A, *ask, "Somebody Else Entirely", "--born", "1990-01-01")
        go(held)
    results = {each["number"]: each for each in two.json(A, "match", "results")["lookups"]}
    assert [results[number]["state"] for number in (1, 2)] == ["hit", "no_hit"]
    assert "قبل أي إجراء" in two.run(A, "match", "results", "--lang", "ar")[1]
    shown = two.run(A, "match", "results")[1]
    assert "A hit: the partner holds a record" in shown
    assert "No hit: no record was met" in shown
    assert "997 of 1,000" in two.run(A, "match", "status")[1], "two lookups and the controls"
    assert two.run(A, "match", "request", "2")[0] == 1
    hit = two.json(A, "match", "request", "1")
    assert (hit["to"], hit["subjects"][0]["names"][0]["text"]) == (B, WHO[0])
    two.json(A, "match", "request", "1", "--out", str(two.folder / "hit.yml"))
    status, _, err = two.run(A, "request", "new", str(two.folder / "hit.yml"))
    assert (status, "hit.yml" in err, "suspicion" in err) == (1, True, True)
    seeds = list((two.home(B) / "private" / "keys").iterdir())
    assert len(seeds) == 1
    id = two.json(B, "agreement", "list")["agreements"][0]["id"]
    said = two.json(B, "agreement", "suspend", id, "--reason", "x", "--service", "match")
    assert (said["matching_ended"], seeds[0].exists()) == (1, False)
    assert two.json(B, "match", "status")["terms"][0]["ended_why"] == "suspended"


def test_what_cannot_be_asked_is_told_apart(two: Two) -> None:
    ask = ("match", "ask", "--with", B, "--field", "aml_cft", "--reference", "F1")
    status, out, _ = two.run(A, *ask, "Ahmed", "--json")
    said = json.loads(out)["asked"][0]
    assert (status, said["lookup"], said["refused"]) == (1, None, "match.no_tokens")
    assert two.run(A, *ask, "Ahmed")[2].startswith("Not asked: The name has one telling part only")
    for wrong in (
        (),
        ("--number", "P1"),
        ("X", "--born", "soon"),
        ("X", "--kind", "cat"),
        ("X", "--country", "Atlantis"),
    ):
        assert two.run(A, *ask, *wrong)[0] == 2
    assert two.run(A, "match", "ask", "--with", B, "--reference", "F1", *WHO)[0] == 2
    assert two.run(A, "match", "ask", "--with", "XC-FIU", "--reference", "F", *WHO)[0] == 2
    assert two.json(A, "match", "results")["lookups"] == []


def test_a_table_is_made_by_the_owner_of_whole_files_only(two: Two) -> None:
    terms = two.json(B, "match", "terms", "--with", A, "--field", "aml_cft")["terms"]
    assert two.run(B, "match", "table", terms)[0] == 2
    broken = two.file("people.csv", PEOPLE.replace("1971-03-02", "soon"))
    status, _, err = two.run(B, "match", "table", terms, "--file", broken)
    assert (status, "people.csv:2" in err) == (1, True)
    assert two.run(B, "match", "table", terms, "--lists")[0] == 1
    assert two.run(B, "match", "table", terms, "--portfolio", "retail")[0] == 1
    assert (
        two.run(B, "match", "terms", "--with", A, "--field", "aml_cft", "--until", "2020-01-01")[0]
        == 2
    )


def test_a_second_officer_lets_lookups_go(two: Two) -> None:
    id = two.agree(four_eyes="[match]", retention_days="30")
    ask = ("match", "ask", "--with", B, "--agreement", id, "--field", "aml_cft")
    asked = two.json(A, *ask, "--reference", "F1", *WHO)["asked"]
    assert asked[0]["lookup"]["state"] == "held"
    status, _, err = two.run(A, "match", "approve", "1")
    assert (status, err.startswith("Refused: ")) == (1, True)
    freed = two.json(A, "match", "approve", "1", who="adam")["lookups"]
    assert [(each["state"], each["approved_by"]) for each in freed] == [("waiting", "adam")]


def test_what_of_a_table_was_refused_goes_again(two: Two) -> None:
    terms = two.json(B, "match", "terms", "--with", A, "--field", "aml_cft")["terms"]
    two.json(B, "match", "table", terms, "--file", two.file("people.csv", PEOPLE))
    assert two.json(B, "match", "resend", terms)["segments"] == 0
    with nodes(two) as held, held[B][0].store.begin() as unit:
        unit.connection.exec_driver_sql(
            "UPDATE match_segments SET state = 'refused', ground = 'match.table_segment'"
        )
    status, out, _ = two.run(B, "match", "resend", terms)
    assert (status, out) == (0, "1 segment of the table is sent again.\n")
    assert two.json(B, "match", "resend", terms)["segments"] == 0
    with nodes(two) as held, held[B][0].store.begin() as unit:
        unit.connection.exec_driver_sql("UPDATE match_segments SET state = 'handed_over'")
    assert two.json(B, "match", "resend", terms)["segments"] == 0, "they have it"
    assert two.run(B, "match", "resend", terms, "--segment", "2")[0] == 2
    assert two.json(B, "match", "resend", terms, "--segment", "1")["segments"] == 1
    assert two.run(A, "match", "resend", terms)[0] == 1, "the asker has no such terms yet"


UNKNOWN = """id,name,kind,birth_date,country,identifier
1,Layla Farouk,person,1980-05-06,AE,P1234567
2,Ali,person,,,
3,محمد,person,1971-03-02,,
"""
CANARIES = """id,name,kind,birth_date,country,identifier
heron,Tarquin Velloso Brackenridge,person,1959-11-30,,ZZ9990001
egret,Tom,person,,,
"""


def test_who_cannot_be_hit_is_told_with_the_reasons(two: Two) -> None:
    terms = two.json(B, "match", "terms", "--with", A, "--field", "aml_cft")["terms"]
    people, canaries = two.file("people.csv", UNKNOWN), two.file("canaries.csv", CANARIES)
    out = two.folder / "unmatched.csv"
    make = ("match", "table", terms, "--file", people, "--unmatched", str(out))
    status, printed, _ = two.run(B, *make, "--canaries", canaries, "--json")
    said = json.loads(printed)
    assert status == 1, "a canary that stands in no table catches nobody"
    assert {name: said[name] for name in ("records", "unmatched", "reasons", "canaries")} == {
        "records": 3,
        "unmatched": 2,
        "reasons": {"tokens.one_part": 2},
        "canaries": 1,
    }
    assert said["canaries_unmatched"] == {"egret": ["tokens.one_part"]}
    rows = [row.split(",")[:2] for row in out.read_text("utf-8-sig").splitlines()]
    assert rows == [["id", "code"], ["2", "tokens.one_part"], ["3", "tokens.one_part"]]
    with nodes(two) as held, held[B][0].store.reading() as connection:
        made = [line for line in journal.lines(connection) if line.action == "match.table_made"]
    told = json.loads(made[-1].details)
    assert (told["records"], told["unmatched"], told["reasons"]) == (3, 2, {"tokens.one_part": 2})
    assert told["canaries_unmatched"] == ["egret"]
    status, printed, _ = two.run(B, *make, "--lang", "ar")
    assert (status, "سجلين منها" in printed, "unmatched.csv" in printed) == (0, True, True)
    assert "--unmatched" in two.run(B, *make[:-2])[1]


def test_terms_say_how_many_records_there_are_at_most(two: Two) -> None:
    terms = ("match", "terms", "--with", A, "--field", "aml_cft", "--records")
    said = two.json(B, *terms, "1001")
    assert said["document"]["records_most"] == 10_000
    assert two.run(B, *terms, "1000000001")[0] == 2
