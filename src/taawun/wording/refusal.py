"""A refusal's ground as a sentence: `refusal.<ground>`, its parameters in words where they are
codes (a field, a service, a purpose …)."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from taawun.wording import Worded, known, say
from taawun.wording.texts import text_of

CODED = {
    **{
        name: (f"cooperation.{name}",)
        for name in ("field", "service", "purpose", "category", "onward", "deed")
    },
    "kind": ("messages.kind",),
    "state": ("messages.state", "messages.draft"),
    "step": ("messages.step", "messages.draft_step"),
    "said": ("messages.ground",),
}
"""Parameters that are codes of cooperation, and what their words are under."""
OF_SAY = frozenset({"code", "lang"})
"""Names that `say` has for itself: whatever a partner calls so is in no sentence."""
UNSAID = "…"


def refusal(ground: str, params: Mapping[str, str], lang: str = "en") -> Worded:
    """The sentence. One that wants what was not given has `…` there: a partner may say less."""
    code = f"refusal.{ground}"
    told: dict[str, object] = {
        name: _said(name, value, lang) for name, value in params.items() if name not in OF_SAY
    }
    text = text_of(code)
    for template in [] if text is None else text.values():
        if isinstance(template, str):
            for _, name, _, _ in Formatter().parse(template):
                if name is not None:
                    told.setdefault(name, UNSAID)
    return say(code, lang, **told)


def _said(name: str, value: str, lang: str) -> str:
    for room in CODED.get(name, ()):
        if known(f"{room}.{value}"):
            return say(f"{room}.{value}", lang)
    return value
