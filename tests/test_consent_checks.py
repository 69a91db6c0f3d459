"""A number whose name does not fit must not tell that it is listed; and a consent that nobody can show voids the answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser
from pytest_django import Settings

from registry import errors
from registry.models import Listing
from sharing import signing
from sharing.employers import (
    calling,
    held_share,
    judging,
    overseeing,
    paper,
    recalling,
    screening,
    verification,
    verification_code,
)
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.lookup import Subject
from sharing.employers.models import (
    ConsentCall,
    ConsentLook,
    ConsentVerdict,
    EmployerAct,
    EmployerAlarm,
    HeldBecause,
    QuestionsAsked,
    RecallCause,
    ResultRecall,
    Screening,
    ScreeningOutcome,
    ShownForm,
    Verdict,
)
from sharing.employers.purposes import purposes
from tests import asking, cast, papers

LISTED, NOT_LISTED, PENDING = ScreeningOutcome.LISTED, ScreeningOutcome.NOT_LISTED, ScreeningOutcome.PENDING
FORM = papers.pdf("the signed form of an invented person")
OTHER_FORM = papers.pdf("another file")
IN_TIME = date(2026, 12, 1)  # five working days after 24 November

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_court_has_decided(settings: Settings) -> None:
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_CALLED_SHARE = 0.0


@pytest.fixture
def listing() -> Listing:
    return cast.in_force()


def signed(form: bytes = FORM) -> Attestation:
    return Attestation(document_sha256=hashlib.sha256(form).hexdigest(), signed_on=date(2026, 11, 20))


def ask(name: str = "高某", form: bytes = FORM, now: datetime = cast.NOW, **changes: Any) -> Screening:
    return asking.answered(asking.question(name=name, consent=signed(form), **changes), now=now)


def shown(name: str = "高某", **changes: Any) -> Screening:
    asked = ask(name, **changes)
    calling.call_in(now=cast.NOW + timedelta(minutes=6))
    calling.show(asked, FORM, now=cast.NOW)
    return asked


def on_the_form(name: str = "高某", number: str = cast.DEFENDANT_NUMBER, same_person: bool | None = None) -> Compared:
    return Compared(document_type="resident_id", document_number=number, name=name, same_person=same_person)


def confirm(asked: Screening, compared: Compared, reason: str = "compared with the form") -> ConsentVerdict:
    he = cast.high_court_registrar()
    return judging.confirm(asked.pk, compared, officer=he, reason=reason, now=cast.NOW)


def refuse(asked: Screening, verdict: Verdict) -> ConsentVerdict:
    he = cast.high_court_registrar()
    return judging.refuse(asked.pk, verdict, officer=he, reason="compared with the form", now=cast.NOW)


def now_told(asked: Screening) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(asked.latest.answer)
    return told


def used() -> int:
    return QuestionsAsked.objects.get().questions


# What a guesser learns


def test_every_question_of_the_held_share_is_pending_whatever_the_book_says(
    listing: Listing, settings: Settings
) -> None:
    settings.SHARING_HELD_SHARE = 1.0
    listed, unlisted = ask("高䶮"), ask("王小明", OTHER_FORM, document_number=cast.APPLICANT_NUMBER)
    assert (listed.outcome, unlisted.outcome) == (PENDING, PENDING)
    assert {listed.held_because, unlisted.held_because} == {HeldBecause.SHARE}
    assert listed.listing == listing


def test_a_name_that_does_not_fit_looks_like_a_question_that_was_drawn(listing: Listing, settings: Settings) -> None:
    missed = ask("高某")
    settings.SHARING_HELD_SHARE = 1.0
    drawn = ask("王小明", OTHER_FORM, document_number=cast.APPLICANT_NUMBER)
    assert (missed.held_because, drawn.held_because) == (HeldBecause.NAME, HeldBecause.SHARE)
    differing = ("id", "applicant", "verification", "result", "padding")
    told = [
        {key: value for key, value in asking.told(each).items() if key not in differing} for each in (missed, drawn)
    ]
    assert told[0] == told[1]
    claims = [signing.read_result(each.result) for each in (missed, drawn)]
    assert claims[0].keys() == claims[1].keys()


def test_both_cost_ten_questions(listing: Listing, settings: Settings) -> None:
    ask("高某")
    assert used() == 10
    settings.SHARING_HELD_SHARE = 1.0
    ask("王小明", OTHER_FORM, document_number=cast.APPLICANT_NUMBER)
    assert used() == 20
    settings.SHARING_HELD_SHARE = 0.0
    asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"))
    assert used() == 21


def test_the_draw_is_the_same_for_every_name_and_employer_all_month(settings: Settings) -> None:
    settings.SHARING_HELD_SHARE = 0.5
    settings.SHARING_SUBJECT_A_MONTH = 1000
    numbers = [cast.resident(f"110105199001{day:02d}{serial}") for day in range(1, 11) for serial in (123, 246)]
    first = [asking.answered(asking.question(document_number=number, name="王小明")).outcome for number in numbers]
    again = [asking.answered(asking.question(document_number=number, name="李大")).outcome for number in numbers]
    elsewhere = [
        asking.answered(asking.question(document_number=number, name="王小明"), asking.courier_company()).outcome
        for number in numbers
    ]
    assert first == again == elsewhere
    assert set(first) == {PENDING, NOT_LISTED}


def test_about_the_share_of_the_setting_is_drawn(settings: Settings) -> None:
    settings.SHARING_HELD_SHARE = 0.015
    subjects = [
        Subject(digests=(serial.to_bytes(32, "big"),), names=(), committed=b"", last_four="")
        for serial in range(20_000)
    ]
    drawn = sum(held_share.held(each, cast.NOW.date()) for each in subjects)
    assert 220 < drawn < 380
    another_month = [held_share.held(each, date(2026, 12, 25)) for each in subjects]
    assert 220 < sum(another_month) < 380
    assert (
        sum(held_share.held(each, cast.NOW.date()) and held for each, held in zip(subjects, another_month, strict=True))
        < 40
    )


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2026, 12, 31), date(2026, 12, 9)])
def test_on_no_day_is_the_share_drawn_anew_for_all_so_that_asking_on_both_sides_of_it_tells_who_is_listed(
    settings: Settings, day: date
) -> None:
    settings.SHARING_HELD_SHARE = 0.015
    subjects = [
        Subject(digests=(serial.to_bytes(32, "big"),), names=(), committed=b"", last_four="")
        for serial in range(20_000)
    ]
    drawn = [each for each in subjects if held_share.held(each, day)]
    on_the_next = sum(held_share.held(each, day + timedelta(days=1)) for each in drawn)
    assert on_the_next > 0.9 * len(drawn)
    assert sum(held_share.held(each, day + timedelta(days=30)) for each in drawn) < 0.2 * len(drawn)


def test_right_numbers_with_wrong_names_never_tell_listed_or_not_listed_apart(settings: Settings) -> None:
    """The attack: known numbers, guessed names. Nothing that comes back is an answer, and it is soon over."""
    numbers = [cast.resident(f"11010519880304{serial}") for serial in range(101, 104)]
    for number in numbers:
        cast.in_force(cast.party(cast.person(number, f"某{number[-2]}")), number=number)
    employer = asking.bank(daily_quota=25)
    guesses = [asking.question(document_number=number, name="猜测") for number in numbers]
    assert [asking.answered(each, employer).outcome for each in guesses] == [PENDING] * 3
    with pytest.raises(errors.QuotaReached):
        asking.answered(asking.question(document_number=numbers[0], name="再猜"), employer)
    assert overseeing.raise_alarms(now=cast.NOW) == 1
    assert "bank" in mail.outbox[0].subject


def test_the_same_applicant_is_asked_about_only_so_often(settings: Settings) -> None:
    settings.SHARING_SUBJECT_A_MONTH = 2
    for _ in range(2):
        asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"))
    with pytest.raises(errors.SubjectQuotaReached):
        asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"))
    elsewhere = asking.answered(
        asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"), asking.courier_company()
    )
    assert elsewhere.outcome == NOT_LISTED
    a_month_later = cast.NOW + timedelta(days=31)
    fresh = asking.attested(a_month_later.date())
    later = asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明", consent=fresh)
    assert asking.answered(later, now=a_month_later).outcome == NOT_LISTED


# Forms are called in


def test_the_form_of_a_pending_question_is_called_in_and_the_employer_told(listing: Listing) -> None:
    asked = ask()
    assert calling.call_in(now=cast.NOW) == 1
    assert calling.call_in(now=cast.NOW) == 0
    assert ConsentCall.objects.get().due_on == IN_TIME
    assert calling.tell(now=cast.NOW) == 1
    assert calling.tell(now=cast.NOW) == 0
    (message,) = mail.outbox
    assert asked.pk in message.body
    assert "2026-12-01" in message.body


def test_a_share_of_the_answered_questions_is_called_in_too(listing: Listing, settings: Settings) -> None:
    asked = ask("高䶮")
    calling.call_in(now=cast.NOW + timedelta(minutes=6))
    assert not ConsentCall.objects.exists()
    settings.SHARING_CALLED_SHARE = 1.0
    later = cast.NOW + timedelta(hours=1)
    calling.call_in(now=later)
    assert not ConsentCall.objects.exists(), "each question is drawn once"
    fresh = ask("高䶮", OTHER_FORM, now=later)
    calling.call_in(now=later + timedelta(minutes=6))
    assert ConsentCall.objects.get().screening == fresh
    assert asked != fresh


def test_a_question_whose_transaction_took_minutes_is_drawn_too(listing: Listing, settings: Settings) -> None:
    settings.SHARING_CALLED_SHARE = 1.0
    calling.call_in(now=cast.NOW + timedelta(minutes=4))
    late = ask("高䶮")  # asked at NOW, seen by nobody before
    calling.call_in(now=cast.NOW + timedelta(hours=1))
    assert ConsentCall.objects.get().screening == late


def test_a_draw_under_a_clock_a_year_ahead_keeps_no_later_question_from_being_drawn(
    listing: Listing, settings: Settings
) -> None:
    calling.call_in(now=cast.NOW + timedelta(days=365))
    settings.SHARING_CALLED_SHARE = 1.0
    fresh = ask("高䶮")
    calling.call_in(now=cast.NOW + timedelta(minutes=6))
    assert ConsentCall.objects.get().screening == fresh
    calling.call_in(now=cast.NOW + timedelta(minutes=7))
    assert ConsentCall.objects.count() == 1


def test_a_question_that_needs_no_consent_gets_no_answer_in_the_end_and_nobody_is_suspended(
    listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = purposes()
    free = replace(known["finance_recruitment"], consent_needed=False)
    monkeypatch.setattr(screening, "purposes", lambda: {**known, "finance_recruitment": free})
    asked = asking.answered(asking.question(name="高某", consent=None))
    calling.call_in(now=cast.NOW)
    assert calling.tell(now=cast.NOW) == 0
    assert calling.overdue(now=cast.NOW + timedelta(days=8)) == 1
    assert now_told(asked)["outcome"] == "void"
    asked.employer.refresh_from_db()
    assert asked.employer.suspended_at is None


def test_only_the_very_file_is_taken_and_it_is_kept_sealed(listing: Listing) -> None:
    asked = ask()
    with pytest.raises(errors.FormNotCalled):
        calling.show(asked, FORM, now=cast.NOW)
    calling.call_in(now=cast.NOW)
    with pytest.raises(errors.FormDiffers):
        calling.show(asked, OTHER_FORM, now=cast.NOW)
    with pytest.raises(errors.FormKind):
        calling.show(asked, b"<html>", now=cast.NOW)
    kept = calling.show(asked, FORM, now=cast.NOW)
    assert kept.content == FORM
    assert FORM not in bytes(kept.content_sealed or b"")
    assert calling.show(asked, FORM, now=cast.NOW).shown_at == kept.shown_at


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(errors.FormKind):
        calling.refuse_kind(FORM + bytes(5 * 1024 * 1024))


def test_nobody_is_blamed_for_a_form_that_he_was_not_told_of(listing: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail server was away all the time: whoever hears late has five working days from then on."""
    asked = ask("高某")
    calling.call_in(now=cast.NOW)
    monkeypatch.setattr("registry.letters.sent", lambda _message, _about: False)
    assert calling.tell(now=cast.NOW) == 0
    later = cast.NOW + timedelta(days=8)
    assert calling.overdue(now=later) == 0
    monkeypatch.undo()
    assert calling.tell(now=later) == 1
    assert ConsentCall.objects.get().due_on == date(2026, 12, 9)
    assert "2026-12-09" in mail.outbox[-1].body
    assert calling.overdue(now=later + timedelta(days=7)) == 0
    assert calling.overdue(now=later + timedelta(days=8)) == 1
    asked.employer.refresh_from_db()
    assert asked.employer.suspended_at is not None


