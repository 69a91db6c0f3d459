"""An attack on published statistics by linear programming, written without the code that protects them.

The attacker holds every release: what it publishes, what is left out, the days of its period. He writes all he knows as
one linear programme and asks for the least and the greatest value of every small number, and of every small difference of
a release to earlier ones that are part of it. What he knows: what adds up; that what is left out and not zero is at least
one; that nothing shrinks below its last count when the period grows; that what an earlier release counted on the same
days, and left out, is the same, unless it did change. He is given more than a real reader has: where a number did shrink
or change, he does not assume otherwise. What is counted of the moment, and not of the period, he compares between every two
releases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import combinations

import highspy

EVERYTHING = highspy.kHighsInf


@dataclass(frozen=True)
class Published:
    """One release. ``numbers`` are the true ones; the attacker is given those that are not in ``left_out``."""

    numbers: Mapping[str, int]
    left_out: Collection[str]
    begins: date
    ends: date

    def days(self, year: int | None) -> frozenset[date]:
        return _days(self.begins, self.ends, year)


@cache
def _days(begins: date, ends: date, year: int | None) -> frozenset[date]:
    every = (begins + timedelta(days=day) for day in range((ends - begins).days + 1))
    return frozenset(day for day in every if year in (None, day.year))


@dataclass(frozen=True)
class Finding:
    """What the attacker knows of a number that should be protected: it lies from ``low`` to ``high``."""

    what: str
    true: int
    low: float
    high: float


@dataclass(frozen=True)
class Structure:
    """Sums as whole and parts; what is at most as much as others together; the calendar year that a number counts alone; what is counted of the
    moment.
    """

    sums: Sequence[tuple[str, Sequence[str]]]
    at_most: Sequence[tuple[str, Sequence[str]]] = ()
    years: Mapping[str, int] = field(default_factory=dict)
    of_the_moment: Collection[str] = frozenset()


Terms = dict[int, int]


class Attacker:
    def __init__(self, releases: Sequence[Published], structure: Structure) -> None:
        self.releases, self.structure = releases, structure
        self.names = sorted({name for each in releases for name in each.numbers})
        self._ordered = [
            (less, [each for each in more if each in self.names])
            for less, more in structure.at_most
            if less in self.names
        ]
        self.column = {
            pair: place for place, pair in enumerate((r, name) for r in range(len(releases)) for name in self.names)
        }
        self.true = [releases[r].numbers.get(name, 0) for r, name in self.column]
        self.open = [name in releases[r].left_out for r, name in self.column]
        self.programme = highspy.Highs()
        self.programme.silent()
        for r, name in self.column:
            self.programme.addVar(*self._seen(releases[r], name))
        for r in range(len(releases)):
            self._adds_up(r)
        for later, parts in self._subtractions():
            if not any(self._counted_again(r, later) for r in parts):
                self._compare(later, parts)
        for later in range(1, len(releases)):
            self._compare_moments(later)

    def findings(self, small: int) -> Iterator[Finding]:
        """The range of every number and every difference that is not zero and below ``small``, once for each unknown."""
        asked: set[frozenset[tuple[int, int]]] = set()
        for what, terms in self._secrets(small):
            unknown = frozenset((column, sign) for column, sign in terms.items() if self.open[column])
            if not unknown or unknown not in asked:
                asked.add(unknown)
                yield self._range(what, terms)

    def _secrets(self, small: int) -> Iterator[tuple[str, Terms]]:
        for r, release in enumerate(self.releases):
            for name in self.names:
                if 0 < release.numbers.get(name, 0) < small:
                    yield f"{name} of release {r}", {self.column[r, name]: 1}
        for later, parts, name in self._differences():
            terms = self._difference(later, parts, name)
            if 0 < abs(self._true(terms)) < small:
                yield f"{name} of release {later} less {list(parts)}", terms

    def _differences(self) -> Iterator[tuple[int, tuple[int, ...], str]]:
        for later, parts in self._subtractions():
            yield from ((later, parts, name) for name in self.names if name not in self.structure.of_the_moment)
        for before, later in combinations(range(len(self.releases)), 2):
            yield from ((later, (before,), name) for name in self.names if name in self.structure.of_the_moment)

    @staticmethod
    def _seen(release: Published, name: str) -> tuple[float, float]:
        true = release.numbers.get(name, 0)
        if name not in release.left_out:
            return true, true
        return min(true, 1), EVERYTHING

    def _subtractions(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Releases with every set of earlier ones that are part of them and share no day."""
        for later, whole in enumerate(self.releases):
            parts = [r for r in range(later) if self.releases[r].days(None) <= whole.days(None)]
            for size in range(1, len(parts) + 1):
                for chosen in combinations(parts, size):
                    counted = [self.releases[r].days(None) for r in chosen]
                    if sum(map(len, counted)) == len(frozenset().union(*counted)):
                        yield later, chosen

    def _adds_up(self, r: int) -> None:
        for whole, parts in self.structure.sums:
            if whole in self.names:
                terms = {self.column[r, whole]: -1}
                for part in (each for each in parts if each in self.names):
                    terms[self.column[r, part]] = terms.get(self.column[r, part], 0) + 1
                self._rule(terms, 0, 0)
        for less, more in self._ordered:
            self._rule({self.column[r, each]: 1 for each in more} | {self.column[r, less]: -1}, 0, EVERYTHING)

    def _compare(self, later: int, parts: tuple[int, ...]) -> None:
        for name in (each for each in self.names if each not in self.structure.of_the_moment):
            terms = self._difference(later, parts, name)
            if self._same_days(later, parts, name):
                if self._true(terms) == 0 and (
                    name in self.structure.years or any(name in self.releases[r].left_out for r in parts)
                ):
                    self._rule(terms, 0, 0)
            elif self._true(terms) >= 0:
                self._rule(terms, 0, EVERYTHING)
        for less, more in self._ordered:
            if less not in self.structure.of_the_moment and not any(
                self._same_days(later, parts, each) for each in more
            ):
                self._compare_ordered(later, parts, less, more)

    def _compare_moments(self, later: int) -> None:
        """With the last release before: nothing is taken for less than it was, and what was left out for the same."""
        before = later - 1
        for name in (each for each in self.names if each in self.structure.of_the_moment):
            terms = self._difference(later, (before,), name)
            if self._true(terms) >= 0:
                same = self._true(terms) == 0 and name in self.releases[before].left_out
                self._rule(terms, 0, 0 if same else EVERYTHING)
        for less, more in (each for each in self._ordered if each[0] in self.structure.of_the_moment):
            self._compare_ordered(later, (before,), less, more)

    def _compare_ordered(self, later: int, parts: tuple[int, ...], less: str, more: Sequence[str]) -> None:
        """What came is at most as much, too, where it is so."""
        part = self._difference(later, parts, less)
        grown: Terms = {}
        for each in more:
            grown |= self._difference(later, parts, each)
        if 0 <= self._true(part) <= self._true(grown):
            self._rule(grown | {column: -sign for column, sign in part.items()}, 0, EVERYTHING)

    def _counted_again(self, r: int, later: int) -> bool:
        days = self.releases[r].days(None)
        return any(each.days(None) == days for each in self.releases[r + 1 : later])

    def _same_days(self, later: int, parts: tuple[int, ...], name: str) -> bool:
        year = self.structure.years.get(name)
        return self.releases[later].days(year) <= frozenset().union(*(self.releases[r].days(year) for r in parts))

    def _difference(self, later: int, parts: tuple[int, ...], name: str) -> Terms:
        return {self.column[later, name]: 1} | {self.column[r, name]: -1 for r in parts}

    def _true(self, terms: Terms) -> int:
        return sum(sign * self.true[column] for column, sign in terms.items())

    def _rule(self, terms: Terms, low: float, high: float) -> None:
        if not any(self.open[column] for column in terms):
            return
        self.programme.addRow(low, high, len(terms), list(terms), [float(sign) for sign in terms.values()])

    def _range(self, what: str, terms: Terms) -> Finding:
        for column, sign in terms.items():
            self.programme.changeColCost(column, sign)
        low, high = self._best(highspy.ObjSense.kMinimize), self._best(highspy.ObjSense.kMaximize)
        for column in terms:
            self.programme.changeColCost(column, 0)
        return Finding(what, self._true(terms), low, high)

    def _best(self, sense: highspy.ObjSense) -> float:
        self.programme.changeObjectiveSense(sense)
        self.programme.clearSolver()
        self.programme.run()
        status = self.programme.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return float(self.programme.getObjectiveValue())
        assert status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible), status
        return -EVERYTHING if sense == highspy.ObjSense.kMinimize else EVERYTHING


def exposed(releases: Sequence[Published], structure: Structure, small: int) -> list[Finding]:
    """The findings that are narrower than ``small``."""
    found = Attacker(releases, structure).findings(small)
    return [each for each in found if each.high - each.low < small - 1e-6]
