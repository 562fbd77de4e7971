"""What comes in over HTTP, checked, and what goes out, described.

The shapes are those of the OpenSanctions matching API (yente 5.5); what Taawun adds is optional
in a request and extra in a response. Responses are written as bytes elsewhere: their models here
are for the description at `/openapi.json` and for the tests that hold answers against it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from taawun.screening.subject import MATCH_THRESHOLD
from taawun.web import bounds

TIME = r"^\d{4}-\d{2}-\d{2}(T\d{2}(:\d{2}(:\d{2})?)?)?$"
Score = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class ErrorResponse(BaseModel):
    """Why a request was not served."""

    detail: str


class Example(BaseModel):
    """Whom one query asks about, as an entity of FollowTheMoney."""

    model_config = ConfigDict(populate_by_name=True)

    id: str | None = None
    schema_: str = Field(alias="schema", examples=["Person"])
    properties: dict[str, str | list[Any]] = Field(examples=[{"name": ["Ziyad Qamhani"]}])


class MatchBody(BaseModel):
    """A batch of queries under names of the caller's choice."""

    queries: dict[str, Example]
    weights: dict[str, float] = Field(
        default={}, description="accepted for yente's clients; the answer says that it is not used"
    )
    config: dict[str, str | int | float | bool | None] = Field(
        default={}, description="accepted for yente's algorithms; the answer says it is not used"
    )
    exclude_entity_ids: list[str] = Field(
        default=[], description="entities left out of the results, as many as you like"
    )
    time_budget_ms: Annotated[int, Field(gt=0, le=600_000)] | None = Field(
        default=None,
        description="after this the answer is given as far as it is, marked `complete: false`",
    )


class Filters(BaseModel):
    """What `/match` and `/search` both leave out or keep."""

    include_dataset: list[str] = Field(default=[], title="Only entities of these lists")
    exclude_dataset: list[str] = Field(default=[], title="No entities of these lists")
    include_schema: list[str] = Field(default=[], title="Only entities of these schemata")
    exclude_schema: list[str] = Field(default=[], title="No entities of these schemata")
    topics: list[str] = Field(default=[], title="Only entities with one of these topics")
    changed_since: str | None = Field(
        default=None, pattern=TIME, title="Only entities that changed after this time (UTC)"
    )


class MatchParams(Filters):
    """How to match."""

    limit: Annotated[int, Field(ge=0, le=bounds.MOST_MATCHES)] = Field(
        default=bounds.MATCHES, title="Results for each query"
    )
    threshold: Score = Field(default=MATCH_THRESHOLD, title="From this score a result is a match")
    cutoff: Score = Field(
        default=MATCH_THRESHOLD,
        title="Below this score a result is not returned; never above the threshold",
        json_schema_extra={"deprecated": True},
    )
    algorithm: str = Field(default="best", title="taawun, best, or a name that yente knows")
    exclude_entity_ids: Annotated[list[str], Field(max_length=bounds.MOST_EXCLUDED)] = Field(
        default=[], title="Entities left out of the results; merged ids count too"
    )
    time_budget_ms: Annotated[int, Field(gt=0, le=600_000)] | None = Field(
        default=None, title="Milliseconds after which the answer is given as far as it is"
    )


Facet = Literal["datasets", "schema", "countries", "identifiers", "topics", "genders"]


class SearchParams(Filters):
    """What to search for."""

    q: Annotated[str, Field(max_length=2_000)] = Field(default="", title="Words to find")
    schema_: str = Field(default="Thing", alias="schema", title="Kind of entity")
    countries: list[str] = Field(default=[], title="Only entities of these countries")
    datasets: list[str] = Field(default=[], title="Only entities of these lists (for facets)")
    filter: list[str] = Field(default=[], title="field:value, also properties.field:value")
    limit: Annotated[int, Field(ge=0, le=bounds.MOST_PAGE)] = bounds.PAGE
    offset: Annotated[int, Field(ge=0, le=bounds.MOST_OFFSET)] = 0
    sort: list[str] = Field(default=[], title="field:asc or field:desc")
    target: bool | None = Field(default=None, json_schema_extra={"deprecated": True})
    fuzzy: bool = Field(default=False, title="Let words differ by a letter or two")
    simple: bool = Field(default=False, title="The grammar for search boxes: never an error")
    facets: list[Facet] = Field(
        default=["countries", "topics", "datasets"], title="What to count by"
    )
    filter_op: Literal["AND", "OR"] = Field(
        default="OR", title="Whether all values of one filter must be there, or one"
    )


class PageParams(BaseModel):
    """One page of relations."""

    limit: Annotated[int, Field(ge=0, le=bounds.MOST_PAGE)] = bounds.PAGE
    offset: Annotated[int, Field(ge=0, le=bounds.MOST_OFFSET)] = 0
    sort: list[str] = Field(default=[], title="field:asc or field:desc")


