"""The remarks of OFAC's legacy lists, taken apart: "DOB 07 Oct 1954; POB Baghdad, Iraq; …".

Each piece between semicolons is tried against `_RULES` from the top; the first that fits says what
it is. What fits none stays in the entity's notes, as written, and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from taawun.entities import dates, identifiers
from taawun.entities.countries import country_code
from taawun.entities.schemata import schema
from taawun.lists.sources.transcript import Draft

KEPT = "sdn.Remarks (kept as notes)"
FIELD = "Remarks"
_PIECE = re.compile(r";\s*")
_DATE = r"(?:(?:\d{1,2} )?[A-Z][a-z]{2} )?\d{4}"
# The label: the property it fills on the entity. Longest label first wins; case is kept.
_NUMBERS = {
    "Passport": "passportNumber",
    "Diplomatic Passport": "passportNumber",
    "Stateless Person Passport": "passportNumber",
    "Travel Document Number": "idNumber",
    "SSN": "socialSecurityNumber",
    "NIT #": "taxNumber",
    "R.F.C.": "taxNumber",
    "R.F.C. #": "taxNumber",
    "RFC": "taxNumber",
    "RUC #": "taxNumber",
    "RIF #": "taxNumber",
    "RTN": "taxNumber",
    "C.U.I.T.": "taxNumber",
    "Tax ID No.": "taxNumber",
    "US FEIN": "taxNumber",
    "Fiscal Code": "taxNumber",
    "Italian Fiscal Code": "taxNumber",
    "Romanian C.R.": "registrationNumber",
    "V.A.T. Number": "vatCode",
    "Trade License No.": "licenseNumber",
    "License": "licenseNumber",
    "Commercial Registry Number": "registrationNumber",
    "Registration Number": "registrationNumber",
    "Registration ID": "registrationNumber",
    "Company Number": "registrationNumber",
    "UK Company Number": "registrationNumber",
    "Business Registration Number": "registrationNumber",
    "Business Registration Document #": "registrationNumber",
    "Business Number": "registrationNumber",
    "Public Registration Number": "registrationNumber",
    "Government Gazette Number": "registrationNumber",
    "Folio Mercantil No.": "registrationNumber",
    "Matricula Mercantil No": "registrationNumber",
    "Chamber of Commerce Number": "registrationNumber",
    "Certificate of Incorporation Number": "registrationNumber",
    "Enterprise Number": "registrationNumber",
    "Legal Entity Number": "registrationNumber",
    "Branch Unit Number": "registrationNumber",
    "Registered Charity No.": "registrationNumber",
    "C.R. No.": "registrationNumber",
    "D-U-N-S Number": "dunsCode",
    "SWIFT/BIC": "swiftBic",
    "BIK (RU)": "bikCode",
    "LEI": "leiCode",
    "Legal Entity Identifier": "leiCode",
    "ISIN": "isinCode",
    "United Social Credit Code Certificate (USCCC)": "uscCode",
    "Unified Social Credit Code (USCC)": "uscCode",
    "MMSI": "mmsi",
    "Aircraft Manufacturer's Serial Number (MSN)": "serialNumber",
    "Aircraft Construction Number (also called L/N or S/N or F/N)": "serialNumber",
    "Aircraft Mode S Transponder Code": "icaoCode",
    "Aircraft Tail Number": "registrationNumber",
    "Aircraft Serial Identification": "serialNumber",
    "Cedula No.": "idNumber",
    "National ID No.": "idNumber",
    "C.U.R.P.": "idNumber",
    "D.N.I.": "idNumber",
    "I.F.E.": "idNumber",
    "C.U.I.P.": "idNumber",
    "Personal ID Card": "idNumber",
    "Credencial electoral": "idNumber",
    "Cartilla de Servicio Militar Nacional": "idNumber",
    "Numero de Identidad": "idNumber",
    "Residency Number": "idNumber",
    "Refugee ID Card": "idNumber",
}
# An unlisted label that can only be that of a number: "Kenyan ID No. 12773667".
_LIKE_NUMBER = re.compile(
    r"^([^\d;:]*(?:\bNo\.?|\bNumber|#|\bID|\bCode|\bCard|\bLicense|\bCertificate|\bIdentification))"
    r":? (?=[^()]*\d)"
)
_NOT_DOCUMENTS = re.compile(r"^(?:Fax|Alt\. Fax|Phone|UN/LOCODE|Chinese Commercial Code)", re.I)
# An office or rank at the head of a piece: the position of a person.
_OFFICE = re.compile(
    r"((?:(?:Former|Current|Deputy|First|Second|Acting|Senior|Vice|Assistant|Interim|Honorary|Prime|"
    r"Executive|General|Supreme|Co-)[ -])*"
    r"(?:Minister|Director|Head|Member|Chairman|Chairperson|Chairwoman|President|Commander|Chief|"
    r"Manager|Managing Director|Governor|Secretary|General|Colonel|Major|Brigadier|Lieutenant|"
    r"Captain|Admiral|Ambassador|Representative|Advisor|Adviser|Leader|Deputy|Judge|Magistrate|"
    r"Constituent|Speaker|Spokesman|Spokesperson|Mayor|Senator|Officer|Official|Vice-Chairperson|"
    r"Vice-President|Vice-Minister|Founder|Owner|Shareholder|Employee|Professor)\b.*)$"
)
_MEASURE = re.compile(
    r"^(?:alt\. )?(?:Additional Sanctions Information|Secondary sanctions risk|"
    r"Transactions Prohibited|Executive Order|CAATSA Section|PEESA|Listing Date|Effective Date|"
    r"Subject to|IFCA|Target Type|Determination)"
)
_SHORT = {"Male": "male", "Female": "female"}


def read_remarks(draft: Draft, sanction: Draft, text: str) -> list[str]:
    """Say what the remarks say; returns the names after "Linked To:", to be linked at the end."""
    linked: list[str] = []
    for piece in _PIECE.split(text.strip()):
        bare = piece.strip()
        if bare.lower().startswith("linked to:"):
            linked.append(bare[10:].strip())
        elif bare:
            whole = bare.endswith(("S.A.", "Ltd.", "Co."))
            read_piece(draft, sanction, bare if whole else bare.rstrip(". "))
    return linked


def read_piece(draft: Draft, sanction: Draft, piece: str) -> None:
    """Say one piece of remarks; what fits no rule is counted and stays in the notes."""
    bare = piece.removeprefix("alt. ")
    if _MEASURE.match(bare):
        sanction.add("provisions", bare)
        return
    for rule, say in _RULES:
        if (match := rule.match(bare)) and say(draft, match):
            return
    if not _number(draft, bare):
        draft.transcript.ignored[KEPT] += 1
        draft.note(piece)


def _known(draft: Draft, prop: str) -> bool:
    return prop in schema(draft.schema).properties


def _date(prop: str) -> Callable[[Draft, re.Match[str]], bool]:
    def say(draft: Draft, match: re.Match[str]) -> bool:
        if _known(draft, prop):
            draft.date(prop, match[1], field=FIELD)
        return _known(draft, prop)

    return say


def _country(prop: str) -> Callable[[Draft, re.Match[str]], bool]:
    def say(draft: Draft, match: re.Match[str]) -> bool:
        wanted = prop if _known(draft, prop) else "country"
        draft.country(wanted, match[1], field=FIELD)
        return True

    return say


def _plain(prop: str) -> Callable[[Draft, re.Match[str]], bool]:
    def say(draft: Draft, match: re.Match[str]) -> bool:
        if _known(draft, prop):
            draft.add(prop, match[1])
        return _known(draft, prop)

    return say


def _tons(prop: str) -> Callable[[Draft, re.Match[str]], bool]:
    def say(draft: Draft, match: re.Match[str]) -> bool:
        if _known(draft, prop):
            draft.add(prop, match[1].replace(",", ""), original=match[1])
        return _known(draft, prop)

    return say


def _birth_place(draft: Draft, match: re.Match[str]) -> bool:
    if not _known(draft, "birthPlace"):
        return False
    draft.add("birthPlace", match[1])
    if code := country_code(match[1].rpartition(", ")[2]):
        draft.add("birthCountry", code, original=match[1])
    return True


def _gender(draft: Draft, match: re.Match[str]) -> bool:
    if match[1] not in _SHORT or not _known(draft, "gender"):
        return False
    draft.add("gender", _SHORT[match[1]], original=match[1])
    return True


def _alias(draft: Draft, match: re.Match[str]) -> bool:
    """A name in the remarks is one that OFAC calls weak."""
    name = person_name(match[1]) if draft.schema == "Person" else match[1]
    draft.add("weakAlias", name, original=match[1])
    return True


def _imo(draft: Draft, match: re.Match[str]) -> bool:
    if not _known(draft, "imoNumber"):
        return False
    number = identifiers.normal(match[1], "imo")
    draft.add("imoNumber", number, original=match[0])
    if not identifiers.valid(number, "imo"):
        draft.transcript.problem(
            "readers.identifier_invalid", line=draft.line, field=FIELD, got=match[0]
        )
    return True


def _wallet(draft: Draft, match: re.Match[str]) -> bool:
    wallet = draft.child("CryptoWallet", match[1], match[2])
    wallet.add("holder", draft.id)
    wallet.add("publicKey", match[2])
    wallet.add("currencySymbol", match[1])
    wallet.add("topics", "sanction")
    return True


def _number(draft: Draft, piece: str) -> bool:
    """A document or a register's number: its label is listed, or can only be that of a number."""
    for label in _LABELS:
        if piece.startswith(f"{label} "):
            return _document(draft, label, piece[len(label) + 1 :], _NUMBERS[label])
    if (match := _LIKE_NUMBER.match(piece)) and not _NOT_DOCUMENTS.match(piece):
        prop = "idNumber" if draft.schema == "Person" else "registrationNumber"
        return _document(draft, match[1], piece[match.end() :], prop)
    return False


