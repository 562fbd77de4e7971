"""How threads and drafts are shown: rows of work, a page for one, JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from taawun.cli import show
from taawun.cli.body_shown import in_words
from taawun.cli.moments import minute
from taawun.cli.options import options
from taawun.desk.reading import DraftPage, ThreadPage, Work

if TYPE_CHECKING:
    from taawun.cooperation.clocks.deadlines import Clock
    from taawun.cooperation.message import Message
    from taawun.cooperation.requests.caveats import KeptItem
    from taawun.cooperation.requests.review import MessageDraft
    from taawun.desk.requests import Written

SHORT = 8
DIGEST = 32
"""Characters of a digest that an approval wants at least."""
HOUR = 3600


def work_rows(found: Iterable[Work]) -> list[Sequence[str]]:
    """One row for each thread: id, what, partner, state, what is awaited, due, what is left."""
    return [
        (
            each.thread.id[:SHORT],
            what(each.thread.kind, each.thread.side, urgent=each.thread.urgent),
            each.thread.partner,
            show.worded(f"messages.state.{each.thread.state}"),
            _awaited(each),
            minute(each.clock.due) if each.clock is not None else "—",
            left(each.clock) if each.clock is not None else "",
        )
        for each in found
    ]


def what(kind: str, side: str, *, urgent: bool) -> str:
    """What kind of thread, whose, whether urgent."""
    code = "request.what_urgent" if urgent else "request.what"
    words = {"kind": show.worded(f"messages.kind.{kind}")}
    return show.worded(code, side=show.worded(f"messages.side.{side}"), **words)


def _awaited(each: Work) -> str:
    if each.clock is None or each.owing is None:
        return "—"
    clock = show.worded(f"deadlines.clock.{each.clock.name}")
    return show.worded(f"request.owing.{each.owing}", clock=clock)


def left(clock: Clock) -> str:
    """What is left of a clock, or how much it is over."""
    if clock.state == "paused" or not clock.open:
        return show.worded(f"deadlines.state.{clock.state}")
    if clock.state == "late":
        return show.worded(f"deadlines.over.{clock.unit}", count=_whole(clock, clock.over))
    return show.worded(f"deadlines.left.{clock.unit}", count=_whole(clock, clock.left))


def _whole(clock: Clock, amount: int) -> int:
    return amount // HOUR if clock.unit == "hours" else amount


def doubts(found: Iterable[Clock]) -> None:
    """What may move the dates of these clocks, each said once."""
    for doubt in dict.fromkeys(each for clock in found if clock.open for each in clock.doubts):
        show.say(f"deadlines.doubt.{doubt}")


def draft_rows(found: Iterable[DraftPage]) -> list[Sequence[str]]:
    """One row for each draft: id, what, to whom, state, digest."""
    return [
        (
            each.draft.id[:SHORT],
            show.worded(f"messages.kind.{each.message.kind}") if each.message else "—",
            each.message.recipient if each.message else "—",
            show.worded(f"messages.draft.{each.draft.state}"),
            each.draft.sha256[:12],
        )
        for each in found
    ]


def page(found: ThreadPage | DraftPage) -> None:
    """One thread or draft, as lines and tables."""
    if isinstance(found, DraftPage):
        _draft(found)
    else:
        _thread(found)


def _draft(found: DraftPage) -> None:
    draft = found.draft
    show.say("request.page.draft", id=draft.id, version=draft.version)
    show.say("request.page.state", state=show.worded(f"messages.draft.{draft.state}"))
    show.say("request.page.digest", digest=draft.sha256)
    show.say("request.page.authors", officers=tuple(map(show.plain, draft.wrote)))
    if draft.approval is not None and draft.state == "approved":
        until = minute(draft.approval.until)
        show.say("request.page.approved", officer=show.plain(draft.approval.officer), until=until)
    if draft.reason:
        show.say("request.page.reason", reason=show.plain(draft.reason))
    if found.needs_second:
        show.say("request.page.needs_second")
    if found.message is not None:
        _terms(found.message)
        _message(found.message)


def _terms(message: Message) -> None:
    """What a second officer approves besides the body: agreement, purpose and caveats."""
    show.say("request.page.agreement", id=(message.agreement or "—")[:12])
    if message.purpose is not None:
        purpose = show.worded(f"cooperation.purpose.{message.purpose}")
        show.say("request.page.purpose", purpose=purpose)
    for claim in message.caveats:
        show.say(
            "request.page.caveats",
            origin=claim.origin,
            purposes=_words(claim.purposes),
            onward=_rule(claim.onward, claim.consented),
            day=claim.delete_by or "—",
        )


def _thread(found: ThreadPage) -> None:
    thread = found.thread
    show.say("request.page.thread", id=thread.id)
    told = what(thread.kind, thread.side, urgent=thread.urgent)
    show.say("request.page.with", what=told, partner=thread.partner)
    show.say("request.page.state", state=show.worded(f"messages.state.{thread.state}"))
    show.say("request.page.agreement", id=thread.agreement[:12])
    if found.clocks:
        clock_table(found.clocks)
    show.table(
        [f"request.column.{name}" for name in ("at", "step", "from", "officer", "post")],
        [
            (
                minute(each.at),
                show.worded(f"messages.step.{each.step}"),
                each.sender or "—",
                show.plain(each.actor),
                show.worded(f"exchange.state.{each.posted}") if each.posted else "",
            )
            for each in found.steps
        ],
    )
    for message in found.messages:
        _message(message)
    if found.items:
        _items(found.items)
    for went in found.escalations:
        show.say(
            "request.page.escalated",
            at=minute(went.at),
            stage=show.worded(f"deadlines.stage.{went.stage}"),
            recipient=show.worded(f"deadlines.recipient.{went.recipient}"),
        )
    steps = tuple(show.worded(f"messages.step.{each}") for each in found.next)
    if steps:
        show.say("request.page.next", steps=steps)


def clock_table(found: Sequence[Clock]) -> None:
    """Clocks with what is allowed and left, the days on the way that do not count, and doubts."""
    show.table(
        [f"request.column.{name}" for name in ("awaited", "allowed", "due", "left")],
        [
            (
                show.worded(f"deadlines.clock.{each.name}"),
                show.worded(f"deadlines.allowed.{each.unit}", count=each.allowed),
                minute(each.due),
                left(each),
            )
            for each in found
        ],
    )
    for clock in found:
        if clock.open and clock.skipped:
            _skipped(clock)
    doubts(found)


def _skipped(clock: Clock) -> None:
    """How many days on the way do not count, and those that are no ordinary weekend by name."""
    what = show.worded(f"deadlines.clock.{clock.name}")
    many = show.worded("deadlines.skipped", count=len(clock.skipped))
    show.say("deadlines.left_out", what=what, many=many)
    for off in clock.skipped:
        if off.why == "weekend":
            continue
        name = off.ar if options().lang.startswith("ar") else off.en
        why = show.worded(f"deadlines.why.{off.why}", name=show.plain(name))
        code = "deadlines.estimated_off" if off.estimated else "deadlines.off"
        show.say(code, day=off.day, why=why)


def _items(items: Iterable[KeptItem]) -> None:
    show.table(
        [f"request.column.{name}" for name in ("item", "from", "uses", "onward", "until")],
        [
            (
                f"{item.message[:SHORT]}:{item.item}",
                ", ".join(claim.origin for claim in item.claims) or item.giver,
                _purposes(item),
                _onward(item),
                show.worded("request.deleted_item") if item.deleted else str(item.delete_by),
            )
            for item in items
        ],
    )


def _purposes(item: KeptItem) -> str:
    allowed = [set(claim.purposes) for claim in item.claims]
    both = set.intersection(*allowed) if allowed else set()
    return _words(sorted(both))


def _words(purposes: Iterable[str]) -> str:
    words = tuple(show.worded(f"cooperation.purpose.{each}") for each in purposes)
    return show.worded("agreement.parts", parts=words) if words else "—"


def _onward(item: KeptItem) -> str:
    rules = {claim.onward for claim in item.claims}
    strictest = next((each for each in ("none", "consent", "named") if each in rules), "none")
    given = {code for claim in item.claims for code in claim.consented}
    given |= {each.recipient for each in item.consents}
    return _rule(strictest, sorted(given))


def _rule(onward: str, given: Sequence[str]) -> str:
    """A rule on passing on, and to whom it was consented."""
    rule = show.worded(f"cooperation.onward.{onward}")
    return show.worded("request.consented", rule=rule, codes=tuple(given)) if given else rule


def _message(message: Message) -> None:
    """A message as officers write it: what stands above, then the body's fields."""
    show.say(
        "request.page.message",
        kind=show.worded(f"messages.kind.{message.kind}"),
        sender=message.sender,
        recipient=message.recipient,
        at=minute(message.made_at),
        id=message.id,
    )
    for line in in_words(message):
        print(show.plain(f"    {line}"))


