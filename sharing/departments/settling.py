"""After measures changed, or one ran out: the department is told of what it may have now, told anew where it may do something
else, and withdrawn from where it may have nothing any more. In chunks, each one transaction, resumable where it stopped.

Lock order: telling cursor, department, listings by id, head row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from registry import actions, bell, log
from registry.actions.acting import today
from registry.actions.apart import apart
from registry.assessment import rules
from registry.lifecycle import IN_FORCE
from registry.models import Event, Listing
from registry.payload import WHOLE
from registry.storing import store
from registry.terms import due
from sharing.delivery.models import Endpoint, Held, HeldReason, TellingCursor, Told
from sharing.departments import lapsing, left_over, owing
from sharing.departments.eligibility import Said, allows, counts, said_of, valid_at
from sharing.departments.models import Department, LeftDuty, Measure, Recall

Key = TypeVar("Key")

CHUNK = 500
SAID = ("measures", "conditions", "said_until", "earlier")  # fields of Told
MEASURES_CHANGED = "the department's measures changed"
RAN_OUT = "the longest term of a measure is over"
FITS_NO_MORE = "no measure of the department fits any more"


def settle_all(*, now: datetime) -> None:
    """Go on wherever something is left to settle; what one department is stuck with is raised when the others are settled."""
    unsettled = Department.objects.exclude(unsettled_position=None).order_by("pk")
    each_of(list(unsettled.values_list("pk", flat=True)), partial(settle, now=now))


def settle(department_id: int, *, now: datetime) -> None:
    """Bring what the department was told in line with its measures. What is not yet walked is settled later."""
    while _settle_chunk(department_id, now):
        pass


def follow_calendar(*, now: datetime) -> None:
    """Where the longest term of a measure was over yesterday, the department is withdrawn from, or told what is left. Raises as
    `settle_all` does.
    """

    def follow(department_id: int) -> None:
        listing_id = 0
        while (reached := _follow_chunk(department_id, listing_id, now)) is not None:
            listing_id = reached

    each_of(list(run_out(now).order_by().values_list("department_id", flat=True).distinct()), follow)


def each_of(keys: Iterable[Key], act: Callable[[Key], None]) -> None:
    """The act on each; what one is stuck with is raised once it was done to the others."""
    stuck: list[Exception] = []
    for key in keys:
        try:
            act(key)
        except Exception as error:
            stuck.append(error)
    if stuck:
        raise stuck[0]


def end(department_id: int, listing_ids: Collection[int], *, now: datetime, reason: str = FITS_NO_MORE) -> None:
    """Withdraw from the department alone, and open its recalls."""
    events = actions.end_sharing(listing_ids, reader=department_id, now=now, reason=reason)
    spans = list(Told.objects.filter(department_id=department_id, listing_id__in=events, ended_position=None))
    for span in spans:
        span.ended_position = events[span.listing_id].position
    Told.objects.bulk_update(spans, ["ended_position"])
    open_recalls([(department_id, event) for event in events.values()], now=now)


def say_anew(department_id: int, said: Mapping[int, Said], *, now: datetime, reason: str = MEASURES_CHANGED) -> None:
    """Tell the department alone, by listing id, what it may do now; a listing that was ended for it begins again."""
    events = actions.tell_anew(said.keys(), reader=department_id, now=now, reason=reason)
    open_spans = Told.objects.filter(department_id=department_id, listing_id__in=events, ended_position=None)
    spans = {span.listing_id: span for span in open_spans}
    for listing_id, span in spans.items():
        say(span, said[listing_id], events[listing_id].position)
    Told.objects.bulk_update(spans.values(), SAID)
    store([begun(department_id, events[each], said[each]) for each in events if each not in spans])


def begun(department_id: int, event: Event, said: Said) -> Told:
    """From this event on the department is told of the listing; for the caller to store."""
    return Told(
        department_id=department_id,
        listing_id=listing_of(event),
        first_position=event.position,
        decided_position=event.position,
        **said._asdict(),
    )


def say(span: Told, said: Said, position: int) -> None:
    """From ``position`` on the envelope says this; what went out before is repeated as it was. For the caller to save."""
    span.earlier.append([position, span.measures, span.conditions])
    span.measures, span.conditions, span.said_until = said


def open_recalls(withdrawn: Sequence[tuple[int, Event]], *, now: datetime) -> None:
    """Of (department, withdrawal): each has to purge and to say so in time."""
    due_on = due("purge_receipt", today(now), rules().calendar, rules().clocks)
    Recall.objects.bulk_create(
        [
            Recall(
                department_id=department_id,
                listing_id=listing_of(event),
                position=event.position,
                opened_at=now,
                due_on=due_on,
            )
            for department_id, event in withdrawn
        ],
        ignore_conflicts=True,
    )


def listing_of(event: Event) -> int:
    assert event.listing_id is not None  # only an anchor is about none
    return event.listing_id


def lock_head() -> int:
    """The size of the log, which nobody can move until this transaction ends; taken last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM registry_loghead WHERE id = 1 FOR NO KEY UPDATE")
        (size,) = cursor.fetchone()
    return int(size)


def _settle_chunk(department_id: int, now: datetime) -> bool:
    """Whether there is more to do at once."""
    department = Department.objects.get(pk=department_id)
    since, after = department.unsettled_position, department.settled_listing
    if since is None or TellingCursor.objects.get(pk=1).position < since:
        return False
    ids = _next_in_force(after)
    left = settle_each(department_id, ids, now=now)
    left_over.note(department_id, left, LeftDuty.SETTLE)
    # Where its measures changed meanwhile, it begins anew.
    as_it_was = Department.objects.filter(pk=department_id, changes=department.changes, settled_listing=after)
    if len(ids) == CHUNK:
        as_it_was.update(settled_listing=ids[-1])
        return True
    return not as_it_was.update(unsettled_position=None, settled_listing=0)