def _document(draft: Draft, label: str, rest: str, prop: str) -> bool:
    match = _REST.match(rest)
    if not match:
        return False
    number = _MARK.sub("", match["number"].strip())
    if not any(char.isdigit() for char in number):
        return False
    # "(Jalisco)" is where it was issued, and no country.
    place = match["country"] or ""
    spans = [(name, dates.span(match[name] or "")) for name in ("issued", "expires")]
    return _say_number(
        draft,
        label,
        number,
        prop,
        country=place if country_code(place) else "",
        authority="" if country_code(place) else place,
        note=(match["more"] or "").strip(" ,"),
        dated=tuple((name, found) for name, found in spans if found),
    )


def read_number(
    draft: Draft,
    label: str,
    number: str,
    *,
    country: str = "",
    authority: str = "",
    note: str = "",
    dated: tuple[tuple[str, dates.Span], ...] = (),
) -> None:
    """Say a document or a register's number whose label stands apart from it."""
    for rule, say in _RULES:
        if rule in _IMO and (match := rule.match(f"{label} {number}")) and say(draft, match):
            return
    prop = _NUMBERS.get(label) or ("idNumber" if draft.schema == "Person" else "registrationNumber")
    said = _say_number(
        draft, label, number, prop, country=country, authority=authority, note=note, dated=dated
    )
    if not said:
        draft.transcript.ignored[KEPT] += 1
        draft.note(f"{label}: {number}")


