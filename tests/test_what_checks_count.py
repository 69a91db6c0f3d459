"""Checks count what they say they count: not more, so that nobody is accused, and not less, so that nothing is called in order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.models import AccessRecord, Account, Decision, Event, Listing, Officer, Role
from sharing.audit import checking
from sharing.audit.checks import CHECKS
from sharing.delivery import replay
from sharing.delivery.models import Attempt, Endpoint, Held
from sharing.departments import telling
from tests import auditing, cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]

NOW = cast.NOW
DAY = timedelta(days=1)


def count(code: str, now: datetime = NOW) -> int:
    return checking.count(CHECKS[code], now=now).count


def rows(code: str, now: datetime = NOW) -> list[tuple[Any, ...]]:
    return list(checking.every_row(CHECKS[code], now=now))


# Reading


def test_a_clerk_who_types_the_number_of_somebody_listed_elsewhere_read_nothing_without_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That he typed it is on record; he is shown neither listing nor person, so nobody asks him why."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    listing, stranger = cast.in_force(), cast.stranger()
    decision = actions.enter_decision(cast.judgment(number="（2026）京0108刑初5号"), officer=stranger, now=NOW)
    desk.at_the_desk(stranger).post(reverse("admin:remarks_on_party", args=[decision.pk]), desk.party())
    assert AccessRecord.objects.get(officer=stranger).listing_number == listing.number
    assert count("read-without-reason") == 0


# Drafts


def left(officer: Officer) -> None:
    Account.objects.filter(officer=officer).update(is_active=False)


def colleague() -> Officer:
    return cast.officer("C-HE", Role.CLERK, name="何书记员")


def test_a_draft_that_was_handed_on_is_no_draft_of_who_left() -> None:
    draft = cast.draft()
    actions.hand_over(draft.party.decision_id, colleague(), officer=cast.registrar(), now=NOW)
    left(cast.clerk())
    assert count("drafts-left") == 0


def test_a_draft_is_left_by_whoever_held_it_last() -> None:
    draft = cast.draft()
    actions.hand_over(draft.party.decision_id, colleague(), officer=cast.registrar(), now=NOW)
    left(colleague_of(draft))
    ((number, _court, _at, holder),) = rows("drafts-left")
    assert (number, holder) == (draft.number, "C-HE")


def colleague_of(draft: Listing) -> Officer:
    held_by = cast.fresh(draft).held_by
    assert held_by is not None
    return held_by


def test_a_draft_that_waits_with_nobody_is_left_too() -> None:
    draft = cast.draft()
    Listing.objects.filter(pk=draft.pk).update(held_by=None)
    ((number, _court, _at, holder),) = rows("drafts-left")
    assert (number, holder) == (draft.number, None)


def without_party() -> Decision:
    return actions.enter_decision(cast.judgment(), officer=cast.clerk(), now=NOW)


def test_a_decision_without_a_party_is_left_by_whoever_held_it() -> None:
    """It has no listing by which anybody would find it."""
    decision = without_party()
    assert count("decisions-left") == 0
    left(cast.clerk())
    ((number, _court, _at, holder),) = rows("decisions-left")
    assert (number, holder) == (decision.number, "C-LIN")
    assert count("drafts-left") == 0


def test_one_that_waits_with_nobody_is_left_too() -> None:
    Decision.objects.filter(pk=without_party().pk).update(held_by=None)
    ((_number, _court, _at, holder),) = rows("decisions-left")
    assert holder is None


def test_one_with_a_party_is_found_by_its_draft_alone() -> None:
    cast.draft()
    left(cast.clerk())
    assert (count("drafts-left"), count("decisions-left")) == (1, 0)


# Lanes


@pytest.fixture
def endpoint() -> Endpoint:
    cast.measure(cast.department())
    auditing.in_order()
    telling.walk(now=NOW)
    return cast.add_endpoint(cast.department(), "http://127.0.0.1:8601/webhooks")[0]


def tried(endpoint: Endpoint, at: datetime, status: int) -> None:
    event = Event.objects.get(listing__isnull=False)
    Attempt.objects.create(
        endpoint=endpoint, event=event, started_at=at, elapsed_ms=1, status=status, length=0, content_type=""
    )


def held(endpoint: Endpoint, reason: str, refusals: int) -> None:
    event = Event.objects.get(listing__isnull=False)
    Held.objects.update_or_create(
        endpoint=endpoint,
        listing=event.listing,
        defaults={"from_position": event.position, "refusals": refusals, "reason": reason},
    )


@pytest.mark.parametrize("reason", ["opening", "replay", "refused"])
def test_what_is_refused_for_a_week_is_found_however_its_lane_began(endpoint: Endpoint, reason: str) -> None:
    held(endpoint, reason, refusals=9)
    tried(endpoint, NOW, 422)
    assert count("lanes-held", NOW + 7 * DAY) == 0
    assert count("lanes-held", NOW + 8 * DAY) == 1


def test_an_opening_set_that_nobody_refused_is_held_and_not_refused(endpoint: Endpoint) -> None:
    held(endpoint, "opening", refusals=0)
    assert count("lanes-held", NOW + 800 * DAY) == 0


def test_an_old_event_that_is_refused_since_today_is_not_refused_for_a_week(endpoint: Endpoint) -> None:
    """The endpoint was paused meanwhile: how old the event is says nothing."""
    held(endpoint, "refused", refusals=1)
    today = timezone.now() + 30 * DAY
    tried(endpoint, today, 422)
    assert count("lanes-held", today + DAY) == 0
    assert count("lanes-held", today + 8 * DAY) == 1


def test_what_was_taken_once_and_is_refused_when_it_is_replayed_is_refused_since_then(endpoint: Endpoint) -> None:
    tried(endpoint, NOW, 422)
    tried(endpoint, NOW + DAY, 204)
    Endpoint.objects.update(cursor=Event.objects.count())
    assert replay.replay(endpoint.pk, after=0) == 1
    Held.objects.update(refusals=1)
    tried(endpoint, NOW + 20 * DAY, 422)
    assert count("lanes-held", NOW + 21 * DAY) == 0
    assert count("lanes-held", NOW + 28 * DAY) == 1
