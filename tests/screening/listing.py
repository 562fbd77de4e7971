"""Made-up entities of every kind in one line each, and an index built of them.

A line is `id: Schema: name; name | property=value, value | property=value`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from taawun.entities.entity import Entity, Value
from taawun.screening import build as module
from taawun.screening.screener import Screener
from tests.conftest import AT

_builds = count()

LISTED = """
P1: Person: Zubayr Qamhani; زبير القمحاني | birthDate=1971-04-02 | nationality=sy | gender=male
P2: Person: Zubayr Qamhani | birthDate=1988 | nationality=lb | passportNumber=X 123-456
P3: Person: Ermenegildo Tancredi | position=Minister of Granaries | weakAlias=Gildo the Miller
P4: Person: Сергей Щербаков | birthDate=1960-07 | nationality=ru
P5: Person: 王小明 | nationality=cn
P6: Person: Muhammad Ali | previousName=Qutayba Zaydani
C1: Company: Qamhani Grain Trading LLC | jurisdiction=lb | registrationNumber=LB-778899
C2: Company: شركة سنابل للتجارة; Sanabil Trading
C3: Organization: Brigade 44; لواء 44
L1: LegalEntity: Karim Zaydan Holding
V1: Vessel: Victory 3 | imoNumber=9074729 | flag=pa
V2: Vessel: Victory | flag=sl
A1: Address: Zubayr Qamhani
"""

# Few, of every kind, with what customers' files ask for
WATCHED_FOR = """
M-1: Person: Zaher Qasim al-Wazzan | alias=ظاهر قاسم الوزان | birthDate=1968-05-17 \
    | nationality=sy | gender=male | passportNumber=N0098123
M-2: Person: Svetlana Podlesnaya Vovchok | nationality=by
M-3: Person: Burhanuddin Fayad al-Khashshab | birthDate=1959
M-4: Company: Northern Amber Logistics LLC | jurisdiction=ru
M-5: Vessel: Silver Plover 3 | imoNumber=9187629
"""
VERSIONS = {"made_up": "v1"}


def entity(line: str, dataset: str = "made") -> Entity:
    """The entity of one line."""
    id_, schema, rest = (piece.strip() for piece in line.split(":", 2))
    names, *others = (cell.strip() for cell in rest.split("|"))
    properties = {"name": tuple(Value(n.strip(), dataset) for n in names.split(";"))}
    for cell in others:
        prop, _, values = cell.partition("=")
        properties[prop] = tuple(Value(v.strip(), dataset) for v in values.split(","))
    return Entity(id_, schema, properties, (dataset,))


def entities(text: str = LISTED, dataset: str = "made") -> list[Entity]:
    """The entities of several lines."""
    return [entity(line, dataset) for line in text.strip().splitlines()]


def next_at() -> datetime:
    """A time later than any given before."""
    return AT + timedelta(seconds=next(_builds))


def indexed(found: Iterable[Entity], home: Path) -> Screener:
    """A screener over an index of these entities, put in force under `home`."""
    module.build(found, home, next_at())
    return Screener.open(home)


def home_with_index(home: Path, versions: dict[str, str] | None = None) -> Path:
    """A home whose index in force is the list `WATCHED_FOR`, built from `versions`."""
    home.mkdir(parents=True, exist_ok=True)
    found = entities(WATCHED_FOR, "made_up")
    module.build(found, home, AT, VERSIONS if versions is None else versions)
    return home
