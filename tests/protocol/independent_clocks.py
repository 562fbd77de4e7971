"""Deadlines counted once more, from `protocol/deadlines.md` alone: no import of Taawun's.

Slowly and plainly: seconds are counted as intervals that are cut, days one after the other.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
Span = tuple[datetime, datetime]
DAY = timedelta(days=1)
AWAITED = {
    "request": ("acknowledge", "interim", "answer", "urgent"),
    "freeze_request": ("acknowledge", "interim", "answer", "urgent"),
    "onward_request": ("acknowledge", "answer", "urgent"),
    "disclosure": ("acknowledge",),
}
STOPPED_BY = {
    "acknowledge": ("acknowledged_at", "interim_at", "answered_at"),
    "interim": ("interim_at", "answered_at"),
    "answer": ("answered_at",),
    "urgent": ("answered_at",),
}


def clocks(case: Json, calendars: Json) -> list[Json]:
    """The clocks of a case."""
    terms, urgent = case["deadlines"], case["urgent"]
    runs = {
        "acknowledge": True,
        "interim": not urgent and terms["interim_business_days"] < terms["answer_business_days"],
        "answer": not urgent,
        "urgent": urgent,
    }
    names = [name for name in AWAITED[case["kind"]] if runs[name]]
    return [_clock(name, case, calendars[case["calendar"]]) for name in names]


def _clock(name: str, case: Json, calendar: Json) -> Json:
    at, opened = _moment(case["at"]), _moment(case["opened_at"])
    stops = [_moment(case[each]) for each in STOPPED_BY[name] if each in case]
    stopped = min((each for each in stops if each <= at), default=None)
    now = stopped or at
    spans = [
        (_moment(each["since"]), min(now, _moment(each["until"]) if "until" in each else now))
        for each in case["suspensions"]
    ]
    spans = [(since, until) for since, until in spans if since < until]
    if name in ("acknowledge", "urgent"):
        told = _hours(opened, case["deadlines"][f"{name}_hours"], spans, now)
    else:
        days = case["deadlines"][f"{name}_business_days"]
        told = _days(opened, days, spans, now, calendar)
    told["state"] = _state(_moment(told["due"]), now, stopped, case["suspensions"])
    return {"name": name} | told


def _state(due: datetime, now: datetime, stopped: datetime | None, said: list[Json]) -> str:
    late = now >= due
    if stopped is not None:
        return "met_late" if late else "met"
    for each in said:
        if _moment(each["since"]) <= now and ("until" not in each or now < _moment(each["until"])):
            return "paused"
    return "late" if late else "running"


def _hours(opened: datetime, hours: int, spans: list[Span], now: datetime) -> Json:
    left, moment = timedelta(hours=hours), opened
    edges = sorted({each for span in spans for each in span if each > opened})
    for edge in edges:
        if _still(moment, spans):
            moment = edge
        elif edge - moment >= left:
            break
        else:
            left, moment = left - (edge - moment), edge
    due = moment + left
    over = sum(
        (after - before for before, after in _pieces(due, now, edges) if not _still(before, spans)),
        timedelta(),
    )
    return {"due": _text(due), "left": max(0, _seconds(due - now)), "over": _seconds(over)}


def _pieces(start: datetime, end: datetime, edges: list[datetime]) -> list[Span]:
    if end <= start:
        return []
    turns = [start, *(each for each in edges if start < each < end), end]
    return list(pairwise(turns))


def _still(moment: datetime, spans: list[Span]) -> bool:
    return any(since <= moment < until for since, until in spans)


def _days(opened: datetime, days: int, spans: list[Span], now: datetime, calendar: Json) -> Json:
    zone = ZoneInfo(calendar["zone"])

    def counts(day: date) -> bool:
        begins, ends = _start(day, zone), _start(day + DAY, zone)
        if any(since < ends and begins < until for since, until in spans):
            return False
        if day.isoformat() in calendar["worked"]:
            return True
        return day.isoweekday() not in calendar["weekend"] and (
            day.isoformat() not in calendar["off"]
        )

    day, missing, skipped = opened.astimezone(zone).date(), days, []
    while missing:
        day += DAY
        if counts(day):
            missing -= 1
        else:
            skipped.append(day.isoformat())
    today = now.astimezone(zone).date()
    ahead = [today + n * DAY for n in range(1, (day - today).days + 1)]
    behind = [day + n * DAY for n in range(1, (today - day).days)]
    return {
        "due": _text(_start(day + DAY, zone)),
        "last_day": day.isoformat(),
        "not_counted": skipped,
        "left": sum(map(counts, ahead)),
        "over": sum(map(counts, behind)),
    }


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
