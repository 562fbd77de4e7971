"""Hit or no hit in the sequences: what each node does about it, and what must be true of it.

The promises, from `protocol/matching.md`:

    nothing is asked or answered without a permit, and no more than the budget of the day
    a question is counted once on each side, whatever comes again
    what was suspended, ended or has run out has no key and no table any more, for good
    an answer that comes after that helps nobody; what was asked is asked again, or waits
    a hit is one that the owner has a record of, no hit one that it has not
    where four eyes are needed no lookup goes that nobody else approved
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from taawun.cooperation.act import Scope
from taawun.cooperation.agreement import Purpose
from taawun.cooperation.private import handover, lookups, matching, offers, workers
from taawun.cooperation.private.asking import Blinds
from taawun.cooperation.private.lookups import Under
from taawun.cooperation.private.offers import Offer
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind
from taawun.cooperation.private.tokens import tokens_of_record
from taawun.cooperation.private.vocabulary import vocabulary
from taawun.cooperation.private.workers import Workers
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import Refused
from taawun.store import journal
from tests.cooperation.proof import second
from tests.cooperation.proof.model import CODES, Broken, Json

if TYPE_CHECKING:
    from tests.cooperation.proof.world import World

Suspend = Callable[["World", random.Random, str, str], None]
AREA, PURPOSE = "aml_cft", "intelligence"
A_DAY = 3
"""Lookups of a day, of each agreement with a budget."""
STEP = 64
NUMBERS = tuple(f"AB{number:07}" for number in range(1, 7))
KINDS = ("match_terms", "match_table", "match_question", "match_answer")
REASONS = ("suspended", "ended", "expired", "rotated")


@dataclass
class Terms:
    """Terms as both know them, and which documents the owner's table has."""

    owner: str
    asker: str
    agreement: str
    period: int
    until: datetime
    since: dict[str, datetime]
    ended: dict[str, str] = field(default_factory=dict)
    records: frozenset[str] = frozenset()


@dataclass
class Wanted:
    """A lookup as an officer wanted it."""

    document: str
    person: str
    held: bool
    approved: bool = False


@dataclass
class Matched:
    """What is true of matching, beside the stores."""

    terms: dict[str, Terms] = field(default_factory=dict)
    wanted: dict[str, dict[int, Wanted]] = field(default_factory=lambda: {c: {} for c in CODES})
    spent: Counter[tuple[str, ...]] = field(default_factory=Counter)
    counted: Counter[tuple[str, ...]] = field(default_factory=Counter)


def document(number: str) -> Subject:
    """Somebody of whom only a document is known."""
    return Subject(SubjectKind.PERSON, identifiers=(Identifier("document", number, "xb"),))


def new_blinds() -> dict[str, Blinds]:
    """A process for each node that blinded nothing yet."""
    workers._kept.clear()
    return {code: Blinds(Workers(0)) for code in CODES}


def set_back(folder: Path, template: Path) -> None:
    """Keys and tables as they were."""
    for code in CODES:
        shutil.rmtree(folder / code / "private", ignore_errors=True)
        if (template / code / "private").exists():
            shutil.copytree(template / code / "private", folder / code / "private")


# What nodes and officers do


def works(world: World, code: str) -> int:
    """What a node does between deliveries; then no key is left that should not be."""
    done = matching.do(world.nodes[code].store, world.blinds[code], world.clock(code))
    world.look()
    for digest, terms in world.told.matched.terms.items():
        if code in terms.since and over(world, code, terms) and code not in terms.ended:
            raise Broken(f"{code} keeps terms {digest[:8]} that are over")
    look_at_files(world, code)
    return done


def over(world: World, code: str, terms: Terms) -> bool:
    """Whether terms were suspended, ended or ran out, at any moment since a node had them."""
    at, view = world.clock(code), world.views[code]
    if at >= terms.until:
        return True
    partner = terms.asker if code == terms.owner else terms.owner
    moments = [*view.moments(terms.agreement, terms.since[code], at), at]
    return any(view.matching_stopped(terms.agreement, partner, AREA, each) for each in moments)


