"""What officers, partners, lines and clocks do, at random; and a sequence of it from one seed.

Each move has its own chance, made of the seed and its place: a move can be left out without
changing what chance the others have, so that a sequence that breaks something can be made shorter.
"""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from tests.cooperation.proof import papers
from tests.cooperation.proof.blocs import is_of_a_bloc, joins, leaves
from tests.cooperation.proof.matches import match_course, matches, node_works, rekeys
from tests.cooperation.proof.model import CODES, FIELDS, Broken, Json, Piece
from tests.cooperation.proof.second import four_eyes_course, reviews, sets_policy
from tests.cooperation.proof.world import BEGIN, Template, World, scope

MOVES = 28
"""Of one sequence."""


def other_than(rng: random.Random, *codes: str) -> str:
    return rng.choice([code for code in CODES if code not in codes])


def under(world: World, rng: random.Random, sender: str, recipient: str, service: str) -> Any:
    """Agreement, service, field, purpose, and its text: what was agreed, now and then what not."""
    view = world.views[sender]
    fitting = [
        id
        for id, text in view.texts.items()
        if view.meet(text, sender, recipient, world.clock(sender)) and service in text["services"]
    ]
    if not fitting or rng.random() < 0.04:
        blocs = [id for id, text in view.texts.items() if is_of_a_bloc(text)]
        fitting = list(view.texts) if rng.random() < 0.5 else blocs
    id = rng.choice(fitting)
    text = view.texts[id]
    area = rng.choice(FIELDS if rng.random() < 0.05 else text["fields"])
    purpose = rng.choice(text["purposes"])
    if rng.random() < 0.04:
        purpose = "supervision"
    return (id, service, area, purpose), text


def category(rng: random.Random, text: Json) -> str:
    return rng.choice(text["categories"]) if rng.random() < 0.96 else "court"


def asks(world: World, rng: random.Random) -> None:
    sender = rng.choice(CODES)
    recipient = other_than(rng, sender)
    ask(world, rng, sender, recipient, *under(world, rng, sender, recipient, "ask"))


def ask(
    world: World, rng: random.Random, sender: str, recipient: str, below: Any, text: Json
) -> None:
    what = category(rng, text)
    named = (other_than(rng, sender, recipient),) if rng.random() < 0.4 else ()
    at = world.clock(sender)
    urgent = rng.random() < 0.2
    body = papers.request_body(rng, recipient[:2], below[3], what, named)
    if urgent:
        by = papers.moment_text(at + timedelta(hours=10))
        body["urgency"] = {"needed_by": by, "reason": papers.passage("The money leaves today.")}
    world.send(
        papers.message(
            "request", sender, recipient, below, at, rng, body,
            categories=[what], urgent=urgent,
            caveats=[papers.own_caveats(sender, text, below[3], at)],
        )
    )  # fmt: skip


def discloses(world: World, rng: random.Random) -> None:
    sender = rng.choice(CODES)
    recipient = other_than(rng, sender)
    below, text = under(world, rng, sender, recipient, "disclose")
    what, at = category(rng, text), world.clock(sender)
    days = rng.choice((None, None, 1, 5))
    body = papers.disclosure_body(rng, recipient[:2], [papers.item(rng, 1, what)])
    caveats = papers.own_caveats(
        sender, text, below[3], at, days=days, named=(other_than(rng, sender, recipient),)
    )
    world.send(
        papers.message(
            "disclosure", sender, recipient, below, at, rng, body,
            categories=[what], caveats=[caveats],
        )
    )  # fmt: skip


def freezes(world: World, rng: random.Random) -> None:
    sender = rng.choice(CODES)
    recipient = other_than(rng, sender)
    below, text = under(world, rng, sender, recipient, "freeze")
    at = world.clock(sender)
    body = papers.freeze_body(rng, recipient[:2], at)
    caveats = [papers.own_caveats(sender, text, below[3], at)]
    world.send(
        papers.message("freeze_request", sender, recipient, below, at, rng, body, caveats=caveats)
    )


