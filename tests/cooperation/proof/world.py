"""Three authorities with real stores, a post that fails, and a model that watches every step.

world = World.new(folder)          XA, XB, XC, who have signed five agreements
world.send(message)                an officer sends; the permit must say what the model says
world.carry("XA-FIU")              its courier delivers what it can, through whatever fails
world.settle()                     all is mended and lifted: nothing is lost, nothing doubled

What breaks a promise raises Broken. `counts` says what happened.
"""

from __future__ import annotations

import base64
import pickle
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy.exc import OperationalError

from taawun.cooperation import agreements, history
from taawun.cooperation import node as node_room
from taawun.cooperation.act import Deed, Scope
from taawun.cooperation.agreement import Agreement, Budget, Onward, Purpose, Service
from taawun.cooperation.exchange import courier, inbox
from taawun.cooperation.exchange import gate as exchange
from taawun.cooperation.exchange.bundle import write_bundle
from taawun.cooperation.exchange.carrier import MESSAGE_TYPE, Carrier, delivery_payload
from taawun.cooperation.exchange.envelope import seal, unseal
from taawun.cooperation.exchange.outbox import OutboxState
from taawun.cooperation.exchange.transport.memory import Post
from taawun.cooperation.history import cooperation
from taawun.cooperation.message import Message
from taawun.cooperation.node import Node
from taawun.cooperation.private.asking import Blinds
from taawun.cooperation.private.workers import Workers
from taawun.cooperation.requests import information
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.caveats import may_use
from taawun.cooperation.trust import signing
from taawun.desk import agreements as desk_agreements
from taawun.desk import parties as desk_parties
from taawun.desk.desk import Desk
from taawun.errors import Refused, StoreError, Unavailable
from taawun.store import journal
from taawun.store.database import DATABASE
from tests.cooperation.authorities import Region, terms
from tests.cooperation.proof import matches, second
from tests.cooperation.proof.model import CODES, Broken, Json, Piece, View, moment

BEGIN = datetime(2026, 3, 14, 12, tzinfo=UTC)
ALL = "ask, disclose, typology, freeze"
ASKED = (Budget(service=Service.MATCH, purpose=Purpose(matches.PURPOSE), a_day=matches.A_DAY),)
AGREED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "XA-FIU, XB-FIU",
        f"{ALL}; aml_cft, terrorism; intelligence, investigation, prosecution; identity, accounts",
        {"onward": "named", "retention_days": 20},
    ),
    (
        "XA-FIU, XB-FIU",
        "ask, disclose; aml_cft; intelligence; identity",
        {"onward": "none", "retention_days": 365, "valid_until": BEGIN + timedelta(days=30)},
    ),
    (
        "XA-FIU, XC-FIU",
        f"{ALL}; aml_cft, sanctions; intelligence, investigation; identity, accounts",
        {"onward": "consent", "retention_days": 60},
    ),
    (
        "XB-FIU, XC-FIU",
        f"{ALL}; aml_cft, sanctions; intelligence, investigation; identity, accounts",
        {"onward": "consent", "retention_days": 60},
    ),
    (
        "XA-FIU, XB-FIU, XC-FIU",
        f"{ALL}; aml_cft, organised_crime; intelligence, investigation; identity, reports",
        {"onward": "named", "retention_days": 90},
    ),
    (
        "XB-FIU, XA-FIU",
        "ask, match; aml_cft, terrorism; intelligence; identity",
        {"onward": "none", "retention_days": 90, "budgets": ASKED},
    ),
    (
        "XC-FIU, XB-FIU",
        "ask, disclose, match; aml_cft; intelligence; identity, accounts",
        {
            "onward": "consent",
            "retention_days": 90,
            "budgets": ASKED,
            "four_eyes": (Service.ASK, Service.DISCLOSE, Service.MATCH),
        },
    ),
    (
        "LEAGUE",
        "ask, disclose; aml_cft, security; intelligence; identity",
        {"onward": "consent", "retention_days": 90, "made_by": "XA-FIU"},
    ),
    (
        "LEAGUE, XC-FIU",
        "ask, disclose; aml_cft; intelligence; identity, customs",
        {"onward": "named", "retention_days": 90, "made_by": "XC-FIU"},
    ),
)
MEMBERS = ("XA", "XB")
"""Of the league, when it begins."""
FOUNDED = date(2020, 1, 1)


