"""Which keys this book was sealed and digested with: no key is here, but what tells whether it is the one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ring(models.TextChoices):
    DATA = "data", _("data keys")
    DIGEST = "digest", _("digest keys")


class KeySeen(models.Model):
    """When a key was first there. ``ring``: the setting that holds it; ``fingerprint``: by which it is told from others."""

    ring = models.CharField(_("keyring"), max_length=32)
    fingerprint = models.BinaryField(max_length=32)
    seen_at = models.DateTimeField(_("first seen at"))

    class Meta:
        verbose_name = _("key that was seen")
        verbose_name_plural = _("keys that were seen")
        constraints = [models.UniqueConstraint(fields=["ring", "fingerprint"], name="key_seen_once")]

    def __str__(self) -> str:
        return f"{self.ring} {self.seen_at:%Y-%m-%d}"


class KeyVersion(models.Model):
    """One version of one keyring. ``seen_at``: a process first had it; ``rotated_at``: everything that could be was
    sealed or digested under it, and nothing is made under an older one any more; ``retired_at``: nothing needs it.
    """

    ring = models.CharField(_("keyring"), max_length=6, choices=Ring.choices)
    version = models.PositiveIntegerField(_("version"))
    suite = models.CharField(_("suite"), max_length=8)
    fingerprint = models.BinaryField(max_length=32)
    seen_at = models.DateTimeField(_("first seen at"))
    rotated_at = models.DateTimeField(_("rotated at"), null=True)
    retired_at = models.DateTimeField(_("retired at"), null=True)

    class Meta:
        verbose_name = _("version of a key")
        verbose_name_plural = _("versions of keys")
        constraints = [models.UniqueConstraint(fields=["ring", "version"], name="key_version_once")]

    def __str__(self) -> str:
        return f"{self.ring} {self.version} ({self.suite})"