def shares(world: World, rng: random.Random) -> None:
    sender = rng.choice(CODES)
    recipient = other_than(rng, sender)
    below, _ = under(world, rng, sender, recipient, "typology")
    body = papers.typology_body(rng)
    world.send(papers.message("typology", sender, recipient, below, world.clock(sender), rng, body))


def openers(world: World, code: str, *kinds: str) -> list[Json]:
    """Messages that opened a thread at a node, sent by others."""
    taken = (world.told.placed[id] for id in world.told.accepted[code])
    return [said for said in taken if said["kind"] in kinds]


def replies(world: World, rng: random.Random) -> None:
    found = [
        (code, said)
        for code in CODES
        for said in openers(world, code, "request", "freeze_request", "disclosure")[-8:]
    ]
    if not found:
        return
    code, opened = rng.choice(found)
    kinds = {
        "request": ("acknowledgement", "full", "full", "partial", "interim", "negative", "refusal"),
        "freeze_request": ("acknowledgement", "frozen", "frozen", "refusal"),
        "disclosure": ("acknowledgement", "feedback"),
    }[opened["kind"]]
    world.send(reply(world, rng, code, opened, rng.choice(kinds)))


def reply(world: World, rng: random.Random, code: str, opened: Json, how: str) -> Json:
    at = world.clock(code)
    text = world.views[code].texts[opened["agreement"]]
    below = tuple(opened[name] for name in ("agreement", "service", "field", "purpose"))
    more: Json = {
        "thread": opened["id"],
        "replies_to": opened["id"],
        "urgent": opened["urgent"],
    }
    if how in ("acknowledgement", "feedback", "refusal"):
        body = getattr(papers, f"{how}_body")(rng)
        return papers.message(how, code, opened["sender"], below, at, rng, body, **more)
    named = tuple(each["authority"] for each in opened["body"].get("recipients", []))
    more["caveats"] = [papers.own_caveats(code, text, below[3], at, named=named)]
    if how == "frozen":
        body = papers.freeze_answer_body(rng, at)
    else:
        what = opened["body"]["sought"][0]["category"]
        more["categories"] = [what]
        body = papers.answer_body(rng, how, [papers.item(rng, 1, what, answers=(1,))], at)
    return papers.message("answer", code, opened["sender"], below, at, rng, body, **more)


def gives_feedback(world: World, rng: random.Random) -> None:
    code = rng.choice(CODES)
    found = openers(world, code, "answer")
    if not found:
        return
    answer = rng.choice(found)
    below = tuple(answer[name] for name in ("agreement", "service", "field", "purpose"))
    world.send(
        papers.message(
            "feedback", code, answer["sender"], below, world.clock(code), rng,
            papers.feedback_body(rng), thread=answer["thread"], replies_to=answer["id"],
            urgent=answer["urgent"],
        )
    )  # fmt: skip


# Information that goes on


def piece_of(world: World, rng: random.Random, code: str) -> Piece | None:
    found = list(world.views[code].pieces.values())
    return rng.choice(found[-30:]) if found else None


def text_of(world: World, piece: Piece) -> str:
    body = world.told.placed[piece.message]["body"]
    if piece.number:
        return str(body["items"][piece.number - 1]["text"]["text"])
    return str(body["facts"]["text"]) if "facts" in body else ""


def passes_on(world: World, rng: random.Random) -> None:
    code = rng.choice(CODES)
    piece = piece_of(world, rng, code)
    if piece is None:
        return
    to = other_than(rng, code, piece.giver) if rng.random() < 0.85 else piece.giver
    how = rng.choice(("named", "named", "named", "silent", "loosened"))
    pass_on(world, rng, code, piece, to, how)


