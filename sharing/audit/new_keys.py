"""Whoever receives messages is written to when a key that signs them is new: once for each key, and while both sign."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse

from registry import auditing, letters
from registry.addresses import of_programs
from registry.models import AuditEntry, AuditKind, KeySeen
from sharing.delivery.models import Endpoint
from sharing.employers.models import EmployerEndpoint
from sharing.parties.members import addresses_of
from sharing.parties.models import Organisation

RING = "SHARING_WEBHOOK_KEYS"
MEMBERS_TOLD = "members_told"
BOTH_SIGN = timedelta(days=30)
"""For how long the former key stays in the ring (docs/keys.md, docs/versions.md)."""


def tell(*, now: datetime) -> int:
    """How many organisations were written to: rather told twice than never."""
    key = _new(now)
    if key is None:
        return 0
    return sum(_tell(organisation, key, now) for organisation in _receiving(key))


def _new(now: datetime) -> KeySeen | None:
    """The newest, while both sign; the first that a book had is no news to anybody."""
    seen = KeySeen.objects.filter(ring=RING)
    newest = seen.order_by("-seen_at", "-pk").first()
    if newest is None or newest.seen_at <= now - BOTH_SIGN:
        return None
    return newest if seen.filter(seen_at__lt=newest.seen_at).exists() else None


def _receiving(key: KeySeen) -> list[Organisation]:
    """Who has an endpoint, and was not told yet."""
    told = AuditEntry.objects.filter(kind=AuditKind.KEY_USE, code=MEMBERS_TOLD, at__gte=key.seen_at)
    known = set(told.values_list("about", flat=True))
    of_departments = Exists(Endpoint.objects.filter(department=OuterRef("pk")))
    of_employers = Exists(EmployerEndpoint.objects.filter(employer=OuterRef("pk")))
    found = Organisation.objects.filter(of_departments | of_employers, suspended_at=None).order_by("pk")
    return [each for each in found if _about(each, key) not in known]


def _tell(organisation: Organisation, key: KeySeen, now: datetime) -> bool:
    to = addresses_of(organisation)
    if not to or not letters.sent_unless_it_rests(
        lambda: _message(key, to), "a new key of messages to organisation", organisation.pk, now=now
    ):
        return False
    auditing.note(AuditKind.KEY_USE, about=_about(organisation, key), code=MEMBERS_TOLD, now=now)
    return True


def _about(organisation: Organisation, key: KeySeen) -> str:
    return f"{organisation.pk} {bytes(key.fingerprint).hex()[:16]}"


def _message(key: KeySeen, to: list[str]) -> EmailMessage:
    """The key itself is not in it: a letter is no place from which to take a key."""
    context = {"seen": key.seen_at, "until": key.seen_at + BOTH_SIGN, "address": of_programs(reverse("webhook_keys"))}
    return EmailMessage(
        subject="法院消息签名密钥更换 / A new key signs the court’s messages",
        body=render_to_string("audit/new_key.txt", context),
        to=to,
    )
