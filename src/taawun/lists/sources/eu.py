"""The EU's Financial Sanctions Files, XML 1.1: one `sanctionEntity` per designation.

Element              becomes
nameAlias            name (the first strong one in English or in no language), alias, weakAlias
                     (strong="false"); firstName, middleName, lastName, function, title, gender
birthdate            birthDate, birthPlace, birthCountry; a circa, a year or a range stays so
citizenship          citizenship
address              address, and phone or web where the remark is one
identification       the property its type names, and a document
regulation           programme, act, listing date
regulationSummary    the date since when a value has been said
remark               notes; parents and death where a fixed phrase says them
"""

from __future__ import annotations

from pathlib import Path

from taawun.entities import dates
from taawun.lists.sources.aliases import bracketed
from taawun.lists.sources.card import card
from taawun.lists.sources.languages import three_letter
from taawun.lists.sources.markup import Node, pieces
from taawun.lists.sources.remarks import read_person_remarks
from taawun.lists.sources.text import cleaned, is_latin
from taawun.lists.sources.transcript import Draft, Reading, Transcript

AUTHORITY = "Council of the European Union"
_SCHEMA = {"person": "Person", "enterprise": "Organization"}
_GENDER = {"m": "male", "f": "female", "male": "male", "female": "female"}
# identificationTypeCode: the property, and what the document is called
_DOCUMENT = {
    "passport": ("passportNumber", "Passport"),
    "diplomaticpassport": ("passportNumber", "Diplomatic passport"),
    "id": ("idNumber", "National identity card"),
    "regnumber": ("registrationNumber", "Registration number"),
    "fiscalcode": ("taxNumber", "Fiscal code"),
    "taxid": ("taxNumber", "Tax identification number"),
    "ssn": ("socialSecurityNumber", "Social security number"),
    "swiftbic": ("swiftBic", "BIC"),
    "imo": ("imoNumber", "IMO number"),
    "travelcardid": ("idNumber", "Travel document"),
    "residentperm": ("idNumber", "Residence permit"),
    "birthcert": ("idNumber", "Birth certificate"),
    "drivinglicence": ("idNumber", "Driving licence"),
    "electionid": ("idNumber", "Voter identity card"),
    "stateissued": ("idNumber", "State-issued identity document"),
    "registration": ("registrationNumber", "Registration number"),
    "tradelic": ("licenseNumber", "Trade licence"),
    "vat": ("vatCode", "VAT number"),
    "iban": ("notes", "IBAN"),
    "bic": ("swiftBic", "BIC"),
    "other": ("idNumber", "Other"),
}


def read(path: Path, dataset: str = "") -> Reading:
    """The whole list; InputError when the file is not this list or not whole."""
    transcript = Transcript(card("eu"), path.name, dataset)
    for node in pieces(transcript, path, "export", frozenset({"sanctionEntity"})):
        if node.name == "export":
            transcript.published = node.attribute("generationDate")
        else:
            _entry(transcript, node)
        node.close()
    return transcript.reading()


def _entry(transcript: Transcript, node: Node) -> None:
    reference = cleaned(node.attribute("euReferenceNumber"))
    if not reference:
        transcript.problem(
            "readers.id_missing", line=node.line, field=f"{node.path}@euReferenceNumber"
        )
        reference = f"eu-{node.attribute('logicalId') or node.line}"
    draft = transcript.begin(reference, _schema(transcript, node), node.line)
    _listing(draft, node)
    for number, alias in enumerate(sorted(node.all("nameAlias"), key=_rank)):
        _name(draft, alias, first=number == 0)
        alias.close()
    if not draft.has("name"):
        transcript.problem("readers.name_missing", line=node.line, field=node.path, got=reference)
    _details(draft, node)
    for remark in node.each("remark"):
        text = remark.text()
        draft.note(text)
        if draft.schema == "Person":
            read_person_remarks(draft, text, remark.path)
    draft.note(node.attribute("designationDetails"))


def _schema(transcript: Transcript, node: Node) -> str:
    found = ""
    for kind in node.each("subjectType"):
        code = cleaned(kind.attribute("code")).lower()
        found = _SCHEMA.get(code, "")
        if not found:
            transcript.problem(
                "readers.value_unknown",
                line=kind.line,
                field=f"{kind.path}@code",
                got=code,
                expected=", ".join(_SCHEMA),
            )
    return found or "LegalEntity"


def _rank(alias: Node) -> tuple[bool, bool, bool, bool]:
    """Strong names first; then Latin ones, those in English or no language, those with parts."""
    strong = alias.peek("strong").lower() != "false"
    parts = bool(alias.peek("firstName") and alias.peek("lastName"))
    foreign = alias.peek("nameLanguage") not in ("", "EN")
    return not strong, not is_latin(alias.peek("wholeName")), foreign, not parts


