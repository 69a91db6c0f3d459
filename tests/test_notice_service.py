"""Evidence of service: how, when and what proves it; until when the listing waits; and what may be put right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, models, transaction
from django.urls import reverse
from django.utils.translation import override

from registry import actions, assessment, waiting
from registry.entries import DocumentEntry
from registry.errors import (
    AnotherCourt,
    DatesOutOfOrder,
    FieldMissing,
    NotAllowedNow,
    ServedBeforeApproval,
    ServiceReferenceIsPersonal,
    ServiceReferenceNeeded,
    ServiceStands,
    WrongRole,
)
from registry.lifecycle import ACTS
from registry.models import ActRecord, NoticeService, State
from registry.terms import service
from registry.terms.rules import rules_from_settings
from sharing.persons.notices import issuing
from tests import cast, desk, noticing

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
APPROVED = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
WAIVER = "2026-11-24 tests: service in court is presumed"


def record(listing, how="in_court", on=TODAY, reference="送达回证 118", officer=None, now=cast.NOW):
    actions.record_service(
        [listing.pk], served_on=on, how=how, reference=reference, officer=officer or cast.clerk(), now=now
    )
    return cast.fresh(listing)


def test_it_works():
    listing = record(noticing.approved(now=APPROVED), "by_post", date(2026, 11, 20), "EMS 1059 1234 5678")
    assert (listing.state, listing.notice_served_on) == (State.ACTIVE, date(2026, 11, 20))
    kept = NoticeService.standing(listing.number)
    assert (kept.how, kept.done_on, kept.reference) == ("by_post", date(2026, 11, 20), "EMS 1059 1234 5678")
    assert kept.officer == cast.clerk()
    assert b"EMS" not in bytes(kept.reference_sealed)


# The notice is issued on approval


def test_what_was_served_before_the_approval_was_not_the_notice():
    listing = noticing.approved(now=APPROVED)
    with pytest.raises(ServedBeforeApproval) as refused:
        record(listing, on=date(2026, 11, 18))
    assert (refused.value.field, refused.value.facts["day"]) == ("served_on", "2026-11-19")
    assert record(listing, on=date(2026, 11, 19)).state == State.ACTIVE


def test_what_was_served_before_a_listing_was_stopped_does_not_count_once_it_is_approved_again():
    listing = record(noticing.approved(now=APPROVED), "public_notice", date(2026, 11, 20))
    actions.stop([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="the sentence is wrong")
    listing = cast.put_in_force(cast.fresh(listing))
    with pytest.raises(ServedBeforeApproval):
        record(listing, on=date(2026, 11, 20))
    assert cast.fresh(listing).state == State.AWAITING_EFFECT


def test_the_day_of_the_approval_is_that_of_the_courts_clock():
    listing = noticing.approved(now=datetime(2026, 11, 23, 16, 30, tzinfo=UTC))  # half past midnight in Beijing
    with pytest.raises(ServedBeforeApproval):
        record(listing, on=date(2026, 11, 23))
    assert record(listing, on=TODAY).state == State.ACTIVE


# A public notice


def test_what_was_published_counts_thirty_days_later_and_the_listing_waits_until_then():
    listing = record(
        noticing.approved(now=APPROVED), "public_notice", date(2026, 11, 20), "人民法院报公告 2026-1120-07"
    )
    assert (listing.state, listing.notice_served_on) == (State.AWAITING_EFFECT, date(2026, 12, 20))
    day = datetime(2026, 12, 20, tzinfo=UTC)
    assert actions.take_effect(now=day - timedelta(days=1)) == 0
    assert actions.take_effect(now=day) == 1
    assert cast.fresh(listing).state == State.ACTIVE


def test_why_it_waits_is_said_with_the_article():
    listing = record(noticing.approved(now=APPROVED), "public_notice", date(2026, 11, 20))
    with override("en"):
        (wait,) = waiting.waits(listing, TODAY)
        assert str(wait.text) == (
            "The notice was published on 20 November 2026 and counts as served when 30 days are over, on 20 December 2026 "
            "(Civil Procedure Law, art. 95)."
        )
    assert waiting.goes_out_on([wait]) == date(2026, 12, 20)


def test_the_days_are_the_courts_setting_and_what_was_recorded_before_keeps_its_own(settings):
    settings.REGISTRY_PUBLIC_NOTICE_DAYS = 60
    listing = record(noticing.approved(now=APPROVED), "public_notice", date(2026, 11, 20))
    settings.REGISTRY_PUBLIC_NOTICE_DAYS = 30
    assert listing.notice_served_on == date(2027, 1, 19)
    with override("en"):
        assert "60 days" in str(waiting.why_served(listing))
    settings.REGISTRY_PUBLIC_NOTICE_DAYS = -1
    with pytest.raises(ImproperlyConfigured, match="REGISTRY_PUBLIC_NOTICE_DAYS"):
        rules_from_settings()


@pytest.mark.parametrize("how", ["in_court", "by_post"])
def test_otherwise_the_day_is_the_day(how):
    found = service(how=how, done_on=TODAY, public_notice_days=30)
    assert (found.on, found.reasons) == (TODAY, ())


# When a listing goes out


def test_while_somebody_must_act_there_is_no_day():
    waits = waiting.waits(noticing.approved(), TODAY)
    with override("en"):
        assert [str(wait.text) for wait in waits] == ["Service of the notice on the person is not recorded."]
    assert waiting.goes_out_on(waits) is None
    assert waiting.goes_out_on([]) is None


def test_of_several_days_the_last_one_counts():
    early = datetime(2026, 9, 8, 2, tzinfo=UTC)
    listing = record(noticing.approved(now=early - timedelta(days=1)), "public_notice", date(2026, 9, 7), now=early)
    assessment.apply(listing)
    waits = waiting.waits(listing, early.date())
    assert [wait.until for wait in waits] == [date(2026, 9, 15), None, date(2026, 10, 7)]
    assert waiting.goes_out_on(waits) is None, "the clerk has to look first whether anybody appealed"
    assert waiting.goes_out_on([wait for wait in waits if wait.until]) == date(2026, 10, 7)


def test_by_a_waiver_it_goes_out_and_says_by_which(settings):
    settings.REGISTRY_NOTICE_WAIVER = WAIVER
    listing = cast.submitted()
    assert waiting.waiver(listing, TODAY) == WAIVER
    listing = cast.put_in_force(cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))), cast.SECOND_NUMBER)
    assert (listing.state, listing.notice_served_on) == (State.ACTIVE, None)
    served = record(listing)
    assert waiting.waiver(served, TODAY) == ""


# What may be put right


def test_before_effect_a_record_replaces_the_one_before_and_both_stay_on_record():
    listing = record(noticing.approved(now=APPROVED), "public_notice", date(2026, 11, 20))
    listing = record(listing, "in_court", date(2026, 11, 23), now=cast.NOW + timedelta(minutes=1))
    assert (listing.state, listing.notice_served_on) == (State.ACTIVE, date(2026, 11, 23))
    assert NoticeService.standing(listing.number).how == "in_court"
    assert NoticeService.objects.count() == 2
    assert ActRecord.objects.filter(act="record_service").count() == 2


def test_once_in_force_it_stays():
    listing = record(noticing.approved())
    with pytest.raises(ServiceStands):
        record(listing, "by_post")
    assert NoticeService.objects.count() == 1


def test_where_it_was_waived_service_is_recorded_afterwards_once(settings):
    settings.REGISTRY_NOTICE_WAIVER = WAIVER
    listing = record(cast.in_force())
    assert (listing.version, listing.notice_served_on) == (1, TODAY)
    with pytest.raises(ServiceStands):
        record(listing)


def test_an_appeal_makes_the_service_void():
    listing = record(noticing.approved(now=APPROVED), "public_notice", date(2026, 11, 20))
    actions.hold(
        listing.pk, appealed_on=date(2026, 9, 10), officer=cast.clerk(), now=cast.NOW, reason="appeal received"
    )
    assert (cast.fresh(listing).notice_served_on, cast.fresh(listing).notice_served_how) == (None, "")
    assert NoticeService.objects.count() == 1


@pytest.mark.parametrize("changed", [{"how": "by_post"}, {"served_on": TODAY}, {"listing_number": "L-2026-000009"}])
def test_what_was_recorded_cannot_be_changed(changed):
    record(noticing.approved(now=APPROVED), "public_notice", date(2026, 11, 20))
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        models.QuerySet(NoticeService).update(**changed)


# What is refused


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"how": "by_rumour"}, FieldMissing),
        ({"on": date(2026, 11, 25)}, DatesOutOfOrder),
        ({"reference": "  "}, ServiceReferenceNeeded),
        ({"reference": "送" * 101}, ServiceReferenceNeeded),
        ({"reference": f"回证 {cast.DEFENDANT_NUMBER}"}, ServiceReferenceIsPersonal),
        ({"reference": "交 高 䶮 本人"}, ServiceReferenceIsPersonal),
        ({"reference": "1 1 0 1 0 5 1 9 8 8 0 3 0 4"}, ServiceReferenceIsPersonal),
    ],
)
def test_what_is_wrong_is_named(typed, refusal):
    listing = noticing.approved()
    with pytest.raises(refusal):
        record(listing, **typed)
    assert cast.fresh(listing).notice_served_on is None
    assert not NoticeService.objects.exists()


def test_a_former_name_and_a_short_document_are_found_too():
    documents = (
        DocumentEntry(type="resident_id", number=cast.DEFENDANT_NUMBER),
        DocumentEntry(type="passport_cn", number="E12345678"),
    )
    listing = noticing.approved(cast.party(cast.person(documents=documents, former_names=("高小明",))))
    for reference in ("收件人 高小明", "e-1234-5678"):
        with pytest.raises(ServiceReferenceIsPersonal):
            record(listing, reference=reference)


@pytest.mark.parametrize(
    "reference", ["EMS EA123456789CN", "（2026）京0105送达12号", "公告 2026 年 第 7 号", "送达回证第118号"]
)
def test_what_courts_and_post_write_is_taken(reference):
    assert record(noticing.approved(), reference=reference).state == State.ACTIVE


def test_strangers_record_nothing():
    listing = noticing.approved()
    with pytest.raises(AnotherCourt):
        record(listing, officer=cast.stranger())
    with pytest.raises(WrongRole):
        record(listing, officer=cast.judge())


# Before there is a notice


def test_it_is_open_as_long_as_a_notice_can_be_issued():
    assert set(ACTS["record_service"].sources) == set(issuing.APPROVED)


@pytest.mark.parametrize("entered", [cast.draft, cast.submitted])
def test_of_what_no_judge_approved_there_is_no_notice_to_be_served(entered):
    listing, clerk = entered(), desk.at_the_desk(cast.clerk(), "en")
    with pytest.raises(NotAllowedNow):
        record(listing)
    assert not NoticeService.objects.exists()
    service = reverse("admin:service", args=[listing.party.decision_id])
    for address in (
        reverse("admin:decision", args=[listing.party.decision_id]),
        reverse("admin:listing", args=[listing.number]),
        reverse("sharing_desk:notice", args=[listing.number]),
    ):
        assert service not in clerk.get(address).text
    typed = {"served_on": "2026-11-24", "how": "in_court", "reference": "117", "listings": [listing.pk]}
    assert clerk.post(service, typed).status_code == 409
    assert cast.fresh(listing).notice_served_on is None


def test_together_with_one_that_is_approved_the_draft_beside_it_is_not_offered():
    listing = noticing.approved()
    beside = cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), decision=listing.party.decision)
    page = desk.at_the_desk(cast.clerk(), "en").get(reverse("admin:service", args=[listing.party.decision_id]))
    assert (listing.number in page.text, beside.number in page.text) == (True, False)


def test_nothing_is_served_before_the_decision_was_pronounced():
    listing = noticing.approved()
    with pytest.raises(DatesOutOfOrder):
        record(listing, on=listing.party.decision.pronounced_on - timedelta(days=1))
    with pytest.raises(ServedBeforeApproval):
        record(listing, on=listing.party.decision.pronounced_on)
