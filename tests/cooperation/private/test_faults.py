"""What a partner may do wrong, by fault or on purpose, and what becomes of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taawun.cooperation.exchange.gate import place
from taawun.cooperation.private import handover, keyfile, oprf, table
from taawun.cooperation.private.bodies import MatchAnswer, MatchQuestion, MatchTable, packed
from taawun.cooperation.private.offers import KeptTerms, letter
from taawun.cooperation.private.vocabulary import vocabulary
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import Document
from taawun.errors import Refused
from tests.cooperation.private.pair import ASKER, EACH, OWNER, STEP, Pair, document, pair

KNOWN, UNKNOWN = document("AB1234567"), document("AB7654321")


def sends(two: Pair, sender: str, kept: KeptTerms, kind: str, body: Document, **more: Any) -> str:
    """A message of one's own making; gives its id."""
    office = two.region[sender]
    kept = two.terms(sender, kept.digest)
    message = letter(kept, kind, body, two.now, **more)
    with office.begin() as unit:
        place(unit, message, at=two.now, actor="somebody")
    two.carry(sender)
    return message.id


def asked(two: Pair) -> str:
    """A question is on its way and has arrived; nobody has looked at it yet. Its id."""
    two.ask(KNOWN)
    two.step(ASKER)
    two.carry(ASKER)
    return two.outbox(ASKER, "match_question")[-1].message


# Answers


def test_an_answer_with_another_key_is_told_by_its_proof(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        binding, home = kept.terms.binding, two.region[OWNER].home
        keyfile.destroy(home, binding)
        keyfile.make(home, binding)
        two.ask(KNOWN)
        two.go()
        (lookup,) = two.lookups()
        assert (lookup.state, lookup.ground) == ("failed", "match.proof")
        assert two.alarms(ASKER) == ["alarm.match.proof"]


def test_an_answer_that_was_touched_is_told_by_its_proof(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        question = asked(two)
        points = two.region[OWNER].store
        seed, info = keyfile.seed_of(points.home, kept.terms.binding), kept.terms.binding.info
        from taawun.store.tables.private import match_received

        with points.reading() as connection:
            (row,) = connection.execute(match_received.select()).all()
        good = oprf.evaluate(seed, info, row.points)
        swapped = good[:64] + good[96:128] + good[64:96] + good[128:]
        body = answer(kept, question, swapped)
        sends(two, OWNER, kept, "match_answer", body, answers=question)
        two.step(ASKER)
        assert [each.ground for each in two.lookups()] == ["match.proof"]


def answer(kept: KeptTerms, question: str, stretch: bytes) -> MatchAnswer:
    return MatchAnswer(
        terms=kept.digest,
        question=question,
        proofs=packed(stretch[:64]),
        points=packed(stretch[64:]),
    )


SHAPES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"points": packed(bytes(32))}, "match.size"),
    ({"proofs": packed(bytes(128))}, "match.size"),
    ({"proofs": "AB"}, "match.base64"),
    ({"terms": "00" * 32}, "match.terms_unknown"),
    ({"question": "00000000-0000-4000-8000-000000000000"}, "match.question_unknown"),
)


def test_an_answer_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        question = asked(two)
        for change, _ in SHAPES:
            body = answer(kept, question, bytes(64 + 2 * EACH * 32)).model_copy(update=change)
            sends(two, OWNER, kept, "match_answer", body, answers=question)
        assert two.refused(OWNER) == [ground for _, ground in SHAPES]
        two.go()
        assert two.states() == ["hit"], "the true answer still counts"


def test_an_answer_comes_once(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        question = asked(two)
        two.go()
        body = answer(kept, question, bytes(64 + 2 * EACH * 32))
        sends(two, OWNER, kept, "match_answer", body, answers=question)
        assert two.refused(OWNER) == ["match.question_twice"]
        assert two.states() == ["hit"]


def test_an_answer_of_identity_points_is_refused(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        question = asked(two)
        body = answer(kept, question, bytes(64 + 2 * EACH * 32))
        sends(two, OWNER, kept, "match_answer", body, answers=question)
        two.step(ASKER)
        assert [each.ground for each in two.lookups()] == ["match.point_identity"]
        assert two.alarms(ASKER) == ["alarm.match.proof"]


# Questions


QUESTIONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"lookups": 2}, "match.size"),
    ({"points": packed(bytes(EACH * 32))}, "match.point_identity"),
    ({"points": packed(b"\xff" * EACH * 32)}, "match.point_invalid"),
    ({"points": packed(b"\x01" * 33)}, "match.size"),
    ({"terms": "00" * 32}, "match.terms_unknown"),
)


