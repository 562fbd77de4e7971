"""Chance, drawn so that it repeats: every part of the sandbox has its own stream.

A stream is named by the plan's seed, the part that asks and a number (a week, a scheme). So no
part's draws depend on how many another part made, on threads, or on the size of a chunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

from taawun.jit import I64

F64 = npt.NDArray[np.float64]
Rng = np.random.Generator


def stream(seed: int, part: str, number: int = 0) -> Rng:
    """The stream of one part; `number` tells weeks or schemes of it apart."""
    key = (crc32(part.encode()), number)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def weighted(rng: Rng, weights: npt.ArrayLike, size: int) -> I64:
    """`size` places, each drawn with its weight: inverse of the cumulative sum."""
    total = np.cumsum(np.asarray(weights, np.float64))
    drawn = rng.random(size) * total[-1]
    place = np.minimum(np.searchsorted(total, drawn, side="right"), len(total) - 1)
    return np.asarray(place, np.int64)


def heavy(rng: Rng, size: int, alpha: float) -> F64:
    """Weights with a heavy tail: Pareto of exponent `alpha`, from 1."""
    return 1.0 + rng.pareto(alpha, size)


def spread(rng: Rng, median: npt.ArrayLike, sigma: float, size: int) -> F64:
    """Log-normal around `median`."""
    return np.asarray(median, np.float64) * np.exp(sigma * rng.standard_normal(size))


def one(rng: Rng, choices: Sequence[str]) -> str:
    """One of them."""
    return choices[int(rng.integers(len(choices)))]
