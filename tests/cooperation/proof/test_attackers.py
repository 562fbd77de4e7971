"""What a hostile partner with valid keys would try. Each is refused on its ground, or bounded."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import uvicorn
from joserfc import jwe

from taawun.cli import show
from taawun.cooperation import agreements
from taawun.cooperation.act import ACT, Act
from taawun.cooperation.exchange import envelope, inbox
from taawun.cooperation.exchange import gate as exchange
from taawun.cooperation.exchange.bundle import read_answers, write_bundle
from taawun.cooperation.exchange.carrier import (
    MESSAGE_TYPE,
    Carrier,
    delivery_payload,
    read_receipt,
)
from taawun.cooperation.exchange.envelope import seal
from taawun.cooperation.history import cooperation
from taawun.cooperation.message import Message
from taawun.cooperation.trust import signing
from taawun.cooperation.wire import MOST_DEPTH
from taawun.web import impatient
from taawun.web import node as web
from tests.cooperation.authorities import terms
from tests.cooperation.proof import papers
from tests.cooperation.proof.model import CODES, Json
from tests.cooperation.proof.world import Template, World

ONE, OTHER, THIRD = CODES
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Template.make(Path(made) / "template")


@pytest.fixture
def world(template: Template) -> Iterator[World]:
    with template.world(template.folder.parent / "attacked") as made:
        made.set_back(template)
        yield made


def agreement(world: World, *parties: str, place: int = 0) -> str:
    """The agreement of exactly these."""
    found = [
        id
        for id, text in world.views[parties[0]].texts.items()
        if [each.get("authority") for each in text["parties"]] == sorted(parties)
    ]
    return found[place]


def request(world: World, sender: str, recipient: str, **more: Any) -> Json:
    rng = random.Random(1)
    id = agreement(world, *sorted((sender, recipient)))
    at, text = world.clock(sender), world.views[sender].texts[id]
    body = papers.request_body(rng, recipient[:2], "intelligence", "identity")
    said = {
        "categories": ["identity"],
        "caveats": [papers.own_caveats(sender, text, "intelligence", at)],
    }
    below = (id, "ask", "aml_cft", "intelligence")
    return papers.message("request", sender, recipient, below, at, rng, body, **(said | more))


def attack(world: World, by: str, on: str, message: bytes | Json, **carrier: Any) -> str:
    """Deliver by hand, signed with the attacker's own key. The ground, or `accepted`."""
    at = world.clock(by)
    body = message if isinstance(message, bytes) else Message.of(message).canonical()
    channel = "control" if isinstance(message, bytes) else message.get("agreement", "control")
    said: Json = {"v": 1, "sender": by, "recipient": on, "channel": channel, "sent_at": at}
    said |= carrier
    with world.nodes[on].store.reading() as connection:
        said.setdefault("sequence", inbox.last(connection, by, said["channel"]) + 1)
    payload = delivery_payload(Carrier(**said), body)
    signed = signing.sign(payload, world.nodes[by].keys.signing(at), MESSAGE_TYPE)
    return bring(world, on, signed)


def bring(world: World, on: str, signed: str) -> str:
    with world.nodes[on].store.reading() as connection:
        ring = cooperation(connection).ring
    at = world.clock(on)
    bundle = write_bundle([seal(signed, ring.sealing_key(on, at).jwk())])
    answer = read_answers(exchange.receive(world.nodes[on], bundle, at), 1)[0]
    if answer.refused is not None:
        return answer.refused.ground
    receiver = orjson.loads(_payload(answer.receipt))["recipient"]
    receipt = read_receipt(
        answer.receipt, on, receiver, lambda code, kid: ring.signing_key(code, kid, at)
    )
    return receipt.ground or receipt.outcome.value


def _payload(jws: str) -> bytes:
    import base64

    part = jws.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def control(world: World, by: str, on: str, kind: str, body: Json) -> Json:
    at = papers.moment_text(world.clock(by))
    id = papers.new_id(random.Random(at + kind + repr(body)))
    return {
        "v": 1, "id": id, "kind": kind, "sender": by, "recipient": on, "categories": [],
        "thread": id, "made_at": at, "urgent": False, "caveats": [], "body": body,
    }  # fmt: skip


