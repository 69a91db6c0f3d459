"""A sharing instrument's end: warned of, paused, renewed; and nobody who holds a listing is left with an old one."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from registry.errors import DatesOutOfOrder, FourEyes, HighCourtRegistrarNeeded
from registry.models.insert_only import InsertOnlyError
from sharing.audit.promises import checking
from sharing.delivery import reading
from sharing.delivery.models import Told
from sharing.departments import feed, instruments, joining, measures, previews, prospects, telling
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


# What happens on the day after comes before any clock has looked, and one that stands still looks at nothing

THE_DAY_AFTER = at_nine(ENDS + timedelta(days=1))


def test_what_comes_into_force_on_the_day_after_is_told_to_nobody_before_the_clock_has_looked(finance):
    before = cast.in_force()
    cast.second_in_force(now=THE_DAY_AFTER)
    telling.walk(now=THE_DAY_AFTER)
    assert Told.objects.get().listing_id == before.pk
    assert finance.instruments.get().lapsed_position == 2, "from the first event of that day on"
    watch(ENDS + timedelta(days=1))
    assert finance.instruments.get().lapsed_position == 2


def test_a_measure_opened_on_the_day_after_begins_nothing_before_the_clock_has_looked(finance):
    cast.in_force(cast.party(article="CL 287-1", charge="CL 287-1"))
    telling.walk(now=cast.NOW)
    officers = {"entered_by": cast.high_court_registrar(), "approved_by": cast.second_high_court_registrar()}
    terms = measures.MeasureTerms(code="watch", name="关注", basis="办法", articles=("CL 287-1",))
    measures.open_measure(finance.instruments.get(), terms, now=THE_DAY_AFTER, **officers)
    assert not Told.objects.exists()


def test_who_holds_a_listing_hears_of_it_on_the_day_after_as_before(finance):
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.withdrawn(listing, now=THE_DAY_AFTER)
    telling.walk(now=THE_DAY_AFTER)
    assert [each.type for each in reading.after(finance.pk, 0, 9)] == ["listing.published", "listing.withdrawn"]


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


# Another instrument of the department goes on


def informed_on_another(department):
    """It is informed of the same listings on a second instrument, which ends later; the measure."""
    officers = {"entered_by": cast.high_court_registrar(), "approved_by": cast.second_high_court_registrar()}
    another = joining.register_instrument(
        department, number="京高法共享〔2026〕2号", signed_on=date(2026, 1, 5), expires_on=date(2032, 1, 4), **officers
    )
    terms = measures.MeasureTerms(code="information", information_only=True, articles=("CL 253-1",))
    return measures.open_measure(another, terms, now=cast.NOW, **officers)


def read(department):
    """What it may do, and whether it sees the number, by each event that it was told."""
    telling.walk(now=cast.NOW)
    said = [json.loads(each)["data"] for each in feed.page(department.pk, 0, 100).items]
    return [(each["measures"], "number" in each["event"]["listing"]["person"]["documents"][0]) for each in said]


def test_a_further_listing_is_told_on_the_other_instrument_alone(finance):
    informed_on_another(finance)
    watch(ENDS + timedelta(days=1))
    listing = cast.in_force()
    (prospect,) = prospects.prospects(listing)
    assert prospect.allows == [prospects.INFORMED]
    assert read(finance) == [("information_only", False)]
    cast.corrected(listing, fine_yuan=1)
    assert read(finance) == [("information_only", False)] * 2
    measures.carry_through(finance.pk, cast.NOW)
    assert len(read(finance)) == 2, "and nothing is told anew"
    assert not checking.check().counts


def test_what_was_told_before_goes_on_to_rest_on_both(finance):
    informed_on_another(finance)
    listing = cast.in_force()
    (before,) = read(finance)
    watch(ENDS + timedelta(days=1))
    cast.corrected(listing, fine_yuan=1)
    assert read(finance) == [before, before]
    assert (before[0][0]["code"], before[1]) == ("limit-accounts", True)


def test_an_opening_set_told_right_before_it_expired_goes_on():
    department = cast.department()
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.measure(department)
    expired(department)
    cast.corrected(listing, fine_yuan=1)
    assert told(department) == ["listing.published", "listing.corrected"]
    assert not Recall.objects.exists()


def test_where_the_other_one_ends_what_was_told_on_it_alone_is_withdrawn_and_the_registrars_see_it_before(finance):
    kept = cast.second_in_force()
    other = informed_on_another(finance)
    telling.walk(now=cast.NOW)
    watch(ENDS + timedelta(days=1))
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    seen = previews.of_ending(other)
    assert seen.first_withdrawn == [listing.number]
    cast.ended(other)
    assert Recall.objects.get().listing_id == listing.pk
    assert Told.objects.get(ended_position=None).listing_id == kept.pk


def test_that_nothing_was_told_while_it_had_expired_is_no_finding(finance):
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    instrument = expired(finance)
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    assert not checking.check().counts
    cast.corrected(listing, fine_yuan=1)
    telling.walk(now=cast.NOW)
    renewed(instrument)
    assert told(finance) == ["listing.published", "listing.corrected"], "what it missed comes as it is now"
    assert not checking.check().counts, "nor is it one later on"


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
