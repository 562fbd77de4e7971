"""`taawun match`: do they know this subject? Terms, tables, questions, hits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.cli.seated import code as code_of
from taawun.cli.seated import moment_given, seated
from taawun.errors import InputError, UsageError

if TYPE_CHECKING:
    from taawun.cooperation.private.subject import Subject
    from taawun.desk.desk import Desk
    from taawun.desk.matching import AskedFor, Wanted
    from taawun.desk.subjects import Records

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Do they know this subject? Asked without saying whom.",
)

TermsOf = Annotated[str, typer.Argument(metavar="TERMS", help="The terms, or how they begin.")]
With = Annotated[str, typer.Option("--with", help="The other authority.")]
AgreementOf = Annotated[
    str, typer.Option(help="The agreement; else the only one with them that has matching.")
]
FieldOf = Annotated[str, typer.Option(help="The field; else the only one that was agreed.")]
PurposeOf = Annotated[str, typer.Option(help="The purpose; else the only one that has a budget.")]
DAYS = 90
"""For how many days terms are offered, where nothing is said."""


@app.command()
def terms(
    partner: With,
    agreement: AgreementOf = "",
    field: FieldOf = "",
    purpose: PurposeOf = "",
    until: Annotated[str, typer.Option(help="Until when they hold (UTC); else for 90 days.")] = "",
    records: Annotated[
        int,
        typer.Option(
            min=1,
            help="At most so many records will be in our table (rounded up to a power of ten). The "
            "fewer they are, the less has to be known of somebody to ask for him.",
        ),
    ] = 1_000_000,
) -> None:
    """Offer terms under which a partner may ask us. A key is made for them alone."""
    from taawun.cli.match_shown import in_short, terms_as_json
    from taawun.desk import matching

    with seated() as desk:
        valid_until = moment_given("--until", until) or desk.at + timedelta(days=DAYS)
        wanted = _wanted(partner, agreement, field, purpose)
        kept = matching.offer(desk, wanted, valid_until, records)
    if options().json:
        show.document(terms_as_json(kept))
    else:
        show.say("match.offered", **in_short(kept), records=kept.terms.records_most)
        show.say("match.table_next", terms=kept.digest[:12])


@app.command()
def accept(terms: TermsOf) -> None:
    """Accept terms that a partner offered."""
    from taawun.cli.match_shown import in_short, terms_as_json
    from taawun.desk import matching

    with seated() as desk:
        kept = matching.accept(desk, terms)
    if options().json:
        show.document(terms_as_json(kept))
    else:
        show.say("match.accepted", **in_short(kept), a_day=kept.terms.lookups_per_day)


@app.command()
def table(
    terms: TermsOf,
    lists: Annotated[
        list[str] | None,
        typer.Option("--list", help="A list in force; may be given several times."),
    ] = None,
    all_lists: Annotated[bool, typer.Option("--lists", help="All lists in force.")] = False,
    portfolio: Annotated[str, typer.Option(help="The customers of a portfolio.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="Subjects: CSV, JSONL or Parquet, as screen-file reads.")
    ] = None,
    canaries: Annotated[
        Path | None, typer.Option(help="Made-up subjects, each with an id: who names one is seen.")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0: as many as there are processors.")
    ] = 0,
    unmatched: Annotated[
        Path | None,
        typer.Option(help="A file (CSV) for the records that no question can hit, and why."),
    ] = None,
) -> None:
    """Make the table of our records under terms we offered, or add what is new."""
    from taawun.cli.match_table import shown, told, writing
    from taawun.cli.progress import progress
    from taawun.desk import matching

    if sum((bool(lists), all_lists, bool(portfolio), file is not None)) != 1:
        raise UsageError("say of whom: one of --lists, --list, --portfolio, --file")
    with seated() as desk:
        records = _records(desk, tuple(lists or ()), portfolio, file)
        planted = list(_named(canaries)) if canaries is not None else []
        with writing(unmatched) as each, progress(show.worded("match.making")) as tick:
            made = matching.make_table(
                desk,
                terms,
                records.subjects,
                workers=workers or os.cpu_count() or 1,
                canaries=planted,
                progress=lambda done: tick(done, min(done / max(1, records.total), 1.0)),
                unmatched=each,
            )
    if options().json:
        show.document(told(made))
    else:
        shown(made, unmatched)
    if made.tally.canaries:
        raise typer.Exit(1)


@app.command()
def resend(
    terms: TermsOf,
    segment: Annotated[
        int | None,
        typer.Option(min=1, help="A segment that they took, and lost or found damaged."),
    ] = None,
) -> None:
    """Send again what of our table the partner's node refused, or what it lost."""
    from taawun.desk import matching

    with seated() as desk:
        kept, count = matching.resend_table(desk, terms, segment)
    if options().json:
        show.document({"terms": kept.digest, "segments": count})
    elif not count:
        show.say("match.table_none_again")
    else:
        show.say("match.table_again", count=count)


