"""Whether an employer may ask, and whoever began a batch or a campaign of it: held until the transaction that answers ends, so
that suspending, and shutting out, wait for it.

What is under way then is answered before, or not at all, as is what is asked for a purpose that is taken away. The employer's
standing is taken before the locks of codes, documents, forms that are called in and monitorings, wherever one of them is taken, too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from django.db import connection
from django.db.models import Q

from registry.actions.acting import digest_lock
from sharing.employers.models import GOING_ON, Batch, Campaign, CampaignState, Employer
from sharing.parties import clients

_NOT_SUSPENDED = """
SELECT employer.* FROM employers_employer AS employer JOIN parties_organisation AS organisation ON organisation.id = employer.organisation_id
WHERE organisation.id = %s AND organisation.suspended_at IS NULL
"""
UNDER_WAY = frozenset({*GOING_ON, CampaignState.OPEN})


def hold(employer_id: int) -> Employer | None:
    """The employer as it stands, None where it may not ask; until this transaction ends nobody suspends it, or takes a purpose away.

    Read by a statement of its own: one that waited for the lock sees the employer as it was before.
    """
    _lock("SELECT pg_advisory_xact_lock_shared(%s)", employer_id)
    # Raw: to compose the statement takes thrice as long as to read the row.
    return next(iter(Employer.objects.raw(_NOT_SUSPENDED, [employer_id])), None)


def hold_for_change(employer_id: int) -> None:
    """Wait for what is being answered to the employer; what begins now waits until this transaction ends."""
    _lock("SELECT pg_advisory_xact_lock(%s)", employer_id)


def hold_member(member_id: int) -> bool:
    """Whether the member may sign in, and until this transaction ends nobody shuts the member out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM parties_member WHERE id = %s AND NOT is_shut_out AND barred_at IS NULL FOR SHARE",
            [member_id],
        )
        return cursor.fetchone() is not None


def goes_on(now: datetime) -> Q:
    """Batches and campaigns that are asked: neither is the member shut out who began them, nor did the key that did end with a
    member whom the court shut out.
    """
    ended = clients.ended_with_members(now=now).values("pk")
    return Q(client=None, member__is_shut_out=False, member__barred_at=None) | (Q(member=None) & ~Q(client__in=ended))


def standing_still(found: Collection[Batch | Campaign], now: datetime) -> set[str]:
    """The ids of those that wait until a member goes on with them (`taking_over`), because of who began them."""
    open_ones = [each for each in found if each.state in UNDER_WAY]
    if not open_ones:
        return set()
    ids = {each.pk for each in open_ones}
    return ids - set(type(open_ones[0])._default_manager.filter(goes_on(now), pk__in=ids).values_list("pk", flat=True))


def _lock(statement: str, employer_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [digest_lock(sha256(f"standing {employer_id}".encode()).digest())])
