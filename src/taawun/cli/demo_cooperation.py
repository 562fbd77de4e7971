"""`taawun demo`, its third part: four authorities cooperate, told as it goes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from taawun.cli import show
from taawun.cli.options import options

if TYPE_CHECKING:
    from taawun.cooperation.message import Caveats
    from taawun.demo.quartet import Quartet
    from taawun.demo.shared import Asked, Matched
    from taawun.demo.stopped import Heard, Suspended, Waiting
    from taawun.errors import Refused

Facts = dict[str, Any]
DIGEST = 12
"""Characters of a digest that are shown."""


def tell(home: Path) -> Facts:
    """Found, meet, agree, match, ask, pass on, suspend, resume, look back; what `--json` prints.

    Whatever ends it (an error, Ctrl-C, a signal), no node is left running.
    """
    from taawun.demo.quartet import Quartet

    with _ended_in_order(), Quartet(home, options().now) as four:
        facts = _begun(four)
        before_all = options().now()
        matched, told = _matched(four)
        facts |= told
        asked, told = _asked(four, matched)
        facts |= told
        facts |= _passed(four, asked)
        facts |= _stopped(four, matched, before_all)
        facts |= _journals(four)
    return {"cooperation": facts}


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """SIGTERM and SIGHUP end this process as Ctrl-C does: with whatever it started."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# The steps


def _begun(four: Quartet) -> Facts:
    from taawun.demo.authorities import BLOC

    _heading("demo.step.authorities")
    cards = four.found()
    _table(
        ("code", "authority", "kind", "weekend", "node"),
        (
            (
                card.authority,
                _named(card.name),
                show.worded(f"cooperation.kind.{card.kind}"),
                _days(four[card.authority].who.weekend),
                f"{card.address}\n{card.fingerprint[:9]} …",
            )
            for card in cards
        ),
    )
    met = four.meet()
    agreed = four.agree()
    _say("demo.met", compared=met)
    _say("demo.agreed", agreements=len(agreed), bloc=BLOC)
    return {
        "authorities": [card.plain() for card in cards],
        "fingerprints_compared": met,
        "agreements": [{"id": id, "parties": list(codes)} for codes, id in agreed.items()],
    }


def _matched(four: Quartet) -> tuple[Matched, Facts]:
    from taawun.demo import shared
    from taawun.wording import isolate

    _heading("demo.step.match")
    matched = shared.match(four)
    lang = options().lang
    _say("demo.table", records=matched.records, table=matched.table)
    held = (shared.KNOWN_AS, "")
    _table(
        ("asked_for", "held_there", "answer"),
        (
            (
                f"{isolate(each.subject.names[0], lang)}\n{each.subject.birth_dates[0]}",
                isolate(name, lang) if name else show.worded("demo.nobody"),
                _answer(each.state.value, each.kinds),
            )
            for each, name in zip(matched.asked, held, strict=True)
        ),
    )
    counted = [_details(line) for line in matched.counted]
    for each in counted:
        purpose = show.worded(f"cooperation.purpose.{each['purpose']}")
        numbers = {"lookups": each["lookups"], "left": each["left"]}
        _say("demo.counted", partner=each["partner"], purpose=purpose, **numbers)
    _say("demo.answered", seconds=_seconds(matched.seconds))
    facts = {
        "records": matched.records,
        "table": matched.table,
        "lookups": [
            {"name": each.subject.names[0], "state": each.state, "kinds": each.kinds}
            for each in matched.asked
        ],
        "owner_journal": counted,
        "seconds": round(matched.seconds, 3),
    }
    return matched, {"match": facts}


def _answer(state: str, kinds: Iterable[str]) -> str:
    words = tuple(show.worded(f"match.kind.{kind}") for kind in kinds)
    said = show.worded(f"match.state.{state}")
    return show.worded("demo.by", said=said, kinds=words) if words else said