@app.command()
def ask(
    partner: With,
    reference: Annotated[str, typer.Option(help="Our file; it is kept with the question.")],
    name: Annotated[
        list[str] | None, typer.Argument(help="A name, in any script; several of one subject.")
    ] = None,
    kind: Annotated[str, typer.Option(help="person, company or vessel.")] = "person",
    born: Annotated[
        list[str] | None, typer.Option(metavar="YYYY[-MM[-DD]]", help="When the person was born.")
    ] = None,
    country: Annotated[list[str] | None, typer.Option(help="A country, two letters.")] = None,
    number: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND:NUMBER", help="document:…, iban:…, lei:…, imo:…, phone:… ."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Subjects: CSV, JSONL or Parquet, as screen-file reads.")
    ] = None,
    agreement: AgreementOf = "",
    field: FieldOf = "",
    purpose: PurposeOf = "",
) -> None:
    """Ask whether a partner knows a subject, or those of a file. They do not learn whom."""
    from taawun.cli.match_shown import asked, asked_as_json
    from taawun.desk import matching

    if (file is None) == (not name and not number):
        raise UsageError("say whom: a name, --number, or --file")
    wanted = _wanted(partner, agreement, field, purpose)
    subjects: Iterator[tuple[str, Subject]]
    if file is None:
        one = _subject(name or [], kind, born or [], country or [], number or [])
        subjects = iter([("", one)])
    else:
        subjects = _named(file)
    with seated() as desk:
        found = matching.ask(desk, wanted, subjects, reference)
    if options().json:
        show.document({"asked": [asked_as_json(each) for each in found]})
    else:
        asked(found)
    _end_of(found)


@app.command()
def approve(
    number: Annotated[list[int], typer.Argument(help="Lookups of another officer.")],
) -> None:
    """Let lookups go that wait for a second officer."""
    from taawun.cli.match_shown import lookup_as_json
    from taawun.desk import matching

    with seated() as desk:
        freed = matching.approve(desk, number)
    if options().json:
        show.document({"lookups": [lookup_as_json(each) for each in freed]})
    else:
        show.say("match.approved", count=len(freed))


@app.command()
def status() -> None:
    """Show terms, tables, what is left of today's budget, lookups, alarms."""
    from taawun.cli.match_shown import status_as_json, status_page
    from taawun.desk import matching

    call = options()
    store = call.open_store(create=False)
    with store.reading() as connection:
        found = matching.status(connection, call.now())
    store.close()
    if call.json:
        show.document(status_as_json(found))
    else:
        status_page(found)


