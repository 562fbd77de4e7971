"""Plays random sequences against the model, in several processes, and says what happened.

python -m tests.cooperation.proof --sequences 10000 --processes 2
python -m tests.cooperation.proof --sequences 5000 --first 5000      the second half of the same
python -m tests.cooperation.proof --sequences 10000 --kept run.jsonl goes on where it was stopped
python -m tests.cooperation.proof --only 4711          one sequence, made as short as it breaks

Exit status: 0 every promise holds, 1 some sequence broke one, 2 wrong use.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import taawun
from tests.cooperation.proof.core import play as play_core
from tests.cooperation.proof.moves import MOVES, broken, shrunk
from tests.cooperation.proof.world import Template

MEMORY = Path("/dev/shm")
PART, CORE_PART = 50, 1000
"""Sequences in one go of a process."""
SUMMARY: dict[str, tuple[str, ...]] = {
    "moves": ("moves",),
    "proposals": ("proposed",),
    "signatures": ("act: sign",),
    "suspensions": ("suspended: ",),
    "resumptions": ("act: resume",),
    "memberships changed": ("members ",),
    "clock jumps, clocks set wrong": ("clock jumps", "clocks set wrong"),
    "faults of lines, disks, machines": ("fault: ", "disk full", "restarts", "sender killed"),
    "messages accepted": ("accepted: ",),
    "  requests": ("accepted: request",),
    "  answers": ("accepted: answer",),
    "  consents decided": ("accepted: onward_decision",),
    "refused when it was to be sent": ("not placed: ", "send refused: permit.", "lookup refused: "),
    "refused at arrival": ("refused at arrival: ",),
    "withheld": ("withheld: ",),
    "  delivered later, once": ("withheld, then delivered once",),
    "came again, no second effect": ("same message again, no effect",),
    "onward use stopped": ("passed on (loosened): stopped", "passed on (named): stopped",
                           "passed on (silent): stopped", "use refused: "),
    "sent with a second officer": ("sent with four eyes",),
    "  stopped for want of one": ("send refused: review.", "approve refused: review.",
                                  "lookup not approved: "),
    "lookups counted by the owner": ("lookups counted in",),
    "  answered: hit": ("lookups: hit",),
    "  answered: no hit": ("lookups: no_hit",),
    "  keys destroyed by a suspension": ("terms ended: suspended",),
}  # fmt: skip
"""What is said of a run: each line is the sum of the counts that begin so."""

Played = tuple[Counter[str], dict[int, str]]


def part(template: Template, begin: int, end: int) -> Played:
    """Some sequences: what happened, and which of them broke what."""
    counts: Counter[str] = Counter()
    wrong: dict[int, str] = {}
    with template.world(Path(tempfile.mkdtemp(dir=template.folder.parent)) / "world") as world:
        for seed in range(begin, end):
            if said := broken(world, template, seed):
                wrong[seed] = said
            counts += world.counts
    return counts, wrong


def core(begin: int, end: int) -> Played:
    """The same of the rules alone, without stores."""
    counts: Counter[str] = Counter()
    wrong = {}
    for seed in range(begin, end):
        if said := play_core(seed, counts):
            wrong[seed] = said
    return counts, wrong


def state() -> str:
    """What was tested: a digest of the source and of the proof."""
    found = hashlib.sha256()
    for folder in (Path(taawun.__file__).parent, Path(__file__).parent):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".yml", ".json"):
                found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]


class Kept:
    """What was played already, in a file of one JSON object a line; nothing without a file."""

    def __init__(self, path: Path | None, here: str) -> None:
        self.path, self.here = path, here
        self.parts: dict[str, Played] = {}
        if path is not None and path.exists():
            for line in path.read_text().splitlines():
                said = json.loads(line)
                if said["state"] != here:
                    raise SystemExit(f"{path}: of another state ({said['state']}, now {here})")
                wrong = {int(seed): text for seed, text in said["wrong"].items()}
                self.parts[said["part"]] = Counter(said["counts"]), wrong

    def add(self, name: str, played: Played) -> None:
        self.parts[name] = played
        if self.path is not None:
            said = {"state": self.here, "part": name, "counts": played[0], "wrong": played[1]}
            with self.path.open("a") as file:
                file.write(json.dumps(said) + "\n")


def main() -> None:
    asked = argparse.ArgumentParser(
        prog="python -m tests.cooperation.proof",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked.add_argument("--sequences", type=int, default=10_000, help="of the whole, with stores")
    asked.add_argument("--core", type=int, default=0, help="of the rules alone")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--first", type=int, default=0, help="the seed of the first")
    asked.add_argument("--kept", type=Path, help="a file in which what was played is kept")
    asked.add_argument(
        "--only", type=int, help="one sequence, made short where it breaks something"
    )
    given = asked.parse_args()
    if given.sequences < 0 or given.core < 0 or given.processes < 1:
        asked.error("a number of sequences is not below 0, of processes not below 1")
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
    kept = Kept(given.kept, state())
    jobs = dict(_jobs(given, template))
    play(jobs, kept, given.processes)
    counts: Counter[str] = Counter()
    wrong: dict[str, str] = {}
    for name in jobs:
        more, broke = kept.parts[name]
        counts += more
        wrong |= {f"{name.split()[0]} {seed}": said for seed, said in broke.items()}
    show(counts, wrong)
    print(
        f"{given.sequences:,} sequences of {MOVES} moves from {given.first},"
        f" {given.core:,} of the rules alone, state {kept.here}:"
        f" {len(wrong)} broke a promise, {time.monotonic() - begun:.0f} s"
    )
    return int(bool(wrong))


def _jobs(
    given: argparse.Namespace, template: Template
) -> Iterable[tuple[str, Callable[[], Played]]]:
    last = given.first + given.sequences
    for at in range(given.first, last, PART):
        end = min(at + PART, last)
        yield f"sequence {at}-{end}", partial(part, template, at, end)
    for at in range(0, given.core, CORE_PART):
        end = min(at + CORE_PART, given.core)
        yield f"rules {at}-{end}", partial(core, at, end)


def play(jobs: dict[str, Callable[[], Played]], kept: Kept, processes: int) -> None:
    """Play what was not played yet; what breaks is said at once, and how far it is."""
    with ProcessPoolExecutor(processes) as pool:
        running: dict[Future[Played], str] = {
            pool.submit(job): name for name, job in jobs.items() if name not in kept.parts
        }
        for number, done in enumerate(as_completed(running), 1):
            kept.add(running[done], done.result())
            for seed, said in done.result()[1].items():
                print(f"{running[done]}: {seed}: {said}", file=sys.stderr)
            print(f"{number} of {len(running)} parts", file=sys.stderr, flush=True)


def show(counts: Counter[str], wrong: dict[str, str]) -> None:
    for name, count in sorted(counts.items()):
        print(f"{count:>10,}  {name}")
    print()
    for line, beginnings in SUMMARY.items():
        total = sum(count for name, count in counts.items() if name.startswith(beginnings))
        print(f"{total:>10,}  {line}")
    for name, said in sorted(wrong.items()):
        print(f"{name}: {said}")


if __name__ == "__main__":
    main()
