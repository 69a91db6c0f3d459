"""A department is connected at the court's desk by two registrars: both widths, both languages, errors, empty states."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Officer
from sharing.delivery.models import Endpoint
from sharing.departments import settling, telling
from sharing.departments.models import Department, Instrument, Measure, SharingProposal
from sharing.parties import clients
from sharing.parties.models import Member
from tests import cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


def at(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def press(walker: Walker, button: str) -> None:
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def send(walker: Walker) -> None:
    press(walker, ".sheet form .buttons button")


def register(walker: Walker) -> None:
    walker.go(at("departments"))
    press(walker, ".empty a")
    walker.type(name="北京某监管局", name_en="Some Bureau", code="some-bureau", uscc="91110105MA01ABCD51")
    walker.choose(sector="finance")
    send(walker)
    assert "R-102" in walker.page.locator(".problems").inner_text()
    walker.type(uscc=cast.UNIT_NUMBER)
    send(walker)
    press(walker, ".checks .change")
    assert walker.page.locator("[name=code]").input_value() == "some-bureau"
    send(walker)
    send(walker)


def propose_instrument(walker: Walker) -> None:
    walker.go(at("propose_instrument", "some-bureau"))
    walker.type(number="京高法共享〔2026〕9号", signed_on="2026-11-02", expires_on="2029-11-01", retention_months="12")
    walker.page.locator("[name=shared][value=case_number]").uncheck()
    walker.choose(onward="check_only")
    walker.type(onward_note="仅供所监管机构核验，不得另作他用")
    send(walker)
    send(walker)


def decide(walker: Walker, proposer: Officer) -> None:
    """The other registrar finds it on the page *My work* and approves."""
    other = {
        cast.high_court_registrar(): cast.second_high_court_registrar(),
        cast.second_high_court_registrar(): cast.high_court_registrar(),
    }[proposer]
    sign_in(walker, other)
    walker.first_of_my_work()
    press(walker, 'button[value="approve"]')


def open_measure(walker: Walker) -> None:
    walker.go(at("open_measure", Instrument.objects.get().pk))
    walker.type(
        code="limit-accounts",
        name="限制开立账户",
        name_en="Limiting new accounts",
        basis="联合惩戒办法第九条",
        longest_months="36",
    )
    send(walker)
    walker.page.locator('[name=articles][value="CL 253-1"]').check()
    send(walker)
    send(walker)


def settled() -> None:
    telling.walk(now=cast.NOW)
    settling.settle_all(now=cast.NOW)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_two_registrars_connect_a_department(live_server, browser, width, language):
    he, tang = cast.high_court_registrar(), cast.second_high_court_registrar()
    cast.in_force()
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, he)
    register(walker)
    propose_instrument(walker)
    decide(walker, he)
    open_measure(walker)
    walker.go("/desk/")
    decide(walker, tang)
    walker.go(at("measure", Measure.objects.get().pk))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_measure_is_narrowed_and_ended(live_server, browser, connected, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.high_court_registrar())
    narrow_and_end(walker)
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_registrar_looks_around_and_takes_members_in(live_server, browser, connected, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.high_court_registrar())
    look_around(walker)
    add_a_member(walker)
    revoke_a_key(walker)
    assert walker.violations == []


@pytest.fixture
def connected():
    """A department that is told of two listings."""
    finance = cast.department()
    measure = cast.measure(finance, facts=())
    cast.in_force()
    cast.second_in_force()
    settled()
    return measure


def look_around(walker: Walker) -> None:
    department = Department.objects.get()
    endpoint, _ = cast.add_endpoint(department, "http://127.0.0.1:8600/webhooks", now=cast.NOW)
    Endpoint.objects.update(failures=7, failing_since=cast.NOW, last_failure="410", alarm=1)
    for path in (
        at("departments"),
        at("department", "finance-department"),
        at("instrument", Instrument.objects.get().pk),
        at("measure", Measure.objects.get().pk),
        at("endpoint", endpoint.pk),
        at("switch_endpoint", endpoint.pk),
        at("renew", Instrument.objects.get().pk),
    ):
        walker.go(path)


def add_a_member(walker: Walker) -> None:
    walker.go(at("add_member", "finance-department"))
    send(walker)
    walker.type(name="魏对接", username="wei", email="wei@example.cn")
    send(walker)
    assert walker.page.locator("code").inner_text()
    walker.go(at("department", "finance-department"))
    walker.go(at("shut_out_member", "finance-department", Member.objects.get().pk))
    send(walker)


def revoke_a_key(walker: Walker) -> None:
    client_id, _secret = clients.issue(Department.objects.get().organisation, ["events"], now=timezone.now())
    walker.go(at("department", "finance-department"))
    walker.go(at("revoke_department_key", "finance-department", client_id))
    send(walker)
    walker.type(reason="found on a public site")
    send(walker)


def narrow_and_end(walker: Walker) -> None:
    measure = Measure.objects.get()
    walker.go(at("replace_measure", measure.pk))
    walker.page.locator('[name=facts][value="minors_data"]').check()
    walker.type(reason="the joint measures were narrowed")
    send(walker)
    send(walker)
    press(walker, 'button[value="take_back"]')
    walker.go(at("end_measure", measure.pk))
    walker.type(reason="the joint measures were repealed")
    send(walker)
    send(walker)
    sign_in(walker, cast.second_high_court_registrar())
    walker.go(at("proposal", SharingProposal.objects.get(act="end_measure").pk))
    press(walker, 'button[value="return"]')
    assert walker.page.locator(".problems").is_visible()
    press(walker, 'button[value="approve"]')


def test_it_works_without_javascript(live_server, browser):
    cast.instrument(cast.department())
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    sign_in(walker, cast.high_court_registrar())
    open_measure(walker)
    decide(walker, cast.high_court_registrar())
    assert Measure.objects.get().code == "limit-accounts"
