"""`taawun screen` and `taawun screen-file`: is somebody on a list?

What is imported decides how soon the first answer is there; each command takes what it needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.errors import UsageError
from taawun.screening.subject import CUTOFF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taawun.screening.files import Done, Job
    from taawun.screening.screener import Screener
    from taawun.screening.subject import Hit, Screening, Subject

screen = typer.Typer(add_completion=False)
screen_file = typer.Typer(add_completion=False)

KINDS = ("person", "company", "vessel")
GENDERS = ("male", "female")

Lists = Annotated[
    list[str] | None,
    typer.Option("--list", help="Only this list (repeat for several).", show_default=False),
]
Limit = Annotated[int, typer.Option(min=1, max=500, help="How many hits at most.")]
Threshold = Annotated[float, typer.Option(min=0, max=1, help="The score from which it is a match.")]
Cutoff = Annotated[float, typer.Option(min=0, max=1, help="The score from which a hit is shown.")]


@screen.command()
def _screen(
    name: Annotated[str, typer.Argument(help="The name, in any script.")],
    kind: Annotated[str, typer.Option(help="person, company or vessel.")] = "",
    born: Annotated[
        str, typer.Option(metavar="YYYY[-MM[-DD]]", help="Date of birth, founding or building.")
    ] = "",
    country: Annotated[
        list[str] | None,
        typer.Option(help="Code or name of a country (repeat for several).", show_default=False),
    ] = None,
    gender: Annotated[str, typer.Option(help="male or female.")] = "",
    identifier: Annotated[
        list[str] | None,
        typer.Option(help="Passport, tax, IMO or other number (repeatable).", show_default=False),
    ] = None,
    lists: Lists = None,
    limit: Limit = 5,
    threshold: Threshold = 0.7,
    cutoff: Cutoff = CUTOFF,
    customer: Annotated[
        str, typer.Option(help="The customer whose judgements count: cleared hits are left out.")
    ] = "",
    portfolio: Annotated[
        str, typer.Option(help="The customer's portfolio, where several have that id.")
    ] = "",
    cleared: Annotated[
        bool, typer.Option("--all", help="Also hits that an officer cleared.")
    ] = False,
) -> None:
    """Screen one person, company or vessel against the lists in force."""
    from taawun.screening.record import built_from
    from taawun.screening.screener import Screener, folder_in_force

    subject = _subject(name, kind, born, country or (), gender, identifier or ())
    folder = folder_in_force(options().home)
    against = _chosen(built_from(folder), lists or [])
    screener = Screener.at(folder)
    excluded = frozenset[str]()
    if customer and not cleared:
        excluded = _cleared(screener, customer, portfolio)
    found = screener.screen(
        subject,
        datasets=frozenset(lists or ()) or None,
        limit=limit,
        threshold=threshold,
        cutoff=min(cutoff, threshold),  # a match is always shown
        exclude_ids=excluded,
    )
    if options().json:
        from taawun.screening.answer import result

        show.document({"results": [result(hit, options().lang) for hit in found.hits]})
    else:
        _show(found, against, min(cutoff, threshold), len(excluded))


def _subject(
    name: str,
    kind: str,
    born: str,
    countries: Sequence[str],
    gender: str,
    identifiers: Sequence[str],
) -> Subject:
    """The question as it was put. Raises UsageError for a part that cannot be meant."""
    from taawun.screening.subject import Subject

    if not any(map(str.isalnum, name)):
        raise UsageError("NAME: expected a name with letters or digits in it")
    _one_of("--kind", kind, KINDS)
    _one_of("--gender", gender, GENDERS)
    return Subject(
        names=(name.strip(),),
        kind=kind,
        birth_dates=_dates(born),
        countries=tuple(map(_country, countries)),
        gender=gender,
        identifiers=tuple(identifiers),
    )


def _one_of(option: str, given: str, expected: Sequence[str]) -> None:
    if given and given not in expected:
        raise UsageError(f"{option}: expected {', '.join(expected)}, got {given!r}")


def _dates(born: str) -> tuple[str, ...]:
    if not born:
        return ()
    from taawun.screening.customers import written_dates

    found = written_dates(born, False)
    if not found:
        raise UsageError(f"--born: expected YYYY, YYYY-MM or YYYY-MM-DD, got {born!r}")
    return found


def _country(text: str) -> str:
    from taawun.entities.countries import country_code

    if not (code := country_code(text)):
        raise UsageError(f"--country: expected the code or name of a country, got {text!r}")
    return code


def _chosen(versions: dict[str, str], lists: Sequence[str]) -> dict[str, str]:
    """The list versions that are screened against. Raises UsageError for an unknown list."""
    if unknown := [name for name in lists if name not in versions]:
        raise UsageError(f"no list {unknown[0]!r} is in force")
    return {name: versions[name] for name in lists or versions}


def _cleared(screener: Screener, customer: str, portfolio: str) -> frozenset[str]:
    """The listed entities that an officer judged not to be this customer, while that holds."""
    from taawun.screening import portfolio as kept
    from taawun.screening.judgements import Judged, history
    from taawun.screening.material import of_entity, of_subject

    call = options()
    with call.open_store(create=False).reading() as connection:
        name, watched = kept.the_customer(connection, customer, portfolio)
        on_customer = history(connection, portfolio=name, customer=customer)
    judged, known = Judged.of(on_customer, screener.canonical), of_subject(watched.subject)
    out = set()
    for judgement in on_customer:
        listed = screener.entity(judgement.entity)
        if (
            listed is not None
            and judged.standing(customer, known, listed.id, of_entity(listed), call.now()).cleared
        ):
            out.add(listed.id)
    return frozenset(out)


# Showing one answer


def _show(found: Screening, against: dict[str, str], cutoff: float, cleared: int) -> None:
    if found.hits:
        names = ("score", "list", "entry", "name", "why")
        show.table([f"screen.column.{name}" for name in names], map(_row, found.hits))
    else:
        show.say("screen.no_hit", cutoff=f"{cutoff:.2f}")
    if cleared:
        show.say("screen.cleared", count=cleared)
    _show_lists(against)


def _show_lists(against: dict[str, str]) -> None:
    lists = [show.worded("screen.list", list=name, version=held) for name, held in against.items()]
    if lists:
        show.say("screen.against", lists=lists)


def _row(hit: Hit) -> tuple[str, ...]:
    from taawun.screening.words import said, strongest

    lang = options().lang
    verdict = show.worded("screen.match" if hit.match else "screen.near")
    why = "\n".join(_signed(each.points, said(each, lang)) for each in strongest(hit.features))
    return f"{hit.score:.2f} {verdict}", hit.dataset, hit.entity, _names(hit), why


def _signed(points: float, text: str) -> str:
    """Evidence for, against, or neither, told by its first sign."""
    return f"{'+' if points > 0 else '-' if points < 0 else '·'} {text}"


def _names(hit: Hit) -> str:
    """The listed name, and the one that was compared where that is another."""
    from taawun.wording import isolate

    lang = options().lang
    compared = hit.features[0].candidate if hit.features else ""
    names = dict.fromkeys(name for name in (hit.caption, compared) if name)
    return "\n".join(isolate(name, lang) for name in names)


# A file


@screen_file.command()
def _screen_file(
    file: Annotated[Path, typer.Argument(help="CSV, JSONL or Parquet.", show_default=False)],
    out: Annotated[
        Path,
        typer.Option(
            help="One JSON object a line; .csv or .parquet: your columns and the results.",
            show_default=False,
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--map", help="Which column holds what (YAML).", show_default=False),
    ] = None,
    encoding: Annotated[
        str, typer.Option(help="utf-8, utf-16, windows-1256, …; left out, found.")
    ] = "",
    lists: Lists = None,
    limit: Limit = 5,
    threshold: Threshold = 0.7,
    cutoff: Cutoff = CUTOFF,
    keep: Annotated[
        str, typer.Option(metavar="PORTFOLIO", help="Keep the customers and watch over them.")
    ] = "",
    cleared: Annotated[
        bool, typer.Option("--all", help="Also hits that an officer cleared.")
    ] = False,
    keep_columns: Annotated[
        bool, typer.Option("--keep-columns", help="Your columns in each answer, under input.")
    ] = False,
    despite_errors: Annotated[
        bool,
        typer.Option(
            "--despite-errors",
            help="Screen a row without a field that cannot be read; its error stays.",
        ),
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 1,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew and write over what is there.")
    ] = False,
) -> None:
    """Screen a file of customers. Interrupted, it goes on where it was. Exit status 1 when a row
    could not be screened; its error says why."""
    from taawun.cli.progress import progress
    from taawun.screening import files

    call = options()
    job = _job(
        file,
        out,
        mapping,
        encoding=encoding,
        lang=call.lang,
        datasets=tuple(lists or ()),
        limit=limit,
        threshold=threshold,
        cutoff=min(cutoff, threshold),  # a match is always shown
        keep=keep,
        cleared=cleared,
        keep_columns=keep_columns,
        despite_errors=despite_errors,
        workers=workers,
    )
    settled, table = files.opened(job)
    _show_columns(settled, table.encoding)
    with progress(show.worded("files.screening")) as tick:
        done = files.screen_file(
            job, call.home, call.open_store(), at=call.now(), actor=call.actor, restart=restart,
            tick=lambda counts, fraction: tick(counts.rows, fraction),
        )  # fmt: skip
    if call.json:
        show.document(_done_as_json(done, out))
    else:
        _show_done(done, out)
    if done.counts.errors:
        raise typer.Exit(1)


def _job(file: Path, out: Path, mapping: Path | None, **asked: object) -> Job:
    from taawun.screening import columns
    from taawun.screening.files import Job

    if mapping is None:
        return Job(file, out, **asked)  # type: ignore[arg-type]
    told, guess = columns.read(mapping)
    return Job(file, out, told, guess, **asked)  # type: ignore[arg-type]


def _show_columns(job: Job, encoding: str) -> None:
    """What was guessed, before the work begins."""
    held = job.columns
    for name in held.guessed:
        show.note("files.guessed", field=name, columns=list(held.sources[name]))
    for name, several in held.unclear.items():
        show.note("files.unclear", field=name, columns=list(several))
    if encoding not in ("", "utf-8", "utf-8-sig"):
        show.note("files.encoding", encoding=encoding)


def _show_done(done: Done, out: Path) -> None:
    counts = done.counts
    if done.resumed:
        show.note("files.resumed", resumed=done.resumed)
    told = {"matches": counts.matches, "near": counts.near, "errors": counts.errors}
    show.say("files.done", count=counts.rows, clear=counts.clear - counts.near, **told)
    if counts.cleared:
        show.say("screen.cleared", count=counts.cleared)
    show.say("files.written", out=str(out))
    _show_lists(done.lists)


def _done_as_json(done: Done, out: Path) -> dict[str, object]:
    from dataclasses import asdict

    told = {**asdict(done.counts), "clear": done.counts.clear, "resumed": done.resumed}
    return {"out": str(out), **told, "lists": done.lists}
