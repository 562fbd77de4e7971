"""JSON Schemas of every document that crosses the wire, made from the classes that read them.

They are written to `protocol/schemas/` by `make protocol`; a test holds the two together. What a
schema cannot say (that one day is before another, that a thumbprint is that of its key, that a
text has no control characters) stands in the pages of `protocol/`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from taawun.cooperation.act import Act
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.party import Card
from taawun.cooperation.wire import Document

DOCUMENTS: Mapping[str, type[Document]] = {
    "card": Card,
    "agreement": Agreement,
    "act": Act,
}
"""By the name of the file; what is nested in them is defined where it is used."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Json = dict[str, Any]


def schema(name: str) -> Json:
    """The schema of one of `DOCUMENTS`."""
    made = DOCUMENTS[name].model_json_schema(schema_generator=_Strict, mode="validation")
    return {"$schema": DIALECT, "$id": f"urn:taawun:1:{name}", **made}


def written(name: str) -> str:
    """The file that a schema is kept in."""
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> Iterator[str]:
    """Write every schema, remove what is none any more; gives the names of what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(folder.glob("*.json")) - {folder / f"{name}.json" for name in DOCUMENTS}:
        stale.unlink()
    for name in DOCUMENTS:
        (folder / f"{name}.json").write_text(written(name), "utf-8")
        yield name


class _Strict(GenerateJsonSchema):
    """What the wire means: what is absent is left out, and nothing else may be."""

    def generate(self, schema: Any, mode: Any = "validation") -> Json:
        made = _mended(super().generate(schema, mode))
        assert isinstance(made, dict)
        return made


def _mended(value: Any, *, names: bool = False) -> Any:
    """A schema without titles of fields, defaults and `null`; `names` inside a map of names."""
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if not isinstance(value, dict):
        return value
    if names:
        return {name: _mended(each) for name, each in value.items()}
    made = {
        key: _mended(each, names=key in ("properties", "$defs"))
        for key, each in _without_null(value).items()
        if key not in ("default", "title", "const_title")
    }
    if "description" in made:
        made["description"] = " ".join(made["description"].split())
    if "properties" in made:
        wanted = [name for name, each in value["properties"].items() if not _may_be_absent(each)]
        made |= {"required": wanted} if wanted else {}
        made["title"] = value.get("title", "")
    if "patternProperties" in made:  # a map: what does not fit its names is none of it
        made["additionalProperties"] = False
    return made


def _may_be_absent(field: Json) -> bool:
    return {"type": "null"} in field.get("anyOf", [])


def _without_null(field: Json) -> Json:
    if not _may_be_absent(field):
        return field
    left = [each for each in field["anyOf"] if each != {"type": "null"}]
    others = {key: each for key, each in field.items() if key != "anyOf"}
    return others | (left[0] if len(left) == 1 else {"anyOf": left})


if __name__ == "__main__":
    for made in write(Path(sys.argv[1])):
        print(made)
