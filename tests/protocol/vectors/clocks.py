"""`deadlines.json`: requests with a calendar written out, and their clocks at a moment.

The calendars are in the cases, so that nothing depends on anybody's list of holidays.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from taawun.cooperation.agreement import Deadlines
from taawun.cooperation.clocks.deadlines import Clock, Clockwork, Suspended, clocks
from taawun.cooperation.clocks.own_calendar import OwnCalendar, OwnDay, own_calendar
from taawun.cooperation.clocks.thread_clocks import AWAITED
from taawun.cooperation.clocks.weekends import zone_of
from taawun.cooperation.wire import moment_of, moment_text

Json = dict[str, Any]
CALENDARS: Json = {
    "cairo": {"place": "EG", "weekend": [5, 6], "off": ["2026-10-08"], "worked": []},
    "rome": {"place": "IT", "weekend": [6, 7], "off": ["2026-12-08", "2026-12-25"], "worked": []},
    "tehran": {"place": "IR", "weekend": [5], "off": [], "worked": []},
    "moscow": {"place": "RU", "weekend": [6, 7], "off": ["2025-11-03", "2025-11-04"]}
    | {"worked": ["2025-11-01"]},
    "havana": {"place": "CU", "weekend": [6, 7], "off": [], "worked": []},
    "bandar_seri_begawan": {"place": "BN", "weekend": [5, 7], "off": [], "worked": []},
}
"""Days of the week from 1, Monday, as ISO 8601 counts them."""
TERMS = {"acknowledge_hours": 72, "interim_business_days": 10, "answer_business_days": 30}
TERMS |= {"urgent_hours": 24}
THURSDAY = "2026-09-10T15:00:00.000000Z"
MONDAY, WEDNESDAY = "2026-09-14T09:00:00.000000Z", "2026-09-16T09:00:00.000000Z"
LATER = "2026-09-20T12:00:00.000000Z"
CASES: tuple[Json, ...] = (
    {"name": "reached Cairo on Thursday at 18:00", "calendar": "cairo"},
    {"name": "the same in Rome", "calendar": "rome"},
    {"name": "the same in Tehran", "calendar": "tehran"},
    {"name": "Friday and Sunday", "calendar": "bandar_seri_begawan"},
    {
        "name": "Wednesday in London, Thursday already in Cairo",
        "calendar": "cairo",
        "opened_at": "2026-09-09T22:30:00.000000Z",
    },
    {
        "name": "the day ends where midnight is not there",
        "calendar": "cairo",
        "opened_at": "2026-04-22T12:00:00.000000Z",
        "deadlines": TERMS | {"answer_business_days": 1},
        "at": "2026-04-23T12:00:00.000000Z",
    },
    {
        "name": "the day ends at the first of two midnights",
        "calendar": "havana",
        "opened_at": "2026-10-29T12:00:00.000000Z",
        "deadlines": TERMS | {"answer_business_days": 1},
        "at": "2026-10-30T12:00:00.000000Z",
    },
    {
        "name": "a Saturday that was exchanged",
        "calendar": "moscow",
        "opened_at": "2025-10-31T09:00:00.000000Z",
        "deadlines": TERMS | {"answer_business_days": 2},
        "at": "2025-11-01T09:00:00.000000Z",
    },
    {"name": "urgent", "calendar": "cairo", "urgent": True},
    {
        "name": "an interim reply that would come with the answer",
        "calendar": "cairo",
        "deadlines": TERMS | {"interim_business_days": 30},
    },
    {"name": "a disclosure", "calendar": "cairo", "kind": "disclosure"},
    {"name": "a request for consent", "calendar": "cairo", "kind": "onward_request"},
    {
        "name": "acknowledged in time, the rest late",
        "calendar": "cairo",
        "acknowledged_at": "2026-09-13T14:59:59.999999Z",
        "at": "2026-11-02T12:00:00.000000Z",
    },
    {
        "name": "acknowledged at the very moment",
        "calendar": "cairo",
        "acknowledged_at": "2026-09-13T15:00:00.000000Z",
        "at": "2026-09-13T15:00:00.000000Z",
    },
    {
        "name": "an answer stops everything",
        "calendar": "cairo",
        "answered_at": "2026-09-12T09:00:00.000000Z",
        "at": "2027-01-01T00:00:00.000000Z",
    },
    {
        "name": "a reply that is still to come",
        "calendar": "cairo",
        "interim_at": "2026-09-30T09:00:00.000000Z",
    },
    {
        "name": "suspended from Monday to Wednesday",
        "calendar": "cairo",
        "suspensions": [{"since": MONDAY, "until": WEDNESDAY}],
        "at": LATER,
    },
    {
        "name": "still suspended",
        "calendar": "cairo",
        "suspensions": [{"since": MONDAY}],
        "at": LATER,
    },
    {
        "name": "suspended over a weekend",
        "calendar": "cairo",
        "suspensions": [
            {"since": "2026-09-10T21:00:00.000000Z", "until": "2026-09-12T21:00:00.000000Z"}
        ],
        "at": LATER,
    },
    {
        "name": "both sides suspend, the second lifts later",
        "calendar": "cairo",
        "urgent": True,
        "suspensions": [
            {"since": "2026-09-10T18:00:00.000000Z", "until": "2026-09-10T23:00:00.000000Z"},
            {"since": "2026-09-10T16:00:00.000000Z", "until": "2026-09-10T20:00:00.000000Z"},
        ],
    },
    {
        "name": "a suspension that is only announced",
        "calendar": "cairo",
        "suspensions": [{"since": "2026-09-24T12:00:00.000000Z"}],
        "at": LATER,
    },
    {
        "name": "late before the suspension, late after it",
        "calendar": "cairo",
        "suspensions": [
            {"since": "2026-10-26T12:00:00.000000Z", "until": "2026-11-10T12:00:00.000000Z"}
        ],
        "at": "2026-11-18T12:00:00.000000Z",
    },
)


def files() -> dict[str, Json]:
    """By path under `protocol/vectors/`."""
    zones = {name: {"zone": zone_of(said["place"]).key} | said for name, said in CALENDARS.items()}
    what = (
        "Requests and their clocks at a moment (deadlines.md). Days of the week count from 1, "
        "Monday. `left` and `over` are business days (after today; wholly passed) or seconds."
    )
    return {"deadlines.json": {"what": what, "calendars": zones, "cases": list(map(_case, CASES))}}


def _case(said: Json) -> Json:
    asked: Json = {"name": said["name"], "calendar": said["calendar"]}
    asked |= {"kind": "request", "urgent": False, "opened_at": THURSDAY, "deadlines": TERMS}
    asked |= {"suspensions": [], "at": "2026-09-11T09:00:00.000000Z"} | said
    return asked | {"clocks": [_told(each) for each in found(asked)]}


def found(asked: Json) -> tuple[Clock, ...]:
    """The clocks of a case, by the calendar that is written in it."""
    moments = ("acknowledged_at", "interim_at", "answered_at")
    calendar = CALENDARS[asked["calendar"]]
    work = Clockwork(
        thread="t",
        place=calendar["place"],
        opened_at=moment_of(asked["opened_at"]),
        deadlines=Deadlines(**asked["deadlines"]),
        urgent=asked["urgent"],
        suspensions=tuple(
            Suspended(
                moment_of(each["since"]), moment_of(each["until"]) if "until" in each else None
            )
            for each in asked["suspensions"]
        ),
        awaited=AWAITED[asked["kind"]],
        **{name: moment_of(asked[name]) for name in moments if name in asked},
    )
    return clocks(work, moment_of(asked["at"]), _own(calendar, work.opened_at))


def _own(calendar: Json, opened_at: datetime) -> OwnCalendar:
    """Every day of a year said to be off or worked: nothing is left to a list of holidays."""
    start = opened_at.astimezone(UTC).date()
    days = (start + timedelta(days=n) for n in range(-3, 370))
    return own_calendar(OwnDay(calendar["place"], day, _off(calendar, day), "") for day in days)


def _off(calendar: Json, day: date) -> bool:
    if day.isoformat() in calendar["worked"]:
        return False
    return day.isoweekday() in calendar["weekend"] or day.isoformat() in calendar["off"]


def _told(clock: Clock) -> Json:
    told: Json = {"name": clock.name.value, "state": clock.state.value}
    told |= {"due": moment_text(clock.due), "left": clock.left, "over": clock.over}
    if clock.last_day is not None:
        told["last_day"] = clock.last_day.isoformat()
        told["not_counted"] = [each.day.isoformat() for each in clock.skipped]
    return told
