"""The pages `/findings` and `/findings/{number}`: what detection found, with reasons and pictures.

They show the searches that were kept (`taawun detect`), the newest one unless `search=` names
another. A key comes in the header, or by the form that is shown where one is needed: it is posted,
and never put into an address or given back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from taawun.detection import archive
from taawun.detection.archive import KeptFinding, Search
from taawun.detection.picture import picture
from taawun.detection.reasons import (
    factor_said,
    joined,
    money,
    places,
    remarkable,
    said,
    seen,
    typology,
)
from taawun.errors import NotFound, TaawunError
from taawun.store import Store
from taawun.web.refusals import status_of
from taawun.web.rendering import HEADERS, rendered, told
from taawun.web.serving import Serving, language, serving_of

router = APIRouter(include_in_schema=False)

PAGE = 50
ROWS = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FindingCard:
    """One finding as the pages show it, worded."""

    number: int
    typology: str
    score: float
    reason: str
    first: str
    last: str
    value: str
    transfers: int
    accounts: int
    joined: str = ""
    factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingSheet:
    """One finding whole: its picture and its transfers, as many as are shown."""

    card: FindingCard
    picture: Markup
    rows: tuple[tuple[str, ...], ...]
    search: Search


@router.get("/findings")
async def findings(request: Request) -> Response:
    """The findings of a search, best first."""
    return await _list(request, None)


@router.post("/findings")
async def findings_with_key(request: Request) -> Response:
    """The same, for a key that came by the form."""
    return await _list(request, await _key(request))


@router.get("/findings/{number}")
async def finding(request: Request, number: str) -> Response:
    """One finding."""
    return await _one(request, number, None)


@router.post("/findings/{number}")
async def finding_with_key(request: Request, number: str) -> Response:
    """The same, for a key that came by the form."""
    return await _one(request, number, await _key(request))


@router.get("/findings/{number}/network.svg")
async def drawn(request: Request, number: str) -> Response:
    """The picture of a finding by itself."""
    serving, lang = serving_of(request), language(request)
    serving.gate.admit_by_header(request.scope)
    sheet = await serving.compute(lambda: _sheet(serving, request, _whole(number), lang))
    return Response(str(sheet.picture), headers=HEADERS, media_type="image/svg+xml")


async def _list(request: Request, key: str | None) -> Response:
    lang = language(request)
    start = _start(request)

    def work(serving: Serving) -> dict[str, Any]:
        store, search = _searched(serving, request)
        found = archive.findings_of(store.home, search, first=start, most=PAGE)
        cards = [_card(each, search, lang) for each in found]
        more = start + PAGE if start + PAGE < search.findings else None
        return {"cards": cards, "search": search, "start": start, "more": more}

    nothing = {"cards": None, "search": None, "start": 0, "more": None}
    return await _answered(request, "findings.html", key, work, nothing)


async def _one(request: Request, number: str, key: str | None) -> Response:
    lang = language(request)

    def work(serving: Serving) -> dict[str, Any]:
        return {"sheet": _sheet(serving, request, _whole(number), lang)}

    return await _answered(request, "finding.html", key, work, {"sheet": None})


async def _answered(
    request: Request,
    template: str,
    key: str | None,
    work: Callable[[Serving], dict[str, Any]],
    nothing: dict[str, Any],
) -> Response:
    """The page, or the page that says why not; with a field for a key where one is needed."""
    serving, lang = serving_of(request), language(request)
    chosen = request.query_params.get("search", "")
    query = f"&search={chosen}" if chosen.isdecimal() else ""
    problem: TaawunError | None = None
    try:
        if key is None:
            serving.gate.admit_by_header(request.scope)
        else:
            serving.gate.admit_with(key, request.scope.get("client"), request.scope["headers"])
        values = await serving.compute(lambda: work(serving))
    except TaawunError as error:
        problem, values = error, nothing
    status = 200 if problem is None else status_of(problem)
    shown = {"asks": serving.gate.asks, "denied": status == 401, "problem": told(problem, lang)}
    return rendered(request, template, status, {**shown, **values}, query)


async def _key(request: Request) -> str:
    raw = (await request.body()).decode("utf-8", "replace")
    try:
        return parse_qs(raw[:2_000], max_num_fields=10).get("key", [""])[0].strip()
    except ValueError:
        return ""


def _start(request: Request) -> int:
    said = request.query_params.get("from", "0")
    return int(said) if said.isdecimal() and len(said) < 9 else 0


def _whole(text: str) -> int:
    """A number in an address. Raises NotFound: there is no such page."""
    if not (text.isdecimal() and len(text) < 10):
        raise NotFound("there is no such finding")
    return int(text)


def _searched(serving: Serving, request: Request) -> tuple[Store, Search]:
    """The search that is asked for, the newest by default. Raises NotFound."""
    if serving.store is None:
        raise NotFound("nothing was searched for yet: taawun detect")
    asked = request.query_params.get("search", "")
    with serving.store.reading() as connection:
        return serving.store, archive.search_of(connection, _whole(asked) if asked else None)


def _sheet(serving: Serving, request: Request, number: int, lang: str) -> FindingSheet:
    store, search = _searched(serving, request)
    return sheet_of(store.home, search, number, lang)


def sheet_of(home: Path, search: Search, number: int, lang: str) -> FindingSheet:
    """One finding, worded and drawn. Raises NotFound."""
    found = archive.finding_of(home, search, number)
    evidence = archive.evidence_of(home, search, found)
    rows = tuple(
        (
            row["at"].isoformat(" ", "minutes")[:16],
            seen(row["source"]),
            seen(row["target"]),
            money(row["amount"], row["currency"], places(row["currency"]), lang),
            seen(row["channel"] or ""),
            seen(row["transfer"]),
        )
        for row in evidence.slice(0, ROWS).to_pylist()
    )
    # What `picture` gives is escaped already: account ids are text in it.
    drawing = Markup(picture(found, evidence, search, lang))
    return FindingSheet(_card(found, search, lang), drawing, rows, search)


def _card(found: KeptFinding, search: Search, lang: str) -> FindingCard:
    currency, decimals = search.currency, search.decimals
    return FindingCard(
        number=found.number,
        typology=typology(found.typology, lang),
        score=found.score,
        reason=said(found.reason, lang),
        first=found.first_at.isoformat(" ", "minutes")[:16],
        last=found.last_at.isoformat(" ", "minutes")[:16],
        value=money(found.value, currency, decimals, lang),
        transfers=len(found.transfers),
        accounts=len(found.accounts),
        joined=joined(found.parts, lang) if len(found.parts) > 1 else "",
        factors=tuple(
            factor_said(each, lang, currency, decimals) for each in remarkable(found.factors)
        ),
    )
