"""The penalties of the 302 convicted: exactly the published numbers, the heavier ones for the graver deeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

_EXEMPT = 4
_FINE_ONLY = 10
_DETENTION, _DETENTION_ON_PROBATION = 14, 6
_UP_TO_3_YEARS, _UP_TO_3_YEARS_ON_PROBATION = 193, 38
_UP_TO_5_YEARS = 77
_LONGER = (66, 72, 78, 84)
_FINED_MORE_THAN_100_000 = 50

_SHORT_TERMS = (6, 7, 8, 9, 10, 10, 12, 12, 14, 15, 16, 18, 18, 20, 22, 24, 24, 26, 28, 30, 32, 34, 36, 36, 36)
_PROBATION_TERMS = (8, 10, 12, 18, 24, 30, 36)
_LONG_TERMS = (38, 39, 40, 42, 42, 44, 45, 46, 48, 48, 50, 52, 54, 54, 57, 60)
_DETENTION_TERMS = (3, 4, 5, 6)
_SMALL_FINES = (
    3_000,
    5_000,
    8_000,
    10_000,
    10_000,
    15_000,
    20_000,
    20_000,
    30_000,
    40_000,
    50_000,
    60_000,
    80_000,
    100_000,
)
_LARGE_FINES = (110_000, 120_000, 150_000, 150_000, 180_000, 200_000, 250_000, 300_000, 400_000, 500_000)
_MOST_PROBATION = 60
_CHANCE = 9.0  # how far, in months of sentence, a penalty may stand out of the order of gravity


@dataclass(frozen=True)
class Punishment:
    kind: str
    months: int = 0
    probation: int = 0
    fine: int = 0

    @property
    def weight(self) -> float:
        """In months; probation counts half."""
        rank = {"exempt": 0.0, "fine_only": 1.0}.get(self.kind, 1.0 + self.months)
        return rank / 2 if self.probation else rank


def punishments(rng: Random, gravities: Sequence[float]) -> list[Punishment]:
    """One punishment for each gravity, in the same order. There must be 302 gravities."""
    lightest_first = sorted(_fined(rng, _sentences(rng)), key=lambda one: one.weight + rng.uniform(0, _CHANCE))
    order = sorted(range(len(gravities)), key=lambda position: gravities[position])
    given = dict(zip(order, lightest_first, strict=True))
    return [given[position] for position in range(len(gravities))]


def _sentences(rng: Random) -> list[Punishment]:
    return [
        *(Punishment("exempt") for _ in range(_EXEMPT)),
        *(Punishment("fine_only") for _ in range(_FINE_ONLY)),
        *(_detention(rng, on_probation=number < _DETENTION_ON_PROBATION) for number in range(_DETENTION)),
        *(_fixed_term(rng, on_probation=number < _UP_TO_3_YEARS_ON_PROBATION) for number in range(_UP_TO_3_YEARS)),
        *(Punishment("fixed_term", rng.choice(_LONG_TERMS)) for _ in range(_UP_TO_5_YEARS)),
        *(Punishment("fixed_term", months) for months in _LONGER),
    ]


def _detention(rng: Random, *, on_probation: bool) -> Punishment:
    months = rng.choice(_DETENTION_TERMS)
    return Punishment("detention", months, months if on_probation else 0)


def _fixed_term(rng: Random, *, on_probation: bool) -> Punishment:
    """Probation is not shorter than the sentence, and 1 to 5 years (Criminal Law, art. 73)."""
    if not on_probation:
        return Punishment("fixed_term", rng.choice(_SHORT_TERMS))
    months = rng.choice(_PROBATION_TERMS)
    return Punishment("fixed_term", months, min(_MOST_PROBATION, max(12, months + rng.choice((0, 6, 12)))))


def _fined(rng: Random, sentences: Sequence[Punishment]) -> list[Punishment]:
    """Everyone but the exempted is fined; the largest fines go with the heavier sentences."""
    heaviest_first = sorted(sentences, key=lambda one: -one.weight - rng.uniform(0, 2 * _CHANCE))
    large, small = heaviest_first[:_FINED_MORE_THAN_100_000], heaviest_first[_FINED_MORE_THAN_100_000:]
    return [
        *(replace(one, fine=rng.choice(_LARGE_FINES)) for one in large),
        *(one if one.kind == "exempt" else replace(one, fine=rng.choice(_SMALL_FINES)) for one in small),
    ]
