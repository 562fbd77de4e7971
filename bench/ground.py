"""What the benchmarks stand on: the real lists, a home with all of them, the command line.

The lists are not part of the project. They are looked for in TAAWUN_TEST_DATA or in
`../shared/data`; where they are absent a benchmark is skipped and says so. A home is built once
for each state of the code and kept under `.bench/`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.report import Skip

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".bench"
LISTS = {
    "un": ("un_consolidated_2026-02-27.xml",),
    "eu": ("eu_fsf_2026-05-01.part.xml",),
    "uk": ("uk_sanctions_list_2026-08-22.csv",),
    "ofac": ("ofac_sdn.csv", "ofac_alt.csv", "ofac_add.csv"),
}
BUILDS = ("entities", "jit.py", "lists", "names", "screening", "store")
"""The rooms that decide what a home holds; another state of them means another home."""


def data_folder() -> Path:
    """Where the real data is. Raises Skip where it is not."""
    named = os.environ.get("TAAWUN_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not (folder / "lists").is_dir():
        raise Skip(f"no list data in {'TAAWUN_TEST_DATA' if named else '../shared/data'}")
    return folder


def ledger_folder(*names: str) -> Path:
    """Where the labelled ledgers are. Raises Skip where they, or files of these names, are not."""
    named = os.environ.get("TAAWUN_TEST_DATA")
    folder = (Path(named) if named else ROOT.parent / "shared" / "data") / "ledgers"
    where = "TAAWUN_TEST_DATA" if named else "../shared/data"
    for name in ("", *names):
        if not (folder / name).exists():
            raise Skip(f"no {name or 'ledgers'} in {where}")
    return folder


def list_files(source: str) -> list[Path]:
    """The files of one list. Raises Skip where one is absent."""
    paths = [data_folder() / "lists" / name for name in LISTS[source]]
    for path in paths:
        if not path.is_file():
            raise Skip(f"no file {path.name}")
    return paths


def command() -> list[str]:
    """How to call `taawun` in this environment."""
    script = Path(sys.executable).with_name("taawun")
    if script.is_file():
        return [str(script)]
    return [sys.executable, "-c", "from taawun.cli.app import main; main()"]


def taawun(*args: str, home: Path) -> str:
    """Runs one command line and returns what it printed. Raises Skip with its own words."""
    ran = subprocess.run(
        [*command(), *args, "--home", str(home)], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise Skip(f"taawun {args[0]} ended with {ran.returncode}: {last_words(ran.stderr)}")
    return ran.stdout


def last_words(printed: str) -> str:
    """The last line of what a failed command printed that says anything, cut to 200 characters."""
    lines = [line.strip("│ ") for line in printed.splitlines()]
    return next((line[:200] for line in reversed(lines) if any(map(str.isalpha, line))), "nothing")


def _state(extra: str) -> str:
    digest = hashlib.sha256(extra.encode())
    for room in BUILDS:
        top = ROOT / "src" / "taawun" / room
        for path in sorted([top] if top.is_file() else top.rglob("*")):
            if path.suffix in (".py", ".yml", ".yaml", ".json", ".csv", ".txt"):
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def kept_home(purpose: str, fill: Callable[[Path], None]) -> Path:
    """A home filled by `fill`, built again only when the code has changed."""
    home = KEPT / f"{purpose}-{_state(purpose)}"
    if home.is_dir():
        return home
    for stale in KEPT.glob(f"{purpose}-*"):
        shutil.rmtree(stale)
    work = KEPT / f".{purpose}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    fill(work)
    work.rename(home)
    return home


def full_home() -> Path:
    """A home with all four lists added from the publishers' files."""
    files = {source: list_files(source) for source in LISTS}

    def fill(home: Path) -> None:
        for source, paths in files.items():
            taawun("lists", "add", source, *map(str, paths), home=home)

    return kept_home("full", fill)