def look_at_files(world: World, code: str) -> None:
    """As many keys as terms of this owner that hold, and no table of others."""
    known = [each for each in world.told.matched.terms.values() if code in each.since]
    holding = [each for each in known if code not in each.ended]
    keys = _names(world.folder / code / "private" / "keys")
    if len(keys) != sum(each.owner == code for each in holding):
        raise Broken(f"{code} has {len(keys)} keys")
    if len(_names(world.folder / code / "private" / "tables")) > len(holding):
        raise Broken(f"{code} has a table of terms that are over")


def _names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()] if folder.exists() else []


def offer(world: World, owner: str, asker: str, agreement: str) -> str:
    """The owner offers terms and makes its table. The digest, or "" where it may not."""
    node, at = world.nodes[owner], world.clock(owner)
    wanted = Offer(
        asker, agreement, CooperationField(AREA), Purpose(PURPOSE),
        at + timedelta(days=20), step=STEP, most=STEP * 4,
    )  # fmt: skip
    view = world.views[owner]
    may = view.grants(_letter(owner, asker, agreement, "match_terms"), at)
    try:
        with node.store.begin() as unit:
            kept = offers.offer(
                unit, node.store.home, node.keys, wanted, vocabulary(), at=at, actor="officer"
            )
    except Refused as refused:
        world.counts[f"terms not offered: {refused.ground}"] += 1
        if may:  # an agreement that runs out sooner than the terms
            ends = view.texts[agreement].get("valid_until")
            if not refused.ground == "match.terms" or not ends:
                raise Broken(f"terms refused with {refused.ground}, yet allowed") from None
        return ""
    if not may:
        raise Broken("terms were offered, and they may not be")
    world.look()
    have = NUMBERS[::2] if kept.terms.period % 2 else NUMBERS[:3]
    world.told.matched.terms[kept.digest].records = frozenset(have)
    records = [document(number) for number in have]
    handover.make(
        node.store, kept, records, tokens_of_record, Workers(0), at=at, actor="officer"
    )  # fmt: skip
    world.counts["tables made"] += 1
    return kept.digest


def _letter(sender: str, recipient: str, agreement: str, kind: str) -> Json:
    return {
        "kind": kind,
        "sender": sender,
        "recipient": recipient,
        "agreement": agreement,
        "service": "match",
        "field": AREA,
        "purpose": PURPOSE,
    }


def accept(world: World, code: str) -> None:
    """An officer signs what was offered."""
    node, at = world.nodes[code], world.clock(code)
    with node.store.reading() as connection:
        offered = [
            each.digest
            for each in offers.every(connection, open_only=True)
            if (each.role, each.state) == (offers.ASKER, offers.OFFERED)
        ]
    for digest in offered:
        try:
            with node.store.begin() as unit:
                offers.accept(unit, node.keys, digest, at=at, actor="officer")
        except Refused as refused:
            world.counts[f"terms not accepted: {refused.ground}"] += 1
            continue
        world.counts["terms accepted"] += 1


def look_up(world: World, rng: random.Random, code: str, owner: str, agreement: str) -> None:
    """An officer asks for one subject; whether he may is what the model says."""
    at, view = world.clock(code), world.views[code]
    said = _letter(code, owner, agreement, "match_question")
    may = view.grants(said, at)
    under = Under(owner, agreement, CooperationField(AREA), Purpose(PURPOSE))
    number = rng.choice(NUMBERS)
    person, name = second.somebody(rng)
    try:
        with world.nodes[code].store.begin() as unit:
            asked = lookups.ask(
                unit, under, document(number), reference="case 7", at=at, actor=name
            )
    except Refused as refused:
        world.counts[f"lookup refused: {refused.ground}"] += 1
        if may:
            raise Broken(f"a lookup refused with {refused.ground}, yet allowed") from None
        return
    if not may:
        raise Broken("a lookup was taken, and it may not be asked")
    held = view.needs_second(said)
    world.told.matched.wanted[code][asked.number] = Wanted(number, person, held)
    if (asked.state is lookups.LookupState.HELD) is not held:
        raise Broken(f"a lookup is {asked.state}, and a second officer is{'' if held else ' not'}"
                     " needed")  # fmt: skip
    world.counts["lookups"] += 1


