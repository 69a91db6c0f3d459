"""By a clock that is far from the database's nothing takes effect, ends or is destroyed; by one that drifts everything does."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from config.celery import app
from registry import agreed_time, tasks
from registry.agreed_time import ClocksDiffer
from registry.models import Listing, State
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
TRUE = time.time
IRREVERSIBLE = (
    "registry.take_effect",
    "registry.expire",
    "registry.destroy_imports",
    "registry.forget_pasted",
    "sharing.purge",
    "sharing.forget_records",
    "sharing.partitions",
    "sharing.call_in",
    "sharing.monitor",
    "sharing.destroy_batches",
    "sharing.tidy_campaigns",
    "sharing.registrations",
    "sharing.destroy_packs",
    "sharing.watch_instruments",
    "sharing.forget_identities",
    "sharing.end_passkeys",
    "sharing.question_mails",
)


@pytest.fixture(autouse=True)
def every_task_is_known():
    app.loader.import_default_modules()


@pytest.fixture
def set_ahead(monkeypatch):
    """This host's clock, the database's stays."""

    def by(ahead: timedelta) -> None:
        shifted = timezone.now() + ahead
        monkeypatch.setattr("registry.agreed_time.time.time", lambda: TRUE() + ahead.total_seconds())
        monkeypatch.setattr(timezone, "now", lambda: shifted)

    return by


@pytest.mark.parametrize("years", [10, -10])
def test_a_host_whose_clock_is_years_away_ends_no_listing(set_ahead, years):
    listing = cast.in_force()
    set_ahead(timedelta(days=365 * years))
    with pytest.raises(ClocksDiffer, match="from the database's"):
        tasks.expire()
    assert Listing.objects.get(pk=listing.pk).state == State.ACTIVE


@pytest.mark.parametrize("name", IRREVERSIBLE)
def test_what_nobody_can_take_back_waits_until_the_clocks_agree(set_ahead, name):
    set_ahead(timedelta(hours=2))
    with pytest.raises(ClocksDiffer):
        app.tasks[name]()


@pytest.mark.parametrize("name", IRREVERSIBLE)
def test_a_clock_that_drifts_keeps_nothing_from_its_end(set_ahead, name):
    set_ahead(timedelta(minutes=50))
    app.tasks[name]()


def test_the_moment_is_that_of_this_host():
    before = timezone.now()
    assert before <= agreed_time.moment() <= timezone.now()
