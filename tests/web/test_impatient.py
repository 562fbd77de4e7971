"""How many lines a node holds open: of one address, and of all."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
import uvicorn

from taawun.web import impatient
from taawun.web.impatient import ImpatientProtocol


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


async def _open(count: int, asked: bytes) -> list[bytes]:
    """What each of so many lines gets that are open at once and ask the same."""
    config = uvicorn.Config(_answer, http=ImpatientProtocol, lifespan="off")
    config.load()
    server = uvicorn.Server(config)
    loop = asyncio.get_running_loop()
    made = await loop.create_server(
        lambda: ImpatientProtocol(config, server.server_state, {}, loop), "127.0.0.1", 0
    )
    port = made.sockets[0].getsockname()[1]
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    said = [await _said(*line, asked) for line in lines]
    for _, writer in lines:
        writer.close()
    made.close()
    await made.wait_closed()
    while server.server_state.connections:
        await asyncio.sleep(0)
    return said


async def _said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes) -> bytes:
    try:
        writer.write(asked)
        return await reader.readline()
    except ConnectionError:
        return b""


ASKED = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImpatientProtocol, "open_lines", Counter())
    monkeypatch.setattr(impatient, "LINES", 6)
    monkeypatch.setattr(impatient, "LINES_OF_ONE", 3)


def answered(count: int) -> int:
    said = asyncio.run(_open(count, ASKED))
    assert not ImpatientProtocol.open_lines, "a line that is closed counts no more"
    return sum(each.startswith(b"HTTP/1.1 204") for each in said)


def test_all_together_have_so_many_lines() -> None:
    assert answered(6) == 6
    assert answered(9) == 6


def test_one_address_has_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(impatient, "is_loopback", lambda host: False)
    assert answered(5) == 3
    monkeypatch.setattr(ImpatientProtocol, "bounded", False)
    assert answered(5) == 5
