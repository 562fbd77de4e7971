"""Officers' files: read as they are written, every problem with its line."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.act import Scope
from taawun.desk.papers import in_yaml, read_paper
from taawun.errors import InputError

plain = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufeff")
)
values = st.recursive(
    st.one_of(plain, st.integers(0, 10**15), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(plain, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(plain, values, min_size=1, max_size=3))
def test_what_is_written_is_what_is_read(said: dict[str, Any]) -> None:
    assert read_paper(in_yaml(said), "a.yml").value == said
    assert read_paper(orjson.dumps(said).decode(), "a.json").value == said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 2026-03-14", "2026-03-14"),
        ("a: 0777", "0777"),
        ("a: no", "no"),
        ("a: 1_000", "1_000"),
        ("a: 0x1f", "0x1f"),
        ("a: 12:30", "12:30"),
        ("a: 1.50", "1.50"),
        ("a: true", True),
        ("a: 12", 12),
        ("a: '12'", "12"),
        ("a:", None),
        ("a: NO", "NO"),
    ],
)
def test_nothing_is_guessed(text: str, value: object) -> None:
    assert read_paper(text, "a.yml").value == {"a": value}


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a: 1\nb: [\n", 3, "desk.paper.unreadable"),
        ("- a\n- b\n", 1, "desk.paper.unreadable"),
        ("a: 1\nb: 2\na: 3\n", 3, "desk.paper.twice"),
        ("a:\n  b: 1\n  b: 2\n", 3, "desk.paper.twice"),
        ("", 1, "desk.paper.unreadable"),
        ("a: " + "[" * 30 + "]" * 30, 1, "desk.paper.unreadable"),
        ("a: " + "[" * 200_000, 1, "desk.paper.unreadable"),
        ("a: &x [*x]", 1, "desk.paper.unreadable"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, code: str) -> None:
    with pytest.raises(InputError) as raised:
        read_paper(text, "a.yml")
    problem = raised.value.problems[0]
    assert (problem.code, problem.file, problem.line) == (code, "a.yml", line)


def test_anchors_do_not_grow_without_bound() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for at in range(1, 9):
        lines.append(f"a{at}: &a{at} [" + ", ".join([f"*a{at - 1}"] * 10) + "]")
    with pytest.raises(InputError):
        read_paper("\n".join(lines), "bomb.yml")


def test_every_problem_of_a_document_is_told_at_once() -> None:
    paper = read_paper("fields: [tax]\nservices: [ask, spy]\nmore: 1\n", "a.yml")
    with pytest.raises(InputError) as raised:
        paper.document(Scope)
    found = {(each.line, each.field, each.code) for each in raised.value.problems}
    assert found == {
        (1, "fields.1", "desk.paper.wrong"),
        (2, "services.2", "desk.paper.wrong"),
        (3, "more", "desk.paper.unknown"),
    }
