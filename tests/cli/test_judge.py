"""`taawun judge`, `judgements`, `rescreen`, `coverage` as an officer uses them, on a real index."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import orjson
import pytest

from taawun.cli import app
from taawun.entities.entity import Entity, Value
from taawun.entities.ftm import to_ftm
from taawun.lists.registry import Lists
from taawun.screening import portfolio, runs
from taawun.screening.build import rebuild
from taawun.screening.runs import Question
from taawun.screening.screener import Screener
from taawun.screening.subject import Subject
from taawun.store import open_store
from tests.conftest import AT

CUSTOMERS = {
    "17": Subject(("Karim Haddad",), "person"),
    "18": Subject(("كريم حداد",), "person"),
    "19": Subject(("Maria Rossi",), "person"),
    "20": Subject(("Ivan Petrov",), "person"),
}


def person(id_: str, name: str, born: str = "", *, referents: tuple[str, ...] = ()) -> Entity:
    said = {"name": (Value(name),)} | ({"birthDate": (Value(born),)} if born else {})
    return Entity(id_, "Person", said, ("made_up",), referents)


def bring(home: Path, people: list[Entity], at: datetime, *, index: bool = True) -> dict[str, str]:
    """Put a list in force and build the index, as `lists add` does; the versions in force."""
    store = open_store(home)
    path = home.parent / "made_up.json"
    path.write_bytes(b"".join(orjson.dumps(to_ftm(each)) + b"\n" for each in people))
    lists = Lists(store, home)
    lists.add("ftm", path, name="made_up", at=at, actor="ana", why="made up")
    if index:
        rebuild(store, home, at)
    versions = {version.dataset: version.version for version in lists.current()}
    store.close()
    return versions


PEOPLE = [
    person("M-1", "Karim Haddad", "1961"),
    person("M-2", "Nadia Sorour"),
    person("M-3", "Olga Sidorova"),
]


@pytest.fixture
def kept(home: Path) -> Path:
    """A home with a list in force and a portfolio screened against it."""
    versions = bring(home, PEOPLE, AT)
    store, screener = open_store(home), Screener.open(home)
    with store.begin() as unit:
        run = runs.begin(
            unit,
            "retail",
            "file",
            versions=versions,
            question=Question(),
            scope="all",
            at=AT,
            actor="ana",
        )
        found = [(id_, subject, screener.screen(subject)) for id_, subject in CUSTOMERS.items()]
        portfolio.keep(unit, run, found, at=AT)
        portfolio.close(unit, run, at=AT, actor="ana")
    store.close()
    return home


def run(capfd: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        app.main(list(args))
    out, err = capfd.readouterr()
    return int(ending.value.code or 0), out, err


JUDGE = ("judge", "17", "M-1", "different", "--why", "seen in person: another man")


def test_a_judgement_is_made_and_shown(kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capfd, *JUDGE, "--until", "2199-12-31")
    assert (status, out) == (
        0,
        "Judgement 1: customer 17 and M-1 (Karim Haddad): different.\n",
    )
    shown = run(capfd, "judgements")[1]
    assert "seen in person: another man" in shown
    assert "holds" in shown
    (said,) = json.loads(run(capfd, "judgements", "--json")[1])["judgements"]
    assert (said["customer"], said["verdict"], said["state"]) == ("17", "different", "holds")
    assert said["until"] == "2199-12-31"
    assert "judgement.made" in run(capfd, "journal", "show")[1]


def test_only_the_latest_is_shown_unless_history_is_asked_for(
    kept: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(capfd, *JUDGE)
    run(capfd, "judge", "17", "M-1", "same", "--why", "passport seen")
    latest = json.loads(run(capfd, "judgements", "--customer", "17", "--json")[1])["judgements"]
    every = json.loads(run(capfd, "judgements", "--history", "--json")[1])["judgements"]
    assert [each["verdict"] for each in latest] == ["same"]
    assert [each["verdict"] for each in every] == ["different", "same"]
    assert run(capfd, "judgements", "--entity", "M-2")[1] == "No judgements.\n"


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("judge", "17", "M-1", "maybe", "--why", "x"), 2, "same, different or unsure"),
        (("judge", "17", "M-1", "same", "--why", " "), 2, "needs a reason"),
        ((*JUDGE, "--until", "tomorrow"), 2, "YYYY-MM-DD"),
        ((*JUDGE, "--until", "2020-01-01"), 2, "cannot be over"),
        (("judge", "99", "M-1", "same", "--why", "x"), 1, "no customer '99'"),
        (("judge", "17", "M-9", "same", "--why", "x"), 1, "no listed entity 'M-9'"),
        (("rescreen", "nobody"), 1, "no portfolio 'nobody'"),
        (("coverage", "nobody"), 1, "no portfolio 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    kept: Path, capfd: pytest.CaptureFixture[str], args: tuple[str, ...], status: int, said: str
) -> None:
    ended, out, err = run(capfd, *args)
    assert (ended, out) == (status, "")
    assert said in err
    assert run(capfd, "judgements")[1] == "No judgements.\n"


def test_nothing_to_rescreen_yet_is_said(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    open_store(home).close()
    for command in ("rescreen", "coverage"):
        status, _, err = run(capfd, command)
        assert status == 1
        assert "--keep" in err


def test_coverage_is_shown_and_ends_with_1_when_a_list_moved_on(
    kept: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capfd, "coverage", "retail")
    assert status == 0
    assert out.startswith("Covered: all 4 customers screened against made_up ")
    assert "2 without a match" in out
    bring(kept, [*PEOPLE, person("M-4", "Ivan Petrov")], AT.replace(day=2))
    status, out, err = run(capfd, "coverage")
    assert (status, out) == (1, "")
    assert err.startswith("Not covered: 4 of 4 customers screened")
    assert "made_up" in err


def test_a_list_update_is_rescreened_and_covered(
    kept: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(capfd, *JUDGE)
    bring(kept, [*PEOPLE, person("M-4", "Ivan Petrov")], AT.replace(day=2))
    status, out, _ = run(capfd, "rescreen", "--json")
    (done,) = json.loads(out)["portfolios"]
    assert (status, done["looked_at"]) == (0, 1)
    assert [(each["customer"], each["entity"]) for each in done["new"]] == [("20", "M-4")]
    assert (done["gone"], done["reopened"], done["coverage"]["whole"]) == ([], [], True)
    changed = [person("M-1", "Karim Haddad", "1970-03-01"), *PEOPLE[1:]]
    bring(kept, [*changed, person("M-4", "Ivan Petrov")], AT.replace(day=3))
    status, out, _ = run(capfd, "rescreen")
    assert status == 0
    assert "reopened" in out
    assert "dates" in out
    (said,) = json.loads(run(capfd, "judgements", "--json")[1])["judgements"]
    assert (said["state"], said["fields"]) == ("listing", ["dates"])


def test_an_index_older_than_its_list_is_not_called_coverage(
    kept: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bring(kept, [*PEOPLE, person("M-4", "Ivan Petrov")], AT.replace(day=2), index=False)
    status, out, _ = run(capfd, "rescreen", "--json")
    (done,) = json.loads(out)["portfolios"]
    assert (status, done["new"], done["coverage"]["behind"]) == (1, [], ["made_up"])


def test_arabic_is_spoken(kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "القرار رقم ١" in run(capfd, *JUDGE, "--lang", "ar")[1]
    assert "سارٍ" in run(capfd, "judgements", "--lang", "ar")[1]
    assert "التغطية تامة" in run(capfd, "coverage", "--lang", "ar")[1]
    assert "المحفظة" in run(capfd, "rescreen", "--lang", "ar")[1]
