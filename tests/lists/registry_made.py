"""Made-up entities for the registry's tests, and strategies that make any."""

from __future__ import annotations

from hypothesis import strategies as st

from taawun.entities.entity import Entity, Value

PROPS = ("name", "alias", "weakAlias", "birthDate", "country", "topics")


def person(id_: str, *names: str, dataset: str = "national", **props: str) -> Entity:
    """A listed person with names, and single-valued properties by keyword."""
    said = {"name": tuple(Value(name, dataset) for name in names)} if names else {}
    said |= {prop: (Value(text, dataset),) for prop, text in props.items()}
    return Entity(id_, "Person", said, datasets=(dataset,))


def people(count: int, start: int = 0) -> list[Entity]:
    """`count` made-up persons with an Arabic and a Latin name each."""
    return [
        person(f"N-{n:03}", f"Example Person {n}", f"شخص مثال {n}")
        for n in range(start, start + count)
    ]


_text = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=12
)
_values = st.lists(_text.map(lambda text: Value(text, "national")), max_size=3, unique=True)
_properties = st.dictionaries(st.sampled_from(PROPS), _values.map(tuple), max_size=4)


@st.composite
def entities(draw: st.DrawFn, id_: str) -> Entity:
    """Any entity with this id."""
    properties = {prop: values for prop, values in draw(_properties).items() if values}
    return Entity(
        id_,
        draw(st.sampled_from(("Person", "Organization", "Vessel"))),
        properties,
        datasets=("national",),
        target=draw(st.booleans()),
    )


@st.composite
def editions(draw: st.DrawFn) -> list[Entity]:
    """Any set of entities over few ids, so that two editions overlap."""
    ids = draw(st.lists(st.sampled_from([f"N-{n}" for n in range(8)]), unique=True))
    return [draw(entities(id_)) for id_ in ids]
