"""A real update of the UN list: looking at the touched finds what looking at everybody finds."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from pathlib import Path

from taawun.lists.registry import Lists
from taawun.screening import portfolio, runs
from taawun.screening.build import rebuild
from taawun.screening.record import built_from
from taawun.screening.rescreen import rescreen, touched
from taawun.screening.runs import Question
from taawun.screening.screener import Screener
from taawun.screening.subject import Subject
from taawun.store import open_store
from tests.screening.watched import AT

BEFORE, AFTER = "un_consolidated_2025-11-20.xml", "un_consolidated_2026-02-27.xml"


def test_a_real_update_is_covered_by_looking_at_whom_it_touches(
    home: Path, real_data: Path
) -> None:
    store = open_store(home)
    lists = Lists(store, home)
    old = lists.add("un", real_data / "lists" / BEFORE, at=AT, actor="ana").version
    before = rebuild(store, home, AT)
    new = lists.add(
        "un", real_data / "lists" / AFTER, at=AT + timedelta(days=1), actor="ana"
    ).version
    moved = [change.caption for change in lists.changes("un").changes if change.target]
    still = [entity.caption for entity in islice(lists.entities("un", old), 0, 400, 10)]
    clients = [(f"{number:03}", Subject((name,))) for number, name in enumerate(moved + still)]
    names = ("touched", "everybody")
    screener = Screener.at(before)
    for name in names:
        with store.begin() as unit:
            run = runs.begin(
                unit,
                name,
                "file",
                versions=built_from(before),
                question=Question(),
                scope="all",
                at=AT,
                actor="ana",
            )
            portfolio.keep(
                unit, run, [(id_, said, screener.screen(said)) for id_, said in clients], at=AT
            )
            portfolio.close(unit, run, at=AT, actor="ana")
    after = rebuild(store, home, AT + timedelta(days=1))
    screener = Screener.at(after)
    touch = touched(lists, {"un": old}, {"un": new})
    done = [
        rescreen(
            store,
            screener,
            name,
            touch,
            versions=built_from(after),
            everyone=name == "everybody",
            at=AT + timedelta(days=1),
            actor="ana",
        )
        for name in names
    ]
    with store.reading() as connection:
        best = [
            {
                each.customer: [hit.entity for hit in each.hits if hit.match]
                for each in portfolio.watched(connection, name)
            }
            for name in names
        ]
    store.close()
    assert moved
    assert done[0].findings
    assert [(each.what, each.customer, each.hit.entity) for each in done[0].findings] == [
        (each.what, each.customer, each.hit.entity) for each in done[1].findings
    ]
    assert best[0] == best[1]
    assert 0 < done[0].looked_at < done[1].looked_at == len(clients)
    assert done[0].coverage.whole
