"""What was destroyed, when and how much of it: the proof that the schedule is kept, which names nobody."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Listing
from registry.models.insert_only import InsertOnly


class ReportKind(models.TextChoices):
    LISTINGS = "listings", _("listings purged")
    RECORDS = "records", _("records past their years")
    UNNAMED = "unnamed", _("objections about no listing")
    LAPSED = "lapsed", _("listings that never took effect")
    MONTHS = "months", _("months past their years")


class PurgeReport(InsertOnly):
    """One chunk of the purge, written in its transaction. ``counts``: table → rows destroyed or emptied; of a month
    that went whole, its partition → the rows in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=ReportKind.choices)
    at = models.DateTimeField(_("at"), db_index=True)
    listings = models.PositiveIntegerField(_("listings"), default=0)
    counts = models.JSONField(_("rows by table"))

    class Meta:
        verbose_name = _("report of a purge")
        verbose_name_plural = _("reports of purges")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.kind}"


class ReviewReminder(InsertOnly):
    """The court was written to that a listing for life is to be reviewed by a day; ``step``: 1 before it, 2 after it."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    due_on = models.DateField(_("due on"))
    step = models.PositiveSmallIntegerField(_("step"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("reminder of a review")
        verbose_name_plural = _("reminders of reviews")
        constraints = [
            models.UniqueConstraint(fields=["listing", "due_on", "step"], name="review_reminded_once_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.step}"