def test_a_question_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        for said, _ in QUESTIONS:
            blinded = oprf.blind([b"x"] * EACH)[1]
            whole = {"terms": kept.digest, "lookups": 1, "points": packed(blinded), **said}
            sends(two, ASKER, kept, "match_question", MatchQuestion(**whole))
        two.go()
        assert two.refused(ASKER) == [ground for _, ground in QUESTIONS]
        assert "match.counted_in" not in two.actions(OWNER), "and nothing was spent"


def test_a_question_that_is_asked_again_is_another_question(tmp_path: Path) -> None:
    """The same points under a new id: answered, and counted once more."""
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        blinded = oprf.blind([b"x"] * EACH)[1]
        body = MatchQuestion(terms=kept.digest, lookups=1, points=packed(blinded))
        for _ in range(2):
            sends(two, ASKER, kept, "match_question", body)
        two.go()
        assert two.actions(OWNER).count("match.counted_in") == 2


def test_a_replayed_bundle_has_no_second_effect(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready([KNOWN])
        asked(two)
        partner, raw = two.post.sent[-1]
        assert partner == OWNER
        two.post.addresses[OWNER](raw)
        two.go()
        assert two.actions(OWNER).count("match.counted_in") == 1
        assert two.states() == ["hit"]


def test_the_same_question_is_counted_once(tmp_path: Path) -> None:
    from taawun.cooperation.permit import Direction
    from taawun.cooperation.private import budget
    from taawun.cooperation.private.answering import allowance_of

    with pair(tmp_path) as two:
        kept = two.offer()
        allowance = allowance_of(kept, Direction.IN)
        with two.region[OWNER].begin() as unit:
            budget.spend(unit, allowance, "question", 3, at=two.now, actor=ASKER)
            with pytest.raises(Refused, match=r"match\.question_twice"):
                budget.spend(unit, allowance, "question", 3, at=two.now, actor=ASKER)
            assert budget.left(unit.connection, allowance, two.now) == 97


# Controls and tables


def sends_table(two: Pair, kept: KeptTerms, numbers: Any, **said: Any) -> None:
    data = np.array(numbers, "<u8").tobytes()
    whole: dict[str, Any] = {
        "terms": kept.digest,
        "segment": 1,
        "size": len(numbers),
        "sha256": hashlib.sha256(data).hexdigest(),
        "part": 1,
        "content": packed(data),
    }
    sends(two, OWNER, kept, "match_table", MatchTable(**{**whole, **said}))


def test_a_table_of_something_else_is_told_by_the_positive_control(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()
        sends_table(two, kept, range(STEP))
        two.ask(KNOWN)
        two.go()
        assert [each.ground for each in two.lookups()] == ["match.control_hit"]
        assert two.alarms(ASKER) == ["alarm.match.control"]


def test_a_table_that_knows_everybody_is_told_by_the_negative_control(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()
        seed = keyfile.seed_of(two.region[OWNER].home, kept.terms.binding)
        both = oprf.known(seed, kept.terms.binding.info, kept.terms.check_tokens)
        sends_table(two, kept, sorted({*oprf.fingerprints(both).tolist(), *range(STEP - 2)}))
        two.ask(KNOWN)
        two.go()
        assert [each.ground for each in two.lookups()] == ["match.control_miss"]
        assert two.alarms(ASKER) == ["alarm.match.control"]


TABLES: tuple[tuple[Any, dict[str, Any], str], ...] = (
    ([*range(STEP - 1), 0], {}, "match.table_order"),
    (range(STEP - 1), {}, "match.table_size"),
    (range(STEP * 65), {}, "match.table_size"),
    (range(STEP), {"segment": 2}, "match.table_segment"),
    (range(STEP), {"part": 2}, "match.table_part"),
    (range(STEP), {"content": packed(bytes(8))}, "match.table_part"),
    (range(STEP), {"terms": "00" * 32}, "match.terms_unknown"),
)


def test_a_table_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()
        for numbers, said, _ in TABLES:
            sends_table(two, kept, numbers, **said)
        assert two.refused(OWNER) == [ground for *_, ground in TABLES]
        two.make(kept, [KNOWN])
        two.ask(KNOWN)
        two.go()
        assert two.states() == ["hit"], "the true table still counts"


def test_a_table_that_does_not_add_up_is_an_alarm_and_may_come_again(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()
        sends_table(two, kept, range(STEP), sha256="00" * 32)
        two.go()
        assert two.alarms(ASKER) == ["alarm.match.table"]
        two.ask(KNOWN)
        two.go()
        assert [(each.state, each.ground) for each in two.lookups()] == [
            ("waiting", "match.no_table")
        ]
        two.make(kept, [KNOWN])
        two.go()
        assert two.states() == ["hit"]


def test_a_table_of_many_parts_leaves_room_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from taawun.cooperation.private import handover, table

    monkeypatch.setattr(table, "PART", 64)
    with pair(tmp_path) as two:
        kept = two.agree(step=STEP * 2)
        two.make(kept, [KNOWN])
        two.step(OWNER)
        two.step(OWNER)
        assert len(two.outbox(OWNER, "match_table")) == handover.UNDER_WAY
        two.restart(OWNER)
        two.go()
        assert len(two.outbox(OWNER, "match_table")) == 16
        two.ask(KNOWN)
        two.go()
        assert two.states() == ["hit"]


def test_tables_do_not_stay_where_messages_are_kept(tmp_path: Path) -> None:
    from taawun.store.tables.exchange import inbox, outbox

    with pair(tmp_path) as two:
        two.ready([KNOWN])
        for code, table, column in ((OWNER, outbox, outbox.c.body), (ASKER, inbox, inbox.c.signed)):
            with two.region[code].store.reading() as connection:
                rows = connection.execute(table.select().where(table.c.kind == "match_table"))
                assert [len(row._mapping[column]) for row in rows] == [0]


def test_a_table_that_was_refused_is_not_taken_for_another(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        one, other = two.agree(), two.agree(field=CooperationField.TERRORISM)
        sends_table(two, other, range(STEP), sha256="00" * 32)  # something else is under way
        for kept in (one, other):
            two.make(kept, [KNOWN])
        two.step(OWNER)
        two.carry(OWNER)
        two.step(OWNER)
        with two.region[OWNER].store.reading() as connection:
            states = [handover.segments(connection, kept.digest)[0].state for kept in (one, other)]
        assert states == ["handed_over", "refused"]


def test_parts_of_ended_terms_do_not_stay_in_the_outbox(tmp_path: Path) -> None:
    from taawun.store.tables.exchange import outbox

    with pair(tmp_path) as two:
        kept = two.agree()
        two.make(kept, [KNOWN])
        two.step(OWNER)
        two.carry(OWNER)
        two.does(OWNER, "suspend", reason="a court said so")  # before the outbox was tidied
        two.go()
        with two.region[OWNER].store.reading() as connection:
            rows = connection.execute(outbox.select().where(outbox.c.kind == "match_table"))
            assert [(row.state, row.body) for row in rows] == [("delivered", b"")]


def test_a_table_that_was_refused_is_sent_again(tmp_path: Path) -> None:
    def held(two: Pair, kept: KeptTerms) -> handover.KeptSegment:
        with two.region[OWNER].store.reading() as connection:
            (found,) = handover.segments(connection, kept.digest)
        return found

    with pair(tmp_path) as two:
        kept = two.agree()
        sends_table(two, kept, range(STEP), sha256="00" * 32)  # something else is under way
        two.make(kept, [KNOWN])
        two.step(OWNER)
        two.carry(OWNER)
        two.step(OWNER)
        assert (held(two, kept).state, held(two, kept).ground) == ("refused", "match.table_segment")
        two.go()
        with two.region[OWNER].begin() as unit:
            handover.send_again(unit, held(two, kept), at=two.now, actor="owner")
        two.ask(KNOWN)
        two.go()
        assert held(two, kept).state == "handed_over"
        assert two.states() == ["hit"]


def test_the_asker_cannot_send_tables(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()
        body = MatchTable(
            terms=kept.digest,
            segment=1,
            size=1,
            sha256="00" * 32,
            part=1,
            content=packed(bytes(8)),
        )
        sends(two, ASKER, kept, "match_table", body)
        assert two.refused(ASKER) == ["match.terms_unknown"]


def test_new_records_reach_the_asker_as_a_segment(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        two.make(kept, [KNOWN, UNKNOWN])
        two.go()
        two.ask(UNKNOWN)
        two.go()
        assert two.states() == ["hit"]
        assert [each.size < 2000 for each in two.outbox(OWNER, "match_table")] == [True, True]


# Processes that end


def test_blinds_are_lost_with_their_process_and_asked_again(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready([KNOWN])
        lost = asked(two)
        two.restart(ASKER)
        two.go()
        assert two.states() == ["hit"]
        first, second = (each.message for each in two.outbox(ASKER, "match_question"))
        assert first == lost != second
        assert two.actions(OWNER).count("match.counted_in") == 2, "and counted twice"


def test_an_answer_to_a_lost_question_is_taken_and_forgotten(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready([KNOWN])
        asked(two)
        two.restart(ASKER)
        two.step(ASKER)
        two.step(OWNER)
        two.carry(OWNER)
        assert two.refused(OWNER) == []
        two.go()
        assert two.states() == ["hit"]


def test_an_owner_that_died_answers_when_it_is_up_again(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready([KNOWN])
        asked(two)
        two.restart(OWNER)
        two.go()
        assert two.states() == ["hit"]
        assert two.actions(OWNER).count("match.counted_in") == 1


def test_a_worker_that_is_killed_costs_a_question_and_no_answer(tmp_path: Path) -> None:
    import os
    import signal

    from taawun.cooperation.private.workers import Workers

    with pair(tmp_path) as two, Workers(1) as workers:
        two.ready([KNOWN])
        two.blinds[ASKER].workers = workers
        asked(two)
        pid = workers.do(os.getpid).result()
        os.kill(pid, signal.SIGKILL)
        two.go()
        assert two.states() == ["hit"]
        assert len(two.outbox(ASKER, "match_question")) == 2


# Time


def test_a_period_that_is_over_answers_nothing(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN], valid_until=two.now + timedelta(days=1))
        two.ask(KNOWN)
        two.later(days=1)
        two.go()
        assert [(each.state, each.ground) for each in two.lookups()] == [
            ("waiting", "match.no_terms")
        ]
        assert two.terms(OWNER, kept.digest).ended_why == "expired"
        with pytest.raises(Refused, match=r"match\.key_gone"):
            keyfile.seed_of(two.region[OWNER].home, kept.terms.binding)


def test_nothing_is_asked_while_the_table_cannot_be_opened(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        folder = table.folder_of(two.region[ASKER].home, kept.terms.binding.name)
        held = table.path_of(folder, 1).rename(folder / "away")
        two.ask(KNOWN)
        two.go()
        assert two.states() == ["waiting"]
        held.rename(table.path_of(folder, 1))
        two.go()
        assert two.states() == ["hit"]
        assert two.actions(OWNER).count("match.counted_in") == 1, "it was not asked twice"


def test_tokens_of_other_rules_are_not_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pair(tmp_path) as two:
        two.ready([KNOWN])
        other = vocabulary().model_copy(update={"scheme": "taawun-tokens/1 of another release"})
        monkeypatch.setattr("taawun.cooperation.private.vocabulary.vocabulary", lambda: other)
        two.ask(KNOWN)
        two.go()
        assert [(each.state, each.ground) for each in two.lookups()] == [
            ("waiting", "match.rules_changed")
        ]


def test_an_answer_waits_while_the_table_cannot_be_opened(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        asked(two)
        folder = table.folder_of(two.region[ASKER].home, kept.terms.binding.name)
        held = table.path_of(folder, 1).rename(folder / "away")
        two.go()
        assert two.states() == ["asked"]
        held.rename(table.path_of(folder, 1))
        two.go()
        assert two.states() == ["hit"]
        assert two.actions(OWNER).count("match.counted_in") == 1, "it was not asked twice"


# A table that was changed on the asker's disk


def damage(two: Pair, kept: KeptTerms, number: int = 1) -> None:
    """One bit of the asker's copy turns, and nothing else of the file looks otherwise."""
    import os

    path = table.path_of(table.folder_of(two.region[ASKER].home, kept.terms.binding.name), number)
    looked, held = path.stat(), bytearray(path.read_bytes())
    held[9] ^= 1
    path.write_bytes(bytes(held))
    os.utime(path, ns=(looked.st_atime_ns, looked.st_mtime_ns))


def sent_again(two: Pair, kept: KeptTerms, number: int) -> None:
    with two.region[OWNER].store.reading() as connection:
        segment = handover.segments(connection, kept.digest)[number - 1]
    with two.region[OWNER].begin() as unit:
        handover.send_again(unit, segment, at=two.now, actor="owner")


@pytest.mark.parametrize("number", [1, 2])
def test_of_a_changed_table_nothing_is_asked_until_it_came_again(
    tmp_path: Path, number: int
) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        two.make(kept, [KNOWN, UNKNOWN])
        two.go()
        damage(two, kept, number)
        for subject in (KNOWN, UNKNOWN):
            two.ask(subject)
        two.go()
        waits = ("waiting", "match.table_changed")
        assert [(each.state, each.ground) for each in two.lookups()] == [waits] * 2
        assert two.alarms(ASKER) == ["alarm.match.table_changed"]
        assert "match.counted_out" not in two.actions(ASKER), "and nothing was spent"
        sent_again(two, kept, number)
        two.step(OWNER)
        two.carry(OWNER)
        two.step(ASKER)  # it has arrived, and is put in place before anything is asked
        two.go()
        assert two.states() == ["hit", "hit"]


def test_an_answer_is_not_read_by_a_changed_table(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        asked(two)
        damage(two, kept)
        two.go()
        assert two.states() == ["asked"]
        sent_again(two, kept, 1)
        two.go()
        assert two.states() == ["hit"]
        assert two.actions(OWNER).count("match.counted_in") == 1, "it was not asked twice"


def test_the_owner_adds_nothing_to_a_changed_table(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        folder = table.folder_of(two.region[OWNER].home, kept.terms.binding.name)
        table.path_of(folder, 1).write_bytes(bytes(STEP * 8))
        with pytest.raises(Refused, match=r"match\.table_changed"):
            two.make(kept, [KNOWN, UNKNOWN])


# Another release


def anew(two: Pair, monkeypatch: pytest.MonkeyPatch, *subjects: Any) -> KeptTerms:
    """Both sides make tokens by other rules by now, and agree on new terms."""
    import taawun.cooperation.private.numbers as numbers

    other = vocabulary().model_copy(update={"scheme": "taawun-tokens/1 of another release"})
    for module in ("vocabulary.vocabulary", "offers.vocabulary"):
        monkeypatch.setattr(f"taawun.cooperation.private.{module}", lambda: other, raising=False)
    monkeypatch.setattr("tests.cooperation.private.pair.vocabulary", lambda: other)
    monkeypatch.setattr(numbers, "SCHEME", "another")
    two.restart(ASKER)
    two.restart(OWNER)
    return two.ready(subjects)


def test_what_waits_is_asked_by_the_tokens_of_the_new_terms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the release before would never meet, and say "no hit" of everybody."""
    with pair(tmp_path) as two:
        two.agree()  # without a table
        for subject in (KNOWN, UNKNOWN):
            two.ask(subject)
        two.go()
        assert two.states() == ["waiting", "waiting"]
        before = {each.tokens for each in two.lookups()}
        anew(two, monkeypatch, KNOWN)
        two.go()
        assert two.states() == ["hit", "no_hit"]
        assert not before & {each.tokens for each in two.lookups()}


def test_a_lookup_that_an_earlier_release_kept_is_read_and_made_anew(tmp_path: Path) -> None:
    import orjson

    from taawun.store.tables.private import match_lookups

    with pair(tmp_path) as two:
        two.agree()
        two.ask(KNOWN)
        with two.region[ASKER].begin() as unit:
            old = orjson.dumps([["document", b"taawun-tokens/0|document|x".hex()]]).decode()
            unit.connection.execute(match_lookups.update().values(tokens=old))
        assert [each.rules for each in two.lookups()] == [""]
        two.ready([KNOWN])
        two.go()
        assert two.states() == ["hit"]


def test_one_of_whom_the_new_terms_want_more_fails_with_its_ground(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from taawun.cooperation.private.tokens import Questioned

    with pair(tmp_path) as two:
        two.agree()
        two.ask(KNOWN)
        nothing = Questioned((), (), ("tokens.number_short",))
        monkeypatch.setattr(
            "taawun.cooperation.private.lookups.tokens_of_question", lambda *_: nothing
        )
        with two.region[ASKER].begin() as unit:
            from taawun.store.tables.private import match_lookups

            unit.connection.execute(match_lookups.update().values(tokens="[]"))
        two.ready([KNOWN])
        two.go()
        assert [(each.state, each.ground) for each in two.lookups()] == [
            ("failed", "match.no_tokens")
        ]
        assert "match.lookup_failed" in two.actions(ASKER)
