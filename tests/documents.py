"""Running the examples that the documents show.

A ```` ```console ```` block is a terminal: lines after `$ ` are commands, what follows is what
they print. Only `taawun` commands are run (others set the machine up, or never end). A line
`...` stands for any lines; `⟨…⟩` inside a line for whatever varies (a time, a rate, a hash).
In a ```` ```python ```` block, what stands behind `  # ` is the value of the expression before it.
A `taawun node serve … &` goes on until the document ends; its address is waited for.
A line that only tells how far a slow command has come is dropped from what it printed.
The blocks of one document run in order in one home; files they name are made under it from
blocks fenced as ```` ```csv customers.csv ```` (any language, then a file name).
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from taawun.wording import LANGUAGES
from taawun.wording.texts import text_of

FENCE = re.compile(r"^```(\w*)[ \t]*([^\n`]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
VARIES = re.compile(r"⟨[^⟩]*⟩")
ENDLESS = {"serve", "demo"}


@dataclass(frozen=True)
class Example:
    """One command and what the document says it prints."""

    line: int
    command: str
    printed: str


def files(document: str) -> dict[str, str]:
    """The files that the document shows, by name."""
    return {name.strip(): body for _, name, body in FENCE.findall(document) if name.strip()}


def examples(document: str) -> Iterator[Example]:
    """The commands in the document's console blocks, in order."""
    for block in FENCE.finditer(document):
        if block.group(1) != "console":
            continue
        first = document[: block.start(3)].count("\n") + 1
        lines = block.group(3).splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            printed = "\n".join(lines[start + 1 : end])
            yield Example(first + start, lines[start][2:], printed)


def is_run(example: Example) -> bool:
    words = shlex.split(example.command)
    return words[:1] == ["taawun"] and not ENDLESS.intersection(words[1:2])


def goes_on(example: Example) -> bool:
    """Whether a command is one that the document leaves running."""
    return example.command.startswith("taawun node serve ") and example.command.endswith(" &")


def free_ports(document: str) -> dict[str, str]:
    """For each port that the document serves on, one that is free here and now."""
    shown = [
        re.search(r"--port (\d+)", each.command) for each in examples(document) if goes_on(each)
    ]
    with ExitStack() as held:
        lines = [held.enter_context(socket.socket()) for _ in shown]
        for line in lines:
            line.bind(("127.0.0.1", 0))
        free = [str(line.getsockname()[1]) for line in lines]
    return {found[1]: port for found, port in zip(shown, free, strict=True) if found}


def on_ports(example: Example, ports: dict[str, str]) -> Example:
    """The example with its ports put in place of those that the document shows."""
    command = example.command
    for shown, port in ports.items():
        command = command.replace(shown, port)
    return replace(example, command=command)


def start(command: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start what goes on, and wait until its port answers; the caller ends it."""
    words = shlex.split(command.removesuffix("&"))
    with (folder / "served.log").open("ab") as log:
        process = subprocess.Popen(
            words, cwd=folder, env=_environment(folder), stdout=log, stderr=log
        )
    port = int(words[words.index("--port") + 1])
    for _ in range(3000):
        if process.poll() is not None:
            raise AssertionError((folder / "served.log").read_text("utf-8"))
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.1)
    raise AssertionError(f"nothing answers on port {port}")


def _environment(folder: Path) -> dict[str, str]:
    binary = Path(sys.executable).parent
    return os.environ | {
        "PATH": f"{binary}{os.pathsep}{os.environ.get('PATH', '')}",
        "TAAWUN_HOME": str(folder / "home"),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }


def run(command: str, folder: Path) -> str:
    """What a shell in `folder` prints for the command, both streams together, without progress."""
    ended = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    return without_progress(ended.stdout)


def without_progress(printed: str) -> str:
    """What was printed but for the lines that come every few seconds, on a slow machine only."""
    lines = printed.splitlines(keepends=True)
    return "".join(line for line in lines if not _tells_progress(line))


def _tells_progress(line: str) -> bool:
    text = text_of("files.progress") or {}
    templates = (re.escape(str(text[lang])) for lang in LANGUAGES)
    shapes = (re.sub(r"\\\{\w+\\\}", ".+", template) for template in templates)
    return any(re.fullmatch(shape, line.rstrip()) for shape in shapes)


def agrees(printed: str, shown: str) -> bool:
    """Whether what was printed is what the document shows, up to what it marks as varying."""
    return re.fullmatch(pattern(shown), "".join(_lines(printed))) is not None


def pattern(shown: str) -> str:
    """The regular expression that the marks in a shown output stand for."""
    parts = []
    for line in _lines(shown):
        if line.strip() in ("...", "…"):
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(map(re.escape, VARIES.split(line))))
    return "".join(parts)


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.splitlines()]
    return [line + "\n" for line in "\n".join(lines).strip("\n").splitlines()]


def programs(document: str) -> list[str]:
    """The Python that the document shows."""
    return [body for kind, _, body in FENCE.findall(document) if kind == "python"]


def disagreements(program: str) -> list[str]:
    """The expressions whose value is not what the document says behind them."""
    known: dict[str, object] = {}
    lines, wrong = program.splitlines(), []
    for node in ast.parse(program).body:
        if not isinstance(node, ast.Expr):
            exec(ast.unparse(node), known)
            continue
        value = repr(eval(ast.unparse(node), known))
        said = lines[(node.end_lineno or 1) - 1].partition("  # ")[2]
        if not said.startswith(value):
            wrong.append(f"{ast.unparse(node)} is {value}, not {said}")
    return wrong
