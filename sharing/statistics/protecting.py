"""Which numbers of a release are left out, so that no small number can be worked out from everything that is published.

A number above zero and below the smallest published one is left out, and so is one whose difference to earlier releases
is that small: the reader subtracts. Then more is left out until for each of them two books exist that fit all releases
alike and in which it differs by the smallest published number at least (`guessing`). Listings in force are counted of the
moment: their numbers are compared with every earlier release, whatever its period.

Zero is published: it says nothing about anybody. But where all that is counted is a small number, or has grown by one,
even zeros tell: that everybody of a few is in the one row that is not empty, or in a row that has just changed. So of
such a base nothing is published, neither its rows, zeros among them, nor the figures out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from registry.errors import PeriodInsideAnother, PeriodsOverlap
from registry.statistics.counting import Period
from sharing.statistics.guessing import Form, Guesses
from sharing.statistics.knowledge import Earlier, Knowledge, Secret, Shape
from sharing.statistics.periods import apart, inside


class Why(StrEnum):
    SMALL = "small"
    WITH_SMALL = "with_small"
    DIFFERENCE = "difference"
    WITH_DIFFERENCE = "with_difference"


def refuse_period(new: Period, earlier: Iterable[Period]) -> None:
    """PeriodsOverlap, PeriodInsideAnother: what is published already would give figures that nobody has looked at."""
    for each in earlier:
        facts = {"begins": each.begins.isoformat(), "ends": each.ends.isoformat()}
        if inside(new, each) and new != each:
            raise PeriodInsideAnother("period", **facts)
        if not inside(each, new) and not apart(new, each):
            raise PeriodsOverlap("period", **facts)


def protect(
    numbers: Mapping[str, int], period: Period, shape: Shape, *, smallest: int, earlier: Sequence[Earlier] = ()
) -> dict[str, Why]:
    """The names of the numbers that the release must not publish, each with the reason.

    ``earlier``: every release that was published, in that order. The same input has always the same result.
    """
    knowledge = Knowledge([*earlier, Earlier(numbers, frozenset(), period, smallest)], shape)
    return _Protection(knowledge).left_out


class _Protection:
    """``_proofs``: of each secret, by what it must be apart, the numbers in which two such books differ."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._guesses = Guesses(knowledge.values, knowledge.rules(), knowledge.hidden())
        self._proofs: dict[tuple[Form, int], frozenset[int]] = {}
        self._added: list[str] = []
        self.left_out: dict[str, Why] = {}
        secrets = list(knowledge.secrets())
        self._leave_out_secrets(secrets)
        self._leave_out_what_few_bases_hold()
        self._leave_out_as_before()
        for secret in secrets:
            self._secure(secret)
        self._publish_again()

    def _leave_out(self, name: str, why: Why) -> None:
        self.left_out.setdefault(name, why)
        place = self._knowledge.place(self._knowledge.new, name)
        if self._knowledge.values[place]:
            self._guesses.hidden.add(place)

    def _leave_out_secrets(self, secrets: Iterable[Secret]) -> None:
        """A difference to what is left out itself is not known yet: `_secure` sees to it."""
        for secret in secrets:
            (first, _), *others = secret.form
            if self._knowledge.is_new(first) and not any(place in self._guesses.hidden for place, _ in others):
                self._leave_out(secret.name, Why.DIFFERENCE if secret.of_difference else Why.SMALL)

    def _leave_out_what_few_bases_hold(self) -> None:
        knowledge = self._knowledge
        for base, names in knowledge.shape.counted_out_of.items():
            if self._is_small(knowledge.values[knowledge.place(knowledge.new, base)]):
                self._leave_out_all(names, Why.WITH_SMALL)
            elif any(self._is_small(change) for change in knowledge.changes_in_the_new(base)):
                self._leave_out_all(names, Why.WITH_DIFFERENCE)

    def _leave_out_as_before(self) -> None:
        """What a release of the same period has left out, or any release of the moment, and what has not changed since."""
        new, of_the_moment = self._knowledge.releases[-1], self._knowledge.shape.of_the_moment
        for each in self._knowledge.releases[:-1]:
            left_out = each.left_out if each.period == new.period else each.left_out & of_the_moment
            same = [name for name in left_out if each.numbers[name] == new.numbers.get(name)]
            self._leave_out_all(same, Why.WITH_SMALL)

    def _leave_out_all(self, names: Iterable[str], why: Why) -> None:
        for name in sorted(names):
            self._leave_out(name, why)

    def _secure(self, secret: Secret) -> None:
        """Leave out one number after the other until the secret is one."""
        why = Why.WITH_DIFFERENCE if secret.of_difference else Why.WITH_SMALL
        added: list[str] = []
        while (missing := self._missing(secret)) > 0:
            name = self._cheapest(secret, missing)
            if name is None:
                self._leave_out_all_around(secret, why)
                return
            self._leave_out(name, why)
            added.append(name)
        self._added += added

    def _missing(self, secret: Secret) -> int:
        """What the two books that are furthest apart in it lack to the smallest number that its release publishes."""
        form, smallest = self._hidden_part(secret.form), secret.smallest
        if (form, smallest) in self._proofs:
            return 0
        found, used = self._guesses.apart(form, smallest)
        if found >= smallest:
            self._proofs[form, smallest] = used
        return smallest - found

    def _leave_out_all_around(self, secret: Secret, why: Why) -> None:
        """Where no proof is found: the bases that it is counted out of, with all that tells how they divide."""
        for base, names in self._knowledge.shape.counted_out_of.items():
            if secret.name == base or secret.name in names:
                self._leave_out_all({base, *names}, why)
                self._added = [name for name in self._added if name != base and name not in names]

    def _cheapest(self, secret: Secret, missing: int) -> str | None:
        """Of the published numbers that the search got stuck at: a row before a figure before a base, then one that can
        make up for what is missing, then the smallest."""
        stuck = [self._guesses.rules[place].form for place in self._guesses.stuck]
        near = {place for form in (secret.form, *stuck) for place, _ in form}
        published = [place for place in near if self._knowledge.is_new(place) and place not in self._guesses.hidden]
        if not published:
            return None
        return self._knowledge.name(min(published, key=lambda place: self._price(place, missing)))

    def _price(self, place: int, missing: int) -> tuple[int, bool, int, int]:
        short = self._guesses.room(place) < missing
        value = self._knowledge.values[place]
        return self._rank(self._knowledge.name(place)), short, -value if short else value, place

    def _rank(self, name: str) -> int:
        """How much people would miss it. A row that is a figure by itself takes the figure along."""
        kind = name.partition(":")[0]
        if kind != "table":
            return 2 if kind == "figure" else 3
        return int(any(name in each.parts and self._is_all_of(each.whole, name) for each in self._knowledge.shape.sums))

    def _is_all_of(self, whole: str, part: str) -> bool:
        numbers = self._knowledge.releases[-1].numbers
        return numbers.get(whole, 0) == numbers[part]

    def _publish_again(self) -> None:
        """What turned out not to be needed, the dearest first."""
        for name in sorted(self._added, key=lambda each: (-self._rank(each), each)):
            place = self._knowledge.place(self._knowledge.new, name)
            self._guesses.hidden.discard(place)
            proofs = self._proofs_without(place)
            if proofs is None:
                self._guesses.hidden.add(place)
            else:
                self._proofs = proofs
                del self.left_out[name]

    def _proofs_without(self, place: int) -> dict[tuple[Form, int], frozenset[int]] | None:
        proofs = dict(self._proofs)
        for (form, smallest), used in self._proofs.items():
            if place in used or (place, 1) in form:
                found, again = self._guesses.apart(self._hidden_part(form), smallest)
                if found < smallest:
                    return None
                proofs[form, smallest] = again
        return proofs

    def _hidden_part(self, form: Form) -> Form:
        return tuple((place, sign) for place, sign in form if place in self._guesses.hidden)

    def _is_small(self, number: int) -> bool:
        return 0 < abs(number) < self._knowledge.releases[-1].smallest