def _name(draft: Draft, node: Node, *, first: bool) -> None:
    since = _since(node)
    lang = _language(draft, node)
    strong = node.attribute("strong").lower()
    if strong not in ("true", "false", ""):
        draft.transcript.problem(
            "readers.value_unknown", line=node.line, field=f"{node.path}@strong", got=strong
        )
    parts = [node.attribute(part) for part in ("firstName", "middleName", "lastName")]
    whole = node.attribute("wholeName")
    joined = " ".join(part for part in parts if part)
    prop = "weakAlias" if strong == "false" else "name" if first else "alias"
    person = draft.schema == "Person"
    found = bracketed(whole or joined, person=person)
    draft.names(prop, found, lang=lang, since=since)
    if whole and joined and cleaned(whole).casefold() != cleaned(joined).casefold():
        draft.add("weakAlias" if prop == "weakAlias" else "alias", joined, lang=lang, since=since)
    for part, text in zip(("firstName", "middleName", "lastName"), parts, strict=True):
        if text and person:
            draft.add(part, text, lang=lang, since=since)
    title, function = node.attribute("title"), node.attribute("function")
    draft.add("title" if person else "legalForm", title, since=since)
    draft.add("position" if person else "notes", function, since=since)
    _gender(draft, node)
    for remark in node.each("remark"):
        draft.note(f"{whole}: {remark.text()}")


def _gender(draft: Draft, node: Node) -> None:
    raw = cleaned(node.attribute("gender"))
    found = _GENDER.get(raw.lower(), "")
    if raw and not found:
        draft.unreadable("readers.value_unknown", "gender", raw, f"{node.path}@gender")
    elif found and draft.schema == "Person":
        draft.add("gender", found, original=raw)
    elif found:
        draft.unreadable("readers.value_unexpected", "gender", raw, f"{node.path}@gender")


def _language(draft: Draft, node: Node) -> str:
    raw = cleaned(node.attribute("nameLanguage"))
    found = three_letter(raw)
    if raw and not found:
        draft.transcript.problem(
            "readers.language_unknown", line=node.line, field=f"{node.path}@nameLanguage", got=raw
        )
    return found


def _listing(draft: Draft, node: Node) -> None:
    draft.since = dates.partial(node.attribute("designationDate"))
    un = cleaned(node.attribute("unitedNationId"))
    for regulation in node.each("regulation"):
        published = cleaned(regulation.attribute("publicationDate"))
        act = cleaned(regulation.attribute("numberTitle"))
        draft.since = draft.since or dates.partial(published)
        sanction = draft.child("Sanction", act)
        sanction.add("entity", draft.id)
        sanction.add("authority", AUTHORITY)
        sanction.add("country", "eu")
        sanction.date("startDate", regulation.attribute("entryIntoForceDate"), field="startDate")
        sanction.date("listingDate", draft.since or published, field="listingDate")
        sanction.add("reason", act)
        sanction.add("unscId", un)
        draft.programme(sanction, cleaned(regulation.attribute("programme")))
        for url in regulation.texts("publicationUrl"):
            sanction.add("sourceUrl", url)
    draft.add("topics", "sanction")
    draft.add("createdAt", draft.since)


def _details(draft: Draft, node: Node) -> None:
    person = draft.schema == "Person"
    for birth in node.each("birthdate"):
        _birth(draft, birth)
    for citizenship in node.each("citizenship"):
        since = _since(citizenship)
        described = citizenship.attribute("countryDescription")
        raw = citizenship.attribute("countryIso2Code") or described
        prop = "citizenship" if person else "country"
        draft.country(prop, raw, field=f"{citizenship.path}@countryIso2Code", since=since)
        _region(draft, citizenship, prop)
    for address in node.each("address"):
        _address(draft, address)
    for document in node.each("identification"):
        _document(draft, document)


def _region(draft: Draft, node: Node, prop: str) -> None:
    if region := node.attribute("region"):
        draft.note(f"{prop}: {region}")
    for remark in node.each("remark"):
        draft.note(f"{prop}: {remark.text()}")


