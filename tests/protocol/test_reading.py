"""Reading strictly: one way to write a thing, and no text that costs its reader dearly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.wire import (
    Day,
    Document,
    Line,
    Moment,
    Text,
    canonical,
    moment_of,
    read_json,
)
from taawun.errors import Refused


class Sample(Document):
    """A document with everything a field can be."""

    v: int = 1
    note: str | None = None
    at: Moment | None = None
    day: Day | None = None
    codes: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "data",
    [
        b'{"codes":[]}',
        b'{"v":1}',
        b'{"codes":[],"note":null,"v":1}',
        b'{"codes":[],"v":1,"v":1}',
        b'{"codes":[], "v":1}',
        b'{"v":1,"codes":[]}',
        b'{"codes":[],"v":1.0}',
        b'{"codes":[],"note":"\\u0061","v":1}',
        b'{"codes":[],"note":"\\/","v":1}',
        b'\xef\xbb\xbf{"codes":[],"v":1}',
        b'{"codes":[],"v":1}\n',
    ],
)
def test_what_could_be_written_in_two_ways_is_refused(data: bytes) -> None:
    assert Sample.read(b'{"codes":[],"v":1}') == Sample()
    with pytest.raises(Refused) as refused:
        Sample.read(data)
    assert refused.value.ground.startswith("wire.")


@pytest.mark.parametrize(
    "text",
    [
        "٢٠٢٦-03-14T12:00:00.000000Z",
        "2026-03-14T24:00:00.000000Z",
        "2026-03-14T12:00:60.000000Z",
        "2026-02-30T12:00:00.000000Z",
        "2026-03-14T12:00:00Z",
        "2026-03-14T12:00:00.000000+00:00",
        "2026-03-14T12:00:00.000000Z\n",
        "0000-03-14T12:00:00.000000Z",
    ],
)
def test_a_time_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment_of(text)


@pytest.mark.parametrize("unit", [b'\\"', b'"', b"\\\\", b"[", b'"\\'])
def test_a_text_without_an_end_is_read_in_one_pass(unit: bytes) -> None:
    """Half a megabyte: begun again at every quote, it would take the better part of an hour."""
    with pytest.raises(Refused):
        read_json(b'"' + unit * 250_000)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_canonical_bytes_are_read_as_what_was_written(value: object) -> None:
    assert read_json(canonical(value)) == value


class Said(Document):
    """A line and a text."""

    line: Line
    text: Text


@pytest.mark.parametrize("char", ["\x00", "\x1f", "\x7f", "\r", "\x0b"])
def test_control_characters_are_refused(char: str) -> None:
    for said in ({"line": char, "text": "x"}, {"line": "x", "text": char}):
        with pytest.raises(Refused) as refused:
            Said.read(canonical(said))
        assert refused.value.ground == "wire.field"


def test_a_text_may_have_lines_and_a_line_may_not() -> None:
    assert Said.read(canonical({"line": "سطر", "text": "a\n\tb"})).text == "a\n\tb"
    with pytest.raises(Refused):
        Said.read(canonical({"line": "a\n", "text": "x"}))
    with pytest.raises(Refused, match=r"wire\.not_canonical"):
        canonical({"line": "\ud800"})
