"""What an applicant's consent, and its end, does to the row of the campaign that asked for it. Nothing here reads the book.

Called in the transaction that writes the consent, under the lock of its request.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.db import transaction

from registry import bell
from sharing.employers.lookup import Subject
from sharing.employers.models import CampaignRow, ConsentCode

TASK = "sharing.ask_campaigns"


def given(code: ConsentCode, subject: Subject, named: Mapping[str, str]) -> None:
    """Whom the row meant is asked about from now on, as he proved to be called; of anybody else nothing is kept."""
    row = CampaignRow.objects.select_for_update(no_key=True).filter(request=code.request_id).first()
    if row is None:
        return
    row.given_at, row.consent_until = code.given_at, code.expires_at
    if means(row, subject):
        row.person = named
        transaction.on_commit(partial(bell.send, TASK), robust=True)
    else:
        row.is_anothers = True
    row.save(update_fields=["given_at", "consent_until", "sealed", "is_anothers"])


def revoked(code: ConsentCode) -> None:
    """Nobody is kept to be asked about any more. Of what was asked, refused or somebody else's the row tells as before."""
    not_asked = {"screening": None, "refusals__isnull": True, "is_anothers": False}
    CampaignRow.objects.filter(request=code.request_id, **not_asked).update(sealed=None, revoked_at=code.revoked_at)


def means(row: CampaignRow, subject: Subject) -> bool:
    """Whether the campaign was begun with this number and this name under the row's key."""
    number, name = bytes(row.number_digest or b""), bytes(row.name_digest or b"")
    return number in subject.digests and name in subject.names