def approve_lookups(world: World, rng: random.Random, code: str) -> None:
    """Somebody approves what is held: he must be another than who asked."""
    for number, each in world.told.matched.wanted[code].items():
        if not each.held or each.approved:
            continue
        person, name = second.somebody(rng)
        try:
            with world.nodes[code].store.begin() as unit:
                lookups.approve(unit, number, at=world.clock(code), actor=name)
            each.approved = True
        except Refused as refused:
            world.counts[f"lookup not approved: {refused.ground}"] += 1
        if each.approved is (person == each.person):
            raise Broken("a lookup was approved by its author, or by nobody")


# What the journals say


def read(world: World, code: str, line: journal.Line, said: Json, at: datetime) -> None:
    """A line about matching."""
    matched = world.told.matched
    match line.action:
        case "match.terms_offered":
            _offered(world, code, line.subject, said, at)
        case "match.terms_ended":
            _ended(world, code, line.subject, said["why"])
        case "match.counted_in" | "match.counted_out":
            key = (code, line.action, line.subject)
            matched.counted[key] += 1
            if matched.counted[key] > 1:
                raise Broken("a question was counted twice")
        case "match.answered":
            _answered(world, code, line.subject, said, at)
        case "match.not_read" | "match.not_answered":
            world.counts[f"{line.action.replace('.', ': ')}, {said['ground']}"] += 1
            if said["ground"] in ("match.proof", "match.control_hit", "match.control_miss"):
                raise Broken(f"an honest answer is not read: {said['ground']}")
        case "match.alarm":
            world.counts[f"alarm: {said.get('code', '')}"] += 1


def _offered(world: World, code: str, digest: str, said: Json, at: datetime) -> None:
    query = "SELECT document FROM match_terms WHERE digest = ?"
    (raw,) = world.watching[code].execute(query, (digest,)).fetchone()
    terms = orjson.loads(raw)
    until = datetime.fromisoformat(terms["valid_until"])
    kept = world.told.matched.terms.setdefault(
        digest,
        Terms(said["owner"], said["asker"], said["agreement"], int(said["period"]), until, {}),
    )
    kept.since[code] = max(at, datetime.fromisoformat(terms["valid_from"]))


def _ended(world: World, code: str, digest: str, why: str) -> None:
    terms = world.told.matched.terms[digest]
    if code in terms.ended:
        raise Broken("terms ended twice")
    if why not in REASONS:
        raise Broken(f"terms ended: {why}")
    world.counts[f"terms ended: {why}"] += 1
    terms.ended[code] = why
    if code == terms.owner and why in REASONS[:2] and not _stopped(world, code, terms):
        raise Broken(f"terms {why}, and nobody did anything")


def _stopped(world: World, code: str, terms: Terms) -> bool:
    """Whether anybody suspended or ended the agreement, as far as a node knows."""
    acts = world.views[code].acts[terms.agreement]
    return any(each.said["deed"] in ("suspend", "end") for each in acts)


