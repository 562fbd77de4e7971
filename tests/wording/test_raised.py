"""Every sentence that is raised has its Arabic."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from taawun.wording import known
from taawun.wording.raised import fitting, in_words
from taawun.wording.refusal import refusal
from taawun.wording.texts import room, text_of

SOURCE = Path(__file__).parents[2] / "src" / "taawun"
ERRORS = {
    node.name
    for node in ast.parse((SOURCE / "errors.py").read_text("utf-8")).body
    if isinstance(node, ast.ClassDef)
} - {"Problem", "Refused", "RefusedForNow"}
REFUSALS = ("Refused", "RefusedForNow")
"""Their first argument is a ground, which is worded as `refusal.<ground>`."""
FOR_A_PERSON = [path for path in sorted(SOURCE.rglob("*.py")) if path.parent.name != "web"]
"""What the API answers is the wire's English; its rooms are not in this."""


def sentence(node: ast.expr) -> str | None:
    """A literal sentence with 7 in place of what is put in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values
        )
    return None


def raised_in(path: Path) -> list[str]:
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ERRORS
        and node.args
    ]
    return [said for call in calls if (said := sentence(call.args[0])) is not None]


@pytest.mark.parametrize("path", FOR_A_PERSON, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_raised_sentence_is_in_the_catalogue(path: Path) -> None:
    assert [said for said in raised_in(path) if fitting(said) is None] == []


def grounds_in(path: Path) -> list[tuple[str, set[str] | None]]:
    """The grounds of refusals, with the parameters that are given; None where they are not told."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if called and node.func.id in REFUSALS and node.args:  # type: ignore[attr-defined]
            ground, names = node.args[0], [word.arg for word in node.keywords]  # type: ignore[attr-defined]
            if isinstance(ground, ast.Constant):
                told = None if None in names else {str(name) for name in names}
                found.append((str(ground.value), told))
    return found


@pytest.mark.parametrize("path", FOR_A_PERSON, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_ground_of_a_refusal_has_its_sentence(path: Path) -> None:
    grounds = grounds_in(path)
    assert [ground for ground, _ in grounds if not known(f"refusal.{ground}")] == []
    lacking = []
    for ground, told in grounds:
        asked = set(re.findall(r"\{(\w+)\}", str(text_of(f"refusal.{ground}"))))
        if told is not None and not asked <= told:
            lacking.append(f"{ground}: {sorted(asked - told)}")
    assert lacking == []


def test_a_refusal_is_worded_with_its_codes_in_words() -> None:
    params = {"field": "judicial"}
    assert refusal("permit.field", params, "en").endswith("this field: judicial cooperation")
    assert refusal("permit.field", params, "ar").endswith("التعاون القضائي")
    assert refusal("permit.field", {}, "en").endswith("this field: …")
    assert refusal("nobody.knows", {"a": "b"}, "en") == "refusal.nobody.knows (a=b)"


@pytest.mark.parametrize("ground", ["permit.suspended", "nobody.knows"])
def test_a_partner_may_call_what_it_says_as_it_likes(ground: str) -> None:
    assert refusal(ground, {"lang": "xx", "code": "y"}) == refusal(ground, {})


def test_every_sentence_of_the_catalogue_has_words_of_its_own() -> None:
    """One that is all places would fit anything, and hide what has no Arabic."""
    bare = {code: re.sub(r"\{\w+\}", "", str(text["en"])) for code, text in room("raised").items()}
    assert [code for code, words in bare.items() if not re.search(r"[a-z]{3}", words)] == []


def test_no_raised_sentence_is_nothing_but_what_is_put_in() -> None:
    bare = [
        f"{path.relative_to(SOURCE)}: {said}"
        for path in FOR_A_PERSON
        for said in raised_in(path)
        if not re.search(r"[a-z]{3}", said)
    ]
    assert bare == []


def test_the_most_exact_sentence_is_taken() -> None:
    assert in_words("un.xml: the file is empty", "en") == "un.xml: the file is empty"
    assert in_words("un.xml: the file is empty", "ar") == "\u2068un.xml\u2069: الملف فارغ"
    found = fitting("/x: cannot be used: Permission denied")
    assert found == ("raised.store.unusable", {"path": "/x", "why": "Permission denied"})


def test_what_nobody_foresaw_is_shown_as_it_is() -> None:
    assert in_words("something else", "ar") == "something else"
