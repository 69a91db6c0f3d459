"""Whoever asked for a record in another name, records made at a counter, and messages about questions that are asked."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Officer
from registry.models.insert_only import InsertOnly
from sharing.employers.models import Screening
from sharing.persons.models.objection_states import Authority, Raiser

# Who may ask for the record of a natural person, and what an officer has to see of his right.
ASKING = {
    Raiser.PERSON: (Authority.DOCUMENT,),
    Raiser.AGENT: (Authority.POWER, Authority.LAWYER),
    Raiser.RELATIVE: (Authority.KINSHIP,),
}
ASKERS = [(str(each), each.label) for each in ASKING]
SEEN = [(str(each), each.label) for fitting in ASKING.values() for each in fitting]


class OtherNameAlarm(models.Model):
    """Somebody proved a number that the register holds under another name; he was shown that nothing is held.

    One a day and number. Written once but for ``told_at``, when the registry was written to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_digest = models.BinaryField(max_length=32)
    listing_numbers = ArrayField(models.CharField(max_length=16), verbose_name=_("listings"))
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"))
    told_at = models.DateTimeField(_("the registry was told at"), null=True)

    class Meta:
        verbose_name = _("alarm about another name")
        verbose_name_plural = _("alarms about other names")
        constraints = [models.UniqueConstraint(fields=["subject_digest", "day"], name="other_name_alarm_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {', '.join(self.listing_numbers)}"


class CounterRecord(InsertOnly):
    """An officer printed somebody's own record at the counter, whatever it held; beside it each listing has its `AccessRecord`.

    ``authority``: what he saw of the right of whoever asked; ``name``: of an agent or a relative, to whom it was given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    subject_digest = models.BinaryField(max_length=32, db_index=True)
    asked_by = models.CharField(_("asked for by"), max_length=8, choices=ASKERS)
    authority = models.CharField(_("authority seen"), max_length=12, choices=SEEN)
    name_sealed = models.BinaryField(null=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("own record printed at the counter")
        verbose_name_plural = _("own records printed at the counter")

    def __str__(self) -> str:
        return f"{self.officer_id} {self.at:%Y-%m-%d}"

    @property
    def name(self) -> str:
        if self.name_sealed is None:
            return ""
        return keyring().open(bytes(self.name_sealed), bound_to=f"counter_record.name.{self.id}").decode()

    @name.setter
    def name(self, name: str) -> None:
        self.name_sealed = keyring().seal(name.encode(), bound_to=f"counter_record.name.{self.id}") if name else None


class QuestionMails(models.Model):
    """A person wants to be written to when a question about him is asked. The row goes with his wish, and leaves nothing.

    ``confirmed_at``: the link in the first message was used, or that of the address in whose place this one came; before that
    nothing else is sent. ``sending_until``: somebody
    is sending a message; should he have died, another one may from then on. Whom it is about is sealed as `lookup.kept` made
    it, so that new digest keys find him, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_sealed = models.BinaryField()
    address_sealed = models.BinaryField()
    digest_key = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField(_("begun at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    ends_at = models.DateTimeField(_("ends at"), db_index=True)
    mailed_at = models.DateTimeField(_("last message at"), null=True)
    sending_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("messages about questions")
        verbose_name_plural = _("messages about questions")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def subject(self) -> bytes:
        return keyring().open(bytes(self.subject_sealed), bound_to=f"question_mails.subject.{self.id}")

    @subject.setter
    def subject(self, kept: bytes) -> None:
        self.subject_sealed = keyring().seal(kept, bound_to=f"question_mails.subject.{self.id}")

    @property
    def address(self) -> str:
        return keyring().open(bytes(self.address_sealed), bound_to=f"question_mails.address.{self.id}").decode()

    @address.setter
    def address(self, typed: str) -> None:
        self.address_sealed = keyring().seal(typed.encode(), bound_to=f"question_mails.address.{self.id}")


class FormerAddress(models.Model):
    """Where messages about questions went until now; a last one says that they end, or go elsewhere (``moved``).

    It has the key of the wish, and the address as that sealed it; nothing says whose it was. It goes once the message is out,
    or could not be sent for days. ``sending_until``: as of `QuestionMails`.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    address_sealed = models.BinaryField()
    moved = models.BooleanField(_("messages go elsewhere"))
    left_at = models.DateTimeField(_("left at"), db_index=True)
    sending_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("former mail address")
        verbose_name_plural = _("former mail addresses")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def address(self) -> str:
        return keyring().open(bytes(self.address_sealed), bound_to=f"question_mails.address.{self.id}").decode()


class QuestionMailsDigest(models.Model):
    """A digest of the person's document, one for each key that could be read."""

    mails = models.ForeignKey(QuestionMails, models.CASCADE, related_name="digests")
    digest = models.BinaryField(max_length=32, db_index=True)

    class Meta:
        verbose_name = _("digest of messages about questions")
        verbose_name_plural = _("digests of messages about questions")
        constraints = [models.UniqueConstraint(fields=["mails", "digest"], name="question_mails_digest_once")]

    def __str__(self) -> str:
        return str(self.mails_id)


class MailAddressTry(models.Model):
    """For a day: that an address was given for messages about questions, whatever became of the wish since."""

    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("address given for messages")
        verbose_name_plural = _("addresses given for messages")
        indexes = [models.Index(fields=["digest", "at"], name="mail_address_tries")]

    def __str__(self) -> str:
        return f"{self.at}"


class News(models.Model):
    """Something to write about: a question was asked, one that had waited is answered, or an answer became void, found once; or a passkey of the person's
    was made or used, or the messages themselves end soon. ``told_at``: written about.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("a question was asked")
        ANSWERED = "answered", _("a question that had waited is answered")
        VOID = "void", _("an answer became void")
        MADE = "made", _("a passkey was made")
        USED = "used", _("a passkey was used")
        ENDING = "ending", _("the messages end soon")

    mails = models.ForeignKey(QuestionMails, models.CASCADE, related_name="news")
    screening = models.ForeignKey(
        Screening, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    found_at = models.DateTimeField(_("found at"))
    told_at = models.DateTimeField(_("told at"), null=True)

    class Meta:
        verbose_name = _("news about questions")
        verbose_name_plural = _("news about questions")
        constraints = [
            models.UniqueConstraint(fields=["mails", "screening", "kind"], name="news_found_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["asked", "answered", "void"], screening__isnull=False)
                | models.Q(kind__in=["made", "used", "ending"], screening=None),
                name="news_names_its_question",
            ),
            models.UniqueConstraint(fields=["mails"], condition=models.Q(kind="ending"), name="news_ending_once"),
        ]
        indexes = [models.Index(fields=["mails"], name="news_untold", condition=models.Q(told_at=None))]

    def __str__(self) -> str:
        return f"{self.screening_id} {self.kind}"


class NewsCursor(models.Model):
    """One row: up to which moment questions and verdicts were looked through for whom they are news."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(_("at"), null=True)

    class Meta:
        verbose_name = _("cursor of the news")
        verbose_name_plural = _("cursor of the news")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="news_has_one_cursor")]

    def __str__(self) -> str:
        return str(self.at)
