"""The shape of the repository: dependencies locked, words listed, nothing of this machine in it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "taawun"
BANNED_NAMES = {"manager", "helper", "helpers", "processor", "utils", "util", "common", "data"}
MODULES = sorted(SOURCE.rglob("*.py"))
MODULE_LINES = 500
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def name_of(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def locked(lock: str) -> set[str]:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    return {
        match.group(1).lower()
        for match in re.finditer(r"^([\w.-]+)(?:\[.*\])?==", text, re.MULTILINE)
    }


@pytest.mark.parametrize(
    ("lock", "extras"), [("base", ()), ("dev", ("test", "dev")), ("bench", ("bench",))]
)
def test_every_dependency_is_locked(lock: str, extras: tuple[str, ...]) -> None:
    wanted = list(PROJECT["dependencies"])
    for extra in extras:
        wanted += PROJECT["optional-dependencies"][extra]
    assert {name_of(each) for each in wanted} - {"taawun"} <= locked(lock)


@pytest.mark.parametrize("lock", ["base", "dev", "bench"])
def test_every_locked_package_has_a_hash_and_names_no_place(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    entries = re.split(r"\n(?=[\w.-]+==)", text.strip())
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.search(r"https?://|file:|--(?:extra-)?index-url|--find-links", text) is None


def test_the_locks_agree_on_versions() -> None:
    pins: dict[str, set[str]] = {}
    for lock in ("base", "dev", "bench"):
        text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
        for name, version in re.findall(r"^([\w.-]+)==(\S+) (?!;)", text, re.MULTILINE):
            pins.setdefault(name, set()).add(version)
    pins.pop("duckdb")  # nomenklatura, a peer, asks for an older one than Taawun runs on
    assert {name: found for name, found in pins.items() if len(found) > 1} == {}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_path_of_this_machine_is_in_a_tracked_file() -> None:
    places = {f"{ROOT.parent}/", f"{Path.home()}/"} - {"//", "/tmp/"}
    found = []
    for path in tracked():
        if not path.is_file() or path.suffix == ".lock":
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {place}" for place in places if place in text]
    assert found == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_say_what_they_are_and_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module says what it is"
    assert text.count("\n") <= MODULE_LINES
    assert path.stem not in BANNED_NAMES


def glossary() -> Iterator[tuple[str, str, str, str]]:
    for line in (ROOT / "GLOSSARY.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and "---" not in line and cells[1] != "العربية":
            yield cells[0], cells[1], cells[2], cells[3]


WIRE = {"web.models", "web.reconciling"}
"""The APIs' own words, which are OpenSanctions' and the W3C reconciliation group's."""
ERRORS = {
    node.name
    for node in ast.parse((SOURCE / "errors.py").read_text("utf-8")).body
    if isinstance(node, ast.ClassDef)
} - {"Problem"}


def named(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def public_nouns() -> Iterator[tuple[str, str]]:
    """Every public class that is a word of ours, with its module.

    Errors are told by their tree, protocols by what fulfils them; the command line has commands.
    """
    for path in MODULES:
        if named(path) in WIRE or path.relative_to(SOURCE).parts[0] == "cli":
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                if not bases & (ERRORS | {"Protocol", "Exception"}) and node.name not in ERRORS:
                    yield node.name, named(path)


def spaced(name: str) -> str:
    """`KeptHit` as it stands in the glossary, in small letters: kept hit."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def test_the_glossary_has_every_public_noun_in_both_languages() -> None:
    listed = {
        (english.lower(), module)
        for english, _, _, modules in glossary()
        for module in re.findall(r"`([^`]+)`", modules)
    }
    lacking = [(spaced(name), module) for name, module in public_nouns()]
    assert [each for each in lacking if each not in listed] == []


def test_the_glossary_is_whole_and_points_at_modules_that_exist() -> None:
    there = set(map(named, MODULES))
    wrong = []
    for english, arabic, origin, modules in glossary():
        if not (english and origin and re.search(r"[\u0621-\u064a]", arabic)):
            wrong.append(f"{english}: a cell is empty or not Arabic")
        pointed = set(re.findall(r"`([^`]+)`", modules))
        if not pointed or not pointed <= there:
            wrong.append(f"{english}: no module {modules}")
    assert wrong == []


def test_the_glossary_lists_each_term_once() -> None:
    terms = [english.lower() for english, _, _, _ in glossary()]
    assert sorted(terms) == sorted(set(terms))


def test_ci_runs_the_readme_command_and_the_rest_of_check() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    checked = re.search(r"^check: ([a-z ]+)##", makefile, re.MULTILINE)
    assert checked is not None
    run = re.findall(r"^make (?:--keep-going )?([a-z ]+?)(?: [A-Z]+=.+)? \|\|", ci, re.MULTILINE)
    assert sorted(" ".join(run).split()) == sorted(checked.group(1).split())
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "make test" in (ROOT / "README.md").read_text("utf-8")
