"""Every sentence exists in every language, asks for the same things, and every code has one."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest

from taawun.wording import LANGUAGES, known
from taawun.wording.texts import FOLDER, Text, read

SOURCE = Path(__file__).parents[2] / "src" / "taawun"
FILES = sorted(FOLDER.glob("*.yml"))
PLURALS = {"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}
CODED_CALLS = {"Problem": 0, "Feature": 0, "say": 0, "note": 0, "worded": 0, "known": 0}


def templates(text: Text, lang: str) -> list[str]:
    forms = text.get(lang, "")
    return [forms] if isinstance(forms, str) else list(forms.values())


def params(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_code_has_every_language(path: Path) -> None:
    lacking = [
        f"{code}: {lang}"
        for code, text in read(path).items()
        for lang in LANGUAGES
        if not all(map(str.strip, templates(text, lang)))
    ]
    assert lacking == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_language_asks_for_the_same_things(path: Path) -> None:
    uneven = []
    for code, text in read(path).items():
        asked = {
            lang: set().union(*map(params, templates(text, lang))) - {"count"} for lang in LANGUAGES
        }
        if len({frozenset(names) for names in asked.values()}) > 1:
            uneven.append(f"{code}: {asked}")
    assert uneven == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_plural_texts_have_every_form_of_their_language(path: Path) -> None:
    lacking = [
        f"{code}: {lang}: {sorted(PLURALS[lang] - set(forms))}"
        for code, text in read(path).items()
        for lang, forms in text.items()
        if not isinstance(forms, str) and set(forms) != PLURALS[lang]
    ]
    assert lacking == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_templates_are_plain(path: Path) -> None:
    """No conversions, formats or attribute look-ups: values come in worded."""
    strange = [
        f"{code}: {name}"
        for code, text in read(path).items()
        for lang in LANGUAGES
        for template in templates(text, lang)
        for _, name, form, conversion in Formatter().parse(template)
        if name is not None and (not name.isidentifier() or form or conversion)
    ]
    assert strange == []


def test_no_code_is_worded_twice() -> None:
    counted = Counter(code for path in FILES for code in read(path))
    written = Counter(
        line.split(":")[0]
        for path in FILES
        for line in path.read_text("utf-8").splitlines()
        if line[:1].strip() and not line.startswith("#")
    )
    assert [code for code, count in (counted | written).items() if count > 1] == []


def codes_in(path: Path) -> list[str]:
    """The dotted codes written out as first argument (or `code=`) where a code is wanted."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name not in CODED_CALLS:
            continue
        given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
        found += [each.value for each in given if isinstance(each, ast.Constant)]
    return [code for code in found if isinstance(code, str) and "." in code and " " not in code]


@pytest.mark.parametrize(
    "path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE))
)
def test_every_code_in_the_source_has_a_sentence(path: Path) -> None:
    assert [code for code in codes_in(path) if not known(code)] == []
