"""Answers as bytes.

Entities are in the book as the JSON that the API shows. They are put into answers as they are,
without being read and written again: that is most of what makes an answer fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from starlette.responses import Response

JSON = "application/json"


def dumps(value: object) -> bytes:
    """A value as JSON bytes; `orjson.Fragment` inside it is put in as it is."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def extended(shown: bytes, more: Mapping[str, object]) -> bytes:
    """A JSON object with more members at its end."""
    return shown[:-1] + b"," + dumps(more)[1:]


def array(items: Iterable[bytes]) -> orjson.Fragment:
    """JSON texts as one JSON array, to be put into a value for `dumps`."""
    return orjson.Fragment(b"[" + b",".join(items) + b"]")


def reply(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response of a value, or of bytes that are JSON already."""
    content = value if isinstance(value, bytes) else dumps(value)
    return Response(content, status_code=status, headers=headers, media_type=JSON)


def total(value: int, *, complete: bool = True) -> dict[str, Any]:
    """How many there are: exactly, or at least, when the answer is not complete."""
    return {"value": value, "relation": "eq" if complete else "gte"}