def test_who_does_not_show_it_in_time_is_suspended_and_the_answer_void(listing: Listing) -> None:
    asked = ask("高䶮")
    ConsentCall.objects.create(screening=asked, called_at=cast.NOW, due_on=IN_TIME, told_at=cast.NOW)
    on_the_last_day = cast.NOW + timedelta(days=7)
    assert calling.overdue(now=on_the_last_day) == 0
    assert calling.overdue(now=on_the_last_day + timedelta(days=1)) == 1
    assert calling.overdue(now=on_the_last_day + timedelta(days=1)) == 0
    assert now_told(asked)["outcome"] == "void"
    assert now_told(asked)["listing"] is None
    asked.employer.refresh_from_db()
    assert asked.employer.suspended_at is not None
    assert EmployerAct.objects.latest("at").act == EmployerAct.Act.SUSPEND


# An officer judges


def test_a_form_that_fits_gets_the_answer_of_the_book_as_it_is_now(settings: Settings) -> None:
    settings.SHARING_HELD_SHARE = 1.0
    asked = shown("王小明", document_number=cast.APPLICANT_NUMBER)
    confirm(asked, on_the_form("王小明", cast.APPLICANT_NUMBER))
    assert now_told(asked)["outcome"] == "not_listed"
    claims = signing.read_result(now_told(asked)["result"])
    assert (claims["jti"], claims["outcome"]) == (asked.pk, "not_listed")
    assert len(asked.latest.answer) == len(asked.answer)


