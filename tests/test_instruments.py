"""A sharing instrument's end: warned of, paused, renewed; and nobody who holds a listing is left with an old one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from registry.errors import DatesOutOfOrder, FourEyes, HighCourtRegistrarNeeded
from registry.models.insert_only import InsertOnlyError
from sharing.delivery import reading
from sharing.delivery.models import Told
from sharing.departments import instruments, prospects, telling
from sharing.departments.models import Recall, Renewal
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
ENDS = date(2029, 1, 4)


def at_nine(day):
    return datetime.combine(day, time(9), timezone.get_current_timezone())


def watch(day):
    mail.outbox.clear()
    instruments.watch(now=at_nine(day))
    return len(mail.outbox)


def expired(department):
    watch(ENDS + timedelta(days=1))
    return department.instruments.get()


def renewed(instrument, *, expires_on=date(2032, 1, 4), **changes):
    officers = {"entered_by": cast.high_court_registrar(), "approved_by": cast.second_high_court_registrar()}
    return instruments.renew(instrument, expires_on=expires_on, now=cast.NOW, **{**officers, **changes})


def told(department):
    telling.walk(now=cast.NOW)
    return [each.type for each in reading.after(department.pk, 0, reading.telling_position())]


def test_it_is_warned_of_sixty_days_before_and_once(finance):
    assert [watch(ENDS - timedelta(days=61)), watch(ENDS - timedelta(days=60)), watch(ENDS)] == [0, 1, 0]


def test_the_warning_says_what_ends_and_when(finance):
    watch(ENDS)
    (message,) = mail.outbox
    assert "京高法共享〔2026〕1号" in message.subject
    assert "2029-01-04" in message.body


def test_a_warning_that_cannot_be_sent_is_tried_again(finance, monkeypatch):
    def refused(message):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", refused)
        assert watch(ENDS) == 0
    assert watch(ENDS) == 1


def test_its_last_day_is_still_a_day(finance):
    watch(ENDS)
    assert finance.instruments.get().lapsed_position is None


def test_when_it_has_expired_no_further_listing_is_told(finance):
    expired(finance)
    cast.in_force()
    assert told(finance) == []


def test_who_holds_a_listing_hears_of_its_changes_and_its_withdrawal(finance):
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    expired(finance)
    cast.corrected(listing, fine_yuan=1)
    cast.withdrawn(cast.fresh(listing))
    assert told(finance) == ["listing.published", "listing.corrected", "listing.withdrawn"]
    assert Recall.objects.count() == 1


def test_what_was_decided_before_it_expired_is_told(finance):
    cast.in_force()
    expired(finance)
    assert told(finance) == ["listing.published"]


def test_a_change_of_measures_meanwhile_begins_nothing(finance):
    expired(finance)
    cast.in_force()
    telling.walk(now=cast.NOW)
    cast.measure(finance, code="watch", facts=())
    assert told(finance) == []


def test_a_renewal_brings_what_was_missed(finance):
    instrument = expired(finance)
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    renewal = renewed(instrument)
    assert told(finance) == ["listing.published"]
    assert Told.objects.get().listing_id == listing.pk
    instrument.refresh_from_db()
    assert (instrument.expires_on, instrument.lapsed_position) == (renewal.expires_on, None)
    cast.second_in_force()
    assert told(finance) == ["listing.published"] * 2


def test_it_is_renewed_by_two_registrars_of_the_high_court_to_a_later_day(finance):
    instrument = finance.instruments.get()
    one = cast.high_court_registrar()
    with pytest.raises(FourEyes):
        renewed(instrument, entered_by=one, approved_by=one)
    with pytest.raises(HighCourtRegistrarNeeded):
        renewed(instrument, approved_by=cast.clerk())
    with pytest.raises(DatesOutOfOrder):
        renewed(instrument, expires_on=ENDS)
    assert not Renewal.objects.exists()


def test_a_renewal_is_written_once(finance):
    renewal = renewed(finance.instruments.get())
    with pytest.raises(InsertOnlyError):
        renewal.delete()


def test_the_desk_says_that_the_instrument_has_expired(finance):
    expired(finance)
    (prospect,) = prospects.prospects(cast.in_force())
    assert (prospect.allows, prospect.missing) == ([], [prospects.LAPSED])
