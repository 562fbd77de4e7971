"""Reasons: parameters counted from the ledger, sentences in both languages."""

from __future__ import annotations

import pytest

from taawun.detection.finding import Shape
from taawun.detection.reasons import (
    Factor,
    Reason,
    factor_said,
    in_unit,
    joined,
    reason_of,
    remarkable,
    said,
    span,
    typology,
    unit_of,
)
from taawun.detection.score import FAMILIES
from taawun.detection.typologies import TYPOLOGIES
from taawun.wording import known
from tests.detection.ledgers import network

NAMED = (
    "fan_in fan_out gather_scatter scatter_gather cycle bipartite stack pass_through structuring "
    "funnel dormant corridor cash_round_trip shared_counterparties shared_identifiers donations "
    "payroll merchant nearness"
).split()


@pytest.mark.parametrize("code", sorted({*NAMED, *TYPOLOGIES}))
def test_every_typology_has_a_name_and_a_reason(code: str) -> None:
    assert known(f"detection.typology.{code}")
    assert known(f"detection.reason.{code}")


LEDGER = """
    a, b, c > hub 1000 @1d
    hub > away 2900.50 @3d
"""


@pytest.mark.parametrize("code", [code for code in NAMED if code in TYPOLOGIES] or ["fan_in"])
@pytest.mark.parametrize("lang", ["en", "ar", "ar-u-nu-latn"])
def test_every_sentence_can_be_said(code: str, lang: str) -> None:
    measures = TYPOLOGIES[code].measures
    shape = Shape((0, 1, 2, 3), 1, 4, tuple(range(len(measures))))
    reason = reason_of(network(LEDGER), code, shape, measures=measures, currency="EUR")
    sentence = said(reason, lang)
    assert "{" not in sentence
    assert "detection." not in sentence


def test_what_a_sentence_says_is_counted_from_the_transfers() -> None:
    shape = Shape((0, 1, 2, 3), 1, -1)
    reason = reason_of(network(LEDGER), "gather_scatter", shape, currency="EUR")
    assert reason.params == {
        "account": "hub",
        "other": "",
        "transfers": 4,
        "accounts": 5,
        "senders": 3,
        "receivers": 1,
        "through": 0,
        "value": 590_050,
        "came": 300_000,
        "went": 290_050,
        "span": 172_800,
        "first": 1_767_312_000,
        "last": 1_767_484_800,
    }
    assert said(reason, "en") == (
        "hub gathered 3,000.00 EUR from 3 accounts and spread 2,900.50 EUR over 1 account, "
        "all in 2 days."
    )
    assert "٣٬٠٠٠٫٠٠" in said(reason, "ar")
    assert "حساب واحد" in said(reason, "ar")


def test_intermediaries_are_those_who_do_both() -> None:
    ledger = network("s > m, n 10 @1d\n m, n > d 9 @2d")
    reason = reason_of(ledger, "scatter_gather", Shape((0, 1, 2, 3), 0, 3))
    assert reason.params["through"] == 2
    assert reason.params["senders"] == 2


def test_compatible_names_are_said() -> None:
    reason = Reason("fan_in", dict(SOME), "EUR", 2, ("gather_scatter", "funnel"))
    assert said(reason, "en").endswith(
        "The same place may also rightly be called gather-scatter, funnel account."
    )


def test_a_typology_of_an_authoritys_own_still_has_a_sentence() -> None:
    sentence = said(Reason("their_own", dict(SOME), "EUR"), "en")
    assert "4 transfers between 5 accounts" in sentence


SOME = {
    "account": "hub",
    "other": "",
    "transfers": 4,
    "accounts": 5,
    "senders": 3,
    "receivers": 1,
    "through": 0,
    "value": 100,
    "came": 50,
    "went": 50,
    "span": 60,
    "first": 0,
    "last": 60,
}


def test_an_id_cannot_turn_the_sentence_round() -> None:
    sentence = said(Reason("fan_in", {**SOME, "account": "\u202eevil"}, "EUR"), "ar")
    assert "\u202e" not in sentence


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("came_value", "money"),
        ("kept_per_mille", "share"),
        ("dwell_seconds", "span"),
        ("quiet_days", "days"),
        ("layers", "number"),
        ("senders", "accounts"),
    ],
)
def test_a_measures_unit_is_the_last_word_of_its_name(name: str, unit: str) -> None:
    assert unit_of(name) == unit


def test_factors_that_say_nothing_are_not_shown() -> None:
    usual, more, alone = (
        Factor("pair", 1, 1, "peers"),
        Factor("pair", 2, 1, "peers"),
        Factor("pair", 0),
    )
    assert remarkable([usual, more, alone]) == [more, alone]


@pytest.mark.parametrize(
    "column", [*(column for columns in FAMILIES.values() for column in columns), "company"]
)
def test_every_factor_has_words(column: str) -> None:
    assert known(f"detection.factor.{column}")


def test_values_are_written_in_their_unit() -> None:
    assert in_unit(1_234_567, "money", "en", "KWD", 3) == "1,234.567 KWD"
    assert in_unit(125, "share", "en") == "12.5%"
    assert in_unit(2, "transfers", "ar") == "تحويلين"
    assert in_unit(7, "number", "en") == 7
    assert [span(each, "en") for each in (0, 90, 5_400, 7_200, 172_801)] == [
        "1 minute",
        "2 minutes",
        "90 minutes",
        "2 hours",
        "3 days",
    ]


def test_joined_findings_are_named_once() -> None:
    said_ = joined(["fan_in", "fan_in", "cycle"], "en")
    assert said_ == "Joined from 3 overlapping findings: fan-in, circular transfers."
    assert typology("cycle", "ar") in joined(["cycle"], "ar")


def test_factors_compare_with_the_accounts_own_past_and_with_its_peers() -> None:
    own = factor_said(Factor("x", 120_000, 10_000, "own", "money"), "en", "EUR")
    assert own.endswith("1,200.00 EUR, 12 times the account's usual 100.00 EUR")
    new = factor_said(Factor("x", 5, 0, "own", "accounts"), "en")
    assert new.endswith("5 accounts; the account usually has none")
    peers = factor_said(Factor("x", 25, 10, "peers"), "ar")
    assert "١٠" in peers
    assert factor_said(Factor("x", 25), "en").endswith(": 25")
