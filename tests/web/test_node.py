"""A node over HTTP: what it answers, how long it listens, TLS on both sides, a process killed."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from starlette.requests import Request
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from taawun.cooperation import agreements
from taawun.cooperation.act import Deed
from taawun.cooperation.exchange import reach
from taawun.cooperation.exchange.bundle import MEDIA_TYPE, MOST_BYTES, read_answers
from taawun.cooperation.exchange.courier import Courier, no_jitter, run_once
from taawun.cooperation.exchange.gate import place
from taawun.cooperation.exchange.transport.http import HttpTransport, Trust, checked
from taawun.cooperation.history import cooperation
from taawun.cooperation.node import Node, open_node
from taawun.cooperation.trust import keys, parties
from taawun.cooperation.trust.party import CooperationField, Kind
from taawun.desk.fetching import fetched_card
from taawun.errors import Conflict, Refused, StoreError, Unavailable, UsageError
from taawun.store import journal, open_store
from taawun.web import node as web
from taawun.web.node_running import Listening
from tests.cooperation.authorities import terms
from tests.cooperation.exchanging import ONE, OTHER, Town, request

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "taawun.cli.app", "node")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


@pytest.fixture
def client(town: Town) -> Iterator[TestClient]:
    app = web.application(town.nodes[OTHER], town.clock)
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found


def bundle(town: Town, **more: Any) -> bytes:
    """A bundle as it would go over the line."""
    town.post.fail("drop_request")
    town.asks(1, **more)
    town.carry()
    return town.post.sent[-1][1]


def posted(client: TestClient, body: bytes, kind: str = MEDIA_TYPE) -> httpx.Response:
    return client.post("/exchange", content=body, headers={"content-type": kind})


def test_a_bundle_is_taken_and_answered(town: Town, client: TestClient) -> None:
    answer = posted(client, bundle(town))
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA_TYPE)
    [reply] = read_answers(answer.content, 1)
    assert reply.receipt
    assert len(town.effects()) == 1


def test_the_card_and_whether_it_is_well(town: Town, client: TestClient) -> None:
    card = client.get("/card")
    assert card.text == town.region[OTHER].entry().signed
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("body", "kind", "status", "ground"),
    [
        (b"", MEDIA_TYPE, 400, "bundle.malformed"),
        (b"[]", MEDIA_TYPE, 400, "bundle.malformed"),
        (b'{"sealed":[],"v":1}', MEDIA_TYPE, 400, "bundle.too_many"),
        (b'{"sealed":["a"],"v":2}', MEDIA_TYPE, 400, "bundle.malformed"),
        (b'{"v":1,"sealed":["a"]}', MEDIA_TYPE, 400, "bundle.malformed"),
        (b'{"sealed":["a"],"v":1,"x":1}', MEDIA_TYPE, 400, "bundle.malformed"),
        (b'{"sealed":["a"],"v":true}', MEDIA_TYPE, 400, "bundle.malformed"),
        (b'{"sealed":["a"],"v":1.0}', MEDIA_TYPE, 400, "bundle.malformed"),
        (b'{"sealed":[1],"v":1}', MEDIA_TYPE, 400, "bundle.malformed"),
        (b'{"sealed":["a"],"v":1}', "application/json", 415, "bundle.media_type"),
        (b'{"sealed":["a"],"v":1}', "", 415, "bundle.media_type"),
        (b" " * (MOST_BYTES + 1), MEDIA_TYPE, 413, "bundle.too_large"),
    ],
)
def test_what_is_no_bundle(
    client: TestClient, body: bytes, kind: str, status: int, ground: str
) -> None:
    answer = posted(client, body, kind)
    assert answer.status_code == status
    assert answer.json()["refused"]["ground"] == ground
    with pytest.raises(Refused, match=ground):
        read_answers(answer.content, 1)


def test_a_length_that_is_no_number_is_not_counted_on(client: TestClient) -> None:
    headers = {b"content-type": MEDIA_TYPE.encode(), b"content-length": b"\xb2"}
    answer = client.post("/exchange", content=b"{}", headers=headers)
    assert answer.json()["refused"]["ground"] == "bundle.malformed"


def test_a_body_without_a_length_is_bounded_while_it_is_read(client: TestClient) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(MOST_BYTES // 65536 + 2):
            yield b" " * 65536

    answer = client.post("/exchange", content=parts(), headers={"content-type": MEDIA_TYPE})
    assert answer.status_code == 413


def test_bodies_that_arrive_side_by_side_are_bounded_together(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred callers who each send most of a bundle and no end do not fill the memory."""
    monkeypatch.setattr(web, "HELD", 1000)
    body = bundle(town)
    exchange = web.Exchange(town.nodes[OTHER], town.clock)

    def scope() -> dict[str, Any]:
        return {"type": "http", "headers": [(b"content-type", MEDIA_TYPE.encode())]}

    async def course() -> tuple[int, int, int]:
        half = asyncio.Event()

        async def slow() -> Any:
            if not half.is_set():
                half.set()
                return {"type": "http.request", "body": b" " * 900, "more_body": True}
            await asyncio.sleep(60)
            return None

        async def quick() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        first = asyncio.ensure_future(exchange.exchange(Request(scope(), slow)))
        await half.wait()
        await asyncio.sleep(0)
        later = await exchange.exchange(Request(scope(), quick))
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        monkeypatch.setattr(web, "HELD", 100_000)
        taken = await exchange.exchange(Request(scope(), quick))
        return later.status_code, taken.status_code, exchange.held

    assert asyncio.run(course()) == (503, 200, 0)


