"""The rule on second officers, changed by several officers at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taawun.cooperation.agreement import Service
from taawun.cooperation.requests import review
from taawun.desk import requests
from taawun.desk.desk import open_desk
from tests.desk.two import A, Two

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def two(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Two:
    return Two.agreed(tmp_path, capfd)


def test_what_another_officer_says_meanwhile_stays(two: Two) -> None:
    """One officer's change waits for the other's, and is made to what is in force by then."""
    waiting, held = threading.Event(), []
    with (
        open_desk(two.home(A), officer="salma", at=NOON) as one,
        open_desk(two.home(A), officer="adam", at=NOON) as other,
    ):

        def hours() -> None:
            waiting.set()
            held.append(requests.change_policy(other, hours=24))

        thread = threading.Thread(target=hours)
        with one.store.begin() as unit:
            thread.start()
            assert waiting.wait(10)
            wanted = review.ReviewPolicy(frozenset({Service.ASK}), frozenset({"feedback"}), 72)
            review.set_policy(unit, wanted, at=NOON, actor="salma")
        thread.join(10)
    assert held == [
        (review.ReviewPolicy(frozenset({Service.ASK}), frozenset({"feedback"}), 24), None)
    ]


def test_everything_that_many_say_at_once_is_kept(two: Two) -> None:
    said = [{"services": frozenset({Service.ASK})}, {"kinds": frozenset({"refusal"})}, {"hours": 9}]
    together = threading.Barrier(len(said))

    def change(**each: object) -> None:
        with open_desk(two.home(A), officer="salma", at=NOON) as desk:
            together.wait(10)
            requests.change_policy(desk, **each)

    threads = [threading.Thread(target=change, kwargs=each) for each in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with open_desk(two.home(A), officer="salma", at=NOON) as desk, desk.store.reading() as seen:
        kept = review.policy(seen)
    assert kept == review.ReviewPolicy(frozenset({Service.ASK}), frozenset({"refusal"}), 9)