def signed_act(world: World, by: str, **said: Any) -> str:
    at = papers.moment_text(world.clock(by))
    made = {"v": 1, "party": by, "at": at, "effective_at": at, **said}
    return signing.sign(
        Act.of(made).canonical(), world.nodes[by].keys.signing(world.clock(by)), ACT
    )


def acts_of(world: World, node: str, party: str, id: str) -> list[str]:
    with world.nodes[node].store.reading() as connection:
        kept = cooperation(connection).acts[id]
    return [each.signed for each in kept if each.act.party == party]


def test_a_message_of_another_cannot_be_relayed_as_ones_own(world: World) -> None:
    said = request(world, OTHER, ONE)
    assert attack(world, ONE, THIRD, said) == "exchange.carrier"
    new = papers.new_id(random.Random(5))
    mine = {**said, "id": new, "thread": new, "sender": ONE, "recipient": THIRD}
    assert attack(world, ONE, THIRD, mine) == "permit.no_agreement"


def test_what_another_signed_cannot_be_sent_on_to_a_third(world: World) -> None:
    assert world.send(request(world, OTHER, ONE))
    world.carry(OTHER)
    raw = world.post.sent[-1][1]
    keys = world.nodes[ONE].keys
    signed = envelope.unseal(
        orjson.loads(raw)["sealed"][0], lambda kid: keys.sealed_to(kid, world.told.now)
    )
    assert bring(world, THIRD, signed) == "exchange.recipient"


def test_acts_of_one_agreement_do_not_count_for_another(world: World) -> None:
    one, other = (agreement(world, ONE, OTHER, place=place) for place in (0, 1))
    acts = acts_of(world, OTHER, ONE, one)
    said = control(world, ONE, OTHER, "act", {"agreement": other, "acts": acts})
    assert attack(world, ONE, OTHER, said) == "act.agreement"


def test_nobody_lifts_anothers_suspension(world: World) -> None:
    id = agreement(world, ONE, OTHER)
    assert world.act(OTHER, id, "suspend", scope=_whole(), reason="A court said so.")
    world.carry(OTHER)
    forged = signed_act(world, ONE, party=OTHER, agreement=id, number=3, deed="resume", lifts=2)
    acts = [*acts_of(world, OTHER, OTHER, id), forged]
    said = control(world, ONE, OTHER, "act", {"agreement": id, "acts": acts})
    assert attack(world, ONE, OTHER, said) == "act.own"
    at_third = agreement(world, ONE, OTHER, THIRD)
    assert world.act(OTHER, at_third, "suspend", scope=_whole(), reason="A court said so.")
    world.carry(OTHER)
    forged = signed_act(
        world, ONE, party=OTHER, agreement=at_third, number=3, deed="resume", lifts=2
    )
    said = control(world, ONE, THIRD, "act", {"agreement": at_third, "acts": [forged]})
    attack(world, ONE, THIRD, said)
    state = world.views[THIRD].state(at_third, OTHER, world.clock(THIRD))
    assert state == "suspended"
    assert len(acts_of(world, THIRD, OTHER, at_third)) == 2
    own = signed_act(world, ONE, agreement=id, number=2, deed="resume", lifts=2)
    said = control(
        world, ONE, OTHER, "act", {"agreement": id, "acts": [*acts_of(world, ONE, ONE, id), own]}
    )
    assert attack(world, ONE, OTHER, said) == "act.lifts"


def _whole() -> Any:
    from taawun.cooperation.act import Scope

    return Scope()


def test_a_history_cannot_be_told_in_two_ways(world: World) -> None:
    id = agreement(world, ONE, OTHER)
    other = signed_act(world, ONE, agreement=id, number=1, deed="decline", reason="Never.")
    said = control(world, ONE, OTHER, "act", {"agreement": id, "acts": [other]})
    assert attack(world, ONE, OTHER, said) == "act.other"


