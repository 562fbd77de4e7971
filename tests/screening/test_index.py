"""The index on disk: every name is found by its own text; what is damaged is refused by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taawun.entities.entity import Entity, Value
from taawun.errors import StoreError
from taawun.names import analyse
from taawun.screening import index as module
from taawun.screening.index import PREVIOUS, WEAK, Index, Listed, build, edition, hash_of
from taawun.screening.subject import Subject
from tests.names.strange import businesses, noisy, persons
from tests.screening.listing import indexed

LISTED = [
    Listed(0, "Zubayr Qamhani", "person", born=(1971, 1972)),
    Listed(0, "زبير القمحاني", "person", weak=True),
    Listed(1, "Qamhani Grain Trading", "company", previous=True),
    Listed(2, "Victory 3", "vessel"),
    Listed(3, "Karim Zaydan", ""),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(LISTED, tmp_path / "names")
    return tmp_path / "names"


def test_what_was_indexed_is_there(folder: Path) -> None:
    index = Index(folder)
    assert [index.text(number) for number in range(index.names)] == [n.text for n in LISTED]
    assert index.arrays["name_entity"].tolist() == [0, 0, 1, 2, 3]
    assert index.arrays["name_group"].tolist() == [1, 1, 2, 4, 7]
    assert index.arrays["name_flags"].tolist() == [0, WEAK, PREVIOUS, 0, 0]
    assert index.arrays["name_born"].tolist()[0] == [1971, 1972]


def test_every_part_is_found_by_its_key(folder: Path) -> None:
    index = Index(folder)
    keys = list(index.all_parts())
    assert len(keys) == len(set(keys)) == index.parts
    assert [index.part_number(key) for key in keys] == list(range(index.parts))
    assert {s.part.key for n in LISTED for s in analyse(n.text, n.kind).parts} <= set(keys)
    assert index.part_number("latn:nobody") == index.part_number("") == -1


def test_a_name_is_posted_under_each_of_its_parts(folder: Path) -> None:
    index = Index(folder)
    starts, postings = index.arrays["posting_starts"], index.arrays["postings"]
    for number, name in enumerate(LISTED):
        for said in analyse(name.text, name.kind).parts:
            at = index.part_number(said.part.key)
            assert number in postings[starts[at] : starts[at + 1]]


def test_an_index_of_nothing_opens(tmp_path: Path) -> None:
    build([], tmp_path / "empty")
    index = Index(tmp_path / "empty")
    assert (index.names, index.parts, list(index.all_parts())) == (0, 0, [])
    assert index.part_number("latn:x") == -1


def test_two_parts_with_one_hash_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "hash_of", lambda key: 7)
    build(LISTED, tmp_path / "names")
    index = Index(tmp_path / "names")
    assert index.part_number("latn:nobody") == -1


def test_a_hash_is_the_same_in_every_process() -> None:
    assert hash_of("latn:qamhani") == 12993001972241609887
    assert hash_of("arab:qamhani") != 12993001972241609887


# --- damage ---------------------------------------------------------------------------------


def files() -> list[str]:
    return ["index.json", "text.bin", *(f"{label}.npy" for label in module._ARRAYS)]


@pytest.mark.parametrize("name", files())
def test_a_missing_file_is_said(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(StoreError, match=r"names: the index cannot be opened.*" + name):
        Index(folder)


@pytest.mark.parametrize("name", [name for name in files() if name.endswith(".npy")])
def test_an_empty_array_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    with pytest.raises(StoreError, match="names"):
        Index(folder)


@pytest.mark.parametrize("left", [0, 10, -1])
def test_texts_cut_short_are_refused(folder: Path, left: int) -> None:
    whole = (folder / "text.bin").read_bytes()
    (folder / "text.bin").write_bytes(whole[:left])
    with pytest.raises(StoreError, match="names"):
        Index(folder)


@pytest.mark.parametrize("name", [name for name in files() if name != "text.bin"])
@pytest.mark.parametrize("left", [10])
def test_a_file_cut_short_is_refused(folder: Path, name: str, left: int) -> None:
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:left])
    with pytest.raises(StoreError, match="names"):
        Index(folder)


@pytest.mark.parametrize("name", [name for name in files() if name.endswith(".npy")])
def test_an_array_without_its_last_value_is_refused(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:-1])
    with pytest.raises(StoreError, match="names: the index cannot be opened"):
        Index(folder)


NOT_OBJECTS = [
    b"[]",
    b"7",
]


@pytest.mark.parametrize("said", [b"", b"{", b"{}", b'{"format": "x"}', *NOT_OBJECTS])
def test_a_damaged_description_is_refused(folder: Path, said: bytes) -> None:
    (folder / "index.json").write_bytes(said)
    with pytest.raises(StoreError):
        Index(folder)


@pytest.mark.parametrize("what", ["format", "lexicon"])
def test_an_index_of_another_format_or_lexicon_is_refused_with_what_to_do(
    folder: Path, what: str
) -> None:
    about = orjson.loads((folder / "index.json").read_bytes())
    form, _, lexicon = edition().partition("-")
    other = f"{int(form) + 1}-{lexicon}" if what == "format" else f"{form}-0"
    (folder / "index.json").write_bytes(orjson.dumps(about | {"made": other}))
    with pytest.raises(StoreError, match=r"another version of Taawun.*taawun lists index"):
        Index(folder)


def test_an_array_that_holds_objects_is_refused(folder: Path) -> None:
    np.save(folder / "phones.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(StoreError, match="cannot be opened"):
        Index(folder)


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        Index(tmp_path / "nowhere")


# --- every name finds its own entity --------------------------------------------------------


def own(kind_names: list[tuple[str, str]]) -> list[Entity]:
    """One entity for each name, those without a letter left out, as are names written alike."""
    schemata = {"person": "Person", "company": "Company", "vessel": "Vessel"}
    kept: dict[tuple[str, str], Entity] = {}
    for number, (kind, text) in enumerate(kind_names):
        name = analyse(text, kind)
        # letters that stand alone are initials, and nobody is looked for by initials
        if any(not said.part.initial for said in name.parts):
            entity = Entity(
                f"E{number}", schemata[kind], {"name": (Value(text, "made"),)}, ("made",)
            )
            kept.setdefault((kind, name.letters), entity)
    return list(kept.values())


named = st.one_of(
    st.tuples(st.just("person"), persons),
    st.tuples(st.sampled_from(["company", "vessel"]), businesses),
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(listed=st.lists(named, min_size=1, max_size=25).map(own), data=st.data())
def test_every_name_finds_its_own_entity_first_through_any_noise(
    tmp_path: Path, listed: list[Entity], data: st.DataObject
) -> None:
    shutil.rmtree(tmp_path / "index", ignore_errors=True)
    screener = indexed(listed, tmp_path)
    kinds = {"Person": "person", "Company": "company", "Vessel": "vessel"}
    for entity in listed:
        text, kind = entity.first("name"), kinds[entity.schema]
        for asked in (text, data.draw(noisy(text))):
            hits = screener.screen(Subject((asked,), kind), cutoff=0.0).hits
            assert hits, asked
            best = [hit.entity for hit in hits if hit.score == hits[0].score]
            assert entity.id in best, (asked, hits[:2])
