"""A department without a developer hears by mail that something waits in the portal: withdrawals at once, the rest
together, at most once an hour. About no person.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import Exists, Min, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.addresses import absolute
from sharing.delivery import reading
from sharing.delivery.meant import OVERTAKING
from sharing.delivery.models import Endpoint, EndpointStage, EndpointState
from sharing.departments.models import Department, StageChange
from sharing.parties.members import addresses_of

TOGETHER = timedelta(hours=1)


_URGENT = f"""
    SELECT count(*) FROM registry_event e JOIN delivery_told t ON {reading.SPAN.format(e="e", t="t")}
    WHERE e.position > %(after)s AND e.position <= %(upto)s AND e.type = ANY(%(types)s)
"""  # noqa: S608 - only constants are put in


def announce(*, now: datetime) -> int:
    """Tell the members of every department that works by hand of what came; the number of messages."""
    live = Endpoint.objects.filter(stage=EndpointStage.PRODUCTION).exclude(state=EndpointState.PAUSED)
    by_machine = live.values("department_id")
    telling = reading.telling_position()
    waiting = Department.objects.filter(announced_position__lt=telling).exclude(pk__in=by_machine)
    departments = waiting.filter(organisation__suspended_at=None).select_related("organisation").order_by("pk")
    return sum(_tell(department, telling, now) for department in list(departments))


def _tell(department: Department, telling: int, now: datetime) -> bool:
    """The message goes out before it is noted, and outside a transaction: rather told twice than never."""
    after = max(department.announced_position, _taken(department.pk))
    if reading.last_meant(department.pk, telling) <= after:
        _note(department, telling, department.announced_at)
        return False
    urgent = _urgent(department.pk, max(after, department.urgent_position), telling)
    announced = department.announced_at
    to = addresses_of(department.organisation)
    if not to or not (urgent or announced is None or now - announced >= TOGETHER):
        return False
    # It never rests: a withdrawal may wait, and nobody waits behind it.
    if not letters.sent(_message(department, urgent, to), f"department {department.pk}"):
        return False
    _note(department, telling, now)
    return True


def _taken(department_id: int) -> int:
    """Up to where an endpoint took everything before it was paused or went back to trial: that is no news. One that was never
    in production took nothing, wherever it begins.
    """
    changes = StageChange.objects.filter(endpoint=OuterRef("pk"), stage=EndpointStage.PRODUCTION)
    endpoints = Endpoint.objects.filter(Q(stage=EndpointStage.PRODUCTION) | Exists(changes), department=department_id)
    reached = endpoints.annotate(held_from=Min("held__from_position")).values_list("cursor", "held_from")
    return max((min(cursor, held_from - 1) if held_from else cursor for cursor, held_from in reached), default=0)


def _note(department: Department, telling: int, at: datetime | None) -> None:
    """Unless an opening set reached back meanwhile: then it is told again."""
    same = Department.objects.filter(pk=department.pk, announced_position=department.announced_position)
    same.update(announced_position=telling, urgent_position=telling, announced_at=at)


def _urgent(department_id: int, after: int, upto: int) -> int:
    """How many withdrawals and suspensions came."""
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {"department": department_id, "after": after, "upto": upto, "types": sorted(OVERTAKING)}
        cursor.execute(_URGENT, facts)
        return int(cursor.fetchone()[0])


def _message(department: Department, urgent: int, to: list[str]) -> EmailMessage:
    said = ("登记已撤出或者中止共享", "Withdrawn or suspended") if urgent else ("有新的登记事项", "Something new")
    context = {
        "department": department.organisation,
        "urgent": urgent,
        "address": absolute(reverse("department:list")),
    }
    return EmailMessage(
        subject=f"{said[0]} / {said[1]}: {department.organisation.name}",
        body=render_to_string("department/announcement.txt", context),
        to=to,
    )
