"""What an officer does about requests and whatever else is exchanged, with the second officer.

    write(desk, message)            a draft; proposed to a second officer where one is needed
    approve(desk, id, digest)       by another officer, of exactly the text that was read
    send(desk, id)                  second officer, thread, caveats and permit asked, then placed
    acknowledge(desk, id, …)        goes at once: it decides nothing
    start, close                    what is done to a thread without a message
    delete_due(desk, reason)        what may be kept no longer is gone

Every one of them is one unit of work. Nobody approves what he had a hand in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.cooperation.requests import information, review
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.bodies import BODIES
from taawun.cooperation.requests.bodies.feedback import Usefulness
from taawun.cooperation.requests.review import MessageDraft, ReviewPolicy
from taawun.cooperation.requests.threads import Step, Thread
from taawun.desk.desk import Desk
from taawun.desk.papers import Paper
from taawun.desk.writing import OPENING, View, opening, reply
from taawun.errors import InputError, NotFound, Refused, UsageError
from taawun.store import Unit

LEAST = 4
"""Characters of an id, from its beginning, that are enough where they name one thing alone."""
LEAST_DIGEST = 32
"""Of a digest: whoever writes two texts could find two that begin alike, were it shorter."""


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as it stands now, its message, whether it needs a second officer, whether it went."""

    draft: MessageDraft
    message: Message
    needs_second: bool
    sent: bool = False


Made = Callable[[View], Message]


C = TypeVar("C", Thread, MessageDraft)


def no_files(name: str) -> bytes:
    """For papers that come from nowhere: they name no files."""
    raise InputError(f"{name}: files cannot be named here")


def write_opening(
    desk: Desk,
    kind: str,
    paper: Paper,
    *,
    file_of: Callable[[str], bytes] = no_files,
    send_now: bool = False,
) -> Written:
    """A request, disclosure, request to freeze or typology from a paper, as a draft."""
    return _written(desk, lambda view: opening(view, kind, paper), file_of, send_now)


def write_reply(
    desk: Desk,
    begin: str,
    kind: str,
    paper: Paper,
    *,
    file_of: Callable[[str], bytes] = no_files,
    send_now: bool = False,
) -> Written:
    """An answer, refusal, feedback or decision in a thread, as a draft."""

    def made(view: View) -> Message:
        thread = thread_with(view, begin)
        return reply(view, thread, kind, paper, replies_to=_replied(view, thread, kind, paper))

    return _written(desk, made, file_of, send_now)


def write_short(
    desk: Desk, begin: str, kind: str, said: Mapping[str, Any], *, send_now: bool = False
) -> Written:
    """A reply of a few fields, as a draft; its reference is made of the thread's id where none is
    said. Feedback that says `not_needed` withdraws a request."""

    def made(view: View) -> Message:
        thread = thread_with(view, begin)
        paper = Paper("", {"reference": own_reference(desk.me, thread), **said}, {})
        return reply(view, thread, kind, paper, replies_to=_replied(view, thread, kind, paper))

    return _written(desk, made, no_files, send_now)


def own_reference(me: str, thread: Thread) -> str:
    """An own file number, where the officer gives none."""
    return f"{me}/{thread.id[:8]}"


def change(
    desk: Desk, begin: str, paper: Paper, *, file_of: Callable[[str], bytes] = no_files
) -> Written:
    """Write a draft anew. What was approved of it is approved no more."""

    def made(view: View) -> Message:
        draft = draft_with(view, desk, begin)
        before = review.message_of(view.connection, draft)
        if before.kind in OPENING:
            return opening(view, before.kind, paper, id=before.id)
        thread = requests.thread(view.connection, before.thread)
        answers = before.replies_to or ""
        return reply(view, thread, before.kind, paper, replies_to=answers, id=before.id)

    return _written(desk, made, file_of, send_now=False)


def write_message(desk: Desk, made: Made, *, send_now: bool = False) -> Written:
    """A draft of a message that something else than a paper makes: a hit, a request for consent."""
    return _written(desk, made, no_files, send_now)


def _written(desk: Desk, made: Made, file_of: Callable[[str], bytes], send_now: bool) -> Written:
    with desk.store.begin() as unit:
        message = made(View(unit.connection, desk.at, file_of))
        if message.kind in BODIES:
            requests.fits(unit.connection, message, desk.at)
        draft = review.write(unit, message, at=desk.at, actor=desk.officer)
        needed = review.needs_second(unit.connection, message)
        if needed:
            draft = review.propose(unit, draft.id, at=desk.at, actor=desk.officer)
        elif send_now:
            draft = _sent(unit, desk, draft.id)
    return Written(draft, message, needed, send_now and not needed)


def propose(desk: Desk, begin: str) -> MessageDraft:
    """Ask for a second officer (again, where an approval has run out)."""
    return _review(desk, begin, review.propose)


def approve(desk: Desk, begin: str, digest: str) -> MessageDraft:
    """Approve exactly the text with this digest (or how it begins), as `request show` shows it.

    Raises Refused: `review.own_work`, `review.changed`, `review.state`.
    """
    if len(digest) < LEAST_DIGEST:
        raise UsageError("which text? give its digest, as `taawun request show` shows it")
    with desk.store.begin() as unit:
        draft = draft_with(_view(unit, desk), desk, begin)
        if not draft.sha256.startswith(digest.lower()):
            raise Refused("review.changed")
        return review.approve(unit, draft.id, draft.sha256, at=desk.at, actor=desk.officer)