def _say_number(
    draft: Draft,
    label: str,
    number: str,
    prop: str,
    *,
    country: str = "",
    authority: str = "",
    note: str = "",
    dated: tuple[tuple[str, dates.Span], ...] = (),
) -> bool:
    if prop in _BARE or not _known(draft, "idNumber"):
        if _known(draft, prop):
            draft.add(prop, number)
        return _known(draft, prop)
    document = draft.document(
        number,
        label,
        passport=prop == "passportNumber" and draft.schema == "Person",
        country=country,
        field=FIELD,
        note=note,
        prop=prop if _known(draft, prop) else "registrationNumber",
    )
    if document is None:
        return False
    document.add("authority", authority)
    for when, found in dated:
        document.add("startDate" if when.startswith("issue") else "endDate", found.texts[0])
    return True


def person_name(name: str) -> str:
    """ "HUSSEIN AL-TIKRITI, Saddam" as people write it: "Saddam HUSSEIN AL-TIKRITI"."""
    return " ".join(part for part in person_parts(name) if part)


def person_parts(name: str) -> tuple[str, str, str]:
    """Given names, family name and suffix of "FAMILY, Given, Jr."."""
    family, _, given = " ".join(name.split()).partition(", ")
    given, _, suffix = given.partition(", ")
    return given, family, suffix


