"""Organisations that ask to be admitted as employers, what they sent, and what became of it."""

from __future__ import annotations

import json
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Officer
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Organisation


class RegistrationState(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("waiting for the confirmation of the e-mail address")
    RECEIVED = "received", _("received")
    REVIEW = "review", _("under review")
    MORE = "more", _("more is asked for")
    ADMITTED = "admitted", _("admitted")
    REFUSED = "refused", _("refused")


UNDER_WAY = (RegistrationState.RECEIVED, RegistrationState.REVIEW, RegistrationState.MORE)


class Registration(models.Model):
    """One organisation's wish to be admitted. Who speaks for it is sealed, and destroyed once nobody needs it.

    ``id`` is the number that people read out; ``waiting_since``: since when the court is to act; ``untold``: the contact
    is still to be written to about the state. Whoever did not confirm the mail address is destroyed after two days.
    """

    id = models.CharField(primary_key=True, max_length=9)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18)
    address = models.CharField(_("address"), max_length=200)
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    purposes = ArrayField(models.CharField(max_length=48), verbose_name=_("purposes"))
    contact_sealed = models.BinaryField(null=True)
    phone_digest = models.BinaryField(max_length=32)
    mailbox_digest = models.BinaryField(max_length=32, null=True)
    secret_digest = models.BinaryField(max_length=32)
    form_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(
        _("state"), max_length=12, choices=RegistrationState.choices, default=RegistrationState.UNCONFIRMED
    )
    sent_at = models.DateTimeField(_("sent at"))
    waiting_since = models.DateTimeField(_("waiting since"), null=True)
    untold = models.BooleanField(default=True)
    organisation = models.OneToOneField(
        Organisation, models.PROTECT, null=True, related_name="registration", verbose_name=_("organisation")
    )

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [
            models.Index(
                fields=["waiting_since"], condition=models.Q(state__in=UNDER_WAY), name="registration_waiting"
            ),
            models.Index(fields=["sent_at"], condition=models.Q(untold=True), name="registration_untold"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"], condition=models.Q(state__in=UNDER_WAY), name="registration_under_way_once"
            ),
            models.UniqueConstraint(
                fields=["mailbox_digest"],
                condition=models.Q(state__in=UNDER_WAY),
                name="registration_mailbox_under_way_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def contact(self) -> dict[str, str]:
        """Name, email and phone of the person to be written to; empty once it was destroyed."""
        if self.contact_sealed is None:
            return {}
        opened = keyring().open(bytes(self.contact_sealed), bound_to=f"registration.contact.{self.id}")
        contact: dict[str, str] = json.loads(opened)
        return contact

    @contact.setter
    def contact(self, contact: dict[str, str]) -> None:
        text = json.dumps(contact, ensure_ascii=False)
        self.contact_sealed = keyring().seal(text.encode(), bound_to=f"registration.contact.{self.id}")


class Enclosure(models.Model):
    """What came with it: the licence or the letter as a file, and later words. Both sealed, destroyed with the decision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="enclosures")
    media_type = models.CharField(_("media type"), max_length=40)
    content_sealed = models.BinaryField(null=True)
    words_sealed = models.BinaryField(null=True)
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("enclosure")
        verbose_name_plural = _("enclosures")

    def __str__(self) -> str:
        return f"{self.registration_id} {self.media_type}"

    @property
    def content(self) -> bytes:
        """The file; empty where there was none or it was destroyed."""
        if self.content_sealed is None:
            return b""
        return keyring().open(bytes(self.content_sealed), bound_to=f"enclosure.content.{self.id}")

    @content.setter
    def content(self, file: bytes) -> None:
        self.content_sealed = keyring().seal(file, bound_to=f"enclosure.content.{self.id}")

    @property
    def words(self) -> str:
        if self.words_sealed is None:
            return ""
        return keyring().open(bytes(self.words_sealed), bound_to=f"enclosure.words.{self.id}").decode()

    @words.setter
    def words(self, text: str) -> None:
        self.words_sealed = keyring().seal(text.encode(), bound_to=f"enclosure.words.{self.id}")


class RegistrationAct(InsertOnly):
    """What was done about a registration, and why. ``officer``: None, the organisation itself or the clock."""

    class Act(models.TextChoices):
        CONFIRM = "confirm", _("mail address confirmed")
        LOOK = "look", _("enclosure looked at")
        CONTACT = "contact", _("contact looked at")
        MORE = "more", _("more asked for")
        ANSWER = "answer", _("answered by the organisation")
        ADMIT = "admit", _("admitted")
        REFUSE = "refuse", _("refused")
        LAPSE = "lapse", _("closed without an answer")
        INVITE = "invite", _("invited again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="acts")
    act = models.CharField(_("act"), max_length=8, choices=Act.choices)
    reason = models.CharField(_("reason"), max_length=1100, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("act on a registration")
        verbose_name_plural = _("acts on registrations")

    def __str__(self) -> str:
        return f"{self.registration_id} {self.act}"


class RegistrationTry(models.Model):
    """Somebody sent the form, whatever became of it: counted for a day by keyed digests of network and mailbox."""

    source_digest = models.BinaryField(max_length=32)
    mail_digest = models.BinaryField(max_length=32)
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("try at a registration")
        verbose_name_plural = _("tries at registrations")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class RegistrationFlood(InsertOnly):
    """On this day more was sent in an hour than usual, and the registry was told."""

    day = models.DateField(_("day"), primary_key=True)
    tries = models.PositiveIntegerField(_("tries"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("flood of registrations")
        verbose_name_plural = _("floods of registrations")

    def __str__(self) -> str:
        return f"{self.day}: {self.tries}"