def test_a_listing_with_another_name_is_the_same_person_or_not(listing: Listing) -> None:
    asked = shown("高某")
    with pytest.raises(errors.SamePersonUndecided):
        confirm(asked, on_the_form("高某"))
    with pytest.raises(errors.ReasonNeeded):
        confirm(asked, on_the_form("高某", same_person=True), reason="")
    confirm(asked, on_the_form("高某", same_person=True))
    assert now_told(asked)["outcome"] == "listed"
    assert now_told(asked)["listing"]["number"] == listing.number
    assert ConsentVerdict.objects.get().listing == listing


def test_a_listing_of_somebody_else_is_not_told(listing: Listing) -> None:
    asked = shown("高某")
    confirm(asked, on_the_form("高某", same_person=False))
    assert now_told(asked)["outcome"] == "not_listed"


@pytest.mark.parametrize("typed", [on_the_form("高䶮"), on_the_form("高某", cast.APPLICANT_NUMBER)])
def test_a_form_that_names_another_cannot_be_confirmed(listing: Listing, typed: Compared) -> None:
    asked = shown("高某")
    with pytest.raises(errors.FormNamesAnother):
        confirm(asked, typed)


def test_a_mistyped_name_voids_the_question_and_suspends_nobody(listing: Listing) -> None:
    asked = shown("高某")
    refuse(asked, Verdict.MISTYPED)
    assert now_told(asked)["outcome"] == "void"
    asked.employer.refresh_from_db()
    assert asked.employer.suspended_at is None


