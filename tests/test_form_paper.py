"""The form to be signed on paper: one page in two languages that says what the applicant's own pages say."""

from __future__ import annotations

import hashlib
import html
import io
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pytest
from django.utils import timezone

from sharing.employers import form_paper
from sharing.employers.consent import Attestation
from sharing.employers.models import ScreeningOutcome
from sharing.employers.purposes import Scope, purposes
from sharing.parties.models import MemberRole
from tests import asking, cast
from tests.test_employer_portal import a_member, at, signed_in

pytestmark = pytest.mark.django_db
POST = "finance_recruitment/loan_officer"


def form(purpose="finance_recruitment", post="loan_officer"):
    found = purposes()[purpose]
    return form_paper.form(asking.bank().organisation, found, found.posts[post], now=cast.NOW)


def text(pdf):
    (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize("wide", [True, False], ids=["any listing", "only a prohibition"])
def test_it_works(settings, wide):
    settings.SHARING_SCOPE_LISTING = wide
    words = text(form())
    for each in (
        "bank", asking.BANK_USCC, "信贷人员", "loan officer", "金融行业涉个人信息岗位录用审查", "30日内", "within 30 days",
        "签名", "Signature", "撤回", "To revoke", "示范市示范路1号", "Nothing may be concluded",
    ):  # fmt: skip
        assert each.replace(" ", "") in words.replace(" ", ""), each
    assert ("Whether a listing of yours is in force" in words) is wide
    assert ("Only whether a prohibition in force" in words) is not wide


def test_every_purpose_and_post_fits_on_one_page(settings):
    for wide in (True, False):
        settings.SHARING_SCOPE_LISTING = wide
        for purpose in purposes().values():
            longest = max(purpose.posts.values(), key=lambda post: len(post.en + post.zh))
            assert text(form(purpose.code, longest.code))


def test_it_is_tagged_so_that_it_can_be_read_aloud():
    assert pypdf.PdfReader(io.BytesIO(form())).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_every_scope_is_put_into_words():
    assert set(form_paper.MEANINGS) == set(Scope)


def test_signed_and_scanned_its_fingerprint_is_the_attested_consent():
    scanned = form() + b"% signed"
    signed = Attestation(document_sha256=hashlib.sha256(scanned).hexdigest(), signed_on=cast.NOW.date())
    assert asking.answered(replace(asking.question(), consent=signed)).outcome == ScreeningOutcome.NOT_LISTED


def test_in_the_portal_it_is_chosen_by_post():
    hr = signed_in(a_member(asking.bank(), "han", MemberRole.HR))
    assert "As PDF" in hr.get(at("consent_form")).content.decode()
    pdf = hr.get(at("consent_form"), {"post": POST, "as": "pdf"})
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    page = html.unescape(hr.get(at("consent_form"), {"post": POST, "as": "page"}).content.decode())
    assert asking.BANK_USCC in page
    assert page.count('class="blank"') == 4
    wrong = hr.get(at("consent_form"), {"post": "transport_recruitment/courier", "as": "pdf"})
    assert "Choose a post from the list." in html.unescape(wrong.content.decode())


def test_in_the_portal_an_auditor_is_refused():
    auditor = signed_in(a_member(asking.bank(), "ai", MemberRole.AUDITOR))
    assert auditor.get(at("consent_form"), {"post": POST, "as": "pdf"}).status_code == 403


UNTIL = date(2027, 11, 20)


def test_signed_by_an_employee_it_names_monitoring_and_its_last_day():
    """One that consents to a single question would be none for being told of changes for a year."""
    found = purposes()["finance_recruitment"]
    printed = form_paper.form(asking.bank().organisation, found, found.posts["loan_officer"], now=cast.NOW, until=UNTIL)
    words = text(printed).replace(" ", "")
    for each in ("持续查询至2027年11月20日", "monitoring until 2027-11-20", "told of each change of the answer"):
        assert each.replace(" ", "") in words, each
    assert "monitoringuntil" not in text(form()).replace(" ", "")


def test_with_monitoring_too_every_purpose_and_post_fits_on_one_page(settings):
    for wide in (True, False):
        settings.SHARING_SCOPE_LISTING = wide
        for purpose in purposes().values():
            longest = max(purpose.posts.values(), key=lambda post: len(post.en + post.zh))
            of = asking.bank().organisation
            assert text(form_paper.form(of, purpose, longest, now=cast.NOW, until=UNTIL))


def test_in_the_portal_the_last_day_of_monitoring_is_asked_for_and_judged():
    hr = signed_in(a_member(asking.bank(), "han", MemberRole.HR))
    last = (timezone.localdate() + timedelta(days=200)).isoformat()
    page = hr.get(at("consent_form"), {"post": POST, "until": last, "as": "page"}).content.decode()
    assert f"monitoring until {last}" in page
    late = (timezone.localdate() + timedelta(days=400)).isoformat()
    wrong = hr.get(at("consent_form"), {"post": POST, "until": late, "as": "pdf"}).content.decode()
    assert "R-560" in wrong
    assert 'href="#id_until"' in wrong
