"""The page at `/`: what is served, and a form that screens one name and gives the reasons.

For a person who wants to see it work. It runs nothing in the browser and loads nothing from
elsewhere: the policy it is sent with would not let it. The form is posted, so that no name stands
in an address, a history or a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from time import monotonic
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response

from taawun.errors import TaawunError
from taawun.screening.subject import Feature, Hit
from taawun.screening.words import NAME, said, strongest
from taawun.web import labels
from taawun.web.example import understood
from taawun.web.holding import Holding
from taawun.web.matching import order_of, screened
from taawun.web.models import Example, MatchBody, MatchParams
from taawun.web.refusals import status_of
from taawun.web.rendering import rendered, told
from taawun.web.serving import Serving, language, serving_of

router = APIRouter(include_in_schema=False)

KINDS = {"person": "Person", "company": "Organization", "vessel": "Vessel"}
_FIELDS = ("name", "kind", "born", "country", "key")
SHOWN = ("birthDate", "nationality", "country", "jurisdiction", "flag", "position", "program")


@dataclass(frozen=True, slots=True)
class Card:
    """One hit as the page shows it."""

    id: str
    caption: str
    kind: str
    lists: tuple[str, ...]
    score: float
    match: bool
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]


@router.get("/")
async def home(request: Request) -> Response:
    """The page without an answer."""
    return _page(request, {})


@router.post("/")
async def answered(request: Request) -> Response:
    """The page with the answer to the form."""
    serving = serving_of(request)
    raw = (await request.body()).decode("utf-8", "replace")
    form = _form(raw)
    try:
        serving.gate.admit_with(form["key"], request.scope.get("client"), request.scope["headers"])
        holding = serving.shop.now()
        cards, complete = await serving.compute(lambda: _cards(holding, serving, form, request))
    except TaawunError as problem:
        return _page(request, form, problem=problem)
    return _page(request, form, cards=cards, complete=complete)


def _form(raw: str) -> dict[str, str]:
    try:
        sent = parse_qs(raw[:20_000], max_num_fields=40)
    except ValueError:
        sent = {}
    return {field: sent.get(field, [""])[0].strip() for field in _FIELDS}


def _cards(
    holding: Holding, serving: Serving, form: Mapping[str, str], request: Request
) -> tuple[list[Card], bool]:
    """The hits of the form's subject. Runs in the lane."""
    lang = language(request)
    schema = KINDS.get(form["kind"], "Thing")
    country = {"Person": "nationality", "Vessel": "flag"}.get(schema, "country")
    example = Example(
        schema=schema,
        properties={
            "name": [form["name"]],
            "birthDate": [form["born"]],
            country: [form["country"]],
        },
    )
    params = MatchParams(limit=10, cutoff=0.5)
    order = order_of(holding, "default", params, MatchBody(queries={}), lang, monotonic())
    question = understood(example, serving.bounds)
    if not question.subject.names:
        return [], True
    screening = screened(holding, order, question)
    return [_card(holding, hit, lang) for hit in screening.hits], screening.complete


def _card(holding: Holding, hit: Hit, lang: str) -> Card:
    entity = holding.book.entity(hit.entity)
    if entity is None:
        raise LookupError(hit.entity)
    facts = tuple(
        (labels.prop(entity.schema, prop, lang), labels.texts(entity, prop, lang))
        for prop in SHOWN
        if entity.texts(prop)
    )
    return Card(
        id=entity.id,
        caption=entity.caption,
        kind=labels.schema(entity.schema, lang),
        lists=entity.datasets,
        score=hit.score,
        match=hit.match,
        facts=facts,
        reasons=tuple((_sign(each), said(each, lang)) for each in strongest(hit.features)),
    )


def _sign(feature: Feature) -> str:
    """Which way a piece of evidence speaks."""
    if feature.code == NAME:
        return "names"
    if feature.points > 0:
        return "for"
    return "against" if feature.points < 0 else "unknown"


def _page(
    request: Request,
    form: Mapping[str, str],
    *,
    cards: list[Card] | None = None,
    complete: bool = True,
    problem: TaawunError | None = None,
) -> Response:
    serving, lang = serving_of(request), language(request)
    held = serving.shop.now().lists if serving.shop.ready else ()
    values = {
        "ready": serving.shop.ready,
        "lists": [(labels.title(each.dataset, each.source, lang), each) for each in held],
        "asks": serving.gate.asks,
        "kinds": tuple(KINDS),
        "form": {field: form.get(field, "") for field in _FIELDS if field != "key"},
        "cards": cards,
        "complete": complete,
        "problem": told(problem, lang),
    }
    status = status_of(problem) if problem is not None else 200
    return rendered(request, "home.html", status, values)


@router.get("/static/taawun.css")
async def style() -> Response:
    """The one style sheet."""
    return Response(_style(), media_type="text/css", headers={"cache-control": "max-age=300"})


@cache
def _style() -> str:
    return files("taawun.web").joinpath("static/taawun.css").read_text("utf-8")


@router.get("/favicon.ico")
async def favicon() -> Response:
    """There is none; browsers ask."""
    return Response(status_code=204, headers={"cache-control": "max-age=86400"})
