"""Which names `algorithm=` takes.

There is one engine. The names that yente's clients send are taken too, and the answer says which
engine was used, so that nobody believes in a logic-v2 that is not there.
"""

from __future__ import annotations

from typing import Any

from taawun.errors import UsageError
from taawun.wording import say

OURS = "taawun"
BEST = "best"
OF_YENTE = (
    "logic-v2",
    "logic-v1",
    "regression-v1",
    "name-based",
    "name-qualified",
    "ofac",
)
# The evidence that the engine weighs, as `/algorithms` lists it. The codes are worded in the
# catalogue of the web room.
EVIDENCE = ("name", "birth_date", "country", "identifier", "gender", "position", "address")


def used(requested: str) -> str:
    """The name of the engine that answers to a name. Raises UsageError for no such name."""
    name = requested.lower().strip()
    if name not in (OURS, BEST, *OF_YENTE):
        raise UsageError(f"Invalid algorithm: {requested[:60]}")
    return OURS


def require_config(requested: str, config: dict[str, Any]) -> None:
    """Ours takes no configuration; that of yente's algorithms is passed over and said so."""
    if requested.lower().strip() == OURS and config:
        name = next(iter(config))
        raise UsageError(f"Invalid configuration parameter: {name[:60]} for algorithm {OURS}")


def described(lang: str) -> dict[str, Any]:
    """The answer of `/algorithms`: ours first, then the names that are taken for it."""
    features = {
        evidence: {
            "description": say(f"web.evidence.{evidence}", lang),
            "coefficient": 1.0,
            "url": "",
        }
        for evidence in EVIDENCE
    }
    texts = {OURS: say("web.algorithm.ours", lang)}
    texts.update({name: say("web.algorithm.alias", lang, name=name) for name in OF_YENTE})
    return {
        "algorithms": [
            {
                "name": name,
                "description": text,
                "features": features,
                "docs": {"name": name, "description": text, "config": {}, "features": features},
            }
            for name, text in texts.items()
        ],
        "default": BEST,
        "best": OURS,
    }