def written(made: Written) -> None:
    """A draft that was made or sent, and what is to be done next."""
    draft, message = made.draft, made.message
    if options().json:
        show.document(written_as_json(made))
        return
    kind = show.worded(f"messages.kind.{message.kind}")
    if made.sent:
        show.say("request.sent", kind=kind, partner=message.recipient, id=message.thread[:8])
        return
    show.say("request.drafted", kind=kind, partner=message.recipient, id=draft.id[:8])
    if made.needs_second:
        show.say("request.needs_second", id=draft.id[:8], digest=draft.sha256[:DIGEST])
    else:
        show.say("request.send_next", id=draft.id[:8])


def written_as_json(made: Written) -> dict[str, object]:
    """A draft that was written or sent."""
    return {
        "draft": made.draft.id,
        "thread": made.message.thread,
        "kind": made.message.kind,
        "partner": made.message.recipient,
        "state": made.draft.state,
        "sha256": made.draft.sha256,
        "needs_second": made.needs_second,
        "sent": made.sent,
    }


def review_as_json(draft: MessageDraft) -> dict[str, object]:
    """Where a draft stands."""
    approval = draft.approval
    return {
        "draft": draft.id,
        "state": draft.state,
        "version": draft.version,
        "sha256": draft.sha256,
        "authors": list(draft.wrote),
        "approved_by": approval.officer if approval is not None else None,
        "approved_until": approval.until if approval is not None else None,
        "reason": draft.reason,
    }


