"""Who was told of what, and up to where it is decided."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Listing
from sharing.parties.models import Organisation


class TellingCursor(models.Model):
    """One row: up to which position it has been decided for whom each event is meant."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("telling cursor")
        verbose_name_plural = _("telling cursor")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_telling_cursor")]

    def __str__(self) -> str:
        return str(self.position)


class Told(models.Model):
    """From ``first_position`` to ``ended_position``, every event of the listing is meant for the department. Never deleted.

    A department whose last measure that fits has ended is withdrawn from alone: that event is the last one of the span,
    and whatever is told of the listing later is another span. ``decided_position`` is the event that decided it, for an opening set the next one; it keeps `previous_position`
    the same on every repeat. ``measures`` is what the department may do, as the envelope says it: a list, or
    "information_only"; ``conditions`` what its instrument adds: onward, retention_months, and what goes without saying
    (None for what was told before instruments had conditions). ``earlier`` lists [position, measures, conditions]: what
    the envelopes of events before that position say, so that a repeat says the same as the first try. ``opening``: told
    behind what readers had read already, and as which such listing of the department, counted from 1; 0: told as it happened.
    ``said_until``: the last day on which that is what it may do; None: as long as the listing is in force.
    """

    department = models.ForeignKey(Organisation, models.PROTECT, related_name="told")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="told")
    first_position = models.BigIntegerField(_("first position"))
    decided_position = models.BigIntegerField(_("decided at position"))
    ended_position = models.BigIntegerField(_("ended at position"), null=True)
    measures = models.JSONField(_("measures"))
    conditions = models.JSONField(_("conditions"), null=True)
    earlier = models.JSONField(_("measures said before"), default=list)
    opening = models.BigIntegerField(_("number of the opening"), default=0)
    said_until = models.DateField(_("last day of what was said"), null=True)
    told_at = models.DateTimeField(_("decided at"), auto_now_add=True)

    class Meta:
        verbose_name = _("told")
        verbose_name_plural = _("told")
        indexes = [
            models.Index(fields=["department", "decided_position"], name="told_department_decided"),
            models.Index(
                fields=["said_until"],
                condition=models.Q(ended_position=None, said_until__isnull=False),
                name="told_said_until",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "opening"], condition=models.Q(opening__gt=0), name="told_opening_counts_once"
            ),
            models.UniqueConstraint(
                fields=["department", "listing"], condition=models.Q(ended_position=None), name="told_in_one_open_span"
            ),
            models.UniqueConstraint(fields=["department", "listing", "first_position"], name="told_span_begins_once"),
            models.CheckConstraint(
                condition=models.Q(ended_position=None) | models.Q(ended_position__gte=models.F("first_position")),
                name="told_span_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.listing_id} {self.first_position}"


# Of a `Told` joined to its listing's events: those that are meant for the department.
MEANT_EVENTS = (
    models.Q(listing__events__position__gte=models.F("first_position"))
    & (models.Q(ended_position=None) | models.Q(listing__events__position__lte=models.F("ended_position")))
    & (models.Q(listing__events__reader=None) | models.Q(listing__events__reader=models.F("department_id")))
)
