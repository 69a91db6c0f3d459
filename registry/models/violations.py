"""What browsers refused because of the policy of contents, as counts: of no page, no visitor and no address."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Blocked(models.TextChoices):
    """What kind of source it was. The source itself is whatever the reporter says, so it is not kept."""

    INLINE = "inline", _("written into the page")
    EVAL = "eval", _("text run as a script")
    SCHEME = "scheme", _("data in an address, or an extension of the browser")
    OWN = "own", _("from the register’s own names")
    OTHER = "other", _("from another name")
    UNKNOWN = "unknown", _("not said")


class Violations(models.Model):
    """``hour``: its first moment; ``directive``: of the policy, one of those that are known (Content Security Policy Level 3)."""

    hour = models.DateTimeField(_("hour"))
    directive = models.CharField(_("directive"), max_length=32)
    blocked = models.CharField(_("what was refused"), max_length=8, choices=Blocked.choices)
    count = models.PositiveIntegerField(_("how often"), default=0)

    class Meta:
        verbose_name = _("refused by browsers")
        verbose_name_plural = _("refused by browsers")
        constraints = [models.UniqueConstraint(fields=["hour", "directive", "blocked"], name="violations_once")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%dT%H} {self.directive} {self.blocked}"
