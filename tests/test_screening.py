"""One question to the book: what is answered when, and what is refused."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import date, timedelta

import pytest
from pytest_django import Settings

from registry import actions
from registry.entries import ProhibitionEntry
from registry.errors import (
    CheckDigit,
    ConsentNeeded,
    EmployerSuspended,
    HighCourtRegistrarNeeded,
    IdempotencyKeyNeeded,
    NameShape,
    PostUnknown,
    PurposeUnknown,
    QuotaReached,
    Refusal,
    UnknownDocumentType,
)
from registry.models import Flag
from sharing import signing
from sharing.employers import admission
from sharing.employers.consent import Attestation
from sharing.employers.models import Consent, QuestionsAsked, Screening, ScreeningOutcome
from sharing.employers.purposes import Scope
from tests import asking, cast, logs

LISTED, NOT_LISTED, PENDING = ScreeningOutcome.LISTED, ScreeningOutcome.NOT_LISTED, ScreeningOutcome.PENDING

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


# What is answered


def test_it_works() -> None:
    listing = cast.in_force()
    screening = asking.answered()
    assert (screening.outcome, screening.listing) == (LISTED, listing)
    answer = asking.told(screening)
    assert answer["outcome"] == "listed"
    assert answer["listing"] == {
        "number": listing.number,
        "kind": "criminal",
        "article": "CL 253-1",
        "court": "京0105",
        "effective_on": "2026-09-15",
        "ends_on": listing.ends_on.isoformat() if listing.ends_on else None,
        "flags": [],
        "prohibitions": [
            {"scope": "不得从事个人信息处理相关职业", "basis": "CL 37-1", "starts_on": None, "ends_on": None}
        ],
    }
    assert answer["as_of"] == {"epoch": 1, "position": 1, "checkpoint": None}


def test_an_answer_says_what_of_the_log_was_signed_by_then() -> None:
    cast.in_force()
    checkpoint = logs.sign_all()
    cast.second_in_force()
    answer = asking.told(asking.answered())
    signed = {"size": 1, "root": b64encode(checkpoint.root).decode()}
    assert (
        answer["as_of"]
        == signing.read_result(answer["result"])["as_of"]
        == {"epoch": 1, "position": 2, "checkpoint": signed}
    )


def test_a_person_without_a_listing_is_not_listed() -> None:
    cast.in_force()
    screening = asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"))
    assert (screening.outcome, screening.listing) == (NOT_LISTED, None)
    assert asking.told(screening)["listing"] is None


def test_nobody_is_found_by_his_name_alone() -> None:
    cast.in_force()
    assert asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER)).outcome == NOT_LISTED


@pytest.mark.parametrize(
    "typed",
    [
        cast.DEFENDANT_NUMBER.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")),
        f"　{cast.DEFENDANT_NUMBER.lower()} ",
    ],
)
def test_a_number_typed_in_another_way_finds_the_person(typed: str) -> None:
    cast.in_force()
    assert asking.answered(asking.question(document_number=typed)).outcome == LISTED


def test_a_draft_and_an_approved_listing_before_effect_are_not_told() -> None:
    cast.submitted()
    assert asking.answered().outcome == NOT_LISTED


def test_withdrawn_is_not_listed_again() -> None:
    cast.withdrawn(cast.in_force())
    screening = asking.answered()
    assert (screening.outcome, screening.listing) == (NOT_LISTED, None)


def test_a_term_that_is_over_keeps_nobody_listed_though_no_clock_ran() -> None:
    listing = cast.in_force()
    assert listing.ends_on is not None
    on_the_last_day = cast.NOW + (listing.ends_on - cast.NOW.date())
    signed = Attestation(document_sha256="ab" * 32, signed_on=on_the_last_day.date())
    assert asking.answered(asking.question(consent=signed), now=on_the_last_day).outcome == LISTED
    signed = replace(signed, document_sha256="cd" * 32)
    later = asking.answered(asking.question(consent=signed), now=on_the_last_day + timedelta(days=1))
    assert later.outcome == NOT_LISTED
    assert cast.fresh(listing).state == "active"


def test_the_last_day_ends_in_the_time_zone_of_the_court() -> None:
    listing = cast.in_force()
    assert listing.ends_on is not None
    still_the_last_day_in_london = cast.NOW.replace(hour=16) + (listing.ends_on - cast.NOW.date())
    signed = Attestation(document_sha256="ab" * 32, signed_on=listing.ends_on)
    assert asking.answered(asking.question(consent=signed), now=still_the_last_day_in_london).outcome == NOT_LISTED


def test_a_name_that_does_not_fit_gets_no_answer_yet() -> None:
    listing = cast.in_force()
    screening = asking.answered(asking.question(name="高某"))
    assert (screening.outcome, screening.listing) == (PENDING, listing)
    assert asking.told(screening)["listing"] is None
    assert "listing" not in signing.read_result(screening.result)


def test_a_wrong_name_learns_no_more_than_the_right_one_would() -> None:
    cast.in_force()
    employer = asking.courier_company()
    of_the_courier = {"purpose": "transport_recruitment", "post": "courier"}
    right = asking.answered(asking.question(**of_the_courier), employer)
    wrong = asking.answered(asking.question(name="高某", **of_the_courier), employer)
    assert (right.outcome, wrong.outcome) == (NOT_LISTED, NOT_LISTED)


def test_a_former_name_fits() -> None:
    cast.in_force(cast.party(cast.person(former_names=("高大",))))
    assert asking.answered(asking.question(name="高大")).outcome == LISTED


def test_a_disputed_listing_is_told_with_its_flag() -> None:
    listing = cast.in_force()
    actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="the person objects")
    assert asking.told(asking.answered())["listing"]["flags"] == ["disputed"]


def test_a_suspended_listing_is_not_told() -> None:
    listing = cast.in_force()
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="identity in doubt")
    assert asking.answered().outcome == NOT_LISTED


def test_exempt_from_punishment_is_told_only_where_the_court_decided_so(settings: Settings) -> None:
    cast.in_force(cast.party(penalty_kind="exempt", sentence_months=0, fine_yuan=0, prohibitions=()))
    assert asking.answered().outcome == NOT_LISTED
    settings.SHARING_SHOW_EXEMPT = True
    assert asking.answered().outcome == LISTED


# The scope "prohibition"


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [
        (asking.prohibited(), LISTED),
        (asking.prohibited(occupations=()), LISTED),
        (asking.prohibited(occupations=("teacher",)), NOT_LISTED),
        (asking.prohibited(starts_on=None), NOT_LISTED),
        (asking.prohibited(starts_on=date(2026, 12, 1)), NOT_LISTED),
    ],
    ids=["touches the post", "touches every post", "another occupation", "not started", "starts later"],
)
def test_only_a_prohibition_that_runs_and_touches_the_post_is_told(
    settings: Settings, entry: ProhibitionEntry, outcome: ScreeningOutcome
) -> None:
    settings.SHARING_SCOPE_LISTING = False
    cast.in_force(cast.party(prohibitions=(entry,)))
    screening = asking.answered()
    assert (screening.scope, screening.outcome) == (Scope.PROHIBITION, outcome)
    assert screening.listing is not None


def test_about_a_prohibition_nothing_of_the_judgment_is_told(settings: Settings) -> None:
    settings.SHARING_SCOPE_LISTING = False
    cast.in_force(
        cast.party(prohibitions=(asking.prohibited(), asking.prohibited(scope="不得任教", occupations=("teacher",))))
    )
    assert asking.told(asking.answered())["listing"] == {
        "flags": [],
        "prohibitions": [
            {"scope": "不得从事信贷工作", "basis": "CL 37-1", "starts_on": "2026-10-01", "ends_on": "2029-09-30"}
        ],
    }


# Consent, purpose, quota


@pytest.mark.parametrize(
    ("asked", "refusal", "field"),
    [
        ({"consent": None}, ConsentNeeded, "consent"),
        ({"consent": Attestation(document_sha256="ab" * 31, signed_on=date(2026, 11, 20))}, ConsentNeeded, None),
        ({"consent": Attestation(document_sha256="zz" * 32, signed_on=date(2026, 11, 20))}, ConsentNeeded, None),
        ({"consent": asking.attested(date(2026, 11, 25))}, ConsentNeeded, "consent.signed_on"),
        ({"consent": asking.attested(date(2026, 10, 24))}, ConsentNeeded, "consent.signed_on"),
        ({"purpose": "transport_recruitment"}, PurposeUnknown, "purpose"),
        ({"purpose": "curiosity"}, PurposeUnknown, "purpose"),
        ({"post": "courier"}, PostUnknown, "post"),
        ({"document_number": cast.DEFENDANT_NUMBER[:-1] + "5"}, CheckDigit, "applicant.document.number"),
        (
            {"document_type": "uscc", "document_number": asking.BANK_USCC},
            UnknownDocumentType,
            "applicant.document.type",
        ),
        ({"name": " "}, NameShape, "applicant.name"),
        ({"name": "\ud800"}, NameShape, "applicant.name"),
        ({"idempotency_key": ""}, IdempotencyKeyNeeded, "Idempotency-Key"),
        ({"idempotency_key": "short"}, IdempotencyKeyNeeded, "Idempotency-Key"),
        ({"idempotency_key": "１２３４５６７８"}, IdempotencyKeyNeeded, "Idempotency-Key"),
        ({"idempotency_key": "a" * 65}, IdempotencyKeyNeeded, "Idempotency-Key"),
    ],
)
def test_a_bad_question_is_refused_by_name_and_leaves_no_trace(
    asked: dict[str, object], refusal: type[Refusal], field: str | None
) -> None:
    with pytest.raises(refusal) as refused:
        asking.answered(asking.question(**asked))
    assert field is None or refused.value.field == field
    assert not Screening.objects.exists()
    assert not Consent.objects.exists()
    assert not QuestionsAsked.objects.exists()


def test_thirty_days_after_signing_is_not_too_late() -> None:
    assert asking.answered(asking.question(consent=asking.attested(date(2026, 10, 25))))


@pytest.mark.parametrize("changed", [{}, {"document_number": cast.APPLICANT_NUMBER}], ids=["same person", "another"])
def test_a_consent_is_used_once(changed: dict[str, object]) -> None:
    asked = asking.question()
    asking.answered(asked)
    again = replace(asked, idempotency_key="another-key", **changed)  # type: ignore[arg-type]  # see ids
    with pytest.raises(ConsentNeeded):
        asking.answered(again)
    assert Screening.objects.count() == 1
    assert QuestionsAsked.objects.get().questions == 1


def test_a_consent_given_to_one_employer_serves_no_other() -> None:
    attestation = asking.attested()
    asking.answered(asking.question(consent=attestation))
    same_form = replace(attestation, document_sha256=attestation.document_sha256.upper())
    with pytest.raises(ConsentNeeded):
        asking.answered(asking.question(consent=same_form), asking.courier_company())


def test_a_consent_is_bound_to_employer_purpose_and_person() -> None:
    screening = asking.answered()
    assert screening.consent is not None
    bound = (screening.consent.employer, screening.consent.purpose, bytes(screening.consent.subject_digest))
    assert bound == (screening.employer, screening.purpose, bytes(screening.subject_digest))


def test_the_quota_is_counted_per_employer_and_day_of_the_court() -> None:
    employer = asking.bank(daily_quota=2)
    for _ in range(2):
        asking.answered(employer=employer)
    with pytest.raises(QuotaReached):
        asking.answered(employer=employer)
    assert asking.answered(employer=asking.courier_company())
    past_midnight_in_beijing = cast.NOW.replace(hour=16)
    assert asking.answered(employer=employer, now=past_midnight_in_beijing)
    assert [row.questions for row in QuestionsAsked.objects.filter(employer=employer.pk).order_by("day")] == [2, 1]


def test_no_quota_no_question() -> None:
    with pytest.raises(QuotaReached):
        asking.answered(employer=asking.bank(daily_quota=0))


def test_a_suspended_employer_may_not_ask() -> None:
    employer = asking.bank()
    employer.organisation.suspended_at = cast.NOW
    employer.organisation.save()
    with pytest.raises(EmployerSuspended):
        asking.answered(employer=employer)


def test_an_employer_is_admitted_by_a_registrar_of_the_high_court_alone() -> None:
    for officer in (cast.registrar(), cast.judge()):
        with pytest.raises(HighCourtRegistrarNeeded):
            admission.admit(
                code="x",
                name="x",
                uscc=asking.BANK_USCC,
                legal_basis="CL 37-1",
                admitted_for=["finance_recruitment"],
                approved_by=officer,
                now=cast.NOW,
            )


def test_an_employer_is_admitted_for_known_purposes() -> None:
    with pytest.raises(PurposeUnknown):
        admission.admit(
            code="x",
            name="x",
            uscc=asking.BANK_USCC,
            legal_basis="CL 37-1",
            admitted_for=["curiosity"],
            approved_by=cast.high_court_registrar(),
            now=cast.NOW,
        )
