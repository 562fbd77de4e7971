"""`taawun judge` and `taawun judgements`: decide on hits, and see what was decided."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.errors import NotFound, UsageError

if TYPE_CHECKING:
    from taawun.screening.book import Book
    from taawun.screening.judgements import Judgement, Standing

judge = typer.Typer(add_completion=False)
judgements = typer.Typer(add_completion=False)

Portfolio = Annotated[
    str, typer.Option(help="The customer's portfolio, where several have that id.")
]


@judge.command()
def _judge(
    customer: Annotated[str, typer.Argument(help="The customer's id in the portfolio.")],
    entity: Annotated[str, typer.Argument(help="The listed entity's id.")],
    verdict: Annotated[str, typer.Argument(help="same, different or unsure.")],
    why: Annotated[str, typer.Option(help="The reason; it is kept and journalled.")],
    until: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="The last day on which it holds.")
    ] = "",
    portfolio: Portfolio = "",
) -> None:
    """Decide whether a customer is a listed entity. It holds until either one changes."""
    from taawun.screening import material
    from taawun.screening import portfolio as kept
    from taawun.screening.judgements import Pair, Verdict
    from taawun.screening.judgements import judge as add

    if verdict not in tuple(Verdict):
        raise UsageError(f"expected same, different or unsure, got {verdict!r}")
    call = options()
    last_day = _day(until)
    store, book = call.open_store(create=False), _book()
    listed = book.entity(entity)
    if listed is None:
        raise NotFound(f"no listed entity {entity!r}")
    with store.begin() as unit:
        name, watched = kept.the_customer(unit.connection, customer, portfolio)
        made = add(
            unit,
            Pair(name, customer, listed.id),
            Verdict(verdict),
            why=why,
            until=last_day,
            caption=listed.caption,
            customer=material.of_subject(watched.subject),
            entity=material.of_entity(listed),
            at=call.now(),
            actor=call.actor,
        )
    if call.json:
        show.document(_judgement_as_json(made))
    else:
        told = {"customer": customer, "entity": listed.id, "caption": listed.caption}
        word = show.worded(f"judgement.{made.verdict.value}")
        show.say("judgement.made", number=made.number, verdict=word, **told)


@judgements.command()
def _judgements(
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    entity: Annotated[str, typer.Option(help="Only those on this listed entity.")] = "",
    portfolio: Annotated[str, typer.Option(help="Only this portfolio's.")] = "",
    history: Annotated[
        bool, typer.Option("--history", help="Also those that a later one replaced.")
    ] = False,
) -> None:
    """Show what was decided, by whom, why, and whether it still holds."""
    from taawun.screening import judgements as judged

    with options().open_store(create=False).reading() as connection:
        every = judged.history(
            connection,
            portfolio=portfolio or None,
            customer=customer or None,
            entity=entity or None,
        )
        latest = {each.pair: each for each in every}
        shown = every if history else sorted(latest.values(), key=lambda each: each.number)
        rows = [(each, _standing(connection, each)) for each in shown]
    if options().json:
        show.document({"judgements": [_judgement_as_json(*row) for row in rows]})
    elif not rows:
        show.say("judgement.nothing")
    else:
        names = ("number", "customer", "listed", "verdict", "state", "by", "at", "until", "why")
        show.table([f"judgement.column.{name}" for name in names], [_row(*row) for row in rows])


# What the commands share


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until: expected YYYY-MM-DD, got {text!r}") from None


def _book() -> Book:
    from taawun.screening.book import Book
    from taawun.screening.screener import folder_in_force

    return Book.open(folder_in_force(options().home))


def _standing(connection: Any, judgement: Judgement) -> Standing:
    """Where a pair stands, from the customer and the listing as they are now, where they are."""
    from taawun.screening import material
    from taawun.screening import portfolio as kept
    from taawun.screening.judgements import Judged

    try:
        book: Book | None = _book()
    except NotFound:
        book = None
    listed = book.entity(judgement.entity) if book is not None else None
    watched = next(kept.watched(connection, judgement.portfolio, customer=judgement.customer), None)
    return Judged.of([judgement], book.canonical if book is not None else None).standing(
        judgement.customer,
        judgement.customer_material if watched is None else material.of_subject(watched.subject),
        judgement.entity,
        judgement.entity_material if listed is None else material.of_entity(listed),
        options().now(),
    )


# Showing


def _row(judgement: Judgement, standing: Standing) -> tuple[str, ...]:
    return (
        str(judgement.number),
        judgement.customer,
        f"{judgement.caption} ({judgement.entity})",
        show.worded(f"judgement.{judgement.verdict.value}"),
        show.worded(
            f"judgement.state.{standing.state.value}", fields=fields_in_words(standing.fields)
        ),
        judgement.actor,
        judgement.at[:10],
        judgement.until,
        judgement.why,
    )


def fields_in_words(fields: tuple[str, ...]) -> list[str]:
    """The names of material fields in the language of the call."""
    return [show.worded(f"judgement.field.{field}") for field in fields]


def _judgement_as_json(judgement: Judgement, standing: Standing | None = None) -> dict[str, Any]:
    said = {
        name: getattr(judgement, name)
        for name in judgement.__slots__
        if not name.endswith("_material")
    }
    if standing is not None:
        said |= {"state": standing.state.value, "fields": list(standing.fields)}
    return said
