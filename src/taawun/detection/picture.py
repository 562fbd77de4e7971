"""The picture of a kept finding, from the evidence that was kept with it."""

from __future__ import annotations

import pyarrow as pa

from taawun.detection.archive import KeptFinding, Search
from taawun.detection.draw import svg
from taawun.detection.reasons import said, typology
from taawun.detection.sketch import CENTRE, OTHER, Moves, sketched


def picture(finding: KeptFinding, evidence: pa.Table, search: Search, lang: str) -> str:
    """An SVG. `evidence` are the finding's transfers, as `archive.evidence_of` gives them."""
    roles = {finding.other: OTHER, finding.centre: CENTRE}
    roles.pop("", None)
    return svg(
        sketched(moves(evidence), roles=roles),
        lang=lang,
        title=typology(finding.typology, lang),
        text=said(finding.reason, lang),
        currency=search.currency,
        decimals=search.decimals,
    )


def moves(evidence: pa.Table) -> Moves:
    """Rows of evidence as what a picture is made of."""
    return Moves(
        evidence["source"].to_pylist(),
        evidence["target"].to_pylist(),
        [int(at.timestamp()) for at in evidence["at"].to_pylist()],
        evidence["value"].fill_null(0).to_pylist(),
        evidence["amount"].to_pylist(),
        evidence["currency"].to_pylist(),
    )
