"""Telling partners: what goes into the outbox in the officer's own unit of work."""

from __future__ import annotations

from collections.abc import Iterable

from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.desk.desk import Desk
from taawun.store import Unit


def place_all(unit: Unit, desk: Desk, messages: Iterable[Message]) -> tuple[str, ...]:
    """Place messages; returns to whom. Raises Refused where one has no permit: then none goes."""
    told = []
    for message in messages:
        place(unit, message, at=desk.at, actor=desk.officer)
        told.append(message.recipient)
    return tuple(told)
