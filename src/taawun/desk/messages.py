"""Messages as they were sent or came in, found again by their id."""

from __future__ import annotations

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange.carrier import MESSAGE_TYPE
from taawun.cooperation.message import Message
from taawun.cooperation.trust.signing import unverified
from taawun.store.tables.exchange import inbox, outbox


def message_with(connection: Connection, id: str) -> Message | None:
    """A message that was placed here or came in; None where its text is gone, or it never was."""
    body = connection.execute(sa.select(outbox.c.body).where(outbox.c.message == id)).scalar()
    if body:
        return Message.model_validate_json(body)
    query = sa.select(inbox.c.signed).where(inbox.c.message == id).order_by(inbox.c.number)
    signed = connection.execute(query).scalar()
    if not signed:
        return None
    payload = orjson.loads(unverified(signed, MESSAGE_TYPE).payload)
    return Message.model_validate_json(orjson.dumps(payload["message"]))
