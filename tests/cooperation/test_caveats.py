"""Caveats travel with information, over two hops too, and nothing frees it but their own terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from taawun.cooperation.agreement import Onward, Purpose
from taawun.cooperation.exchange import inbox
from taawun.cooperation.message import Caveats, Message
from taawun.cooperation.requests import caveats, information
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.bodies.information import Origin
from taawun.cooperation.requests.caveats import (
    KeptItem,
    OnwardConsent,
    carried,
    looser,
    may_pass_on,
    may_use,
    together,
)
from taawun.errors import NotFound, Refused
from taawun.store import journal
from taawun.store.tables.exchange import inbox as inbox_rows
from taawun.store.tables.exchange import outbox
from taawun.store.tables.requests import information_contents, information_items
from tests.cooperation import exchanged as said
from tests.cooperation.authorities import NOON, terms
from tests.cooperation.exchanged import ONE, OTHER, THIRD, Json, Letters, changed, passage

DAY = date(2026, 12, 31)
INTELLIGENCE, INVESTIGATION = Purpose.INTELLIGENCE, Purpose.INVESTIGATION


def claim(sentence: str, *, until: date | None = DAY) -> Caveats:
    """`ORIGIN: PURPOSES; ONWARD; CONSENTED`."""
    origin, rest = sentence.split(":")
    purposes, onward, *consented = (part.strip() for part in rest.split(";"))
    return Caveats(
        origin=origin,
        purposes=tuple(Purpose(each.strip()) for each in purposes.split(",")),
        onward=Onward(onward),
        consented=tuple(consented[0].split()) if consented else (),
        delete_by=until,
    )


def item(*claims: str, consents: tuple[OnwardConsent, ...] = (), **more: Any) -> KeptItem:
    given: dict[str, Any] = {
        "message": said.UETR,
        "item": 1,
        "thread": said.UETR,
        "giver": OTHER,
        "agreement": "0" * 64,
        "category": "accounts",
        "received_at": NOON,
        "delete_by": DAY,
        "sha256": "0" * 64,
        "claims": tuple(claim(each) for each in claims),
        "consents": consents,
    }
    return KeptItem(**{**given, **more})


def consent(origin: str, to: str, *purposes: Purpose, until: date | None = None) -> OnwardConsent:
    return OnwardConsent(origin, to, frozenset(purposes or (INTELLIGENCE,)), until, said.UETR)


def ground(call: Any, *args: Any) -> str:
    with pytest.raises(Refused) as found:
        call(*args)
    return found.value.ground


# Pure


def test_information_is_used_for_what_it_was_given_for() -> None:
    kept = item("XB-FIU: intelligence; consent")
    assert may_use(kept, INTELLIGENCE, NOON).ground == "caveats"
    assert ground(may_use, kept, INVESTIGATION, NOON) == "permit.caveat_purpose"


def test_every_origin_has_its_say() -> None:
    kept = item("XB-FIU: intelligence, investigation; consent", "XC-FIU: intelligence; consent")
    assert may_use(kept, INTELLIGENCE, NOON)
    assert ground(may_use, kept, INVESTIGATION, NOON) == "permit.caveat_purpose"


def test_it_is_kept_to_its_last_day_and_no_longer() -> None:
    kept = item("XB-FIU: intelligence; consent")
    assert may_use(kept, INTELLIGENCE, datetime(2026, 12, 31, 23, tzinfo=UTC))
    late = datetime(2027, 1, 1, tzinfo=UTC)
    assert ground(may_use, kept, INTELLIGENCE, late) == "permit.caveat_retention"
    gone = item("XB-FIU: intelligence; consent", deleted=True)
    assert ground(may_use, gone, INTELLIGENCE, NOON) == "permit.caveat_retention"


@pytest.mark.parametrize(
    ("claims", "consents", "may"),
    [
        (["XB-FIU: intelligence; none"], [], False),
        (["XB-FIU: intelligence; none"], [consent("XB-FIU", "XD-FIU")], False),
        (["XB-FIU: intelligence; consent"], [], False),
        (["XB-FIU: intelligence; consent"], [consent("XB-FIU", "XD-FIU")], True),
        (["XB-FIU: intelligence; consent"], [consent("XB-FIU", "XE-FIU")], False),
        (["XB-FIU: intelligence; consent"], [consent("XB-FIU", "XD-FIU", INVESTIGATION)], False),
        (["XB-FIU: intelligence; consent"], [consent("XC-FIU", "XD-FIU")], False),
        (["XB-FIU: intelligence; named; XD-FIU"], [], True),
        (["XB-FIU: intelligence; named; XE-FIU"], [], False),
        (
            ["XB-FIU: intelligence; consent", "XC-FIU: intelligence; consent"],
            [consent("XB-FIU", "XD-FIU")],
            False,
        ),
        (
            ["XB-FIU: intelligence; consent", "XC-FIU: intelligence; consent"],
            [consent("XB-FIU", "XD-FIU"), consent("XC-FIU", "XD-FIU")],
            True,
        ),
        (
            ["XB-FIU: intelligence; consent", "XD-FIU: intelligence; none"],
            [consent("XB-FIU", "XD-FIU")],
            True,
        ),
    ],
)
def test_passing_on(claims: list[str], consents: list[OnwardConsent], may: bool) -> None:
    kept = item(*claims, consents=tuple(consents))
    if may:
        assert may_pass_on(kept, "XD-FIU", INTELLIGENCE, NOON).partner == "XD-FIU"
        assert not caveats.lacking_consent(kept, "XD-FIU", INTELLIGENCE, NOON)
    else:
        assert ground(may_pass_on, kept, "XD-FIU", INTELLIGENCE, NOON) == "permit.caveat_onward"
        assert caveats.lacking_consent(kept, "XD-FIU", INTELLIGENCE, NOON)


def test_a_consent_has_a_last_day() -> None:
    given_ = consent("XB-FIU", "XD-FIU", until=date(2026, 4, 1))
    kept = item("XB-FIU: intelligence; consent", consents=(given_,))
    assert may_pass_on(kept, "XD-FIU", INTELLIGENCE, datetime(2026, 4, 1, 23, tzinfo=UTC))
    late = datetime(2026, 4, 2, tzinfo=UTC)
    assert ground(may_pass_on, kept, "XD-FIU", INTELLIGENCE, late) == "permit.caveat_onward"


def test_what_goes_on_by_a_consent_goes_for_its_purposes_alone() -> None:
    kept = item(
        "XB-FIU: intelligence, investigation; consent",
        consents=(consent("XB-FIU", "XD-FIU", INVESTIGATION),),
    )
    (going,) = carried([kept], "XD-FIU", INVESTIGATION, NOON)
    assert (going.purposes, going.consented) == ((INVESTIGATION,), ("XD-FIU",))
    assert going.onward is Onward.CONSENT


def test_items_of_one_origin_go_under_what_both_allow() -> None:
    first = item("XB-FIU: intelligence, investigation; named; XD-FIU XE-FIU")
    second = item("XB-FIU: investigation; named; XD-FIU", item=2)
    (going,) = carried([first, second], "XD-FIU", INVESTIGATION, NOON)
    assert going == claim("XB-FIU: investigation; named; XD-FIU")
    with pytest.raises(Refused) as found:
        together(claim("XB-FIU: intelligence; none"), claim("XB-FIU: investigation; none"))
    assert found.value.ground == "caveat.apart"


CLAIMS = st.builds(
    Caveats,
    origin=st.just(OTHER),
    purposes=st.lists(st.sampled_from(Purpose), min_size=1, max_size=3, unique=True).map(tuple),
    onward=st.sampled_from(Onward),
    consented=st.lists(st.sampled_from((THIRD, "XD-FIU", "XE-FIU")), unique=True).map(tuple),
    delete_by=st.none() | st.dates(date(2026, 3, 14), date(2027, 1, 1)),
)


@given(CLAIMS, CLAIMS)
def test_together_is_never_looser_than_either(one: Caveats, other: Caveats) -> None:
    if not set(one.purposes) & set(other.purposes):
        assert ground(together, one, other) == "caveat.apart"
        return
    both = together(one, other)
    assert not looser(both, one)
    assert not looser(both, other)
    assert set(both.purposes) == set(together(other, one).purposes)
    assert looser(one, other) or together(one, other).onward == one.onward


@given(CLAIMS, st.sampled_from(Purpose), st.sampled_from(("XD-FIU", "XE-FIU", OTHER)))
def test_what_goes_on_is_never_looser_than_what_came(
    kept: Caveats, purpose: Purpose, to: str
) -> None:
    held = item(delete_by=date(2026, 11, 1), claims=(kept,))
    try:
        (going,) = carried([held], to, purpose, NOON)
    except Refused:
        return
    assert not looser(going, kept)
    assert (going.delete_by or date.max) <= date(2026, 11, 1)


@settings(max_examples=200)
@given(st.lists(CLAIMS, min_size=1, max_size=4), st.sampled_from(Purpose))
def test_more_origins_never_allow_more(claims: list[Caveats], purpose: Purpose) -> None:
    """A hop adds a claim; no sequence of hops makes lawful what one of them forbids."""
    for end in range(1, len(claims)):
        fewer = item(claims=tuple(claims[:end]), delete_by=date(2027, 1, 1))
        more = item(claims=tuple(claims[: end + 1]), delete_by=date(2027, 1, 1))
        try:
            may_pass_on(more, "XD-FIU", purpose, NOON)
        except Refused:
            continue
        may_pass_on(fewer, "XD-FIU", purpose, NOON)


# Kept and passed on


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Letters]:
    made = Letters(tmp_path_factory.mktemp("letters"))
    yield made
    made.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Letters]:
    """For tests that suspend, or let years pass."""
    made = Letters(tmp_path)
    yield made
    made.close()


def answered(letters: Letters, **more: Any) -> Message:
    """XB answered XA's request: an item with XB's caveats lies at XA."""
    asked = letters.post(letters.request())
    return letters.post(letters.answer(asked, **more))


def origin(message: Message, authority: str, number: int = 1) -> Json:
    return {"authority": authority, "message": message.id, "item": number}


def passed_on(
    letters: Letters, of: Message, sender: str, to: str, *origins: str, **more: Any
) -> Message:
    """What `of` brought, disclosed to another: its text reworded, its origins named."""
    item_ = {**said.ITEM, "answers": [], "attachments": [], "text": passage("In other words: …")}
    item_["origins"] = [origin(of, each) for each in origins]
    body = {**said.DISCLOSURE, "country": to[:2], "items": [item_]}
    kept = letters.item(sender, of)
    try:
        going = [each.plain() for each in carried([kept], to, INTELLIGENCE, letters.now)]
    except Refused:
        going = [letters.caveats(each) for each in origins]
    own = letters.caveats(sender)
    return letters.message("disclosure", body, sender, to, **{"caveats": [own, *going], **more})


def asks_consent(letters: Letters, of: Message, to: str, **more: Any) -> Message:
    """Whoever received `of` asks its sender for consent."""
    body = {**said.ONWARD_REQUEST, "items": [{"message": of.id, "item": 1}], "recipient": to}
    body = {**body, "purposes": ["intelligence"], **more}
    return letters.message("onward_request", body, of.recipient, of.sender)


def decides(letters: Letters, asked: Message, verdict: str = "given", **more: Any) -> Message:
    body = said.GIVEN if verdict == "given" else said.NOT_GIVEN
    same = {name: asked.body[name] for name in ("items", "recipient", "purposes")}
    return letters.message(
        "onward_decision", {**body, **same, **more}, asked.recipient, asked.sender, to=asked
    )


def refuses(letters: Letters, message: Message) -> str:
    return ground(letters.send, message)


def test_an_item_is_kept_as_it_came(letters: Letters) -> None:
    message = answered(letters)
    kept = letters.item(ONE, message)
    assert (kept.giver, kept.agreement, kept.category) == (OTHER, letters.mou.id, "accounts")
    assert kept.claims == message.caveats
    assert kept.delete_by == DAY
    with letters.region[ONE].store.reading() as connection:
        assert information.content_of(connection, kept) == said.ITEM
        text = information.content_of(connection, letters.item(ONE, message, 0))
        assert text["reference"] == "XB/77"
        assert "items" not in text
        assert len(information.items_in(connection, message.thread)) == 2
        with pytest.raises(NotFound):
            information.item_of(connection, message.id, 2)


def test_a_request_is_information_too(letters: Letters) -> None:
    asked = letters.post(letters.request())
    assert letters.item(OTHER, asked, 0).giver == ONE


def test_what_is_only_said_is_kept_under_its_senders_claim(letters: Letters) -> None:
    asked = letters.post(letters.request())
    letters.post(letters.message("refusal", said.REFUSAL, OTHER, ONE, to=asked))
    with letters.region[ONE].store.reading() as connection:
        assert information.items_in(connection, asked.id) == []
        (kept,) = information.items_in(connection, asked.id, said_too=True)
        assert information.content_of(connection, kept) == said.REFUSAL
    assert (kept.kind, kept.item, kept.delete_by) == ("refusal", 0, date(2027, 3, 14))
    assert ground(may_use, kept, INVESTIGATION, letters.now) == "permit.caveat_purpose"
    assert ground(may_pass_on, kept, THIRD, INTELLIGENCE, letters.now) == "permit.caveat_onward"


def test_a_typology_is_of_nobody(letters: Letters) -> None:
    shared = letters.post(letters.message("typology", said.TYPOLOGY, categories=[]))
    with letters.region[OTHER].store.reading() as connection:
        assert information.items_in(connection, shared.id, said_too=True) == []


def test_what_came_in_is_not_told_in_a_reason_either(letters: Letters) -> None:
    text = "The director was seen twice at the branch with the holder of the other account. " * 2
    asked = letters.post(letters.request())
    letters.post(letters.answer(asked, changed(said.ANSWER, "items.0.text", passage(text))))
    other = letters.post(letters.request(body={**said.REQUEST, "country": "XA"}, sender=THIRD,
                                         recipient=ONE))  # fmt: skip
    refusal = letters.message("refusal", {**said.REFUSAL, "reason": passage(text)}, ONE, THIRD,
                              to=other)  # fmt: skip
    assert refuses(letters, refusal) == "caveat.undeclared"


def test_the_agreements_retention_is_an_end_too(tmp_path: Path) -> None:
    letters = Letters(tmp_path, retention_days=30)
    message = answered(letters)
    assert letters.item(ONE, message).delete_by == date(2026, 4, 13)
    letters.close()


def test_without_consent_nothing_goes_on(letters: Letters) -> None:
    message = answered(letters)
    assert refuses(letters, passed_on(letters, message, ONE, THIRD, OTHER)) == (
        "permit.caveat_onward"
    )


def test_with_consent_it_goes_to_who_was_named_for_what_was_said(letters: Letters) -> None:
    message = answered(letters)
    asked = letters.post(asks_consent(letters, message, THIRD))
    letters.post(decides(letters, asked))
    assert letters.states(asked) == ("consented", "consented")
    going = letters.post(passed_on(letters, message, ONE, THIRD, OTHER))
    assert {each.origin for each in letters.item(THIRD, going).claims} == {ONE, OTHER}


def test_a_refused_consent_is_no_consent(letters: Letters) -> None:
    message = answered(letters)
    asked = letters.post(asks_consent(letters, message, THIRD))
    letters.post(decides(letters, asked, "refused"))
    assert letters.states(asked) == ("refused", "refused")
    assert refuses(letters, passed_on(letters, message, ONE, THIRD, OTHER)) == (
        "permit.caveat_onward"
    )
    again = letters.post(asks_consent(letters, message, THIRD))
    letters.post(decides(letters, again))
    letters.post(passed_on(letters, message, ONE, THIRD, OTHER))


def test_a_consent_to_something_else_is_none(letters: Letters) -> None:
    message = answered(letters)
    asked = letters.post(asks_consent(letters, message, THIRD))
    for wrong in (
        {"recipient": "XD-FIU"},
        {"items": [{"message": message.id, "item": 0}]},
        {"purposes": ["prosecution"]},
    ):
        assert refuses(letters, decides(letters, asked, **wrong)) == "request.decision"


def test_consent_is_asked_of_who_gave_it_for_what_he_gave(letters: Letters) -> None:
    message = answered(letters)
    wrong = [{"message": message.id, "item": 7}, {"message": said.UETR, "item": 1}]
    for each in wrong:
        asked = asks_consent(letters, message, THIRD, items=[each])
        assert refuses(letters, asked) == "request.items"
    never = asks_consent(letters, message, THIRD, items=[wrong[1]])
    assert ground(letters.deliver, never) == "request.items"
    to_itself = asks_consent(letters, message, ONE)
    assert refuses(letters, to_itself) == "request.recipient"


def test_consent_is_asked_under_the_agreement_it_came_under(letters: Letters) -> None:
    message = answered(letters)
    again = terms(f"{ONE}, {OTHER}: *; *; *; *", title={"en": "Another"})
    letters.region.in_force(again, ONE, OTHER)
    asked = asks_consent(letters, message, THIRD)
    said_ = {**asked.plain(), "agreement": again.id}
    other = Message.of(said_)
    assert refuses(letters, other) == "request.items"
    assert ground(letters.deliver, other) == "request.items"


def test_nobody_asks_consent_for_what_another_was_given(letters: Letters) -> None:
    message = answered(letters)
    body = {**said.ONWARD_REQUEST, "items": [{"message": message.id, "item": 1}]}
    asked = letters.message("onward_request", {**body, "recipient": "XD-FIU"}, THIRD, OTHER)
    assert ground(letters.deliver, asked) == "request.items"


def test_consent_is_assumed_for_those_the_request_named(tmp_path: Path) -> None:
    letters = Letters(tmp_path, onward=Onward.NAMED)
    named = [{"authority": THIRD, "reason": passage("Has the case")}]
    asked = letters.post(letters.request({**said.REQUEST, "recipients": named}))
    own = caveats.own(letters.mou, OTHER, [INTELLIGENCE], letters.now, named=[THIRD])
    message = letters.post(letters.answer(asked, caveats=[own.plain()]))
    letters.post(passed_on(letters, message, ONE, THIRD, OTHER))
    letters.close()


def test_where_consent_is_for_each_time_naming_is_not_enough(letters: Letters) -> None:
    own = caveats.own(letters.mou, OTHER, [INTELLIGENCE], letters.now, named=[THIRD])
    assert own.consented == ()


# Two hops


def two_hops(letters: Letters) -> tuple[Message, Message]:
    """XB gave to XA, and XA with XB's consent to XC."""
    message = answered(letters)
    letters.post(decides(letters, letters.post(asks_consent(letters, message, THIRD))))
    return message, letters.post(passed_on(letters, message, ONE, THIRD, OTHER))


