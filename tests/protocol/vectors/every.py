"""Every file of vectors that is made here, and how it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.protocol.vectors import (
    arrivals,
    authorities,
    canonicals,
    clocks,
    envelopes,
    lives,
    matching,
    messages,
    number_tokens,
    numbers,
    permits,
    shapes,
    signatures,
    standings,
)

FOLDER = Path(__file__).parents[3] / "protocol" / "vectors"
MAKERS = (
    authorities,
    canonicals,
    shapes,
    signatures,
    arrivals,
    standings,
    permits,
    clocks,
    envelopes,
    matching,
    number_tokens,
    messages,
    numbers,
    lives,
)


def every() -> dict[str, dict[str, Any]]:
    """By path under `protocol/vectors/`."""
    made: dict[str, dict[str, Any]] = {}
    for maker in MAKERS:
        made |= maker.files()
    return made


def written(content: dict[str, Any]) -> str:
    """The file: readable by people, letters as they are."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
