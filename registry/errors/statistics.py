"""R-290, R-801 and R-802: the periods of the court's releases of its statistics."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class TooManyYears(Refusal):
    code = "R-290"
    message = _("The period begins in %(begins)s: a release covers %(most)s calendar years at most.")
    remedy = _("Choose a later first day.")


class PeriodsOverlap(Refusal):
    code = "R-801"
    status = 409
    message = _(
        "The period shares some days with the release from %(begins)s to %(ends)s, and each has others besides."
    )
    remedy = _("Choose a period that contains that one, equals it, or shares no day with it.")


class PeriodInsideAnother(Refusal):
    code = "R-802"
    status = 409
    message = _("The period is part of the release from %(begins)s to %(ends)s.")
    remedy = _(
        "Choose the same period, a longer one, or one that shares no day with it: part of it would give the rest away."
    )
