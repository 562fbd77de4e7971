"""Damaged files: each is read or refused by name; nothing else happens, and it ends."""

import copy
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from taawun.entities.ftm import from_ftm, to_ftm
from taawun.errors import InputError
from taawun.lists.read import Reading, read
from tests.lists.readers.case import FILES, LISTS

pieces = st.one_of(
    st.binary(min_size=1, max_size=6),
    st.sampled_from(
        [
            b"<",
            b">",
            b'"',
            b"&",
            b"&amp;",
            b",",
            b"\n",
            b"\x00",
            b"]]>",
            b"<!--",
            b"{",
            b"[",
            b"\x1a",
        ]
    ),
    st.text(max_size=4).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
damage = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 40), pieces), min_size=1, max_size=4
)


def outcome(source: str, path: Path) -> Reading | InputError:
    try:
        return read(source, path)
    except InputError as error:
        return error


@cache
def original(name: str) -> bytes:
    return (FILES / name).read_bytes()


def damaged(raw: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, length, piece in changes:
        at = int(where * len(raw))
        raw = raw[:at] + piece + raw[at + length :]
    return raw


@pytest.mark.parametrize(("source", "name"), LISTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=damage)
def test_damaged_bytes(source: str, name: str, changes: list[tuple[float, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(damaged(original(name), changes))
        found = outcome(source, path)
    assert isinstance(found, Reading) or path.name in str(found)


@pytest.mark.parametrize(("source", "name"), LISTS)
@settings(max_examples=25, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_that_stops(source: str, name: str, share: float) -> None:
    """Whatever is read of half a file is said completely, or the file is refused."""
    raw = original(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(raw[: int(share * len(raw))])
        found = outcome(source, path)
    whole = len(raw) - int(share * len(raw)) < 3
    assert isinstance(found, InputError) or whole or not name.endswith(".xml")


WORDS = st.sampled_from(
    ["", "31/02/1980", "Atlantis", "-0-", "((", "a) b) c)", ";;", "سمير", "\u202eabc", "true", "00",
     "IMO 1234567", "A" * 1500, "IRGC (IRGC)", "circa circa", "1 to 2", "QDi.901 brother QDi.902"]
)  # fmt: skip
edits = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.sampled_from(["text", "value", "drop", "copy"]), WORDS
    ),
    min_size=1,
    max_size=6,
)


def edited(name: str, changes: list[tuple[float, str, str]]) -> bytes:
    """A list that is still well-formed XML, with elements and values changed, gone or doubled."""
    tree = etree.fromstring(original(name))
    for where, how, word in changes:
        elements = list(tree.iterdescendants())
        if not elements:
            break
        element = elements[int(where * len(elements))]
        parent = element.getparent()
        if how == "text":
            element.text = word
        elif how == "value" and element.attrib:
            element.attrib[sorted(element.attrib)[len(word) % len(element.attrib)]] = word
        elif how == "drop" and parent is not None:
            parent.remove(element)
        elif how == "copy" and parent is not None:
            parent.append(copy.deepcopy(element))
    return etree.tostring(tree, encoding="utf-8")


@pytest.mark.parametrize(("source", "name"), [pair for pair in LISTS if pair[1].endswith(".xml")])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=edits)
def test_wellformed_nonsense(source: str, name: str, changes: list[tuple[float, str, str]]) -> None:
    """Every entity has an id of its own and survives being written, whatever the values are."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(edited(name, changes))
        found = outcome(source, path)
    assert isinstance(found, Reading)
    assert len({entity.id for entity in found.entities}) == len(found.entities)
    assert all(from_ftm(to_ftm(entity)) == entity for entity in found.entities)
