"""What the fields of payment messages mean: texts in columns, as rows of the ledger.

    transfer   UETR; else the instructing agent (or the debtor's) and TxId, EndToEndId or InstrId
    at         when debited, when credited, when accepted, the settlement day, when booked, when
               valued, when written: the first that is there; a day is its midnight, a time
               without zone is UTC
    accounts   the IBAN; else bank and number; else bank and what is known of the holder
    banks      BICFI without the XXX of a head office, else the clearing system's number
    countries  of the IBAN, of the BIC, of the agent's address, of the holder's address or residence
    channel    local instrument, clearing channel, service level; `wire` where none says otherwise

Both parsers end here, so that a fault of a value is the same whoever read it. Columns are worked on
whole; a Python object is made only for what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from taawun.ledger import money, times
from taawun.ledger.readers.iso20022.channels import channel
from taawun.ledger.readers.iso20022.digits import check
from taawun.ledger.readers.iso20022.paths import FAMILIES, F, document
from taawun.ledger.schema import BOOKED, READ, REVERSAL

Flags = npt.NDArray[np.bool_]
EARLIEST, LATEST = 0, 4_102_444_800_000_000
"""Microseconds: 1970 and 2100. A settlement outside of them is a mistake of its sender."""
_UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
_IBAN = r"^[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}$"
_LIKE_IBAN = r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"
_BIC = r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$"
_ZONED = r"(Z|[+-][0-9]{2}:?[0-9]{2})$"
_TIMES = ("debited", "credited", "accepted", "settled", "booked", "valued", "created")
_NOTHING_SAID = ("NOTPROVIDED", "NOTAVAILABLE", "NONREF")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a row, its field by name and by its place in a message.

    `lost` says that the row cannot go in because of it; `once` that it is said once a file for a
    text, however many rows have it.
    """

    row: int
    code: str
    name: str
    field: str
    got: str = ""
    expected: str = ""
    lost: bool = True
    once: bool = False


@dataclass(slots=True)
class Said:
    """n transactions, each field a column of text (null where not said)."""

    n: int
    family: pa.Array
    columns: Mapping[str, pa.Array]
    lines: npt.NDArray[np.int64]
    faults: list[Fault] = field(default_factory=list)
    lost: Flags = field(default_factory=lambda: np.zeros(0, bool))

    def __post_init__(self) -> None:
        self.lost = np.zeros(self.n, bool)

    def of(self, name: str) -> pa.Array:
        """A field."""
        found = self.columns.get(name)
        return pa.nulls(self.n, pa.string()) if found is None else found

    def has(self, *names: str) -> bool:
        """Whether any row says one of these fields."""
        return any(name in self.columns for name in names)

    def wrong(
        self,
        rows: Flags | pa.Array,
        code: str,
        name: str,
        texts: pa.Array | None = None,
        expected: str = "",
        *,
        lost: bool = True,
    ) -> None:
        """Faults of one field, in the rows that are flagged and not lost for another reason."""
        if isinstance(rows, pa.Array):
            rows = rows.fill_null(False).to_numpy(zero_copy_only=False)
        for row in np.flatnonzero(rows & ~self.lost):
            got = "" if texts is None else texts[int(row)].as_py() or ""
            place = path_of(self.family[int(row)].as_py(), name)
            self.faults.append(Fault(int(row), code, name, place, str(got), expected, lost))
        if lost:
            self.lost |= rows

    def odd(self, rows: Flags, code: str, name: str, texts: pa.Array) -> None:
        """Texts that are kept but noted, each at the first of the flagged rows that has it."""
        flagged = np.flatnonzero(rows & ~self.lost)
        if not len(flagged):
            return
        encoded = pc.dictionary_encode(texts.take(pa.array(flagged)))
        _, firsts = np.unique(encoded.indices.to_numpy(), return_index=True)
        for row, got in zip(flagged[firsts].tolist(), encoded.dictionary.to_pylist(), strict=True):
            place = path_of(self.family[row].as_py(), name)
            self.faults.append(Fault(row, code, name, place, got, lost=False, once=True))


@cache
def path_of(family: str, name: str) -> str:
    """The element that fills a field: the first in the table, of a transaction if there is one."""
    if family not in FAMILIES or name not in F:
        return name
    filling = [
        path for path, step in document(family).walk() if F[name] in (step.fills, step.money)
    ]
    inside = f"/{FAMILIES[family].repeated}/"
    return next((path for path in filling if inside in path), filling[0] if filling else name)


