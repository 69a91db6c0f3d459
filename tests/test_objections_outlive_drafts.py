"""An objection about a listing that goes back to draft is no hindrance: the draft is destroyed, the objection stays."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from registry import actions
from registry.models import Listing
from sharing.persons.models import Objection, ObjectionState
from sharing.persons.objections import deciding
from tests import cast, desk, objecting, sealing

pytestmark = pytest.mark.django_db


def waiting_listing():
    """Approved and served; whether somebody appealed is not known yet."""
    listing = cast.draft(cast.party(received_on=date(2026, 11, 20)))
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing))
    actions.record_service(
        [listing.pk], served_on=cast.NOW.date(), how="in_court", reference="117", officer=cast.clerk(), now=cast.NOW
    )
    return cast.fresh(listing)


def held_with_an_objection(listing):
    """Approved, objected to while it waited, and back at the desk because of an appeal."""
    found = objecting.raised(listing)
    actions.hold(
        listing.pk, appealed_on=date(2026, 9, 10), officer=cast.clerk(), now=cast.NOW, reason="appeal received"
    )
    return found


def at_the_end_of_the_transaction():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_draft_is_discarded_after_an_appeal_and_its_objection_ends_as_one_about_none():
    listing = waiting_listing()
    found = held_with_an_objection(listing)
    actions.discard([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="acquitted by the second instance")
    at_the_end_of_the_transaction()
    assert objecting.fresh(found).listing is None
    page = desk.at_the_desk(cast.registrar()).get(f"/desk/sharing/objections/{found.number}/")
    assert page.status_code == 200
    ended = deciding.refuse(found.number, officer=cast.registrar(), now=cast.NOW, reason="the draft is gone")
    assert ended.state == ObjectionState.REFUSED


def test_whoever_turns_out_to_have_been_a_child_is_sealed_and_his_drafts_go_in_spite_of_an_objection():
    waiting = waiting_listing()
    found = held_with_an_objection(waiting)
    second = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    standing = cast.draft(decision=second)
    cast.put_in_force(standing)
    actions.record_service(
        [standing.pk], served_on=cast.NOW.date(), how="in_court", reference="118", officer=cast.clerk(), now=cast.NOW
    )
    sealing.found_young(cast.fresh(standing))
    at_the_end_of_the_transaction()
    assert not Listing.including_sealed.filter(pk=waiting.pk).exists()
    assert sealing.whole(standing).sealed_at == cast.NOW
    assert objecting.fresh(found).listing is None


def take_its_listing_away(found):
    Objection.objects.filter(pk=found.pk).update(listing=None)
    at_the_end_of_the_transaction()


def test_as_long_as_the_listing_stands_the_objection_stays_with_it():
    found = objecting.raised(waiting_listing())
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        take_its_listing_away(found)
    other = cast.second_in_force()
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Objection.objects.filter(pk=found.pk).update(listing=other)


def test_only_whoever_is_not_the_one_begins_without_a_listing():
    found = objecting.raised(waiting_listing())
    found.pk, found.listing, found.form_key = "O-2026-999999", None, "another form"
    with pytest.raises(DatabaseError, match="about no listing"), transaction.atomic():
        found.save(force_insert=True)
