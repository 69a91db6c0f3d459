"""Monitoring: who is enrolled, what makes a change and what never does, and how it ends at once."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from registry import actions
from registry.actions.acting import today
from registry.errors import (
    ConsentNeeded,
    EmployerSuspended,
    HighCourtRegistrarNeeded,
    IdempotencyKeyReused,
    MonitoredAlready,
    MonitoringFull,
    NotEnrolled,
    QuotaReached,
    ReferenceIsNumber,
    ReferenceNeeded,
    SubjectQuotaReached,
    UntilImpossible,
)
from registry.keys import SealBroken, keyring, new_key
from registry.models import Event, Flag, Ring
from registry.models.insert_only import InsertOnlyError
from sharing import signing
from sharing.employers import calling, judging, overseeing, recalling, screening, verification
from sharing.employers.models import (
    Consent,
    Employer,
    EmployerAct,
    EndedBecause,
    MonitoredDigest,
    Monitoring,
    MonitoringChange,
    MonitoringCursor,
    QuestionsAsked,
    RecallCause,
    ResultRecall,
    Screening,
    ShownForm,
    Verdict,
)
from sharing.employers.monitoring import ending, walking
from sharing.rotation import needed
from tests import asking, cast, monitored
from tests.monitored import UNTIL, changes, enrolled, enrolment, somebody_else

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NOW = cast.NOW
DAY = timedelta(days=1)
LISTED, NOT_LISTED = "listed", "not_listed"


def narrow(settings):
    """Purposes let employers learn of prohibitions only."""
    settings.SHARING_SCOPE_LISTING = False


def suspended(listing, now=NOW):
    actions.suspend([listing.pk], officer=cast.registrar(), now=now, reason="retrial ordered")


# Enrolling


def test_enrolling_asks_once_as_any_question_does():
    monitoring = enrolled()
    asked = Screening.objects.get()
    assert (monitoring.first, monitoring.latest) == (asked, asked)
    assert asked.outcome == NOT_LISTED
    assert (monitoring.purpose, monitoring.post, monitoring.scope) == ("finance_recruitment", "loan_officer", "listing")
    assert monitoring.consent == asked.consent == Consent.objects.get()
    assert QuestionsAsked.objects.get().questions == 1
    assert monitoring.client == asked.client


def test_what_is_kept_of_the_person_is_sealed_or_a_digest():
    monitoring = enrolled()
    row = Monitoring.objects.filter(pk=monitoring.pk).values().get()
    kept = bytes(row.pop("subject_sealed"))
    told = repr(row).encode() + kept + b"".join(bytes(each.digest) for each in MonitoredDigest.objects.all())
    for secret in ("高䶮", cast.DEFENDANT_NUMBER, cast.DEFENDANT_NUMBER[-4:]):
        assert secret.encode() not in told
    assert keyring().open(kept, bound_to=f"monitoring.subject.{monitoring.pk}")


def test_the_same_request_again_is_the_same_monitoring_and_costs_nothing():
    asked = enrolment()
    assert enrolled(asked) == enrolled(asked)
    assert (Monitoring.objects.count(), QuestionsAsked.objects.get().questions) == (1, 1)
    for other in (
        replace(asked, until=UNTIL + DAY),
        replace(asked, reference="another"),
        replace(asked, question=replace(asked.question, post="bank_teller")),
    ):
        with pytest.raises(IdempotencyKeyReused):
            enrolled(other)


def test_a_question_that_enrols_nobody_is_not_taken_for_an_enrolment():
    asked = enrolment()
    asking.answered(asked.question)
    with pytest.raises(IdempotencyKeyReused):
        enrolled(asked)
    assert Monitoring.objects.count() == 0


@pytest.mark.parametrize("until", [date(2026, 11, 23), date(2027, 11, 25), date(9999, 12, 31)])
def test_it_lasts_twelve_months_at_most_and_does_not_end_before_it_begins(until):
    with pytest.raises(UntilImpossible):
        enrolled(enrolment(until=until))
    assert (Screening.objects.count(), QuestionsAsked.objects.count()) == (0, 0)


def test_the_first_and_the_last_possible_day_are_possible():
    assert enrolled(enrolment(until=date(2026, 11, 24))).until < enrolled(somebody_else(until=date(2027, 11, 24))).until


@pytest.mark.parametrize(
    ("reference", "refusal"),
    [
        ("  ", ReferenceNeeded),
        ("x" * 65, ReferenceNeeded),
        ("a\nb", ReferenceNeeded),
        (cast.DEFENDANT_NUMBER, ReferenceIsNumber),
        ("110105 19880304 1232", ReferenceIsNumber),
    ],
)
def test_the_reference_is_a_word_of_the_employers_own(reference, refusal):
    with pytest.raises(refusal):
        enrolled(enrolment(reference=reference))
    assert Screening.objects.count() == 0


def test_nobody_is_enrolled_without_consent_whatever_the_purpose(monkeypatch):
    with pytest.raises(ConsentNeeded):
        enrolled(enrolment(consent=None))
    monkeypatch.setattr(screening, "_consent", lambda *args: None)
    with pytest.raises(ConsentNeeded):
        enrolled(enrolment(consent=None))
    assert (Monitoring.objects.count(), Screening.objects.count()) == (0, 0)


def test_where_there_is_no_answer_yet_nobody_is_enrolled_and_the_question_stands():
    cast.in_force()
    with pytest.raises(NotEnrolled) as refused:
        enrolled(enrolment(name="高某"))
    assert refused.value.facts["screening"] == Screening.objects.get().pk
    assert (Monitoring.objects.count(), QuestionsAsked.objects.get().questions) == (0, 10)


@pytest.mark.parametrize(("name", "share"), [("高䶮", 1.0), ("高某", 0.0)])
def test_whoever_an_officer_looks_at_first_is_not_enrolled_afterwards_either_and_why_is_not_told(name, share, settings):
    settings.SHARING_HELD_SHARE = share
    cast.in_force()
    asked = enrolment(name=name)
    refused = []
    for again in (False, True):
        if again:
            answer_the_pending_one(True, name=name)
        with pytest.raises(NotEnrolled) as caught:
            enrolled(asked)
        refused.append(str(caught.value))
    assert refused[0] == refused[1]
    assert (Monitoring.objects.count(), Screening.objects.count()) == (0, 1)


def answer_the_pending_one(same_person, name="高某"):
    asked = Screening.objects.get()
    calling.call_in(now=NOW)
    show_form(asked)
    compared = judging.Compared(
        document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name=name, same_person=same_person
    )
    judging.confirm(asked.pk, compared, officer=cast.high_court_registrar(), reason="compared", now=NOW)


def show_form(asked):
    form = ShownForm(call_id=asked.pk, media_type="application/pdf", shown_at=NOW)
    form.content = b"%PDF-1.7"
    form.save()


def test_one_person_is_enrolled_once_for_a_purpose_and_post_until_it_ends():
    asked = enrolment()
    first = enrolled(asked)
    with pytest.raises(MonitoredAlready):
        enrolled(monitored.again(asked))
    assert Screening.objects.count() == 1
    enrolled(monitored.again(replace(asked, question=replace(asked.question, post="bank_teller"))))
    ending.end(first.pk, EndedBecause.EMPLOYER, now=NOW)
    enrolled(monitored.again(asked))


def test_an_employer_has_so_many_enrolled_and_a_registrar_gives_it_more():
    bank = asking.bank()
    overseeing.change_most_enrolled(bank, 1, officer=cast.high_court_registrar(), reason="small branch", now=NOW)
    enrolled(employer=Employer.objects.get(pk=bank.pk))
    with pytest.raises(MonitoringFull):
        enrolled(somebody_else(), Employer.objects.get(pk=bank.pk))
    assert Screening.objects.count() == 1
    with pytest.raises(HighCourtRegistrarNeeded):
        overseeing.change_most_enrolled(bank, 9, officer=cast.registrar(), reason="asked for", now=NOW)
    overseeing.change_most_enrolled(bank, 2, officer=cast.high_court_registrar(), reason="asked for", now=NOW)
    enrolled(somebody_else(), Employer.objects.get(pk=bank.pk))
    assert {each.reason for each in EmployerAct.objects.filter(act="enrolled")} == {
        "200 → 1: small branch",
        "1 → 2: asked for",
    }


def test_enrolling_and_ending_again_and_again_is_as_dear_as_asking(settings):
    settings.SHARING_SUBJECT_A_MONTH = 3
    bank = asking.bank(daily_quota=4)
    for _ in range(3):
        ending.end(enrolled(employer=bank).pk, EndedBecause.EMPLOYER, now=NOW)
    with pytest.raises(SubjectQuotaReached):
        enrolled(employer=bank)
    enrolled(somebody_else(), bank)
    with pytest.raises(QuotaReached):
        enrolled(somebody_else(post="bank_teller"), bank)


def test_what_monitoring_told_takes_nothing_from_the_questions_of_a_month(settings):
    settings.SHARING_SUBJECT_A_MONTH = 2
    bank = asking.bank()
    enrolled(employer=bank)
    cast.in_force()
    assert changes() == [(NOT_LISTED, LISTED)]
    asking.answered(employer=bank)
    with pytest.raises(SubjectQuotaReached):
        asking.answered(employer=bank)


def test_a_suspended_employer_enrols_nobody():
    bank = asking.bank()
    overseeing.suspend(bank, officer=cast.high_court_registrar(), reason="guessing", now=NOW)
    with pytest.raises(EmployerSuspended):
        enrolled(employer=Employer.objects.select_related("organisation").get(pk=bank.pk))


# What changes an answer


def test_an_approval_makes_a_change_with_a_fresh_signed_result():
    monitoring = enrolled()
    listing = cast.in_force()
    assert changes() == [(NOT_LISTED, LISTED)]
    change = MonitoringChange.objects.get()
    told = asking.told(change.screening)
    assert (change.monitoring, change.before, change.number) == (monitoring, monitoring.first, 1)
    assert change.position == change.screening.as_of == Event.objects.latest("position").position
    assert told["listing"]["number"] == listing.number
    claims = signing.read_result(change.screening.result)
    assert (claims["outcome"], claims["jti"], claims["aud"]) == (LISTED, change.screening_id, asking.BANK_USCC)
    assert Monitoring.objects.get().latest == change.screening


def test_the_result_is_one_like_any_other():
    enrolled()
    cast.in_force()
    changes()
    answered = MonitoringChange.objects.get().screening
    assert len(answered.answer) == len(MonitoringChange.objects.get().before.answer)
    code = asking.told(answered)["verification"]["code"]
    assert verification.by_code(code, cast.DEFENDANT_NUMBER[-4:], now=NOW)
    assert answered.status_list is not None
    assert QuestionsAsked.objects.get().questions == 1, "a change costs no question"


def test_the_same_walk_again_makes_nothing():
    enrolled()
    cast.in_force()
    assert changes() == changes() == changes() == [(NOT_LISTED, LISTED)]


def test_from_listed_to_disputed_to_suspended_to_withdrawn():
    listing = cast.in_force()
    enrolled()
    actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=NOW, reason="objected to")
    assert changes() == [(LISTED, LISTED)]
    assert asking.told(MonitoringChange.objects.get().screening)["listing"]["flags"] == ["disputed"]
    suspended(listing)
    assert changes()[1:] == [(LISTED, NOT_LISTED)]
    cast.withdrawn(cast.fresh(listing))
    assert changes()[2:] == [], "who is not listed already does not hear of a withdrawal"


def test_what_was_told_as_listed_is_recalled_as_any_result_is():
    enrolled()
    listing = cast.in_force()
    changes()
    cast.withdrawn(listing)
    assert changes() == [(NOT_LISTED, LISTED), (LISTED, NOT_LISTED)]
    recalling.walk(now=NOW)
    assert [each.screening for each in ResultRecall.objects.all()] == [MonitoringChange.objects.get(number=1).screening]


def test_only_what_the_scope_shows_is_a_change(settings):
    narrow(settings)
    enrolled()
    listing = cast.in_force()
    assert changes() == [], "listed, and no prohibition of it runs"
    actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=NOW, reason="objected to")
    assert changes() == []


def test_a_prohibition_that_touches_the_post_is_one(settings):
    narrow(settings)
    enrolled()
    touching = cast.party(prohibitions=(asking.prohibited(starts_on=date(2026, 12, 1), months=36),))
    cast.in_force(touching)
    assert changes() == [], "it has not begun"
    assert changes(NOW + 6 * DAY) == []
    assert changes(NOW + 7 * DAY) == [(NOT_LISTED, LISTED)], "it begins on its day, and no event says so"


def test_an_end_by_the_calendar_changes_the_answer_though_no_timer_wrote_it():
    cast.in_force()
    enrolled(enrolment(until=date(2027, 11, 24)))
    Employer.objects.update(monitored_most=9)
    listing = cast.fresh(Screening.objects.get().listing)
    Monitoring.objects.update(until=listing.ends_on + 30 * DAY)
    over = NOW + (listing.ends_on - NOW.date()) + DAY
    assert changes(over - DAY) == []
    assert changes(over) == [(LISTED, NOT_LISTED)]


def test_an_event_about_somebody_else_makes_nothing():
    enrolled()
    cast.second_in_force()
    assert changes() == []
    assert Screening.objects.count() == 1
    assert Monitoring.objects.get().stirred_position == 0


def test_each_employer_hears_of_its_own():
    bank, courier = asking.bank(), asking.courier_company()
    enrolled(employer=bank)
    enrolled(enrolment(purpose="transport_recruitment", post="courier"), courier)
    cast.in_force()
    assert changes() == [(NOT_LISTED, LISTED)], "the courier's purpose shows prohibitions only"
    assert MonitoringChange.objects.get().monitoring.employer_id == bank.pk


def test_a_correction_that_takes_the_number_away_is_noticed_though_the_document_is_another():
    listing = cast.in_force()
    enrolled()
    document = listing.party.person.documents.get()
    document.number = cast.APPLICANT_NUMBER
    document.save()
    cast.corrected(listing, sentence_months=20)
    assert changes() == [(LISTED, NOT_LISTED)]


def test_a_name_that_does_not_fit_is_no_answer_and_is_listed_for_the_registry():
    enrolled(enrolment(name="高某"))
    listing = cast.in_force()
    assert changes() == []
    assert Screening.objects.count() == 1
    (doubted,) = overseeing.in_doubt(asking.bank(), now=NOW)
    assert doubted.doubted_at == NOW
    assert (
        overseeing.figures(asking.bank(), now=NOW).enrolled,
        overseeing.figures(asking.bank(), now=NOW).doubted,
    ) == (
        1,
        1,
    )
    assert overseeing.raise_alarms(now=NOW) == 1
    assert calling.call_in(now=NOW) == 1, "the signed form is called in, once"
    assert calling.call_in(now=NOW) == 0
    cast.withdrawn(listing)
    assert changes() == []
    assert overseeing.in_doubt(asking.bank(), now=NOW) == []


def test_what_the_court_allows_less_is_shown_no_more(settings):
    enrolled()
    narrow(settings)
    cast.in_force()
    assert changes() == []
    settings.SHARING_SCOPE_LISTING = True
    assert changes(NOW + DAY) == [(NOT_LISTED, LISTED)]


def test_what_the_employer_may_not_ask_for_any_more_is_not_answered():
    enrolled()
    Employer.objects.update(purposes=["transport_recruitment"])
    cast.in_force()
    assert changes() == changes(NOW + DAY) == []


def test_after_a_new_digest_key_the_person_is_still_found(settings):
    enrolled()
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(9)},{settings.REGISTRY_DIGEST_KEYS}"
    cast.in_force()
    assert changes() == [(NOT_LISTED, LISTED)]
    assert MonitoredDigest.objects.count() == 2
    assert Monitoring.objects.get().digest_key == 9


def test_of_a_suspended_employer_they_are_digested_anew_too_and_found_by_what_comes_meanwhile(settings):
    bank, he = asking.bank(), cast.high_court_registrar()
    enrolled(employer=bank)
    overseeing.suspend(bank, officer=he, reason="guessing", now=NOW)
    former = settings.REGISTRY_DIGEST_KEYS
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(9)},{former}"
    assert walking.is_due(NOW)
    assert changes() == []
    assert not walking.is_due(NOW)
    assert (Monitoring.objects.get().digest_key, MonitoredDigest.objects.count()) == (9, 2)
    assert not any(each.place.startswith("employers.MonitoredDigest") for each in needed.of(Ring.DIGEST))
    cast.in_force()
    assert changes() == []
    overseeing.resume(bank, officer=he, reason="explained", now=NOW)
    assert changes() == [(NOT_LISTED, LISTED)]


def test_one_of_a_suspended_employer_that_cannot_be_opened_is_not_tried_without_end(settings, caplog):
    bank = asking.bank()
    broken = enrolled(employer=bank)
    Monitoring.objects.filter(pk=broken.pk).update(subject_sealed=b"\x01" * 60)
    overseeing.suspend(bank, officer=cast.high_court_registrar(), reason="guessing", now=NOW)
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(9)},{settings.REGISTRY_DIGEST_KEYS}"
    assert changes() == []
    assert broken.pk in caplog.text
    assert not walking.is_due(NOW)


def test_one_that_cannot_be_opened_stops_no_other(caplog):
    broken = enrolled(somebody_else())
    enrolled()
    Monitoring.objects.filter(pk=broken.pk).update(subject_sealed=b"\x01" * 60)
    cast.second_in_force()
    cast.in_force(number=cast.DEFENDANT_NUMBER)
    assert changes() == [(NOT_LISTED, LISTED)]
    assert broken.pk in caplog.text


def test_as_many_as_one_look_takes_that_cannot_be_opened_after_a_new_digest_key_keep_no_other_from_its_look(
    settings, monkeypatch
):
    monkeypatch.setattr(walking, "CHUNK", 2)
    monkeypatch.setattr(walking, "LOOKING_SECONDS", 0.5)
    for number in (cast.DEFENDANT_NUMBER, cast.SECOND_NUMBER, cast.APPLICANT_NUMBER):
        enrolled(enrolment(document_number=number))
    *broken, whole = Monitoring.objects.order_by("pk").values_list("pk", flat=True)
    Monitoring.objects.filter(pk__in=broken).update(subject_sealed=b"\x01" * 60)
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(9)},{settings.REGISTRY_DIGEST_KEYS}"
    changes()
    assert Monitoring.objects.get(pk=whole).digest_key == 9
    assert not walking.is_due(NOW)


def test_what_could_not_be_opened_has_new_digests_the_day_after_it_can_be_again(settings):
    found = enrolled()
    Monitoring.objects.filter(pk=found.pk).update(subject_sealed=b"\x01" * 60)
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(9)},{settings.REGISTRY_DIGEST_KEYS}"
    changes()
    Monitoring.objects.filter(pk=found.pk).update(subject_sealed=found.subject_sealed)
    assert Monitoring.objects.get().digest_key != 9
    changes(NOW + DAY)
    assert Monitoring.objects.get().digest_key == 9


def test_a_recalled_result_that_cannot_be_replaced_keeps_no_other_from_being_replaced(monkeypatch):
    monkeypatch.setattr(walking, "CHUNK", 1)
    monkeypatch.setattr(walking, "LOOKING_SECONDS", 0.5)
    cast.in_force()
    first, second = sorted((enrolled(), enrolled(employer=asking.courier_company())), key=lambda each: each.pk)
    for each in (first, second):
        ResultRecall.objects.create(screening=each.latest, cause=RecallCause.LISTING_CHANGED, position=1, opened_at=NOW)
    Employer.objects.filter(pk=first.employer_id).update(purposes=["none"])
    assert changes() == [(LISTED, LISTED)]
    assert MonitoringChange.objects.get().monitoring_id == second.pk


def test_a_new_digest_key_makes_everybody_due_at_once(settings):
    enrolled()
    walking.walk(now=NOW)
    assert not walking.is_due(NOW)
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(9)},{settings.REGISTRY_DIGEST_KEYS}"
    assert walking.is_due(NOW)


def test_changes_are_written_once():
    enrolled()
    cast.in_force()
    changes()
    with pytest.raises(InsertOnlyError):
        MonitoringChange.objects.get().delete()
    for table in ("monitoringchange", "monitoringtold", "monitoringconfirmation", "monitoringattempt"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = %s", [f"employers_{table}_insert_only"])
            assert cursor.fetchone() == (1,)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE employers_monitoringchange SET was = 'listed'")


# Ending


def is_destroyed(monitoring):
    row = Monitoring.objects.get(pk=monitoring.pk)
    return row.subject_sealed is None and not row.digests.exists()


def test_what_ended_before_the_walk_makes_nothing_and_keeps_nobody():
    monitoring = enrolled()
    cast.in_force()
    assert ending.end(monitoring.pk, EndedBecause.EMPLOYER, by=monitoring.client, now=NOW)
    assert changes() == []
    assert is_destroyed(monitoring)
    ended = Monitoring.objects.get()
    assert (ended.ended_at, ended.ended_because, ended.ended_by_client) == (NOW, "employer", monitoring.client)
    assert not ending.end(monitoring.pk, EndedBecause.REGISTRY, now=NOW)
    with pytest.raises(ValueError, match="destroyed"):
        _ = ended.subject


def test_nobody_can_be_kept_after_the_end():
    monitoring = enrolled()
    with pytest.raises(IntegrityError, match="monitoring_keeps_nobody_once_ended"), transaction.atomic():
        Monitoring.objects.filter(pk=monitoring.pk).update(ended_at=NOW, ended_because="until")


def test_after_its_last_day_it_is_over_though_no_timer_ran():
    monitoring = enrolled(enrolment(until=date(2026, 12, 1)))
    cast.in_force()
    assert changes(NOW + 8 * DAY) == []
    assert not is_destroyed(monitoring)
    assert ending.end_over(now=NOW + 7 * DAY) == 0, "its last day counts"
    assert ending.end_over(now=NOW + 8 * DAY) == 1
    assert is_destroyed(monitoring)
    assert Monitoring.objects.get().ended_because == "until"


def test_a_consent_that_is_revoked_ends_it():
    monitoring = enrolled()
    cast.in_force()
    assert ending.end_without_consent(monitoring.consent_id, now=NOW)
    assert changes() == []
    assert is_destroyed(monitoring)
    assert not ending.end_without_consent(monitoring.consent_id, now=NOW)


def test_a_form_that_was_called_in_and_was_no_consent_ends_it():
    monitoring = enrolled()
    calling.ConsentCall.objects.create(screening=monitoring.first, called_at=NOW, due_on=NOW.date())
    show_form(monitoring.first)
    he = cast.high_court_registrar()
    judging.refuse(monitoring.first_id, Verdict.NO_CONSENT, officer=he, reason="not signed", now=NOW)
    cast.in_force()
    assert changes() == []
    assert is_destroyed(monitoring)
    assert Monitoring.objects.get().ended_because == "consent"


def test_a_form_that_names_somebody_else_ends_a_monitoring_in_doubt():
    monitoring = enrolled(enrolment(name="高某"))
    cast.in_force()
    assert changes() == []
    calling.call_in(now=NOW)
    show_form(monitoring.first)
    he = cast.high_court_registrar()
    judging.refuse(monitoring.first_id, Verdict.MISTYPED, officer=he, reason="names 高䶮", now=NOW)
    assert is_destroyed(monitoring)


def told_on_a_form(monitoring):
    """The form is called in, after a change was told on it: the change's own result."""
    cast.in_force()
    assert changes() == [(NOT_LISTED, LISTED)]
    calling.ConsentCall.objects.create(screening=monitoring.first, called_at=NOW, due_on=NOW.date())
    return MonitoringChange.objects.get().screening


