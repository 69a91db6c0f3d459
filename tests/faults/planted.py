"""Defects planted on purpose, each one line: a check that has never failed proves nothing.

Each says where it must be caught: in the play that the checker judges, or among the random lives of the lanes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from registry import log
from registry.models import Event
from sharing.delivery import envelope, reading, saving
from sharing.delivery.lane import Lane
from sharing.delivery.lanes import Lanes
from sharing.delivery.meant import Meant
from sharing.delivery.models import TellingCursor
from sharing.departments import telling

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Defect:
    """``caught``: what the check that turns red says."""

    name: str
    plant: Callable[[Patch], None]
    caught: str
    in_lanes: bool = False


def cursor_moved_before_send(patch: Patch) -> None:
    patch.setattr(Lanes, "cursor", property(lambda self: self.scanned))


def sorted_backwards(patch: Patch) -> None:
    after_each = reading.after_each
    patch.setattr(reading, "after_each", lambda asked: [found[::-1] for found in after_each(asked)])


def newest_first(patch: Patch) -> None:
    patch.setattr(Lane, "candidate", lambda lane: None if lane.in_flight or not lane.queue else lane.queue[-1])


def repeat_with_a_new_body(patch: Patch) -> None:
    """By the clock: processes that are forked would count alike."""
    body = envelope.body

    def new_body(event: Meant, payload: Any, *, endpoint: str = "") -> bytes:
        return body(event._replace(previous=time.monotonic_ns()), payload, endpoint=endpoint)

    patch.setattr(envelope, "body", new_body)


def measures_of_today(patch: Patch) -> None:
    body = envelope.body
    now = {"code": "now", "article": "", "until": None}

    def todays(event: Meant, payload: Any, *, endpoint: str = "") -> bytes:
        return body(event._replace(measures=[{**now, "until": str(time.monotonic_ns())}]), payload, endpoint=endpoint)

    patch.setattr(envelope, "body", todays)


def stub_not_used(patch: Patch) -> None:
    patch.setattr(Meant, "is_stub", property(lambda self: False))


def withdrawn_ignored_at_hand(patch: Patch) -> None:
    patch.setattr(Lane, "silence", lambda lane, withdrawn_at: None)


def telling_cursor_outside_the_transaction(patch: Patch) -> None:
    def walk(*, now: Any) -> int:
        cursor = TellingCursor.objects.get()
        events = list(Event.objects.filter(position__gt=cursor.position).select_related("payload"))
        TellingCursor.objects.update(position=max([cursor.position, *(event.position for event in events)]))
        if events:
            with transaction.atomic():
                telling._decide_all(events, now)
        return len(events)

    patch.setattr(telling, "walk", walk)


def held_lanes_not_saved(patch: Patch) -> None:
    nothing = (
        "SELECT WHERE (%s::text, %s::bigint, %s::bigint, %s::bigint[], %s::int, %s::float, %s::text, %s::bool) IS NULL"
    )
    patch.setattr(saving, "_HELD", nothing)


def attempts_say_success(patch: Patch) -> None:
    patch.setattr(Lanes, "failed", lambda lanes, event, *, pause: lanes.succeeded(event))


def positions_with_a_gap(patch: Patch) -> None:
    advance = log._advance_head
    patch.setattr(log, "_advance_head", lambda count: (advance(count + 1)[0] + 1, 1))


def commitment_without_its_salt(patch: Patch) -> None:
    commit = log.commitment
    patch.setattr(log, "commitment", lambda salt, body: commit(b"", body))


def told_one_event_late(patch: Patch) -> None:
    meant = reading._MEANT.replace("e.position >= t.first_position", "e.position > t.first_position")
    patch.setattr(reading, "_IN_A_ROW", meant.format(said=reading._SAID, previous="0") + " ORDER BY e.position")


def refused_without_another_success(patch: Patch) -> None:
    failed = Lanes.failed

    def at_once(lanes: Lanes, event: Meant, *, pause: float | None = None) -> None:
        lanes.failed_before.add(event.position)
        lanes._alive = True
        failed(lanes, event, pause=pause)

    patch.setattr(Lanes, "failed", at_once)


def refused_lane_stays_due(patch: Patch) -> None:
    refuse = Lane.refuse

    def still_due(lane: Lane, pause: float | None = None) -> None:
        refuse(lane, pause)
        lane.due = True

    patch.setattr(Lane, "refuse", still_due)


def two_posts_of_a_lane(patch: Patch) -> None:
    def forgetful(lane: Lane) -> Meant | None:
        return lane.queue[0] if lane.queue and lane.due and not lane.suspect else None

    patch.setattr(Lane, "candidate", forgetful)


def always_the_oldest_probed(patch: Patch) -> None:
    patch.setattr(Lanes, "_another", lambda lanes, events: events[0] if events else None)


DEFECTS = [
    Defect("cursor moved before send", cursor_moved_before_send, "I1"),
    Defect("events sorted backwards", sorted_backwards, "I2"),
    Defect("a repeat makes a new body", repeat_with_a_new_body, "I3"),
    Defect("measures of today on a repeat", measures_of_today, "I3"),
    Defect("stub not used", stub_not_used, "silence"),
    Defect("telling cursor moved outside the transaction", telling_cursor_outside_the_transaction, "I1"),
    Defect("held lanes not saved", held_lanes_not_saved, "I1"),
    Defect("a failure taken for success", attempts_say_success, "I1"),
    Defect("positions with a gap", positions_with_a_gap, "I5"),
    Defect("commitment without its salt", commitment_without_its_salt, "I4"),
    Defect("told one event late", told_one_event_late, "I1"),
    Defect("cursor moved before send, in lanes", cursor_moved_before_send, "passed an event", in_lanes=True),
    Defect("newest version first", newest_first, "out of turn|two posts", in_lanes=True),
    Defect("refused without another success", refused_without_another_success, "held although", in_lanes=True),
    Defect("a refused lane stays due", refused_lane_stays_due, "again and again|without end", in_lanes=True),
    Defect("two posts of a lane at once", two_posts_of_a_lane, "two posts", in_lanes=True),
    Defect("always the oldest is probed", always_the_oldest_probed, "never arrived", in_lanes=True),
    Defect("a withdrawal at hand is ignored", withdrawn_ignored_at_hand, "disclosed", in_lanes=True),
]