def test_no_valid_consent_suspends_the_employer(listing: Listing) -> None:
    asked = shown("高某")
    refuse(asked, Verdict.NO_CONSENT)
    with pytest.raises(errors.EmployerSuspended):
        asking.answered()


def test_an_answer_whose_form_fits_stays_what_it_was(listing: Listing, settings: Settings) -> None:
    settings.SHARING_CALLED_SHARE = 1.0
    asked = shown("高䶮")
    before = asked.latest.answer
    confirm(asked, on_the_form("高䶮"))
    assert asked.latest.answer == before


def test_the_form_is_destroyed_once_it_is_judged_and_every_look_is_on_record(listing: Listing) -> None:
    asked = shown("高某")
    he = cast.high_court_registrar()
    assert judging.form_of(asked.pk, officer=he, now=cast.NOW).content == FORM
    assert ConsentLook.objects.get().officer == he
    refuse(asked, Verdict.MISTYPED)
    assert ShownForm.objects.get().content_sealed is None
    with pytest.raises(errors.ConsentJudged):
        judging.form_of(asked.pk, officer=he, now=cast.NOW)
    with pytest.raises(errors.ConsentJudged):
        refuse(asked, Verdict.NO_CONSENT)
    with pytest.raises(errors.ConsentJudged):
        calling.show(asked, FORM, now=cast.NOW)


