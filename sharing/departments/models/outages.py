"""Outages of endpoints that people were told of."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from sharing.delivery.models import Endpoint


class Outage(models.Model):
    """An endpoint took nothing for so long that people were told. Never deleted; its end is written once.

    ``told_at``: when each step was told; ``failure``: the last answer at the last of them.
    """

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="outages")
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    failure = models.CharField(_("last failure"), max_length=24)
    told_at = ArrayField(models.DateTimeField(), default=list, verbose_name=_("told at"))

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        constraints = [models.UniqueConstraint(fields=["endpoint", "began_at"], name="outage_began_once")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.began_at}"