def _asked(four: Quartet, matched: Matched) -> tuple[Asked, Facts]:
    from taawun.demo import shared
    from taawun.demo.authorities import DAYS, FOUR, A, B

    _heading("demo.step.request")
    asked = shared.ask(four, matched)
    writer, second = four[A].who.officers
    facts_there = asked.written.message.body["facts"]["text"]
    _say("demo.drafted", text=facts_there)
    _say("demo.own_work", officer=writer, why=_why(asked.own_work))
    _say("demo.approved", officer=second, digest=asked.written.draft.sha256[:DIGEST])
    weekend = next(each.weekend for each in FOUR if each.code == B)
    told = {"days": DAYS, "partner": B, "weekend": _days(weekend)}
    _say("demo.due", day=asked.due.last_day, **told)
    _say("demo.given", partner=B, text=_text_of(four, asked))
    [caveats] = asked.item.claims
    _say("demo.caveats", partner=B, **_caveats(caveats))
    return asked, {
        "request": {
            "id": asked.thread,
            "own_work": asked.own_work.ground,
            "approved": asked.written.draft.sha256,
            "answer_due": asked.due.last_day,
            "answer": asked.answer,
            "caveats": caveats.plain(),
        }
    }


def _text_of(four: Quartet, asked: Asked) -> str:
    from taawun.cooperation.requests import information
    from taawun.demo.authorities import A

    with four[A].opened.store.reading() as connection:
        said = information.content_of(connection, asked.item)
    return str(said["text"]["text"])


def _passed(four: Quartet, asked: Asked) -> Facts:
    from taawun.demo import shared
    from taawun.demo.authorities import A, B, C

    _heading("demo.step.onward")
    passed = shared.pass_on(four, asked)
    _say("demo.not_passed", to=C, why=_why(passed.refused))
    _say("demo.consent", partner=B, until=passed.until, purpose=_purpose("investigation"))
    origins = tuple(claim.origin for claim in passed.item.claims)
    _say("demo.passed", to=C, origins=origins)
    return {
        "onward": {
            "refused": _ground(passed.refused),
            "asked_by": A,
            "consent_until": passed.until,
            "passed": passed.message,
            "caveats": [claim.plain() for claim in passed.item.claims],
        }
    }


def _stopped(four: Quartet, matched: Matched, before_all: datetime) -> Facts:
    from taawun.demo import stopped
    from taawun.demo.authorities import A, B

    _heading("demo.step.suspension")
    waiting = stopped.ready(four)
    _say("demo.waiting", down=A, one=A, other=B)
    facts, suspended, heard = _suspended(four, waiting, matched)
    others = stopped.go_on(four, heard)
    pairs = tuple(f"{one}–{other}" for one, other, _ in others[:-1])
    _say("demo.others", count=len(others), pairs=pairs, one=A, other=B)
    _heading("demo.step.resumption")
    resumed = stopped.resume(four, waiting, matched)
    _say("demo.came", seconds=_seconds(resumed.arrived_after), to=A, count=resumed.times)
    no_terms = show.worded("refusal.match.no_terms", partner=B)
    _say("demo.no_key", why=no_terms)
    facts["others"] = [{"from": one, "to": other, "agreement": id} for one, other, id in others]
    facts["resumed"] = {
        "at": resumed.at,
        "arrived_after_seconds": round(resumed.arrived_after, 3),
        "times": resumed.times,
        "earlier_question": {"state": resumed.question, "ground": resumed.ground},
    }
    return {"suspension": facts, "in_force": _looked(four, before_all, suspended.at)}


