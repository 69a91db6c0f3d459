"""Who stands in for whom. A deputy acts in his own name and with his own role; this says for whom he does so.

While a deputyship stands, the two are one pair of hands: neither decides what the other one entered or proposed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from registry.errors import FourEyes
from registry.models import Deputyship, Officer


def standing(day: date) -> QuerySet[Deputyship]:
    """Deputyships that stand on the day; one that was ended stands no more, whatever its last day."""
    rows = Deputyship.objects.filter(ended_at=None, starts_on__lte=day, ends_on__gte=day)
    return rows.select_related("officer", "deputy")


def around(officer: Officer, day: date) -> list[Deputyship]:
    """Those of his court that stand on the day and those in which he is the deputy, the first to end first."""
    concern = Q(deputy=officer) | Q(officer__court=officer.court_id)
    return list(standing(day).filter(concern).order_by("ends_on", "named_at"))


def absent_for(deputy: Officer, officers: Iterable[int], day: date) -> set[int]:
    """Those of ``officers`` (ids) for whom the deputy stands in."""
    return set(standing(day).filter(deputy=deputy, officer__in=list(officers)).values_list("officer", flat=True))


def one_hand(officer: Officer, day: date) -> set[int]:
    """Ids of the officer, of whom he stands in for and of who stands in for him."""
    return hand_of(officer, standing(day).filter(Q(deputy=officer) | Q(officer=officer)))


def hand_of(officer: Officer, rows: Iterable[Deputyship]) -> set[int]:
    """`one_hand` from deputyships at hand, whomever they concern."""
    pairs = [{row.officer_id, row.deputy_id} for row in rows]
    return {officer.pk}.union(*(pair for pair in pairs if officer.pk in pair))


def refuse_one_hand(officer: Officer, day: date, *others: int | None, tried: str = "", about: str = "") -> None:
    """Raise `FourEyes` if one of ``others`` (ids of who entered, submitted or proposed) is one hand with the officer.

    ``tried`` and ``about``: the act and what it concerns, for the record of refused acts.
    """
    refuse_hand(one_hand(officer, day), *others, tried=tried, about=about)


def refuse_hand(hand: set[int], *others: int | None, tried: str = "", about: str = "") -> None:
    """Raise `FourEyes` if one of ``others`` is in the hand (`one_hand`)."""
    if hand & set(others):
        raise FourEyes(tried=tried, about=about)
