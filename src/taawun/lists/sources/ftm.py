"""FollowTheMoney entities, one JSON object a line: what OpenSanctions and others publish.

Also read: entities nested in one another (`targets.nested.json`), and a file that is one JSON
array. An unknown schema or property is a problem: the property is left out, an entity of an
unknown schema too. Values keep the datasets that the publisher names; the `origins` that Taawun
writes beside them are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from taawun.entities import schemata
from taawun.entities.entity import Entity, Value
from taawun.entities.ftm import from_ftm, nested
from taawun.errors import InputError, Problem
from taawun.lists.sources.card import card
from taawun.lists.sources.table import wrong_format
from taawun.lists.sources.text import MOST_IN_NAME, MOST_IN_TEXT, cleaned, faults
from taawun.lists.sources.transcript import Reading, Transcript, empty

MOST_IN_LINE = 50_000_000
_USED = frozenset(
    {
        "id", "schema", "properties", "datasets", "referents", "target",
        "first_seen", "last_seen", "last_change", "origins",
    }
)  # fmt: skip


def read(path: Path, dataset: str = "") -> Reading:
    """Every entity of the file; InputError when no line of it is one or the file is cut."""
    transcript = Transcript(card("ftm"), path.name, dataset)
    found: dict[str, Entity] = {}
    last = ""
    outermost: set[str] = set()
    says_target = False
    for line, given in _objects(transcript, path):
        outermost.add(str(given.get("id")))
        says_target |= "target" in given
        for inner in (given, *nested(given)):
            if entity := _entity(transcript, inner, line, top=inner is given):
                last = max(last, entity.last_change, entity.last_seen)
                _keep(transcript, found, entity, line)
    if not found:
        raise wrong_format(path, "no entity", "one FollowTheMoney entity a line")
    if not says_target and not any(entity.target for entity in found.values()):
        found = {id_: _listed(entity, outermost) for id_, entity in found.items()}
    ordered = sorted(found.values(), key=lambda entity: not entity.target)
    return Reading(tuple(ordered), tuple(transcript.problems), last, transcript.ignored)


def _objects(transcript: Transcript, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Every JSON object with its line. A broken last line means that the file was cut."""
    broken: Problem | None = None
    some = False
    with path.open("rb") as file:
        beginning = file.read(3)
        file.seek(3 if beginning == b"\xef\xbb\xbf" else 0)
        for line, raw in enumerate(_lines(path, file), start=1):
            if broken and raw.strip():
                transcript.problems.append(broken)
                broken = None
            try:
                given = orjson.loads(raw) if raw.strip() else None
            except orjson.JSONDecodeError as error:
                if not some and line == 1:
                    yield from _whole(path)
                    return
                got = f"{error}: {raw[:40].decode('utf-8', 'replace')}"
                broken = Problem("readers.json_unreadable", path.name, line, got=got[:80])
                continue
            if given is not None:
                some = True
                yield from _unrolled(transcript, given, line)
    if broken:
        raise InputError(f"{path.name}:{broken.line}: the last line is cut", (broken,))


def _lines(path: Path, file: Any) -> Iterator[bytes]:
    some = False
    while raw := file.readline(MOST_IN_LINE):
        if len(raw) >= MOST_IN_LINE and not raw.endswith(b"\n"):
            problem = Problem("readers.text_too_long", path.name, expected=f"<{MOST_IN_LINE} bytes")
            raise InputError(f"{path.name}: a line is longer than {MOST_IN_LINE} bytes", (problem,))
        some = True
        yield raw
    if not some:
        raise empty(path)


