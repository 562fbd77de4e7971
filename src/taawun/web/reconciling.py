"""The work behind `/reconcile`: the Reconciliation Service API 0.2 (W3C community group), which
OpenRefine speaks. Queries are screened as `/match` screens them."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from taawun.entities import schemata
from taawun.errors import InputError, UsageError
from taawun.screening.fold import words
from taawun.screening.query import All, Word
from taawun.screening.subject import Hit
from taawun.web import bounds, labels
from taawun.web.bounds import Bounds
from taawun.web.example import understood
from taawun.web.holding import Holding
from taawun.web.matching import order_of, screened
from taawun.web.models import Example, MatchBody, MatchParams

BATCH = 10
SPACE = "https://followthemoney.tech/explorer/schemata/"
SUGGESTED = 10


class Given(BaseModel):
    """One more thing that is known of the subject: a property (`Person:birthDate`) and values."""

    pid: str
    v: Any


class Query(BaseModel):
    """One cell to reconcile."""

    query: str | None = None
    type: str | list[str] | None = None
    limit: int = Field(default=bounds.MATCHES, ge=0, le=bounds.MOST_MATCHES)
    properties: list[Given] = []


class Queries(RootModel[dict[str, Query]]):
    """A batch of cells."""


class Settings(BaseModel):
    """How a column that is added shows its values."""

    limit: int = Field(default=0, ge=0)
    render: str = "caption"


class Column(BaseModel):
    """A property to add as a column."""

    id: str
    settings: Settings = Settings()


class Extension(BaseModel):
    """Entities that were reconciled, and the columns to add to them."""

    model_config = ConfigDict(extra="ignore")

    ids: list[str]
    properties: list[Column]


def manifest(holding: Holding, dataset: str, base: str, lang: str) -> dict[str, Any]:
    """What the service offers for a dataset. `base` is its own address."""
    holding.scopes.lists(dataset)
    here = f"{base.rstrip('/')}/reconcile/{dataset}"

    def service(path: str) -> dict[str, str]:
        return {"service_url": here, "service_path": path}

    return {
        "versions": ["0.2"],
        "name": f"Taawun: {dataset}",
        "identifierSpace": SPACE,
        "schemaSpace": SPACE,
        "documentation": f"{base.rstrip('/')}/",
        "batchSize": BATCH,
        "view": {"url": f"{base.rstrip('/')}/entities/{{{{id}}}}"},
        "suggest": {kind: service(f"/suggest/{kind}") for kind in ("entity", "type", "property")},
        "extend": {
            "propose_properties": service("/extend/property"),
            "property_settings": [],
        },
        "defaultTypes": [_type(name, lang) for name in _types(holding)],
    }


def reconciled(
    holding: Holding, dataset: str, raw: str, limits: Bounds, lang: str
) -> dict[str, Any]:
    """The answer to a batch of queries. Raises InputError for what is no batch."""
    try:
        queries = Queries.model_validate_json(raw).root
    except ValidationError as problem:
        raise InputError(f"queries: {problem.errors()[0]['msg']}") from None
    if len(queries) > limits.batch:
        raise UsageError(f"Too many queries in one batch (limit: {limits.batch})")
    return {
        name: {"result": list(_answers(holding, dataset, query, limits, lang))}
        for name, query in queries.items()
    }


def _answers(
    holding: Holding, dataset: str, query: Query, limits: Bounds, lang: str
) -> Iterator[dict[str, Any]]:
    params = MatchParams(limit=query.limit, cutoff=0.0, threshold=0.7)
    order = order_of(holding, dataset, params, MatchBody(queries={}), lang, monotonic())
    kinds = [query.type] if isinstance(query.type, str) else query.type or ["Thing"]
    properties: dict[str, list[Any]] = {"name": [query.query]} if query.query else {}
    for given in query.properties:
        prop = given.pid.rpartition(":")[2]
        values = given.v if isinstance(given.v, list) else [given.v]
        properties.setdefault(prop, []).extend(_plain(value) for value in values)
    question = understood(Example(schema=kinds[0], properties=dict(properties)), limits)
    for hit in screened(holding, order, question).hits[: query.limit]:
        yield _candidate(hit, lang)


def _plain(value: Any) -> Any:
    """A value of another service may be an object with an id or a text."""
    return value.get("id", value.get("str")) if isinstance(value, dict) else value


def _candidate(hit: Hit, lang: str) -> dict[str, Any]:
    return {
        "id": hit.entity,
        "name": hit.caption,
        "description": labels.schema(hit.schema, lang),
        "type": [_type(hit.schema, lang)],
        "score": round(hit.score, 4),
        "match": hit.match,
    }


def extended(holding: Holding, raw: str, limits: Bounds, lang: str) -> dict[str, Any]:
    """The columns that are to be added to reconciled entities."""
    try:
        asked = Extension.model_validate_json(raw)
    except ValidationError as problem:
        raise InputError(f"extend: {problem.errors()[0]['msg']}") from None
    if len(asked.ids) > limits.batch:
        raise UsageError(f"Too many queries in one batch (limit: {limits.batch})")
    rows = {name: _row(holding, name, asked.properties, lang) for name in asked.ids}
    return {"meta": [_named(column.id, lang) for column in asked.properties], "rows": rows}


def _row(holding: Holding, name: str, columns: list[Column], lang: str) -> dict[str, Any]:
    entity = holding.book.entity(name)
    if entity is None:
        return {column.id: [] for column in columns}
    row: dict[str, Any] = {}
    for column in columns:
        prop = column.id.rpartition(":")[2]
        values = list(dict.fromkeys(entity.texts(prop)))
        if column.settings.limit:
            values = values[: column.settings.limit]
        if column.settings.render == "caption":
            values = [labels.value(entity.schema, prop, value, lang) for value in values]
        row[column.id] = [{"str": value} for value in values]
    return row


def suggested_entities(
    holding: Holding, dataset: str, prefix: str, limit: int, lang: str
) -> list[dict[str, Any]]:
    """Entities with a name that begins with what was typed."""
    said = words(prefix)
    lists = holding.scopes.lists(dataset)
    if not said:
        return []
    allowed = holding.comparable("Thing") & holding.book.facets["datasets"].having(lists)
    whole = tuple(Word(word, field="names") for word in said[:-1])
    begun = Word(f"{said[-1]}*", field="names", pattern=True)
    numbers, scores = holding.book.finder.find(All((*whole, begun)), allowed)
    best = sorted(zip((-scores).tolist(), numbers.tolist(), strict=True))[:limit]
    return [_entity(holding, number, lang) for _, number in best]


def _entity(holding: Holding, number: int, lang: str) -> dict[str, Any]:
    shown = orjson.loads(holding.book.shown(number))
    return {
        "id": shown["id"],
        "name": shown["caption"],
        "description": labels.schema(shown["schema"], lang),
        "type": [_type(shown["schema"], lang)],
    }


def suggested_types(holding: Holding, prefix: str, lang: str) -> list[dict[str, Any]]:
    """Schemata whose name begins with what was typed."""
    types = (_type(name, lang) for name in _types(holding))
    return [each for each in types if _begins(prefix, each["id"], each["name"])][:SUGGESTED]


def suggested_properties(holding: Holding, prefix: str, lang: str) -> list[dict[str, Any]]:
    """Properties whose name begins with what was typed."""
    names = {
        prop.name: schema
        for schema in _types(holding)
        for prop in schemata.schema(schema).properties.values()
        if prop.type != "entity"
    }
    found = (_named(name, lang, schema) for name, schema in sorted(names.items()))
    return [each for each in found if _begins(prefix, each["id"], each["name"])][:SUGGESTED]


def proposed(schema: str, limit: int, lang: str) -> dict[str, Any]:
    """The properties that an entity of a schema can have, to be added as columns."""
    if not schemata.exists(schema):
        raise UsageError(f"Invalid type: {schema[:60]}")
    props = [
        _named(prop.name, lang, schema)
        for prop in schemata.schema(schema).properties.values()
        if prop.type != "entity"
    ]
    chosen = sorted(props[:limit] if limit > 0 else props, key=lambda each: each["name"])
    return {"limit": limit, "type": schema, "properties": chosen}


def _types(holding: Holding) -> list[str]:
    """The matchable schemata of the book, and what they inherit from."""
    there = {
        ancestor
        for name in holding.book.facets["schema"].values
        if name in schemata.matchable()
        for ancestor in schemata.schema(name).ancestors
    }
    return sorted(there)


def _type(name: str, lang: str) -> dict[str, Any]:
    return {"id": name, "name": labels.schema(name, lang)}


def _named(prop: str, lang: str, schema: str = "Person") -> dict[str, Any]:
    return {"id": prop, "name": labels.prop(schema, prop.rpartition(":")[2], lang)}


def _begins(prefix: str, *names: str) -> bool:
    said = prefix.strip().casefold()
    return bool(said) and any(name.casefold().startswith(said) for name in names)
