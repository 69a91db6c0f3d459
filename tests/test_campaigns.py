"""Campaigns: what is kept of a file, consents by link, questions as they arrive, and what somebody else's consent does."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from registry import errors, refused
from sharing.employers import giving, judging, requesting
from sharing.employers.campaigns import asking as campaign_asking
from sharing.employers.campaigns import ending, files, links, making
from sharing.employers.models import (
    Campaign,
    CampaignRow,
    CampaignState,
    Consent,
    ConsentCode,
    ConsentRequest,
    Employer,
    QuestionsAsked,
    Screening,
)
from tests import asking, batches, campaigns, cast, consenting
from tests.campaigns import DEFENDANT, begun, checked, consent, consented, fresh, linked, people, sealed, states, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
TOMORROW = batches.TOMORROW


def suspend():
    organisation = asking.bank().organisation
    organisation.suspended_at = cast.NOW
    organisation.save()


def outcomes(made):
    return [row.screening.outcome if row.screening else "" for row in campaigns.rows(made)]


# From the file to the answers


def test_every_applicant_who_consents_by_his_link_is_asked_about():
    cast.in_force()
    made = begun([*people(2), DEFENDANT])
    assert states(made) == ["open"] * 3
    sent = linked(made)
    assert list(sent) == ["A-1", "A-2", "listed"]
    consent(sent["listed"], DEFENDANT)
    assert states(made) == ["open", "open", "given"]
    work()
    assert states(made) == ["open", "open", "answered"]
    consent(sent["A-1"], people(1)[0])
    work()
    assert outcomes(made) == ["not_listed", "", "listed"]
    assert (sealed(made), fresh(made).state) == (0, CampaignState.OPEN)
    consent(sent["A-2"], people(2)[1])
    work()
    assert (states(made), fresh(made).state) == (["answered"] * 3, CampaignState.DONE)
    assert (Screening.objects.count(), Consent.objects.count()) == (3, 3)
    assert QuestionsAsked.objects.get().questions == 3


def test_nothing_is_asked_before_anybody_consented():
    made = begun(people(2))
    linked(made)
    assert not campaign_asking.go_on(now=cast.NOW)
    assert not Screening.objects.exists()


def test_a_consent_rings_the_bell_after_it_is_committed(monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr("registry.bell.send", rung.append)
    made = begun(people(1))
    sent = linked(made)
    with django_capture_on_commit_callbacks(execute=True):
        consent(sent["A-1"], people(1)[0])
        assert rung == []
    assert rung == ["sharing.ask_campaigns"]


def test_of_the_file_only_keys_and_digests_are_kept_and_of_whom_consents_nothing_once_he_is_asked():
    made = begun([DEFENDANT])
    consented(made, [DEFENDANT])
    row = made.rows.get()
    assert row.person == {"type": "resident_id", "number": cast.DEFENDANT_NUMBER, "name": "高䶮"}
    work()
    kept = io.StringIO()
    call_command("dumpdata", "employers", "sessions", "parties", stdout=kept)
    for told in ("高䶮", cast.DEFENDANT_NUMBER):
        assert told not in kept.getvalue()
    assert sealed(made) == 0


def test_rows_with_faults_are_listed_and_the_others_go_on():
    made = begun([*people(1), ["B", "乙", "", "1"], ["", *people(3)[2][1:]]])
    assert states(made) == ["open", "refused", "refused"]
    assert campaigns.refusals(made)[1:] == ["R-101", errors.FieldMissing.code]
    assert list(linked(made)) == ["A-1"]


def test_a_campaign_without_a_right_row_is_not_begun():
    with pytest.raises(errors.NothingToAsk):
        begun([["B", "乙", "", "1"]])


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"title": " "}, errors.TitleNeeded),
        ({"title": cast.DEFENDANT_NUMBER}, errors.TitleIsNumber),
        ({"post": "courier"}, errors.PostUnknown),
        ({"purpose": "transport_recruitment"}, errors.PurposeUnknown),
        ({"last_day": cast.NOW.date() - timedelta(days=1)}, errors.LastDayImpossible),
        ({"last_day": cast.NOW.date() + timedelta(days=91)}, errors.LastDayImpossible),
    ],
)
def test_what_a_campaign_is_not_for_is_refused_before_anything_is_kept(changes, refusal):
    with pytest.raises(refusal):
        checked(people(1), **changes)
    assert not Campaign.objects.exists()


def test_an_employer_has_so_many_campaigns_and_no_more(monkeypatch):
    monkeypatch.setattr(making, "MOST_OPEN", 2)
    first = begun(people(1))
    checked(people(1))
    with pytest.raises(errors.TooManyCampaigns):
        checked(people(1))
    ending.stop(first.pk, employer_id=first.employer_id, now=cast.NOW)
    checked(people(1))


def test_an_employer_begins_so_many_rows_a_day_the_stopped_ones_among_them(settings):
    settings.SHARING_CAMPAIGN_ROWS_A_DAY = 3
    first = begun(people(2))
    ending.stop(first.pk, employer_id=first.employer_id, now=cast.NOW)
    with pytest.raises(errors.TooManyRowsBegun):
        begun(people(2))
    begun(people(1))
    begun(people(3), now=TOMORROW)


def test_of_a_campaign_that_is_stopped_no_request_stays_but_what_was_answered():
    made = begun(people(3))
    sent = linked(made)
    consent(sent["A-1"], people(1)[0])
    consent(sent["A-2"], DEFENDANT)
    ending.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)
    assert ConsentRequest.objects.count() == ConsentCode.objects.count() == 2
    assert states(made) == ["refused", "another", "not_given"]
    with pytest.raises(errors.ConsentLinkDead):
        consent(sent["A-3"], people(3)[2])


# Links


def test_links_are_made_for_the_rows_that_have_none_and_those_that_were_sent_go_on():
    made = begun(people(3))
    assert (links.missing(made, cast.NOW), links.alive(made, cast.NOW)) == (3, 0)
    before = linked(made)
    assert linked(made) == {}, "a second press kills nothing"
    consent(before["A-1"], DEFENDANT)
    assert (links.missing(made, cast.NOW), links.alive(made, cast.NOW)) == (1, 2)
    assert list(linked(made)) == ["A-1"], "what somebody else gave counts no more"
    consent(before["A-2"], people(2)[1])
    assert states(made) == ["open", "given", "open"]


def test_one_link_is_renewed_alone():
    made = begun(people(3))
    before = linked(made)
    consent(before["A-3"], people(3)[2])
    anew = linked(made, places={1, 2})
    assert list(anew) == ["A-2"], "a consent that was given needs no link"
    with pytest.raises(errors.ConsentLinkDead):
        consent(before["A-2"], people(2)[1])
    consent(anew["A-2"], people(2)[1])
    consent(before["A-1"], people(1)[0])
    assert states(made) == ["given"] * 3
    with pytest.raises(errors.NoSuchRow):
        linked(made, places={3})


def test_all_links_are_made_anew_for_rows_that_wait_and_the_former_ones_lead_nowhere():
    made = begun(people(2))
    before = linked(made)
    consent(before["A-1"], people(1)[0])
    anew = linked(made, anew=True)
    assert list(anew) == ["A-2"]
    with pytest.raises(errors.ConsentLinkDead):
        consent(before["A-2"], people(2)[1])
    consent(anew["A-2"], people(2)[1])
    assert states(made) == ["given", "given"]


def test_a_row_that_was_refused_gets_a_new_link_and_is_asked_when_the_cause_has_passed(settings):
    settings.SHARING_SUBJECT_A_MONTH = 1
    asking.answered(asking.question(), employer=asking.bank())
    made = begun([DEFENDANT, ["B", "乙", "", "1"]])
    (former,) = consented(made, [DEFENDANT])
    work()
    assert (states(made), campaigns.refusals(made)) == (["refused", "refused"], ["R-530", "R-101"])
    settings.SHARING_SUBJECT_A_MONTH = 6
    sent = linked(made)
    assert list(sent) == ["listed"], "a fault in the file does not pass"
    assert (states(made), campaigns.refusals(made)) == (["open", "refused"], ["", "R-101"])
    consent(sent["listed"], DEFENDANT)
    work()
    assert states(made) == ["answered", "refused"]
    assert ConsentRequest.objects.get(given_code=former).withdrawn_at == cast.NOW


def test_requests_of_campaigns_are_no_requests_of_their_own():
    made = begun(people(1))
    linked(made)
    assert not requesting.of(made.employer_id, cast.NOW).exists()
    request = ConsentRequest.objects.get()
    for act in (requesting.withdraw, requesting.link_anew):
        with pytest.raises(errors.NoSuchConsentRequest):
            act(request.pk, employer_id=made.employer_id, now=cast.NOW)


def test_the_board_of_requests_passes_no_request_of_a_campaign_however_many_there_are():
    made = begun(people(300))
    linked(made)
    consenting.requested()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE employers_consentrequest")
    for asked in (requesting.of(made.employer_id, cast.NOW), requesting.of(made.employer_id, cast.NOW).order_by()):
        plan = asked.explain(analyze=True)
        assert "consent_request_employer" in plan, plan
        assert "Rows Removed by Filter" not in plan, plan


def test_no_link_is_made_by_who_may_not_ask_or_for_what_is_over():
    made = begun(people(1))
    ending.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)
    with pytest.raises(errors.CampaignOver):
        linked(made)
    other = begun(people(1))
    with pytest.raises(errors.CampaignOver):
        linked(other, cast.NOW + timedelta(days=27))
    suspend()
    with pytest.raises(errors.EmployerSuspended):
        links.make(other.pk, employer=asking.bank(), now=cast.NOW)


# Somebody else


@pytest.mark.parametrize(
    "somebody", [["x", "高某", "", cast.DEFENDANT_NUMBER], ["x", "高䶮", "", cast.APPLICANT_NUMBER]]
)
def test_whoever_else_consents_is_asked_nothing_about_and_nothing_of_him_is_kept(somebody):
    cast.in_force()
    made = begun([DEFENDANT])
    consented(made, [[DEFENDANT[0], *somebody[1:]]])
    assert (states(made), sealed(made), Screening.objects.count()) == (["another"], 0, 0)
    work()
    assert (states(made), Screening.objects.count()) == (["another"], 0)


def test_whether_somebody_else_is_listed_changes_nothing_that_hr_sees():
    seen = []
    for is_listed in (False, True):
        if is_listed:
            cast.in_force()
        made = begun([["k", "甲1", "", people(1)[0][3]]])
        consented(made, [["k", *DEFENDANT[1:]]])
        work()
        seen.append((states(made), campaigns.refusals(made), QuestionsAsked.objects.count()))
    assert seen[0] == seen[1]


def test_the_right_one_gets_a_new_link_and_the_former_consent_counts_no_more():
    made = begun(people(1))
    (wrong,) = consented(made, [["A-1", *DEFENDANT[1:]]])
    sent = linked(made)
    consent(sent["A-1"], people(1)[0])
    work()
    assert states(made) == ["answered"]
    typed = asking.question(consent=consenting.typed(wrong))
    with pytest.raises(errors.ConsentCodeRevoked):
        asking.answered(typed)


# Revoked, withdrawn, stopped, over


def test_what_is_revoked_before_it_is_asked_is_not_asked_and_nobody_is_kept():
    made = begun([DEFENDANT])
    (code,) = consented(made, [DEFENDANT])
    assert giving.revoke(code.pk, consenting.person(), now=cast.NOW)
    assert (states(made), sealed(made)) == (["revoked"], 0)
    work()
    assert (states(made), Screening.objects.count()) == (["revoked"], 0)
    assert linked(made) == {}, "who took it back is not asked again"


def test_whoever_revokes_what_had_expired_is_not_asked_for_anew():
    made = begun(people(1), asking.bank(daily_quota=0), last_day=cast.NOW.date() + timedelta(days=60))
    (code,) = consented(made, people(1))
    later = cast.NOW + timedelta(days=30)
    ending.tidy(now=later)
    assert giving.revoke(code.pk, consenting.person(people(1)[0][3], people(1)[0][1]), now=later)
    assert (states(made, later), linked(made, later)) == (["revoked"], {})


def test_what_is_answered_stays_answered_and_what_somebody_else_gave_stays_his_though_it_is_revoked():
    made = begun(people(2))
    sent = linked(made)
    codes = [consent(sent["A-1"], people(1)[0]), consent(sent["A-2"], DEFENDANT)]
    work()
    giving.revoke(codes[0].pk, consenting.person(people(1)[0][3], people(1)[0][1]), now=cast.NOW)
    giving.revoke(codes[1].pk, consenting.person(), now=cast.NOW)
    assert states(made) == ["answered", "another"]
    assert list(linked(made)) == ["A-2"]


def test_a_row_that_hr_withdraws_is_not_asked_and_its_link_leads_nowhere():
    made = begun(people(3))
    sent = linked(made)
    consent(sent["A-1"], people(1)[0])
    assert ending.withdraw(made.pk, [0, 1], employer_id=made.employer_id, now=cast.NOW) == 2
    work()
    assert (states(made), sealed(made)) == (["withdrawn", "withdrawn", "open"], 0)
    with pytest.raises(errors.ConsentLinkDead):
        consent(sent["A-2"], people(2)[1])
    with pytest.raises(errors.NoSuchRow):
        ending.withdraw(made.pk, [7], employer_id=made.employer_id, now=cast.NOW)


def test_what_is_answered_is_not_withdrawn():
    made = begun(people(2))
    sent = linked(made)
    consent(sent["A-1"], people(1)[0])
    work()
    assert ending.withdraw(made.pk, [0], employer_id=made.employer_id, now=cast.NOW) == 0
    assert states(made) == ["answered", "open"]
    assert ending.withdraw(made.pk, [1], employer_id=made.employer_id, now=cast.NOW) == 1
    assert fresh(made).state == CampaignState.DONE, "nothing is left to wait for"


def test_nothing_is_withdrawn_from_a_campaign_that_does_not_go_on_and_the_same_again_changes_nothing():
    made = begun(people(2))
    for _again in range(2):
        ending.withdraw(made.pk, [0, 1], employer_id=made.employer_id, now=cast.NOW)
        assert fresh(made).state == CampaignState.DONE
    stopped = begun(people(2))
    ending.withdraw(stopped.pk, [0], employer_id=made.employer_id, now=cast.NOW)
    ending.stop(stopped.pk, employer_id=made.employer_id, now=cast.NOW)
    for each in (stopped, checked(people(2))):
        with pytest.raises(errors.CampaignOver):
            ending.withdraw(each.pk, [0, 1], employer_id=made.employer_id, now=cast.NOW)


def test_an_answer_that_became_void_says_that_it_is_asked_anew_outside_the_campaign(settings):
    settings.SHARING_HELD_SHARE = 1.0
    made = begun([DEFENDANT])
    campaigns.handed_in(made, campaigns.signed([DEFENDANT]))
    work()
    (row,) = campaigns.rows(made)
    assert files.remark(row) == ""
    assert judging.not_shown(row.screening.pk, now=cast.NOW)
    (row,) = campaigns.rows(made)
    with translation.override("en"):
        assert (states(made), "void: to ask anew" in files.remark(row)) == (["answered"], True)


def test_a_stop_ends_everything_but_what_was_answered():
    made = begun(people(3))
    sent = linked(made)
    consent(sent["A-1"], people(1)[0])
    work()
    consent(sent["A-2"], people(2)[1])
    ending.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)
    work()
    assert states(made) == ["answered", "refused", "not_given"]
    assert (campaigns.refusals(made)[1], sealed(made), fresh(made).state) == ("R-578", 0, CampaignState.STOPPED)
    with pytest.raises(errors.ConsentLinkDead):
        consent(sent["A-3"], people(3)[2])


def test_a_suspended_employers_campaign_stops_for_good():
    made = begun(people(2))
    sent = linked(made)
    consent(sent["A-1"], people(1)[0])
    suspend()
    work()
    assert (fresh(made).state, states(made), sealed(made)) == (CampaignState.SUSPENDED, ["refused", "not_given"], 0)
    assert campaigns.refusals(made)[0] == "R-507"
    assert not Screening.objects.exists()


def test_a_suspended_employers_campaign_stops_though_nobody_consented():
    made = begun(people(1))
    suspend()
    ending.tidy(now=cast.NOW)
    assert fresh(made).state == CampaignState.SUSPENDED


def test_a_campaign_for_a_purpose_that_was_taken_away_says_that_the_court_ended_it_and_others_go_on():
    gone, other = begun(people(2)), begun(people(1))
    consent(linked(gone)["A-1"], people(1)[0])
    Campaign.objects.filter(pk=other.pk).update(purpose="telecom_recruitment")
    Employer.objects.update(purposes=["telecom_recruitment"])
    ending.tidy(now=cast.NOW)
    assert (fresh(gone).state, fresh(other).state) == ("purpose_gone", CampaignState.OPEN)
    assert (states(gone), sealed(gone)) == (["refused", "not_given"], 0)
    with translation.override("en"):
        assert fresh(gone).get_state_display() == "ended by the court: your organisation has not this purpose any more"
        assert str(refused.read(campaigns.rows(gone)[0].refusals[0])).startswith(
            "R-486 The court took this purpose from your organisation before this row was asked."
        )


def test_after_the_last_day_who_declined_and_who_never_looked_are_one_word():
    made = begun(people(2))
    linked(made)
    later = datetime(2026, 12, 20, 16, 0, tzinfo=UTC)  # midnight in Beijing after the last day
    assert states(made, later - timedelta(minutes=1)) == ["open", "open"]
    assert states(made, later) == ["not_given", "not_given"]
    ending.tidy(now=later)
    assert fresh(made).state == CampaignState.OVER


def test_a_campaign_that_was_not_begun_is_destroyed_after_a_day():
    made = checked(people(2))
    ending.tidy(now=cast.NOW + timedelta(hours=23))
    assert made.rows.count() == 2
    ending.tidy(now=cast.NOW + timedelta(hours=24))
    assert (made.rows.count(), fresh(made).state) == (0, CampaignState.EXPIRED)
    with pytest.raises(errors.CampaignOver):
        making.begin(made.pk, "", employer=asking.bank(), now=cast.NOW + timedelta(hours=24))


def test_thirty_days_after_its_end_keys_and_digests_are_gone_and_screenings_stay():
    made = begun(people(2))
    sent = linked(made)
    consent(sent["A-1"], people(1)[0])
    work()
    ending.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)
    ending.tidy(now=cast.NOW + timedelta(days=29))
    assert CampaignRow.objects.count() == 2
    ending.tidy(now=cast.NOW + timedelta(days=30))
    assert (Campaign.objects.count(), CampaignRow.objects.count(), Screening.objects.count()) == (0, 0, 1)
    assert ConsentRequest.objects.count() == 1, "the one that was answered"


def test_of_what_was_given_nothing_says_the_rows_key_once_the_campaign_is_gone():
    made = begun(people(2))
    sent = linked(made)
    consent(sent["A-1"], people(1)[0])
    work()
    consent(sent["A-2"], DEFENDANT)
    consent(linked(made)["A-2"], people(2)[1])
    work()
    assert fresh(made).state == CampaignState.DONE
    ending.tidy(now=cast.NOW + timedelta(days=30))
    assert (Campaign.objects.count(), ConsentCode.objects.count(), ConsentRequest.objects.count()) == (0, 3, 3)
    kept = io.StringIO()
    call_command("dumpdata", "employers", stdout=kept)
    # Codes are drawn, and one may hold the letters of a key.
    assert not re.search(r"(?<![0-9A-Z])A-[12](?![0-9A-Z])", kept.getvalue())


# The quota


def test_what_goes_beyond_the_quota_goes_on_with_the_next_day():
    made = begun(people(3), asking.bank(daily_quota=2))
    consented(made, people(3))
    work()
    assert states(made) == ["answered", "answered", "given"]
    assert fresh(made).due_at == TOMORROW
    work(TOMORROW)
    assert states(made, TOMORROW) == ["answered"] * 3


def test_consents_given_before_the_last_day_are_asked_after_it_while_they_hold():
    made = begun(people(2), asking.bank(daily_quota=1), last_day=cast.NOW.date())
    consented(made, people(2))
    work()
    ending.tidy(now=TOMORROW)
    assert fresh(made).state == CampaignState.OPEN
    work(TOMORROW)
    assert states(made, TOMORROW) == ["answered", "answered"]


def test_a_consent_that_waited_too_long_is_expired_and_asked_for_anew():
    made = begun(people(1), asking.bank(daily_quota=0), last_day=cast.NOW.date() + timedelta(days=60))
    consented(made, people(1))
    later = cast.NOW + timedelta(days=30)
    work()
    ending.tidy(now=later)
    assert (states(made, later), sealed(made)) == (["expired"], 0)
    assert list(linked(made, later)) == ["A-1"]
    assert states(made, later) == ["open"]


def test_a_chunk_that_fails_is_tried_again_and_keeps_no_other_campaign_waiting(monkeypatch):
    broken, other = begun(people(1)), begun(people(2))
    consented(broken, people(1))
    consented(other, people(2))
    ask_many = campaign_asking.ask_many

    def failing(questions, **about):
        if questions[0].idempotency_key.startswith(broken.pk):
            raise RuntimeError
        return ask_many(questions, **about)

    monkeypatch.setattr(campaign_asking, "ask_many", failing)
    work()
    assert (states(broken), states(other)) == (["given"], ["answered", "answered"])
    monkeypatch.undo()
    work(cast.NOW + timedelta(minutes=2))
    assert states(broken) == ["answered"]


def test_another_employers_campaign_is_as_absent_as_one_that_never_was():
    made = begun(people(1))
    other = asking.courier_company()
    for act in (
        lambda: making.own(other.pk, made.pk),
        lambda: making.begin(made.pk, "", employer=other, now=cast.NOW),
        lambda: links.make(made.pk, employer=other, now=cast.NOW),
        lambda: ending.stop(made.pk, employer_id=other.pk, now=cast.NOW),
        lambda: ending.withdraw(made.pk, [0], employer_id=other.pk, now=cast.NOW),
    ):
        with pytest.raises(errors.NoSuchCampaign):
            act()


def test_a_row_is_bound_to_its_place():
    made = begun(people(2))
    consented(made, people(2))
    first, second = made.rows.order_by("place")
    first.sealed = second.sealed
    first.save()
    work()
    assert campaigns.refusals(made) == ["R-587", ""]
    assert json.dumps(campaigns.rows(made)[0].refusals).find("甲") == -1


def test_a_key_that_tells_the_passports_number_is_refused_and_not_kept():
    made = checked([["E12345678", "王小明", "中国护照", "E12345678"], ["王小明2", "王小明", "", cast.APPLICANT_NUMBER]])
    assert campaigns.refusals(made) == ["R-549", "R-580"]
    assert not made.rows.exclude(key="").exists()