@pytest.mark.parametrize("verdict", [Verdict.NO_CONSENT, Verdict.MISTYPED])
def test_what_was_told_on_a_form_that_was_no_consent_is_recalled_with_the_first_answer(verdict):
    monitoring, other = enrolled(), enrolled(somebody_else())
    told = told_on_a_form(monitoring)
    show_form(monitoring.first)
    judging.refuse(monitoring.first_id, verdict, officer=cast.high_court_registrar(), reason="not signed", now=NOW)
    recalled = ResultRecall.objects.filter(cause=RecallCause.NO_CONSENT).values_list("screening", flat=True)
    assert set(recalled) == {monitoring.first_id, told.pk}
    assert not ResultRecall.objects.filter(screening=other.first).exists()


def test_what_was_told_on_a_form_that_is_not_shown_is_recalled():
    monitoring = enrolled()
    told = told_on_a_form(monitoring)
    assert judging.not_shown(monitoring.first_id, now=NOW)
    assert ResultRecall.objects.get(screening=told).cause == RecallCause.NO_CONSENT


def test_what_was_told_and_recalled_before_stays_recalled_for_its_own_cause():
    monitoring = enrolled()
    told, he = told_on_a_form(monitoring), cast.high_court_registrar()
    recalling.recall_as_erroneous(told, officer=he, reason="another person", now=NOW)
    assert judging.not_shown(monitoring.first_id, now=NOW)
    assert ResultRecall.objects.get(screening=told).cause == RecallCause.ERRONEOUS


