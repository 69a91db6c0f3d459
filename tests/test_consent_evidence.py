"""A consent that is denied later can be proved: what is kept of how the applicant proved who he is, and who may read it."""

from __future__ import annotations

import html
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone

from registry.errors import IdentityNotProved
from sharing.employers import calling, giving
from sharing.employers.evidence import Evidence, issuer_subject_digests
from sharing.employers.models import ConsentCode, ConsentRequest
from sharing.persons.identity import counter, proving
from sharing.persons.identity.proving import Identity
from sharing.persons.models import CounterCode, ProvenIdentity
from sharing.persons.pages.visit import PROOF
from tests import asking, cast, consenting
from tests.desk import at_the_desk
from tests.visiting import hidden_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"
ISSUER, SUBJECT = "https://identity.example", "8f3e-subject-of-the-provider"


def by_the_service(subject=SUBJECT):
    digest = issuer_subject_digests(ISSUER, subject)[0]
    return Evidence(way="oidc", proved_at=cast.NOW, issuer=ISSUER, issuer_subject_digest=digest)


def agreed(evidence, request=None):
    request = request or consenting.requested().request
    return giving.agree(request.pk, request.link_mark, consenting.person(), evidence=evidence, now=cast.NOW)


def asked_on(code):
    return asking.answered(asking.question(consent=consenting.typed(code)))


def page_of(answer):
    return html.unescape(answer.content.decode())


# What is kept


def test_of_a_counter_code_its_officer_and_court_are_found_and_whom_it_was_used_for():
    an_hour_later = cast.NOW + timedelta(hours=1)
    made = counter.make(
        Identity(document_type="resident_id", document_number=NUMBER, name=NAME), officer=cast.clerk(), now=cast.NOW
    )
    proved = counter.redeem(made.shown, NUMBER[-4:], now=an_hour_later)
    code = agreed(proving.evidence(str(proving.keep(proved, now=an_hour_later)), now=an_hour_later))
    kept = CounterCode.objects.get(pk=ConsentCode.objects.get(pk=code.pk).counter_code)
    assert (code.way, code.proved_at) == ("counter", an_hour_later)
    assert (kept.officer, kept.officer.court) == (cast.clerk(), cast.clerk().court)
    assert bytes(kept.subject_digest) == bytes(code.subject_digest)
    assert kept.identity_sealed is None


def test_a_counter_code_that_nobody_used_names_nobody():
    made = counter.make(
        Identity(document_type="resident_id", document_number=NUMBER, name=NAME), officer=cast.clerk(), now=cast.NOW
    )
    assert made.code.subject_digest is None
    with pytest.raises(IntegrityError), transaction.atomic():
        CounterCode.objects.filter(pk=made.code.pk).update(used_at=cast.NOW)


def test_of_the_identity_service_the_issuer_and_a_digest_that_only_its_subject_fits():
    code = agreed(by_the_service())
    assert (code.way, code.issuer, code.counter_code) == ("oidc", ISSUER, None)
    assert SUBJECT.encode() not in bytes(code.issuer_subject_digest)
    assert Evidence.of(code).is_about(SUBJECT)
    assert not Evidence.of(code).is_about(SUBJECT + "2")


def test_it_outlives_the_proof():
    code = consenting.given()
    proving.forget_what_is_over(now=cast.NOW + timedelta(days=400))
    assert not ProvenIdentity.objects.exists()
    assert CounterCode.objects.filter(pk=ConsentCode.objects.get(pk=code.pk).counter_code).exists()


