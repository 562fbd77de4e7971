"""The pages say what is: links lead somewhere, every ground is in them, and none that is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from taawun.cooperation import wire
from taawun.cooperation.act import MOST_ACTS, Deed
from taawun.cooperation.agreement import Category, Onward, Purpose, Service
from taawun.cooperation.exchange import envelope
from taawun.cooperation.standing import State
from taawun.cooperation.trust.party import CooperationField
from taawun.wording.texts import FOLDER, read
from tests.protocol.read import PROTOCOL

ROOT = PROTOCOL.parent
SOURCE = ROOT / "src" / "taawun" / "cooperation"
PAGES = sorted(PROTOCOL.glob("*.md"))
DECISIONS = [
    ROOT / "docs" / "decisions" / f"{name}.md" for name in ("0016-wire", "0017-agreements")
]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
WORDED = {
    code.removeprefix("refusal.")
    for path in sorted(FOLDER.glob("*.yml"))
    for code in read(path)
    if code.startswith("refusal.")
}
ROOTS = {ground.partition(".")[0] for ground in WORDED}
GROUND = re.compile(rf"`((?:{'|'.join(sorted(ROOTS))})\.(?!json\b|md\b)[a-z0-9_]+)`")

LOCAL = {
    "bundle.answer",  # what came back is no answer: it is sent again
    "exchange.certificate",
    "exchange.no_address",
    "exchange.not_its_certificate",
    "exchange.plain_http",
    "exchange.refused",  # a receipt that refuses without a ground
    "exchange.unreachable",
}
"""Grounds that a node says to its own people alone, and that no page needs."""


def anchor(heading: str) -> str:
    """What a heading is linked by."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.strip().replace(" ", "-")


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(page.read_text("utf-8")):
        if target.startswith("https://"):
            continue
        name, _, place = target.partition("#")
        path = page.parent / name if name else page
        if not path.exists():
            broken.append(target)
        elif place:
            text = path.read_text("utf-8")
            headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            broken += [] if place in map(anchor, headings) else [target]
    assert broken == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_modules_that_a_decision_names_are_there(page: Path) -> None:
    named = set(re.findall(r"`(?:cooperation/)?([\w/]+\.(?:py|yml))`", page.read_text("utf-8")))
    assert named
    assert [name for name in named if not (SOURCE / name).exists()] == []


def grounds_in(path: Path) -> Iterator[str]:
    """Grounds that a module says: the first argument of Refused, and texts that are one."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in WORDED:
            yield node.value
        called = ast.unparse(node.func) if isinstance(node, ast.Call) and node.args else ""
        if isinstance(node, ast.Call) and called.startswith("Refused"):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


SAID = {ground for path in sorted(SOURCE.rglob("*.py")) for ground in grounds_in(path)}
ON_PAGES = {ground for page in PAGES for ground in GROUND.findall(page.read_text("utf-8"))}


def test_every_ground_has_its_words() -> None:
    assert sorted(SAID - WORDED) == []


def test_every_ground_is_on_a_page_or_stays_at_home() -> None:
    assert sorted(SAID - ON_PAGES - LOCAL) == []


def test_the_pages_name_no_ground_that_there_is_not() -> None:
    assert sorted(ON_PAGES - SAID) == []


def test_what_stays_at_home_is_said_there_and_on_no_page() -> None:
    assert sorted(LOCAL - SAID) == []
    assert sorted(LOCAL & ON_PAGES) == []


def test_the_readme_names_every_page_and_every_file_of_vectors() -> None:
    text = (PROTOCOL / "README.md").read_text("utf-8")
    named = set(LINK.findall(text))
    assert {page.name for page in PAGES} - {"README.md"} <= named
    there = {
        path.name + ("/" if path.is_dir() else "") for path in (PROTOCOL / "vectors").iterdir()
    }
    assert {f"vectors/{name}" for name in there} <= named


CODES = {
    "fields": CooperationField,
    "services": Service,
    "purposes": Purpose,
    "categories": Category,
    "onward": Onward,
}


@pytest.mark.parametrize("name", CODES)
def test_the_codes_of_an_agreement_are_those_of_the_page(name: str) -> None:
    text = (PROTOCOL / "agreement.md").read_text("utf-8")
    row = re.search(rf"^\| `{name}` \| (.+) \|$", text, re.MULTILINE)
    assert row is not None
    assert re.findall(r"`(\w+)`", row[1]) == [each.value for each in CODES[name]]


FIGURES = [
    ("canonical.md", f"{wire.MOST_BYTES:,} bytes"),
    ("canonical.md", f"at most {wire.MOST_DEPTH} deep"),
    ("agreement.md", f"{wire.CLOCKS_APART.seconds} seconds"),
    ("../docs/decisions/0016-wire.md", f"{wire.CLOCKS_APART.seconds} seconds"),
    ("../docs/decisions/0016-wire.md", f"{envelope.MOST_BYTES // 2**20} MiB"),
    ("../docs/decisions/0017-agreements.md", f"{MOST_ACTS:,} of a party"),
]


@pytest.mark.parametrize(("page", "figure"), FIGURES)
def test_figures_of_the_pages_are_those_of_the_code(page: str, figure: str) -> None:
    assert figure in (PROTOCOL / page).read_text("utf-8")


def test_the_states_and_deeds_of_the_page_are_those_of_the_code() -> None:
    text = (PROTOCOL / "agreement.md").read_text("utf-8")
    deeds = re.findall(r"^\| `(\w+)` \| (?:first of all|after )", text, re.MULTILINE)
    assert deeds == [each.value for each in Deed]
    assert {each.value for each in State} <= set(re.findall(r"\w+", text))
