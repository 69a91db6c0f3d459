"""Lanes that are held, and every try."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Event, Listing
from registry.models.insert_only import InsertOnly
from sharing.delivery.models.endpoints import Endpoint


class HeldReason(models.TextChoices):
    OPENING = "opening", _("opening set")
    REFUSED = "refused", _("refused by the receiver")
    REPLAY = "replay", _("replay")


class Held(models.Model):
    """A lane that is not at the cursor: the listing's events from ``from_position`` on are delivered from here.

    ``ahead`` holds positions already received out of turn: a withdrawal or suspension that overtook what it voids.
    """

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="held")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    from_position = models.BigIntegerField(_("from position"))
    ahead = ArrayField(models.BigIntegerField(), default=list)
    refusals = models.PositiveIntegerField(_("refusals"), default=0)
    next_due = models.DateTimeField(_("next due"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=8, choices=HeldReason.choices)

    class Meta:
        verbose_name = _("held lane")
        verbose_name_plural = _("held lanes")
        constraints = [models.UniqueConstraint(fields=["endpoint", "listing"], name="one_held_lane_per_listing")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.listing_id}"

    def holds(self, position: int) -> bool:
        """Whether the listing's event at this position is still to be delivered."""
        return self.from_position <= position and position not in self.ahead


class Attempt(InsertOnly):
    """One HTTP try. The reply is kept as status, type, length and hash; never its text.

    The largest table: numbered in the order of writing, so that its index grows at one end, and without a foreign key
    to be looked up in for each row; events and endpoints are never deleted.
    """

    id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="attempts", db_index=False, db_constraint=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="attempts", db_index=False, db_constraint=False)
    started_at = models.DateTimeField(_("started at"))
    elapsed_ms = models.PositiveIntegerField(_("milliseconds"))
    status = models.PositiveSmallIntegerField(_("HTTP status"))  # 0: no reply
    failure = models.CharField(_("failure"), max_length=24, blank=True)
    content_type = models.CharField(_("content type"), max_length=100, blank=True)
    length = models.PositiveIntegerField(_("length"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [models.Index(fields=["event", "endpoint"], name="attempt_event_endpoint")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.event_id} {self.status}"
