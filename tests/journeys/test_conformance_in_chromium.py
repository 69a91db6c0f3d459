"""The conformance test in a real browser: run, watched, printed, and production opened at the desk."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Account
from sharing.delivery.models import Endpoint
from sharing.departments import joining
from sharing.departments.conformance import report, running
from sharing.departments.models import ConformanceRun, RunState
from sharing.parties import members
from tests import cast, desk, trial_programs
from tests.journeys import walking
from tests.journeys.walking import WINDOWS
from tests.signing_in import walk_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long enough phrase"


@pytest.fixture
def finance():
    department = cast.department()
    members.take_in(department.organisation, username="wei", password=PASSWORD, name="魏对接")
    return department


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def sign_in(walker):
    walk_in(walker.page.context, Account.objects.get(username="wei"), walker.address)
    walker.go(at("overview"))
    walker.look()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_an_integrator_proves_the_endpoint(live_server, browser, finance, settings, width, language):
    """Against the small program over real HTTP."""
    settings.SHARING_CONFORMANCE_SECONDS = 2
    trial = trial_programs.on_trial(finance, live_server.url)
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("endpoint", trial.endpoint.pk))
    walker.go(at("conformance", trial.endpoint.pk))
    with trial_programs.small(trial):
        press(walker, "main form button")
        run = ConformanceRun.objects.get()
        while run.check_index < 4:
            running.run_due(0.1)
            run.refresh_from_db()
        press(walker, "#progress a")
        while run.state == RunState.RUNNING:
            running.run_due(0.1)
            run.refresh_from_db()
    assert report.is_green(run)
    walker.page.wait_for_selector('#progress a[href$="/report/"]', timeout=10_000)  # it came by itself
    walker.look()
    press(walker, '#progress a[href$="/report/"]')
    assert report.checksum(run) in walker.page.content()
    walker.go(at("conformance", trial.endpoint.pk))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_red_run_says_what_to_do_at_every_width(live_server, browser, finance, width, language):
    endpoint, _ = joining.add_endpoint(finance, "http://127.0.0.1:8601/webhooks", now=cast.NOW)
    run = trial_programs.proven(endpoint, red="withdrawal")
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("conformance_run", endpoint.pk, run.pk))
    walker.go(at("conformance_report", endpoint.pk, run.pk))
    walker.go(at("move_endpoint", endpoint.pk))
    assert walker.violations == []


def test_the_test_works_without_javascript(live_server, browser, finance):
    endpoint, _ = joining.add_endpoint(finance, "http://127.0.0.1:8601/webhooks", now=cast.NOW)
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    sign_in(walker)
    walker.go(at("conformance", endpoint.pk))
    press(walker, "main form button")
    running.run_due(60)
    press(walker, "#progress a")
    assert "red in 12 of 12 checks" in walker.page.content()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_registrar_of_the_high_court_opens_production_and_takes_it_back(
    live_server, browser, finance, width, language
):
    endpoint, _ = joining.add_endpoint(finance, "http://127.0.0.1:8601/webhooks", now=cast.NOW)
    officer = cast.high_court_registrar()
    officer.account.set_password(desk.PASSWORD)
    officer.account.save()
    page = f"/desk/sharing/departments/endpoints/{endpoint.pk}/stage/"
    walker = walking.walker(browser, live_server.url, width, language)
    walk_in(walker.page.context, officer.account, walker.address)
    walker.go(page)
    trial_programs.proven(endpoint, red="order", now=timezone.now())
    walker.go(page)
    trial_programs.proven(endpoint, now=timezone.now())
    walker.go(page)
    press(walker, 'button[value="production"]')
    assert Endpoint.objects.get().stage == "production"
    walker.type(because="lost its list")
    press(walker, 'button[value="trial"]')
    assert Endpoint.objects.get().stage == "trial"
    assert walker.violations == []
