"""What must hold at each moment of a season, and in its end: what the documents promise people by the clock.

All of it is asked right after a round of the tasks that are due: whatever should have happened by now has happened.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from config.operation import readiness
from config.operation.parts import State
from registry import log
from registry.models import Event, EventPayload, EventType, Listing
from registry.models import State as Standing
from registry.verifying.whole import Verification
from sharing.delivery import backoff
from sharing.delivery.models import Endpoint, Held
from sharing.departments.models import Owed, Recall, Receipt
from sharing.employers import recalling
from sharing.employers.models import RecallDecision
from tests import asking
from tests.faults import checker

if TYPE_CHECKING:
    from tests.faults.seasons import Season, Site

IN_FORCE = (Standing.ACTIVE, Standing.SUSPENDED)
LONGEST = backoff.LONGEST * (1 + backoff.SPREAD)  # between two tries
SWEPT = timedelta(seconds=2)  # ago: what came later may still be under way
SLACK = 5.0  # seconds, that a round itself takes
OUTAGE_STEPS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))  # as docs/departments.md has them
MORNING = 8  # before this hour nobody is written to
PARTS = ("log", "telling", "signing", "delivery", "recalling", "monitoring", "anchor", "verification")


def kept(season: Season) -> None:
    """AssertionError, naming the promise."""
    for promise in PROMISES:
        promise(season)


def whoever_is_well_has_everything(season: Season) -> None:
    """Once the longest time between two tries has passed since an endpoint can take messages again."""
    swept = Event.objects.filter(recorded_at__lte=timezone.now() - SWEPT).count()
    for site in season.sites.values():
        if site.is_well and time.time() - site.well_since > LONGEST + SLACK:
            endpoint = Endpoint.objects.get(pk=site.endpoint_id)
            held = Held.objects.filter(endpoint=endpoint).count()
            assert endpoint.cursor >= swept, f"T1: {endpoint.pk} is at {endpoint.cursor} of {swept}"
            assert not held, f"T1: {held} lanes are held at {endpoint.pk}"


def silence_is_broken(season: Season) -> None:
    """Whoever is well hears something, be it that there is nothing."""
    for site in season.sites.values():
        if site.is_well and time.time() - site.well_since > LONGEST + SLACK:
            heard = Endpoint.objects.get(pk=site.endpoint_id).heard_at
            longest = timedelta(seconds=settings.SHARING_HEARTBEAT_SECONDS + SLACK)
            assert heard, f"T2: {site.endpoint_id} never heard anything"
            assert timezone.now() - heard <= longest, f"T2: {site.endpoint_id} heard nothing since {heard}"


def outages_are_told(_season: Season) -> None:
    for endpoint in Endpoint.objects.exclude(failing_since=None):
        assert endpoint.failing_since
        passed = sum(timezone.now() - endpoint.failing_since >= step for step in OUTAGE_STEPS)
        assert endpoint.alarm >= passed, (
            f"T3: {endpoint.pk} fails since {endpoint.failing_since}, told {endpoint.alarm} times"
        )


def every_message_is_verified(season: Season) -> None:
    """By the secret that its receiver has, for a day after another one was made."""
    assert not season.unverified, f"T4: {season.unverified[0]}"


def what_is_overdue_is_told(_season: Season) -> None:
    """From the morning after the day on which it was due."""
    now = timezone.localtime()
    if now.hour < MORNING:
        return
    late = now.date() - timedelta(days=1)
    for rows in (Recall.objects.filter(closed_by=None), Owed.objects.exclude(since=None)):
        untold = rows.filter(due_on__lte=late, step__lt=2).first()
        assert untold is None, f"T5: {untold} was due on {getattr(untold, 'due_on', None)}, and nobody was told"


def nobody_is_listed_past_his_last_day(_season: Season) -> None:
    over = Listing.objects.filter(state__in=IN_FORCE, ends_on__lt=timezone.localdate())
    assert not over.exists(), f"T6: {over.first()} is still in force"


def the_registry_is_well(_season: Season) -> None:
    """As its readiness says; what is outside it may not be."""
    parts = {part.name: part for part in readiness.look().parts}
    ill = [parts[name] for name in PARTS if parts[name].state != State.OK]
    assert not ill, f"T7: {ill}"


PROMISES: tuple[Callable[[Season], None], ...] = (
    every_message_is_verified,
    whoever_is_well_has_everything,
    silence_is_broken,
    outages_are_told,
    what_is_overdue_is_told,
    nobody_is_listed_past_his_last_day,
    the_registry_is_well,
)


def everything_arrived(season: Season) -> None:
    size, _root = log.head()
    behind = Endpoint.objects.exclude(cursor=size)
    assert not behind.exists(), f"T1: {behind.first()} is not at {size}"
    assert not Held.objects.exists(), f"T1: {Held.objects.first()} is held"


def nothing_is_left(season: Season) -> None:
    """Of anybody: each listing was withdrawn, everybody has confirmed, and retention is over."""
    left_over = Listing.including_sealed.exclude(state=Standing.PURGED).exclude(number="")
    assert not left_over.exists(), f"T8: {left_over.first()} is {left_over[0].state}"
    left = EventPayload.objects.exclude(event__listing=None).exclude(event__type=EventType.WITHDRAWN)
    assert not left.exists(), f"T8: {left.count()} payloads are left, of {left[0].event.listing}"
    season.done["purged"] += Listing.including_sealed.count()


def judged(season: Season) -> None:
    """The judge of all suites, and of the log."""
    checker.check(list(season.inbox.requests))
    found = Verification.begun()
    while not found.is_over:
        found.step()
    assert found.is_sound, f"I1, I6: {[str(each) for each in found.found]}"
    season.done["events"] = log.head()[0]


def last_day() -> date:
    """The last one on which anybody who is listed now may be listed."""
    found = Listing.objects.filter(state__in=IN_FORCE).aggregate(last=Max("ends_on"))["last"]
    return found or timezone.localdate()


def until_due() -> float:
    """Seconds until the next try that is noted anywhere; 0 where none is."""
    now = timezone.now()
    times = [
        rows.filter(next_due__gt=now).aggregate(first=Min("next_due"))["first"]
        for rows in (Endpoint.objects.all(), Held.objects.all())
    ]
    return min(((each - now).total_seconds() + 1 for each in times if each), default=0.0)


def unreceived(season: Season, site: Site) -> list[Event]:
    """What arrived there and was not confirmed yet."""
    arrived = {each.event["id"] for each in season.inbox.accepted_events if each.data["endpoint"] == site.endpoint_id}
    said = Receipt.objects.filter(department=site.department.organisation).values("event")
    return list(Event.objects.filter(event_id__in=arrived).exclude(pk__in=said).order_by("position"))


def confirm_removals() -> None:
    for recall in recalling.open_recalls().select_related("screening__employer"):
        employer = recall.screening.employer
        recalling.confirm(
            recall.pk,
            employer_id=employer.pk,
            removed=True,
            decision=RecallDecision.RECONSIDERED,
            by=asking.machine(employer),
            now=timezone.now(),
        )
