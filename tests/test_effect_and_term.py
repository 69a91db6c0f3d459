"""From approval to in force, and to the end of the term, by the calendar and exactly once."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from django.db import OperationalError
from django.urls import reverse

from registry import actions, log
from registry.actions import standing
from registry.errors import DatesOutOfOrder, LookedTooEarly, NotAllowedNow, TermOver
from registry.keys import KeyUnknown
from registry.models import ActRecord, Event, EventType, IdentityDocument, State
from tests import cast, desk

pytestmark = pytest.mark.django_db

BEIJING = timezone(timedelta(hours=8))


def at(year, month, day, hour=10):
    return datetime(year, month, day, hour, tzinfo=BEIJING)


def test_what_waits_for_service_of_the_notice_goes_out_when_it_is_recorded():
    listing = cast.submitted()
    cast.approve(listing)
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    assert not Event.objects.exists()
    actions.record_service(
        [listing.pk],
        served_on=date(2026, 11, 24),
        how="in_court",
        reference="送达回证 118",
        officer=cast.clerk(),
        now=cast.NOW,
    )
    assert cast.fresh(listing).state == State.ACTIVE


MOVED = ["2026-09-14", "2026-09-15", "2026-09-16"]


def waiting(decision, *, of=None, number=cast.DEFENDANT_NUMBER, confirmed=True):
    listing = cast.draft(cast.party(of) if of else None, decision=decision)
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    if confirmed:
        actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing), number)
    return cast.fresh(listing)


def test_a_holiday_that_contradicts_one_certificate_keeps_no_other_listing_from_taking_effect(settings, caplog):
    certified = waiting(cast.entered_decision(cast.judgment(effect_certified_on=date(2026, 9, 15))), confirmed=False)
    other = waiting(
        cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号")),
        of=cast.person(cast.SECOND_NUMBER, "欧阳㛃"), number=cast.SECOND_NUMBER,
    )  # fmt: skip
    settings.REGISTRY_EXTRA_HOLIDAYS = MOVED
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    assert actions.take_effect(now=cast.NOW) == 1
    assert [cast.fresh(each).state for each in (certified, other)] == [State.AWAITING_EFFECT, State.ACTIVE]
    assert certified.number in caplog.text
    page = desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).content.decode()
    assert "its dates contradict each other" in page
    assert "cannot be before" in page
    listing_page = desk.at_the_desk(cast.clerk()).get(reverse("admin:listing", args=[certified.number]))
    assert "cannot be before" in listing_page.content.decode()
    settings.REGISTRY_EXTRA_HOLIDAYS = []
    assert actions.take_effect(now=cast.NOW) == 1


def test_what_cannot_be_put_in_force_keeps_no_other_from_it(settings, caplog):
    broken = waiting(cast.entered_decision())
    others = [
        waiting(
            cast.entered_decision(cast.judgment(number=f"（2026）京0105刑初{serial}号")),
            of=of,
            number=of.documents[0].number,
        )
        for serial, of in (
            (124, cast.person(cast.SECOND_NUMBER, "欧阳㛃")),
            (125, cast.person(cast.APPLICANT_NUMBER, "某甲")),
        )
    ]
    IdentityDocument.at_the_desk.filter(person=broken.party.person).update(number_sealed=b"x" * 60)
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    assert actions.take_effect(now=cast.NOW) == 2
    assert {cast.fresh(each).state for each in others} == {State.ACTIVE}
    assert f"{broken.number} is left as it is: SealBroken" in caplog.text


def test_an_officer_who_makes_dates_contradict_is_told_so_at_once(settings):
    listing = waiting(cast.entered_decision(cast.judgment(effect_certified_on=date(2026, 9, 15))), confirmed=False)
    settings.REGISTRY_EXTRA_HOLIDAYS = MOVED
    with pytest.raises(DatesOutOfOrder):
        actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=cast.NOW)


def test_nothing_leaves_before_the_clerk_confirmed_that_no_appeal_was_filed(notice_waived):
    listing = cast.draft()
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing))
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=cast.NOW)
    assert cast.fresh(listing).state == State.ACTIVE


def test_a_listing_takes_effect_from_its_date_on_once_it_is_confirmed_that_nobody_appealed(notice_waived):
    early = at(2026, 9, 8)
    listing = cast.submitted(now=early)
    cast.approve(listing, now=early)
    assert actions.take_effect(now=at(2026, 9, 14, 23)) == 0
    with pytest.raises(LookedTooEarly):
        actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=at(2026, 9, 14, 23))
    assert actions.take_effect(now=at(2026, 9, 15, 0)) == 0
    actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=at(2026, 9, 15, 0))
    assert actions.take_effect(now=at(2026, 9, 15, 0)) == 0
    (event,) = Event.objects.all()
    assert event.type == EventType.PUBLISHED
    assert log.read(event)["listing"]["decision"]["effective_on"] == "2026-09-15"


def test_one_appeal_holds_every_party_of_the_decision(notice_waived):
    early = at(2026, 9, 8)
    first = cast.submitted(now=early)
    second = cast.submitted(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), now=early)
    cast.approve(cast.fresh(first), now=early)
    cast.approve(cast.fresh(second), number=cast.SECOND_NUMBER, now=early)
    actions.hold(
        second.pk, appealed_on=date(2026, 9, 10), officer=cast.clerk(), now=at(2026, 9, 10), reason="appeal received"
    )
    assert {cast.fresh(first).state, cast.fresh(second).state} == {State.DRAFT}
    assert cast.fresh(first).approved_by is None
    assert actions.take_effect(now=at(2026, 12, 1)) == 0


def test_the_last_receipt_decides_for_everyone(notice_waived):
    early = at(2026, 9, 8)
    first = cast.submitted(now=early)
    cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), received_on=date(2026, 9, 8)), now=early)
    cast.approve(cast.fresh(first), now=early)
    assert actions.take_effect(now=at(2026, 9, 16)) == 0
    assert cast.fresh(first).effective_on == date(2026, 9, 19)
    assert actions.take_effect(now=at(2026, 9, 19)) == 0, "nobody has confirmed yet that no appeal was filed"
    actions.confirm_no_appeal([first.pk], officer=cast.clerk(), now=at(2026, 9, 19))
    assert cast.fresh(first).state == State.ACTIVE


def test_a_listing_ends_on_the_day_after_its_last_in_the_courts_time_zone(notice_waived):
    listing = cast.in_force()
    last = listing.ends_on
    assert actions.expire(now=datetime.combine(last, datetime.max.time(), BEIJING)) == 0
    midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), BEIJING)
    assert actions.expire(now=midnight) == 1
    assert cast.fresh(listing).state == State.WITHDRAWN


def test_a_listing_that_cannot_be_ended_keeps_no_other_listed(notice_waived, monkeypatch, caplog):
    stuck, other = cast.in_force(), cast.second_in_force()
    perform = standing.perform

    def fail(name, listings, **options):
        if stuck in listings:
            raise ValueError(cast.DEFENDANT_NUMBER)
        return perform(name, listings, **options)

    monkeypatch.setattr(standing, "perform", fail)
    assert actions.expire(now=at(2040, 1, 1)) == 1
    assert [cast.fresh(each).state for each in (stuck, other)] == [State.ACTIVE, State.WITHDRAWN]
    assert f"{stuck.number} is left as it is: ValueError" in caplog.text
    assert cast.DEFENDANT_NUMBER not in caplog.text


def test_where_the_database_or_a_key_is_missing_no_listing_is_blamed(notice_waived, monkeypatch):
    cast.in_force()
    for missing in (OperationalError("gone"), KeyUnknown("version 2")):

        def fail(*args, missing=missing, **options):
            raise missing

        monkeypatch.setattr(standing, "perform", fail)
        with pytest.raises(type(missing)):
            actions.expire(now=at(2040, 1, 1))


def test_after_a_week_of_downtime_a_term_still_ends_once(notice_waived):
    listing = cast.in_force()
    late = datetime.combine(listing.ends_on + timedelta(days=8), datetime.min.time(), BEIJING)
    assert actions.expire(now=late) == 1
    assert actions.expire(now=late) == 0
    assert Event.objects.filter(type=EventType.WITHDRAWN).count() == 1


def test_what_is_over_is_not_listed_any_more(notice_waived):
    old = cast.judgment(
        number="（2018）京0105刑初9号",
        filed_on=date(2018, 3, 1),
        pronounced_on=date(2018, 9, 3),
        prosecutor_received_on=date(2018, 9, 4),
    )
    decision = cast.entered_decision(old)
    party = cast.party(
        offence_dates=(date(2017, 5, 6),), received_on=date(2018, 9, 4), sentence_months=6, prohibitions=()
    )
    listing = cast.draft(party, decision=decision)
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(TermOver):
        cast.approve(cast.fresh(listing))


def test_every_act_is_on_record_with_its_officer(notice_waived):
    listing = cast.in_force()
    acts = [(row.act, row.officer and row.officer.staff_number) for row in ActRecord.objects.order_by("recorded_at")]
    assert acts == [
        ("enter", "C-LIN"),
        ("submit", "C-LIN"),
        ("confirm_no_appeal", "C-LIN"),
        ("approve", "J-ZHAO"),
        ("take_effect", None),
    ]
    with pytest.raises(NotAllowedNow):
        actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)


def test_what_is_over_is_not_put_in_force_again_though_the_clock_has_not_ended_it_yet(notice_waived):
    listing = cast.in_force()
    actions.suspend([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="retrial")
    last = at(listing.ends_on.year, listing.ends_on.month, listing.ends_on.day, hour=23)
    after = last + timedelta(hours=2)
    said = {"against_version": 2, "officer": cast.clerk(), "reason": "upheld"}
    with pytest.raises(TermOver):
        actions.propose(listing.pk, "reinstate", now=after, **said)
    proposal = actions.propose(listing.pk, "reinstate", now=last, **said)
    with pytest.raises(TermOver):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=after)
    assert actions.expire(now=after) == 1
    assert [row.type for row in Event.objects.order_by("position")][-2:] == [EventType.SUSPENDED, EventType.WITHDRAWN]