def reject(desk: Desk, begin: str, reason: str) -> MessageDraft:
    """Send a draft back to whoever wrote it, with a reason."""
    return _review(desk, begin, review.reject, reason=reason)


def abandon(desk: Desk, begin: str, reason: str) -> MessageDraft:
    """Give a draft up; its text goes."""
    return _review(desk, begin, review.abandon, reason=reason)


def send(desk: Desk, begin: str) -> Written:
    """Send a draft: everything is asked now, and the message is placed in the outbox."""
    with desk.store.begin() as unit:
        draft = draft_with(_view(unit, desk), desk, begin)
        message = review.message_of(unit.connection, draft)
        needed = review.needs_second(unit.connection, message)
        done = _sent(unit, desk, draft.id)
    return Written(done, message, needed, sent=True)


def _sent(unit: Unit, desk: Desk, id: str) -> MessageDraft:
    review.send(unit, id, place, at=desk.at, actor=desk.officer)
    return review.draft(unit.connection, id, desk.at)


def _review(desk: Desk, begin: str, step: Callable[..., MessageDraft], **said: Any) -> MessageDraft:
    with desk.store.begin() as unit:
        draft = draft_with(_view(unit, desk), desk, begin)
        return step(unit, draft.id, *said.values(), at=desk.at, actor=desk.officer)


def start(desk: Desk, begin: str) -> Thread:
    """Begin to work on what came in."""
    return _stepped(desk, begin, requests.start)


def close(desk: Desk, begin: str) -> Thread:
    """Nothing more is to be done in this thread."""
    return _stepped(desk, begin, requests.close)


def _stepped(desk: Desk, begin: str, step: Callable[..., Thread]) -> Thread:
    with desk.store.begin() as unit:
        thread = thread_with(_view(unit, desk), begin)
        return step(unit, thread.id, at=desk.at, actor=desk.officer)


def change_policy(desk: Desk, **said: Any) -> tuple[ReviewPolicy, ReviewPolicy | None]:
    """Change what is said of `services`, `kinds`, `hours`: which of this authority's messages a
    second officer approves, beyond its agreements. What is not said stays as it is by then.

    Returns what is in force, and what waits for another officer to ask for the same: a rule is
    tightened by one officer and loosened by two.
    """
    with desk.store.begin() as unit:
        held = review.policy(unit.connection)
        wanted = replace(held, **said)
        if not review.looser(wanted, held):
            review.set_policy(unit, wanted, at=desk.at, actor=desk.officer)
        elif not review.wish(unit, wanted, at=desk.at, actor=desk.officer):
            return held, wanted
        return wanted, None


def delete_due(desk: Desk, reason: str) -> int:
    """Delete the information whose last day is over. Returns how many items went."""
    if not reason.strip():
        raise UsageError("say why: --reason, for the partner and for the record")
    with desk.store.begin() as unit:
        due = information.due_for_deletion(unit.connection, desk.at)
        return information.delete(unit, due, at=desk.at, actor=desk.officer, reason=reason)


def thread_with(view: View, begin: str) -> Thread:
    """The thread whose id begins so. Raises NotFound, UsageError where it is not told which."""
    found = _beginning(requests.threads(view.connection), begin)
    if len(found) > 1:
        raise UsageError(f"several threads begin with {begin[:40]!r}: give more of the id")
    if not found:
        raise NotFound(f"no thread begins with {begin[:40]!r}")
    return found[0]


def draft_with(view: View, desk: Desk, begin: str) -> MessageDraft:
    """The draft whose id begins so. Raises NotFound, UsageError where it is not told which."""
    found = _beginning(review.drafts(view.connection, desk.at, open_only=False), begin)
    if len(found) > 1:
        raise UsageError(f"several drafts begin with {begin[:40]!r}: give more of the id")
    if not found:
        raise NotFound(f"no draft begins with {begin[:40]!r}")
    return found[0]


def thread_or_draft(view: View, desk: Desk, begin: str) -> Thread | MessageDraft:
    """Whichever it is; of an opening that was sent, its thread. Raises as the two above."""
    threads = _beginning(requests.threads(view.connection), begin)
    drafts = _beginning(review.drafts(view.connection, desk.at, open_only=False), begin)
    ids = {each.id for each in threads} | {each.id for each in drafts}
    if len(ids) > 1:
        raise UsageError(
            f"several threads or drafts begin with {begin[:40]!r}: give more of the id"
        )
    if not ids:
        raise NotFound(f"no thread or draft begins with {begin[:40]!r}")
    return threads[0] if threads else drafts[0]


def _beginning(every: Iterable[C], begin: str) -> list[C]:
    """Those whose id begins so. Raises UsageError for too little."""
    wanted = begin.strip().lower()
    if len(wanted) < LEAST:
        raise UsageError(f"which one? give at least {LEAST} characters of its id")
    return [each for each in every if each.id.startswith(wanted)]


def _view(unit: Unit, desk: Desk) -> View:
    return View(unit.connection, desk.at, no_files)


def _replied(view: View, thread: Thread, kind: str, paper: Paper) -> str:
    """What a reply answers: feedback is on the last message that brought information, or on the
    request that it withdraws."""
    if kind != "feedback" or paper.value.get("usefulness") == Usefulness.NOT_NEEDED:
        return thread.id
    brought = [
        step.message
        for step in requests.steps(view.connection, thread.id)
        if step.step in requests.BRINGS and step.counts and step.sender == thread.partner
    ]
    if not brought:
        raise Refused("request.state", state=thread.state.value, step=Step.FEEDBACK.value)
    return brought[-1]