def test_a_caveat_survives_two_hops(letters: Letters) -> None:
    _, going = two_hops(letters)
    kept = letters.item(THIRD, going)
    assert ground(may_pass_on, kept, "XD-FIU", INTELLIGENCE, letters.now) == (
        "permit.caveat_onward"
    )
    assert ground(may_use, kept, INVESTIGATION, letters.now) == "permit.caveat_purpose"
    assert may_pass_on(kept, ONE, INTELLIGENCE, letters.now), "who gave it has it"
    letters.post(passed_on(letters, going, THIRD, ONE, ONE, OTHER))


def test_who_passed_it_on_consents_only_with_the_origins_consent(letters: Letters) -> None:
    message, going = two_hops(letters)
    asked = letters.post(asks_consent(letters, going, "XD-FIU"))
    assert refuses(letters, decides(letters, asked, speaks_for=[OTHER])) == "permit.caveat_onward"
    first = letters.post(asks_consent(letters, message, "XD-FIU"))
    letters.post(decides(letters, first))
    assert refuses(letters, decides(letters, asked)) == "caveat.speaks_for"
    letters.post(decides(letters, asked, speaks_for=[OTHER]))
    kept = letters.item(THIRD, going)
    assert may_pass_on(kept, "XD-FIU", INTELLIGENCE, letters.now)


