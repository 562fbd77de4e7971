"""Every sentence of cooperation and the desk is said somewhere, and every code has one."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from taawun.wording.texts import FOLDER, read

SOURCE = Path(__file__).parents[2] / "src" / "taawun"
ROOMS = (
    "agreement",
    "authority",
    "cooperation",
    "deadlines",
    "desk",
    "exchange",
    "match",
    "matching",
    "messages",
    "request",
    "typologies",
)
CODES = {code for room in ROOMS for code in read(FOLDER / f"{room}.yml")}
BEGINNING = re.compile(rf"({'|'.join(sorted({code.split('.')[0] for code in CODES}))})\.[\w.]*")


@cache
def said() -> tuple[frozenset[str], frozenset[str]]:
    """The codes written out in the source, and patterns of those that are put together there."""
    whole, patterns = set(), set()
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        lines = {id(each) for each in ast.walk(tree) for each in of_the_journal(each)}
        for node in ast.walk(tree):
            if id(node) in lines:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr) and node.values:
                first = node.values[0]
                if isinstance(first, ast.Constant) and BEGINNING.fullmatch(str(first.value)):
                    patterns.add("".join(map(part, node.values)))
    return frozenset(whole), frozenset(patterns)


def of_the_journal(node: ast.AST) -> list[ast.expr]:
    """What a journal line is called looks like a code and is none."""
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return node.args if called and node.func.attr == "journal" else []  # type: ignore[attr-defined]


def part(node: ast.expr) -> str:
    """What stands in a code: text as it is, a word for what is put in."""
    return re.escape(str(node.value)) if isinstance(node, ast.Constant) else r"\w+(\.what)?"


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_is_said_somewhere(room: str) -> None:
    whole, patterns = said()
    unused = [
        code
        for code in read(FOLDER / f"{room}.yml")
        if code not in whole
        and code.rpartition(".")[0] not in whole  # a table of prefixes has it
        and not code.startswith("refusal.")  # `test_every_ground_is_raised`
        and not any(re.fullmatch(pattern, code) for pattern in patterns)
    ]
    assert unused == []


def test_every_ground_is_raised() -> None:
    """By its code, or as part of a longer one that is put together (`wire.…`)."""
    whole, _ = said()
    lacking = [
        code for code in sorted(CODES) if code.startswith("refusal.") and code[8:] not in whole
    ]
    assert lacking == []


def test_every_code_that_is_put_together_has_a_sentence() -> None:
    _, patterns = said()
    every = {code for path in FOLDER.glob("*.yml") for code in read(path)}
    assert [
        pattern
        for pattern in sorted(patterns)
        if not any(re.match(rf"{pattern}(\.|$)", code) for code in every)
    ] == []
