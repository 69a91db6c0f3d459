"""What an employer may ask in a day of the court's calendar, counted inside the transaction of its questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from registry.actions.acting import today
from sharing.employers.models import Allowance, Employer, QuestionsAsked

Take = Callable[[Sequence[int]], list[bool]]

# A question may be asked as long as anything is left, whatever it costs.
TAKE = """
INSERT INTO employers_questionsasked AS asked (employer_id, day, questions)
SELECT %(employer)s, %(day)s, %(all)s WHERE %(but_the_last)s < %(quota)s
ON CONFLICT (employer_id, day) DO UPDATE SET questions = asked.questions + %(all)s
WHERE asked.questions + %(but_the_last)s < %(quota)s
RETURNING questions
"""


def seconds_until_tomorrow(now: datetime) -> int:
    """Until another day of the court's calendar begins, and with it another quota."""
    zone = ZoneInfo(settings.REGISTRY_TIME_ZONE)
    tomorrow = datetime.combine(today(now) + timedelta(days=1), time.min, zone)
    return ceil((tomorrow - now).total_seconds())


def take(employer: Employer, day: date, costs: Sequence[int]) -> list[bool]:
    """Which of the questions, in their order, today's quota has room for; they are counted.

    The row stays locked until commit, so that two at once cannot pass the last place.
    """
    facts = {"employer": employer.pk, "day": day, "quota": employer.daily_quota}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {**facts, "all": sum(costs), "but_the_last": sum(costs[:-1])})
        if cursor.fetchone() is not None:
            return [True] * len(costs)
    return [False] if len(costs) == 1 else _take_what_fits(employer, day, costs)


def _take_what_fits(employer: Employer, day: date, costs: Sequence[int]) -> list[bool]:
    QuestionsAsked.objects.get_or_create(employer=employer.organisation, day=day, defaults={"questions": 0})
    counted = QuestionsAsked.objects.select_for_update().get(employer=employer.pk, day=day)
    fits, counted.questions = _fitting(costs, counted.questions, employer.daily_quota)
    counted.save(update_fields=["questions"])
    return fits


def take_allowed(campaign_id: str, costs: Sequence[int]) -> list[bool]:
    """The same of what a registrar granted to a campaign, whatever the day."""
    allowance = Allowance.objects.select_for_update(no_key=True).get(pk=campaign_id)
    fits, allowance.used = _fitting(costs, allowance.used, allowance.granted or 0)
    allowance.save(update_fields=["used"])
    return fits


def _fitting(costs: Sequence[int], used: int, most: int) -> tuple[list[bool], int]:
    fits = []
    for cost in costs:
        fits.append(used < most)
        used += cost if fits[-1] else 0
    return fits, used
