"""A form that was never signed, in a real browser: the person reads who asked on it, and says so."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from sharing.employers.consent import Attestation
from sharing.employers.models import ConsentCall, Screening
from tests import asking, cast, papers, visiting
from tests.journeys import walking
from tests.journeys.walking import WINDOWS, chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]
NUMBER, NAME = cast.APPLICANT_NUMBER, "王小"
FORM = papers.pdf("the signed form of an invented person")


def asked_on_a_form() -> Screening:
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    return asking.answered(asking.question(document_number=NUMBER, name=NAME, consent=signed))


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_whoever_never_signed_says_so_and_reads_what_comes_of_it(live_server, browser, settings, width, language):
    settings.SHARING_CALLED_SHARE = 0.0
    found = asked_on_a_form()
    walker = walking.walker(browser, live_server.url, width, language)
    say = chinese if language == "zh-CN" else str
    person = visiting.visitor(NUMBER, NAME)
    walker.page.context.add_cookies(
        [{"name": "sessionid", "value": person.cookies["sessionid"].value, "url": live_server.url}]
    )
    walker.go(f"/consent/mine/{found.consent_id}/")
    walker.press(say("I never agreed to this"))
    assert ConsentCall.objects.filter(screening=found).exists()
    walker.go("/consent/mine/")
    walker.go("/record/asked/")
    assert walker.violations == []