def test_an_answer_to_a_thread_of_others_is_refused(world: World) -> None:
    said = request(world, ONE, OTHER)
    assert world.send(said)
    world.carry(ONE)
    id = agreement(world, ONE, THIRD)
    below = (id, "ask", "aml_cft", "intelligence")
    rng, at = random.Random(2), world.clock(THIRD)
    answer = papers.message(
        "answer", THIRD, ONE, below, at, rng, papers.answer_body(rng, "negative", [], at),
        thread=said["id"], replies_to=said["id"],
        caveats=[papers.own_caveats(THIRD, world.views[THIRD].texts[id], "intelligence", at)],
    )  # fmt: skip
    assert attack(world, THIRD, ONE, answer) == "request.partner"


def test_consent_that_another_would_have_to_give_is_refused(world: World) -> None:
    """OTHER asked nobody: a decision without a question consents to nothing."""
    id = agreement(world, ONE, THIRD)
    rng, at = random.Random(3), world.clock(THIRD)
    asked = {
        "items": [{"message": papers.new_id(rng), "item": 0}],
        "recipient": OTHER,
        "purposes": ["intelligence"],
    }
    thread = papers.new_id(rng)
    said = papers.message(
        "onward_decision", THIRD, ONE, (id, "ask", "aml_cft", "intelligence"), at, rng,
        papers.onward_decision_body(asked, given=True, speaks_for=[]),
        thread=thread, replies_to=thread,
    )  # fmt: skip
    assert attack(world, THIRD, ONE, said) == "request.thread"


def test_what_an_owner_forbade_is_refused_at_the_third_node_too(world: World) -> None:
    """A partner whose own node lets everything out meets the permit of whom it sends to."""
    rng, at = random.Random(4), world.clock(ONE)
    id = agreement(world, ONE, THIRD)
    text = world.views[ONE].texts[id]
    origin = {"authority": OTHER, "message": papers.new_id(rng), "item": 1}
    for onward, consented in (("none", [THIRD]), ("consent", []), ("named", [])):
        claim = {
            "origin": OTHER,
            "purposes": ["intelligence"],
            "onward": onward,
            "consented": consented,
        }
        body = papers.disclosure_body(
            rng, "XC", [papers.item(rng, 1, "identity", origins=(origin,))]
        )
        said = papers.message(
            "disclosure", ONE, THIRD, (id, "disclose", "aml_cft", "intelligence"), at, rng, body,
            categories=["identity"],
            caveats=[papers.own_caveats(ONE, text, "intelligence", at), claim],
        )  # fmt: skip
        assert attack(world, ONE, THIRD, said) == "permit.caveat_onward"
        del said["caveats"][1]
        unnamed = {**said, "id": papers.new_id(rng)}
        assert attack(world, ONE, THIRD, unnamed) == "request.caveats"


def test_a_card_is_only_brought_by_its_own_authority(world: World) -> None:
    with world.nodes[OTHER].store.reading() as connection:
        card = cooperation(connection).ring.parties[THIRD].cards[-1].signed
    said = control(world, ONE, OTHER, "card", {"card": card})
    assert attack(world, ONE, OTHER, said) == "card.not_senders"


def test_proposals_are_bounded_and_refused_text_is_not_kept(world: World) -> None:
    def proposal(number: int) -> Json:
        text = terms(
            f"{ONE}, {OTHER}: ask; aml_cft; intelligence; identity",
            title={"en": f"Agreement {number}"},
        )
        return control(world, ONE, OTHER, "proposal", {"agreement": text.plain(), "acts": []})

    taken = [attack(world, ONE, OTHER, proposal(number)) for number in range(110)]
    assert taken == ["accepted"] * agreements.MOST_PROPOSED + ["agreement.too_many"] * 10
    with world.nodes[OTHER].store.reading() as connection:
        kept = "SELECT sum(length(signed)) FROM inbox WHERE outcome = 'refused'"
        assert not connection.exec_driver_sql(kept).scalar()
    assert attack(world, THIRD, OTHER, _small_proposal(world)) == "accepted"


