"""The body of one event as it would go out now, shown to a member on demand: it holds a person's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from registry.errors import EventUnreadable
from registry.keys import KeyUnknown, SealBroken
from sharing import signing
from sharing.delivery import contents, envelope
from sharing.delivery.meant import Meant
from sharing.delivery.models import Endpoint
from sharing.delivery.work import live_secrets
from sharing.departments import looking
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, MemberRole

MAY_SEE = frozenset({MemberRole.OWNER, MemberRole.INTEGRATOR})


class Content(models.TextChoices):
    WHOLE = "whole", _("the event")
    STUB = "stub", _("a stub: the listing is not yours to have any more")
    GONE = "gone", _("a stub: the event's content was destroyed after its listing was withdrawn")


@dataclass(frozen=True)
class Body:
    """``headers`` are signed for the moment at which it is shown; none where it is shown as a pull brings it."""

    content: Content
    raw: bytes
    headers: dict[str, str]


def may_see(member: Member) -> bool:
    return member.role in MAY_SEE


def show(member: Member, event: Meant, endpoint: Endpoint | None, *, now: datetime) -> Body:
    """The body for the endpoint, None: as it is pulled. The look is written down first, as an act and for the person.

    Raises `LookedTooOften`, `EventUnreadable`.
    """
    content = content_of(event)
    with transaction.atomic():
        members.note(member, MemberActKind.SHOW_BODY, event.event_id, now=now)
        if content == Content.WHOLE:
            looking.saw_body(member, event.listing_id, now=now)
    raw = _rendered(event, endpoint)
    return Body(content, raw, _signed(event, endpoint, raw, now) if endpoint else {})


def content_of(event: Meant) -> Content:
    """What would go out now."""
    if not contents.is_kept(event):
        return Content.GONE
    return Content.STUB if event.is_stub else Content.WHOLE


def _rendered(event: Meant, endpoint: Endpoint | None) -> bytes:
    try:
        payload = contents.payloads([event]).get(event.position)
        return envelope.body(event, payload, endpoint=endpoint.pk if endpoint else "")
    except (KeyUnknown, SealBroken, ValueError, KeyError, TypeError) as problem:
        # Its text may hold what was to be rendered.
        raise EventUnreadable from problem


def _signed(event: Meant, endpoint: Endpoint, raw: bytes, now: datetime) -> dict[str, str]:
    secrets = live_secrets([endpoint.pk])[endpoint.pk]
    return signing.webhook_headers(
        event.event_id, int(now.timestamp()), raw, secrets=secrets, private_keys=signing.webhook_keys()
    )
