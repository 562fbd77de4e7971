"""How agreements stand, by `standing.json`: ours and the independent reading of the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from taawun.cooperation.act import Act, KeptAct
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.bloc import Blocs, Membership
from taawun.cooperation.standing import check_act, standing
from taawun.cooperation.wire import moment_of, moment_text
from tests.protocol import independent
from tests.protocol.read import cases, vectors

Json = dict[str, Any]
FILE = vectors("standing.json")
AGREEMENTS = {name: Agreement.of(each) for name, each in FILE["agreements"].items()}


def blocs_of(said: list[Json]) -> Blocs:
    return Blocs(
        tuple(
            Membership(
                each["bloc"],
                each["country"],
                date.fromisoformat(each["since"]),
                date.fromisoformat(each["until"]) if "until" in each else None,
            )
            for each in said
        )
    )


BLOCS = blocs_of(FILE["blocs"])


def kept(acts: list[Json]) -> list[KeptAct]:
    return [KeptAct(Act.of(each["act"]), moment_of(each["recorded_at"])) for each in acts]


def told(agreement: Agreement, acts: list[KeptAct], case: Json) -> Json:
    at, known_at = moment_of(case["at"]), case.get("known_at")
    known = moment_of(known_at) if known_at else None
    found = standing(agreement, acts, BLOCS, case["one"], case["other"], at, known)
    made: Json = {name: case[name] for name in ("one", "other", "at", "known_at") if name in case}
    made |= {"state": found.state.value, "outside": found.outside, "ended_by": found.ended_by}
    made["missing"] = list(found.missing)
    made["suspensions"] = [{"by": each.by, "number": each.number} for each in found.suspensions]
    made["stops"] = [
        [field.value, service.value]
        for field in agreement.fields
        for service in agreement.services
        if found.stopped(field, service)
    ]
    return made | ({"since": moment_text(found.since)} if found.since else {})


def in_order(case: Json) -> Json:
    """Suspensions are a set."""
    ordered = sorted(case["suspensions"], key=lambda each: (each["by"], each["number"]))
    return case | {"suspensions": ordered}


@pytest.mark.parametrize("story", FILE["histories"], ids=lambda story: story["name"])
def test_a_history_stands_as_the_vectors_say(story: Json) -> None:
    agreement, acts = AGREEMENTS[story["agreement"]], kept(story["acts"])
    found = [in_order(told(agreement, acts, case)) for case in story["cases"]]
    assert found == list(map(in_order, story["cases"]))


@pytest.mark.parametrize("story", FILE["histories"], ids=lambda story: story["name"])
def test_a_history_is_one_that_may_be(story: Json) -> None:
    agreement = AGREEMENTS[story["agreement"]]
    earlier: dict[str, list[Act]] = {}
    for each in kept(story["acts"]):
        own = earlier.setdefault(each.act.party, [])
        check_act(agreement, own, each.act, BLOCS)
        own.append(each.act)


@pytest.mark.parametrize("story", FILE["histories"], ids=lambda story: story["name"])
def test_the_independent_reader_says_the_same(story: Json) -> None:
    agreement = FILE["agreements"][story["agreement"]]
    for case in map(in_order, story["cases"]):
        asked = {name: case[name] for name in ("one", "other", "at", "known_at") if name in case}
        found = independent.standing(agreement, story["acts"], FILE["blocs"], asked)
        assert in_order(asked | found) == case


def test_every_state_is_among_the_vectors() -> None:
    assert {case["state"] for case in cases(FILE, "histories")} == {
        "draft",
        "proposed",
        "signed",
        "in_force",
        "suspended",
        "ended",
    }
