"""How agreements are shown: a row for each standing, a page of text, JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from taawun.cli import show
from taawun.cli.moments import minute
from taawun.cli.options import options

if TYPE_CHECKING:
    from taawun.cooperation.act import Act, KeptAct, Scope
    from taawun.cooperation.agreement import Agreement, Party
    from taawun.cooperation.history import Cooperation
    from taawun.cooperation.standing import Suspension
    from taawun.desk.agreements import Done, Stood

SHORT = 12


def rows(found: Iterable[Stood]) -> list[Sequence[str]]:
    """One row for each standing: id, title, partner, state, since."""
    return [
        (
            each.agreement.id[:SHORT],
            titled(each.agreement),
            each.partner,
            state(each),
            minute(each.standing.since),
        )
        for each in found
    ]


def state(each: Stood) -> str:
    """The state, and what of it is suspended or missing."""
    stands = each.standing
    word = show.worded(f"cooperation.state.{stands.state}")
    if stands.missing and stands.state != "draft":
        return show.worded("agreement.missing", state=word, parties=stands.missing)
    if stands.state == "in_force" and stands.suspensions:
        parts = tuple(how_far(each.scope) for each in stands.suspensions)
        return show.worded("agreement.in_part", state=word, parts=parts)
    if stands.state == "suspended":
        return show.worded("agreement.by", state=word, parties=_whole(stands.suspensions))
    if stands.ended_by:
        return show.worded("agreement.by", state=word, parties=stands.ended_by)
    return word


def _whole(suspensions: Iterable[Suspension]) -> tuple[str, ...]:
    stopping = [each.by for each in suspensions if not (each.scope.fields or each.scope.services)]
    return tuple(dict.fromkeys(stopping))


def how_far(scope: Scope) -> str:
    """How far a suspension reaches, in words."""
    parts = [
        *(show.worded(f"cooperation.field.{each}") for each in scope.fields),
        *(show.worded(f"cooperation.service.{each}") for each in scope.services),
        *(show.worded("agreement.only_with", partner=each) for each in scope.partners),
    ]
    return show.worded("agreement.parts", parts=tuple(parts)) if parts else _the_whole()


def _the_whole() -> str:
    return show.worded("agreement.the_whole")


def titled(agreement: Agreement) -> str:
    """The title in the language of the call, else in English, else in whichever there is."""
    title = agreement.title
    lang = options().lang.split("-")[0]
    return show.plain(title.get(lang) or title.get("en") or next(iter(title.values())))


def deed(done: Done) -> str:
    """What was done, as a sentence."""
    act = done.act
    code = f"agreement.done.{act.deed}"
    told: dict[str, object] = {"id": act.agreement[:SHORT], "number": act.number}
    if act.deed == "suspend" and act.scope is not None:
        told["scope"] = how_far(act.scope)
    if act.deed in ("suspend", "end"):
        told["since"] = _from(act)
    if act.deed == "resume":
        told["lifts"] = act.lifts
    return show.worded(code, **told)


def _from(act: Act) -> str:
    if act.effective_at == act.at:
        return show.worded("agreement.at_once")
    return show.worded("agreement.from", since=minute(act.effective_at))


def page(known: Cooperation, begin: str, at: datetime) -> None:
    """The document as a page of text, how it stands, signatures and every other act."""
    from taawun.desk.agreements import acts_of, stood

    agreement = known.agreement(begin)
    print(titled(agreement))
    _text(known, agreement)
    show.say("agreement.page.stands", at=minute(at))
    show.table(
        [f"agreement.column.{name}" for name in ("partner", "state", "since")],
        [
            (each.partner, state(each), minute(each.standing.since))
            for each in stood(known, at, begin=agreement.id)
        ],
    )
    acts = acts_of(known, agreement.id)
    if acts:
        _history(acts)
    else:
        show.say("agreement.page.no_acts")


def _text(known: Cooperation, agreement: Agreement) -> None:
    """What was agreed, a line for each thing."""
    show.say("agreement.page.id", id=agreement.id)
    show.say("agreement.page.made", by=agreement.made_by, at=minute(agreement.made_at))
    for party in agreement.parties:
        show.say("agreement.page.party", party=_party(known, party))
    for number, basis in enumerate(agreement.legal_basis, 1):
        show.say("agreement.page.legal_basis", number=number, basis=show.plain(basis))
    for name in ("field", "service", "purpose", "category"):
        said = getattr(agreement, PLURAL[name])
        words = tuple(show.worded(f"cooperation.{name}.{each}") for each in said)
        show.say(f"agreement.page.{PLURAL[name]}", words=words)
    show.say("agreement.page.onward", rule=show.worded(f"cooperation.onward.{agreement.onward}"))
    _numbers(agreement)
    until = agreement.valid_until
    since = minute(agreement.valid_from)
    if until is None:
        show.say("agreement.page.valid_from", since=since)
    else:
        show.say("agreement.page.valid", since=since, until=minute(until))


PLURAL = {
    "field": "fields",
    "service": "services",
    "purpose": "purposes",
    "category": "categories",
}


def _numbers(agreement: Agreement) -> None:
    """Deadlines, budgets, retention, the second officer."""
    clocks = agreement.deadlines
    show.say("agreement.page.acknowledge", count=clocks.acknowledge_hours)
    show.say("agreement.page.urgent", count=clocks.urgent_hours)
    show.say("agreement.page.interim", count=clocks.interim_business_days)
    show.say("agreement.page.answer", count=clocks.answer_business_days)
    for budget in agreement.budgets:
        show.say(
            "agreement.page.budget",
            count=budget.a_day,
            service=show.worded(f"cooperation.service.{budget.service}"),
            purpose=show.worded(f"cooperation.purpose.{budget.purpose}"),
        )
    show.say("agreement.page.retention", count=agreement.retention_days)
    if agreement.four_eyes:
        words = tuple(show.worded(f"cooperation.service.{each}") for each in agreement.four_eyes)
        show.say("agreement.page.four_eyes", words=words)


def _party(known: Cooperation, party: Party) -> str:
    from taawun.cooperation.bloc import called

    lang = options().lang.split("-")[0]
    if party.bloc is not None:
        names = called(party.bloc)
        return show.worded(
            "agreement.page.bloc", party=party.bloc, name=names.get(lang) or names["en"]
        )
    card = known.ring.card(party.code)
    name = show.plain(card.called(lang)) if card is not None else "—"
    return show.worded("agreement.page.authority", party=party.code, name=name)


def _history(acts: Iterable[KeptAct]) -> None:
    show.table(
        [
            f"agreement.column.{name}"
            for name in ("party", "number", "deed", "at", "effective", "scope", "reason", "known")
        ],
        [
            (
                kept.act.party,
                str(kept.act.number),
                show.worded(f"cooperation.deed.{kept.act.deed}"),
                minute(kept.act.at),
                "" if kept.act.effective_at == kept.act.at else minute(kept.act.effective_at),
                _scope(kept.act),
                show.plain(kept.act.reason or ""),
                minute(kept.recorded_at),
            )
            for kept in acts
        ],
    )


def _scope(act: Act) -> str:
    if act.lifts is not None:
        return show.worded("agreement.lifts", number=act.lifts)
    return "" if act.scope is None else how_far(act.scope)


def act_as_json(act: Act) -> dict[str, object]:
    """An act, as it stands on the wire."""
    return act.plain()


def stood_as_json(each: Stood) -> dict[str, object]:
    """How an agreement stood with a partner."""
    stands = each.standing
    return {
        "id": each.agreement.id,
        "title": each.agreement.title,
        "partner": each.partner,
        "state": stands.state,
        "since": stands.since,
        "missing": list(stands.missing),
        "ended_by": stands.ended_by or None,
        "suspensions": [
            {
                "by": suspension.by,
                "number": suspension.number,
                "scope": suspension.scope.plain(),
                "since": suspension.since,
                "reason": suspension.reason,
            }
            for suspension in stands.suspensions
        ],
    }


def page_as_json(known: Cooperation, begin: str, at: datetime) -> dict[str, object]:
    """The text, how it stands with whom, and every act with when it became known."""
    from taawun.desk.agreements import acts_of, stood

    agreement = known.agreement(begin)
    return {
        "id": agreement.id,
        "agreement": agreement.plain(),
        "at": at,
        "standing": [stood_as_json(each) for each in stood(known, at, begin=agreement.id)],
        "acts": [
            {**act_as_json(kept.act), "recorded_at": kept.recorded_at}
            for kept in acts_of(known, agreement.id)
        ],
    }
