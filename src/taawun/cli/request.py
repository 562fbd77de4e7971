"""`taawun request`: what is asked, answered, refused, disclosed; the second officer; consents."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.cli.request_rules import policy, retention
from taawun.cli.seated import beside, codes, paper_in, seated
from taawun.cli.seated import code as code_of
from taawun.errors import UsageError

if TYPE_CHECKING:
    from taawun.cooperation.requests.review import MessageDraft
    from taawun.cooperation.requests.threads import Thread
    from taawun.desk.requests import Written

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Requests, answers, disclosures: drafted, approved, sent, followed.",
)

WORK = ("id", "what", "partner", "state", "awaited", "due", "left")
DRAFTS = ("draft", "what", "partner", "state", "digest")
"""The columns of the list of work."""

File = Annotated[str, typer.Argument(metavar="FILE", help="YAML or JSON; - reads stdin.")]
Of = Annotated[str, typer.Argument(metavar="ID", help="The thread, or how its id begins.")]
DraftOf = Annotated[str, typer.Argument(metavar="DRAFT", help="The draft, or how its id begins.")]
Why = Annotated[str, typer.Option("--reason", help="Why; it is kept.")]
Said = Annotated[str, typer.Option("--reason", help="Why; the partner reads it.")]
Now = Annotated[
    bool, typer.Option("--send", help="Send it at once, where no second officer is needed.")
]
Reference = Annotated[str, typer.Option(help="Our file; else one is made of the id.")]
Language = Annotated[str, typer.Option(help="The language of what is written, such as en or ar.")]


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help="request, disclosure, answer or freeze.")] = "request",
) -> None:
    """Print an example of a file, each field explained."""
    from taawun.desk.drafts import TEMPLATES
    from taawun.desk.drafts import template as text
    from taawun.desk.papers import read_paper

    if kind not in TEMPLATES:
        there = ", ".join(TEMPLATES)
        raise UsageError(f"expected one of {there}, got {kind!r}")
    said = text(TEMPLATES[kind])
    if options().json:
        show.document(read_paper(said, TEMPLATES[kind]).value)
    else:
        print(said, end="")


@app.command()
def new(file: File, send_now: Now = False) -> None:
    """Draft a request for information from a file."""
    _opening("request", file, send_now)


@app.command()
def disclose(file: File, send_now: Now = False) -> None:
    """Draft a spontaneous disclosure from a file."""
    _opening("disclosure", file, send_now)


@app.command()
def freeze(file: File, send_now: Now = False) -> None:
    """Draft a request to freeze funds or to suspend a transaction."""
    _opening("freeze_request", file, send_now)


@app.command()
def change(draft: DraftOf, file: File) -> None:
    """Write a draft anew. What was approved of it is approved no more."""
    from taawun.desk import requests

    paper = paper_in(file)
    with seated() as desk:
        _written(requests.change(desk, draft, paper, file_of=beside(file)))


@app.command()
def answer(thread: Of, file: File, send_now: Now = False) -> None:
    """Draft an answer: full, partial, interim or negative."""
    _reply(thread, "answer", file, send_now)


@app.command()
def refuse(
    thread: Of,
    ground: Annotated[list[str], typer.Option(help="A ground; may be given several times.")],
    reason: Said,
    again_if: Annotated[str, typer.Option(help="What would have to be different.")] = "",
    reference: Reference = "",
    language: Language = "en",
    send_now: Now = False,
) -> None:
    """Refuse, on grounds that the standards know, with a reason."""
    from taawun.cooperation.requests.bodies.refusal import RefusalGround

    said: dict[str, Any] = {
        "grounds": [each.value for each in codes(RefusalGround, "--ground", ground)],
        "reason": _said(reason),
    }
    if again_if:
        said["again_if"] = again_if
    _short(thread, "refusal", said, reference, language, send_now)


@app.command()
def acknowledge(
    thread: Of,
    expected_by: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="When an answer can be expected.")
    ] = "",
    note: Annotated[str, typer.Option(help="What else is to be said.")] = "",
    reference: Reference = "",
    language: Language = "en",
) -> None:
    """Say that it has come in. This goes at once."""
    said: dict[str, Any] = {}
    if expected_by:
        said["expected_by"] = _day("--expected-by", expected_by).isoformat()
    if note:
        said["note"] = note
    _short(thread, "acknowledgement", said, reference, language, send_now=True)


@app.command()
def feedback(
    thread: Of,
    usefulness: Annotated[str, typer.Option(help="useful, partly, not_useful or too_early.")],
    result: Annotated[
        list[str] | None, typer.Option(help="What came of it; may be given several times.")
    ] = None,
    text: Annotated[str, typer.Option(help="In words.")] = "",
    reference: Reference = "",
    language: Language = "en",
    send_now: Now = False,
) -> None:
    """Say what became of information that was received."""
    from taawun.cooperation.requests.bodies.feedback import Result, Usefulness

    said: dict[str, Any] = {
        "usefulness": code_of(Usefulness, "--usefulness", usefulness).value,
        "results": [each.value for each in codes(Result, "--result", result or ())],
    }
    if text:
        said["text"] = text
    _short(thread, "feedback", said, reference, language, send_now)


@app.command()
def withdraw(
    thread: Of,
    reason: Said,
    reference: Reference = "",
    language: Language = "en",
    send_now: Now = False,
) -> None:
    """Withdraw a request of ours: what was asked for is needed no longer."""
    from taawun.cooperation.requests.bodies.feedback import Usefulness

    said = {"usefulness": Usefulness.NOT_NEEDED.value, "results": [], "text": _said(reason)}
    _short(thread, "feedback", said, reference, language, send_now)


@app.command()
def onward(
    thread: Of,
    to: Annotated[str, typer.Option(help="Who is to have it.")],
    reason: Said,
    purpose: Annotated[list[str], typer.Option(help="What for; may be given several times.")],
    item: Annotated[
        list[int] | None, typer.Option(help="Only this item; else all that need consent.")
    ] = None,
    reference: Reference = "",
    language: Language = "en",
    send_now: Now = False,
) -> None:
    """Ask whoever gave it whether what came in with a thread may be passed on."""
    from taawun.cooperation.agreement import Purpose
    from taawun.desk.consents import Onwards, ask_consent

    wanted = Onwards(
        to,
        codes(Purpose, "--purpose", purpose),
        reason,
        tuple(item or ()),
        language,
        reference,
    )
    with seated() as desk:
        _written(ask_consent(desk, thread, wanted, send_now=send_now))


@app.command()
def consent(
    thread: Of,
    give: Annotated[bool, typer.Option("--give/--refuse", help="Consent, or refuse it.")],
    ground: Annotated[
        list[str] | None, typer.Option(help="A ground of a refusal; may be given several times.")
    ] = None,
    reason: Said = "",
    conditions: Annotated[str, typer.Option(help="Conditions of a consent.")] = "",
    until: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="The last day on which it may be passed on.")
    ] = "",
    reference: Reference = "",
    language: Language = "en",
    send_now: Now = False,
) -> None:
    """Decide on a partner's request to pass our information on."""
    from taawun.cooperation.requests.bodies.refusal import RefusalGround
    from taawun.desk.consents import Deciding, decide

    decided = Deciding(
        give,
        codes(RefusalGround, "--ground", ground or ()),
        reason,
        conditions,
        _day("--until", until) if until else None,
        language,
        reference,
    )
    with seated() as desk:
        _written(decide(desk, thread, decided, send_now=send_now))


