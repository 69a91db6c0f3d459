"""What a result's page says later: the form that is called in, the verdict's answer, the paper, the code, the recall."""

from __future__ import annotations

import hashlib
import html
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from sharing.employers import calling, judging, overseeing, recalling
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import RecallConfirmation, ShownForm, Verdict
from sharing.parties import members
from sharing.parties.models import MemberAct, MemberRole
from tests import asking, cast, papers
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

FORM = papers.pdf("the signed form of an invented person")


@pytest.fixture(autouse=True)
def at_ten(settings, monkeypatch):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_CALLED_SHARE = 0.0
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def listing():
    return cast.in_force()


def signed_in(employer, role=MemberRole.HR, **options):
    username, password = f"{employer.organisation.code}-{role}", "a long enough phrase"
    member = members.take_in(employer.organisation, username=username, password=password, name="某人", role=role)
    browser = Browser(headers={"accept-language": "en"}, **options)
    sign_in(browser, member.account)
    return browser


@pytest.fixture
def hr():
    return signed_in(asking.bank())


def ask(name="高某"):
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    asked = asking.answered(asking.question(name=name, consent=signed))
    calling.call_in(now=cast.NOW)
    return asked


def at(name, *args):
    return reverse(f"employer:{name}", args=args)


def page_of(browser, asked):
    answer = browser.get(at("screening", asked.pk))
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def show(browser, asked, content=FORM):
    return browser.post(at("form", asked.pk), {"form": SimpleUploadedFile("by somebody.pdf", content)}, follow=True)


def judge(asked, **changed):
    typed = {
        "document_type": "resident_id",
        "document_number": cast.DEFENDANT_NUMBER,
        "name": "高某",
        "same_person": True,
    }
    compared = Compared(**{**typed, **changed})
    judging.confirm(asked.pk, compared, officer=cast.high_court_registrar(), reason="compared", now=cast.NOW)


def test_a_pending_question_asks_for_the_form_and_takes_it(hr, listing):
    asked = ask()
    assert "Show it by" in page_of(hr, asked)
    assert hr.get(at("form", asked.pk)).status_code == 200
    assert "You showed it on" in html.unescape(show(hr, asked).content.decode())
    assert ShownForm.objects.get().content == FORM
    assert MemberAct.objects.filter(act="show_form", about=asked.pk).exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7 another", "R-533"), (b"<html>", "R-534"), (b"%PDF-" + bytes(6 * 1024 * 1024), "R-534")],
)
def test_another_file_is_refused_with_its_words_beside_the_field(hr, listing, content, code):
    answer = show(hr, ask(), content)
    assert answer.status_code == 422
    assert answer.content.decode().count(code) == 2
    assert not ShownForm.objects.exists()


def test_no_file_is_refused_too(hr, listing):
    assert "R-534" in hr.post(at("form", ask().pk), {}).content.decode()


def test_a_forged_post_is_refused_before_the_file_counts(listing):
    browser = signed_in(asking.bank(), enforce_csrf_checks=True)
    assert show(browser, ask()).status_code == 403
    assert not ShownForm.objects.exists()


def test_a_suspended_employer_shows_the_forms_that_are_called_in_and_is_not_blamed_for_them(hr, listing):
    """It is suspended and its forms are called in: by the clock they would be void as not shown."""
    asked = ask("高䶮")
    registrar = cast.high_court_registrar()
    calling.call_in_one(asked, officer=registrar, reason="many hits", now=cast.NOW)
    overseeing.suspend(asking.bank(), officer=registrar, reason="many hits", now=cast.NOW)
    assert "Show the signed form" in page_of(hr, asked)
    show(hr, asked)
    assert calling.overdue(now=cast.NOW + timedelta(days=8)) == 0
    assert ShownForm.objects.get().content == FORM


def test_a_suspended_employer_says_that_a_recalled_result_is_removed(hr, listing):
    asked = ask("高䶮")
    cast.withdrawn(cast.fresh(listing))
    recalling.walk(now=cast.NOW)
    overseeing.suspend(asking.bank(), officer=cast.high_court_registrar(), reason="many hits", now=cast.NOW)
    assert "Confirm that it is removed" in page_of(hr, asked)
    hr.post(at("confirm_recall", asked.pk), {"decision": "reconsidered"})
    assert not recalling.open_recalls(asking.bank().pk).exists()


