"""Why a date is what it is: one sentence with its article, in the reader's language.

Parties are named by their order number in the decision, never by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.codes import label

Fact = str | int
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Abbreviated nowhere: the listed person reads these sentences too.
TEXTS: Mapping[str, str | Promise] = {
    # Effect: what one party or the prosecutor adds.
    "period": _(
        "Party %(party)s received the decision on %(received)s. The %(days)s days to appeal run from the day after "
        "and end on %(last)s (Criminal Procedure Law, art. 230; SPC Interpretation, art. 380)."
    ),
    "period_prosecutor": _(
        "The prosecutor received the decision on %(received)s. The %(days)s days to protest run from the day after "
        "and end on %(last)s (Criminal Procedure Law, art. 230; SPC Interpretation, art. 380)."
    ),
    "period_moved": _(
        "%(last)s is not a working day, so the period ends on %(moved)s (Criminal Procedure Law, art. 105)."
    ),
    "period_detained": _(
        "%(last)s is not a working day, but the period of a detained defendant is not extended "
        "(Criminal Procedure Law, art. 105)."
    ),
    "calendar_provisional": _(
        "The holidays of %(year)s are not announced yet, so a date that rests on them may still move."
    ),
    "receipt_unknown": _("It is not recorded yet when party %(party)s received the decision."),
    "receipt_unknown_prosecutor": _("It is not recorded yet when the prosecutor received the decision."),
    "appealed": _("Party %(party)s appealed on %(appealed)s and has not withdrawn the appeal."),
    "appealed_prosecutor": _("The prosecutor protested on %(appealed)s and has not withdrawn the protest."),
    "appealed_late": _(
        "The appeal or protest came after the period had ended on %(last)s. It counts until the court has ruled on it "
        "(Criminal Procedure Law, art. 106)."
    ),
    "withdrawn_in_time": _(
        "Party %(party)s withdrew the appeal on %(withdrawn)s, within the period, so it does not delay the effect "
        "(SPC Interpretation, art. 386)."
    ),
    "withdrawn_in_time_prosecutor": _(
        "The prosecutor withdrew the protest on %(withdrawn)s, within the period, so it does not delay the effect "
        "(SPC Interpretation, art. 386)."
    ),
    "withdrawn_late": _(
        "Party %(party)s withdrew the appeal after the period, so the decision takes effect no earlier than "
        "%(withdrawn)s, when the ruling allowing it was served (SPC Interpretation, art. 386)."
    ),
    "withdrawn_late_prosecutor": _(
        "The prosecutor withdrew the protest after the period, so the decision takes effect no earlier than "
        "%(withdrawn)s, when the ruling allowing it was served (SPC Interpretation, art. 386)."
    ),
    # Effect: what follows for everyone. These name no party.
    "held": _(
        "An appeal or protest stands, so the whole case goes to the second instance and the decision takes effect for "
        "no one (Criminal Procedure Law, art. 233; SPC Interpretation, art. 389)."
    ),
    "waiting": _(
        "The decision takes effect for everyone together, once every party and the prosecutor have received it and "
        "the last of their periods has ended (Criminal Procedure Law, art. 233, 259)."
    ),
    "effect_day_after": _(
        "The last of all periods ends on %(last)s without an appeal or protest that stands, so the decision takes "
        "effect on the day after, %(on)s (Criminal Procedure Law, art. 259)."
    ),
    "effect_last_day": _(
        "The last of all periods ends on %(last)s without an appeal or protest that stands, and the decision takes "
        "effect on that day (Criminal Procedure Law, art. 259)."
    ),
    "effect_ruling": _(
        "The last appeal or protest was withdrawn after its period, so the decision takes effect on %(on)s, when the "
        "ruling allowing it was served (SPC Interpretation, art. 386)."
    ),
    "effect_final": _(
        "A decision of last instance takes effect on the day it is pronounced, %(on)s (SPC Interpretation, art. 413)."
    ),
    "effect_certified": _(
        "The certificate of effect gives %(on)s, later than the computed %(computed)s; the certificate counts."
    ),
    "effect_confirmed": _("The certificate of effect gives the same day, %(on)s."),
    "certificate_unused": _(
        "The certificate of effect of %(certified)s is not used while a receipt is missing or an appeal or protest "
        "stands."
    ),
    "certificate_needed": _(
        "It does not follow any more from what the register holds that every period has ended without an appeal or "
        "protest, so a certificate of effect is needed (Criminal Procedure Law, art. 233, 259)."
    ),
    "penalty_effect": _(
        "An administrative penalty takes effect when it is served, %(on)s. Review or suit does not suspend it "
        "(Administrative Penalty Law, art. 73)."
    ),
    "penalty_unserved": _(
        "It is not recorded yet when the administrative penalty was served; until then it has no effect."
    ),
    "effect_kept": _("The decision counts as effective on %(on)s, the day that was told."),
    # Completion of the sentence.
    "completed_term": _(
        "%(months)s months of imprisonment from %(from)s, less %(credited)s days of custody, end on %(on)s "
        "(Criminal Law, art. 47; SPC Interpretation, art. 202)."
    ),
    "completed_detention": _(
        "%(months)s months of criminal detention from %(from)s, less %(credited)s days of custody, end on %(on)s "
        "(Criminal Law, art. 44; SPC Interpretation, art. 202)."
    ),
    "completed_control": _(
        "%(months)s months of public surveillance from %(from)s, less two days for each of %(credited)s days of "
        "custody, end on %(on)s (Criminal Law, art. 41; SPC Interpretation, art. 202)."
    ),
    "completed_probation": _(
        "%(months)s months of probation from %(from)s end on %(on)s; the sentence is then no longer carried out, and "
        "custody does not shorten it (Criminal Law, art. 73, 76)."
    ),
    "completed_noticed": _(
        "The execution order lets the sentence end on %(on)s (Criminal Law, art. 47, 77, 86; SPC Interpretation, "
        "art. 202)."
    ),
    "completed_at_effect": _("There is no sentence to serve, so the term is counted from the day of effect, %(on)s."),
    "released": _("The sentence was completed, or the person was released on parole, on %(on)s."),
    "released_before_effect": _(
        "The person was released on %(released)s, before the decision took effect, so the term is counted from the "
        "day of effect, %(on)s."
    ),
    "presumed": _("This end is presumed; the reported day of release replaces it."),
    # Listing term.
    "term": _("The listing runs for %(years)s years after %(from)s, until %(on)s."),
    "term_capped": _(
        "Terms of one person that follow each other without a break run for at most %(years)s years, here since "
        "%(since)s, so the listing ends on %(on)s."
    ),
    "term_prohibition": _("A prohibition runs until %(on)s, longer than that, so the listing runs as long."),
    "term_lifelong": _("A prohibition is for life, so the listing has no end; it is reviewed every year, next %(on)s."),
    # Prohibition.
    "prohibition": _(
        "The prohibition of %(months)s months runs from %(from)s and ends on %(on)s (Criminal Law, art. 37-1)."
    ),
    "prohibition_other": _("The prohibition of %(months)s months runs from %(from)s and ends on %(on)s (%(basis)s)."),
    "prohibition_pending": _(
        "The prohibition of %(months)s months starts when the sentence is completed or the person is released on "
        "parole; that day is not reported yet (Criminal Law, art. 37-1)."
    ),
    "prohibition_pending_other": _(
        "The prohibition of %(months)s months has no reported first day yet (%(basis)s)."
    ),
    "prohibition_life": _("The prohibition is for life (%(basis)s)."),
    # Service of the notice on the person.
    "public_notice": _(
        "The notice was published on %(published)s and counts as served when %(days)s days are over, on %(on)s "
        "(Civil Procedure Law, art. 95)."
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """One step of a computation. ``facts`` are whole numbers and text, dates as YYYY-MM-DD: fit to be stored."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict, hash=False)

    @property
    def text(self) -> str:
        """The sentence, in the active language, its dates as in the court's documents of that language."""
        basis = label("prohibition_bases", str(self.facts.get("basis", "")))
        return str(TEXTS[self.code]) % {**{name: _said(fact) for name, fact in self.facts.items()}, "basis": basis}


def because(code: str, **facts: Fact | date) -> Reason:
    return Reason(code, {name: fact.isoformat() if isinstance(fact, date) else fact for name, fact in facts.items()})


def _said(fact: Fact) -> Fact:
    if isinstance(fact, int) or not _DATE.fullmatch(fact):
        return fact
    return date_format(date.fromisoformat(fact), "DATE_FORMAT")
