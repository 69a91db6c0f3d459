"""At the court's desk a registrar admits an employer, suspends one, and judges a consent: both widths and languages."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from django.urls import reverse

from sharing.employers import calling, overseeing
from sharing.employers.consent import Attestation
from sharing.employers.models import ConsentVerdict, Employer, Screening
from sharing.parties import members
from sharing.parties.models import Member, MemberRole, Organisation
from tests import asking, cast, papers
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FORM = papers.pdf("the signed form of an invented person")


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_CALLED_SHARE = 0.0
    settings.SHARING_MISMATCHES_ALARM = 1


def at(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def press(walker: Walker, button: str) -> None:
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def send(walker: Walker) -> None:
    press(walker, ".sheet form .buttons button")


def admit(walker: Walker) -> None:
    walker.go(at("employers"))
    press(walker, ".actions .default")
    walker.type(name="某银行", name_en="Some Bank", code="some-bank", uscc="91110105MA01ABCD51", daily_quota="300")
    send(walker)
    walker.type(uscc=cast.UNIT_NUMBER, legal_basis="刑法第三十七条之一")
    walker.page.locator('[name=admitted_for][value="finance_recruitment"]').check()
    send(walker)
    send(walker)
    assert Employer.objects.filter(organisation__code="some-bank").exists()


def shown_form() -> Screening:
    cast.in_force()
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    asked = asking.answered(asking.question(name="高某", consent=signed))
    calling.call_in(now=cast.NOW)
    calling.show(asked, FORM, now=cast.NOW)
    other = asking.answered(asking.question(name="高二"))
    calling.call_in(now=cast.NOW)
    overseeing.raise_alarms(now=cast.NOW)
    assert other.outcome == "pending"
    return asked


def judge(walker: Walker, asked: Screening) -> None:
    walker.go(at("consents"))
    walker.go("/desk/")
    walker.first_of_my_work()
    walker.go(at("refuse_consent", asked.pk))
    send(walker)
    walker.go(at("confirm_consent", asked.pk))
    walker.type(document_number=cast.DEFENDANT_NUMBER, name="高某")
    send(walker)
    assert "R-538" in walker.page.locator(".problems").inner_text()
    walker.choose(same_person="yes")
    walker.type(reason="曾用名，户籍资料核对一致")
    send(walker)
    assert ConsentVerdict.objects.get().outcome == "listed"
    walker.go(at("consent", asked.pk))


def suspend(walker: Walker) -> None:
    walker.go(at("alarms"))
    walker.go(at("employer", "bank"))
    walker.go(at("call_in_forms", "bank"))
    walker.go(at("change_entry", "bank"))
    walker.go(at("change_quota", "bank"))
    walker.go(at("switch_employer", "bank"))
    walker.type(reason="姓名屡次不符")
    send(walker)
    assert Organisation.objects.get(code="bank").suspended_at is not None
    walker.go(at("employers"))


def shut_out(walker: Walker) -> None:
    """One of two members, and he stands as shut out on the employer's page."""
    bank = asking.bank().organisation
    for user_name in ("he-owner", "gao-hr"):
        role = MemberRole.OWNER if user_name == "he-owner" else MemberRole.HR
        members.take_in(bank, username=user_name, password="a long enough phrase", name="何某", role=role)
    member = Member.objects.get(account__username="gao-hr")
    walker.go(at("switch_employer_member", "bank", member.pk))
    walker.type(reason="将查询结果转告他人")
    send(walker)
    member.refresh_from_db()
    assert member.barred_at is not None
    walker.go(at("switch_employer_member", "bank", member.pk))
    walker.go(at("employer", "bank"))


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_employers_are_admitted_watched_and_judged(live_server, browser, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.high_court_registrar())
    walker.go(at("consents"))
    admit(walker)
    judge(walker, shown_form())
    suspend(walker)
    shut_out(walker)
    assert walker.violations == []
