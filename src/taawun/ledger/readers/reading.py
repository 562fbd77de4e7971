"""Rows of somebody's table as rows of ours: every field read strictly, faults named by row.

A batch comes in as an Arrow table with the file's own columns and goes out as a `Batch`: what can
be read as `READ`, and a problem for each field of a row that cannot. Columns are read whole; a
Python object is made only for what is wrong. Text may be dictionary-encoded, in and out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.errors import InputError, Problem
from taawun.jit import I64, U8, kernel
from taawun.ledger import money, times
from taawun.ledger.coding import Column, dictionary, numbers
from taawun.ledger.readers.columns import Columns, Dating, acts, currencies
from taawun.ledger.readers.references import References
from taawun.ledger.schema import AT, BOOKED, READ, Batch
from taawun.ledger.strings import Flags, Strings, strings

CUT = 80
WORDS = pa.dictionary(pa.int32(), pa.string())
CODED = ("source_bank", "target_bank", "source_country", "target_country")
FREE = (
    *("channel", "purpose", "original", "source_holder", "target_holder"),
    *("source_identifier", "target_identifier"),
)


@dataclass(slots=True)
class _Faults:
    """What is wrong so far: which rows are bad, and their problems in order of rows."""

    file: str
    lines: I64
    bad: Flags
    found: list[tuple[int, Problem]] = field(default_factory=list)

    def add(self, rows: I64, code: str, name: str, got: Column | None, expected: str = "") -> None:
        """The same fault in each of `rows`."""
        if not len(rows):
            return
        self.bad[rows] = True
        said = _shown(got, rows)
        for row, text in zip(rows.tolist(), said, strict=True):
            line = int(self.lines[row])
            self.found.append((row, Problem(code, self.file, line, name, text, expected)))

    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for _, problem in sorted(self.found, key=lambda each: each[0]))


def _shown(column: Column | None, rows: I64) -> list[str]:
    if column is None:
        return [""] * len(rows)
    values = column.take(pa.array(rows)).to_pylist()
    return ["" if value is None else str(value)[:CUT] for value in values]


class Reading:
    """Reads the batches of one file under a settled column map."""

    def __init__(self, columns: Columns, file: str) -> None:
        self.columns = columns
        self.file = file
        self._references = References()
        self._layout = columns.dating.layout

    def batch(self, raw: pa.Table, lines: I64, read: int) -> Batch:
        """`raw` has the columns that the map names; `lines` (n) are where its rows stand."""
        n = raw.num_rows
        faults = _Faults(self.file, lines, np.zeros(n, bool))
        rows: dict[str, Column] = {name: self._word(raw, name) for name in CODED}
        rows |= {name: self._free(raw, name) for name in FREE}
        for name in ("source", "target"):
            rows[name] = self._account(raw, name, rows[f"{name}_bank"])
            empty = np.flatnonzero(rows[name].is_null().to_numpy(zero_copy_only=False))
            faults.add(empty, "ledger.row.empty", name, None, "an account")
        rows["currency"], decimals = self._currency(raw, faults)
        rows["amount"] = pa.array(self._amount(raw, decimals, faults))
        rows["at"] = pa.array(self._at(raw, faults)).cast(pa.timestamp("us")).cast(AT)
        rows["act"] = self._act(raw, rows["original"], faults)
        rows["line"] = pa.array(lines)
        rows["transfer"] = self._free(raw, "transfer")
        if self.columns.labels.column:
            rows["label"] = self._label(raw)
        names = [name for name in (*READ.names, "label") if name in rows]
        table = pa.table({name: _one(rows[name]) for name in names})
        if faults.bad.any():
            table = table.filter(pa.array(~faults.bad))
        return Batch(self._referenced(table), faults.problems(), n, read)

    def _label(self, raw: pa.Table) -> pa.Array:
        """1 where the file's label says laundering: int8 (n)."""
        labels = self.columns.labels
        said = pc.utf8_lower(_one(_text(raw[labels.column])).cast(pa.string()))
        return pc.is_in(said, pa.array(labels.words)).cast(pa.int8())

    # Text

    def _given(self, raw: pa.Table, name: str) -> Column | None:
        """The file's column for a field of ours; None where a constant or nothing stands for it."""
        column = self.columns.held.get(name)
        return None if column is None else raw[column]

    def _word(self, raw: pa.Table, name: str) -> pa.DictionaryArray:
        """A column of few words or of accounts, as codes; blanks are null."""
        given = self._given(raw, name)
        if given is None:
            return constant(self.columns.constants.get(name), raw.num_rows)
        told = self.columns.words.get(name, {})
        encoded = dictionary(_text(given))
        kept = encoded.dictionary
        words = bare(kept)
        if words is kept and not told:
            return encoded
        if told:
            words = pa.array([told.get(word, word) for word in words.to_pylist()], pa.string())
        return recoded(encoded, words)

    def _account(self, raw: pa.Table, name: str, bank: pa.DictionaryArray) -> Column:
        """Account ids: text, because an account rarely comes twice in a batch of a large ledger."""
        if self.columns.within_bank:
            return _within(bank, self._word(raw, name))
        given = self._given(raw, name)
        if given is None or self.columns.words.get(name):
            return self._word(raw, name).cast(pa.string())
        return bare(_one(_text(given)).cast(pa.string()))

    def _free(self, raw: pa.Table, name: str) -> Column:
        given = self._given(raw, name)
        if given is None:
            return constant(self.columns.constants.get(name), raw.num_rows)
        if name == "channel" or pa.types.is_dictionary(given.type):
            word = self._word(raw, name)
            return recoded(word, pc.utf8_lower(word.dictionary)) if name == "channel" else word
        return bare(_one(_text(given)))

    # Money

    def _currency(self, raw: pa.Table, faults: _Faults) -> tuple[pa.DictionaryArray, U8]:
        """Codes, and the decimals of each row's.

        Four where the currency is not known: its amount is then not wrong as well.
        """
        encoded = self._word(raw, "currency")
        words = encoded.dictionary.to_pylist()
        codes = currencies([word or "" for word in words], {})
        known = [codes[word or ""] for word in words]
        places = [money.decimals(code) if code else 4 for code in known]
        decimals = np.array([*places, 4], np.uint8)
        wrong = np.array([not code for code in known] + [True])
        codes_at = numbers(encoded.indices)
        if encoded.null_count:
            codes_at = np.where(encoded.is_valid().to_numpy(zero_copy_only=False), codes_at, -1)
        rows = np.flatnonzero(wrong[codes_at])
        faults.add(rows, "ledger.row.currency", "currency", encoded, "ISO 4217")
        codes_of = pa.array([code or None for code in known], pa.string())
        return recoded(encoded, codes_of), decimals[codes_at]

    def _amount(self, raw: pa.Table, decimals: U8, faults: _Faults) -> I64:
        given = self._given(raw, "amount")
        if given is None:
            given = constant(self.columns.constants["amount"], raw.num_rows)
        if self.columns.minor:
            decimals = np.zeros(len(decimals), np.uint8)
        found = self._amounts(given, decimals)
        for fault, code in money.FAULTS.items():
            faults.add(np.flatnonzero(found.fault == fault), code, "amount", given)
        return found.minor

    def _amounts(self, given: Column, decimals: U8) -> money.Amounts:
        kind = given.type
        if pa.types.is_floating(kind):
            return money.rounded(given.cast(pa.float64()).to_numpy(zero_copy_only=False), decimals)
        if pa.types.is_integer(kind) and kind != pa.uint64():
            found = money.whole(given.cast(pa.int64()).fill_null(0).to_numpy(), decimals)
            found.fault[given.is_null().to_numpy(zero_copy_only=False)] = money.EMPTY
            return found
        return money.minor(_text(given), decimals, self.columns.writing)

    # Time and act

    def _at(self, raw: pa.Table, faults: _Faults) -> I64:
        given = self._given(raw, "at")
        if given is None:
            given = constant(self.columns.constants["at"], raw.num_rows)
        dating = self.columns.dating
        if dating.clock:
            given = pc.binary_join_element_wise(_text(given), _text(raw[dating.clock]), " ")
        found = self._times(given, dating)
        rows = np.flatnonzero(~found.good)
        faults.add(rows, "ledger.row.time", "at", given, dating.layout or dating.unit or "ISO 8601")
        return found.at

    def _times(self, given: Column, dating: Dating) -> times.Times:
        kind = given.type
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return times.typed(given, dating.zone)
        if dating.unit:
            if pa.types.is_integer(kind) and kind != pa.uint64():
                count = given.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
            else:
                count = _floats(_text(given))
            found = times.stepped(count, dating.start, dating.unit)
            there = given.is_valid().to_numpy(zero_copy_only=False)
            return times.Times(found.at, found.good & there)
        text = _text(given)
        if not self._layout:
            first = text.slice(0, 10_000).cast(pa.string())
            self._layout = times.layout_of(_one(first)) or times.ISO
        return times.read(text, self._layout, dating.zone)

    def _act(self, raw: pa.Table, original: Column, faults: _Faults) -> pa.DictionaryArray:
        encoded = self._word(raw, "act")
        if encoded.null_count == len(encoded):
            return constant(BOOKED, raw.num_rows)
        words = encoded.dictionary.to_pylist()
        meant = acts([word or "" for word in words], self.columns.words.get("act", {}))
        found = recoded(encoded, pa.array([meant[word or ""] or None for word in words]))
        wrong = pc.and_(found.is_null(), encoded.is_valid())
        rows = np.flatnonzero(wrong.to_numpy(zero_copy_only=False))
        faults.add(rows, "ledger.row.act", "act", encoded, "booked, correction, reversal")
        found = dictionary(found.cast(pa.string()).fill_null(BOOKED))
        lost = pc.and_(pc.not_equal(found.cast(pa.string()), BOOKED), original.is_null())
        rows = np.flatnonzero(lost.to_numpy(zero_copy_only=False))
        faults.add(rows, "ledger.row.no_original", "original", None, "a reference")
        return found

    def _referenced(self, table: pa.Table) -> pa.Table:
        """References made for the rows that have none."""
        column = table["transfer"]
        if not column.null_count:
            return table
        lacking = column.is_null()
        made = self._references.of(table.filter(lacking))
        filled = pc.replace_with_mask(_one(column.cast(pa.string())), _one(lacking), made)
        return table.set_column(table.column_names.index("transfer"), "transfer", filled)


