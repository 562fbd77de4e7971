"""An asker that does not keep to the rules: what it can get for its budget, and no more.

Its own count is set aside here: it sends what it likes. Points are what it can guess with.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from taawun.cooperation.agreement import Budget, Purpose, Service
from taawun.cooperation.permit import Direction
from taawun.cooperation.private import budget, oprf
from taawun.cooperation.private.bodies import MatchQuestion, packed
from taawun.cooperation.private.budget import Allowance
from taawun.cooperation.private.offers import KeptTerms
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import Refused, Unavailable
from taawun.store import open_store
from tests.cooperation.private.pair import ASKER, EACH, OWNER, Pair, document, pair
from tests.cooperation.private.test_faults import sends

KNOWN = document("AB1234567")


def guesses(two: Pair, kept: KeptTerms, lookups: int, points: int | None = None) -> None:
    """A question of the cheat's own making: each point a guess."""
    blinded = oprf.blind([b"x"] * (lookups * EACH if points is None else points))[1]
    body = MatchQuestion(terms=kept.digest, lookups=lookups, points=packed(blinded))
    with suppress(Refused):  # its own node's permit, where that is asked
        sends(two, ASKER, kept, "match_question", body)


def counted(two: Pair) -> int:
    """Lookups that the owner's journal has."""
    lines = [line for line in two.journal(OWNER) if line.action == "match.counted_in"]
    return sum(orjson.loads(line.details)["lookups"] for line in lines)


@pytest.mark.parametrize("sizes", [(1,) * 9, (3, 3, 3), (7,), (2, 4, 6)])
def test_a_counted_lookup_is_as_many_guesses_however_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...]
) -> None:
    evaluated: list[int] = []
    evaluate = oprf.evaluate

    def noted(seed: bytes, info: bytes, blinded: bytes) -> bytes:
        evaluated.append(len(blinded) // oprf.POINT)
        return evaluate(seed, info, blinded)

    monkeypatch.setattr(oprf, "evaluate", noted)
    with pair(tmp_path, a_day=6) as two:
        kept = two.ready([KNOWN])
        for size in sizes:
            guesses(two, kept, size)
            guesses(two, kept, size, points=(size + 1) * EACH)
            guesses(two, kept, size, points=(size + 2) * EACH)
        two.go()
        most = 0
        for size in sizes:
            most += size if most + size <= 6 else 0
        assert counted(two) == most <= 6
        assert sum(evaluated) == EACH * most


def test_a_new_period_and_another_field_have_no_budget_of_their_own(tmp_path: Path) -> None:
    with pair(tmp_path, a_day=4) as two:
        kept = two.ready([KNOWN])
        guesses(two, kept, 3)
        later, other = two.ready([KNOWN]), two.agree(field=CooperationField.TERRORISM)
        for terms in (later, other):
            guesses(two, terms, 2)
            guesses(two, terms, 1)
        two.go()
        assert counted(two) == 4


def test_suspending_and_resuming_gives_no_budget_back(tmp_path: Path) -> None:
    with pair(tmp_path, a_day=4) as two:
        guesses(two, two.ready([KNOWN]), 4)
        two.later(seconds=1)
        two.does(ASKER, "suspend", reason="to begin anew")
        two.go()
        two.later(seconds=1)
        two.does(ASKER, "resume", lifts=2)
        two.go()
        two.later(seconds=1)
        guesses(two, two.ready([KNOWN]), 1)
        two.go()
        assert counted(two) == 4


def test_the_day_is_that_of_the_owners_clock_when_it_arrives(tmp_path: Path) -> None:
    """What is held back over midnight is of the new day, and what claims another day is not."""
    with pair(tmp_path, a_day=4) as two:
        kept = two.ready([KNOWN])
        two.now = datetime(2026, 3, 14, 23, 59, 59, tzinfo=UTC)
        guesses(two, kept, 4)
        two.post.down.add(OWNER)
        guesses(two, kept, 4)  # its own count says no: the node of a cheat would not
        two.post.down.clear()
        two.later(seconds=2)
        two.go()
        for _ in range(4):
            guesses(two, kept, 2)
        two.go()
        assert counted(two) == 8, "four a day"


def test_an_answer_to_the_bundle_that_is_lost_counts_once(tmp_path: Path) -> None:
    with pair(tmp_path, a_day=4) as two:
        two.ready([KNOWN])
        two.ask(KNOWN)
        two.step(ASKER)
        two.post.fail("drop_answer", partner=OWNER, times=2)
        two.post.fail("double", partner=OWNER)
        for _ in range(4):
            two.carry(ASKER)
            two.later(minutes=10)
        for partner, raw in [each for each in two.post.sent if each[0] == OWNER][-4:]:
            with suppress(Refused, Unavailable):
                two.post.addresses[partner](raw)
        two.go()
        assert (two.states(), counted(two)) == (["hit"], 2)


def test_two_nodes_at_once_spend_one_budget(tmp_path: Path) -> None:
    """Each in a transaction of its own, in several threads and stores: not one too many."""
    allowance = Allowance(Direction.IN, ASKER, "ab" * 32, Purpose.INTELLIGENCE, 10)
    at = datetime(2026, 3, 14, 12, tzinfo=UTC)
    open_store(tmp_path).close()

    def spend(node: int) -> int:
        store, done = open_store(tmp_path), 0
        for number in range(8):
            with suppress(Refused), store.begin() as unit:
                budget.spend(unit, allowance, f"{node}/{number}", 1, at=at, actor=ASKER)
                done += 1
        store.close()
        return done

    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(spend, range(3))) == 10


def test_what_is_spread_over_purposes_is_told_of_the_partner(tmp_path: Path) -> None:
    """No purpose alone is asked enough to be seen; the partner is."""
    from taawun.cooperation.private import watch

    with pair(tmp_path) as two:
        two.offer()
        with two.region[OWNER].begin() as unit:
            for day in range(30):
                at = two.now - timedelta(days=29 - day)
                for purpose in (Purpose.INTELLIGENCE, Purpose.INVESTIGATION):
                    allowance = Allowance(Direction.IN, ASKER, two.mou.id, purpose, 100)
                    budget.spend(unit, allowance, f"{day}/{purpose}", 9, at=at, actor=ASKER)
                    watch.counted(unit, allowance, at)
        assert two.alarms(OWNER)[0] == "alarm.match.no_follow_up"


def test_a_purpose_without_a_budget_asks_nothing(tmp_path: Path) -> None:
    given = (Budget(service=Service.MATCH, purpose=Purpose.INTELLIGENCE, a_day=4),)
    with pair(tmp_path, a_day=4) as two:
        kept = two.ready([KNOWN])
        assert two.mou.budgets == given
        body = MatchQuestion(
            terms=kept.digest, lookups=1, points=packed(oprf.blind([b"x"] * EACH)[1])
        )
        from taawun.cooperation.exchange.gate import place
        from taawun.cooperation.private.offers import letter

        message = letter(two.terms(ASKER, kept.digest), "match_question", body, two.now)
        other = message.model_copy(update={"purpose": Purpose.PROSECUTION})
        with two.region[ASKER].begin() as unit, pytest.raises(Refused, match=r"^permit\."):
            place(unit, other, at=two.now, actor="cheat")
