"""Han of the bank's HR, and what he does on every page of the employer's portal."""

from __future__ import annotations

from django.urls import reverse

from registry.models import Account
from sharing.parties import members
from sharing.parties.models import Member, MemberRole
from tests import asking
from tests.signing_in import walk_in

PASSWORD = "a long enough phrase"


def han() -> Member:
    bank = asking.bank().organisation
    return members.take_in(bank, username="han", password=PASSWORD, name="韩人事", role=MemberRole.HR)


def at(name, *args):
    return reverse(f"employer:{name}", args=args)


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def sign_in(walker):
    walk_in(walker.page.context, Account.objects.get(username="han"), walker.address)
    walker.go(at("start"))
    walker.look()


def onward(walker):
    press(walker, "main form .govuk-button")


def wrong(walker, field):
    """The page says what is wrong, and leads to the field."""
    link = walker.page.locator(f'.govuk-error-summary a[href="#id_{field}"]')
    assert link.count() == 1
    link.click()
    assert walker.page.evaluate("document.activeElement.id") == f"id_{field}"
