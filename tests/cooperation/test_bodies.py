"""Bodies are read strictly: what is good, and each thing that may be wrong with it."""

from __future__ import annotations

import ast
import inspect
import re
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.message import CONTROL, KINDS
from taawun.cooperation.requests import bodies, caveats, fitting, information, review, threads
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.bodies import (
    BODIES,
    answer,
    feedback,
    freeze,
    onward,
    request,
    subject,
)
from taawun.cooperation.requests.bodies import information as given_information
from taawun.cooperation.requests.bodies.refusal import GROUNDS, RefusalGround, may_refuse
from taawun.cooperation.requests.bodies.typology import personal
from taawun.cooperation.wire import canonical
from taawun.errors import Refused
from taawun.wording import known, say
from taawun.wording.texts import text_of
from tests.cooperation import exchanged as said
from tests.cooperation.exchanged import GOOD, Json, changed, passage

WRONG: dict[str, list[tuple[Any, ...]]] = {
    "request": [
        ("nobody is asked about", said.REQUEST, "subjects", "NONE"),
        ("no field more", said.REQUEST, "priority", 1, "wire.unknown_field"),
        ("no link", said.REQUEST, "link", ..., "wire.missing_field"),
        ("no use", said.REQUEST, "uses", []),
        ("a use twice", said.REQUEST, "uses", ["intelligence"] * 2),
        ("a language as words", said.REQUEST, "facts.lang", "Arabic"),
        ("an empty text", said.REQUEST, "facts.text", ""),
        ("a text without end", said.REQUEST, "facts.text", "a" * 20_001),
        ("a control character", said.REQUEST, "facts.text", "a\x00b"),
        ("a number skipped", said.REQUEST, "sought.1.number", 3),
        ("an unknown category", said.REQUEST, "sought.0.category", "gossip"),
        ("nothing is sought", said.REQUEST, "sought", []),
        ("a script as words", said.REQUEST, "subjects.0.names.0.script", "Arabic"),
        ("a birth in month 13", said.REQUEST, "subjects.0.births", ["1971-13"]),
        ("a birth in other digits", said.REQUEST, "subjects.0.births", ["١٩٧١"]),
        ("no role", said.REQUEST, "subjects.0.roles", []),
        ("a company is born", said.REQUEST, "subjects.0.kind", "company"),
        ("an IBAN that is none", said.REQUEST, "accounts.0.iban", said.IBAN[:-1] + "7"),
        ("an IBAN with spaces", said.REQUEST, "accounts.0.iban", "AE07 0331"),
        ("an account of nowhere", said.REQUEST, "accounts.0", {"number": "7"}),
        ("a UETR of another version", said.REQUEST, "transfers.0.uetr",
         "0e3a8b1c-5d2f-1a6b-9c7d-1f2e3d4c5b6a"),
        ("an amount with a fraction", said.REQUEST, "transfers.0.amount.minor", 1.5),
        ("an amount below nothing", said.REQUEST, "transfers.0.amount.minor", -1),
        ("a day that is none", said.REQUEST, "transfers.0.on", "2026-02-30"),
        ("a transfer without a trace", said.REQUEST, "transfers.0", {"on": "2026-02-01"}),
        ("a null", said.REQUEST, "urgency", None),
    ],
    "answer": [
        ("full with something lacking", said.ANSWER, "lacking", [said.LACKING]),
        ("full with nothing", said.ANSWER, "items", []),
        ("in part, with nothing lacking", said.PARTIAL, "lacking", []),
        ("interim without a day", said.INTERIM, "expected_by", ...),
        ("negative with an item", said.NEGATIVE, "items", [said.ITEM]),
        ("an item's number", said.ANSWER, "items.0.number", 2),
        ("a grade of another scale", said.ANSWER, "items.0.source_grade", "E"),
        ("a grade as a number", said.ANSWER, "items.0.information_grade", 1),
        ("a file that runs", said.ANSWER, "items.0.attachments.0.media",
         "application/x-msdownload"),
        ("a PDF that is none", said.ANSWER, "items.0.attachments.0",
         said.attachment(b"MZ\x90")),
        ("another file's digest", said.ANSWER, "items.0.attachments.0.sha256", "0" * 64),
        ("a file in a folder", said.ANSWER, "items.0.attachments.0.name", "../x.pdf"),
        ("base64 with bits to spare", said.ANSWER, "items.0.attachments.0.content", "JVBERi1="),
        ("a measure on nothing", said.FROZEN, "measures.0.transfer", ...),
        ("a measure that ends before it begins", said.FROZEN, "measures.0.until",
         "2026-03-14T12:59:00.000000Z"),
    ],
    "refusal": [
        ("no ground", said.REFUSAL, "grounds", []),
        ("no reason", said.REFUSAL, "reason", ..., "wire.missing_field"),
    ],
    "disclosure": [("discloses nothing", said.DISCLOSURE, "items", [])],
    "onward_request": [
        ("no item", said.ONWARD_REQUEST, "items", []),
        ("a recipient that is none", said.ONWARD_REQUEST, "recipient", "Interpol"),
    ],
    "onward_decision": [
        ("given on a ground", said.GIVEN, "grounds", ["disproportionate"]),
        ("refused without one", said.NOT_GIVEN, "grounds", []),
        ("refused without a reason", said.NOT_GIVEN, "reason", ...),
        ("refused until a day", said.NOT_GIVEN, "until", "2026-05-01"),
        ("refused as public", said.NOT_GIVEN, "grounds", ["already_public"]),
    ],
    "feedback": [
        ("an unknown result", said.FEEDBACK, "results", ["promoted"]),
        ("withdrawn without a word", said.WITHDRAWN, "text", ...),
        ("withdrawn with results", said.WITHDRAWN, "results", ["new_subjects"]),
        ("withdrawn with money", said.WITHDRAWN, "frozen", said.FEEDBACK["frozen"]),
    ],
    "freeze_request": [
        ("of nothing", said.FREEZE, "transfers", []),
        ("for ever", said.FREEZE, "until", ...),
        ("an FIU's, never confirmed", said.FREEZE, "confirmed_by", ...),
        ("a first that follows", said.FREEZE, "follows", said.UETR),
        ("prolongs nothing", said.FREEZE, "stage", "prolong"),
        ("no legal basis", said.FREEZE, "legal_basis", ..., "wire.missing_field"),
    ],
    "typology": [
        ("another text's digest", said.TYPOLOGY, "sha256", "0" * 64),
        ("somebody's account", said.TYPOLOGY, "seen", f"paid to {said.IBAN} IN MAY"),
        ("somebody's address", said.TYPOLOGY, "seen", "wrote from a.b@example.org"),
    ],
}  # fmt: skip
"""By kind: what is wrong, the good body, where, the value that is put there
(`...`: taken away), the ground where it is another than `wire.field`."""


