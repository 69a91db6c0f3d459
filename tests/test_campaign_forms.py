"""Campaigns whose consents come on signed forms, in parts: each list names its persons again, and nobody is kept before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from registry import errors
from sharing.employers import consent_code, lookup
from sharing.employers.batch import FaultsFound
from sharing.employers.campaigns import asking as campaign_asking
from sharing.employers.campaigns import ending, forms, making
from sharing.employers.models import CampaignState, Consent, ConsentRequest, Screening
from sharing.persons.record import asked
from tests import asking, batches, campaigns, cast
from tests.campaigns import DEFENDANT, begun, consent, fresh, handed_in, linked, people, sealed, signed, states, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


def faults_of(made, lines, **more):
    with pytest.raises(FaultsFound) as found:
        handed_in(made, lines, **more)
    return [(fault.row, fault.column, fault.refusal.code) for fault in found.value.faults]


def test_forms_come_in_parts_and_each_row_is_asked_as_its_form_arrives():
    cast.in_force()
    lines = signed([*people(2), DEFENDANT])
    made = begun([*people(2), DEFENDANT])
    assert sealed(made) == 0, "until a form is there nobody is kept"
    assert handed_in(made, lines[2:]).count == 1
    work()
    assert states(made) == ["open", "open", "answered"]
    assert handed_in(made, lines[:2]).count == 2
    work()
    assert [row.screening.outcome for row in campaigns.rows(made)] == ["not_listed", "not_listed", "listed"]
    assert (sealed(made), fresh(made).state) == (0, CampaignState.DONE)
    assert set(Consent.objects.values_list("document_sha256", flat=True)) == {line[4] for line in lines}


def test_forms_do_not_wait_behind_more_codes_than_a_chunk_has_while_codes_are_not_taken(settings, monkeypatch):
    settings.SHARING_WRONG_CODES_AN_HOUR = 1
    monkeypatch.setattr(campaign_asking, "CHUNK", 2)
    made = begun(people(5))
    batches.asked([[*batches.listed()[:4], "", "", consent_code.new()]])
    campaigns.consented(made, people(3))
    handed_in(made, signed(people(5))[3:])
    work()
    assert states(made)[3:] == ["answered", "answered"]
    assert made.rows.filter(screening=None).count() == 3
    work(cast.NOW + timedelta(hours=1))
    assert states(made) == ["answered"] * 5


def test_the_same_list_again_changes_nothing():
    lines = signed(people(2))
    made = begun(people(2))
    handed_in(made, lines)
    assert handed_in(made, lines).count == 0
    work()
    made = begun(people(3))
    handed_in(made, lines2 := signed(people(2)))
    work()
    assert handed_in(made, lines2).count == 0
    assert Screening.objects.count() == 4


def test_a_list_without_persons_takes_them_from_the_file_that_the_campaign_was_begun_with():
    made = begun(people(2))
    manifest = batches.file_of([["A-2", batches.form()], ["A-1", batches.form()]], ["行号标识", "授权书指纹"])
    raws = forms.read(manifest, batches.file_of(people(2), campaigns.HEAD), "2026-11-20")
    assert forms.give(made.pk, raws, employer=asking.bank(), now=cast.NOW).count == 2
    work()
    assert states(made) == ["answered", "answered"]


def test_what_is_wrong_is_named_by_row_and_column_and_then_nothing_is_taken():
    made = begun(people(4))
    good, number, form, _other = signed(people(4))
    number[3], form[4] = cast.APPLICANT_NUMBER, "no fingerprint"
    unknown = ["Z", "丙", "", cast.DEFENDANT_NUMBER, batches.form(), "2026-11-20"]
    nameless = ["", *signed(people(4))[3][1:]]
    wrong = [good, number, form, unknown, nameless]
    assert faults_of(made, wrong) == [
        (3, "document_number", "R-577"),
        (4, "document_sha256", "R-503"),
        (5, "key", "R-576"),
        (6, "key", errors.FieldMissing.code),
    ]
    assert (states(made), sealed(made)) == (["open"] * 4, 0)
    taken = handed_in(made, wrong, anyway=True)
    assert (taken.count, len(taken.faults)) == (1, 4)
    assert states(made) == ["given", "open", "open", "open"]


def test_no_lock_is_held_while_it_is_computed_whom_the_forms_mean(monkeypatch):
    made = begun(people(3))
    computed, locked, subject, locked_one = [], [], lookup.subject, making.locked

    def computing(**named):
        computed.append(bool(locked))
        return subject(**named)

    def locking(*named):
        locked.append(named)
        return locked_one(*named)

    monkeypatch.setattr(lookup, "subject", computing)
    monkeypatch.setattr(forms, "locked", locking)
    handed_in(made, signed(people(3)))
    assert (computed, len(locked)) == ([False] * 3, 1)


def test_a_name_that_is_another_one_is_not_whom_the_row_meant():
    made = begun(people(1))
    (line,) = signed(people(1))
    assert faults_of(made, [[line[0], "乙", *line[2:]]]) == [(2, "document_number", "R-577")]


def test_a_form_takes_the_place_of_a_link_that_nobody_answered():
    made = begun(people(2))
    sent = linked(made)
    handed_in(made, signed(people(1)))
    with pytest.raises(errors.ConsentLinkDead):
        consent(sent["A-1"], people(1)[0])
    assert ConsentRequest.objects.count() == 1, "nothing is left of it"
    work()
    assert states(made) == ["answered", "open"]


def test_a_form_takes_the_place_of_somebody_elses_consent():
    made = begun(people(1))
    consent(linked(made)["A-1"], DEFENDANT)
    handed_in(made, signed(people(1)))
    work()
    assert states(made) == ["answered"]
    assert ConsentRequest.objects.get().withdrawn_at == cast.NOW


def test_rows_that_are_given_answered_or_withdrawn_take_no_other_form():
    made = begun(people(3))
    consent(linked(made)["A-1"], people(1)[0])
    ending.withdraw(made.pk, [1], employer_id=made.employer_id, now=cast.NOW)
    assert faults_of(made, signed(people(2))) == [(2, "key", "R-519"), (3, "key", "R-519")]


def test_a_form_that_was_used_before_is_refused_and_another_one_is_taken():
    used = signed(people(1))
    first, second = begun(people(1)), begun(people(1))
    handed_in(first, used)
    work()
    handed_in(second, used)
    work()
    assert (states(second), campaigns.refusals(second)) == (["refused"], ["R-503"])
    handed_in(second, signed(people(1)))
    work()
    assert states(second) == ["answered"]


def test_a_campaign_that_does_not_go_on_takes_no_form():
    made = begun(people(1))
    ending.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)
    with pytest.raises(errors.CampaignOver):
        handed_in(made, signed(people(1)))
    with pytest.raises(errors.CampaignOver):
        handed_in(campaigns.checked(people(1)), signed(people(1)))


def test_after_the_last_day_no_form_is_taken_and_what_was_given_before_is_still_asked():
    made = begun(people(2), asking.bank(daily_quota=1), last_day=cast.NOW.date())
    lines = signed(people(2))
    handed_in(made, lines[:1])
    handed_in(made, lines, batches.TOMORROW - timedelta(seconds=1))
    work()
    with pytest.raises(errors.CampaignOver):
        handed_in(made, lines, batches.TOMORROW)
    with pytest.raises(errors.CampaignOver):
        handed_in(made, lines, batches.TOMORROW, anyway=True)
    work(batches.TOMORROW)
    assert states(made, batches.TOMORROW) == ["answered", "answered"]


def test_whom_a_list_named_is_destroyed_after_a_day_if_he_was_not_asked(monkeypatch):
    made = begun(people(1))
    handed_in(made, signed(people(1)))
    ending.tidy(now=cast.NOW + timedelta(hours=23))
    assert sealed(made) == 1
    ending.tidy(now=cast.NOW + timedelta(hours=24))
    assert (sealed(made), campaigns.refusals(made)) == (0, ["R-583"])
    handed_in(made, signed(people(1)), cast.NOW + timedelta(hours=25))
    work(cast.NOW + timedelta(hours=25))
    assert states(made) == ["answered"]


def test_who_waits_for_the_quota_is_kept_until_a_day_after_it_and_never_longer_than_the_form_counts():
    made = begun(people(1), asking.bank(daily_quota=0))
    handed_in(made, signed(people(1)))
    work()
    tomorrow = batches.TOMORROW
    ending.tidy(now=tomorrow + timedelta(hours=23))
    assert sealed(made) == 1
    for day in range(40):
        work(tomorrow + timedelta(days=day))
        ending.tidy(now=tomorrow + timedelta(days=day))
    assert sealed(made) == 0
    assert campaigns.refusals(made)[0] in ("R-503", "R-583")


def test_nobody_is_asked_about_after_his_day_though_the_clock_that_empties_is_late():
    made = begun(people(1))
    handed_in(made, signed(people(1)))
    later = cast.NOW + timedelta(days=3)
    work(later)
    assert (states(made, later), Screening.objects.count()) == (["given"], 0)
    ending.tidy(now=later)
    assert (sealed(made), campaigns.refusals(made)) == (0, ["R-583"])


def test_a_form_that_is_late_keeps_no_other_row_waiting():
    made = begun(people(2))
    handed_in(made, signed(people(1)))
    later = cast.NOW + timedelta(days=3)
    handed_in(made, signed(people(2))[1:], later)
    work(later)
    assert states(made, later) == ["given", "answered"]


def test_a_day_is_counted_from_when_the_quota_lets_it_be_asked_though_the_clock_is_late():
    made = begun(people(2), asking.bank(daily_quota=1))
    handed_in(made, signed(people(2)))
    work()
    late = batches.TOMORROW + timedelta(hours=23)
    assert late > cast.NOW + timedelta(hours=24)
    work(late)
    assert states(made, late) == ["answered", "answered"]


def test_consents_by_link_are_not_asked_once_they_are_over_though_the_clock_is_late():
    made = begun(people(1), asking.bank(daily_quota=0), last_day=cast.NOW.date() + timedelta(days=60))
    campaigns.consented(made, people(1))
    work()
    later = cast.NOW + timedelta(days=30)
    work(later)
    assert (states(made, later), Screening.objects.count()) == (["expired"], 0)
    ending.tidy(now=later)
    assert sealed(made) == 0


def test_whom_a_form_of_a_campaign_was_about_is_not_told_that_he_consented_by_its_link():
    lines = people(1)
    made = begun(lines)
    handed_in(made, signed(lines))
    work()
    found = Screening.objects.select_related(*asked.JOINED).get()
    with translation.override("en"):
        assert str(asked.way(found)) == "on a signed form, as the employer says, with many others at once"
