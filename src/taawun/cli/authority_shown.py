"""How authorities are shown: a row for each, a page for one, JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from taawun.cli import show
from taawun.cli.moments import minute
from taawun.cli.options import options

if TYPE_CHECKING:
    from taawun.cooperation.exchange.reach import Reachability
    from taawun.cooperation.trust.register import KnownKey
    from taawun.desk.parties import Acquaintance


def rows(found: Iterable[Acquaintance], reached: Mapping[str, Reachability]) -> list[Sequence[str]]:
    """One row for each: code, name, kind, trust, node, fingerprint."""
    lang = options().lang.split("-")[0]
    return [
        (
            each.code,
            show.plain(each.card.called(lang)),
            show.worded(f"cooperation.kind.{each.card.kind}"),
            show.worded(f"authority.trust.{trust(each)}"),
            _node(each, reached),
            (each.waiting or each.card).fingerprint,
        )
        for each in found
    ]


def trust(each: Acquaintance) -> str:
    """`own`, `confirmed`, `newer` (a newer card is to be compared), `compare`."""
    if each.own:
        return "own"
    if not each.confirmed:
        return "compare"
    return "confirmed" if each.waiting is None else "newer"


def _node(each: Acquaintance, reached: Mapping[str, Reachability]) -> str:
    """Since when its node does not answer, else when it last did, if ever."""
    if each.own or each.code not in reached:
        return "—"
    found = reached[each.code]
    if found.down_since:
        return show.worded("authority.down", since=found.down_since[:16])
    if not found.answered_at:
        return "—"
    return show.worded("authority.answered", at=found.answered_at[:16])


def page(each: Acquaintance, at: datetime) -> None:
    """The card as lines, and a table of the keys."""
    card, lang = each.card, options().lang.split("-")[0]
    show.say(
        "authority.page.who",
        authority=each.code,
        name=show.plain(card.called(lang)),
        kind=show.worded(f"cooperation.kind.{card.kind}"),
    )
    show.say(
        "authority.page.fields",
        fields=tuple(show.worded(f"cooperation.field.{field}") for field in card.competences),
    )
    show.say("authority.page.address", address=show.plain(card.address) or "—")
    show.say("authority.page.card", number=card.number, made=minute(card.made_at))
    show.say("authority.page.trust", trust=show.worded(f"authority.trust.{trust(each)}"))
    show.say("authority.fingerprint", fingerprint=card.fingerprint)
    if each.waiting is not None and each.confirmed:
        waiting = each.waiting
        show.say("authority.page.waiting", number=waiting.number, fingerprint=waiting.fingerprint)
    show.table(
        [f"authority.column.{name}" for name in ("key", "use", "from", "until", "counts")],
        [
            (
                known.key.kid,
                show.worded(f"authority.use.{known.key.use}"),
                minute(known.key.valid_from),
                minute(known.key.valid_until),
                _counts(known, at),
            )
            for known in each.keys
        ],
    )


def _counts(known: KnownKey, at: datetime) -> str:
    word = key_state(known, at)
    since = minute(known.revoked_at) if known.revoked_at is not None else ""
    return show.worded(f"authority.key.{word}", since=since, reason=show.plain(known.reason))


def key_state(known: KnownKey, at: datetime) -> str:
    """`revoked`, `unconfirmed`, `not_yet`, `expired` or `counts`."""
    if known.revoked_at is not None and at >= known.revoked_at:
        return "revoked"
    if known.confirmed_at is None:
        return "unconfirmed"
    if at < known.key.valid_from:
        return "not_yet"
    return "counts" if at < known.key.valid_until else "expired"


def as_json(
    each: Acquaintance, reached: Mapping[str, Reachability], at: datetime
) -> dict[str, object]:
    """Everything that is known of an authority."""
    found = reached.get(each.code)
    return {
        "authority": each.code,
        "trust": trust(each),
        "fingerprint": each.card.fingerprint,
        "card": each.card.plain(),
        "waiting": each.waiting.plain() if each.waiting is not None else None,
        "waiting_fingerprint": each.waiting.fingerprint if each.waiting is not None else None,
        "keys": [
            {
                "kid": known.key.kid,
                "use": known.key.use,
                "state": key_state(known, at),
                "valid_from": known.key.valid_from,
                "valid_until": known.key.valid_until,
                "revoked_at": known.revoked_at,
            }
            for known in each.keys
        ],
        "down_since": found.down_since or None if found is not None else None,
        "answered_at": found.answered_at or None if found is not None else None,
    }
