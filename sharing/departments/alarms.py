"""A person is told when an endpoint does not take what is meant for it: after 15 minutes, an hour and four hours.

An address that says it is gone (410) is told at once; one that answers no heartbeat, where nothing is to be sent, after an
hour: it would not answer a withdrawal either. Nothing is switched off, and when it is over that is told too.
When it is the court's own way out that is disturbed, the court alone is told, once for all endpoints.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.addresses import absolute
from sharing.delivery.models import Endpoint, EndpointState
from sharing.departments.models import Outage
from sharing.parties.members import addresses_of
from sharing.transport import PROXY

AFTER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
UNANSWERED_AFTER = timedelta(hours=1)
GONE = "410"
WAY_OUT_AFTER = timedelta(minutes=2)
WAY_OUT_TOLD = "alarms.way_out"  # in the cache: should it be lost, the court is told twice


def raise_alarms(*, now: datetime) -> int:
    """Tell of every outage that has grown by a step, and of every one that is over; the number of messages sent."""
    told = 0
    quiet = Q(failing_since=None, unanswered_since=None, alarm=0)
    failing = Endpoint.objects.exclude(quiet).values_list("pk", flat=True)
    for endpoint_id in list(failing.order_by("pk")):
        told += _tell(endpoint_id, now)
    return told + _tell_of_the_way_out(now)


def level(endpoint: Endpoint, now: datetime) -> int:
    """0 while there is nothing to tell; else how many of the steps have passed. What is ours to mend adds nothing."""
    if endpoint.last_failure == PROXY:
        return endpoint.alarm
    unanswered = _unanswered_since(endpoint)
    least = int(unanswered is not None and now - unanswered >= UNANSWERED_AFTER)
    if endpoint.failing_since is None:
        return max(least, endpoint.alarm) if least else 0
    passed = sum(now - endpoint.failing_since >= step for step in AFTER)
    return max(passed, 1) if endpoint.last_failure == GONE else max(passed, least)


def _unanswered_since(endpoint: Endpoint) -> datetime | None:
    """Since when heartbeats are not answered, where nothing else was taken since. A paused endpoint is sent none."""
    since, heard_at = endpoint.unanswered_since, endpoint.heard_at
    if since is None or endpoint.state != EndpointState.ACTIVE or (heard_at is not None and heard_at > since):
        return None
    return since


def _began(endpoint: Endpoint) -> datetime | None:
    """Since when nothing is taken, be it events or heartbeats."""
    return min(filter(None, (endpoint.failing_since, _unanswered_since(endpoint))), default=None)


def _because(endpoint: Endpoint) -> str:
    return endpoint.last_failure if endpoint.failing_since else endpoint.unanswered_because


def _tell(endpoint_id: str, now: datetime) -> bool:
    """The message goes out before its step is saved, and outside a transaction: rather told twice than never."""
    endpoint = Endpoint.objects.select_related("department").filter(pk=endpoint_id).first()
    if endpoint is None:
        return False
    reached = level(endpoint, now)
    if reached == endpoint.alarm or 0 < reached < endpoint.alarm:
        return False
    if not letters.sent(_message(endpoint, reached), f"endpoint {endpoint.pk}"):
        return False
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk, alarm=endpoint.alarm).update(alarm=reached)
        _write_down(endpoint, reached, now)
    return True


def _tell_of_the_way_out(now: datetime) -> bool:
    """Two messages for an outage, however many endpoints it concerns: that it began, and that it is over."""
    cut_off = Endpoint.objects.filter(last_failure=PROXY).exclude(failing_since=None)
    disturbed = cut_off.filter(failing_since__lte=now - WAY_OUT_AFTER).exists()
    over = not cut_off.exists()
    told = bool(cache.get(WAY_OUT_TOLD))
    if not (over if told else disturbed) or not letters.sent(_of_the_way_out(cut_off.count()), "the way out"):
        return False
    cache.set(WAY_OUT_TOLD, not told, timeout=None)
    return True


def _of_the_way_out(endpoints: int) -> EmailMessage:
    """To the court's registry; the proxy's address is not in it."""
    return EmailMessage(
        subject="法院出口代理已恢复 / The way out works again"
        if not endpoints
        else "法院出口代理中断 / The way out is disturbed",
        body=render_to_string("department/way_out.txt", {"endpoints": endpoints}),
        to=[settings.REGISTRY_CONTACT_EMAIL],
    )


def outages(department_id: int, most: int, *, endpoint_id: str | None = None) -> list[Outage]:
    """The outages that people were told of, the latest first; of one endpoint, if given."""
    found = Outage.objects.filter(endpoint__department_id=department_id).select_related("endpoint")
    if endpoint_id is not None:
        found = found.filter(endpoint_id=endpoint_id)
    return list(found.order_by("-began_at", "-pk")[:most])


def _write_down(endpoint: Endpoint, reached: int, now: datetime) -> None:
    """The outage with the step just told; whatever went before it on this endpoint is over. One that has reached no step by
    now is no outage that people were told of.
    """
    began = _began(endpoint)
    before = Outage.objects.filter(endpoint=endpoint, ended_at=None)
    if began is None or not reached:
        before.update(ended_at=began or endpoint.heard_at or now)
        return
    before.exclude(began_at=began).update(ended_at=began)
    outage, _ = Outage.objects.get_or_create(endpoint=endpoint, began_at=began)
    outage.told_at = [*outage.told_at, now]
    outage.failure = _because(endpoint)
    outage.save(update_fields=["told_at", "failure"])


def _message(endpoint: Endpoint, reached: int) -> EmailMessage:
    """To the department's members, and to the court's registry; in both languages, about no person."""
    context = {
        "endpoint": endpoint,
        "department": endpoint.department,
        "over": reached == 0,
        "since": _began(endpoint),
        "because": _because(endpoint),
        "gone": endpoint.last_failure == GONE,
        "address": absolute(reverse("department:endpoint", args=[endpoint.pk])),
    }
    state = ("恢复", "recovered") if reached == 0 else ("中断", "is failing")
    return EmailMessage(
        subject=f"接收端{state[0]} / Endpoint {state[1]}: {endpoint.department.name}",
        body=render_to_string("department/alarm.txt", context),
        to=[*addresses_of(endpoint.department), settings.REGISTRY_CONTACT_EMAIL],
    )
