"""Whose work it is: deputies, hand-overs, ended appointments, what was returned, and who was reminded."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.decisions import Decision
from registry.models.insert_only import InsertOnly
from registry.models.listings import Listing
from registry.models.officers import Officer


class Deputyship(models.Model):
    """From the first to the last day, what waits for ``officer`` is shown to ``deputy`` too, who acts in his own name.

    Who stood in for whom, and when, is never changed; it may end before its last day, once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="deputyships", verbose_name=_("officer"))
    deputy = models.ForeignKey(Officer, models.PROTECT, related_name="stands_in", verbose_name=_("deputy"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    reason_sealed = models.BinaryField()
    named_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("named by"))
    named_at = models.DateTimeField(_("named at"))
    ended_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("ended by"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("deputy")
        verbose_name_plural = _("deputies")
        ordering = ["starts_on", "named_at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(deputy=models.F("officer")), name="deputy_is_another_officer"),
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="deputy_days_in_order"),
            models.CheckConstraint(
                condition=models.Q(ended_by=None, ended_at=None)
                | models.Q(ended_by__isnull=False, ended_at__isnull=False),
                name="deputy_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.deputy_id}"

    @property
    def reason(self) -> str:
        return keyring().open(bytes(self.reason_sealed), bound_to=f"deputyship.reason.{self.id}").decode()

    @reason.setter
    def reason(self, words: str) -> None:
        self.reason_sealed = keyring().seal(words.encode(), bound_to=f"deputyship.reason.{self.id}")


class WaitsAs(models.TextChoices):
    DRAFT = "draft", _("draft")
    REVIEW = "review", _("review")


class HandOver(InsertOnly):
    """A decision's drafts, or their review, wait with somebody else since then. ``before``, ``after`` None: with nobody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what"), max_length=8, choices=WaitsAs.choices)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+", verbose_name=_("decision"))
    numbers = ArrayField(models.CharField(max_length=16), default=list, verbose_name=_("listings"))
    before = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("waited with"))
    after = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("waits with"))
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("handed over by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.kind}"


class AppointmentEnd(InsertOnly):
    """An officer left: since ``at`` he cannot sign in. ``receiver``: to whom went what waited with him."""

    officer = models.OneToOneField(
        Officer, models.PROTECT, primary_key=True, related_name="appointment_end", verbose_name=_("officer")
    )
    last_day = models.DateField(_("last day in office"))
    receiver = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("handed over to"))
    ended_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("ended by"))
    at = models.DateTimeField(_("at"))
    reason_sealed = models.BinaryField()

    class Meta:
        verbose_name = _("end of an appointment")
        verbose_name_plural = _("ends of appointments")

    def __str__(self) -> str:
        return str(self.officer_id)

    @property
    def reason(self) -> str:
        return keyring().open(bytes(self.reason_sealed), bound_to=f"appointment_end.reason.{self.officer_id}").decode()

    @reason.setter
    def reason(self, words: str) -> None:
        bound_to = f"appointment_end.reason.{self.officer_id}"
        self.reason_sealed = keyring().seal(words.encode(), bound_to=bound_to)


class ReturnedDraft(models.Model):
    """What a draft said when the judge returned it, sealed, so that he sees what was changed since.

    It goes when the listing is approved, discarded or purged; a later return takes its place.
    """

    listing = models.OneToOneField(Listing, models.CASCADE, primary_key=True, related_name="returned")
    returned_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("returned by"))
    returned_at = models.DateTimeField(_("returned at"))
    content_sealed = models.BinaryField()

    class Meta:
        verbose_name = _("draft as it was returned")
        verbose_name_plural = _("drafts as they were returned")

    def __str__(self) -> str:
        return str(self.listing_id)

    @property
    def content(self) -> dict[str, Any]:
        """``reason``, and ``decision`` and ``party`` as they were typed (`registry.actions.returning`)."""
        opened = keyring().open(bytes(self.content_sealed), bound_to=f"returned.content.{self.listing_id}")
        content: dict[str, Any] = json.loads(opened)
        return content

    @content.setter
    def content(self, value: dict[str, Any]) -> None:
        text = json.dumps(value, ensure_ascii=False)
        self.content_sealed = keyring().seal(text.encode(), bound_to=f"returned.content.{self.listing_id}")


class Reminded(models.Model):
    """An officer was written to about a listing on a day: once a day for each, whatever is started twice."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+", verbose_name=_("listing"))
    clock = models.CharField(_("time limit"), max_length=24)
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["officer", "listing", "clock", "day"], name="reminded_once_a_day")
        ]
        indexes = [models.Index(fields=["day"], name="reminded_day")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.listing_id} {self.day}"
