"""Customers we watch over, and the proof that each of them was screened.

A portfolio is a named set of customers as it was last given. A run (`runs.py`) screens it, whole
or where a list update may touch it. What a run found for a customer is kept as it was, hits or
none; nothing of it is edited later.

    run = begin(unit, "retail", "file", …)        runs.begin
    keep(unit, run, [(id, subject, screening)])   as often as needed, a unit for each batch
    close(unit, run)                              who was not in the file leaves the portfolio
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.errors import NotFound, Problem
from taawun.screening.runs import Run, end, iso, last_covered, portfolios
from taawun.screening.subject import Hit, Screening, Subject
from taawun.store import Unit
from taawun.store.tables.screening import customers, screenings


@dataclass(frozen=True, slots=True)
class KeptHit:
    """A hit as it was kept: what it was and how high it scored, without the evidence."""

    entity: str
    dataset: str
    schema: str
    caption: str
    score: float
    match: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """A customer of a portfolio with what the last run that looked at it found.

    `run` is 0 and `at` "" for one that no run has looked at yet.
    """

    customer: str
    subject: Subject
    run: int
    at: str
    complete: bool
    hits: tuple[KeptHit, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What can be shown of a portfolio: everybody screened, against which versions, hits or none.

    `customers` are in the portfolio; `screened` have a kept result, `clear` of them without a
    match; `incomplete` are those whose last screening ran out of time (not counted as clear).
    `behind` names the lists whose version in force is not the one screened against.
    """

    portfolio: str
    run: int
    versions: Mapping[str, str]
    at: str
    customers: int
    screened: int
    clear: int
    incomplete: int
    behind: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Everybody was screened to the end against every list in force."""
        return self.screened == self.customers and not self.incomplete and not self.behind


def keep(
    unit: Unit, run: Run, found: Iterable[tuple[str, Subject, Screening]], *, at: datetime
) -> tuple[Problem, ...]:
    """Keep what was found for some customers, each named once in a run. Best some hundred a call.

    A customer that this run kept already is left as it was kept; it is a problem when it is now
    another subject.
    """
    batch = [
        (customer, write_subject(subject), screening) for customer, subject, screening in found
    ]
    known = _kept_already(unit.connection, run, [customer for customer, _, _ in batch])
    problems, given, results = [], [], []
    for customer, subject, screening in batch:
        if customer not in known:
            known[customer] = subject
            given.append(_customer_row(run, customer, subject))
            results.append(_screening_row(run, customer, screening, at))
        elif known[customer] != subject:
            problems.append(Problem("rescreening.customer_twice", got=customer[:80]))
    if results:
        unit.connection.execute(sa.insert(screenings), results)
    if given and run.kind == "file":
        _give(unit.connection, run, given)
    return tuple(problems)


def close(unit: Unit, run: Run, *, at: datetime, actor: str) -> Run:
    """End a run whose scope was looked at. After a file, who is not in it leaves the portfolio."""
    if run.kind == "file":
        unit.connection.execute(
            sa.delete(customers).where(
                customers.c.portfolio == run.portfolio, customers.c.given_in != run.number
            )
        )
    ended = end(unit, run, "covered", at)
    counted = coverage(unit.connection, run.portfolio, run.versions)
    told = {"run": run.number, "customers": counted.customers, "screened": counted.screened}
    told |= {"clear": counted.clear, "incomplete": counted.incomplete}
    unit.journal("portfolio.screened", run.portfolio, told, at=at, actor=actor)
    return ended


def watched(
    connection: Connection, portfolio: str, *, before: int | None = None, customer: str = ""
) -> Iterator[Watched]:
    """The customers of a portfolio, each with its last screening (the last before run `before`).

    Read as they are asked for, in the order of their ids; with `customer`, that one only.
    """
    earlier = screenings.alias()
    latest = sa.select(sa.func.max(earlier.c.run)).where(
        earlier.c.portfolio == customers.c.portfolio, earlier.c.customer == customers.c.customer
    )
    if before is not None:
        latest = latest.where(earlier.c.run < before)
    query = (
        sa.select(customers.c.customer, customers.c.subject)
        .add_columns(screenings.c.run, screenings.c.at, screenings.c.complete, screenings.c.hits)
        .join_from(
            customers,
            screenings,
            _same_customer() & (screenings.c.run == latest.scalar_subquery()),
            isouter=True,
        )
        .where(customers.c.portfolio == portfolio)
        .order_by(customers.c.customer)
    )
    if customer:
        query = query.where(customers.c.customer == customer)
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield _watched(row)


def kept_in(connection: Connection, run: Run) -> Iterator[tuple[str, tuple[KeptHit, ...]]]:
    """What a run kept, in the order of the customers."""
    query = sa.select(screenings.c.customer, screenings.c.hits).where(
        screenings.c.portfolio == run.portfolio, screenings.c.run == run.number
    )
    for row in connection.execute(query.order_by(screenings.c.customer)):
        yield row.customer, _hits(row.hits)


def the_customer(connection: Connection, customer: str, portfolio: str = "") -> tuple[str, Watched]:
    """A customer by id, with its portfolio, which need not be named where only one has it.

    Raises NotFound when none or several have it.
    """
    names = [portfolio] if portfolio else portfolios(connection)
    found = [
        (name, each) for name in names for each in watched(connection, name, customer=customer)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(name for name, _ in found)
        raise NotFound(f"customer {customer!r} is in several portfolios ({several}): name one")
    where = f"portfolio {portfolio!r}" if portfolio else "any portfolio"
    raise NotFound(f"no customer {customer!r} in {where}: screen-file with --keep adds customers")


def size(connection: Connection, portfolio: str) -> int:
    """How many customers a portfolio has."""
    query = sa.select(sa.func.count()).where(customers.c.portfolio == portfolio)
    return int(connection.execute(query).scalar_one())


def coverage(connection: Connection, portfolio: str, in_force: Mapping[str, str]) -> Coverage:
    """What can be shown of a portfolio, held against the versions in force. Raises NotFound."""
    last = last_covered(connection, portfolio)
    total = screened = clear = incomplete = 0
    for each in watched(connection, portfolio):
        total += 1
        screened += each.run > 0
        incomplete += each.run > 0 and not each.complete
        clear += each.complete and not any(hit.match for hit in each.hits)
    now, then = last.concerning(in_force), last.concerning(last.versions)
    behind = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    return Coverage(
        portfolio,
        last.number,
        then,
        last.ended_at,
        customers=total,
        screened=screened,
        clear=clear,
        incomplete=incomplete,
        behind=tuple(behind),
    )


# On disk


def write_subject(subject: Subject) -> str:
    """A subject as JSON, without what is empty."""
    return _json({name: value for name, value in asdict(subject).items() if value})


def read_subject(text: str) -> Subject:
    """What `write_subject` wrote."""
    said: dict[str, Any] = orjson.loads(text)
    for name, held in said.items():
        if isinstance(held, list):
            said[name] = tuple(held)
    return Subject(**{"names": (), **said})


def _kept_already(connection: Connection, run: Run, batch: Sequence[str]) -> dict[str, str]:
    """Those of these customers that the run kept already, with their subjects."""
    query = (
        sa.select(customers.c.customer, customers.c.subject)
        .join_from(customers, screenings, _same_customer() & (screenings.c.run == run.number))
        .where(customers.c.portfolio == run.portfolio, customers.c.customer.in_(batch))
    )
    return {row.customer: row.subject for row in connection.execute(query)}


def _give(connection: Connection, run: Run, given: list[dict[str, object]]) -> None:
    """Put customers into the portfolio, in place of what was said of them before."""
    names = [row["customer"] for row in given]
    here = (customers.c.portfolio == run.portfolio) & customers.c.customer.in_(names)
    connection.execute(sa.delete(customers).where(here))
    connection.execute(sa.insert(customers), given)


def _customer_row(run: Run, customer: str, subject: str) -> dict[str, object]:
    told = {"portfolio": run.portfolio, "customer": customer}
    return {**told, "subject": subject, "given_in": run.number}


def _screening_row(
    run: Run, customer: str, screening: Screening, at: datetime
) -> dict[str, object]:
    return {
        "portfolio": run.portfolio,
        "customer": customer,
        "run": run.number,
        "at": iso(at),
        "complete": screening.complete,
        "hits": _json([_kept(hit) for hit in screening.hits]),
    }


def _kept(hit: Hit) -> dict[str, object]:
    return {name: getattr(hit, name) for name in KeptHit.__slots__}


def _hits(text: str) -> tuple[KeptHit, ...]:
    return tuple(KeptHit(**said) for said in orjson.loads(text))


def _watched(row: Any) -> Watched:
    subject = read_subject(row.subject)
    if row.run is None:
        return Watched(row.customer, subject, 0, "", False, ())
    return Watched(row.customer, subject, row.run, row.at, bool(row.complete), _hits(row.hits))


def _same_customer() -> sa.ColumnElement[bool]:
    return (screenings.c.portfolio == customers.c.portfolio) & (
        screenings.c.customer == customers.c.customer
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
