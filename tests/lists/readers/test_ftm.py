"""FollowTheMoney files."""

import json
from pathlib import Path

import pytest

from taawun.entities.ftm import to_ftm
from taawun.errors import InputError
from taawun.lists.read import read
from tests.lists.readers.case import LISTS, by_id, codes, reading


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


def test_entities_with_their_referents_and_datasets() -> None:
    found = reading("ftm", "ftm.json")
    assert codes(found) == []
    assert [e.id for e in found.targets] == ["NK-901", "NK-902"]
    person = by_id(found)["NK-901"]
    assert person.referents == ("un-901", "eu-901")
    assert person.datasets == ("made_up",)
    assert found.published == "2026-01-01T00:00:00"


@pytest.mark.parametrize(("source", "name"), LISTS[:-1])
def test_what_other_readers_made_is_read_back_whole(source: str, name: str, tmp_path: Path) -> None:
    before = reading(source, name)
    path = write(tmp_path / "entities.ftm.json", *map(to_ftm, before.entities))
    assert read("ftm", path, dataset=source).entities == before.entities


def test_nested_entities_come_out(tmp_path: Path) -> None:
    inner = {"id": "a", "schema": "Address", "properties": {"full": ["12 Cedar Road"]}}
    sanction = {"id": "s", "schema": "Sanction", "properties": {"program": ["X"]}}
    outer = {
        "id": "x",
        "schema": "Person",
        "properties": {"name": ["A"], "addressEntity": [inner], "sanctions": [sanction]},
        "target": True,
    }
    found = by_id(read("ftm", write(tmp_path / "nested.json", outer)))
    assert found.keys() == {"x", "a", "s"}
    assert found["x"].texts("addressEntity") == ("a",)
    assert not found["a"].target


def test_unknown_schema_and_property_are_reported(tmp_path: Path) -> None:
    path = write(
        tmp_path / "e.json",
        {"id": "x", "schema": "Person", "properties": {"name": ["A"], "shoeSize": ["44"]}},
        {"id": "y", "schema": "Spaceship", "properties": {}},
        {"id": "z", "schema": "Person", "mood": "calm", "properties": {"name": "Z"}},
    )
    assert [(p.code, p.line) for p in read("ftm", path).problems] == [
        ("readers.property_unknown", 1),
        ("readers.schema_unknown", 2),
        ("readers.field_unknown", 3),
        ("entities.field_wrong", 3),
    ]


def test_a_broken_line_is_a_problem_and_a_broken_last_line_a_cut_file(tmp_path: Path) -> None:
    good = json.dumps({"id": "x", "schema": "Person", "properties": {"name": ["A"]}})
    path = tmp_path / "e.json"
    path.write_text(f'{good}\n{{"id": \n{good.replace("x", "y")}\n')
    found = read("ftm", path)
    assert [(p.code, p.line) for p in found.problems] == [("readers.json_unreadable", 2)]
    assert len(found.entities) == 2
    path.write_text(f'{good}\n{{"id": "y", "sche')
    with pytest.raises(InputError, match="cut"):
        read("ftm", path)


def test_the_same_id_twice(tmp_path: Path) -> None:
    one = {"id": "x", "schema": "Person", "properties": {"name": ["A"]}, "target": True}
    other = {**one, "properties": {"name": ["B"]}}
    found = read("ftm", write(tmp_path / "e.json", one, other))
    assert codes(found) == [("readers.id_duplicate", "id")]
    assert by_id(found)["x"].texts("name") == ("A", "B")


def test_an_array_over_many_lines(tmp_path: Path) -> None:
    path = tmp_path / "e.json"
    path.write_text(json.dumps([{"id": "x", "schema": "Person", "properties": {}}], indent=2))
    assert [e.id for e in read("ftm", path).entities] == ["x"]
