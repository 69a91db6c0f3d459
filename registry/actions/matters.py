"""The chain of one matter: which case continues which, in whatever order they come into the register.

A case may be known before the one that it continues. What was given of that one is kept, and both are linked when it
arrives. Whoever links a case locks the earlier one first, and whoever gives a matter another first case locks the cases
of it from the top down: so neither overlooks what the other does at the same moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import QuerySet

from registry import case_number
from registry.case_number import CaseNumber
from registry.errors import MatterInCircle
from registry.models import Case, Court


def hold_courts(court_codes: Iterable[str]) -> None:
    """Until the end of the transaction nobody else enters a case or a decision in these courts; "" is none."""
    wanted = {code for code in court_codes if code}
    list(Court.objects.select_for_update(no_key=True).filter(code__in=wanted).order_by("pk").values_list("pk"))


def read_earlier(typed: str, *, court: str, day: date) -> CaseNumber:
    """The number of the earlier case; it may belong to a lower court, so its own number names its court."""
    return case_number.parse(typed, today=day, court=court, field="continues")


def find_earlier(case: Case) -> None:
    """Set ``continues`` and ``matter`` of a case by what was given of the earlier one, where the register holds it.

    Raises MatterInCircle.
    """
    case.continues, case.matter = None, None
    if not case.earlier_number:
        return
    if (case.earlier_court, case.earlier_number) == (case.court.code, case.number):
        raise MatterInCircle("continues", number=case.number)
    held = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("court", "matter")
    earlier = held.filter(court__code=case.earlier_court, number=case.earlier_number).first()
    if earlier is not None:
        _refuse_circle(case, earlier)
        case.continues, case.matter = earlier, earlier.matter or earlier


def take_up(case: Case) -> None:
    """Link the cases that continue this saved one and waited for it; all that follow them are of its matter."""
    waiting = Case.objects.filter(continues=None, earlier_court=case.court.code, earlier_number=case.number)
    waiting.update(continues=case)
    _hand_down(case)


def let_go(case: Case) -> None:
    """Undo it: the cases that continue this one wait for its number again, and those that follow them are of their matters."""
    following = list(Case.objects.select_for_update(no_key=True).filter(continues=case).order_by("pk"))
    for each in following:
        each.continues = each.matter = None
        each.save(update_fields=["continues", "matter"])
        _hand_down(each)


def _hand_down(case: Case) -> None:
    """All that follow the case are of its matter."""
    first, level = case.matter_id or case.pk, [case.pk]
    while level:
        below = Case.objects.select_for_update(no_key=True).filter(continues__in=level).order_by("pk")
        level = list(below.values_list("pk", flat=True))
        Case.objects.filter(pk__in=level).update(matter_id=first)


def waiting_for(numbers: Iterable[str]) -> QuerySet[Case]:
    """Cases that continue one of these numbers, which the register does not hold yet.

    That such a number is none is said once more, so that the database sees that its index of them answers.
    """
    return Case.objects.filter(continues=None, earlier_number__in=list(numbers)).exclude(earlier_number="")


def take_up_all(cases: Sequence[Case]) -> None:
    """The same for many of one court that were just stored; mostly nothing waits for any of them."""
    by_number = {case.number: case for case in cases}
    courts = {case.court_id for case in cases}
    waited = waiting_for(by_number).filter(earlier_court__in=Court.objects.filter(pk__in=courts).values("code"))
    for number in sorted(set(waited.values_list("earlier_number", flat=True))):
        take_up(by_number[number])


def _refuse_circle(case: Case, earlier: Case) -> None:
    """Whether the way up from the earlier case leads to this one, or to one that waits for it."""
    above = earlier
    while above.pk != case.pk:
        if above.continues_id is None:
            if (above.earlier_court, above.earlier_number) != (case.court.code, case.number):
                return
            break
        above = Case.objects.select_related("court").get(pk=above.continues_id)
    raise MatterInCircle("continues", number=earlier.number)