def placed(world: World, code: str, said: Json, at: datetime) -> None:
    """A message of matching was placed by a node: with a permit, within the budget, and under
    terms that hold."""
    if not world.views[code].grants(said, at):
        raise Broken(f"{said['kind']} placed, and it may not go")
    world.counts[f"placed: {said['kind']}"] += 1
    body = said["body"]
    if said["kind"] == "match_question":
        _spend(world, code, "out", said, at)
        numbers = [number for number, *_ in _lookups(world, code, said["id"])]
        if len(numbers) > body["lookups"]:  # it may count its controls besides
            raise Broken("a question counts fewer lookups than it has")
        for number in numbers:
            wanted = world.told.matched.wanted[code][number]
            if wanted.held and not wanted.approved:
                raise Broken("a lookup went that nobody approved")
    if said["kind"] in ("match_question", "match_answer"):
        terms = world.told.matched.terms[body["terms"]]
        if code in terms.ended or over(world, code, terms):
            raise Broken(f"{said['kind']} under terms that are over")


def accepted(world: World, code: str, said: Json, at: datetime) -> None:
    """A message of matching took effect."""
    if said["kind"] != "match_question":
        return
    if world.told.matched.counted[code, "match.counted_in", said["id"]] != 1:
        raise Broken("a question was taken and not counted")
    _spend(world, code, "in", said, at)
    if code in world.told.matched.terms[said["body"]["terms"]].ended:
        raise Broken("a question was taken whose key is gone")


def _spend(world: World, code: str, way: str, said: Json, at: datetime) -> None:
    key = _allowance(code, way, said, at)
    world.told.matched.spent[key] += said["body"]["lookups"]
    world.counts[f"lookups counted {way}"] += said["body"]["lookups"]
    if world.told.matched.spent[key] > A_DAY:
        raise Broken(f"{world.told.matched.spent[key]} lookups on one day")


def _allowance(code: str, way: str, said: Json, at: datetime) -> tuple[str, ...]:
    names = ("sender", "recipient", "agreement", "purpose")
    return (code, way, at.date().isoformat(), *(said[name] for name in names))


def over_budget(world: World, code: str, said: Json, at: datetime) -> bool:
    """Whether a question that arrives asks more than is left of the day."""
    spent = world.told.matched.spent[_allowance(code, "in", said, at)]
    return bool(spent + said["body"]["lookups"] > A_DAY)


def _answered(world: World, code: str, question: str, said: Json, at: datetime) -> None:
    """Lookups were answered: under terms that hold, each as the owner's records have it."""
    terms = world.told.matched.terms[world.told.placed[question]["body"]["terms"]]
    if over(world, code, terms) or code in terms.ended:
        raise Broken("an answer was read whose key is gone")
    for number, state, _ in _lookups(world, code, question):
        wanted = world.told.matched.wanted[code][number]
        if state != ("hit" if wanted.document in terms.records else "no_hit"):
            raise Broken(f"{wanted.document}: {state}")
        world.counts[f"lookups: {state}"] += 1


def _lookups(world: World, code: str, question: str) -> list[tuple[int, str, str]]:
    query = "SELECT number, state, ground FROM match_lookups WHERE question = ?"
    return world.watching[code].execute(query, (question,)).fetchall()


def check(world: World) -> None:
    """At the end: no lookup is lost, none is open without a reason, and what was counted is what
    was asked."""
    for code in CODES:
        query = "SELECT number, state, ground, question FROM match_lookups ORDER BY number"
        rows = world.watching[code].execute(query).fetchall()
        if [number for number, *_ in rows] != list(world.told.matched.wanted[code]):
            raise Broken("a lookup is lost, or one more than was wanted")
        for _, state, ground, question in rows:
            if state == "asked" and _not_answered(world, question):
                state, ground = "waiting", "for other terms"
            world.counts[f"lookups at the end: {state} {ground}".strip()] += 1
            if state == "asked" or (state in ("waiting", "failed") and not ground):
                raise Broken(f"a lookup ended {state} ({ground})")
        query = "SELECT sum(lookups) FROM match_spent"
        (total,) = world.watching[code].execute(query).fetchone()
        mine = sum(n for key, n in world.told.matched.spent.items() if key[0] == code)
        if (total or 0) != mine:
            raise Broken(f"{code} counted {total}, and it was {mine}")


