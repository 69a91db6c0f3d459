"""What departments say they did with what they were told, and what each has to purge."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models import Event, EventType, Listing, Officer
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Member, Organisation


class ReceiptKind(models.TextChoices):
    APPLIED = "applied", _("applied")
    PURGED = "purged", _("purged")
    REFUSED = "refused", pgettext_lazy("receipt", "refused")


class Receipt(InsertOnly):
    """The department's word on what it did with an event; one per event and kind.

    ``declared_by``: the member who gave it in the portal; ``recorded_by``: the officer who recorded what the department
    said on paper, of which ``note`` is the reference. Neither: a program sent it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Organisation, models.PROTECT, related_name="receipts")
    event = models.ForeignKey(Event, models.PROTECT, related_name="receipts")
    kind = models.CharField(_("kind"), max_length=8, choices=ReceiptKind.choices)
    at = models.DateTimeField(_("done at"))
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    copies = models.PositiveIntegerField(_("copies"), null=True)
    onward = models.JSONField(_("passed on to"), default=list)
    signed = models.BooleanField(_("signed"), default=False)
    declared_by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name=_("declared by")
    )
    recorded_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [
            models.UniqueConstraint(fields=["department", "event", "kind"], name="receipt_once_per_kind"),
            models.CheckConstraint(
                condition=models.Q(recorded_by=None)
                | models.Q(declared_by=None, signed=False, kind=ReceiptKind.PURGED) & ~models.Q(note=""),
                name="receipt_recorded_with_its_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.event_id} {self.kind}"

    def confirms(self, event_type: str) -> bool:
        """Whether it says that what an event of this type asks for is done: after a withdrawal, that all is purged."""
        if event_type == EventType.WITHDRAWN:
            return self.kind == ReceiptKind.PURGED
        return self.kind != ReceiptKind.REFUSED


class Recall(models.Model):
    """The duty of one department to purge one listing after its withdrawal; closed by a `purged` receipt.

    ``step``: how far people were told that it is due, at ``told_at`` (`sharing.departments.escalating`).
    """

    department = models.ForeignKey(Organisation, models.PROTECT, related_name="recalls")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="recalls")
    position = models.BigIntegerField(_("position of the withdrawal"))
    opened_at = models.DateTimeField(_("opened at"))
    due_on = models.DateField(_("due on"))
    closed_by = models.OneToOneField(Receipt, models.PROTECT, null=True, blank=True, verbose_name=_("closed by"))
    step = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        constraints = [models.UniqueConstraint(fields=["department", "listing", "position"], name="one_recall_each")]
        indexes = [
            models.Index(fields=["department", "position"], name="recall_by_department"),
            models.Index(
                fields=["department", "position"], condition=models.Q(closed_by=None), name="recall_open_by_department"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.listing_id}"
