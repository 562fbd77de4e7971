"""Reading a request into a model, and describing that in OpenAPI.

What FastAPI does for parameters one by one costs more than a screening; a whole query string or
body goes through pydantic once here. A request that does not fit is answered as FastAPI answers
(422, with the place and the reason).
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, get_origin
from urllib.parse import parse_qsl

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

M = TypeVar("M", bound=BaseModel)


def query(model: type[M], request: Request) -> M:
    """The query string as a model: repeated names make lists, unknown names are passed over."""
    raw = request.scope["query_string"]
    given: dict[str, Any] = {}
    if raw:
        fields = _fields(model)
        for name, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
            many = fields.get(name)
            if many:
                given.setdefault(name, []).append(value)
            elif many is not None:
                given[name] = value
    try:
        return model.model_validate(given)
    except ValidationError as problem:
        raise _placed(problem, "query") from None


async def body(model: type[M], request: Request) -> M:
    """The JSON body as a model."""
    raw = await request.body()
    if not raw:
        missing = {"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}
        raise RequestValidationError([missing])
    try:
        return model.model_validate_json(raw)
    except ValidationError as problem:
        raise _placed(problem, "body") from None


def _placed(problem: ValidationError, where: str) -> RequestValidationError:
    found = problem.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([{**each, "loc": (where, *each["loc"])} for each in found])


@cache
def _fields(model: type[BaseModel]) -> dict[str, bool]:
    """The names that a query string may hold, and whether each may come more than once."""
    return {
        field.alias or name: get_origin(field.annotation) is list
        for name, field in model.model_fields.items()
    }


def described(
    params: type[BaseModel] | None = None, content: type[BaseModel] | None = None
) -> dict[str, Any]:
    """The part of an OpenAPI operation that says what `query` and `body` read."""
    said: dict[str, Any] = {}
    if params is not None:
        said["parameters"] = [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in _inlined(params)["properties"].items()
        ]
    if content is not None:
        schema = _inlined(content)
        said["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return said


def _inlined(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON schema with its definitions put in where they are used."""
    schema = model.model_json_schema()
    defs = schema.pop("$defs", {})

    def put_in(part: Any) -> Any:
        if isinstance(part, list):
            return [put_in(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return put_in(defs[part["$ref"].rsplit("/", 1)[1]])
        return {name: put_in(each) for name, each in part.items()}

    placed: dict[str, Any] = put_in(schema)
    return placed