def test_a_consent_that_does_not_speak_for_the_origin_is_not_enough(letters: Letters) -> None:
    """Should the node between be careless, the last one still sees that one consent is missing."""
    _, going = two_hops(letters)
    asked = letters.post(asks_consent(letters, going, "XD-FIU"))
    letters.deliver(decides(letters, asked), heard=False)
    kept = letters.item(THIRD, going)
    lacking = caveats.lacking_consent(kept, "XD-FIU", INTELLIGENCE, letters.now)
    assert [each.origin for each in lacking] == [OTHER]


def test_both_origins_are_named_when_it_goes_further(letters: Letters) -> None:
    _, going = two_hops(letters)
    for named in ([ONE], [OTHER]):
        wrong = passed_on(letters, going, THIRD, ONE, *named)
        assert refuses(letters, wrong) in ("request.caveats", "caveat.origins")


# What an own message may not hold so


def test_what_came_in_is_known_again_when_it_goes_out_unnamed(letters: Letters) -> None:
    asked = letters.post(letters.request())
    text = "The account was opened in person on a passport a week old. " * 2
    letters.post(letters.answer(asked, changed(said.ANSWER, "items.0.text", passage(text))))
    own = {**said.ITEM, "answers": [], "attachments": []}
    body = {**said.DISCLOSURE, "country": "XC", "items": [own]}
    for same in (text, text.upper().replace(" ", "\n ")):
        unnamed = changed(body, "items.0.text", passage(same))
        message = letters.message("disclosure", unnamed, ONE, THIRD)
        assert refuses(letters, message) == "caveat.undeclared"
    file = changed(body, "items.0.attachments", [said.attachment()])
    assert refuses(letters, letters.message("disclosure", file, ONE, THIRD)) == "caveat.undeclared"
    letters.post(letters.message("disclosure", {**file, "country": "XB"}, ONE, OTHER))


