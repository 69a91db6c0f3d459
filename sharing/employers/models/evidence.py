"""How somebody's identity was proved, as it is kept: no name, no number."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

ISSUER_MOST = 300


class IdentityEvidence(models.Model):
    """By which way and when, and what proves it: the counter code, with which its officer and court are found; or the
    notice whose code it was, with which its listing's court and its service are found; or the identity provider's issuer
    and a keyed digest of what it calls the person. ``passkey_at``: a passkey stood for that proof at this later moment.
    """

    way = models.CharField(_("way"), max_length=16)
    proved_at = models.DateTimeField(_("proved at"))
    counter_code = models.UUIDField(_("counter code"), null=True)
    notice = models.UUIDField(_("notice"), null=True)
    issuer = models.CharField(_("issuer"), max_length=ISSUER_MOST, blank=True)
    issuer_subject_digest = models.BinaryField(max_length=32, null=True)
    passkey_at = models.DateTimeField(_("a passkey stood for it at"), null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(counter_code__isnull=False, notice=None, issuer="", issuer_subject_digest=None)
                | models.Q(counter_code=None, notice__isnull=False, issuer="", issuer_subject_digest=None)
                | models.Q(counter_code=None, notice=None, issuer_subject_digest__isnull=False) & ~models.Q(issuer=""),
                name="%(class)s_has_one_evidence",
            )
        ]
