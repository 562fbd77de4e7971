"""The documents say what is: their examples run and print what they show."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from taawun.wording import LANGUAGES, say
from tests import documents

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    path
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
    if any(map(documents.is_run, documents.examples(path.read_text("utf-8"))))
]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_examples_print_what_the_document_shows(path: Path, tmp_path: Path) -> None:
    document = path.read_text("utf-8")
    if (ROOT / "docs" / "examples").is_dir():
        shutil.copytree(ROOT / "docs" / "examples", tmp_path, dirs_exist_ok=True)
    for name, body in documents.files(document).items():
        (tmp_path / name).write_text(body, "utf-8")
    wrong = []
    ports = documents.free_ports(document)
    with ExitStack() as served:
        for shown in filter(documents.is_run, documents.examples(document)):
            example = documents.on_ports(shown, ports)
            if documents.goes_on(example):
                process = served.enter_context(documents.start(example.command, tmp_path))
                served.callback(process.terminate)
                continue
            printed = documents.run(example.command, tmp_path)
            if not documents.agrees(printed, example.printed):
                wrong.append(f"{path.name}:{example.line}: $ {example.command}\n{printed}")
    assert not wrong, "\n".join(wrong)


PROGRAMS = [
    pytest.param(program, id=f"{path.relative_to(ROOT)}-{number}")
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
    for number, program in enumerate(documents.programs(path.read_text("utf-8")))
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_python_in_the_documents_is_true(program: str) -> None:
    assert documents.disagreements(program) == []


def test_a_wrong_value_in_a_document_is_found() -> None:
    program = "x = 2\nx + 1  # 3: one more\nx + 2  # 5\n"
    assert documents.programs(f"```python\n{program}```\n") == [program]
    assert documents.disagreements(program) == ["x + 2 is 4, not 5"]


def test_the_runner_finds_commands_and_what_they_print() -> None:
    document = "x\n```csv a.csv\nid\n1\n```\n```console\n$ taawun x\nout\n$ make demo\n```\n"
    assert documents.files(document) == {"a.csv": "id\n1\n"}
    found = list(documents.examples(document))
    assert [(each.line, each.command, each.printed) for each in found] == [
        (7, "taawun x", "out"),
        (9, "make demo", ""),
    ]
    assert [documents.is_run(each) for each in found] == [True, False]


@pytest.mark.parametrize(
    ("printed", "shown", "same"),
    [
        ("a\nb\n", "a\nb", True),
        ("a  \nb\n", "a\nb", True),
        ("a\nb\n", "a\nc", False),
        ("a\nb\nc\nd\n", "a\n...\nd", True),
        ("a\nd\n", "a\n...\nd", True),
        ("a\nb\n", "...", True),
        ("took 3.1 s\n", "took ⟨3.0⟩ s", True),
        ("took 3.1 s\n", "took 3.0 s", False),
        ("a.c\n", "abc", False),
        ("", "", True),
        ("noise\n", "", False),
    ],
)
def test_what_varies_is_marked_and_all_else_must_agree(
    printed: str, shown: str, same: bool
) -> None:
    assert documents.agrees(printed, shown) is same


@pytest.mark.parametrize("lang", LANGUAGES)
def test_how_fast_a_command_is_makes_no_difference(lang: str) -> None:
    told = {"what": "Importing a.csv", "percent": "40", "rate": "17", "left": "1:02"}
    progress = say("files.progress", lang, rows=12, **told)
    assert documents.without_progress(f"a\n{progress}\n12 rows: 40 %\n") == "a\n12 rows: 40 %\n"
