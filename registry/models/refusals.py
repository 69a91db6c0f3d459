"""What an officer tried and was refused, because it was not for him to do."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.insert_only import InsertOnly
from registry.models.officers import Officer


class RefusedAct(InsertOnly):
    """An officer pressed for an act that he may not do: his own entry approved, another court's listing suspended.

    ``act``: its name, or that of the page; ``about``: a number of the book, or "" where none is known. No words and nobody's
    data: what was typed with it is not kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"), db_index=False)
    act = models.CharField(_("act"), max_length=48)
    about = models.CharField(_("about"), max_length=48, blank=True)
    code = models.CharField(_("refused with"), max_length=8)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("refused act")
        verbose_name_plural = _("refused acts")
        indexes = [models.Index(fields=["at"], name="refused_act_at")]

    def __str__(self) -> str:
        return f"{self.act} {self.code}"
