"""Why a place in the ledger is called what it is called: parameters here, sentences at the edge.

    reason = reason_of(network, "fan_in", shape, measures=("senders",), currency="EUR")
    said(reason, "ar")       "تلقّى الحساب … "

A reason is a code and plain parameters (whole numbers, ids), so that it can be kept, compared
and worded in either language later. The sentences are in `wording/catalogue/detection.yml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from taawun.detection.finding import NOBODY, Shape
from taawun.jit import I32
from taawun.ledger.money import decimals
from taawun.ledger.network import Network
from taawun.wording import Worded, known, say
from taawun.wording.figures import amount, number

UNITS: Mapping[str, str] = {
    "transfers": "transfers",
    "accounts": "accounts",
    "senders": "accounts",
    "receivers": "accounts",
    "through": "accounts",
    "sources": "accounts",
    "targets": "accounts",
    "counterparties": "accounts",
    "value": "money",
    "came": "money",
    "went": "money",
    "seconds": "span",
    "span": "span",
    "days": "days",
    "mille": "share",
    "letters": "country",
    "first": "day",
    "last": "day",
    "account": "id",
    "other": "id",
}
"""The unit of a parameter, by the last word of its name; what is not here is a plain number."""

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Reason:
    """A typology's code and what its sentence needs.

    Money is minor units of `currency`, times are seconds, shares per mille, the rest counts and
    ids. `decimals` is how many digits of the currency are minor.
    """

    code: str
    params: Mapping[str, int | str]
    currency: str = ""
    decimals: int = 2
    compatible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """What moved a score: a measure, its value here, and what is usual.

    `against` says whose usual: "own" past, "peers", or "" where nothing is compared. `code` names
    the measure (`detection.factor.CODE`), `unit` is one of the values of `UNITS` or "number".
    """

    code: str
    value: int
    usual: int = 0
    against: str = ""
    unit: str = "number"
    points: float = 0.0


def reason_of(
    network: Network,
    typology: str,
    shape: Shape,
    *,
    measures: Sequence[str] = (),
    currency: str = "",
    decimals: int = 2,
    compatible: tuple[str, ...] = (),
) -> Reason:
    """The reason of one shape. `measures` are the names of `shape.measures`, in order."""
    at = np.array(shape.transfers, np.int32)
    told = dict(zip(measures, shape.measures, strict=False))
    told.update(_counted(network, at, shape.centre, shape.other))
    return Reason(typology, {**told, **_names(network, shape)}, currency, decimals, compatible)


def _names(network: Network, shape: Shape) -> dict[str, int | str]:
    ids = {"account": shape.centre, "other": shape.other}
    return {
        role: network.names.accounts([who])[0] if who != NOBODY else "" for role, who in ids.items()
    }


def _counted(network: Network, at: I32, centre: int, other: int) -> dict[str, int]:
    """What every sentence may use, counted from the transfers."""
    source, target, value = network.source[at], network.target[at], network.value[at]
    apart = [who for who in (centre, other) if who != NOBODY]
    sending, receiving = np.setdiff1d(source, apart), np.setdiff1d(target, apart)
    first, last = (int(network.at[at[0]]), int(network.at[at[-1]])) if len(at) else (0, 0)
    return {
        "transfers": len(at),
        "accounts": len(np.union1d(source, target)),
        "senders": len(sending),
        "receivers": len(receiving),
        "through": len(np.intersect1d(sending, receiving)),
        "value": int(value.sum()),
        "came": int(value[target == centre].sum()),
        "went": int(value[source == centre].sum()),
        "span": last - first,
        "first": first,
        "last": last,
    }


def typology(code: str, lang: str) -> Worded:
    """A typology's name."""
    return say(f"detection.typology.{code}", lang)


def said(reason: Reason, lang: str) -> Worded:
    """The sentence, with the names that the place may also rightly be called."""
    told = {
        name: in_unit(value, unit_of(name), lang, reason.currency, reason.decimals)
        for name, value in reason.params.items()
    }
    code = f"detection.reason.{reason.code}"
    if not known(code):
        code, told = "detection.reason.alert", {**told, "typology": typology(reason.code, lang)}
    sentences = [say(code, lang, **told)]
    if reason.compatible:
        sentences.append(say("detection.reason.compatible", lang, typologies=_listed(reason, lang)))
    return Worded(" ".join(sentences))


