"""How an answer is written: result objects, and one JSON object a line for a file of customers.

    {"row": 1, "id": "17", "results": [{"entity", "list", "caption", "score", "match",
     "reasons": [{"code", "points", "query", "candidate", "text"}]}], "error": null}

`error` is null or what is wrong with the row, in words; a row with an error and without results
was not cleared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from taawun.errors import Problem
from taawun.screening.rows import visible
from taawun.screening.subject import Feature, Hit
from taawun.screening.words import said, strongest

_OPTION = orjson.OPT_APPEND_NEWLINE


def result(hit: Hit, lang: str) -> dict[str, Any]:
    """One hit as a result object, its reasons worded in `lang`."""
    return {
        "entity": hit.entity,
        "list": hit.dataset,
        "caption": hit.caption,
        "score": hit.score,
        "match": hit.match,
        "reasons": [reason(feature, lang) for feature in strongest(hit.features)],
    }


def reason(feature: Feature, lang: str) -> dict[str, Any]:
    """One piece of evidence as an object."""
    return {
        "code": feature.code,
        "points": feature.points,
        "query": feature.query,
        "candidate": feature.candidate,
        "text": said(feature, lang),
    }


def error(problems: Sequence[Problem], lang: str) -> str | None:
    """What is wrong with a row, in words: file, line, field, got, expected. None for nothing."""
    if not problems:
        return None
    from taawun.wording.problem import worded

    return "; ".join(worded(problem, lang) for problem in problems)


def line(
    row: int,
    id: str | int | None,
    hits: Iterable[Hit],
    wrong: str | None,
    lang: str,
    cells: Mapping[str, Any] | None = None,
    cleared: Sequence[str] = (),
) -> bytes:
    """One row's answer as a line.

    `cells` are the input's columns, where they are wanted ("input"); `cleared` the entities that an
    officer judged to be somebody else ("cleared", only where there are some).
    """
    written: dict[str, Any] = {
        "row": row,
        "id": _plain(id),
        "results": [result(hit, lang) for hit in hits],
        "error": wrong,
    }
    if cells is not None:
        written["input"] = {name: _plain(value) for name, value in cells.items()}
    if cleared:
        written["cleared"] = list(cleared)
    return orjson.dumps(written, default=str, option=_OPTION)


def _plain(value: Any) -> Any:
    return visible(value) if isinstance(value, str) else value
