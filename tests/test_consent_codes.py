"""A consent code: what it lets an employer ask, once, and everything it does not."""

from __future__ import annotations

import string
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.errors import (
    ConsentCodeExpired,
    ConsentCodeForAnotherPurpose,
    ConsentCodeOfAnotherEmployer,
    ConsentCodeOfAnotherPerson,
    ConsentCodeOfTooManyPersons,
    ConsentCodeRevoked,
    ConsentCodeShape,
    ConsentCodeSpent,
    ConsentCodeUnknown,
    ConsentJudged,
    FormNotCalled,
    IdempotencyKeyReused,
    NoSuchConsentCheck,
    Refusal,
    TooManyConsentCodes,
)
from sharing.employers import calling, consent_code, giving, judging, requesting
from sharing.employers.consent import TypedCode
from sharing.employers.judging import Compared
from sharing.employers.models import (
    Consent,
    ConsentKind,
    ConsentLook,
    QuestionsAsked,
    RequestState,
    Screening,
    ScreeningOutcome,
    Verdict,
)
from sharing.employers.screening import ask_many
from sharing.employers.verification_code import ALPHABET, check_character
from tests import asking, cast, consenting, papers
from tests.desk import at_the_desk
from tests.test_screening_api import post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
LISTED, NOT_LISTED, PENDING = ScreeningOutcome.LISTED, ScreeningOutcome.NOT_LISTED, ScreeningOutcome.PENDING


def asked(code, employer=None, now=cast.NOW, **changes):
    return asking.answered(asking.question(consent=consenting.typed(code), **changes), employer, now=now)


# What it lets be asked


def test_it_works():
    listing = cast.in_force()
    code = consenting.given()
    screening = asked(code)
    assert (screening.outcome, screening.listing) == (LISTED, listing)
    spent = Consent.objects.get()
    assert (spent.kind, spent.code, spent.document_sha256) == (ConsentKind.CODE, code, "")
    assert (bytes(spent.subject_digest), spent.purpose) == (bytes(screening.subject_digest), "finance_recruitment")
    assert spent.person_sealed is None
    assert requesting.state_of(code.request, cast.NOW) == RequestState.USED


def test_a_person_who_is_not_listed_consents_in_the_same_way():
    cast.in_force()
    code = consenting.given(by=consenting.person(cast.APPLICANT_NUMBER, "王小明"))
    assert asked(code, document_number=cast.APPLICANT_NUMBER, name="王小明").outcome == NOT_LISTED


@pytest.mark.parametrize("typed", ["Aoife O’Brien‐Smith", "Aoife O＇Brien–Smith", "AOIFE O`BRIEN－SMITH"])
def test_it_is_the_applicants_name_whichever_keyboard_wrote_its_signs(typed):
    code = consenting.given(by=consenting.person(cast.APPLICANT_NUMBER, "Aoife O'Brien-Smith"))
    assert asked(code, document_number=cast.APPLICANT_NUMBER, name=typed).outcome == NOT_LISTED


def test_by_api(client):
    cast.in_force()
    code = consenting.given(now=timezone.now())
    headers = asking.bearer(asking.bank().organisation)
    body = asking.body(consent={"kind": "code", "code": code.code.lower().replace("-", " ")})
    answer = post(headers, body)
    assert (answer.status_code, answer.json()["outcome"]) == (201, "listed")
    again = post(headers, body)
    assert again.content == answer.content
    spent = post(headers, body, key="key-00002")
    assert (spent.status_code, spent.json()["code"]) == (403, "R-556")


@pytest.mark.parametrize(
    ("consent", "field", "code"),
    [
        ({"kind": "code"}, "consent.code", "R-903"),
        ({"kind": "code", "code": "K" * 15, "signed_on": "2026-11-20"}, "consent.signed_on", "R-903"),
        ({"kind": "attested", "code": "K" * 15}, "consent.code", "R-903"),
        ({"kind": "code", "code": "KKKKK"}, "consent.code", "R-550"),
    ],
)
def test_by_api_each_kind_has_its_own_members(consent, field, code):
    headers = asking.bearer(asking.bank().organisation)
    answer = post(headers, asking.body(consent=consent)).json()
    errors = answer.get("errors") or [answer]
    assert code in {each["code"] for each in errors}
    assert field in {each.get("field") for each in errors}
    assert not Screening.objects.exists()


