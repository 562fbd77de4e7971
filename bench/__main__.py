"""Runs all benchmarks, prints them, and writes RESULTS.md: python -m bench [name …]

Each runs in a process of its own. Figures reach RESULTS.md from their results only, with the
command, the date, and what the machine is.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.ground import ROOT
from bench.report import Outcome, grid, load, markdown

BENCHES = (
    "pairs",
    "recall",
    "precision",
    "speed",
    "text",
    "match_load",
    "ledger_quality",
    "ledger_speed",
    "ledger_import",
    "payments",
)
RESULTS = ROOT / "bench" / "RESULTS.md"
VERSIONS = ("taawun", "numpy", "numba", "rapidfuzz", "fastapi", "sqlalchemy", "scikit-learn")


def one(name: str, work: Path) -> Outcome:
    """Runs one benchmark in its own process; a crash becomes an outcome that says so."""
    path = work / f"{name}.json"
    call = [sys.executable, "-m", f"bench.{name}", "--json", str(path)]
    ended = subprocess.run(call, cwd=ROOT, check=False).returncode
    if path.is_file():
        return load(path)
    return Outcome(name, skipped=f"the benchmark itself failed (exit status {ended})")


def results(outcomes: Sequence[Outcome], at: datetime) -> str:
    """The text of RESULTS.md."""
    targets = [target for outcome in outcomes for target in outcome.targets]
    rows = [(t.claim, t.wanted, t.got, "met" if t.met else "**missed**") for t in targets]
    rows += [
        (f"bench.{each.name}", "", each.skipped, "skipped") for each in outcomes if each.skipped
    ]
    head = [
        "# Results",
        "Written by `python -m bench` (`make bench`); do not edit.",
        grid(("", ""), [("date", f"{at:%Y-%m-%d %H:%M} UTC"), *machine()]),
        "## Targets",
        grid(("target", "wanted", "measured", ""), rows),
    ]
    return "\n\n".join([*head, *(markdown(outcome) for outcome in outcomes)])


def machine() -> list[tuple[str, str]]:
    """What was measured on: processor count, system, versions. No names of machines."""
    return [
        ("processors", str(os.cpu_count())),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("Python", platform.python_version()),
        *((name, _version(name)) for name in VERSIONS),
    ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="name", help=f"some of {', '.join(BENCHES)}")
    names = asked.parse_args().names or BENCHES
    if unknown := set(names) - set(BENCHES):
        asked.error(f"no benchmark called {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        outcomes = [one(name, Path(folder)) for name in names]
    if tuple(names) == BENCHES:
        RESULTS.write_text(results(outcomes, datetime.now(UTC)), encoding="utf-8")
        print(f"{RESULTS.relative_to(ROOT)} written")
    missed = sum(not target.met for outcome in outcomes for target in outcome.targets)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
