"""Budgets: counted on both sides, by the UTC day, to the last lookup and not one beyond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from taawun.cooperation.agreement import Purpose
from taawun.cooperation.message import Message
from taawun.cooperation.permit import Direction
from taawun.cooperation.private import budget
from taawun.cooperation.private.bodies import MatchQuestion, lookups_of, packed
from taawun.cooperation.private.budget import Allowance
from taawun.cooperation.private.offers import letter
from taawun.cooperation.private.oprf import blind
from taawun.errors import Refused
from taawun.store import open_store
from taawun.store.tables.private import match_spent
from tests.cooperation.private.pair import ASKER, EACH, OWNER, document, pair
from tests.cooperation.private.test_faults import sends
from tests.cooperation.private.test_terms import TERMS

LAST = datetime(2026, 3, 14, 23, 59, 59, 999_999, tzinfo=UTC)
MINE = Allowance(Direction.IN, ASKER, "ab" * 32, Purpose.INTELLIGENCE, 5)
OTHERS = (
    Allowance(Direction.OUT, ASKER, "ab" * 32, Purpose.INTELLIGENCE, 5),
    Allowance(Direction.IN, "XC-FIU", "ab" * 32, Purpose.INTELLIGENCE, 5),
    Allowance(Direction.IN, ASKER, "cd" * 32, Purpose.INTELLIGENCE, 5),
    Allowance(Direction.IN, ASKER, "ab" * 32, Purpose.PROSECUTION, 5),
)


def test_the_last_lookup_of_a_day_counts_and_the_next_does_not(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.begin() as unit:
        budget.spend(unit, MINE, "a", 4, at=LAST, actor=ASKER)
        with pytest.raises(Refused, match=r"permit\.budget") as refused:
            budget.spend(unit, MINE, "b", 2, at=LAST, actor=ASKER)
        assert refused.value.params == {"purpose": "intelligence", "a_day": "5"}
        budget.spend(unit, MINE, "c", 1, at=LAST, actor=ASKER)
        assert budget.left(unit.connection, MINE, LAST) == 0
        for other in OTHERS:
            assert budget.left(unit.connection, other, LAST) == 5
        midnight = LAST + timedelta(microseconds=1)
        assert budget.left(unit.connection, MINE, midnight) == 5
    store.close()


def test_the_day_is_that_of_utc() -> None:
    riyadh = timezone(timedelta(hours=3))
    assert budget.day_of(datetime(2026, 3, 15, 2, 59, tzinfo=riyadh)) == "2026-03-14"
    assert budget.day_of(datetime(2026, 3, 15, 3, 0, tzinfo=riyadh)) == "2026-03-15"


def test_what_was_spent_is_history(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.begin() as unit:
        budget.spend(unit, MINE, "a", 4, at=LAST, actor=ASKER)
    for change in (match_spent.delete(), match_spent.update().values(lookups=0)):
        with pytest.raises(IntegrityError, match="history"), store.begin() as unit:
            unit.connection.execute(change)
    store.close()


def test_what_is_over_todays_budget_goes_tomorrow(tmp_path: Path) -> None:
    """Three lookups and the controls on the first day."""
    with pair(tmp_path, a_day=4) as two:
        two.ready([document("XB1000000")])
        for number in range(5):
            two.ask(document(f"XB100000{number}"))
        two.go()
        assert two.states() == ["hit", "no_hit", "no_hit", "waiting", "waiting"]
        assert [each.ground for each in two.lookups()][3:] == ["permit.budget"] * 2
        two.later(hours=11, minutes=59)
        two.go()
        assert two.states().count("waiting") == 2
        two.later(minutes=1)
        two.go()
        assert two.states() == ["hit", *["no_hit"] * 4]
        assert [each.ground for each in two.lookups()] == [""] * 5


def test_an_asker_that_does_not_count_is_refused_by_the_owner(tmp_path: Path) -> None:
    """The asker's own count is set aside: another program might not have one."""
    with pair(tmp_path, a_day=3) as two:
        kept = two.ready([document("XB1000000")])
        for lookups in (2, 2, 1):
            points = blind([b"x"] * lookups * EACH)[1]
            body = MatchQuestion(terms=kept.digest, lookups=lookups, points=packed(points))
            sends(two, ASKER, kept, "match_question", body)
        assert two.refused(ASKER) == ["permit.budget"]
        assert two.actions(OWNER).count("match.counted_in") == 2


@pytest.mark.parametrize(
    ("said", "counted"), [(7, 7), (0, 1024), (-1, 1024), ("7", 1024), (True, 1024)]
)
def test_what_is_no_number_counts_as_the_most(tmp_path: Path, said: object, counted: int) -> None:
    from tests.cooperation.private.test_matching import KeptTerms

    kept = KeptTerms(TERMS.digest(), "asker", OWNER, TERMS, "agreed")
    body = MatchQuestion(terms=kept.digest, lookups=1, points="AA")
    message: Message = letter(kept, "match_question", body, LAST)
    changed = message.model_copy(update={"body": {**message.body, "lookups": said}})
    assert lookups_of(changed) == counted
    assert lookups_of(message.model_copy(update={"kind": "request"})) == 1
