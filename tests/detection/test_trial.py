"""Drafts: taken, tried on the past, put in force."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from taawun.detection import own
from taawun.detection.catalogue import laid_over, shipped
from taawun.detection.trial import tried
from taawun.errors import InputError, NotFound
from taawun.store import journal, open_store
from tests.detection.ledgers import network

WHY = "{en: because, ar: لأن}"
STRICTER = f"""
fan_in:
  version: 2
  parameters:
    counterparties: {{value: 6, why: {WHY}}}
"""
LEDGER = """
    a, b, c, d, e, f > big 10 @1d
    a, b, c, d > small 10 @1d
    x > big 10 @1d
"""


def test_a_trial_says_what_would_come_and_go() -> None:
    catalogue = laid_over(shipped(), STRICTER, "own.yml")
    window = network(LEDGER)
    known = np.array([name == "t11" for name in window.names.transfers(range(window.size))])
    trial = tried(window, catalogue, "fan_in", known=known)
    assert trial.live is not None
    assert (trial.live.findings, trial.draft.findings) == (2, 1)
    assert (trial.same, trial.new, trial.gone) == (1, 0, 1)
    assert (trial.live.known, trial.draft.known, trial.known) == (1, 1, 1)
    assert (trial.draft.pure, trial.draft.transfers, trial.draft.accounts) == (1, 7, 8)
    assert (trial.live.version, trial.draft.version, trial.days) == (1, 2, 1)


def test_a_place_is_the_same_where_most_of_it_is() -> None:
    wider = f"fan_in:\n  version: 2\n  parameters:\n    window: {{value: P30D, why: {WHY}}}\n"
    catalogue = laid_over(shipped(), wider, "own.yml")
    most = network("a, b, c, d > hub 1 @1d\ne, f, g > hub 1 @20d")
    assert (trial := tried(most, catalogue, "fan_in")).same == 1
    assert (trial.new, trial.gone) == (0, 0)
    half = network("a, b, c, d > hub 1 @1d\ne, f, g, h > hub 1 @20d")
    trial = tried(half, catalogue, "fan_in")
    assert (trial.same, trial.new, trial.gone) == (0, 1, 2)


def test_a_new_variant_is_tried_against_nothing() -> None:
    variant = f"quick:\n  kernel: fan_in\n  version: 1\n  name: {WHY}\n"
    trial = tried(network(LEDGER), laid_over(shipped(), variant, "own.yml"), "quick")
    assert trial.live is None
    assert (trial.same, trial.new, trial.gone) == (0, 2, 0)


def test_a_draft_is_kept_and_searched_for_only_once_it_is_in_force(
    home: Path, at: datetime
) -> None:
    store = open_store(home)
    own.draft(home, STRICTER, "own.yml")
    assert own.catalogue(home)["fan_in"].version == 1
    own.put_live(home, store, "fan_in", at=at, actor="ana")
    after = own.catalogue(home)
    assert (after["fan_in"].version, after["fan_in"].parameters["counterparties"]) == (2, 6)
    assert after.drafts() == ()
    assert len(after.live()) == len(shipped().live())
    with store.reading() as connection:
        (line,) = journal.last_lines(connection, 1)
    assert (line.action, line.subject, line.actor) == ("typology.live", "fan_in", "ana")
    store.close()


def test_a_refused_file_changes_no_draft(home: Path) -> None:
    own.draft(home, STRICTER, "own.yml")
    with pytest.raises(InputError):
        own.draft(home, "fan_out:\n  version: 1\n  colour: red\n", "own.yml")
    assert [each.code for each in own.catalogue(home).drafts()] == ["fan_in"]


def test_a_second_draft_of_a_code_takes_the_place_of_the_first(home: Path) -> None:
    own.draft(home, STRICTER, "own.yml")
    own.draft(home, STRICTER.replace("value: 6", "value: 7"), "own.yml")
    (draft,) = own.catalogue(home).drafts()
    assert draft.parameters["counterparties"] == 7


def test_what_is_no_draft_cannot_be_tried_or_put_in_force(home: Path, at: datetime) -> None:
    store = open_store(home)
    with pytest.raises(NotFound):
        tried(network(LEDGER), own.catalogue(home), "fan_in")
    with pytest.raises(NotFound):
        own.put_live(home, store, "fan_in", at=at, actor="ana")
    store.close()
