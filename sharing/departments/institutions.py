"""Downstream institutions: registered by the department, reached one listing at a time, and followed up to the last.

A recall is closed when the department has purged and every institution reached has confirmed, or was escalated by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.template.loader import render_to_string

from registry import identity, letters
from registry.actions.acting import today
from registry.errors import InstitutionKnown, NoSuchEvent, NoSuchListing, UnknownInstitution
from registry.models import Event, Officer
from sharing.delivery.models import Told
from sharing.departments.models import (
    Department,
    Institution,
    OnwardKind,
    OnwardReceipt,
    Reached,
    Recall,
    Receipt,
    ReceiptKind,
)


def register(department: Department, *, code: str, name: str, uscc: str, now: datetime) -> Institution:
    """Raises `InstitutionKnown` and the refusals of its credit code (GB 32100)."""
    number = identity.canonical("uscc", uscc, today=today(now), field="uscc")
    try:
        with transaction.atomic():
            return Institution.objects.create(department=department, code=code, name=name, uscc=number)
    except IntegrityError:
        raise InstitutionKnown("code") from None


def end(institution: Institution, *, now: datetime) -> None:
    """The department supervises it no more; what it was told is still reported and followed up."""
    Institution.objects.filter(pk=institution.pk, ended_at=None).update(ended_at=now)


def named(department_id: int, codes: Sequence[str], field: str) -> list[Institution]:
    """The department's institutions with these codes, in their order. Raises `UnknownInstitution`, which names the field."""
    found = {each.code: each for each in Institution.objects.filter(department_id=department_id, code__in=codes)}
    for code in codes:
        if code not in found:
            raise UnknownInstitution(field)
    return [found[code] for code in dict.fromkeys(codes)]


def reach(department_id: int, listing_number: str, code: str, *, at: datetime) -> bool:
    """The institution was told that a measure applies; whether that is new. Reported late, it is taken all the same, and
    followed up with the span in which it was told, though the listing was told of again since.

    Raises `UnknownInstitution`, and `NoSuchListing` where the department was never told of the listing.
    """
    (institution,) = named(department_id, [code], "institution")
    spans = Told.objects.filter(department_id=department_id, listing__number=listing_number)
    ended = Event.objects.filter(position=OuterRef("ended_position")).values("occurred_at")
    lasted = spans.alias(ended=Subquery(ended)).filter(Q(ended=None) | Q(ended__gt=at))
    span = lasted.order_by("first_position").first() or spans.order_by("-first_position").first()
    if span is None:
        raise NoSuchListing("listing")
    return note_reached(span, [institution], at=at) > 0


def note_reached(span: Told, institutions: Sequence[Institution], *, at: datetime) -> int:
    """How many of them had not been reached with it before. A recall that was closed without them is open again."""
    with transaction.atomic():
        recalls = _recalls_of(span).select_for_update()
        list(recalls)  # nobody closes one meanwhile
        new = sum(
            Reached.objects.get_or_create(institution=institution, told=span, defaults={"at": at})[1]
            for institution in institutions
        )
        if new:
            recalls.update(closed_by=None)
            for recall_id in list(recalls.values_list("pk", flat=True)):
                close_if_complete(recall_id)  # it may have answered before it was reported
    return new


def confirm(department_id: int, event_id: str, code: str, *, at: datetime) -> bool:
    """The institution purged what that withdrawal takes back; whether that is new.

    Raises `UnknownInstitution`, and `NoSuchEvent` where the event opened no recall of the department.
    """
    (institution,) = named(department_id, [code], "institution")
    # In one filter, or each would ask for an event of its own, and any event of the listing would name any recall of it.
    recall = Recall.objects.filter(
        department_id=department_id,
        listing__events__event_id=event_id,
        listing__events__position=F("position"),
    ).first()
    if recall is None:
        raise NoSuchEvent("event")
    return note_confirmed(recall, [institution], at=at) > 0


def note_confirmed(
    recall: Recall,
    institutions: Sequence[Institution],
    *,
    at: datetime,
    recorded_by: Officer | None = None,
    reference: str = "",
) -> int:
    """How many of them had not confirmed before. ``recorded_by``, ``reference``: of the paper on which it was said.

    Who was told of the listing again and has purged it by now keeps nothing of what an earlier recall asked for either.
    """
    said = {"at": at, "recorded_by": recorded_by, "reference": reference}
    for earlier in _earlier(recall):
        for institution in unconfirmed(earlier):
            if institution in institutions:
                _answer(earlier, institution, OnwardKind.PURGED, said)
    return sum(_answer(recall, institution, OnwardKind.PURGED, said) for institution in institutions)


