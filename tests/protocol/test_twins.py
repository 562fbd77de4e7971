"""Ours and the independent reading of the pages on histories that nobody thought of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.cooperation.act import Act, Deed, KeptAct, Scope
from taawun.cooperation.agreement import Agreement, Service
from taawun.cooperation.standing import check_act, standing
from taawun.cooperation.trust.party import CooperationField as Field
from taawun.cooperation.wire import moment_text, read_json
from taawun.errors import Refused
from tests.protocol import independent
from tests.protocol.test_standing_vectors import told
from tests.protocol.vectors.histories import BLOCS, agreement, blocs_told, moment

Json = dict[str, Any]
START = moment("2026-01-01")
PARTIES = ("XA-FIU", "XB-FIU", "XC-FIU", "XD-FIU", "XB-POLICE-2")
MEMBERSHIPS = blocs_told(BLOCS)
AGREEMENTS = (
    agreement("XA-FIU", "XB-FIU", title="Two", valid_from="2026-02-01T00:00:00.000000Z"),
    agreement("XA-FIU", "XB-FIU", "XC-FIU", title="Three", valid_until=None),
    agreement("XA-FIU", "SOUTH", title="One and a bloc", valid_until=None),
    agreement("NORTH", "SOUTH", title="Blocs", valid_until="2026-08-01T00:00:00.000000Z"),
    agreement("SOUTH", title="A bloc", valid_until=None),
)
DAYS = st.integers(0, 260)
SCOPES = st.builds(
    Scope,
    fields=st.sampled_from([(), (Field.TERRORISM,), (Field.AML_CFT, Field.TERRORISM)]),
    services=st.sampled_from([(), (Service.MATCH,), (Service.ASK, Service.MATCH)]),
    partners=st.sampled_from([(), ("XB-FIU",), ("XA-FIU", "XB-POLICE-2")]),
)


@st.composite
def candidates(draw: st.DrawFn) -> tuple[str, Deed, int, int, int, int, Scope]:
    """Who does what: party, deed, days until then, days until it counts, minutes on the way, what
    it lifts, how far it reaches."""
    deed = draw(st.sampled_from([*Deed, Deed.SIGN, Deed.SUSPEND, Deed.SUSPEND, Deed.RESUME]))
    later = 0 if deed is Deed.SIGN else draw(st.sampled_from([0, 0, 0, 5, 40]))
    return (
        draw(st.sampled_from(PARTIES)),
        deed,
        draw(st.integers(0, 20)),
        later,
        draw(st.integers(-4, 600)),
        draw(st.integers(1, 5)),
        draw(SCOPES),
    )


def made(under: Agreement, said: tuple[Any, ...], at: datetime, number: int) -> Act:
    party, deed, _, later, _, lifts, scope = said
    return Act(
        agreement=under.id,
        party=party,
        number=number,
        deed=deed,
        at=at,
        effective_at=at + timedelta(days=later),
        scope=scope if deed is Deed.SUSPEND else None,
        lifts=lifts if deed is Deed.RESUME else None,
        reason=None if deed in (Deed.SIGN, Deed.RESUME) else "a reason",
    )


def ground_of(under: Agreement, own: list[Act], act: Act) -> tuple[str, str]:
    """On which ground each refuses an act; "" for one that it takes."""
    ours = theirs = ""
    try:
        check_act(under, own, act, BLOCS)
    except Refused as refused:
        ours = refused.ground
    try:
        independent.may_follow(
            act.plain(), [each.plain() for each in own], under.plain(), MEMBERSHIPS
        )
    except independent.Refusal as refusal:
        theirs = refusal.ground
    return ours, theirs


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(AGREEMENTS), st.lists(candidates(), max_size=14), st.data())
def test_the_same_acts_are_taken_and_stand_the_same(
    under: Agreement, said: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    kept: list[KeptAct] = []
    at = START
    for each in said:
        at += timedelta(days=each[2])
        own = [known.act for known in kept if known.act.party == each[0]]
        act = made(under, each, at, len(own) + 1)
        ours, theirs = ground_of(under, own, act)
        assert ours == theirs
        if not ours:
            kept.append(KeptAct(act, at + timedelta(minutes=each[4])))
    stand_the_same(under, kept, data)


def stand_the_same(under: Agreement, kept: list[KeptAct], data: st.DataObject) -> None:
    history = [
        {"act": each.act.plain(), "recorded_at": moment_text(each.recorded_at)} for each in kept
    ]
    for _ in range(6):
        one, other = data.draw(st.permutations(PARTIES))[:2]
        asked: Json = {"one": one, "other": other}
        asked["at"] = moment_text(START + timedelta(days=data.draw(DAYS), minutes=3))
        if data.draw(st.booleans()):
            asked["known_at"] = moment_text(START + timedelta(days=data.draw(DAYS)))
        theirs = asked | independent.standing(under.plain(), history, MEMBERSHIPS, asked)
        assert told(under, kept, asked) == theirs


@settings(max_examples=60, deadline=None)
@given(st.lists(candidates(), max_size=14), DAYS)
def test_it_stands_the_same_from_either_side(said: list[tuple[Any, ...]], day: int) -> None:
    under, kept, at = AGREEMENTS[1], [], START
    for each in said:
        at += timedelta(days=each[2])
        own = [known.act for known in kept if known.act.party == each[0]]
        act = made(under, each, at, len(own) + 1)
        if not ground_of(under, own, act)[0]:
            kept.append(KeptAct(act, at))
    then = START + timedelta(days=day)
    one = standing(under, kept, BLOCS, "XA-FIU", "XB-FIU", then)
    other = standing(under, kept, BLOCS, "XB-FIU", "XA-FIU", then)
    assert (one.state, one.since, set(one.missing)) == (
        other.state,
        other.since,
        set(other.missing),
    )
    assert set(one.suspensions) == set(other.suspensions)


SPELT = st.sampled_from(
    [
        b'{"a":1,"b":[true,false,null,"x\\n"],"c":{"d":-5}}',
        b"[0,1,-1,9007199254740991]",
        '{"محمد":"\U0001f600","é":""}'.encode(),
        b'["\\u0001\\"\\\\/"]',
        b"[1e21,1.5,-0.0,1E400]",
        b"18446744073709551616",
        b'"\\ud83d\\ude00"',
    ]
)
LETTERS = (
    b'{}[]",:0123456789eE+-.\\u/ntrfbalse \x00\x1f\x7f\xc3\xa9\xed\xa0\x80\xef\xbb\xbf\xf0\x9f\x98'
)
SPELLING = {"wire.not_json", "wire.not_canonical"}


@settings(max_examples=400, deadline=None)
@given(
    SPELT, st.lists(st.tuples(st.integers(0, 60), st.sampled_from([*LETTERS, None])), max_size=4)
)
def test_the_same_bytes_are_read_and_refused(
    spelt: bytes, changes: list[tuple[int, int | None]]
) -> None:
    data = bytearray(spelt)
    for place, letter in changes:
        if letter is None:
            del data[place : place + 1]
        else:
            data.insert(place, letter)
    ours, theirs = (reading(read, bytes(data)) for read in (read_json, independent.read))
    assert ours == theirs or {ours, theirs} == SPELLING


def reading(read: Any, data: bytes) -> str:
    try:
        read(data)
    except (Refused, independent.Refusal) as refused:
        return refused.ground
    return "read"
