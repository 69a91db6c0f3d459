"""Notices to listed persons: who issued which, its fingerprint, and what became of the code in it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Officer


class NoticeLanguage(models.TextChoices):
    CHINESE = "zh-hans", _("Chinese")
    ENGLISH = "en", _("English")


class Notice(models.Model):
    """Issued for a listing, then made once as PDF, which is not kept: of it stay fingerprint and the code's keyed digest.

    It names the listing by number, so that it outlives a draft that was discarded after an appeal. A further notice of the
    listing replaces it. Of its code: until when it holds, when it was used and for whom, and ``wrong``, how often the last
    four characters were typed wrong. The database refuses to change what was written, or to delete the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing_number = models.CharField(_("listing number"), max_length=16, db_index=True)
    language = models.CharField(_("language"), max_length=8, choices=NoticeLanguage.choices)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("issued by"))
    issued_at = models.DateTimeField(_("issued at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True)
    made_at = models.DateTimeField(_("made at"), null=True)
    sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64, null=True)  # noqa: DJ001 - None: not made yet
    code_digest = models.BinaryField(max_length=32, unique=True, null=True)
    expires_at = models.DateTimeField(_("valid until"), null=True)
    used_at = models.DateTimeField(_("used at"), null=True)
    subject_digest = models.BinaryField(max_length=32, null=True)
    wrong = models.PositiveSmallIntegerField(_("wrong tries"), default=0)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["listing_number"],
                condition=models.Q(replaced_at=None),
                name="one_notice_of_a_listing_stands",
            ),
            models.CheckConstraint(
                condition=models.Q(made_at=None, sha256=None, code_digest=None, expires_at=None)
                | models.Q(
                    made_at__isnull=False,
                    sha256__isnull=False,
                    code_digest__isnull=False,
                    expires_at__isnull=False,
                ),
                name="notice_made_has_fingerprint_and_code",
            ),
            models.CheckConstraint(
                condition=models.Q(used_at=None, subject_digest=None)
                | models.Q(used_at__isnull=False, subject_digest__isnull=False, made_at__isnull=False),
                name="notice_used_names_its_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing_number} {self.issued_at:%Y-%m-%d}"
