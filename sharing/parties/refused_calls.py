"""Calls with a right key from a wrong place: written down, shown to the organisation, and told to its owners once a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils.timezone import localdate

from registry import letters
from registry.addresses import absolute
from registry.visitors import Address
from sharing.parties import holders
from sharing.parties.models import Client, MemberRole, Organisation, RefusedCalls

ABOUT = "refused calls of organisation"
ADDRESSES_MOST = 10
KEPT = timedelta(days=190)  # half a year at least (Cybersecurity Law art. 23)
A_DAY = timedelta(days=1)

NOTE = """
INSERT INTO parties_refusedcalls AS noted (client_id, kind, day, calls, addresses, last_at)
VALUES (%(client)s, %(kind)s, %(day)s, 1, ARRAY[%(address)s]::varchar[], %(at)s)
ON CONFLICT (client_id, kind, day) DO UPDATE SET
    calls = noted.calls + 1,
    last_at = EXCLUDED.last_at,
    addresses = CASE
        WHEN noted.addresses @> EXCLUDED.addresses OR cardinality(noted.addresses) >= %(most)s THEN noted.addresses
        ELSE noted.addresses || EXCLUDED.addresses END
"""


def note(client: Client, kind: RefusedCalls.Kind, address: Address | None, *, now: datetime) -> None:
    """One row a day and kind, however many there are."""
    facts = {
        "client": client.pk,
        "kind": kind,
        "day": localdate(now),
        "address": str(address or ""),
        "at": now,
        "most": ADDRESSES_MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, facts)


def tell(*, now: datetime) -> int:
    """Write to the owners of every organisation that has not been written to within a day; the number of messages."""
    told_lately = RefusedCalls.objects.filter(told_at__gt=now - A_DAY).values("client__organisation")
    # Of a day that was told, calls may have followed.
    fresh = Q(told_at=None) | Q(last_at__gt=F("told_at"))
    untold = RefusedCalls.objects.filter(fresh).exclude(client__organisation__in=told_lately)
    by_organisation: defaultdict[Organisation, list[RefusedCalls]] = defaultdict(list)
    for each in untold.select_related("client__organisation").order_by("day", "pk"):
        by_organisation[each.client.organisation].append(each)
    return sum(_told(organisation, rows, now) for organisation, rows in by_organisation.items())


def forget(*, now: datetime) -> int:
    deleted, _ = RefusedCalls.objects.filter(day__lt=localdate(now - KEPT)).delete()
    return deleted


def _told(organisation: Organisation, rows: Sequence[RefusedCalls], now: datetime) -> bool:
    """The message goes out before it is noted: rather told twice than never."""
    to = holders.addresses(organisation, without=(MemberRole.INTEGRATOR,))
    if not to or not letters.sent_unless_it_rests(
        lambda: _message(organisation, rows, to), ABOUT, organisation.pk, now=now
    ):
        return False
    RefusedCalls.objects.filter(pk__in=[each.pk for each in rows]).update(told_at=now)
    return True


def _message(organisation: Organisation, rows: Sequence[RefusedCalls], to: list[str]) -> EmailMessage:
    context = {
        "organisation": organisation,
        "rows": rows,
        "address": absolute(holders.page_of_keys(organisation)),
    }
    return EmailMessage(
        subject=f"有密钥调用被拒绝 / Calls with your key were refused: {organisation.name}",
        body=render_to_string("portal/refused_calls.txt", context),
        to=to,
    )
