"""Nodes in one process with a post between them, for the tests of the exchange.

town = Town(tmp_path)                     XA-FIU and XB-FIU, an agreement in force, a post
town.asks(3)                              three requests of XA's are placed
town.carry()                              XA's courier does what it can
town.effects()                            what the messages did at XB, in order
town.check()                              nothing lost, nothing doubled, the journals whole
"""

from __future__ import annotations

import atexit
import shutil
import uuid
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import orjson

from taawun.cooperation import agreements
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.exchange import outbox
from taawun.cooperation.exchange.courier import run_once
from taawun.cooperation.exchange.gate import place, receive
from taawun.cooperation.exchange.outbox import OutboxState, Placed
from taawun.cooperation.exchange.transport.memory import Post
from taawun.cooperation.message import Message
from taawun.cooperation.node import Node
from taawun.cooperation.trust.keys import open_keys
from taawun.store import Unit, journal, open_store
from tests.cooperation.authorities import NOON, Office, Region, terms

ONE, OTHER = "XA-FIU", "XB-FIU"


def noted(unit: Unit, message: Message, at: datetime) -> None:
    """What a request does in these tests: one line in the journal, to be counted."""
    said = {"from": message.sender, "text": message.body.get("text", "")}
    unit.journal("effect", message.id, said, at=at, actor=message.sender)


def node_of(office: Any) -> Node:
    """A node over an office of a region, with a handler that leaves its trace."""
    handlers = {**agreements.HANDLERS, "request": noted}
    return Node(office.store, office.keys, handlers=handlers)


def request(
    agreement: Agreement, sender: str = ONE, recipient: str = OTHER, **more: Any
) -> Message:
    """A request under an agreement, asking for the first of everything that was agreed."""
    id = more.pop("id", None) or str(uuid.uuid4())
    said: dict[str, Any] = {
        "id": id,
        "kind": "request",
        "sender": sender,
        "recipient": recipient,
        "agreement": agreement.id,
        "service": "ask",
        "field": agreement.fields[0].value,
        "purpose": agreement.purposes[0].value,
        "thread": id,
        "made_at": "2026-03-14T12:00:00.000000Z",
        "body": {"text": "من هو؟"},
        "v": 1,
    }
    return Message.model_validate_json(orjson.dumps({**said, **more}))


@cache
def _model(*codes: str) -> tuple[Path, Agreement]:
    """Homes of authorities with an agreement in force, made once: making keys and tables takes
    longer than most tests."""
    folder = Path(mkdtemp(prefix="taawun-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    region = Region(folder, *codes)
    agreement = region.in_force(terms(f"{', '.join(codes)}: *; *; *; *"))
    region.close()
    return folder, agreement


def cooperating(folder: Path, *codes: str) -> tuple[Region, Agreement]:
    """Authorities with homes under `folder`, there already or new, and what they agreed on."""
    there = (folder / codes[0]).is_dir()
    model, agreement = (folder, None) if there else _model(*codes)
    region = Region.__new__(Region)
    region.offices = {}
    for code in codes:
        if not there:
            shutil.copytree(model / code, folder / code)
        office = Office.__new__(Office)
        office.home, office.code = folder / code, code
        office.keys, office.store = open_keys(office.home), open_store(office.home)
        region.offices[code] = office
    return region, agreement or next(iter(region[codes[0]].known().agreements.values()))


class Town:
    """Two authorities, or more, who cooperate under one agreement."""

    def __init__(self, folder: Path, *codes: str) -> None:
        codes = codes or (ONE, OTHER)
        self.region, self.mou = cooperating(folder, *codes)
        self.now = NOON
        self.nodes = {code: node_of(self.region[code]) for code in codes}
        self.post = Post()
        for code in codes:
            self.post.at(code, self._address(code))

    def _address(self, code: str) -> Any:
        return lambda raw: receive(self.nodes[code], raw, self.now)

    def clock(self) -> datetime:
        return self.now

    def later(self, **much: float) -> None:
        self.now += timedelta(**much)

    def place(self, message: Message, sender: str = ONE) -> Message:
        with self.nodes[sender].store.begin() as unit:
            place(unit, message, at=self.now, actor="officer")
        return message

    def asks(self, count: int = 1, **more: Any) -> list[str]:
        """Place requests of ONE's to OTHER; gives their ids."""
        return [self.place(request(self.mou, **more)).id for _ in range(count)]

    def carry(self, code: str = ONE) -> int:
        return run_once(self.nodes[code], self.post, self.clock)

    def outbox(self, code: str = ONE) -> list[Placed]:
        with self.nodes[code].store.reading() as connection:
            return outbox.shown(connection, most=10_000)[::-1]

    def states(self, code: str = ONE) -> list[str]:
        return [each.state.value for each in self.outbox(code)]

    def grounds(self, code: str = ONE) -> list[str]:
        return [each.ground for each in self.outbox(code)]

    def effects(self, code: str = OTHER) -> list[str]:
        with self.nodes[code].store.reading() as connection:
            return [line.subject for line in journal.lines(connection) if line.action == "effect"]

    def does(self, code: str, deed: str, **said: Any) -> None:
        """An act on the agreement, and the messages about it placed."""
        self.region[code].does(self.mou, deed, at=self.now, **said)
        for message in agreements.told(self.region[code].known(), self.mou.id, self.now):
            self.place(message, code)

    def check(self) -> None:
        """What is delivered had its effect once; what is not had none; the journals are whole."""
        for code in self.nodes:
            effects = self.effects(code)
            assert len(effects) == len(set(effects)), "a message took effect twice"
            delivered = {
                each.message
                for sender in self.nodes
                for each in self.outbox(sender)
                if each.state is OutboxState.DELIVERED and each.recipient == code
                if each.kind == "request"
            }
            assert delivered <= set(effects), "a message was lost"
            with self.nodes[code].store.reading() as connection:
                report = journal.verify(connection, self.nodes[code].store.home)
            assert report.whole, report.problems

    def close(self) -> None:
        self.region.close()
