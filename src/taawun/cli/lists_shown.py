"""How lists, their versions and their changes look: rows for tables, mappings for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from taawun.cli import show
from taawun.cli.options import options

if TYPE_CHECKING:
    from taawun.lists.difference import Change, PropertyChange
    from taawun.lists.registry import ListStatus, ListVersion, Update

MEGABYTE = 1_000_000
LONGEST_CELL = 120


def places(locations: Sequence[str]) -> str:
    """Locations as they may be shown: without directories, passwords and queries."""
    from taawun.lists.fetch import shown

    return ", ".join(map(shown, locations))


def update_as_json(done: Update) -> dict[str, Any]:
    """What became of one list, as a JSON object."""
    return {
        "list": done.dataset,
        "source": done.source,
        "outcome": done.outcome,
        "version": done.version,
        "previous": done.previous,
        "published": done.published,
        "entries": done.entries,
        "entities": done.entities,
        "changes": done.difference.counts(targets=True),
        "problems": [asdict(problem) for problem in done.problems],
        "doubts": [asdict(doubt) for doubt in done.doubts],
        "unusual": [asdict(each) for each in done.unusual],
        "error": str(done.error) if done.error else None,
    }


def show_update(done: Update) -> None:
    """What became of one list, with its problems."""
    if done.error:
        show.note("lists.failed", list=done.dataset, version=done.version, message=str(done.error))
        show.problems(getattr(done.error, "problems", ()))
        return
    told: dict[str, object] = {"version": done.version, "entries": done.entries}
    told |= done.difference.counts(targets=True)
    show.say(f"lists.{done.outcome}", list=done.dataset, **told)
    if done.doubts:
        show.note("lists.accepted")
        show.problems(done.doubts)
    if done.unusual:
        show.note("lists.unusual", list=done.dataset)
        show.problems(done.unusual)
    if done.problems:
        show.note("lists.problems", count=len(done.problems))
        show.problems(done.problems, limit=5)


def status_as_json(status: ListStatus) -> dict[str, Any]:
    """One list as a flat JSON object."""
    said = asdict(status)
    return {"list": status.current.dataset, **said.pop("current"), **said}


def status_row(status: ListStatus) -> tuple[str, ...]:
    """One list as a row of the status table."""
    now = status.current
    moved = f"+{now.added} ~{now.changed} -{now.removed}"
    moved = "" if moved == "+0 ~0 -0" else moved
    name = now.dataset if now.dataset == now.source else f"{now.dataset} ({now.source})"
    return (
        name,
        now.published[:10],
        _age(now.published or now.fetched_at),
        now.version,
        number(now.entries),
        moved,
        number(now.problems),
        status.checked_at[:16].replace("T", " "),
        number(status.kept),
        f"{status.failed_at[:16].replace('T', ' ')} {status.failure}".strip(),
    )


def _age(moment: str) -> str:
    """How many days ago that was; "" for what is no date."""
    try:
        then = date.fromisoformat(moment[:10])
    except ValueError:
        return ""
    return show.worded("lists.days", count=max(0, (options().now().date() - then).days))


def note_other_reader(versions: Sequence[ListVersion], old: str, new: str) -> None:
    """Say so when two versions were read by different Taawuns: not every change is the list's."""
    readers = {each.version: each.reader for each in versions}
    if old in readers and readers[old] != readers[new]:
        show.say("lists.changes.reader", old=readers[old], new=readers[new])


def number(value: float) -> str:
    """A number as the language of the call writes it."""
    from taawun.wording.figures import written

    return written(value, options().lang)


def before(versions: Sequence[ListVersion], version: str) -> str:
    """The version that came before, or ""."""
    names = [each.version for each in versions]
    at = names.index(version)
    return names[at - 1] if at else ""


def show_changes(found: Sequence[Change], limit: int) -> None:
    """A table of changes, the first `limit` of them."""
    rows = [
        (
            show.worded(f"lists.change.{change.op}"),
            change.id,
            _label(change.schema),
            change.caption,
            "\n".join(_worded_change(change.schema, each) for each in change.properties),
        )
        for change in found[:limit]
    ]
    columns = ("change", "id", "kind", "name", "what")
    show.table([f"lists.table.{column}" for column in columns], rows)
    if len(found) > limit:
        show.say("lists.changes.more", count=len(found) - limit)


def _worded_change(schema: str, change: PropertyChange) -> str:
    told: dict[str, object] = {"property": _property(schema, change.prop)}
    gone, new = (_values(texts) for texts in (change.gone, change.new))
    if change.detail:
        return show.worded(f"lists.change.{change.detail}", **told)
    if gone and new:
        return show.worded("lists.change.replaced", gone=gone, new=new, **told)
    code = "lists.change.gone" if gone else "lists.change.new"
    return show.worded(code, values=gone or new, **told)


def _values(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(t if len(t) <= LONGEST_CELL else f"{t[:LONGEST_CELL]}…" for t in texts)


def _label(schema: str) -> str:
    from taawun.entities.schemata import schemata

    found = schemata().get(schema)
    return schema if found is None else (found.label_ar if _arabic() else found.label)


def _property(schema: str, prop: str) -> str:
    """The property's label; the fields beside the properties have a wording of their own."""
    from taawun.entities.schemata import schemata
    from taawun.wording import known

    if known(f"lists.field.{prop}"):
        return show.worded(f"lists.field.{prop}")
    found = schemata().get(schema)
    label = found.properties.get(prop) if found else None
    return prop if label is None else (label.label_ar if _arabic() else label.label)


def _arabic() -> bool:
    return options().lang.startswith("ar")