def ledger_rows(said: Said) -> tuple[pa.Table, list[Fault]]:
    """The rows as `READ`, those that can go in; and what is wrong, by row."""
    sides = {side: _Side.of(said, side) for side in ("debtor", "creditor")}
    instructing = pc.coalesce(_agent(said, "instructing"), sides["debtor"].bank)
    act, original = _act(said, instructing)
    amount, currency = _amount(said)
    columns = {
        "transfer": _reference(said, instructing),
        "at": _at(said),
        "amount": amount,
        "currency": currency,
        "channel": _channel(said),
        "purpose": pc.coalesce(
            *(said.of(each) for each in ("purpose_code", "purpose_own", "remittance", "reference"))
        ),
        "act": act,
        "original": original,
        "line": pa.array(said.lines),
    }
    for side, name in (("debtor", "source"), ("creditor", "target")):
        found = sides[side]
        columns |= {
            name: found.account,
            f"{name}_bank": found.bank,
            f"{name}_country": found.country,
            f"{name}_holder": said.of(f"{side}_name"),
            f"{name}_identifier": found.identifier,
        }
    table = pa.table([columns[each.name] for each in _LOOSE], schema=_LOOSE)
    kept = table.filter(pa.array(~said.lost)) if said.lost.any() else table
    return kept.cast(READ), said.faults


_LOOSE = pa.schema([each.with_nullable(True) for each in READ])


# Parties


@dataclass(frozen=True, slots=True)
class _Side:
    """The columns of one side of the transfers."""

    account: pa.Array
    bank: pa.Array
    country: pa.Array
    identifier: pa.Array

    @classmethod
    def of(cls, said: Said, side: str) -> _Side:
        def own(name: str) -> pa.Array:
            return said.of(f"{side}_{name}")

        identifier = pc.coalesce(own("lei"), _head_office(own("any_bic")), own("identity"))
        bank = _code(said, own("bic"), own("system"), own("member"), f"{side}_bic")
        institution = _institutions(said)
        if institution is not None:
            itself = pc.coalesce(_head_office(own("any_bic")), own("fi_member"))
            itself = pc.if_else(institution, itself, None)
            bank = pc.coalesce(bank, itself)
        else:
            itself = pa.nulls(said.n, pa.string())
        number = pc.coalesce(own("other"), own("proxy"))
        iban = pc.coalesce(own("iban"), _where(number, _looks(number, _LIKE_IBAN)))
        if said.has(f"{side}_iban"):
            odd = pc.invert(pc.match_substring_regex(own("iban"), _IBAN))
            said.wrong(odd, "payments.iban_shape", f"{side}_iban", own("iban"), "IBAN", lost=False)
        numbered = _where(iban, _looks(iban, _IBAN))
        said.odd(~check(numbered), "payments.iban_check", f"{side}_iban", iban)
        holder = pc.coalesce(identifier, own("name"))
        instead = pc.coalesce(itself, _at_bank(bank, pc.binary_join_element_wise("~", holder, "")))
        account = pc.coalesce(own("account"), iban, _at_bank(bank, number))
        lacking = account.is_null()
        account = pc.coalesce(account, instead)
        if lacking.true_count:
            nobody = account.is_null()
            who = f"{side}_iban"
            said.wrong(nobody, "payments.party_unknown", who, None, "an account or a party")
            noted = pc.and_(lacking, itself.is_null())
            said.wrong(noted, "payments.account_missing", who, account, "an account", lost=False)
        of_account = _where(pc.utf8_slice_codeunits(iban, 0, 2), _looks(iban, _IBAN))
        country = pc.coalesce(
            of_account,
            _where(pc.utf8_slice_codeunits(itself, 4, 6), _looks(itself, _BIC)),
            _where(pc.utf8_slice_codeunits(bank, 4, 6), _looks(bank, _BIC)),
            own("agent_country"),
            own("country"),
            own("residence"),
        )
        return cls(account, bank, country, identifier)


def _institutions(said: Said) -> pa.Array | None:
    """Which rows move between banks themselves, None where none does."""
    if not said.has("debtor_fi_member", "debtor_any_bic", "creditor_fi_member", "creditor_any_bic"):
        return None
    bank = pc.equal(said.family, "pacs.009")
    found = pc.and_(bank, said.of("cover").is_null()) if said.has("cover") else bank
    return found if pc.any(found).as_py() else None


def _agent(said: Said, name: str) -> pa.Array:
    system, member = said.of(f"{name}_system"), said.of(f"{name}_member")
    return _code(said, said.of(name), system, member, "")


def _code(said: Said, bic: pa.Array, system: pa.Array, member: pa.Array, name: str) -> pa.Array:
    """An agent's BIC, else its number in its clearing system: `USABA:021000021`."""
    if name and name in said.columns:
        odd = pc.invert(_looks(bic, _BIC))
        said.wrong(odd, "payments.bic_shape", name, bic, "BIC", lost=False)
    plain = _head_office(bic)
    if member.null_count == said.n:
        return plain
    numbered = pc.coalesce(pc.binary_join_element_wise(system, member, ":"), member)
    return pc.coalesce(plain, numbered)


def _head_office(bic: pa.Array) -> pa.Array:
    """A BIC of eleven characters that end in XXX is the one of eight: ISO 9362, the head office."""
    if bic.null_count == len(bic):
        return bic
    eleven = pc.and_(pc.equal(pc.binary_length(bic), 11), pc.ends_with(bic, "XXX"))
    if not pc.any(eleven).as_py():
        return bic
    return pc.if_else(eleven, pc.utf8_slice_codeunits(bic, 0, 8), bic)