def escalate(recall: Recall, institution: Institution, *, now: datetime) -> bool:
    """The institution does not answer: the court is told its name. False where the mail could not be sent.

    The message goes out before that is saved, and outside a transaction: rather told twice than never.
    """
    message = EmailMessage(
        subject=f"下级机构未确认清除 / Institution has not confirmed a purge: {institution.name}",
        body=render_to_string("department/onward.txt", {"recall": recall, "institution": institution}),
        to=[settings.REGISTRY_CONTACT_EMAIL],
    )
    if not letters.sent(message, f"recall {recall.pk}"):
        return False
    _answer(recall, institution, OnwardKind.ESCALATED, {"at": now})
    return True


def outstanding(recall: Recall) -> list[Institution]:
    """Who was reached with the listing and has neither confirmed nor been escalated."""
    return outstanding_each([recall])[recall.pk]


def unconfirmed(recall: Recall) -> list[Institution]:
    """Who was reached with the listing and has not confirmed, escalated or not."""
    return unconfirmed_each([recall])[recall.pk]


def outstanding_each(recalls: Sequence[Recall]) -> dict[int, list[Institution]]:
    """`outstanding` of each of them, asked for at once."""
    return _reached_without(recalls, OnwardReceipt.objects.all())


def unconfirmed_each(recalls: Sequence[Recall]) -> dict[int, list[Institution]]:
    """`unconfirmed` of each of them, asked for at once."""
    return _reached_without(recalls, OnwardReceipt.objects.filter(kind=OnwardKind.PURGED))


def to_be_confirmed(department_id: int) -> QuerySet[Recall]:
    """Recalls of which something may still be said: the open ones, and those closed since an institution was named to the
    court, which has not confirmed.
    """
    purged = OnwardReceipt.objects.filter(
        recall=OuterRef("recall"), institution=OuterRef("institution"), kind=OnwardKind.PURGED
    )
    named = OnwardReceipt.objects.filter(recall=OuterRef("pk"), kind=OnwardKind.ESCALATED).exclude(Exists(purged))
    return Recall.objects.filter(Q(closed_by=None) | Exists(named), department=department_id)


def _reached_without(recalls: Sequence[Recall], receipts: QuerySet[OnwardReceipt]) -> dict[int, list[Institution]]:
    """In one filter, or a recall of another department, or of another span of the listing, would be compared."""
    reached = Reached.objects.filter(
        Q(told__ended_position=None) | Q(told__ended_position__gte=F("told__listing__recalls__position")),
        told__listing__recalls__in=recalls,
        told__listing__recalls__department=F("told__department"),
        told__listing__recalls__position__gt=F("told__first_position"),
    ).annotate(recalled=F("told__listing__recalls__pk"))
    said = receipts.filter(recall=OuterRef("recalled"), institution=OuterRef("institution"))
    found: dict[int, list[Institution]] = {recall.pk: [] for recall in recalls}
    for each in reached.exclude(Exists(said)).select_related("institution").order_by("institution__code"):
        found[each.recalled].append(each.institution)
    return found


def close_if_complete(recall_id: int) -> bool:
    """Close the recall once the department's own purge is in and nobody is outstanding."""
    with transaction.atomic():
        recall = Recall.objects.select_for_update().get(pk=recall_id)
        purged = Receipt.objects.filter(
            department_id=recall.department_id, event_id=recall.position, kind=ReceiptKind.PURGED
        ).first()
        if recall.closed_by_id is not None or purged is None or outstanding(recall):
            return False
        recall.closed_by = purged
        recall.save(update_fields=["closed_by"])
        return True


def _recalls_of(span: Told) -> QuerySet[Recall]:
    recalls = Recall.objects.filter(
        department_id=span.department_id, listing_id=span.listing_id, position__gt=span.first_position
    )
    return recalls if span.ended_position is None else recalls.filter(position__lte=span.ended_position)


def _earlier(recall: Recall) -> QuerySet[Recall]:
    """Of the same listing: withdrawn from the department alone, and told again since."""
    before = Recall.objects.filter(department_id=recall.department_id, listing_id=recall.listing_id)
    return before.filter(position__lt=recall.position).order_by("position")


def _answer(recall: Recall, institution: Institution, kind: OnwardKind, said: Mapping[str, Any]) -> bool:
    _, new = OnwardReceipt.objects.get_or_create(recall=recall, institution=institution, kind=kind, defaults=said)
    close_if_complete(recall.pk)
    return new