# What it does not


def used_twice(code):
    asked(code)
    asked(code)


def another_employer(code):
    asked(code, asking.courier_company())


def another_applicant(code):
    asked(code, document_number=cast.APPLICANT_NUMBER, name="王小明")


def another_name(code):
    asked(code, name="高某")


def another_post(code):
    asked(code, post="bank_teller")


def expired(code):
    asked(code, now=cast.NOW + timedelta(days=30))


def edited(code):
    plain = code.code.replace("-", "")
    changed = ALPHABET[(ALPHABET.index(plain[0]) + 1) % 31] + plain[1:14]
    asking.answered(asking.question(consent=TypedCode(code=consent_code.read(changed + _check(changed)))))


def revoked(code):
    giving.revoke(code.pk, consenting.person(), now=cast.NOW)
    asked(code)


def withdrawn(code):
    requesting.withdraw(code.request_id, employer_id=code.request.employer_id, now=cast.NOW)
    asked(code)


def _check(drawn):
    return check_character(drawn)


@pytest.mark.parametrize(
    ("attack", "refusal"),
    [
        (used_twice, ConsentCodeSpent),
        (another_employer, ConsentCodeOfAnotherEmployer),
        (another_applicant, ConsentCodeOfAnotherPerson),
        (another_name, ConsentCodeOfAnotherPerson),
        (another_post, ConsentCodeForAnotherPurpose),
        (expired, ConsentCodeExpired),
        (edited, ConsentCodeUnknown),
        (revoked, ConsentCodeRevoked),
        (withdrawn, ConsentCodeRevoked),
    ],
)
def test_replayed_and_forged_consent_is_refused_in_words_of_its_own(attack, refusal):
    cast.in_force()
    code = consenting.given()
    with pytest.raises(refusal) as refused:
        attack(code)
    assert refused.value.field == "consent.code"
    assert Consent.objects.count() == Screening.objects.count() == (1 if attack is used_twice else 0)


def test_every_refusal_has_its_own_code_and_words():
    kinds = (
        ConsentCodeUnknown, ConsentCodeOfAnotherEmployer, ConsentCodeForAnotherPurpose, ConsentCodeOfAnotherPerson,
        ConsentCodeExpired, ConsentCodeSpent, ConsentCodeRevoked,
    )  # fmt: skip
    assert len({kind.code for kind in kinds}) == len({str(kind.message) for kind in kinds}) == len(kinds)


def test_the_last_moment_counts():
    assert asked(consenting.given(), now=cast.NOW + timedelta(days=30, seconds=-1)).outcome == NOT_LISTED


def test_who_agreed_to_the_narrow_answer_is_not_asked_about_with_the_wide_one(settings):
    settings.SHARING_SCOPE_LISTING = False
    code = consenting.given()
    settings.SHARING_SCOPE_LISTING = True
    with pytest.raises(ConsentCodeForAnotherPurpose):
        asked(code)
    settings.SHARING_SCOPE_LISTING = False
    assert asked(code).outcome == NOT_LISTED


def test_a_refused_question_leaves_the_code_as_it_was():
    code = consenting.given()
    with pytest.raises(Refusal):
        asked(code, document_number="110105198803041231")
    with pytest.raises(ConsentCodeOfAnotherPerson):
        asked(code, name="高某")
    assert not QuestionsAsked.objects.exists()
    assert asked(code).outcome == NOT_LISTED


