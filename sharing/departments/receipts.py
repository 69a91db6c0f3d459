"""Receipts: the department's word on what it did with an event. A 2xx on the push means transported, no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.errors import NoSuchEvent, PurgeUnsigned, ReceiptShape
from sharing import signing
from sharing.delivery import reading
from sharing.delivery.meant import WITHDRAWN, Meant
from sharing.delivery.models import Told
from sharing.departments import institutions
from sharing.departments.models import Department, Institution, Recall, Receipt, ReceiptKind
from sharing.parties.models import Organisation

CLOCKS_DIFFER = timedelta(seconds=signing.TOLERANCE_SECONDS)


@dataclass(frozen=True, kw_only=True)
class ReceiptEntry:
    """``onward``: codes of the department's institutions: those reached (`applied`), or that purged (`purged`).

    ``copies``: how many copies were made or purged.
    """

    event: str
    kind: str
    at: datetime
    note: str = ""
    copies: int | None = None
    onward: tuple[str, ...] = ()


def record(entry: ReceiptEntry, *, department: Organisation, signed: bool) -> tuple[Receipt, bool]:
    """Store the receipt once per event and kind; whether it is new. A `purged` on a withdrawal closes the recall, once
    every institution that was reached has purged too; so it must be signed.

    Raises `NoSuchEvent` where the event is not meant for the department, `UnknownInstitution`, `PurgeUnsigned`, `ReceiptShape`:
    said to be done before the event, or to purge what is no withdrawal.
    """
    event = reading.one(department.pk, entry.event, reading.telling_position())
    if event is None:
        raise NoSuchEvent("event")
    if entry.at < event.occurred_at - CLOCKS_DIFFER:
        raise ReceiptShape("at", why=_("at lies before the event"))
    if entry.kind == ReceiptKind.PURGED and event.type != WITHDRAWN:
        raise purges_nothing()
    if entry.kind == ReceiptKind.PURGED and not signed:
        raise PurgeUnsigned("kind")
    onward = institutions.named(department.pk, entry.onward, "onward")
    with transaction.atomic():
        receipt, new = Receipt.objects.get_or_create(
            department=department,
            event_id=event.position,
            kind=entry.kind,
            defaults={
                "at": entry.at,
                "note": entry.note,
                "copies": entry.copies,
                "onward": list(entry.onward),
                "signed": signed,
            },
        )
        if entry.kind == ReceiptKind.APPLIED:
            _reach(department.pk, event, onward, entry.at)
        if entry.kind == ReceiptKind.PURGED:
            _purge(department.pk, event, onward, entry.at)
    return receipt, new


def purges_nothing() -> ReceiptShape:
    """For `purged` of an event that is no withdrawal: taken, it would end what is owed, and nobody would look again."""
    return ReceiptShape("kind", why=_("purged is said of a withdrawal alone; of any other event it is applied"))


def _reach(department_id: int, event: Meant, onward: list[Institution], at: datetime) -> None:
    told = Told.objects.filter(
        department_id=department_id, listing_id=event.listing_id, first_position__lte=event.position
    )
    span = told.order_by("-first_position").first()
    if span is not None:
        institutions.note_reached(span, onward, at=at)


def _purge(department_id: int, event: Meant, onward: list[Institution], at: datetime) -> None:
    """Said again with further institutions, it confirms those."""
    recall = Recall.objects.filter(department_id=department_id, position=event.position).first()
    if recall is not None:
        institutions.note_confirmed(recall, onward, at=at)
        institutions.close_if_complete(recall.pk)


def register_key(department: Department, text: str) -> None:
    """The public key (``whpk_…``) with which receipts are signed from now on; "" for none. ValueError: not a key."""
    if text:
        signing.parse_public_key(text)
    department.receipt_key = text
    department.save(update_fields=["receipt_key"])