def _listed(reason: Reason, lang: str) -> list[Worded]:
    return [typology(code, lang) for code in reason.compatible]


def joined(parts: Iterable[str], lang: str) -> Worded:
    """That an alert was joined from several findings, and of which typologies."""
    codes = list(parts)
    names = [typology(code, lang) for code in dict.fromkeys(codes)]
    return say("detection.reason.joined", lang, count=len(codes), typologies=names)


def factor_said(factor: Factor, lang: str, currency: str = "", decimals: int = 2) -> Worded:
    """A factor as a line: "money received in a week: 1,200 EUR, 12 times the usual 100 EUR"."""
    against = factor.against or "nothing"
    if factor.against and not factor.usual:
        against = f"{factor.against}_none"
    value, usual = (
        in_unit(each, factor.unit, lang, currency, decimals)
        for each in (factor.value, factor.usual)
    )
    what, times = say(f"detection.factor.{factor.code}", lang), _times(factor, lang)
    return say(
        f"detection.against.{against}", lang, what=what, value=value, usual=usual, times=times
    )


def remarkable(factors: Iterable[Factor]) -> list[Factor]:
    """Those that say something to a reader: above what is usual, or compared with nothing."""
    return [each for each in factors if not each.against or each.value > each.usual]


def _times(factor: Factor, lang: str) -> Worded:
    """How many times the usual: with one decimal where it is small."""
    tenths = 10 * factor.value // factor.usual if factor.usual else 0
    return Worded(number(tenths / 10 if tenths < 100 else tenths // 10, lang))


def unit_of(name: str) -> str:
    """The unit of a parameter, told by the last word of its name."""
    return UNITS.get(name.rsplit("_", 1)[-1], "number")


def in_unit(
    value: int | str, unit: str, lang: str, currency: str = "", decimals: int = 2
) -> object:
    """A value as it stands in a sentence: strings are isolated there, counts get their noun."""
    if isinstance(value, str):
        return seen(value)
    if unit == "money":
        return money(value, currency, decimals, lang)
    written = _WRITTEN.get(unit)
    return value if written is None else written(value, lang)


def seen(text: str) -> str:
    """Text without what cannot be seen: controls and their like are shown by their number."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def money(value: int, currency: str, decimals: int, lang: str) -> Worded:
    """Minor units as an amount with its currency."""
    said = Worded(amount(value, decimals, lang))
    if not currency:
        return said
    return say("detection.money", lang, amount=said, currency=currency)


def places(currency: str) -> int:
    """How many digits of a currency are minor; two for one that nobody knows."""
    known_places = decimals(currency)
    return 2 if known_places is None else known_places


def span(seconds: int, lang: str) -> Worded:
    """How long it took, in the largest unit that is not coarse: 50 hours are 3 days."""
    for name, unit, least in (("days", DAY, 2 * DAY), ("hours", HOUR, 2 * HOUR)):
        if seconds >= least:
            return say(f"detection.span.{name}", lang, count=-(-seconds // unit))
    return say("detection.span.minutes", lang, count=max(1, -(-seconds // MINUTE)))


def share(per_mille: int, lang: str) -> Worded:
    """Per mille as per cent."""
    return say("detection.percent", lang, share=Worded(number(per_mille / 10, lang)))


def country(letters: int) -> str:
    """The two letters of a country, from the number that a measure has them as."""
    return "".join(chr(each) for each in divmod(letters, 256)) if letters else "?"


def day(seconds: int) -> datetime:
    """A time of the ledger, UTC."""
    return datetime.fromtimestamp(seconds, UTC)


_WRITTEN: Mapping[str, Callable[[int, str], object]] = {
    "transfers": lambda value, lang: say("detection.count.transfers", lang, count=value),
    "accounts": lambda value, lang: say("detection.count.accounts", lang, count=value),
    "span": span,
    "days": lambda value, lang: say("detection.span.days", lang, count=value),
    "share": share,
    "day": lambda value, lang: day(value).date(),
    "country": lambda value, lang: country(value),
}
