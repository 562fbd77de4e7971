"""What this authority did and forgot: its home was brought back from a copy.

Own acts and cards that were made after the copy are with the partners, as they were signed. A
partner's record of an agreement (`agreement export`) brings them back, and nobody can have made
them but the holder of this authority's own keys. Until they are back the node would go by an
agreement that it suspended, and number its next act as one that partners know already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from taawun.cooperation import agreements, history
from taawun.cooperation.act import ACT, Act
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.standing import check_act
from taawun.cooperation.trust import parties, signing
from taawun.cooperation.trust.party import PublicKey
from taawun.errors import InputError, Refused
from taawun.store import Unit


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came back of an agreement: how many own cards, which own acts."""

    agreement: Agreement
    cards: int
    acts: tuple[Act, ...]


def recover(unit: Unit, record: dict[str, Any], *, at: datetime, actor: str) -> Recovered:
    """Take from a record what is this authority's own and not known here any more.

    Others' acts are left to their parties to bring. Raises InputError where it is no record,
    Refused where a signature is not by an own key (`key.…`, `signature.…`), or where a number is
    another act's here (`act.other`).
    """
    cards, acts = _signed(record, "cards"), _signed(record, "acts")
    agreement = Agreement.of(record.get("agreement"))
    me = cooperation(unit.connection).me
    own = [each for each in cards if parties.read_card(each).card.authority == me]
    regained = sum(parties.regain(unit, each, at=at, actor=actor) for each in own)
    agreements.draft(unit, agreement, at=at, actor=actor)
    known = cooperation(unit.connection)
    found = tuple(_missing(known, agreement, acts))
    for signed, act in found:
        history.add(unit, "act", agreement.id, signed, at=at, actor=actor)
        said = {"number": act.number, "deed": act.deed.value}
        unit.journal("agreement.recovered", agreement.id, said, at=at, actor=actor)
    return Recovered(agreement, regained, tuple(act for _, act in found))


def _missing(known: Cooperation, agreement: Agreement, acts: list[str]) -> list[tuple[str, Act]]:
    """The own acts that follow those that are known, with the bytes that were signed."""
    row = [kept.act for kept in known.acts.get(agreement.id, ()) if kept.act.party == known.me]
    found = []
    for signed in acts:
        act = Act.read(signing.unverified(signed, ACT).payload)
        if act.party != known.me or act.agreement != agreement.id:
            continue
        if act.number <= len(row):
            if row[act.number - 1] != act:
                raise Refused("act.other", party=act.party, number=str(act.number))
            continue
        signing.verify(signed, ACT, partial(_key, known, act))
        check_act(agreement, row, act, known.blocs)
        found.append((signed, act))
        row.append(act)
    return found


def _key(known: Cooperation, act: Act, kid: str) -> PublicKey:
    """The own key that signed an act: it counted when the act was made, or it is a later one that
    signed the same act anew."""
    ours = known.ring.parties[known.me].keys.get(kid)
    when = max(act.at, ours.key.valid_from) if ours is not None else act.at
    return known.ring.signing_key(known.me, kid, when)


def _signed(record: dict[str, Any], name: str) -> list[str]:
    """The signed texts in one list of a record."""
    found = record.get(name)
    entries = found if isinstance(found, list) else []
    texts = [each.get("signed") for each in entries if isinstance(each, dict)]
    signed = [text for text in texts if isinstance(text, str)]
    if not signed or len(signed) < len(entries):
        raise InputError("this is no record of an agreement: `taawun agreement export` gives one")
    return signed
