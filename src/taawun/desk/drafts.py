"""An agreement as officers write it, and the page that shows them how (`agreement template`).

Parties are codes (a hyphen tells an authority from a bloc), a day stands for its beginning (UTC),
and who made the text and when is put in. All else is as the document has it.
"""

from __future__ import annotations

from datetime import datetime
from importlib import resources
from typing import Any

from taawun.cooperation.agreement import Agreement
from taawun.cooperation.wire import moment_text
from taawun.desk.moments import moment_in
from taawun.desk.papers import Paper
from taawun.errors import Problem

TEMPLATES = {
    "request": "request.yml",
    "disclosure": "disclosure.yml",
    "answer": "answer.yml",
    "freeze": "freeze.yml",
}
"""What officers write from a file, and the example of it."""


def template(name: str = "agreement.yml") -> str:
    """A made-up file with every field explained, as it is read."""
    return resources.files("taawun.desk").joinpath(name).read_text("utf-8")


def agreement_of(paper: Paper, made_by: str, at: datetime) -> Agreement:
    """The agreement that a paper says. Raises InputError with every problem."""
    said = dict(paper.value)
    problems: list[Problem] = [
        paper.wrong((name,), "", "", "desk.paper.own")
        for name in ("made_by", "made_at", "v", "protocol")
        if name in said
    ]
    if isinstance(said.get("parties"), list):
        said["parties"] = [_party(each) for each in said["parties"]]
    for name in ("valid_from", "valid_until"):
        if said.get(name) is not None:
            said[name] = _moment(paper, name, said[name], problems)
    if problems:
        raise paper.refused(problems)
    if said.get("valid_from") is None:
        said["valid_from"] = moment_text(at)
    said |= {"made_by": made_by, "made_at": moment_text(at)}
    made = paper.with_value(said).document(Agreement)
    if made.valid_until is not None and made.valid_until <= at:
        got = said["valid_until"]
        raise paper.refused([paper.wrong(("valid_until",), got, "", "desk.paper.past")])
    return made


def _party(said: Any) -> Any:
    if not isinstance(said, str):
        return said
    return {"authority": said} if "-" in said else {"bloc": said}


def _moment(paper: Paper, name: str, said: Any, problems: list[Problem]) -> Any:
    try:
        return moment_text(moment_in(str(said)))
    except ValueError:
        expected = "YYYY-MM-DD, YYYY-MM-DDThh:mmZ"
        problems.append(paper.wrong((name,), said, expected))
        return said