def test_what_was_told_before_the_consent_was_revoked_stays():
    monitoring = enrolled()
    told_on_a_form(monitoring)
    assert ending.end_without_consent(monitoring.consent_id, now=NOW)
    assert not ResultRecall.objects.exists()


def test_a_suspended_employer_hears_nothing_until_it_may_ask_again():
    bank = asking.bank()
    enrolled(employer=bank)
    overseeing.suspend(bank, officer=cast.high_court_registrar(), reason="guessing", now=NOW)
    cast.in_force()
    assert changes() == []
    overseeing.resume(bank, officer=cast.high_court_registrar(), reason="explained", now=NOW)
    assert changes() == [(NOT_LISTED, LISTED)]


def test_the_registry_ends_one_for_a_reason_that_stays_inside():
    monitoring = enrolled()
    with pytest.raises(HighCourtRegistrarNeeded):
        overseeing.end_monitoring(monitoring, officer=cast.registrar(), reason="another person", now=NOW)
    overseeing.end_monitoring(monitoring, officer=cast.high_court_registrar(), reason="another person", now=NOW)
    assert is_destroyed(monitoring)
    assert EmployerAct.objects.get(act="end").reason == f"{monitoring.pk}: another person"


# Crashes and races


def test_a_walker_that_dies_in_the_middle_loses_nothing_and_repeats_nothing(monkeypatch):
    enrolled()
    enrolled(somebody_else())
    cast.in_force()
    cast.second_in_force()
    calls = iter([None, RuntimeError("killed")])
    compare = walking._compare

    def dying(*args):
        if isinstance(error := next(calls), RuntimeError):
            raise error
        return compare(*args)

    with monkeypatch.context() as patch:
        patch.setattr(walking, "_compare", dying)
        with pytest.raises(RuntimeError):
            walking.walk(now=NOW)
    assert MonitoringChange.objects.count() == 1
    assert changes() == [(NOT_LISTED, LISTED)] * 2


