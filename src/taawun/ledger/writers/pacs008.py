"""Transfers as pacs.008 messages, valid under the schema of their version.

    written = write_pacs008("export", transfers, accounts, per_file=100_000)

What `readers.iso20022` reads comes back the same where the format has room for it:

    transfer    a UUID is the UETR; anything else is the TxId, and comes back with its sender
    accounts    what has the form of an IBAN stays; the bank comes before other numbers (`BANK-12`)
    texts       names 140 characters, account numbers 34, references and identifiers 35
    purpose     four capital letters or digits are a purpose code, anything else remittance text

A bank without BIC is written as a member of a clearing system (`USABA:021000021`, or the bare
number). Columns are put together whole: no Python object is made for a transfer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.errors import UsageError
from taawun.ledger import money

VERSIONS = ("08", "10", "13")
"""Versions that are written; the schemas of these are what the tests validate against."""
PER_MESSAGE = 1
BATCH = 50_000
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
_IBAN = r"^[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}$"
_BIC = r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$"
_LEI = r"^[A-Z0-9]{18}[0-9]{2}$"
_COUNTRY = r"^[A-Z]{2}$"
_NO_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
_CHANNELS = {
    "instant": "<LclInstrm><Cd>INST</Cd></LclInstrm>",
    "wire": "",
    "internal": "<ClrChanl>BOOK</ClrChanl>",
}
_NOTHING = pa.scalar(None, pa.string())


def write_pacs008(
    path: str | Path,
    transfers: pa.Table,
    accounts: pa.Table | None = None,
    *,
    version: str = "08",
    per_file: int | None = None,
    per_message: int = PER_MESSAGE,
) -> list[Path]:
    """Write transfers (`schema.TRANSFERS`) and their holders (`schema.ACCOUNTS`); the files made.

    With `per_file`, `path` is a folder that gets `pacs008-000001.xml` and so on, so many transfers
    in each; else it is the file. `per_message` transfers share a group header: 1 as payments are
    sent, more as they are settled in bulk. Raises UsageError for a version that is not written.
    """
    if version not in VERSIONS:
        raise UsageError(f"pacs.008 version {version!r}; known: {', '.join(VERSIONS)}")
    holders = _Holders(accounts)
    if per_file is None:
        _write(Path(path), transfers, holders, version, per_message)
        return [Path(path)]
    Path(path).mkdir(parents=True, exist_ok=True)
    made = []
    for number, start in enumerate(range(0, transfers.num_rows, per_file), 1):
        file = Path(path) / f"pacs008-{number:06}.xml"
        _write(file, transfers.slice(start, per_file), holders, version, per_message)
        made.append(file)
    return made


def _write(
    path: Path, transfers: pa.Table, holders: _Holders, version: str, per_message: int
) -> None:
    whole = max(BATCH // per_message, 1) * per_message
    with path.open("wb") as file:
        for start in range(0, transfers.num_rows, whole):
            rows = transfers.slice(start, whole).combine_chunks()
            for piece in _messages(rows, holders, version, per_message, start):
                file.write(piece)


def _messages(
    rows: pa.Table, holders: _Holders, version: str, per_message: int, start: int
) -> Iterator[memoryview]:
    """Complete documents, one behind the other: their bytes."""
    n = rows.num_rows
    place = np.arange(n) % per_message
    first, last = (
        pa.array(place == 0),
        pa.array((place == per_message - 1) | (np.arange(n) == n - 1)),
    )
    numbers = np.minimum(per_message, n - (np.arange(n) - place))
    created = _instant(rows["at"])
    identity = pa.array(np.arange(n) + start + 1).cast(pa.string())
    opens = _put(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:'
        f'xsd:pacs.008.001.{version}"><FIToFICstmrCdtTrf><GrpHdr><MsgId>',
        identity,
        "</MsgId><CreDtTm>",
        created,
        "</CreDtTm><NbOfTxs>",
        pa.array(numbers).cast(pa.string()),
        "</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>\n",
    )
    whole = _put(
        pc.if_else(first, opens, ""),
        _transaction(rows, holders, created, version),
        pc.if_else(last, "</FIToFICstmrCdtTrf></Document>\n", ""),
    )
    _, _, octets = whole.buffers()
    yield memoryview(octets)[: int(pc.sum(pc.binary_length(whole)).as_py() or 0)]


def _transaction(rows: pa.Table, holders: _Holders, created: pa.Array, version: str) -> pa.Array:
    source_bank, target_bank = (_plain(rows[f"{side}_bank"]) for side in ("source", "target"))
    currency = _plain(rows["currency"])
    day = pc.utf8_slice_codeunits(created, 0, 10)
    return _put(
        "<CdtTrfTxInf><PmtId>",
        _reference(_plain(rows["transfer"]), source_bank),
        "</PmtId>",
        _channel(_plain(rows["channel"])),
        '<IntrBkSttlmAmt Ccy="',
        currency,
        '">',
        _decimal(_plain(rows["amount"]), currency),
        "</IntrBkSttlmAmt><IntrBkSttlmDt>",
        day,
        "</IntrBkSttlmDt>",
        _accepted(created, version),
        "<ChrgBr>SLEV</ChrgBr><InstgAgt>",
        _agent(source_bank, None),
        "</InstgAgt><Dbtr>",
        holders.party(rows, "source"),
        "</Dbtr>",
        _account(rows, "source", "DbtrAcct"),
        "<DbtrAgt>",
        _agent(source_bank, _plain(rows["source_country"])),
        "</DbtrAgt><CdtrAgt>",
        _agent(target_bank, _plain(rows["target_country"])),
        "</CdtrAgt><Cdtr>",
        holders.party(rows, "target"),
        "</Cdtr>",
        _account(rows, "target", "CdtrAcct"),
        _purpose(_plain(rows["purpose"])),
        "</CdtTrfTxInf>\n",
    )


# Pieces


def _accepted(created: pa.Array, version: str) -> pa.Array:
    """When it was accepted: version 13 has a group of times for it."""
    accepted = _put("<AccptncDtTm>", created, "</AccptncDtTm>")
    return _put("<AddtlDtTm>", accepted, "</AddtlDtTm>") if version >= "13" else accepted


def _reference(transfer: pa.Array, bank: pa.Array) -> pa.Array:
    """The UETR; or the TxId, without the sender that a reader puts before it."""
    unique = pc.match_substring_regex(transfer, _UUID)
    bare = _without(transfer, bank, "/")
    other = _put("<EndToEndId>NOTPROVIDED</EndToEndId><TxId>", _escaped(bare, 35), "</TxId>")
    known = _put("<EndToEndId>NOTPROVIDED</EndToEndId><UETR>", transfer, "</UETR>")
    return pc.if_else(unique, known, other)


def _without(text: pa.Array, bank: pa.Array, between: str) -> pa.Array:
    """Text without the bank before it, where it has one."""
    encoded = pc.dictionary_encode(bank)
    found = text
    for at, each in enumerate(encoded.dictionary.to_pylist()):
        its = pc.equal(encoded.indices, at).fill_null(False)
        prefixed = pc.and_(its, pc.starts_with(text, f"{each}{between}"))
        if pc.any(prefixed).as_py():
            bare = pc.utf8_slice_codeunits(text, len(each) + len(between))
            found = pc.if_else(prefixed, bare, found)
    return found


def _account(rows: pa.Table, side: str, element: str) -> pa.Array:
    account = _plain(rows[side])
    iban = pc.and_(
        pc.match_substring_regex(account, _IBAN), pc.less_equal(pc.binary_length(account), 34)
    )
    if pc.all(iban).as_py():
        return _put(f"<{element}><Id><IBAN>", account, f"</IBAN></Id></{element}>")
    bare = _escaped(_without(account, _plain(rows[f"{side}_bank"]), "-"), 34)
    other = _put(f"<{element}><Id><Othr><Id>", bare, f"</Id></Othr></Id></{element}>")
    known = _put(f"<{element}><Id><IBAN>", account, f"</IBAN></Id></{element}>")
    return pc.if_else(iban, known, other)


def _agent(bank: pa.Array, country: pa.Array | None) -> pa.Array:
    """An institution by its BIC, or by its number where it has none; each bank is put once."""
    key = bank if country is None else _put(bank.fill_null(""), "\x1f", country.fill_null(""))
    encoded = pc.dictionary_encode(key.fill_null(""))
    words = [_institution(*each.split("\x1f")) for each in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)


def _institution(bank: str, country: str = "") -> str:
    from re import fullmatch
    from xml.sax.saxutils import escape

    if fullmatch(_BIC, bank):
        return f"<FinInstnId><BICFI>{bank}</BICFI></FinInstnId>"
    system, colon, member = bank.partition(":")
    where = fullmatch(_COUNTRY, country or "")
    address = f"<PstlAdr><Ctry>{country}</Ctry></PstlAdr>" if where else ""
    if not bank:
        return f"<FinInstnId>{address or '<Nm>NOTPROVIDED</Nm>'}</FinInstnId>"
    of = f"<ClrSysId><Prtry>{escape(system[:35])}</Prtry></ClrSysId>" if colon else ""
    number = escape((member if colon else bank)[:35])
    return (
        f"<FinInstnId><ClrSysMmbId>{of}<MmbId>{number}</MmbId></ClrSysMmbId>{address}</FinInstnId>"
    )


def _channel(channel: pa.Array) -> pa.Array:
    encoded = pc.dictionary_encode(channel.fill_null("wire"))
    words = []
    for word in encoded.dictionary.to_pylist():
        own = f"<LclInstrm><Prtry>{_escape(word)}</Prtry></LclInstrm>"
        inner = _CHANNELS.get(word, own)
        words.append(f"<PmtTpInf>{inner}</PmtTpInf>" if inner else "")
    return pa.array(words, pa.string()).take(encoded.indices)


def _escape(word: str) -> str:
    from xml.sax.saxutils import escape

    return escape(word[:35])


def _purpose(purpose: pa.Array) -> pa.Array:
    if purpose.null_count == len(purpose):
        return pa.repeat("", len(purpose))
    code = pc.match_substring_regex(purpose, r"^[A-Z0-9]{4}$").fill_null(False)
    coded = _put("<Purp><Cd>", purpose, "</Cd></Purp>")
    text = _escaped(purpose, 140)
    remitted = pc.if_else(
        pc.equal(text, "").fill_null(True), "", _put("<RmtInf><Ustrd>", text, "</Ustrd></RmtInf>")
    )
    return pc.if_else(code, coded, remitted)


def _decimal(amount: pa.Array, currency: pa.Array) -> pa.Array:
    """Minor units as the decimals of their currency. Raises UsageError for what is none."""
    encoded = pc.dictionary_encode(currency)
    places = []
    for code in encoded.dictionary.to_pylist():
        known = money.decimals(code)
        if known is None:
            raise UsageError(f"unknown currency {code!r}")
        places.append(known)
    of = np.array(places, np.int64)[encoded.indices.to_numpy(zero_copy_only=False)]
    minor = amount.to_numpy(zero_copy_only=False)
    unit = 10**of
    major = pa.array(minor // unit).cast(pa.string())
    rest = pa.array(minor % unit + unit).cast(pa.string())  # a digit before keeps the zeros
    fraction = pc.if_else(pa.array(of > 0), _put(".", pc.utf8_slice_codeunits(rest, 1)), "")
    return _put(major, fraction)


def _instant(at: pa.ChunkedArray) -> pa.Array:
    plain = _plain(at).cast(pa.timestamp("us"))
    return _put(
        pc.utf8_slice_codeunits(plain.cast(pa.string()), 0, 10),
        "T",
        pc.utf8_slice_codeunits(plain.cast(pa.string()), 11),
        "Z",
    )


class _Holders:
    """What is known of the holders of accounts, as the inside of a party, one text an account."""

    def __init__(self, accounts: pa.Table | None) -> None:
        self._accounts = pa.array([], pa.string())
        self._parties = pa.array([], pa.string())
        if accounts is not None and accounts.num_rows:
            self._accounts = _plain(accounts["account"])
            self._parties = _party(accounts)

    def party(self, rows: pa.Table, side: str) -> pa.Array:
        """The party of one side of each transfer."""
        account = _plain(rows[side])
        if not len(self._accounts):
            return pa.repeat("", len(account))
        found = pc.index_in(account, value_set=self._accounts)
        return self._parties.take(found).fill_null("")


def _party(accounts: pa.Table) -> pa.Array:
    name, identifier = _plain(accounts["holder"]), _plain(accounts["identifier"])
    country = _plain(accounts["country"])
    address = _escaped(_plain(accounts["address"]), 70)
    there = pc.match_substring_regex(country, _COUNTRY).fill_null(False)
    line = pc.if_else(_empty(address), "", _put("<AdrLine>", address, "</AdrLine>"))
    where = pc.if_else(there, _put("<Ctry>", country, "</Ctry>"), "")
    within = _put(where, line)
    kind = _plain(accounts["kind"]).fill_null("")
    lei = pc.match_substring_regex(identifier, _LEI).fill_null(False)
    plain = _put("<Othr><Id>", _escaped(identifier, 35), "</Id></Othr>")
    person = _put("<Id><PrvtId>", plain, "</PrvtId></Id>")
    company = _put("<Id><OrgId>", plain, "</OrgId></Id>")
    known = _put("<Id><OrgId><LEI>", identifier, "</LEI></OrgId></Id>")
    as_said = pc.if_else(pc.is_in(kind, value_set=pa.array(["person", ""])), person, company)
    said = pc.if_else(_empty(identifier), "", pc.if_else(lei, known, as_said))
    text = _escaped(name, 140)
    return _put(
        pc.if_else(_empty(text), "", _put("<Nm>", text, "</Nm>")),
        pc.if_else(pc.equal(within, ""), "", _put("<PstlAdr>", within, "</PstlAdr>")),
        said,
    )


def _empty(column: pa.Array) -> pa.Array:
    return pc.equal(column, "").fill_null(True)


def _escaped(column: pa.Array, most: int) -> pa.Array:
    """Text cut to its length and made safe; what XML cannot hold is left out."""
    if column.null_count == len(column):
        return column
    found = pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(column, 0, most))
    if pc.any(pc.match_substring_regex(found, _NO_XML)).as_py():
        found = pc.replace_substring_regex(found, _NO_XML, "")
    for sign, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        if pc.any(pc.match_substring(found, sign)).as_py():
            found = pc.replace_substring(found, sign, reference)
    return found


def _plain(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece, decoded."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], column.type)
    return whole.cast(pa.string()) if pa.types.is_dictionary(whole.type) else whole


def _put(*parts: pa.Array | str) -> pa.Array:
    """Texts one behind the other, row by row; null where one of them is."""
    return pc.binary_join_element_wise(*parts, "")