def _suspended(four: Quartet, waiting: Waiting, matched: Matched) -> tuple[Facts, Suspended, Heard]:
    from taawun.demo import stopped
    from taawun.demo.authorities import A, B

    done = stopped.suspend(four, matched)
    _say("demo.suspended", by=B, reason=stopped.REASON)
    _say("demo.at_home", by=B, seconds=_seconds(done.after), why=_why(done.refused))
    if done.key_gone:
        _say("demo.key_gone", by=B, file=done.key.name)
    arrived = stopped.arrive(four, waiting)
    _say("demo.arrived", one=A, other=B, ground=arrived.ground)
    heard = stopped.hear(four, waiting, matched, done.at)
    told = {"one": A, "other": B, "why": _why(heard.refused)}
    _say("demo.heard", seconds=_seconds(heard.after), **told)
    _say("demo.withheld", by=B, to=A, ground=heard.withheld.ground)
    _say("demo.not_again", why=_why(heard.again))
    facts = {
        "at": done.at,
        "terms_ended": done.terms_ended,
        "key_gone": done.key_gone,
        "at_home": {**_ground(done.refused), "after_seconds": round(done.after, 3)},
        "on_arrival": {"ground": arrived.ground},
        "at_partner": {
            **_ground(heard.refused),
            "after_seconds": round(heard.after, 3),
            "after_the_act_seconds": round(heard.in_all, 3),
        },
        "withheld": {"state": heard.withheld.state, "ground": heard.withheld.ground},
        "asked_again": _ground(heard.again),
    }
    return facts, done, heard


def _looked(four: Quartet, *moments: datetime) -> list[Facts]:
    from taawun.demo import stopped
    from taawun.demo.authorities import A, B

    _heading("demo.step.history")
    looked = stopped.look_back(four, *moments, options().now())
    _table(
        ("at", "own_history", "known_then", "other_history"),
        (
            (
                f"{each.at:%Y-%m-%d %H:%M:%S}",
                *(
                    show.worded(f"cooperation.state.{state}")
                    for state in (each.ours, each.known_then, each.theirs)
                ),
            )
            for each in looked
        ),
    )
    return [
        {"at": each.at, A: each.ours, f"{A}_knew": each.known_then, B: each.theirs}
        for each in looked
    ]


def _journals(four: Quartet) -> Facts:
    from taawun.demo import stopped

    _heading("demo.step.journals")
    reports = stopped.journals(four)
    _table(
        ("code", "lines", "head", "whole"),
        (
            (code, str(each.lines), f"{each.head!s:.20} …", "✓" if each.whole else "✗")
            for code, each in reports.items()
        ),
    )
    return {
        "journals": {
            code: {"whole": report.whole, "lines": report.lines} for code, report in reports.items()
        }
    }


# How it is said


def _heading(code: str) -> None:
    if not options().json:
        from rich.text import Text

        show.console().print(Text("\n" + show.worded(code), style="bold"))
        sys.stdout.flush()


def _say(code: str, **params: object) -> None:
    if not options().json:
        show.say(code, **params)
        sys.stdout.flush()


def _table(names: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    if not options().json:
        show.table([f"demo.column.{name}" for name in names], rows)


def _named(names: Mapping[str, str]) -> str:
    """An authority in the language of the call, and in its own where that is another."""
    from taawun.wording import isolate

    lang = options().lang.split("-")[0]
    own = next(iter(names.values()))
    here = names.get(lang) or names["en"]
    return here if own == here else f"{here}\n{isolate(own, lang)}"


def _days(names: Iterable[str]) -> str:
    said = tuple(show.worded(f"demo.weekday.{name}") for name in names)
    return show.worded("demo.and", first=said[0], second=said[1]) if len(said) > 1 else said[0]


def _purpose(code: str) -> str:
    return show.worded(f"cooperation.purpose.{code}")


def _caveats(said: Caveats) -> dict[str, object]:
    last: date | None = said.delete_by
    return {
        "purposes": tuple(_purpose(each) for each in said.purposes),
        "onward": show.worded(f"cooperation.onward.{said.onward}"),
        "until": last,
    }


def _why(refused: Refused) -> str:
    from taawun.wording.refusal import refusal

    return refusal(refused.ground, refused.params, options().lang)


def _ground(refused: Refused) -> Facts:
    return {"ground": refused.ground, "params": refused.params}


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2f}"


def _details(line: Any) -> Facts:
    import orjson

    said: Facts = orjson.loads(line.details)
    return said
