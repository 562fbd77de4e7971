"""How matching is shown: terms with their tables, lookups, alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from taawun.cli import show
from taawun.cli.options import options

if TYPE_CHECKING:
    from taawun.cooperation.private.lookups import Lookup
    from taawun.cooperation.private.offers import KeptTerms
    from taawun.desk.matching import AskedFor, MatchStatus, TermsPage

SHORT = 12


def asked(found: Sequence[AskedFor]) -> None:
    """What was asked, and who could not be asked for."""
    from taawun.wording.refusal import refusal

    gone = [each.lookup for each in found if each.lookup is not None]
    held = [each for each in gone if each.state == "held"]
    show.say("match.asked", count=len(gone))
    if len(gone) > len(held):
        show.say("match.ask_next")
    if held:
        numbers = tuple(str(each.number) for each in held[:20])
        show.say("match.held", count=len(held), numbers=numbers)
    for each in found:
        if each.refused is not None:
            reasons = each.refused.params.get("reasons", "").split()
            why = " ".join(map(show.worded, reasons)) or refusal(
                each.refused.ground, each.refused.params, options().lang
            )
            if each.id:
                show.note("match.not_asked", id=show.plain(each.id), why=why)
            else:
                show.note("match.not_asked_one", why=why)


def lookup_rows(found: Iterable[Lookup]) -> list[Sequence[str]]:
    """One row for each: number, subject, partner, state, by what it was met, reference, officer."""
    return [
        (
            str(each.number),
            show.plain(_called(each)),
            each.under.partner,
            _state(each),
            ", ".join(show.worded(f"match.kind.{kind}") for kind in each.kinds),
            show.plain(each.reference),
            show.plain(each.asked_by),
        )
        for each in found
    ]


def _called(each: Lookup) -> str:
    numbers = [number.text for number in each.subject.identifiers]
    return next(iter((*each.subject.names, *numbers)), "—")


def _state(each: Lookup) -> str:
    word = show.worded(f"match.state.{each.state}")
    if not each.ground:
        return word
    from taawun.wording.refusal import refusal

    return show.worded("match.because", state=word, why=refusal(each.ground, {}, options().lang))


def status_page(found: MatchStatus) -> None:
    """Terms, lookups and alarms."""
    if not found.terms:
        show.say("match.no_terms_yet")
    else:
        names = ("terms", "partner", "role", "purpose", "state", "until", "table", "left")
        show.table([f"match.column.{name}" for name in names], map(_terms_row, found.terms))
    for state, count in found.lookups.items():
        show.say("match.count", state=show.worded(f"match.state.{state}"), number=count)
    for alarm in found.alarms:
        said = show.worded(alarm.code, **alarm.params)
        show.say(
            "match.alarm", at=alarm.at[:16].replace("T", " "), partner=alarm.partner, said=said
        )


def _terms_row(page: TermsPage) -> Sequence[str]:
    kept = page.kept
    state = show.worded(f"match.terms_state.{kept.state}")
    if kept.ended_why:
        state = show.worded(f"match.terms_ended.{kept.ended_why}")
    return (
        kept.digest[:SHORT],
        kept.partner,
        show.worded(f"match.role.{kept.role}"),
        _for_what(kept),
        state,
        kept.terms.valid_until.date().isoformat(),
        _table(page),
        _left(page),
    )


def _for_what(kept: KeptTerms) -> str:
    field = show.worded(f"cooperation.field.{kept.terms.field}")
    purpose = show.worded(f"cooperation.purpose.{kept.terms.purpose}")
    return show.worded("match.for_what", field=field, purpose=purpose)


def _left(page: TermsPage) -> str:
    """Of today's budget; nothing is left of terms that nobody may ask under."""
    if page.kept.state != "agreed":
        return "—"
    return show.worded("match.left", left=page.left, a_day=page.kept.terms.lookups_per_day)


def in_short(kept: KeptTerms) -> dict[str, str]:
    """What a sentence says of terms."""
    return {
        "terms": kept.digest[:SHORT],
        "partner": kept.partner,
        "purpose": _for_what(kept),
        "until": kept.terms.valid_until.date().isoformat(),
    }


def _table(page: TermsPage) -> str:
    if not page.segments:
        return "—"
    size = sum(each.segment.size for each in page.segments)
    last = page.segments[-1]
    state = show.worded(f"match.table_state.{last.state}")
    return show.worded("match.table_size", number=size, state=state)


def terms_as_json(kept: KeptTerms) -> dict[str, object]:
    """Terms, and where they stand."""
    return {
        "terms": kept.digest,
        "role": kept.role,
        "partner": kept.partner,
        "state": kept.state,
        "ended_why": kept.ended_why or None,
        "document": kept.terms.plain(),
    }


def lookup_as_json(each: Lookup) -> dict[str, object]:
    """A lookup; its tokens stay inside."""
    return {
        "number": each.number,
        "partner": each.under.partner,
        "agreement": each.under.agreement,
        "field": each.under.field,
        "purpose": each.under.purpose,
        "subject": asdict(each.subject),
        "state": each.state,
        "kinds": list(each.kinds),
        "ground": each.ground or None,
        "reference": each.reference,
        "asked_by": each.asked_by,
        "asked_at": each.asked_at,
        "approved_by": each.approved_by or None,
        "answered_at": each.answered_at or None,
    }


def asked_as_json(each: AskedFor) -> dict[str, object]:
    """What became of one subject that was to be asked for."""
    return {
        "id": each.id or None,
        "lookup": lookup_as_json(each.lookup) if each.lookup is not None else None,
        "refused": each.refused.ground if each.refused is not None else None,
        "params": each.refused.params if each.refused is not None else None,
    }


def status_as_json(found: MatchStatus) -> dict[str, object]:
    """Terms with their tables, counted lookups, alarms."""
    return {
        "terms": [
            {
                **terms_as_json(page.kept),
                "left_today": page.left,
                "segments": [
                    {
                        "number": each.segment.number,
                        "fingerprints": each.segment.size,
                        "state": each.state,
                    }
                    for each in page.segments
                ],
            }
            for page in found.terms
        ],
        "lookups": {str(state): count for state, count in found.lookups.items()},
        "alarms": [asdict(each) for each in found.alarms],
    }
