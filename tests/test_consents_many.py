"""Of whom much was asked finds every consent and objection by its number, and what is open before what is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sharing.employers import giving
from sharing.employers.models import Screening
from sharing.persons.objections import deciding, finding
from sharing.persons.passkeys import lasting
from tests import asking, cast, consenting, monitored, objecting
from tests.visiting import main_of, visitor

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def the_court_has_decided(settings, monkeypatch):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SUBJECT_A_MONTH = 100
    monkeypatch.setattr(giving, "SHOWN", 3)
    monkeypatch.setattr(finding, "SHOWN", 3)


def asked_on_forms(times=4, now=cast.NOW):
    """Newer than what a test is about, and over."""
    for number in range(times):
        asking.answered(asking.question(), now=now + (number + 1) * MINUTE)


def keys(now=cast.NOW + 10 * MINUTE):
    return [each.key for each in giving.consents_of_person(consenting.person(), now=now)]


def test_a_code_that_was_not_used_comes_first_and_is_revoked_however_many_others_there_are():
    code = consenting.given()
    asked_on_forms()
    assert keys()[0] == code.pk
    browser = visitor()
    answer = browser.post(f"/consent/mine/{code.pk}/revoke/", follow=True)
    assert (answer.status_code, "Revoked." in main_of(answer)) == (200, True)
    assert code.pk not in keys()
    assert "revoked by you" in main_of(browser.get(f"/consent/mine/{code.pk}/")).lower()


def test_a_question_that_waits_comes_before_what_is_answered(settings):
    settings.SHARING_HELD_SHARE = 1.0
    on_code = asking.answered(asking.question(consent=consenting.typed(consenting.given())))
    on_form = asking.answered(now=cast.NOW + timedelta(seconds=1))
    settings.SHARING_HELD_SHARE = 0.0
    asked_on_forms()
    assert keys()[:2] == [on_form.consent_id, on_code.consent.code_id]


def test_a_consent_on_which_the_employer_is_told_of_changes_comes_before_what_is_over():
    enrolled = monitored.enrolled()
    asked_on_forms()
    assert keys()[0] == enrolled.consent_id
    giving.revoke(enrolled.consent_id, consenting.person(), now=cast.NOW + MINUTE)
    assert enrolled.consent_id not in keys()


def test_what_expired_is_not_open():
    code = consenting.given()
    asked_on_forms()
    assert code.pk not in keys(now=code.expires_at)


def test_what_was_answered_long_ago_still_opens_by_its_key():
    first = asking.answered()
    asked_on_forms()
    assert first.consent_id not in keys()
    assert giving.given_by(first.consent_id, consenting.person()).screening == first
    page = visitor().get(f"/consent/mine/{first.consent_id}/")
    assert page.status_code == 200
    assert Screening.objects.count() == 5


def test_an_open_objection_comes_first_and_keeps_its_passkey_however_many_others_there_are(settings):
    settings.SHARING_OBJECTIONS_A_DAY = 100
    first = objecting.raised()
    for number in range(4):
        later = cast.NOW + (number + 1) * MINUTE
        deciding.withdraw(objecting.raised(now=later).number, now=later)
    assert finding.of_person(consenting.person())[0] == first
    assert lasting.goes_on(consenting.person())