def _birth(draft: Draft, node: Node) -> None:
    since = _since(node)
    whole = node.attribute("birthdate")
    calendar = node.attribute("calendarType").upper()
    parts = [node.attribute(part) for part in ("year", "monthOfYear", "dayOfMonth")]
    first, last = node.attribute("yearRangeFrom"), node.attribute("yearRangeTo")
    circa = "circa " if node.attribute("circa").lower() == "true" else ""
    known = parts[: parts.index("")] if "" in parts else parts
    built = "-".join(part.zfill(2) for part in known)
    said = whole or built or (f"{first} to {last}" if first and last else first or last)
    if said and draft.schema != "Person":
        draft.unreadable("readers.value_unexpected", "birthDate", said, node.path)
    elif said and calendar not in ("", "GREGORIAN"):
        draft.unreadable("readers.calendar_unknown", "birthDate", f"{said} ({calendar})", node.path)
    elif said:
        draft.date("birthDate", circa + said, field=node.path, since=since)
    _birth_place(draft, node, since)
    for remark in node.each("remark"):
        draft.note(f"birthDate: {remark.text()}")


def _birth_place(draft: Draft, node: Node, since: str) -> None:
    described = cleaned(node.attribute("countryDescription"))
    code = node.attribute("countryIso2Code")
    places = [cleaned(node.attribute(part)) for part in ("place", "city", "region", "zipCode")]
    if draft.schema != "Person":
        draft.note(", ".join(part for part in (*places, described) if part))
        return
    found = draft.country(
        "birthCountry", code or described, field=f"{node.path}@countryIso2Code", since=since
    )
    country = described.title() if found else ""
    draft.add("birthPlace", ", ".join(part for part in (*places, country) if part), since=since)


def _address(draft: Draft, node: Node) -> None:
    parts = {
        "street": node.attribute("street"),
        "postOfficeBox": f"PO Box {box}" if (box := node.attribute("poBox")) else "",
        "remarks": node.attribute("place"),
        "city": node.attribute("city"),
        "postalCode": node.attribute("zipCode"),
        "region": node.attribute("region"),
    }
    described, code = node.attribute("countryDescription"), node.attribute("countryIso2Code")
    since = _since(node)
    at_listing = node.attribute("asAtListingTime").lower() == "true"
    remarks = [remark.text() for remark in node.each("remark")]
    for contact in node.each("contactInfo"):
        _contact(draft, contact)
    remark = "; ".join([*remarks, *(["at the time of listing"] if at_listing else [])])
    field = f"{node.path}@countryIso2Code"
    shown = "" if code == "00" else cleaned(described).title()
    draft.address(parts, code or described, field=field, remark=remark, since=since, shown=shown)


def _contact(draft: Draft, node: Node) -> None:
    """contactInfo key="PHONE[1]" value="…"."""
    kind, value = node.attribute("key").lower(), node.attribute("value")
    kind = kind.partition("[")[0]
    prop = {"phone": "phone", "email": "email", "web": "website"}.get(kind)
    if prop:
        draft.add(prop, value)
    else:
        draft.note(f"{kind}: {value}")


def _document(draft: Draft, node: Node) -> None:
    kind = cleaned(node.attribute("identificationTypeCode")).lower()
    number = node.attribute("number")
    if kind not in _DOCUMENT:
        draft.transcript.problem(
            "readers.value_unknown",
            line=node.line,
            field=f"{node.path}@identificationTypeCode",
            got=kind,
        )
    prop, label = _DOCUMENT.get(kind, ("idNumber", kind))
    described, country = node.attribute("countryDescription"), node.attribute("countryIso2Code")
    if country == "00":
        country = "" if described.upper() == "UNKNOWN" else described
    since = _since(node)
    remarks = [remark.text() for remark in node.each("remark")]
    flags = ("knownExpired", "knownFalse", "reportedLost", "revokedByIssuer", "diplomatic")
    remarks += [flag for flag in flags if node.attribute(flag).lower() == "true"]
    document = draft.document(
        number,
        label,
        passport=prop == "passportNumber",
        country=country,
        field=f"{node.path}@countryIso2Code",
        note="; ".join(remarks),
        prop=prop,
        since=since,
    )
    dated = [node.attribute(name) for name in ("issueDate", "issuedDate", "validFrom", "validTo")]
    issuer, holder = node.attribute("issuedBy"), node.attribute("nameOnDocument")
    region, zip_code = node.attribute("region"), node.attribute("zipCode")
    if document is None:
        said = [label, *dated, issuer, holder, *remarks]
        draft.note("; ".join(part for part in said if part))
        return
    for raw in dated[:3]:
        document.date("startDate", raw, field=f"{node.path}@issueDate")
    document.date("endDate", dated[3], field=f"{node.path}@validTo")
    document.add("authority", ", ".join(part for part in (issuer, region, zip_code) if part))
    if holder:
        document.add("description", f"nameOnDocument: {holder}")


def _since(node: Node) -> str:
    """The date of the act by which this was said."""
    found = ""
    for summary in node.each("regulationSummary"):
        found = dates.partial(summary.attribute("publicationDate")) or found
    return found
