"""What a reader writes down while it reads: drafts of entities, problems, fields ignored by name.

A `Transcript` belongs to one file (or one set of files of one list). It keeps the promise of strict
reading: what is not used is ignored by name on the card, or becomes a `Problem`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from taawun.entities import schemata
from taawun.entities.entity import Entity
from taawun.errors import InputError, Problem
from taawun.lists.sources.card import Card
from taawun.lists.sources.draft import Draft, key

__all__ = ["Draft", "Reading", "Transcript", "empty", "key"]

# A list with more problems than this is not the list it claims to be.
MOST_PROBLEMS = 50_000


def empty(path: Path) -> InputError:
    """What to raise for a file with nothing in it."""
    return InputError(
        f"{path.name}: the file is empty", (Problem("readers.file_empty", path.name),)
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """One list as read. `published` is its ISO date or time, "" where the format has none.

    `entities` holds the listed (target) entities and, after them, what belongs to them: sanctions,
    documents, addresses, relations. `ignored` counts the fields that the card ignores by name.
    """

    entities: tuple[Entity, ...]
    problems: tuple[Problem, ...]
    published: str
    ignored: Counter[str]

    @property
    def targets(self) -> tuple[Entity, ...]:
        """The entities that are themselves listed."""
        return tuple(entity for entity in self.entities if entity.target)


class Transcript:
    """Everything read so far from one list."""

    def __init__(self, card: Card, file: str, dataset: str = "") -> None:
        self.card = card
        self.file = file
        self.dataset = dataset or card.source.partition("_")[0]
        self.drafts: dict[str, Draft] = {}
        self.problems: list[Problem] = []
        self.ignored: Counter[str] = Counter()
        self.published = ""

    def problem(
        self, code: str, *, line: int | None, field: str = "", got: str = "", expected: str = ""
    ) -> None:
        """Write a problem down; too many of them and the file is refused."""
        found = Problem(code, self.file, line, field, got[:80], expected)
        if len(self.problems) >= MOST_PROBLEMS:
            raise InputError(f"{self.file}: more than {MOST_PROBLEMS} problems", (found,))
        self.problems.append(found)

    def leftover(self, field: str, got: str, line: int | None) -> None:
        """A field that the reader did not use: ignored by name on the card, or a problem."""
        if field in self.card.ignored:
            self.ignored[field] += 1
        else:
            self.problem("readers.field_unknown", line=line, field=field, got=got)

    def begin(self, id_: str, schema: str, line: int | None, since: str = "") -> Draft:
        """A new listed entity. An id that is taken already is a problem; both are kept apart."""
        if id_ in self.drafts:
            self.problem("readers.id_duplicate", line=line, field="id", got=id_)
            id_ = next(new for n in range(2, 1 << 20) if (new := f"{id_}#{n}") not in self.drafts)
        draft = Draft(self, id_, schema, line, since, target=True)
        self.drafts[id_] = draft
        return draft

    def aside(self, id_: str, schema: str, line: int | None, since: str = "") -> Draft:
        """An entity that belongs to listed ones (an address, a document); the same id is shared."""
        draft = self.drafts.get(id_)
        if draft is None or draft.schema != schema:
            draft = self.drafts[id_] = Draft(self, id_, schema, line, since, target=False)
        return draft

    def relate(self, schema: str, one: str, other: str, role: str, line: int | None) -> Draft:
        """A relation of two entities by id, under the schema's own words for its ends."""
        relation = self.aside(key(one, schema, other, role), schema, line)
        first, second = schemata.schema(schema).edge
        relation.add(first, one)
        relation.add(second, other)
        if role:
            relation.add("relationship" if schema in ("Family", "Associate") else "role", role)
        return relation

    def reading(self) -> Reading:
        """The finished reading: listed entities first, each part in the order of the source."""
        drafts = self.drafts.values()
        ordered = [d for d in drafts if d.target] + [d for d in drafts if not d.target]
        return Reading(
            tuple(draft.entity() for draft in ordered),
            tuple(self.problems),
            self.published,
            self.ignored,
        )
