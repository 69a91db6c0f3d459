"""Verifications of the log that were asked for at the desk: how far each is, and what it found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.officers import Officer


class Verdict(models.TextChoices):
    SOUND = "sound", _("everything is as it was written and signed")
    BROKEN = "broken", _("something was altered, or is missing")


class LogVerification(models.Model):
    """``place``: where it goes on, kept about once a second; emptied at its end. ``found``: findings by kind, and the first
    of them (`registry.verifying.findings`). ``leased_until``: until when it is one worker's alone; ``turn`` tells that
    worker from whoever had it before. ``size``: of the log when it began.
    """

    number = models.CharField(_("number"), primary_key=True, max_length=16)
    asked_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for at"))
    begun_at = models.DateTimeField(_("begun at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    size = models.BigIntegerField(_("size"), null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    place = models.JSONField(null=True)
    found = models.JSONField(default=dict)
    verdict = models.CharField(_("what it found"), max_length=8, choices=Verdict.choices, blank=True)
    turn = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("verification of the log")
        verbose_name_plural = _("verifications of the log")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, verdict="")
                | models.Q(ended_at__isnull=False, verdict__in=Verdict.values),
                name="verification_ends_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return self.number
