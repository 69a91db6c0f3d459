"""Persons outside the court while they prove who they are. Whom a code or a proof names lasts no longer than a day; whom a
passkey names, as long as something of his goes on.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Officer
from sharing.employers.models.evidence import IdentityEvidence


class CounterCode(models.Model):
    """Made by an officer who looked at the document at the counter, for one proof of identity.

    Whom it names lies sealed until it is used or its time is over; from then on it keeps, as evidence, the digest of the
    person whom it was used for, who made it and when: the database refuses to change these, or to delete the row.
    ``wrong``: how often the last four characters of the number were typed wrong.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_digest = models.BinaryField(max_length=32, unique=True)
    last_four_digest = models.BinaryField(max_length=32)
    identity_sealed = models.BinaryField(null=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    used_at = models.DateTimeField(_("used at"), null=True)
    subject_digest = models.BinaryField(max_length=32, null=True)
    wrong = models.PositiveSmallIntegerField(_("wrong tries"), default=0)

    class Meta:
        verbose_name = _("counter code")
        verbose_name_plural = _("counter codes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_at=None, subject_digest=None)
                | models.Q(used_at__isnull=False, subject_digest__isnull=False, identity_sealed=None),
                name="countercode_used_names_its_person",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def identity(self) -> bytes:
        """Whom it names (JSON). ValueError: used, or over."""
        if self.identity_sealed is None:
            raise ValueError("the code names nobody any more")
        return keyring().open(bytes(self.identity_sealed), bound_to=f"counter.identity.{self.id}")

    @identity.setter
    def identity(self, named: bytes) -> None:
        self.identity_sealed = keyring().seal(named, bound_to=f"counter.identity.{self.id}")


class ProvenIdentity(IdentityEvidence):
    """Somebody who proved who he is, for half an hour. The browser's session knows the row's id and nothing else.

    ``passkey``: the one that stood for the proof; whoever removes it ends the visit, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    passkey = models.UUIDField(null=True, db_index=True)
    identity_sealed = models.BinaryField()
    expires_at = models.DateTimeField(_("valid until"), db_index=True)

    class Meta(IdentityEvidence.Meta):
        verbose_name = _("proven identity")
        verbose_name_plural = _("proven identities")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def identity(self) -> bytes:
        return keyring().open(bytes(self.identity_sealed), bound_to=f"proven.identity.{self.id}")

    @identity.setter
    def identity(self, named: bytes) -> None:
        self.identity_sealed = keyring().seal(named, bound_to=f"proven.identity.{self.id}")


class Passkey(IdentityEvidence):
    """With it a person comes back without a new code, from the browser or phone where it was made (WebAuthn, level 3).

    Of the device it holds a public key under two random numbers, which name nobody. Whom it names is sealed; how that was
    proved, before it was made, is kept as evidence and stays as written. ``subject_digests``: of the document, one for each
    key that could be read. ``is_elsewhere``: on a phone or a key, not in the device of the browser. ``looked_at``: when it
    was last asked whether something of the person's goes on; ``ends_at`` follows from it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    user_handle = models.BinaryField(max_length=32)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    is_elsewhere = models.BooleanField(_("on another device"))
    identity_sealed = models.BinaryField()
    subject_digests = ArrayField(models.BinaryField(max_length=32))
    made_at = models.DateTimeField(_("made at"))
    used_at = models.DateTimeField(_("last used at"), null=True)
    looked_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField(_("ends at"))

    class Meta(IdentityEvidence.Meta):
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        constraints = [
            *IdentityEvidence.Meta.constraints,
            models.CheckConstraint(condition=models.Q(passkey_at=None), name="passkey_is_made_after_a_proof"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def identity(self) -> bytes:
        return keyring().open(bytes(self.identity_sealed), bound_to=f"passkey.identity.{self.id}")

    @identity.setter
    def identity(self, named: bytes) -> None:
        self.identity_sealed = keyring().seal(named, bound_to=f"passkey.identity.{self.id}")
