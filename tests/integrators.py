"""A department's integrator, as a member, and her browser."""

from __future__ import annotations

from django.test import Client as Browser

from sharing.departments.models import Department
from sharing.parties import members
from sharing.parties.models import Member
from tests.signing_in import sign_in

PASSWORD = "a long enough phrase"


def member_of(department: Department, username: str = "wei") -> Member:
    return members.take_in(department.organisation, username=username, password=PASSWORD, name="魏对接")


def signed_in(member: Member) -> Browser:
    """Reading English."""
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, member.account)
    return browser
