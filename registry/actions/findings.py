"""Everything that is wrong with what was typed, collected before anything is refused; and the rules that any field may ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType

from registry import codes
from registry.errors import (
    AmountImpossible,
    DatesOutOfOrder,
    Exempt,
    FineMissing,
    ImpossibleDate,
    Refusal,
    Refusals,
    Text,
)

MOST_MONTHS = 300  # Criminal Law, art. 69: joined sentences
MOST_PROBATION_MONTHS = 60  # Criminal Law, art. 73
MOST_YUAN = 1_000_000_000_000
MOST_DAYS = 9_999
FINES, EXEMPT = ("fine_only", "unit_fine"), "exempt"  # codes: penalty_kinds; Criminal Law, art. 34, 30, 37
EARLIEST = date(1979, 7, 1)  # the first Criminal Law


class Noting:
    """A generator would do, and took a tenth of what checking a row takes: thirty rules are asked of each."""

    __slots__ = ("found",)

    def __init__(self, found: list[Refusal]) -> None:
        self.found = found

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Refusal):
            self.found.append(error)
        elif isinstance(error, Refusals):
            self.found.extend(error.refusals)
        else:
            return False
        return True


@dataclass
class Findings:
    """Collects refusals; ``settle`` raises what was found."""

    found: list[Refusal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._noting = Noting(self.found)

    def note(self) -> Noting:
        """What a rule refuses within is kept; the other rules are asked all the same."""
        return self._noting

    def add(self, refusal: Refusal) -> None:
        self.found.append(refusal)

    def settle(self) -> None:
        """Raise the one refusal, or `Refusals`."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise Refusals(self.found)


def examine_codes(name: str, values: Iterable[str], findings: Findings) -> None:
    """Codes of the list that is called as the field is."""
    for value in values:
        with findings.note():
            codes.require(name, value, name)


def examine_amount(findings: Findings, name: str, label: Text, value: int, most: int) -> None:
    with findings.note():
        refuse_amount(name, label, value, most)


def refuse_amount(name: str, label: Text, value: int, most: int) -> None:
    """Raise `AmountImpossible` unless it is from 0 to ``most``."""
    if not 0 <= value <= most:
        raise AmountImpossible(name, name=label, least=0, most=most)


def refuse_fine(name: str, penalty_kind: str, yuan: int) -> None:
    """Raise `FineMissing` where the penalty is a fine of nothing, `Exempt` where nobody is punished and yet fined."""
    if penalty_kind in FINES and not yuan:
        raise FineMissing(name)
    if penalty_kind == EXEMPT and yuan:
        raise Exempt(name)


def refuse_future(value: date | None, name: str, today: date) -> None:
    if value is not None and not EARLIEST <= value <= today:
        raise ImpossibleDate(name)


def refuse_before(name: str, later: Text, later_on: date | None, earlier: Text, earlier_on: date | None) -> None:
    """Raise `DatesOutOfOrder` where ``later`` is of a day before ``earlier``; a day that is not known is in no order."""
    if later_on is not None and earlier_on is not None and later_on < earlier_on:
        raise DatesOutOfOrder(name, later=later, earlier=earlier)
