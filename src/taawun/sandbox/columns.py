"""Movements as the ledger's columns: references, accounts, banks, channel, purpose, in Arrow.

What is written beside who, when and how much depends on the kind of a movement and on chance alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from taawun.jit import I64
from taawun.ledger.schema import CHANNELS, TRANSFERS
from taawun.sandbox.chance import Rng
from taawun.sandbox.kinds import BUSINESS, CARD, CASH, CRYPTO, DEBIT, KINDS, SAID
from taawun.sandbox.moves import Money, Moves
from taawun.sandbox.plan import Plan
from taawun.sandbox.population import Population
from taawun.sandbox.region import COUNTRIES, REFERENCE
from taawun.sandbox.register import Register

Bytes = npt.NDArray[np.uint8]
WAY = np.array([kind.way for kind in KINDS])
CHANNEL = {name: place for place, name in enumerate(CHANNELS)}
HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
DASHES = (8, 13, 18, 23)


@dataclass(frozen=True, slots=True)
class Vernacular:
    """What accounts and banks are called, as Arrow arrays to take from."""

    account: pa.Array
    bank: pa.Array
    country: pa.Array
    currency: pa.Array
    channel: pa.Array
    purpose: pa.Array
    numbered: npt.NDArray[np.bool_]
    purpose_start: I64
    purpose_count: I64
    letters: Bytes


def columns(plan: Plan, there: Population, made: Register) -> Vernacular:
    """The vocabulary of a region."""
    scripts = [COUNTRIES[code].script for code in plan.countries] + ["latn"]
    texts: list[str] = []
    start = np.zeros((len(scripts), len(KINDS)), np.int64)
    count = np.zeros_like(start)
    for row, script in enumerate(scripts):
        for number, kind in enumerate(KINDS):
            start[row, number], count[row, number] = len(texts), len(kind.purposes)
            texts += [each.format_map(SAID[script] | {"n": "{n}"}) for each in kind.purposes]
    texts = [text.format_map(SAID["latn"] | {"n": "{n}"}) for text in texts]
    outside = len(made.country) - len(plan.countries)
    money = [COUNTRIES[code].currency for code in plan.countries] + [REFERENCE] * outside
    codes = "".join(made.bic).encode()
    return Vernacular(
        account=pa.array(made.number, pa.string()),
        bank=pa.array(made.bic, pa.string()),
        country=pa.array(made.country, pa.string()),
        currency=pa.array(money, pa.string()),
        channel=pa.array(CHANNELS, pa.string()),
        purpose=pa.array([text.replace("{n}", "") or None for text in texts], pa.string()),
        numbered=np.array(["{n}" in text for text in texts]),
        purpose_start=start,
        purpose_count=count,
        letters=np.frombuffer(codes, np.uint8).reshape(-1, 8),
    )


def ledger(
    rng: Rng, moves: Moves, first: int, there: Population, words: Vernacular, money: Money
) -> pa.Table:
    """Movements in TRANSFERS, in their order. `first` counts the movements before them."""
    accounts = there.accounts
    source_bank, target_bank = accounts.bank[moves.source], accounts.bank[moves.target]
    source_home, target_home = accounts.country[moves.source], accounts.country[moves.target]
    channel = channels(rng, moves.kind, source_bank, target_bank, source_home != target_home)
    return pa.table(
        [
            references(rng, first, channel, words.letters[source_bank]),
            pa.array(moves.at * 1_000_000, pa.int64()).cast(TRANSFERS.field("at").type),
            words.account.take(pa.array(moves.source)),
            words.account.take(pa.array(moves.target)),
            words.bank.take(pa.array(source_bank)),
            words.bank.take(pa.array(target_bank)),
            words.country.take(pa.array(source_home)),
            words.country.take(pa.array(target_home)),
            pa.array(moves.amount),
            words.currency.take(pa.array(source_home)),
            pa.array(money.value(moves.amount, source_home)),
            words.channel.take(pa.array(channel)),
            purposes(rng, moves.kind, money.place(source_home), words),
        ],
        schema=TRANSFERS,
    )


def channels(rng: Rng, kind: I64, source: I64, target: I64, abroad: npt.NDArray[np.bool_]) -> I64:
    """How each was paid: by its kind's way, and by whether it stays in a bank or a country."""
    way, chance = WAY[kind], rng.random(len(kind))
    home = np.where(way == BUSINESS, 0.35, 0.75)
    cheque = (way == BUSINESS) & (chance > 0.97)
    paid = np.where(chance < home, CHANNEL["instant"], CHANNEL["wire"])
    paid = np.where(cheque, CHANNEL["cheque"], paid)
    paid = np.where(source == target, CHANNEL["internal"], paid)
    paid = np.where(abroad, CHANNEL["wire"], paid)
    fixed = {CARD: "card", CASH: "cash", DEBIT: "direct_debit", CRYPTO: "crypto"}
    for number, name in fixed.items():
        paid = np.where(way == number, CHANNEL[name], paid)
    return paid


