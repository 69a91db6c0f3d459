"""The log: one event per lawful act on a listing that is or was in force, in commit order and without gaps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.insert_only import InsertOnly
from registry.models.listings import Listing


class EventType(models.TextChoices):
    PUBLISHED = "listing.published", _("published")
    CORRECTED = "listing.corrected", _("corrected")
    REVISED = "listing.revised", _("revised")
    FLAGGED = "listing.flagged", _("flagged")
    UNFLAGGED = "listing.unflagged", _("flag removed")
    STATED = "listing.stated", _("statement added")
    SUSPENDED = "listing.suspended", _("suspended")
    REINSTATED = "listing.reinstated", _("reinstated")
    WITHDRAWN = "listing.withdrawn", _("withdrawn")
    ANCHORED = "audit.anchored", _("audit tree anchored")


class LogHead(models.Model):
    """One row. Its lock orders the log: it is taken last in every act, and positions are given out under it.

    ``epoch`` counts restores from backup; receivers compare (epoch, version). ``halted``: why nothing is appended
    (`registry.models.checkpoints.Halt`), "" while the log goes on; ``seen_elsewhere``: the largest size of this epoch that
    a witness says it has seen, where that is more than there is; ``vouched_on``: the server on which witnesses were asked
    what they have seen (`registry.checkpoints.vouched`).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=1)
    halted = models.CharField(max_length=16, blank=True, default="")
    seen_elsewhere = models.BigIntegerField(default=0)
    vouched_on = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        verbose_name = _("head of the log")
        verbose_name_plural = _("head of the log")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="log_has_one_head")]

    def __str__(self) -> str:
        return f"{self.epoch}/{self.size}"


class Bell(models.Model):
    """One row: when the doorbell was last rung and not yet answered; keeps a burst of acts to one message."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    rung_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("bell")
        verbose_name_plural = _("bell")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_bell")]

    def __str__(self) -> str:
        return str(self.rung_at)


class Event(InsertOnly):
    """One line of the log. Personal data is in `EventPayload` alone.

    ``reader``: None where it is meant for whoever is told of the listing; else the one reader outside the court that
    it is meant for, by a number that the book gives no meaning to.
    """

    position = models.BigIntegerField(_("position"), primary_key=True)
    event_id = models.CharField(_("id"), max_length=30, unique=True)
    epoch = models.PositiveIntegerField(_("epoch"))
    type = models.CharField(_("type"), max_length=24, choices=EventType.choices)
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="events", verbose_name=_("listing"))
    version = models.PositiveIntegerField(_("version"))
    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    commitment = models.BinaryField(max_length=32)
    reader = models.BigIntegerField(_("for this reader alone"), null=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["position"]
        indexes = [
            models.Index(fields=["listing", "position"], name="event_listing_position"),
            # Withdrawals alone, told to everybody: for the question whether the book and its log agree.
            models.Index(
                fields=["listing"],
                condition=models.Q(type="listing.withdrawn", reader=None),
                name="event_withdrawn_listing",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["listing", "version"], name="event_version_once_per_listing"),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="event_positions_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.type}"


class EventPayload(InsertOnly):
    """The event's canonical bytes and salt, sealed; the only part of the log that purge destroys."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="payload")
    body_sealed = models.BinaryField()
    salt_sealed = models.BinaryField()

    class Meta:
        verbose_name = _("event payload")
        verbose_name_plural = _("event payloads")

    def __str__(self) -> str:
        return str(self.pk)


def seal_part(event_id: str, part: str, value: bytes) -> bytes:
    return keyring().seal(value, bound_to=_place(event_id, part))


def open_parts(event_id: str, body: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Both parts of one event."""
    ring = keyring()
    return (
        ring.open(body, bound_to=_place(event_id, "body")),
        ring.open(salt, bound_to=_place(event_id, "salt")),
    )


def open_part(event_id: str, part: str, sealed: bytes | memoryview) -> bytes:
    """``part`` is "body" (canonical JSON of the event) or "salt" (32 bytes)."""
    return keyring().open(bytes(sealed), bound_to=_place(event_id, part))


def _place(event_id: str, part: str) -> str:
    return f"event.{part}.{event_id}"