def _not_answered(world: World, question: str) -> bool:
    """Whether the owner's terms ended before it answered: the asker asks again under other terms,
    or when it hears that these are over."""
    owner = world.told.placed[question]["recipient"]
    query = "SELECT state, ground FROM match_received WHERE question = ?"
    row = world.watching[owner].execute(query, (question,)).fetchone()
    return row is not None and tuple(row) == ("refused", "match.terms_ended")


# Moves


def pairs(world: World) -> Iterator[tuple[str, str, str]]:
    """Owner, asker, agreement, wherever matching was agreed."""
    for id, text in world.views["XB-FIU"].texts.items():
        if any(each["service"] == "match" for each in text["budgets"]):
            one, other = (party["authority"] for party in text["parties"])
            yield one, other, id


def matches(world: World, rng: random.Random) -> None:
    """Somebody asks, perhaps more than the budget allows; the rest happens by and by."""
    owner, asker, id = rng.choice(list(pairs(world)))
    for _ in range(rng.choice((1, 1, 2, 5))):
        look_up(world, rng, asker, owner, id)
    approve_lookups(world, rng, asker)
    if rng.random() < 0.7:
        works(world, asker)


def node_works(world: World, rng: random.Random) -> None:
    works(world, rng.choice(CODES))


def match_course(world: World, rng: random.Random, suspend: Suspend) -> None:
    """A question on its way, and something that comes between asking and reading."""
    owner, asker, id = rng.choice(list(pairs(world)))
    if not _holding(world, owner, asker, id):
        rekey(world, rng, owner, asker, id)
    look_up(world, rng, asker, owner, id)
    approve_lookups(world, rng, asker)
    approve_lookups(world, rng, asker)
    between = rng.choice((0, 1, 1, 1, 2, 3, 4, 5))
    steps: tuple[Callable[[], object], ...] = (
        lambda: works(world, asker),
        lambda: world.carry(asker),
        lambda: works(world, owner),
        lambda: world.carry(owner),
        lambda: works(world, asker),
    )
    for place, step in enumerate(steps):
        if place == between:
            _comes_between(world, rng, owner, asker, id, suspend)
        step()


WAYS = ("owner", "asker", *["for a moment"] * 3, "restart", "replay", "day")


def _comes_between(
    world: World, rng: random.Random, owner: str, asker: str, id: str, suspend: Suspend
) -> None:
    match rng.choice(WAYS):
        case "owner":
            suspend(world, rng, owner, id)
        case "asker":
            suspend(world, rng, asker, id)
            world.carry(asker)
        case "for a moment":
            code = rng.choice((owner, owner, asker))
            if world.act(code, id, "suspend", scope=Scope(), reason="A court said so."):
                world.told.now += timedelta(seconds=1)
                world.lift(code, id)
        case "restart":
            world.start(rng.choice((owner, asker)))
        case "replay":
            world.replay(rng)
        case _:
            world.told.now += timedelta(hours=13)


def _holding(world: World, owner: str, asker: str, id: str) -> bool:
    return any(
        (each.owner, each.asker, each.agreement) == (owner, asker, id) and not each.ended
        for each in world.told.matched.terms.values()
    )


def rekey(world: World, rng: random.Random, owner: str, asker: str, id: str) -> None:
    """New terms, a new key and a new table, as far as they come."""
    if offer(world, owner, asker, id):
        world.carry(owner)
        accept(world, asker)
        world.carry(asker)
        works(world, owner)
        world.carry(owner)
        works(world, asker)


def rekeys(world: World, rng: random.Random) -> None:
    """A new period, or new terms after a suspension."""
    owner, asker, id = rng.choice(list(pairs(world)))
    if rng.random() < 0.5:
        for code in (owner, asker):
            world.lift(code, id)
            world.carry(code)
    rekey(world, rng, owner, asker, id)