def test_the_same_key_with_another_code_is_another_question():
    first, second = consenting.given(), consenting.given()
    question = asking.question(consent=consenting.typed(first))
    asking.answered(question)
    with pytest.raises(IdempotencyKeyReused):
        asking.answered(asking.question(consent=consenting.typed(second), idempotency_key=question.idempotency_key))


def test_a_consent_is_a_form_or_a_code_and_each_code_is_spent_once_for_the_database_too():
    code = consenting.given()
    asked(code)
    spent = Consent.objects.get()
    for wrong in ({"code": code}, {"code": None}, {"code": consenting.given(), "document_sha256": "ab" * 32}):
        row = Consent(
            employer=spent.employer, kind=ConsentKind.CODE, purpose="x", subject_digest=b"", signed_on=cast.NOW.date()
        )
        for name, value in wrong.items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


# Guessing


def test_after_twenty_wrong_codes_none_is_taken_for_an_hour():
    code = consenting.given()
    for _ in range(20):
        with pytest.raises(ConsentCodeUnknown):
            asking.answered(asking.question(consent=TypedCode(code=consent_code.new())))
    with pytest.raises(TooManyConsentCodes):
        asked(code)
    assert asked(code, now=cast.NOW + timedelta(hours=1)).outcome == NOT_LISTED


def test_codes_are_counted_under_a_key_that_was_used_for_another_question_too(settings):
    settings.SHARING_WRONG_CODES_AN_HOUR = 2
    first = asking.question()
    asking.answered(first)
    for _ in range(2):
        guess = TypedCode(code=consent_code.new())
        with pytest.raises(IdempotencyKeyReused):
            asking.answered(asking.question(consent=guess, idempotency_key=first.idempotency_key))
    with pytest.raises(TooManyConsentCodes):
        asked(consenting.given())


def test_a_repetition_is_no_guess(settings):
    settings.SHARING_WRONG_CODES_AN_HOUR = 1
    code = consenting.given()
    question = asking.question(consent=consenting.typed(code))
    first = asking.answered(question)
    assert asking.answered(question) == asking.answered(question) == first
    assert asked(consenting.given()).outcome == NOT_LISTED


def test_numbers_are_not_tried_out_with_a_code_that_is_known(settings):
    settings.SHARING_WRONG_CODES_AN_HOUR = 2
    code = consenting.given()
    for _ in range(2):
        with pytest.raises(ConsentCodeOfAnotherPerson):
            another_applicant(code)
    with pytest.raises(TooManyConsentCodes):
        another_applicant(code)


def test_a_code_that_named_five_others_counts_no_more_even_for_its_own_person(settings):
    settings.SHARING_WRONG_CODES_AN_HOUR = 100
    code, other = consenting.given(), consenting.given()
    for hour in range(5):
        with pytest.raises(ConsentCodeOfAnotherPerson):
            asked(code, name="高某", now=cast.NOW + timedelta(hours=hour))
    with pytest.raises(ConsentCodeOfTooManyPersons):
        asked(code)
    assert asked(other).outcome == NOT_LISTED


def test_of_many_questions_sent_together_the_sixth_is_not_compared_any_more():
    code, employer = consenting.given(), asking.bank()
    questions = [asking.question(consent=consenting.typed(code), name="高某") for _ in range(5)]
    questions.append(asking.question(consent=consenting.typed(code)))
    asker = asking.machine(employer.organisation)
    answers = ask_many(questions, employer=employer.organisation, asker=asker, now=cast.NOW)
    assert [type(each) for each in answers] == [ConsentCodeOfAnotherPerson] * 5 + [ConsentCodeOfTooManyPersons]
    assert not Screening.objects.exists()


def test_one_employers_guesses_close_no_other_employers_codes(settings):
    settings.SHARING_WRONG_CODES_AN_HOUR = 1
    with pytest.raises(ConsentCodeUnknown):
        asking.answered(asking.question(consent=TypedCode(code=consent_code.new())), asking.courier_company())
    assert asked(consenting.given()).outcome == NOT_LISTED


# The code itself


