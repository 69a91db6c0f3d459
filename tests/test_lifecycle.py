"""The whole way of one listing through the table, and who is refused at each door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from registry import actions, log
from registry.errors import (
    AnotherCourt,
    ChangedMeanwhile,
    FourEyes,
    IdentityMismatch,
    NotAllowedNow,
    ReasonNeeded,
    WrongRole,
)
from registry.models import Event, EventType, Listing, State
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.usefixtures("notice_waived")]


def test_it_works():
    listing = cast.in_force()
    assert listing.state == State.ACTIVE
    (event,) = Event.objects.all()
    assert (event.position, event.type, event.version) == (1, EventType.PUBLISHED, 1)
    told = log.read(event)["listing"]
    assert told["number"] == listing.number
    assert told["person"]["documents"] == [{"type": "resident_id", "number": cast.DEFENDANT_NUMBER}]
    assert told["decision"]["effective_on"] == "2026-09-15"
    assert told["ends_on"] == listing.ends_on.isoformat()


def test_who_entered_it_may_not_approve_it():
    listing = cast.submitted()
    with pytest.raises(WrongRole):
        cast.approve(listing, by=cast.clerk())
    clerk = cast.clerk()
    clerk.role = "judge"
    clerk.save()
    with pytest.raises(FourEyes):
        cast.approve(listing, by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.filter(pk=listing.pk).update(approved_by=clerk)


def test_a_number_typed_differently_sends_the_draft_back():
    listing = cast.submitted()
    with pytest.raises(IdentityMismatch):
        cast.approve(listing, number=cast.SECOND_NUMBER)
    assert cast.fresh(listing).state == State.DRAFT
    assert not Event.objects.exists()


def test_what_was_approved_is_what_was_shown():
    listing = cast.draft()
    actions.amend_party(
        listing.pk, cast.party(fine_yuan=30_000), revision=listing.revision, officer=cast.clerk(), now=cast.NOW
    )
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(ChangedMeanwhile):
        cast.approve(listing)


def test_an_officer_of_another_court_is_refused():
    listing = cast.in_force()
    with pytest.raises(AnotherCourt):
        actions.suspend([listing.pk], officer=cast.stranger(), now=cast.NOW, reason="identity doubt")


def test_one_officer_stops_and_two_start_again():
    listing = cast.in_force()
    actions.suspend([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="identity doubt")
    listing = cast.fresh(listing)
    assert listing.state == State.SUSPENDED
    proposal = actions.propose(
        listing.pk, "reinstate", against_version=2, officer=cast.registrar(), now=cast.NOW, reason="doubt resolved"
    )
    with pytest.raises(FourEyes):
        actions.carry_out(proposal.pk, officer=cast.registrar(), now=cast.NOW)
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert cast.fresh(listing).state == State.ACTIVE
    assert [event.type for event in Event.objects.all()] == [
        "listing.published",
        "listing.suspended",
        "listing.reinstated",
    ]


def test_every_withdrawal_says_the_same():
    listing = cast.withdrawn(cast.in_force())
    assert listing.state == State.WITHDRAWN
    event = Event.objects.get(type=EventType.WITHDRAWN)
    assert log.read(event)["listing"] == {"number": listing.number, "version": 2}
    with pytest.raises(NotAllowedNow):
        actions.suspend([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="identity doubt")


def test_a_correction_replaces_and_tells_the_whole_listing():
    listing = cast.in_force()
    proposal = actions.propose(
        listing.pk,
        "correct",
        against_version=1,
        officer=cast.clerk(),
        now=cast.NOW,
        reason="spelling of the name",
        ground="（2026）京0105刑初123号之一",
        changes={"name": "高龑"},
    )
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    event = Event.objects.get(type=EventType.CORRECTED)
    assert log.read(event)["listing"]["person"]["name"] == "高龑"
    assert log.read(event)["listing"]["version"] == 2


# What was approved and waits


def waiting(settings):
    """Approved, and not served yet."""
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = cast.submitted()
    cast.approve(listing)
    return cast.fresh(listing)


@pytest.mark.parametrize("who", [cast.clerk, cast.judge, cast.registrar, cast.high_court_registrar])
def test_what_waits_is_stopped_by_an_officer_without_an_appeal_and_never_goes_out(settings, who):
    listing = waiting(settings)
    actions.stop([listing.pk], officer=who(), now=cast.NOW, reason="the person listed is somebody else")
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    assert actions.take_effect(now=cast.NOW + timedelta(days=400)) == 0
    listing = cast.fresh(listing)
    assert (listing.state, listing.approved_by, listing.no_appeal_confirmed_at) == (State.DRAFT, None, None)
    assert (listing.notice_served_on, listing.party.appealed_on) == (None, None)
    assert listing.returned_because == "the person listed is somebody else"
    assert not Event.objects.exists()
    actions.discard([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="another person")


def test_it_is_stopped_with_a_reason_by_nobody_else_and_only_while_it_waits(settings):
    listing = waiting(settings)
    with pytest.raises(ReasonNeeded):
        actions.stop([listing.pk], officer=cast.clerk(), now=cast.NOW, reason=" ")
    with pytest.raises(AnotherCourt):
        actions.stop([listing.pk], officer=cast.stranger(), now=cast.NOW, reason="not mine")
    actions.stop([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="another person")
    with pytest.raises(NotAllowedNow):
        actions.stop([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="once more")
