"""What partners have brought and no officer here has looked at: the node takes only so much of it.

A thread that a partner opened is unread until somebody here does anything about it: starts on it,
acknowledges, answers, closes. Replies to what was asked from here are nobody's flood.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange.pace import Unread
from taawun.cooperation.requests.threads import OPENERS, Side, Step
from taawun.store.tables.exchange import inbox
from taawun.store.tables.requests import thread_steps

AWAITED = OPENERS
"""Kinds of message that wait for an officer when they come in."""

_LATER = thread_steps.alias("later")
_UNREAD = (
    sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(inbox.c.size), 0))
    .select_from(
        thread_steps.join(
            inbox,
            sa.and_(
                inbox.c.sender == thread_steps.c.partner,
                inbox.c.message == thread_steps.c.message,
            ),
            isouter=True,
        )
    )
    .where(
        thread_steps.c.partner == sa.bindparam("of"),
        thread_steps.c.side == Side.THEIRS.value,
        thread_steps.c.step == Step.OPEN.value,
        ~sa.exists().where(
            _LATER.c.thread == thread_steps.c.thread, _LATER.c.actor != thread_steps.c.partner
        ),
    )
)


def unread(connection: Connection, partner: str) -> Unread:
    """How many messages of a partner nobody here has looked at, and their bytes."""
    count, size = connection.execute(_UNREAD, {"of": partner}).one()
    return Unread(int(count), int(size))
