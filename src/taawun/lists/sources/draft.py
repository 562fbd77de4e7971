"""One entity being written from a list.

A value that cannot be used as meant (a date that is none, an unknown country) becomes a `Problem`
and stays in the entity's notes, so that nothing a publisher wrote is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from taawun.entities import countries, dates, identifiers, schemata
from taawun.entities.entity import Entity, Value
from taawun.lists.sources.aliases import Spelling
from taawun.lists.sources.text import MOST_IN_NAME, MOST_IN_TEXT, cleaned, faults

if TYPE_CHECKING:
    from taawun.lists.sources.transcript import Transcript

_NAMES = ("name", "alias", "previousName", "weakAlias")


@dataclass(slots=True)
class Draft:
    """One entity being written. `since` is the date from which its values have been said."""

    transcript: Transcript
    id: str
    schema: str
    line: int | None
    since: str
    target: bool
    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    known: dict[str, schemata.Property] = field(init=False)

    def __post_init__(self) -> None:
        self.known = schemata.schema(self.schema).properties

    def add(
        self, prop: str, raw: str, *, lang: str = "", original: str = "", since: str = ""
    ) -> None:
        """Say one value. Empty text says nothing; a text said before is not said twice."""
        if prop not in self.known:
            raise KeyError(f"{self.schema} has no {prop}")
        text = self._safe(prop, raw) if raw else ""
        if not text:
            return
        said = self.values.setdefault(prop, {})
        if text not in said:
            source = (original or raw).strip()
            kept = source[:MOST_IN_TEXT] if " ".join(source.split()) != text else ""
            said[text] = Value(text, self.transcript.dataset, lang, kept, since or self.since)

    def add_all(self, prop: str, raws: Iterable[str], **said: str) -> None:
        """Say several values of one property."""
        for raw in raws:
            self.add(prop, raw, **said)

    def names(
        self, prop: str, found: Iterable[Spelling], *, lang: str = "", since: str = ""
    ) -> None:
        """Say the spellings out of one cell: the first as `prop`, what it brings along as aliases.

        Of a primary name only one spelling is the primary one; a weak name brings weak ones.
        """
        for number, spelling in enumerate(found):
            other = "alias" if prop == "name" else prop
            self.add(
                spelling.prop or (other if number else prop),
                spelling.text,
                lang=spelling.lang or ("" if number else lang),
                original=spelling.original,
                since=since,
            )

    def date(self, prop: str, raw: str, *, field: str, since: str = "") -> None:
        """Say a date: one value, or the two ends of a range. What is no date goes to the notes."""
        if not raw.strip():
            return
        span = dates.span(raw)
        if span is None:
            self.unreadable("readers.date_unreadable", prop, raw, field)
            return
        for text in span.texts:
            self.add(prop, text, original=cleaned(raw), since=since)

    def country(self, prop: str, raw: str, *, field: str, since: str = "") -> str:
        """Say a country by its code, which is returned; unknown names go to the notes."""
        if countries.says_unknown(raw):
            return ""
        code = countries.country_code(raw)
        if code:
            self.add(prop, code, original=cleaned(raw), since=since)
        else:
            self.unreadable("readers.country_unknown", prop, raw, field)
        return code

    def unreadable(self, code: str, prop: str, raw: str, field: str) -> None:
        """A value that cannot be used as meant: reported, and kept in the notes as written."""
        self.transcript.problem(code, line=self.line, field=field, got=cleaned(raw))
        self.note(f"{prop}: {raw}")

    def note(self, raw: str, lang: str = "") -> None:
        """Keep a text that has no property of its own where people read it."""
        self.add("notes" if "notes" in self.known else "description", raw, lang=lang)

    def child(self, schema: str, *parts: str) -> Draft:
        """An entity of its own that belongs to this one, the same in every version of the list."""
        return self.transcript.aside(key(self.id, schema, *parts), schema, self.line, self.since)

    def address(
        self,
        parts: dict[str, str],
        country: str,
        *,
        field: str,
        remark: str = "",
        since: str = "",
        shown: str = "",
    ) -> None:
        """Say an address: in full on the entity, its parts as an Address of their own.

        `country` is read as a country; `shown` is how the full address names it, if otherwise.
        """
        bare = {prop: text for prop, raw in parts.items() if (text := self._safe("address", raw))}
        if not bare and not country.strip():
            return
        code = self.country("country", country, field=field, since=since)
        shown = shown or ("" if countries.says_unknown(country) else cleaned(country))
        full = ", ".join([*bare.values(), *([shown] if shown else [])])
        if bare:
            self.add("address", full, since=since)
        elif not remark:
            return
        self._address_entity(bare, full, code, remark)

    def _address_entity(self, bare: dict[str, str], full: str, code: str, remark: str) -> None:
        dataset = self.transcript.dataset
        id_ = key(f"{dataset}-address", "", full, remark)
        address = self.transcript.aside(id_, "Address", self.line)
        for prop, text in [("full", full), *bare.items(), ("country", code), ("remarks", remark)]:
            address.add(prop, text)
        self.add("addressEntity", id_)

    def document(
        self,
        number: str,
        kind: str,
        *,
        passport: bool = False,
        country: str = "",
        field: str = "",
        note: str = "",
        prop: str = "",
        since: str = "",
    ) -> Draft | None:
        """Say an identity document: its number on the entity, the rest in a document of its own."""
        bare = self._safe("notes", number).lstrip("'’")
        if not bare:
            return None
        wanted = prop or ("passportNumber" if passport else "idNumber")
        if wanted in self.known:
            self.add(wanted, bare, original=cleaned(number), since=since)
        else:
            self.note(f"{kind}: {bare}")
        schema = "Passport" if passport else "Identification"
        document = self.child(schema, bare, kind, country)
        document.since = since or self.since
        document.add("holder", self.id)
        document.add("number", bare, original=cleaned(number))
        document.add("type", kind)
        document.add("summary", note)
        if passport:
            document.add("passportNumber", bare)
        if document.country("country", country, field=field) == "ru" and not passport:
            self._russian(bare, since)
        return document

    def _russian(self, number: str, since: str) -> None:
        """A Russian number whose check digits say which register it is of, said as such too."""
        for prop, kind, digits in (("innCode", "inn", (10, 12)), ("ogrnCode", "ogrn", (13, 15))):
            bare = identifiers.normal(number, kind)
            if prop in self.known and len(bare) in digits and identifiers.valid(bare, kind):
                self.add(prop, bare, original=number, since=since)

    def sanction(self, *, authority: str, country: str = "") -> Draft:
        """The listing itself: who listed this entity, under what, since when."""
        sanction = self.child("Sanction")
        sanction.add("entity", self.id)
        sanction.add("authority", authority)
        if country:
            sanction.add("country", country)
        sanction.add("startDate", self.since)
        sanction.add("listingDate", self.since)
        return sanction

    def programme(self, sanction: Draft, code: str = "", name: str = "") -> None:
        """Name the programme on the entity and on its sanction: its code, and its name if known."""
        for draft in (self, sanction):
            draft.add("programId", code)
            draft.add("program", name or self.transcript.card.programmes.get(code, "") or code)

    def listed(self, since: str) -> None:
        """The date from which everything has been said, where it is known only at the end."""
        self.since = self.since or since
        for said in self.values.values():
            for text, value in said.items():
                if not value.since:
                    said[text] = replace(value, since=since)

    def has(self, prop: str) -> bool:
        """Whether anything has been said under that property."""
        return bool(self.values.get(prop))

    def entity(self) -> Entity:
        """The entity as a value; a name said as a stronger one is not repeated as a weaker."""
        properties = {}
        stronger: set[str] = set()
        for prop in _NAMES:
            texts = self.values.get(prop, {})
            kept = tuple(v for text, v in texts.items() if text.casefold() not in stronger)
            stronger.update(text.casefold() for text in texts)
            if kept:
                properties[prop] = kept
        for prop, texts in self.values.items():
            if prop not in _NAMES and texts:
                properties[prop] = tuple(texts.values())
        dataset = self.transcript.dataset
        return Entity(self.id, self.schema, properties, (dataset,), target=self.target)

    def _safe(self, prop: str, raw: str) -> str:
        if len(raw) <= MOST_IN_NAME and raw.isascii() and raw.isprintable():
            return " ".join(raw.split())
        for code in faults(raw):
            self.transcript.problem(code, line=self.line, field=f"{self.id}.{prop}", got=raw)
        kind = self.known[prop].type
        most = MOST_IN_NAME if kind in ("name", "identifier") else MOST_IN_TEXT
        if len(raw) > most:
            self.transcript.problem(
                "readers.text_too_long",
                line=self.line,
                field=f"{self.id}.{prop}",
                got=f"{len(raw)}: {raw[:40]}",
                expected=f"<={most}",
            )
            raw = raw[:most]
        return cleaned(raw)


def key(owner: str, schema: str, *parts: str) -> str:
    """An id made from what it stands for: the same parts give the same id in every version."""
    digest = hashlib.sha256("\x1f".join((schema, *parts)).encode("utf-8", "surrogatepass"))
    return "-".join(part for part in (owner, schema.lower(), digest.hexdigest()[:10]) if part)
