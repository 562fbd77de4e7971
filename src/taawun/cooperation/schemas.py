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
from taawun.cooperation.agreements import ActBody, CardBody, ProposalBody
from taawun.cooperation.exchange.bundle import MOST_ENVELOPES
from taawun.cooperation.exchange.carrier import Carrier, Receipt, RefusalNote, Void
from taawun.cooperation.message import Message
from taawun.cooperation.private.bodies import MatchAnswer, MatchQuestion, MatchTable, MatchTerms
from taawun.cooperation.private.terms import Terms
from taawun.cooperation.requests.bodies import BODIES
from taawun.cooperation.trust.party import Card
from taawun.cooperation.wire import Document

CONTROL_BODIES: Mapping[str, type[Document]] = {
    "card": CardBody,
    "proposal": ProposalBody,
    "act": ActBody,
}
MATCH_BODIES: Mapping[str, type[Document]] = {
    "match_terms": MatchTerms,
    "match_table": MatchTable,
    "match_question": MatchQuestion,
    "match_answer": MatchAnswer,
}
BODY: Mapping[str, type[Document]] = {**BODIES, **MATCH_BODIES, **CONTROL_BODIES}
"""Kind of message to the document that its body is."""
DOCUMENTS: Mapping[str, type[Document]] = {
    "card": Card,
    "agreement": Agreement,
    "act": Act,
    "message": Message,
    "carrier": Carrier,
    "void": Void,
    "receipt": Receipt,
    "refusal": RefusalNote,
    "terms": Terms,
    **{f"body.{kind}": document for kind, document in BODY.items()},
}
"""By the name of the file; what is nested in them is defined where it is used."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Json = dict[str, Any]


def urn(name: str) -> str:
    """What a schema is called by in another."""
    return f"urn:taawun:1:{name}"


def _object(description: str, **fields: Json) -> Json:
    """An object of exactly these fields."""
    return {
        "additionalProperties": False,
        "description": description,
        "properties": fields,
        "required": list(fields),
        "type": "object",
    }


def _of(name: str) -> Json:
    return {"$ref": urn(name)}


_V: Json = {"const": 1, "type": "integer"}
_ANSWER: Json = {
    "oneOf": [
        _object("The number is settled.", receipt={"maxLength": 3800, "type": "string"}),
        _object("There is no receipt: the number is still open.", refused=_of("refusal")),
    ]
}
PUT_TOGETHER: Mapping[str, Json] = {
    "delivery": {
        "title": "Delivery",
        "description": "What is signed around a message on its way, or for a number that is to be"
        " settled.",
        "oneOf": [
            _object("A message.", carrier=_of("carrier"), message=_of("message")),
            _object("A void.", carrier=_of("carrier"), void=_of("void")),
        ],
    },
    "bundle": {"title": "Bundle"}
    | _object(
        "Envelopes that go over the line in one request.",
        sealed={
            "items": {"type": "string"},
            "maxItems": MOST_ENVELOPES,
            "minItems": 1,
            "type": "array",
        },
        v=_V,
    ),
    "answers": {
        "title": "Answers",
        "description": "One answer for each envelope of a bundle, in their order; or why the bundle"
        " cannot be read.",
        "oneOf": [
            _object(
                "The answers.",
                answers={"items": _ANSWER, "maxItems": MOST_ENVELOPES, "type": "array"},
                v=_V,
            ),
            _object("The bundle itself is refused.", refused=_of("refusal"), v=_V),
        ],
    },
}
"""Schemas of what is put together from documents."""
NAMES = (*DOCUMENTS, *PUT_TOGETHER)


def schema(name: str) -> Json:
    """One of NAMES."""
    if (document := DOCUMENTS.get(name)) is None:
        made = PUT_TOGETHER[name]
    else:
        made = document.model_json_schema(schema_generator=_Strict, mode="validation")
    if name == "body.proposal":
        made["properties"]["agreement"] = _of("agreement")
    return {"$schema": DIALECT, "$id": urn(name), **made}


def written(name: str) -> str:
    """The file that a schema is kept in."""
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> Iterator[str]:
    """Write every schema, remove what is none any more; gives the names of what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(folder.glob("*.json")) - {folder / f"{name}.json" for name in NAMES}:
        stale.unlink()
    for name in NAMES:
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
