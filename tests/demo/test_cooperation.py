"""The four authorities of the demonstration, as four processes: what is shown is what happens."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from taawun.cli import demo_cooperation, show
from taawun.cli.options import options, start
from taawun.cooperation.trust.party import CooperationField, Kind
from taawun.demo import processes as room
from taawun.demo.authorities import FOUR, PAIRS, A, B, C, agreements, calendar
from taawun.demo.processes import HOST, Processes, free_ports
from taawun.demo.quartet import FOLDER, Quartet
from taawun.demo.shared import KNOWN_AS, SOUGHT, STRANGER
from taawun.desk import parties
from taawun.errors import Unavailable, UsageError
from taawun.store import open_store
from taawun.store.journal import lines

AT = datetime(2026, 10, 2, 8, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
BOUND = 300.0
"""Seconds after which a test gives up waiting."""
Told = tuple[Path, dict[str, Any], str]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The third part, told in Arabic: its home, its facts, its text."""
    home = tmp_path_factory.mktemp("demo")
    start()
    options().lang_given = "ar"
    out = io.StringIO()
    with redirect_stdout(out):
        facts = demo_cooperation.tell(home)["cooperation"]
    return home, facts, out.getvalue()


def test_the_facts_are_one_document(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    show.document(told[1])
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {
        "authorities",
        "fingerprints_compared",
        "agreements",
        "match",
        "request",
        "onward",
        "suspension",
        "in_force",
        "journals",
    }


def test_each_agrees_with_each_and_all_in_a_bloc(told: Told) -> None:
    _, facts, text = told
    codes = {each["authority"] for each in facts["authorities"]}
    assert codes == {each.code for each in FOUR}
    assert facts["fingerprints_compared"] == 12
    assert [tuple(each["parties"]) for each in facts["agreements"][:-1]] == list(PAIRS)
    assert set(facts["agreements"][-1]["parties"]) == codes
    assert "وحدة المعلومات المالية" in text


def test_the_match_crosses_scripts_and_names_nobody_to_the_owner(told: Told) -> None:
    home, facts, text = told
    states = {each["name"]: each["state"] for each in facts["match"]["lookups"]}
    assert states == {SOUGHT: "hit", STRANGER: "no_hit"}
    [counted] = facts["match"]["owner_journal"]
    assert (counted["lookups"], counted["left"]) == (3, 497), "two and the controls"
    with open_store(home / FOLDER / B).reading() as connection:
        for line in lines(connection):
            for name in (SOUGHT, STRANGER, KNOWN_AS):
                assert name not in line.details
    assert SOUGHT in text
    assert KNOWN_AS in text


def test_a_second_officer_and_a_caveat(told: Told) -> None:
    _, facts, _ = told
    assert facts["request"]["own_work"] == "review.own_work"
    assert facts["request"]["caveats"]["onward"] == "consent"
    onward = facts["onward"]
    assert onward["refused"] == {
        "ground": "permit.caveat_onward",
        "params": {"origin": B, "recipient": C},
    }
    assert [each["origin"] for each in onward["caveats"]] == [A, B]


def test_a_suspension_stops_what_it_must_and_nothing_else(told: Told) -> None:
    _, facts, text = told
    stopped = facts["suspension"]
    for place in ("at_home", "on_arrival", "at_partner", "asked_again", "withheld"):
        assert stopped[place]["ground"] == "permit.suspended"
    assert stopped["key_gone"]
    assert stopped["terms_ended"] == 1
    under = {each["agreement"] for each in stopped["others"]}
    suspended = facts["agreements"][0]["id"]
    assert under == {each["id"] for each in facts["agreements"]} - {suspended}
    assert "permit.suspended" in text


def test_what_waited_arrives_once_and_the_old_question_has_no_key(told: Told) -> None:
    resumed = told[1]["suspension"]["resumed"]
    assert resumed["times"] == 1
    assert resumed["earlier_question"] == {"state": "waiting", "ground": "match.no_terms"}


def test_what_was_in_force_and_what_was_known_of_it(told: Told) -> None:
    before, then, now = told[1]["in_force"]
    assert [(each[A], each[f"{A}_knew"], each[B]) for each in (before, then, now)] == [
        ("in_force", "in_force", "in_force"),
        ("suspended", "in_force", "suspended"),
        ("in_force", "in_force", "in_force"),
    ]


def test_the_journals_are_whole_and_no_process_is_left(told: Told) -> None:
    home, facts, _ = told
    assert set(facts["journals"]) == {each.code for each in FOUR}
    assert all(each["whole"] and each["lines"] for each in facts["journals"].values())
    assert running(home) == []


def test_a_home_with_the_four_is_refused(told: Told) -> None:
    with pytest.raises(UsageError, match="empty home"):
        Quartet(told[0], lambda: AT)


# Ends


def running(home: Path) -> list[str]:
    """The processes whose command line names this folder."""
    listed = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if str(home) in line]


