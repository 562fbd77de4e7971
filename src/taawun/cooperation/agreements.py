"""Agreements as this node keeps them, and what comes and goes about them.

    draft(...)      the text is kept here; nobody else knows of it
    act(...)        this authority signs, declines, suspends, resumes or ends
    told(...)       the messages that tell the others, to be placed in the same unit
    HANDLERS        what arrives: a proposal with all acts known to its sender, a party's acts

A party's acts travel all together, from its first: whoever missed some has them then, and what is
known already changes nothing. Signatures are checked when they arrive, by keys that count then;
what was recorded stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.engine import Connection

from taawun.cooperation import history
from taawun.cooperation.act import ACT, MOST_ACTS, Act, Deed, KeptAct, Scope
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.exchange.gate import place
from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.message import Message
from taawun.cooperation.standing import Standing, check_act, standing
from taawun.cooperation.trust import parties, signing
from taawun.cooperation.trust.keys import OwnKeys
from taawun.cooperation.wire import CLOCKS_APART, Digest, Document, moment_text
from taawun.errors import NotFound, Refused
from taawun.store.database import Unit

Handler = Callable[[Unit, Message, datetime], None]
MOST_PROPOSED = 100
"""Agreements that one partner has brought and on which this authority has not acted."""


class ProposalBody(Document):
    """An agreement's text, and every act on it that the sender knows, as they were signed."""

    agreement: dict[str, Any]
    acts: Annotated[tuple[str, ...], Field(max_length=4 * MOST_ACTS)] = ()


class ActBody(Document):
    """Every act of the sender on one agreement, from its first, as they were signed."""

    agreement: Digest
    acts: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_ACTS)]


class CardBody(Document):
    """The sender's newest card, as it was signed."""

    card: str


def draft(unit: Unit, agreement: Agreement, *, at: datetime, actor: str) -> str:
    """Keep an agreement's text. Returns its id; the same text again changes nothing.

    Raises Refused `agreement.not_party` where this authority could not take part.
    """
    known = cooperation(unit.connection)
    if agreement.id in known.agreements:
        return agreement.id
    if not agreement.sides(known.me, known.blocs, max(at, agreement.valid_from)):
        raise Refused("agreement.not_party", party=known.me)
    _keep(unit, agreement, at, actor)
    return agreement.id


def act(
    unit: Unit,
    keys: OwnKeys,
    id: str,
    deed: Deed,
    *,
    at: datetime,
    actor: str,
    effective_at: datetime | None = None,
    scope: Scope | None = None,
    lifts: int | None = None,
    reason: str | None = None,
) -> KeptAct:
    """This authority acts on an agreement: from this moment its own node goes by it.

    Raises NotFound, Refused `act.…` where it cannot be done now, InputError never: what does not
    fit together (a suspension without a reason) is Refused `wire.field`.
    """
    known = cooperation(unit.connection)
    agreement = known.agreements.get(id)
    if agreement is None:
        raise NotFound(f"no agreement {id}")
    own = _of(known.acts.get(id, ()), known.me)
    # A clock that was set back keeps nobody from acting at once.
    at_once = max(at, own[-1].act.at) if own else at
    if effective_at is None or at <= effective_at < at_once:
        effective_at = at_once
    said = {
        "agreement": id,
        "party": known.me,
        "number": len(own) + 1,
        "deed": deed.value,
        "at": moment_text(at_once),
        "effective_at": moment_text(effective_at),
        "scope": scope.plain() if scope is not None else None,
        "lifts": lifts,
        "reason": reason,
        "v": 1,
    }
    made = Act.of({name: value for name, value in said.items() if value is not None})
    check_act(agreement, [kept.act for kept in own], made, known.blocs)
    signed = signing.sign(made.canonical(), keys.signing(at), ACT)
    return _record(unit, made, signed, at, actor)


def told(known: Cooperation, id: str, at: datetime, keys: OwnKeys | None = None) -> list[Message]:
    """The messages that tell every other party of this authority's acts on an agreement.

    With its first act goes the whole proposal, so that whoever does not have the text gets it.
    `keys` sign own acts anew whose key has run out.
    """
    own = _of(known.acts.get(id, ()), known.me)
    opening = len(own) == 1
    return [
        proposal(known, id, partner, at, keys)
        if opening
        else own_acts(known, id, partner, at, keys)
        for partner in partners(known, id, at)
    ]