def test_the_answer_of_the_verdict_takes_the_place_of_none(hr, listing):
    asked = ask()
    assert "There is no result that others could check." in page_of(hr, asked)
    show(hr, asked)
    judge(asked)
    page = page_of(hr, asked)
    assert listing.number in page
    assert "The letter, to be printed" in page
    assert "Show it by" not in page
    assert "Listed" in html.unescape(hr.get(at("screenings"), {"outcome": "listed"}).content.decode())


def test_what_is_void_says_so(hr, listing):
    asked = ask("高䶮")
    calling.ConsentCall.objects.get_or_create(screening=asked, called_at=cast.NOW, due_on=date(2026, 12, 1))
    show(hr, asked)
    registrar = cast.high_court_registrar()
    judging.refuse(asked.pk, Verdict.MISTYPED, officer=registrar, reason="names somebody else", now=cast.NOW)
    page = page_of(hr, asked)
    assert "The name and number that you typed could not be confirmed, so there is no answer" in page
    assert "This result was recalled on" in page
    assert hr.get(at("paper", asked.pk)).status_code == 404


def test_a_result_has_a_code_and_a_paper(hr, listing):
    asked = ask("高䶮")
    assert asking.told(asked)["verification"]["code"] in page_of(hr, asked)
    paper = hr.get(at("paper", asked.pk))
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert "no-store" in paper["Cache-Control"]
    assert MemberAct.objects.filter(act="read_paper").count() == 1


def test_a_recall_is_shown_and_confirmed_once(hr, listing):
    asked = ask("高䶮")
    cast.withdrawn(cast.fresh(listing))
    recalling.walk(now=cast.NOW)
    assert "This result was recalled on" in page_of(hr, asked)
    hr.post(at("confirm_recall", asked.pk), {})
    assert not RecallConfirmation.objects.exists()
    hr.post(at("confirm_recall", asked.pk), {"decision": "reconsidered"})
    said = RecallConfirmation.objects.get()
    assert (said.removed, said.decision) == (True, "reconsidered")
    assert "You confirmed that it is removed." in page_of(hr, asked)
    answer = hr.post(at("confirm_recall", asked.pk), {"decision": "not_reconsidered"}, follow=True)
    assert "R-522" in answer.content.decode()


def test_on_a_recalled_result_no_letter_says_that_there_is_a_listing(hr, listing):
    asked = ask("高䶮")
    hr.post(at("told", asked.pk), {"told_on": "2026-11-24"})
    assert hr.get(at("letter", asked.pk)).status_code == 200
    cast.withdrawn(cast.fresh(listing))
    recalling.walk(now=cast.NOW)
    page = page_of(hr, asked)
    assert "Tell the applicant in writing that there is a listing" not in page
    assert "The letter, to be printed" not in page
    assert "told in writing that the answer was recalled" in page
    answer = hr.get(at("letter", asked.pk), follow=True)
    assert answer.redirect_chain[-1][0] == at("screening", asked.pk)
    assert "no letter is given out" in answer.content.decode()
    assert MemberAct.objects.filter(act="read_letter").count() == 1


@pytest.mark.parametrize("name", ["form", "paper", "confirm_recall"])
def test_another_employer_finds_nothing_and_an_auditor_changes_nothing(listing, name):
    asked = ask("高䶮")
    stranger = signed_in(asking.courier_company())
    assert stranger.get(at("paper", asked.pk)).status_code == 404
    assert stranger.get(at("form", asked.pk)).status_code == 404
    stranger.post(at("confirm_recall", asked.pk), {"decision": "reconsidered"})
    assert not RecallConfirmation.objects.exists()
    auditor = signed_in(asking.bank(), MemberRole.AUDITOR)
    assert auditor.post(at(name, asked.pk)).status_code in {403, 405}
    assert Browser().get(at(name, asked.pk)).url.startswith("/portal/sign-in/")
