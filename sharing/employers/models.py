"""Employers, what they may ask and why, and every question they asked."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Listing, Officer
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Client, Organisation


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
    """How much of its quota an employer used on one day of the court's calendar; raised inside the transaction of each
    question. One that gets no answer at once counts tenfold, whatever the cause (setting ``SHARING_PENDING_COSTS``).
    """

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
    VOID = "void", _("no answer: the consent was not shown")


class HeldBecause(models.TextChoices):
    """Why an officer looks first. Nobody outside the court learns which of the two it was."""

    SHARE = "share", _("held for consent checking")
    NAME = "name", _("the name does not fit the number")


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
    held_because = models.CharField(_("held because"), max_length=8, choices=HeldBecause.choices, blank=True)
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="screenings")
    epoch = models.PositiveIntegerField(_("epoch of the log"))
    as_of = models.BigIntegerField(_("as of position"))
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("may be relied on until"))
    result = models.TextField(_("signed result"))
    answer_sealed = models.BinaryField()
    idempotency_key = models.CharField(_("idempotency key"), max_length=64)
    question_digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        indexes = [
            models.Index(fields=["employer", "asked_at"], name="screening_employer_asked_at"),
            models.Index(fields=["subject_digest"], name="screening_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["employer", "idempotency_key"], name="screening_once_per_key"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def may_change(self) -> bool:
        """Whether a verdict on the consent may replace the answer."""
        return self.outcome == ScreeningOutcome.PENDING or self.consent_id is not None

    @property
    def answer(self) -> bytes:
        """The answer as it was given, byte for byte (JSON)."""
        return keyring().open(bytes(self.answer_sealed), bound_to=f"screening.answer.{self.id}")

    @answer.setter
    def answer(self, body: bytes) -> None:
        self.answer_sealed = keyring().seal(body, bound_to=f"screening.answer.{self.id}")


class ConsentCall(models.Model):
    """The employer is to show the form that the applicant signed: of every question that is held, and of a random share
    of those answered.
    """

    screening = models.OneToOneField(Screening, models.PROTECT, primary_key=True, related_name="call")
    called_at = models.DateTimeField(_("called in at"))
    due_on = models.DateField(_("due on"))
    told_at = models.DateTimeField(_("employer told at"), null=True)

    class Meta:
        verbose_name = _("form called in")
        verbose_name_plural = _("forms called in")

    def __str__(self) -> str:
        return f"{self.screening_id} {self.due_on}"


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


class ConsentVerdict(InsertOnly):
    """What became of a question whose consent was checked, and its answer, if it had none. ``officer``: None, the clock."""

    screening = models.OneToOneField(Screening, models.PROTECT, primary_key=True, related_name="verdict")
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices)
    reason = models.CharField(_("reason"), max_length=1100)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    decided_at = models.DateTimeField(_("decided at"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=ScreeningOutcome.choices)
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="+")
    result = models.TextField(_("signed result"))
    answer_sealed = models.BinaryField()

    class Meta:
        verbose_name = _("verdict on a consent")
        verbose_name_plural = _("verdicts on consents")

    def __str__(self) -> str:
        return f"{self.screening_id} {self.verdict}"

    @property
    def answer(self) -> bytes:
        """The answer that the question has now (JSON)."""
        return keyring().open(bytes(self.answer_sealed), bound_to=f"verdict.answer.{self.screening_id}")

    @answer.setter
    def answer(self, body: bytes) -> None:
        self.answer_sealed = keyring().seal(body, bound_to=f"verdict.answer.{self.screening_id}")


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


class EmployerAlarm(InsertOnly):
    """Something about an employer that a person should look at; once a day and kind."""

    class Kind(models.TextChoices):
        NAMES = "names", _("names that do not fit")
        QUOTA = "quota", _("quota used up again and again")

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