@app.command()
def results(
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only held, waiting, asked, hit, no_hit or failed."),
    ] = None,
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="How many.")] = 100,
) -> None:
    """Show what was asked and what came of it, the newest first."""
    from taawun.cli.match_shown import lookup_as_json, lookup_rows
    from taawun.cooperation.private import lookups
    from taawun.cooperation.private.lookups import LookupState

    states = tuple(code_of(LookupState, "--state", each) for each in state or ())
    call = options()
    store = call.open_store(create=False)
    with store.reading() as connection:
        found = lookups.shown(connection, states=states, most=last)
    store.close()
    if call.json:
        show.document({"lookups": [lookup_as_json(each) for each in found]})
    elif not found:
        show.say("match.nothing")
    else:
        names = ("number", "subject", "partner", "state", "by", "reference", "officer")
        show.table([f"match.column.{name}" for name in names], lookup_rows(found))
        for came in (LookupState.HIT, LookupState.NO_HIT):
            if any(each.state is came for each in found):
                show.say(f"match.{came}_means")


@app.command("request")
def request_of(
    number: Annotated[int, typer.Argument(help="The lookup that was a hit.")],
    out: Annotated[Path | None, typer.Option(help="A file; else it is printed.")] = None,
) -> None:
    """Write the request that follows a hit, filled in as far as it goes: taawun request new."""
    from taawun.desk import matching
    from taawun.desk.papers import in_yaml

    call = options()
    store = call.open_store(create=False)
    with store.reading() as connection:
        said = matching.request_of(connection, number, call.lang)
    store.close()
    if out is None and call.json:
        show.document(said)
        return
    text = f"# {show.worded('match.fill_in')}\n{in_yaml(said)}"
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    if call.json:
        show.document({"out": str(out), "lookup": number})
    else:
        show.say("files.written", out=str(out))


def _wanted(partner: str, agreement: str, field: str, purpose: str) -> Wanted:
    from taawun.cooperation.agreement import Purpose
    from taawun.cooperation.trust.party import CooperationField
    from taawun.desk.matching import Wanted

    return Wanted(
        partner,
        agreement,
        code_of(CooperationField, "--field", field) if field else None,
        code_of(Purpose, "--purpose", purpose) if purpose else None,
    )


def _records(desk: Desk, lists: tuple[str, ...], portfolio: str, file: Path | None) -> Records:
    from taawun.desk import subjects

    if portfolio:
        return subjects.of_portfolio(desk.store, portfolio)
    if file is not None:
        return subjects.usable(file)
    return subjects.of_lists(desk.store, lists)


def _named(file: Path) -> Iterator[tuple[str, Subject]]:
    """Subjects of a file, each with its id. Raises InputError where one cannot be read."""
    from taawun.desk.subjects import of_file, usable

    usable(file)
    for row in of_file(file):
        if row.subject is not None:
            yield row.id, row.subject


def _subject(
    names: list[str], kind: str, born: list[str], countries: list[str], numbers: list[str]
) -> Subject:
    from taawun.cooperation.private.numbers import KINDS
    from taawun.cooperation.private.subject import SubjectKind
    from taawun.desk.subjects import given
    from taawun.entities.dates import span

    code_of(SubjectKind, "--kind", kind)
    for text in born:
        if span(text) is None:
            raise UsageError(f"--born: expected YYYY, YYYY-MM or YYYY-MM-DD, got {text!r}")
    pairs = []
    for text in numbers:
        what, _, value = text.partition(":")
        if what not in KINDS or not value.strip():
            there = ", ".join(sorted(KINDS))
            raise UsageError(f"--number: expected KIND:NUMBER with one of {there}, got {text!r}")
        pairs.append((what, value.strip()))
    places = tuple(map(_country, countries))
    return given(tuple(names), kind, tuple(born), places, tuple(pairs))


def _country(text: str) -> str:
    from taawun.entities.countries import country_code

    two = text.strip().lower()
    code = country_code(text) or (two if len(two) == 2 and two.isascii() and two.isalpha() else "")
    if not code:
        raise UsageError(f"--country: expected the code or name of a country, got {text!r}")
    return code


def _end_of(found: tuple[AskedFor, ...]) -> None:
    """Exit status 1 where somebody could not be asked for."""
    if any(each.lookup is None for each in found):
        raise typer.Exit(1)
