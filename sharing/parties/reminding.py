"""Keys that end are told of in time: a month, a week and a day before, and once more when none is put in their place."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.timezone import localdate

from registry import letters
from registry.addresses import absolute
from sharing.parties import holders
from sharing.parties.models import Client

ABOUT = "the end of key"
DAYS_BEFORE = (1, 7, 30)


def remind(*, now: datetime) -> int:
    """Write to those who hold keys that end soon; the number of messages."""
    soon = Client.objects.filter(expires_at__gt=now, expires_at__lte=now + timedelta(days=DAYS_BEFORE[-1]))
    found = soon.filter(organisation__suspended_at=None).select_related("organisation").order_by("expires_at", "pk")
    return sum(_told(each, now) for each in found)


def step(client: Client, now: datetime) -> int | None:
    """How many days before its end the key is in by now, if its holders have not been written to in them.

    A key that another one replaces ends on purpose: only when it is still used the day before.
    """
    left = client.expires_at - now
    reached = next((days for days in DAYS_BEFORE if left <= timedelta(days=days)), None)
    if reached is None or (client.reminded_days is not None and client.reminded_days <= reached):
        return None
    if client.replaced_by.exists() and not (reached == DAYS_BEFORE[0] and is_still_used(client)):
        return None
    return reached


def is_still_used(client: Client) -> bool:
    """Whether a key was used on a later day than the one on which another was made in its place."""
    replacement = client.replaced_by.order_by("-created").first()
    used = client.last_used_on
    return replacement is not None and used is not None and used > localdate(replacement.created)


def _told(client: Client, now: datetime) -> bool:
    """The message goes out before it is noted: rather told twice than never."""
    reached = step(client, now)
    to = holders.addresses(client.organisation) if reached is not None else []
    if not to or not letters.sent_unless_it_rests(lambda: _message(client, to), ABOUT, client.pk, now=now):
        return False
    Client.objects.filter(pk=client.pk).update(reminded_days=reached)
    return True


def _message(client: Client, to: list[str]) -> EmailMessage:
    context = {
        "client": client,
        "organisation": client.organisation,
        "start": client.client_id[:8],
        "replaced": client.replaced_by.exists(),
        "address": absolute(holders.page_of_keys(client.organisation)),
    }
    return EmailMessage(
        subject=f"接口密钥即将到期 / A key of your programs ends: {client.organisation.name}",
        body=render_to_string("portal/key_ending.txt", context),
        to=to,
    )
