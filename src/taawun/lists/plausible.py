"""May a new version of a list be believed?

A publisher's server that answers with half a file, a list exported with the wrong filter, last
year's file put back: each is a well-formed list that would quietly take people off the screening.
`doubts` compares the new version with the one in force and names what is too different, with
numbers. `require_plausible` refuses with `ImplausibleChange`; an officer who knows better says so
and why (`taawun lists add --accept --why …`), and that goes into the journal.

The rules, in the order in which they are looked at:

| code | refused when |
|---|---|
| lists.doubt.empty | the new version has no entry |
| lists.doubt.gone | a fifth or more of the entries in force are gone |
| lists.doubt.nameless | more than one entry in fifty has no name, and more than before |
| lists.doubt.names_lost | the entries that stay lost a fifth or more of their names |
| lists.doubt.script_lost | they lost a fifth or more of their names in other scripts than Latin |
| lists.doubt.older | published more than seven days before the version in force |
| lists.doubt.below_card, .above_card | the count leaves the card's range; it was inside before |

A first version has nothing to compare with: only an empty list, or one without names, is refused;
that its count is outside the card's range is only said (`unusual`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from taawun.entities.entity import Entity
from taawun.errors import ImplausibleChange, Problem

GONE = 0.2
NAMELESS = 0.02
NAMES_LOST = 0.2
OLDER = timedelta(days=7)
# Below this many, losing "a fifth" of the names in other scripts is one correction, not a fault.
ENOUGH_NAMES = 10


@dataclass(frozen=True, slots=True)
class Version:
    """What the rules look at: the entries (entities that are themselves listed) of one version.

    `published` is the publisher's ISO date or time, or "" where the format has none.
    """

    entries: Mapping[str, Entity]
    published: str = ""

    @classmethod
    def of(cls, entities: Iterable[Entity], published: str = "") -> Version:
        """The version whose entries are the targets among `entities`."""
        return cls({e.id: e for e in entities if e.target}, published)


def doubts(
    before: Version | None, after: Version, expected: tuple[int, int] | None = None
) -> tuple[Problem, ...]:
    """What makes `after` hard to believe; empty when nothing does.

    `expected` is the range of entry counts on the list's card, ends included.
    """
    if not after.entries:
        was = len(before.entries) if before else 0
        return (Problem("lists.doubt.empty", got="0", expected=str(was) if was else ">0"),)
    return (*_nameless(before, after), *(_compared(before, after, expected) if before else ()))


def unusual(after: Version, expected: tuple[int, int]) -> tuple[Problem, ...]:
    """What to tell about a first version: a count outside the range on the list's card."""
    return tuple(_outside(len(after.entries), expected))


def require_plausible(found: Iterable[Problem], dataset: str) -> None:
    """Refuse with `ImplausibleChange` when there is any doubt. The message carries the numbers."""
    problems = tuple(found)
    if problems:
        said = "; ".join(f"{p.code.rpartition('.')[2]} {p.got}" for p in problems)
        raise ImplausibleChange(f"{dataset}: implausible change refused ({said})", problems)


def _compared(
    before: Version, after: Version, expected: tuple[int, int] | None
) -> Iterator[Problem]:
    yield from _gone(before, after)
    yield from _names_lost(before, after)
    yield from _older(before.published, after.published)
    if expected:
        yield from _out_of_range(len(before.entries), len(after.entries), expected)


def _gone(before: Version, after: Version) -> Iterator[Problem]:
    total = len(before.entries)
    gone = len(before.entries.keys() - after.entries.keys())
    if total and gone / total >= GONE:
        yield Problem(
            "lists.doubt.gone",
            got=f"{gone}/{total} ({gone / total:.0%})",
            expected=f"<{GONE:.0%}",
        )


def _nameless(before: Version | None, after: Version) -> Iterator[Problem]:
    missing = _share_nameless(after)
    if missing > NAMELESS and missing > (_share_nameless(before) if before else 0.0):
        count = round(missing * len(after.entries))
        yield Problem(
            "lists.doubt.nameless",
            got=f"{count}/{len(after.entries)} ({missing:.0%})",
            expected=f"<={NAMELESS:.0%}",
        )


def _share_nameless(version: Version) -> float:
    nameless = sum(next(e.names(), None) is None for e in version.entries.values())
    return nameless / len(version.entries) if version.entries else 0.0


def _names_lost(before: Version, after: Version) -> Iterator[Problem]:
    stay = before.entries.keys() & after.entries.keys()
    was, now = _name_counts(before, stay), _name_counts(after, stay)
    for code, had, has in zip(
        ("lists.doubt.names_lost", "lists.doubt.script_lost"), was, now, strict=True
    ):
        if had >= ENOUGH_NAMES and (had - has) / had >= NAMES_LOST:
            lost = (had - has) / had
            yield Problem(code, got=f"{had} -> {has} (-{lost:.0%})", expected=f"<{NAMES_LOST:.0%}")


def _name_counts(version: Version, ids: Iterable[str]) -> tuple[int, int]:
    every = in_other_script = 0
    for id_ in ids:
        for _, value in version.entries[id_].names():
            every += 1
            in_other_script += _other_script(value.text)
    return every, in_other_script


def _other_script(text: str) -> bool:
    """Is any letter beyond the Latin blocks (up to U+024F, and U+1E00 to U+1EFF)?"""
    return any(c > "\u024f" and c.isalpha() and not "\u1e00" <= c <= "\u1eff" for c in text)


def _older(was: str, now: str) -> Iterator[Problem]:
    before, after = _day(was), _day(now)
    if before and after and before - after > OLDER:
        yield Problem("lists.doubt.older", field="published", got=now, expected=f">={was}")


def _day(published: str) -> date | None:
    try:
        return date.fromisoformat(published[:10])
    except ValueError:
        return None


def _out_of_range(was: int, now: int, expected: tuple[int, int]) -> Iterator[Problem]:
    if not list(_outside(was, expected)):
        yield from _outside(now, expected)


def _outside(count: int, expected: tuple[int, int]) -> Iterator[Problem]:
    least, most = expected
    if count < least:
        yield Problem("lists.doubt.below_card", got=str(count), expected=f">={least}")
    elif count > most:
        yield Problem("lists.doubt.above_card", got=str(count), expected=f"<={most}")
