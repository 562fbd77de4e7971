"""Trails in words, rows, JSON and pictures."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from taawun.tracing.seed import of_account, of_transfer
from taawun.tracing.shown import document, leg_rows, named, picture, sentences, station_rows
from taawun.tracing.trail import REASONS, Extent, trace
from taawun.wording import known
from tests.detection.ledgers import network

LEDGER = """
    a<&' > hub 100 USD @1d
    hub > c 40 EUR @2d
    hub > d ? EUR @2d
    hub > e 30 USD @3d
    c > f 40 EUR @4d
"""


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_for_a_cut_has_a_sentence(reason: str) -> None:
    assert known(f"tracing.cut.{reason}")


@pytest.mark.parametrize("lang", ["en", "ar", "ar-u-nu-latn"])
@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("method", ["fifo", "pro-rata"])
def test_a_trail_can_be_told(lang: str, direction: str, method: str) -> None:
    ledger = network(LEDGER)
    seeds = of_transfer(ledger, 0 if direction == "forward" else 4)
    trail = trace(ledger, seeds, direction=direction, method=method)  # type: ignore[arg-type]
    shown = named(ledger, trail, "EUR")
    told = list(sentences(shown, "t1", lang))
    assert len(told) >= 2
    assert not [each for each in told if "{" in each or "tracing." in each]
    assert len(list(leg_rows(shown, lang))) == len(trail.legs)
    assert len(list(station_rows(shown, lang))) == len(trail.stations)
    root = etree.fromstring(picture(shown, lang).encode())
    assert root.get("direction") == ("ltr" if lang == "en" else "rtl")


def test_what_is_said_is_what_was_traced() -> None:
    ledger = network(LEDGER)
    trail = trace(ledger, of_transfer(ledger, 0), extent=Extent(hops=1))
    told = list(sentences(named(ledger, trail, "EUR"), "t1", "en"))
    assert told == [
        "100.00 EUR followed forward from t1, first in, first out: 3 transfers, 4 accounts.",
        "30.00 EUR (30%) stayed in these accounts by the end of the window.",
        "40.00 EUR changed currency on the way (counted at each change). Of what rests, 30.00 EUR "
        "is in accounts where that happened: spreads, fees and changes of rate are in it.",
        "Passed over, as their value is not known: 1 transfer.",
        "Not followed beyond hop 1: 70.00 EUR (2×).",
    ]


def test_the_document_adds_up() -> None:
    ledger = network(LEDGER)
    trail = trace(ledger, of_transfer(ledger, 0))
    told = json.loads(json.dumps(document(named(ledger, trail, "EUR"))))
    assert told["total"] == 10_000
    assert told["stayed"] + sum(cut["amount"] for cut in told["cuts"]) == 10_000
    assert [leg["transfer"] for leg in told["transfers"]] == ["t1", "t2", "t4", "t5"]
    assert told["transfers"][1] == {
        "hop": 1,
        "transfer": "t2",
        "at": "2026-01-03T00:00:00+00:00",
        "source": "hub",
        "target": "c",
        "attributed": 4_000,
        "converted": 4_000,
        "value": 4_000,
        "amount": 4_000,
        "currency": "EUR",
    }
    accounts = {each["account"]: each for each in told["accounts"]}
    assert accounts["hub"]["stayed"] == 3_000
    assert accounts["hub"]["unvalued"] == 1


def test_a_picture_escapes_ids_and_notes_what_stays() -> None:
    ledger = network(LEDGER)
    trail = trace(ledger, of_account(ledger, 0, "forward"))
    drawn = picture(named(ledger, trail, "EUR"), "en")
    assert "a<" not in drawn
    texts = ["".join(each.itertext()) for each in etree.fromstring(drawn.encode()).iter("{*}text")]
    assert "a<&'" in texts
    assert "stayed 30.00 EUR" in texts
    assert "where it starts" in texts