@pytest.mark.parametrize(
    "change",
    [
        {"purposes": ["intelligence", "investigation"]},
        {"onward": "named"},
        {"consented": [THIRD, "XD-FIU"]},
        {"delete_by": "2027-01-31"},
        {"delete_by": None},
    ],
)
def test_caveats_go_on_no_looser_than_they_came(letters: Letters, change: Json) -> None:
    message = answered(letters)
    letters.post(decides(letters, letters.post(asks_consent(letters, message, THIRD))))
    good = passed_on(letters, message, ONE, THIRD, OTHER)
    own, going = (each.plain() for each in good.caveats)
    changed_ = {name: value for name, value in {**going, **change}.items() if value is not None}
    wrong = passed_on(letters, message, ONE, THIRD, OTHER, caveats=[own, changed_])
    assert refuses(letters, wrong) == "caveat.loosened"
    letters.post(good)


def test_what_was_never_received_cannot_be_named(letters: Letters) -> None:
    message = answered(letters)
    good = passed_on(letters, message, ONE, OTHER, OTHER)
    body = changed(good.body, "items.0.origins.0.message", said.UETR)
    assert refuses(letters, letters.message(
        "disclosure", body, ONE, OTHER, caveats=[each.plain() for each in good.caveats]
    )) == "caveat.unknown_item"  # fmt: skip


