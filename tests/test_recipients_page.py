"""Before approving, and ever after: who is told of a listing, and why not the others."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client as Browser
from django.utils.translation import override

from registry.models import AccessRecord, Role
from sharing.departments import telling
from sharing.parties.models import Member
from tests import asking, cast
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def departments():
    """Finance may limit accounts, telecom is informed of sellers on duty, transport has a measure that does not fit."""
    finance, telecom, transport = (cast.department(sector) for sector in ("finance", "telecom", "transport"))
    cast.department("real_estate")
    cast.measure(finance)
    cast.measure(telecom, code="information", basis="", information_only=True, facts=())
    cast.measure(transport, code="licence-check", facts=("minors_data",), articles=("CL 287-1",))
    return finance, telecom, transport


def page(officer, listing, language="en"):
    browser = Browser(headers={"accept-language": language})
    sign_in(browser, officer.account)
    return browser.get(f"/desk/sharing/listings/{listing.number}/")


def row(html, name):
    return " ".join(html.split(name)[1].split("</tr>")[0].split())


def test_the_judge_sees_before_approving_who_will_be_told_and_why_not_the_others(departments):
    listing = cast.draft()
    html = page(cast.judge(), listing).content.decode()
    assert "nothing has left the court yet" in html
    assert "Limiting new accounts" in row(html, "finance-department")
    assert "informed only" in row(html, "telecom-department")
    assert "the judgment does not find" in row(html, "transport-department")
    assert "it is for" in row(html, "transport-department")
    assert "It has no measure now." in row(html, "real-estate-department")
    assert html.count("never told") == 4


def test_afterwards_it_says_who_was_told_and_from_whom_it_was_withdrawn(departments):
    finance, *_ = departments
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.ended(finance.instruments.get().measures.get())
    html = page(cast.judge(), listing).content.decode()
    assert "withdrawn from it alone, no. 2" in row(html, "finance-department")
    assert "told since no. 1" in row(html, "telecom-department")


def test_it_says_when_the_judgment_was_and_when_each_department_was_told_and_confirmed(departments):
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    html = page(cast.judge(), listing).content.decode()
    times = html.split("From the judgment to each department")[1]
    assert "pronounced: 1 September 2026" in times
    assert "not yet" in row(times, "finance-department"), "no endpoint took it, and nobody looked"
    assert "transport-department" not in times, "it was not told"


def test_the_look_is_on_record_and_names_nobody(departments):
    listing = cast.in_force()
    html = page(cast.judge(), listing).content.decode()
    assert cast.DEFENDANT_NUMBER not in html
    assert AccessRecord.objects.get(page="recipients").listing_number == listing.number


def test_a_stranger_an_officer_of_another_court_and_a_statistician_are_refused(departments):
    listing = cast.in_force()
    assert Browser().get(f"/desk/sharing/listings/{listing.number}/").status_code == 302
    assert page(cast.officer("C-X", Role.CLERK, court="京0106"), listing).status_code == 404
    assert page(cast.officer("S-X", Role.STATISTICIAN, court="京"), listing).status_code == 403
    assert not AccessRecord.objects.filter(page="recipients").exists()


def test_the_listings_page_leads_there(departments):
    listing = cast.in_force()
    browser = Browser()
    sign_in(browser, cast.judge().account)
    assert (
        f"/desk/sharing/listings/{listing.number}/" in browser.get(f"/desk/listings/{listing.number}/").content.decode()
    )


# Taking a member in


def add(monkeypatch, *words, passwords=("a long enough phrase",) * 2):
    typed = iter(passwords)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    out = io.StringIO()
    call_command("add_member", *words, "--name", "魏对接", stdout=out)
    return out.getvalue()


def test_a_member_is_taken_in_by_command(departments, monkeypatch):
    assert "signs in at /portal/sign-in/" in add(monkeypatch, "finance-department", "wei")
    assert Member.objects.get().organisation == departments[0].organisation


@pytest.mark.parametrize(
    ("words", "passwords", "said"),
    [
        (("nowhere", "wei"), ("x", "x"), "no organisation"),
        (("bank", "taken"), ("x", "x"), "is taken"),
        (("bank", "wei"), ("one long phrase", "another phrase"), "differ"),
        (("bank", "wei"), ("short", "short"), "too short"),
    ],
)
def test_what_cannot_be_taken_in_is_said_in_words(monkeypatch, words, passwords, said):
    asking.bank()
    account = cast.clerk().account
    account.username = "taken"
    account.save()
    with override("en"), pytest.raises(CommandError, match=said):
        add(monkeypatch, *words, passwords=passwords)
    assert not Member.objects.exists()