@app.command()
def propose(draft: DraftOf) -> None:
    """Ask for a second officer, again where an approval has run out."""
    from taawun.desk import requests

    with seated() as desk:
        _reviewed(requests.propose(desk, draft))


@app.command()
def approve(
    draft: DraftOf,
    digest: Annotated[
        str,
        typer.Argument(help="The digest of the text that was read, or its first 32 characters."),
    ],
) -> None:
    """Approve a draft of another officer, exactly as `request show` shows it."""
    from taawun.desk import requests

    with seated() as desk:
        _reviewed(requests.approve(desk, draft, digest))


@app.command()
def reject(draft: DraftOf, reason: Why) -> None:
    """Send a draft back to whoever wrote it."""
    from taawun.desk import requests

    with seated() as desk:
        _reviewed(requests.reject(desk, draft, reason))


@app.command()
def abandon(draft: DraftOf, reason: Why) -> None:
    """Give a draft up. Its text goes."""
    from taawun.desk import requests

    with seated() as desk:
        _reviewed(requests.abandon(desk, draft, reason))


@app.command()
def send(draft: DraftOf) -> None:
    """Send a draft: approval, thread, caveats and permit are asked now."""
    from taawun.desk import requests

    with seated() as desk:
        _written(requests.send(desk, draft))


