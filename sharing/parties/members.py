"""The people of an organisation: who is taken in, and what each did."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from registry.errors import LookedTooOften
from registry.models import Account
from sharing.parties.models import Member, MemberAccessRecord, MemberAct, MemberRole, Organisation

LOOKS_AN_HOUR = 60


def take_in(
    organisation: Organisation,
    *,
    username: str,
    password: str,
    name: str,
    email: str = "",
    role: MemberRole = MemberRole.INTEGRATOR,
) -> Member:
    """A member with an account of its own. ``email``: where alarms go. Raises `ValidationError` for a weak password."""
    account = Account(username=username, email=email)
    validate_password(password, account)
    account.set_password(password)
    with transaction.atomic():
        account.save()
        return Member.objects.create(account=account, organisation=organisation, role=role, name=name)


def addresses_of(organisation: Organisation) -> list[str]:
    """Where the organisation's members are told of what concerns them all."""
    members = Member.objects.filter(organisation=organisation, account__is_active=True)
    return list(members.exclude(account__email="").order_by("pk").values_list("account__email", flat=True))


def note(member: Member, act: str, about: str, *, now: datetime) -> None:
    """Write down what the member did; in the transaction of the act where there is one."""
    MemberAct.objects.create(member=member, act=act, about=about, at=now)


def record_reading(member: Member, listing_number: str, *, page: str, now: datetime) -> None:
    """Write down that the member is shown a person's data; call it before that is opened.

    ``page``: which page, at most 32 characters. Raises `LookedTooOften` after ``LOOKS_AN_HOUR`` in an hour: what is for
    a machine goes to the machine.
    """
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        looks = MemberAccessRecord.objects.filter(member=member, at__gt=now - timedelta(hours=1)).count()
        if looks >= LOOKS_AN_HOUR:
            raise LookedTooOften(most=LOOKS_AN_HOUR)
        MemberAccessRecord.objects.create(member=member, listing_number=listing_number, page=page, at=now)
