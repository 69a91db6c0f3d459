"""Receipts by hand: a member declares in the portal what a program would say over the API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from registry.errors import NotDownloaded
from sharing.delivery import reading
from sharing.delivery.meant import WITHDRAWN, Meant
from sharing.departments import institutions, owing
from sharing.departments.looking import downloaded, in_files
from sharing.departments.models import Recall, Receipt, ReceiptKind
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member

CHUNK = 500


def declare(event_ids: Sequence[str], *, member: Member, now: datetime) -> int:
    """A receipt for each of the events that is meant for the department: `purged` for a withdrawal, else `applied`.

    Said before, it is not said again. Returns how many are new.
    """
    return sum(_declare(chunk, member, now) for chunk in _chunks(event_ids))


def declare_up_to(position: int, *, member: Member, now: datetime) -> int:
    """The same for whatever is owed of what was in a file that the department downloaded up to this position: not for what
    it was told of since, though that may lie before the position (an opening set). Raises `NotDownloaded`.
    """
    department_id = member.organisation_id
    if position not in downloaded(department_id):
        raise NotDownloaded("position")
    said = after = 0
    while duties := owing.owed(department_id, CHUNK, after=after, upto=position):
        held = in_files(department_id, position, [duty.position for duty in duties])
        said += _declare([duty.event_id for duty in duties if duty.position in held], member, now)
        after = duties[-1].position
    return said


def _chunks(event_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(event_ids), CHUNK):
        yield event_ids[start : start + CHUNK]


def _declare(event_ids: Sequence[str], member: Member, now: datetime) -> int:
    events = [event for event in reading.some(member.organisation_id, event_ids) if not event.is_stub]
    positions = [event.position for event in events]
    mine = Receipt.objects.filter(department_id=member.organisation_id, event_id__in=positions)
    with transaction.atomic():
        before = set(mine.values_list("event_id", "kind"))
        said = [_receipt(event, member, now) for event in events if (event.position, _kind(event)) not in before]
        Receipt.objects.bulk_create(said, ignore_conflicts=True)
        _close_recalls(member.organisation_id, [event.position for event in events if event.type == WITHDRAWN])
        if said:
            members.note(member, MemberActKind.DECLARE, f"{said[0].event_id}-{said[-1].event_id}", now=now)
    return len(said)


def _kind(event: Meant) -> ReceiptKind:
    return ReceiptKind.PURGED if event.type == WITHDRAWN else ReceiptKind.APPLIED


def _receipt(event: Meant, member: Member, now: datetime) -> Receipt:
    return Receipt(
        department_id=member.organisation_id,
        event_id=event.position,
        kind=_kind(event),
        at=now,
        received_at=now,
        declared_by=member,
    )


def _close_recalls(department_id: int, positions: Sequence[int]) -> None:
    """Where nobody else is to be waited for."""
    recalls = Recall.objects.filter(department_id=department_id, position__in=positions, closed_by=None)
    for recall_id in recalls.order_by("pk").values_list("pk", flat=True):
        institutions.close_if_complete(recall_id)