def pass_on(world: World, rng: random.Random, code: str, piece: Piece, to: str, how: str) -> None:
    view, at = world.views[code], world.clock(code)
    below, text = under(world, rng, code, to, "disclose")
    purpose = below[3]
    written = text_of(world, piece) if how == "silent" else ""
    if how == "silent" and len(written) < 80:
        how, written = "named", ""
    going = view.goes_with(piece, to, at)

    def may() -> bool:
        if how == "silent":
            return not known_of_others(world, code, written, to)
        return how != "loosened" and view.may_pass_on(piece, to, purpose, world.clock(code))

    if how == "silent":
        going = []
    elif how == "loosened":
        loosen(rng, going)
    for claim in going:
        claim["purposes"] = claim["purposes"] or [purpose]
    origins = tuple(
        {"authority": claim["origin"], "message": piece.message, "item": piece.number}
        for claim in going
    )
    what = rng.choice(text["categories"])
    items = [papers.item(rng, 1, what, origins=origins, text=written)]
    body = papers.disclosure_body(rng, to[:2], items)
    caveats = [papers.own_caveats(code, text, purpose, at), *going]
    said = papers.message(
        "disclosure", code, to, below, at, rng, body, categories=[what], caveats=caveats
    )
    went = world.send(said, may)
    world.counts[f"passed on ({how}): {'went' if went else 'stopped'}"] += 1


def known_of_others(world: World, code: str, written: str, to: str) -> bool:
    """Whether a text came to a node from another than `to`."""
    return any(
        piece.giver != to and written in texts_of(world, piece)
        for piece in world.views[code].pieces.values()
    )


def texts_of(world: World, piece: Piece) -> list[str]:
    body = world.told.placed[piece.message]["body"]
    if piece.number:
        return [body["items"][piece.number - 1]["text"]["text"]]
    return [value["text"] for value in body.values() if isinstance(value, dict) and "text" in value]


def loosen(rng: random.Random, going: list[Json]) -> None:
    """Change what an owner said, in his name, to more than he allowed."""
    claim = rng.choice(going)
    match rng.choice(("day", "onward", "purposes", "consented")):
        case "day":
            claim["delete_by"] = "2031-01-01"
        case "onward" if claim["onward"] != "named":
            claim["onward"] = "named"
        case "purposes":
            claim["purposes"] = [*claim["purposes"], "supervision"]
        case _:
            claim["consented"] = sorted({*claim["consented"], "XD-FIU"})


def asks_consent(world: World, rng: random.Random) -> None:
    code = rng.choice(CODES)
    piece = piece_of(world, rng, code)
    if piece is not None and not piece.gone:
        ask_consent(world, rng, code, piece)


def ask_consent(world: World, rng: random.Random, code: str, piece: Piece) -> None:
    to, at = other_than(rng, code, piece.giver), world.clock(code)
    text = world.views[code].texts[piece.agreement]
    service = rng.choice(("ask", "disclose"))
    below = (piece.agreement, service, rng.choice(text["fields"]), rng.choice(text["purposes"]))
    purposes = rng.sample(text["purposes"], rng.randint(1, len(text["purposes"])))
    items = [{"message": piece.message, "item": piece.number}]
    body = papers.onward_request_body(rng, items, to, purposes)
    world.send(papers.message("onward_request", code, piece.giver, below, at, rng, body))


def decides(world: World, rng: random.Random) -> None:
    found = [
        (code, said)
        for code in CODES
        for said in openers(world, code, "onward_request")
        if rng.random() < 0.2 or not answered(world, said["id"])
    ]
    if found:
        decide(world, rng, *rng.choice(found), given=rng.random() < 0.75)


def answered(world: World, thread: str) -> bool:
    said = world.told.placed.values()
    return any(each["thread"] == thread and each["id"] != thread for each in said)


def decide(world: World, rng: random.Random, code: str, opened: Json, *, given: bool) -> None:
    at, view = world.clock(code), world.views[code]
    asked = opened["body"]
    whose: set[str] = set()
    pieces = [
        view.pieces[origin["message"], origin["item"]]
        for each in asked["items"]
        for origin in origins_of(world.told.placed[each["message"]], each["item"])
    ]
    for piece in pieces:
        whose |= {claim["origin"] for claim in piece.claims}

    def may() -> bool:
        now = world.clock(code)
        return not given or (
            "XD-FIU" not in speaks
            and all(
                view.may_pass_on(piece, asked["recipient"], purpose, now)
                for piece in pieces
                for purpose in asked["purposes"]
            )
        )

    speaks = sorted(whose - {asked["recipient"]})
    if rng.random() < 0.1:
        speaks = ["XD-FIU", *speaks]
    body = papers.onward_decision_body(asked, given=given, speaks_for=speaks)
    below = tuple(opened[name] for name in ("agreement", "service", "field", "purpose"))
    said = papers.message(
        "onward_decision", code, opened["sender"], below, at, rng, body,
        thread=opened["id"], replies_to=opened["id"], urgent=opened["urgent"],
    )  # fmt: skip
    if world.send(said, may):
        world.counts[f"consent {'given' if given else 'refused'}"] += 1


