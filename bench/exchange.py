"""Messages between two nodes: how many a second, and where the time goes.

    python -m bench.exchange [--json PATH]

Two nodes are two processes on this machine, over HTTP on its loopback. One is `taawun node serve`;
the other, in this process, places requests and delivers them: sign, seal, deliver, open, verify,
permit, the request's own effect, journal and receipt, each kept in SQLite with synchronous FULL.
The naive twin is the same with one message a request and transaction.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import orjson
import rfc8785
from joserfc import jwe, jws

from bench.ground import ROOT
from bench.report import Outcome, main
from bench.three_nodes import everything
from taawun.cooperation import agreements, wire
from taawun.cooperation.act import Deed
from taawun.cooperation.exchange import delivery, inbox, outbox
from taawun.cooperation.exchange import gate as exchange
from taawun.cooperation.exchange.courier import run_once
from taawun.cooperation.exchange.transport.http import HttpTransport, Trust
from taawun.cooperation.exchange.transport.memory import Post
from taawun.cooperation.history import cooperation
from taawun.cooperation.message import Message
from taawun.cooperation.node import Node, open_node
from taawun.cooperation.trust import keys, parties
from taawun.cooperation.trust.party import CooperationField, Kind
from taawun.store import journal, open_store

COUNT, NAIVE, STEPS = 2000, 300, 500
A_SECOND = 200
ONE, OTHER = "XA-FIU", "XB-FIU"
_TEXT = "تلقى المعني خلال شهر واحد تسع حوالات من شركات لا نشاط ظاهرًا لها. " * 4
CAVEAT = {"origin": ONE, "purposes": ["intelligence"], "onward": "consent", "consented": []}
BODY: dict[str, Any] = {
    "reference": "XA/2026/114",
    "title": {"lang": "ar", "text": "طلب معلومات عن حوالات"},
    "offences": ["money_laundering", "fraud"],
    "facts": {"lang": "ar", "text": _TEXT},
    "suspicion": {"lang": "en", "text": "The sums do not fit what is known of the income."},
    "country": "XB",
    "link": {"lang": "en", "text": "Six of the nine payers bank in XB."},
    "uses": ["intelligence"],
    "use": {"lang": "en", "text": "To decide whether the prosecutor is told."},
    "recipients": [],
    "subjects": [],
    "accounts": [],
    "transfers": [],
    "sought": [
        {
            "number": 1,
            "category": "accounts",
            "what": {"lang": "en", "text": "Who opened the accounts, and when"},
        }
    ],
    "origins": [],
}


def now() -> datetime:
    return datetime.now(UTC)


def made(folder: Path, code: str) -> Path:
    """A node's home."""
    home, at = folder / code, now() - timedelta(hours=1)
    own = keys.make_keys(home, code, at)
    store = open_store(home)
    with store.begin() as unit:
        parties.found(
            unit,
            own,
            kind=Kind.FIU,
            name={"en": code},
            competences=tuple(CooperationField),
            address="",
            at=at,
            actor="bench",
        )
    store.close()
    return home


def acquainted(one: Node, other: Node) -> None:
    """`one` knows and trusts `other`'s newest card."""
    with other.store.reading() as connection:
        entry = cooperation(connection).ring.parties[other.me].cards[-1]
    with one.store.begin() as unit:
        parties.introduce(unit, entry.signed, at=now(), actor="bench")
        parties.confirm(unit, other.me, entry.card.fingerprint, at=now(), actor="bench")


def agreed(*nodes: Node) -> str:
    """An agreement of everything, signed by all; its id."""
    agreement = everything(*(node.me for node in nodes))
    for node in nodes:
        with node.store.begin() as unit:
            agreements.draft(unit, agreement, at=now(), actor="bench")
            agreements.act(unit, node.keys, agreement.id, Deed.SIGN, at=now(), actor="bench")
    for node in nodes:
        with node.store.reading() as connection:
            told = agreements.told(cooperation(connection), agreement.id, now())
        for message in told:
            reader = next(each for each in nodes if each.me == message.recipient)
            with reader.store.begin() as unit:
                agreements.HANDLERS[message.kind](unit, message, now())
    return agreement.id


def request(agreement: str, account: str) -> Message:
    """A request of about 1.6 kB."""
    id = str(uuid.uuid4())
    said = {
        "v": 1,
        "id": id,
        "kind": "request",
        "sender": ONE,
        "recipient": OTHER,
        "agreement": agreement,
        "service": "ask",
        "field": "aml_cft",
        "purpose": "intelligence",
        "categories": ["accounts"],
        "thread": id,
        "made_at": wire.moment_text(now()),
        "urgent": False,
        "caveats": [CAVEAT],
        "body": {**BODY, "accounts": [{"number": account, "institution": "A bank"}]},
    }
    return Message.model_validate_json(orjson.dumps(said))


def place(node: Node, agreement: str, count: int, *, together: int = 1) -> float:
    """Place requests, each in a unit of its own or many in one; seconds."""
    began = time.perf_counter()
    for first in range(0, count, together):
        with node.store.begin() as unit:
            for number in range(first, min(first + together, count)):
                message = request(agreement, f"XB{number:022d}")
                exchange.place(unit, message, at=now(), actor="bench")
    return time.perf_counter() - began


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """`taawun node serve` as a process; its address."""
    command = [sys.executable, "-m", "taawun.cli.app", "node", "serve", "--no-access-log"]
    child = subprocess.Popen(
        [*command, "--port", "0", "--home", str(home)], cwd=ROOT, stderr=subprocess.PIPE
    )
    assert child.stderr is not None
    reader = threading.Thread(target=child.stderr.read, daemon=True)
    try:
        said = re.search(rb"http://127\.0\.0\.1:\d+", child.stderr.readline())
        if said is None:
            raise RuntimeError("the node did not start")
        reader.start()
        yield said[0].decode()
    finally:
        child.terminate()
        child.wait()


