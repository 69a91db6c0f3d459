"""What is raised between the list of what is due and the purge keeps the listing: it is asked again once it is held."""

from __future__ import annotations

import logging

import pytest
from django.utils import timezone

from sharing.retention import due, purging
from sharing.retention.models import PurgeReport
from tests import cast, objecting, sealing
from tests.purging import over, purged, walk
from tests.test_purge import cause_proposed
from tests.threads import first_paused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("the_court_has_decided")]


def two_that_are_due():
    found = [cast.withdrawn(cast.in_force()), cast.withdrawn(cast.second_in_force())]
    walk()
    return found


def purged_while(work, monkeypatch):
    """``work`` is done once the listings are found, and before they are held."""
    first_paused(monkeypatch, due, "listings", lambda: purging.purge(now=over()), work)


def test_a_listing_is_kept_whole_where_it_is_objected_to_in_that_moment_and_the_other_goes(monkeypatch, caplog):
    listing, other = two_that_are_due()
    raised = []
    with caplog.at_level(logging.INFO, logger="registry"):
        purged_while(lambda: raised.append(objecting.raised(listing)), monkeypatch)
    assert not purged(listing)
    assert sealing.whole(listing).party.person.name == "高䶮"
    assert objecting.fresh(raised[0]).content["words"] == "刑期计算有误，请核对。"
    assert purged(other)
    assert [report.listings for report in PurgeReport.objects.all()] == [1]
    assert f"{listing.number} is not due for purging any more, and stays" in caplog.text


def test_a_listing_is_kept_where_it_is_proposed_in_that_moment_that_another_was_meant(monkeypatch):
    listing, other = two_that_are_due()
    proposed = []
    purged_while(lambda: proposed.append(cause_proposed(listing, now=timezone.now())), monkeypatch)
    assert not purged(listing)
    proposed[0].refresh_from_db()
    assert proposed[0].content["reason"] == "号码录入有误"
    assert purged(other)


def test_what_is_due_in_that_moment_is_purged(monkeypatch):
    listings = two_that_are_due()
    purged_while(lambda: None, monkeypatch)
    assert all(map(purged, listings))
