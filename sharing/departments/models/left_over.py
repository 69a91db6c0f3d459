"""What was left over: listings that a department could not be told of as it should be, because something of them is broken."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Listing
from sharing.parties.models import Organisation


class LeftDuty(models.TextChoices):
    GIVE = "give", _("to be given again to who pulls")
    SETTLE = "settle", _("to be settled with the department's measures")


class LeftOver(models.Model):
    """Owed to the department, and tried again, until ``opening`` says under which number (`Told.opening`) it was given; what
    was to be settled has no such number, and the row goes once it is.
    """

    department = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    duty = models.CharField(_("what is owed"), max_length=6, choices=LeftDuty.choices)
    since = models.DateTimeField(_("since"))
    tried_at = models.DateTimeField(_("last tried"))
    opening = models.BigIntegerField(_("number of the opening"), null=True)

    class Meta:
        verbose_name = _("listing left over")
        verbose_name_plural = _("listings left over")
        constraints = [
            models.UniqueConstraint(
                fields=["department", "listing", "duty"], condition=models.Q(opening=None), name="left_over_once"
            ),
            models.UniqueConstraint(
                fields=["department", "opening"],
                condition=models.Q(opening__isnull=False),
                name="left_over_opening_counts_once",
            ),
        ]
        indexes = [models.Index(fields=["tried_at"], condition=models.Q(opening=None), name="left_over_tried")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.listing_id} {self.duty}"
