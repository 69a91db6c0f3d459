"""Monitoring in the employer's portal: enrolling step by step, what changed, taking note, ending, and the endpoint."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry import actions
from sharing import signing
from sharing.addresses import URL_MOST
from sharing.employers import overseeing, recalling
from sharing.employers.models import (
    ApplicantTold,
    Employer,
    EmployerEndpoint,
    EmployerEndpointSecret,
    EndedBecause,
    Monitoring,
    MonitoringChange,
    MonitoringConfirmation,
    Screening,
)
from sharing.employers.monitoring import ending, endpoint, walking
from sharing.parties import members
from sharing.parties.models import MemberAct, MemberRole
from tests import asking, cast, monitored
from tests.receiving import receiver
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
PASSWORD = "a long enough phrase"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def bank():
    return asking.bank()


@pytest.fixture
def hr(bank):
    return signed_in(bank, "han", MemberRole.HR)


@pytest.fixture
def owner(bank):
    return signed_in(bank, "owner", MemberRole.OWNER)


def signed_in(employer, username, role):
    organisation = employer.organisation
    member = members.take_in(organisation, username=username, password=PASSWORD, name=f"某{username}", role=role)
    browser = Browser(headers=ENGLISH)
    sign_in(browser, member.account)
    return browser


def at(name, *args):
    return reverse(f"employer:{name}", args=args)


def read(browser, name, *args):
    answer = browser.get(at(name, *args))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def sealed_in(answer):
    return re.search(r'name="sealed"\s+value="([^"]+)"', answer.content.decode()).group(1)


def step_of(answer):
    return re.search(r'name="step"\s+value="([^"]+)"', answer.content.decode()).group(1)


def send(browser, step, before, **typed):
    return browser.post(at("enrol"), {"step": step, "sealed": sealed_in(before), **typed})


def until(days=200):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def at_person(browser, ends=None, content=b"%PDF-1.7 signed"):
    before = send(browser, "purpose", browser.get(at("enrol")), post="finance_recruitment/loan_officer")
    signed_on = (timezone.localdate() - timedelta(days=1)).isoformat()
    file = SimpleUploadedFile("form.pdf", content)
    return send(browser, "consent", before, form_file=file, signed_on=signed_on, until=ends or until())


def at_check(browser, reference="HR-17", name="高䶮", **options):
    person = {"name": name, "document_type": "resident_id", "document_number": cast.DEFENDANT_NUMBER}
    return send(browser, "person", at_person(browser, **options), **person, reference=reference)


def enrol(browser, **options):
    return send(browser, "check", at_check(browser, **options), declared="on")


def changed(hr):
    """The monitoring, after the person was listed."""
    enrol(hr)
    listing = cast.in_force()
    walking.walk(now=timezone.now())
    return Monitoring.objects.get(), listing


def recalled(result):
    officer = cast.high_court_registrar()
    recalling.recall_as_erroneous(result, officer=officer, reason="another person", now=timezone.now())


def words_of(page):
    return re.sub(r"<[^>]*>", " ", page)


# Enrolling


def test_hr_enrols_an_employee_step_by_step(hr):
    answer = enrol(hr)
    monitoring = Monitoring.objects.get()
    assert answer["Location"] == at("monitoring", monitoring.pk)
    assert (monitoring.reference, monitoring.until.isoformat()) == ("HR-17", until())
    assert (monitoring.member.name, monitoring.client) == ("某han", None)
    shown = read(hr, "monitoring", monitoring.pk)
    assert "Enrolled. You are told when the answer changes." in shown
    for secret in ("高䶮", cast.DEFENDANT_NUMBER):
        assert secret not in shown


def test_the_check_shows_what_is_asked_and_until_when(hr):
    shown = html.unescape(at_check(hr).content.decode())
    for told in ("HR-17", until(), "Ask the court and enrol", "Enrol an employee, step 4 of 4"):
        assert told in shown
    assert Monitoring.objects.count() == Screening.objects.count() == 0


def test_pressed_twice_it_enrols_once(hr):
    check = at_check(hr)
    first, again = (send(hr, "check", check, declared="on") for _ in range(2))
    assert first["Location"] == again["Location"]
    assert Screening.objects.count() == 1


@pytest.mark.parametrize("ends", ["2020-01-01", "2999-01-01", "soon", ""])
def test_a_day_that_cannot_be_is_said_beside_its_field_and_nothing_is_lost(hr, ends):
    answer = at_person(hr, ends=ends or " ")
    assert step_of(answer) == "consent"
    shown = answer.content.decode()
    assert 'href="#id_until"' in shown
    if ends:
        assert f'value="{ends}"' in shown


def test_a_reference_that_is_a_number_is_said_beside_its_field(hr):
    answer = at_check(hr, reference=cast.DEFENDANT_NUMBER)
    assert step_of(answer) == "person"
    assert 'href="#id_reference"' in answer.content.decode()


def test_without_the_declaration_nobody_is_enrolled(hr):
    answer = send(hr, "check", at_check(hr))
    assert "Without it nobody is enrolled" in answer.content.decode()
    assert Screening.objects.count() == 0


def test_where_there_is_no_answer_hr_is_led_to_the_question_that_stands(hr, settings):
    settings.SHARING_HELD_SHARE = 1.0
    answer = enrol(hr)
    assert answer["Location"] == at("screening", Screening.objects.get().pk)
    assert "nobody was enrolled" in hr.get(answer["Location"]).content.decode()
    assert Monitoring.objects.count() == 0


def test_somebody_who_is_enrolled_already_is_not_enrolled_again(hr):
    enrol(hr)
    answer = enrol(hr, content=b"%PDF-1.7 another")
    assert (answer.status_code, step_of(answer)) == (409, "check")
    assert "enrolled for this purpose and post already" in answer.content.decode()
    assert Screening.objects.count() == 1


def test_a_forged_request_is_refused(hr):
    forged = Browser(enforce_csrf_checks=True)
    forged.cookies = hr.cookies
    assert forged.get(at("enrol")).status_code == 200, "signed in"
    assert forged.post(at("enrol"), {"step": "purpose", "post": "finance_recruitment/loan_officer"}).status_code == 403


def test_nothing_typed_is_in_a_session(hr):
    at_check(hr)
    kept = "".join(repr(each.get_decoded()) for each in Session.objects.all())
    assert "高䶮" not in kept
    assert cast.DEFENDANT_NUMBER not in kept


# What changed


def test_a_change_is_counted_in_the_navigation_until_somebody_takes_note(hr):
    monitoring, _listing = changed(hr)
    change = MonitoringChange.objects.get()
    for name in ("start", "screenings", "keys", "people", "monitorings"):
        assert "Monitoring (1)" in read(hr, name), name
    shown = read(hr, "monitoring", monitoring.pk)
    assert "The answer changed." in shown
    assert at("screening", change.screening_id) in shown
    answer = hr.post(at("confirm_change", monitoring.pk), {"change": change.pk})
    assert answer["Location"] == at("monitoring", monitoring.pk)
    hr.post(at("confirm_change", monitoring.pk), {"change": change.pk})
    assert MonitoringConfirmation.objects.get().member.name == "某han"
    assert "Monitoring (" not in read(hr, "start")
    assert "某han" in read(hr, "monitoring", monitoring.pk)


def answers_in(page, before, now):
    """How often one answer stands beside another one in a table of the page."""
    return len(re.findall(rf"Answer before\s+{before}\s+Answer now\s+{now}\s", words_of(page)))


def test_a_recalled_answer_is_called_recalled_wherever_it_stands(hr):
    monitoring, listing = changed(hr)
    assert answers_in(read(hr, "monitorings"), "Not listed", "Listed") == 1
    assert answers_in(read(hr, "monitoring", monitoring.pk), "Not listed", "Listed") == 1
    cast.withdrawn(listing)
    walking.walk(now=timezone.now())
    recalling.walk(now=timezone.now())
    for page in (read(hr, "monitorings"), read(hr, "monitoring", monitoring.pk)):
        assert answers_in(page, "Not listed", "Recalled") == 1
        assert answers_in(page, "Recalled", "Not listed") == 1
        assert answers_in(page, "Not listed", "Listed") == 0


def test_a_change_more_costs_no_statement_more(hr):
    monitoring, listing = changed(hr)
    statements = [statements_of(hr, "monitorings"), statements_of(hr, "monitoring", monitoring.pk)]
    cast.withdrawn(listing)
    walking.walk(now=timezone.now())
    recalling.walk(now=timezone.now())
    assert MonitoringChange.objects.count() == 2
    assert [statements_of(hr, "monitorings"), statements_of(hr, "monitoring", monitoring.pk)] == statements


def statements_of(browser, name, *args):
    with CaptureQueriesContext(connection) as asked:
        read(browser, name, *args)
    return len([each for each in asked if '"employers_screening"' in each["sql"] or "resultrecall" in each["sql"]])


def test_what_became_listed_owes_what_a_listing_owes(hr):
    monitoring, listing = changed(hr)
    change = MonitoringChange.objects.get()
    assert "a letter with the reason" in read(hr, "monitoring", monitoring.pk)
    result = read(hr, "screening", change.screening_id)
    assert listing.number in result
    assert "HR-17" in result
    assert listing.number in read(hr, "letter", change.screening_id)
    hr.post(at("told", change.screening_id), {"told_on": timezone.localdate().isoformat()})
    assert ApplicantTold.objects.get().screening == change.screening
    assert "a letter with the reason" not in read(hr, "monitoring", monitoring.pk)


def test_the_trail_says_that_monitoring_asked(hr):
    changed(hr)
    shown = read(hr, "screenings")
    assert shown.count("monitoring") >= 1
    assert MonitoringChange.objects.get().screening_id in shown
    assert "monitoring" in hr.get(at("export")).getvalue().decode("utf-8-sig")


def test_a_change_of_another_monitoring_is_not_taken_note_of_here(hr, bank):
    monitoring, _listing = changed(hr)
    now, today = timezone.now(), timezone.localdate()
    theirs = monitored.somebody_else(until=today + timedelta(days=100), consent=asking.attested(today))
    other = monitored.enrolled(theirs, bank, now=now)
    answer = hr.post(at("confirm_change", other.pk), {"change": MonitoringChange.objects.get().pk})
    assert answer.status_code == 404
    for change in ("x", "\0"):
        assert hr.post(at("confirm_change", monitoring.pk), {"change": change}).status_code == 404
    assert MonitoringConfirmation.objects.count() == 0


def test_the_list_says_how_many_there_are_and_how_they_stand(hr):
    assert "Nobody is enrolled." in read(hr, "monitorings")
    changed(hr)
    shown = read(hr, "monitorings")
    for told in ("HR-17", "Enrolled: 1 of 200 at most.", "goes on", "Changes that nobody has taken note of yet"):
        assert told in shown
    Monitoring.objects.update(until=timezone.localdate() - timedelta(days=1))
    shown = read(hr, "monitorings")
    assert "goes on" not in shown
    assert "Enrolled: 0 of 200 at most." in shown
    assert "Monitoring (" not in shown


# Ending


def test_hr_ends_it_after_a_page_that_says_what_that_means(hr):
    monitoring, listing = changed(hr)
    assert "cannot be undone" in read(hr, "end_monitoring", monitoring.pk)
    assert Monitoring.objects.get().ended_at is None
    answer = hr.post(at("end_monitoring", monitoring.pk))
    assert answer["Location"] == at("monitorings")
    ended = Monitoring.objects.get()
    assert (ended.ended_because, ended.ended_by_member.name, ended.subject_sealed) == ("employer", "某han", None)
    shown = read(hr, "monitoring", monitoring.pk)
    assert "End this monitoring" not in shown
    assert "The answer changed." not in shown, "nothing is told any more"
    assert "Ended by the employer" in shown
    actions.suspend([listing.pk], officer=cast.registrar(), now=timezone.now(), reason="retrial ordered")
    assert walking.walk(now=timezone.now()) == 0
    assert set(MemberAct.objects.values_list("act", flat=True)) >= {"enrol", "end_monitoring", "read_monitoring"}


def test_a_suspended_employer_may_still_end_and_nothing_else(hr, bank):
    enrol(hr)
    monitoring = Monitoring.objects.get()
    overseeing.suspend(bank, officer=cast.high_court_registrar(), reason="guessing", now=timezone.now())
    assert "paused" in read(hr, "monitoring", monitoring.pk)
    assert hr.get(at("enrol")).status_code == 403
    assert hr.post(at("end_monitoring", monitoring.pk)).status_code == 302
    assert Monitoring.objects.get().ended_because == EndedBecause.EMPLOYER


def test_another_employers_monitoring_is_not_there(hr, bank):
    enrol(hr)
    monitoring = Monitoring.objects.get()
    stranger = signed_in(asking.courier_company(), "stranger", MemberRole.OWNER)
    assert monitoring.reference not in read(stranger, "monitorings")
    for method, page in (
        ("get", at("monitoring", monitoring.pk)),
        ("post", at("confirm_change", monitoring.pk)),
        ("get", at("end_monitoring", monitoring.pk)),
        ("post", at("end_monitoring", monitoring.pk)),
    ):
        assert getattr(stranger, method)(page).status_code == 404
    assert Monitoring.objects.get().ended_at is None


# The endpoint


def test_the_owner_adds_an_address_and_sees_the_secret_once(owner, hr):
    with receiver() as program:
        answer = owner.post(at("endpoint_address"), {"url": program.url})
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", html.unescape(answer.content.decode())).group()
    assert EmployerEndpoint.objects.get().url == program.url
    for name in ("endpoint", "endpoint_address"):
        assert secret not in read(owner, name)
    assert program.url in read(hr, "endpoint")
    assert "whpk_" in read(hr, "endpoint")
    assert hr.get(at("endpoint_address")).status_code == 403


def test_an_address_may_be_as_long_as_the_form_lets_it_be(owner):
    stem = "http://127.0.0.1:9998/"
    url = stem + "a" * (URL_MOST - len(stem))
    assert owner.post(at("endpoint_address"), {"url": url}).status_code == 200
    assert EmployerEndpoint.objects.get().url == url


def test_an_address_that_cannot_be_is_said_beside_the_field(owner, settings):
    settings.SHARING_EMPLOYERS_NETWORKS = []
    for url in ("http://10.0.0.1/x", "ftp://example.com", "nonsense", ""):
        answer = owner.post(at("endpoint_address"), {"url": url})
        assert 'href="#id_url"' in answer.content.decode()
    assert EmployerEndpoint.objects.count() == 0


def test_a_test_message_is_sent_and_its_answer_shown_in_words(owner):
    with receiver() as program:
        owner.post(at("endpoint_address"), {"url": program.url})
        assert "204" in owner.post(at("endpoint_act"), {"do": "test"}).content.decode()
        program.answer = lambda received: 401
        shown = html.unescape(owner.post(at("endpoint_act"), {"do": "test"}).content.decode())
    assert "Your program found the signature not genuine." in shown
    assert all(b"monitoring.test" in each.body for each in program.requests)


def test_it_is_paused_resumed_moved_and_given_another_secret(owner, bank):
    with receiver() as program, receiver() as other:
        owner.post(at("endpoint_address"), {"url": program.url})
        owner.post(at("endpoint_act"), {"do": "pause"})
        assert EmployerEndpoint.objects.get().state == "paused"
        owner.post(at("endpoint_act"), {"do": "resume"})
        assert EmployerEndpoint.objects.get().state == "active"
        owner.post(at("endpoint_address"), {"url": other.url})
        assert EmployerEndpoint.objects.get().url == other.url
        once = re.search(r'name="once"\s+value="([^"]+)"', owner.get(at("endpoint")).content.decode())[1]
        assert "whsec_" in owner.post(at("endpoint_act"), {"do": "rotate", "once": once}).content.decode()
        assert (
            "whsec_" not in owner.post(at("endpoint_act"), {"do": "rotate", "once": once}, follow=True).content.decode()
        )
        assert "The former secret signs until" in read(owner, "endpoint")
        assert owner.post(at("endpoint_act"), {"do": "nothing"}).status_code == 302
    assert EmployerEndpointSecret.objects.count() == 2
    assert Employer.objects.get(pk=bank.pk).organisation.employer_endpoint.url == other.url


def test_what_was_recalled_is_not_said_to_wait(owner, hr, bank):
    with receiver() as program:
        endpoint.add(bank.organisation, program.url, now=timezone.now())
    changed(hr)
    assert re.search(r"Waiting\s+1\s", words_of(read(owner, "endpoint")))
    recalled(MonitoringChange.objects.get().screening)
    assert re.search(r"Waiting\s+0\s", words_of(read(owner, "endpoint")))


def test_too_many_new_secrets_are_refused_in_words_and_not_put_on_record(owner):
    with receiver() as program:
        owner.post(at("endpoint_address"), {"url": program.url})
        pages = [owner.post(at("endpoint_act"), {"do": "rotate"}, follow=True) for _ in range(signing.SECRETS_MOST)]
    shown = [page.content.decode() for page in pages]
    assert ["whsec_" in each for each in shown] == [True] * (signing.SECRETS_MOST - 1) + [False]
    assert "R-456" in shown[-1]
    assert EmployerEndpointSecret.objects.count() == signing.SECRETS_MOST
    assert MemberAct.objects.filter(act="rotate_endpoint").count() == signing.SECRETS_MOST - 1


def test_without_one_there_is_nothing_to_press(owner, hr):
    assert owner.post(at("endpoint_act"), {"do": "test"}).status_code == 404
    assert "An owner of your organisation adds it." in read(hr, "endpoint")


def test_monitoring_pages_are_for_no_cache_and_no_stranger(hr):
    changed(hr)
    monitoring = Monitoring.objects.get()
    pages = [at("monitorings"), at("monitoring", monitoring.pk), at("enrol"), at("endpoint")]
    for page in pages:
        assert "no-store" in hr.get(page)["Cache-Control"]
        assert Browser().get(page).status_code == 302
    assert ending.end(monitoring.pk, EndedBecause.EMPLOYER, now=timezone.now())
