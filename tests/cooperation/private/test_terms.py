"""Terms: both sides sign the same bytes, and every difference is refused by its field."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from taawun.cooperation.agreement import Budget, Purpose, Service
from taawun.cooperation.exchange.gate import place
from taawun.cooperation.private import offers
from taawun.cooperation.private import terms as rules
from taawun.cooperation.private.bodies import MatchTerms
from taawun.cooperation.private.terms import OWNERS_SAY, Terms
from taawun.cooperation.private.vocabulary import vocabulary
from taawun.cooperation.trust import signing
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import NotFound, Refused
from tests.cooperation.authorities import NOON
from tests.cooperation.authorities import terms as agreement_of
from tests.cooperation.private.pair import ASKER, OWNER, Pair, pair

BUDGET = Budget(service=Service.MATCH, purpose=Purpose.INTELLIGENCE, a_day=100)
MOU = agreement_of(
    f"{ASKER}, {OWNER}: match; aml_cft, terrorism; intelligence; *", budgets=(BUDGET,)
)
KEY = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
TERMS = Terms(
    agreement=MOU.id,
    owner=OWNER,
    asker=ASKER,
    field=CooperationField.AML_CFT,
    purpose=Purpose.INTELLIGENCE,
    period=1,
    valid_from=NOON,
    valid_until=NOON + timedelta(days=90),
    lookups_per_day=100,
    public_key=KEY,
    control_hit="01" * 32,
    control_miss="02" * 32,
    made_at=NOON,
    **vocabulary().model_dump(),
)
OTHERWISE: dict[str, Any] = {
    "agreement": "ab" * 32,
    "owner": "XC-FIU",
    "asker": "XC-FIU",
    "field": CooperationField.SANCTIONS,
    "purpose": Purpose.PROSECUTION,
    "suite": "P256-SHA256",
    "scheme": "taawun-tokens/0",
    "kinds": ("name",),
    "fingerprints": "sha256-4",
    "tokens_per_lookup": 3,
    "points_per_proof": 512,
    "lookups_per_day": 101,
    "day": "Asia/Riyadh",
    "owner_learns": ("lookups", "purpose", "subject", "time"),
    "asker_learns": ("hit", "record"),
}


def check(terms: Terms) -> None:
    rules.check(terms, MOU, (OWNER, ASKER), vocabulary())


def test_terms_that_fit_are_taken() -> None:
    check(TERMS)
    assert Terms.read(TERMS.canonical()) == TERMS


def test_every_field_is_the_owners_to_say_or_held_against_ones_own() -> None:
    assert set(OTHERWISE) | OWNERS_SAY | {"v"} == set(Terms.model_fields)


@pytest.mark.parametrize("name", sorted(OTHERWISE))
def test_a_difference_names_its_field(name: str) -> None:
    other = TERMS.model_copy(update={name: OTHERWISE[name]})
    with pytest.raises(Refused, match=r"^match\.terms") as refused:
        check(other)
    said = OTHERWISE[name]
    got = " ".join(said) if isinstance(said, tuple) else str(said)
    assert refused.value.params["field"] == name
    assert refused.value.params["got"] == got
    assert refused.value.params["expected"] not in ("", got)


@pytest.mark.parametrize("name", sorted(OWNERS_SAY))
def test_what_came_back_must_be_what_was_offered(name: str) -> None:
    changed = {
        "period": 2,
        "public_key": "11" * 32,
        "control_hit": "03" * 32,
        "control_miss": "03" * 32,
        "table_step": 1,
        "table_most": 2**27,
        "records_most": 10_000,
    }
    moment = NOON + timedelta(days=1)
    other = TERMS.model_copy(update={name: changed.get(name, moment)})
    with pytest.raises(Refused, match=r"^match\.terms") as refused:
        rules.same(other, TERMS)
    assert refused.value.params["field"] == name


@pytest.mark.parametrize(
    ("changed", "ground"),
    [
        ({"public_key": "00" * 32}, "match.public_key"),
        ({"public_key": "ff" * 32}, "match.public_key"),
        ({"valid_from": MOU.valid_from - timedelta(days=1)}, "match.terms"),
    ],
)
def test_what_the_owner_says_must_make_sense(changed: dict[str, Any], ground: str) -> None:
    with pytest.raises(Refused, match=f"^{ground}"):
        check(TERMS.model_copy(update=changed))


def test_terms_do_not_outlive_their_agreement() -> None:
    ending = agreement_of(
        f"{ASKER}, {OWNER}: match; aml_cft; intelligence; *",
        budgets=(BUDGET,),
        valid_until=NOON + timedelta(days=30),
    )
    terms = TERMS.model_copy(update={"agreement": ending.id})
    with pytest.raises(Refused, match=r"match\.terms: field valid_until"):
        rules.check(terms, ending, (OWNER, ASKER), vocabulary())


def test_without_a_budget_there_is_nothing_to_sign() -> None:
    without = agreement_of(f"{ASKER}, {OWNER}: match; aml_cft; intelligence; *")
    terms = TERMS.model_copy(update={"agreement": without.id})
    with pytest.raises(Refused, match=r"match\.terms: field lookups_per_day"):
        rules.check(terms, without, (OWNER, ASKER), vocabulary())


@pytest.mark.parametrize(
    "changed",
    [
        {"asker": OWNER},
        {"valid_until": NOON},
        {"control_miss": "01" * 32},
        {"table_most": 65_537},
        {"records_most": 100},
        {"records_most": 20_000},
        {"period": 0},
        {"public_key": KEY.upper()},
    ],
)
def test_terms_that_contradict_themselves_are_not_read(changed: dict[str, Any]) -> None:
    other = TERMS.model_copy(update=changed)
    with pytest.raises(Refused, match=r"^wire\."):
        Terms.read(other.canonical())


# Between two nodes


def test_both_sign_the_same_bytes(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()
        for code in (OWNER, ASKER):
            assert two.terms(code, kept.digest).state == "agreed"
        assert two.terms(OWNER, kept.digest).terms == two.terms(ASKER, kept.digest).terms
        assert two.actions(ASKER).count("match.terms_agreed") == 1
        assert two.actions(OWNER).count("match.terms_agreed") == 1


def sends_terms(two: Pair, sender: str, kept: offers.KeptTerms, terms: Terms) -> None:
    """Terms as `sender` would have them, signed by it and sent."""
    office = two.region[sender]
    signed = signing.sign(terms.canonical(), office.keys.signing(two.now), rules.TERMS)
    role = offers.OWNER if sender == OWNER else offers.ASKER
    partner = ASKER if sender == OWNER else OWNER
    as_sent = offers.KeptTerms(kept.digest, role, partner, terms, kept.state)
    with office.begin() as unit:
        message = offers.letter(as_sent, "match_terms", MatchTerms(terms=signed), two.now)
        place(unit, message, at=two.now, actor="somebody")
    two.go()


def test_an_offer_with_other_rules_is_refused_in_the_receipt(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.offer()
        sends_terms(two, OWNER, kept, kept.terms.model_copy(update={"scheme": "taawun-tokens/0"}))
        assert two.refused(OWNER) == ["match.terms"]
        assert '"scheme"' in two.outbox(OWNER, "match_terms")[1].params


def test_an_acceptance_of_something_else_is_refused(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.offer()
        two.go()
        sends_terms(two, ASKER, kept, kept.terms.model_copy(update={"public_key": KEY}))
        assert two.refused(ASKER) == ["match.terms"]
        assert '"public_key"' in two.outbox(ASKER, "match_terms")[0].params
        assert two.terms(OWNER, kept.digest).state == "offered"


def test_an_acceptance_of_what_was_never_offered_is_refused(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.offer()
        two.go()
        sends_terms(two, ASKER, kept, kept.terms.model_copy(update={"period": 9}))
        assert two.refused(ASKER) == ["match.terms_unknown"]


def test_a_period_counts_up(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.offer()
        two.go()
        sends_terms(two, OWNER, kept, kept.terms.model_copy(update={"public_key": KEY}))
        assert two.refused(OWNER) == ["match.terms"]
        assert two.offer().terms.period == 2


def test_terms_are_accepted_once_and_by_the_asker(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.agree()
        with pytest.raises(Refused, match=r"match\.terms_not_offered"):
            two.accept(kept)
        with pytest.raises(Refused, match=r"match\.terms_unknown"):
            two.accept(offers.KeptTerms("00" * 32, "asker", OWNER, kept.terms, "offered"))


def test_terms_are_found_by_their_beginning(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        kept = two.offer()
        with two.region[OWNER].store.reading() as connection:
            assert offers.found(connection, kept.digest[:6]) == kept
            for beginning in ("", kept.digest[:3], "zzzz"):
                with pytest.raises(NotFound):
                    offers.found(connection, beginning)


def test_terms_need_a_permit(tmp_path: Path) -> None:
    with pair(tmp_path) as two:
        two.does(ASKER, "suspend", reason="a review")
        with pytest.raises(Refused, match=r"permit\.suspended"):
            two.offer()
