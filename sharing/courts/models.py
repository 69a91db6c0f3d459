"""The courts' case management systems, which tell the case register what was filed and how it ended."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Court, Officer
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Organisation


class CaseSystem(models.Model):
    """A court's case management, with keys of its own. That of the High Court tells of every court's cases."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True)
    court = models.ForeignKey(Court, models.PROTECT, related_name="+", verbose_name=_("court"))

    class Meta:
        verbose_name = _("case management system")
        verbose_name_plural = _("case management systems")

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def own_court(self) -> Court | None:
        """The court whose cases alone it tells of; None: every court's."""
        return None if self.court.level == HIGH_COURT_LEVEL else self.court


class CaseSystemAct(InsertOnly):
    """What a registrar did about a system. ``about``: the client id of a key."""

    class Act(models.TextChoices):
        REGISTER = "register", _("registered")
        ADD_KEY = "add_key", _("key made")
        REVOKE_KEY = "revoke_key", _("key revoked")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    system = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("system"))
    act = models.CharField(_("act"), max_length=12, choices=Act.choices)
    about = models.CharField(_("about"), max_length=100, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("act about a case management system")
        verbose_name_plural = _("acts about case management systems")
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.system_id} {self.act}"
