"""The pages of the conformance test: the department's own, its paper, and the desk's switch."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry.models import Role
from sharing.delivery.models import Endpoint
from sharing.departments import endpoints, joining, stages, tasks
from sharing.departments.conformance import report, running, words
from sharing.departments.conformance.checks import CHECKS
from sharing.departments.models import ConformanceRun, RunState, StageChange
from sharing.parties import members
from sharing.parties.models import MemberAct
from tests import asking, cast, desk, trial_programs
from tests.receiving import receiver
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"


@pytest.fixture
def endpoint():
    return joining.add_endpoint(cast.department(), "http://127.0.0.1:8601/webhooks", now=cast.NOW)[0]


def member_of(organisation, username):
    member = members.take_in(organisation, username=username, password=PASSWORD, name="魏对接")
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, member.account)
    return browser


@pytest.fixture
def wei():
    return member_of(cast.department().organisation, "wei")


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def read(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def started(endpoint):
    return running.start(endpoint.pk, member=None, now=timezone.now())


# The department's


def test_the_endpoints_page_says_that_it_is_on_trial_and_leads_to_the_test(wei, endpoint):
    page = read(wei, at("endpoint", endpoint.pk))
    assert "no real person is told to this endpoint" in page
    assert at("conformance", endpoint.pk) in page
    assert "on trial" in read(wei, at("overview"))
    stages.open_without_run(endpoint.pk, because="tests", now=cast.NOW)
    assert "no real person is told" not in read(wei, at("endpoint", endpoint.pk))


def test_it_says_what_is_checked_and_what_the_program_must_be_told(wei, endpoint, settings):
    settings.REGISTRY_ADDRESS = "https://registry.example/"
    page = read(wei, at("conformance", endpoint.pk))
    assert f"https://registry.example/trial/{endpoint.pk}<" in page
    assert "no conformance run of it has been finished" in page
    for check in CHECKS:
        assert str(words.CHECKS[check.key].title) in page


def test_a_trial_is_called_where_keys_with_certificates_are_taken(wei, endpoint, settings):
    settings.SHARING_PROGRAMS_ADDRESS = "https://registry.example:8443"
    assert f"https://registry.example:8443/trial/{endpoint.pk}<" in read(wei, at("conformance", endpoint.pk))


def test_a_button_starts_it_and_the_member_is_on_record(wei, endpoint):
    answer = wei.post(at("conformance", endpoint.pk))
    run = ConformanceRun.objects.get()
    assert answer["Location"] == at("conformance_run", endpoint.pk, run.pk)
    assert (run.started_by.account.username, MemberAct.objects.get().act) == ("wei", "start_conformance")
    page = read(wei, at("conformance_run", endpoint.pk, run.pk))
    assert "running: 0 of 12 checks are decided" in page
    assert ">Refresh</a>" in page
    assert wei.get(at("conformance_report", endpoint.pk, run.pk)).status_code == 404


def test_a_second_press_is_refused_in_words_and_starts_nothing(wei, endpoint):
    wei.post(at("conformance", endpoint.pk))
    page = wei.post(at("conformance", endpoint.pk), follow=True).content.decode()
    assert "still goes on" in page
    assert (ConformanceRun.objects.count(), MemberAct.objects.count()) == (1, 1)


def test_a_paused_endpoint_is_told_to_be_resumed(wei, endpoint):
    endpoints.pause(endpoint.pk)
    assert "Resume it first" in wei.post(at("conformance", endpoint.pk), follow=True).content.decode()


def test_the_workers_task_carries_it_to_its_end_and_the_page_says_what_to_do(wei, settings):
    """Over real HTTP, against a program that answers every post with 401."""
    settings.SHARING_CONFORMANCE_SECONDS = 0.1
    with receiver() as inbox:
        inbox.answer = lambda received: 401
        endpoint, _ = joining.add_endpoint(cast.department(), inbox.url, now=cast.NOW)
        wei.post(at("conformance", endpoint.pk))
        tasks.run_conformance()
    run = ConformanceRun.objects.get()
    assert run.state == RunState.FINISHED
    page = read(wei, at("conformance_run", endpoint.pk, run.pk))
    assert "red in 10 of 12 checks" in page
    assert "A message was not taken: 401." in page
    assert "Check the secret and this machine’s clock" in page.replace("&#x27;", "’")
    assert ">Refresh</a>" not in page


def test_a_worker_that_is_away_is_named(wei, endpoint):
    run = started(endpoint)
    ConformanceRun.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert "worker has not come to it since" in read(wei, at("conformance_run", endpoint.pk, run.pk))


def test_a_run_that_was_broken_off_says_why(wei, endpoint):
    run = started(endpoint)
    endpoints.pause(endpoint.pk)
    running.advance(run.pk)
    page = read(wei, at("conformance_run", endpoint.pk, run.pk))
    assert "broken off" in page
    assert "The endpoint was paused meanwhile" in page


def test_the_paper_names_the_run_its_checksum_and_every_check(wei, endpoint):
    run = trial_programs.proven(endpoint, red="gap")
    paper = read(wei, at("conformance_report", endpoint.pk, run.pk))
    for said in (run.number, endpoint.pk, endpoint.url, report.checksum(run), "red in 1 of 12 checks", "No receipt"):
        assert said in paper
    assert paper.count(">green<") == 11


def test_another_result_has_another_checksum(endpoint):
    green, red = trial_programs.proven(endpoint), trial_programs.proven(endpoint, red="gap")
    red.pk, number = green.pk, red.pk
    assert red.number == green.number
    red.pk = number
    assert report.checksum(green) != report.checksum(red)
    assert report.checksum(green) == report.checksum(ConformanceRun.objects.get(pk=green.pk))


def test_strangers_see_nothing_of_it(endpoint):
    run = trial_programs.proven(endpoint)
    pages = [
        at("conformance", endpoint.pk),
        at("conformance_run", endpoint.pk, run.pk),
        at("conformance_report", endpoint.pk, run.pk),
    ]
    telecom = member_of(cast.department("telecom").organisation, "telecom")
    bank = member_of(asking.bank().organisation, "bank")
    for page in pages:
        assert Browser().get(page)["Location"] == f"/portal/sign-in/?next={page}"
        assert telecom.get(page).status_code == 404
        assert bank.get(page).status_code == 403
    assert telecom.post(pages[0]).status_code == 404
    assert ConformanceRun.objects.count() == 1


def test_a_run_of_another_endpoint_is_absent_here(wei, endpoint):
    other, _ = joining.add_endpoint(cast.department(), "http://127.0.0.1:8602/webhooks", now=cast.NOW)
    run = trial_programs.proven(other)
    assert wei.get(at("conformance_run", endpoint.pk, run.pk)).status_code == 404


# The desk's


def page_of(endpoint):
    return f"/desk/sharing/departments/endpoints/{endpoint.pk}/stage/"


def test_the_desk_shows_the_report_and_opens_production(endpoint):
    he = desk.at_the_desk(cast.high_court_registrar())
    page = read(he, page_of(endpoint))
    assert "no conformance run of it has been finished" in page
    assert 'value="production"' not in page
    run = trial_programs.proven(endpoint, now=timezone.now())
    page = read(he, page_of(endpoint))
    assert report.checksum(run) in page
    assert 'value="production"' in page
    answer = he.post(page_of(endpoint), {"do": "production"}, follow=True).content.decode()
    assert "In production: everything" in answer
    assert Endpoint.objects.get().stage == "production"
    assert run.number in answer.split("Changes of its stage")[1]


def test_what_turned_red_meanwhile_is_not_opened_and_the_page_says_why(endpoint):
    he = desk.at_the_desk(cast.high_court_registrar())
    trial_programs.proven(endpoint, now=timezone.now())
    read(he, page_of(endpoint))
    trial_programs.proven(endpoint, red="withdrawal", now=timezone.now())
    answer = he.post(page_of(endpoint), {"do": "production"}, follow=True).content.decode()
    assert "R-446" in answer
    assert Endpoint.objects.get().stage == "trial"


def test_back_to_trial_with_a_reason(endpoint):
    stages.open_without_run(endpoint.pk, because="tests", now=cast.NOW)
    he = desk.at_the_desk(cast.high_court_registrar())
    assert "R-448" in he.post(page_of(endpoint), {"do": "trial", "because": " "}, follow=True).content.decode()
    answer = he.post(page_of(endpoint), {"do": "trial", "because": "lost its list"}, follow=True).content.decode()
    assert "lost its list" in answer
    assert Endpoint.objects.get().stage == "trial"
    he.post(page_of(endpoint), {"do": "nothing that is there"})
    assert StageChange.objects.count() == 2


def test_nobody_else_at_the_desk_or_outside_sees_or_does_it(endpoint):
    trial_programs.proven(endpoint, now=timezone.now())
    others = [cast.clerk(), cast.judge(), cast.registrar(), cast.officer("S-X", Role.STATISTICIAN, court="京")]
    for officer in others:
        at_the_desk = desk.at_the_desk(officer)
        assert at_the_desk.get(page_of(endpoint)).status_code == 403
        assert at_the_desk.post(page_of(endpoint), {"do": "production"}).status_code == 403
    assert Browser().get(page_of(endpoint)).status_code == 302
    member = member_of(cast.department().organisation, "wei")
    assert member.post(page_of(endpoint), {"do": "production"}).status_code in {302, 403}
    assert Endpoint.objects.get().stage == "trial"


def test_an_endpoint_that_is_not_there_is_absent():
    assert (
        desk.at_the_desk(cast.high_court_registrar())
        .get("/desk/sharing/departments/endpoints/ep_NOBODY/stage/")
        .status_code
        == 404
    )