def work_as_json(each: Work) -> dict[str, object]:
    """A thread of the list, and its next clock."""
    thread = each.thread
    return {
        "thread": thread.id,
        "kind": thread.kind,
        "side": thread.side,
        "partner": thread.partner,
        "agreement": thread.agreement,
        "urgent": thread.urgent,
        "state": thread.state,
        "opened_at": thread.opened_at,
        "owing": each.owing,
        "late": each.late,
        "clock": clock_as_json(each.clock) if each.clock is not None else None,
    }


def clock_as_json(clock: Clock) -> dict[str, object]:
    """A clock: what is awaited, until when, what is left (seconds or business days), the days on
    the way that do not count, and codes of what may move the date."""
    return {
        "name": clock.name,
        "unit": clock.unit,
        "allowed": clock.allowed,
        "state": clock.state,
        "due": clock.due,
        "left": clock.left,
        "over": clock.over,
        "last_day": clock.last_day,
        "skipped": [asdict(each) for each in clock.skipped],
        "doubts": list(clock.doubts),
    }


def draft_as_json(each: DraftPage) -> dict[str, object]:
    """A draft, and its message."""
    return {
        **review_as_json(each.draft),
        "needs_second": each.needs_second,
        "message": each.message.plain() if each.message is not None else None,
    }


def page_as_json(found: ThreadPage | DraftPage) -> dict[str, object]:
    """All of a thread or draft."""
    if isinstance(found, DraftPage):
        return draft_as_json(found)
    thread = found.thread
    return {
        "thread": thread.id,
        "kind": thread.kind,
        "side": thread.side,
        "partner": thread.partner,
        "agreement": thread.agreement,
        "state": thread.state,
        "owing": found.owing,
        "clocks": [clock_as_json(each) for each in found.clocks],
        "steps": [asdict(each) for each in found.steps],
        "messages": [each.plain() for each in found.messages],
        "items": [item_as_json(each) for each in found.items],
        "escalations": [asdict(each) for each in found.escalations],
        "next": list(found.next),
    }


def item_as_json(item: KeptItem) -> dict[str, object]:
    """A received item: whose it is, under which caveats, until when it is kept."""
    return {
        "message": item.message,
        "item": item.item,
        "from": item.giver,
        "category": item.category,
        "delete_by": item.delete_by,
        "deleted": item.deleted,
        "caveats": [each.plain() for each in item.claims],
        "consents": [
            {
                "origin": each.origin,
                "recipient": each.recipient,
                "purposes": sorted(each.purposes),
                "until": each.until,
            }
            for each in item.consents
        ],
    }
