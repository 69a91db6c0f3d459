"""An old result says what was answered then, and when that was; of today it says nothing."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry import actions
from sharing.employers import batch_files, calling, judging, recalling, verification, verification_code
from sharing.employers.judging import Compared
from sharing.employers.models import Screening, ScreeningOutcome
from sharing.employers.padding import signed_in as token_in
from sharing.employers.results import code_of
from sharing.parties import members
from sharing.parties.models import MemberRole
from sharing.tables import moment
from tests import asking, cast
from tests.signing_in import sign_in
from tests.test_consent_checks import FORM, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
WORDS = "款项已全部退赔。"
LATER = timedelta(days=9)


@pytest.fixture
def hr():
    organisation = asking.bank().organisation
    member = members.take_in(
        organisation, username="han", password="a long enough phrase", name="韩人事", role=MemberRole.HR
    )
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, member.account)
    return browser


def asked(days_ago):
    day = timezone.now() - timedelta(days=days_ago)
    return asking.answered(asking.question(consent=asking.attested(timezone.localdate(day))), now=day)


def page_of(browser, screening):
    answer = browser.get(reverse("employer:screening", args=[screening.pk]))
    assert answer.status_code == 200
    text = html.unescape(answer.content.decode())
    return re.sub(r'(name="csrfmiddlewaretoken" value=|nonce=|Reference:? )"?[^"\s<]+', "", text)


def state(listing):
    actions.state(listing.pk, words=WORDS, officer=cast.registrar(), now=cast.NOW)


# The person's statement


def test_while_a_result_may_be_relied_on_the_persons_words_stand_beside_it(hr):
    listing = cast.in_force()
    state(listing)
    assert WORDS in page_of(hr, asked(days_ago=1))


def test_an_old_result_looks_the_same_whatever_is_said_of_the_listing_today(hr):
    listing = cast.in_force()
    old = asked(days_ago=40)
    before = page_of(hr, old)
    state(listing)
    assert page_of(hr, old) == before
    actions.remove_statement(listing.pk, now=cast.NOW)
    assert page_of(hr, old) == before


def test_a_recalled_result_shows_no_words_of_a_listing_that_is_in_force_again(hr):
    listing = cast.in_force()
    state(listing)
    new = asked(days_ago=1)
    recalling.recall_as_erroneous(new, officer=cast.high_court_registrar(), reason="another person", now=timezone.now())
    assert WORDS not in page_of(hr, new)


# When it was answered


def called_in():
    """Answered at once, and then its form was called in, as a share of all is."""
    asked = asking.answered(asking.question(consent=signed()))
    calling.call_in(now=cast.NOW + timedelta(minutes=6))
    calling.show(asked, FORM, now=cast.NOW)
    return asked


def judge(screening, now):
    compared = Compared(
        document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮", same_person=None
    )
    judging.confirm(screening.pk, compared, officer=cast.high_court_registrar(), reason="compared", now=now)
    return Screening.objects.select_related("verdict").get(pk=screening.pk)


def test_a_form_that_fits_gives_the_answer_no_later_moment(settings):
    settings.SHARING_CALLED_SHARE = 1.0
    before = called_in()
    assert before.outcome == ScreeningOutcome.NOT_LISTED
    cast.in_force()
    judged = judge(before, cast.NOW + LATER)
    assert judged.latest.answer == before.answer
    assert judged.latest.answered_at == before.asked_at
    assert batch_files.answer_of(judged)[2] == batch_files.answer_of(before)[2]


def test_by_code_and_by_signature_it_was_issued_at_the_same_moment(settings):
    settings.SHARING_CALLED_SHARE = 1.0
    judged = judge(called_in(), cast.NOW + LATER)
    code = verification_code.read(code_of(judged.latest.answer))
    by_code = verification.by_code(code, "", now=cast.NOW + LATER)
    by_signature = verification.by_signature(judged.result)
    assert by_code.issued_at == by_signature.issued_at == cast.NOW.replace(microsecond=0)


def test_what_waited_was_answered_when_it_was_judged_and_the_page_says_both_moments(hr, settings):
    settings.SHARING_HELD_SHARE = 1.0
    cast.in_force()
    waited = asking.answered(asking.question(consent=signed()))
    assert waited.outcome == ScreeningOutcome.PENDING
    assert "Answered at" not in page_of(hr, waited)
    calling.call_in(now=cast.NOW + timedelta(minutes=6))
    calling.show(waited, FORM, now=cast.NOW)
    judged = judge(waited, cast.NOW + LATER)
    assert judged.latest.answered_at == cast.NOW + LATER
    assert moment(judged.asked_at) != moment(judged.latest.answered_at)
    code = verification_code.read(code_of(judged.latest.answer))
    by_code = verification.by_code(code, "", now=cast.NOW + LATER)
    by_signature = verification.by_signature(token_in(judged.latest.answer))
    assert by_code.issued_at.replace(microsecond=0) == by_signature.issued_at == judged.asked_at.replace(microsecond=0)
    page = page_of(hr, judged)
    assert page.index("Asked at") < page.index("Answered at")
    sheet = hr.get(reverse("employer:letter", args=[judged.pk])).content.decode()
    assert sheet.count("(Beijing time)") >= 2, "the letter leaves the pages, whose foot names the zone"
    assert "with the consent that you signed" not in sheet, "he may have given a code"
    for text in (page, sheet):
        assert re.search(r"3 December 2026|2026年12月3日", text)


def test_a_result_that_was_given_at_once_says_its_moment_twice(hr):
    page = page_of(hr, asked(days_ago=40))
    assert "Answered at" in page
