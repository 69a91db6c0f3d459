"""Who was convicted or penalised: sealed at rest, found by keyed digest, printed masked."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry import identity
from registry.keys import digest_keys, keyring
from registry.shown import shown


def name_digest(name: str) -> bytes:
    return digest_keys().digest("name:" + identity.name_form(name))


def name_digests(name: str) -> list[bytes]:
    """What may have been kept of the name, under the current key first."""
    return digest_keys().digests("name:" + identity.name_form(name))


class PersonKind(models.TextChoices):
    NATURAL = "natural", _("natural person")
    UNIT = "unit", _("unit")


class Person(models.Model):
    """A natural person or a unit. The row's id is the only thing about it that is not sealed.

    Once the last listing of it is purged, the row is empty: no name, no digest, no document. ``birth_date_corrected``: two
    officers corrected the birth date, which stands since, whatever a document number tells.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=PersonKind.choices)
    name_sealed = models.BinaryField()
    name_digest = models.BinaryField(max_length=32)
    birth_date_sealed = models.BinaryField(null=True)
    birth_date_corrected = models.BooleanField(_("birth date corrected"), default=False)

    class Meta:
        verbose_name = _("person or unit")
        verbose_name_plural = _("persons and units")
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(birth_date_corrected=True), name="person_birth_date_corrected"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name(self) -> str:
        if not self.name_sealed:
            return ""
        return keyring().open(bytes(self.name_sealed), bound_to=f"person.name.{self.id}").decode()

    @name.setter
    def name(self, value: str) -> None:
        self.name_sealed = keyring().seal(value.encode(), bound_to=f"person.name.{self.id}")
        self.name_digest = name_digest(value)

    @property
    def shown_name(self) -> str:
        """For pages (`registry.shown`)."""
        return shown(lambda: self.name)

    @property
    def birth_date(self) -> date | None:
        if self.birth_date_sealed is None:
            return None
        opened = keyring().open(bytes(self.birth_date_sealed), bound_to=f"person.birth_date.{self.id}")
        return date.fromisoformat(opened.decode())

    @birth_date.setter
    def birth_date(self, value: date | None) -> None:
        bound_to = f"person.birth_date.{self.id}"
        self.birth_date_sealed = keyring().seal(value.isoformat().encode(), bound_to=bound_to) if value else None

    def is_called(self, name: str) -> bool:
        """Whether ``name`` is the person's name or a former one; decided by digest, so nothing is opened."""
        digests = name_digests(name)
        return bytes(self.name_digest) in digests or any(
            bytes(row.name_digest) in digests for row in self.former_names.all()
        )


class Told(models.Manager["FormerName"]):
    """What no listing that took effect has said of a person is told to nobody, and nobody is found by it."""

    def get_queryset(self) -> models.QuerySet[FormerName]:
        return super().get_queryset().filter(drafts=None)


class FormerName(models.Model):
    """A name by which the person is found, too. ``misspelt``: it was never the name; a correction put it right. ``drafts``: as of
    `IdentityDocument`; the desk asks `at_the_desk`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="former_names")
    name_sealed = models.BinaryField()
    name_digest = models.BinaryField(max_length=32)
    misspelt = models.BooleanField(_("a spelling that was wrong"), default=False)
    drafts = ArrayField(models.BigIntegerField(), null=True, blank=True, verbose_name=_("said by drafts alone"))

    objects = Told()
    at_the_desk: ClassVar[models.Manager[FormerName]] = models.Manager()

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name(self) -> str:
        return keyring().open(bytes(self.name_sealed), bound_to=f"former_name.name.{self.id}").decode()

    @name.setter
    def name(self, value: str) -> None:
        self.name_sealed = keyring().seal(value.encode(), bound_to=f"former_name.name.{self.id}")
        self.name_digest = name_digest(value)

    @property
    def shown_name(self) -> str:
        """For pages (`registry.shown`)."""
        return shown(lambda: self.name)


class NotMistaken(models.Manager["IdentityDocument"]):
    """Whoever enters is not told for whom a number was entered by mistake."""

    def get_queryset(self) -> models.QuerySet[IdentityDocument]:
        return super().get_queryset().filter(mistaken_at=None)


class Borne(NotMistaken):
    """Whoever asks who bears a number is told of what listings in force have said alone: no answer or event need think of it."""

    def get_queryset(self) -> models.QuerySet[IdentityDocument]:
        return super().get_queryset().filter(drafts=None)


class IdentityDocument(models.Model):
    """One document of a person. Its digest is unique: two persons never share a number (DOMAIN: an alarm, no merge).

    ``mistaken_at``: two officers said then that the number was entered by mistake and is not this person's; somebody else may
    be entered under it since. Those few who must reach it all the same ask `including_mistaken`, or `registry.borne`.
    ``drafts``: keys of the parties whose drafts say it, as long as none of these has taken effect; None once one did.
    The desk, which sees those, too, asks `at_the_desk` (`registry.actions.drafted`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="documents")
    type = models.CharField(_("document type"), max_length=32)
    issuer = models.CharField(_("issuer"), max_length=100, blank=True)
    number_sealed = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    digest_key = models.PositiveSmallIntegerField()
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    mistaken_at = models.DateTimeField(_("entered by mistake, as was found"), null=True, blank=True)
    drafts = ArrayField(models.BigIntegerField(), null=True, blank=True, verbose_name=_("said by drafts alone"))

    objects = Borne()
    at_the_desk: ClassVar[models.Manager[IdentityDocument]] = NotMistaken()
    including_mistaken: ClassVar[models.Manager[IdentityDocument]] = models.Manager()

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        indexes = [
            models.Index(fields=["digest"], name="document_digest"),
            models.Index(fields=["digest_key"], name="document_digest_key"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=models.Q(mistaken_at=None), name="document_number_of_one_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.masked}"

    @property
    def number(self) -> str:
        return keyring().open(bytes(self.number_sealed), bound_to=f"document.number.{self.id}").decode()

    @number.setter
    def number(self, canonical: str) -> None:
        """Set ``type`` first: the digest is computed over the document's family and number."""
        self.number_sealed = keyring().seal(canonical.encode(), bound_to=f"document.number.{self.id}")
        self.digest = digest_keys().digest(identity.key_form(self.type, canonical))
        self.digest_key = digest_keys().current

    @property
    def masked(self) -> str:
        return identity.masked(self.number)

    @property
    def shown(self) -> str:
        """Masked, for pages (`registry.shown`)."""
        return shown(lambda: self.masked)
