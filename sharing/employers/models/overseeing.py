"""What the court saw of an employer, and what it decided about it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Officer
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Organisation


class NumbersRefused(models.Model):
    """How many document numbers of an employer's questions, on one day, could be nobody's: a wrong check digit, date or area."""

    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("employer"))
    day = models.DateField(_("day"))
    numbers = models.PositiveIntegerField(_("numbers"))

    class Meta:
        verbose_name = _("numbers refused on a day")
        verbose_name_plural = _("numbers refused by day")
        constraints = [models.UniqueConstraint(fields=["employer", "day"], name="numbers_refused_once_a_day")]

    def __str__(self) -> str:
        return f"{self.employer_id} {self.day}: {self.numbers}"


class EmployerAlarm(InsertOnly):
    """Something about an employer that a person should look at; once a day and kind at most.

    ``other``: a second employer, where the alarm is about both.
    """

    class Kind(models.TextChoices):
        NAMES = "names", _("names that do not fit")
        QUOTA = "quota", _("quota used up again and again")
        DOUBT = "doubt", _("monitored names that do not fit")
        HITS = "hits", _("listed far more often than at the others")
        REPEATS = "repeats", _("the same applicants again and again")
        DIGITS = "digits", _("numbers that can be nobody’s")
        RUNS = "runs", _("questions in sequence with nobody there")
        FORMS = "forms", _("signed forms that failed")
        HOURS = "hours", _("mostly outside working hours")
        SHARED = "shared", _("two employers with one contact and the same applicants")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("employer"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    other = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("the other employer")
    )
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("how many"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("alarm about an employer")
        verbose_name_plural = _("alarms about employers")
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "kind", "other", "day"], name="employer_alarm_once_a_day", nulls_distinct=False
            )
        ]

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
        CALL = "call", _("signed forms called in")
        CAMPAIGN = "campaign", _("campaign’s questions decided")
        KEY = "key", _("key revoked")
        AMEND = "amend", _("entry changed")
        SHUT_OUT = "shut_out", _("member shut out")
        LET_IN = "let_in", _("member let in again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="acts", verbose_name=_("employer"))
    act = models.CharField(_("act"), max_length=8, choices=Act.choices)
    reason = models.CharField(_("reason"), max_length=2000)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("act on an employer")
        verbose_name_plural = _("acts on employers")

    def __str__(self) -> str:
        return f"{self.employer_id} {self.act}"
