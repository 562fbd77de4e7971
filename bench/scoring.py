"""How a set of scored pairs is judged: precision, recall, F1, calibration, ranking power."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import name as character_name

THRESHOLD = 0.7
SCRIPTS = {
    "ARABIC": "Arabic",
    "CYRILLIC": "Cyrillic",
    "CJK": "Han",
    "HANGUL": "Hangul",
    "HIRAGANA": "Kana",
    "KATAKANA": "Kana",
    "GREEK": "Greek",
    "HEBREW": "Hebrew",
    "ARMENIAN": "Armenian",
    "GEORGIAN": "Georgian",
    "ETHIOPIC": "Ethiopic",
    "DEVANAGARI": "Indic",
    "BENGALI": "Indic",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts at one threshold and what follows from them."""

    hits: int
    false_alarms: int
    misses: int

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false_alarms) if self.hits else 0.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.misses) if self.hits else 0.0

    @property
    def f1(self) -> float:
        return (
            2 * self.hits / (2 * self.hits + self.false_alarms + self.misses) if self.hits else 0.0
        )


def verdict(
    labels: Sequence[bool], scores: Sequence[float], threshold: float = THRESHOLD
) -> Verdict:
    """Precision, recall and F1 of calling every score at or above the threshold a match."""
    both = list(zip(labels, scores, strict=True))
    return Verdict(
        hits=sum(same and score >= threshold for same, score in both),
        false_alarms=sum(not same and score >= threshold for same, score in both),
        misses=sum(same and score < threshold for same, score in both),
    )


def best_threshold(labels: Sequence[bool], scores: Sequence[float]) -> tuple[float, float]:
    """The threshold (in hundredths) with the best F1, and that F1."""
    tried = [step / 100 for step in range(1, 101)]
    best = max(tried, key=lambda each: verdict(labels, scores, each).f1)
    return best, verdict(labels, scores, best).f1


def ranking_power(labels: Sequence[bool], scores: Sequence[float]) -> float:
    """How often a same pair outscores a different one, ties counting half (area under the ROC)."""
    ranked = sorted(zip(scores, labels, strict=True))
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return 0.0
    total, below, index = 0.0, 0, 0
    while index < len(ranked):
        stop = index
        while stop < len(ranked) and ranked[stop][0] == ranked[index][0]:
            stop += 1
        same = sum(label for _, label in ranked[index:stop])
        other = stop - index - same
        total += same * (below + other / 2)
        below += other
        index = stop
    return total / (positives * negatives)


def calibration(
    labels: Sequence[bool], scores: Sequence[float], buckets: int = 10
) -> list[tuple[str, int, float]]:
    """For each tenth of the scale: bounds, how many scores fell there, the share that is same."""
    table = []
    for number in range(buckets):
        low, high = number / buckets, (number + 1) / buckets
        last = number == buckets - 1
        inside = [
            same
            for same, score in zip(labels, scores, strict=True)
            if low <= score < high or (last and score >= high)
        ]
        share = sum(inside) / len(inside) if inside else 0.0
        table.append((f"{low:.1f} to {high:.1f}", len(inside), share))
    return table


def script(text: str) -> str:
    """The first script of a text that is not Latin, or Latin."""
    for char in text:
        if char.isalpha() and not char.isascii():
            found = SCRIPTS.get(character_name(char, "").split(" ")[0])
            if found:
                return found
    return "Latin"


def script_pair(a: str, b: str) -> str:
    """Both scripts of a pair, whichever way round: Arabic to Latin."""
    return " to ".join(sorted({script(a), script(b)}))
