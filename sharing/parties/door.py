"""The members' door: the portals of departments and employers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from registry.models import Account
from registry.signing_in.doors import Door
from sharing.parties.models import Member, OrganisationKind

HOMES: Mapping[OrganisationKind, str] = {
    OrganisationKind.DEPARTMENT: "department:overview",
    OrganisationKind.EMPLOYER: "employer:start",
}


def home_of(member: Member) -> str:
    """The first page of the portal of the member's organisation."""
    return reverse(HOMES[OrganisationKind(member.organisation.kind)])


def _admits(account: Account) -> bool:
    return account.is_active and Member.objects.filter(account=account).exists()


def _home(account: Account) -> str:
    return home_of(Member.objects.select_related("organisation").get(account=account))


PORTAL = Door(
    name="portal",
    prefix="/",
    account="/portal/account/",
    admits=_admits,
    needs_passkey=lambda account: False,
    home=_home,
    idle=lambda: timedelta(minutes=settings.SHARING_IDLE_MINUTES),
    parts="at_the_portal",
)
