"""Times as ledgers write them, as microseconds since 1970 UTC.

    read(column, ISO)                   2026-03-01, 2026-03-01T09:30:00.5+04:00, 2026-03-01 09:30
    read(column, "%d/%m/%Y %H:%M")      a layout in the words of strptime: %Y %y %m %d %H %M %S %f
    stepped(column, start, unit)        seconds, hours or days counted from a start

A time that does not say its zone is in the source's (`zone`). Digits may be Arabic or Persian.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from taawun.errors import UsageError
from taawun.jit import I64, U8, kernel
from taawun.ledger.strings import Flags, strings

ISO = "iso"
LAYOUTS = (
    ISO,
    *("%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%Y%m%d", "%Y%m%d%H%M%S"),
    *("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y", "%d.%m.%Y", "%d.%m.%Y %H:%M"),
    *("%d.%m.%Y %H:%M:%S", "%d-%m-%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S"),
    *("%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S"),
)
"""What is tried, in this order, where nobody says how times are written."""

UNITS = {
    "microseconds": 1,
    "milliseconds": 1_000,
    "seconds": 1_000_000,
    "minutes": 60_000_000,
    "hours": 3_600_000_000,
    "days": 86_400_000_000,
}
FARTHEST = 253_402_300_800_000_000
"""Microseconds: the year 10000. Whatever is beyond is no time."""


@dataclass(frozen=True, slots=True)
class Times:
    """n times: `at` in microseconds UTC, and whether each could be read."""

    at: I64
    good: Flags


def read(column: pa.ChunkedArray | pa.Array, layout: str = ISO, zone: str = "UTC") -> Times:
    """Text as times, all in one layout."""
    held = strings(column)
    at = np.zeros(len(held.there), np.int64)
    zoned = np.zeros(len(held.there), np.uint8)
    good = _read(held.start, held.octets, held.there, _layout(layout), at, zoned)
    local = good & (zoned == 0)
    if zone != "UTC" and local.any():
        at[local] = utc(at[local], zone)
    return Times(at, good)


def utc(at: I64, zone: str) -> I64:
    """Wall-clock microseconds in `zone` as UTC; an hour that comes twice is taken as the first."""
    naive = pa.array(at).cast(pa.timestamp("us"))
    try:
        meant = pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="earliest")
    except pa.ArrowInvalid:
        raise UsageError(f"unknown time zone {zone!r}; expected one such as Asia/Riyadh") from None
    return meant.cast(pa.int64()).to_numpy()  # type: ignore[no-any-return]


def typed(column: pa.ChunkedArray | pa.Array, zone: str) -> Times:
    """Times that a file has as times already (timestamps, dates); null is not good."""
    good = column.is_valid().to_numpy(zero_copy_only=False)
    zoned = pa.types.is_timestamp(column.type) and column.type.tz is not None
    exact = column.cast(pa.timestamp("us", "UTC" if zoned else None), safe=False)
    at = exact.cast(pa.int64()).fill_null(0).to_numpy()
    if not zoned and zone != "UTC":
        at = utc(at, zone)
    return Times(at, good)


def stepped(count: npt.NDArray[np.float64] | I64, start: datetime, unit: str) -> Times:
    """Steps of `unit` since `start`."""
    begin = int(start.timestamp()) * 1_000_000 + start.microsecond
    scale = UNITS[unit]
    good = np.abs(count) < FARTHEST // scale
    whole = np.where(good, count, 0) * scale
    return Times(np.rint(whole).astype(np.int64) + begin, good)


def layout_of(column: pa.ChunkedArray | pa.Array) -> str:
    """The first of LAYOUTS in which every value there reads; "" for none, or for no value.

    A column in which the first number is always at most 12 reads either way; the day first is
    tried before the month first.
    """
    said = column.drop_null()
    said = said.filter(pc.not_equal(pc.utf8_trim_whitespace(said), ""))
    if not len(said):
        return ""
    return next((layout for layout in LAYOUTS if read(said, layout).good.all()), "")


# The reading itself. A layout is a row of numbers: the letter of what stands there, or the octet
# itself plus 256.

_ISO_LAYOUT = np.zeros(0, np.int64)
_LETTERS = "YymdHMSf"


@cache
def _layout(layout: str) -> I64:
    if layout == ISO:
        return _ISO_LAYOUT
    steps, letters = [], iter(layout.encode())
    for letter in letters:
        if letter != ord("%"):
            steps.append(letter + 256)
            continue
        what = chr(next(letters, 0))
        if what not in _LETTERS:
            raise UsageError(f"a layout of times has %Y %y %m %d %H %M %S %f, not %{what}")
        steps.append(ord(what))
    if not {ord("m"), ord("d")} <= set(steps) or not {ord("Y"), ord("y")} & set(steps):
        raise UsageError(f"a layout of times says year, month and day: {layout!r}")
    return np.array(steps, np.int64)


@kernel
def _read(start: I64, octets: U8, there: Flags, layout: I64, at: I64, zoned: U8) -> Flags:
    good = np.zeros(len(there), np.bool_)
    part = np.zeros(8, np.int64)  # year month day hour minute second microsecond offset
    for row in range(len(there)):
        first, last = start[row], start[row + 1]
        while first < last and octets[first] == 32:
            first += 1
        while last > first and octets[last - 1] == 32:
            last -= 1
        if not there[row] or first == last:
            continue
        part[:] = 0
        if len(layout) == 0:
            zone = _iso(octets, first, last, part)
        else:
            zone = _laid_out(octets, first, last, layout, part)
        if zone >= 0 and _possible(part):
            good[row] = True
            zoned[row] = zone
            at[row] = _microseconds(part)
    return good


@kernel
def _number(octets: U8, place: int, last: int, least: int, most: int) -> tuple[int, int, int]:
    """The digits at `place`: their number, where they end, how many; ends at -1 for too few."""
    value, count = 0, 0
    while place < last and count < most:
        octet = int(octets[place])
        after = int(octets[place + 1]) if place + 1 < last else 0
        if 48 <= octet <= 57:
            value, place = value * 10 + octet - 48, place + 1
        elif octet == 0xD9 and 0xA0 <= after <= 0xA9:
            value, place = value * 10 + after - 0xA0, place + 2
        elif octet == 0xDB and 0xB0 <= after <= 0xB9:
            value, place = value * 10 + after - 0xB0, place + 2
        else:
            break
        count += 1
    return value, (place if count >= least else -1), count


@kernel
def _laid_out(octets: U8, place: int, last: int, layout: I64, part: I64) -> int:
    """0 (no zone said) where the text is in the layout, else -1."""
    for step in layout:
        if step >= 256:
            if place >= last or octets[place] != step - 256:
                return -1
            place += 1
            continue
        most = 4 if step == 89 else 6 if step == 102 else 2
        least = 4 if step == 89 else 2 if step == 121 else 1
        value, place, count = _number(octets, place, last, least, most)
        if place < 0:
            return -1
        if step == 89:  # Y
            part[0] = value
        elif step == 121:  # y, as POSIX reads it
            part[0] = value + (1900 if value >= 69 else 2000)
        elif step == 109:  # m
            part[1] = value
        elif step == 100:  # d
            part[2] = value
        elif step == 72:  # H
            part[3] = value
        elif step == 77:  # M
            part[4] = value
        elif step == 83:  # S
            part[5] = value
        else:
            part[6] = value * 10 ** (6 - count)
    return 0 if place == last else -1


@kernel
def _iso(octets: U8, place: int, last: int, part: I64) -> int:
    """1 where a zone is said, 0 where none is, -1 for what is no time of ISO 8601 (extended)."""
    for each in range(3):
        if each and (place >= last or octets[place] != 45):
            return -1
        place += 1 if each else 0
        width = 2 if each else 4
        part[each], place, _ = _number(octets, place, last, width, width)
        if place < 0:
            return -1
    if place < last and octets[place] in (84, 116, 32):  # T t space
        place += 1
        for each in range(3, 6):
            if each > 3:
                if place >= last or octets[place] != 58:
                    break
                place += 1
            part[each], place, _ = _number(octets, place, last, 2, 2)
            if place < 0 or (each == 3 and (place >= last or octets[place] != 58)):
                return -1
        if place < last and octets[place] in (46, 44):
            value, place, count = _number(octets, place + 1, last, 1, 6)
            if place < 0:
                return -1
            part[6] = value * 10 ** (6 - count)
            while place < last and 48 <= octets[place] <= 57:  # finer than microseconds
                place += 1
    return _zone(octets, place, last, part)


@kernel
def _zone(octets: U8, place: int, last: int, part: I64) -> int:
    if place == last:
        return 0
    if octets[place] in (90, 122):  # Z z
        return 1 if place + 1 == last else -1
    if octets[place] not in (43, 45):
        return -1
    sign = 1 if octets[place] == 43 else -1
    hours, place, _ = _number(octets, place + 1, last, 2, 2)
    if place < 0:
        return -1
    minutes = 0
    if place < last:
        place += 1 if octets[place] == 58 else 0
        minutes, place, _ = _number(octets, place, last, 2, 2)
    if place != last or hours > 18 or minutes > 59:
        return -1
    part[7] = sign * (hours * 60 + minutes)
    return 1


@kernel
def _possible(part: I64) -> bool:
    year, month, day = part[0], part[1], part[2]
    if not (1 <= year <= 9999 and 1 <= month <= 12 and day >= 1):
        return False
    days = 30 if month in (4, 6, 9, 11) else 31
    if month == 2:
        days = 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return bool(day <= days and part[3] <= 23 and part[4] <= 59 and part[5] <= 60)


@kernel
def _microseconds(part: I64) -> int:
    """Days from the civil calendar (H. Hinnant's algorithm), then the clock, then the offset."""
    year, month = part[0], part[1]
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + part[2] - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    seconds = days * 86400 + part[3] * 3600 + (part[4] - part[7]) * 60 + part[5]
    return int(seconds * 1_000_000 + part[6])