_LABELS = sorted(_NUMBERS, key=len, reverse=True)
# What stands before a number and is none of it: "CNIC: 35202…", "# UIUM57…".
_MARK = re.compile(r"^(?:[A-Za-z.]+: |# |No\.? )")
_REST = re.compile(
    r"^(?P<number>[^()]+?)(?: \((?P<country>[^()]+)\))?"
    rf"(?: issued (?P<issued>{_DATE}))?(?: expires (?P<expires>{_DATE}))?"
    r"(?P<more>(?:[ ,]*\(|, | issued | expire| and ).*)?$"
)
# Numbers of things, not documents of somebody.
_BARE = frozenset({"mmsi", "serialNumber", "icaoCode", "swiftBic", "bikCode"})
_GROSS = "grossRegisteredTonnage"
_IMO = (
    re.compile(r"(?:Vessel|Company|Identification)\b.*\bIMO (\d+)\b.*$"),
    re.compile(r"IMO (?:number )?(\d{7})$", re.I),
)
_RULES: tuple[tuple[re.Pattern[str], Callable[[Draft, re.Match[str]], bool]], ...] = (
    (re.compile(r"DOB (.+)$"), _date("birthDate")),
    (re.compile(r"POB (.+)$"), _birth_place),
    (re.compile(r"Gender:? (\w+)$"), _gender),
    (re.compile(r"nationality (.+)$"), _country("nationality")),
    (re.compile(r"citizen (.+)$"), _country("citizenship")),
    (re.compile(r"Nationality of Registration (.+)$"), _country("jurisdiction")),
    (re.compile(r"(?:Former|Other) Vessel Flag (.+)$"), _country("pastFlags")),
    (re.compile(r"[afn]\.k\.a\. ['‘’\"](.+?)['‘’\"]?$"), _alias),
    (re.compile(r"Position: (.+)$"), _plain("position")),
    (re.compile(r"Organization Established Date (.+)$"), _date("incorporationDate")),
    (re.compile(r"Organization Type: (.+)$"), _plain("sector")),
    *((rule, _imo) for rule in _IMO),
    (re.compile(r"Vessel Year of Build (.+)$"), _date("buildDate")),
    (re.compile(r"(?:Other )?Vessel Call Sign (.+)$", re.I), _plain("callSign")),
    (re.compile(r"(?:Other )?Vessel Type (.+)$", re.I), _plain("type")),
    (re.compile(r"Vessel Tonnage ([\d,. ]+)$", re.I), _tons("deadweightTonnage")),
    (re.compile(r"Vessel Gross (?:Registered )?Tonnage ([\d,. ]+)$", re.I), _tons(_GROSS)),
    (re.compile(r"Aircraft Model (.+)$"), _plain("model")),
    (re.compile(r"Aircraft Manufacture Date (.+)$"), _date("buildDate")),
    (re.compile(r"Digital Currency Address - (\w+) (\S+)$"), _wallet),
    (re.compile(r"(?:Telephone|Phone)(?: Number| No\.)?:? (.+)$"), _plain("phone")),
    (re.compile(r"(?:Email Address|E-mail):? (.+)$"), _plain("email")),
    (re.compile(r"Website:? (.+)$"), _plain("website")),
    (_OFFICE, _plain("position")),
)
