"""What was counted of the book, day by day: the court's figures of any period are sums over it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tally(models.Model):
    """How many on one day. ``name``: of a number of `registry.statistics.shapes`. All rows are replaced at each count."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)
    number = models.PositiveIntegerField(_("number"))

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class TallyTaken(models.Model):
    """One row: when the book was counted last, and how many listings were sealed when that was begun.

    ``asked_at``: since when somebody waits for a new count.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(_("counted at"))
    hidden = models.PositiveIntegerField(_("listings sealed by then"), default=0)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("count of the book")
        verbose_name_plural = _("counts of the book")

    def __str__(self) -> str:
        return str(self.at)
