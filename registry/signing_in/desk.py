"""The officers' door."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from registry.models import Account, Officer
from registry.signing_in.doors import Door


def _admits(account: Account) -> bool:
    return account.is_active and account.is_staff and Officer.objects.filter(account=account).exists()


def _needs_passkey(account: Account) -> bool:
    return Officer.objects.filter(account=account, role__in=settings.REGISTRY_PASSKEY_ROLES).exists()


DESK = Door(
    name="desk",
    prefix="/desk/",
    account="/desk/account/",
    admits=_admits,
    needs_passkey=_needs_passkey,
    home=lambda account: reverse("admin:index"),
    idle=lambda: timedelta(minutes=settings.REGISTRY_IDLE_MINUTES),
    parts="at_the_desk",
)