def origins_of(message: Json, number: int) -> list[Json]:
    body = message["body"]
    if number == 0:
        return list(body.get("origins", []))
    return list(body["items"][number - 1]["origins"])


def onward_course(world: World, rng: random.Random) -> None:
    """A whole course: given, consent asked, decided, passed on; each step as far as it comes."""
    for _ in range(4):
        discloses(world, rng)
    for code in rng.sample(CODES, 3):
        world.carry(code)
    pieces = [
        (code, piece)
        for code in CODES
        for piece in list(world.views[code].pieces.values())[-4:]
        if not piece.gone
    ]
    if not pieces:
        return
    code, piece = rng.choice(pieces)
    ask_consent(world, rng, code, piece)
    world.carry(code)
    for said in openers(world, piece.giver, "onward_request"):
        if not answered(world, said["id"]):
            decide(world, rng, piece.giver, said, given=rng.random() < 0.85)
    world.carry(piece.giver)
    for how in ("named", "loosened", "named"):
        pass_on(world, rng, code, piece, other_than(rng, code, piece.giver), how)
    world.carry(code)


def uses(world: World, rng: random.Random) -> None:
    code = rng.choice(CODES)
    piece = piece_of(world, rng, code)
    if piece is not None:
        if rng.random() < 0.2:
            time_passes(world, rng)
        purposes = ("intelligence", "investigation", "prosecution")
        world.uses(code, piece, rng.choice(purposes))


# Agreements


def own_agreement(world: World, rng: random.Random) -> tuple[str, str]:
    code = rng.choice(CODES)
    return code, rng.choice(list(world.views[code].texts))


def suspends(world: World, rng: random.Random) -> None:
    standing = suspensions(world)
    code, id = own_agreement(world, rng)
    if standing and rng.random() < 0.5:
        code, id, _ = rng.choice(standing)
    suspend(world, rng, code, id)


def caught(world: World, rng: random.Random) -> None:
    """Messages wait, or are on their way, when one of the two suspends."""
    code = rng.choice(CODES)
    partner = other_than(rng, code)
    below, text = under(world, rng, code, partner, "ask")
    for _ in range(rng.randint(1, 3)):
        ask(world, rng, code, partner, below, text)
    match rng.choice(("waiting", "lost", "lost", "no answer")):
        case "lost":
            world.post.fail("drop_request", partner=partner)
            world.carry(code)
        case "no answer":
            world.post.fail("drop_answer", partner=partner)
            world.carry(code)
    by = rng.choice((code, code, partner))
    suspend(world, rng, by, below[0])
    world.carry(by)
    world.carry(code)
    world.note_withheld()


def suspend(world: World, rng: random.Random, code: str, id: str) -> None:
    if id not in world.views[code].texts:
        return
    text = world.views[code].texts[id]
    how = rng.choice(("whole", "whole", "field", "service", "partner", "both"))
    fields = (rng.choice(text["fields"]),) if how in ("field", "both") else ()
    services = (rng.choice(text["services"]),) if how in ("service", "both") else ()
    partners = (other_than(rng, code),) if how == "partner" else ()
    more: Json = {}
    if rng.random() < 0.3:
        more["effective_at"] = world.clock(code) + timedelta(hours=rng.randint(1, 60))
    done = world.act(
        code, id, "suspend", scope=scope(fields, services, partners), reason="A court said so.",
        **more,
    )  # fmt: skip
    if done:
        world.counts[f"suspended: {how}{', planned' if more else ''}"] += 1


