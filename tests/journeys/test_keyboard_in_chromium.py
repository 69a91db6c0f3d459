"""The three main journeys with the keyboard alone: a judgment is entered and approved, an applicant is asked about, a
listed person reads the own record and objects. And how long entering takes a clerk, by the count of fields and keys.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Listing, Role, State
from sharing.employers.models import Screening
from sharing.persons.identity import counter
from sharing.persons.models import Objection
from tests import asking, cast, consenting, desk, objecting
from tests.journeys import hr, walking
from tests.journeys.keyboard import Keyboard
from tests.signing_in import app_code, walk_in, with_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]
PERSONS = ((cast.DEFENDANT_NUMBER, "高䶮"), (cast.SECOND_NUMBER, "陆㛃"), (cast.APPLICANT_NUMBER, "欧阳一"))
ONE_MINUTES, THREE_MINUTES = 3, 6


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def keyboard(live_server, browser):
    return Keyboard(walking.walker(browser, live_server.url, "wide", "en"))


def sign_in(keyboard: Keyboard, officer) -> None:
    """By an app's code, every key of it; who needs a passkey has shown it."""
    if officer.role != Role.CLERK:
        walk_in(keyboard.walker.page.context, officer.account, keyboard.walker.address)
        keyboard.walker.go("/desk/")
        return
    officer.account.set_password(desk.PASSWORD)
    officer.account.save()
    with_app(officer.account)
    keyboard.walker.page.context.clear_cookies()
    keyboard.walker.go("/desk/login/?next=/desk/")
    keyboard.type(login=officer.account.username, password=desk.PASSWORD)
    keyboard.press("#login-form [type=submit]")
    keyboard.type(code=app_code())
    keyboard.press("main form button")


def enter_decision(keyboard: Keyboard) -> None:
    keyboard.press('main a[href="/desk/decisions/new/"]')
    keyboard.type(number="（2026）京0105刑初123号", filed_on="2026-03-02", pronounced_on="2026-09-01")
    keyboard.type(prosecutor_received_on="2026-09-02")
    keyboard.tick('[name=facts][value="telecom_fraud_related"]')
    keyboard.button("Enter the decision")


def add_party(keyboard: Keyboard, number: str, name: str, button: str) -> None:
    keyboard.type(name=name, documents__0__number=number)
    keyboard.choose(charge="CL 253-1", article="CL 253-1")
    keyboard.type(offence_dates="2024-05-06, 2024-06-01")
    keyboard.choose(penalty_kind="fixed_term")
    keyboard.type(sentence_months="24", fine_yuan="20000", received_on="2026-09-02")
    keyboard.type(prohibitions__0__scope="不得从事个人信息处理相关职业", prohibitions__0__months="36")
    keyboard.button(button)


def entered(keyboard: Keyboard, persons) -> float:
    """The seconds that it takes the clerk from My work to the decision handed on."""
    sign_in(keyboard, cast.clerk())
    began = keyboard.seconds
    enter_decision(keyboard)
    keyboard.button("Add a party")
    for number, name in persons[:-1]:
        add_party(keyboard, number, name, "Add it, and enter another")
    number, name = persons[-1]
    add_party(keyboard, number, name, "Add the party")
    keyboard.button("Check and submit")
    keyboard.button("I compared it with the judgment: submit")
    assert Listing.objects.filter(state=State.IN_REVIEW).count() == len(persons)
    return keyboard.seconds - began


@pytest.mark.usefixtures("today")
def test_a_judgment_is_entered_and_approved_with_the_keyboard(keyboard):
    seconds = entered(keyboard, PERSONS[:1])
    assert seconds <= ONE_MINUTES * 60, f"{seconds:.0f} s"
    keyboard.button("Confirm that no appeal was filed")
    keyboard.button("I looked: no appeal and no protest was filed in the period")
    listing = Listing.objects.get()
    sign_in(keyboard, cast.judge())
    keyboard.press("main tbody a")
    keyboard.type(**{f"number-{listing.pk}": cast.DEFENDANT_NUMBER})
    keyboard.press(f'button[name=approve][value="{listing.pk}"]')
    assert cast.fresh(listing).state == State.ACTIVE
    assert keyboard.walker.violations == []


@pytest.mark.usefixtures("today")
def test_a_decision_with_three_parties_is_entered_within_six_minutes(keyboard):
    seconds = entered(keyboard, PERSONS)
    assert seconds <= THREE_MINUTES * 60, f"{seconds:.0f} s"
    assert keyboard.walker.violations == []


def test_an_applicant_is_asked_about_with_the_keyboard(keyboard, settings):
    settings.SHARING_SCOPE_LISTING = True
    cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    with_app(hr.han().account)
    code = consenting.given(now=timezone.now())
    keyboard.walker.go(hr.at("start"))
    keyboard.type(login="han", password=hr.PASSWORD)
    keyboard.press("main form button")
    keyboard.type(code=app_code())
    keyboard.press("main form button")
    keyboard.press(f'main a[href="{hr.at("new")}"]')
    keyboard.choose(post="finance_recruitment/loan_officer")
    keyboard.press("main form .govuk-button")
    keyboard.type(code=code.code)
    keyboard.press("main form .govuk-button")
    keyboard.type(name="高䶮", document_number=cast.DEFENDANT_NUMBER)
    keyboard.press("main form .govuk-button")
    keyboard.tick("#id_declared")
    keyboard.press("main .govuk-button-group .govuk-button")
    assert keyboard.walker.page.locator(".govuk-panel__title").count() == 1
    assert Screening.objects.get().outcome == "listed"
    assert keyboard.walker.violations == []


def test_a_listed_person_reads_the_record_and_objects_with_the_keyboard(keyboard, settings, live_server):
    settings.REGISTRY_ADDRESS = live_server.url
    listing = cast.in_force()
    made = counter.make(objecting.identity(), officer=cast.clerk(), now=timezone.now())
    keyboard.walker.go(reverse("person:record"))
    keyboard.press(f'a[href="{reverse("person:counter")}"]')
    keyboard.type(code=made.shown, last_four=cast.DEFENDANT_NUMBER[-4:])
    keyboard.press("main form .govuk-button")
    assert listing.number in keyboard.walker.page.locator("main").inner_text()
    keyboard.walker.go(reverse("person:objections"))
    keyboard.press(f'main a[href="{reverse("person:new_objection")}"]')
    keyboard.pick("kind", "objection")
    keyboard.press("main form .govuk-button")
    keyboard.pick("listing", listing.number)
    keyboard.press("main form .govuk-button")
    keyboard.pick("part", "term")
    keyboard.press("main form .govuk-button")
    keyboard.type(words="刑期计算有误，请核对。")
    keyboard.press("main form .govuk-button")
    keyboard.press("main form[enctype] .govuk-button")
    assert Objection.objects.count() == 1
    assert keyboard.walker.violations == []
