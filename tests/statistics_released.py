"""Counts released one after the other, protected as the product does it, and the attack on all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.statistics.counting import Counts, Period
from sharing.statistics.composing import shape_of
from sharing.statistics.knowledge import Earlier, Shape
from sharing.statistics.protecting import protect
from tests.statistics_attack import Finding, Published, Structure, exposed

SMALLEST = 5


def released(counted: Mapping[str, int], period: Period, shape: Shape, after: Sequence[Earlier] = ()) -> Earlier:
    out = protect(counted, period, shape, smallest=SMALLEST, earlier=after)
    return Earlier(counted, frozenset(out), period)


def of_book(counts: Sequence[Counts]) -> tuple[list[Earlier], Shape]:
    """All of them released one after the other, and how their numbers hang together."""
    releases: list[Earlier] = []
    for each in counts:
        shape = shape_of([each.numbers, *(release.numbers for release in releases)])
        releases.append(released(each.numbers, each.period, shape, after=releases))
    return releases, shape


def attack(releases: Sequence[Earlier], shape: Shape) -> list[Finding]:
    sums = [(each.whole, each.parts) for each in shape.sums]
    structure = Structure(sums, shape.at_most, shape.years, shape.of_the_moment)
    told = [Published(each.numbers, each.left_out, each.period.begins, each.period.ends) for each in releases]
    return exposed(told, structure, SMALLEST)