def wrong(case: tuple[Any, ...]) -> Json:
    body, path, value = case[1:4]
    if value == "NONE":
        return {**body, "subjects": [], "accounts": [], "transfers": []}
    return changed(body, path, value)


@pytest.mark.parametrize("kind", BODIES)
def test_a_good_body_is_read_and_says_the_same_again(kind: str) -> None:
    for body in GOOD[kind]:
        read = BODIES[kind].of(body)
        assert read.plain() == body
        assert BODIES[kind].read(canonical(body)) == read


@pytest.mark.parametrize(
    ("kind", "case"),
    [pytest.param(kind, case, id=f"{kind}: {case[0]}") for kind in WRONG for case in WRONG[kind]],
)
def test_one_thing_wrong_is_refused(kind: str, case: Any) -> None:
    with pytest.raises(Refused) as refused:
        BODIES[kind].of(wrong(case))
    assert refused.value.ground == (case[4] if len(case) > 4 else "wire.field")


def paths(value: Any, way: str = "") -> list[str]:
    """Every field of a body, by its path."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for name, each in steps:
        here = f"{way}.{name}".lstrip(".")
        found += [here] if isinstance(value, dict) else []
        found += paths(each, here) if isinstance(each, (dict, list)) else []
    return found


@given(st.data())
def test_no_field_may_be_of_another_kind_or_have_a_neighbour(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(GOOD)))
    body = data.draw(st.sampled_from(GOOD[kind]))
    path = data.draw(st.sampled_from(paths(body)))
    strange = data.draw(st.sampled_from([True, 7.5, {"a": 1}, [[1]], None]))
    for bad in (changed(body, path, strange), changed(body, f"{path}x", "a")):
        with pytest.raises(Refused):
            BODIES[kind].of(bad)


def test_the_value_of_a_wrong_field_is_not_repeated() -> None:
    with pytest.raises(Refused) as refused:
        BODIES["request"].of(changed(said.REQUEST, "subjects.0.names.0.script", "SECRET NAME"))
    assert "SECRET" not in str(refused.value)
    assert refused.value.params["field"] == "subjects.0.names.0.script"


# Grounds


EXCLUDED = {
    "fiscal": "that the request is also considered to involve fiscal matters",
    "tax": "the same",
    "secrecy": "that laws require financial institutions to maintain secrecy",
    "confidentiality": "or confidentiality (legal privilege apart)",
    "bank": "the same",
    "inquiry": "that an inquiry is under way in the country asked, unless it would be impeded",
    "status": "that the nature or status of the asking authority is different",
    "counterpart": "the same",
}
"""Words of what FATF's interpretive note to Recommendation 40, paragraph 2 (a) to (d), and the
Egmont Group's Principles for Information Exchange do not let an authority refuse on."""


