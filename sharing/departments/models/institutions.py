"""Institutions that a department supervises: which there are, which were reached, and that each of them purged."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Officer
from registry.models.insert_only import InsertOnly
from sharing.delivery.models import Told
from sharing.departments.models.agreements import Department
from sharing.departments.models.receipts import Recall


class Institution(models.Model):
    """It may check a customer whom it holds already, and gets "applies, until" or nothing: never the list."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="institutions")
    code = models.SlugField(_("code"), max_length=48)
    name = models.CharField(_("name"), max_length=100)
    uscc = models.CharField(_("unified social credit code"), max_length=18)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints = [
            models.UniqueConstraint(fields=["department", "code"], name="institution_code_once"),
            models.UniqueConstraint(fields=["department", "uscc"], name="institution_registered_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Reached(InsertOnly):
    """The institution was told by its department that a measure applies to one of its customers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="reached")
    told = models.ForeignKey(Told, models.PROTECT, related_name="reached")
    at = models.DateTimeField(_("told at"))
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)

    class Meta:
        verbose_name = _("institution reached")
        verbose_name_plural = _("institutions reached")
        constraints = [models.UniqueConstraint(fields=["institution", "told"], name="institution_reached_once")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.told_id}"


class OnwardKind(models.TextChoices):
    PURGED = "purged", _("purged")
    ESCALATED = "escalated", _("escalated")


class OnwardReceipt(InsertOnly):
    """What became of a recall at one institution that was reached: it purged, or it did not answer and was named.

    ``recorded_by``: the officer who recorded what the department said of it on paper, under that ``reference``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recall = models.ForeignKey(Recall, models.PROTECT, related_name="onward")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="receipts")
    kind = models.CharField(_("kind"), max_length=12, choices=OnwardKind.choices)
    at = models.DateTimeField(_("done at"))
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    reference = models.CharField(_("reference"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("onward receipt")
        verbose_name_plural = _("onward receipts")
        constraints = [
            models.UniqueConstraint(fields=["recall", "institution", "kind"], name="onward_receipt_once_per_kind"),
            models.CheckConstraint(
                condition=models.Q(recorded_by=None, reference="")
                | models.Q(recorded_by__isnull=False, kind=OnwardKind.PURGED) & ~models.Q(reference=""),
                name="onward_receipt_recorded_with_its_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.institution_id} {self.kind}"