def test_nothing_is_judged_before_the_form_is_there_or_where_none_is_called_in(listing: Listing) -> None:
    asked = ask()
    calling.call_in(now=cast.NOW)
    with pytest.raises(errors.FormNotShown):
        refuse(asked, Verdict.MISTYPED)
    answered = ask("高䶮", OTHER_FORM)
    with pytest.raises(errors.NoSuchConsentCheck):
        refuse(answered, Verdict.MISTYPED)


def test_registrars_of_the_high_court_alone_look_and_judge(listing: Listing) -> None:
    asked = shown("高某")
    for stranger in (cast.clerk(), cast.judge(), cast.registrar()):
        with pytest.raises(errors.HighCourtRegistrarNeeded):
            judging.form_of(asked.pk, officer=stranger, now=cast.NOW)
        with pytest.raises(errors.HighCourtRegistrarNeeded):
            judging.refuse(asked.pk, Verdict.MISTYPED, officer=stranger, reason="compared", now=cast.NOW)
        with pytest.raises(errors.HighCourtRegistrarNeeded):
            judging.confirm(asked.pk, on_the_form(), officer=stranger, reason="compared", now=cast.NOW)


# At the door of the API


def put(asked: Screening, file: bytes, headers: dict[str, str]) -> Any:
    path = f"/api/v1/screenings/{asked.pk}/consent-form"
    return Browser().put(path, file, content_type="application/pdf", headers=headers)


def test_the_employers_machine_shows_the_form_and_reads_the_answer_later(listing: Listing) -> None:
    asked = ask("高某")
    calling.call_in(now=cast.NOW)
    headers = asking.bearer(asked.employer)
    assert put(asked, OTHER_FORM, headers).json()["code"] == "R-533"
    assert put(asked, b"", headers).json()["code"] == "R-534", "a body without a byte"
    assert put(asked, FORM, headers).status_code == 204
    confirm(asked, on_the_form("高某", same_person=True))
    told = Browser().get(f"/api/v1/screenings/{asked.pk}", headers=headers)
    assert told.json()["outcome"] == "listed"
    assert len(told.content) == len(asked.answer)


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream"])
def test_the_form_is_taken_under_any_type_of_a_file(listing: Listing, kind: str) -> None:
    asked = ask("高某")
    calling.call_in(now=cast.NOW)
    headers = asking.bearer(asked.employer)
    path = f"/api/v1/screenings/{asked.pk}/consent-form"
    assert Browser().put(path, FORM, content_type=kind, headers=headers).status_code == 204


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"])
def test_anything_else_is_refused_as_another_type(listing: Listing, kind: str) -> None:
    asked = ask("高某")
    calling.call_in(now=cast.NOW)
    headers = asking.bearer(asked.employer)
    path = f"/api/v1/screenings/{asked.pk}/consent-form"
    assert Browser().put(path, FORM, content_type=kind, headers=headers).status_code == 415


def test_another_employers_form_is_as_absent_as_one_that_never_was(listing: Listing) -> None:
    asked = ask("高某")
    calling.call_in(now=cast.NOW)
    stranger = put(asked, FORM, asking.bearer(asking.courier_company().organisation))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "R-508")


# The court watches


def test_the_figures_of_an_employer(listing: Listing, settings: Settings) -> None:
    settings.SHARING_PENDING_COSTS = 1
    ask("高䶮")
    ask("高某", OTHER_FORM)
    asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"))
    found = overseeing.figures(asking.bank(), now=cast.NOW)
    assert (found.questions, found.listed, found.pending, found.names, found.applicants) == (3, 1, 1, 1, 2)