def constant(word: str | None, n: int) -> pa.DictionaryArray:
    """The same word n times, or null."""
    if word is None:
        return pa.DictionaryArray.from_arrays(pa.nulls(n, pa.int32()), pa.array([], pa.string()))
    return pa.DictionaryArray.from_arrays(np.zeros(n, np.int32), pa.array([word], pa.string()))


def recoded(encoded: pa.DictionaryArray, words: pa.Array) -> pa.DictionaryArray:
    """The same codes for other words; several of them may be one word now, or null."""
    if words is encoded.dictionary:
        return encoded
    if words.null_count or len(pc.unique(words)) < len(words):
        again = pc.dictionary_encode(words)
        places = again.indices.take(encoded.indices)
        return pa.DictionaryArray.from_arrays(places, again.dictionary)
    return pa.DictionaryArray.from_arrays(encoded.indices, words)


def bare(column: pa.Array) -> pa.Array:
    """Text without spaces around it; what is empty then is null. As it is where nothing is."""
    if not len(column) or not _ragged(strings(column)):
        return column
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _within(bank: pa.DictionaryArray, account: pa.DictionaryArray) -> pa.DictionaryArray:
    """`bank-number`, made once for each pair; null where either is."""
    there = pc.and_(bank.is_valid(), account.is_valid())
    one, other = (numbers(each.indices).astype(np.int64) for each in (bank, account))
    pairs, places = np.unique(one * (len(account.dictionary) + 1) + other, return_inverse=True)
    banks = _picked(bank.dictionary, pairs // (len(account.dictionary) + 1))
    words = pc.binary_join_element_wise(
        banks, _picked(account.dictionary, pairs % (len(account.dictionary) + 1)), "-"
    )
    codes = pa.array(places.astype(np.int32), mask=~there.to_numpy(zero_copy_only=False))
    return pa.DictionaryArray.from_arrays(codes, words)


def _picked(words: pa.Array, places: I64) -> pa.Array:
    return words.take(pa.array(places)) if len(words) else pa.nulls(len(places), pa.string())


def _ragged(held: Strings) -> bool:
    return bool(_any_ragged(held.start, held.octets, held.there))


@kernel
def _any_ragged(start: I64, octets: U8, there: Flags) -> bool:
    """Whether a string is empty, or may have a space at an end (ASCII, or any that is not)."""
    for row in range(len(there)):
        if there[row]:
            first, last = start[row], start[row + 1]
            if first == last or not 32 < octets[first] < 194 or not 32 < octets[last - 1] < 128:
                return True
    return False


def _text(column: Column) -> Column:
    """Any column as text; numbers as they are written."""
    kind = column.type
    as_words = pa.types.is_dictionary(kind)
    if kind in (pa.string(), WORDS) or (as_words and kind.value_type == pa.string()):
        return column
    try:
        return column.cast(WORDS if as_words else pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        raise InputError(f"a column of {kind} cannot be read as text") from None


def _floats(column: Column) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Numbers in text; what is none becomes one that no time can be."""
    plain = _one(column.cast(pa.string()))
    looks = pc.match_substring_regex(plain, r"^\s*[+-]?\d{1,15}(\.\d{1,9})?\s*$").fill_null(False)
    said = pc.if_else(looks, pc.utf8_trim_whitespace(plain), "1e300")
    return said.cast(pa.float64()).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _one(column: Column) -> pa.Array:
    """The column in one piece."""
    if isinstance(column, pa.ChunkedArray):
        column = dictionary(column) if pa.types.is_dictionary(column.type) else _joined(column)
    return column


def _joined(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