def test_what_the_standards_exclude_has_no_code() -> None:
    codes = {ground.value for ground in RefusalGround}
    assert [code for code in codes for word in EXCLUDED if word in code.split("_")] == []
    for code in ("fiscal_matter", "bank_secrecy", "confidentiality", "inquiry_under_way", "status"):
        with pytest.raises(Refused) as refused:
            BODIES["refusal"].of(changed(said.REFUSAL, "grounds", [code]))
        assert refused.value.params["field"] == "grounds.0"


def test_what_the_standards_let_through_stays_narrow() -> None:
    assert GROUNDS[RefusalGround.LEGAL_PRIVILEGE].kinds == {"request"}
    assert "2 (c)" in GROUNDS[RefusalGround.IMPAIRS_INVESTIGATION].source
    assert not may_refuse(RefusalGround.DUAL_CRIMINALITY, "request")
    assert may_refuse(RefusalGround.DUAL_CRIMINALITY, "freeze_request")


def test_every_ground_says_who_allows_it_and_what_it_may_refuse() -> None:
    assert set(GROUNDS) == set(RefusalGround)
    assert all(each.source and each.kinds <= set(BODIES) for each in GROUNDS.values())


# Typologies


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (said.ENTRY, False),
        ("DE89 3704 0044 0532 0130 00 HOLDS MUCH", True),
        ("DE88 3704 0044 0532 0130 00", False),
        ("see XA12ABCDEFGHIJKLM", False),
        ("mail to someone@example.org", True),
        ("at 5 @ 7", False),
    ],
)
def test_personal_data_in_a_typology_is_seen(text: str, found: bool) -> None:
    assert personal(text) is found


# Words


WORDED: dict[str, list[type[StrEnum]]] = {
    "offence": [request.Offence],
    "outcome": [answer.Completeness],
    "measure": [answer.MeasureKind],
    "decision": [onward.Decision],
    "ground": [RefusalGround],
    "provenance": [given_information.Provenance],
    "source_grade": [given_information.SourceGrade],
    "information_grade": [given_information.InformationGrade],
    "subject": [subject.SubjectKind],
    "role": [subject.Role],
    "name": [subject.NameKind],
    "identifier": [subject.IdentifierKind],
    "stage": [freeze.FreezeStage],
    "power": [freeze.Power],
    "usefulness": [feedback.Usefulness],
    "result": [feedback.Result],
    "side": [threads.Side],
    "state": [threads.ThreadState],
    "step": [threads.Step],
    "draft": [review.DraftState],
    "draft_step": [review.DraftStep],
}


@pytest.mark.parametrize("what", WORDED)
def test_every_code_has_its_words(what: str) -> None:
    codes = [each.value for kind in WORDED[what] for each in kind]
    assert [code for code in codes if not known(f"messages.{what}.{code}")] == []
    assert len({say(f"messages.{what}.{code}", "ar") for code in codes}) == len(codes)


def test_every_kind_of_message_has_its_words() -> None:
    assert [kind for kind in (*KINDS, *CONTROL) if not known(f"messages.kind.{kind}")] == []
    assert set(BODIES) <= set(KINDS)


MODULES = (bodies, caveats, fitting, information, requests, review, threads)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_ground_raised_is_worded_with_what_it_is_given(module: Any) -> None:
    tree = ast.parse(Path(inspect.getfile(module)).read_text("utf-8"))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Refused":
            assert isinstance(call.args[0], ast.Constant)
            ground = str(call.args[0].value)
            if not re.match(r"request|caveat|review", ground):
                continue  # another room's ground, worded there
            text = text_of(f"refusal.{ground}")
            assert text is not None, ground
            wanted = {name for _, name, _, _ in Formatter().parse(str(text["en"])) if name}
            assert wanted == {word.arg for word in call.keywords}, ground


def test_a_passage_may_be_in_any_language() -> None:
    for text, lang in (("طلب عاجل", "ar"), ("Срочно", "ru"), ("緊急", "zh"), ("ⵜⴰⵎⴰⵣⵉⵖⵜ", "zgh")):
        body = changed(said.REQUEST, "title", passage(text, lang))
        assert BODIES["request"].of(body).plain()["title"] == {"lang": lang, "text": text}
