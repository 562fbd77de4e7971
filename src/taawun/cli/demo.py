"""`taawun demo`: the main job on made-up data, told as it goes."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taawun.cli import demo_cooperation, show
from taawun.cli.demo_money import tell, unit_of
from taawun.cli.lists_shown import show_changes
from taawun.cli.options import options

if TYPE_CHECKING:
    from taawun.demo.story import Screened, Story
    from taawun.lists.registry import Update
    from taawun.screening.rescreen import Rescreening
    from taawun.screening.text import Mention
    from taawun.store.journal import JournalReport

app = typer.Typer(add_completion=False)
HOST, PORT = "127.0.0.1", 8000
ASKED = "Zaher al-Wazzan"


@app.command()
def demo(
    serve: Annotated[
        bool, typer.Option(help=f"Serve at http://{HOST}:{PORT}/ when the story is told.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Another made-up region.")] = 1,
) -> None:
    """Go through the main job on made-up data: lists, customers, a news report, a ledger that is
    searched for laundering, and four authorities that cooperate. Needs no network.

    Without --home it lives in a temporary folder, which stays for what you try next.
    """
    story = _story()
    if not options().json:
        show.say("demo.welcome", home=str(story.home))
    told = [_lists(story), _customers(story), _report(story), _update(story)]
    told += [tell(unit_of(story.home, seed)), _journal(story)]
    told.append(demo_cooperation.tell(story.home))
    if options().json:
        show.document({"home": str(story.home), **{k: v for each in told for k, v in each.items()}})
    else:
        _next(story.home)
    if serve:
        _serve(story.home)


def _story() -> Story:
    from taawun.demo.story import Story

    call = options()
    if call.home_given is None:
        call.home_given = Path(tempfile.mkdtemp(prefix="taawun-demo-"))
    return Story(call.open_store(), call.home, call.actor)


# The steps


def _lists(story: Story) -> dict[str, Any]:
    _heading("demo.step.lists")
    done = list(story.bring(options().now()))
    story.index(options().now())
    if not options().json:
        names = ("list", "layout", "published", "entries", "problems")
        show.table([f"demo.column.{name}" for name in names], map(_list_row, done))
    return {"lists": {each.dataset: each.entries for each in done}}


def _list_row(done: Update) -> tuple[str, ...]:
    layout = show.worded(f"demo.layout.{done.source}")
    problems = str(len(done.problems))
    return done.dataset, layout, done.published[:10], str(done.entries), problems


def _customers(story: Story) -> dict[str, Any]:
    from taawun.demo.shipped import customers

    _heading("demo.step.customers")
    count = sum(1 for _ in customers())
    began = time.perf_counter()
    with _progress(count) as tick:
        answers = story.screen(options().now(), tick)
    seconds = time.perf_counter() - began
    listed = [each for each in answers if each.listed]
    near = [each for each in answers if each.score and not each.listed]
    counts = {"customers": count, "listed": len(listed), "near": len(near)}
    counts["clear"] = count - len(listed) - len(near)
    if not options().json:
        _hits(listed)
        _heading("demo.step.near")
        _hits(near)
        show.say("demo.customers_done", seconds=f"{seconds:.1f}", **counts)
    return {"customers": counts, "hits": [_hit_as_json(each) for each in listed]}


def _hits(answers: Sequence[Screened]) -> None:
    names = ("customer", "listed", "score", "why")
    show.table([f"demo.column.{name}" for name in names], map(_hit_row, answers))


def _hit_row(screened: Screened) -> tuple[str, ...]:
    from taawun.demo import told
    from taawun.wording import isolate

    lang, hit = options().lang, screened.screening.hits[0]
    where = ", ".join(told.lists_of(screened) or [hit.dataset])
    listed = f"{isolate(hit.caption, lang)}\n{where}"
    why = "\n".join(told.reasons(hit, lang))
    return told.who(screened, lang), listed, f"{hit.score:.2f}", why


def _hit_as_json(screened: Screened) -> dict[str, Any]:
    from taawun.demo import told

    hit = screened.screening.hits[0]
    return {
        "customer": screened.customer.id,
        "name": screened.customer.subject.names[0],
        "entity": hit.entity,
        "caption": hit.caption,
        "lists": told.lists_of(screened),
        "score": hit.score,
        "reasons": told.reasons(hit, options().lang),
    }


def _report(story: Story) -> dict[str, Any]:
    _heading("demo.step.report")
    places = story.read("ar")
    if not options().json:
        names = ("mention", "listed", "score", "why")
        show.table([f"demo.column.{name}" for name in names], map(_mention_row, places))
    return {"mentions": [{"text": p[0].text, "entities": [m.entity for m in p]} for p in places]}


def _mention_row(place: Sequence[Mention]) -> tuple[str, ...]:
    from taawun.screening.words import said, strongest
    from taawun.wording import isolate

    lang, best = options().lang, place[0]
    lists = ", ".join(dict.fromkeys(mention.dataset for mention in place))
    why = "\n".join(said(each, lang) for each in strongest(best.features) if each.points)
    listed = f"{isolate(best.caption, lang)}\n{lists}"
    return isolate(best.text, lang), listed, f"{best.score:.2f}", why


def _update(story: Story) -> dict[str, Any]:
    _heading("demo.step.update")
    done, again = story.update(options().now())
    counts = done.difference.counts(targets=True)
    if not options().json:
        show.say("demo.updated", list=done.dataset, version=done.version, **counts)
        show_changes([change for change in done.difference.changes if change.target], 20)
        _rescreened(again)
    findings = [(each.what, each.customer, each.hit.entity) for each in again.findings]
    return {"update": counts, "looked_at": again.looked_at, "findings": findings}


def _rescreened(again: Rescreening) -> None:
    from taawun.demo.shipped import customers

    covered = again.coverage
    told = {"customers": covered.customers, "clear": covered.clear}
    show.say("demo.looked_at", looked_at=again.looked_at, **told)
    names = {customer.id: customer.subject.names[0] for customer in customers()}
    for finding in again.findings:
        hit = finding.hit
        said = {"customer": finding.customer, "name": names[finding.customer]}
        show.say(f"demo.finding.{finding.what}", caption=hit.caption, entity=hit.entity, **said)


def _journal(story: Story) -> dict[str, Any]:
    _heading("demo.step.journal")
    report: JournalReport = story.journal()
    if not options().json:
        show.say("cli.journal.whole", count=report.lines, anchor=str(report.head))
    return {"journal": {"whole": report.whole, "lines": report.lines}}


def _next(home: Path) -> None:
    from taawun.cli.app import is_there
    from taawun.demo.authorities import A, B
    from taawun.demo.shipped import REPORTS, folder

    print()
    show.say("demo.next")
    lasting = f"--home {shlex.quote(str(home))}"
    report = shlex.quote(str(folder() / REPORTS["ru"]))
    for word, rest, why in (
        ("screen", f"{shlex.quote(ASKED)} --country sy {lasting}", "demo.next.screen"),
        ("screen-text", f"{report} {lasting}", "demo.next.text"),
        ("lists", f"changes un {lasting}", "demo.next.changes"),
        ("findings", f"show 1 {lasting}", "demo.next.finding"),
        ("detect", f"--typology cycle {lasting}", "demo.next.detect"),
        ("agreement", f"list --home {_node(home, A)}", "demo.next.agreement"),
        ("request", f"list --home {_node(home, B)}", "demo.next.request"),
        ("lists", "add un", "demo.next.real"),
    ):
        if is_there(word):
            print(f"  {_command()} {word} {rest}{_language()}\n      {show.worded(why)}")
    print()


def _command() -> str:
    """How this command is called from here: the shell may not know where it was installed."""
    called = Path(sys.executable).with_name("taawun")
    if shutil.which("taawun") is not None or not called.exists():
        return "taawun"
    here = Path.cwd()
    return shlex.quote(str(called.relative_to(here) if called.is_relative_to(here) else called))


def _language() -> str:
    said = options().lang_given
    return f" --lang {said}" if said else ""


def _node(home: Path, code: str) -> str:
    from taawun.demo.quartet import FOLDER

    return shlex.quote(str(home / FOLDER / code))


def _serve(home: Path) -> None:
    from taawun.web.running import run

    sys.stdout.flush()
    show.note("web.serve.listening", url=f"http://{HOST}:{PORT}/", count=1)
    show.note("demo.page", url=f"http://{HOST}:{PORT}/findings")
    run(home, host=HOST, port=PORT, workers=1)


def _heading(code: str) -> None:
    if not options().json:
        from rich.text import Text

        show.console().print(Text("\n" + show.worded(code), style="bold"))
        sys.stdout.flush()


@contextmanager
def _progress(count: int) -> Iterator[Callable[[int], None]]:
    """A progress bar with rate and time left on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Left())
    with Progress(*columns, console=show.console(sys.stderr), transient=True) as bar:
        task = bar.add_task(show.worded("demo.screening"), total=count)
        yield lambda done: bar.advance(task, done)
