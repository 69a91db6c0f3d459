"""The case register: what was filed, and how it ended, whether or not anybody is entered from it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.officers import Court


class Case(models.Model):
    """One case of one instance. ``matter``: the first case of the chain that it continues; None where it is that one."""

    court = models.ForeignKey(Court, models.PROTECT, verbose_name=_("court"))
    number = models.CharField(_("case number"), max_length=64)
    number_as_typed = models.CharField(_("case number as typed"), max_length=64)
    filed_on = models.DateField(_("filed on"))
    outcome = models.CharField(_("outcome"), max_length=32, blank=True)
    concluded_on = models.DateField(_("concluded on"), null=True, blank=True)
    continues = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("continues the case"))
    matter = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="later", verbose_name=_("matter")
    )

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(fields=["court", "number"], name="case_number_once_per_court"),
            models.CheckConstraint(
                condition=models.Q(outcome="", concluded_on=None)
                | (~models.Q(outcome="") & models.Q(concluded_on__gte=models.F("filed_on"))),
                name="case_outcome_with_its_date",
            ),
        ]

    def __str__(self) -> str:
        return self.number
