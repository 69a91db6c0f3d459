"""Employers, what they may ask and why, and every question they asked."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Listing, Officer
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Client, Member, Organisation


class Employer(models.Model):
    """An employer admitted by the High Court's registry, with the purposes it may ask for (purposes.json)."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True)
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    purposes = ArrayField(models.CharField(max_length=48), verbose_name=_("purposes"))
    daily_quota = models.PositiveIntegerField(_("questions a day"), default=200)
    approved_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("approved by"))

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")

    def __str__(self) -> str:
        return str(self.organisation)


class QuestionsAsked(models.Model):
    """How many questions an employer asked on one day of the court's calendar; raised inside the transaction of each."""

    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("employer"))
    day = models.DateField(_("day"))
    questions = models.PositiveIntegerField(_("questions"))

    class Meta:
        verbose_name = _("questions of a day")
        verbose_name_plural = _("questions by day")
        constraints = [models.UniqueConstraint(fields=["employer", "day"], name="questions_counted_once_a_day")]

    def __str__(self) -> str:
        return f"{self.employer_id} {self.day}: {self.questions}"


class ConsentKind(models.TextChoices):
    ATTESTED = "attested", _("attested by the employer")


class Consent(models.Model):
    """Why the employer may ask about this person: bound to employer, purpose and person, used once.

    Of an attested consent only the signed file's SHA-256 and date are kept; the file stays with the employer and may
    be called in. A signed form names one employer and one purpose, so its fingerprint counts once in the whole register.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="consents")
    kind = models.CharField(_("kind"), max_length=12, choices=ConsentKind.choices)
    purpose = models.CharField(_("purpose"), max_length=48)
    subject_digest = models.BinaryField(max_length=32)
    document_sha256 = models.CharField(_("SHA-256 of the signed form"), max_length=64)
    signed_on = models.DateField(_("signed on"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(fields=["document_sha256"], name="consent_form_used_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ScreeningOutcome(models.TextChoices):
    NOT_LISTED = "not_listed", _("no listing in force at the time of asking")
    LISTED = "listed", _("a listing in force at the time of asking")
    PENDING = "pending", _("no answer yet: an officer looks at it")


class Screening(InsertOnly):
    """One question and its signed answer. No record, no answer.

    ``listing`` is the first listing in force of the person, whatever the answer let the employer see. Nothing here tells
    the name or the number: the person is a keyed digest, the answer (with the salt of its commitment) is sealed.
    """

    id = models.CharField(primary_key=True, max_length=30)  # "scr_" and a ULID
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="screenings")
    client = models.ForeignKey(Client, models.DO_NOTHING, related_name="+", db_constraint=False)
    purpose = models.CharField(_("purpose"), max_length=48)
    post = models.CharField(_("post"), max_length=48)
    scope = models.CharField(_("answer scope"), max_length=12)
    consent = models.OneToOneField(Consent, models.PROTECT, null=True, related_name="screening")  # None: not needed
    subject_digest = models.BinaryField(max_length=32)
    outcome = models.CharField(_("outcome"), max_length=12, choices=ScreeningOutcome.choices)
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="screenings")
    epoch = models.PositiveIntegerField(_("epoch of the log"))
    as_of = models.BigIntegerField(_("as of position"))
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("may be relied on until"))
    result = models.TextField(_("signed result"))
    answer_sealed = models.BinaryField()
    idempotency_key = models.CharField(_("idempotency key"), max_length=64)
    question_digest = models.BinaryField(max_length=32)
    # How the result proves itself. None of these in answers given before results did.
    also_told = ArrayField(models.BigIntegerField(), default=list)  # further listings whose prohibitions it shows
    status_list = models.PositiveIntegerField(_("status list"), null=True)
    status_index = models.PositiveIntegerField(_("place in the status list"), null=True)
    code_digest = models.BinaryField(max_length=32, null=True, unique=True)
    last_four_digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        indexes = [
            models.Index(fields=["employer", "asked_at"], name="screening_employer_asked_at"),
            models.Index(fields=["subject_digest"], name="screening_subject"),
            GinIndex(fields=["also_told"], name="screening_also_told"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["employer", "idempotency_key"], name="screening_once_per_key"),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="screening_status_once"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def answer(self) -> bytes:
        """The answer as it was given, byte for byte (JSON)."""
        return keyring().open(bytes(self.answer_sealed), bound_to=f"screening.answer.{self.id}")

    @answer.setter
    def answer(self, body: bytes) -> None:
        self.answer_sealed = keyring().seal(body, bound_to=f"screening.answer.{self.id}")


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


class ResultRecall(InsertOnly):
    """A result may no longer be relied on. One at most for each result, for ever.

    Either an event of the log, at ``position``, changed the listing, or an ``officer`` found, for a ``reason`` that stays
    inside the court, that the result was given in error. The place in the status list is the screening's, kept here so
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
                | models.Q(cause="listing_changed", position__isnull=False, officer=None, reason=""),
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

    Said by a member in the portal or by a client of the API, never by both.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recall = models.ForeignKey(ResultRecall, models.PROTECT, related_name="confirmations")
    removed = models.BooleanField(_("removed"))
    decision = models.CharField(_("what became of it"), max_length=16, choices=RecallDecision.choices)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    client = models.ForeignKey(Client, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
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
                condition=models.Q(member=None, client__isnull=False) | models.Q(member__isnull=False, client=None),
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
