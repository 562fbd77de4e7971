"""Hit or no hit beside openmined-psi: setting up a million records, then ten thousand lookups.

    [TAAWUN_BENCH_RECORDS=1000000] [TAAWUN_BENCH_LOOKUPS=10000] python -m bench.private_match

Records are made-up customers, each with a document's number; half of the lookups are of people
among them, written as they stand there. Owner and asker have two processes each on the same two
cores. Lookups are everything beyond the network: laid out with dummies and controls, blinded,
written, read, checked, evaluated and proved, written, read, verified, unblinded, looked up in the
table of all records, the controls held. Hits must be exactly those that the owner finds when it
looks its own tokens up, all who are known among them, or the benchmark is skipped.
"""

from __future__ import annotations

import os
import pickle
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench.names.customers import Customer, customers
from bench.peers import ask as ask_peer
from bench.report import Outcome, Skip, main
from taawun.cooperation.agreement import Purpose
from taawun.cooperation.private import oprf
from taawun.cooperation.private.answering import answer_body, evaluated
from taawun.cooperation.private.asking import Blinds, blinded
from taawun.cooperation.private.bodies import (
    MOST_LOOKUPS,
    MatchAnswer,
    MatchQuestion,
    packed,
    unpacked,
)
from taawun.cooperation.private.finishing import finalised
from taawun.cooperation.private.offers import KeptTerms
from taawun.cooperation.private.oprf import WIRE
from taawun.cooperation.private.sheet import check_sizes, lay_out, read_off
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind
from taawun.cooperation.private.table import Segment, Table, TableFolder, TableKey, make
from taawun.cooperation.private.terms import Terms
from taawun.cooperation.private.tokens import tokens_of_question, tokens_of_record
from taawun.cooperation.private.vocabulary import vocabulary
from taawun.cooperation.private.workers import Workers
from taawun.cooperation.trust.party import CooperationField

RECORDS = int(os.environ.get("TAAWUN_BENCH_RECORDS", "1000000"))
LOOKUPS = int(os.environ.get("TAAWUN_BENCH_LOOKUPS", "10000"))
LOOKUP_SECONDS, SETUP_SECONDS = 10.0, 900.0
CORES, IN_FLIGHT, SAMPLE = 2, 4, 2_000
EACH = MOST_LOOKUPS - 1
"""Lookups of a question, beside that of the controls."""
MEGA = 1_000_000
SEED_OF_RECORDS, STRANGE, SEED_OF_SAMPLE = 7, 99, 31
QUESTION = "00000000-0000-4000-8000-{:012}"
AT = datetime(2026, 3, 14, 12, tzinfo=UTC)
SEED = b"the seed of a benchmark, not any"
T = TypeVar("T")


@dataclass(slots=True)
class Asked:
    """What came of the lookups: for each whether it hit, seconds, bytes of the bodies."""

    hits: list[bool] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Set:
    """What the set-up made, and what it took."""

    segment: Segment
    seconds: float
    processor: float
    peak: float


def terms() -> KeptTerms:
    """Terms between two made-up authorities."""
    said = Terms(
        agreement="ab" * 32,
        owner="XB-FIU",
        asker="XA-FIU",
        field=CooperationField.AML_CFT,
        purpose=Purpose.INTELLIGENCE,
        period=1,
        valid_from=AT,
        valid_until=AT + timedelta(days=90),
        lookups_per_day=LOOKUPS,
        public_key="00" * 32,
        control_hit="01" * 32,
        control_miss="02" * 32,
        made_at=AT,
        **vocabulary().model_dump(),
    )
    key = oprf.public_key(SEED, said.binding.info).hex()
    said = said.model_copy(update={"public_key": key})
    return KeptTerms(said.digest(), "asker", said.owner, said, "agreed")


def subject(customer: Customer) -> Subject:
    """A customer as it is matched, with the number of a document made from its own."""
    number = Identifier("document", f"D{customer.id}", customer.country)
    born = (customer.birth_date,) if customer.birth_date else ()
    places = (customer.country,) if customer.country else ()
    return Subject(SubjectKind(customer.kind), (customer.name,), born, (number,), places)


def people(
    count: int, *, strangers: bool = False, seed: int = SEED_OF_RECORDS
) -> Iterator[Subject]:
    """So many customers; strangers are drawn by another seed, with numbers that nobody has."""
    for customer in islice(customers(count, STRANGE if strangers else seed), count):
        one = subject(customer)
        if not strangers:
            yield one
        else:
            number = Identifier("document", f"S{customer.id}", customer.country)
            yield Subject(one.kind, one.names, one.birth_dates, (number,), one.countries)


