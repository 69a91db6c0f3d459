"""Counts released one after the other, protected as the product does it, and the attack on all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from registry import codes
from registry.statistics.counting import Counts, Period
from sharing.statistics.composing import shape_of
from sharing.statistics.knowledge import Earlier, Shape
from sharing.statistics.protecting import protect
from tests.statistics_attack import Finding, Published, Structure, exposed
from tests.statistics_book import LENIENT

SMALLEST = 5
OF_THE_MOMENT = ("base:in_force", "table:told:", "table:applied:")


def released(
    counted: Mapping[str, int],
    period: Period,
    shape: Shape,
    after: Sequence[Earlier] = (),
    smallest: int = SMALLEST,
) -> Earlier:
    out = protect(counted, period, shape, smallest=smallest, earlier=after)
    return Earlier(counted, frozenset(out), period, smallest)


def of_book(counts: Sequence[Counts], smallest: Sequence[int] = ()) -> tuple[list[Earlier], Shape]:
    """All of them released one after the other, and how their numbers hang together. ``smallest``: of each release."""
    releases: list[Earlier] = []
    for each, least in zip(counts, smallest or [SMALLEST] * len(counts), strict=True):
        shape = shape_of([each.numbers, *(release.numbers for release in releases)])
        releases.append(released(each.numbers, each.period, shape, after=releases, smallest=least))
    return releases, shape


def attack(releases: Sequence[Earlier], shape: Shape) -> list[Finding]:
    sums = [(each.whole, each.parts) for each in shape.sums]
    at_most = [(each.less, each.more) for each in shape.at_most]
    return _attack(releases, Structure(sums, at_most, shape.years, shape.of_the_moment))


def attack_on_the_court(releases: Sequence[Earlier], small: int = SMALLEST) -> list[Finding]:
    """By whoever knows the court's tables, also what the product might have forgotten to tell its protection. ``small``:
    what he looks for is below it.
    """
    shape = shape_of([each.numbers for each in releases])
    names = {name for each in releases for name in each.numbers}
    sums = [(each.whole, each.parts) for each in shape.sums]
    at_most = [*((each.less, each.more) for each in shape.at_most), *_known_of_the_court()]
    of_the_moment = frozenset(name for name in names if name.startswith(OF_THE_MOMENT))
    return _attack(releases, Structure(sums, at_most, shape.years, of_the_moment), small)


def _known_of_the_court() -> Iterator[tuple[str, Sequence[str]]]:
    yield "base:on_records", ["base:with_kinds"]
    yield "table:decision_kinds:criminal", ["base:convicted", "base:units_convicted"]
    yield "table:probation:on_probation", [f"table:sentences:{row}" for row in LENIENT]
    yield "table:sentences:fine_only", ["base:fined"]
    yield "table:sentences:exempt", ["table:fines:not_fined"]
    higher: list[str] = []
    for tier in codes.entries("data_tiers"):
        higher.append(f"table:data_tiers:{tier}")
        kinds = [
            f"table:data_kinds:{code}"
            for code, each in codes.entries("data_kinds").items()
            if each.extra["tier"] == tier
        ]
        yield higher[-1], kinds
        yield from ((kind, tuple(higher)) for kind in kinds)


def _attack(releases: Sequence[Earlier], structure: Structure, small: int = SMALLEST) -> list[Finding]:
    told = [Published(each.numbers, each.left_out, each.period.begins, each.period.ends) for each in releases]
    return exposed(told, structure, small)
