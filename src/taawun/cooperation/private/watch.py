"""What is watched, on both sides, so that a partner who is not what he says is noticed.

    alarm.match.canary         owner   a message names somebody who is made up and stands in one
                                       table only: its asker looked up what it should not know
    alarm.match.volume         owner   the lookups of 24 hours, over midnight or not, reached 80 %
                                       of a day's budget (of 10 or more)
    alarm.match.surge          owner   50 lookups or more in a day, and over five times the mean of
                                       the days with questions among the fourteen before (five or
                                       more of them)
    alarm.match.no_follow_up   owner   500 lookups or more in thirty days, and fewer requests than
                                       five for every thousand of them
    alarm.match.hit_rate       asker   20 lookups or more answered in seven days, and half of them
                                       or more are hits: a table that says yes to everything
    alarm.match.control        asker   a control did not answer as it must
    alarm.match.proof          asker   an answer was not made with the key of the terms
    alarm.match.table          asker   a table is not what was announced
    alarm.match.table_changed  asker   a table is not any more what was put in place

Surges and lookups that nothing follows are looked for under each purpose, and with the partner as
a whole: who spreads his questions over purposes and agreements is seen as well. An alarm is a row
and a line in the journal; of each code one a day and partner and purpose, and one for each canary.
It decides nothing: an officer does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.private.budget import Allowance, day_of, days, within
from taawun.cooperation.private.terms import Terms
from taawun.store import Unit
from taawun.store.tables.private import (
    match_alarms,
    match_canaries,
    match_followed,
    match_lookups,
    match_terms,
)

VOLUME_MILLE, VOLUME_BUDGET = 800, 10
SURGE_LOOKUPS, SURGE_TIMES, SURGE_DAYS, SURGE_KNOWN = 50, 5, 14, 5
FOLLOW_LOOKUPS, FOLLOW_MILLE, FOLLOW_DAYS = 500, 5, 30
HIT_LOOKUPS, HIT_MILLE, HIT_DAYS = 20, 500, 7


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom and what an alarm is about."""

    partner: str
    agreement: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, as it was raised. `params` are those of the sentence `code`."""

    number: int
    at: str
    code: str
    partner: str
    agreement: str
    purpose: str
    params: Mapping[str, Any]


def alarm(
    unit: Unit,
    code: str,
    concern: Concern,
    params: Mapping[str, object],
    *,
    at: datetime,
    each: Sequence[str] = (),
) -> bool:
    """Raise an alarm, once a day and for each of what these parameters say. False where it was
    raised today already."""
    same = (
        match_alarms.c.code == code,
        match_alarms.c.day == day_of(at),
        match_alarms.c.partner == concern.partner,
        match_alarms.c.agreement == concern.agreement,
        match_alarms.c.purpose == concern.purpose,
    )
    raised = unit.connection.execute(sa.select(match_alarms.c.params).where(*same)).scalars()
    if any(all(before[it] == params[it] for it in each) for before in map(orjson.loads, raised)):
        return False
    row = {
        "at": at.astimezone(UTC).isoformat(),
        "day": day_of(at),
        "code": code,
        "partner": concern.partner,
        "agreement": concern.agreement,
        "purpose": concern.purpose,
        "params": orjson.dumps(dict(params)).decode(),
    }
    unit.connection.execute(sa.insert(match_alarms), row)
    told = {"code": code, "agreement": concern.agreement, "purpose": concern.purpose, **params}
    unit.journal("match.alarm", concern.partner, told, at=at, actor="node")
    return True


def alarms(connection: Connection, *, most: int = 100) -> list[Alarm]:
    """What was raised, the newest first."""
    query = sa.select(match_alarms).order_by(match_alarms.c.number.desc()).limit(most)
    return [
        Alarm(
            row.number,
            row.at,
            row.code,
            row.partner,
            row.agreement,
            row.purpose,
            orjson.loads(row.params),
        )
        for row in connection.execute(query)
    ]


# Owner


def plant(
    unit: Unit, terms: str, canary: str, tokens: Sequence[bytes], *, at: datetime, actor: str
) -> None:
    """Remember the tokens of a made-up record that goes into the table under these terms."""
    for token in tokens:
        row = {
            "terms": terms,
            "token": token.hex(),
            "canary": canary,
            "planted_at": at.astimezone(UTC).isoformat(),
            "planted_by": actor,
        }
        unit.connection.execute(sa.insert(match_canaries).prefix_with("OR IGNORE"), row)
    unit.journal("match.canary_planted", terms, {"canary": canary}, at=at, actor=actor)


def requested(
    unit: Unit, message: str, concern: Concern, tokens: Sequence[bytes], *, at: datetime
) -> list[str]:
    """A message came in that names somebody: count it as a follow-up, where its concern has a
    purpose, and look for canaries among its tokens.

    Returns the canaries that it names, each of them an alarm.
    """
    row = {
        "message": message,
        "partner": concern.partner,
        "agreement": concern.agreement,
        "purpose": concern.purpose,
        "at": at.astimezone(UTC).isoformat(),
    }
    unit.connection.execute(sa.insert(match_followed).prefix_with("OR IGNORE"), row)
    planted = (
        sa.select(match_canaries.c.canary, match_terms.c.partner, match_canaries.c.terms)
        .join(match_terms, match_terms.c.digest == match_canaries.c.terms)
        .where(match_canaries.c.token.in_([token.hex() for token in tokens]))
        .distinct()
    )
    named = unit.connection.execute(planted).all()
    for canary, planted_for, terms in named:
        params = {"canary": canary, "planted_for": planted_for, "terms": terms, "message": message}
        alarm(unit, "alarm.match.canary", concern, params, at=at, each=("canary", "terms"))
    return sorted({canary for canary, _, _ in named})


def planted_among(connection: Connection) -> list[Terms]:
    """The terms whose tables have canaries: what a name must tell hangs on them."""
    query = (
        sa.select(match_terms.c.document)
        .join(match_canaries, match_canaries.c.terms == match_terms.c.digest)
        .distinct()
    )
    return [Terms.read(document) for document in connection.execute(query).scalars()]


def counted(unit: Unit, allowance: Allowance, at: datetime) -> None:
    """After lookups were counted in: whether the day, or the month, is unusual."""
    concern = Concern(allowance.partner, allowance.agreement, allowance.purpose)
    day = within(unit.connection, allowance, at - timedelta(days=1))
    a_day = allowance.a_day
    if a_day >= VOLUME_BUDGET and day * 1000 >= a_day * VOLUME_MILLE:
        alarm(unit, "alarm.match.volume", concern, {"lookups": day, "a_day": a_day}, at=at)
    for code in ("alarm.match.surge", "alarm.match.no_follow_up"):
        for whole in (False, True):
            about = Concern(allowance.partner, "", "") if whole else concern
            if params := _UNUSUAL[code](unit.connection, allowance, about, at):
                alarm(unit, code, about, params, at=at)
                break  # the partner as a whole is looked at where no purpose alone stands out


def _surge(
    connection: Connection, allowance: Allowance, about: Concern, at: datetime
) -> dict[str, int]:
    since = at - timedelta(days=SURGE_DAYS)
    seen = _lookups(connection, allowance, about, since)
    today = seen.pop(day_of(at), 0)
    if not unusual(today, list(seen.values())):
        return {}
    return {"lookups": today, "mean": sum(seen.values()) // len(seen)}


def _no_follow_up(
    connection: Connection, allowance: Allowance, about: Concern, at: datetime
) -> dict[str, int]:
    since = at - timedelta(days=FOLLOW_DAYS)
    lookups = sum(_lookups(connection, allowance, about, since).values())
    requests = _requests(connection, about, since)
    if lookups < FOLLOW_LOOKUPS or requests * 1000 >= lookups * FOLLOW_MILLE:
        return {}
    return {"lookups": lookups, "requests": requests, "days": FOLLOW_DAYS}


_UNUSUAL = {"alarm.match.surge": _surge, "alarm.match.no_follow_up": _no_follow_up}


def _lookups(
    connection: Connection, allowance: Allowance, about: Concern, since: datetime
) -> dict[str, int]:
    found = days(connection, allowance, since, whole=not about.purpose)
    return {day.day: day.lookups for day in found}


def unusual(today: int, recent: Sequence[int]) -> bool:
    """Whether a day's lookups stand out among those of the days before that had any."""
    if today < SURGE_LOOKUPS or len(recent) < SURGE_KNOWN:
        return False
    return today * len(recent) > SURGE_TIMES * sum(recent)