@app.command()
def start(thread: Of) -> None:
    """Say that the work on what came in has begun. Only we know."""
    from taawun.desk import requests

    with seated() as desk:
        _stepped(requests.start(desk, thread))


@app.command()
def close(thread: Of) -> None:
    """Close a thread: nothing more is to be done."""
    from taawun.desk import requests

    with seated() as desk:
        _stepped(requests.close(desk, thread))


@app.command("list")
def list_them(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that wait for nothing.")
    ] = False,
    partner: Annotated[str, typer.Option(help="Only with this partner.")] = "",
) -> None:
    """Show the work: what is overdue first, then what is due next; drafts below."""
    from taawun.cli.request_shown import doubts, draft_as_json, draft_rows, work_as_json, work_rows
    from taawun.cooperation.clocks.own_calendar import kept_calendar
    from taawun.desk import reading

    call = options()
    store = call.open_store(create=False)
    with store.reading() as connection:
        found = reading.work(
            connection, call.now(), kept_calendar(call.home), open_only=not everything
        )
        drafts = reading.drafts(connection, call.now())
    store.close()
    found = tuple(each for each in found if not partner or each.thread.partner == partner)
    drafts = tuple(
        each
        for each in drafts
        if not partner or (each.message is not None and each.message.recipient == partner)
    )
    if call.json:
        show.document(
            {
                "threads": [work_as_json(each) for each in found],
                "drafts": [draft_as_json(each) for each in drafts],
            }
        )
        return
    if not found and not drafts:
        show.say("request.none")
    if found:
        show.table([f"request.column.{name}" for name in WORK], work_rows(found))
        doubts(each.clock for each in found if each.clock is not None)
    if drafts:
        show.table([f"request.column.{name}" for name in DRAFTS], draft_rows(drafts))


@app.command("show")
def show_one(
    id: Annotated[str, typer.Argument(metavar="ID", help="A thread or draft, or its beginning.")],
) -> None:
    """Show a thread or a draft: everything in it, its clocks, what may be done next."""
    from taawun.cli import request_shown as shown
    from taawun.cooperation.clocks.own_calendar import kept_calendar
    from taawun.cooperation.requests.threads import Thread
    from taawun.desk import reading
    from taawun.desk.requests import no_files, thread_or_draft
    from taawun.desk.writing import View

    with seated() as desk, desk.store.reading() as connection:
        called = thread_or_draft(View(connection, desk.at, no_files), desk, id)
        found: Any = (
            reading.thread_page(connection, called, desk.at, kept_calendar(desk.home))
            if isinstance(called, Thread)
            else reading.draft_page(connection, called)
        )
    if options().json:
        show.document(shown.page_as_json(found))
    else:
        shown.page(found)


app.command()(policy)
app.command()(retention)


def _opening(kind: str, file: str, send_now: bool) -> None:
    from taawun.desk import requests

    paper = paper_in(file)
    with seated() as desk:
        _written(requests.write_opening(desk, kind, paper, file_of=beside(file), send_now=send_now))


def _reply(thread: str, kind: str, file: str, send_now: bool) -> None:
    from taawun.desk import requests

    paper = paper_in(file)
    with seated() as desk:
        _written(
            requests.write_reply(desk, thread, kind, paper, file_of=beside(file), send_now=send_now)
        )


def _short(
    thread: str, kind: str, said: dict[str, Any], reference: str, language: str, send_now: bool
) -> None:
    """A reply whose few fields are options."""
    from taawun.desk import requests

    said["language"] = language
    if reference:
        said["reference"] = reference
    with seated() as desk:
        _written(requests.write_short(desk, thread, kind, said, send_now=send_now))


def _written(made: Written) -> None:
    from taawun.cli.request_shown import written

    written(made)


def _reviewed(draft: MessageDraft) -> None:
    from taawun.cli.request_shown import review_as_json

    if options().json:
        show.document(review_as_json(draft))
    else:
        state = show.worded(f"messages.draft.{draft.state}")
        show.say("request.draft_now", id=draft.id[:8], state=state)


def _stepped(thread: Thread) -> None:
    if options().json:
        show.document({"thread": thread.id, "state": thread.state})
    else:
        state = show.worded(f"messages.state.{thread.state}")
        show.say("request.thread_now", id=thread.id[:8], state=state)


def _said(reason: str) -> str:
    if not reason.strip():
        raise UsageError("say why: --reason, for the partner and for the record")
    return reason


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: expected YYYY-MM-DD, got {text!r}") from None