class To:
    """A transport to one address, whatever the partner's card says."""

    def __init__(self, address: str) -> None:
        self.address, self.http = address, HttpTransport(Trust())

    def send(self, partner: str, address: str, body: bytes) -> bytes:
        return self.http.send(partner, self.address, body)


def delivered(node: Node, address: str, count: int) -> float:
    """Deliver what was placed; seconds. Raises where not everything arrived."""
    began = time.perf_counter()
    settled = run_once(node, To(address), now)
    took = time.perf_counter() - began
    with node.store.reading() as connection:
        states = outbox.tally(connection)[OTHER]
        grounds = {each.ground for each in outbox.shown(connection, most=10)}
    if settled != count or set(states) != {outbox.OutboxState.DELIVERED}:
        raise RuntimeError(f"{settled} of {count} were settled: {states} {grounds}")
    return took


MEASURED: tuple[tuple[str, Any, str], ...] = (
    ("sender: claim, permit, number", delivery, "_claimed"),
    ("sender: sign and seal", delivery, "_sealed"),
    ("recipient: open and verify", exchange, "_opened"),
    ("recipient: replay, order, clock", exchange, "_kept"),
    ("recipient: permit", exchange, "_permitted"),
    ("recipient: the request's effect", exchange, "_run"),
    ("recipient: inbox and journal", inbox, "keep"),
    ("sender: check receipts", delivery, "_checked"),
    ("sender: settle and journal", delivery, "_by_receipt"),
)
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("of these, Ed25519 and X25519 with AES", jwe, "encrypt_compact"),
    ("of these, Ed25519 and X25519 with AES", jwe, "decrypt_compact"),
    ("of these, Ed25519 and X25519 with AES", jws, "serialize_compact"),
    ("of these, Ed25519 and X25519 with AES", jws, "validate_compact"),
    ("of these, journal", journal, "append"),
    ("of these, canonical JSON", rfc8785, "dumps"),
)


def shares(one: Node, other: Node, agreement: str) -> list[tuple[str, float]]:
    """Milliseconds a message of each step, both nodes in one thread, without HTTP."""
    took: dict[str, float] = {}
    kept = []
    for name, where, step in (*MEASURED, *PARTS):
        real = getattr(where, step)
        kept.append((where, step, real))
        setattr(where, step, _timed(real, took, name))
    place(one, agreement, STEPS, together=STEPS)
    took.clear()
    post = Post()
    post.at(other.me, lambda raw: exchange.receive(other, raw, now()))
    began = time.perf_counter()
    run_once(one, post, now)
    whole = time.perf_counter() - began
    for where, step, real in kept:
        setattr(where, step, real)
    rows = [(name, seconds / STEPS * 1000) for name, seconds in took.items()]
    order = [name for name, _, _ in (*MEASURED, *PARTS)]
    rows.sort(key=lambda row: order.index(row[0]))
    main_steps = sum(ms for name, ms in rows if not name.startswith("of these"))
    rest = whole / STEPS * 1000 - main_steps
    return [*rows, ("commits and everything else", rest), ("whole", whole / STEPS * 1000)]


def _timed(real: Callable[..., Any], took: dict[str, float], name: str) -> Callable[..., Any]:
    @wraps(real)
    def measured(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return real(*given, **named)
        finally:
            took[name] = took.get(name, 0.0) + time.perf_counter() - began

    return measured


def run(outcome: Outcome) -> None:
    """Measure deliveries between two processes, beside a naive twin, then the steps."""
    with TemporaryDirectory(prefix="taawun-exchange-") as folder:
        homes = [made(Path(folder), code) for code in (ONE, OTHER)]
        one, other = (open_node(home) for home in homes)
        acquainted(one, other)
        acquainted(other, one)
        agreement = agreed(one, other)
        other.close()
        with serving(homes[1]) as address:
            place(one, agreement, 64, together=64)
            delivered(one, address, 64)  # warm
            singly = place(one, agreement, 200)
            delivered(one, address, 200)
            place(one, agreement, COUNT, together=200)
            took = delivered(one, address, COUNT)
            place(one, agreement, NAIVE, together=200)
            with patch.object(delivery, "MOST_ENVELOPES", 1):
                naive = delivered(one, address, NAIVE)
        other = open_node(homes[1])
        rows = shares(one, other, agreement)
        for node in (one, other):
            with node.store.reading() as connection:
                if not journal.verify(connection, node.store.home).whole:
                    raise RuntimeError("a journal is not whole")
            node.close()
    rate = COUNT / took
    outcome.want(
        "messages a second between two nodes on this machine",
        f">= {A_SECOND}",
        f"{rate:.0f}",
        rate >= A_SECOND,
    )
    outcome.table(
        "messages a second",
        ("what", "messages", "a second"),
        (
            ("delivered, bundles of up to 64", COUNT, rate),
            ("delivered one by one (naive)", NAIVE, NAIVE / naive),
            ("placed by an officer, one unit each", 200, 200 / singly),
        ),
        f"Requests of {len(request('a' * 64, 'XB1').canonical()):,} bytes of JSON; loopback HTTP, "
        "two processes, SQLite with synchronous FULL at both.",
    )
    outcome.table(
        "where the time goes",
        ("step", "ms a message"),
        tuple((name, ms) for name, ms in rows),
        "Both nodes in one thread, without HTTP, SQLite on disk; measured with the clock around "
        "each step.",
    )


if __name__ == "__main__":
    main("exchange", run)
