"""Monitoring: who is enrolled until when, and how an answer changed; what was told of it is in `telling`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Officer
from registry.models.insert_only import InsertOnly
from sharing.employers.models.asking import Consent, Screening, ScreeningOutcome
from sharing.employers.reference import REFERENCE_MOST
from sharing.parties.models import Client, Member, Organisation


class EndedBecause(models.TextChoices):
    EMPLOYER = "employer", _("ended by the employer")
    UNTIL = "until", _("its last day is over")
    CONSENT = "consent", _("there is no consent any more")
    REGISTRY = "registry", _("ended by the registry")


class Monitoring(models.Model):
    """An employee is enrolled, with consent, until a day: the employer is told when its answer changes.

    ``first`` is the question that enrolling asked, ``latest`` the answer that the employer has now. Name and number are
    sealed in ``subject_sealed``; they and the digests are destroyed when it ends, and what remains tells no person.
    A look is due where an event about the person (``stirred_position``) is later than the last look, or the day is.
    ``doubted_at``: since when a listing bears the number and another name, which makes no answer.
    """

    id = models.CharField(primary_key=True, max_length=30)  # "mon_" and a ULID
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="monitorings")
    # Enrolled by a program or by a member of the employer, never by both.
    client = models.ForeignKey(Client, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    reference = models.CharField(_("the employer’s own reference"), max_length=REFERENCE_MOST)
    purpose = models.CharField(_("purpose"), max_length=48)
    post = models.CharField(_("post"), max_length=48)
    scope = models.CharField(_("answer scope"), max_length=12)
    consent = models.OneToOneField(Consent, models.PROTECT, related_name="monitoring")  # of whatever kind
    until = models.DateField(_("until"))
    subject_sealed = models.BinaryField(null=True)
    digest_key = models.PositiveSmallIntegerField()
    first = models.OneToOneField(Screening, models.PROTECT, related_name="monitoring")
    latest = models.ForeignKey(Screening, models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField(_("enrolled at"))
    stirred_position = models.BigIntegerField(default=0)
    looked_position = models.BigIntegerField(_("position of the last look"))
    looked_on = models.DateField(_("last looked on"))
    doubted_at = models.DateTimeField(_("in doubt since"), null=True)
    warned_at = models.DateTimeField(_("warned of the end at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_because = models.CharField(_("ended because"), max_length=8, choices=EndedBecause.choices, blank=True)
    # By nobody: by the clock, or because the consent went.
    ended_by_client = models.ForeignKey(Client, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    ended_by_member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    ended_by_officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("monitoring")
        verbose_name_plural = _("monitorings")
        indexes = [
            models.Index(fields=["employer", "enrolled_at"], name="monitoring_employer"),
            models.Index(fields=["looked_on"], name="monitoring_to_look", condition=models.Q(ended_at=None)),
            models.Index(
                fields=["id"],
                name="monitoring_stirred",
                condition=models.Q(ended_at=None, stirred_position__gt=models.F("looked_position")),
            ),
            models.Index(fields=["until"], name="monitoring_until", condition=models.Q(ended_at=None)),
            models.Index(fields=["digest_key"], name="monitoring_digest_key", condition=models.Q(ended_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(client=None) ^ models.Q(member=None), name="monitoring_by_program_or_member"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_because="", subject_sealed__isnull=False)
                | models.Q(ended_at__isnull=False, subject_sealed=None) & ~models.Q(ended_because=""),
                name="monitoring_keeps_nobody_once_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def subject(self) -> bytes:
        """Whom it is about, as `lookup.kept` made it. ValueError once it has ended."""
        if self.subject_sealed is None:
            raise ValueError("whom it was about was destroyed when it ended")
        return keyring().open(bytes(self.subject_sealed), bound_to=f"monitoring.subject.{self.id}")

    @subject.setter
    def subject(self, kept: bytes) -> None:
        self.subject_sealed = keyring().seal(kept, bound_to=f"monitoring.subject.{self.id}")


class MonitoredDigest(models.Model):
    """A digest of the person's document, one for each key that could be read; gone when the monitoring ends."""

    monitoring = models.ForeignKey(Monitoring, models.CASCADE, related_name="digests")
    digest = models.BinaryField(max_length=32, db_index=True)

    class Meta:
        verbose_name = _("monitored digest")
        verbose_name_plural = _("monitored digests")
        constraints = [models.UniqueConstraint(fields=["monitoring", "digest"], name="monitored_digest_once")]

    def __str__(self) -> str:
        return str(self.monitoring_id)


class MonitoringChange(InsertOnly):
    """What the employer may see is another than before: ``before`` was the answer until then, ``screening`` is it now.

    ``number`` counts the changes of one monitoring; ``position``: of the log, when the book was read.
    """

    id = models.CharField(primary_key=True, max_length=30)  # "mch_" and a ULID
    monitoring = models.ForeignKey(Monitoring, models.PROTECT, related_name="changes")
    number = models.PositiveIntegerField(_("number"))
    before = models.ForeignKey(Screening, models.PROTECT, related_name="+")
    was = models.CharField(_("was"), max_length=12, choices=ScreeningOutcome.choices)
    screening = models.OneToOneField(Screening, models.PROTECT, related_name="monitoring_change")
    outcome = models.CharField(_("outcome"), max_length=12, choices=ScreeningOutcome.choices)
    position = models.BigIntegerField(_("as of position"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of an answer")
        verbose_name_plural = _("changes of answers")
        constraints = [models.UniqueConstraint(fields=["monitoring", "number"], name="monitoring_change_numbered")]

    def __str__(self) -> str:
        return f"{self.monitoring_id} {self.number}"


class MonitoringConfirmation(InsertOnly):
    """A member of the employer has taken note of a change."""

    change = models.OneToOneField(MonitoringChange, models.PROTECT, primary_key=True, related_name="confirmation")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("confirmation of a change")
        verbose_name_plural = _("confirmations of changes")

    def __str__(self) -> str:
        return str(self.change_id)


class MonitoringCursor(models.Model):
    """One row: up to which position of the log it was seen whom its events are about."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("cursor of monitoring")
        verbose_name_plural = _("cursor of monitoring")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="monitoring_has_one_cursor")]

    def __str__(self) -> str:
        return str(self.position)
