"""Mistakes that somebody might make: each is put in, and the sequences must find it.

A proof that finds nothing proves nothing, unless it would have found something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any
from unittest.mock import patch

import numpy as np

from taawun.cooperation import act, agreements, bloc, permit, standing
from taawun.cooperation.act import Deed
from taawun.cooperation.agreement import Purpose
from taawun.cooperation.exchange import courier, delivery, inbox, outbox
from taawun.cooperation.exchange import gate as exchange
from taawun.cooperation.exchange.carrier import Outcome
from taawun.cooperation.private import budget, keyfile, lookups, offers, table
from taawun.cooperation.requests import caveats, information, review
from taawun.desk import parties as desk_parties
from taawun.errors import Refused

LATE = datetime(9999, 1, 1, tzinfo=UTC)


def nothing(*_: Any, **__: Any) -> None:
    """Leave something out."""


def _theirs(rows: Any, one: str, other: str) -> Any:
    return tuple(each for each in rows[other].suspensions if each.scope.touches(one))


def _ours(rows: Any, one: str, other: str) -> Any:
    return tuple(each for each in rows[one].suspensions if each.scope.touches(other))


_played = standing._played
_play = standing._play
_told = agreements.told
_decide = permit.decide
_by_receipt = delivery._by_receipt
_run = exchange._run
_keep_act = agreements._record
_approve = review.approve
_someone = count()


def _lifts_all(row: Any, kept: Any) -> None:
    _play(row, kept)
    if kept.act.deed is Deed.RESUME:
        row.suspensions = ()


def _renumbered(node: Any, unit: Any, given: Any, at: datetime) -> str:
    carrier = given.carrier
    last = inbox.last(unit.connection, carrier.sender, carrier.channel)
    changed = carrier.model_copy(update={"sequence": last + 1})
    object.__setattr__(given, "carrier", changed)
    return ""


def _committed(node: Any, unit: Any, message: Any, at: datetime) -> None:
    _run(node, unit, message, at)
    unit.connection.exec_driver_sql("COMMIT")
    unit.connection.exec_driver_sql("BEGIN IMMEDIATE")


def _final(connection: Any, number: int, sequence: int, refused: Refused, *, doubted: bool) -> bool:
    at = datetime(2026, 4, 1, tzinfo=UTC)
    return outbox.settled(connection, number, sequence, refused, "", at)


def _empty_is_delivered(unit: Any, parcel: Any, receipt: Any, signed: str, at: datetime) -> None:
    if receipt.outcome is Outcome.VOID:
        said = {"outcome": Outcome.ACCEPTED, "sha256": parcel.placed.digest}
        receipt = receipt.model_copy(update=said)
    _by_receipt(unit, parcel, receipt, signed, at)


def _told_of_all_else(known: Any, id: str, at: datetime, keys: Any = None) -> Any:
    own = [kept.act for kept in known.acts.get(id, ()) if kept.act.party == known.me]
    return [] if own[-1].deed is Deed.SUSPEND else _told(known, id, at, keys)


def _kept_without_effect(unit: Any, made: Any, signed: str, at: datetime, actor: str) -> Any:
    if made.deed is Deed.SUSPEND and actor != "officer":
        return act.KeptAct(made, at, signed)
    return _keep_act(unit, made, signed, at, actor)


def _stops_others(asked: Any, facts: Any) -> Any:
    for known in facts.agreements.values():
        stands = standing.standing(
            known.agreement, known.acts, facts.blocs, facts.me, asked.partner, asked.at
        )
        if asked.agreement and stands.state is standing.State.SUSPENDED:
            raise Refused("permit.suspended", party=asked.partner, since="")
    return _decide(asked, facts)


def _another(_: str) -> str:
    """Whoever acts is somebody else each time."""
    return str(next(_someone))


def _as_written(name: str) -> str:
    return name.strip()


def _any_text(unit: Any, id: str, _: str, *, at: datetime, actor: str) -> Any:
    return _approve(unit, id, review.draft(unit.connection, id, at).sha256, at=at, actor=actor)


def _for_all(origin: str, recipient: str, _: object, until: Any, decision: str) -> Any:
    return caveats.OnwardConsent(origin, recipient, frozenset(Purpose), until, decision)


MISTAKES: dict[str, tuple[tuple[Any, str, Callable[..., Any]], ...]] = {
    "the permit is not asked at arrival": ((exchange, "_permitted", nothing),),
    "the permit is not asked before an attempt": ((delivery, "_refusal", nothing),),
    "the partner's suspension is ignored": ((standing, "_between", _ours),),
    "the own suspension is ignored": ((standing, "_between", _theirs),),
    "a suspension of a field or service is ignored": ((permit, "_suspensions", nothing),),
    "a suspension of one partner is of all": ((act.Scope, "touches", lambda _, __: True),),
    "what is planned counts at once": (
        (standing, "_played", lambda acts, at, known_at: _played(acts, LATE, known_at)),
    ),
    "a resumption lifts every suspension": ((standing, "_play", _lifts_all),),
    "a suspension is told to nobody": ((agreements, "told", _told_of_all_else),),
    "a suspension that came in is not kept": ((agreements, "_record", _kept_without_effect),),
    "a suspension stops other agreements": (
        (exchange, "decide", _stops_others),
        (delivery, "decide", _stops_others),
    ),
    "numbers are not checked": ((exchange, "_kept", _renumbered),),
    "a message may come twice under two numbers": ((inbox, "earlier", nothing),),
    "the effect is left out": ((exchange, "_run", nothing),),
    "the effect is kept before its receipt": ((exchange, "_run", _committed),),
    "what was withheld is forgotten": ((courier, "reconsider", nothing),),
    "a refusal that nobody signed is final": ((outbox, "turned_away", _final),),
    "a number that stayed empty counts as delivered": (
        (delivery, "_by_receipt", _empty_is_delivered),
    ),
    "caveats are not looked at when something is passed on": (
        (information, "check", nothing),
        (permit, "_caveats", nothing),
    ),
    "the permit does not look at caveats": ((permit, "_caveats", nothing),),
    "caveats may be loosened": ((information, "_not_loosened", nothing),),
    "what is passed on need not be named": ((information, "_all_declared", nothing),),
    "consent for one purpose is consent for all": ((information, "OnwardConsent", _for_all),),
    "anybody may consent for anybody": ((information, "check_decision", nothing),),
    "what should be gone may be used": ((caveats, "_still_kept", nothing),),
    "a second officer is not asked": ((review, "_allowed", nothing),),
    "one may approve one's own draft": ((review, "officer", _another),),
    "one may approve one's own lookup": ((lookups, "officer", _another),),
    "a name in other letters is another officer's": ((review, "officer", _as_written),),
    "an approval never runs out": ((review, "_aged", lambda state, *_: state),),
    "an approval is of any text": ((review, "approve", _any_text),),
    "the own policy on second officers is not asked": (
        (review, "policy", lambda _: review.ReviewPolicy()),
    ),
    "lookups need no second officer": ((lookups, "wants_second", lambda *_: False),),
    "the budget is not counted": ((budget, "spend", nothing),),
    "the budget is not kept to": (
        (budget, "left", lambda *_: 1_000_000), (permit, "_budget", nothing),
    ),
    "a suspension leaves matching as it is": ((offers, "reason_to_end", lambda *_: ""),),
    "what was suspended for a while keeps its key": (
        (offers, "_moments", lambda _, __, at: [at]),
    ),
    "a key is not destroyed": ((keyfile, "destroy", lambda *_: False),),
    "a question is taken though its terms are over": (
        (offers.KeptTerms, "usable", lambda self, _: self),
    ),
    "every lookup hits": (
        (table.Table, "has", lambda _, found: np.ones(len(found), np.bool_)),
    ),
    "everybody is a member of a bloc": ((bloc.Blocs, "member", lambda *_: True),),
    "who left a bloc is a member": (
        (bloc.Membership, "holds", lambda self, at: at >= bloc._start(self.since)),
    ),
    "a new member hears of nothing": (
        (agreements, "_bring_own", nothing),
        (desk_parties, "_newly_concerned", lambda *_: ()),
    ),
}  # fmt: skip


@contextmanager
def made(mistake: str) -> Iterator[None]:
    """As long as the block lasts."""
    with ExitStack() as stack:
        for where, name, wrong in MISTAKES[mistake]:
            stack.enter_context(patch.object(where, name, wrong))
        yield
