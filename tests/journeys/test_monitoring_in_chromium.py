"""Monitoring in a real browser: enrolling, a change and what it owes, ending, and the endpoint; both widths and languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sharing.employers.models import EmployerEndpoint, Monitoring, MonitoringChange, MonitoringConfirmation
from sharing.employers.monitoring import posting, walking
from sharing.parties.models import Member, MemberRole
from tests import asking, cast, monitored
from tests.journeys import hr
from tests.journeys import walking as journey
from tests.journeys.hr import at, onward, press, sign_in, wrong
from tests.journeys.walking import WINDOWS
from tests.receiving import receiver

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORM = b"%PDF-1.7 a form that the employee signed"


@pytest.fixture(autouse=True)
def the_courts_decisions(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True


@pytest.fixture
def han():
    return hr.han()


def day(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def enrol(walker):
    press(walker, f"a[href='{at('enrol')}']")
    walker.choose(post="finance_recruitment/loan_officer")
    onward(walker)
    file = {"name": "form.pdf", "mimeType": "application/pdf", "buffer": FORM}
    walker.page.locator("#id_form_file").set_input_files(file)
    walker.type(signed_on=day(-1), until=day(900))
    onward(walker)
    wrong(walker, "until")
    walker.type(until=day(200))
    onward(walker)
    walker.type(name="高䶮", document_number=cast.DEFENDANT_NUMBER, reference=cast.DEFENDANT_NUMBER)
    onward(walker)
    wrong(walker, "reference")
    walker.type(reference="HR-2026-0117-" + "x" * 51)  # as long as one may be
    onward(walker)
    press(walker, "main .govuk-button-group .govuk-button")
    wrong(walker, "declared")
    walker.page.locator("#id_declared").check()
    press(walker, "main .govuk-button-group .govuk-button")


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_hr_enrols_an_employee_is_told_of_a_change_and_ends_it(live_server, browser, han, width, language):
    walker = journey.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("monitorings"))
    enrol(walker)
    monitoring = Monitoring.objects.get()
    cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    walking.walk(now=timezone.now())
    walker.go(at("monitorings"))
    assert "(1)" in walker.page.locator("nav .govuk-service-navigation__list").first.text_content()
    press(walker, f"main a[href='{at('monitoring', monitoring.pk)}']")
    press(walker, "form[action$='confirm/'] button")
    assert MonitoringConfirmation.objects.get().member == han
    walker.go(at("screening", MonitoringChange.objects.get().screening_id))
    walker.go(at("screenings"))
    walker.go(at("monitoring", monitoring.pk))
    press(walker, f"a[href='{at('end_monitoring', monitoring.pk)}']")
    press(walker, "main form .govuk-button--warning")
    assert Monitoring.objects.get().subject_sealed is None
    walker.go(at("monitoring", monitoring.pk))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_an_owner_sets_up_the_endpoint_and_sees_what_went_wrong(live_server, browser, han, width, language):
    Member.objects.update(role=MemberRole.OWNER)
    walker = journey.walker(browser, live_server.url, width, language)
    sign_in(walker)
    with receiver() as program:
        walker.go(at("endpoint"))
        press(walker, f"a[href='{at('endpoint_address')}']")
        walker.type(url="nonsense")
        onward(walker)
        wrong(walker, "url")
        walker.type(url=program.url)
        onward(walker)
        press(walker, "main a.govuk-button")
        press(walker, "button[value='test']")
        program.answer = lambda received: 401
        press(walker, "button[value='test']")
        monitor_one()
        posting.post(now=timezone.now())
        walker.go(at("endpoint"))
        press(walker, "button[value='rotate']")
        press(walker, "main a.govuk-button")
        press(walker, "button[value='pause']")
        press(walker, "button[value='resume']")
    assert EmployerEndpoint.objects.get().last_failure == "401"
    assert walker.violations == []


def monitor_one():
    monitored.enrolled(now=timezone.now())
    cast.in_force()
    walking.walk(now=timezone.now())