@pytest.mark.parametrize("proof", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_nobody_agrees_without_evidence(proof):
    with pytest.raises(IdentityNotProved):
        proving.evidence(proof, now=cast.NOW)
    neither = Evidence(way="counter", proved_at=cast.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        agreed(neither)


# Written once


@pytest.mark.parametrize(
    "changed",
    [
        {"way": "oidc"},
        {"proved_at": cast.NOW - timedelta(days=1)},
        {"counter_code": uuid4()},
        {"subject_digest": b"x" * 32},
        {"name_digest": b"x" * 32},
        {"given_at": cast.NOW - timedelta(days=1)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_proves_a_consent_cannot_be_changed(changed):
    code = consenting.given()
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        ConsentCode.objects.filter(pk=code.pk).update(**changed)
    ConsentCode.objects.filter(pk=code.pk).update(wrong=1, revoked_at=cast.NOW)


@pytest.mark.parametrize("changed", [{"post": "bank_teller"}, {"scope": "prohibition"}, {"purpose": "other"}])
def test_nor_what_was_agreed_to(changed):
    request = consenting.given().request
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        ConsentRequest.objects.filter(pk=request.pk).update(**changed)


@pytest.mark.parametrize(
    "changed", [{"subject_digest": b"x" * 32}, {"used_at": cast.NOW - timedelta(days=1)}, {"made_at": cast.NOW}]
)
def test_nor_who_made_a_counter_code_and_whom_it_was_used_for(changed):
    consenting.proved(now=cast.NOW - timedelta(hours=1))
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        CounterCode.objects.update(**changed)


@pytest.mark.parametrize("table", [ConsentCode, CounterCode])
def test_nor_are_the_rows_deleted(table):
    consenting.given()
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        table.objects.all()._raw_delete("default")


def test_nor_a_request_that_somebody_answered():
    consenting.requested()
    answered = consenting.given()
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="employers_consentcode"), transaction.atomic():
        ConsentRequest.objects.filter(given_code=answered)._raw_delete("default")
    ConsentRequest.objects.filter(given_code=None).delete()
    assert ConsentRequest.objects.get().given_code == answered


# Who reads it


def test_a_registrar_reads_it_where_a_consent_is_judged():
    cast.in_force()
    waiting = asking.answered(
        asking.question(name="高某", consent=consenting.typed(consenting.given(by=consenting.person(name="高某"))))
    )
    calling.call_in(now=cast.NOW)
    page = page_of(at_the_desk(cast.high_court_registrar()).get(f"/desk/sharing/consents/{waiting.pk}/"))
    for words in ("With a counter code", "林书记员", str(cast.clerk().court), cast.clerk().staff_number):
        assert words in page
    assert NUMBER not in page


def test_a_registrar_reads_it_of_any_question_whose_consent_is_denied():
    answered = asked_on(consenting.given())
    page = page_of(at_the_desk(cast.high_court_registrar()).get(f"/desk/sharing/results/{answered.pk}/"))
    assert "What proves the consent" in page
    assert "林书记员" in page
    assert "It was used for the person who agreed</dt><dd>yes" in page
    assert NUMBER not in page
    of_the_service = asked_on(agreed(by_the_service()))
    page = page_of(at_the_desk(cast.high_court_registrar()).get(f"/desk/sharing/results/{of_the_service.pk}/"))
    assert ISSUER in page
    assert SUBJECT not in page


def test_where_another_person_used_the_counter_code_the_registrar_sees_it():
    evidence = consenting.proved(cast.APPLICANT_NUMBER, "王小明").evidence
    answered = asked_on(agreed(evidence))
    page = page_of(at_the_desk(cast.high_court_registrar()).get(f"/desk/sharing/results/{answered.pk}/"))
    assert "the digests differ" in page


def test_of_a_signed_form_there_is_no_such_evidence():
    answered = asking.answered(asking.question())
    page = page_of(at_the_desk(cast.high_court_registrar()).get(f"/desk/sharing/results/{answered.pk}/"))
    assert "What proves the consent" not in page


@pytest.mark.parametrize("stranger", [cast.registrar, cast.clerk, cast.judge])
def test_nobody_else_reads_it(stranger):
    answered = asked_on(consenting.given())
    answer = at_the_desk(stranger()).get(f"/desk/sharing/results/{answered.pk}/")
    assert answer.status_code == 403
    assert "With a counter code" not in page_of(answer)


def test_the_applicant_reads_what_is_kept_before_he_agrees_and_after():
    browser = Browser(headers={"accept-language": "en"})
    now = timezone.now()
    session = browser.session
    session[PROOF] = str(proving.keep(consenting.proved(now=now), now=now))
    session.save()
    made = consenting.requested(now=now)
    browser.get(made.link.removeprefix("http://127.0.0.1:8000"))
    shown = browser.get("/consent/decide/")
    before, sent = page_of(shown), browser.post("/consent/decide/", {"answer": "agree", **hidden_in(shown)})
    after = page_of(browser.get(sent["Location"]))
    assert "What is kept if you agree" in before
    for page in (before, after):
        assert "With a counter code" in page
        assert str(cast.clerk().court) in page
        assert NUMBER not in page
