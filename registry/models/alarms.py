"""What a person should look at: an officer who reads a great many persons' data."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.officers import Officer


class ReadingAlarm(models.Model):
    """An officer was shown more persons than work explains; one a day at most. It names no person who was read about.

    Written once: the database refuses to change or delete it, but for ``told_at``, when the registry was written to.
    """

    class Kind(models.TextChoices):
        HOUR = "hour", _("within an hour")
        DAY = "day", _("within a day")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices)
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("listings"))
    at = models.DateTimeField(_("at"))
    told_at = models.DateTimeField(_("the registry was told at"), null=True)

    class Meta:
        verbose_name = _("alarm about reading")
        verbose_name_plural = _("alarms about reading")
        constraints = [models.UniqueConstraint(fields=["officer", "day"], name="reading_alarm_once_a_day")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.day}"