def test_it_is_read_in_whatever_way_it_is_typed():
    code = consent_code.new()
    for typed in (code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} "):
        assert consent_code.read(typed) == code
    full_width = code.translate({ord(each): ord(each) + 0xFEE0 for each in string.ascii_uppercase + string.digits})
    assert consent_code.read(full_width) == code
    assert len(code) == 17
    assert not set(code) & set("IOSVZ")


def test_one_mistyped_character_is_noticed():
    code = consent_code.new()
    for place, each in enumerate(code):
        if each != "-":
            other = ALPHABET[(ALPHABET.index(each) + 7) % 31]
            with pytest.raises(ConsentCodeShape):
                consent_code.read(code[:place] + other + code[place + 1 :])


def test_the_register_keeps_it_sealed_and_digested():
    code = consenting.given()
    plain = code.code.replace("-", "")
    for kept in (bytes(code.code_sealed), bytes(code.code_digest), bytes(code.subject_digest)):
        assert plain.encode() not in kept
        assert cast.DEFENDANT_NUMBER.encode() not in kept


# A question on a code that waits for an officer


def test_a_listing_with_another_name_waits_and_is_judged_from_what_the_question_named():
    listing = cast.in_force()
    code = consenting.given(by=consenting.person(name="高某"))
    waiting = asked(code, name="高某")
    assert waiting.outcome == PENDING
    assert cast.DEFENDANT_NUMBER.encode() not in bytes(Consent.objects.get().person_sealed)
    calling.call_in(now=cast.NOW)
    assert calling.tell(now=cast.NOW) == 0
    with pytest.raises(FormNotCalled):
        calling.show(waiting, papers.pdf("a form"), now=cast.NOW)
    assert calling.overdue(now=cast.NOW + timedelta(days=30)) == 0
    officer = cast.high_court_registrar()
    named = judging.person_of(waiting.pk, officer=officer, now=cast.NOW)
    assert (named.document_number, named.name) == (cast.DEFENDANT_NUMBER, "高某")
    assert ConsentLook.objects.count() == 1
    with pytest.raises(NoSuchConsentCheck):
        judging.refuse(waiting.pk, Verdict.NO_CONSENT, officer=officer, reason="no consent", now=cast.NOW)
    compared = Compared(
        document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高某", same_person=True
    )
    verdict = judging.confirm(waiting.pk, compared, officer=officer, reason="a change of name", now=cast.NOW)
    assert (verdict.outcome, verdict.listing) == (LISTED, listing)
    assert Consent.objects.get().person_sealed is None


def waits_for_an_officer(code):
    waiting = asked(code, name="高某")
    calling.call_in(now=cast.NOW)
    return waiting


AS_IT_WAS_ASKED = Compared(
    document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高某", same_person=True
)


def test_what_is_revoked_while_it_waits_gets_no_answer():
    cast.in_force()
    code = consenting.given(by=consenting.person(name="高某"))
    waiting = waits_for_an_officer(code)
    for _ in range(2):
        assert giving.revoke(code.pk, consenting.person(name="高某"), now=cast.NOW)
    verdict = Screening.objects.get(pk=waiting.pk).verdict
    assert (verdict.verdict, verdict.outcome, verdict.listing) == (Verdict.REVOKED, ScreeningOutcome.VOID, None)
    officer = cast.high_court_registrar()
    with pytest.raises(ConsentJudged):
        judging.confirm(waiting.pk, AS_IT_WAS_ASKED, officer=officer, reason="a change of name", now=cast.NOW)
    assert Consent.objects.get().person_sealed is None
    waiting.employer.refresh_from_db()
    assert waiting.employer.suspended_at is None
    assert giving.revoke(code.pk, consenting.person(name="高某"), now=cast.NOW)


