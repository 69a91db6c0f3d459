"""What the court saw of an employer, and what it decided about it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Officer
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Organisation


class EmployerAlarm(InsertOnly):
    """Something about an employer that a person should look at; once a day and kind."""

    class Kind(models.TextChoices):
        NAMES = "names", _("names that do not fit")
        QUOTA = "quota", _("quota used up again and again")
        DOUBT = "doubt", _("monitored names that do not fit")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("employer"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("how many"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("alarm about an employer")
        verbose_name_plural = _("alarms about employers")
        constraints = [models.UniqueConstraint(fields=["employer", "kind", "day"], name="employer_alarm_once_a_day")]

    def __str__(self) -> str:
        return f"{self.employer_id} {self.kind} {self.day}"


class EmployerAct(InsertOnly):
    """What an officer decided about an employer, and why."""

    class Act(models.TextChoices):
        ADMIT = "admit", _("admitted")
        SUSPEND = "suspend", _("suspended")
        RESUME = "resume", _("may ask again")
        QUOTA = "quota", _("quota changed")
        MEMBER = "member", _("member added")
        ENROLLED = "enrolled", _("most enrolled changed")
        END = "end", _("monitoring ended")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="acts", verbose_name=_("employer"))
    act = models.CharField(_("act"), max_length=8, choices=Act.choices)
    reason = models.CharField(_("reason"), max_length=1100)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("act on an employer")
        verbose_name_plural = _("acts on employers")

    def __str__(self) -> str:
        return f"{self.employer_id} {self.act}"
