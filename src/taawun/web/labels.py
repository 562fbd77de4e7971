"""What a code is called: countries, topics, schemata, lists, in the language of the caller."""

from __future__ import annotations

from taawun.entities import schemata
from taawun.entities.entity import Entity
from taawun.errors import UsageError
from taawun.lists.sources.card import Card, card
from taawun.screening.facets import type_of
from taawun.screening.words import comma, country
from taawun.wording import known, say


def topic(code: str, lang: str) -> str:
    """The name of a topic, or its code."""
    word = f"web.topic.{code}"
    return say(word, lang) if known(word) else code


def schema(name: str, lang: str) -> str:
    """The name of a schema, or its code."""
    found = schemata.schemata().get(name)
    if found is None:
        return name
    return found.label_ar if lang == "ar" else found.label


def card_of(source: str) -> Card | None:
    """The card of a source, or None where there is none."""
    try:
        return card(source)
    except (UsageError, FileNotFoundError):
        return None


def title(dataset: str, source: str, lang: str) -> str:
    """The title of a list: its card's where it is the source's own list, else its name."""
    found = card_of(source)
    if found is None or source == "ftm" or not found.title:
        return dataset
    text = found.title_ar if lang == "ar" else found.title
    return text if dataset == source else f"{text} ({dataset})"


def facet_value(field: str, value: str, lang: str, titles: dict[str, str]) -> str:
    """What one value of a facet is called."""
    if field == "countries":
        return country(value, lang)
    if field == "topics":
        return topic(value, lang)
    if field == "schema":
        return schema(value, lang)
    if field == "datasets":
        return titles.get(value, value)
    return value


def prop(schema_name: str, name: str, lang: str) -> str:
    """The name of a property, or its code."""
    found = schemata.schemata().get(schema_name)
    said = found.properties.get(name) if found is not None else None
    if said is None:
        return name
    return said.label_ar if lang == "ar" else said.label


def value(schema_name: str, name: str, text: str, lang: str) -> str:
    """A value of a property: countries and topics by name, others as they are."""
    kind = type_of(schema_name, name)
    if kind == "country":
        return country(text, lang)
    return topic(text, lang) if kind == "topic" else text


def texts(entity: Entity, name: str, lang: str) -> str:
    """The values of a property in one line, countries by name."""
    values = (value(entity.schema, name, text, lang) for text in entity.texts(name))
    return comma(lang).join(dict.fromkeys(values))