class StatementParams(BaseModel):
    """Which statements."""

    dataset: str | None = None
    entity_id: str | None = None
    canonical_id: str | None = None
    prop: str | None = None
    prop_type: str | None = None
    value: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    sort: list[str] = ["canonical_id", "prop"]
    limit: Annotated[int, Field(ge=0, le=bounds.MOST_STATEMENTS)] = bounds.STATEMENTS
    offset: Annotated[int, Field(ge=0, le=bounds.MOST_OFFSET)] = 0


class Total(BaseModel):
    """How many there are: exactly (`eq`) or at least (`gte`)."""

    value: int
    relation: Literal["eq", "gte"] = "eq"


class EntityResponse(BaseModel):
    """An entity of FollowTheMoney; properties hold texts or nested entities."""

    id: str
    caption: str
    schema_: str = Field(alias="schema")
    properties: dict[str, list[str | EntityResponse]]
    datasets: list[str] = []
    referents: list[str] = []
    target: bool = False
    first_seen: str | None = None
    last_seen: str | None = None
    last_change: str | None = None


class Explanation(BaseModel):
    """One piece of evidence: by how much it moved the score, in words, and the two values."""

    score: float
    detail: str | None = None
    query: str | None = None
    candidate: str | None = None


class ScoredEntityResponse(EntityResponse):
    """An entity that may be the subject of a query."""

    score: float
    match: bool
    explanations: dict[str, Explanation]


class Matches(BaseModel):
    """The answer to one query. Where `complete` is false no result is not a clear."""

    status: int = Field(default=200, description="200, or 206 for an answer that is not complete")
    results: list[ScoredEntityResponse]
    total: Total
    query: Example
    complete: bool


class AlgorithmUsed(BaseModel):
    """What was asked for and what compared the names."""

    requested: str
    used: str


class MatchResponse(BaseModel):
    """The answers by the names of their queries."""

    responses: dict[str, Matches]
    limit: int
    algorithm: AlgorithmUsed
    complete: bool
    unused: list[str] = Field(
        default=[], description="parts of the request that our algorithm does not use"
    )


class FacetItem(BaseModel):
    """One value and how many entities have it."""

    name: str
    label: str
    count: int


class FacetResponse(BaseModel):
    """The counts of one facet."""

    label: str
    values: list[FacetItem]


class SearchResponse(BaseModel):
    """One page of what was found."""

    results: list[EntityResponse]
    facets: dict[str, FacetResponse]
    total: Total
    limit: int
    offset: int


class AdjacentResults(BaseModel):
    """One page of relations."""

    results: list[EntityResponse]
    total: Total
    limit: int
    offset: int


class AdjacentResponse(BaseModel):
    """An entity and a page of each of its relations."""

    entity: EntityResponse
    adjacent: dict[str, AdjacentResults]


class Statement(BaseModel):
    """One value, who said it of which entity, and since when."""

    id: str
    entity_id: str
    canonical_id: str
    prop: str
    prop_type: str
    schema_: str = Field(alias="schema")
    value: str
    original_value: str | None = None
    dataset: str
    lang: str | None = None
    origin: str | None = None
    first_seen: str
    last_seen: str


class StatementResponse(BaseModel):
    """One page of statements."""

    results: list[Statement]
    total: Total
    limit: int
    offset: int


class StatusResponse(BaseModel):
    """How the service is."""

    status: str = "ok"


class Publisher(BaseModel):
    """Who publishes a list."""

    name: str
    url: str | None = None
    country: str | None = None
    country_label: str | None = None
    official: bool = False


class DatasetResponse(BaseModel):
    """One list, or a collection of them (`children`)."""

    name: str
    title: str
    summary: str | None = None
    url: str | None = None
    version: str | None = None
    updated_at: str | None = None
    last_export: str | None = None
    entity_count: int
    thing_count: int
    publisher: Publisher | None = None
    children: list[str] = []
    tags: list[str] = []
    load: bool
    index_version: str | None = None
    index_current: bool


class CatalogResponse(BaseModel):
    """What is served and how fresh it is."""

    datasets: list[DatasetResponse]
    current: list[str]
    outdated: list[str]
    index_stale: bool


class FeatureDoc(BaseModel):
    """What a piece of evidence is."""

    description: str
    coefficient: float
    url: str


class AlgorithmDocs(BaseModel):
    """An algorithm and its evidence."""

    name: str
    description: str
    config: dict[str, Any] = {}
    features: dict[str, FeatureDoc]


class Algorithm(BaseModel):
    """One name that `algorithm=` takes."""

    name: str
    description: str
    features: dict[str, FeatureDoc]
    docs: AlgorithmDocs


class AlgorithmsResponse(BaseModel):
    """What `algorithm=` takes."""

    algorithms: list[Algorithm]
    default: str
    best: str