def _at_bank(bank: pa.Array, number: pa.Array, between: str = "-") -> pa.Array:
    """What is no IBAN means something only at its bank, a reference only from its sender."""
    if number.null_count == len(number):
        return number
    return pc.coalesce(pc.binary_join_element_wise(bank, number, between), number)


def _looks(column: pa.Array, pattern: str) -> pa.Array:
    """Which texts fit; null where there is none."""
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.bool_())
    return pc.match_substring_regex(column, pattern)


def _where(column: pa.Array, flags: pa.Array) -> pa.Array:
    return pc.if_else(flags, column, pa.scalar(None, pa.string()))


# References


def _reference(said: Said, instructing: pa.Array) -> pa.Array:
    uetr = said.of("uetr")
    fits = _looks(uetr, _UUID)
    if said.has("uetr"):
        odd = pc.invert(fits)
        said.wrong(odd, "payments.uetr_shape", "uetr", uetr, "UUID", lost=False)
    found = pc.utf8_lower(_where(uetr, fits))
    if found.null_count:
        number = pc.coalesce(
            *(_meant(said.of(each)) for each in ("own", "tx", "end_to_end", "instruction")),
        )
        found = pc.coalesce(found, _at_bank(instructing, number, "/"))
        said.wrong(found.is_null(), "payments.reference_missing", "end_to_end")
    return found


def _meant(column: pa.Array) -> pa.Array:
    """References that say something: a sender that has none must write that it has none."""
    if column.null_count == len(column):
        return column
    nothing = pc.is_in(column, value_set=pa.array(_NOTHING_SAID))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), column)


def _act(said: Said, instructing: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Whether each is a reversal, and of what."""
    back = pc.is_in(said.family, value_set=pa.array(["pacs.004", "pacs.007"]))
    if said.has("reversal"):
        back = pc.or_(back, pc.is_in(said.of("reversal"), value_set=pa.array(["true", "1"])))
    if not pc.any(back).as_py():
        return pa.repeat(BOOKED, said.n), pa.nulls(said.n, pa.string())
    returned = pc.equal(said.family, "pacs.004")
    sender = pc.if_else(returned, _agent(said, "instructed"), instructing)
    numbers = ("original_tx", "original_end_to_end")
    number = pc.coalesce(*(_meant(said.of(each)) for each in numbers))
    uetr = pc.utf8_lower(_where(said.of("original_uetr"), _looks(said.of("original_uetr"), _UUID)))
    original = _where(pc.coalesce(uetr, _at_bank(sender, number, "/")), back)
    lacking = pc.and_(back, original.is_null())
    said.wrong(lacking, "payments.original_missing", "original_uetr")
    return pc.if_else(back, REVERSAL, BOOKED), original


# Times and money


def _at(said: Said) -> pa.Array:
    text = pc.coalesce(*(said.of(each) for each in _TIMES))
    said.wrong(text.is_null(), "payments.time_missing", "settled", None, "a day or a time")
    read = times.read(text)
    possible = read.good & (read.at >= EARLIEST) & (read.at < LATEST)
    if not possible.all():
        for name in _TIMES:
            chosen = pc.equal(text, said.of(name))
            rows = ~possible & chosen.fill_null(False).to_numpy(zero_copy_only=False)
            said.wrong(rows, "payments.time_impossible", name, text, "1970 to 2099, ISO 8601")
    bare = pc.invert(pc.or_(pc.ends_with(text, "Z"), pc.equal(pc.binary_length(text), 10)))
    if pc.any(bare).as_py():
        unzoned = pc.and_(bare, pc.invert(pc.match_substring_regex(text, _ZONED)))
        said.wrong(unzoned, "payments.zone_missing", "accepted", text, "Z or +HH:MM", lost=False)
    return pa.array(np.where(read.good, read.at, 0)).cast(READ.field("at").type)


def _amount(said: Said) -> tuple[pa.Array, pa.Array]:
    currency, text = said.of("currency"), said.of("amount")
    said.wrong(text.is_null(), "payments.amount_missing", "amount")
    encoded = pc.dictionary_encode(currency)
    known = [money.decimals(each) for each in encoded.dictionary.to_pylist()]
    places = np.array([*(-1 if each is None else each for each in known), -1], np.int64)
    each = places[encoded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)]
    said.wrong(each < 0, "payments.currency_unknown", "currency", currency, "ISO 4217")
    found = money.minor(text, np.maximum(each, 0).astype(np.uint8))
    for fault, code in money.FAULTS.items():
        said.wrong(found.fault == fault, code, "amount", text)
    return pa.array(found.minor), currency


def _channel(said: Said) -> pa.Array:
    """Judged once for every combination that there is."""
    names = ("family", "instrument", "clearing", "service", "domain", "family_code", "sub_family")
    texts = [said.family, *(said.of(each).fill_null("") for each in names[1:])]
    encoded = pc.dictionary_encode(pc.binary_join_element_wise(*texts, "\x1f"))
    words = [channel(*each.split("\x1f")) for each in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)