class Killed(Exception):
    """The sender's process ended in the middle of a round."""


@dataclass
class Told:
    """What the world remembers beside the stores, so that it can be set back."""

    now: datetime
    skew: dict[str, timedelta]
    views: dict[str, View]
    placed: dict[str, Json] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CODES, 0))
    accepted: dict[str, list[str]] = field(default_factory=lambda: {code: [] for code in CODES})
    refused: dict[str, dict[str, str]] = field(default_factory=lambda: {c: {} for c in CODES})
    steps: dict[str, Counter[str]] = field(default_factory=lambda: {c: Counter() for c in CODES})
    withheld: set[str] = field(default_factory=set)
    drafts: dict[str, dict[str, second.Sheet]] = field(
        default_factory=lambda: {code: {} for code in CODES}
    )
    approved: set[str] = field(default_factory=set)
    matched: matches.Matched = field(default_factory=matches.Matched)


class Out(NamedTuple):
    """A row of an outbox."""

    message: str
    state: str
    ground: str
    sequence: int | None


class World:
    """Three nodes, what is true of them, and what happened."""

    def __init__(self, folder: Path, told: Told) -> None:
        self.folder, self.told = folder, told
        self.counts: Counter[str] = Counter()
        self.post = Post()
        self.full: Counter[str] = Counter()
        self.dying: dict[str, str] = {}
        self.nodes: dict[str, Node] = {}
        self.blinds = matches.new_blinds()
        self.watching = {code: _watch(folder / code) for code in CODES}
        for code in CODES:
            self.start(code)

    @classmethod
    def new(cls, folder: Path) -> World:
        """Who know each other and have signed what is agreed."""
        region = Region(folder, *CODES)
        region.close()
        views = {code: View(code) for code in CODES}
        told = Told(BEGIN, dict.fromkeys(CODES, timedelta(0)), views)
        world = cls(folder, told)
        for code in CODES:
            for state in MEMBERS:
                world.member(code, state, FOUNDED)
        for who, what, more in AGREED:
            world.propose(who, what, **more)
        for code in CODES:
            world.carry(code)
        for code in CODES:
            for id in tuple(world.views[code].texts):
                world.act(code, id, "sign")
                world.carry(code)
        for code in CODES:
            world.carry(code)
        rng = random.Random("template")
        for owner, asker, id in matches.pairs(world):
            matches.rekey(world, rng, owner, asker, id)
        world.begun()
        world.counts.clear()
        return world

    def begun(self) -> None:
        """Whether everything is in force, and every table in place."""
        for code, view in self.views.items():
            for id, text in view.texts.items():
                for other in CODES:
                    at = self.clock(code)
                    meet = view.meet(text, code, other, at)
                    if meet and view.state(id, other, at) != "in force":
                        raise Broken(f"not in force between {code} and {other}")
        if self.counts["tables made"] != 2 or len(self.told.matched.terms) != 2:
            raise Broken("a table is missing")

    @property
    def views(self) -> dict[str, View]:
        return self.told.views

    def clock(self, code: str) -> datetime:
        return self.told.now + self.told.skew[code]

    def start(self, code: str) -> None:
        """Open a node as a process does when it starts."""
        if code in self.nodes:
            self.nodes[code].close()
        self.nodes[code] = node_room.open_node(self.folder / code)
        self.blinds[code] = Blinds(Workers(0))
        self.post.at(code, self._address(code))

    def close(self) -> None:
        for node in self.nodes.values():
            node.close()
        for watch in self.watching.values():
            watch.close()

    def set_back(self, template: Template) -> None:
        """As it stood when the template was made; the stores stay open."""
        for code in CODES:
            source = _watch(template.folder / code)
            source.backup(self.watching[code])
            source.close()
            shutil.copy(template.folder / code / journal.ANCHOR, self.folder / code)
        matches.set_back(self.folder, template.folder)
        self.blinds = matches.new_blinds()
        history._read.clear()
        self.told = pickle.loads(template.told)
        self.counts, self.post, self.full, self.dying = Counter(), Post(), Counter(), {}
        for code in CODES:
            self.post.at(code, self._address(code))

    # What officers do

    def propose(self, who: str, what: str, **more: Any) -> str:
        """The first party drafts an agreement and signs it."""
        maker = more.get("made_by") or who.split(",")[0]
        made = terms(f"{who}: {what}", **{**more, "onward": _onward(more["onward"])})
        with self.nodes[maker].store.begin() as unit:
            agreements.draft(unit, made, at=self.clock(maker), actor="officer")
        self.views[maker].learn_text(made.id, made.plain())
        self.counts["proposed"] += 1
        self.act(maker, made.id, "sign")
        return made.id

    def act(self, code: str, id: str, deed: str, **said: Any) -> bool:
        """An act as an officer does it: what the others are told goes in the same unit."""
        at, node = self.clock(code), self.nodes[code]
        desk = Desk(node.store, node.keys, "officer", at)
        try:
            done = desk_agreements._act(desk, id, Deed(deed), **said)
        except Refused as refused:
            self.counts[f"act refused: {refused.ground}"] += 1
            return False
        self.counts[f"act: {deed}"] += 1
        self.views[code].learn_acts([done.act.plain()], at)
        self.look()
        matches.look_at_files(self, code)
        return True

    def member(self, code: str, state: str, since: date, until: date | None = None) -> None:
        """A node takes down that a state is a member of the league, or until when it is."""
        node = self.nodes[code]
        desk = Desk(node.store, node.keys, "officer", self.clock(code))
        desk_parties.join(desk, "LEAGUE", state, since, until)
        self.views[code].learn_member("LEAGUE", state, since, until)
        self.look()

    def send(self, said: Json, honest: Callable[[], bool] | None = None) -> bool:
        """An officer sends a message. `honest`: whether what is passed on in it may be, and is
        named.

        Whether it goes must be what the model says; a thread's own rules may refuse it besides.
        Where a second officer is needed it becomes a draft.
        """
        code = said["sender"]
        at, view = self.clock(code), self.views[code]
        if view.needs_second(said):
            second.write(self, said, honest)
            return False
        may, true = view.grants(said, at), honest is None or honest()
        try:
            made = Message.of(said)
            with self.nodes[code].store.begin() as unit:
                requests.sending(unit, made, at=at, actor="officer")
                exchange.place(unit, made, at=at, actor="officer")
        except Refused as refused:
            self.counts[f"not placed: {refused.ground}"] += 1
            about_use = refused.ground.startswith(("permit.", "caveat."))
            if about_use and may and true:
                raise Broken(f"{said['kind']} refused with {refused.ground}, yet allowed") from None
            return False
        if not may or not true:
            raise Broken(f"{said['kind']} placed, and it may not go")
        self.counts[f"placed: {said['kind']}"] += 1
        self.told.placed[said["id"]] = said
        return True

    def uses(self, code: str, piece: Piece, purpose: str) -> None:
        """An officer wants to use what was received."""
        at = self.clock(code)
        with self.nodes[code].store.reading() as connection:
            item = information.item_of(connection, piece.message, piece.number)
        try:
            may_use(item, Purpose(purpose), at)
            used = True
        except Refused as refused:
            self.counts[f"use refused: {refused.ground}"] += 1
            used = False
        if used is not self.views[code].may_use(piece, purpose, at):
            raise Broken(f"use for {purpose} was {'allowed' if used else 'refused'}")
        self.counts["use allowed"] += used

    def purge(self, code: str) -> None:
        """What may be kept no longer goes."""
        at = self.clock(code)
        late = {
            key: piece
            for key, piece in self.views[code].pieces.items()
            if piece.until < at.date() and not piece.gone
        }
        with self.nodes[code].store.begin() as unit:
            due = information.due_for_deletion(unit.connection, at)
            if {(each.message, each.item) for each in due} != set(late):
                raise Broken("what is due for deletion is not what is late")
            gone = information.delete(unit, due, at=at, actor="officer", reason="retention")
        self.counts["items deleted"] += gone
        for piece in late.values():
            piece.gone = True

    # What is on the way

    def carry(self, code: str) -> None:
        """A node's courier delivers what it can. A kill on the way starts it anew."""
        line = _Line(self, code)
        if all(each.state in ("delivered", "refused") for each in self.outbox(code)):
            return
        try:
            courier.run_once(self.nodes[code], line, lambda: self.clock(code))
        except Killed:
            self.counts["sender killed"] += 1
            self.start(code)
        self.look()

    def _address(self, code: str) -> Callable[[bytes], bytes]:
        def take(raw: bytes) -> bytes:
            node, at = self.nodes[code], self.clock(code)
            handlers = node.handlers
            keeps = inbox.keep
            if self.full[code]:
                self.full[code] -= 1
                if self.full[code] % 2:
                    node.handlers = {kind: _full(done) for kind, done in handlers.items()}
                else:
                    inbox.keep = _full(keeps)
            try:
                return exchange.receive(node, raw, at)
            except StoreError:
                self.counts["disk full"] += 1
                raise Unavailable(f"{code}: cannot keep it") from None
            finally:
                node.handlers, inbox.keep = handlers, keeps
                self.look()

        return take

    def leaves(self, sender: str, partner: str, body: bytes) -> None:
        """Whatever leaves a node is looked at: it may go at this moment, as its sender knows."""
        self.look()
        for envelope in orjson.loads(body)["sealed"]:
            said = self._opened(partner, envelope)
            if "void" in said:
                self.counts["voids sent"] += 1
                continue
            carrier, message = said["carrier"], said["message"]
            at = moment(carrier["sent_at"])
            if carrier["sender"] != sender or not self.views[sender].grants(message, at):
                raise Broken(f"{message['kind']} left {sender} without a permit")
            self.counts["envelopes sent"] += 1

    def _opened(self, partner: str, envelope: str) -> Json:
        keys = self.nodes[partner].keys
        signed = unseal(envelope, lambda kid: keys.sealed_to(kid, self.told.now))
        payload = signed.split(".")[1]
        said: Json = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return said

    def replay(self, rng: random.Random) -> None:
        """Somebody on the line brings an earlier bundle again."""
        if self.post.sent:
            partner, body = rng.choice(self.post.sent)
            self.counts["bundles replayed"] += 1
            self._late(partner, body)

    def renumber(self, rng: random.Random) -> None:
        """A node that was set back sends an accepted message again, under the next number."""
        code = rng.choice(CODES)
        old = [
            id
            for id in self.told.accepted[code]
            if self.told.placed[id]["kind"] not in ("card", "proposal", "act")
        ]
        if not old:
            return
        said = self.told.placed[rng.choice(old)]
        sender = said["sender"]
        with self.nodes[code].store.reading() as connection:
            last = inbox.last(connection, sender, said["agreement"])
            ring = cooperation(connection).ring
        at = self.clock(sender)
        carrier = Carrier(
            v=1,
            sender=sender,
            recipient=code,
            channel=said["agreement"],
            sequence=last + 1,
            sent_at=at,
        )
        payload = delivery_payload(carrier, Message.of(said).canonical())
        signed = signing.sign(payload, self.nodes[sender].keys.signing(at), MESSAGE_TYPE)
        envelope = seal(signed, ring.sealing_key(code, at).jwk())
        self.counts["sent again under a new number"] += 1
        self._late(code, write_bundle([envelope]))

    def _late(self, code: str, body: bytes) -> None:
        with suppress(Unavailable):
            self.post.addresses[code](body)

    # Looking

    def look(self) -> None:
        """Read what every journal says since, and hold it against the model."""
        for code in CODES:
            query = "SELECT * FROM journal WHERE sequence > ? ORDER BY sequence"
            for row in self.watching[code].execute(query, (self.told.lines[code],)).fetchall():
                line = journal.Line(*row)
                self.told.lines[code] = line.sequence
                self._read(code, line)

    def _read(self, code: str, line: journal.Line) -> None:
        at, said = moment(line.at), orjson.loads(line.details)
        if line.action.startswith("thread.") and said["message"] and line.actor in CODES:
            self.told.steps[code][said["message"]] += 1
            if self.told.steps[code][said["message"]] > 1:
                raise Broken(f"a {said['kind']} took effect twice at {code}")
        elif line.action.startswith("match."):
            matches.read(self, code, line, said, at)
        elif line.action == "message.placed":
            self._placed(code, line.subject, at)
        elif line.action == "message.accepted":
            self._accepted(code, line.subject, at)
        elif line.action == "message.refused":
            self._refused(code, line.subject, said["ground"], at)
        elif line.action == "message.delivered":
            if line.subject not in self.told.accepted[said["recipient"]]:
                raise Broken("delivered, and never accepted")
            self.counts["delivered"] += 1
        elif line.action == "message.turned_down":
            if line.subject not in self.told.refused[said["recipient"]]:
                raise Broken("turned down, and never refused")
        elif line.action == "message.unnumbered":
            self.counts["numbers given up"] += 1

    def _placed(self, code: str, id: str, at: datetime) -> None:
        """Whatever is placed has a second officer's approval where it needs one."""
        said = self.told.placed.get(id)
        if said is None:
            query = "SELECT body FROM outbox WHERE message = ?"
            (body,) = self.watching[code].execute(query, (id,)).fetchone()
            said = self.told.placed[id] = orjson.loads(body)
        if said["kind"] in matches.KINDS:
            matches.placed(self, code, said, at)
        elif self.views[code].needs_second(said) and id not in self.told.approved:
            raise Broken(f"{said['kind']} placed without a second officer")

    def _accepted(self, code: str, id: str, at: datetime) -> None:
        message, view = self.told.placed.get(id), self.views[code]
        if message is None:
            raise Broken(f"{code} accepted what nobody placed")
        if id in self.told.accepted[code]:
            self.counts["same message again, no effect"] += 1
            return
        if id in self.told.refused[code]:
            raise Broken("refused before, accepted now")
        self.told.accepted[code].append(id)
        self.counts[f"accepted: {message['kind']}"] += 1
        body = message["body"]
        if message["kind"] in ("act", "proposal"):
            if message["kind"] == "proposal":
                view.learn_text(Agreement.of(body["agreement"]).id, body["agreement"])
            acts = [_unsigned(each) for each in body["acts"]]
            view.learn_acts(acts, at)
            return
        if not view.grants(message, at):
            raise Broken(f"{message['kind']} took effect at {code} without a permit")
        if message["kind"] in matches.KINDS:
            matches.accepted(self, code, message, at)
            return
        if self.told.steps[code][id] != 1:
            raise Broken(f"{message['kind']} was accepted at {code} and had no effect")
        view.keeps(message, at)
        view.consents(message)

    def _refused(self, code: str, id: str, ground: str, at: datetime) -> None:
        self.counts[f"refused at arrival: {ground}"] += 1
        message = self.told.placed.get(id)
        if message is None or id in self.told.refused[code]:
            return
        if self.told.steps[code][id]:
            raise Broken("refused, and it took effect")
        may = self.views[code].grants(message, at)
        if ground == "permit.budget":
            may = may and not matches.over_budget(self, code, message, at)
        if ground.startswith("permit.") and may:
            raise Broken(f"{message['kind']} refused at {code} with {ground}, yet permitted")
        self.told.refused[code][id] = ground

    def note_withheld(self) -> None:
        """Remember what is withheld now: it must not be lost."""
        for code in CODES:
            for each in self.outbox(code):
                if each.state == OutboxState.WITHHELD and each.message not in self.told.withheld:
                    self.told.withheld.add(each.message)
                    self.counts[f"withheld: {each.ground}"] += 1

    def outbox(self, code: str) -> list[Out]:
        query = "SELECT message, state, ground, sequence FROM outbox ORDER BY number"
        return [Out(*row) for row in self.watching[code].execute(query)]

    # The end

    def settle(self, *, rest: bool = True) -> None:
        """Everything is mended, every suspension lifted; then every promise is looked at.

        With `rest` all hear of all before the suspensions are lifted; else of both together.
        """
        self.note_withheld()
        self.mend()
        if rest:
            self._all_rounds()
            self._check_known()
        self._lift_everything()
        self.note_withheld()
        self._all_work()
        self._check()

    def mend(self) -> None:
        self.post.down.clear()
        self.post._troubles.clear()
        self.full.clear()
        self.dying.clear()
        self.told.skew = dict.fromkeys(CODES, timedelta(0))
        self.told.now += timedelta(hours=80)  # beyond every planned suspension, and wrong clocks
        for partner, body in self.post._held:
            self._late(partner, body)
        self.post._held.clear()

    def _all_rounds(self) -> None:
        """Nodes deliver until nothing moves any more."""
        seen: dict[str, int] = {}
        before: Any = None
        for _ in range(40):
            for code in CODES:
                if self._stirred(code, seen):
                    self.carry(code)
                    seen[code] = self._changes(code)
            now = [(e.message, e.state, e.sequence) for code in CODES for e in self.outbox(code)]
            if now == before and not any(self._changed(code, seen) for code in CODES):
                return
            before = now
            self.told.now += timedelta(seconds=1)
        raise Broken("it never comes to rest")

    def _all_work(self) -> None:
        """Nodes deliver, and do what there is to do in between, until nothing moves any more."""
        seen: dict[str, int] = {}
        for _ in range(10):
            self._all_rounds()
            if not any(self._changed(code, seen) for code in CODES):
                return
            for code in CODES:
                if self._changed(code, seen):
                    while matches.works(self, code):
                        pass
                    seen[code] = self._changes(code)
        raise Broken("matching never comes to rest")

    def _stirred(self, code: str, seen: dict[str, int]) -> bool:
        """Whether a node may have something to do: its store changed, or something waits there."""
        return self._changed(code, seen) or any(
            each.state in (OutboxState.WAITING, OutboxState.TRYING) for each in self.outbox(code)
        )

    def _changed(self, code: str, seen: dict[str, int]) -> bool:
        return self._changes(code) != seen.get(code)

    def _changes(self, code: str) -> int:
        (version,) = self.watching[code].execute("PRAGMA data_version").fetchone()
        return int(version)

    def lift(self, code: str, id: str) -> None:
        """A party lifts all that it suspended of an agreement."""
        acts = self.views[code].acts.get(id, ())
        own = [each.said for each in acts if each.said["party"] == code]
        lifted = {each.get("lifts") for each in own if each["deed"] == "resume"}
        for said in own:
            if said["deed"] == "suspend" and said["number"] not in lifted:
                self.act(code, id, "resume", lifts=said["number"])

    def _lift_everything(self) -> None:
        for code in CODES:
            for id in list(self.views[code].acts):
                self.lift(code, id)

    def _check(self) -> None:
        for code in CODES:
            at, view = self.clock(code), self.views[code]
            states = {each.message: each for each in self.outbox(code)}
            for id, said in self.told.placed.items():
                if said["sender"] == code and id not in states:
                    raise Broken("a message is gone from its outbox")
            for id, each in states.items():
                self._check_message(code, view, self.told.placed[id], each, at)
            with self.nodes[code].store.reading() as connection:
                report = journal.verify(connection, self.folder / code)
            if not report.whole:
                raise Broken(f"the journal of {code} is broken")
        self._check_known()
        matches.check(self)

    def _check_message(self, code: str, view: View, said: Json, each: Out, at: datetime) -> None:
        recipient = said["recipient"]
        accepted = said["id"] in self.told.accepted[recipient]
        ended = f"at the end: {each.state}" + (f" ({each.ground})" if each.ground else "")
        self.counts[ended] += 1
        match each.state:
            case OutboxState.DELIVERED:
                wrong = not accepted
            case OutboxState.REFUSED:
                wrong = accepted or not each.ground
                wrong = wrong or self.told.refused[recipient].get(said["id"]) != each.ground
            case OutboxState.WITHHELD:
                wrong = accepted or view.grants(said, at)
            case _:
                wrong = True
        if wrong:
            raise Broken(f"{said['kind']} of {code} ended {each.state} ({each.ground})")
        if said["id"] in self.told.withheld and each.state == OutboxState.DELIVERED:
            self.counts["withheld, then delivered once"] += 1

    def _check_known(self) -> None:
        """Everybody whom an agreement concerns knows every act on it."""
        for code, view in self.views.items():
            for id in view.acts:
                own = view.knows(id).get(code, 0)
                for other in CODES:
                    if other == code or not own or not self._concerned(id, code, other):
                        continue
                    if self.views[other].knows(id).get(code, 0) != own:
                        raise Broken(f"{other} never heard of an act of {code}")
                    self._check_same(id, code, other)

    def _concerned(self, id: str, code: str, other: str) -> bool:
        """Whether an agreement concerns two: they meet as each of them knows it, and the other is a
        party by name, or signed for a bloc."""
        text, at = self.views[code].texts[id], self.told.now
        if not all(
            view.meet(text, code, other, at) and id in view.texts
            for view in (self.views[code], self.views[other])
        ):
            return False
        named = {party.get("authority") for party in text["parties"]}
        first = next(e.said for e in self.views[code].acts[id] if e.said["party"] == code)
        if not self.views[other].sides(text, code, moment(first["at"])):
            return False  # it signed when it was no member, as the other knows it now
        return other in named or other in self.views[other].knows(id)

    def _check_same(self, id: str, code: str, other: str) -> None:
        """The node's own history holds what the model says it has heard."""
        with self.nodes[other].store.reading() as connection:
            kept = cooperation(connection).acts.get(id, ())
        mine = sum(each.act.party == code for each in kept)
        if mine != self.views[other].knows(id).get(code, 0):
            raise Broken(f"{other} does not keep the acts of {code} that it took")


