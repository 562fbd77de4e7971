"""A schema never refuses what the reader takes: held against documents changed at random."""

from __future__ import annotations

import copy
from typing import Any

import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from taawun.cooperation.schemas import DOCUMENTS
from taawun.cooperation.wire import canonical
from taawun.errors import Refused
from tests.protocol.test_shape_vectors import VALID, VALIDATORS

GOOD = [(str(each.values[0]), each.values[1]["document"]) for each in VALID]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from(["", "x", "XA", "ar", "2026-02-15", "2026-02-15T12:00:00.000000Z", "\n", "é"]),
    st.just([]),
    st.just({}),
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in JSON values."""
    found = [way] if way else []
    inside = value.items() if isinstance(value, dict) else ()
    inside = enumerate(value) if isinstance(value, list) else inside
    for name, each in inside:
        found += places(each, (*way, name))
    return found


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(GOOD), st.data())
@example(GOOD[0], None)
def test_what_the_reader_takes_the_schema_takes(good: tuple[str, Any], data: Any) -> None:
    name, document = good[0], copy.deepcopy(good[1])
    if data is not None:
        change(document, data)
    try:
        DOCUMENTS[name].read(canonical(document))
        if name == "body.proposal":  # read by itself, by the same rules
            DOCUMENTS["agreement"].read(canonical(document["agreement"]))
    except Refused:
        return
    assert VALIDATORS[name].is_valid(document), orjson.dumps(document).decode()


def change(document: Any, data: st.DataObject) -> None:
    """Put another value somewhere, take one away, or put one of another place there."""
    *way, last = data.draw(st.sampled_from(places(document)))
    inside = document
    for step in way:
        inside = inside[step]
    match data.draw(st.sampled_from(["other", "gone", "twice", "elsewhere"])):
        case "other":
            inside[last] = data.draw(VALUES)
        case "gone":
            del inside[last]
        case "twice" if isinstance(inside, list):
            inside.append(inside[last])
        case _:
            *there, end = data.draw(st.sampled_from(places(document)))
            from_there = document
            for step in there:
                from_there = from_there[step]
            inside[last] = copy.deepcopy(from_there[end])