def test_nobody_is_sent_to_the_host_that_they_say(client: TestClient) -> None:
    for path in ("/exchange/", "/card/", "/healthz/"):
        answer = client.get(path, headers={"host": "evil.example"}, follow_redirects=False)
        assert (answer.status_code, answer.headers.get("location")) == (404, None)


def test_other_ways_in_are_closed(client: TestClient) -> None:
    assert client.get("/exchange").status_code == 405
    assert client.post("/card").status_code == 405
    for path in ("/", "/docs", "/openapi.json", "/exchange/", "/../etc/passwd"):
        assert client.get(path, follow_redirects=False).status_code == 404


@pytest.mark.parametrize("error", [StoreError("disk full"), Conflict("busy")])
def test_what_cannot_be_kept_is_to_be_sent_again(
    town: Town, client: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*_: Any) -> bytes:
        raise error

    body = bundle(town)
    with monkeypatch.context() as broken:
        broken.setattr(web, "receive", full)
        answer = posted(client, body)
        assert (answer.status_code, answer.headers["retry-after"], answer.text) == (503, "1", "")
    assert posted(client, body).status_code == 200


def test_a_bug_is_neither_told_nor_quoted_in_the_log(
    town: Town, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> bytes:
        raise RuntimeError("Nadim Barudi")

    monkeypatch.setattr(web, "receive", broken)
    with capture_logs() as lines:
        answer = posted(client, b"Nadim Barudi")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert "Barudi" not in repr(lines)
    assert [line["event"] for line in lines] == ["bug", "request"]


def test_the_log_holds_nothing_of_what_was_sent(town: Town, client: TestClient) -> None:
    with capture_logs() as lines:
        posted(client, bundle(town, body={"text": "Nadim Barudi"}))
    assert [line["event"] for line in lines] == ["request"]
    assert set(lines[0]) == {"event", "log_level", "method", "route", "status", "ms"}


# Over a real line


@contextmanager
def listening(app: Any, **tls: Any) -> Iterator[int]:
    """A real server on a free port of this machine, in a thread."""
    import socket

    import uvicorn

    config = uvicorn.Config(app, log_level="critical", ws="none", **tls)
    server = uvicorn.Server(config)
    line = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        yield line.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        line.close()


def to(town: Town, port: int, scheme: str = "http") -> Any:
    """A post that brings everything to one port, whatever the card says."""

    class Through:
        def __init__(self, transport: HttpTransport) -> None:
            self.transport = transport

        def send(self, partner: str, address: str, body: bytes) -> bytes:
            return self.transport.send(partner, f"{scheme}://localhost:{port}", body)

    return Through


def test_over_http_on_this_machine(town: Town) -> None:
    placed = town.asks(40)
    with listening(web.application(town.nodes[OTHER], town.clock)) as port:
        transport = HttpTransport(Trust())
        run_once(town.nodes[ONE], to(town, port)(transport), town.clock)
        transport.close()
    assert town.effects() == placed
    town.check()


def test_the_courier_runs_as_long_as_the_application(town: Town) -> None:
    courier = Courier(town.nodes[ONE], town.post, town.clock, no_jitter, look=0.01)
    placed = town.asks(2)
    with TestClient(web.application(town.nodes[ONE], town.clock, courier)):
        for _ in range(1000):
            if town.effects() == placed:
                break
            threading.Event().wait(0.01)
    assert town.effects() == placed


class Authority:
    """Certificates for a test: an authority of its own, made when it is needed."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._built(self.subject, self.key.public_key(), authority=True)
        self.file = self._written(f"{name}.pem", made.public_bytes(serialization.Encoding.PEM))

    def _built(
        self, subject: x509.Name, public: Any, *, authority: bool, host: str = ""
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .add_extension(_usage(authority), critical=True)
        )
        if host:
            names = [x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.1"))]
            uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
            made = made.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        return made.sign(self.key, hashes.SHA256())

    def _written(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def pair(self, name: str, host: str = "localhost") -> tuple[Path, Path]:
        """A certificate for a host, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._built(subject, key.public_key(), authority=False, host=host)
        plain = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        certificate = made.public_bytes(serialization.Encoding.PEM)
        return self._written(f"{name}.crt", certificate), self._written(f"{name}.key", plain)


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


@pytest.fixture
def certificates(tmp_path: Path) -> Authority:
    folder = tmp_path / "certificates"
    folder.mkdir()
    return Authority(folder, "ministry")


def arrives(port: int, trust: Trust) -> bool:
    return line(port, trust) == ""


def line(port: int, trust: Trust) -> str:
    """The ground on which TLS keeps a bundle away; "" where it arrives."""
    transport = HttpTransport(trust)
    try:
        raw = transport.send(OTHER, f"https://localhost:{port}", b"{}")
    except Refused as refused:
        return refused.ground
    except Unavailable:  # whoever is asked for a certificate and has none is told nothing
        return "silence"
    finally:
        transport.close()
    assert raw.startswith(b'{"refused"')
    return ""


def test_tls_both_ways(town: Town, certificates: Authority, tmp_path: Path) -> None:
    """Only who shows a certificate of the authorities agreed on gets through, and only a node that
    shows one is spoken to."""
    server, server_key = certificates.pair("server")
    mine, my_key = certificates.pair("caller")
    other = Authority(certificates.folder, "elsewhere")
    false, false_key = other.pair("false")
    pins = tmp_path / "pins"
    pins.mkdir()
    ca = certificates.file
    tls = {
        "ssl_certfile": server,
        "ssl_keyfile": server_key,
        "ssl_ca_certs": ca,
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
    }
    ours, its = "silence", "exchange.not_its_certificate"
    with listening(web.application(town.nodes[OTHER], town.clock), **tls) as port:
        assert arrives(port, Trust(ca=ca, certificate=mine, key=my_key))
        assert line(port, Trust(ca=ca)) == ours
        assert line(port, Trust(ca=ca, certificate=false, key=false_key)) == ours
        assert line(port, Trust(ca=other.file, certificate=mine, key=my_key)) == its
        assert line(port, Trust(certificate=mine, key=my_key)) == its
        # A partner's own certificate, pinned: enough by itself, and nothing else is believed then.
        (pins / f"{OTHER}.pem").write_bytes(server.read_bytes())
        assert arrives(port, Trust(pins=pins, certificate=mine, key=my_key))
        (pins / f"{OTHER}.pem").write_bytes(false.read_bytes())
        assert line(port, Trust(ca=ca, pins=pins, certificate=mine, key=my_key)) == its
        placed = town.asks(3)
        transport = HttpTransport(Trust(ca=ca, certificate=mine, key=my_key))
        run_once(town.nodes[ONE], to(town, port, "https")(transport), town.clock)
        transport.close()
    assert town.effects() == placed


def test_a_certificate_of_another_host_is_not_believed(town: Town, certificates: Authority) -> None:
    server, key = certificates.pair("server", host="elsewhere.example")
    tls = {"ssl_certfile": server, "ssl_keyfile": key}
    with listening(web.application(town.nodes[OTHER], town.clock), **tls) as port:
        assert line(port, Trust(ca=certificates.file)) == "exchange.not_its_certificate"


def test_a_certificate_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", "ascii")
    with pytest.raises(StoreError, match="no usable certificate"):
        HttpTransport(Trust(ca=tmp_path / "ca.pem")).send(OTHER, "https://localhost:1", b"")


@pytest.mark.parametrize(
    ("address", "ground"),
    [
        ("", "exchange.no_address"),
        ("ftp://localhost", "exchange.no_address"),
        ("https:///exchange", "exchange.no_address"),
        ("http://node.example", "exchange.plain_http"),
        ("http://127.0.0.1.example", "exchange.plain_http"),
        ("http://0.0.0.0", "exchange.plain_http"),
    ],
)
def test_where_nothing_is_sent_to(address: str, ground: str) -> None:
    with pytest.raises(Refused, match=ground):
        checked(address)


ODD = (
    "https://node:port",
    "https://[::1",
    "https://é\u200b.example",
    f"https://{'a' * 70}.example",
    "https://xn--a.example",
)
"""What a partner's card may say as its address, and nobody can send to."""


@pytest.mark.parametrize("address", ODD)
def test_an_odd_address_keeps_no_other_partner_waiting(town: Town, address: str) -> None:
    transport = HttpTransport(Trust())

    class Odd:
        def send(self, partner: str, said: str, body: bytes) -> bytes:
            return transport.send(partner, address, body)

    town.asks(1)
    assert run_once(town.nodes[ONE], Odd(), town.clock) == 0
    with town.nodes[ONE].store.reading() as connection:
        found = reach.of(connection, OTHER)
    assert found.ground in ("exchange.no_address", "exchange.unreachable")
    assert (found.failures, found.answered_at) == (1, "")
    transport.close()


@pytest.mark.parametrize("address", ODD)
def test_a_card_is_not_fetched_from_an_odd_address(address: str) -> None:
    with pytest.raises(Unavailable):
        fetched_card(address)


@pytest.mark.parametrize(
    "address", ["https://node.example/", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost"]
)
def test_where_it_may_be_sent_to(address: str) -> None:
    assert checked(address) == address.rstrip("/")
    assert checked("http://node.example", plain_http=True)


def answering(reply: bytes) -> Any:
    """An ASGI application that answers everything with raw settings."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        status, _, body = reply.partition(b" ")
        headers = [(b"location", b"http://localhost:1/")]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


@pytest.mark.parametrize("status", [b"204", b"302", b"404", b"500", b"503"])
def test_a_status_that_is_no_answer(status: bytes) -> None:
    with listening(answering(status + b" ")) as port:
        transport = HttpTransport(Trust())
        with pytest.raises(Unavailable, match=f"status {status.decode()}"):
            transport.send(OTHER, f"http://127.0.0.1:{port}", b"{}")
        transport.close()


def test_an_endless_answer_is_not_read() -> None:
    with listening(answering(b"200 " + b"x" * (2 << 20))) as port:
        transport = HttpTransport(Trust())
        with pytest.raises(Unavailable, match="longer than any may be"):
            transport.send(OTHER, f"http://127.0.0.1:{port}", b"{}")
        transport.close()


def test_nobody_there() -> None:
    transport = HttpTransport(Trust())
    with pytest.raises(Unavailable, match="cannot be reached"):
        transport.send(OTHER, "http://127.0.0.1:9", b"{}")
    transport.close()


def test_what_may_be_listened_on(certificates: Authority) -> None:
    server, key = certificates.pair("server")
    Listening("127.0.0.1", 0).check()
    Listening("0.0.0.0", 0, server, key).check()
    Listening("0.0.0.0", 0, plain_http=True).check()
    for wrong in (
        Listening("0.0.0.0", 0),
        Listening("127.0.0.1", 0, client_ca=certificates.file),
        Listening("127.0.0.1", 0, server, key / "gone"),
    ):
        with pytest.raises(UsageError):
            wrong.check()


# As processes


def made(folder: Path, code: str, address: str) -> Path:
    """A node's home, as an officer makes it, now."""
    home = folder / code
    now = datetime.now(UTC) - timedelta(hours=1)
    own = keys.make_keys(home, code, now)
    store = open_store(home)
    with store.begin() as unit:
        parties.found(
            unit,
            own,
            kind=Kind.FIU,
            name={"en": code},
            competences=tuple(CooperationField),
            address=address,
            at=now,
            actor="officer",
        )
    store.close()
    return home


def acquainted(one: Node, other: Node) -> None:
    now = datetime.now(UTC)
    with other.store.reading() as connection:
        entry = cooperation(connection).ring.parties[other.me].cards[-1]
    with one.store.begin() as unit:
        parties.introduce(unit, entry.signed, at=now, actor="officer")
        parties.confirm(unit, other.me, entry.card.fingerprint, at=now, actor="officer")


@contextmanager
def serving(home: Path, *more: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`taawun node serve` as a process; gives it and the address it says."""
    child = subprocess.Popen(
        [*COMMAND, "serve", "--home", str(home), *more],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    assert child.stderr is not None
    rest = threading.Thread(target=child.stderr.read, daemon=True)
    try:
        said = re.search(rb"https?://127\.0\.0\.1:\d+", child.stderr.readline())
        assert said is not None
        rest.start()
        yield child, said[0].decode()
    finally:
        child.kill()
        child.wait()
        if rest.ident is not None:
            rest.join(20)
        child.stderr.close()


def test_two_processes_a_kill_and_an_orderly_end(tmp_path: Path) -> None:
    """What an officer places on one node takes effect on the other, killed in between or not."""
    first = made(tmp_path, OTHER, "")
    with serving(first, "--port", "0") as (child, address):
        port = address.rpartition(":")[2]
        assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
        child.send_signal(signal.SIGKILL)
        child.wait()
    mine = made(tmp_path, ONE, "")
    one, other = open_node(mine), open_node(first)
    with other.store.begin() as unit:
        now = datetime.now(UTC)
        parties.renew(unit, other.keys, at=now, actor="officer", address=address)
    acquainted(one, other)
    acquainted(other, one)
    agreement = terms(
        f"{ONE}, {OTHER}: *; *; *; *", valid_from=now - timedelta(minutes=5), made_at=now
    )
    for node in (one, other):
        with node.store.begin() as unit:
            agreements.draft(unit, agreement, at=now, actor="officer")
            agreements.act(unit, node.keys, agreement.id, Deed.SIGN, at=now, actor="officer")
    with one.store.reading() as connection:
        told = agreements.told(cooperation(connection), agreement.id, now)
    with other.store.begin() as unit:
        for message in told:
            agreements.HANDLERS[message.kind](unit, message, now)
    with other.store.reading() as connection:
        told = agreements.told(cooperation(connection), agreement.id, now)
    with one.store.begin() as unit:
        for message in told:
            agreements.HANDLERS[message.kind](unit, message, now)
    other.close()
    sent = []
    for text in ("first", "second"):
        with one.store.begin() as unit:
            message = request(agreement, body={"text": text})
            place(unit, message, at=datetime.now(UTC), actor="officer")
            sent.append(message.id)
        with serving(first, "--port", port) as (child, again):
            assert again == address
            done = subprocess.run(
                [*COMMAND, "send", "--json", "--home", str(mine)],
                cwd=ROOT,
                capture_output=True,
                env={**os.environ, "PYTHONPATH": "src"},
                check=False,
            )
            assert orjson.loads(done.stdout) == {"settled": 1, "still_waiting": []}, done.stderr
            ending = signal.SIGTERM if text == "second" else signal.SIGKILL
            child.send_signal(ending)
            assert child.wait(20) in (-ending, 0)
    with one.store.reading() as connection:
        assert journal.verify(connection, mine).whole
    one.close()
    other = open_node(first)
    with other.store.reading() as connection:
        assert journal.verify(connection, first).whole
        arrived = [
            line.subject
            for line in journal.lines(connection)
            if line.action in ("message.accepted", "message.refused")
        ]
    assert arrived == sent
    other.close()