def uses_late(world: World, rng: random.Random) -> None:
    """Something is used, perhaps a day after it may be."""
    code = rng.choice(CODES)
    found = [each for each in world.views[code].pieces.values() if each.claims]
    if not found or world.told.now > BEGIN + timedelta(days=250):
        return
    piece = rng.choice(found)
    days = (piece.until - world.clock(code).date()).days + rng.choice((0, 1))
    if 0 < days < 70:
        world.told.now += timedelta(days=days)
    world.uses(code, piece, rng.choice(piece.claims[0]["purposes"]))


def suspensions(world: World) -> list[tuple[str, str, int]]:
    """Every suspension there was: by whom, of which agreement, under which number."""
    return [
        (code, id, each.said["number"])
        for code, view in world.views.items()
        for id, acts in view.acts.items()
        for each in acts
        if each.said["party"] == code and each.said["deed"] == "suspend"
    ]


def resumes(world: World, rng: random.Random) -> None:
    standing = suspensions(world)
    if standing:
        code, id, number = rng.choice(standing)
        more: Json = {}
        if rng.random() < 0.2:
            more["effective_at"] = world.clock(code) + timedelta(hours=rng.randint(1, 70))
        world.act(code, id, "resume", lifts=number, **more)


def ends(world: World, rng: random.Random) -> None:
    code, id = own_agreement(world, rng)
    more: Json = {}
    if rng.random() < 0.5:
        more["effective_at"] = world.clock(code) + timedelta(hours=rng.randint(1, 60))
    world.act(code, id, "end", reason="A law changed.", **more)


def proposes(world: World, rng: random.Random) -> None:
    one = rng.choice(CODES)
    who = rng.choice((f"{one}, {other_than(rng, one)}", ", ".join(rng.sample(CODES, 3))))
    services = rng.choice(("ask, disclose", "ask, disclose, typology, freeze", "disclose"))
    at = world.clock(who.split(",")[0])
    world.propose(
        who,
        f"{services}; aml_cft, security; intelligence, investigation; identity, customs",
        title={"en": f"Agreement {rng.randrange(10**6)}"},
        onward=rng.choice(("none", "consent", "named")),
        retention_days=rng.choice((5, 100)),
        valid_from=at + timedelta(hours=rng.choice((-5, 0, 30))),
        made_at=at,
    )


def signs(world: World, rng: random.Random) -> None:
    code = rng.choice(CODES)
    view = world.views[code]
    open_ = [id for id in view.texts if not view.knows(id).get(code)]
    if open_:
        deed = "sign" if rng.random() < 0.85 else "decline"
        more = {} if deed == "sign" else {"reason": "Not now."}
        world.act(code, rng.choice(open_), deed, **more)


# Lines, clocks, machines


def carries(world: World, rng: random.Random) -> None:
    world.carry(rng.choice(CODES))


def carries_all(world: World, rng: random.Random) -> None:
    for code in rng.sample(CODES, 3):
        world.carry(code)
    world.note_withheld()


def fails(world: World, rng: random.Random) -> None:
    fault = rng.choice(
        "drop_request drop_answer double hold truncate flip truncate_answer flip_answer".split()
    )
    place = rng.randrange(1200) if "flip" in fault else rng.randrange(300)
    world.post.fail(fault, partner=rng.choice(CODES), place=place, times=rng.choice((1, 1, 2)))
    world.counts[f"fault: {fault}"] += 1


def breaks(world: World, rng: random.Random) -> None:
    code = rng.choice(CODES)
    match rng.choice(("down", "up", "full", "before", "after", "restart")):
        case "down":
            world.post.down.add(code)
        case "up":
            world.post.down.discard(code)
        case "full":
            world.full[code] += rng.choice((1, 2))
        case "restart":
            world.start(code)
            world.counts["restarts"] += 1
        case dies:
            world.dying[code] = dies


def time_passes(world: World, rng: random.Random) -> None:
    hours = rng.choice((0.02, 0.02, 0.5, 3, 3, 26, 150, 600))
    world.told.now += timedelta(hours=hours)
    world.counts["clock jumps"] += 1


def clock_is_wrong(world: World, rng: random.Random) -> None:
    seconds = rng.choice((-250, -100, 0, 0, 100, 250, -400, 400))
    world.told.skew[rng.choice(CODES)] = timedelta(seconds=seconds)
    world.counts["clocks set wrong"] += bool(seconds)


