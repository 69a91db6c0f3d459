"""Consents that are checked: forms called in, shown and judged."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Listing, Officer
from registry.models.insert_only import InsertOnly
from sharing.employers.models.asking import RESULTS, Screening, ScreeningOutcome
from sharing.employers.padding import kept, of_kept


class ConsentCall(models.Model):
    """The employer is to show the form that the applicant signed: of every question that is held, of a random share of those
    answered, and where the person says that he never signed one (``denied_at``). ``answer_told_at``: of a question that was
    held, when the employer was written to that it has its answer, or gets none.
    """

    screening = models.OneToOneField(Screening, models.PROTECT, primary_key=True, related_name="call")
    called_at = models.DateTimeField(_("called in at"))
    due_on = models.DateField(_("due on"))
    told_at = models.DateTimeField(_("employer told at"), null=True)
    denied_at = models.DateTimeField(_("denied by the person at"), null=True)
    answer_told_at = models.DateTimeField(_("employer told of the answer at"), null=True)

    class Meta:
        verbose_name = _("form called in")
        verbose_name_plural = _("forms called in")

    def __str__(self) -> str:
        return f"{self.screening_id} {self.due_on}"


class DrawingCursor(models.Model):
    """One row: up to which moment of asking it was drawn whose form is called in."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("cursor of the draw")
        verbose_name_plural = _("cursor of the draw")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="drawing_has_one_cursor")]

    def __str__(self) -> str:
        return str(self.asked_at)


class ShownForm(models.Model):
    """The signed form as the employer showed it: the very file of the consent's fingerprint. Destroyed once it is judged."""

    call = models.OneToOneField(ConsentCall, models.PROTECT, primary_key=True, related_name="form")
    media_type = models.CharField(_("media type"), max_length=40)
    content_sealed = models.BinaryField(null=True)
    shown_at = models.DateTimeField(_("shown at"))

    class Meta:
        verbose_name = _("form shown")
        verbose_name_plural = _("forms shown")

    def __str__(self) -> str:
        return f"{self.call_id} {self.media_type}"

    @property
    def content(self) -> bytes:
        if self.content_sealed is None:
            raise ValueError("the form was destroyed when it was judged")
        return keyring().open(bytes(self.content_sealed), bound_to=f"form.content.{self.call_id}")

    @content.setter
    def content(self, file: bytes) -> None:
        self.content_sealed = keyring().seal(file, bound_to=f"form.content.{self.call_id}")


class Verdict(models.TextChoices):
    FITS = "fits", _("the form fits the question")
    MISTYPED = "mistyped", _("the form is signed, but names somebody else")
    NO_CONSENT = "no_consent", _("no valid consent")
    NOT_SHOWN = "not_shown", _("not shown in time")
    REVOKED = "revoked", _("the applicant revoked it before there was an answer")
    LAPSED = "lapsed", _("the applicant’s consent was over before there was an answer")
    SUSPENDED = "suspended", _("the employer may ask about nobody at present")
    PURPOSE_GONE = "purpose_gone", _("what it was asked for is no longer registered")


class VoidBecause(models.TextChoices):
    """What an employer is told of a verdict that voids its question: what itself did or has to do. Whether a consent ran out
    or the applicant took it back, as whoever denies a form does, too, is the applicant's own (docs/decisions/0098).
    """

    NO_CONSENT = "no_consent", _("the form that you showed is no valid consent")
    NOT_SHOWN = "not_shown", _("the form was not shown in time")
    DOES_NOT_FIT = "does_not_fit", _("the name and number of the question could not be confirmed")
    CONSENT_OVER = "consent_over", _("the consent was over before there was an answer")
    SUSPENDED = "suspended", _("your organisation may ask about nobody at present")
    PURPOSE_GONE = "purpose_gone", _("what you asked for is no longer registered")


BECAUSE: Mapping[Verdict, VoidBecause] = {
    Verdict.NO_CONSENT: VoidBecause.NO_CONSENT,
    Verdict.NOT_SHOWN: VoidBecause.NOT_SHOWN,
    Verdict.MISTYPED: VoidBecause.DOES_NOT_FIT,
    Verdict.REVOKED: VoidBecause.CONSENT_OVER,
    Verdict.LAPSED: VoidBecause.CONSENT_OVER,
    Verdict.SUSPENDED: VoidBecause.SUSPENDED,
    Verdict.PURPOSE_GONE: VoidBecause.PURPOSE_GONE,
}


class ConsentVerdict(InsertOnly):
    """What became of a question whose consent was checked, and its answer from then on. ``officer``: None, the clock."""

    screening = models.OneToOneField(Screening, models.PROTECT, primary_key=True, related_name="verdict")
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices)
    reason = models.CharField(_("reason"), max_length=1100)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    decided_at = models.DateTimeField(_("decided at"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=ScreeningOutcome.choices)
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="+")
    also_told = ArrayField(models.BigIntegerField(), default=list)
    as_of = models.BigIntegerField(_("as of position"))
    expires_at = models.DateTimeField(_("may be relied on until"))
    answer_sealed = models.BinaryField()

    class Meta:
        verbose_name = _("verdict on a consent")
        verbose_name_plural = _("verdicts on consents")
        indexes = [GinIndex(fields=["also_told"], name="verdict_also_told")]

    def __str__(self) -> str:
        return f"{self.screening_id} {self.verdict}"

    @property
    def answered_at(self) -> datetime:
        """As of when the answer speaks: one that the verdict left as it was speaks of its own moment."""
        left = self.screening.outcome in RESULTS and self.outcome == self.screening.outcome
        return self.screening.asked_at if left else self.decided_at

    @property
    def answer(self) -> bytes:
        """The answer that the question has now (JSON)."""
        return of_kept(keyring().open(bytes(self.answer_sealed), bound_to=f"verdict.answer.{self.screening_id}"))

    @answer.setter
    def answer(self, body: bytes) -> None:
        self.answer_sealed = keyring().seal(kept(body), bound_to=f"verdict.answer.{self.screening_id}")


class ConsentLook(InsertOnly):
    """An officer looked at a form that was shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    screening = models.ForeignKey(Screening, models.PROTECT, related_name="looks")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("look at a form")
        verbose_name_plural = _("looks at forms")

    def __str__(self) -> str:
        return f"{self.screening_id} {self.at:%Y-%m-%d}"
