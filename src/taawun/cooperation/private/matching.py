"""Matching at a node: what its messages do as they arrive, and what is done in between.

    HANDLERS   kind of message -> effect, in the unit that takes it
    DUTIES     one: everything between deliveries, in the order in which it hangs together
    COUNTS     how many lookups a question asks
    spent      how many were asked already today

A process has one `Blinds` for each node it runs: its workers, and the blinds of what it asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock

import structlog
from sqlalchemy.engine import Connection

from taawun.cooperation.message import Message
from taawun.cooperation.node import Node
from taawun.cooperation.permit import Spent
from taawun.cooperation.private import (
    answering,
    asking,
    budget,
    finishing,
    following,
    handover,
    offers,
)
from taawun.cooperation.private.asking import Blinds
from taawun.cooperation.private.bodies import lookups_of
from taawun.cooperation.private.workers import Workers
from taawun.errors import StoreError
from taawun.store import Store, Unit

_log = structlog.get_logger("taawun.matching")
_blinds: dict[int, tuple[Store, Blinds]] = {}
_opening = Lock()

HANDLERS: Mapping[str, Callable[[Unit, Message, datetime], None]] = {
    "match_terms": offers.came_terms,
    "match_table": handover.came_table,
    "match_question": answering.came_question,
    "match_answer": finishing.came_answer,
}
COUNTS: Mapping[str, Callable[[Message], int]] = {"match_question": lookups_of}


def spent(connection: Connection) -> Spent:
    """What the permit asks about lookups that were counted already."""
    return budget.spent(connection)


def blinds_of(store: Store, *, workers: Workers | None = None) -> Blinds:
    """The blinds of a store in this process, made when it is first asked for."""
    with _opening:
        held = _blinds.get(id(store))
        if held is None or held[0] is not store:
            held = _blinds[id(store)] = (store, Blinds(workers or Workers()))
        return held[1]


def close_blinds(store: Store) -> None:
    """End the workers of a store's blinds: what was asked can be read no more."""
    with _opening:
        held = _blinds.pop(id(store), None)
    if held is not None:
        held[1].workers.close()


def do(store: Store, blinds: Blinds, at: datetime) -> int:
    """All there is to do now; how many things were done.

    Ending comes first: nothing is evaluated with a key that should be gone.
    """
    steps: tuple[Callable[[], int], ...] = (
        lambda: len(offers.sweep(store, at)),
        lambda: handover.assemble(store, at),
        lambda: handover.send(store, at),
        lambda: handover.tidy(store),
        lambda: answering.answer(store, blinds.workers, at),
        lambda: finishing.finish(store, blinds, at),
        lambda: finishing.settle(store, blinds, at),
        lambda: asking.ask_waiting(store, blinds, at),
        lambda: following.follow(store, blinds, at),
    )
    done = 0
    for step in steps:
        try:
            done += step()
        except StoreError as error:  # one broken table must not keep the others from being asked
            _log.error("matching stopped short", why=str(error))
    return done


def duty(node: Node, at: datetime) -> None:
    """What a node does between deliveries."""
    if do(node.store, blinds_of(node.store), at):
        node.wake.set()


DUTIES: tuple[Callable[[Node, datetime], None], ...] = (duty,)
