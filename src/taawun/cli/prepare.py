"""`taawun prepare`: compile what runs compiled, once, before anybody waits for an answer."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options

app = typer.Typer(add_completion=False)


@app.command()
def prepare(
    jobs: Annotated[int, typer.Option(min=0, max=64, help="Processes; 0: one for each core.")] = 0,
) -> None:
    """Compile what runs compiled, once for this installation. Without it, each command compiles
    what it needs when it is first called."""
    from multiprocessing import get_context

    from taawun.cli.demo_money import bar
    from taawun.demo.rehearsal import SCENES, rehearse

    show.note("prepare.begun")
    workers = min(jobs or os.cpu_count() or 1, len(SCENES))
    with (
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
        bar("prepare.doing") as tick,
    ):
        coming = [pool.submit(rehearse, scene) for scene in SCENES]
        for done, each in enumerate(as_completed(coming), 1):
            each.result()
            tick(done / len(SCENES))
    if options().json:
        show.document({"prepared": list(SCENES)})
    else:
        show.say("prepare.done")
