"""A suspended agreement: key, table and copy are gone, and nothing more can be asked of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from taawun.cooperation.act import Scope
from taawun.cooperation.agreement import Service
from taawun.cooperation.history import cooperation
from taawun.cooperation.private import keyfile, offers, table
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import Refused
from tests.cooperation.private.pair import ASKER, OWNER, Pair, document, pair

KNOWN = document("AB1234567")


def gone(two: Pair, kept: Any) -> None:
    """Nothing of the terms is left on either side."""
    binding = kept.terms.binding
    for code in (ASKER, OWNER):
        assert not table.folder_of(two.region[code].home, binding.name).exists()
        assert two.terms(code, kept.digest).state == "ended"
    with pytest.raises(Refused, match=r"match\.key_gone"):
        keyfile.seed_of(two.region[OWNER].home, binding)


@pytest.mark.parametrize(("code", "deed"), [(ASKER, "suspend"), (OWNER, "end")])
def test_key_and_tables_are_gone_on_both_sides(tmp_path: Path, code: str, deed: str) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        two.does(code, deed, reason="a court said so")
        two.go()
        gone(two, kept)
        why = "suspended" if deed == "suspend" else "ended"
        assert two.terms(OWNER, kept.digest).ended_why == why
        assert two.actions(OWNER).count("match.terms_ended") == 1


@pytest.mark.parametrize("code", [ASKER, OWNER])
def test_a_suspension_that_is_lifted_at_once_ends_the_terms_too(tmp_path: Path, code: str) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        two.later(seconds=1)
        two.does(code, "suspend", reason="a court said so")
        two.later(seconds=1)
        two.does(code, "resume", lifts=2)  # before either node looked
        two.go()
        gone(two, kept)
        assert two.terms(OWNER, kept.digest).ended_why == "suspended"
        two.later(seconds=1)
        again = two.ready([KNOWN])
        two.ask(KNOWN)
        two.go()
        assert two.states() == ["hit"]
        assert two.terms(OWNER, again.digest).state == "agreed"


def test_a_suspension_that_was_lifted_before_it_began_ends_nothing(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        two.later(seconds=1)
        begins = two.now + timedelta(days=1)
        two.does(OWNER, "suspend", reason="from tomorrow", effective_at=begins)
        two.does(OWNER, "resume", lifts=2, effective_at=begins)
        two.later(days=2)
        two.go()
        assert two.terms(OWNER, kept.digest).state == "agreed"


def test_a_narrow_suspension_of_matching_is_enough_and_another_is_not(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        scope = Scope(fields=(CooperationField.TERRORISM,))
        two.does(OWNER, "suspend", reason="a review", scope=scope)
        two.ask(KNOWN)
        two.go()
        assert two.states() == ["hit"]
        scope = Scope(services=(Service.MATCH,), fields=(CooperationField.AML_CFT,))
        two.does(OWNER, "suspend", reason="a review", scope=scope)
        two.go()
        gone(two, kept)


def test_what_was_asked_before_is_not_answered_after(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready([KNOWN])
        two.ask(KNOWN)
        two.step(ASKER)
        two.carry(ASKER)  # the owner has it, and has not looked at it
        two.does(OWNER, "suspend", reason="a court said so")
        two.go()
        with pytest.raises(Refused, match=r"permit\.suspended"):
            two.ask(KNOWN)
        assert two.outbox(OWNER, "match_answer") == []
        assert "match.not_answered" in two.actions(OWNER)
        assert [(each.state, each.ground) for each in two.lookups()] == [
            ("waiting", "match.no_terms")
        ]


def test_an_answer_that_was_on_its_way_is_not_read(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready([KNOWN])
        two.ask(KNOWN)
        two.step(ASKER)
        two.carry(ASKER)
        two.step(OWNER)
        two.carry(OWNER)  # the answer is there, and not read yet
        two.does(ASKER, "suspend", reason="a review")
        two.go()
        assert two.states() == ["waiting"]
        assert "match.answered" not in two.actions(ASKER)


def test_after_it_resumes_there_is_a_new_key_and_what_waited_is_asked(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        old = two.ready([KNOWN])
        two.ask(KNOWN)
        two.does(OWNER, "suspend", reason="a court said so")
        two.go()
        two.later(hours=1)
        two.does(OWNER, "resume", lifts=2)
        two.go()
        assert two.states() == ["waiting"]
        new = two.ready([KNOWN])
        two.go()
        assert (old.terms.period, new.terms.period) == (1, 2)
        assert old.terms.public_key != new.terms.public_key
        assert two.states() == ["hit"]


def test_an_owner_whose_clock_is_behind_offers_nothing_that_was_suspended(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.ready([KNOWN])
        two.later(minutes=5)
        two.does(OWNER, "suspend", reason="a court said so")
        two.go()
        two.later(minutes=1)
        two.does(OWNER, "resume", lifts=2)
        two.go()
        two.later(minutes=1)
        made = two.ready([KNOWN])
        kept = two.terms(ASKER, made.digest)
        behind = kept.terms.valid_from - timedelta(minutes=4)
        kept = replace(kept, terms=kept.terms.model_copy(update={"valid_from": behind}))
        with two.region[ASKER].store.reading() as connection:
            known = cooperation(connection)
        assert offers.reason_to_end(known, kept, two.now) == ""
        assert offers.reason_to_end(known, replace(kept, since=behind), two.now) == "suspended"


def test_an_asker_that_slept_through_a_suspension_hears_that_the_terms_are_over(
    tmp_path: Path,
) -> None:
    with pair(tmp_path) as two:
        kept = two.ready([KNOWN])
        two.does(OWNER, "suspend", reason="a court said so")
        two.step(OWNER)  # the key is gone; the asker's node did nothing meanwhile
        two.later(hours=1)
        two.does(OWNER, "resume", lifts=2)
        two.ask(KNOWN)
        two.go()
        assert [(each.state, each.ground) for each in two.lookups()] == [
            ("waiting", "match.no_terms")
        ]
        assert len(two.refused(ASKER)) == 1
        gone(two, kept)


def test_a_new_period_takes_over_when_its_table_is_there(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        old = two.ready([KNOWN])
        two.later(days=1)
        new = two.agree()
        two.ask(KNOWN)
        two.go()
        assert two.states() == ["hit"], "the old period still answers"
        assert two.terms(OWNER, old.digest).state == "agreed"
        two.make(new, [document("AB7654321")])
        two.go()
        assert two.terms(OWNER, old.digest).ended_why == "rotated"
        gone(two, old)
        two.ask(KNOWN)
        two.ask(document("AB7654321"))
        two.go()
        assert two.states() == ["hit", "no_hit", "hit"]


def test_a_key_is_for_one_partner_and_field(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        one = two.ready([KNOWN])
        other = two.ready([KNOWN], field=CooperationField.TERRORISM)
        assert one.terms.public_key != other.terms.public_key
        assert two.terms(OWNER, one.digest).state == two.terms(OWNER, other.digest).state


def test_terms_that_end_while_their_table_is_made_leave_none(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()

        def records() -> Any:
            yield KNOWN
            two.does(OWNER, "suspend", reason="a court said so")
            two.step(OWNER)
            table.TableFolder(two.region[OWNER].home, kept.terms.binding.name, 1, 1).runs.mkdir(
                parents=True
            )

        with pytest.raises(Refused, match=r"match\.terms_ended"):
            two.make(kept, records())
        two.go()
        gone(two, kept)


def test_files_of_one_partner_that_cannot_go_keep_no_other_key(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        both = [two.ready([KNOWN]), two.ready([KNOWN], field=CooperationField.TERRORISM)]
        home = two.region[OWNER].home
        folders = [table.folder_of(home, kept.terms.binding.name) for kept in both]
        for stuck in folders:
            (stuck / "not ours").mkdir()
        two.does(OWNER, "suspend", reason="a court said so")
        two.step(OWNER)
        for kept in both:
            with pytest.raises(Refused, match=r"match\.key_gone"):
                keyfile.seed_of(home, kept.terms.binding)
        for stuck in folders:
            (stuck / "not ours").rmdir()
        two.go()
        for kept in both:
            gone(two, kept)
