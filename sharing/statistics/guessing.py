"""How far a reader can narrow down a number that is left out.

What the reader knows are rules: numbers, each added or subtracted, that together lie between two bounds. Two books that
keep every rule and agree in all that is published cannot be told apart by anybody. So a number is safe as soon as two such
books are shown in which it is far enough apart. They are looked for from the true book: a number is moved, and each rule
that breaks is mended by moving another of its numbers that are left out.

Every book that is found keeps every rule, so "safe" is proven. The search gives up after some tries: then more is left
out than need be, never less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Form = tuple[tuple[int, int], ...]  # number, and +1 or -1

UNBOUNDED = 10**15
LOWEST = 1  # what is left out is at least this, and the reader knows it
TRIES = 120
CHOICES = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """What the form adds up to is from ``low`` to ``high``."""

    form: Form
    low: int
    high: int = UNBOUNDED


class Guesses:
    """The books that fit. ``hidden``: the numbers that are left out; the caller adds to it and takes away.

    ``stuck``: the rules that the last search could not mend; publishing one more of their numbers less would help.
    """

    def __init__(self, values: Sequence[int], rules: Sequence[Rule], hidden: Iterable[int]) -> None:
        self.hidden = set(hidden)
        self.stuck: set[int] = set()
        self.rules = list(rules)
        self._values = list(values)
        self._rules_of: list[list[tuple[int, int]]] = [[] for _ in values]
        self._totals = [self._total(rule.form) for rule in rules]
        self._moved: dict[int, int] = {}
        self._tries = 0
        for place, rule in enumerate(rules):
            self._connect(place, rule.form)

    def apart(self, form: Form, enough: int) -> tuple[int, frozenset[int]]:
        """How far apart the form is in two books that fit (``enough`` at most), and which numbers they differ in."""
        found, used = 0, set[int]()
        self.stuck.clear()
        for direction in (1, -1):
            found += self._climb(form, direction, enough - found)
            used |= self._moved.keys()
            self._go_back()
        return found, frozenset(used)

    def room(self, number: int) -> int:
        """By how much it can shrink at most, as far as the rules that are no equations say."""
        of_rules = (
            self._totals[place] - self.rules[place].low
            for place, sign in self._rules_of[number]
            if sign > 0 and self.rules[place].high == UNBOUNDED
        )
        return min(self._values[number] - LOWEST, *of_rules, UNBOUNDED)

    def _climb(self, form: Form, direction: int, wanted: int) -> int:
        risen, step = 0, wanted
        while step > 0:
            if self._raise(tuple((number, sign * direction) for number, sign in form), step):
                risen += step
                step = min(step, wanted - risen)
            else:
                step //= 2
        return risen

    def _raise(self, form: Form, step: int) -> bool:
        """Raise the form by the step, as one more rule that is broken at first."""
        place, total = len(self.rules), self._total(form)
        self.rules.append(Rule(form, total + step))
        self._totals.append(total)
        self._connect(place, form)
        self._tries = TRIES
        moves: dict[int, int] = {}
        mended = self._mend({place}, moves, step)
        self.rules.pop()
        self._totals.pop()
        for number, _ in form:
            self._rules_of[number].pop()
        self.stuck.discard(place)
        for number, change in moves.items():
            self._moved[number] = self._moved.get(number, 0) + change
        return mended

    def _mend(self, broken: set[int], moves: dict[int, int], step: int) -> bool:
        """Mend the shortest broken rule in one way after the other; no number moves twice."""
        if not broken:
            return True
        self._tries -= 1
        place = min(broken, key=lambda each: (len(self.rules[each].form), each))
        for number, change in self._choices(place, broken, moves, step):
            if self._tries <= 0:
                break
            self._move(number, change, broken)
            moves[number] = change
            if self._mend(broken, moves, step):
                return True
            self._move(number, -change, broken)
            del moves[number]
        self.stuck.add(place)
        return False

    def _choices(self, place: int, broken: set[int], moves: dict[int, int], step: int) -> list[tuple[int, int]]:
        """The moves that help this rule, first those that break the fewest others."""
        rule = self.rules[place]
        up = 1 if self._totals[place] < rule.low else -1
        free = [
            (number, up * sign * step)
            for number, sign in rule.form
            if number in self.hidden and number not in moves and self._values[number] + up * sign * step >= LOWEST
        ]
        harm = {number: self._harm(number, change, broken) for number, change in free}
        return sorted(free, key=lambda each: (harm[each[0]], -self._values[each[0]], each[0]))[:CHOICES]

    def _harm(self, number: int, change: int, broken: set[int]) -> int:
        """How many more rules would be broken."""
        harm = 0
        for place, sign in self._rules_of[number]:
            rule, total = self.rules[place], self._totals[place] + sign * change
            harm += (not rule.low <= total <= rule.high) - (place in broken)
        return harm

    def _move(self, number: int, change: int, broken: set[int]) -> None:
        self._values[number] += change
        for place, sign in self._rules_of[number]:
            self._totals[place] += sign * change
            if self.rules[place].low <= self._totals[place] <= self.rules[place].high:
                broken.discard(place)
            else:
                broken.add(place)

    def _go_back(self) -> None:
        """To the true book."""
        for number, change in self._moved.items():
            self._move(number, -change, set())
        self._moved = {}

    def _connect(self, place: int, form: Form) -> None:
        for number, sign in form:
            self._rules_of[number].append((place, sign))

    def _total(self, form: Form) -> int:
        return sum(sign * self._values[number] for number, sign in form)
