"""Runs benchmarks, prints them, and writes RESULTS.md: python -m bench [name …]

Each runs in a process of its own and leaves its outcome in `.bench/outcomes`; RESULTS.md is written
from the latest of each, with its time, once there is one of every benchmark. Figures reach it from
these only, with the command, the date, and what the machine is.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from bench.ground import ROOT
from bench.report import Outcome, grid, load, markdown, save

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
    "private_names",
    "private_match",
    "suspension",
    "exchange",
)
RESULTS = ROOT / "bench" / "RESULTS.md"
OUTCOMES = ROOT / ".bench" / "outcomes"
VERSIONS = (
    *("taawun", "numpy", "numba", "rapidfuzz", "fastapi", "sqlalchemy", "scikit-learn", "voprf"),
)


def one(name: str) -> Outcome:
    """Runs one benchmark in its own process; a crash becomes an outcome that says so."""
    path = OUTCOMES / f"{name}.json"
    path.unlink(missing_ok=True)
    call = [sys.executable, "-m", f"bench.{name}", "--json", str(path)]
    ended = subprocess.run(call, cwd=ROOT, check=False).returncode
    if path.is_file():
        return load(path)
    failed = Outcome(name, skipped=f"the benchmark itself failed (exit status {ended})")
    save(failed, path)
    return failed


def latest() -> list[Outcome] | None:
    """The last outcome of every benchmark; None where one was never run here."""
    paths = [OUTCOMES / f"{name}.json" for name in BENCHES]
    return [load(path) for path in paths] if all(path.is_file() for path in paths) else None


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
    OUTCOMES.mkdir(parents=True, exist_ok=True)
    outcomes = [one(name) for name in names]
    if (every := latest()) is not None:
        RESULTS.write_text(results(every, datetime.now(UTC)), encoding="utf-8")
        print(f"{RESULTS.relative_to(ROOT)} written")
    missed = sum(not target.met for outcome in outcomes for target in outcome.targets)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