def purges(world: World, rng: random.Random) -> None:
    world.purge(rng.choice(CODES))


def replays(world: World, rng: random.Random) -> None:
    world.replay(rng)


def renumbers(world: World, rng: random.Random) -> None:
    world.renumber(rng)


# Matching, and second officers


def matched_course(world: World, rng: random.Random) -> None:
    match_course(world, rng, suspend)


def reviewed_course(world: World, rng: random.Random) -> None:
    def asked(world: World, rng: random.Random, code: str, other: str) -> None:
        texts = world.views[code].texts
        [id] = [id for id, text in texts.items() if text["four_eyes"]]
        ask(world, rng, code, other, (id, "ask", "aml_cft", "intelligence"), texts[id])

    four_eyes_course(world, rng, asked, suspend)


def members_change(world: World, rng: random.Random) -> None:
    """A state joins or leaves, and everybody asks everybody under the league's agreements."""
    rng.choice((joins, leaves, leaves))(world, rng)
    if rng.random() < 0.6:
        world.told.now += timedelta(hours=rng.choice((2, 26, 50)))
        carries_all(world, rng)
    for _ in range(3):
        sender = rng.choice(CODES)
        texts = world.views[sender].texts
        id = rng.choice([id for id, text in texts.items() if is_of_a_bloc(text)])
        below = (id, "ask", rng.choice(texts[id]["fields"]), rng.choice(texts[id]["purposes"]))
        ask(world, rng, sender, other_than(rng, sender), below, texts[id])


Move = Callable[[World, random.Random], None]
WEIGHTS: dict[Move, int] = {
    asks: 12,
    discloses: 7,
    freezes: 3,
    shares: 2,
    replies: 14,
    gives_feedback: 2,
    passes_on: 10,
    asks_consent: 5,
    onward_course: 2,
    decides: 6,
    uses: 5,
    suspends: 7,
    caught: 4,
    uses_late: 2,
    resumes: 6,
    ends: 1,
    proposes: 1,
    signs: 2,
    carries: 14,
    carries_all: 14,
    fails: 8,
    breaks: 7,
    time_passes: 6,
    clock_is_wrong: 3,
    purges: 2,
    replays: 3,
    renumbers: 2,
    reviews: 8,
    reviewed_course: 3,
    sets_policy: 2,
    matches: 3,
    matched_course: 3,
    node_works: 4,
    rekeys: 1,
    members_change: 3,
}


def play(world: World, seed: int, moves: int = MOVES, skipped: Collection[int] = ()) -> None:
    """One sequence, to its end."""
    for place in range(moves):
        rng = random.Random(f"{seed}/{place}")
        move = rng.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
        if place not in skipped:
            world.told.now += timedelta(seconds=1)
            world.counts["moves"] += 1
            move(world, rng)
            world.look()
    world.settle(rest=seed % 2 == 0)


def broken(world: World, template: Template, seed: int, **how: Any) -> str:
    """What a sequence breaks; "" where every promise holds."""
    world.set_back(template)
    try:
        play(world, seed, **how)
    except Broken as promise:
        return str(promise)
    except Exception as bug:
        frame = traceback.extract_tb(bug.__traceback__)[-1]
        return f"{type(bug).__name__}: {bug} ({frame.filename}:{frame.lineno})"
    return ""


def shrunk(world: World, template: Template, seed: int) -> tuple[str, list[str]]:
    """The fewest moves of a sequence that still break something: what, and which moves."""
    skipped: set[int] = set()
    said = broken(world, template, seed)
    size = MOVES // 2
    while said and size:
        for begin in range(0, MOVES, size):
            more = skipped | set(range(begin, min(begin + size, MOVES)))
            if more != skipped and (again := broken(world, template, seed, skipped=more)):
                skipped, said = more, again
        size //= 2
    kept = [place for place in range(MOVES) if place not in skipped]
    return said, [f"{place}: {_name(seed, place)}" for place in kept]


def _name(seed: int, place: int) -> str:
    rng = random.Random(f"{seed}/{place}")
    return rng.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0].__name__
