"""Status lists, recalls of results, and tries at verification codes."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Officer
from registry.models.insert_only import InsertOnly
from sharing.employers.models.asking import Screening
from sharing.parties.models import Client, Member


class StatusList(InsertOnly):
    """One list of statuses. ``seed``: 32 random bytes that shuffle its places (`sharing.employers.status_list`)."""

    number = models.PositiveIntegerField(primary_key=True)
    seed = models.BinaryField(max_length=32)
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")

    def __str__(self) -> str:
        return str(self.number)


class RecallCause(models.TextChoices):
    ERRONEOUS = "erroneous", _("given in error")
    LISTING_CHANGED = "listing_changed", _("the listing has changed")
    NO_CONSENT = "no_consent", _("the consent was not shown")


class ResultRecall(InsertOnly):
    """A result may no longer be relied on. One at most for each result, for ever.

    An event of the log, at ``position``, changed the listing; or an ``officer`` found, for a ``reason`` that stays inside
    the court, that the result was given in error; or the consent to the question was not shown. The place in the status list is the screening's, kept here so
    that a list is made from this table alone.
    """

    screening = models.OneToOneField(Screening, models.PROTECT, primary_key=True, related_name="recall")
    cause = models.CharField(_("cause"), max_length=16, choices=RecallCause.choices)
    position = models.BigIntegerField(_("position of the event"), null=True)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("recalled by"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    status_list = models.PositiveIntegerField(null=True)
    status_index = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("recall of a result")
        verbose_name_plural = _("recalls of results")
        indexes = [models.Index(fields=["status_list"], name="result_recall_status_list")]
        constraints = [
            models.CheckConstraint(
                name="result_recall_has_one_cause",
                condition=models.Q(cause="erroneous", position=None, officer__isnull=False) & ~models.Q(reason="")
                | models.Q(cause="listing_changed", position__isnull=False, officer=None, reason="")
                | models.Q(cause="no_consent", position=None, officer=None, reason=""),
            )
        ]

    def __str__(self) -> str:
        return str(self.screening_id)


class RecallTold(InsertOnly):
    """The employer's people were told by mail of a recall; ``step``: how far, from 0 on."""

    recall = models.ForeignKey(ResultRecall, models.PROTECT, related_name="tellings", db_index=False)
    step = models.PositiveSmallIntegerField(_("step"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("message about a recall")
        verbose_name_plural = _("messages about recalls")
        constraints = [models.UniqueConstraint(fields=["recall", "step"], name="result_recall_told_once_a_step")]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.step}"


class RecallDecision(models.TextChoices):
    RECONSIDERED = "reconsidered", _("reconsidered")
    NOT_RECONSIDERED = "not_reconsidered", _("not reconsidered")
    NO_DECISION_YET = "no_decision_yet", _("nothing was decided yet")


class RecallConfirmation(InsertOnly):
    """What the employer says it did: a recall is closed once it says that the result was removed.

    Said by a member in the portal or by a client of the API; or on paper, and recorded by an officer with its reference.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recall = models.ForeignKey(ResultRecall, models.PROTECT, related_name="confirmations")
    removed = models.BooleanField(_("removed"))
    decision = models.CharField(_("what became of it"), max_length=16, choices=RecallDecision.choices)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    client = models.ForeignKey(Client, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by"))
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("confirmation of a recall")
        verbose_name_plural = _("confirmations of recalls")
        constraints = [
            models.UniqueConstraint(
                fields=["recall"], condition=models.Q(removed=True), name="result_recall_closed_once"
            ),
            models.CheckConstraint(
                name="result_recall_confirmed_by_one",
                condition=models.Q(member=None, client__isnull=False, officer=None, reference="")
                | models.Q(member__isnull=False, client=None, officer=None, reference="")
                | models.Q(member=None, client=None, officer__isnull=False) & ~models.Q(reference=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.decision}"


class RecallingCursor(models.Model):
    """One row: up to which position of the log results were recalled."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("cursor of the recalls")
        verbose_name_plural = _("cursor of the recalls")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="recalling_has_one_cursor")]

    def __str__(self) -> str:
        return str(self.position)


class VerificationTries(models.Model):
    """How often the last four characters were wrong for a code, and when last (`sharing.employers.verification`)."""

    code_digest = models.BinaryField(primary_key=True, max_length=32)
    wrong = models.PositiveSmallIntegerField()
    since = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("wrong tries at a verification code")
        verbose_name_plural = _("wrong tries at verification codes")

    def __str__(self) -> str:
        return str(self.wrong)