def test_a_walker_that_dies_before_the_cursor_moved_begins_again(monkeypatch):
    enrolled()
    cast.in_force()

    def killed(*args, **kwargs):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(walking.MonitoringCursor, "save", killed)
        with pytest.raises(RuntimeError):
            walking.walk(now=NOW)
    assert (MonitoringCursor.objects.get().position, Monitoring.objects.get().stirred_position) == (0, 0)
    assert changes() == [(NOT_LISTED, LISTED)]


def test_it_walks_in_chunks(monkeypatch):
    enrolled()
    cast.second_in_force()
    cast.in_force()
    monkeypatch.setattr(walking, "CHUNK", 1)
    assert changes() == [(NOT_LISTED, LISTED)]
    assert MonitoringCursor.objects.get().position == Event.objects.count()


def at_once(*works):
    start, errors = threading.Barrier(len(works)), []

    def run(work):
        try:
            start.wait()
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []


@pytest.mark.django_db(transaction=True)
def test_two_walkers_make_each_change_once():
    for post in ("loan_officer", "bank_teller", "insurance_agent"):
        enrolled(enrolment(post=post))
    cast.in_force()
    at_once(*[lambda: walking.walk(now=NOW)] * 3)
    assert changes() == [(NOT_LISTED, LISTED)] * 3


