"""Consent in a real browser: HR asks, the applicant answers on a telephone, HR asks the court, the applicant reads the
answer; both widths and languages, with and without JavaScript.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Account
from sharing.employers.models import ConsentCode, ConsentRequest, RequestState, Screening
from sharing.employers.requesting import state_of
from sharing.openid import asking as provider_asked
from sharing.parties import members
from sharing.parties.models import MemberRole
from sharing.persons.identity import counter
from sharing.persons.identity.proving import Identity
from tests import asking, cast
from tests.journeys import walking
from tests.signing_in import walk_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.demo_urls"),
]
PASSWORD = "a long enough phrase"
NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"
# HR sits at a desk and the applicant holds a telephone; every page is looked at in the other width, too.
WALKS = [("en", True), ("zh-CN", True), ("zh-CN", False)]


@pytest.fixture(autouse=True)
def the_courts_decisions(settings, live_server):
    provider_asked._metadata.clear()
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.REGISTRY_ADDRESS = live_server.url
    settings.SHARING_IDENTITY_WAYS = ["oidc", "counter"]
    settings.SHARING_IDENTITY_OIDC_ISSUER = f"{live_server.url}/demo/identity"
    settings.SHARING_IDENTITY_OIDC_CLIENT_ID = "registry"
    settings.SHARING_IDENTITY_OIDC_CLIENT_SECRET = "demonstration"


@pytest.fixture
def han():
    bank = asking.bank().organisation
    return members.take_in(bank, username="han", password=PASSWORD, name="韩人事", role=MemberRole.HR)


def at(name, *args):
    return reverse(f"employer:{name}", args=args)


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def onward(walker):
    press(walker, "main form .govuk-button")


def sign_in(walker):
    walk_in(walker.page.context, Account.objects.get(username="han"), walker.address)
    walker.go(at("start"))
    walker.look()


def request_consent(walker):
    """The link that HR gets."""
    walker.go(at("requests"))
    walker.go(at("new_request"))
    onward(walker)
    assert walker.page.locator(".govuk-error-summary").count() == 1
    walker.choose(post="finance_recruitment/loan_officer")
    walker.type(reference="申请 118", days="7")
    onward(walker)
    assert walker.page.locator("main svg").count() == 1
    return walker.page.locator("main code").inner_text().removeprefix(walker.address)


def prove_by_counter_code(walker):
    identity = Identity(document_type="resident_id", document_number=NUMBER, name=NAME)
    made = counter.make(identity, officer=cast.clerk(), now=timezone.now())
    press(walker, f'a[href="{reverse("person:counter")}"]')
    walker.type(code=made.shown, last_four="0000")
    onward(walker)
    assert walker.page.locator(".govuk-error-summary").count() == 1
    walker.type(code=made.shown.lower(), last_four=NUMBER[-4:])
    onward(walker)


def agree(walker, link):
    walker.go(link)
    assert link not in walker.page.url
    walker.page.locator("summary").click()
    walker.look()
    press(walker, f'a[href="{reverse("person:decide")}"]')
    prove_by_counter_code(walker)
    press(walker, 'button[value="agree"]')
    return walker.page.locator(".govuk-panel__body strong").inner_text()


def ask_with_it(walker):
    request = ConsentRequest.objects.get()
    walker.go(at("request", request.pk))
    press(walker, f'a[href$="?request={request.pk}"]')
    walker.type(name=NAME, document_number=NUMBER)
    onward(walker)
    walker.page.locator("#id_declared").check()
    press(walker, "main .govuk-button-group .govuk-button")
    assert walker.page.locator(".govuk-panel__title").count() == 1


@pytest.mark.parametrize(("language", "javascript"), WALKS)
def test_an_employer_asks_the_applicant_and_then_the_court(live_server, browser, han, language, javascript):
    cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    hr = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    phone = walking.walker(browser, live_server.url, "narrow", language, javascript=javascript)
    sign_in(hr)
    code = agree(phone, request_consent(hr))
    assert code == ConsentCode.objects.get().code
    ask_with_it(hr)
    screening = Screening.objects.get()
    assert (screening.outcome, screening.consent.code.code) == ("listed", code)
    phone.go(reverse("person:mine"))
    press(phone, "main tbody a")
    assert screening.listing.number in phone.page.locator("main").inner_text()
    press(phone, "main form .govuk-button--warning")
    press(phone, "main form .as-link")
    hr.go(at("requests"))
    hr.go(at("request", ConsentRequest.objects.get().pk))
    for walker in (hr, phone):
        assert walker.violations == []


@pytest.mark.parametrize(("language", "javascript"), WALKS)
def test_an_applicant_proves_with_the_identity_service_and_declines(live_server, browser, han, language, javascript):
    hr = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    phone = walking.walker(browser, live_server.url, "narrow", language, javascript=javascript)
    sign_in(hr)
    link = request_consent(hr)
    phone.go(link)
    press(phone, f'a[href="{reverse("person:decide")}"]')
    press(phone, f'a[href="{reverse("person:oidc")}"]')
    press(phone, 'button[value="unlisted"]')
    press(phone, 'button[value="decline"]')
    request = ConsentRequest.objects.get()
    assert state_of(request, timezone.now()) == RequestState.OPEN
    hr.go(at("request", request.pk))
    press(hr, "main form .govuk-button--warning")
    phone.go(link)
    assert "R-574" in phone.page.locator("h1").inner_text()
    hr.go(at("consent_form"))
    hr.choose(post="finance_recruitment/loan_officer")
    press(hr, 'button[value="page"]')
    for walker in (hr, phone):
        assert walker.violations == []
