"""Releases of the court's statistics: proposed by one officer, decided by another, and never changed afterwards."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from registry.keys import keyring
from registry.models import Officer
from registry.models.insert_only import InsertOnly
from registry.statistics.shapes import Words


class ReleaseOutcome(models.TextChoices):
    PENDING = "pending", _("waits for the second officer")
    RELEASED = "released", _("released")
    REFUSED = "refused", _("returned")


class Release(models.Model):
    """``content``: the bytes that everybody gets, written once and never serialised anew; ``sha256`` of them.

    The true numbers are sealed beside it: without them later releases could not be kept from giving away what this one
    leaves out. ``left_out_why``: name of a number → why it is left out, for the desk. A number that was returned is
    given again. ``drawn_at``: since when all files are there. ``drawing_until``: some worker draws just now.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("number"), max_length=16)
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    begins_on = models.DateField(_("first day of the period"))
    ends_on = models.DateField(_("last day of the period"))
    counted_at = models.DateTimeField(_("counted at"))
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    counts_sealed = models.BinaryField()
    left_out_why = models.JSONField(_("why numbers are left out"))
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )
    why_zh = models.CharField(_("what was wrong, in Chinese"), max_length=500, blank=True)
    why_en = models.CharField(_("what was wrong, in English"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    drawing_until = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(_("files made at"), null=True)
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=ReleaseOutcome.choices, default=ReleaseOutcome.PENDING
    )
    decided_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    refused_because = models.CharField(_("returned because"), max_length=1000, blank=True)
    signature = models.TextField(blank=True)

    class Meta:
        verbose_name = _("statistical release")
        verbose_name_plural = _("statistical releases")
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(outcome="refused"), name="release_number_once"
            ),
            models.UniqueConstraint(
                fields=["outcome"], condition=models.Q(outcome="pending"), name="release_one_pending"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="release_decided_by_another_officer",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="pending", decided_by=None, decided_at=None, signature="")
                | models.Q(outcome="refused", decided_by__isnull=False, decided_at__isnull=False, signature="")
                & ~models.Q(refused_because="")
                | models.Q(
                    outcome="released", decided_by__isnull=False, decided_at__isnull=False, drawn_at__isnull=False
                )
                & ~models.Q(signature=""),
                name="release_drawn_and_signed",
            ),
            models.CheckConstraint(
                condition=models.Q(begins_on__lte=models.F("ends_on")), name="release_period_begins_first"
            ),
            models.CheckConstraint(
                condition=models.Q(corrects=None, why_zh="", why_en="")
                | models.Q(corrects__isnull=False) & ~models.Q(why_zh="") & ~models.Q(why_en=""),
                name="release_corrects_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> Words:
        return Words(self.title_zh, self.title_en)

    @property
    def why(self) -> Words:
        return Words(self.why_zh, self.why_en)

    @property
    def told(self) -> Any:
        """The content, to read from."""
        return json.loads(bytes(self.content))

    @property
    def state(self) -> Text:
        """The outcome, and before it how far the release is."""
        if self.outcome != ReleaseOutcome.PENDING:
            return ReleaseOutcome(self.outcome).label
        return ReleaseOutcome.PENDING.label if self.drawn_at else _("files are being made")

    @property
    def counts(self) -> Any:
        """What was really counted: "numbers" and "rows", and how many listings were sealed then: "hidden".

        For protecting later releases, and for nobody's eyes.
        """
        return json.loads(keyring().open(bytes(self.counts_sealed), bound_to=f"release.counts.{self.id}"))

    @counts.setter
    def counts(self, counted: Mapping[str, Any]) -> None:
        whole = json.dumps(dict(counted), sort_keys=True).encode()
        self.counts_sealed = keyring().seal(whole, bound_to=f"release.counts.{self.id}")


class ReleaseFile(InsertOnly):
    """One file of a release, as it is given to everybody."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, models.PROTECT, related_name="files", db_index=False)
    name = models.CharField(_("name"), max_length=100)
    content_type = models.CharField(_("content type"), max_length=100)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("file of a statistical release")
        verbose_name_plural = _("files of statistical releases")
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="release_file_once")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.name}"