def partners(
    known: Cooperation, id: str, at: datetime, known_at: datetime | None = None
) -> list[str]:
    """Whom an agreement concerns and this node knows: the parties by name, and who signed it or
    may sign it for a bloc, by the memberships known at `known_at` where it is given."""
    agreement, blocs = known.agreements[id], known.blocs_known(known_at)
    when = max(at, agreement.valid_from)
    signed = {kept.act.party for kept in known.acts.get(id, ())}
    return [
        code
        for code in known.ring.codes
        if code != known.me
        and known.ring.confirmed(code)
        and (code in signed or agreement.meet(known.me, code, blocs, when))
    ]


def proposal(
    known: Cooperation, id: str, partner: str, at: datetime, keys: OwnKeys | None = None
) -> Message:
    """The message that brings a partner an agreement's text and all acts known here."""
    acts = tuple(_fresh(known, kept, at, keys) for kept in known.acts.get(id, ()))
    body = ProposalBody(agreement=known.agreements[id].plain(), acts=acts)
    return control(known.me, partner, "proposal", body, at)


def own_acts(
    known: Cooperation, id: str, partner: str, at: datetime, keys: OwnKeys | None = None
) -> Message:
    """The message that brings a partner this authority's acts."""
    own = _of(known.acts.get(id, ()), known.me)
    body = ActBody(agreement=id, acts=tuple(_fresh(known, kept, at, keys) for kept in own))
    return control(known.me, partner, "act", body, at)


def _fresh(known: Cooperation, kept: KeptAct, at: datetime, keys: OwnKeys | None) -> str:
    """An act as it was signed; an own one signed anew where its key counts no more.

    An act is its document, whoever signed it when: a partner who is confirmed years later knows
    the keys of that day only.
    """
    if keys is None or kept.act.party != known.me:
        return kept.signed
    kid = signing.unverified(kept.signed, ACT).kid
    if any(key.kid == kid and key.counts(at) for key in keys.own.keys):
        return kept.signed
    return signing.sign(kept.act.canonical(), keys.signing(at), ACT)


def card(known: Cooperation, partner: str, at: datetime) -> Message:
    """The message that brings a partner this authority's newest card."""
    entry = known.ring.parties[known.me].cards[-1]
    return control(known.me, partner, "card", CardBody(card=entry.signed), at)


def control(me: str, partner: str, kind: str, body: Document, at: datetime) -> Message:
    """A message about cooperating itself."""
    id = str(uuid.uuid4())
    return Message(
        id=id, kind=kind, sender=me, recipient=partner, thread=id, made_at=at, body=body.plain()
    )


def between(
    known: Cooperation, id: str, partner: str, at: datetime, known_at: datetime | None = None
) -> Standing:
    """How an agreement stands between this authority and a partner: as it is known now, or by the
    acts and memberships that were known at `known_at`."""
    agreement, acts = known.agreements[id], known.acts.get(id, ())
    blocs = known.blocs_known(known_at)
    return standing(agreement, acts, blocs, known.me, partner, at, known_at)


def _came_proposal(unit: Unit, message: Message, at: datetime) -> None:
    body = ProposalBody.of(message.body)
    agreement = Agreement.of(body.agreement)
    known = cooperation(unit.connection)
    if not agreement.sides(known.me, known.blocs, max(at, agreement.valid_from)):
        raise Refused("agreement.not_party", party=known.me)
    if agreement.id not in known.agreements:
        _not_too_many(unit.connection, known, message.sender)
        _keep(unit, agreement, at, message.sender)
    _take(unit, agreement, body.acts, message.sender, at)
    _bring_own(unit, agreement.id, body.acts, message.sender, at)


def _bring_own(unit: Unit, id: str, brought: Sequence[str], partner: str, at: datetime) -> None:
    """Who proposes without knowing what this authority did is told: a member that joined a bloc
    later, say, and has the text from elsewhere."""
    known = cooperation(unit.connection)
    own = _of(known.acts.get(id, ()), known.me)
    theirs = (Act.read(signing.unverified(each, ACT).payload) for each in brought)
    if len(own) > sum(each.party == known.me for each in theirs) and partner in partners(
        known, id, at
    ):
        place(unit, own_acts(known, id, partner, at), at=at, actor="node")