def settle_each(
    department_id: int, listing_ids: Sequence[int], *, now: datetime, reason: str = MEASURES_CHANGED
) -> list[int]:
    """In one transaction; those that it cannot be done to are left as they are, and returned. Raises as `apart` does."""
    left: list[int] = []
    if listing_ids:
        apart(listing_ids, partial(_settle, department_id, now, reason), left.append)
    return left


def run_out(now: datetime) -> QuerySet[Told]:
    """What a department still has on a measure whose term for the listing was over before today."""
    return Told.objects.filter(ended_position=None, said_until__lt=today(now), listing__state__in=IN_FORCE)


def _follow_chunk(department_id: int, after: int, now: datetime) -> int | None:
    """The last listing of the chunk; None where there was none."""
    over = run_out(now).filter(department_id=department_id, listing_id__gt=after).order_by("listing_id")
    ids = list(over.values_list("listing_id", flat=True)[:CHUNK])
    left = settle_each(department_id, ids, now=now, reason=RAN_OUT)
    left_over.note(department_id, left, LeftDuty.SETTLE)
    return ids[-1] if ids else None


def _next_in_force(after: int) -> list[int]:
    waiting = Listing.objects.filter(state__in=IN_FORCE, pk__gt=after)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:CHUNK])


def _settle(department_id: int, now: datetime, reason: str, listing_ids: Sequence[int]) -> int:
    """The locks first, in their order, and then the decision about each; the number of those that are in force. None is decided
    on measures that are newer than what was walked: once it was, they are settled.
    """
    cursor = TellingCursor.objects.select_for_update().get(pk=1)
    department = Department.objects.select_for_update().get(pk=department_id)
    if department.unsettled_position is not None and cursor.position < department.unsettled_position:
        return 0
    listings = actions.hold_for_addressing(listing_ids)
    _decide(department, listings, now, reason)
    department.save(update_fields=["opened"])
    return len(listings)


def _decide(department: Department, listings: Sequence[Listing], now: datetime, reason: str) -> None:
    day = today(now)
    size, _ = log.head()  # measures change under the telling cursor's lock only, which is held
    lapsing.lapse(day, size + 1)
    measures = [each for each in _measures_of(department) if valid_at(each, size + 1)]
    events = _latest_whole_events(listings)
    spans = _spans(department.pk, listings)
    opening: list[tuple[Event, Said]] = []
    anew: dict[int, Said] = {}
    ending: list[int] = []
    for event in events:
        # Where no measure is left nobody asks what it says: what cannot be opened is withdrawn all the same.
        listing_id, listing = listing_of(event), log.read(event)["listing"] if measures else {}
        span = spans.get(listing_id)
        is_open = span is not None and span.ended_position is None
        begun = span if is_open else None
        fitting = [each for each in measures if allows(each, listing, day) and counts(each, begun, size + 1)]
        said = said_of(fitting, listing)
        if not fitting:
            ending += [listing_id] if is_open else []
        elif span is None:
            opening.append((event, said))
        elif not is_open or Said.by(span) != said:
            anew[listing_id] = said
    say_anew(department.pk, anew, now=now, reason=reason)
    end(department.pk, ending, now=now, reason=reason)
    if opening:
        size = lock_head()
        _tell_opening_set(department.pk, [_opening(department, event, said, size) for event, said in opening])


def _measures_of(department: Department) -> list[Measure]:
    return list(Measure.objects.filter(instrument__department=department).select_related("instrument").order_by("pk"))


def _spans(department_id: int, listings: Sequence[Listing]) -> dict[int, Told]:
    """The last span of each listing."""
    spans = Told.objects.filter(department_id=department_id, listing__in=listings).order_by("first_position")
    return {span.listing_id: span for span in spans}


def _latest_whole_events(listings: Sequence[Listing]) -> list[Event]:
    """For each listing the last event that carries it whole and that the department may be shown, in log order."""
    events = (
        Event.objects.filter(listing__in=listings, type__in=WHOLE, reader=None)
        .order_by("listing_id", "-position")
        .distinct("listing_id")
    )
    return sorted(events.select_related("payload"), key=lambda event: event.position)


def _opening(department: Department, event: Event, said: Said, size: int) -> Told:
    """The next one of the department, whose row is locked: who pulls asks for those after the last it has."""
    department.opened += 1
    return Told(
        department_id=department.pk,
        opening=department.opened,
        listing_id=listing_of(event),
        first_position=event.position,
        decided_position=size + 1,  # later than the last event, as the measure is
        **said._asdict(),
    )


def _tell_opening_set(department_id: int, told: Sequence[Told]) -> None:
    """Through held lanes, behind the cursor, so nothing else waits for it; who pulls asks for it (`opened`)."""
    Told.objects.bulk_create(told)
    owing.reopen(department_id, min(row.first_position for row in told))
    endpoints = Endpoint.objects.filter(department_id=department_id)
    # Where the only lane had failed, these are other lanes to ask, now and not when its time comes.
    endpoints.filter(alone_at__isnull=False).update(next_due=None)
    Held.objects.bulk_create(
        [
            Held(
                endpoint_id=endpoint,
                listing_id=row.listing_id,
                from_position=row.first_position,
                reason=HeldReason.OPENING,
            )
            for endpoint in endpoints.values_list("pk", flat=True)
            for row in told
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(bell.ring, robust=True)