class _Line:
    """The way out of one node: everything on it is looked at, and its sender may die there."""

    def __init__(self, world: World, sender: str) -> None:
        self.world, self.sender = world, sender

    def send(self, partner: str, address: str, body: bytes) -> bytes:
        self.world.leaves(self.sender, partner, body)
        dies = self.world.dying.pop(self.sender, "")
        if dies == "before":
            raise Killed
        answer = self.world.post.send(partner, address, body)
        if dies == "after":
            raise Killed
        return answer


def _watch(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(home / DATABASE, isolation_level=None)


def _full(done: Callable[..., None]) -> Callable[..., None]:
    def fails(*given: Any, **more: Any) -> None:
        done(*given, **more)
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("disk is full"))

    return fails


def _unsigned(jws: str) -> Json:
    payload = jws.split(".")[1]
    said: Json = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return said


def _onward(rule: str) -> Onward:
    return Onward(rule)


def scope(fields: tuple[str, ...], services: tuple[str, ...], partners: tuple[str, ...]) -> Scope:
    return Scope.of(
        {"fields": list(fields), "services": list(services), "partners": list(partners)}
    )


# One template, many worlds


@dataclass(frozen=True)
class Template:
    """A world as it stands after everybody signed, to be copied."""

    folder: Path
    told: bytes

    @classmethod
    def make(cls, folder: Path) -> Template:
        world = World.new(folder)
        world.close()
        return cls(folder, pickle.dumps(world.told))

    @contextmanager
    def world(self, folder: Path) -> Iterator[World]:
        """A copy to play in, again and again (`set_back`)."""
        shutil.copytree(self.folder, folder)
        world = World(folder, pickle.loads(self.told))
        try:
            yield world
        finally:
            world.close()
            shutil.rmtree(folder)
