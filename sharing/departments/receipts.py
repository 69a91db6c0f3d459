"""Receipts: the department's word on what it did with an event. A 2xx on the push means transported, no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from registry.errors import NoSuchEvent
from sharing import signing
from sharing.delivery import reading
from sharing.delivery.meant import WITHDRAWN
from sharing.departments.models import Department, Recall, Receipt, ReceiptKind
from sharing.parties.models import Organisation


@dataclass(frozen=True, kw_only=True)
class ReceiptEntry:
    """``onward``: names of the institutions it was passed on to; ``copies``: how many copies were made or purged."""

    event: str
    kind: str
    at: datetime
    note: str = ""
    copies: int | None = None
    onward: tuple[Any, ...] = ()


def record(entry: ReceiptEntry, *, department: Organisation, signed: bool) -> tuple[Receipt, bool]:
    """Store the receipt once per event and kind; whether it is new. A `purged` on a withdrawal closes the recall.

    Raises `NoSuchEvent` where the event is not meant for the department.
    """
    event = reading.one(department.pk, entry.event, reading.telling_position())
    if event is None:
        raise NoSuchEvent("event")
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
        if new and entry.kind == ReceiptKind.PURGED and event.type == WITHDRAWN:
            Recall.objects.filter(department=department, position=event.position, closed_by=None).update(
                closed_by=receipt
            )
    return receipt, new


def register_key(department: Department, text: str) -> None:
    """The public key (``whpk_…``) with which receipts are signed from now on; "" for none. ValueError: not a key."""
    if text:
        signing.parse_public_key(text)
    department.receipt_key = text
    department.save(update_fields=["receipt_key"])
