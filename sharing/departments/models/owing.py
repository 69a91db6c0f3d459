"""What departments have owed for more than a moment, and how people were told of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Event
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Organisation


class Owed(models.Model):
    """A receipt that did not come within minutes. The row goes once the receipt is in, or none is needed any more.

    ``since``: when the department had the event, None while it is still on its way. ``step``: how far people were told
    that it is due, at ``told_at``. Withdrawals have a `Recall` instead.
    """

    department = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField(_("since"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("receipt owed")
        verbose_name_plural = _("receipts owed")
        constraints = [models.UniqueConstraint(fields=["department", "event"], name="receipt_owed_once")]
        indexes = [models.Index(fields=["department", "due_on"], name="owed_by_day")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.event_id}"


class Escalation(InsertOnly):
    """One message by which people were told of what is due or overdue at a department; it names no person.

    Reminders go to the department's members, what is overdue to the court's registry too (``court``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Organisation, models.PROTECT, related_name="escalations", db_index=False)
    at = models.DateTimeField(_("at"))
    court = models.BooleanField(_("the court was told too"))
    members = models.PositiveIntegerField(_("members told"))
    due = models.PositiveIntegerField(_("due soon"))
    overdue = models.PositiveIntegerField(_("overdue"))

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        indexes = [models.Index(fields=["department", "at"], name="escalation_department_at")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.at}"
