"""How agreements stand: cases as sentences, and a slow twin that plays every act by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.act import Act, Deed, KeptAct, Scope
from taawun.cooperation.agreement import Agreement, Service
from taawun.cooperation.bloc import Blocs, Membership, shipped
from taawun.cooperation.standing import State, check_act, standing
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import Refused
from tests.cooperation.authorities import HOUR, NOON, START, Region, region, terms

MOU = terms("XA-FIU, XB-FIU: *; *; *; *")
GULF = Blocs(
    (
        Membership("GULF", "XA", date(2020, 1, 1)),
        Membership("GULF", "XB", date(2020, 1, 1), date(2026, 3, 14)),
        Membership("GULF", "XC", date(2026, 3, 14)),
    )
)
DAY = timedelta(days=1)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Region]:
    with region(tmp_path, "XA-FIU", "XB-FIU") as made:
        yield made


def kept(
    party: str,
    number: int,
    deed: str,
    at: datetime,
    *,
    agreement: Agreement = MOU,
    recorded_at: datetime | None = None,
    effective_at: datetime | None = None,
    scope: Scope | None = None,
    lifts: int | None = None,
) -> KeptAct:
    reason = "a reason" if deed in ("suspend", "end", "decline") else None
    act = Act(
        agreement=agreement.id,
        party=party,
        number=number,
        deed=Deed(deed),
        at=at,
        effective_at=effective_at or at,
        scope=scope or (Scope() if deed == "suspend" else None),
        lifts=lifts,
        reason=reason,
    )
    return KeptAct(act, recorded_at or at)


SIGNED = [kept("XA-FIU", 1, "sign", START), kept("XB-FIU", 1, "sign", START + HOUR)]


def state(
    acts: list[KeptAct], at: datetime, known_at: datetime | None = None, a: Agreement = MOU
) -> State:
    return standing(a, acts, Blocs(), "XA-FIU", "XB-FIU", at, known_at).state


def test_it_is_a_draft_then_proposed_then_in_force() -> None:
    assert state([], NOON) is State.DRAFT
    assert state(SIGNED[:1], NOON) is State.PROPOSED
    assert state(SIGNED, START + HOUR / 2) is State.PROPOSED
    assert state(SIGNED, START + HOUR) is State.IN_FORCE


def test_signed_by_all_it_waits_for_its_day_and_runs_out_on_its_day() -> None:
    later = terms("XA-FIU, XB-FIU: *; *; *; *", valid_from=NOON, valid_until=NOON + DAY)
    acts = [
        kept(code, 1, "sign", START, agreement=later, recorded_at=START)
        for code in ("XA-FIU", "XB-FIU")
    ]
    moment = timedelta(microseconds=1)
    assert state(acts, NOON - moment, a=later) is State.SIGNED
    assert state(acts, NOON, a=later) is State.IN_FORCE
    assert state(acts, NOON + DAY - moment, a=later) is State.IN_FORCE
    assert state(acts, NOON + DAY, a=later) is State.ENDED


def test_either_side_alone_suspends_and_only_the_suspending_one_resumes() -> None:
    for by, other in (("XA-FIU", "XB-FIU"), ("XB-FIU", "XA-FIU")):
        acts = [*SIGNED, kept(by, 2, "suspend", NOON)]
        assert state(acts, NOON - timedelta(microseconds=1)) is State.IN_FORCE
        assert state(acts, NOON) is State.SUSPENDED
        lift = kept(other, 2, "resume", NOON + HOUR, lifts=2).act
        with pytest.raises(Refused, match=r"act\.lifts"):
            check_act(MOU, [each.act for each in SIGNED if each.act.party == other], lift, Blocs())
        acts.append(kept(by, 3, "resume", NOON + HOUR, lifts=2))
        assert state(acts, NOON + HOUR) is State.IN_FORCE


def test_of_two_suspensions_lifting_one_leaves_the_other() -> None:
    acts = [
        *SIGNED,
        kept("XA-FIU", 2, "suspend", NOON),
        kept("XB-FIU", 2, "suspend", NOON + HOUR),
        kept("XA-FIU", 3, "resume", NOON + 2 * HOUR, lifts=2),
    ]
    assert state(acts, NOON + 3 * HOUR) is State.SUSPENDED


def test_a_field_or_a_service_alone_is_suspended_and_the_rest_goes_on() -> None:
    scope = Scope(services=(Service.MATCH,), fields=(CooperationField.TERRORISM,))
    acts = [*SIGNED, kept("XA-FIU", 2, "suspend", NOON, scope=scope)]
    stands = standing(MOU, acts, Blocs(), "XA-FIU", "XB-FIU", NOON)
    assert stands.state is State.IN_FORCE
    assert stands.stopped("terrorism", "match") is not None
    assert stands.stopped("terrorism", "ask") is None
    assert stands.stopped("aml_cft", "match") is None


def test_what_was_known_and_what_was_in_force_are_two_answers() -> None:
    """XB suspends at noon; the line is cut, XA hears of it at four."""
    acts = [*SIGNED, kept("XB-FIU", 2, "suspend", NOON, recorded_at=NOON + 4 * HOUR)]
    at = NOON + HOUR
    assert state(acts, at) is State.SUSPENDED
    assert state(acts, at, known_at=at) is State.IN_FORCE
    assert state(acts, at, known_at=NOON + 4 * HOUR) is State.SUSPENDED


def test_a_suspension_at_once_counts_when_it_comes_in_though_the_partners_clock_is_ahead() -> None:
    ahead = NOON + timedelta(minutes=4)
    acts = [*SIGNED, kept("XB-FIU", 2, "suspend", ahead, recorded_at=NOON)]
    assert state(acts, NOON) is State.SUSPENDED


def test_a_planned_suspension_waits_for_its_date() -> None:
    acts = [*SIGNED, kept("XB-FIU", 2, "suspend", NOON, effective_at=NOON + DAY)]
    assert state(acts, NOON + HOUR) is State.IN_FORCE
    assert state(acts, NOON + DAY) is State.SUSPENDED


def test_ended_is_for_ever_and_a_declined_proposal_is_dead() -> None:
    acts = [*SIGNED, kept("XA-FIU", 2, "end", NOON)]
    assert state(acts, NOON + 1000 * DAY) is State.ENDED
    assert state([SIGNED[0], kept("XB-FIU", 1, "decline", NOON)], NOON) is State.ENDED


def test_a_bloc_cooperates_among_the_members_of_the_day_who_signed() -> None:
    pact = terms("GULF: *; *; *; *")
    acts = [kept(code, 1, "sign", START, agreement=pact) for code in ("XA-FIU", "XB-FIU", "XC-FIU")]
    before, after = NOON - DAY, NOON + DAY

    def between(one: str, other: str, at: datetime) -> State:
        return standing(pact, acts, GULF, one, other, at).state

    assert between("XA-FIU", "XB-FIU", before) is State.IN_FORCE
    assert between("XA-FIU", "XB-FIU", after) is State.ENDED
    assert between("XA-FIU", "XC-FIU", before) is State.DRAFT
    assert between("XA-FIU", "XC-FIU", after) is State.IN_FORCE
    assert standing(pact, acts[1:], GULF, "XA-FIU", "XC-FIU", after).missing == ("XA-FIU",)


def test_a_bloc_and_an_authority_outside_it_stand_on_two_sides() -> None:
    pact = terms("GULF, XZ-FIU: *; *; *; *")
    acts = [kept(code, 1, "sign", START, agreement=pact) for code in ("XA-FIU", "XB-FIU", "XZ-FIU")]
    assert standing(pact, acts, GULF, "XA-FIU", "XZ-FIU", START).state is State.IN_FORCE
    assert standing(pact, acts, GULF, "XA-FIU", "XB-FIU", START).outside


def test_the_shipped_blocs_remember_who_left() -> None:
    blocs = shipped()
    assert blocs.member("EU", "GB", datetime.fromisoformat("2020-01-31T22:00:00+00:00"))
    assert not blocs.member("EU", "GB", NOON)
    assert set(blocs.codes) >= {"EU", "CIS", "SCO", "BRICS", "GCC"}


def test_history_cannot_be_rewritten(two: Region) -> None:
    two.in_force(MOU)
    for statement in (
        "UPDATE cooperation_history SET text = ''",
        "DELETE FROM cooperation_history",
    ):
        with pytest.raises(Exception, match="rows are only added"), two["XA-FIU"].begin() as unit:
            unit.connection.exec_driver_sql(statement)


PARTIES = ("XA-FIU", "XB-FIU")
MOVES = st.lists(
    st.tuples(
        st.sampled_from(PARTIES),
        st.sampled_from(["sign", "suspend", "suspend_part", "resume", "end", "decline"]),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=14,
)


@dataclass
class Twin:
    """Plays the acts by hand: who has signed, whose suspensions are open, who is out."""

    signed: set[str]
    open: set[tuple[str, int]]
    out: bool = False

    def state(self) -> State:
        if self.out:
            return State.ENDED
        if self.signed != set(PARTIES):
            return State.PROPOSED if self.signed else State.DRAFT
        return State.SUSPENDED if self.open else State.IN_FORCE


@given(MOVES)
def test_any_row_of_acts_stands_as_the_slow_twin_says(
    moves: list[tuple[str, str, int, int]],
) -> None:
    acts: list[KeptAct] = []
    twin = Twin(set(), set())
    at = START
    for party, move, gap, choice in moves:
        at += gap * HOUR
        own = [each.act for each in acts if each.act.party == party]
        suspended = [each.number for each in own if each.deed is Deed.SUSPEND]
        lifts = suspended[choice % len(suspended)] if suspended and move == "resume" else choice + 1
        made = kept(
            party,
            len(own) + 1,
            "suspend" if move == "suspend_part" else move,
            at,
            scope=Scope(services=(Service.ASK,)) if move == "suspend_part" else None,
            lifts=lifts if move == "resume" else None,
        )
        try:
            check_act(MOU, own, made.act, Blocs())
        except Refused:
            continue
        acts.append(made)
        match move:
            case "sign":
                twin.signed.add(party)
            case "suspend":
                twin.open.add((party, made.act.number))
            case "resume":
                twin.open.discard((party, lifts))
            case "end" | "decline":
                twin.out = True
        assert state(acts, at) is twin.state()
        assert state(list(acts), at, known_at=at) is twin.state()


@given(MOVES)
def test_the_past_never_changes(moves: list[tuple[str, str, int, int]]) -> None:
    """However it goes on, what was said of an earlier moment stays as it was."""
    acts: list[KeptAct] = []
    said: list[tuple[datetime, State]] = []
    at = START
    for party, move, _, choice in moves:
        at += HOUR
        own = [each.act for each in acts if each.act.party == party]
        deed = "suspend" if move == "suspend_part" else move
        made = kept(party, len(own) + 1, deed, at, lifts=choice + 1 if move == "resume" else None)
        try:
            check_act(MOU, own, made.act, Blocs())
        except Refused:
            continue
        acts.append(made)
        said.append((at, state(acts, at)))
    for moment, answer in said:
        assert state(acts, moment) is answer