def _not_too_many(connection: Connection, known: Cooperation, sender: str) -> None:
    """A partner proposes only so much that nobody here has looked at."""
    looked_at = {id for id, acts in known.acts.items() if _of(acts, known.me)}
    if len(history.brought_by(connection, sender) - looked_at) >= MOST_PROPOSED:
        raise Refused("agreement.too_many", party=sender, most=str(MOST_PROPOSED))


def _came_act(unit: Unit, message: Message, at: datetime) -> None:
    body = ActBody.of(message.body)
    agreement = cooperation(unit.connection).agreements.get(body.agreement)
    if agreement is None:
        raise Refused("act.agreement")
    _take(unit, agreement, body.acts, message.sender, at)


def _came_card(unit: Unit, message: Message, at: datetime) -> None:
    signed = CardBody.of(message.body).card
    if parties.read_card(signed).card.authority != message.sender:
        raise Refused("card.not_senders", party=message.sender)
    parties.introduce(unit, signed, at=at, actor=message.sender)


def _take(unit: Unit, agreement: Agreement, acts: Iterable[str], sender: str, at: datetime) -> None:
    """Record the acts that are not known yet.

    Of others than the sender whom this node does not know, or whose key does not count here, the
    acts are left to themselves to bring, and the journal says so.
    """
    strangers: set[str] = set()
    known = cooperation(unit.connection)  # once: reading it anew for each act takes minutes of many
    rows: dict[str, list[Act]] = {}
    for kept in known.acts.get(agreement.id, ()):
        rows.setdefault(kept.act.party, []).append(kept.act)
    for signed in acts:
        claimed = signing.unverified(signed, ACT)
        made = Act.read(claimed.payload)
        if made.agreement != agreement.id:
            raise Refused("act.agreement")
        earlier = rows.setdefault(made.party, [])
        if made.number <= len(earlier):
            if earlier[made.number - 1] != made:
                raise Refused("act.other", party=made.party, number=str(made.number))
            continue
        if made.party == known.me:
            raise Refused("act.own")
        if made.party in strangers or not _believed(known, made, signed, sender, at):
            strangers.add(made.party)
            continue
        check_act(agreement, earlier, made, known.blocs)
        _record(unit, made, signed, at, sender)
        earlier.append(made)
    if strangers:
        unit.journal(
            "agreement.strangers", agreement.id, {"parties": sorted(strangers)}, at=at, actor=sender
        )


def _believed(known: Cooperation, made: Act, signed: str, sender: str, at: datetime) -> bool:
    """Whether an act is signed by a key of its party that counts. Raises Refused where it is the
    sender's own and is not, or where the signature itself does not hold."""
    try:
        signing.verify(signed, ACT, lambda kid: known.ring.signing_key(made.party, kid, at))
    except Refused as refused:
        if made.party == sender or not refused.ground.startswith("key."):
            raise
        return False
    return True


def _of(acts: Iterable[KeptAct], party: str) -> list[KeptAct]:
    return [kept for kept in acts if kept.act.party == party]


def _keep(unit: Unit, agreement: Agreement, at: datetime, actor: str) -> None:
    text = agreement.canonical().decode()
    history.add(unit, "agreement", agreement.id, text, at=at, actor=actor)
    said = {"parties": [party.code for party in agreement.parties], "by": agreement.made_by}
    unit.journal("agreement.kept", agreement.id, said, at=at, actor=actor)


def _record(unit: Unit, made: Act, signed: str, at: datetime, actor: str) -> KeptAct:
    history.add(unit, "act", made.agreement, signed, at=at, actor=actor)
    said: dict[str, object] = {
        "party": made.party,
        "number": made.number,
        "effective_at": moment_text(made.effective_at),
    }
    if made.scope is not None:
        said["scope"] = made.scope.plain()
    if made.lifts is not None:
        said["lifts"] = made.lifts
    if made.at > at + CLOCKS_APART:  # its party's clock is wrong: somebody should tell them
        said["dated"] = moment_text(made.at)
    unit.journal(f"agreement.{made.deed.value}", made.agreement, said, at=at, actor=actor)
    return KeptAct(made, at, signed)


HANDLERS: dict[str, Handler] = {
    "proposal": _came_proposal,
    "act": _came_act,
    "card": _came_card,
}
"""What an arriving control message does, in the inbox's own unit of work."""