def test_names_that_do_not_fit_and_a_quota_used_up_raise_an_alarm_once_a_day(
    listing: Listing, settings: Settings
) -> None:
    settings.SHARING_MISMATCHES_ALARM = 2
    employer = asking.bank(daily_quota=10)
    for back in (0, 1, 2):
        moment = cast.NOW - timedelta(days=back)
        asked = asking.question(name="高某", consent=asking.attested(moment.date()))
        asking.answered(asked, employer, now=moment)
    assert overseeing.raise_alarms(now=cast.NOW) == 2
    assert overseeing.raise_alarms(now=cast.NOW) == 0
    assert {alarm.kind for alarm in EmployerAlarm.objects.all()} == {"names", "quota"}
    assert all(cast.DEFENDANT_NUMBER not in message.body for message in mail.outbox)


def test_the_court_suspends_an_employer_and_lets_it_ask_again(listing: Listing) -> None:
    he, bank = cast.high_court_registrar(), asking.bank()
    with pytest.raises(errors.ReasonNeeded):
        overseeing.suspend(bank, officer=he, reason=" ", now=cast.NOW)
    overseeing.suspend(bank, officer=he, reason="many names that do not fit", now=cast.NOW)
    bank.organisation.refresh_from_db()
    with pytest.raises(errors.EmployerSuspended):
        asking.answered(employer=bank)
    overseeing.resume(bank, officer=he, reason="explained", now=cast.NOW)
    bank.organisation.refresh_from_db()
    assert asking.answered(employer=bank).outcome == LISTED
    with pytest.raises(errors.HighCourtRegistrarNeeded):
        overseeing.suspend(bank, officer=cast.registrar(), reason="no business of mine", now=cast.NOW)


# What proves itself later


def test_an_answer_given_by_a_verdict_is_recalled_when_its_listing_changes(listing: Listing) -> None:
    asked = shown("高某")
    confirm(asked, on_the_form("高某", same_person=True))
    recalling.walk(now=cast.NOW)
    assert not ResultRecall.objects.exists()
    cast.withdrawn(cast.fresh(listing))
    recalling.walk(now=cast.NOW)
    assert ResultRecall.objects.get().screening == asked


def test_an_answer_that_a_verdict_left_as_it_was_is_recalled_once(listing: Listing, settings: Settings) -> None:
    settings.SHARING_CALLED_SHARE = 1.0
    confirm(shown("高䶮"), on_the_form("高䶮"))
    cast.withdrawn(cast.fresh(listing))
    recalling.walk(now=cast.NOW)
    assert ResultRecall.objects.count() == 1


def test_an_answer_without_consent_is_recalled(listing: Listing, settings: Settings) -> None:
    settings.SHARING_CALLED_SHARE = 1.0
    refuse(shown("高䶮"), Verdict.NO_CONSENT)
    assert ResultRecall.objects.get().cause == RecallCause.NO_CONSENT
    cast.withdrawn(cast.fresh(listing))
    recalling.walk(now=cast.NOW)
    assert ResultRecall.objects.count() == 1


def test_the_public_page_names_the_answer_of_the_verdict_and_of_none_that_is_void(listing: Listing) -> None:
    asked = shown("高某")
    code = verification_code.read(now_told(asked)["verification"]["code"])
    last_four = cast.DEFENDANT_NUMBER[-4:]
    pending = verification.by_code(code, last_four, now=cast.NOW)
    assert pending is not None
    assert (pending.final, pending.named) == (False, None)
    confirm(asked, on_the_form("高某", same_person=True))
    later = cast.NOW + timedelta(days=2)
    found = verification.by_code(code, last_four, now=later)
    assert found is not None
    assert found.named is not None
    assert found.named.outcome == LISTED
    assert paper.paper(Screening.objects.get(pk=asked.pk)).startswith(b"%PDF")


def test_nothing_that_is_void_is_printed(listing: Listing) -> None:
    asked = shown("高某")
    refuse(asked, Verdict.MISTYPED)
    with pytest.raises(errors.NoResultYet):
        paper.paper(Screening.objects.get(pk=asked.pk))
