"""From the public page to the owner's first sign-in, in a real browser: an organisation registers and is admitted."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from sharing.employers import corresponding
from sharing.employers.models import Registration, RegistrationState
from tests import cast, desk
from tests.journeys import walking
from tests.journeys.walking import WINDOWS, chinese
from tests.registering import LICENCE, USCC
from tests.signing_in import walk_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = {"name": "licence.pdf", "mimeType": "application/pdf", "buffer": LICENCE}


def spoken(walker, words):
    return words if walker.language == "en" else chinese(words)


def onward(walker):
    """The button of the step's own form; by its place, so that both languages walk alike."""
    with walker.page.expect_navigation():
        walker.page.locator("main form .govuk-button-group .govuk-button").click()
    walker.look()


def press(walker):
    """The page's one button, or the first."""
    with walker.page.expect_navigation():
        walker.page.locator("main form .govuk-button").first.click()
    walker.look()


def mailed(path):
    """The path of the last message's link."""
    corresponding.tell(now=timezone.now())
    return re.findall(rf"http://[^/]+({path}\S+)", mail.outbox[-1].body)[0]


def fill(walker):
    onward(walker)
    assert walker.page.locator(".govuk-error-summary").is_visible()
    walker.type(name="某银行", name_en="Some Bank", uscc=USCC[:-1] + "Y", address="示范市示范路2号")
    onward(walker)
    assert walker.page.locator("[name=name]").input_value() == "某银行"
    walker.type(uscc=USCC)
    onward(walker)
    walker.type(legal_basis="刑法第三十七条之一")
    onward(walker)
    assert walker.page.locator(".govuk-error-summary").is_visible()
    walker.page.locator("[name=purposes]").first.check()
    onward(walker)
    walker.type(contact_name="某联系人", email="contact@bank.example", phone="010-5550 1234")
    onward(walker)


def send(walker):
    onward(walker)
    assert walker.page.locator(".govuk-error-summary").is_visible()
    walker.page.locator("[name=licence]").set_input_files([FILE])
    walker.page.locator("[name=declared]").check()
    onward(walker)
    return walker.page.locator("pre.terminal").inner_text()


def follow(walker, secret):
    walker.go("/employer/register/state/")
    walker.type(number=Registration.objects.get().pk, secret="0000-0000-0000-0000-0000")
    press(walker)
    assert walker.page.locator(".govuk-error-summary").is_visible()
    walker.type(secret=secret)
    press(walker)
    assert Registration.objects.get().pk in walker.page.locator("h1").inner_text()


def confirm(walker):
    walker.go(mailed("/employer/register/state/"))
    press(walker)
    assert Registration.objects.get().state == RegistrationState.RECEIVED


def at(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def sheet(walker):
    with walker.page.expect_navigation():
        walker.page.locator(".sheet form .buttons button").first.click()
    walker.look()


def sign_in(walker, officer):
    """The officer's session, as the desk's own sign-in would make it."""
    walk_in(walker.page.context, officer.account, walker.address)


def decide(walker):
    found = Registration.objects.get()
    walker.go(at("registrations"))
    walker.go(at("registration", found.pk))
    with walker.page.expect_download() as saved:
        walker.page.locator("main form button", has_text=spoken(walker, "Save the file to look at it")).click()
    assert saved.value.suggested_filename == f"{found.pk}.pdf"
    walker.go(at("ask_more", found.pk))
    walker.type(reason="请补充授权书")
    sheet(walker)


def answer(walker, secret):
    follow(walker, secret)
    press(walker)
    assert walker.page.locator(".govuk-error-summary").is_visible()
    walker.type(words="已补充")
    press(walker)
    assert Registration.objects.get().state == RegistrationState.RECEIVED


def admit(walker):
    walker.go(at("admit_registration", Registration.objects.get().pk))
    sheet(walker)
    walker.type(code="some-bank")
    sheet(walker)
    sheet(walker)
    assert Registration.objects.get().state == RegistrationState.ADMITTED
    walker.go(at("registration", Registration.objects.get().pk))


def choose(walker):
    walker.go(mailed("/portal/invitation/"))
    walker.type(new_password1=desk.PASSWORD, new_password2="another one altogether")
    press(walker)
    assert walker.page.locator(".govuk-error-summary").is_visible()
    walker.type(new_password1=desk.PASSWORD, new_password2=desk.PASSWORD)
    press(walker)
    walker.type(login="some-bank", password=desk.PASSWORD)
    press(walker)
    assert walker.page.url.endswith("/portal/account/factors/")


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_an_organisation_registers_is_asked_for_more_and_is_admitted(live_server, browser, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    officer = walking.walker(browser, live_server.url, width, language)
    sign_in(officer, cast.high_court_registrar())
    walker.go("/employer/register/")
    fill(walker)
    secret = send(walker)
    follow(walker, secret)
    confirm(walker)
    decide(officer)
    answer(walker, secret)
    admit(officer)
    follow(walker, secret)
    choose(walker)
    assert (walker.violations, officer.violations) == ([], [])


def test_a_mistyped_credit_code_is_said_while_it_is_typed(live_server, browser):
    walker = walking.walker(browser, live_server.url, "wide", "en")
    walker.go("/employer/register/")
    said = walker.page.locator("#credit-code-said")
    for typed, words in ((USCC[:10], "not 18"), (USCC[:-1] + "Y", "mistyped"), (USCC.lower(), "fits")):
        walker.type(uscc=typed)
        assert words in said.inner_text()
    walker.type(uscc="")
    assert not said.is_visible()
    walker.look()


def test_it_works_without_javascript(live_server, browser):
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    walker.go("/employer/register/")
    fill(walker)
    secret = send(walker)
    follow(walker, secret)
    confirm(walker)