def _small_proposal(world: World) -> Json:
    text = terms(f"{OTHER}, {THIRD}: ask; aml_cft; intelligence; identity", title={"en": "Small"})
    return control(world, THIRD, OTHER, "proposal", {"agreement": text.plain(), "acts": []})


def test_two_thousand_acts_in_one_message_are_read_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each act that was new made the node read its whole history again."""
    id = agreement(world, ONE, OTHER)
    acts = acts_of(world, OTHER, ONE, id)
    empty = {"fields": [], "services": [], "partners": []}
    for number in range(2, 150):
        said = {"number": number, "deed": "suspend", "scope": empty, "reason": "Because."}
        acts.append(signed_act(world, ONE, agreement=id, **said))
    from taawun.cooperation import history

    times, replayed = [], history.replayed
    monkeypatch.setattr(history, "replayed", lambda rows: times.append(1) or replayed(rows))
    message = control(world, ONE, OTHER, "act", {"agreement": id, "acts": acts})
    assert attack(world, ONE, OTHER, message) == "accepted"
    assert len(times) < 5


def test_deep_and_huge_bodies_are_refused_before_they_are_read(world: World) -> None:
    nested = b'{"a":' * (MOST_DEPTH + 1) + b"1" + b"}" * (MOST_DEPTH + 1)
    assert attack(world, ONE, OTHER, nested) == "wire.too_deep"
    deeper = b"[" * 200_000 + b"]" * 200_000
    assert attack(world, ONE, OTHER, deeper) in ("wire.too_deep", "wire.not_json")
    text = b'"' + b"x" * 2_300_000 + b'"'
    assert attack(world, ONE, OTHER, text) in ("wire.too_large", "wire.field")
    for raw in (b"[" * 1_000_000, b'{"sealed":' * 5000, b"{}", b"\x00" * 100, b"x" * 5_000_000):
        answer = orjson.loads(exchange.receive(world.nodes[OTHER], raw, world.told.now))
        assert answer["refused"]["ground"] in ("bundle.malformed", "bundle.too_large")


def test_a_compressed_envelope_is_not_unpacked(world: World) -> None:
    with world.nodes[ONE].store.reading() as connection:
        key = cooperation(connection).ring.sealing_key(OTHER, world.told.now).jwk()
    header = {
        **envelope.ALGORITHMS,
        "kid": key.thumbprint(),
        "typ": envelope.TYPE,
        "zip": "DEF",
    }
    registry = jwe.JWERegistry(algorithms=[*envelope.ALGORITHMS.values(), "DEF"])
    bomb = jwe.encrypt_compact(header, b"0" * 200_000, key, registry=registry)
    raw = write_bundle([bomb])
    answer = read_answers(exchange.receive(world.nodes[OTHER], raw, world.told.now), 1)[0]
    assert answer.refused is not None
    assert answer.refused.ground == "envelope.header"


@pytest.mark.parametrize("sign", "\u202e\u202d\u202a\u2028\u200b\x9b")
def test_a_title_cannot_turn_what_an_officer_sees(sign: str) -> None:
    assert sign not in show.plain(f"Agreement {sign}txet")


def test_look_alike_texts_are_other_agreements(world: World) -> None:
    latin = terms(f"{ONE}, {OTHER}: ask; aml_cft; intelligence; identity", title={"en": "Pact"})
    cyrillic = terms(f"{ONE}, {OTHER}: ask; aml_cft; intelligence; identity", title={"en": "Расt"})
    assert latin.id != cyrillic.id
    for text in (latin, cyrillic):
        said = control(world, ONE, OTHER, "proposal", {"agreement": text.plain(), "acts": []})
        assert attack(world, ONE, OTHER, said) == "accepted"
    with world.nodes[OTHER].store.reading() as connection:
        known = cooperation(connection)
        found = [
            agreements.between(known, text.id, ONE, world.told.now) for text in (latin, cyrillic)
        ]
    assert {stands.state.value for stands in found} == {"draft"}


# The line


async def _posted(world: World, headers: Json, parts: list[bytes], *, ends: bool = True) -> int:
    """What the application answers to a request that arrives in parts."""
    app = web.application(world.nodes[OTHER], lambda: world.told.now)
    given, status = iter(enumerate(parts, 1)), []

    async def receive() -> Any:
        place, part = next(given, (0, b""))
        if not place:
            await asyncio.sleep(3600)
        last = ends and place == len(parts)
        return {"type": "http.request", "body": part, "more_body": not last}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    scope = {
        "type": "http", "method": "POST", "path": "/exchange", "raw_path": b"/exchange",
        "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "asgi": {"version": "3.0"},
    }  # fmt: skip
    await app(scope, receive, send)
    return int(status[0])


OURS = {"content-type": "application/taawun+json"}


def test_a_body_that_never_ends_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.05)
    assert asyncio.run(_posted(world, OURS, [b"{", b'"'], ends=False)) == 408


@pytest.mark.parametrize(
    ("headers", "parts", "status"),
    [
        ({"content-type": "application/json"}, [b"{}"], 415),
        ({}, [b"{}"], 415),
        (OURS, [b"{}"], 400),
        (OURS | {"content-length": "99999999999"}, [b"{}"], 413),
        (OURS, [b"x" * 1_000_000] * 6, 413),
        (OURS | {"content-encoding": "gzip"}, [b"\x1f\x8b\x08\x00"], 400),
    ],
)
def test_what_is_no_bundle_is_refused(
    world: World, headers: Json, parts: list[bytes], status: int
) -> None:
    assert asyncio.run(_posted(world, headers, parts)) == status


def test_a_clock_that_was_set_back_keeps_nobody_from_suspending(world: World) -> None:
    id = agreement(world, ONE, OTHER)
    world.told.skew[ONE] = timedelta(seconds=3000)
    assert world.act(ONE, id, "suspend", scope=_whole(), reason="A court said so.")
    world.told.skew[ONE] = timedelta(0)
    assert world.act(ONE, id, "resume", lifts=2)
    assert world.act(ONE, id, "suspend", scope=_whole(), reason="Another court said so.")
    assert not world.send(request(world, ONE, OTHER))
    world.carry(ONE)
    assert len(acts_of(world, OTHER, ONE, id)) == 4  # though their dates are still to come
    assert not world.send(request(world, OTHER, ONE))


def test_lines_that_ask_nothing_are_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a head, no head, and half a second request: none of them holds a line for ever. A second
    request that came whole, right behind the first, is answered."""
    monkeypatch.setattr(impatient, "HEAD", 0.2)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            await asyncio.sleep(1)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def course() -> list[bytes]:
        config = uvicorn.Config(answer, http=impatient.ImpatientProtocol, lifespan="off")
        config.load()
        server = uvicorn.Server(config)
        loop = asyncio.get_running_loop()
        made = await loop.create_server(
            lambda: impatient.ImpatientProtocol(config, server.server_state, {}, loop),
            "127.0.0.1",
            0,
        )
        port = made.sockets[0].getsockname()[1]
        whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        slow = whole.replace(b"/ ", b"/slow ", 1)
        said = (b"", b"POST /exchange HTTP/1.1\r\nHost", whole + b"GET / HT", whole + slow)
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in said]
        for (_, writer), begin in zip(lines, said, strict=True):
            writer.write(begin)
        ended = [await asyncio.wait_for(reader.read(), 30) for reader, _ in lines]
        for _, writer in lines:
            writer.close()
            await writer.wait_closed()
        made.close()
        await made.wait_closed()
        return ended

    nothing, half, second, both = asyncio.run(course())
    assert (nothing, half) == (b"", b"")
    assert second.startswith(b"HTTP/1.1 204")
    assert both.count(b"HTTP/1.1 204") == 2
