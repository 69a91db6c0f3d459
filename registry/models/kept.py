"""What is remembered for a while and may be forgotten: the cache, where no broker's memory has to be asked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Remembered(models.Model):
    """``key``: SHA-256 of the name that it is remembered by, in hex, so that no address stands in it."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    until = models.DateTimeField(_("until"), null=True, db_index=True)

    class Meta:
        verbose_name = _("what is remembered for a while")
        verbose_name_plural = _("what is remembered for a while")

    def __str__(self) -> str:
        return self.key