def test_caveats_are_of_those_whose_information_it_is(letters: Letters) -> None:
    asked = letters.post(letters.request())
    both = [letters.caveats(OTHER), letters.caveats(THIRD)]
    both[1]["consented"] = [ONE]  # the permit sees nothing wrong
    for each in (letters.answer(asked, caveats=both), letters.answer(asked, caveats=both[1:])):
        assert refuses(letters, each) == "request.caveats"
        assert ground(letters.deliver, each) == "request.caveats"


def test_origins_name_the_item_they_mean() -> None:
    kept = item("XB-FIU: intelligence; consent", "XC-FIU: intelligence; consent")
    assert kept.origins == tuple(
        Origin(authority=each, message=said.UETR, item=1) for each in (OTHER, THIRD)
    )


# Suspension frees nothing


def test_a_suspension_frees_nothing_and_takes_nothing_back(fresh: Letters) -> None:
    message = answered(fresh)
    fresh.post(decides(fresh, fresh.post(asks_consent(fresh, message, THIRD))))
    fresh.does(OTHER, "suspend", reason="an election")
    kept = fresh.item(ONE, message)
    assert may_use(kept, INTELLIGENCE, fresh.now)
    assert may_pass_on(kept, THIRD, INTELLIGENCE, fresh.now), "what was given stays given"
    assert ground(may_use, kept, Purpose.PROSECUTION, fresh.now) == "permit.caveat_purpose"
    more = asks_consent(fresh, message, "XD-FIU")
    assert refuses(fresh, more) == "permit.suspended", "no new consent can be asked for"