@pytest.mark.django_db(transaction=True)
def test_two_enrolments_at_once_do_not_pass_the_last_place():
    bank = asking.bank()
    asking.machine(bank.organisation)
    Employer.objects.update(monitored_most=1)
    bank = Employer.objects.select_related("organisation").get(pk=bank.pk)
    refused = []

    def work(asked):
        try:
            enrolled(asked, bank)
        except MonitoringFull as refusal:
            refused.append(refusal)

    at_once(lambda: work(enrolment()), lambda: work(somebody_else()))
    assert (Monitoring.objects.count(), len(refused), Screening.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_an_end_in_the_middle_of_a_look_waits_for_it_and_then_keeps_nobody(monkeypatch):
    monitoring = enrolled()
    cast.in_force()
    looking, go_on = threading.Event(), threading.Event()
    record = walking.recording.record

    def slowly(*args):
        looking.set()
        assert go_on.wait(5)
        return record(*args)

    monkeypatch.setattr(walking.recording, "record", slowly)

    def end():
        assert looking.wait(5)
        threading.Timer(0.3, go_on.set).start()
        assert ending.end(monitoring.pk, EndedBecause.EMPLOYER, now=NOW)

    at_once(lambda: walking.walk(now=NOW), end)
    assert is_destroyed(monitoring)
    assert MonitoringChange.objects.count() == 1


def test_no_task_holds_anything_personal(settings):
    names = {"sharing.monitor", "sharing.tell_changes", "sharing.announce_changes"}
    rows = [row for row in settings.CELERY_BEAT_SCHEDULE.values() if row["task"] in names]
    assert len(rows) == 3
    assert not any("args" in row or "kwargs" in row for row in rows)


def test_what_is_sealed_is_as_the_book_compares_it():
    monitoring = enrolled(enrolment(name=" 高  䶮 "))
    committed, last_four = json.loads(Monitoring.objects.get(pk=monitoring.pk).subject)
    assert (committed.split("\n")[0], last_four) == ("高䶮", cast.DEFENDANT_NUMBER[-4:])
    assert changes(NOW) == []


def test_who_was_looked_at_under_a_clock_a_year_ahead_is_looked_at_again_today():
    enrolled()
    walking.walk(now=NOW)
    walking.look(now=NOW)
    Monitoring.objects.update(looked_on=today(NOW) + 365 * DAY)
    assert walking.is_due(NOW)
    walking.look(now=NOW)
    assert Monitoring.objects.get().looked_on == today(NOW)
    assert not walking.is_due(NOW)


def test_an_answer_that_cannot_be_opened_keeps_no_other_from_being_looked_at(monkeypatch):
    broken = enrolled()
    enrolled(somebody_else())
    cast.in_force()
    cast.second_in_force()
    before = walking._visible_before

    def opened(latest):
        if latest == broken.latest:
            raise SealBroken
        return before(latest)

    monkeypatch.setattr(walking, "_visible_before", opened)
    assert changes() == [(NOT_LISTED, LISTED)]
    assert walking.look(now=NOW) == 0


def test_in_place_of_a_result_that_an_event_recalled_there_is_a_fresh_one_once():
    listing = cast.in_force()
    first = enrolled().first
    event = Event.objects.filter(listing=listing).latest("position")
    ResultRecall.objects.create(screening=first, cause="listing_changed", position=event.position, opened_at=NOW)
    assert changes() == changes() == [(LISTED, LISTED)]
    assert Monitoring.objects.get().latest != first
