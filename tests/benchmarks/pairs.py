"""Is one kind of call slower than another? Pairs of calls, each in random order, and what may be said of them. Pure.

``differences`` are those within a pair, in microseconds: the kind that might tell something less the other. They are
not spread like a bell, so the median is looked at, by bootstrap; the sign test says whether one side is more often the
slower one; AUC says how often a call of one kind is slower than one of the other, whichever pair it was in: 0.5 is never
told apart.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

BOOTSTRAPS = 400
CONFIDENCE = 0.99
SEED = 20261124


@dataclass(frozen=True)
class Verdict:
    """``low`` and ``high`` bound the median of the differences, in microseconds, with a confidence of 99 %."""

    median: float
    low: float
    high: float
    sign: float
    auc: float

    @property
    def widest(self) -> float:
        """How far from zero the median may be."""
        return max(abs(self.low), abs(self.high))

    @property
    def tells(self) -> bool:
        """Whether the two are told apart: zero is not among what the median may be."""
        return self.low > 0 or self.high < 0


def judge(ones: Sequence[float], others: Sequence[float]) -> Verdict:
    """``ones[i]`` and ``others[i]`` were called as a pair; in microseconds."""
    differences = [one - other for one, other in zip(ones, others, strict=True)]
    low, high = _bounds(differences)
    return Verdict(median(differences), low, high, _sign(differences), auc(ones, others))


def auc(ones: Sequence[float], others: Sequence[float]) -> float:
    """How likely a call of the first kind takes longer than one of the second; equal ones count half."""
    ordered = sorted(others)
    wins = sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in ones)
    return wins / (2 * len(ones) * len(ordered))


def _bounds(differences: Sequence[float]) -> tuple[float, float]:
    """By bootstrap, from a seed, so that the same measurements are judged in the same way."""
    draw = random.Random(SEED)
    ordered = sorted(differences)
    # The median of a sample with replacement is a place among the ordered ones: only the place has to be drawn.
    medians = sorted(ordered[_median_place(draw, len(ordered))] for _ in range(BOOTSTRAPS))
    cut = int(BOOTSTRAPS * (1 - CONFIDENCE) / 2)
    return medians[cut], medians[-1 - cut]


def _median_place(draw: random.Random, size: int) -> int:
    """Of so many places drawn with replacement, the middle one: a beta variate, spread over the places."""
    half = (size + 1) / 2
    return min(size - 1, int(draw.betavariate(half, half) * size))


def _sign(differences: Sequence[float]) -> float:
    """Standard deviations by which the first kind was the slower one too often; beyond ±2.6 it is hardly chance."""
    slower = sum(each > 0 for each in differences)
    moved = sum(each != 0 for each in differences)
    return (slower - moved / 2) / (sqrt(moved) / 2) if moved else 0.0
