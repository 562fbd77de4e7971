"""A difference says everything that changed, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from taawun.entities.entity import Entity, Value
from taawun.lists.difference import PropertyChange, content, difference, from_lines, lines

from .registry_made import editions, person


def only_change(before: Entity, after: Entity) -> tuple[PropertyChange, ...]:
    (change,) = difference([before], [after]).changes
    assert change.op == "changed"
    return change.properties


def test_added_changed_removed() -> None:
    before = [person("A", "Amina Example"), person("B", "Basil Example"), person("C", "Celia")]
    after = [person("A", "Amina Example"), person("B", "Basil Sample"), person("D", "Dana")]
    found = difference(before, after)
    assert [(c.op, c.id, c.caption) for c in found.changes] == [
        ("changed", "B", "Basil Sample"),
        ("removed", "C", "Celia"),
        ("added", "D", "Dana"),
    ]
    assert found.counts() == {"added": 1, "changed": 1, "removed": 1}
    assert found.ids == {"B", "C", "D"}


def test_a_changed_property_names_values_gone_and_new() -> None:
    assert only_change(person("A", "Old", birthDate="1970"), person("A", "New")) == (
        PropertyChange("birthDate", gone=("1970",)),
        PropertyChange("name", gone=("Old",), new=("New",)),
    )


def test_another_first_name_is_a_change_of_order() -> None:
    assert only_change(person("A", "One", "Two"), person("A", "Two", "One")) == (
        PropertyChange("name", detail="order"),
    )


def test_a_doubled_value_is_new_once() -> None:
    assert only_change(person("A", "One"), person("A", "One", "One")) == (
        PropertyChange("name", new=("One",)),
    )


def test_another_language_is_a_change_of_source() -> None:
    before = person("A", "Amina")
    after = replace(before, properties={"name": (Value("Amina", "national", lang="ara"),)})
    assert only_change(before, after) == (PropertyChange("name", detail="source"),)


def test_fields_beside_the_properties_count() -> None:
    before = person("A", "Amina")
    after = replace(before, schema="LegalEntity", target=False, referents=("Z",))
    assert only_change(before, after) == (
        PropertyChange("schema", ("Person",), ("LegalEntity",)),
        PropertyChange("target", ("true",), ("false",)),
        PropertyChange("referents", new=("Z",)),
    )


def test_being_seen_later_is_no_change() -> None:
    before = person("A", "Amina")
    after = replace(before, first_seen="2020", last_seen="2026", last_change="2021")
    assert not difference([before], [after])


def test_target_counts_leave_addresses_and_relations_out() -> None:
    address = Entity("addr-1", "Address", {}, target=False)
    found = difference([], [person("A", "Amina"), address])
    assert found.counts() == {"added": 2, "changed": 0, "removed": 0}
    assert found.counts(targets=True) == {"added": 1, "changed": 0, "removed": 0}


@given(editions(), editions())
def test_every_entity_is_the_same_or_in_the_difference(
    before: list[Entity], after: list[Entity]
) -> None:
    found = {change.id: change.op for change in difference(before, after).changes}
    old, new = {e.id: e for e in before}, {e.id: e for e in after}
    for id_ in old.keys() | new.keys():
        if id_ not in new:
            assert found[id_] == "removed"
        elif id_ not in old:
            assert found[id_] == "added"
        else:
            same = content(old[id_]) == content(new[id_])
            assert found.get(id_) == (None if same else "changed")
    assert found.keys() <= old.keys() | new.keys()


@given(editions(), editions())
def test_a_kept_difference_reads_back_the_same(before: list[Entity], after: list[Entity]) -> None:
    found = difference(before, after)
    assert from_lines(list(lines(found))) == found


@given(editions(), editions())
def test_backwards_swaps_gone_and_new(before: list[Entity], after: list[Entity]) -> None:
    there = {c.id: c for c in difference(before, after).changes}
    back = {c.id: c for c in difference(after, before).changes}
    assert there.keys() == back.keys()
    for id_, change in there.items():
        assert {(p.prop, p.detail, p.gone, p.new) for p in change.properties} == {
            (p.prop, p.detail, p.new, p.gone) for p in back[id_].properties
        }
