"""What is exported can be subscribed to, and comes back the same."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from taawun.entities.entity import Entity, Value
from taawun.entities.ftm import from_ftm, to_ftm
from taawun.errors import InputError, NotFound, UsageError
from taawun.lists.delta import delta
from taawun.lists.difference import content
from taawun.lists.export import Exported, export
from taawun.lists.registry import Lists
from taawun.lists.simple_csv import COLUMNS, names, rows
from taawun.store import journal

from .registry_files import AT, ROWS, later, registry, write_csv
from .registry_made import editions, person

BASE = "https://lists.example/taawun"


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    found = registry(tmp_path / "home")
    found.add("csv", write_csv(tmp_path / "national.csv", ROWS), at=AT, actor="officer")
    return found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def written(lists: Lists, out: Path, **options: Any) -> list[Exported]:
    return export(lists, out, at=later(1), actor="officer", **options)


def loaded(path: Path) -> Any:
    return json.loads(path.read_bytes())


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def applied(held: dict[str, Any], operations: list[Any]) -> dict[str, Any]:
    """What a subscriber does with a delta: the slow, obviously right way."""
    result = dict(held)
    for operation in operations:
        entity = operation["entity"]
        known = entity["id"] in result
        assert known == (operation["op"] != "ADD")
        if operation["op"] == "DEL":
            del result[entity["id"]]
        else:
            result[entity["id"]] = entity
    return result


def unseen(entity: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entity.items() if name != "last_seen"}


def test_the_catalogue_says_where_everything_is(lists: Lists, out: Path) -> None:
    (exported,) = written(lists, out, base=f"{BASE}/")
    catalogue = loaded(out / "index.json")
    assert catalogue["updated_at"] == "2026-11-25T05:00:00"
    (dataset,) = catalogue["datasets"]
    assert dataset == loaded(out / "national" / "index.json")
    assert dataset["name"] == "national"
    assert dataset["version"] == lists.current()[0].version == exported.version
    assert dataset["updated_at"] == "2026-11-24T05:00:00"
    counted = [dataset[f"{what}_count"] for what in ("entity", "target", "thing")]
    assert counted == [40, 20, 20]
    assert dataset["index_url"] == f"{BASE}/national/index.json"
    assert dataset["delta_url"] == f"{BASE}/national/delta.json"
    for resource in dataset["resources"]:
        path = out / resource["url"].removeprefix(f"{BASE}/")
        assert hashlib.sha1(path.read_bytes()).hexdigest() == resource["checksum"]
        assert path.stat().st_size == resource["size"]
    mimes = {resource["name"]: resource["mime_type"] for resource in dataset["resources"]}
    assert mimes["entities.ftm.json"] == "application/json+ftm"


def test_without_an_address_files_are_named_on_this_machine(lists: Lists, out: Path) -> None:
    written(lists, out)
    dataset = loaded(out / "national" / "index.json")
    assert dataset["entities_url"] == (out / "national" / "entities.ftm.json").as_uri()
    assert "delta_url" not in dataset
    assert all("url" not in resource for resource in dataset["resources"])


def test_no_key_that_followthemoney_reads_otherwise(lists: Lists, out: Path) -> None:
    """followthemoney takes `statements` for a list of its own statements and fails on ours."""
    written(lists, out)
    for entity in lines(out / "national" / "entities.ftm.json"):
        assert "statements" not in entity
        for texts in entity["properties"].values():
            assert all(isinstance(text, str) for text in texts)


def test_followthemoney_itself_reads_it(lists: Lists, out: Path) -> None:
    why = "followthemoney builds ICU from source: it is in requirements/bench.lock alone"
    dataset = pytest.importorskip("followthemoney.dataset", reason=why)
    statement = pytest.importorskip("followthemoney.statement.entity", reason=why)
    written(lists, out, base=BASE)
    catalogue = dataset.DataCatalog(dataset.Dataset, loaded(out / "index.json"))
    national = catalogue.require("national")
    assert dataset.Version.from_string(national.model.version).id == national.model.version
    for line in lines(out / "national" / "entities.ftm.json"):
        entity = statement.StatementEntity(national, dict(line))
        assert {name: sorted(texts) for name, texts in entity.properties.items()} == {
            name: sorted(texts) for name, texts in line["properties"].items()
        }


def test_exported_and_added_again_is_the_same(lists: Lists, out: Path, tmp_path: Path) -> None:
    written(lists, out)
    other = registry(tmp_path / "other")
    exported = out / "national" / "entities.ftm.json"
    other.add("ftm", exported, name="national", at=later(9), actor="officer")
    assert list(other.entities("national")) == list(lists.entities("national"))


def test_deltas_lead_from_version_to_version(lists: Lists, out: Path, tmp_path: Path) -> None:
    file = tmp_path / "national.csv"
    held: dict[str, Any] = {}
    for day, edition in enumerate((ROWS, ROWS[1:], [*ROWS[:1], *ROWS[2:]], ROWS), 1):
        lists.add("csv", write_csv(file, edition), at=later(day), actor="officer")
        if day != 2:  # a version between two exports is not lost
            written(lists, out, base=BASE)
    index = loaded(out / "national" / "delta.json")["versions"]
    assert list(index) == [version.version for version in lists.versions("national")]
    for version, url in index.items():
        assert url == f"{BASE}/national/delta/{version}.delta.json"
        held = applied(held, lines(out / "national" / "delta" / f"{version}.delta.json"))
    current = {e["id"]: e for e in lines(out / "national" / "entities.ftm.json")}
    assert {id_: unseen(e) for id_, e in held.items()} == {
        id_: unseen(e) for id_, e in current.items()
    }


def test_deltas_outlive_the_versions_they_came_from(
    lists: Lists, out: Path, tmp_path: Path
) -> None:
    written(lists, out)
    lists.add("csv", write_csv(tmp_path / "national.csv", ROWS[1:]), at=later(1), actor="officer")
    lists.prune(1, at=later(2), actor="officer")
    late = tmp_path / "late"
    written(lists, late)
    assert loaded(late / "national" / "delta.json")["versions"] == {}
    (exported,) = written(lists, out)
    assert exported.deltas == 1


def test_a_version_that_changed_nothing_has_no_delta(
    lists: Lists, out: Path, tmp_path: Path
) -> None:
    again = write_csv(tmp_path / "national.csv", [*ROWS, ("", "", "", "", "", "")])
    assert lists.add("csv", again, at=later(1), actor="officer").outcome == "updated"
    written(lists, out)
    assert len(lists.versions("national")) == 2
    assert len(loaded(out / "national" / "delta.json")["versions"]) == 1


@given(editions(), editions())
def test_a_delta_makes_the_old_edition_the_new(before: list[Entity], after: list[Entity]) -> None:
    operations = list(delta(before, after))
    held = applied({e.id: to_ftm(e) for e in before}, json.loads(json.dumps(operations)))
    assert {id_: content(from_ftm(e)) for id_, e in held.items()} == {
        e.id: content(e) for e in after
    }
    assert [o["entity"]["id"] for o in operations] == sorted(o["entity"]["id"] for o in operations)


def test_several_lists_or_one(lists: Lists, out: Path, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "other.csv", ROWS[:3])
    lists.add("csv", file, at=AT, actor="officer")
    assert [e.dataset for e in written(lists, out)] == ["national", "other"]
    assert [e.dataset for e in written(lists, out, datasets=["other"])] == ["other"]
    assert [d["name"] for d in loaded(out / "index.json")["datasets"]] == ["other"]
    with lists.store.reading() as connection:
        last = list(journal.lines(connection))[-1]
    assert (last.action, last.subject) == ("list.exported", "other")


def test_what_cannot_be_exported(lists: Lists, out: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        written(lists, out, datasets=["nowhere"])
    with pytest.raises(NotFound, match="no list"):
        written(registry(tmp_path / "empty"), out)
    with pytest.raises(UsageError, match="http"):
        written(lists, out, base="lists.example")
    assert not out.exists()
    out.write_text("in the way")
    with pytest.raises(InputError, match="cannot be written"):
        written(lists, out)


# For people


def test_names_are_one_a_line() -> None:
    entities = [person("B", "Basil\nExample", "Ama"), person("A", "Ama"), person("C")]
    hidden = replace(person("D", "Not listed"), target=False)
    assert names([*entities, hidden]) == ["Ama", "Basil Example"]


def test_a_row_gathers_what_stands_beside_the_entry() -> None:
    entry = person(
        "A", "Amina", "آمنة; أمينة", birthDate="1970", nationality="iq", addressEntity="P"
    )
    beside = [
        Entity("S", "Sanction", {"entity": (Value("A"),), "program": (Value("P7"),)}, target=False),
        Entity("I", "Passport", {"holder": (Value("A"),), "number": (Value("X1"),)}, target=False),
        Entity("P", "Address", {"full": (Value("1 Example St"),)}, target=False),
    ]
    heading, row = csv.reader(rows([entry, *beside], "National"))
    assert tuple(heading) == COLUMNS
    said = dict(zip(heading, row, strict=True))
    assert said["name"] == "Amina"
    assert said["aliases"] == '"آمنة; أمينة"'
    assert (said["birth_date"], said["countries"]) == ("1970", "iq")
    assert (said["identifiers"], said["sanctions"]) == ("X1", "P7")
    assert (said["addresses"], said["dataset"]) == ("1 Example St", "National")
