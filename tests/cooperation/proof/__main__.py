"""Plays random sequences against the model, in several processes, and says what happened.

python -m tests.cooperation.proof --sequences 10000 --processes 2 --seed 0
python -m tests.cooperation.proof --only 4711          one sequence, made as short as it breaks
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.cooperation.proof.core import play as play_core
from tests.cooperation.proof.moves import MOVES, broken, shrunk
from tests.cooperation.proof.world import Template

MEMORY = Path("/dev/shm")
PART = 100
"""Sequences in one go of a process."""


def part(template: Template, begin: int, end: int) -> tuple[Counter[str], dict[int, str]]:
    """Some sequences: what happened, and which of them broke what."""
    counts: Counter[str] = Counter()
    wrong: dict[int, str] = {}
    with template.world(Path(tempfile.mkdtemp(dir=template.folder.parent)) / "world") as world:
        for seed in range(begin, end):
            if said := broken(world, template, seed):
                wrong[seed] = said
            counts += world.counts
    return counts, wrong


def core(begin: int, end: int) -> tuple[Counter[str], dict[int, str]]:
    """The same of the rules alone, without stores."""
    counts: Counter[str] = Counter()
    wrong = {}
    for seed in range(begin, end):
        if said := play_core(seed, counts):
            wrong[seed] = said
    return counts, wrong


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.cooperation.proof", description=__doc__)
    asked.add_argument("--sequences", type=int, default=10_000, help="of the whole, with stores")
    asked.add_argument("--core", type=int, default=0, help="of the rules alone")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--seed", type=int, default=0, help="of the first")
    asked.add_argument(
        "--only", type=int, help="one sequence, made short where it breaks something"
    )
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    try:
        raise SystemExit(run(given, folder))
    finally:
        shutil.rmtree(folder)


def run(given: argparse.Namespace, folder: Path) -> int:
    template = Template.make(folder / "template")
    if given.only is not None:
        with template.world(folder / "world") as world:
            said, moves = shrunk(world, template, given.only)
        print(said or "every promise holds", *moves, sep="\n")
        return int(bool(said))
    begun = time.monotonic()
    counts: Counter[str] = Counter()
    wrong: dict[int, str] = {}
    with ProcessPoolExecutor(given.processes) as pool:
        last = given.seed + given.sequences
        jobs = [
            pool.submit(part, template, at, min(at + PART, last))
            for at in range(given.seed, last, PART)
        ]
        jobs += [pool.submit(core, at, at + 1000) for at in range(0, given.core, 1000)]
        for done in jobs:
            more, broke = done.result()
            counts += more
            wrong |= broke
    for name, count in sorted(counts.items()):
        print(f"{count:>9,}  {name}")
    for seed, said in sorted(wrong.items()):
        print(f"seed {seed}: {said}")
    print(
        f"{given.sequences:,} sequences of {MOVES} moves, {given.core:,} of the rules alone:"
        f" {len(wrong)} broke a promise, {time.monotonic() - begun:.0f} s"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    main()
