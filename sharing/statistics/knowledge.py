"""What the reader of all releases knows about the numbers that are left out, as rules, and what he must not find out.

He knows what adds up; that what is left out is not zero; that a release whose period holds an earlier one counts no fewer
than its last count, and that a difference adds up like a table; and what an earlier release has counted on the same days, and left
out, he takes for unchanged. Where this would mislead him (a case was sealed in between) he is not taken to believe it.

What is counted of the moment, whatever the period, he compares with every earlier release, each by itself: the releases
of two halves of a year show what one listing more has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby

from registry.statistics.counting import Period
from registry.statistics.shapes import Sum
from sharing.statistics.guessing import UNBOUNDED, Form, Rule
from sharing.statistics.periods import days, together_inside


@dataclass(frozen=True)
class Earlier:
    """A release as it was counted: the true numbers, the names of those that it does not publish, and the smallest number
    that it says it publishes.
    """

    numbers: Mapping[str, int]
    left_out: frozenset[str]
    period: Period
    smallest: int


@dataclass(frozen=True)
class AtMost:
    """``less`` is never larger than the sum of ``more``."""

    less: str
    more: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """How the numbers hang together.

    ``at_most``: what is part of what without adding up to it. ``counted_out_of``: base → the names of all that tells
    how its units divide. ``years``: name → the calendar year that it counts alone. ``of_the_moment``: the names of what is
    counted as it stands when the release is made, whatever its period.
    """

    sums: Sequence[Sum] = ()
    at_most: Sequence[AtMost] = ()
    counted_out_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    years: Mapping[str, int] = field(default_factory=dict)
    of_the_moment: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Difference:
    """A release less earlier ones that are part of it and apart from each other, by their places.

    ``of_the_moment``: a release less one earlier one of any period, in what is counted of the moment and in nothing else.
    """

    whole: int
    parts: tuple[int, ...]
    of_the_moment: bool = False


@dataclass(frozen=True)
class Secret:
    """A small number of a release, or a small difference; ``smallest``: below which it is small, as that release says."""

    form: Form
    release: int
    name: str
    of_difference: bool
    smallest: int


class Knowledge:
    """``releases`` in the order in which they were published; the last one is the new one, of which nothing is left out yet.

    Numbers are known by their place: release by release, name by name.
    """

    def __init__(self, releases: Sequence[Earlier], shape: Shape) -> None:
        self.releases, self.shape = releases, shape
        self.names = list(dict.fromkeys(name for each in releases for name in each.numbers))
        self._of_the_moment = [name for name in self.names if name in shape.of_the_moment]
        self._of_the_period = [name for name in self.names if name not in shape.of_the_moment]
        self._index = {name: index for index, name in enumerate(self.names)}
        self.values = [each.numbers.get(name, 0) for each in releases for name in self.names]
        self.new = len(releases) - 1
        self.differences = [*self._of_periods(), *self._of_moments()]

    def place(self, release: int, name: str) -> int:
        return release * len(self.names) + self._index[name]

    def name(self, place: int) -> str:
        return self.names[place % len(self.names)]

    def is_new(self, place: int) -> bool:
        return place >= self.new * len(self.names)

    def hidden(self) -> Iterator[int]:
        """What the earlier releases have left out. Zeros among it are taken for known."""
        for release, each in enumerate(self.releases):
            places = (self.place(release, name) for name in each.left_out if name in self._index)
            yield from (place for place in places if self.values[place])

    def compared(self, difference: Difference) -> list[str]:
        """The names of the numbers that this difference is one of."""
        return self._of_the_moment if difference.of_the_moment else self._of_the_period

    def changes_in_the_new(self, name: str) -> list[int]:
        """The differences of the new release to earlier ones in this number."""
        of_the_moment = name in self.shape.of_the_moment
        mine = (each for each in self.differences if each.whole == self.new and each.of_the_moment == of_the_moment)
        return [self.change(each, name) for each in mine]

    def change(self, difference: Difference, name: str) -> int:
        parts = sum(self.values[self.place(part, name)] for part in difference.parts)
        return self.values[self.place(difference.whole, name)] - parts

    def unchanging(self, difference: Difference, name: str) -> bool:
        """Whether the earlier releases have counted all the days that this number counts.

        Of the moment there are no days: whether it was left out and is as it was.
        """
        if difference.of_the_moment:
            return self.change(difference, name) == 0 and self._is_taken_for_unchanged(difference, name)
        year = self.shape.years.get(name)
        counted = sum(days(self.releases[part].period, year) for part in difference.parts)
        return counted == days(self.releases[difference.whole].period, year)

    def rules(self) -> list[Rule]:
        """Of rules that differ only in what is published already the narrowest."""
        hidden = set(self.hidden())
        narrowest: dict[Form, Rule] = {}
        for rule in (*self._of_releases(), *self._of_differences()):
            form = tuple(term for term in rule.form if self.is_new(term[0]) or term[0] in hidden)
            known = sum(sign * self.values[place] for place, sign in rule.form if (place, sign) not in form)
            low, high = rule.low - known, rule.high - known if rule.high < UNBOUNDED else UNBOUNDED
            other = narrowest.get(form, Rule(form, low, high))
            narrowest[form] = Rule(form, max(low, other.low), min(high, other.high))
        return [rule for form, rule in narrowest.items() if form]

    def secrets(self) -> Iterator[Secret]:
        """All numbers and differences above zero and below the smallest number of their release, differences of either sign.

        What an earlier release says of itself stays true when the setting changes: neither does a lower one give away what
        it has left out, nor is what it has published a secret because of a higher one.
        """
        for release, each in enumerate(self.releases):
            for name in self.names:
                if 0 < self.values[self.place(release, name)] < each.smallest:
                    form = self._form((1, release, name))
                    yield Secret(form, release, name, of_difference=False, smallest=each.smallest)
        for difference in self.differences:
            smallest = self.releases[difference.whole].smallest
            for name in self.compared(difference):
                if 0 < abs(self.change(difference, name)) < smallest:
                    form = self._change_form(difference, name)
                    yield Secret(form, difference.whole, name, of_difference=True, smallest=smallest)

    def _of_releases(self) -> Iterator[Rule]:
        for release in range(len(self.releases)):
            for each in self.shape.sums:
                parts = [(1, release, part) for part in each.parts]
                yield Rule(self._form((-1, release, each.whole), *parts), 0, 0)
            for at_most in self.shape.at_most:
                more = [(1, release, name) for name in at_most.more]
                yield Rule(self._form(*more, (-1, release, at_most.less)), 0)

    def _of_differences(self) -> Iterator[Rule]:
        """A whole that counts no fewer than twenty quarters together counts no fewer than any nineteen of them: only the
        first is told.
        """
        to_last_counts = filter(self._is_to_last_counts, self.differences)
        for _, alike in groupby(to_last_counts, lambda each: (each.whole, each.of_the_moment)):
            grown = {each: frozenset(self._grown(each)) for each in alike}
            for each, whats in grown.items():
                yield from self._unchanged(each)
                parts = set(each.parts)
                followed = frozenset[str | AtMost]().union(
                    *(grown[other] for other in grown if parts < set(other.parts))
                )
                yield from (Rule(self._grown_form(each, what), 0) for what in sorted(whats - followed, key=str))

    def _unchanged(self, difference: Difference) -> Iterator[Rule]:
        for name in self.compared(difference):
            if self._is_unchanged(difference, name):
                yield Rule(self._change_form(difference, name), 0, 0)

    def _is_unchanged(self, difference: Difference, name: str) -> bool:
        same = self.unchanging(difference, name) and self.change(difference, name) == 0
        return same and self._is_taken_for_unchanged(difference, name)

    def _grown(self, difference: Difference) -> Iterator[str | AtMost]:
        """What is no less than in the parts, and of what the growth of one is at most that of others."""
        unchanging = {name: self.unchanging(difference, name) for name in self.compared(difference)}
        yield from (name for name in unchanging if not unchanging[name] and self.change(difference, name) >= 0)
        for at_most in self.shape.at_most:
            more = [name for name in at_most.more if name in self._index]
            if at_most.less not in unchanging or any(unchanging[name] for name in more):
                continue
            if 0 <= self.change(difference, at_most.less) <= sum(self.change(difference, name) for name in more):
                yield at_most

    def _grown_form(self, difference: Difference, what: str | AtMost) -> Form:
        if isinstance(what, str):
            return self._change_form(difference, what)
        forms = [self._change_form(difference, name) for name in what.more]
        return (*chain.from_iterable(forms), *_negative(self._change_form(difference, what.less)))

    def _is_to_last_counts(self, difference: Difference) -> bool:
        """Where a period was counted again in between, the older count is known to be out of date.

        What is of the moment is counted again by every release.
        """
        if difference.of_the_moment:
            return difference.parts == (difference.whole - 1,)
        between = (self.releases[part + 1 : difference.whole] for part in difference.parts)
        periods = (self.releases[part].period for part in difference.parts)
        return not any(each.period == period for period, since in zip(periods, between, strict=True) for each in since)

    def _of_periods(self) -> Iterator[Difference]:
        periods = [each.period for each in self.releases]
        for whole, period in enumerate(periods):
            yield from (Difference(whole, parts) for parts in together_inside(period, periods[:whole]))

    def _of_moments(self) -> Iterator[Difference]:
        for whole in range(len(self.releases)):
            yield from (Difference(whole, (part,), of_the_moment=True) for part in range(whole))

    def _is_taken_for_unchanged(self, difference: Difference, name: str) -> bool:
        """What was published and is now left out may well have changed; of a calendar year nobody would think so."""
        was_left_out = any(name in self.releases[part].left_out for part in difference.parts)
        return was_left_out or name in self.shape.years

    def _change_form(self, difference: Difference, name: str) -> Form:
        return self._form((1, difference.whole, name), *((-1, part, name) for part in difference.parts))

    def _form(self, *terms: tuple[int, int, str]) -> Form:
        """Zeros are left away: they are published, or taken for known."""
        places = ((self.place(release, name), sign) for sign, release, name in terms if name in self._index)
        return tuple((place, sign) for place, sign in places if self.values[place])


def _negative(form: Form) -> Form:
    return tuple((place, -sign) for place, sign in form)