def until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + BOUND
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    program = (
        "import signal, sys; from pathlib import Path\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from taawun.cli import demo_cooperation, options\n"
        "options.start(); demo_cooperation.tell(Path(sys.argv[1]))\n"
    )
    home = tmp_path / "home"
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(home)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: len([line for line in running(home) if "node serve" in line]) == len(FOUR))
        child.send_signal(number)
        assert child.wait(BOUND) != 0
        assert running(home) == []
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One authority's home."""
    who = FOUR[0]
    founding = parties.Founding(
        authority=who.code, kind=Kind.FIU, name=dict(who.names), competences=who.competences
    )
    parties.found(tmp_path / who.code, founding, officer="salma", at=AT)
    return tmp_path / who.code


def test_a_process_that_dies_is_named(home: Path) -> None:
    with Processes() as running_ones:
        running_ones.start(A, home, *free_ports(1))
        until(lambda: running_ones.answers(A))
        os.kill(running_ones.pid(A), signal.SIGKILL)
        with pytest.raises(Unavailable, match=f"{A}: its node ended with status -9"):
            until(lambda: bool(running_ones.well()))
    assert running(home) == []


def test_a_port_that_is_taken_is_named(home: Path) -> None:
    with socket.create_server((HOST, 0)) as line, Processes() as running_ones:
        port = int(line.getsockname()[1])
        running_ones.start(A, home, port)
        with pytest.raises(Unavailable, match=rf"{A}.*status 2.*{port}: cannot be listened on"):
            until(lambda: running_ones.answers(A))


def test_a_node_that_does_not_end_is_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.1)
    with Processes() as running_ones:
        running_ones.start(A, home, *free_ports(1))
        until(lambda: running_ones.answers(A))
        os.kill(running_ones.pid(A), signal.SIGSTOP)
    assert running(home) == []


def test_settings_of_who_runs_it_are_not_those_of_the_nodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TAAWUN_HOME", "/somewhere")
    monkeypatch.setenv("TAAWUN_KEY_PASSPHRASE", "secret")
    assert not [name for name in room.surroundings() if name.startswith("TAAWUN_")]


# Who the four are


def test_the_weekends_are_those_of_the_table() -> None:
    from taawun.cooperation.clocks.own_calendar import read_own_calendar

    own = read_own_calendar(calendar(), "made up")
    weekends = {each.code: own.weekend(each.country, AT.date()) for each in FOUR}
    assert all(weekends.values())
    assert {code: sorted(rule.days) for code, rule in weekends.items() if rule} == {
        A: [4, 5],
        B: [5, 6],
        C: [5, 6],
        "XD-CUSTOMS": [4],
    }


def test_agreements_can_be_read_as_officers_write_them() -> None:
    from taawun.desk.drafts import agreement_of
    from taawun.desk.papers import Paper

    made = [agreement_of(Paper("", text, {}), first, AT) for first, _, text in agreements()]
    assert len({each.id for each in made}) == len(PAIRS) + 1
    assert all(CooperationField.AML_CFT in each.fields for each in made)
