"""A small real index of made-up entities, for tests that screen against one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from taawun.entities.entity import Entity, Value
from taawun.screening.build import build

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
VERSIONS = {"made_up": "v1"}


def entity(id_: str, schema: str, **said: str) -> Entity:
    properties = {name: (Value(text),) for name, text in said.items()}
    return Entity(id_, schema, properties, ("made_up",))


LISTED = (
    entity(
        "M-1",
        "Person",
        name="Zaher Qasim al-Wazzan",
        alias="ظاهر قاسم الوزان",
        birthDate="1968-05-17",
        nationality="sy",
        gender="male",
        passportNumber="N0098123",
    ),
    entity("M-2", "Person", name="Svetlana Podlesnaya Vovchok", nationality="by"),
    entity("M-3", "Person", name="Burhanuddin Fayad al-Khashshab", birthDate="1959"),
    entity("M-4", "Company", name="Northern Amber Logistics LLC", jurisdiction="ru"),
    entity("M-5", "Vessel", name="Silver Plover 3", imoNumber="9187629"),
)


def indexed(home: Path, versions: dict[str, str] | None = None) -> Path:
    """A home whose index in force is the made-up list."""
    home.mkdir(parents=True, exist_ok=True)
    build(LISTED, home, AT, VERSIONS if versions is None else versions)
    return home
