"""nomenklatura's logic-v2, the default matcher of yente, asked about pairs of names.

Reads `{"pairs": [[kind, a, b], …], "timed": [index, …], "passes": n}` on stdin and writes
`{"version", "scores", "cold", "warm"}`: a score for each pair, and seconds for each timed pair on
first sight and as the median of later passes. The entities are made before the clock starts.
Imports nothing of Taawun, and nothing of its environment.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

SCHEMATA = {"person": "Person", "company": "Company", "vessel": "Vessel"}
WARM_UP = [["person", "Warm Up", "Warmer Upper"], ["company", "Warm Ltd", "Warmer Limited"]]


def main() -> None:
    from followthemoney import model  # type: ignore[import-not-found]
    from nomenklatura import __version__
    from nomenklatura.matching import LogicV2

    config = LogicV2.default_config()
    made = 0

    def entity(kind: str, name: str) -> Any:
        nonlocal made
        made += 1
        thing = model.make_entity(SCHEMATA[kind])
        thing.id = f"e{made}"
        thing.add("name", name)
        return thing

    def compare(pair: tuple[Any, Any]) -> tuple[float, float]:
        began = time.perf_counter()
        result = LogicV2.compare(pair[0], pair[1], config)
        return result.score, time.perf_counter() - began

    asked = json.load(sys.stdin)
    for kind, a, b in WARM_UP:
        compare((entity(kind, a), entity(kind, b)))
    pairs = [(entity(kind, a), entity(kind, b)) for kind, a, b in asked["pairs"]]
    timed = [pairs[index] for index in asked["timed"]]
    cold = [compare(pair)[1] for pair in timed]
    passes = [[compare(pair)[1] for pair in timed] for _ in range(asked["passes"])]
    warm = [statistics.median(times) for times in zip(*passes, strict=True)]
    scores = [compare(pair)[0] for pair in pairs]
    answer = {"version": __version__, "scores": scores, "cold": cold, "warm": warm}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
