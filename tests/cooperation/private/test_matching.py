"""Asked and answered between two nodes: hits where the tokens meet, and nothing else seen."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.cooperation.private import oprf
from taawun.cooperation.private.answering import answer_body
from taawun.cooperation.private.bodies import MatchQuestion, packed, unpacked
from taawun.cooperation.private.offers import KeptTerms
from taawun.cooperation.private.oprf import POINT
from taawun.cooperation.private.sheet import due, lay_out, points_in, read_off, stretches
from taawun.cooperation.private.table import Table
from taawun.cooperation.private.terms import Terms
from taawun.cooperation.private.vocabulary import vocabulary
from taawun.cooperation.requests import review
from taawun.errors import Refused
from taawun.store import journal
from taawun.wording import known
from tests.cooperation.private.pair import ASKER, EACH, OWNER, document, pair, person
from tests.cooperation.private.test_terms import TERMS

SEED = b"s" * 32
PUBLIC = oprf.public_key(SEED, TERMS.binding.info)


def fingerprints(tokens: Sequence[bytes]) -> oprf.U64:
    return oprf.fingerprints(oprf.known(SEED, TERMS.binding.info, tokens))


def asked(lookups: list[list[bytes]], kept: set[bytes], terms: Terms = TERMS) -> list[list[int]]:
    """One question and its answer, without any node between."""
    table = Table([np.unique(fingerprints([*kept, terms.check_tokens[0]]))])
    sheet = lay_out(lookups, terms)
    found = []
    for stretch in stretches(len(sheet.tokens), terms):
        clients, blinded = oprf.blind(sheet.tokens[stretch])
        answer = oprf.evaluate(SEED, terms.binding.info, blinded)
        found += oprf.finalise(clients, PUBLIC, answer)
    return read_off(sheet, table.has(oprf.fingerprints(found)))


TOKENS = st.sampled_from([f"token {n}".encode() for n in range(12)])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(TOKENS, min_size=1, max_size=4, unique=True), min_size=1, max_size=5),
    st.sets(TOKENS),
    st.integers(1, 9),
)
def test_hits_are_exactly_those_of_plain_text(
    lookups: list[list[bytes]], kept: set[bytes], every: int
) -> None:
    terms = TERMS.model_copy(update={"points_per_proof": every})
    plain = [[at for at, token in enumerate(row) if token in kept] for row in lookups]
    assert asked(lookups, kept, terms) == plain


def test_a_name_meets_across_scripts_and_says_by_what(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready(
            [person("Salim Hadid Mansour", "1970-01-02"), person("", number="AB1234567")],
        )
        two.ask(person("سليم حديد منصور", "1970-01-02"))
        two.ask(person("سليم حديد منصور", "1988-03-04"))
        two.ask(person("John Quincy Smithson", "1970-01-02", "AB1234567"))
        two.ask(document("AB1234568"))
        two.go()
        assert two.states() == ["hit", "no_hit", "hit", "no_hit"]
        assert [each.kinds for each in two.lookups()][::2] == [("name_and_date",), ("document",)]
        assert two.alarms(ASKER) + two.alarms(OWNER) == []


def test_several_questions_in_several_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from taawun.cooperation.private import asking
    from taawun.cooperation.private.workers import Workers

    monkeypatch.setattr(asking, "MOST_LOOKUPS", 3)
    with pair(tmp_path) as two, Workers(2) as workers:
        two.ready([document(f"XB10{n:05}") for n in range(0, 8, 2)])
        two.blinds[ASKER].workers = two.blinds[OWNER].workers = workers
        for number in range(8):
            two.ask(document(f"XB10{number:05}"))
        two.go()
        assert two.states() == ["hit", "no_hit"] * 4
        assert len(two.outbox(ASKER, "match_question")) == 4, "two lookups and a control in each"


def test_sizes_do_not_depend_on_what_is_known_of_a_subject(tmp_path: Path) -> None:
    rich = person("Salim Hadid Mansour Bashir", "1970-01-02", "AB1234567")
    sizes = []
    for number, subject in enumerate((rich, document("AB1234567"))):
        with pair(tmp_path / str(number)) as two:
            two.ready([rich])
            two.ask(subject)
            two.go()
            assert two.states() == ["hit"]
            sizes.append(
                [
                    each.size
                    for code, kind in ((ASKER, "match_question"), (OWNER, "match_answer"))
                    for each in two.outbox(code, kind)
                ]
            )
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize("tokens", [[b"a"], [bytes([at]) for at in range(EACH)]])
def test_each_lookup_takes_the_terms_number_of_points(tokens: list[bytes]) -> None:
    sheet = lay_out([tokens] * 5, TERMS)
    assert len(sheet.tokens) == points_in(sheet.counted, TERMS) == 6 * EACH, "the controls are due"
    for row in sheet.places:
        assert [sheet.tokens[place] for place in row] == tokens


def test_the_order_is_drawn_anew() -> None:
    laid = {lay_out([[b"a", b"b"]] * 3, TERMS).places for _ in range(20)}
    assert len(laid) > 15


def test_a_lookup_with_too_many_tokens_is_refused() -> None:
    for tokens in ([], [bytes([at]) for at in range(EACH + 1)]):
        with pytest.raises(Refused, match=r"match\.tokens"):
            lay_out([tokens], TERMS)
    for count, control in ((0, False), (1024, True), (1025, False)):
        with pytest.raises(ValueError, match="expected 1 to 1024"):
            lay_out([[b"a"]] * count, TERMS, control=control)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 4), max_size=9), st.booleans(), st.integers(1, 4))
def test_no_point_of_a_question_goes_uncounted(sizes: list[int], control: bool, each: int) -> None:
    """As many points as the lookups that it counts for have, whatever is asked; the controls in
    it whenever they are due, and else where dummies would be."""
    terms = TERMS.model_copy(update={"tokens_per_lookup": each})
    lookups = [[bytes([row, n]) for n in range(min(size, each))] for row, size in enumerate(sizes)]
    counted = len(lookups) + (due(terms) if control else 0)
    if not counted:
        return
    sheet = lay_out(lookups, terms, control=control)
    assert (sheet.counted, len(sheet.tokens)) == (counted, counted * each)
    room = counted * each - sum(map(len, lookups))
    assert (sheet.hit is not None) is (room >= 2) or control
    if sheet.hit is not None and sheet.miss is not None:
        found = sheet.tokens[sheet.hit], sheet.tokens[sheet.miss]
        assert found == terms.check_tokens
    assert [[sheet.tokens[at] for at in row] for row in sheet.places] == lookups


def test_the_controls_are_due_until_they_held(tmp_path: Path) -> None:
    """One lookup more of the budget for a process and a table, and none for the next ones."""
    rich = person("Salim Hadid Mansour Bashir", "1970-01-02", "AB1234567")
    with pair(tmp_path) as two:
        kept = two.ready([rich])
        counted = []
        for again in range(4):
            if again == 2:
                two.make(kept, [rich, document("AB7654321")])  # the table is another now
            if again == 3:
                two.restart(ASKER)
            two.go()
            two.ask(rich)
            two.go()
            said = [each for each in two.journal(OWNER) if each.action == "match.counted_in"]
            counted.append(sum(orjson.loads(each.details)["lookups"] for each in said))
        assert two.states() == ["hit"] * 4
        assert counted == [2, 3, 5, 7]


def test_the_last_lookup_of_a_day_may_be_the_control(tmp_path: Path) -> None:
    with pair(tmp_path, a_day=1) as two:
        two.ready([document("AB1234567")])
        two.ask(document("AB1234567"))
        two.go()
        assert [(each.state, each.ground) for each in two.lookups()] == [
            ("waiting", "permit.budget")
        ]
        two.later(days=1)
        two.go()
        assert two.states() == ["hit"]


def test_without_its_positive_control_a_batch_means_nothing() -> None:
    sheet = lay_out([[b"a"]], TERMS)
    found = np.zeros(len(sheet.tokens), np.bool_)
    with pytest.raises(Refused, match=r"match\.control_hit"):
        read_off(sheet, found)
    with pytest.raises(Refused, match=r"match\.control_miss"):
        read_off(sheet, ~found)
    found[sheet.hit] = True
    assert read_off(sheet, found) == [[]]


def test_the_owner_keeps_numbers_and_no_points(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready([document("AB1234567")])
        two.ask(document("AB1234567"))
        two.step(ASKER)
        two.carry(ASKER)
        (question,) = two.outbox(ASKER, "match_question")
        two.go()
        line = next(each for each in two.journal(OWNER) if each.action == "match.counted_in")
        assert orjson.loads(line.details) == {
            "agreement": two.mou.id,
            "day": "2026-03-14",
            "left": 98,
            "lookups": 2,
            "partner": ASKER,
            "purpose": "intelligence",
        }
        assert line.subject == question.message
        from taawun.store.tables.private import match_received

        with two.region[OWNER].store.reading() as connection:
            (row,) = connection.execute(match_received.select()).all()
        assert (row.lookups, row.points, row.state) == (2, b"", "answered")


def test_journals_hold_no_name_and_no_number(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready([person("Salim Hadid Mansour", "1970-01-02", "AB1234567")])
        two.ask(person("سليم حديد منصور", "1970-01-02", "AB1234567"))
        two.go()
        for code in (ASKER, OWNER):
            text = "".join(line.details + line.subject for line in two.journal(code))
            for word in ("Salim", "سليم", "AB1234567", "1970"):
                assert word not in text
            with two.region[code].store.reading() as connection:
                assert journal.verify(connection, two.region[code].store.home).whole


def test_four_eyes_hold_a_lookup_until_another_officer_agrees(tmp_path: Path) -> None:
    from taawun.cooperation.agreement import Service
    from taawun.cooperation.private import lookups
    from taawun.errors import Conflict

    with pair(tmp_path, four_eyes=(Service.MATCH,)) as two:
        two.ready([document("AB1234567")])
        held = two.ask(document("AB1234567"))
        two.go()
        assert two.states() == ["held"]
        with two.region[ASKER].begin() as unit:
            with pytest.raises(Refused, match=r"match\.own_approval"):
                lookups.approve(unit, held.number, at=two.now, actor="asker")
            with pytest.raises(Refused, match=r"match\.own_approval"):
                lookups.approve(unit, held.number, at=two.now, actor=" As\u200bKER")
            lookups.approve(unit, held.number, at=two.now, actor="another")
            with pytest.raises(Conflict):
                lookups.approve(unit, held.number, at=two.now, actor="a third")
        two.go()
        assert two.states() == ["hit"]


@pytest.mark.parametrize("wanted", [{"services": {"match"}}, {"kinds": {"match_question"}}])
def test_the_own_policy_holds_a_lookup_too(tmp_path: Path, wanted: dict[str, set[str]]) -> None:
    with pair(tmp_path) as two:
        rules = {name: frozenset(said) for name, said in wanted.items()}
        with two.region[ASKER].begin() as unit:
            review.set_policy(unit, review.ReviewPolicy(**rules), at=two.now, actor="officer")
        two.ask(document("AB1234567"))
        assert two.states() == ["held"]


def test_nothing_is_asked_of_a_name_that_is_too_common(tmp_path: Path) -> None:
    with pair(tmp_path) as two, pytest.raises(Refused, match=r"match\.no_tokens"):
        two.ask(person("Ali"))


def test_an_answer_is_cut_into_proofs_and_points() -> None:
    kept = KeptTerms("00" * 32, "owner", ASKER, TERMS, "agreed")
    body = answer_body(kept, "0" * 8 + "-0000-4000-8000-" + "0" * 12, [b"p" * 64 + b"a" * 64] * 2)
    assert unpacked(body.proofs) == b"p" * 128
    assert unpacked(body.points) == b"a" * 128


@pytest.mark.parametrize("text", ["AB", "AA=", "A", "AAB", "+A"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(Refused, match=r"match\.base64"):
        unpacked(text)


def test_bytes_come_back_from_base64() -> None:
    for size in range(70):
        data = random.Random(size).randbytes(size)
        assert unpacked(packed(data)) == data


def test_a_question_says_how_many_lookups_it_counts(tmp_path: Path) -> None:
    assert MatchQuestion.model_fields.keys() == {"v", "terms", "lookups", "points"}
    assert points_in(1024, TERMS) * POINT == 32_768 * EACH


@pytest.mark.parametrize("kind", vocabulary().kinds)
def test_every_kind_of_token_has_its_words(kind: str) -> None:
    assert known(f"match.kind.{kind}")