def set_up(kept: KeptTerms, home: Path) -> Set:
    """The table of all records."""
    making = TableFolder(home, "bench", kept.terms.table_step, kept.terms.table_most)
    key = TableKey(SEED, kept.terms.binding.info)
    began, used = time.perf_counter(), _processor()
    with Workers(CORES) as workers:
        others = [kept.terms.check_tokens[0]]
        made = make(people(RECORDS), tokens_of_record, key, making, workers, others=others)
    if made is None:
        raise Skip("no records")
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Set(made, took, _processor() - used, peak)


def _processor() -> float:
    every = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in every)


def lookups(kept: KeptTerms, table: Table) -> tuple[list[list[bytes]], list[bool]]:
    """The tokens of every lookup, and whether the owner finds any of them in its own table."""
    half = min(LOOKUPS // 2, RECORDS)
    asked = [*_askable(people(RECORDS), half)]
    asked += _askable(people(2 * LOOKUPS, strangers=True), LOOKUPS - half)
    flat = [token for tokens in asked for token in tokens]
    values = oprf.known(SEED, kept.terms.binding.info, flat)
    found = iter(table.has(oprf.fingerprints(values)).tolist())
    truth = [any(list(islice(found, len(tokens)))) for tokens in asked]
    if not all(truth[:half]):
        raise Skip("somebody whose record was put in is not in the table")
    return asked, truth


def _askable(some: Iterator[Subject], count: int) -> list[list[bytes]]:
    tokens = (list(tokens_of_question(each).tokens) for each in some)
    return list(islice(filter(None, tokens), count))


def ask(kept: KeptTerms, asked: Sequence[list[bytes]], table: Table) -> Asked:
    """All lookups, a few questions in flight at a time."""
    done = Asked()
    batches = [asked[at : at + EACH] for at in range(0, len(asked), EACH)]
    with Workers(CORES) as owner, Workers(CORES) as asker:
        used = -_worked(owner, asker)  # they are started, and the libraries read
        blinds = Blinds(asker)
        began = time.perf_counter()
        with ThreadPoolExecutor(IN_FLIGHT) as threads:
            answers = threads.map(
                lambda each: _question(kept, each[1], blinds, owner, table, each[0]),
                enumerate(batches),
            )
            for hits, sent in answers:
                done.hits += hits
                done.sent += sent
        done.seconds = time.perf_counter() - began
        done.processor = used + _worked(owner, asker)
    return done


def _worked(*sides: Workers) -> float:
    """Processor seconds so far, of this process and of all workers."""
    futures = [future for workers in sides for future in workers.everywhere(_own_time)]
    return _own_time() + sum(future.result() for future in futures)


def _own_time() -> float:
    oprf.public_key(SEED, b"")
    return time.process_time()


def _question(
    kept: KeptTerms,
    some: Sequence[list[bytes]],
    blinds: Blinds,
    owner: Workers,
    table: Table,
    number: int,
) -> tuple[list[bool], int]:
    id = QUESTION.format(number)
    sheet = lay_out(some, kept.terms)
    blinds.opened[id], futures = blinded(sheet, kept, blinds.workers)
    points = b"".join(future.result() for future in futures)
    body = MatchQuestion(terms=kept.digest, lookups=sheet.counted, points=packed(points))
    question = body.canonical()
    answer = _answered(kept, id, MatchQuestion.read(question), owner)
    read = MatchAnswer.read(answer)
    proofs, evaluated_points = unpacked(read.proofs), unpacked(read.points)
    check_sizes(kept.terms, sheet.counted, evaluated_points, proofs)
    done = [each.result() for each in finalised(kept, blinds, id, proofs + evaluated_points)]
    found = table.has(np.frombuffer(b"".join(done), WIRE).astype(np.uint64))
    return [bool(row) for row in read_off(sheet, found)], len(question) + len(answer)


def _answered(kept: KeptTerms, id: str, question: MatchQuestion, owner: Workers) -> bytes:
    """What the owner does with a question."""
    points = unpacked(question.points)
    check_sizes(kept.terms, question.lookups, points)
    oprf.check_points(points)
    parts = [future.result() for future in evaluated(kept, SEED, points, owner)]
    return answer_body(kept, id, parts).canonical()


def beside_psi(outcome: Outcome, made: Set, done: Asked, table: Table) -> None:
    """The same numbers asked of openmined-psi, where it is installed."""
    question = {"records": RECORDS, "lookups": LOOKUPS, "known": LOOKUPS // 2}
    columns = ("", "set-up, s", "lookups, s", "table, MB", "lookups, MB", "strings", "points")
    each = terms().terms.tokens_per_lookup
    points = LOOKUPS * each
    size = len(table) * WIRE.itemsize / MEGA
    ours = ("taawun", made.seconds, done.seconds, size, done.sent / MEGA, len(table), points)
    rows = [ours]
    note = (
        "openmined-psi takes one string a record and one a lookup, without proof, padding, control"
        " or budget, and its server's key serves one set-up; Taawun takes up to 16 tokens a record"
        f" and {each} points a lookup, each proved. Strings: the table's, filled up to the step."
    )
    try:
        peer = ask_peer("psi", "private_set_intersection", question)
        sizes = (peer["setup_bytes"] / MEGA, peer["lookup_bytes"] / MEGA)
        named = f"openmined-psi {peer['version']}"
        rows.append((named, peer["setup"], peer["lookups"], *sizes, RECORDS, LOOKUPS))
    except Skip as reason:
        note = f"{note} The peer did not run: {reason}."
    outcome.table(f"{RECORDS:,} records, {LOOKUPS:,} lookups", columns, rows, note)


def parts_of_set_up(outcome: Outcome, made: Set) -> None:
    """Where the processor's time goes, from a sample in this process of records not seen before."""
    some, inventing = _timed(lambda: list(people(SAMPLE, seed=SEED_OF_SAMPLE)))
    _, handing = _timed(lambda: pickle.loads(pickle.dumps(some)))
    tokens, making = _timed(lambda: [tokens_of_record(each) for each in some])
    flat = [token for each in tokens for token in each]
    values, evaluating = _timed(lambda: oprf.known(SEED, b"", flat))
    _, hashing = _timed(lambda: oprf.fingerprints(values))
    columns = (
        "tokens a record",
        "making its tokens, µs",
        "evaluating them, µs",
        "fingerprints, µs",
        "to a worker, µs",
        "making the record up, µs",
        "all of it, processor, µs",
        "peak MB",
    )
    mean, whole = len(flat) / SAMPLE, made.processor / RECORDS * MEGA
    row = (mean, making, evaluating, hashing, handing, inventing, whole, made.peak)
    note = (
        "Microseconds of a processor for each record. Making the record up is the benchmark's own."
        " Peak memory of the process that gathers."
    )
    outcome.table("set-up in parts", columns, [row], note)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """What came of some work, and its microseconds of a processor for each record of the sample."""
    began = time.process_time()
    made = work()
    return made, (time.process_time() - began) / SAMPLE * MEGA


def run(outcome: Outcome) -> None:
    """Measures private matching."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    kept = terms()
    with tempfile.TemporaryDirectory() as folder:
        made = set_up(kept, Path(folder))
        table = Table.at(Path(folder) / "private" / "tables" / "bench", [made.segment])
        asked, truth = lookups(kept, table)
        done = ask(kept, asked, table)
        if done.hits != truth:
            wrong = sum(a != b for a, b in zip(done.hits, truth, strict=True))
            raise Skip(
                f"{wrong} of {len(truth)} lookups were answered otherwise than the owner finds"
            )
        took = f"{done.seconds:.2f} s"
        claim = f"{LOOKUPS:,} lookups against {RECORDS:,} records beyond the network, {CORES} cores"
        outcome.want(claim, f"< {LOOKUP_SECONDS:g} s", took, done.seconds < LOOKUP_SECONDS)
        claim = f"set-up of {RECORDS:,} records, {CORES} cores"
        took = f"{made.seconds:.0f} s"
        outcome.want(claim, f"< {SETUP_SECONDS:g} s", took, made.seconds < SETUP_SECONDS)
        beside_psi(outcome, made, done, table)
    parts_of_set_up(outcome, made)
    points = (len(range(0, LOOKUPS, EACH)) + LOOKUPS) * kept.terms.tokens_per_lookup
    columns = ("seconds", "processor, s", "points", "processor µs a point")
    row = (done.seconds, done.processor, points, done.processor / points * MEGA)
    outcome.table("lookups, both sides", columns, [row])


if __name__ == "__main__":
    main("private_match", run)
