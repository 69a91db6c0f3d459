"""Employers, what they may ask and why, and every question they asked."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Listing, Officer
from registry.models.insert_only import InsertOnly
from sharing.employers.models.requests import ConsentCode
from sharing.employers.padding import kept, of_kept, signed_in
from sharing.parties.models import Client, Member, Organisation

if TYPE_CHECKING:
    from sharing.employers.models.consents import ConsentVerdict


class Employer(models.Model):
    """An employer admitted by the High Court's registry, with the purposes it may ask for (purposes.json)."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True)
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    purposes = ArrayField(models.CharField(max_length=48), verbose_name=_("purposes"))
    daily_quota = models.PositiveIntegerField(_("questions a day"), default=200)
    monitored_most = models.PositiveIntegerField(_("most employees enrolled"), default=200)
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
    CODE = "code", _("given by the applicant")


class Consent(models.Model):
    """Why the employer may ask about this person: bound to employer, purpose and person, used once.

    Of an attested consent only the signed file's SHA-256 and date are kept; the file stays with the employer and may
    be called in. A signed form names one employer and one purpose, so its fingerprint counts once in the whole register.
    Of one given by the applicant there is the code that it spent; where the question waits for an officer, whom it named
    is kept sealed until it is judged. ``revoked_at``: of a form, when the person took back on the court's page what the
    employer attests (PIPL, art. 15); of a code it stands with the code.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="consents")
    kind = models.CharField(_("kind"), max_length=12, choices=ConsentKind.choices)
    purpose = models.CharField(_("purpose"), max_length=48)
    subject_digest = models.BinaryField(max_length=32)
    document_sha256 = models.CharField(_("SHA-256 of the signed form"), max_length=64, blank=True)
    signed_on = models.DateField(_("signed on"))  # of a code: the day on which it was given
    code = models.OneToOneField(ConsentCode, models.PROTECT, null=True, related_name="consent")
    person_sealed = models.BinaryField(null=True)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["document_sha256"],
                condition=~models.Q(document_sha256=""),
                name="consent_form_used_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=ConsentKind.ATTESTED, code=None, person_sealed=None)
                & ~models.Q(document_sha256="")
                | models.Q(kind=ConsentKind.CODE, document_sha256="", code__isnull=False, revoked_at=None),
                name="consent_is_a_form_or_a_code",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person(self) -> bytes:
        """Whom a question named that waits for an officer (JSON). ValueError: it was judged, or never waited."""
        if self.person_sealed is None:
            raise ValueError("nobody is kept with this consent")
        return keyring().open(bytes(self.person_sealed), bound_to=f"consent.person.{self.id}")

    @person.setter
    def person(self, named: bytes) -> None:
        self.person_sealed = keyring().seal(named, bound_to=f"consent.person.{self.id}")


class ScreeningOutcome(models.TextChoices):
    NOT_LISTED = "not_listed", _("no listing in force at the time of asking")
    LISTED = "listed", _("a listing in force at the time of asking")
    PENDING = "pending", _("no answer yet: an officer looks at it")
    VOID = "void", _("no answer: the consent was not shown")


# What may be relied on; the others are no answer.
RESULTS = frozenset({ScreeningOutcome.LISTED.value, ScreeningOutcome.NOT_LISTED.value})


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
    # Without an index of its own: every question about an employer's screenings asks for a time, too.
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="screenings", db_index=False)
    # Asked by a program or by a member of the employer, never by both.
    client = models.ForeignKey(
        Client, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="screenings")
    purpose = models.CharField(_("purpose"), max_length=48)
    post = models.CharField(_("post"), max_length=48)
    scope = models.CharField(_("answer scope"), max_length=12)
    consent = models.OneToOneField(Consent, models.PROTECT, null=True, related_name="screening")  # None: not needed
    subject_digest = models.BinaryField(max_length=32)
    outcome = models.CharField(_("outcome"), max_length=12, choices=ScreeningOutcome.choices)
    held_because = models.CharField(_("held because"), max_length=8, choices=HeldBecause.choices, blank=True)
    # Without a foreign key in the database, whose check takes time only where there is a listing; listings stay.
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="screenings", db_constraint=False)
    epoch = models.PositiveIntegerField(_("epoch of the log"))
    as_of = models.BigIntegerField(_("as of position"))
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("may be relied on until"))
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
            models.Index(fields=["asked_at"], name="screening_asked_at"),
            models.Index(fields=["asked_at"], name="screening_pending", condition=models.Q(outcome="pending")),
            GinIndex(fields=["also_told"], name="screening_also_told"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["employer", "idempotency_key"], name="screening_once_per_key"),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="screening_status_once"),
            models.CheckConstraint(
                condition=models.Q(client=None) ^ models.Q(member=None), name="screening_asked_by_program_or_member"
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def may_change(self) -> bool:
        """Whether a verdict on the consent may replace the answer."""
        return self.outcome == ScreeningOutcome.PENDING or self.consent_id is not None

    @property
    def latest(self) -> Screening | ConsentVerdict:
        """What the question has been answered with by now: this, or what a verdict on its consent put in its place."""
        found: ConsentVerdict | None = getattr(self, "verdict", None) if self.may_change else None
        return found or self

    @property
    def is_recalled(self) -> bool:
        """Whether it is a result that may not be relied on any more: nothing of it is given out again."""
        return self.latest.outcome in RESULTS and hasattr(self, "recall")

    @property
    def answered_at(self) -> datetime:
        return self.asked_at

    @property
    def answer(self) -> bytes:
        """The answer as it was given, byte for byte (JSON)."""
        return of_kept(keyring().open(bytes(self.answer_sealed), bound_to=f"screening.answer.{self.id}"))

    @answer.setter
    def answer(self, body: bytes) -> None:
        self.answer_sealed = keyring().seal(kept(body), bound_to=f"screening.answer.{self.id}")

    @property
    def result(self) -> str:
        """The signed result in it (compact JWS)."""
        return signed_in(self.answer)


class ApplicantTold(InsertOnly):
    """When the employer told the applicant of a listing that it was answered with: said once, by a member."""

    screening = models.OneToOneField(Screening, models.PROTECT, primary_key=True, related_name="applicant_told")
    told_on = models.DateField(_("told the applicant on"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("applicant told")
        verbose_name_plural = _("applicants told")

    def __str__(self) -> str:
        return f"{self.screening_id}: {self.told_on}"
