"""What officers are shown of messages and clocks: all of it, in words, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from taawun.cli import body_shown, request_shown
from taawun.cli.options import options, start
from taawun.cooperation.agreement import Deadlines
from taawun.cooperation.clocks.deadlines import Clock, ClockName, Clockwork, clocks
from taawun.cooperation.message import Message
from taawun.cooperation.requests.bodies import BODIES
from taawun.cooperation.wire import Document
from taawun.wording.texts import FOLDER, read
from tests.cooperation.exchanged import GOOD, Json

KUWAIT = Clockwork(
    thread="t",
    place="KW",
    opened_at=datetime(2027, 3, 1, 9, tzinfo=UTC),
    deadlines=Deadlines(
        acknowledge_hours=72, interim_business_days=10, answer_business_days=30, urgent_hours=24
    ),
)
"""A request that came nine days before the feast of 1448."""


@pytest.fixture(params=["en", "ar"])
def lang(request: pytest.FixtureRequest) -> str:
    start()
    options().lang_given = request.param
    return str(request.param)


def shown(kind: str, body: Json) -> str:
    made = Message.model_construct(kind=kind, body=body)
    return "\n".join(body_shown.in_words(made))


def texts(value: Any, name: str = "") -> Iterator[str]:
    """What a body says in its sender's words, not in codes."""
    if isinstance(value, dict):
        for below, each in value.items():
            if below not in ("kind", "minor", "currency", "content"):
                yield from texts(each, below)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each, name)
    elif isinstance(value, str) and not known_code(value):
        yield from (value[:10],) if name in MOMENTS else value.splitlines()


MOMENTS = ("needed_by", "taken_at", "expected_by", "until", "confirmed_by")
CODES = {each.value for kind in body_shown.WORDS for each in kind}


def known_code(text: str) -> bool:
    return text in CODES


@pytest.mark.parametrize(
    ("kind", "body"), [(kind, body) for kind, every in GOOD.items() for body in every]
)
def test_a_second_officer_sees_everything_that_a_body_says(
    kind: str, body: Json, lang: str
) -> None:
    page = shown(kind, body)
    assert [each for each in texts(body) if each not in page] == []


def test_codes_stand_there_in_words(lang: str) -> None:
    page = shown("answer", GOOD["answer"][1])
    assert {"en": "outcome: ", "ar": "نتيجة الرد: "}[lang] in page
    assert {"en": "records of a financial institution", "ar": "سجلات مؤسسة مالية"}[lang] in page
    assert "bank_record" not in page


def fields(kind: type[Document], done: set[type]) -> Iterator[str]:
    """The fields of a document that are shown under a label, those below too."""
    done.add(kind)
    for name, field in kind.model_fields.items():
        yield name
        for below in documents(field.annotation):
            if below not in done and below not in body_shown.SHORT:
                yield from fields(below, done)


def documents(annotation: Any) -> Iterator[type[Document]]:
    if isinstance(annotation, type) and issubclass(annotation, Document):
        yield annotation
    for each in get_args(annotation):
        yield from documents(each)


def test_every_field_has_a_label_and_every_label_a_field() -> None:
    named = {name for kind in BODIES.values() for name in fields(kind, set())}
    labels = {
        code.removeprefix("messages.field.")
        for code in read(FOLDER / "messages.yml")
        if code.startswith("messages.field.")
    }
    assert labels == named


def told(at: datetime, capsys: pytest.CaptureFixture[str]) -> tuple[tuple[Clock, ...], str]:
    found = clocks(KUWAIT, at)
    request_shown.clock_table(found)
    return found, capsys.readouterr().out


def test_a_deadline_says_which_days_do_not_count_and_what_may_move_it(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out = told(KUWAIT.opened_at, capsys)
    answer = next(each for each in found if each.name is ClockName.ANSWER)
    assert any(off.estimated for off in answer.skipped)
    wanted = {
        "en": ("days on the way do not count", "computed, not announced yet", "may move by a day"),
        "ar": ("لا تُحسب", "تاريخ محسوب لم يُعلن بعد", "رؤية الهلال"),
    }
    for part in wanted[lang]:
        assert part in out
    sentence = {"en": "kept by the moon", "ar": "رؤية الهلال"}
    assert out.count(sentence[lang]) == 1, "said once for all clocks"


def test_a_clock_says_the_same_as_json() -> None:
    found = clocks(KUWAIT, KUWAIT.opened_at)
    (said,) = [request_shown.clock_as_json(each) for each in found if each.name is ClockName.ANSWER]
    assert said["doubts"] == ["estimated"]
    assert {each["why"] for each in said["skipped"]} == {"weekend", "holiday"}  # type: ignore[attr-defined]
    assert said["last_day"] == found[-1].last_day