def _whole(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """A file that is one JSON document over many lines: an array of entities, or one entity."""
    if path.stat().st_size > MOST_IN_LINE:
        raise wrong_format(path, "a line that is no JSON", "one FollowTheMoney entity a line")
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        given = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        got = raw[:60].decode("utf-8", "replace").strip() or "nothing"
        raise wrong_format(path, got, "one FollowTheMoney entity a line") from error
    for one in given if isinstance(given, list) else [given]:
        if isinstance(one, Mapping):
            yield 1, one


def _unrolled(
    transcript: Transcript, given: Any, line: int
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for one in given if isinstance(given, list) else [given]:
        if isinstance(one, Mapping):
            yield line, one
        else:
            transcript.problem(
                "readers.value_unexpected", line=line, got=repr(one), expected="an object"
            )


def _entity(
    transcript: Transcript, given: Mapping[str, Any], line: int, *, top: bool
) -> Entity | None:
    for name in given.keys() - _USED:
        transcript.leftover(str(name), repr(given[name]), line)
    try:
        entity = from_ftm(given)
    except InputError as error:
        found = (replace(p, file=transcript.file, line=line) for p in error.problems)
        transcript.problems.extend(found)
        return None
    if not schemata.exists(entity.schema):
        transcript.problem(
            "readers.schema_unknown", line=line, field=f"{entity.id}.schema", got=entity.schema
        )
        return None
    properties = {
        prop: tuple(kept)
        for prop, values in entity.properties.items()
        if _known(transcript, entity, prop, line)
        and (kept := [safe for v in values if (safe := _safe(transcript, entity, prop, v, line))])
    }
    return replace(
        entity,
        properties=properties,
        datasets=entity.datasets or (transcript.dataset,),
        target=_target(given, entity, top),
    )


def _target(given: Mapping[str, Any], entity: Entity, top: bool) -> bool:
    """Listed itself: the publisher says so, else whatever may be screened and is not nested.

    FollowTheMoney exports without a `target` key hold addresses and positions beside persons.
    """
    if isinstance(said := given.get("target"), bool):
        return said
    return top and schemata.kind_of(entity.schema) != "" and "topics" in entity.properties


def _listed(entity: Entity, outermost: set[str]) -> Entity:
    """In a file that says of nobody why it holds them (an authority's own list, written by hand),
    everybody who may be screened is listed."""
    target = entity.id in outermost and schemata.kind_of(entity.schema) != ""
    return replace(entity, target=target)


def _known(transcript: Transcript, entity: Entity, prop: str, line: int) -> bool:
    if prop in schemata.schema(entity.schema).properties:
        return True
    if not _reverse(prop):
        transcript.problem(
            "readers.property_unknown",
            line=line,
            field=f"{entity.id}.{prop}",
            got=entity.first(prop),
            expected=entity.schema,
        )
    return False


def _reverse(prop: str) -> bool:
    """Whether a nested export uses this name for relations that end at the entity."""
    return any(
        found.reverse == prop
        for schema in schemata.schemata().values()
        for found in schema.properties.values()
    )


def _safe(
    transcript: Transcript, entity: Entity, prop: str, value: Value, line: int
) -> Value | None:
    """The value with the characters that do harm taken out; None when nothing is left."""
    kind = schemata.schema(entity.schema).properties[prop].type
    most = MOST_IN_NAME if kind in ("name", "identifier") else MOST_IN_TEXT
    field = f"{entity.id}.{prop}"
    for code in faults(value.text):
        transcript.problem(code, line=line, field=field, got=value.text)
    raw = value.text
    if len(raw) > most:
        got = f"{len(raw)}: {raw[:40]}"
        transcript.problem(
            "readers.text_too_long", line=line, field=field, got=got, expected=f"<={most}"
        )
        raw = raw[:most]
    text = cleaned(raw)
    said = transcript.dataset if not value.dataset else value.dataset
    original = value.original or (raw if " ".join(raw.split()) != text else "")
    return replace(value, text=text, dataset=said, original=original) if text else None


def _keep(transcript: Transcript, found: dict[str, Entity], entity: Entity, line: int) -> None:
    """Keep an entity; the same id twice is merged when nested, a problem when it differs."""
    before = found.get(entity.id)
    if before is None:
        found[entity.id] = entity
        return
    if before.schema != entity.schema or (before.target and entity.target):
        transcript.problem("readers.id_duplicate", line=line, field="id", got=entity.id)
    if before.schema == entity.schema:
        found[entity.id] = _merged(before, entity)
    else:
        found[f"{entity.id}#{line}"] = replace(entity, id=f"{entity.id}#{line}")


def _merged(one: Entity, other: Entity) -> Entity:
    properties = dict(one.properties)
    for prop, values in other.properties.items():
        said = {value.text: value for value in properties.get(prop, ())}
        for value in values:
            said.setdefault(value.text, value)
        properties[prop] = tuple(said.values())
    return replace(
        one,
        properties=properties,
        datasets=tuple(dict.fromkeys((*one.datasets, *other.datasets))),
        referents=tuple(dict.fromkeys((*one.referents, *other.referents))),
        target=one.target or other.target,
    )