# Retention


def test_what_is_due_is_deleted_and_that_it_was_here_stays(fresh: Letters) -> None:
    message = answered(fresh)
    fresh.post(decides(fresh, fresh.post(asks_consent(fresh, message, THIRD))))
    going = fresh.post(passed_on(fresh, message, ONE, THIRD, OTHER))
    office = fresh.region[ONE]
    _as_in_the_inbox(office, message)
    fresh.now = datetime(2026, 12, 31, 23, tzinfo=UTC)
    with office.store.reading() as connection:
        assert information.due_for_deletion(connection, fresh.now) == []
    fresh.now += timedelta(hours=1)
    with office.begin() as unit:
        due = information.due_for_deletion(unit.connection, fresh.now)
        assert [(each.message, each.item) for each in due] == [(message.id, 0), (message.id, 1)]
        said_why = {"at": fresh.now, "actor": "amal", "reason": "its last day is over"}
        assert information.delete(unit, due, **said_why) == 2
        assert information.delete(unit, due, **said_why) == 0
    kept = fresh.item(ONE, message)
    assert kept.deleted
    assert kept.claims, "whose it was stays known"
    with office.store.reading() as connection:
        assert information.due_for_deletion(connection, fresh.now) == []
        with pytest.raises(NotFound):
            information.content_of(connection, kept)
        assert inbox.signed(connection, OTHER, message.id) == ""
        body = sa.select(outbox.c.body).where(outbox.c.message == going.id)
        assert connection.execute(body).scalar() == b"", "what was passed on is gone here too"
        lines = [line for line in journal.lines(connection) if line.action == "information.deleted"]
    assert [line.subject for line in lines] == [message.id, message.id]
    assert "passport" not in "".join(line.details for line in lines)
    assert ground(may_use, kept, INTELLIGENCE, fresh.now) == "permit.caveat_retention"


