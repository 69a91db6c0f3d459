"""R-491, R-492: until when a sentence runs that is not carried out as the decision lets presume."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class SentenceEndNeeded(Refusal):
    code = "R-491"
    message = _("What changes here moves the end of the sentence, and nobody can compute the new one.")
    remedy = _(
        "Enter the last day of the sentence as the new execution order gives it, or the day of release (Criminal Law, art. 77, 79, 86)."
    )


class OnProbation(Refusal):
    code = "R-492"
    message = _("While probation stands, no sentence is carried out.")
    remedy = _(
        "Leave the end of the sentence empty, or set the probation to 0 where it was revoked (Criminal Law, art. 76, 77)."
    )