def _requests(connection: Connection, concern: Concern, since: datetime) -> int:
    """Of one purpose, or with a partner as a whole."""
    query = sa.select(sa.func.count()).where(
        match_followed.c.partner == concern.partner,
        match_followed.c.purpose != "",
        match_followed.c.at >= since.astimezone(UTC).isoformat(),
    )
    if concern.purpose:
        query = query.where(
            match_followed.c.agreement == concern.agreement,
            match_followed.c.purpose == concern.purpose,
        )
    return int(connection.execute(query).scalar_one())


# Asker


def answered(unit: Unit, concern: Concern, at: datetime) -> None:
    """After an answer was read: whether the partner says yes too often."""
    since = (at - timedelta(days=HIT_DAYS)).astimezone(UTC).isoformat()
    hit = sa.case((match_lookups.c.state == "hit", 1), else_=0)
    query = sa.select(sa.func.count(), sa.func.sum(hit)).where(
        match_lookups.c.state.in_(("hit", "no_hit")),
        match_lookups.c.answered_at >= since,
        match_lookups.c.partner == concern.partner,
        match_lookups.c.agreement == concern.agreement,
        match_lookups.c.purpose == concern.purpose,
    )
    lookups, hits = (each or 0 for each in unit.connection.execute(query).one())
    if lookups >= HIT_LOOKUPS and hits * 1000 >= lookups * HIT_MILLE:
        params = {"lookups": lookups, "hits": hits, "days": HIT_DAYS}
        alarm(unit, "alarm.match.hit_rate", concern, params, at=at)
