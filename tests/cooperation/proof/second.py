"""Four eyes: what officers do with drafts, and a model of it.

`Sheet` is what may be done with a draft, from `protocol/message.md` alone: nobody approves what he
had a hand in, an approval is of one text and runs out, and what needs a second officer goes only
with a valid approval, whatever happened to the agreement meanwhile.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from taawun.cooperation.agreement import Service
from taawun.cooperation.exchange import gate as exchange
from taawun.cooperation.message import Message
from taawun.cooperation.requests import review
from taawun.errors import NotFound, Refused
from tests.cooperation.proof.model import CODES, Broken, Json, Policy

if TYPE_CHECKING:
    from tests.cooperation.proof.world import World

PEOPLE = {
    "salma": ("Salma", "salma", " SALMA ", "Sal\u200bma", "Ｓａｌｍａ"),
    "omar": ("Omar", "OMAR", "o mar"),
    "yusuf": ("Yusuf", "YUSUF\ufe0f"),
    "layla": ("Layla", "LAYLA"),
    "noor": ("نور", " نور\u200f"),
}
"""Officers of every node, and how their names may be written."""


@dataclass
class Sheet:
    """A draft: its text, who had a hand in it, and its approval."""

    said: Json
    honest: Callable[[], bool] | None
    authors: set[str] = field(default_factory=set)
    state: str = "drafted"
    until: datetime | None = None
    texts: list[str] = field(default_factory=list)

    def approved(self, at: datetime) -> bool:
        return self.state == "approved" and self.until is not None and at < self.until

    def may_be_approved(self, person: str, sha256: str) -> bool:
        return self.state == "proposed" and person not in self.authors and sha256 == self.texts[-1]

    def may_be_proposed(self, at: datetime) -> bool:
        expired = self.state == "approved" and not self.approved(at)
        return self.state == "drafted" or expired


def somebody(rng: random.Random) -> tuple[str, str]:
    """An officer, and how the name is written this time."""
    person = rng.choice(tuple(PEOPLE))
    return person, rng.choice(PEOPLE[person])


def write(world: World, said: Json, honest: Callable[[], bool] | None) -> None:
    """A message that needs a second officer is written as a draft, and mostly proposed."""
    rng, code = random.Random(f"draft {said['id']}"), said["sender"]
    sheet = Sheet(said, honest)
    if _write(world, code, sheet, said, *somebody(rng)):
        world.told.drafts[code][said["id"]] = sheet
        if rng.random() < 0.85:
            propose(world, code, sheet, *somebody(rng))


def _write(world: World, code: str, sheet: Sheet, said: Json, person: str, name: str) -> bool:
    with world.nodes[code].store.begin() as unit:
        draft = review.write(unit, Message.of(said), at=world.clock(code), actor=name)
    sheet.said, sheet.state = said, "drafted"
    sheet.authors.add(person)
    sheet.texts.append(draft.sha256)
    world.counts["drafts written"] += 1
    return True


def _tried(world: World, code: str, what: str, step: Callable[..., Any], *given: Any) -> str:
    """Do something to a draft in a unit of its own. The ground on which it was refused, or ""."""
    name = given[-1]
    try:
        with world.nodes[code].store.begin() as unit:
            step(unit, *given[:-1], at=world.clock(code), actor=name)
    except Refused as refused:
        world.counts[f"{what} refused: {refused.ground}"] += 1
        return refused.ground
    except NotFound:
        if not _had_to_go(world, code, given[0]):
            raise Broken("the text of a draft is gone") from None
        world.counts[f"{what}: the text is gone"] += 1
        return "gone"
    world.counts[f"draft: {what}"] += 1
    return ""


def _had_to_go(world: World, code: str, id: str) -> bool:
    """Whether a draft holds information that may be kept no longer."""
    body = world.told.drafts[code][id].said["body"]
    return any(
        world.views[code].pieces[each["message"], each["item"]].gone
        for item in body.get("items", [])
        for each in item.get("origins", [])
    )


def propose(world: World, code: str, sheet: Sheet, person: str, name: str) -> None:
    may = sheet.may_be_proposed(world.clock(code))
    ground = _tried(world, code, "propose", review.propose, sheet.said["id"], name)
    if ground.startswith("review.") if may else not ground:
        raise Broken(f"a draft was {'not ' if may else ''}proposed ({ground})")
    if not ground:
        sheet.state, sheet.until = "proposed", None
        sheet.authors.add(person)


def approve(
    world: World, code: str, sheet: Sheet, person: str, name: str, sha256: str = ""
) -> None:
    """Somebody approves; it must be somebody else, and the text as it is now."""
    at, sha256 = world.clock(code), sha256 or sheet.texts[-1]
    may = sheet.may_be_approved(person, sha256)
    ground = _tried(world, code, "approve", review.approve, sheet.said["id"], sha256, name)
    if may is bool(ground):
        raise Broken(f"a draft {'not approved' if ground else 'approved by its author'}: {ground}")
    if not ground:
        sheet.state = "approved"
        sheet.until = at + timedelta(hours=world.views[code].policy.hours)


def reject(world: World, code: str, sheet: Sheet, person: str, name: str) -> None:
    may = person not in sheet.authors and (
        sheet.state == "proposed" or sheet.approved(world.clock(code))
    )
    ground = _tried(world, code, "reject", review.reject, sheet.said["id"], "Say more.", name)
    if may is bool(ground):
        raise Broken(f"a draft was sent back by its author, or not at all: {ground}")
    if not ground:
        sheet.state, sheet.until = "rejected", None


def change(world: World, rng: random.Random, code: str, sheet: Sheet) -> None:
    """Another text of the same message: its approval is lost."""
    body = {**sheet.said["body"], "reference": f"C-{rng.randrange(10**6)}"}
    _write(world, code, sheet, {**sheet.said, "body": body}, *somebody(rng))
    sheet.until = None


def send(world: World, code: str, sheet: Sheet, name: str) -> bool:
    """Somebody sends a draft: it goes only where a second officer approved this very text."""
    said, at, view = sheet.said, world.clock(code), world.views[code]
    needed = view.needs_second(said)
    may_by_review = sheet.approved(at) if needed else sheet.state != "rejected"
    may = view.grants(said, at)
    ground = _tried(world, code, "send", review.send, said["id"], exchange.place, name)
    if ground.startswith("review.") if may_by_review else not ground:
        raise Broken(f"{said['kind']} sent without a second officer, or not: {ground}")
    if ground.startswith("permit.") and may and not ground.startswith("permit.caveat"):
        raise Broken(f"{said['kind']} refused with {ground}, yet allowed")
    if ground:
        return False
    if not may or not (sheet.honest is None or sheet.honest()):
        raise Broken(f"{said['kind']} placed from a draft, and it may not go")
    del world.told.drafts[code][said["id"]]
    if needed:
        world.told.approved.add(said["id"])
    world.told.placed[said["id"]] = said
    world.counts["sent with four eyes" if needed else "drafts sent with two eyes"] += 1
    return True


# Moves


def reviews(world: World, rng: random.Random) -> None:
    """Something is done to a draft, by the right person or a wrong one."""
    found = [(code, each) for code in CODES for each in world.told.drafts[code].values()]
    if found:
        for _ in range(rng.randint(1, 3)):
            reviewed(world, rng, *rng.choice(found[-6:]))


def reviewed(world: World, rng: random.Random, code: str, sheet: Sheet) -> None:
    if sheet.said["id"] not in world.told.drafts[code]:
        return
    steps = "approve approve approve send send change reject propose old".split()
    match rng.choice(steps):
        case "approve":
            approve(world, code, sheet, *somebody(rng))
        case "old":
            approve(world, code, sheet, *somebody(rng), sha256=sheet.texts[0])
        case "send":
            send(world, code, sheet, somebody(rng)[1])
        case "change":
            change(world, rng, code, sheet)
            if rng.random() < 0.7:
                propose(world, code, sheet, *somebody(rng))
                approve(world, code, sheet, *somebody(rng), sha256=sheet.texts[0])
        case "reject":
            reject(world, code, sheet, *somebody(rng))
        case _:
            propose(world, code, sheet, *somebody(rng))


def four_eyes_course(
    world: World, rng: random.Random, ask: Callable[..., None], suspend: Callable[..., None]
) -> None:
    """From writing to sending, with a suspension or some days in between."""
    code, other = rng.sample(("XB-FIU", "XC-FIU"), 2)
    before = set(world.told.drafts[code])
    ask(world, rng, code, other)
    new = [each for id, each in world.told.drafts[code].items() if id not in before]
    if not new:
        return
    sheet = new[0]
    id = sheet.said["agreement"]
    send(world, code, sheet, somebody(rng)[1])
    between = ("suspended", "days", "nothing", "nothing")
    for then in (rng.choice(between), rng.choice(between)):
        for _ in range(3):
            if sheet.state != "approved":
                approve(world, code, sheet, *somebody(rng))
        if then == "suspended":
            suspend(world, rng, rng.choice((code, other)), id)
            world.carry(other)
            world.carry(code)
            if rng.random() < 0.5:
                world.lift(code, id)
                world.lift(other, id)
                world.carry(other)
        elif then == "days":
            world.told.now += timedelta(hours=rng.choice((20, 71, 73)))
        if sheet.said["id"] in world.told.drafts[code]:
            send(world, code, sheet, somebody(rng)[1])
    world.carry(code)


def sets_policy(world: World, rng: random.Random) -> None:
    """An authority wants a second officer for more, or for less."""
    code = rng.choice(CODES)
    services = rng.sample(("ask", "disclose", "freeze", "match"), rng.choice((0, 0, 1, 1, 2)))
    kinds = rng.sample(("answer", "onward_decision", "refusal", "typology"), rng.choice((0, 0, 1)))
    wanted = Policy(frozenset(services), frozenset(kinds), rng.choice((1, 72, 72)))
    made = review.ReviewPolicy(
        frozenset(Service(each) for each in wanted.services), wanted.kinds, wanted.hours
    )
    with world.nodes[code].store.begin() as unit:
        review.set_policy(unit, made, at=world.clock(code), actor="officer")
    world.views[code].policy = wanted
    world.counts["policies set"] += 1
