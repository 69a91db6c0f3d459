"""Whether an employer may ask: held until the transaction that answers ends, so that suspending waits for it.

What is under way when an employer is suspended is then answered before, or not at all. Taken before the locks of codes,
documents, forms that are called in and monitorings, wherever one of them is taken, too.
"""

from __future__ import annotations

from hashlib import sha256

from django.db import connection

from registry.actions.acting import digest_lock
from sharing.parties.models import Organisation


def hold(employer_id: int) -> bool:
    """Whether it may ask, and until this transaction ends nobody suspends it. To be read by a statement of its own: one that
    waited for the lock sees the employer as it was before.
    """
    _lock("pg_advisory_xact_lock_shared", employer_id)
    return Organisation.objects.filter(pk=employer_id, suspended_at=None).exists()


def hold_for_change(employer_id: int) -> None:
    """Wait for what is being answered to the employer; what begins now waits until this transaction ends."""
    _lock("pg_advisory_xact_lock", employer_id)


def _lock(function: str, employer_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [digest_lock(sha256(f"standing {employer_id}".encode()).digest())])