def references(rng: Rng, first: int, channel: I64, letters: Bytes) -> pa.Array:
    """A UETR (UUID version 4) for instant payments and wires, else the bank's own number.

    A bank's own number comes behind its code, as a reader of ISO 20022 gives it.
    """
    size = len(channel)
    has_uetr = (channel == CHANNEL["instant"]) | (channel == CHANNEL["wire"])
    own_length = letters.shape[1] + 13
    length = np.where(has_uetr, 36, own_length)
    offsets = np.zeros(size + 1, np.int64)
    np.cumsum(length, out=offsets[1:])
    text = np.zeros(int(offsets[-1]), np.uint8)
    _put(text, offsets[:-1][has_uetr], uetrs(rng, int(has_uetr.sum())))
    serial = (first + np.flatnonzero(~has_uetr)) * 707_106_781_187 % 10**12
    stroke = np.full((len(serial), 1), ord("/"), np.uint8)
    own = np.concatenate([letters[~has_uetr], stroke, _digits(serial, 12)], axis=1)
    _put(text, offsets[:-1][~has_uetr], own)
    buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(text)]
    return pa.StringArray.from_buffers(size, buffers[1], buffers[2])


def uetrs(rng: Rng, size: int) -> Bytes:
    """Random UUIDs of version 4 as text: (size, 36) bytes."""
    raw = np.frombuffer(rng.bytes(16 * size), np.uint8).reshape(size, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    nibbles = np.empty((size, 32), np.uint8)
    nibbles[:, 0::2], nibbles[:, 1::2] = HEX[raw >> 4], HEX[raw & 15]
    out = np.full((size, 36), ord("-"), np.uint8)
    kept = [place for place in range(36) if place not in DASHES]
    out[:, kept] = nibbles
    return out


def _digits(number: I64, width: int) -> Bytes:
    """Numbers as digits with leading zeros: (n, width) bytes."""
    out = np.empty((len(number), width), np.uint8)
    rest = number.copy()
    for place in range(width - 1, -1, -1):
        out[:, place] = rest % 10 + ord("0")
        rest //= 10
    return out


def _put(text: Bytes, start: I64, rows: Bytes) -> None:
    """Copy rows of bytes to where they start."""
    for place in range(rows.shape[1]):
        text[start + place] = rows[:, place]


def purposes(rng: Rng, kind: I64, country: I64, words: Vernacular) -> pa.Array:
    """A purpose for each, of those of its kind in the payer's country; some carry a number."""
    start = words.purpose_start[country, kind]
    choice = start + (rng.random(len(kind)) * words.purpose_count[country, kind]).astype(np.int64)
    text = words.purpose.take(pa.array(choice))
    number = rng.integers(10_000, 10_000_000, len(kind))
    numbered = words.numbered[choice]
    if not numbered.any():
        return text
    digits = pa.array(number, mask=~numbered).cast(pa.string())
    joined = pc.binary_join_element_wise(text, digits, "", null_handling="emit_null")
    return pc.coalesce(joined, text)
