"""While the log is halted nothing is appended and nothing is lost: acts are refused by name, what waits goes on afterwards."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser

from registry import actions, tasks
from registry.checkpoints import guard, signing
from registry.errors import LogHalted
from registry.models import Event, Halt, Import, ImportState, Listing, LogHead, State
from sharing.departments import feed, telling
from tests import asking, cast, importing, logs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


@pytest.fixture
def halt():
    """The guard's disk is away; called again, it is back."""
    logs.sign_all()
    kept = guard.text()

    def change():
        if LogHead.objects.get().halted:
            guard.write(kept)
        else:
            logs.forget_guard()
        signing.sign(now=logs.NOW)
        return LogHead.objects.get().halted

    return change


def test_an_approval_is_refused_and_can_be_done_again(halt):
    listing = cast.submitted()
    assert halt() == Halt.NO_GUARD
    with pytest.raises(LogHalted) as caught:
        cast.approve(listing)
    assert "R-388" in str(caught.value)
    assert cast.fresh(listing).state == State.IN_REVIEW
    assert not Event.objects.exists()
    assert halt() == ""
    cast.approve(listing)
    assert Event.objects.count() == 1


def test_what_the_clock_does_waits(halt):
    listing = cast.in_force()
    halt()
    with pytest.raises(LogHalted):
        actions.expire(now=cast.NOW + timedelta(days=3000))
    assert cast.fresh(listing).state == State.ACTIVE
    halt()
    actions.expire(now=cast.NOW + timedelta(days=3000))
    assert cast.fresh(listing).state == State.WITHDRAWN


def test_an_import_waits_and_is_written_afterwards(halt):
    made = importing.approved(importing.rows(3))
    halt()
    tasks.import_rows()
    assert importing.fresh(made).state == ImportState.WRITING
    assert not Listing.objects.exists()
    halt()
    Import.objects.update(due_at=cast.NOW)
    importing.work()
    assert importing.fresh(made).state == ImportState.DONE
    assert Listing.objects.count() == 3


def test_who_asks_and_who_pulls_is_answered(halt, finance):
    cast.measure(finance)
    cast.in_force()
    halt()
    telling.walk(now=cast.NOW)
    assert len(json.loads(feed.page(finance.pk, 0, 10).as_json())["events"]) == 1
    assert asking.answered().outcome == "listed"
    assert Browser().get("/log/checkpoint").status_code == 200