def _as_in_the_inbox(office: Any, message: Message) -> None:
    """The message's bytes as the inbox keeps them."""
    row = {
        "sender": message.sender,
        "channel": message.channel,
        "sequence": 1,
        "message": message.id,
        "kind": message.kind,
        "digest": "0" * 64,
        "signed": "the very bytes",
        "outcome": "accepted",
        "ground": "",
        "params": "{}",
        "receipt": "",
        "at": "2026-03-14T12:00:00.000000Z",
    }
    with office.begin() as unit:
        unit.connection.execute(sa.insert(inbox_rows), row)


def test_what_is_deleted_goes_on_no_more(letters: Letters) -> None:
    message = answered(letters)
    letters.post(decides(letters, letters.post(asks_consent(letters, message, THIRD))))
    ready = passed_on(letters, message, ONE, THIRD, OTHER)
    with letters.region[ONE].begin() as unit:
        kept = [letters.item(ONE, message)]
        information.delete(unit, kept, at=letters.now, actor="amal", reason="not needed")
    assert refuses(letters, ready) == "permit.caveat_retention"
    assert refuses(letters, asks_consent(letters, message, "XD-FIU")) == "request.items"


def test_what_was_received_is_never_changed(letters: Letters) -> None:
    answered(letters)
    for statement in (
        sa.update(information_items).values(delete_by="2099-01-01"),
        sa.delete(information_items),
        sa.update(information_contents).values(content="{}"),
    ):
        with pytest.raises(IntegrityError), letters.region[ONE].begin() as unit:
            unit.connection.execute(statement)


def test_a_message_that_is_refused_leaves_nothing(letters: Letters) -> None:
    asked = letters.post(letters.request())
    wrong = letters.answer(asked, body=changed(said.ANSWER, "items.0.answers", [9]))
    assert ground(letters.deliver, wrong) == "request.not_asked"
    with letters.region[ONE].store.reading() as connection:
        assert information.items_in(connection, asked.id) == []
        assert len(requests.steps(connection, asked.id)) == 1