def test_what_was_judged_before_it_is_revoked_stays_answered():
    cast.in_force()
    code = consenting.given(by=consenting.person(name="高某"))
    waiting = waits_for_an_officer(code)
    officer = cast.high_court_registrar()
    judging.confirm(waiting.pk, AS_IT_WAS_ASKED, officer=officer, reason="a change of name", now=cast.NOW)
    assert not giving.revoke(code.pk, consenting.person(name="高某"), now=cast.NOW)
    assert Screening.objects.get().latest.outcome == LISTED


def test_at_the_desk_it_is_said_that_it_was_revoked():
    cast.in_force()
    code = consenting.given(by=consenting.person(name="高某"))
    waiting = waits_for_an_officer(code)
    giving.revoke(code.pk, consenting.person(name="高某"), now=cast.NOW)
    typed = {
        "document_type": "resident_id",
        "document_number": cast.DEFENDANT_NUMBER,
        "name": "高某",
        "same_person": "yes",
        "reason": "a change of name",
    }
    registrar = at_the_desk(cast.high_court_registrar())
    refused = registrar.post(f"/desk/sharing/consents/{waiting.pk}/confirm/", typed).content.decode()
    assert "R-536" in refused
    assert "by the applicant" in registrar.get("/desk/sharing/consents/").content.decode()
    page = registrar.get(f"/desk/sharing/consents/{waiting.pk}/").content.decode()
    assert "The applicant revoked it before there was an answer" in page


def test_a_share_waits_with_codes_too_and_looks_the_same(settings):
    settings.SHARING_HELD_SHARE = 1.0
    waiting = asked(consenting.given())
    assert (waiting.outcome, asking.told(waiting)["listing"]) == (PENDING, None)
    assert Consent.objects.get().person_sealed is not None


def test_at_the_desk_a_registrar_sees_whom_it_named_and_judges(settings):
    cast.in_force()
    waiting = asked(consenting.given(by=consenting.person(name="高某")), name="高某")
    calling.call_in(now=cast.NOW)
    registrar = at_the_desk(cast.high_court_registrar())
    assert waiting.pk in registrar.get("/desk/sharing/consents/").content.decode()
    assert waiting.pk in registrar.get("/desk/").content.decode()
    page = registrar.get(f"/desk/sharing/consents/{waiting.pk}/").content.decode()
    assert cast.DEFENDANT_NUMBER not in page
    assert "Refuse the consent" not in page
    shown = registrar.post(f"/desk/sharing/consents/{waiting.pk}/person/")
    assert cast.DEFENDANT_NUMBER in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    typed = {
        "document_type": "resident_id",
        "document_number": cast.DEFENDANT_NUMBER,
        "name": "高某",
        "same_person": "no",
        "reason": "another person",
    }
    registrar.post(f"/desk/sharing/consents/{waiting.pk}/confirm/", typed)
    assert Screening.objects.get().latest.outcome == NOT_LISTED
    assert registrar.post(f"/desk/sharing/consents/{waiting.pk}/person/").status_code == 409


@pytest.mark.parametrize("stranger", [cast.registrar, cast.clerk, cast.judge])
def test_at_the_desk_nobody_else_sees_whom_it_named(stranger):
    cast.in_force()
    waiting = asked(consenting.given(by=consenting.person(name="高某")), name="高某")
    calling.call_in(now=cast.NOW)
    answer = at_the_desk(stranger()).post(f"/desk/sharing/consents/{waiting.pk}/person/")
    assert answer.status_code == 403
    assert cast.DEFENDANT_NUMBER not in answer.content.decode()
    assert not ConsentLook.objects.exists()


def test_a_code_sent_twice_among_many_questions_answers_one():
    code = consenting.given()
    questions = [
        asking.question(consent=consenting.typed(code)),
        asking.question(),
        asking.question(consent=consenting.typed(code)),
    ]
    employer = asking.bank()
    answers = ask_many(
        questions, employer=employer.organisation, asker=asking.machine(employer.organisation), now=cast.NOW
    )
    assert [isinstance(each, Screening) for each in answers] == [True, True, False]
    assert isinstance(answers[2], ConsentCodeSpent)
    assert Screening.objects.count() == 2
