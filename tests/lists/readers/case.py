"""What the readers' tests share: made-up lists beside this file, and ways to look at a reading."""

from __future__ import annotations

from pathlib import Path

from taawun.entities.entity import Entity
from taawun.lists.read import Reading, read

FILES = Path(__file__).parent / "files"
LISTS = (
    ("un", "un.xml"),
    ("eu", "eu.xml"),
    ("uk", "uk.csv"),
    ("ofac", "ofac/sdn.csv"),
    ("ofac", "ofac_advanced.xml"),
    ("ftm", "ftm.json"),
)


def reading(source: str, name: str) -> Reading:
    """A made-up list as read."""
    return read(source, FILES / name)


def by_id(found: Reading) -> dict[str, Entity]:
    """Its entities by id."""
    return {entity.id: entity for entity in found.entities}


def of(found: Reading, schema: str) -> list[Entity]:
    """Its entities of one schema."""
    return [entity for entity in found.entities if entity.schema == schema]


def codes(found: Reading) -> list[tuple[str, str]]:
    """Its problems as code and field."""
    return [(problem.code, problem.field) for problem in found.problems]


def altered(tmp_path: Path, name: str, *changes: tuple[str, str]) -> Path:
    """A copy of a made-up list with some text changed; each change must change something."""
    text = (FILES / name).read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    path = tmp_path / Path(name).name
    path.write_text(text, encoding="utf-8", newline="")
    return path
